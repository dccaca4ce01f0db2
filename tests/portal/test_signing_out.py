"""Going out: here at once, then at the service; and the service's own word that someone has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from portal.integrations import openid
from portal.models import IdentityProvider, SignIn
from tests import factories as make
from tests.conftest import signed_in
from tests.openid_server import OBJECT, TENANT, enter

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.openid_server import Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(service: Service) -> Authority:
    return make.an_authority(name="Prøveby", slug="proveby")


@pytest.fixture
def idporten(town: Authority) -> IdentityProvider:
    provider = make.a_provider(town)
    make.an_identity(make.a_user(name="Ada Oppdiktet"), issuer=openid.issuer_of(provider), subject="person-1")
    return provider


@pytest.fixture
def ada(client: Client, service: Service, idporten: IdentityProvider) -> Client:
    """A browser where Ada has come in by ID-porten."""
    enter(client, service, idporten)
    return client


def is_out(client: Client) -> bool:
    return "_auth_user_id" not in client.session and not SignIn.objects.live().exists()


def policy(response: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


# ---- by oneself ----


def test_looking_signs_nobody_out(ada: Client) -> None:
    assert ada.get("/konto/logout/").status_code == 200
    assert not is_out(ada)


def test_who_came_from_idporten_signs_out_there_too(ada: Client, service: Service, idporten: IdentityProvider) -> None:
    response = ada.post("/konto/logout/")
    page = response.content.decode()
    issuer = openid.issuer_of(idporten)
    assert is_out(ada)
    assert f'action="{issuer}/logout"' in page
    assert f'name="post_logout_redirect_uri" value="{service.origin}/konto/ferdig/"' in page
    assert 'name="id_token_hint" value="ey' in page
    assert "data-press" in page
    assert "csrfmiddlewaretoken" not in page.partition("<main")[2].partition("</main>")[0], "our token is not theirs"
    assert policy(response)["form-action"] == f"'self' {service.origin}"
    assert "no-store" in response["Cache-Control"]
    assert policy(ada.get("/"))["form-action"] == "'self'"


def test_real_services_may_be_sent_to_and_nobody_else(town: Authority) -> None:
    from portal.views.signing_out import places_of

    real = make.a_provider(town, environment="production")
    assert places_of(real) == ["https://idporten.no", "https://*.idporten.no"]


def test_who_came_from_entra_chooses_herself(client: Client, service: Service, town: Authority) -> None:
    provider = make.a_provider(town, "entra")
    user = make.a_user("officer", town)
    make.an_identity(user, "entra", issuer=openid.issuer_of(provider), subject=f"{TENANT}/{OBJECT}")
    enter(client, service, provider)
    page = client.post("/konto/logout/").content.decode()
    assert "/logout" in page
    assert "data-press" not in page
    assert is_out(client)


def test_the_token_is_forgotten(ada: Client) -> None:
    ada.post("/konto/logout/")
    row = SignIn.objects.get()
    assert (row.id_token, row.refresh_token, row.session_key, row.ended_how) == ("", "", "", "left")


@pytest.mark.parametrize("fault", ["down", "elsewhere", "nowhere"])
def test_one_is_out_here_also_when_the_service_is_not(ada: Client, service: Service, fault: str) -> None:
    from django.core.cache import cache

    cache.clear()
    if fault == "down":
        service.down = {"document"}
    else:
        service.document = {"end_session_endpoint": "https://ond.example/" if fault == "elsewhere" else None}
    page = ada.post("/konto/logout/").content.decode()
    assert is_out(ada)
    assert "ond.example" not in page
    assert "id_token_hint" not in page


def test_who_came_by_a_password_is_led_to_the_last_page(town: Authority) -> None:
    client = signed_in(make.a_user(), "password")
    assert client.post("/konto/logout/")["Location"] == "/konto/ferdig/"
    assert client.get("/konto/ferdig/?state=x").status_code == 200
    assert is_out(client)


def test_a_session_from_before_the_marks_signs_out_too(town: Authority) -> None:
    client = signed_in(make.a_user())
    assert client.post("/konto/logout/")["Location"] == "/konto/ferdig/"
    assert is_out(client)


def test_a_stranger_signs_out_without_harm(client: Client, db: None) -> None:
    assert client.post("/konto/logout/")["Location"] == "/konto/ferdig/"
    assert client.get("/konto/logout/")["Location"] == "/"


def test_another_site_signs_nobody_out(service: Service, idporten: IdentityProvider) -> None:
    client = Client(enforce_csrf_checks=True)
    enter(client, service, idporten)
    assert client.post("/konto/logout/").status_code == 403
    assert not is_out(client)


# ---- by the service ----


def told(client: Client, provider: IdentityProvider, query: str) -> Any:
    return client.get(f"/konto/inn/{provider.pk}/ut/?{query}")


def test_the_services_word_ends_the_session_it_names(ada: Client, service: Service, idporten: IdentityProvider) -> None:
    frame = Client()  # a frame of another site brings no cookie
    response = told(frame, idporten, f"iss={openid.issuer_of(idporten)}&sid=okt-1")
    assert response.status_code == 200
    assert policy(response)["frame-ancestors"] == service.origin
    assert "X-Frame-Options" not in response
    assert "no-store" in response["Cache-Control"]
    assert "sid" not in response.cookies
    assert SignIn.objects.get().ended_how == "provider"
    assert not Session.objects.filter(session_key=ada.session.session_key).exists()
    ada.get("/")
    assert is_out(ada)


WORDS = {
    "nothing": "", "no session": "iss={iss}", "no issuer": "sid=okt-1", "an empty session": "iss={iss}&sid=",
    "another issuer": "iss=https://idporten.no&sid=okt-1", "two sessions": "iss={iss}&sid=okt-1&sid=okt-1",
    "two issuers": "iss={iss}&iss={iss}&sid=okt-1", "too long": "iss={iss}&sid=" + "x" * 300,
}  # fmt: skip


@pytest.mark.parametrize("fault", WORDS)
def test_a_word_that_is_not_the_services_ends_nothing(ada: Client, idporten: IdentityProvider, fault: str) -> None:
    query = WORDS[fault].format(iss=openid.issuer_of(idporten))
    assert told(Client(), idporten, query).status_code == 400
    assert SignIn.objects.live().count() == 1


def test_a_session_the_service_does_not_know_ends_nothing(ada: Client, idporten: IdentityProvider) -> None:
    assert told(Client(), idporten, f"iss={openid.issuer_of(idporten)}&sid=en-annen").status_code == 200
    assert SignIn.objects.live().count() == 1


def test_one_services_word_does_not_end_anothers_sessions(ada: Client, idporten: IdentityProvider) -> None:
    neighbour = make.a_provider(make.an_authority(), environment="standin")
    assert told(Client(), neighbour, f"iss={openid.issuer_of(neighbour)}&sid=okt-1").status_code == 200
    assert SignIn.objects.live().count() == 1


def test_the_services_word_is_taken_by_get_only(idporten: IdentityProvider) -> None:
    assert Client().post(f"/konto/inn/{idporten.pk}/ut/").status_code == 405
