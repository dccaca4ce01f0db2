"""Invitations to prepare things for an organisation: to whom, by whom, and a link that works once."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from portal import keys
from portal.acting_for import mandate_invitations, mandates
from portal.acting_for.mandate_invitations import HasOne, Useless
from portal.models import LinkKey, Mail, Mandate, MandateInvitation, Notice, Organisation, Reach
from portal.strength import Mark
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
ADDRESS = "kari@bakeri.example"
LINK = re.compile(r"/fullmakt/([A-Za-z0-9_-]{43})/")


@pytest.fixture
def bakery(world: World) -> Organisation:
    return world.home.one(Organisation)


@pytest.fixture
def manager(world: World) -> User:
    return world.user("manager")


def invite(bakery: Organisation, by: User, address: str = ADDRESS, now: dt.datetime | None = None) -> MandateInvitation:
    return mandate_invitations.invite(
        bakery.pk, name="Kari Oppdiktet", address=address, by=by, now=now or timezone.now()
    )


def key_to(address: str = ADDRESS) -> str:
    mail = Mail.objects.filter(to_address=address).latest("pk")
    found = LINK.search(mail.text)
    assert found
    return found[1]


# ---- sending ----


def test_the_link_stands_in_the_mail_alone(bakery: Organisation, manager: User) -> None:
    invitation = invite(bakery, manager)
    key = key_to()
    row = LinkKey.objects.get(purpose="mandate", subject_id=invitation.pk)
    assert row.key_hash == keys.hashed(key)
    assert row.expires_at - row.created_at == dt.timedelta(days=14)
    notice = Notice.objects.get(address=ADDRESS)
    assert key not in f"{notice.title}{notice.link}{notice.context}"
    assert key in Mail.objects.get(to_address=ADDRESS).html


@pytest.mark.parametrize("person", ["colleague", "stranger", "officer", "operator"])
def test_only_one_who_acts_invites(world: World, bakery: Organisation, person: str) -> None:
    with pytest.raises(PermissionDenied):
        invite(bakery, world.user(person))


def test_a_session_by_code_invites_nobody(bakery: Organisation, manager: User) -> None:
    manager.mark = Mark(sign_in=1, method="code", at=0.0, seen=0.0)  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        invite(bakery, manager)


def test_nobody_invites_herself_or_one_who_has_it(world: World, bakery: Organisation, manager: User) -> None:
    for address in (manager.email, manager.email.upper(), world.user("colleague").email):
        with pytest.raises(ValidationError) as refused:
            invite(bakery, manager, address)
        assert "address" in refused.value.message_dict


def test_an_address_waits_for_one_invitation_at_a_time(bakery: Organisation, manager: User) -> None:
    first = invite(bakery, manager)
    with pytest.raises(ValidationError):
        invite(bakery, manager, ADDRESS.upper())
    assert mandate_invitations.withdraw_invitation(first.pk, by=manager, now=timezone.now())
    assert invite(bakery, manager)


def test_one_that_has_run_out_gives_way_to_a_new(bakery: Organisation, manager: User) -> None:
    now = timezone.now()
    first, later = invite(bakery, manager, now=now), now + dt.timedelta(days=15)
    old = key_to()
    assert invite(bakery, manager, now=later)
    first.refresh_from_db()
    assert first.withdrawn_at == later
    with pytest.raises(Useless):
        mandate_invitations.accept(old, user=make.a_user(), now=now)


@pytest.mark.parametrize("address", ["nei", "a@b.example\nBcc: x@y.example", "a@b.example, c@d.example", ""])
def test_what_is_no_address_is_refused(bakery: Organisation, manager: User, address: str) -> None:
    with pytest.raises(ValidationError):
        invite(bakery, manager, address)
    assert not MandateInvitation.objects.filter(address=address).exists()


def test_nobody_floods_strangers_in_an_organisations_name(bakery: Organisation, manager: User) -> None:
    MandateInvitation.objects.update(sent_at=timezone.now() - dt.timedelta(days=2))
    for number in range(mandate_invitations.PER_HOUR):
        invite(bakery, manager, f"n{number}@bakeri.example")
    with pytest.raises(ValidationError):
        invite(bakery, manager)
    later = timezone.now() + dt.timedelta(hours=2)
    with pytest.raises(ValidationError):
        for number in range(mandate_invitations.MOST_WAITING):
            at = later + dt.timedelta(hours=number)
            invite(bakery, manager, f"m{number}@bakeri.example", now=at)
    assert mandate_invitations.waiting_in(bakery.pk, later).count() <= mandate_invitations.MOST_WAITING


# ---- yes ----


def test_the_mandate_goes_to_who_is_signed_in_and_prepares_only(bakery: Organisation, manager: User) -> None:
    invitation = invite(bakery, manager)
    person = make.a_user(email="helt-annen@adresse.example")
    made = mandate_invitations.accept(key_to(), user=person, now=timezone.now())
    assert (made.user, made.reach, made.source) == (person, "drafts", "invited")
    assert made.invited_by.user == manager
    assert made.valid_to == timezone.localdate() + dt.timedelta(days=365)
    invitation.refresh_from_db()
    assert invitation.mandate == made
    assert Notice.objects.filter(user=manager, kind="mandate_given").count() == 1


def test_pressed_twice_by_her_it_is_given_once_and_to_another_the_link_is_useless(
    bakery: Organisation, manager: User
) -> None:
    invite(bakery, manager)
    person, key = make.a_user(), key_to()
    assert mandate_invitations.accept(key, user=person, now=timezone.now()) == mandate_invitations.accept(
        key, user=person, now=timezone.now()
    )
    with pytest.raises(Useless):
        mandate_invitations.accept(key, user=make.a_user(), now=timezone.now())
    with pytest.raises(Useless):
        mandate_invitations.decline(key, now=timezone.now())


def test_the_link_is_useless_after_withdrawal_and_after_its_time(bakery: Organisation, manager: User) -> None:
    invitation, now = invite(bakery, manager), timezone.now()
    with pytest.raises(Useless):
        mandate_invitations.accept(key_to(), user=make.a_user(), now=now + dt.timedelta(days=14, seconds=1))
    mandate_invitations.withdraw_invitation(invitation.pk, by=manager, now=now)
    with pytest.raises(Useless):
        mandate_invitations.accept(key_to(), user=make.a_user(), now=now)


def test_the_link_is_useless_when_the_inviter_no_longer_acts(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    hers = manager.mandates.get()
    Mandate.objects.filter(pk=hers.pk).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(Useless):
        mandate_invitations.accept(key_to(), user=make.a_user(), now=timezone.now())
    mandates.end(hers.pk, by=manager, now=timezone.now(), knows=True)
    with pytest.raises(Useless):
        mandate_invitations.accept(key_to(), user=make.a_user(), now=timezone.now())


def test_the_inviters_renewed_mandate_carries_the_invitation(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    old = manager.mandates.get()
    new = mandates.give(
        bakery, manager, source="ansattporten", by=manager, now=timezone.now(), reach="acts", evidence={"resource": "x"},
        valid_to=old.valid_to,
    )  # fmt: skip
    made = mandate_invitations.accept(key_to(), user=make.a_user(), now=timezone.now())
    assert made.invited_by == new


def test_one_who_has_a_mandate_leaves_the_invitation_for_the_one_it_was_meant_for(
    world: World, bakery: Organisation, manager: User
) -> None:
    invite(bakery, manager)
    for person in (world.user("colleague"), manager):
        with pytest.raises(HasOne):
            mandate_invitations.accept(key_to(), user=person, now=timezone.now())
    assert mandate_invitations.accept(key_to(), user=make.a_user(), now=timezone.now())


@pytest.mark.parametrize("purpose", ["invitation", "calendar", "unsubscribe", "follow", "password", "partner_report"])
def test_a_key_made_for_something_else_opens_nothing(bakery: Organisation, manager: User, purpose: str) -> None:
    invitation = invite(bakery, manager)
    raw = keys.issue(purpose, now=timezone.now(), subject_id=invitation.pk)
    with pytest.raises(Useless):
        mandate_invitations.accept(raw, user=make.a_user(), now=timezone.now())


# ---- no ----


def test_a_no_is_told_to_the_one_who_invited_and_closes_the_link(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    mandate_invitations.decline(key_to(), now=timezone.now())
    assert Notice.objects.filter(user=manager, kind="mandate_invited").count() == 1
    with pytest.raises(Useless):
        mandate_invitations.accept(key_to(), user=make.a_user(), now=timezone.now())


def test_another_who_acts_may_withdraw_it_and_others_not(world: World, bakery: Organisation, manager: User) -> None:
    invitation, second = invite(bakery, manager), make.a_user()
    for person in (world.user("colleague"), world.user("officer"), second):
        with pytest.raises(PermissionDenied):
            mandate_invitations.withdraw_invitation(invitation.pk, by=person, now=timezone.now())
    make.a_mandate(bakery, second)
    assert mandate_invitations.withdraw_invitation(invitation.pk, by=second, now=timezone.now())
    assert not mandate_invitations.withdraw_invitation(invitation.pk, by=second, now=timezone.now())


# ---- the page ----


def test_looking_changes_nothing_and_a_mail_scanner_accepts_nothing(bakery: Organisation, manager: User) -> None:
    invitation = invite(bakery, manager)
    for client in (Client(), signed_in(make.a_user())):
        assert client.get(f"/fullmakt/{key_to()}/").status_code == 200
        assert client.head(f"/fullmakt/{key_to()}/").status_code == 200
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_signing_in_first_keeps_the_key_out_of_the_address_and_comes_back(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    key, client = key_to(), Client()
    led = client.post(f"/fullmakt/{key}/", {"gjor": "logg-inn"})
    assert led["Location"] == "/hjemby/logg-inn/?next=%2Ffullmakt%2Ffortsett%2F"
    assert key not in str(dict(client.session))
    person = make.a_user()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/fullmakt/fortsett/")
    assert page.status_code == 200
    assert person.email in page.content.decode()
    assert client.post("/fullmakt/fortsett/", {"gjor": "ja"})["Location"] == f"/min-side/virksomhet/{bakery.pk}/"
    assert mandates.reach_in(person, bakery.pk, on=timezone.localdate(), mark=None) == Reach.DRAFTS
    assert "mandate_key" not in client.session


def test_saying_yes_after_the_session_has_ended_leads_to_signing_in_and_gives_nothing(
    bakery: Organisation, manager: User
) -> None:
    invitation = invite(bakery, manager)
    assert "logg-inn" in Client().post(f"/fullmakt/{key_to()}/", {"gjor": "ja"})["Location"]
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_without_a_kept_key_there_is_nothing_to_go_on_with(stranger_client: Client) -> None:
    assert stranger_client.get("/fullmakt/fortsett/").status_code == 404
    assert stranger_client.post("/fullmakt/fortsett/", {"gjor": "ja"}).status_code == 404


def test_a_bad_link_says_the_same_whatever_the_reason(bakery: Organisation, manager: User) -> None:
    invitation = invite(bakery, manager)
    key, client = key_to(), signed_in(make.a_user())
    mandate_invitations.withdraw_invitation(invitation.pk, by=manager, now=timezone.now())
    pages = [client.get(f"/fullmakt/{raw}/") for raw in (key, "feil", "A" * 43)]
    assert {page.status_code for page in pages} == {404}
    texts = {re.search(r"<main.*</main>", page.content.decode(), re.DOTALL)[0] for page in pages}  # type: ignore[index]
    assert len(texts) == 1


def test_the_accepted_link_leads_her_on_and_opens_nothing_for_others(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    key, person = key_to(), make.a_user()
    client = signed_in(person)
    assert client.post(f"/fullmakt/{key}/", {"gjor": "ja"}).status_code == 302
    assert client.get(f"/fullmakt/{key}/")["Location"] == f"/min-side/virksomhet/{bakery.pk}/"
    for other in (Client(), signed_in(make.a_user())):
        assert other.get(f"/fullmakt/{key}/").status_code == 404
        assert other.post(f"/fullmakt/{key}/", {"gjor": "nei"}).status_code == 404
    mandates.end(person.mandates.get().pk, by=manager, now=timezone.now())
    assert client.get(f"/fullmakt/{key}/").status_code == 404


def test_no_is_said_without_signing_in(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    assert Client().post(f"/fullmakt/{key_to()}/", {"gjor": "nei"}).status_code == 200
    assert Client().get(f"/fullmakt/{key_to()}/").status_code == 404


def test_the_page_refuses_a_form_without_its_token(bakery: Organisation, manager: User) -> None:
    invite(bakery, manager)
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.a_user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/fullmakt/{key_to()}/", {"gjor": "ja"}).status_code == 403
