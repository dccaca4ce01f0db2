"""Everything that can be wrong with a sign-in service's answer: each lets no one in and leaves no session behind."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import itertools
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from portal.models import Identity, IdentityProvider, SignIn, User
from portal.signing_in import arrivals
from tests import factories as make
from tests.openid_server import (
    TENANT,
    answer_page,
    begun,
    come_back,
    enter,
    good_claims,
    key,
    packed,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.openid_server import Service

pytestmark = pytest.mark.django_db
WAYS = ["idporten", "ansattporten", "entra"]
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"


def from_now(seconds: int) -> Callable[[], int]:
    """Return a moment that is worked out when the test runs: the suite may take minutes to come to it."""
    return lambda: int(time.time()) + seconds


@pytest.fixture
def providers(service: Service) -> dict[str, IdentityProvider]:
    authority = make.an_authority(name="Prøveby", slug="proveby")
    found = {way: make.a_provider(authority, way) for way in WAYS}
    officer = make.a_user("officer", authority)
    for way, subject in {"entra": f"{TENANT}/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"}.items():
        make.an_identity(officer, way, issuer=issuer(found[way]), subject=subject)
    for way in ("idporten", "ansattporten"):
        make.an_identity(make.a_user(name=f"{way} Oppdiktet"), way, issuer=issuer(found[way]), subject="person-1")
    return found


def issuer(provider: IdentityProvider) -> str:
    from portal.integrations.openid import issuer_of

    return issuer_of(provider)


def nobody_came_in(client: Client, *, before: int = 0) -> None:
    """Nobody is signed in: not in the session, not in the list of sign-ins, not on her way to an account."""
    assert "_auth_user_id" not in client.session
    assert arrivals.WAITING not in client.session
    assert arrivals.NUMBER not in client.session
    assert "mark" not in client.session
    assert SignIn.objects.count() == before
    assert not any("_auth_user_id" in row.get_decoded() for row in Session.objects.all())


def why(caplog: pytest.LogCaptureFixture) -> str:
    """Return the one word the log got, so that a fault is known to be refused for what is wrong with it."""
    said = [row.msg["reason"] for row in caplog.records if isinstance(row.msg, dict) and "reason" in row.msg]
    assert len(said) == 1
    return str(said[0])


def refused(response: Any) -> None:
    assert response.status_code in (200, 400, 403, 503), response.status_code
    assert "Location" not in response


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_where_all_is_right_lets_its_person_in(
    client: Client, service: Service, providers: dict[str, Any], way: str
) -> None:
    """Without this, the faults below could be refused for a reason that has nothing to do with them."""
    assert enter(client, service, providers[way]).status_code == 302
    assert SignIn.objects.get().method == way
    assert client.session[arrivals.PENDING] == {}


# ---- what the token says ----

CLAIMS: dict[str, dict[str, Any]] = {
    "no issuer": {"iss": None}, "another issuer": {"iss": "https://idporten.no"}, "issuer with a slash": {"iss": "?/"},
    "issuer is a list": {"iss": ["?"]}, "issuer in capitals": {"iss": "HTTP"},
    "no audience": {"aud": None}, "another client": {"aud": "en-annen"}, "no audience at all": {"aud": []},
    "another client in a list": {"aud": ["en-annen"]}, "audience is an object": {"aud": {"proveby": 1}},
    "two audiences and no azp": {"aud": ["proveby", "en-annen"]},
    "two audiences for the other": {"aud": ["proveby", "en-annen"], "azp": "en-annen"},
    "one audience for another": {"azp": "en-annen"}, "azp is a list": {"azp": ["proveby"]},
    "no expiry": {"exp": None}, "expired six minutes ago": {"exp": from_now(-361)}, "expiry is text": {"exp": "4102444800"},
    "expiry is not a number": {"exp": float("nan")}, "expiry never comes": {"exp": float("inf")},
    "expiry is true": {"exp": True}, "expiry is beyond all numbers": {"exp": 10**400},
    "no time of issue": {"iat": None}, "issued in six minutes": {"iat": from_now(400)}, "issued yesterday": {"iat": from_now(-86400)},
    "time of issue is not a number": {"iat": float("nan")}, "holds in six minutes": {"nbf": from_now(400)},
    "start is text": {"nbf": "0"}, "start is nothing": {"nbf": []},
    "no nonce": {"nonce": None}, "another nonce": {"nonce": "x" * 43}, "empty nonce": {"nonce": ""},
    "nonce is a list": {"nonce": ["x"]}, "nonce of half a sign": {"nonce": "\ud800"},
    "no subject": {"sub": None}, "empty subject": {"sub": ""}, "subject is a number": {"sub": 1},
    "subject too long": {"sub": "x" * 300}, "subject with a break": {"sub": "person\n1"},
    "signed in in six minutes": {"auth_time": from_now(400)}, "time of sign-in is text": {"auth_time": "nå"},
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", CLAIMS)
def test_a_claim_that_is_wrong_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any], caplog: Any, way: str, fault: str
) -> None:
    said = {name: value() if callable(value) else value for name, value in CLAIMS[fault].items()}
    refused(enter(client, service, providers[way], **said))
    nobody_came_in(client)
    assert why(caplog) in {*CLAIMS[fault], "azp"}


EID: dict[str, Any] = {
    "no level": None, "low": "idporten-loa-low", "self-registered": "selfregistered-email", "a list": ["idporten-loa-high"],
    "an object": {}, "a number": 4, "both": "idporten-loa-substantial idporten-loa-high", "capitals": "IDPORTEN-LOA-HIGH",
}  # fmt: skip


@pytest.mark.parametrize("way", ["idporten", "ansattporten"])
@pytest.mark.parametrize("fault", EID)
def test_a_level_that_is_not_ours_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any], caplog: Any, way: str, fault: str
) -> None:
    refused(enter(client, service, providers[way], acr=EID[fault]))
    nobody_came_in(client)
    assert why(caplog) == "acr"


DIRECTORY: dict[str, dict[str, Any]] = {
    "no tenant": {"tid": None}, "another tenant": {"tid": OTHER_TENANT}, "tenant is a list": {"tid": [TENANT]},
    "no object": {"oid": None}, "object is an address": {"oid": "ansatt@test.example"}, "empty object": {"oid": ""},
    "another tenant's object": {"tid": OTHER_TENANT, "iss": f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"},
    "object that climbs": {"oid": f"../{TENANT}/x"},
}  # fmt: skip


@pytest.mark.parametrize("fault", DIRECTORY)
def test_a_directory_that_is_not_ours_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any], fault: str
) -> None:
    refused(enter(client, service, providers["entra"], **DIRECTORY[fault]))
    nobody_came_in(client)


# ---- how it is signed ----


def by_secret(claims: dict[str, Any], secret: bytes, algorithm: str = "HS256") -> str:
    body = f"{packed({'alg': algorithm, 'typ': 'JWT', 'kid': 'first'})}.{packed(claims)}"
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[algorithm]
    return f"{body}.{base64.urlsafe_b64encode(hmac.new(secret, body.encode(), digest).digest()).rstrip(b'=').decode()}"


def with_other_claims(token: str, **others: Any) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{packed({**claims, **others})}.{signature}"


def public_pem() -> bytes:
    return bytes(key("first").as_pem(private=False))


def public_jwk(name: str = "other") -> dict[str, Any]:
    return dict(key(name).as_dict(private=False))


TOKENS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "not signed": lambda c: f"{packed({'alg': 'none', 'typ': 'JWT'})}.{packed(c)}.",
    "not signed, in capitals": lambda c: f"{packed({'alg': 'NONE'})}.{packed(c)}.",
    "not signed, with a key's name": lambda c: f"{packed({'alg': 'none', 'kid': 'first'})}.{packed(c)}.",
    "signature taken off": lambda c: signed(c).rpartition(".")[0] + ".",
    "by the public key as a secret": lambda c: by_secret(c, public_pem()),
    "by the public key's line as a secret": lambda c: by_secret(c, public_pem().strip()),
    "by our client secret": lambda c: by_secret(c, b"hemmelig"),
    "by our client secret, longer": lambda c: by_secret(c, b"hemmelig", "HS512"),
    "by an empty secret": lambda c: by_secret(c, b""),
    "by another's key under the right name": lambda c: signed(c, by="other", kid="first"),
    "by another's key under its own name": lambda c: signed(c, by="other"),
    "by another's key without a name": lambda c: signed(c, by="other", kid=None),
    "by another's key that it brings along": lambda c: signed(c, by="other", jwk=public_jwk()),
    "by a key to be fetched elsewhere": lambda c: signed(c, by="other", kid="first", jku="https://ond.example/keys"),
    "in an algorithm we do not take": lambda c: signed(c, algorithm="RS384"),
    "with an empty name of the key": lambda c: signed(c, kid=""),
    "with a name that is a path": lambda c: signed(c, kid="../../first"),
    "with a name that is too long": lambda c: signed(c, kid="x" * 400),
    "that must be understood": lambda c: signed(c, crit=["exp"], exp=1),
    "an access token": lambda c: signed(c, typ="at+jwt"),
    "a logout token": lambda c: signed(c, typ="logout+jwt"),
    "changed afterwards": lambda c: with_other_claims(signed({**c, "sub": "en annen"}), sub=c["sub"]),
    "two signatures": lambda c: signed(c) + "." + signed(c).rpartition(".")[2],
    "one part": lambda c: "x", "no parts": lambda c: "...", "empty": lambda c: "", "a list": lambda c: [signed(c)],
    "claims that are a list": lambda c: signed(c).replace(signed(c).split(".")[1], packed([c])),
    "claims without end": lambda c: signed(c).replace(signed(c).split(".")[1], base64.urlsafe_b64encode(b"[" * 60000).decode()),
    "enormous": lambda c: signed({**c, "x": "x" * 200_000}),
    "encrypted": lambda c: "a.b.c.d.e",
    "signs from elsewhere": lambda c: "æ.ø.å",
}  # fmt: skip


@pytest.mark.parametrize("fault", TOKENS)
def test_a_token_that_is_not_the_services_own_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any], fault: str
) -> None:
    asked = begun(client, providers["idporten"])
    service.token = TOKENS[fault](good_claims(providers["idporten"], asked))
    refused(client.get(answer_page(providers["idporten"]), {"code": "kode", "state": asked["state"]}))
    nobody_came_in(client)


KEYS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "too weak a key": (["weak"], {"by": "weak"}),
    "a curve we do not take": (["ec384"], {"by": "ec384", "algorithm": "ES384"}),
    "a key for encrypting": ([{**public_jwk("first"), "use": "enc"}], {}),
    "a key for another algorithm": ([{**public_jwk("first"), "alg": "PS256"}], {}),
    "a secret published as a key": ([{"kty": "oct", "kid": "first", "k": "aGVtbWVsaWc"}], {}),
    "two keys of one name": (["first", {**public_jwk("other"), "kid": "first"}], {}),
    "two keys and no name": (["first", "other"], {"kid": None}),
    "no keys": ([], {}), "keys that are none": ([{"kty": "RSA", "kid": "first"}], {}),
    "a private key": ([dict(key("first").as_dict(private=True))], {}),
}  # fmt: skip


@pytest.mark.parametrize("fault", KEYS)
def test_a_key_that_will_not_do_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any], fault: str
) -> None:
    service.keys, head = KEYS[fault]
    asked = begun(client, providers["idporten"])
    service.token = signed(good_claims(providers["idporten"], asked), **head)
    refused(client.get(answer_page(providers["idporten"]), {"code": "kode", "state": asked["state"]}))
    nobody_came_in(client)


# ---- what the browser brings ----

QUERIES: dict[str, str] = {
    "nothing": "", "no state": "code=kode", "no code": "state={state}", "empty code": "code=&state={state}",
    "empty state": "code=kode&state=", "another state": "code=kode&state=" + "x" * 43,
    "state with more": "code=kode&state={state}x", "state with less": "code=kode&state={short}",
    "two codes": "code=kode&code=ny&state={state}", "two states": "code=kode&state={state}&state={state}",
    "two states, one wrong": "code=kode&state={state}&state=x", "two issuers": "code=kode&state={state}&iss={iss}&iss={iss}",
    "another issuer": "code=kode&state={state}&iss=https://idporten.no", "an empty issuer": "code=kode&state={state}&iss=",
    "code too long": "code=" + "x" * 9000 + "&state={state}", "code with a break": "code=a%0Ab&state={state}",
    "code of other signs": "code=%C3%A6&state={state}",
    "an error": "error=invalid_request&state={state}", "an error beside a code": "error=access_denied&code=kode&state={state}",
    "an error without a state": "error=access_denied", "no": "error=access_denied&state={state}",
    "something doubled that we do not know": "code=kode&state={state}&x=1&x=2",
    "a token instead of a code": "id_token={token}&state={state}",
}  # fmt: skip


@pytest.mark.parametrize("fault", QUERIES)
def test_an_answer_in_the_address_that_is_wrong_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any], fault: str
) -> None:
    provider = providers["idporten"]
    asked = begun(client, provider)
    service.claims = good_claims(provider, asked)
    query = QUERIES[fault].format(
        state=asked["state"], short=asked["state"][:-1], iss=issuer(provider), token=signed(service.claims)
    )
    refused(client.get(f"{answer_page(provider)}?{query}"))
    nobody_came_in(client)
    if asked["state"] in query.split("state=")[-1:]:
        assert client.session[arrivals.PENDING] == {}, "a state that came is used up"


def test_a_nul_in_the_answer_lets_no_one_in(client: Client, service: Service, providers: dict[str, Any]) -> None:
    asked = begun(client, providers["idporten"])
    page = f"{answer_page(providers['idporten'])}?code=a%00b&state={asked['state']}"
    assert client.get(page).status_code == 400
    nobody_came_in(client)


@pytest.mark.parametrize("method", ["post", "head", "put"])
def test_an_answer_is_taken_by_get_only(
    client: Client, service: Service, providers: dict[str, Any], method: str
) -> None:
    asked = begun(client, providers["idporten"])
    service.claims = good_claims(providers["idporten"], asked)
    page = f"{answer_page(providers['idporten'])}?code=kode&state={asked['state']}"
    assert getattr(client, method)(page).status_code == 405
    nobody_came_in(client)


def test_the_same_answer_twice_lets_no_one_in_the_second_time(
    client: Client, service: Service, providers: dict[str, Any]
) -> None:
    asked = begun(client, providers["idporten"])
    assert come_back(client, service, providers["idporten"], asked).status_code == 302
    client.logout()
    refused(come_back(client, service, providers["idporten"], asked))
    nobody_came_in(client, before=1)


def test_a_state_that_failed_is_used_up_too(client: Client, service: Service, providers: dict[str, Any]) -> None:
    asked = begun(client, providers["idporten"])
    refused(come_back(client, service, providers["idporten"], asked, aud="en-annen"))
    refused(come_back(client, service, providers["idporten"], asked))
    nobody_came_in(client)


def test_another_browsers_state_lets_no_one_in(client: Client, service: Service, providers: dict[str, Any]) -> None:
    other = Client()
    theirs = begun(other, providers["idporten"])
    begun(client, providers["idporten"])
    refused(come_back(client, service, providers["idporten"], theirs))
    nobody_came_in(client)


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(WAYS, 2)))
def test_a_state_for_one_service_is_not_taken_at_another(
    client: Client, service: Service, providers: dict[str, Any], first: str, second: str
) -> None:
    asked = begun(client, providers[first])
    refused(come_back(client, service, providers[second], asked))
    nobody_came_in(client)


def test_two_tabs_answers_swapped_let_no_one_in(client: Client, service: Service, providers: dict[str, Any]) -> None:
    one, two = begun(client, providers["idporten"]), begun(client, providers["idporten"])
    service.claims = good_claims(providers["idporten"], one)
    refused(client.get(answer_page(providers["idporten"]), {"code": "kode", "state": two["state"]}))
    nobody_came_in(client)
    assert list(client.session[arrivals.PENDING]) == [one["state"]], "the other tab's own sign-in stands"


def test_an_answer_after_a_quarter_of_an_hour_lets_no_one_in(
    client: Client, service: Service, providers: dict[str, Any]
) -> None:
    asked = begun(client, providers["idporten"])
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=15, seconds=2), tick=True):
        refused(come_back(client, service, providers["idporten"], asked))
    nobody_came_in(client)


def test_the_sixth_sign_in_that_begins_pushes_out_the_first(
    client: Client, service: Service, providers: dict[str, Any]
) -> None:
    begins = [begun(client, providers["idporten"]) for _n in range(6)]
    assert len(client.session[arrivals.PENDING]) == arrivals.MOST_PENDING
    refused(come_back(client, service, providers["idporten"], begins[0]))
    nobody_came_in(client)
    assert come_back(client, service, providers["idporten"], begins[5]).status_code == 302


# ---- clocks ----


@pytest.mark.parametrize("minutes", [-5, -1, 0, 1, 5])
def test_a_clock_up_to_five_minutes_off_lets_its_person_in(
    client: Client, service: Service, providers: dict[str, Any], minutes: int
) -> None:
    asked = begun(client, providers["idporten"])
    theirs = int(time.time()) + 60 * minutes
    times = {"iat": theirs, "nbf": theirs, "auth_time": theirs, "exp": theirs + 120}
    assert come_back(client, service, providers["idporten"], asked, **times).status_code == 302


@pytest.mark.parametrize("times", [(6, 8), (-9, -6)])
def test_a_clock_six_minutes_off_does_not(
    client: Client, service: Service, providers: dict[str, Any], times: tuple[int, int]
) -> None:
    asked, now = begun(client, providers["idporten"]), int(time.time())
    said = {"iat": now + 60 * times[0], "auth_time": now + 60 * times[0], "exp": now + 60 * times[1]}
    refused(come_back(client, service, providers["idporten"], asked, **said))
    nobody_came_in(client)


# ---- what is left behind ----


def test_faults_make_no_accounts(client: Client, service: Service, providers: dict[str, Any]) -> None:
    before = (User.objects.count(), Identity.objects.count())
    for claims in ({"aud": "en-annen", "sub": "ny"}, {"nonce": None, "sub": "ny"}, {"acr": None, "sub": "ny"}):
        refused(enter(client, service, providers["idporten"], **claims))
    assert (User.objects.count(), Identity.objects.count()) == before


def test_who_is_signed_in_stays_so_when_an_answer_is_wrong(
    client: Client, service: Service, providers: dict[str, Any]
) -> None:
    enter(client, service, providers["idporten"])
    was = client.session["_auth_user_id"]
    refused(enter(client, service, providers["ansattporten"], nonce="x"))
    assert client.session["_auth_user_id"] == was
