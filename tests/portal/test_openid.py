"""The client of the sign-in services: what it asks, what it believes, and what it does when the service is unwell."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from portal import sealed
from portal.integrations import openid, openid_keys, openid_web
from portal.integrations.openid import ProviderDown, SignInRefused
from portal.models import IdentityProvider, SignIn
from portal.signing_in import arrivals
from tests import factories as make
from tests.openid_server import OBJECT, TENANT, answer_page, begun, challenge_of, come_back, enter, good_claims, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import Authority
    from tests.openid_server import Service

pytestmark = pytest.mark.django_db
WAYS = ["idporten", "ansattporten", "entra"]


@pytest.fixture
def town(db: None) -> Authority:
    return make.an_authority(name="Prøveby", slug="proveby")


@pytest.fixture
def idporten(service: Service, town: Authority) -> IdentityProvider:
    provider = make.a_provider(town)
    make.an_identity(make.a_user(name="Ada Oppdiktet"), issuer=openid.issuer_of(provider), subject="person-1")
    return provider


# ---- who is the issuer ----


@pytest.mark.parametrize(
    ("way", "environment", "issuer"),
    [
        ("idporten", "production", "https://idporten.no"), ("idporten", "test", "https://test.idporten.no"),
        ("ansattporten", "production", "https://ansattporten.no"), ("ansattporten", "test", "https://test.ansattporten.no"),
        ("entra", "production", f"https://login.microsoftonline.com/{TENANT}/v2.0"),
        ("entra", "test", f"https://login.microsoftonline.com/{TENANT}/v2.0"),
        ("idporten", "standin", "http://127.0.0.1:8000/demo/innlogging/idporten"),
        ("entra", "standin", f"http://127.0.0.1:8000/demo/innlogging/entra/{TENANT}"),
    ],
)  # fmt: skip
def test_the_issuer_follows_from_the_service(
    town: Authority, settings: Any, way: str, environment: str, issuer: str
) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert openid.issuer_of(make.a_provider(town, way, environment=environment)) == issuer


def test_a_stand_in_is_offered_nowhere_but_in_the_demonstration(town: Authority, settings: Any, client: Client) -> None:
    standin = make.a_provider(town)
    real = make.a_provider(town, "entra", environment="production")
    settings.DEMO = settings.TESTING = False
    assert openid.offered(town) == [real]
    for page in ("", "svar/?code=x&state=x", "ut/?iss=x&sid=x"):
        assert client.get(f"/konto/inn/{standin.pk}/{page}").status_code == 404


def test_what_is_switched_off_or_of_an_unlisted_authority_is_not_offered(town: Authority, client: Client) -> None:
    off = make.a_provider(town, is_active=False)
    unlisted = make.a_provider(make.an_authority(is_listed=False))
    assert openid.offered(town) == []
    assert {client.get(f"/konto/inn/{row.pk}/").status_code for row in (off, unlisted)} == {404}


# ---- what is asked ----


@pytest.mark.parametrize("way", WAYS)
def test_each_service_is_asked_by_code_with_pkce_state_and_nonce(
    client: Client, service: Service, town: Authority, way: str
) -> None:
    provider = make.a_provider(town, way)
    one, two = begun(client, provider), begun(client, provider)
    for asked in (one, two):
        assert asked["response_type"] == "code"
        assert asked["client_id"] == "proveby"
        assert asked["redirect_uri"] == f"{service.origin}/konto/inn/{provider.pk}/svar/"
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert all(one[name] != two[name] for name in ("state", "nonce", "code_challenge"))


def test_idporten_is_asked_for_level_and_language(client: Client, idporten: IdentityProvider) -> None:
    asked = begun(client, idporten)
    assert (asked["scope"], asked["acr_values"], asked["ui_locales"]) == (
        "openid profile", "idporten-loa-substantial", "nb",
    )  # fmt: skip
    assert "prompt" not in asked
    assert "authorization_details" not in asked
    client.cookies["sprak"] = "nn"
    assert begun(client, idporten)["ui_locales"] == "nn"


def test_ansattporten_is_asked_whom_one_acts_for(client: Client, service: Service, town: Authority) -> None:
    asked = begun(client, make.a_provider(town, "ansattporten"))
    assert asked["scope"] == "openid profile"
    assert json.loads(asked["authorization_details"]) == [
        {
            "type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:naering-soknad",
            "representation_is_required": True,
        }
    ]  # fmt: skip


def test_entra_is_asked_for_the_grant_that_groups_are_checked_by(
    client: Client, service: Service, town: Authority
) -> None:
    asked = begun(client, make.a_provider(town, "entra"))
    assert asked["scope"] == "openid profile email offline_access"
    assert "acr_values" not in asked


def test_the_code_is_exchanged_with_the_verifier_and_our_secret(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    asked = begun(client, idporten)
    come_back(client, service, idporten, asked)
    (sent, head), = [(sent, head) for what, sent, head in service.asked if what == "token"]  # fmt: skip
    assert challenge_of(sent.pop("code_verifier")) == asked["code_challenge"]
    assert sent == {"grant_type": "authorization_code", "code": "kode", "redirect_uri": asked["redirect_uri"]}
    assert head["Authorization"] == f"Basic {openid_basic('proveby', 'hemmelig')}"


def openid_basic(name: str, secret: str) -> str:
    import base64

    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def test_entra_gets_the_secret_in_the_form(client: Client, service: Service, town: Authority) -> None:
    provider = make.a_provider(town, "entra")
    enter(client, service, provider)
    (sent,) = [sent for what, sent, _head in service.asked if what == "token"]
    assert (sent["client_id"], sent["client_secret"]) == ("proveby", "hemmelig")


def test_a_fresh_sign_in_is_asked_for_and_must_be_shown(
    service: Service, idporten: IdentityProvider, town: Authority
) -> None:
    from tests.conftest import signed_in

    person = idporten_person()
    client = signed_in(person, "idporten")
    asked = begun(client, idporten, **{"paa-nytt": "1", "next": "/personvern/"})
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    hours_ago = int(time.time()) - 3600
    assert come_back(client, service, idporten, asked, auth_time=hours_ago).status_code == 400
    asked = begun(client, idporten, **{"paa-nytt": "1"})
    assert come_back(client, service, idporten, asked, auth_time=None).status_code == 400
    asked = begun(client, idporten, **{"paa-nytt": "1", "next": "/personvern/"})
    assert come_back(client, service, idporten, asked)["Location"] == "/personvern/"


def idporten_person() -> Any:
    from portal.models import Identity

    return Identity.objects.get(subject="person-1").user


# ---- the issuer's word in the address ----


def test_the_issuer_in_the_answer_is_taken_when_it_is_right(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    asked = begun(client, idporten)
    service.claims = good_claims(idporten, asked)
    answer = {"code": "kode", "state": asked["state"], "iss": openid.issuer_of(idporten)}
    assert client.get(answer_page(idporten), answer).status_code == 302


def test_a_service_that_promises_its_name_in_the_answer_must_give_it(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    service.document = {"authorization_response_iss_parameter_supported": True}
    assert enter(client, service, idporten).status_code == 400
    assert not SignIn.objects.exists()


# ---- what the service says of itself ----

DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://idporten.no"}, "no issuer": {"issuer": None}, "issuer is a list": {"issuer": []},
    "token elsewhere": {"token_endpoint": "https://ond.example/token"}, "no token": {"token_endpoint": None},
    "keys elsewhere": {"jwks_uri": "https://ond.example/keys"}, "keys in a file": {"jwks_uri": "file:///etc/passwd"},
    "asks elsewhere": {"authorization_endpoint": "https://ond.example/authorize"},
    "asks on another port": {"authorization_endpoint": "http://127.0.0.1:1/authorize"},
    "with a name before the host": {"token_endpoint": "http://ond@127.0.0.1/token"},
    "a script": {"authorization_endpoint": "javascript:alert(1)"},
}  # fmt: skip


@pytest.mark.parametrize("fault", DESCRIPTIONS)
def test_a_service_that_describes_itself_as_another_is_not_used(
    client: Client, service: Service, idporten: IdentityProvider, fault: str
) -> None:
    service.document = DESCRIPTIONS[fault]
    response = client.get(f"/konto/inn/{idporten.pk}/")
    assert response.status_code == 400
    assert arrivals.PENDING not in client.session
    service.document = {}
    assert client.get(f"/konto/inn/{idporten.pk}/").status_code == 302, "and it is not remembered"


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("https://idporten.no/token", True), ("https://login.idporten.no/authorize", True),
        ("https://idporten.no:443/token", True), ("http://idporten.no/token", False),
        ("https://idporten.no.ond.example/token", False), ("https://ondidporten.no/token", False),
        ("https://idporten.no:8443/token", False), ("https://idporten.no@ond.example/", False),
        ("https://x:y@idporten.no/", False), ("//idporten.no/token", False), ("https://[idporten.no/", False),
        ("https://idporten.no:x/", False), ("https://idporten.no/token#x", False), (None, False), (["x"], False),
    ],
)  # fmt: skip
def test_a_services_addresses_are_its_own(address: Any, is_own: bool) -> None:
    assert openid_web.is_its_own(address, "https://idporten.no") is is_own


# ---- when it is unwell ----


def test_a_service_that_does_not_answer_gets_a_clear_page_with_another_way_in(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    service.down = {"openid-configuration", "document"}
    response = client.get(f"/konto/inn/{idporten.pk}/", {"next": "/personvern/"})
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "/konto/login/?next=%2Fpersonvern%2F" in page
    assert "/konto/kode/?next=%2Fpersonvern%2F" in page


@pytest.mark.parametrize("what", ["token", "keys"])
def test_a_service_that_falls_on_the_way_lets_no_one_in(
    client: Client, service: Service, idporten: IdentityProvider, what: str
) -> None:
    asked = begun(client, idporten)
    service.down = {what}
    assert come_back(client, service, idporten, asked).status_code == 503
    assert not SignIn.objects.exists()
    service.down = set()
    cache.clear()
    assert enter(client, service, idporten).status_code == 302


ANSWERS: dict[str, dict[str, Any]] = {
    "not JSON": {"tokens": b"<html>"}, "a list": {"tokens": []}, "no token": {"tokens": {"access_token": "a"}},
    "packed": {"headers": {"Content-Encoding": "gzip"}}, "far too large": {"tokens": b" " * 600_000},
    "leads elsewhere": {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "nested": {"tokens": b"[" * 200_000},
    "too many ask": {"status": 429}, "not UTF-8": {"tokens": b"\xff\xfe"},
    "the code is used": {"status": 400, "tokens": {"error": "invalid_grant"}},
    "we are unknown": {"status": 401, "tokens": {"error": "invalid_client", "error_description": "hemmelig"}},
    "an error that is none": {"status": 400, "tokens": {"error": ["x"]}},
}  # fmt: skip


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_token_answer_that_is_none_lets_no_one_in(
    client: Client, service: Service, idporten: IdentityProvider, fault: str
) -> None:
    asked = begun(client, idporten)
    openid_keys.keys_of(openid.issuer_of(idporten))
    for name, value in ANSWERS[fault].items():
        setattr(service, name, value)
    response = come_back(client, service, idporten, asked)
    assert response.status_code in (400, 503)
    assert b"hemmelig" not in response.content
    assert not SignIn.objects.exists()


def test_a_service_that_drips_is_hung_up_on(service: Service, idporten: IdentityProvider) -> None:
    with mock.patch.object(openid_web, "ALL_SECONDS", -1), pytest.raises(ProviderDown):
        openid_keys.document(openid.issuer_of(idporten))


def test_our_copy_is_used_while_the_service_is_down_but_not_for_ever(
    service: Service, idporten: IdentityProvider
) -> None:
    issuer = openid.issuer_of(idporten)
    assert openid_keys.keys_of(issuer)
    service.down = {"document", "keys"}
    with time_machine.travel(timezone.now() + dt.timedelta(hours=10), tick=True):
        assert openid_keys.keys_of(issuer)
    cache.clear()  # as the cache itself does after a day
    with pytest.raises(ProviderDown):
        openid_keys.keys_of(issuer)


def test_a_service_that_is_down_is_not_asked_by_everyone(service: Service, idporten: IdentityProvider) -> None:
    service.down = {"document"}
    for _n in range(3):
        with pytest.raises(ProviderDown):
            openid_keys.document(openid.issuer_of(idporten))
    assert len(service.asked) == 1


def test_a_cache_that_is_down_costs_only_time(
    client: Client, service: Service, idporten: IdentityProvider, settings: Any
) -> None:
    from redis import RedisError

    with mock.patch.multiple(cache, get=mock.Mock(side_effect=RedisError), set=mock.Mock(side_effect=RedisError)):
        assert enter(client, service, idporten).status_code == 302


# ---- keys come and go ----


def enter_by(client: Client, service: Service, provider: IdentityProvider, name: str) -> int:
    asked = begun(client, provider)
    service.token = signed(good_claims(provider, asked), by=name)
    return int(client.get(answer_page(provider), {"code": "kode", "state": asked["state"]}).status_code)


def test_a_new_key_is_fetched_when_a_token_names_it(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    assert enter_by(client, service, idporten, "first") == 302
    service.keys = ["first", "second"]
    assert enter_by(client, service, idporten, "second") == 302


def test_a_withdrawn_key_lets_no_one_in_once_our_copy_has_had_its_time(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    assert enter_by(client, service, idporten, "first") == 302
    service.keys = ["second"]
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=openid_keys.KEYS_LAST + 1), tick=True):
        assert enter_by(client, service, idporten, "first") == 400


def test_unknown_keys_are_looked_for_once_in_a_while(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    for _n in range(5):
        assert enter_by(client, service, idporten, "other") == 400
    assert sum(what == "keys" for what, _sent, _head in service.asked) == 2


def test_curves_and_pss_are_taken(client: Client, service: Service, idporten: IdentityProvider) -> None:
    service.keys = ["ec"]
    asked = begun(client, idporten)
    service.token = signed(good_claims(idporten, asked), by="ec", algorithm="ES256")
    assert client.get(answer_page(idporten), {"code": "kode", "state": asked["state"]}).status_code == 302


def test_a_single_key_needs_no_name(client: Client, service: Service, idporten: IdentityProvider) -> None:
    asked = begun(client, idporten)
    service.token = signed(good_claims(idporten, asked), kid=None)
    assert client.get(answer_page(idporten), {"code": "kode", "state": asked["state"]}).status_code == 302


# ---- the grant that groups are checked by ----


def test_a_renewal_says_who_and_which_groups(service: Service, town: Authority) -> None:
    provider = make.a_provider(town, "entra")
    service.claims = good_claims(provider, {"nonce": "x"}, nonce=None, groups=["gruppe-2"])
    claims = openid.refresh(provider, "gammel", now=timezone.now())
    assert (claims.subject, claims.groups, claims.refresh_token) == (f"{TENANT}/{OBJECT}", {"gruppe-2"}, "r")
    (sent,) = [sent for what, sent, _head in service.asked if what == "token"]
    assert (sent["grant_type"], sent["refresh_token"]) == ("refresh_token", "gammel")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": 400, "tokens": {"error": "invalid_grant"}}, SignInRefused), ({"status": 500}, ProviderDown),
        ({"tokens": {"access_token": "a", "token_type": "Bearer"}}, SignInRefused), ({"down": {"keys"}}, ProviderDown),
        ({"keys": ["other"]}, SignInRefused),
    ],
)  # fmt: skip
def test_a_renewal_that_fails_says_whether_it_is_the_person_or_the_service(
    service: Service, town: Authority, change: dict[str, Any], fault: type[Exception]
) -> None:
    provider = make.a_provider(town, "entra")
    service.claims = good_claims(provider, {"nonce": "x"})
    for name, value in change.items():
        setattr(service, name, value)
    with pytest.raises(fault):
        openid.refresh(provider, "gammel", now=timezone.now())


def test_a_secret_that_cannot_be_opened_stops_there(client: Client, service: Service, town: Authority) -> None:
    provider = make.a_provider(town, client_secret=sealed.seal("token", "for noe annet"))
    assert client.get(f"/konto/inn/{provider.pk}/").status_code == 503


# ---- a provider that others have written ----


@pytest.fixture
def other_provider() -> Iterator[str]:
    people = [
        oidc_provider_mock.User(sub="person-1", claims={"acr": "idporten-loa-high", "pid": "14838831231", "sid": "s"}),
        oidc_provider_mock.User(
            sub="leder",
            claims={
                "acr": "idporten-loa-substantial",
                "authorization_details": [
                    {
                        "type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:naering-soknad",
                        "authorized_parties": [
                            {
                                "orgno": {"authority": "iso6523-actorid-upis", "ID": "0192:974760673"},
                                "name": "Oppdiktet AS", "unit_type": "AS", "resource": "urn:altinn:resource:naering-soknad",
                            }
                        ],
                    }
                ],
            },
        ),
        oidc_provider_mock.User(sub="x", claims={"tid": TENANT, "oid": OBJECT, "groups": ["gruppe-1"], "email": "a@b.example"}),
    ]  # fmt: skip
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.mark.parametrize(("way", "person"), [("idporten", "person-1"), ("ansattporten", "leder"), ("entra", "x")])
def test_a_whole_round_against_a_provider_that_others_have_written(
    client: Client, town: Authority, other_provider: str, monkeypatch: pytest.MonkeyPatch, way: str, person: str
) -> None:
    monkeypatch.setattr(openid, "issuer_of", lambda provider: other_provider)
    provider = make.a_provider(town, way)
    subject = f"{TENANT}/{OBJECT}" if way == "entra" else person
    user = make.a_user("officer", town)
    make.an_identity(user, way, issuer=other_provider, subject=subject)
    start = client.get(f"/konto/inn/{provider.pk}/")["Location"]
    asked = parse_qs(urlsplit(start).query)
    assert {"code_challenge", "nonce", "state"} < asked.keys()
    assert asked["code_challenge_method"] == ["S256"]
    back = httpx.post(start, data={"sub": person}).headers["Location"]
    answer = client.get(back.removeprefix("http://127.0.0.1:8000"))
    assert answer.status_code == 302, answer.content.decode()[:300]
    assert client.session["_auth_user_id"] == str(user.pk)
    if way == "ansattporten":
        mandate = user.mandates.get()
        assert (mandate.organisation.number, mandate.reach, mandate.source) == ("974760673", "acts", "ansattporten")


def test_one_who_says_no_at_the_provider_gets_a_calm_page(
    client: Client, town: Authority, other_provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid, "issuer_of", lambda provider: other_provider)
    provider = make.a_provider(town)
    start = client.get(f"/konto/inn/{provider.pk}/")["Location"]
    back = httpx.post(start, data={"action": "deny"}).headers["Location"]
    assert "error=access_denied" in back
    state = parse_qs(urlsplit(start).query)["state"][0]
    back += "" if "state=" in back else f"&state={state}"
    assert client.get(back.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert "_auth_user_id" not in client.session
