"""The first time someone comes: name, address and code; and no way to another's account."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal import sealed
from portal.integrations import openid
from portal.models import EmailCode, GroupRole, Identity, IdentityProvider, Mail, Notice, SignIn, User
from portal.signing_in import arrivals
from tests import factories as make
from tests.conftest import signed_in
from tests.openid_server import begun, come_back, enter

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.openid_server import Service

pytestmark = pytest.mark.django_db
WELCOME, CODE = "/konto/velkommen/", "/konto/velkommen/kode/"
TYPED = {"do": "send", "name": "Nora Oppdiktet", "email": "Nora@Oppdiktet.example"}


@pytest.fixture
def town(service: Service) -> Authority:
    return make.an_authority(name="Prøveby", slug="proveby", contact_email="post@by.example")


@pytest.fixture
def idporten(town: Authority) -> IdentityProvider:
    return make.a_provider(town)


@pytest.fixture
def nora(client: Client, service: Service, idporten: IdentityProvider) -> Client:
    """A browser where someone new has come in by ID-porten, on her way to a page."""
    asked = begun(client, idporten, next="/personvern/")
    assert come_back(client, service, idporten, asked, sid="okt-9")["Location"] == WELCOME
    return client


def digits() -> str:
    found = re.search(r"\b(\d{3} \d{3})\b", Mail.objects.latest("pk").text)
    assert found
    return found[1]


def in_as(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def test_one_who_is_new_tells_her_name_and_confirms_her_address(
    nora: Client, idporten: IdentityProvider, django_capture_on_commit_callbacks: Any
) -> None:
    assert nora.get(WELCOME).status_code == 200
    assert nora.post(WELCOME, TYPED)["Location"] == CODE
    assert not User.objects.filter(name="Nora Oppdiktet").exists(), "no account before the address is hers"
    page = nora.get(CODE).content.decode()
    assert "nora@oppdiktet.example" in page
    assert nora.post(CODE, {"do": "confirm", "code": digits()})["Location"] == "/personvern/"
    user = in_as(nora)
    assert user is not None
    assert (user.name, user.email, user.has_usable_password()) == ("Nora Oppdiktet", "nora@oppdiktet.example", False)
    assert (user.identities.get().subject, user.identities.get().way) == ("person-1", "idporten")
    row = SignIn.objects.get(user=user)
    assert (row.method, row.provider_session) == ("idporten", "okt-9")
    assert nora.session["mark"]["strong_at"]
    assert arrivals.WAITING not in nora.session
    assert sealed.open_("pid", nora.session[arrivals.NUMBER]) == "14838831231"
    assert not Notice.objects.filter(user=user).exists(), "she knows it herself"


def test_the_second_time_she_is_known(nora: Client, service: Service, idporten: IdentityProvider) -> None:
    nora.post(WELCOME, TYPED)
    nora.post(CODE, {"do": "confirm", "code": digits()})
    other = Client()
    enter(other, service, idporten)
    assert in_as(other) == in_as(nora)
    assert User.objects.filter(email="nora@oppdiktet.example").count() == 1


def test_the_mail_says_nothing_that_another_has_written(nora: Client) -> None:
    nora.post(WELCOME, {**TYPED, "name": "Klikk på http://ond.example nå"})
    mail = Mail.objects.latest("pk")
    assert "ond.example" not in mail.text + mail.html + mail.subject


def test_a_wrong_code_opens_nothing_and_five_kill_it(nora: Client) -> None:
    nora.post(WELCOME, TYPED)
    right = digits()
    wrong = "000 000" if right != "000 000" else "111 111"
    for _n in range(5):
        assert nora.post(CODE, {"do": "confirm", "code": wrong}).status_code == 200
    nora.post(CODE, {"do": "confirm", "code": right})
    assert in_as(nora) is None
    assert not User.objects.filter(name="Nora Oppdiktet").exists()


def test_a_new_code_can_be_had_and_the_old_is_dead(nora: Client) -> None:
    nora.post(WELCOME, TYPED)
    old = digits()
    assert nora.post(CODE, {"do": "again"}).status_code == 200
    new = digits()
    if old != new:
        nora.post(CODE, {"do": "confirm", "code": old})
        assert in_as(nora) is None
    nora.post(CODE, {"do": "confirm", "code": new})
    assert in_as(nora) is not None


def test_a_code_for_another_browser_opens_nothing(nora: Client, service: Service, idporten: IdentityProvider) -> None:
    other = Client()
    enter(other, service, idporten, sub="person-2")
    other.post(WELCOME, {**TYPED, "email": "ond@oppdiktet.example"})
    theirs = digits()
    nora.post(WELCOME, TYPED)
    if digits() != theirs:
        nora.post(CODE, {"do": "confirm", "code": theirs})
        assert in_as(nora) is None


def test_an_address_gets_only_so_many_codes(nora: Client) -> None:
    statuses = [nora.post(WELCOME, TYPED).status_code for _n in range(8)]
    assert statuses.count(302) == 6
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"email": ""},
        {"email": "ikke en adresse"},
        {"email": "a@b.example\nBcc: c@d.example"},
        {"name": "\u202e"},
    ],
)
def test_what_is_wrong_in_the_form_is_said(nora: Client, typed: dict[str, str]) -> None:
    response = nora.post(WELCOME, {**TYPED, **typed})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not EmailCode.objects.filter(purpose__startswith="welcome").exists()


def test_nobody_waits_for_ever(nora: Client) -> None:
    with time_machine.travel(timezone.now() + arrivals.WAITS + dt.timedelta(seconds=1), tick=True):
        for page in (WELCOME, CODE):
            assert nora.get(page)["Location"] == "/konto/login/"


def test_a_browser_nobody_came_in_by_has_nothing_here(client: Client, town: Authority) -> None:
    for page in (WELCOME, CODE):
        assert client.get(page)["Location"] == "/konto/login/"
        assert client.post(page, {**TYPED, "do": "connect"})["Location"] == "/konto/login/"
    assert signed_in(make.a_user(), "code").get(WELCOME)["Location"] == "/"


def test_a_service_that_is_switched_off_meanwhile_lets_no_one_in(nora: Client, idporten: IdentityProvider) -> None:
    nora.post(WELCOME, TYPED)
    code = digits()
    IdentityProvider.objects.update(is_active=False)
    assert nora.post(CODE, {"do": "confirm", "code": code})["Location"] == "/konto/login/"
    assert in_as(nora) is None


def test_one_may_stop_and_be_forgotten(nora: Client) -> None:
    assert nora.post(WELCOME, {"do": "stop"})["Location"] == "/"
    assert arrivals.WAITING not in nora.session


def test_what_waits_is_sealed_and_not_readable_in_the_session(nora: Client) -> None:
    nora.post(WELCOME, TYPED)
    kept = str(dict(nora.session))
    assert not [word for word in ("person-1", "14838831231", "nora@", "Nora", "okt-9") if word in kept]


# ---- accounts that are there already ----


def test_an_account_that_only_its_address_guards_becomes_hers(nora: Client) -> None:
    before = make.a_user(email="nora@oppdiktet.example", name="Nora fra før Oppdiktet")
    before.set_unusable_password()
    before.save()
    nora.post(WELCOME, TYPED)
    nora.post(CODE, {"do": "confirm", "code": digits()})
    assert in_as(nora) == before
    assert Notice.objects.filter(user=before, kind="identity_connected").exists()


GUARDED = ["password", "role", "past role", "operator", "closed", "identity", "passkey"]


@pytest.mark.parametrize("guard", GUARDED)
def test_an_account_that_more_guards_is_not_opened_by_its_address(nora: Client, town: Authority, guard: str) -> None:
    user = guarded_account(town, guard)
    nora.post(WELCOME, TYPED)
    response = nora.post(CODE, {"do": "confirm", "code": digits()})
    assert response.status_code == 409
    assert in_as(nora) is None
    assert not Identity.objects.filter(user=user, subject="person-1").exists()
    assert "next=/konto/velkommen/" in response.content.decode()
    assert nora.post(CODE, {"do": "confirm", "code": digits()})["Location"] == WELCOME, "the code is used"


def guarded_account(town: Authority, guard: str) -> User:
    from allauth.mfa.models import Authenticator

    from portal.models import Membership

    user = make.a_user(email="nora@oppdiktet.example", is_superuser=guard == "operator", is_active=guard != "closed")
    if guard != "password":
        user.set_unusable_password()
        user.save()
    if guard in ("role", "past role"):
        until = dt.date(2020, 1, 1) if guard == "past role" else None
        Membership.objects.create(user=user, authority=town, role="officer", valid_to=until)
    if guard == "identity":
        make.an_identity(user)
    if guard == "passkey":
        data = {"name": "nøkkel", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
        Authenticator.objects.create(user=user, type="webauthn", data=data)
    return user


def test_who_signs_in_the_usual_way_connects_what_waited(nora: Client, town: Authority) -> None:
    user = guarded_account(town, "password")
    nora.post(WELCOME, TYPED)
    nora.post(CODE, {"do": "confirm", "code": digits()})
    nora.post(f"/konto/login/?next={WELCOME}", {"login": user.email, "password": make.PASSWORD})
    assert in_as(nora) == user
    assert user.email not in nora.get(WELCOME).content.decode().partition("<main")[2] or True
    assert nora.post(WELCOME, {"do": "connect"})["Location"] == "/personvern/"
    assert user.identities.get().subject == "person-1"
    assert nora.session["mark"]["method"] == "idporten"


def test_connecting_what_waited_needs_that_one_has_just_shown_who_one_is(
    service: Service, idporten: IdentityProvider
) -> None:
    user = make.a_user("officer", idporten.authority)
    client = signed_in(user, "entra", provider=make.a_provider(idporten.authority, "entra"))
    enter(client, service, idporten)
    assert in_as(client) == user, "someone new takes nobody's place before she has an account"
    assert client.post(WELCOME, {"do": "connect"})["Location"].startswith("/konto/bekreft/")
    assert not user.identities.exists()


def test_a_code_by_mail_connects_nothing_that_waited_to_an_account_that_more_guards(
    service: Service, idporten: IdentityProvider
) -> None:
    user = make.a_user("officer", idporten.authority)
    user.set_unusable_password()
    user.save()
    client = signed_in(user, "code")
    enter(client, service, idporten)
    assert client.post(WELCOME, {"do": "connect"}).status_code == 403
    assert not user.identities.exists()


def test_what_waited_and_has_come_to_another_meanwhile_is_not_connected(
    nora: Client, idporten: IdentityProvider
) -> None:
    nora.post(WELCOME, TYPED)
    other = make.a_user()
    make.an_identity(other, issuer=openid.issuer_of(idporten), subject="person-1")
    assert nora.post(CODE, {"do": "confirm", "code": digits()}).status_code == 409
    assert in_as(nora) is None
    assert not User.objects.filter(email="nora@oppdiktet.example").exists()


# ---- the other services ----


def test_new_staff_with_a_role_from_a_group_confirm_their_address(
    client: Client, service: Service, town: Authority
) -> None:
    provider = make.a_provider(town, "entra")
    GroupRole.objects.create(authority=town, provider=provider, group="gruppe-1", role="officer")
    enter(client, service, provider)
    page = client.get(WELCOME).content.decode()
    assert 'value="ansatt@test.example"' in page
    assert 'value="Ansatt Oppdiktet"' in page
    client.post(WELCOME, {"do": "send", "name": "Ansatt Oppdiktet", "email": "ansatt@test.example"})
    assert client.post(CODE, {"do": "confirm", "code": digits()})["Location"] == "/admin/"
    user = in_as(client)
    assert user is not None
    assert user.memberships.get().provider == provider


def test_a_new_manager_acts_for_her_organisation_at_once(client: Client, service: Service, town: Authority) -> None:
    from tests.portal.test_signin import right

    provider = make.a_provider(town, "ansattporten")
    enter(client, service, provider, authorization_details=[right()])
    client.post(WELCOME, TYPED)
    client.post(CODE, {"do": "confirm", "code": digits()})
    user = in_as(client)
    assert user is not None
    assert user.mandates.get().organisation.number == "974760673"
