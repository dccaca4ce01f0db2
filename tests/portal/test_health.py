"""Each part of the portal that fails is told by name, and only then."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.models import Heartbeat
from portal.tasks import BEAT, beat_tick
from tests import factories as make

pytestmark = pytest.mark.django_db


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
    assert all(parts[name]["ok"] for name in ("database", "broker", "beat", "outbox"))
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
