"""Calendar feeds: read by whoever has the address, while its person may see what it shows; no names, no more than was said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from portal import feeds, keys
from portal.models import LinkKey
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
PAGE = "/venter-pa-deg/kalender/"


@pytest.fixture
def authority() -> Authority:
    return make.an_authority(name="Prøveby", language_form="nb")


@pytest.fixture
def officer(authority: Authority) -> User:
    return make.a_user("officer", authority, name="Navnet Hennes")


def an_address(user: User, scope: str = "me") -> str:
    raw = keys.issue("calendar", now=timezone.now(), user=user, scope=scope)
    return f"/kalender/{raw}.ics"


def a_dated(authority: Authority, **facts: Any) -> Any:
    measure = make.a_measure(make.a_plan(authority), title="Levende sentrum", person=facts.pop("person", None))
    return make.a_milestone(measure, **{"title": "Avtale med gårdeiere", "due_on": timezone.localdate(), **facts})


def events_at(address: str) -> list[Any]:
    return list(Calendar.from_ical(Client().get(address).content).walk("VEVENT"))


def test_a_due_date_is_an_event_that_lasts_the_day_and_takes_no_time(authority: Authority, officer: User) -> None:
    milestone = a_dated(authority, person=officer)
    (event,) = events_at(an_address(officer))
    assert event["dtstart"].dt == timezone.localdate() and not isinstance(event["dtstart"].dt, dt.datetime)
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(days=1)
    assert event["transp"] == "TRANSPARENT"
    assert event["summary"].startswith("Avtale med gårdeiere")
    assert "Levende sentrum" in event["description"]
    assert event["uid"].startswith(f"milestone-{milestone.pk}@")
    assert event["url"].startswith(settings.BASE_URL + f"/{authority.slug}/planer/")


def test_the_file_says_what_it_is_to_every_program(authority: Authority, officer: User) -> None:
    a_dated(authority)
    answer = Client().get(an_address(officer))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    text = answer.content.decode().replace("\r\n ", "")
    for part in (
        "X-WR-CALNAME:",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "DTSTART;VALUE=DATE:",
        "VERSION:2.0",
        "DTSTAMP:",
    ):
        assert part in text
    assert all(len(each) <= 75 for each in answer.content.split(b"\r\n"))


@pytest.mark.parametrize(
    ("precision", "said", "day"),
    [("month", "innen utgangen av mai 2027", (5, 31)), ("quarter", "innen utgangen av 2. kvartal 2027", (6, 30)),
     ("year", "innen utgangen av 2027", (12, 31)), ("period", "innen utgangen av mai 2027", (5, 31))],
)  # fmt: skip
def test_a_date_that_is_no_day_says_so(
    authority: Authority, officer: User, precision: str, said: str, day: tuple[int, int], monkeypatch: Any
) -> None:
    monkeypatch.setattr(feeds, "AHEAD", dt.timedelta(days=2000))
    a_dated(authority, due_on=dt.date(2027, 5, 3), due_precision=precision)
    (event,) = events_at(an_address(officer))
    assert said in event["summary"]
    assert event["dtstart"].dt == dt.date(2027, *day)


def test_no_person_is_named_and_no_line_can_be_added_by_a_title(authority: Authority, officer: User) -> None:
    a_dated(authority, person=officer, title="Møte\r\nATTENDEE:mailto:x@y.no;, \\n")
    text = Client().get(an_address(officer, f"authority:{authority.pk}")).content.decode()
    assert "Navnet" not in text and officer.email not in text
    assert "\r\nATTENDEE" not in text
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1


def test_an_authoritys_feed_has_what_all_there_owe_and_nothing_of_others(authority: Authority, officer: User) -> None:
    a_dated(authority, person=make.a_user("officer", authority))
    a_dated(make.an_authority())
    assert len(events_at(an_address(officer, f"authority:{authority.pk}"))) == 1
    assert events_at(an_address(officer)) == []


# ---- who may ----


def test_a_withdrawn_an_unknown_and_a_foreign_key_answer_alike(authority: Authority, officer: User) -> None:
    gone, other = an_address(officer), keys.issue("unsubscribe", now=timezone.now(), user=officer, scope="*")
    keys.revoke("calendar", now=timezone.now(), user=officer)
    addresses = (gone, "/kalender/feil.ics", f"/kalender/{other}.ics")
    answers = [Client().get(each) for each in addresses]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.text.replace(each, "") for answer, each in zip(answers, addresses, strict=True)}) == 1


@pytest.mark.parametrize("scope", ["me", "authority:{}"])
def test_the_feed_ends_when_its_person_may_not_see_it_any_more(authority: Authority, officer: User, scope: str) -> None:
    address = an_address(officer, scope.format(authority.pk))
    assert Client().get(address).status_code == 200
    officer.memberships.update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    assert Client().get(address).status_code == 404
    officer.memberships.update(valid_to=None)
    officer.is_active = False
    officer.save()
    assert Client().get(address).status_code == 404


def test_an_elected_members_key_opens_no_authoritys_feed(authority: Authority) -> None:
    elected = make.a_user("elected", authority)
    assert Client().get(an_address(elected, f"authority:{authority.pk}")).status_code == 404
    assert Client().get(an_address(elected)).status_code == 200
    assert signed_in(elected).post(PAGE, {"for": f"authority:{authority.pk}"}).status_code == 403


def test_nothing_changed_costs_no_bytes_and_a_moved_date_does(authority: Authority, officer: User) -> None:
    milestone, address = a_dated(authority), an_address(officer)
    tag = Client().get(address)["ETag"]
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 304
    milestone.due_on = timezone.localdate() + dt.timedelta(days=4)
    milestone.save()
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 200
    keys.revoke("calendar", now=timezone.now(), user=officer)
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 404


def test_use_is_noted_once_an_hour(officer: User) -> None:
    address = an_address(officer)
    key = LinkKey.objects.get(user=officer)
    Client().get(address)
    key.refresh_from_db()
    first = key.used_at
    Client().get(address)
    key.refresh_from_db()
    assert first is not None and key.used_at == first
    LinkKey.objects.update(used_at=first - dt.timedelta(hours=2))
    Client().get(address)
    key.refresh_from_db()
    assert key.used_at >= first


def test_a_feed_that_is_fetched_without_pause_must_wait(officer: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.views.waiting.FETCHES", 2)
    address = an_address(officer)
    assert [Client().get(address).status_code for _ in range(3)] == [200, 200, 429]


# ---- making and withdrawing ----


def test_a_new_address_is_shown_once_and_works(officer: User) -> None:
    client = signed_in(officer)
    address = client.post(PAGE, {"for": "me"}).context["address"]
    assert address.startswith(settings.BASE_URL + "/kalender/")
    assert Client().get(address.removeprefix(settings.BASE_URL)).status_code == 200
    later = client.get(PAGE)
    assert address not in later.text and len(later.context["rows"]) == 1


def test_an_address_is_withdrawn_by_its_own_person_only(officer: User) -> None:
    address = an_address(officer)
    number = {"withdraw": LinkKey.objects.get(user=officer).pk}
    signed_in(make.a_user()).post(PAGE, number)
    assert Client().get(address).status_code == 200
    assert signed_in(officer).post(PAGE, number).status_code == 302
    assert Client().get(address).status_code == 404


def test_there_is_an_end_to_how_many_addresses_one_may_have(officer: User) -> None:
    client = signed_in(officer)
    for _ in range(feeds.AT_MOST + 2):
        client.post(PAGE, {"for": "me"})
    assert LinkKey.objects.filter(user=officer).count() == feeds.AT_MOST
