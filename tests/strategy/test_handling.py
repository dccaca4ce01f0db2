"""What is done with a report: reminded of, sent back, given on, its new date approved; by whom, and told to whom."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.models import Event, LinkKey, Mail, Notice
from strategy import asking, handling, links, periods
from strategy.models import MeasureParticipation, ReportingPeriod, StatusReport
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority, User
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 8, 20, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
LATE = {
    "state": "under_way", "reported_at": NOW - DAY, "late_since": dt.date(2026, 4, 30), "reason": "Lite folk.",
    "next_step": "Ansette.", "new_due_on": dt.date(2027, 1, 29),
}  # fmt: skip


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def place(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def person(place: Authority) -> User:
    return make.a_user("editor", place)


@pytest.fixture
def period(place: Authority) -> ReportingPeriod:
    return make.a_period(make.a_plan(place), opened_at=NOW - 3 * DAY)


@pytest.fixture
def report(period: ReportingPeriod, person: User) -> StatusReport:
    """A report that waits for a person, about a measure whose due date has passed."""
    part = make.a_measure(period.plan, person=person, state="under_way", due_on=dt.date(2026, 4, 30))
    return make.a_status_report(period, part)


@pytest.fixture
def answered(report: StatusReport, person: User) -> StatusReport:
    return with_facts(report, **LATE, reported_by=person)


@pytest.fixture
def theirs(world: World) -> StatusReport:
    """A report that the neighbour makes to the region's plan."""
    plan = world.region.plan
    period = make.a_period(plan, opened_at=NOW - DAY)
    part = MeasureParticipation.objects.get(plan=plan, authority=world.next.authority)
    part.person, part.due_on = world.user("neighbour"), dt.date(2026, 4, 30)
    part.save()
    return with_facts(make.a_status_report(period, part), **LATE, reported_by=part.person)


def with_facts(report: StatusReport, **facts: Any) -> StatusReport:
    for name, value in facts.items():
        setattr(report, name, value)
    report.save()
    return fresh(report)


def fresh(report: StatusReport) -> StatusReport:
    return StatusReport.objects.select_related("participation", "period__plan", "plan").get(pk=report.pk)


def mails_to(address: str) -> list[Mail]:
    return list(Mail.objects.filter(to_address=address).order_by("pk"))


# ---- reminding ----


def test_who_is_reminded_of_one_is_told_of_all_she_has_left_in_one_mail(
    period: ReportingPeriod, report: StatusReport, person: User, officer: User
) -> None:
    other = make.a_status_report(period, make.a_measure(period.plan, person=person))
    done = make.a_status_report(period, make.a_measure(period.plan, person=person), state="under_way")
    assert periods.remind(period, by=officer, at=NOW, only={report.pk}) == 1
    [mail] = mails_to(person.email)
    assert "2 " in mail.text
    assert fresh(report).reminded_at == fresh(other).reminded_at == NOW
    assert fresh(done).reminded_at is None


def test_at_most_one_reminder_a_day_each_and_the_next_day_another(
    period: ReportingPeriod, report: StatusReport, person: User, officer: User
) -> None:
    assert [periods.remind(period, by=officer, at=NOW + hours) for hours in (0 * DAY, DAY / 8)] == [1, 0]
    assert periods.remind(period, by=officer, at=NOW + DAY) == 1
    assert len(mails_to(person.email)) == 2


def test_all_who_have_not_answered_are_reminded_and_nobody_else(
    period: ReportingPeriod, report: StatusReport, officer: User
) -> None:
    make.a_status_report(period, make.a_measure(period.plan, person=officer), state="under_way")
    make.a_status_report(period, make.a_measure(period.plan))
    address = "post@havna.example"
    partner = make.a_measure(period.plan, partner="Havna KF", partner_address=address)
    make.a_status_report(period, partner, address=address)
    assert periods.remind(period, by=officer, at=NOW) == 2
    assert "/planer/rapport/" in mails_to(address)[0].text
    assert mails_to(officer.email) == []


def test_a_question_that_is_not_answered_is_reminded_of(answered: StatusReport, person: User, officer: User) -> None:
    handling.send_back(answered, "Hvor mange?", by=officer, at=NOW)
    assert periods.remind(answered.period, by=officer, at=NOW + DAY) == 1


def test_nobody_is_reminded_in_a_closed_period(report: StatusReport, officer: User) -> None:
    periods.close_period(report.period, by=officer, on=TODAY)
    with pytest.raises(ValidationError):
        periods.remind(report.period, by=officer, at=NOW)


