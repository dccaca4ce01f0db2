"""The sweep says what has come near or passed: once, and for as long as it holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as some

from portal import rules, sweep
from portal.calendar import OSLO, is_working_day
from portal.models import Notice
from tests import factories as make
from tests.at_once import at_once
from tests.portal.mondays import DAY, MONDAY, at, run, told

if TYPE_CHECKING:
    from portal.models import Authority, User


# ---- occasions ----

AHEAD = some.lists(some.integers(0, 365), max_size=8)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(
    day=some.dates(dt.date(2016, 6, 1), dt.date(2059, 1, 1)),
    away=some.integers(-400, 400),
    ahead=AHEAD,
    every=some.none() | some.integers(1, 60),
    leader=some.booleans(),
)
def test_the_database_chooses_the_occasion_the_rule_says(
    day: dt.date, away: int, ahead: list[int], every: int | None, leader: bool
) -> None:
    today = day + away * DAY
    text, facts = sweep.in_order(f"{sweep.NEAR},{sweep.SAID}", today=today)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH ruled AS (SELECT %s::int[] AS days_before, %s::date AS day, %s::int AS late_every), "
            "told AS (SELECT r.*, 1 AS user_id, '' AS address, 'x' AS what, 'x' AS about, 1 AS about_id, "
            "'day' AS stated, 1 AS tenant, '' AS path, '' AS headline, '' AS part_of, %s AS escalated, "
            "NULL::bigint AS stands_for FROM ruled r), "
            f"{text} SELECT occasion FROM said",
            [ahead, day, every, leader, *facts],
        )
        found = [row[0] for row in cursor.fetchall()]
    expected = rules.occasion(day, today, ahead, every, leader=leader)
    assert found == ([expected] if expected else [])


def test_each_day_tells_the_latest_occasion_and_a_day_off_goes_before() -> None:
    sunday = dt.date(2026, 11, 22)
    said = {(sunday + n * DAY): rules.occasion(sunday, sunday + n * DAY, (30, 7, 1, 0), 7) for n in range(-40, 16)}
    assert said[dt.date(2026, 10, 22)] == ""
    assert said[dt.date(2026, 10, 23)] == "before-30"
    assert said[dt.date(2026, 11, 12)] == "before-30"
    assert said[dt.date(2026, 11, 13)] == "before-7"  # the fifteenth is a Sunday
    assert said[dt.date(2026, 11, 19)] == "before-7"
    assert said[dt.date(2026, 11, 20)] == "day"  # neither Saturday nor Sunday is worked, so Friday says it
    assert said[dt.date(2026, 11, 28)] == "day"
    assert said[dt.date(2026, 11, 29)] == "late-7"
    assert said[dt.date(2026, 12, 6)] == "late-14"


def test_easter_is_told_of_before_it_begins() -> None:
    good_friday, wednesday = dt.date(2027, 3, 26), dt.date(2027, 3, 24)
    assert rules.occasion(good_friday, wednesday, (0,), None) == "day"
    assert rules.occasion(good_friday, wednesday - DAY, (0,), None) == ""


@settings(max_examples=100, deadline=None)
@given(now=some.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2028, 1, 1), timezones=some.just(dt.UTC)))
def test_daily_mail_goes_on_working_days_between_seven_and_eight_at_night(now: dt.datetime) -> None:
    local = now.astimezone(OSLO)
    may = is_working_day(local.date()) and 7 <= local.hour < 20
    assert rules.digest_day(now) == (local.date() if may else None)


# ---- once ----


def test_a_date_that_comes_near_becomes_one_notice(measure: Any, officer: User, place: Authority) -> None:
    assert run()["made"] >= 1
    (notice,) = Notice.objects.filter(user=officer)
    assert (notice.kind, notice.occasion, notice.on_date) == ("measure_due", "before-7", MONDAY + 7 * DAY)
    assert (notice.subject_type, notice.subject_id) == ("strategy.measureparticipation", measure.pk)
    assert (notice.title, notice.context, notice.authority) == ("Ny kai", measure.plan.title, place)
    assert notice.link == measure.measure.get_absolute_url()
    assert notice.waits_for_digest
    assert notice.created_at == at(MONDAY, 6, 30)


def test_a_second_sweep_makes_nothing(measure: Any) -> None:
    run()
    assert run() == {"made": 0, "revived": 0, "withdrawn": 0}


def test_what_is_far_away_is_not_told(plan: Any, officer: User) -> None:
    make.a_measure(plan, person=officer, due_on=MONDAY + 40 * DAY)
    run()
    assert told(officer) == []


def test_a_month_is_late_only_when_it_is_over(plan: Any, officer: User) -> None:
    make.a_measure(plan, person=officer, due_on=dt.date(2026, 11, 1), due_precision="month", title="Kaia")
    run(dt.date(2026, 11, 24))
    assert told(officer) == [("Kaia", "before-7")]
    assert Notice.objects.get(user=officer).precision == "month"
    run(dt.date(2026, 12, 7))
    assert told(officer) == [("Kaia", "late-7")]


def test_after_three_days_of_outage_the_latest_is_said_and_nothing_else(measure: Any, officer: User) -> None:
    due = measure.due_on
    run(due - 7 * DAY)
    run(due + DAY)  # nobody swept the day before or the day itself
    assert told(officer) == [("Ny kai", "day")]
    assert Notice.objects.filter(user=officer).count() == 2
    assert Notice.objects.filter(user=officer, waits_for_digest=True).count() == 1


def test_a_year_of_silence_ends_in_one_notice(plan: Any, officer: User) -> None:
    make.a_measure(plan, person=officer, due_on=MONDAY - 365 * DAY, title="Glemt")
    run()
    assert told(officer) == [("Glemt", "late-364")]


def test_day_by_day_each_occasion_comes_once(measure: Any, officer: User) -> None:
    for offset in range(40):
        run(MONDAY + offset * DAY)
    said = Notice.objects.filter(user=officer).order_by("created_at").values_list("occasion", flat=True)
    assert list(said) == ["before-7", "before-1", "day", "late-7", "late-14", "late-21", "late-28"]
    assert told(officer) == [("Ny kai", "late-28")]


@pytest.mark.django_db
def test_the_sweep_is_the_same_number_of_queries_whatever_there_is(
    plan: Any, officer: User, django_assert_num_queries: Any
) -> None:
    for count in (1, 3, 30):
        for _number in range(count):
            make.a_measure(plan, person=officer, due_on=MONDAY)
        with django_assert_num_queries(6):  # savepoint and its release, settings, lock, horizon, the sweep itself
            run()


# ---- at once ----


def test_while_one_sweeps_another_does_nothing(runtime: Any, measure: Any, officer: User) -> None:
    runtime.execute("SELECT pg_advisory_lock(%s)", [sweep.LOCK])
    assert run() == {"made": 0, "revived": 0, "withdrawn": 0}
    runtime.execute("SELECT pg_advisory_unlock(%s)", [sweep.LOCK])
    assert run()["made"] >= 1


def test_two_at_once_say_it_once(own_database: str) -> None:
    place = make.an_authority()
    officer = make.a_user("officer", place)
    plan = make.a_plan(place)
    for _number in range(20):
        make.a_measure(plan, person=officer, due_on=MONDAY)
    made = at_once(lambda _number: sweep.sweep(at(MONDAY, 6, 30), wait=True)["made"], range(2))
    assert min(made) == 0
    assert Notice.objects.filter(user=officer).count() == 20


# ---- moved, done, given to another ----


def test_a_moved_date_moves_its_notice(measure: Any, officer: User) -> None:
    run()
    measure.due_on = MONDAY + DAY
    measure.save()
    counts = run()
    assert (counts["made"], counts["withdrawn"]) == (1, 1)
    assert told(officer) == [("Ny kai", "before-1")]
    assert not Notice.objects.filter(withdrawn_at__isnull=False, waits_for_digest=True).exists()


def test_a_date_moved_away_and_back_is_the_same_notice(measure: Any, officer: User) -> None:
    run()
    measure.due_on = MONDAY + 90 * DAY
    measure.save()
    run()
    assert told(officer) == []
    measure.due_on = MONDAY + 7 * DAY
    measure.save()
    assert run() == {"made": 0, "revived": 1, "withdrawn": 0}
    assert told(officer) == [("Ny kai", "before-7")]
    assert Notice.objects.get(user=officer).waits_for_digest


def test_what_was_mailed_is_not_mailed_again_when_it_is_moved_back(measure: Any, officer: User) -> None:
    run()
    Notice.objects.filter(user=officer).update(mail=make.a_mail(), waits_for_digest=False)
    for due in (MONDAY + 90 * DAY, MONDAY + 7 * DAY):
        measure.due_on = due
        measure.save()
        run()
    assert not Notice.objects.get(user=officer).waits_for_digest


@pytest.mark.parametrize(
    "facts", [{"state": "done", "done_on": MONDAY}, {"state": "cancelled"}, {"state": "on_hold"}, {"due_on": None}]
)
def test_what_is_done_or_rests_is_silent(measure: Any, officer: User, facts: dict[str, Any]) -> None:
    run()
    for name, value in facts.items():
        setattr(measure, name, value)
    measure.save()
    assert run()["withdrawn"] == 1
    assert told(officer) == []


@pytest.mark.parametrize("status", ["draft", "ended"])
def test_drafts_and_ended_plans_are_silent(place: Authority, officer: User, status: str) -> None:
    plan = make.a_plan(place, status=status)
    make.a_milestone(make.a_measure(plan, person=officer, due_on=MONDAY), due_on=MONDAY)
    run()
    assert told(officer) == []


def test_what_is_given_to_another_moves_to_her(measure: Any, officer: User, place: Authority) -> None:
    run()
    other = make.a_user("officer", place)
    measure.person = other
    measure.save()
    run()
    assert (told(officer), told(other)) == ([], [("Ny kai", "before-7")])


def test_one_who_stops_working_here_leaves_it_to_the_officers(measure: Any, officer: User, place: Authority) -> None:
    colleague = make.a_user("officer", place)
    run()
    officer.is_active = False
    officer.save()
    run()
    assert (told(officer), told(colleague)) == ([], [("Ny kai", "before-7")])


def test_a_new_name_is_told_instead_of_the_old(measure: Any, officer: User) -> None:
    run()
    entry = measure.measure.current_entry
    entry.title = "Ny og lengre kai"
    entry.save()
    assert run() == {"made": 0, "revived": 0, "withdrawn": 0}
    assert told(officer) == [("Ny og lengre kai", "before-7")]


def test_a_later_occasion_takes_the_place_of_the_one_before(measure: Any, officer: User) -> None:
    run()
    run(MONDAY + 6 * DAY)
    assert told(officer) == [("Ny kai", "before-1")]
    assert Notice.objects.get(user=officer, occasion="before-7").withdrawn_at == at(MONDAY + 6 * DAY, 6, 30)


def test_a_milestone_is_silent_when_it_is_reached(plan: Any, officer: User) -> None:
    milestone = make.a_milestone(make.a_measure(plan, person=officer), due_on=MONDAY, title="Første stikk")
    run()
    assert told(officer) == [("Første stikk", "day")]
    milestone.reached_on = MONDAY
    milestone.save()
    run()
    assert told(officer) == []
