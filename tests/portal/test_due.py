"""Whom each due thing concerns, and how its last day and page are told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as some

from portal import calendar, calendar_days, due, wiring
from portal.calendar import Precision
from portal.models import NoticeRule
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority, User

TODAY = dt.date(2026, 11, 16)
FAR = TODAY + dt.timedelta(days=400)
SANE = some.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))


def one(query: str, *facts: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return cursor.fetchone()


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


def a_due(place: Authority, *, days: int = 5, **facts: Any) -> Any:
    """Make a measure of a plan in force that is due so many days from the day of the tests."""
    return make.a_measure(make.a_plan(place), due_on=TODAY + dt.timedelta(days=days), **facts)


def told(user: User) -> list[tuple[str, bool]]:
    return [(row.what, row.escalated) for row in due.of_person(user, TODAY, FAR)]


# ---- the database counts as Python does ----


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(day=SANE, precision=some.sampled_from(Precision))
def test_the_database_knows_the_same_last_day(day: dt.date, precision: Precision) -> None:
    assert one("SELECT portal_last_day(%s, %s)", day, precision.value)[0] == calendar.last_day(day, precision)


@pytest.mark.django_db
def test_the_databases_calendar_is_the_portals() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, is_working, working_before FROM portal_calendarday ORDER BY day")
        assert cursor.fetchall() == list(calendar_days.days())


@settings(max_examples=200, deadline=None)
@given(day=some.dates(calendar_days.FIRST + dt.timedelta(days=7), calendar_days.LAST))
def test_each_day_of_the_calendar_is_as_the_rules_say(day: dt.date) -> None:
    ((_day, works, before),) = list(calendar_days.days(day, day)) if calendar.is_working_day(day) else [
        list(calendar_days.days(day - dt.timedelta(days=7), day))[-1]
    ]  # fmt: skip
    assert works == calendar.is_working_day(day)
    assert before == calendar.last_working_day(day)


@pytest.mark.django_db
def test_filling_the_calendar_again_changes_nothing(owner: Any) -> None:
    before = owner.execute("SELECT sum(xmin::text::bigint) FROM portal_calendarday").fetchone()
    calendar_days.fill(owner)
    assert owner.execute("SELECT sum(xmin::text::bigint) FROM portal_calendarday").fetchone() == before


@pytest.mark.django_db
def test_all_sources_have_the_same_shape() -> None:
    text, given_ = due.due_sql(wiring.deadline_sources(), TODAY, FAR)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({text}) AS everything LIMIT 0", given_)
        assert tuple(column.name for column in cursor.description) == due.SHAPE


def test_no_two_sources_share_a_kind() -> None:
    names = [source.kind.name for source in wiring.deadline_sources()]
    assert len(names) == len(set(names))


# ---- who is told ----


def test_the_one_named_is_told_and_nobody_else(place: Authority) -> None:
    named, other = make.a_user("officer", place), make.a_user("officer", place)
    a_due(place, person=named)
    assert (told(named), told(other)) == ([("measure_due", False)], [])


def test_where_nobody_is_named_the_officers_are_told(place: Authority) -> None:
    officers = [make.a_user("officer", place), make.a_user("region_secretary", place)]
    leader, editor = make.a_user("leader", place), make.a_user("editor", place)
    a_due(place)
    assert [told(user) for user in officers] == [[("measure_due", False)]] * 2
    assert [told(user) for user in (leader, editor)] == [[], []]


def test_where_no_officer_works_the_leaders_are_told(place: Authority) -> None:
    leader = make.a_user("leader", place)
    a_due(place)
    assert told(leader) == [("measure_due", False)]


@pytest.mark.parametrize("facts", [{"is_active": False}, {}])
def test_one_who_has_left_is_not_told_and_the_officers_are(place: Authority, facts: dict[str, Any]) -> None:
    gone, officer = make.a_user("officer", place, **facts), make.a_user("officer", place)
    if not facts:
        gone.memberships.update(valid_to=TODAY - dt.timedelta(days=1))
    a_due(place, person=gone)
    assert (told(gone), told(officer)) == ([], [("measure_due", False)])


def test_one_named_who_never_held_a_role_is_told_all_the_same(place: Authority) -> None:
    named, officer = make.a_user(), make.a_user("officer", place)
    a_due(place, person=named)
    assert (told(named), told(officer)) == ([("measure_due", False)], [])


def test_a_role_that_has_not_begun_gives_no_notices(place: Authority) -> None:
    officer = make.a_user("officer", place)
    officer.memberships.update(valid_from=TODAY + dt.timedelta(days=1))
    a_due(place)
    assert told(officer) == []


def test_a_guest_officer_is_not_told_of_others(place: Authority) -> None:
    guest = make.a_user("guest_officer", place, case=make.a_case(place))
    a_due(place)
    assert told(guest) == []


def test_an_officer_next_door_is_not_told(place: Authority) -> None:
    neighbour = make.a_user("officer", make.an_authority())
    a_due(place)
    assert told(neighbour) == []


def test_the_units_leader_is_told_when_it_has_been_late_for_long(place: Authority) -> None:
    officer, leader, other = make.a_user("officer", place), make.a_user(), make.a_user("leader", place)
    unit = make.a_unit(place, leader=leader)
    a_due(place, unit=unit, days=-14)
    assert told(leader) == []
    a_due(place, unit=unit, days=-15)
    assert (told(leader), told(other)) == ([("measure_due", True)], [])
    assert len(told(officer)) == 2


@pytest.mark.parametrize("is_gone", [True, False])
def test_without_a_units_leader_the_authoritys_leaders_are_told(place: Authority, is_gone: bool) -> None:
    make.a_user("officer", place)
    leader = make.a_user("leader", place)
    unit = make.a_unit(place, leader=make.a_user(is_active=False)) if is_gone else None
    a_due(place, unit=unit, days=-15)
    assert told(leader) == [("measure_due", True)]


def test_a_rule_of_the_authoritys_own_says_when_the_leader_is_told(place: Authority) -> None:
    leader = make.a_user()
    a_due(place, unit=make.a_unit(place, leader=leader), days=-3)
    assert told(leader) == []
    rule = NoticeRule.objects.create(authority=place, kind="measure_due", days_before=[1], escalate_after=2)
    assert told(leader) == [("measure_due", True)]
    rule.escalate_after = None
    rule.save()
    assert told(leader) == []


def test_an_officer_who_leads_is_told_once(place: Authority) -> None:
    both = make.a_user("officer", place)
    make.Membership.objects.create(user=both, authority=place, role="leader")
    a_due(place, days=-20)
    assert told(both) == [("measure_due", False)]


def test_what_is_due_is_found_in_a_fixed_number_of_queries(place: Authority, django_assert_num_queries: Any) -> None:
    officer = make.a_user("officer", place)
    for count in (1, 3):
        for _number in range(count):
            a_due(place)
        with django_assert_num_queries(1):
            due.of_authority(place.pk, TODAY, FAR)
        officer = make.User.objects.get(pk=officer.pk)
        with django_assert_num_queries(2):
            due.of_person(officer, TODAY, FAR)
