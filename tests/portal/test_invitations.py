"""The private link of one who was invited: looking changes nothing, forwarding reveals nothing, one answer each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal import keys
from portal.calendar import oslo_today
from portal.models import Input, InputRound, Invitation, LinkKey, Mail, Notice
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
DAY = dt.timedelta(days=1)


@pytest.fixture
def asked(db: None) -> InputRound:
    authority = make.an_authority(contact_email="post@by.example", slug="byen", name="Byen")
    case = make.a_case(authority, title="Ny plan", officer=make.a_user("officer", authority))
    return make.a_round(case, slug="ny-plan", title="Hva bør planen love?", due_on=TODAY + 4 * DAY)


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def invited(asked: InputRound) -> Invitation:
    return make.an_invitation(asked, name="Handelsstanden", address="post@handel.example", invited_at=NOW)


@pytest.fixture
def link(invited: Invitation) -> str:
    raw = keys.issue(LinkKey.Purpose.INVITATION, now=NOW, subject_id=invited.pk, address=invited.address)
    return f"{invited.round.get_absolute_url()}invitasjon/{raw}/"


def reply(**facts: Any) -> dict[str, Any]:
    return {"text": "Vi mener ja.", "speaks_for": "Handelsstanden", **facts}


def test_opening_the_link_changes_nothing(invited: Invitation, link: str, visitor: Client) -> None:
    before = list(LinkKey.objects.values()), Mail.objects.count(), Notice.objects.count()
    assert "Handelsstanden" in visitor.get(link).content.decode()
    assert visitor.head(link).status_code == 200
    assert (list(LinkKey.objects.values()), Mail.objects.count(), Notice.objects.count()) == before
    assert not Input.objects.filter(invitation=invited).exists()


def test_the_invited_answers_without_a_code(invited: Invitation, link: str, visitor: Client) -> None:
    html = visitor.get(link).content.decode()
    assert 'name="address"' not in html
    answer = visitor.post(link, reply(address="annen@test.example"))
    assert answer["Location"] == f"{invited.round.get_absolute_url()}kvittering/"
    received = Input.objects.get(invitation=invited)
    assert (received.address, received.source) == ("post@handel.example", "invited")
    assert Mail.objects.latest("pk").to_address == "post@handel.example"
    assert LinkKey.objects.get(subject_id=invited.pk).used_at is not None


def test_a_forwarded_link_never_shows_what_was_answered(invited: Invitation, link: str, visitor: Client) -> None:
    visitor.post(link, reply())
    stranger = Client()
    answer = stranger.get(link)
    assert "Du har svart" in answer.content.decode()
    assert "Vi mener ja." not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    again = stranger.post(link, reply(text="Noe annet"))
    assert "Du har svart" in again.content.decode()
    assert Input.objects.get(invitation=invited).text == "Vi mener ja."
    sent = Mail.objects.count()
    assert "ny kvittering til post@handel.example" in stranger.post(link, {"do": "receipt"}).content.decode()
    assert "allerede" in stranger.post(link, {"do": "receipt"}).content.decode()
    assert Mail.objects.count() == sent + 1
    assert Mail.objects.latest("pk").to_address == "post@handel.example"


def test_the_invited_says_that_there_is_no_input(invited: Invitation, link: str, visitor: Client) -> None:
    visitor.get(link)
    assert "Har du ombestemt deg?" in visitor.post(link, {"do": "decline"}).content.decode()
    invited.refresh_from_db()
    assert invited.declined_at is not None
    assert visitor.post(link, reply()).status_code == 302
    visitor.post(link, {"do": "decline"})
    invited.refresh_from_db()
    assert invited.declined_at is None


def test_a_link_opens_its_own_round_only(invited: Invitation, link: str, visitor: Client) -> None:
    other = make.a_round(invited.round.case, slug="annen")
    foreign = make.a_round(make.a_case(make.an_authority(slug="nabo")), slug="ny-plan")
    raw = link.split("/")[-2]
    for round_ in (other, foreign):
        address = f"{round_.get_absolute_url()}invitasjon/{raw}/"
        assert visitor.get(address).status_code == 404
        assert visitor.post(address, reply()).status_code == 404
    assert not Input.objects.filter(invitation=invited).exists()


@pytest.mark.parametrize("why", ["withdrawn", "run out", "cut off", "of another kind"])
def test_a_useless_link_says_how_to_get_a_new_one(invited: Invitation, link: str, visitor: Client, why: str) -> None:
    if why == "withdrawn":
        keys.revoke(LinkKey.Purpose.INVITATION, now=NOW, subject_id=invited.pk)
    elif why == "run out":
        LinkKey.objects.update(expires_at=NOW - DAY)
    elif why == "cut off":
        link = link[:-6] + "/"
    else:
        LinkKey.objects.update(purpose=LinkKey.Purpose.CALENDAR)
    for answer in (visitor.get(link), visitor.post(link, reply())):
        assert answer.status_code == 404
        assert "Lenken virker ikke lenger" in answer.content.decode()
        assert "post@by.example" in answer.content.decode()
        assert "Handelsstanden" not in answer.content.decode()
    assert not Input.objects.filter(invitation=invited).exists()


def test_a_link_to_a_round_no_longer_published_opens_nothing(invited: Invitation, link: str, visitor: Client) -> None:
    InputRound.objects.filter(pk=invited.round_id).update(is_published=False)
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, reply()).status_code == 404
