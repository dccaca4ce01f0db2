"""Answering for a measure: what is asked, what a late one must say, and what the answer moves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.models import Event, Notice
from strategy import reporting
from strategy.models import MeasureParticipation, PlanParticipant, StatusReport
from strategy.reporting import Answer, Answered
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority, User

NOW = dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC)
TODAY = NOW.date()
PASSED, AHEAD = dt.date(2026, 4, 30), dt.date(2027, 1, 29)
ON_TRACK = Answer("under_way", "on_track")
EXPLAINED: dict[str, Any] = {"reason": "To stillinger er tomme.", "next_step": "Utlysning.", "new_due_on": AHEAD}


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


@pytest.fixture
def person(place: Authority) -> User:
    return make.a_user("elected", place)  # holds a role that writes nothing: the measure is hers all the same


@pytest.fixture
def plan(place: Authority) -> Any:
    return make.a_plan(place)


def asked(plan: Any, person: User | None, **facts: Any) -> StatusReport:
    part = make.a_measure(plan, person=person, title="Ny kai", **facts)
    period = plan.periods.first() or make.a_period(plan)
    return make.a_status_report(period, part)


def part_of(report: StatusReport) -> MeasureParticipation:
    return MeasureParticipation.objects.get(pk=report.participation_id)


def submit(report: StatusReport, answer: Answer = ON_TRACK, **facts: Any) -> StatusReport:
    facts = {"at": NOW, "seen": report.row_version, "by": report.participation.person, **facts}
    return reporting.submit(report, answer, **facts)


def refused(report: StatusReport, answer: Answer, **facts: Any) -> set[str]:
    """Return the fields an answer is refused for; nothing is saved."""
    with pytest.raises(ValidationError) as caught:
        submit(report, answer, **facts)
    report.refresh_from_db()
    assert report.reported_at is None
    return set(getattr(caught.value, "error_dict", {"__all__": 0}))


# ---- what an answer moves ----


def test_an_answer_moves_the_measure_and_leaves_its_due_date(plan: Any, person: User) -> None:
    report = asked(plan, person, due_on=AHEAD)
    row = submit(report, Answer("under_way", "at_risk", done_since="Møte holdt.", asks="To stillinger"))
    part = part_of(report)
    assert (part.state, part.judgement, part.due_on) == ("under_way", "at_risk", AHEAD)
    assert (row.reported_at, row.reported_by, row.done_since, row.asks) == (NOW, person, "Møte holdt.", "To stillinger")
    assert row.late_since is None
    assert Event.objects.get(kind="measure_reported").subject_id == report.pk


def test_done_is_dated_in_the_measure_and_a_change_of_mind_takes_the_date_away(plan: Any, person: User) -> None:
    report = asked(plan, person, due_on=AHEAD)
    done = submit(report, Answer("done", done_on=dt.date(2026, 8, 3)))
    assert (part_of(report).state, part_of(report).done_on) == ("done", dt.date(2026, 8, 3))
    submit(done, ON_TRACK)
    assert (part_of(report).state, part_of(report).done_on) == ("under_way", None)


def test_what_is_over_has_no_judgement(plan: Any, person: User) -> None:
    row = submit(asked(plan, person), Answer("on_hold", "at_risk"))
    assert (row.judgement, part_of(row).judgement) == ("", "")


def test_a_new_date_is_a_proposal_and_the_officers_are_told_once_in_the_daily_mail(plan: Any, person: User) -> None:
    officer = make.a_user("officer", plan.authority)
    report = asked(plan, person, due_on=PASSED)
    row = submit(report, Answer("under_way", "on_track", **EXPLAINED))
    submit(row, Answer("under_way", "on_track", done_since="Mer.", **EXPLAINED))
    assert part_of(report).due_on == PASSED
    notice = Notice.objects.get(kind="new_date_proposed")
    assert (notice.user, notice.waits_for_digest, notice.mail) == (officer, True, None)
    assert "Ny kai" in notice.title


def test_another_new_date_must_be_approved_again(plan: Any, person: User) -> None:
    row = submit(asked(plan, person, due_on=PASSED), Answer("under_way", "on_track", **EXPLAINED))
    StatusReport.objects.filter(pk=row.pk).update(date_approved_on=TODAY)
    row.refresh_from_db()
    row = submit(row, Answer("under_way", "on_track", done_since="Mer.", **EXPLAINED))
    assert row.date_approved_on == TODAY
    later = {**EXPLAINED, "new_due_on": dt.date(2027, 6, 1)}
    assert submit(row, Answer("under_way", "on_track", **later)).date_approved_on is None


# ---- what is late ----


@pytest.mark.parametrize("state", ["not_started", "under_way"])
def test_a_late_measure_says_why_what_next_and_when(plan: Any, person: User, state: str) -> None:
    report = asked(plan, person, due_on=PASSED)
    assert refused(report, Answer(state)) == {"reason", "next_step", "new_due_on"}
    assert refused(report, Answer(state, reason="Tomme stillinger.", new_due_on=AHEAD)) == {"next_step"}
    row = submit(report, Answer(state, **EXPLAINED))
    assert row.late_since == PASSED


@pytest.mark.parametrize(("due_on", "is_late"), [(TODAY, False), (dt.date(2026, 8, 19), True)])
def test_the_due_day_itself_is_not_late(plan: Any, person: User, due_on: dt.date, is_late: bool) -> None:
    report = asked(plan, person, due_on=due_on)
    assert bool(is_late and refused(report, ON_TRACK)) is is_late
    if not is_late:
        assert submit(report).late_since is None


def test_a_month_is_late_when_it_is_over(plan: Any, person: User) -> None:
    assert submit(asked(plan, person, due_on=dt.date(2026, 8, 1), due_precision="month")).late_since is None
    assert refused(asked(plan, person, due_on=dt.date(2026, 7, 1), due_precision="month"), ON_TRACK)


def test_what_is_done_or_put_aside_need_not_be_explained(plan: Any, person: User) -> None:
    done = submit(asked(plan, person, due_on=PASSED), Answer("done", done_on=TODAY))
    assert done.late_since == PASSED  # it was late when it was done
    submit(asked(plan, person, due_on=PASSED), Answer("on_hold"))


def test_what_was_put_aside_and_is_taken_up_again_is_late(plan: Any, person: User) -> None:
    """The facts before the answer rest; a passed date binds as soon as someone works on it again."""
    report = asked(plan, person, due_on=PASSED, state="on_hold")
    assert refused(report, ON_TRACK) == {"reason", "next_step", "new_due_on"}
    assert submit(report, Answer("on_hold")).late_since is None


def test_an_answer_that_was_done_is_explained_when_it_turns_out_not_to_be(plan: Any, person: User) -> None:
    done = submit(asked(plan, person, due_on=PASSED), Answer("done", done_on=TODAY))
    with pytest.raises(ValidationError):
        submit(done, ON_TRACK)
    assert part_of(done).state == "done"


def test_a_passed_milestone_makes_it_late_unless_it_is_reached(plan: Any, person: User) -> None:
    report = asked(plan, person, due_on=AHEAD)
    step = make.a_milestone(report.participation, due_on=PASSED)
    assert refused(report, ON_TRACK) == {"reason", "next_step", "new_due_on"}
    row = submit(report, Answer("under_way", "on_track", reached=frozenset({step.pk})))
    step.refresh_from_db()
    assert (row.late_since, step.reached_on) == (None, TODAY)
    submit(row, Answer("under_way", "on_track", reached=frozenset(), **EXPLAINED))
    step.refresh_from_db()
    assert step.reached_on is None


def test_a_milestone_reached_before_the_period_is_left_alone(plan: Any, person: User) -> None:
    report = asked(plan, person)
    step = make.a_milestone(report.participation, due_on=PASSED, reached_on=PASSED)
    submit(report, Answer("under_way", reached=frozenset()))
    step.refresh_from_db()
    assert step.reached_on == PASSED


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (Answer("done"), {"done_on"}),
        (Answer("done", done_on=dt.date(2026, 8, 21)), {"done_on"}),
        (Answer("done", done_on=dt.date(206, 8, 1)), {"done_on"}),
        (Answer("cancelled"), {"reason"}),
        (Answer("lukket"), {"state"}),
        (Answer("under_way", new_due_on=PASSED), {"new_due_on"}),
        (Answer("under_way", new_due_on=dt.date(2999, 1, 1)), {"new_due_on"}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(plan: Any, person: User, answer: Answer, fields: set[str]) -> None:
    assert refused(asked(plan, person), answer) == fields


def test_a_new_month_that_has_begun_lies_ahead(plan: Any, person: User) -> None:
    report = asked(plan, person, due_on=PASSED)
    new = {**EXPLAINED, "new_due_on": dt.date(2026, 8, 1)}
    assert refused(report, Answer("under_way", **new)) == {"new_due_on"}
    submit(report, Answer("under_way", new_due_precision="month", **new))


# ---- when ----


@pytest.mark.parametrize("facts", [{"closed_on": TODAY}, {"opens_on": dt.date(2026, 8, 21)}])
def test_a_period_that_takes_no_reports_takes_none(plan: Any, person: User, facts: dict[str, Any]) -> None:
    make.a_period(plan, **facts)
    assert refused(asked(plan, person), ON_TRACK) == {"__all__"}


def test_after_the_due_date_reports_still_come_in(plan: Any, person: User) -> None:
    assert submit(asked(plan, person), at=dt.datetime(2026, 9, 10, tzinfo=dt.UTC)).reported_at is not None


# ---- who ----


def test_who_may_answer(plan: Any, person: User, place: Authority) -> None:
    leader, delegate = make.a_user(), make.a_user()
    report = asked(plan, person, unit=make.a_unit(place, leader=leader))
    report.person = delegate
    report.save()
    officer, editor = make.a_user("officer", place), make.a_user("editor", place)
    neighbour = make.a_user("officer", make.an_authority())
    may = {each: reporting.may_answer(each, report) for each in (person, delegate, leader, officer, editor, neighbour)}
    assert may == {person: True, delegate: True, leader: True, officer: True, editor: False, neighbour: False}
    with pytest.raises(PermissionDenied):
        submit(report, by=neighbour)


def test_the_regions_secretary_never_answers_for_a_municipality(place: Authority, person: User) -> None:
    region = make.an_authority(kind="region")
    plan = make.a_plan(region)
    PlanParticipant.objects.create(plan=plan, authority=place, role="member")
    part = make.a_measure(plan, by=place, person=person)
    report = make.a_status_report(make.a_period(plan), part)
    with pytest.raises(PermissionDenied):
        submit(report, by=make.a_user("region_secretary", region))
    assert submit(report, by=person).authority == place


def test_nobody_answers_without_being_someone(plan: Any, person: User) -> None:
    report = asked(plan, person)
    for facts in ({"by": None}, {"by": None, "partner": "Havna"}):  # no partner is asked
        with pytest.raises(PermissionDenied):
            submit(report, **facts)


def test_an_officer_writes_down_what_was_said_on_the_phone(plan: Any, person: User) -> None:
    officer = make.a_user("officer", plan.authority)
    row = submit(asked(plan, person), Answer("under_way", reported_as="Leder for havna"), by=officer)
    assert (row.reported_by, row.reported_as) == (officer, "Leder for havna")


# ---- two, and again ----


def test_the_second_is_given_the_firsts_answer_and_decides(plan: Any, person: User) -> None:
    officer = make.a_user("officer", plan.authority)
    report = asked(plan, person)
    first = submit(report, Answer("under_way", "on_track", done_since="Pæler rammet."))
    with pytest.raises(Answered) as caught:
        submit(report, Answer("on_hold"), by=officer, seen=0)
    assert (caught.value.first.done_since, caught.value.first.reported_by) == ("Pæler rammet.", person)
    assert part_of(report).state == "under_way"
    row = submit(report, Answer("on_hold"), by=officer, seen=caught.value.first.row_version)
    assert (row.state, row.reported_by, part_of(report).state) == ("on_hold", officer, "on_hold")
    assert row.row_version > first.row_version


def test_the_same_answer_sent_twice_is_one(plan: Any, person: User) -> None:
    report = asked(plan, person)
    first = submit(report)
    again = submit(report, at=NOW + dt.timedelta(minutes=1))  # the version seen is the old one
    assert (again.reported_at, again.row_version) == (first.reported_at, first.row_version)
    assert Event.objects.filter(kind="measure_reported").count() == 1


def test_a_reminder_meanwhile_is_no_answer(plan: Any, person: User) -> None:
    report = asked(plan, person)
    StatusReport.objects.filter(pk=report.pk).update(reminded_at=NOW)
    assert submit(report).state == "under_way"


def test_answering_again_clears_the_question(plan: Any, person: User) -> None:
    row = submit(asked(plan, person))
    StatusReport.objects.filter(pk=row.pk).update(question="Hvor mange?", returned_at=NOW + dt.timedelta(hours=1))
    row.refresh_from_db()
    assert reporting.waits(row)
    row = submit(row, Answer("under_way", "on_track", done_since="Tolv."), at=NOW + dt.timedelta(hours=2))
    assert (row.question, row.returned_at, reporting.waits(row)) == ("", None, False)


# ---- unchanged, and what was said last ----


def test_unchanged_says_what_the_measure_says(plan: Any, person: User) -> None:
    report = asked(plan, person, state="under_way", judgement="at_risk", due_on=AHEAD)
    same = reporting.unchanged(report, None, TODAY)
    assert (same.state, same.judgement, same.is_unchanged) == ("under_way", "at_risk", True)
    assert reporting.one_press(report, None, TODAY)
    assert submit(report, same).is_unchanged


def last_time(report: StatusReport, **facts: Any) -> StatusReport:
    period = make.a_period(
        report.plan, name="1. tertial 2026", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 4, 30),
        opens_on=dt.date(2026, 4, 15), due_on=dt.date(2026, 4, 30),
    )  # fmt: skip
    return make.a_status_report(period, report.participation, state="under_way", **facts)


def test_late_and_unexplained_is_not_one_press(plan: Any, person: User) -> None:
    report = asked(plan, person, due_on=PASSED)
    assert not reporting.one_press(report, None, TODAY)


def test_late_and_explained_last_time_is_one_press_while_the_date_lies_ahead(plan: Any, person: User) -> None:
    report = asked(plan, person, due_on=PASSED)
    before = last_time(report, **EXPLAINED)
    assert reporting.previous(report) == before
    same = reporting.unchanged(report, before, TODAY)
    row = submit(report, same)
    assert (row.reason, row.next_step, row.new_due_on, row.late_since) == (*EXPLAINED.values(), PASSED)
    assert not reporting.one_press(report, before, dt.date(2027, 2, 1))


def test_what_was_said_last_is_that_of_the_period_before(plan: Any, person: User) -> None:
    report, other = asked(plan, person), asked(plan, person)
    before = last_time(report, done_since="Befaring.")
    make.a_status_report(before.period, other.participation)  # asked, never answered
    submit(report)
    assert reporting.previous(report) == before
    assert reporting.previous(before) is None
    assert reporting.previous_of([report, other, before]) == {report.pk: before}