def test_the_region_reminds_everyone_a_member_only_her_own(world: World, theirs: StatusReport) -> None:
    with_facts(theirs, reported_at=None, state="", late_since=None)
    home = world.user("officer")
    assert periods.remind(theirs.period, by=home, at=NOW) == 0
    with pytest.raises(PermissionDenied):
        periods.remind(theirs.period, by=home, at=NOW, only={theirs.pk})
    assert periods.remind(theirs.period, by=world.user("region_secretary"), at=NOW, only={theirs.pk}) == 1


# ---- back with a question ----


def test_a_report_sent_back_still_counts_as_reported_and_the_measure_stays(
    answered: StatusReport, person: User, officer: User
) -> None:
    part = MeasureParticipation.objects.get(pk=answered.participation_id)
    handling.send_back(answered, " Hvor mange søkte? ", by=officer, at=NOW)
    report = fresh(answered)
    assert (report.question, report.returned_at) == ("Hvor mange søkte?", NOW)
    assert asking.is_sent_back(report)
    assert report.reported_at is not None
    after = MeasureParticipation.objects.get(pk=part.pk)
    assert (after.state, after.due_on, after.row_version) == (part.state, part.due_on, part.row_version)
    [mail] = mails_to(person.email)
    assert f"/planer/rapportering/{report.pk}/" in mail.text
    assert "søkte" not in mail.text + mail.html  # the question itself is read in the portal


def test_the_same_question_pressed_twice_is_asked_once(answered: StatusReport, person: User, officer: User) -> None:
    for _ in range(2):
        handling.send_back(answered, "Hvor mange?", by=officer, at=NOW)
    assert len(mails_to(person.email)) == 1
    handling.send_back(answered, "Hvor mange menn?", by=officer, at=NOW + DAY / 24)
    assert len(mails_to(person.email)) == 2


def test_a_partner_is_told_by_mail_with_a_link_that_opens_her_report(period: ReportingPeriod, officer: User) -> None:
    address = "post@havna.example"
    part = make.a_measure(period.plan, partner="Havna KF", partner_address=address)
    report = make.a_status_report(period, part, address=address, state="under_way")
    handling.send_back(report, "Hvor mange?", by=officer, at=NOW)
    [mail] = mails_to(address)
    raw = mail.text.partition("/planer/rapport/")[2].partition("/")[0]
    assert links.partners_report(raw, NOW) == report


def test_what_is_not_reported_or_has_changed_meanwhile_is_not_sent_back(report: StatusReport, officer: User) -> None:
    with pytest.raises(ValidationError):
        handling.send_back(report, "Hvorfor?", by=officer, at=NOW)
    seen = with_facts(report, **LATE).row_version
    with_facts(report, done_since="Nytt svar.")
    with pytest.raises(ValidationError):
        handling.send_back(report, "Hvorfor?", by=officer, at=NOW, seen=seen)
    with pytest.raises(ValidationError):
        handling.send_back(report, "  ", by=officer, at=NOW)
    assert fresh(report).returned_at is None


def test_an_answer_after_the_question_takes_the_mark_away(answered: StatusReport, person: User, officer: User) -> None:
    from strategy import reporting

    report = handling.send_back(answered, "Hvor mange?", by=officer, at=NOW)
    answer = reporting.Answer(
        state="under_way", reason="Lite folk.", next_step="Ansette to.", new_due_on=dt.date(2027, 1, 29)
    )
    version = fresh(report).row_version
    reporting.submit(fresh(report), answer, at=NOW + DAY, seen=version, by=person)
    assert not asking.is_sent_back(fresh(report))


def test_the_regions_secretary_asks_back_but_decides_nothing_over_a_members_report(
    world: World, theirs: StatusReport
) -> None:
    secretary = world.user("region_secretary")
    handling.send_back(theirs, "Hvor mange?", by=secretary, at=NOW)
    assert Notice.objects.filter(user=world.user("neighbour"), kind="report_returned").count() == 1
    with pytest.raises(PermissionDenied):
        handling.approve_date(theirs, by=secretary, on=TODAY)
    with pytest.raises(PermissionDenied):
        handling.delegate(theirs, secretary, by=secretary, at=NOW)
    assert fresh(theirs).date_approved_on is None


