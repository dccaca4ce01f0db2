"""What must hold of dates and notices where several parts meet: told in time, to the right one, and never twice."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from portal import answers, deadlines, digest, inputs, outbox, sweep
from portal.models import Invitation, Mail, Membership, Notice
from tests import factories as make
from tests.portal.mondays import DAY, MONDAY, at, due, mails_to, only_mail, run, send, told

if TYPE_CHECKING:
    from portal.models import Authority, Case, User


pytestmark = pytest.mark.usefixtures("words_of_the_code")


@pytest.fixture
def case(place: Authority, officer: User) -> Case:
    return make.a_case(place, title="Ny næringsplan", officer=officer)


# ---- what no longer stands in the plan ----


def test_a_measure_that_was_dropped_falls_silent_and_so_do_its_milestones(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 7)
    make.a_milestone(measure, due_on=MONDAY)
    run()
    assert len(told(officer)) == 2
    entry = measure.measure.current_entry
    entry.change, entry.change_reason = "dropped", "Staten overtok kaia."
    entry.save()
    run()
    assert told(officer) == []


# ---- the leader ----


def test_what_a_units_leader_is_late_with_herself_goes_to_the_authoritys_leaders(
    plan: Any, officer: User, place: Authority
) -> None:
    unit_leader, chief = make.a_user("officer", place), make.a_user("leader", place)
    due(plan, unit_leader, -20, title="Kai", unit=make.a_unit(place, leader=unit_leader))
    run()
    assert told(unit_leader) == [("Kai", "late-14")]
    assert told(chief) == [("Kai", "leader-late-14")]
    assert told(officer) == []


def test_a_leader_who_answers_for_it_herself_is_told_once(plan: Any, place: Authority) -> None:
    leader = make.a_user("leader", place)
    due(plan, leader, -20, title="Kai", unit=make.a_unit(place, leader=leader))
    run()
    assert told(leader) == [("Kai", "late-14")]


def test_a_new_leader_takes_over_what_is_late(plan: Any, officer: User, place: Authority) -> None:
    before, after = make.a_user(), make.a_user()
    unit = make.a_unit(place, leader=before)
    due(plan, officer, -20, title="Kai", unit=unit)
    run()
    unit.leader = after
    unit.save()
    run()
    assert (told(before), told(after)) == ([], [("Kai", "leader-late-14")])


# ---- the invited ----


@pytest.fixture
def asked(case: Case) -> Invitation:
    """One who was invited last month to a round that is due in a week."""
    round_ = make.a_round(case, due_on=MONDAY + 7 * DAY, title="Hva haster?", audience="invited")
    return make.an_invitation(round_, invited_at=at(MONDAY - 30 * DAY))


def mails_to_invited(asked: Invitation) -> list[Mail]:
    return list(Mail.objects.filter(to_address=asked.address).order_by("pk"))


def test_one_reminded_by_hand_gets_no_daily_mail_the_same_day(asked: Invitation, officer: User) -> None:
    run()
    assert answers.remind(asked.round, by=officer, now=at(MONDAY, 6, 45)) == 1
    digest.send(at(MONDAY))
    (mail,) = mails_to_invited(asked)
    assert mail.digest_on is None
    send(MONDAY + DAY)
    assert len(mails_to_invited(asked)) == 1
    send(MONDAY + 6 * DAY - 2 * DAY)  # the day before the last is a Sunday, so it is told on the Friday
    assert len(mails_to_invited(asked)) == 2


def test_one_who_had_the_daily_mail_is_not_reminded_by_hand_the_same_day(asked: Invitation, officer: User) -> None:
    send()
    assert len(mails_to_invited(asked)) == 1
    assert answers.remind(asked.round, by=officer, now=at(MONDAY, 10)) == 0
    assert len(mails_to_invited(asked)) == 1
    assert answers.remind(asked.round, by=officer, now=at(MONDAY + DAY, 10)) == 1


@pytest.mark.usefixtures("monday")
def test_one_who_was_invited_today_is_not_reminded_today(case: Case, officer: User) -> None:
    round_ = make.a_round(case, due_on=MONDAY + 5 * DAY, audience="invited")
    asked = make.an_invitation(round_)
    answers.invite(round_, by=officer, now=at(MONDAY, 9))
    send(hour=10)
    send(MONDAY + DAY)
    assert len(mails_to_invited(asked)) == 1
    send(MONDAY + 4 * DAY)
    assert len(mails_to_invited(asked)) == 2


def test_nobody_is_reminded_of_a_round_that_is_not_open_yet(case: Case) -> None:
    round_ = make.a_round(case, opens_on=MONDAY + DAY, due_on=MONDAY + 7 * DAY)
    asked = make.an_invitation(round_, invited_at=at(MONDAY - 9 * DAY))
    send()
    assert mails_to_invited(asked) == []
    send(MONDAY + DAY)
    assert len(mails_to_invited(asked)) == 1


def test_a_closing_day_to_come_does_not_silence_the_round_before_it(asked: Invitation, officer: User) -> None:
    asked.round.closed_on = MONDAY + 3 * DAY
    asked.round.save()
    run()
    assert Notice.objects.current().filter(address=asked.address).count() == 1
    run(MONDAY + 3 * DAY)
    assert not Notice.objects.current().filter(address=asked.address).exists()
    assert told(officer) == []


@pytest.mark.parametrize(
    "facts", [{"is_published": False}, {"is_over": True}, {"closed_on": MONDAY}, {"due_on": MONDAY + 90 * DAY}]
)
def test_a_round_taken_back_closed_or_moved_falls_silent(asked: Invitation, facts: dict[str, Any]) -> None:
    run()
    assert Notice.objects.current().filter(address=asked.address).count() == 1
    type(asked.round).objects.filter(pk=asked.round_id).update(**facts)
    run()
    assert not Notice.objects.current().filter(address=asked.address).exists()


def test_an_address_corrected_moves_the_reminder_there(asked: Invitation) -> None:
    run()
    old = asked.address
    asked.address = "ny@forening.example"
    asked.save()
    run()
    assert not Notice.objects.current().filter(address=old).exists()
    assert Notice.objects.current().filter(address="ny@forening.example").count() == 1


# ---- who hears of new input ----


def test_new_input_is_told_where_the_deadlines_are(case: Case, place: Authority, officer: User) -> None:
    round_ = make.a_round(case, due_on=MONDAY + 30 * DAY)
    colleague = make.a_user("region_secretary", place)
    Membership.objects.filter(user=officer).update(valid_to=MONDAY - DAY)
    assert inputs.officers_of(round_, MONDAY) == [colleague]
    case.officer = None
    case.save()
    round_.refresh_from_db()
    Membership.objects.filter(user=colleague).delete()
    leader = make.a_user("leader", place)
    assert inputs.officers_of(round_, MONDAY) == [leader]


# ---- dates never more precise than stated ----


@pytest.mark.parametrize(
    ("today", "words"),
    [(dt.date(2026, 11, 30), "last day today"), (dt.date(2026, 11, 27), "3 days left"),
     (dt.date(2026, 12, 7), "7 days late")],
)  # fmt: skip
def test_the_end_of_a_month_is_no_day_in_the_daily_mail(plan: Any, officer: User, today: dt.date, words: str) -> None:
    make.a_measure(plan, person=officer, due_on=dt.date(2026, 11, 1), due_precision="month", title="Kai")
    send(today)
    mail = only_mail(officer)
    assert f"november 2026, {words}" in mail.text
    assert not mail.subject.startswith(("Today", "Tomorrow", "In "))
    assert "30. november" not in mail.text + mail.html + mail.subject
    assert "Today" not in mail.text


# ---- checked again when a delivery is tried again ----


@pytest.fixture
def monday(time_machine: Any) -> None:
    """Let rows be written, and mails be due, on the Monday."""
    time_machine.move_to(at(MONDAY), tick=False)


class Refusing:
    """A mail server that takes nothing, until it is told to."""

    def __init__(self) -> None:
        self.took: list[Any] = []
        self.refuses = True

    def open(self) -> None:
        if self.refuses:
            raise OSError("no server")

    def close(self) -> None:
        pass

    def send_messages(self, messages: list[Any]) -> int:
        self.took += messages
        return len(messages)


def deliver_all(server: Refusing, now: dt.datetime) -> None:
    for _number in range(20):
        if outbox.deliver_next(server, now) is None:
            break


@pytest.mark.usefixtures("monday")
def test_what_was_done_between_two_attempts_is_not_said(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0, title="Ferdig klokka åtte")
    send()
    Mail.objects.exclude(to_address=officer.email).delete()
    server = Refusing()
    outbox.deliver_next(server, at(MONDAY, 7, 1))
    assert only_mail(officer).attempts == 1
    measure.state, measure.done_on = "done", MONDAY
    measure.save()
    server.refuses = False
    deliver_all(server, at(MONDAY, 8))
    assert server.took == []
    assert digest.send(at(MONDAY, 8, 5)) == 0
    assert mails_to(officer) == []
    assert told(officer) == []


@pytest.mark.usefixtures("monday")
def test_what_still_holds_is_sent_on_the_next_attempt(plan: Any, officer: User) -> None:
    due(plan, officer, 0, title="Gjenstår")
    send()
    Mail.objects.exclude(to_address=officer.email).delete()
    server = Refusing()
    outbox.deliver_next(server, at(MONDAY, 7, 1))
    server.refuses = False
    deliver_all(server, at(MONDAY, 8))
    assert len(server.took) == 1
    assert only_mail(officer).state == "sent"


@pytest.mark.usefixtures("monday")
def test_news_alone_is_sent_on_the_next_attempt_and_nothing_to_one_who_is_gone(case: Case, officer: User) -> None:
    inputs.tell_officer(make.an_input(make.a_round(case), received_on=MONDAY))
    send()
    Mail.objects.exclude(to_address=officer.email).delete()
    server = Refusing()
    outbox.deliver_next(server, at(MONDAY, 7, 1))
    assert only_mail(officer).attempts == 1
    server.refuses = False
    Notice.objects.filter(user=officer).update(mail=None)
    with transaction.atomic():
        deliver_all(server, at(MONDAY, 8))
        assert server.took == []
        transaction.set_rollback(True)
    Notice.objects.filter(user=officer).update(mail=only_mail(officer))
    deliver_all(server, at(MONDAY, 8))
    assert len(server.took) == 1


@pytest.mark.usefixtures("monday")
def test_what_is_left_comes_in_a_new_daily_mail_the_same_day(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0, title="Ferdig klokka åtte")
    due(plan, officer, 0, title="Gjenstår")
    send()
    Mail.objects.exclude(to_address=officer.email).delete()
    server = Refusing()
    outbox.deliver_next(server, at(MONDAY, 7, 1))
    measure.state, measure.done_on = "done", MONDAY
    measure.save()
    server.refuses = False
    deliver_all(server, at(MONDAY, 8))
    assert server.took == []
    digest.send(at(MONDAY, 8, 5))
    mail = only_mail(officer)
    assert "Gjenstår" in mail.text
    assert "Ferdig klokka åtte" not in mail.text


@pytest.mark.usefixtures("monday")
def test_a_mail_that_lay_untried_while_the_worker_was_down_is_checked_too(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0)
    send()
    Mail.objects.exclude(to_address=officer.email).delete()
    measure.state, measure.done_on = "done", MONDAY
    measure.save()
    server = Refusing()
    server.refuses = False
    deliver_all(server, at(MONDAY, 12))
    assert server.took == []


@pytest.mark.usefixtures("monday")
def test_a_case_that_became_exempt_between_two_attempts_does_not_leave(case: Case, officer: User) -> None:
    make.a_step(case, activity="decision", starts_on=MONDAY)
    send()
    Mail.objects.exclude(to_address=officer.email).delete()
    server = Refusing()
    outbox.deliver_next(server, at(MONDAY, 7, 1))
    assert only_mail(officer).attempts == 1
    case.access, case.access_basis = "exempt", "offentleglova § 13"
    case.save()
    server.refuses = False
    deliver_all(server, at(MONDAY, 8))
    assert server.took == []
    digest.send(at(MONDAY, 8, 5))
    assert "Ny næringsplan" not in only_mail(officer).text


# ---- long holidays, and the edge of the day ----


@pytest.mark.parametrize("day", [25, 26, 27, 28, 29])
def test_what_is_due_in_easter_is_told_on_the_last_working_day_before(plan: Any, officer: User, day: int) -> None:
    make.a_measure(plan, person=officer, due_on=dt.date(2027, 3, day), title="Kai")
    send(dt.date(2027, 3, 24))
    assert told(officer) == [("Kai", "day")]
    assert "Kai" in only_mail(officer).text
    Mail.objects.update(state="sent", sent_at=timezone.now())
    for each in (25, 26, 27, 28, 29):
        send(dt.date(2027, 3, each))
    assert len(mails_to(officer)) == 1


def test_a_sweep_a_minute_before_and_after_midnight_knows_the_day(plan: Any, officer: User) -> None:
    due(plan, officer, 1, title="Kai")
    sweep.sweep(at(MONDAY, 23, 59))
    assert told(officer) == [("Kai", "before-1")]
    sweep.sweep(at(MONDAY + DAY, 0, 1))
    assert told(officer) == [("Kai", "day")]


@pytest.mark.parametrize("change", [dt.date(2027, 3, 28), dt.date(2026, 10, 25)])
def test_the_night_the_clocks_change_tells_each_occasion_once(plan: Any, officer: User, change: dt.date) -> None:
    make.a_measure(plan, person=officer, due_on=change + DAY, title="Kai")
    night = dt.datetime(change.year, change.month, change.day, 21, tzinfo=dt.UTC) - DAY
    for hour in range(30):
        sweep.sweep(night + dt.timedelta(hours=hour))
    assert Notice.objects.filter(user=officer).count() <= 2
    assert len(told(officer)) == 1


# ---- rules of an authority's own, at their edges ----


def test_weeks_of_silence_and_a_move_never_become_a_burst(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0, title="Kai")
    run()
    for weeks in (5, 9, 20):
        run(MONDAY + 7 * weeks * DAY)
    measure.due_on = MONDAY - 70 * DAY
    measure.save()
    run(MONDAY + 141 * DAY)
    assert len(told(officer)) == 1
    assert Notice.objects.filter(user=officer, waits_for_digest=True).count() == 1


def test_every_source_names_only_what_anyone_may_read(case: Case, officer: User) -> None:
    round_ = make.a_round(case, due_on=MONDAY, answer_due_on=MONDAY)
    make.a_step(case, activity="decision", actor="Klagenemnda for Ola Nordmann", starts_on=MONDAY, papers_due_on=MONDAY)
    type(case).objects.filter(pk=case.pk).update(access="exempt", access_basis="offentleglova § 13")
    for rows in (deadlines.steps, deadlines.papers, deadlines.answers, deadlines.closing):
        for row in rows(MONDAY):
            if row.tenant == case.authority_id:
                assert "Ola Nordmann" not in row.headline + row.part_of
                assert "Ny næringsplan" not in row.headline + row.part_of
    assert round_.title
