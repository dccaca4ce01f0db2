"""Periods: who is asked, once; who may open and close; what opens by itself; what cannot be taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.models import Event, LinkKey, Mail, Notice, Run
from strategy import asking, periods
from strategy.models import MeasureEntry, MeasureParticipation, ReportingPeriod
from strategy.rules.periods import PeriodKind, kind_of, next_period
from strategy.tasks import open_periods
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority, User
    from strategy.models import Plan
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2026, 8, 17, 6, 0, tzinfo=dt.UTC)
"""The day the factory's period opens."""
TODAY = MORNING.date()


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def place(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def plan(place: Authority) -> Plan:
    return make.a_plan(place)


@pytest.fixture
def period(plan: Plan) -> ReportingPeriod:
    return make.a_period(plan)


def asked(period: ReportingPeriod) -> set[int]:
    return set(period.reports.values_list("participation_id", flat=True))


def mails_to(address: str) -> list[Mail]:
    return list(Mail.objects.filter(to_address=address).order_by("pk"))


# ---- opening ----


def test_each_measure_in_force_is_asked_about_and_what_was_over_before_is_not(
    period: ReportingPeriod, officer: User
) -> None:
    plan, person = period.plan, make.a_user("officer", period.authority)
    going = make.a_measure(plan, person=person)
    done_in_it = make.a_measure(plan, state="done", done_on=dt.date(2026, 5, 1))
    done_before = make.a_measure(plan, state="done", done_on=dt.date(2026, 4, 30))
    cancelled = make.a_measure(plan, state="cancelled")
    dropped, wordless = make.a_measure(plan), make.a_measure(plan)
    MeasureEntry.objects.filter(pk=dropped.measure.current_entry_id).update(change="dropped", change_reason="Utgår.")
    wordless.measure.current_entry = None
    wordless.measure.save()
    periods.open_period(period, at=MORNING, by=officer)
    assert asked(period) == {going.pk, done_in_it.pk}
    assert {done_before.pk, cancelled.pk}.isdisjoint(asked(period))
    period.refresh_from_db()
    assert period.opened_at == MORNING


def test_what_was_cancelled_in_the_period_is_asked_about_so_that_it_is_explained(place: Authority) -> None:
    this_year = timezone.localdate().year  # history is written by the clock
    period = make.a_period(
        make.a_plan(place), starts_on=dt.date(this_year, 1, 1), ends_on=dt.date(this_year, 12, 31)
    )  # fmt: skip
    part = make.a_measure(period.plan, state="under_way")
    part.state = "cancelled"
    part.save()
    never_open = make.a_measure(period.plan, state="cancelled")
    assert set(periods.to_ask(period)) == {part}
    assert never_open.state == "cancelled"


def test_a_person_gets_one_mail_for_all_her_measures_with_a_link_to_her_own_page(
    period: ReportingPeriod, officer: User
) -> None:
    person = make.a_user("officer", period.authority)
    for _ in range(3):
        make.a_measure(period.plan, person=person)
    periods.open_period(period, at=MORNING, by=officer)
    [mail] = mails_to(person.email)
    assert "/planer/rapportering/" in mail.text
    assert "3 " in mail.text
    assert period.plan.title in mail.subject
    [notice] = Notice.objects.filter(user=person)
    assert (notice.kind, notice.subject_id, notice.authority_id) == ("report_asked", period.pk, period.authority_id)


def test_a_partner_gets_one_mail_with_a_link_of_its_own_for_each_measure(
    period: ReportingPeriod, officer: User
) -> None:
    for _ in range(2):
        make.a_measure(period.plan, partner="Havna KF", partner_address="post@havna.example")
    periods.open_period(period, at=MORNING, by=officer)
    [mail] = mails_to("post@havna.example")
    assert mail.text.count("/planer/rapport/") == 2
    reports = set(period.reports.values_list("pk", flat=True))
    keys = LinkKey.objects.filter(purpose="partner_report", address="post@havna.example")
    assert set(keys.values_list("subject_id", flat=True)) == reports


def test_a_person_goes_before_the_partner_and_the_report_carries_no_address_then(
    period: ReportingPeriod, officer: User
) -> None:
    make.a_measure(period.plan, person=officer, partner="Havna KF", partner_address="post@havna.example")
    periods.open_period(period, at=MORNING, by=officer)
    assert period.reports.get().address == ""
    assert mails_to("post@havna.example") == []


def test_where_nobody_is_named_or_she_has_left_there_is_nobody_to_ask(period: ReportingPeriod, officer: User) -> None:
    nobody = make.a_measure(period.plan)
    left = make.a_measure(period.plan, person=make.a_user("officer", period.authority, is_active=False))
    make.a_measure(period.plan, person=officer)
    made = periods.open_period(period, at=MORNING, by=officer)
    assert {report.participation for report in asking.nobody_to_ask(made)} == {nobody, left}


def test_opened_twice_everyone_is_asked_once(period: ReportingPeriod, officer: User) -> None:
    person = make.a_user("officer", period.authority)
    make.a_measure(period.plan, person=person)
    assert len(periods.open_period(period, at=MORNING, by=officer)) == 1
    assert periods.open_period(period, at=MORNING + DAY, by=officer) == []
    assert period.reports.count() == len(mails_to(person.email)) == 1
    assert Event.objects.filter(kind="period_opened", subject_id=period.pk).count() == 1


def test_opened_by_hand_before_its_day_it_opens_today(period: ReportingPeriod, officer: User) -> None:
    periods.open_period(period, at=MORNING - 3 * DAY, by=officer)
    period.refresh_from_db()
    assert period.opens_on == TODAY - 3 * DAY


@pytest.mark.parametrize("status", ["draft", "ended"])
def test_nobody_is_asked_about_a_plan_that_is_not_in_force(place: Authority, officer: User, status: str) -> None:
    period = make.a_period(make.a_plan(place, status=status))
    with pytest.raises(ValidationError):
        periods.open_period(period, at=MORNING, by=officer)
    assert ReportingPeriod.objects.get(pk=period.pk).opened_at is None


@pytest.mark.parametrize("person", ["editor", "attester", "elected", "neighbour", "stranger", "region_secretary"])
def test_others_open_close_and_delete_nothing(world: World, period: ReportingPeriod, person: str) -> None:
    user = world.user(person)
    for deed in (
        lambda: periods.open_period(period, at=MORNING, by=user),
        lambda: periods.close_period(period, by=user, on=TODAY),
        lambda: periods.reopen_period(period, by=user),
        lambda: periods.delete_period(period, by=user),
        lambda: periods.add_period(period, by=user),
        lambda: periods.remind(period, by=user, at=MORNING),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_the_regions_secretary_opens_the_regions_period_and_each_member_is_asked(world: World) -> None:
    plan, secretary = world.region.plan, world.user("region_secretary")
    own = MeasureParticipation.objects.get(plan=plan, authority=world.home.authority)
    own.person = world.user("officer")
    own.save()
    period = make.a_period(plan)
    made = periods.open_period(period, at=MORNING, by=secretary)
    assert {report.authority_id for report in made} == set(plan.participations.values_list("authority_id", flat=True))
    notice = Notice.objects.get(user=own.person, subject_id=period.pk)
    assert notice.authority_id == world.home.authority.pk  # it is her own authority that asks her


def test_a_period_that_a_colleague_deleted_meanwhile_is_said_to_be_gone(period: ReportingPeriod, officer: User) -> None:
    periods.delete_period(period, by=officer)
    with pytest.raises(ValidationError):
        periods.open_period(period, at=MORNING, by=officer)


# ---- topping up ----


def test_what_came_after_is_asked_about_and_told_to_those_alone(period: ReportingPeriod, officer: User) -> None:
    first, second = (make.a_user("officer", period.authority) for _ in range(2))
    make.a_measure(period.plan, person=first)
    periods.open_period(period, at=MORNING, by=officer)
    make.a_measure(period.plan, person=second)
    assert len(periods.top_up(period, at=MORNING + DAY)) == 1
    assert periods.top_up(period, at=MORNING + DAY) == []
    assert len(mails_to(first.email)) == len(mails_to(second.email)) == 1


def test_a_measure_the_plan_has_dropped_is_asked_about_no_longer_unless_it_was_reported(
    period: ReportingPeriod, officer: User
) -> None:
    silent, said = make.a_measure(period.plan), make.a_measure(period.plan)
    periods.open_period(period, at=MORNING, by=officer)
    period.reports.filter(participation=said).update(state="under_way", reported_at=MORNING)
    MeasureEntry.objects.filter(measure__in=[silent.measure, said.measure]).update(
        change="dropped", change_reason="Utgår."
    )
    periods.top_up(period, at=MORNING + DAY)
    assert asked(period) == {said.pk}


def test_the_question_follows_a_partners_corrected_address_and_the_old_link_stops(
    period: ReportingPeriod, officer: User
) -> None:
    part = make.a_measure(period.plan, partner="Havna KF", partner_address="feil@havna.example")
    periods.open_period(period, at=MORNING, by=officer)
    part.partner_address = "post@havna.example"
    part.save()
    assert len(periods.top_up(period, at=MORNING + DAY)) == 1
    assert period.reports.get().address == "post@havna.example"
    assert LinkKey.objects.get(address="feil@havna.example").revoked_at is not None
    assert LinkKey.objects.get(address="post@havna.example").revoked_at is None


def test_a_closed_or_planned_period_is_not_topped_up(period: ReportingPeriod, officer: User) -> None:
    make.a_measure(period.plan, person=officer)
    assert periods.top_up(period, at=MORNING) == []
    periods.open_period(period, at=MORNING, by=officer)
    periods.close_period(period, by=officer, on=TODAY)
    make.a_measure(period.plan, person=officer)
    assert periods.top_up(period, at=MORNING + DAY) == []


# ---- by itself ----


def test_a_period_opens_by_itself_on_its_day_and_its_officers_are_told(period: ReportingPeriod, officer: User) -> None:
    make.a_measure(period.plan)
    ReportingPeriod.objects.exclude(pk=period.pk).update(closed_on=dt.date(2026, 1, 1))
    assert periods.open_due(MORNING - DAY) == {"opened": 0, "asked": 0, "failed": 0}
    assert periods.open_due(MORNING) == {"opened": 1, "asked": 1, "failed": 0}
    assert periods.open_due(MORNING) == {"opened": 0, "asked": 0, "failed": 0}
    assert Notice.objects.filter(kind="period_opened", subject_id=period.pk, user=officer).count() == 1


def test_one_period_that_fails_holds_no_other_back(
    world: World, period: ReportingPeriod, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.a_period(make.a_plan(world.next.authority))
    ReportingPeriod.objects.exclude(pk__in=[period.pk, other.pk]).update(closed_on=dt.date(2026, 1, 1))
    ask_all = asking.ask_all

    def fail_for_the_first(asked_for: ReportingPeriod, *rest: Any, **more: Any) -> None:
        if asked_for.pk == period.pk:
            raise RuntimeError("a broken template")
        ask_all(asked_for, *rest, **more)

    monkeypatch.setattr(asking, "ask_all", fail_for_the_first)
    assert periods.open_due(MORNING) == {"opened": 1, "asked": 0, "failed": 1}
    assert ReportingPeriod.objects.get(pk=period.pk).opened_at is None


def test_the_task_leaves_a_row_when_it_did_something_and_a_sign_of_life_always(period: ReportingPeriod) -> None:
    from portal.models import Heartbeat

    open_periods()
    assert ReportingPeriod.objects.get(pk=period.pk).opened_at is not None
    assert Run.objects.filter(name="periods", error="").count() == 1
    open_periods()
    assert Run.objects.filter(name="periods").count() == 1
    assert Heartbeat.objects.filter(name="periods").exists()


# ---- closing ----


def test_closing_says_how_many_are_missing_and_can_be_taken_back(period: ReportingPeriod, officer: User) -> None:
    make.a_measure(period.plan)
    periods.open_period(period, at=MORNING, by=officer)
    assert periods.close_period(period, by=officer, on=TODAY)
    assert not periods.close_period(period, by=officer, on=TODAY)
    assert Event.objects.get(kind="period_closed", subject_id=period.pk).facts == {"missing": 1}
    assert periods.reopen_period(period, by=officer)
    assert not periods.reopen_period(period, by=officer)


def test_a_period_not_opened_yet_cannot_be_closed(period: ReportingPeriod, officer: User) -> None:
    with pytest.raises(ValidationError):
        periods.close_period(period, by=officer, on=period.opens_on - DAY)


def test_a_period_whose_report_is_released_is_not_opened_again(period: ReportingPeriod, officer: User) -> None:
    periods.open_period(period, at=MORNING, by=officer)
    periods.close_period(period, by=officer, on=TODAY)
    make.a_plan_report(period.plan, by=officer, period=period)
    assert periods.reopen_period(period, by=officer)  # frozen, but nobody has seen it
    periods.close_period(period, by=officer, on=TODAY)
    make.a_plan_report(
        period.plan, by=officer, period=period, released_at=MORNING, released_by=officer, html="<p>Rapport</p>"
    )
    with pytest.raises(ValidationError):
        periods.reopen_period(period, by=officer)
    assert ReportingPeriod.objects.get(pk=period.pk).closed_on == TODAY


def test_a_period_is_deleted_while_nobody_is_asked_and_not_after(period: ReportingPeriod, officer: User) -> None:
    make.a_measure(period.plan)
    other = make.a_period(period.plan, ends_on=dt.date(2026, 12, 31))
    periods.delete_period(other, by=officer)
    periods.open_period(period, at=MORNING, by=officer)
    with pytest.raises(ValidationError):
        periods.delete_period(period, by=officer)
    assert list(period.plan.periods.all()) == [period]


# ---- planning ----


def test_a_new_period_pressed_twice_is_one_and_another_with_the_same_end_is_refused(plan: Plan, officer: User) -> None:
    facts: dict[str, Any] = {
        "plan": plan, "name": "1. halvår 2026", "starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 6, 30),
        "opens_on": dt.date(2026, 6, 16), "due_on": dt.date(2026, 6, 30),
    }  # fmt: skip
    first = periods.add_period(ReportingPeriod(**facts), by=officer)
    assert periods.add_period(ReportingPeriod(**facts), by=officer).pk == first.pk
    with pytest.raises(ValidationError):
        periods.add_period(ReportingPeriod(**{**facts, "name": "Noe annet"}), by=officer)
    assert first.authority_id == plan.authority_id


@pytest.mark.parametrize(
    ("kind", "last_end", "today", "number", "starts_on", "ends_on"),
    [
        ("tertial", dt.date(2026, 8, 31), dt.date(2026, 9, 1), 3, dt.date(2026, 9, 1), dt.date(2026, 12, 31)),
        ("tertial", dt.date(2026, 12, 31), dt.date(2026, 9, 1), 1, dt.date(2027, 1, 1), dt.date(2027, 4, 30)),
        ("tertial", None, dt.date(2026, 6, 15), 2, dt.date(2026, 5, 1), dt.date(2026, 8, 31)),
        ("tertial", dt.date(2026, 6, 30), dt.date(2026, 7, 1), 3, dt.date(2026, 9, 1), dt.date(2026, 12, 31)),
        ("half_year", dt.date(2026, 6, 30), dt.date(2026, 7, 1), 2, dt.date(2026, 7, 1), dt.date(2026, 12, 31)),
        ("half_year", None, dt.date(2026, 2, 1), 1, dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
        ("other", dt.date(2026, 3, 31), dt.date(2026, 2, 1), 0, dt.date(2026, 4, 1), dt.date(2026, 12, 31)),
    ],
)
def test_the_next_period_follows_the_last_one_in_whole_tertials_and_half_years(
    kind: str, last_end: dt.date | None, today: dt.date, number: int, starts_on: dt.date, ends_on: dt.date
) -> None:
    found = next_period(PeriodKind(kind), last_end, today)
    assert (found.number, found.starts_on, found.ends_on) == (number, starts_on, ends_on)
    assert found.opens_on <= found.due_on <= found.ends_on
    if kind != "other":
        assert kind_of(found.starts_on, found.ends_on) == kind


def test_a_suggested_period_that_is_long_over_is_asked_for_today_and_due_in_two_weeks() -> None:
    found = next_period(PeriodKind.TERTIAL, dt.date(2025, 12, 31), dt.date(2026, 6, 15))
    assert (found.opens_on, found.due_on) == (dt.date(2026, 6, 15), dt.date(2026, 6, 29))