@pytest.mark.parametrize("who", ["editor", "attester", "elected", "neighbour", "stranger", "region_secretary"])
def test_others_do_nothing_with_a_report(world: World, answered: StatusReport, officer: User, who: str) -> None:
    user = world.user(who)
    for deed in (
        lambda: handling.send_back(answered, "Hvorfor?", by=user, at=NOW),
        lambda: handling.delegate(answered, officer, by=user, at=NOW),
        lambda: handling.approve_date(answered, by=user, on=TODAY),
        lambda: handling.approve_dates({answered.pk: None}, by=user, on=TODAY),
        lambda: handling.send_link(answered, by=user, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert fresh(answered).row_version == answered.row_version


# ---- to another ----


def test_both_are_told_when_an_officer_gives_a_report_to_another(
    report: StatusReport, person: User, place: Authority, officer: User
) -> None:
    other = make.a_user("editor", place)
    assert handling.delegate(report, other, by=officer, at=NOW)
    assert fresh(report).person == other
    assert set(StatusReport.objects.waiting_for(other)) == {report}
    assert not StatusReport.objects.waiting_for(person).filter(pk=report.pk).exists()
    assert [len(mails_to(each.email)) for each in (other, person)] == [1, 1]
    assert MeasureParticipation.objects.get(pk=report.participation_id).person == person


def test_the_responsible_gives_it_on_herself_and_gets_it_back(
    report: StatusReport, person: User, place: Authority
) -> None:
    other = make.a_user("editor", place)
    handling.delegate(report, other, by=person, at=NOW)
    assert mails_to(person.email) == []  # she did it herself
    handling.delegate(report, None, by=person, at=NOW)
    assert fresh(report).person is None
    assert asking.who_answers(fresh(report)) == asking.Answerer(user=person)


def test_many_reports_given_on_are_one_mail(period: ReportingPeriod, person: User, officer: User) -> None:
    rows = [make.a_status_report(period, make.a_measure(period.plan, person=person)) for _ in range(3)]
    other = make.a_user("editor", period.authority)
    went = handling.delegate_many({row.pk: row.row_version for row in rows}, other, by=officer, at=NOW)
    assert went == (3, 0)
    assert [len(mails_to(each.email)) for each in (other, person)] == [1, 1]
    assert Event.objects.filter(kind="report_delegated").count() == 3


def test_what_a_colleague_changed_or_that_is_answered_is_left_alone(
    period: ReportingPeriod, person: User, officer: User
) -> None:
    rows = [make.a_status_report(period, make.a_measure(period.plan, person=person)) for _ in range(3)]
    with_facts(rows[0], reminded_at=NOW)
    with_facts(rows[1], state="under_way", reported_at=NOW)
    chosen = {rows[0].pk: 0, rows[1].pk: None, rows[2].pk: 0}
    assert handling.delegate_many(chosen, officer, by=officer, at=NOW) == (1, 2)
    assert [fresh(row).person_id for row in rows] == [None, None, officer.pk]


def test_a_report_goes_to_no_one_outside_the_authority(
    world: World, report: StatusReport, place: Authority, officer: User
) -> None:
    quit_it = make.a_user("editor", place, is_active=False)
    for who in (world.user("neighbour"), world.user("stranger"), world.user("elected"), quit_it):
        with pytest.raises(ValidationError):
            handling.delegate(report, who, by=officer, at=NOW)
    assert fresh(report).person is None


def test_a_partners_report_taken_over_by_a_colleague_stops_the_partners_link(
    period: ReportingPeriod, officer: User
) -> None:
    address = "post@havna.example"
    part = make.a_measure(period.plan, partner="Havna KF", partner_address=address)
    report = make.a_status_report(period, part, address=address)
    periods.remind(period, by=officer, at=NOW)
    handling.delegate(report, officer, by=officer, at=NOW)
    assert (fresh(report).address, fresh(report).person) == ("", officer)
    assert LinkKey.objects.get(subject_id=report.pk, purpose="partner_report").revoked_at == NOW
    handling.delegate(report, None, by=officer, at=NOW)
    assert fresh(report).address == address


def test_a_new_link_goes_to_the_address_of_today_and_the_old_one_stops(period: ReportingPeriod, officer: User) -> None:
    part = make.a_measure(period.plan, partner="Havna KF", partner_address="feil@havna.example")
    report = make.a_status_report(period, part, address="feil@havna.example")
    periods.remind(period, by=officer, at=NOW)
    part.partner_address = "rett@havna.example"
    part.save()
    seen = fresh(report).row_version
    assert handling.send_link(report, by=officer, at=NOW, seen=seen)
    with pytest.raises(ValidationError):
        handling.send_link(report, by=officer, at=NOW, seen=seen)  # pressed twice
    assert LinkKey.objects.get(address="feil@havna.example").revoked_at == NOW
    [mail] = mails_to("rett@havna.example")
    raw = mail.text.partition("/planer/rapport/")[2].partition("/")[0]
    assert links.partners_report(raw, NOW) == report


def test_no_link_where_no_partner_answers(report: StatusReport, officer: User) -> None:
    with pytest.raises(ValidationError):
        handling.send_link(report, by=officer, at=NOW)


# ---- a new date ----


def test_an_approved_date_moves_the_due_date_with_its_precision_and_the_responsible_is_told(
    answered: StatusReport, person: User, officer: User
) -> None:
    with_facts(answered, new_due_precision="quarter")
    handling.approve_date(answered, by=officer, on=TODAY)
    part = MeasureParticipation.objects.get(pk=answered.participation_id)
    assert (part.due_on, part.due_precision) == (dt.date(2027, 1, 29), "quarter")
    assert fresh(answered).date_approved_on == TODAY
    [mail] = mails_to(person.email)
    assert "1. kvartal 2027" in mail.text
    event = Event.objects.get(kind="new_date_approved", subject_id=answered.pk)
    assert event.facts == {"to": "2027-01-29", "precision": "quarter", "milestones": 0}
    assert part.events.order_by("pgh_id").last().due_on == dt.date(2027, 1, 29)  # and history has the old one


def test_a_date_is_approved_once(answered: StatusReport, officer: User) -> None:
    handling.approve_date(answered, by=officer, on=TODAY)
    with pytest.raises(ValidationError):
        handling.approve_date(answered, by=officer, on=TODAY)
    assert handling.approve_dates({answered.pk: None}, by=officer, on=TODAY) == (0, 1)


def test_where_a_milestone_is_what_is_late_it_moves_and_the_due_date_stays(
    answered: StatusReport, officer: User
) -> None:
    part = answered.participation
    part.due_on = dt.date(2028, 1, 1)
    part.save()
    late = make.a_milestone(part, due_on=dt.date(2026, 4, 30))
    reached = make.a_milestone(part, due_on=dt.date(2026, 3, 1), reached_on=dt.date(2026, 3, 1))
    ahead = make.a_milestone(part, due_on=dt.date(2027, 6, 1))
    handling.approve_date(answered, by=officer, on=TODAY)
    for row in (part, late, reached, ahead):
        row.refresh_from_db()
    assert late.due_on == dt.date(2027, 1, 29)
    assert (part.due_on, reached.due_on, ahead.due_on) == (
        dt.date(2028, 1, 1), dt.date(2026, 3, 1), dt.date(2027, 6, 1),
    )  # fmt: skip


def test_after_an_approved_date_the_measure_is_no_longer_late(answered: StatusReport, officer: User) -> None:
    from strategy import rules

    make.a_milestone(answered.participation, due_on=dt.date(2026, 2, 1))
    handling.approve_date(answered, by=officer, on=TODAY)
    part = MeasureParticipation.objects.get(pk=answered.participation_id)
    assert rules.late_since(part.facts, TODAY) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"new_due_on": dt.date(2026, 8, 19)},
        {"new_due_on": None, "late_since": None},
    ],
)
def test_a_date_that_has_passed_or_was_never_proposed_is_not_approved(
    answered: StatusReport, officer: User, facts: dict[str, Any]
) -> None:
    with_facts(answered, **facts)
    with pytest.raises(ValidationError):
        handling.approve_date(answered, by=officer, on=TODAY)
    assert MeasureParticipation.objects.get(pk=answered.participation_id).due_on == dt.date(2026, 4, 30)


