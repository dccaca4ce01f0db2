"""Attacks on reports past the model layer: what a report must say, and whose it is, PostgreSQL decides."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from strategy.models import StatusReport
from tests import factories as make
from tests.attacks import count, refused, run

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 30)
LATE = "late_since = '2026-04-30', "
SAID = "reason = 'Tomme stillinger', next_step = 'Utlysning', new_due_on = '2027-01-29'"


@pytest.fixture
def answered(world: World) -> StatusReport:
    found = StatusReport.objects.filter(authority=world.home.authority, reported_at__isnull=False).first()
    assert found is not None
    return found


def change(report: StatusReport, what: str) -> int:
    return count(f"UPDATE strategy_statusreport SET {what} WHERE id = %s", report.pk)


@pytest.mark.parametrize(
    ("what", "guard"),
    [
        (LATE + "reason = ''", "status_report_late_is_explained"),
        (LATE + SAID.replace("'Tomme stillinger'", "''"), "status_report_late_is_explained"),
        (LATE + SAID.replace("'Utlysning'", "''"), "status_report_late_is_explained"),
        (LATE + SAID.replace("'2027-01-29'", "NULL"), "status_report_late_is_explained"),
        (LATE + "state = 'not_started'", "status_report_late_is_explained"),
        ("state = 'cancelled', reason = ''", "status_report_cancelled_has_reason"),
        ("state = 'done', done_on = NULL", "status_report_done_if_and_only_if_dated"),
        ("state = 'on_hold', done_on = '2026-05-01'", "status_report_done_if_and_only_if_dated"),
        ("state = 'done', done_on = '0206-05-01'", "status_report_done_on_sane"),
        ("new_due_on = '2999-01-01'", "status_report_new_due_on_sane"),
        ("state = ''", "status_report_reported_if_and_only_if_answered"),
        ("reported_at = NULL", "status_report_reported_if_and_only_if_answered"),
    ],
)
def test_a_report_that_says_too_little_is_refused_by_name(answered: StatusReport, what: str, guard: str) -> None:
    with refused(by=guard):
        change(answered, what)


@pytest.mark.parametrize("rest", ["state = 'on_hold'", "state = 'done', done_on = '2026-05-01'"])
def test_what_is_late_but_over_or_put_aside_need_not_be_explained(answered: StatusReport, rest: str) -> None:
    assert change(answered, LATE + rest) == 1


def test_a_late_report_that_explains_itself_is_taken(answered: StatusReport) -> None:
    assert change(answered, LATE + SAID) == 1


def test_a_report_that_has_not_come_says_no_state(world: World) -> None:
    waiting = StatusReport.objects.filter(authority=world.home.authority, reported_at=None).first()
    assert waiting is not None
    with refused(by="status_report_reported_if_and_only_if_answered"):
        change(waiting, "state = 'under_way'")


def test_a_measure_is_asked_about_once_in_a_period(answered: StatusReport) -> None:
    with refused(by="status_report_once"):
        count(
            "INSERT INTO strategy_statusreport SELECT (jsonb_populate_record(r, '{\"id\": 999999999}')).* "
            "FROM strategy_statusreport r WHERE id = %s",
            answered.pk,
        )


def test_a_colleague_or_a_partner_answers_not_both(world: World, answered: StatusReport) -> None:
    with refused(by="status_report_person_or_address"):
        change(answered, f"address = 'havn@test.example', person_id = {world.user('officer').pk}")


@pytest.mark.parametrize(
    ("column", "guard"),
    [
        ("plan_id", "strategy_statusreport_participation_same_plan"),
        ("authority_id", "strategy_statusreport_participation_same_authority"),
    ],
)
def test_a_report_lies_in_its_measures_plan_and_tenant(
    world: World, answered: StatusReport, column: str, guard: str
) -> None:
    other = {"plan_id": world.next.plan.pk, "authority_id": world.next.authority.pk}[column]
    with refused(by=guard):
        change(answered, f"{column} = {other}")


def test_a_report_lies_in_a_period_of_its_own_plan(world: World, answered: StatusReport) -> None:
    period = make.a_period(make.a_plan(world.home.authority))
    with refused(by="strategy_statusreport_period_same_plan"):
        change(answered, f"period_id = {period.pk}")


def test_a_raw_write_counts_so_that_a_page_knows_it_is_old(answered: StatusReport) -> None:
    change(answered, "done_since = 'Endret utenom'")
    assert run("SELECT row_version FROM strategy_statusreport WHERE id = %s", answered.pk) == [
        (answered.row_version + 1,)
    ]


def test_a_period_with_answers_is_not_removed(answered: StatusReport) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        answered.period.delete()


def test_the_owner_is_refused_too(owner: Any) -> None:
    with pytest.raises(errors.CheckViolation):
        owner.execute("UPDATE strategy_statusreport SET late_since = '2026-04-30' WHERE reported_at IS NOT NULL")
