"""The daily mail gathers what a reader is to be told, once a working day, in her own language form."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal import digest, sweep
from portal.calendar import OSLO
from portal.digest_words import SHOWN
from portal.models import Mail, Membership, Notice
from tests import factories as make
from tests.at_once import at_once
from tests.portal.mondays import DAY, MONDAY, at, due, mails_to, only_mail, send

if TYPE_CHECKING:
    from portal.models import Authority, User


pytestmark = pytest.mark.usefixtures("words_of_the_code")


# ---- what it says ----


def test_one_mail_gathers_everything_with_the_longest_late_first(plan: Any, officer: User, place: Authority) -> None:
    due(plan, officer, 5, title="Snart")
    due(plan, officer, 0, title="I dag")
    due(plan, officer, -3, title="Litt sent")
    due(plan, officer, -40, title="Svært sent")
    send()
    mail = only_mail(officer)
    order = [mail.text.index(f"* {title}") for title in ("Svært sent", "Litt sent", "I dag", "Snart")]
    assert order == sorted(order)
    assert mail.subject == "4 deadlines, 2 are late, 1 today"
    assert (mail.authority, mail.digest_on, mail.state) == (place, MONDAY, "queued")
    for words in ("40 days late", "3 days late", "today", "in 5 days", "Næringsplan", "A measure is due"):
        assert words in mail.text
        assert words in mail.html
    assert "/venter-pa-deg/" in mail.text
    assert "/varsler/valg/" in mail.text


@pytest.mark.parametrize(
    ("days", "subject"),
    [([-3], "3 days late: Kai"), ([0], "Today: Kai"), ([1], "Tomorrow: Kai"), ([-3, -9], "2 deadlines are late"),
     ([3, 0], "2 deadlines, 1 today"), ([3, 5], "2 deadlines"), ([3, -9], "2 deadlines, 1 is late")],
)  # fmt: skip
def test_the_subject_says_the_gist(plan: Any, officer: User, days: list[int], subject: str) -> None:
    for away in days:
        due(plan, officer, away, title="Kai")
    send()
    assert only_mail(officer).subject == subject


def test_a_date_is_written_as_it_was_stated(plan: Any, officer: User) -> None:
    make.a_measure(plan, person=officer, due_on=dt.date(2026, 10, 1), due_precision="month")
    make.a_measure(plan, person=officer, due_on=dt.date(2026, 11, 16))
    send()
    text = only_mail(officer).text
    assert "oktober 2026, 16 days late" in text
    assert "16. november 2026, today" in text
    assert "31. oktober" not in text


def test_each_line_leads_to_where_it_is_done(plan: Any, officer: User, settings: Any) -> None:
    measure = due(plan, officer, 0)
    send()
    assert f"{settings.BASE_URL}{measure.measure.get_absolute_url()}" in only_mail(officer).text


def test_a_title_cannot_become_markup_or_a_header(plan: Any, officer: User) -> None:
    due(plan, officer, 0, title="Kai\r\nBcc: alle@example.no <b>fet</b>")
    send()
    mail = only_mail(officer)
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<b>fet" not in mail.html


def test_a_long_list_is_cut_and_says_so(plan: Any, officer: User) -> None:
    for _number in range(SHOWN + 3):
        due(plan, officer, 0)
    send()
    mail = only_mail(officer)
    assert mail.text.count("* Tiltak") == SHOWN
    assert "and 3 more" in mail.text
    assert not Notice.objects.filter(user=officer, waits_for_digest=True).exists()
    assert mail.subject.startswith(f"{SHOWN + 3} deadlines")


def test_the_leader_learns_why_she_is_told(plan: Any, officer: User, place: Authority) -> None:
    leader = make.a_user(name="Leder")
    due(plan, officer, -20, unit=make.a_unit(place, leader=leader))
    send()
    assert "because you lead" in only_mail(leader).text
    assert "because you lead those who do it" not in only_mail(officer).text


def test_roles_in_two_authorities_give_one_mail(plan: Any, officer: User) -> None:
    other = make.an_authority(name="Storby")
    Membership.objects.create(user=officer, authority=other, role="officer")
    due(plan, officer, 0)
    due(make.a_plan(other), officer, 0)
    assert send() >= 1
    mail = only_mail(officer)
    assert mail.authority is None
    assert "Storby" in mail.text
    assert "Prøveby" in mail.text


def test_it_speaks_the_readers_language_form(plan: Any, place: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = make.a_user("officer", place, language="nn")
    due(plan, reader, 0)
    send()
    mail = only_mail(reader)
    assert mail.language == "nn"
    assert '<html lang="nn">' in mail.html


# ---- when it goes ----


@pytest.mark.parametrize(
    ("moment", "goes"),
    [(at(MONDAY, 6, 59), False), (at(MONDAY, 7), True), (at(MONDAY, 19, 59), True), (at(MONDAY, 20), False),
     (at(MONDAY - DAY, 9), False), (at(dt.date(2026, 12, 25), 9), False),
     (dt.datetime(2026, 3, 27, 6, 0, tzinfo=dt.UTC), True), (dt.datetime(2026, 3, 27, 5, 59, tzinfo=dt.UTC), False),
     (dt.datetime(2026, 3, 30, 5, 0, tzinfo=dt.UTC), True), (dt.datetime(2026, 3, 30, 4, 59, tzinfo=dt.UTC), False),
     (dt.datetime(2026, 10, 26, 6, 0, tzinfo=dt.UTC), True), (dt.datetime(2026, 10, 26, 5, 0, tzinfo=dt.UTC), False)],
)  # fmt: skip
def test_it_goes_at_seven_on_working_days_summer_and_winter(
    plan: Any, officer: User, moment: dt.datetime, goes: bool
) -> None:
    make.a_measure(plan, person=officer, due_on=moment.astimezone(OSLO).date())
    sweep.sweep(moment)
    assert (digest.send(moment) > 0) == goes
    assert bool(mails_to(officer)) == goes


def test_a_second_run_sends_nothing_and_asks_little(
    plan: Any, officer: User, django_assert_max_num_queries: Any
) -> None:
    due(plan, officer, 0)
    send()
    with django_assert_max_num_queries(8):
        assert digest.send(at(MONDAY, 7, 5)) == 0
    assert len(mails_to(officer)) == 1


def test_what_comes_later_in_the_day_waits_until_the_next(plan: Any, officer: User) -> None:
    due(plan, officer, 0)
    send()
    Mail.objects.update(state="sent", sent_at=timezone.now())
    due(plan, officer, 1, title="Kom til klokka ti")
    assert send(hour=10) == 0
    send(MONDAY + DAY)
    assert "Kom til klokka ti" in mails_to(officer)[1].text


def test_the_weekend_is_gathered_on_monday(plan: Any, officer: User) -> None:
    due(plan, officer, -1, title="Søndagen")
    for day in (MONDAY - 2 * DAY, MONDAY - DAY, MONDAY):
        send(day)
    assert only_mail(officer).digest_on == MONDAY


def test_the_demos_button_asks_neither_clock_nor_calendar(plan: Any, officer: User) -> None:
    due(plan, officer, 1)
    assert digest.send(at(MONDAY - DAY, 23), force=True) >= 1
    assert only_mail(officer).digest_on is None
    assert digest.send(at(MONDAY - DAY, 23), force=True) == 0


# ---- checked again at sending ----


def test_what_was_done_since_the_sweep_is_silent(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0, title="Ferdig i natt")
    due(plan, officer, 0, title="Gjenstår")
    sweep.sweep(at(MONDAY, 6, 30))
    measure.state, measure.done_on = "done", MONDAY
    measure.save()
    digest.send(at(MONDAY))
    assert "Ferdig i natt" not in only_mail(officer).text
    assert "Gjenstår" in only_mail(officer).text


def test_one_with_nothing_left_gets_no_mail(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0)
    sweep.sweep(at(MONDAY, 6, 30))
    measure.delete()
    digest.send(at(MONDAY))
    assert mails_to(officer) == []


def test_a_case_that_became_exempt_since_the_sweep_does_not_leave(place: Authority, officer: User) -> None:
    case = make.a_case(place, title="Ola Nordmanns konkurs", officer=officer)
    make.a_step(case, activity="decision", starts_on=MONDAY)
    sweep.sweep(at(MONDAY, 6, 30))
    case.access, case.access_basis = "exempt", "offentleglova § 13"
    case.save()
    digest.send(at(MONDAY))
    assert "Ola Nordmann" not in only_mail(officer).text + only_mail(officer).html + only_mail(officer).subject


def test_an_inactive_person_gets_no_mail_even_of_what_waited(plan: Any, officer: User, place: Authority) -> None:
    colleague = make.a_user("officer", place)
    due(plan, officer, 0)
    sweep.sweep(at(MONDAY, 6, 30))
    officer.is_active = False
    officer.save()
    digest.send(at(MONDAY))
    assert mails_to(officer) == []
    assert len(mails_to(colleague)) == 1


def test_what_was_read_in_the_portal_is_mailed_all_the_same(plan: Any, officer: User) -> None:
    due(plan, officer, 0)
    sweep.sweep(at(MONDAY, 6, 30))
    Notice.objects.filter(user=officer).update(read_at=timezone.now())
    digest.send(at(MONDAY))
    assert len(mails_to(officer)) == 1


# ---- outages ----


def test_a_mail_that_never_left_is_taken_back_and_comes_with_the_next(plan: Any, officer: User) -> None:
    due(plan, officer, 7, title="Mandag")
    due(plan, officer, 8, title="Tirsdag")
    due(plan, officer, 9, title="Onsdag")
    for offset in range(3):  # the mail server is down
        send(MONDAY + offset * DAY)
    mail = only_mail(officer)
    assert mail.digest_on == MONDAY + 2 * DAY
    for title in ("Mandag", "Tirsdag", "Onsdag"):
        assert mail.text.count(f"* {title}") == 1


def test_a_mail_that_was_sent_is_never_taken_back(plan: Any, officer: User) -> None:
    due(plan, officer, 7)
    due(plan, officer, 8)
    send()
    Mail.objects.update(state="sent", sent_at=timezone.now())
    send(MONDAY + DAY)
    assert [mail.digest_on for mail in mails_to(officer)] == [MONDAY, MONDAY + DAY]


def test_a_waiting_mail_that_no_longer_holds_is_written_anew_the_same_day(plan: Any, officer: User) -> None:
    measure = due(plan, officer, 0, title="Ferdig klokka ti")
    due(plan, officer, 0, title="Gjenstår")
    send()
    measure.state, measure.done_on = "done", MONDAY
    measure.save()
    assert send(hour=11) == 1
    assert "Ferdig klokka ti" not in only_mail(officer).text


def test_a_mail_in_a_workers_hands_is_left_there(own_database: str, runtime: Any) -> None:
    place = make.an_authority()
    officer = make.a_user("officer", place)
    due(make.a_plan(place), officer, 0)
    send()
    mail = only_mail(officer)
    runtime.autocommit = False
    runtime.execute("SELECT FROM portal_mail WHERE id = %s FOR UPDATE", [mail.pk])
    digest.recall(MONDAY + DAY)
    assert mails_to(officer) == [mail]
    runtime.rollback()


def test_two_at_once_write_one_mail_each(own_database: str) -> None:
    place = make.an_authority()
    plan, people = make.a_plan(place), [make.a_user("officer", place) for _number in range(5)]
    for person in people:
        due(plan, person, 0)
    sweep.sweep(at(MONDAY, 6, 30))
    at_once(lambda _number: digest.send(at(MONDAY)), range(2))
    digest.send(at(MONDAY, 7, 5))  # one that came while another was at work leaves the rest to the next round
    assert [len(mails_to(person)) for person in people] == [1] * 5
    assert not Notice.objects.filter(user__in=people, waits_for_digest=True).exists()


def test_the_number_of_queries_does_not_grow(plan: Any, place: Authority, django_assert_num_queries: Any) -> None:
    for day, count in ((MONDAY, 1), (MONDAY + 7 * DAY, 20)):
        for _number in range(count):
            person = make.a_user("officer", place)
            for _each in range(3):
                make.a_measure(plan, person=person, due_on=day)
        sweep.sweep(at(day, 6, 30))
        everyone = digest.readers("", day, 1000)
        with django_assert_num_queries(6):
            digest.write_to(everyone, at(day), day)


def test_news_is_neither_due_nor_late(plan: Any, officer: User, place: Authority) -> None:
    for number in (1, 2):
        Notice.objects.create(
            authority=place, user=officer, kind="input_came", subject_type="portal.input", subject_id=number,
            on_date=MONDAY - dt.timedelta(days=2), occasion="came", title="Nytt innspill", waits_for_digest=True,
            link="/",
        )  # fmt: skip
    send()
    mail = only_mail(officer)
    assert mail.subject == "2 pieces of news"
    assert "late" not in mail.text
    assert "because you work on the case" in mail.text
