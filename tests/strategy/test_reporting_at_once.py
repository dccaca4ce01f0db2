"""Two who answer or give away at the same moment, with real commits."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.models import Event, Notice
from strategy import periods, reassigning, reporting
from strategy.models import MeasureParticipation, StatusReport
from strategy.reassigning import Receiver
from strategy.reporting import Answer, Answered
from tests import factories as make
from tests.at_once import at_once
from tests.world import World

NOW = dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def world(own_database: str) -> World:
    return World()


def asked(world: World, **facts: Any) -> StatusReport:
    plan = make.a_plan(world.home.authority)
    return make.a_status_report(make.a_period(plan), make.a_measure(plan, **facts))


def test_of_two_answers_at_once_one_stands_and_the_other_decides(world: World) -> None:
    report, people = asked(world), [world.user("officer"), world.user("leader")]

    def answer(place: int) -> str:
        said = (Answer("on_hold"), Answer("under_way", "on_track"))[place]
        try:
            return reporting.submit(report, said, at=NOW, seen=report.row_version, by=people[place]).state
        except Answered as overtaken:
            return f"after {overtaken.first.state}"

    first, second = sorted(at_once(answer, range(2)), key=lambda said: said.startswith("after"))
    assert second == f"after {first}"
    row = StatusReport.objects.get(pk=report.pk)
    assert row.state == MeasureParticipation.objects.get(pk=report.participation_id).state == first
    assert Event.objects.filter(kind="measure_reported", subject_id=report.pk).count() == 1


def test_unchanged_pressed_twice_is_one_answer(world: World) -> None:
    officer = world.user("officer")
    report = asked(world, person=officer)
    same = reporting.unchanged(report, None, NOW.date())
    at_once(lambda _n: reporting.submit(report, same, at=NOW, seen=report.row_version, by=officer), range(2))
    assert Event.objects.filter(kind="measure_reported", subject_id=report.pk).count() == 1


def test_an_answer_that_comes_while_the_period_is_closed_is_refused(world: World) -> None:
    report, officer = asked(world), world.user("officer")
    is_closing = threading.Event()

    def close() -> str:
        with transaction.atomic():
            periods.close_period(report.period, by=officer, on=NOW.date())
            is_closing.set()
            time.sleep(0.4)
        return "closed"

    def answer() -> str:
        assert is_closing.wait(timeout=20)
        try:
            return reporting.submit(report, Answer("on_hold"), at=NOW, seen=report.row_version, by=officer).state
        except ValidationError:
            return "refused"

    assert at_once(lambda deed: deed(), [close, answer]) == ["closed", "refused"]
    assert StatusReport.objects.get(pk=report.pk).reported_at is None


def test_measures_given_to_two_at_once_go_to_one(world: World) -> None:
    officer, authority = world.user("officer"), world.home.authority
    leaves, takers = make.a_user("officer", authority), [make.a_user("officer", authority) for _ in range(2)]
    row = asked(world, person=leaves).participation
    outcomes = at_once(
        lambda taker: reassigning.reassign(
            authority, {row.pk: row.row_version}, {}, held=leaves, to=Receiver(person=taker), by=officer, at=NOW
        ),
        takers,
    )
    assert sorted(outcome.measures for outcome in outcomes) == [0, 1]
    assert [len(outcome.left) for outcome in outcomes if not outcome.measures] == [1]
    assert Notice.objects.filter(kind="measures_given").count() == 1


def test_a_deed_is_taken_back_once(world: World) -> None:
    officer, authority = world.user("officer"), world.home.authority
    leaves, taker = make.a_user("officer", authority), make.a_user("officer", authority)
    row = asked(world, person=leaves).participation
    outcome = reassigning.reassign(
        authority, {row.pk: row.row_version}, {}, held=leaves, to=Receiver(person=taker), by=officer, at=NOW
    )
    assert outcome.event is not None
    undone = at_once(lambda _n: reassigning.undo(outcome.event, by=officer, at=NOW), range(2))  # type: ignore[arg-type]
    assert sum(each is not None for each in undone) == 1
    assert MeasureParticipation.objects.get(pk=row.pk).person == leaves
