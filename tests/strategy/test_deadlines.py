"""The due dates of plans: measures and milestones under way, in plans that are in force."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import Q

from portal.models.base import LastDay
from strategy import deadlines
from strategy.models import Measure, MeasureEntry, MeasureParticipation, Milestone, PlanParticipant
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority

TODAY = dt.date(2026, 11, 16)


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


def both(place: Authority) -> tuple[list[Any], list[Any]]:
    return tuple(list(rows(TODAY).filter(authority=place)) for rows in (deadlines.measures, deadlines.milestones))  # type: ignore[return-value]


def a_measure_with_milestone(place: Authority, status: str = "adopted", **facts: Any) -> Any:
    measure = make.a_measure(make.a_plan(place, status=status), due_on=TODAY, **facts)
    make.a_milestone(measure, title="Første spadetak")
    return measure


@pytest.mark.parametrize("status", ["adopted", "hearing"])
def test_a_plan_in_force_or_on_hearing_has_due_dates(place: Authority, status: str) -> None:
    measure = a_measure_with_milestone(place, status, title="Ny kai")
    ((row,), (milestone,)) = both(place)
    assert (row.headline, row.part_of, row.path) == ("Ny kai", measure.plan.title, measure.measure.get_absolute_url())
    assert (milestone.headline, milestone.part_of, milestone.path) == ("Første spadetak", "Ny kai", row.path)


@pytest.mark.parametrize("status", ["draft", "ended"])
def test_a_draft_or_an_ended_plan_has_none(place: Authority, status: str) -> None:
    a_measure_with_milestone(place, status)
    assert both(place) == ([], [])


@pytest.mark.parametrize("facts", [{"state": "done", "done_on": TODAY}, {"state": "cancelled"}, {"state": "on_hold"}])
def test_what_rests_is_not_due_and_nor_are_its_milestones(place: Authority, facts: dict[str, Any]) -> None:
    a_measure_with_milestone(place, **facts)
    assert both(place) == ([], [])


def test_a_reached_milestone_is_not_due(place: Authority) -> None:
    make.a_milestone(make.a_measure(make.a_plan(place)), reached_on=TODAY)
    assert both(place) == ([], [])


def test_a_measure_that_does_not_stand_in_the_plan_has_no_date(place: Authority) -> None:
    """The plan's pages show neither; see `strategy.panels.IN_FORCE`."""
    dropped, unworded = a_measure_with_milestone(place), a_measure_with_milestone(place)
    MeasureEntry.objects.filter(measure=dropped.measure_id).update(change="dropped", change_reason="Staten overtok.")
    Measure.objects.filter(pk=unworded.measure_id).update(current_entry=None)
    assert both(place) == ([], [])


def test_the_members_part_is_told_in_the_member_and_led_by_its_unit(place: Authority) -> None:
    region, leader = make.an_authority(kind="region"), make.a_user()
    plan = make.a_plan(region)
    PlanParticipant.objects.create(plan=plan, authority=place, role="member")
    measure = make.a_measure(plan, by=place, unit=make.a_unit(place, leader=leader), due_on=TODAY)
    ((row,), _none) = both(place)
    assert (row.tenant, row.leader, row.path) == (place.pk, leader.pk, measure.measure.get_absolute_url())
    assert f"/{region.slug}/" in row.path


@pytest.mark.django_db
def test_what_is_far_away_need_not_be_read() -> None:
    """With the planner kept from reading whole tables, a day finds its rows in the indexes of open last days."""
    open_ones = MeasureParticipation.objects.filter(~Q(state__in=deadlines.RESTING))
    ahead = Milestone.objects.filter(reached_on=None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for rows, index in ((open_ones, "participation_open_due"), (ahead, "milestone_open_due")):
        found = (
            rows.alias(day=LastDay("due_on", "due_precision")).filter(day__lte=TODAY).order_by().values("pk").explain()
        )
        assert index in found
