"""Two who freeze or release at the same moment, with real commits: numbers follow each other, a release is one."""

from __future__ import annotations

import pytest

from portal.models import Document
from strategy.models import Plan
from tests.at_once import at_once
from tests.strategy.freezing import a_full_plan, freeze, release
from tests.world import World


@pytest.fixture
def world(own_database: str) -> World:
    return World()


@pytest.fixture
def plan(world: World) -> Plan:
    return a_full_plan(world)


def test_two_reports_get_two_numbers(world: World, plan: Plan) -> None:
    made = at_once(lambda number: freeze(world, plan, once=f"skjema {number}"), range(2))
    assert sorted(report.number for report in made) == [1, 2]


def test_one_form_sent_twice_gives_one_report(world: World, plan: Plan) -> None:
    first, second = at_once(lambda _number: freeze(world, plan, once="samme"), range(2))
    assert first == second
    assert plan.reports.count() == 1


def test_two_corrections_get_two_versions(world: World, plan: Plan) -> None:
    report = freeze(world, plan)
    made = at_once(lambda number: freeze(world, plan, corrects=report, reason=f"Feil {number}."), range(2))
    assert sorted(each.version for each in made) == [2, 3]


def test_a_release_pressed_by_two_is_one(world: World, plan: Plan) -> None:
    report = freeze(world, plan)
    at_once(lambda _number: release(world, report), range(2))
    assert Document.objects.filter(sha256=report.files.get(kind="pdf").sha256).count() == 1
