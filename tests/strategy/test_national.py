"""Where all measures stand, in one pass."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strategy.models import Plan
from strategy.national import metrics, standings
from strategy.rows import read_standings
from strategy.rules import Standing
from tests import factories as make
from tests.world import World

pytestmark = pytest.mark.django_db
DAYS = [dt.date(2025, 1, 1), dt.date(2026, 11, 21), dt.date(2027, 6, 2), dt.date(2035, 1, 1)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_one_pass_says_of_each_measure_what_its_plans_page_says(world: World, today: dt.date) -> None:
    late = make.a_measure(world.home.plan, due_on=dt.date(2027, 1, 1), due_precision="year")
    make.a_milestone(late, due_on=dt.date(2026, 1, 1), due_precision="month")
    make.a_milestone(late, due_on=dt.date(2025, 3, 1), reached_on=dt.date(2025, 3, 2))
    living = Plan.objects.filter(status__in=["hearing", "adopted"]).values_list("pk", flat=True)
    shown = Counter((row.plan_id, row.authority_id, row.standing) for row in read_standings(list(living), today))
    assert Counter(standings(today)) == shown
    assert shown


def test_it_takes_one_query_however_many_plans(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert list(standings(DAYS[0]))
    assert len(asked) == 1


def test_drafts_and_plans_that_have_ended_are_not_counted(world: World) -> None:
    before = sum(1 for _ in standings(DAYS[0]))
    for status in ("draft", "ended"):
        make.a_measure(make.a_plan(world.home.authority, status=status))
    assert sum(1 for _ in standings(DAYS[0])) == before


def test_the_metrics_name_every_standing_and_sum_to_all(world: World) -> None:
    [(_name, _help, samples)] = metrics(DAYS[1])
    assert [labels["standing"] for labels, _value in samples] == [each.value for each in Standing]
    assert sum(value for _labels, value in samples) == sum(1 for _ in standings(DAYS[1]))
