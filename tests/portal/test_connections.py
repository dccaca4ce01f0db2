"""What a person's account is connected to: she sees it, takes it away, and is never locked out by it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation

from portal.integrations import openid
from portal.models import Event, Identity, IdentityProvider, Mail, Notice, SignIn, User
from portal.signing_in import connections
from portal.templatetags.portal_tags import short_date
from tests import factories as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/konto/koblinger/"


def provider_of(world: World, way: str) -> IdentityProvider:
    return IdentityProvider.objects.select_related("authority").get(authority=world.home.authority, way=way)


def connected(user: User, provider: IdentityProvider, **facts: Any) -> Identity:
    return make.an_identity(user, provider.way, issuer=openid.issuer_of(provider), **facts)


def in_by(user: User, provider: IdentityProvider, identity: Identity) -> Client:
    """Return a browser where she has come in by this identity, and confirmed a moment ago that it is she."""
    client = signed_in(user, provider.way, provider=provider, identity=identity)
    session = client.session
    session["confirmed"] = {"person": user.pk, "at": timezone.now().timestamp()}
    session.save()
    return client


def shown(client: Client, address: str = PAGE) -> str:
    client.cookies["sprak"] = "en"
    return client.get(address).content.decode()


@pytest.fixture
def citizen() -> User:
    user = make.a_user(name="Oppdiktet Innbygger")
    user.set_unusable_password()
    user.save()
    return user


def test_a_person_sees_each_service_when_it_was_connected_and_last_used(world: World, citizen: User) -> None:
    provider = provider_of(world, "idporten")
    identity = connected(citizen, provider, created_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    body = shown(in_by(citizen, provider, identity))
    assert "ID-porten" in body
    assert "through Hjemby" in body
    with translation.override("en"):
        assert short_date(identity.created_at) in body
    assert "never" in body
    assert "Used now" in body


def test_what_belongs_to_another_is_neither_shown_nor_taken_away(world: World, citizen: User) -> None:
    provider = provider_of(world, "idporten")
    theirs = connected(make.a_user(), provider)
    client = in_by(citizen, provider, connected(citizen, provider))
    assert f'value="{theirs.pk}"' not in shown(client)
    assert client.post(PAGE, {"disconnect": theirs.pk}).status_code == 404
    assert client.post(PAGE, {"disconnect": "999999999"}).status_code == 404
    assert client.post(PAGE, {"disconnect": "x"}).status_code == 404
    assert Identity.objects.filter(pk=theirs.pk).exists()


def test_the_last_thing_that_opens_an_account_stays(world: World, citizen: User) -> None:
    provider = provider_of(world, "idporten")
    identity = connected(citizen, provider)
    client = in_by(citizen, provider, identity)
    assert 'name="disconnect"' not in shown(client)
    answer = client.post(PAGE, {"disconnect": identity.pk})
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said == ["This is the only thing that opens your account. Connect another way first."]
    assert Identity.objects.filter(pk=identity.pk).exists()


@pytest.mark.parametrize("other", ["service", "password", "passkey"])
def test_it_may_go_where_something_else_opens_the_account(world: World, citizen: User, other: str) -> None:
    provider = provider_of(world, "idporten")
    identity = connected(citizen, provider)
    if other == "service":
        connected(citizen, provider_of(world, "ansattporten"))
    elif other == "password":
        citizen.set_password("et langt passord")
        citizen.save()
    else:
        a_security_key(citizen, opens_alone=True)
    connections.disconnect(citizen, identity.pk, now=timezone.now())
    assert not Identity.objects.filter(pk=identity.pk).exists()
    assert Event.objects.get(kind="identity.disconnected").facts == {"way": "idporten", "sessions_ended": 0}


def a_security_key(user: User, *, opens_alone: bool) -> None:
    data = {"name": "Nøkkel", "credential": {"clientExtensionResults": {"credProps": {"rk": opens_alone}}}}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def test_a_key_that_is_a_second_step_only_does_not_open_the_account(world: World, citizen: User) -> None:
    identity = connected(citizen, provider_of(world, "idporten"))
    a_security_key(citizen, opens_alone=False)
    with pytest.raises(connections.OnlyWayIn):
        connections.disconnect(citizen, identity.pk, now=timezone.now())


def test_sessions_elsewhere_that_were_opened_with_it_are_ended_and_this_one_stays(world: World, citizen: User) -> None:
    provider = provider_of(world, "idporten")
    identity = connected(citizen, provider)
    connected(citizen, provider_of(world, "ansattporten"))
    here, there = in_by(citizen, provider, identity), in_by(citizen, provider, identity)
    assert here.post(PAGE, {"disconnect": identity.pk}).status_code == 302
    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200
    ended = SignIn.objects.get(user=citizen, ended_at__isnull=False)
    assert ended.ended_how == SignIn.Ended.CHANGED
    assert Session.objects.filter(session_key=there.session.session_key).count() == 0


def test_one_confirms_that_it_is_she_before_anything_is_taken_away(world: World, citizen: User) -> None:
    provider = provider_of(world, "idporten")
    identity = connected(citizen, provider)
    connected(citizen, provider_of(world, "ansattporten"))
    client = signed_in(citizen, "idporten", provider=provider, identity=identity)
    answer = client.post(PAGE, {"disconnect": identity.pk})
    assert answer["Location"].startswith("/konto/bekreft/")
    assert Identity.objects.filter(pk=identity.pk).exists()


def test_services_she_does_not_have_yet_are_offered_where_she_belongs_first(world: World) -> None:
    officer = world.user("officer")
    entra = provider_of(world, "entra")
    body = shown(signed_in(officer))
    assert f"/konto/inn/{entra.pk}/?koble=1" in body
    assert "through Naboby" not in body
    assert "through Naboby" in shown(signed_in(officer), f"{PAGE}?sted=naboby")
    connected(officer, entra)
    assert f"/konto/inn/{entra.pk}/?koble=1" not in shown(signed_in(officer))


def test_a_citizen_is_not_offered_a_directory_of_those_who_work_there(citizen: User, world: World) -> None:
    body = shown(signed_in(citizen), f"{PAGE}?sted=hjemby")
    assert "Connect ID-porten" in body
    assert "Connect Microsoft Entra ID" not in body


def test_a_citizen_without_a_place_chooses_one(citizen: User, world: World) -> None:
    body = shown(signed_in(citizen))
    assert "Through which authority?" in body
    assert "?koble=1" not in body
    assert "?koble=1" in shown(signed_in(citizen), f"{PAGE}?sted=hjemby")
    assert "?koble=1" not in shown(signed_in(citizen), f"{PAGE}?sted=finnes-ikke")


def test_the_way_on_is_kept_when_it_is_ours_and_dropped_when_it_is_not(citizen: User, world: World) -> None:
    client = signed_in(citizen)
    assert "?koble=1&amp;next=%2Fmin-side%2F" in shown(client, f"{PAGE}?sted=hjemby&next=/min-side/")
    for evil in ("//ond.example/", "https://ond.example/", "/\\ond.example/"):
        assert (
            "ond.example"
            not in shown(client, f"{PAGE}?sted=hjemby&next={evil}").partition('id="ny"')[2].partition("<footer")[0]
        )


def test_without_any_service_the_page_says_so(citizen: User, world: World) -> None:
    IdentityProvider.objects.update(is_active=False)
    assert "No service is on offer." in shown(signed_in(citizen))


def test_a_new_connection_is_told_at_the_accounts_own_address_once(world: World, citizen: User) -> None:
    provider = provider_of(world, "idporten")
    identity = connected(citizen, provider, subject="hemmelig-navn")
    connections.tell_connected(identity, provider)
    connections.tell_connected(identity, provider)
    assert Notice.objects.filter(user=citizen, kind="identity_connected").count() == 1
    mail = Mail.objects.get(to_address=citizen.email)
    assert "ID-porten" in mail.subject
    assert PAGE in mail.text
    assert "hemmelig-navn" not in mail.text + mail.html


def test_the_page_costs_the_same_for_many_connections_and_authorities() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        user = make.a_user()
        for _ in range(size):
            provider = make.a_provider(make.an_authority(), "idporten")
            make.a_user("officer", provider.authority)
            identity = connected(user, provider, subject=f"{user.pk}-{provider.pk}")
            client = signed_in(user, "idporten", provider=provider, identity=identity)
            user.memberships.create(authority=provider.authority, role="officer")
        return client, {PAGE: None}

    same_for_all_sizes(grow)


# ---- the menu ----


def menu(client: Client, path: str = "/") -> str:
    client.cookies["sprak"] = "en"
    return client.get(path).content.decode().partition('id="meny"')[2].partition("</nav>")[0]


def test_who_does_no_casework_finds_her_own_page_in_the_menu(world: World, citizen_client: Client) -> None:
    for path in ("/", f"/{world.home.slug}/", "/varsler/"):
        found = menu(citizen_client, path)
        assert found.count('href="/min-side/"') == 1
        assert "/admin/" not in found
        assert "/venter-pa-deg/" not in found


def test_who_holds_a_role_finds_what_waits_for_her_too(elected_client: Client, officer_client: Client) -> None:
    assert 'href="/min-side/"' in menu(elected_client)
    assert "/venter-pa-deg/" in menu(elected_client)
    found = menu(officer_client)
    assert found.index("/admin/") < found.index("/venter-pa-deg/") < found.index("/min-side/")


def test_the_menu_leads_to_all_that_concerns_ones_account(officer_client: Client, citizen: User) -> None:
    mine = menu(officer_client).partition('id="konto"')[2]
    pages = ("/konto/koblinger/", "/konto/okter/", "/konto/email/", "/konto/password/change/", "/konto/2fa/")
    assert [page for page in pages if f'href="{page}"' not in mine] == []
    assert 'method="post" action="/konto/logout/"' in mine
    assert "/konto/password/change/" not in menu(signed_in(citizen)), "she has no password to change"


def test_the_menu_of_one_who_is_not_signed_in_offers_to_sign_in(client: Client) -> None:
    found = menu(client)
    assert "/konto/login/" in found
    assert "konto" not in found.replace("/konto/login/", "")