def test_a_date_moved_by_hand_meanwhile_is_not_moved_again(answered: StatusReport, officer: User) -> None:
    MeasureParticipation.objects.filter(pk=answered.participation_id).update(due_on=dt.date(2026, 12, 1))
    with pytest.raises(ValidationError):
        handling.approve_date(answered, by=officer, on=TODAY)


def test_a_date_proposed_in_time_moves_the_due_date(answered: StatusReport, officer: User) -> None:
    MeasureParticipation.objects.filter(pk=answered.participation_id).update(due_on=dt.date(2026, 12, 1))
    with_facts(answered, late_since=None)
    handling.approve_date(answered, by=officer, on=TODAY)
    assert MeasureParticipation.objects.get(pk=answered.participation_id).due_on == dt.date(2027, 1, 29)


def test_many_dates_are_approved_at_once_and_what_has_changed_is_left(
    period: ReportingPeriod, person: User, officer: User
) -> None:
    rows = []
    for _ in range(3):
        part = make.a_measure(period.plan, person=person, state="under_way", due_on=dt.date(2026, 4, 30))
        rows.append(with_facts(make.a_status_report(period, part), **LATE))
    seen: dict[int, int | None] = {row.pk: row.row_version for row in rows}
    with_facts(rows[0], next_step="Noe annet.")
    assert handling.approve_dates(seen, by=officer, on=TODAY) == (2, 1)


def test_a_members_officer_approves_her_own_and_not_the_neighbours(world: World, theirs: StatusReport) -> None:
    with pytest.raises(PermissionDenied):
        handling.approve_date(theirs, by=world.user("officer"), on=TODAY)
    handling.approve_date(theirs, by=world.user("neighbour"), on=TODAY)
    assert Event.objects.get(kind="new_date_approved").authority_id == world.next.authority.pk
