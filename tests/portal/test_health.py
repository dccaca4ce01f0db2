"""Each part of the portal that fails is told by name, and only then."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal import figures
from portal.models import CalendarDay, Heartbeat
from portal.tasks import BEAT, beat_tick
from portal.views.health import parts_of
from tests import factories as make

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def answer(client: Client) -> Any:
    """Ask /helse/ and return its status and parts."""
    beat_tick()

    def ask() -> tuple[int, dict[str, Any]]:
        response = client.get("/helse/")
        return response.status_code, response.json()

    return ask


def test_all_is_well(answer: Any, valkey: Any) -> None:
    status, parts = answer()
    assert status == 200
    assert set(parts) == {"ok", "database", "broker", "beat", "worker", "outbox", "sweep", "calendar"}
    assert all(parts[name]["ok"] for name in parts if name != "ok")
    assert parts["ok"] is True


def test_a_silent_beat_is_told(answer: Any) -> None:
    Heartbeat.objects.filter(name=BEAT).update(at=timezone.now() - dt.timedelta(minutes=4))
    status, parts = answer()
    assert status == 503
    assert not parts["beat"]["ok"]
    assert parts["beat"]["seconds_since_tick"] >= 240
    assert parts["outbox"]["ok"]


def test_a_beat_that_never_came_is_told(answer: Any) -> None:
    Heartbeat.objects.all().delete()
    status, parts = answer()
    assert (status, parts["beat"]) == (503, {"ok": False, "seconds_since_tick": None})


def test_a_mail_that_waits_too_long_is_told(answer: Any) -> None:
    make.a_mail(next_attempt_at=timezone.now() - dt.timedelta(minutes=6))
    status, parts = answer()
    assert status == 503
    assert not parts["outbox"]["ok"]
    assert parts["outbox"]["oldest_due_seconds"] >= 360


def test_a_mail_that_rests_between_attempts_is_no_fault(answer: Any) -> None:
    make.a_mail(next_attempt_at=timezone.now() + dt.timedelta(hours=4), attempts=4)
    assert answer()[0] == 200


def test_a_dead_broker_is_told_and_the_portal_is_still_ready(answer: Any, client: Client, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    status, parts = answer()
    assert (status, parts["broker"]) == (503, {"ok": False})
    assert client.get("/klar/").status_code == 200


def test_without_a_database_the_process_is_not_ready_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper

    def gone(*args: Any) -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", gone)
    ready, health = client.get("/klar/"), client.get("/helse/")
    assert (ready.status_code, ready.json()) == (503, {"database": False})
    assert health.status_code == 503
    assert health.json()["database"] == {"ok": False}


@pytest.mark.parametrize("path", ["/klar/", "/helse/"])
def test_no_one_keeps_an_old_answer(client: Client, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]


# ---- each part by a clock of the test's own ----


def standing(minutes: int, **facts: Any) -> dict[str, bool]:
    """Return which parts are well so many minutes after everything last gave a sign."""
    signs = facts.pop("signs", dict.fromkeys(("beat", "beat_since", "sweep", "deliver"), START))
    pulse = figures.Pulse(
        START + minutes * MINUTE, signs=signs, **{"calendar_ends": dt.date(2060, 12, 31), "tasks_waiting": 0, **facts}
    )
    return {name: part["ok"] for name, part in parts_of(pulse).items()}


@pytest.mark.parametrize(("minutes", "ok"), [(0, True), (3, True), (4, False)])
def test_beat_may_be_silent_for_three_minutes(minutes: int, ok: bool) -> None:
    assert standing(minutes)["beat"] is ok


@pytest.mark.parametrize(("minutes", "tasks", "ok"), [(3, 9, True), (4, 9, False), (4, 0, True), (4, None, False)])
def test_the_worker_is_to_blame_when_tasks_pile_up(minutes: int, tasks: int | None, ok: bool) -> None:
    assert standing(minutes, tasks_waiting=tasks)["worker"] is ok


@pytest.mark.parametrize(("minutes", "ok"), [(0, True), (5, True), (6, False)])
def test_a_due_mail_may_wait_for_five_minutes(minutes: int, ok: bool) -> None:
    assert standing(minutes, oldest_due=START)["outbox"] is ok


@pytest.mark.parametrize(("minutes", "ok"), [(0, True), (135, True), (136, False)])
def test_the_sweep_may_rest_for_two_hours_and_a_quarter(minutes: int, ok: bool) -> None:
    assert standing(minutes)["sweep"] is ok


@pytest.mark.parametrize(("minutes", "ok"), [(0, True), (135, True), (136, False)])
def test_before_the_first_sweep_beat_has_the_same_time(minutes: int, ok: bool) -> None:
    signs = {"beat": START + minutes * MINUTE, "beat_since": START}
    assert standing(minutes, signs=signs)["sweep"] is ok


def test_after_a_long_outage_the_sweep_is_not_late_at_once() -> None:
    figures.tick(START)
    figures.tick(START + MINUTE)
    assert Heartbeat.objects.get(name=figures.BEAT_SINCE).at == START
    back = START + dt.timedelta(days=3)
    figures.tick(back)
    signs = {**dict(Heartbeat.objects.values_list("name", "at")), "sweep": START}
    assert standing(3 * 24 * 60 + 30, signs=signs)["sweep"]
    assert not standing(3 * 24 * 60 + 136, signs=signs)["sweep"]


@pytest.mark.parametrize(("ends", "ok"), [(dt.date(2027, 11, 23), True), (dt.date(2027, 11, 22), False), (None, False)])
def test_the_calendar_reaches_a_year_ahead(ends: dt.date | None, ok: bool) -> None:
    assert standing(0, calendar_ends=ends)["calendar"] is ok


def test_the_pulse_is_taken_from_the_tables(valkey: Any) -> None:
    valkey.rpush("celery", "a task")
    due = timezone.now() - MINUTE
    make.a_mail(next_attempt_at=due)
    beat_tick()
    pulse = figures.pulse(timezone.now())
    assert (pulse.tasks_waiting, pulse.oldest_due) == (1, due)
    assert pulse.calendar_ends == CalendarDay.objects.latest("day").day
    assert set(pulse.signs) == {"beat", "beat_since"}
