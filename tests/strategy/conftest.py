"""What the tests of a plan's pages share: the day, a reader in English, and an open plan."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation

from tests import factories as make
from tests.strategy.reading import english

if TYPE_CHECKING:
    from strategy.models import Plan
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
