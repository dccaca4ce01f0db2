"""What the stand-ins' token address gives: an ID token for a code, and for Entra ID a fresh one for a refresh token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from django.utils.crypto import constant_time_compare

from portal import sealed
from portal.demo.signin_facts import PersonFact, company
from portal.integrations import openid_standin_keys as memory
from portal.integrations.openid_standin import (
    CODE_SECONDS,
    DETAILS,
    ENTRA,
    IDPORTEN,
    OUT_OF_GROUPS,
    RESOURCE,
    Refused,
    Service,
    is_closed,
    note_signed_in,
    state_of,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
TOKEN_SECONDS = 120
GRANT_SECONDS, OLD_GRANT_SECONDS = 24 * 3600, 600


def token(service: Service, form: Mapping[str, str], authorization: str, *, now: dt.datetime) -> dict[str, Any]:
    """Return what the token address answers.

    Raises:
        Refused: the client is not who it says, or what it shows opens nothing.
    """
    client = _client(service, form, authorization)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        signed_in = _redeem(service, client, form, now)
    elif kind == "refresh_token" and service.way == ENTRA:
        signed_in = _renew(service, client, form.get("refresh_token", ""))
    else:
        raise Refused("unsupported_grant_type", "only what the discovery names")
    person = service.person(signed_in["person"])
    if person is None or is_closed(person):
        raise Refused("invalid_grant", "this person is no longer let in")
    answer: dict[str, Any] = {
        "access_token": memory.handle(), "token_type": "Bearer", "expires_in": TOKEN_SECONDS,
        "scope": " ".join(signed_in["scope"]), "id_token": memory.signed(claims(service, signed_in, person, now)),
    }  # fmt: skip
    if service.way == ENTRA and "offline_access" in signed_in["scope"]:
        answer["refresh_token"] = memory.handle()
        memory.remember("grant", answer["refresh_token"], signed_in, seconds=GRANT_SECONDS)
    if service.way == IDPORTEN:
        note_signed_in(person, signed_in["sid"], client)
    return answer


def _client(service: Service, form: Mapping[str, str], authorization: str) -> str:
    """Return who asks, when the secret is right: in the header or in the form, never in both."""
    named, secret = form.get("client_id", ""), form.get("client_secret", "")
    if authorization:
        if secret:
            raise Refused("invalid_request", "one way to authenticate only")
        named, secret = _basic(authorization)
    for one in service.clients(named):
        if secret and constant_time_compare(sealed.open_("client", one.client_secret), secret):
            return named
    raise Refused("invalid_client", "wrong client or secret", status=401)


def _basic(authorization: str) -> tuple[str, str]:
    try:
        kind, _blank, packed = authorization.partition(" ")
        name, colon, secret = base64.b64decode(packed, validate=True).decode().partition(":")
    except ValueError as wrong:
        raise Refused("invalid_client", "not basic authentication", status=401) from wrong
    if kind.lower() != "basic" or not colon:
        raise Refused("invalid_client", "not basic authentication", status=401)
    return unquote(name), unquote(secret)


def _redeem(service: Service, client: str, form: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """Return the sign-in behind a code; whoever shows a code has used it up, right or wrong."""
    signed_in: dict[str, Any] | None = memory.take("code", form.get("code", ""))
    if signed_in is None or now.timestamp() - signed_in["at"] > CODE_SECONDS:
        raise Refused("invalid_grant", "the code is used, too old or unknown")
    if (signed_in["service"], signed_in["client"]) != (service.name, client):
        raise Refused("invalid_grant", "the code is another's")
    if form.get("redirect_uri") != signed_in["redirect"]:
        raise Refused("invalid_grant", "another redirect_uri")
    verifier = form.get("code_verifier", "")
    if not VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), signed_in["challenge"]):
        raise Refused("invalid_grant", "the verifier does not fit the challenge")
    return signed_in


def _renew(service: Service, client: str, grant: str) -> dict[str, Any]:
    """Return the sign-in behind a refresh token; an old one holds a while after it is replaced."""
    signed_in: dict[str, Any] | None = memory.recall("grant", grant)
    if signed_in is None or (signed_in["service"], signed_in["client"]) != (service.name, client):
        raise Refused("invalid_grant", "the refresh token is too old or unknown")
    memory.shorten("grant", grant, seconds=OLD_GRANT_SECONDS)
    return {**signed_in, "nonce": ""}


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def claims(service: Service, signed_in: dict[str, Any], person: PersonFact, now: dt.datetime) -> dict[str, Any]:
    """Return the claims of an ID token, as the real service words them."""
    issued = int(now.timestamp())
    said: dict[str, Any] = {
        "iss": service.issuer, "aud": signed_in["client"], "sub": subject(service, signed_in["client"], person),
        "iat": issued, "nbf": issued, "exp": issued + TOKEN_SECONDS, "auth_time": int(signed_in["at"]),
        "sid": signed_in["sid"], "jti": memory.handle(),
    }  # fmt: skip
    if signed_in["nonce"]:
        said["nonce"] = signed_in["nonce"]
    if service.way == ENTRA:
        groups = [] if state_of(person) == OUT_OF_GROUPS else list(person.groups)
        return said | {
            "tid": str(person.tenant), "oid": person.oid, "name": person.name, "preferred_username": person.email,
            "email": person.email, "ver": "2.0", "groups": groups,
        }  # fmt: skip
    said |= {"pid": person.number, "acr": signed_in["acr"], "amr": ["BankID"], "locale": "nb"}
    if signed_in["resource"] and signed_in["party"]:
        said["authorization_details"] = [_represents(signed_in["resource"], signed_in["party"])]
    return said


def _represents(resource: str, number: str) -> dict[str, Any]:
    """Return the one organisation the person chose, as Ansattporten says it."""
    chosen, named = company(number), RESOURCE + resource
    party = {
        "orgno": {"authority": "iso6523-actorid-upis", "ID": f"0192:{number}"}, "resource": named,
        "name": chosen.name, "unit_type": chosen.form,
    }  # fmt: skip
    return {"type": DETAILS, "resource": named, "resource_name": "Næringsutvikling", "authorized_parties": [party]}


def subject(service: Service, client_id: str, person: PersonFact) -> str:
    """Return who a person is to one client: another to each, and the same each time."""
    seed = f"{service.name}:{client_id}:{person.number or person.oid}"
    return base64.urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).rstrip(b"=").decode()
