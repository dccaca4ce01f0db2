"""What the tests of a plan's pages share: the day, a reader in English, and an open plan."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation

from tests import factories as make
from tests.strategy.reading import english
from tests.strategy.reports import EXPLAINED, report

if TYPE_CHECKING:
    from strategy.models import MeasureParticipation, Plan, ReportingPeriod
    from tests.world import World


@pytest.fixture
def the_day(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def in_english() -> Any:
    """Ask for English, the words the templates hold, so that a new translation breaks no test."""
    with translation.override("en"):
        yield


@pytest.fixture
def reader(db: None) -> Client:
    return english(Client())


@pytest.fixture
def plan(world: World) -> Plan:
    """An open plan with one measure of each standing but on hold and cancelled."""
    plan = make.a_plan(world.home.authority, live_view_open=True, title="Byplan", slug="byplan")
    goal = make.a_goal(plan, title="Flere jobber")
    strategy = make.a_strategy(plan, goal=goal, number="1.1", title="Arealer")
    unit = world.home.one(make.Unit)
    make.a_measure(plan, strategy=strategy, title="Sent tiltak", due_on=dt.date(2026, 10, 31), unit=unit)
    late = make.a_measure(plan, strategy=strategy, title="Milepæl passert", due_on=dt.date(2029, 1, 1))
    make.a_milestone(late, title="Første spadetak", due_on=dt.date(2026, 3, 1), due_precision="month")
    make.a_measure(plan, strategy=strategy, title="I faresonen", judgement="at_risk", due_on=dt.date(2027, 1, 1))
    make.a_measure(plan, strategy=strategy, title="God fart", state="under_way", due_on=dt.date(2027, 1, 1))
    make.a_measure(plan, strategy=strategy, title="Ferdig", state="done", done_on=dt.date(2026, 5, 4))
    make.a_measure(plan, goal=goal, title="Rett under målet", number="")
    return plan


@pytest.fixture
def parts(plan: Plan) -> list[MeasureParticipation]:
    return list(plan.participations.order_by("pk"))


@pytest.fixture
def reported(plan: Plan, parts: list[MeasureParticipation], world: World) -> ReportingPeriod:
    """A closed first tertial where all but one reported, and a second that is due where three did."""
    body_ = make.a_body(plan.authority, name="Formannskapet", kind="executive")
    step = make.a_step(
        make.a_case(plan.authority), body=body_, activity="information", starts_on=dt.date(2026, 12, 10),
        item_number="84/26",
    )  # fmt: skip
    first = make.a_period(
        plan, name="1. tertial 2026", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 4, 30),
        opens_on=dt.date(2026, 4, 17), due_on=dt.date(2026, 4, 30), closed_on=dt.date(2026, 5, 7),
    )  # fmt: skip
    second = make.a_period(plan, body=body_, step=step)
    for part in parts[:-1]:
        done = {"done_on": part.done_on} if part.state == "done" else {}
        report(first, part, dt.date(2026, 4, 28), state=part.state, reason="Gammel grunn." if not done else "", **done)
    make.a_status_report(first, parts[-1])
    report(second, parts[0], dt.date(2026, 8, 30), state="under_way", late_since=dt.date(2026, 8, 1), **EXPLAINED,
           asks="At ny dato godkjennes.")  # fmt: skip
    make.a_status_report(second, parts[1], reminded_at=dt.datetime(2026, 9, 2, 8, tzinfo=dt.UTC))
    report(second, parts[2], dt.date(2026, 8, 30), state="under_way", asks="Penger til en ny kai.")
    report(second, parts[3], dt.date(2026, 8, 30), state="under_way", judgement="on_track")
    make.a_status_report(second, parts[5])
    return second
