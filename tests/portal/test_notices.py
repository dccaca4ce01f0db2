"""A person's notices are hers alone; her choices are kept; a link in a mail stops it when pressed, never when opened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from portal import keys
from portal.models import Notice, NoticePreference
from portal.notice_choices import wants_mail
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import User

pytestmark = pytest.mark.django_db
INBOX, CHOICES = "/varsler/", "/varsler/valg/"


@pytest.fixture
def person() -> User:
    return make.a_user("officer", make.an_authority())


def a_notice(person: User, **facts: Any) -> Notice:
    number = Notice.objects.count()
    return Notice.objects.create(
        user=person, authority=person.memberships.get().authority, subject_type="portal.authority", subject_id=1,
        on_date=dt.date(2026, 1, 1),
        **{"kind": "milestone", "occasion": f"before-{number}", "title": f"Varsel {number}", **facts},
    )  # fmt: skip


def titles(answer: Any) -> list[str]:
    return [row["notice"].title for row in answer.context["rows"]]


# ---- the inbox ----


def test_a_person_sees_her_own_current_notices_newest_first(person: User) -> None:
    old = a_notice(person, created_at=timezone.now() - dt.timedelta(days=2))
    new = a_notice(person)
    a_notice(person, withdrawn_at=timezone.now())
    a_notice(make.a_user("officer", make.an_authority()))
    assert titles(signed_in(person).get(INBOX)) == [new.title, old.title]


def test_what_no_longer_holds_is_shown_when_asked_for(person: User) -> None:
    gone = a_notice(person, withdrawn_at=timezone.now())
    assert titles(signed_in(person).get(f"{INBOX}?alle=1")) == [gone.title]


def test_notices_are_narrowed_by_kind_and_a_kind_that_is_gone_does_no_harm(person: User) -> None:
    a_notice(person, kind="finnes-ikke")
    meeting = a_notice(person, kind="papers")
    client = signed_in(person)
    assert titles(client.get(f"{INBOX}?slag=papers")) == [meeting.title]
    assert len(titles(client.get(INBOX))) == 2
    assert titles(client.get(f"{INBOX}?slag=tull&side=x")) == []


def test_fifty_on_a_page(person: User) -> None:
    for _ in range(51):
        a_notice(person)
    client = signed_in(person)
    assert len(titles(client.get(INBOX))) == 50
    assert len(titles(client.get(f"{INBOX}?side=2"))) == 1


def test_one_is_marked_as_read_and_then_all(person: User) -> None:
    first, second = a_notice(person), a_notice(person)
    client = signed_in(person)
    assert client.get(INBOX).context["unread"] == 2
    assert client.post(f"{INBOX}?slag=milestone", {"notice": first.pk})["Location"] == f"{INBOX}?slag=milestone"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.read_at is not None and second.read_at is None
    client.post(INBOX, {"all": "1"})
    assert client.get(INBOX).context["unread"] == 0


def test_anothers_notice_is_not_there_to_be_marked(person: User) -> None:
    theirs = a_notice(make.a_user("officer", make.an_authority()))
    for number in (theirs.pk, "x", "9" * 30, ""):
        assert signed_in(person).post(INBOX, {"notice": number}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_reading_the_page_marks_nothing(person: User) -> None:
    notice = a_notice(person)
    signed_in(person).get(INBOX)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_was_mailed_about_one_thing_is_read_here_too(person: User) -> None:
    mail = make.a_mail(text="Takk for sist.\nhttp://127.0.0.1:8000/x/")
    a_notice(person, kind="input_came", mail=mail)
    text = signed_in(person).get(INBOX).text
    assert "Takk for sist." in text and 'href="http://127.0.0.1:8000/x/"' in text


def test_the_menu_counts_what_is_not_read(person: User) -> None:
    a_notice(person)
    assert "(1)" in signed_in(person).get("/venter-pa-deg/").text


# ---- choices ----


def test_what_is_left_out_is_not_mailed_and_can_be_taken_in_again(person: User) -> None:
    client = signed_in(person)
    kept = [kind.name for kind, _is_wanted in client.get(CHOICES).context["choices"] if kind.name != "milestone"]
    client.post(CHOICES, {"kind": kept})
    assert not wants_mail("milestone", user=person)
    assert wants_mail("papers", user=person)
    assert [kind.name for kind, wanted in client.get(CHOICES).context["choices"] if not wanted] == ["milestone"]
    client.post(CHOICES, {"kind": [*kept, "milestone"]})
    assert wants_mail("milestone", user=person)


def test_what_must_be_sent_cannot_be_left_out(person: User) -> None:
    signed_in(person).post(CHOICES, {"kind": []})
    assert not NoticePreference.objects.filter(kind="role_given").exists()
    assert wants_mail("role_given", user=person)


def test_saving_the_same_twice_writes_nothing_new(person: User) -> None:
    client = signed_in(person)
    client.post(CHOICES, {"kind": ["milestone"]})
    before = list(NoticePreference.objects.order_by("pk").values())
    client.post(CHOICES, {"kind": ["milestone"]})
    assert list(NoticePreference.objects.order_by("pk").values()) == before


# ---- the way out in each mail ----


def stop_page(scope: str = "input_due", lifetime: dt.timedelta | None = None, **receiver: Any) -> str:
    receiver = receiver or {"address": "En@test.example"}
    raw = keys.issue("unsubscribe", now=timezone.now(), scope=scope, lifetime=lifetime, **receiver)
    return f"/varsler/stopp/{raw}/"


def test_opening_the_link_stops_nothing() -> None:
    page = stop_page()
    assert Client().get(page).context["step"] == "ask"
    Client().head(page)
    assert not NoticePreference.objects.exists()


@pytest.mark.parametrize("pressed", [{"stop": "1"}, {"List-Unsubscribe": "One-Click"}], ids=["button", "mail program"])
def test_a_press_stops_the_mail_without_a_form_token(pressed: dict[str, str]) -> None:
    answer = Client(enforce_csrf_checks=True).post(stop_page(), pressed)
    assert answer.status_code == 200 and answer.context["step"] == "stopped"
    assert not wants_mail("input_due", address="en@TEST.example")
    assert wants_mail("input_due", address="en.annen@test.example")


def test_a_press_that_says_nothing_stops_nothing() -> None:
    assert Client().post(stop_page(), {}).context["step"] == "ask"
    assert not NoticePreference.objects.exists()


def test_pressing_twice_is_the_same_as_once() -> None:
    page = stop_page()
    for _ in range(2):
        assert Client().post(page, {"stop": "1"}).context["step"] == "stopped"
    assert NoticePreference.objects.count() == 1


def test_what_was_stopped_is_undone_from_the_same_page_and_nothing_else(person: User) -> None:
    NoticePreference.objects.create(user=person, kind="papers", by_mail=False)
    page = stop_page("*", user=person)
    stopped = Client().post(page, {"stop": "1"}).context["changed"]
    assert not wants_mail("milestone", user=person)
    assert Client().post(page, {"undo": "1", "kind": [*stopped, "role_given"]}).context["step"] == "undone"
    assert wants_mail("milestone", user=person)
    assert not wants_mail("papers", user=person)


def test_a_link_for_one_kind_undoes_no_other(person: User) -> None:
    NoticePreference.objects.create(user=person, kind="papers", by_mail=False)
    Client().post(stop_page("milestone", user=person), {"undo": "1", "kind": ["papers", "milestone"]})
    assert not wants_mail("papers", user=person)


def test_all_that_may_be_stopped_is_stopped_at_once_also_what_comes_later(person: User) -> None:
    Client().post(stop_page("*", user=person), {"stop": "1"})
    assert not any(wanted for _kind, wanted in signed_in(person).get(CHOICES).context["choices"])
    assert NoticePreference.objects.filter(user=person, kind="*", by_mail=False).exists()
    assert wants_mail("input_answered", user=person)


def test_a_link_that_is_too_old_or_for_something_else_says_how(person: User) -> None:
    old = stop_page(lifetime=dt.timedelta(seconds=-1))
    other = f"/varsler/stopp/{keys.issue('calendar', now=timezone.now(), user=person, scope='me')}/"
    for page in (old, other, "/varsler/stopp/feil/"):
        for answer in (Client().get(page), Client().post(page, {"stop": "1"})):
            assert answer.status_code == 404 and answer.context["step"] == "expired"
    assert not NoticePreference.objects.exists()


def test_a_key_for_what_may_not_be_stopped_stops_nothing(person: User) -> None:
    Client().post(stop_page("role_given", user=person), {"stop": "1"})
    assert wants_mail("role_given", user=person)
