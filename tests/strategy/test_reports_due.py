"""Reports that are waited for are due dates like others: told to who answers, silent when it has come."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal import sweep
from portal.models import Notice
from strategy import deadlines
from strategy.models import MeasureEntry, StatusReport
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import Authority, User

DUE = dt.date(2026, 8, 31)
TODAY = dt.date(2026, 8, 24)


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


@pytest.fixture
def person(place: Authority) -> User:
    return make.a_user("elected", place)


def asked(place: Authority, status: str = "adopted", **facts: Any) -> StatusReport:
    plan = make.a_plan(place, status=status)
    period = make.a_period(plan, **facts.pop("period", {}))
    report = {name: facts.pop(name) for name in ("address", "delegate") if name in facts}
    part = make.a_measure(plan, title="Ny kai", **facts)
    return make.a_status_report(period, part, person=report.get("delegate"), address=report.get("address", ""))


def due(place: Authority, today: dt.date = TODAY) -> list[Any]:
    return list(deadlines.reports(today).filter(authority=place))


def test_what_waits_is_told_to_who_is_responsible(place: Authority, person: User) -> None:
    report = asked(place, person=person)
    (row,) = due(place)
    assert (row.day, row.who, row.to, row.headline, row.part_of) == (DUE, person.pk, "", "Ny kai", "2. tertial 2026")
    assert row.path == f"/planer/rapportering/{report.pk}/"


def test_a_delegate_goes_before_who_is_responsible(place: Authority, person: User) -> None:
    delegate = make.a_user("elected", place)
    asked(place, person=person, delegate=delegate)
    assert [row.who for row in due(place)] == [delegate.pk]


def test_a_partner_is_told_at_her_address(place: Authority) -> None:
    asked(place, address="havn@partner.example")
    assert [(row.who, row.to) for row in due(place)] == [(None, "havn@partner.example")]


def test_what_has_come_is_silent_and_what_came_back_is_not(place: Authority, person: User) -> None:
    report = asked(place, person=person)
    StatusReport.objects.filter(pk=report.pk).update(state="under_way", reported_at=timezone.now())
    assert due(place) == []
    later = timezone.now() + dt.timedelta(hours=1)
    StatusReport.objects.filter(pk=report.pk).update(question="Hvor mange?", returned_at=later)
    assert len(due(place)) == 1


@pytest.mark.parametrize("status", ["draft", "ended"])
def test_a_plan_that_is_not_in_force_asks_nobody(place: Authority, person: User, status: str) -> None:
    asked(place, status, person=person)
    assert due(place) == []


@pytest.mark.parametrize("period", [{"closed_on": TODAY}, {"opens_on": TODAY + dt.timedelta(days=1)}])
def test_a_period_that_takes_no_reports_asks_nobody(place: Authority, person: User, period: dict[str, Any]) -> None:
    asked(place, period=period, person=person)
    assert due(place) == []


def test_past_its_due_date_an_open_period_goes_on_asking(place: Authority, person: User) -> None:
    asked(place, person=person)
    assert len(due(place, DUE + dt.timedelta(days=40))) == 1


def test_a_measure_the_plan_has_dropped_is_not_asked_about(place: Authority, person: User) -> None:
    report = asked(place, person=person)
    entries = MeasureEntry.objects.filter(measure=report.participation.measure_id)
    entries.update(change="dropped", change_reason="Staten overtok.")
    assert due(place) == []


def test_the_sweep_tells_a_week_before_and_withdraws_when_the_answer_has_come(place: Authority, person: User) -> None:
    report = asked(place, person=person)
    morning = dt.datetime(2026, 8, 24, 6, tzinfo=dt.UTC)
    sweep.sweep(morning)
    told = Notice.objects.current().filter(user=person, kind="report_due")
    assert [notice.occasion for notice in told] == ["before-7"]
    StatusReport.objects.filter(pk=report.pk).update(state="under_way", reported_at=morning)
    sweep.sweep(morning)
    assert not told.all().exists()


# ---- the period itself, for those who work with the plan ----


def test_what_nobody_is_named_for_is_one_line_to_the_officers_not_one_each(place: Authority) -> None:
    officer, plan = make.a_user("officer", place), make.a_plan(place, title="Havneplan")
    period = make.a_period(plan)
    for _ in range(3):
        make.a_status_report(period, make.a_measure(plan))
    assert due(place) == []
    (row,) = deadlines.periods(TODAY).filter(authority=place)
    assert (row.day, row.headline, row.part_of, row.path) == (
        DUE, "2. tertial 2026", "Havneplan", period.get_absolute_url(),
    )  # fmt: skip
    sweep.sweep(dt.datetime(2026, 8, 24, 6, tzinfo=dt.UTC))
    told = Notice.objects.current().filter(user=officer).values_list("kind", "occasion")
    assert list(told) == [("period_due", "before-7")]


def test_a_period_that_all_have_answered_is_silent(place: Authority, person: User) -> None:
    report = asked(place, person=person)
    assert deadlines.periods(TODAY).filter(authority=place).count() == 1
    StatusReport.objects.filter(pk=report.pk).update(state="under_way", reported_at=timezone.now())
    assert not deadlines.periods(TODAY).filter(authority=place).exists()


def test_who_has_reports_to_give_comes_from_what_waits_to_all_of_them_on_one_page(place: Authority) -> None:
    person, colleague = make.a_user("officer", place), make.a_user("officer", place)
    asked(place, person=person, period={"opens_on": timezone.localdate(), "due_on": timezone.localdate()})
    link = 'href="/planer/rapportering/"'
    assert link in signed_in(person).get("/venter-pa-deg/").text
    assert link not in signed_in(colleague).get("/venter-pa-deg/").text
