"""Stand-ins for ID-porten, Ansattporten and Entra ID that speak OpenID Connect: for the demo and the tests only.

They refuse what the real services refuse: another redirect address, a code used twice, a wrong verifier. Their clients
are the portal's own agreements with environment "standin"; their people stand in `portal.demo.signin_facts`. What
changes while they run lies in the cache, so that all processes know the same. Tokens: `openid_standin_tokens`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from portal.demo.signin_facts import PEOPLE, CompanyFact, PersonFact, company
from portal.integrations import openid_standin_keys as memory
from portal.models import IdentityProvider

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

ENTRA, IDPORTEN, ANSATTPORTEN = "entra", "idporten", "ansattporten"
SUBSTANTIAL, HIGH = "idporten-loa-substantial", "idporten-loa-high"
RESOURCE = "urn:altinn:resource:"
DETAILS = "ansattporten:altinn:resource"
MYSELF = "meg-selv"
"""What one chooses at Ansattporten to act for nobody but oneself."""
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE_SECONDS = 60
SIGNED_IN_SECONDS = 2 * 3600
"""As long as ID-porten remembers someone."""
OUT_OF_GROUPS, CLOSED = "groups", "closed"
"""What may have happened to a person in the directory."""
SCOPES = {ENTRA: ["openid", "profile", "email", "offline_access"]}


class Refused(Exception):
    """What the protocol calls an error: a code, and words for the one who builds."""

    def __init__(self, code: str, words: str, *, status: int = 400) -> None:
        super().__init__(words)
        self.code, self.words, self.status = code, words, status

    @property
    def said(self) -> dict[str, str]:
        return {"error": self.code, "error_description": self.words}


@dataclass(frozen=True)
class Service:
    """One stand-in; Entra ID has one per tenant."""

    way: str
    tenant: str = ""

    @property
    def name(self) -> str:
        return f"{self.way}/{self.tenant}" if self.tenant else self.way

    @property
    def issuer(self) -> str:
        return f"{settings.BASE_URL}/demo/innlogging/{self.name}"

    @property
    def people(self) -> list[PersonFact]:
        """Those who can sign in here."""
        if self.way == ENTRA:
            return [fact for fact in PEOPLE if str(fact.tenant) == self.tenant]
        return [fact for fact in PEOPLE if fact.number]

    def person(self, key: str) -> PersonFact | None:
        return next((fact for fact in self.people if fact.key == key), None)

    def clients(self, client_id: str) -> list[IdentityProvider]:
        """Return the agreements known by this name: what a client registers at the real service."""
        ours = IdentityProvider.objects.filter(way=self.way, environment="standin", is_active=True)
        if self.way == ENTRA:
            ours = ours.filter(tenant=self.tenant)
        return list(ours.filter(client_id=client_id))


def service_of(way: str, rest: str) -> tuple[Service, str] | None:
    """Return which stand-in an address belongs to, and which of its pages it is."""
    tenant, rest = rest.partition("/")[::2] if way == ENTRA else ("", rest)
    known = {str(fact.tenant) for fact in PEOPLE if fact.tenant}
    known |= {str(one.tenant) for one in IdentityProvider.objects.filter(way=ENTRA)} if tenant not in known else set()
    if way not in (ENTRA, IDPORTEN, ANSATTPORTEN) or (way == ENTRA and tenant not in known):
        return None
    return Service(way, tenant), rest


def discovery(service: Service) -> dict[str, Any]:
    """Return what `.well-known/openid-configuration` says."""
    issuer = service.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/logout",
        "scopes_supported": SCOPES.get(service.way, ["openid", "profile"]),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", *(["refresh_token"] if service.way == ENTRA else [])],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [memory.ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": [] if service.way == ENTRA else [SUBSTANTIAL, HIGH],
        "ui_locales_supported": ["nb", "nn", "en", "se"],
        "authorization_details_types_supported": [DETAILS] if service.way == ANSATTPORTEN else [],
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "authorization_response_iss_parameter_supported": service.way != ENTRA,
    }


# ---- asking for a sign-in ----


@dataclass(frozen=True)
class Asked:
    """A request to sign someone in that is as it should be."""

    service: Service
    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    acr: str
    scope: tuple[str, ...]
    resource: str = ""
    must_represent: bool = False
    """Whether the person must act for an organisation, not for herself."""

    def answer(self, **said: str) -> str:
        """Return the address that leads back with this answer."""
        issuer = {} if self.service.way == ENTRA else {"iss": self.service.issuer}
        return f"{self.redirect_uri}?{urlencode({**said, 'state': self.state, **issuer})}"


class RefusedBack(Exception):
    """A request that is wrong in a way the client is told by leading the person back."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def asked(service: Service, query: Mapping[str, str]) -> Asked:
    """Return what is asked for.

    Raises:
        Refused: the client or its address is unknown, so nobody may be led there.
        RefusedBack: the rest is not as the service wants it.
    """
    client_id, address = query.get("client_id", ""), query.get("redirect_uri", "")
    clients = service.clients(client_id)
    if not clients:
        raise Refused("invalid_client", "unknown client_id")
    client = next((one for one in clients if address == answers_at(one)), None)
    if client is None:
        raise Refused("invalid_request", "redirect_uri is not registered")
    resource, must_represent = resource_in(query.get("authorization_details", ""))
    found = Asked(
        service=service, client_id=client_id, redirect_uri=address, state=query.get("state", ""),
        nonce=query.get("nonce", ""), challenge=query.get("code_challenge", ""),
        acr=(query.get("acr_values", "").split() or [SUBSTANTIAL])[0], scope=tuple(query.get("scope", "").split()),
        resource=resource, must_represent=must_represent,
    )  # fmt: skip
    try:
        _look_at(found, query, client)
    except Refused as refused:
        raise RefusedBack(found.answer(**refused.said)) from refused
    return found


def _look_at(found: Asked, query: Mapping[str, str], client: IdentityProvider) -> None:
    way = found.service.way
    if query.get("response_type") != "code":
        raise Refused("unsupported_response_type", "only code")
    if query.get("response_mode", "query") != "query":
        raise Refused("invalid_request", "only response_mode query")
    if "openid" not in found.scope:
        raise Refused("invalid_scope", "openid is missing")
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(found.challenge):
        raise Refused("invalid_request", "PKCE with S256 is required")
    if not found.state or not found.nonce:
        raise Refused("invalid_request", "state and nonce are required")
    if query.get("prompt") == "none":
        raise Refused("login_required", "nobody is signed in here")
    if way != ENTRA and found.acr not in (SUBSTANTIAL, HIGH):
        raise Refused("invalid_request", "unknown acr_values")
    if query.get("authorization_details") and (way != ANSATTPORTEN or found.resource != client.resource):
        raise Refused("invalid_authorization_details", "this resource is not the client's")


def resource_in(details: str) -> tuple[str, bool]:
    """Return the resource that `authorization_details` asks for, "?" for none, and whether one must be chosen."""
    if not details:
        return "", False
    try:
        (one,) = json.loads(details)
        named = str(one["resource"]) if one["type"] == DETAILS else ""
        must = one.get("representation_is_required") in (True, "true")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "?", False
    return (named.removeprefix(RESOURCE), must) if named.startswith(RESOURCE) else ("?", False)


def answers_at(client: IdentityProvider) -> str:
    return f"{settings.BASE_URL}{reverse('signin_answer', args=[client.pk])}"


def parties_of(person: PersonFact) -> list[CompanyFact]:
    """Return the organisations Ansattporten lets this person choose among."""
    return [company(number) for number in person.acts_for]


def give_code(found: Asked, person: PersonFact, party: str, *, now: dt.datetime) -> str:
    """Return a code that this sign-in can be fetched with, once and within a minute."""
    code = memory.handle()
    signed_in = {
        "service": found.service.name, "client": found.client_id, "redirect": found.redirect_uri, "nonce": found.nonce,
        "challenge": found.challenge, "acr": found.acr, "scope": list(found.scope), "resource": found.resource,
        "person": person.key, "party": party, "at": now.timestamp(), "sid": memory.handle(),
    }  # fmt: skip
    memory.remember("code", code, signed_in, seconds=CODE_SECONDS)
    return code


# ---- signing out ----


@dataclass(frozen=True)
class Ended:
    """A session that has ended at the service: whose client's, and where the person goes now, or "" for nowhere."""

    client_id: str
    sid: str
    back: str


def session_ended(service: Service, form: Mapping[str, str]) -> Ended:
    """Return which session a client has ended.

    Raises:
        Refused: the token is not ours, or the address is not registered.
    """
    said = memory.read_own(form.get("id_token_hint", ""))
    if said is None or said.get("iss") != service.issuer or not service.clients(str(said.get("aud"))):
        raise Refused("invalid_request", "id_token_hint is not one of ours")
    if form.get("client_id", said["aud"]) != said["aud"]:
        raise Refused("invalid_request", "id_token_hint is another client's")
    back = form.get("post_logout_redirect_uri", "")
    if back and back != settings.BASE_URL + reverse("signed_out"):
        raise Refused("invalid_request", "post_logout_redirect_uri is not registered")
    state = f"?{urlencode({'state': form['state']})}" if back and form.get("state") else ""
    return Ended(str(said["aud"]), str(said["sid"]), back + state)


def told_at(service: Service, client_id: str, sid: str) -> list[str]:
    """Return the addresses where a client is told, in the person's browser, that her session has ended."""
    query = urlencode({"iss": service.issuer, "sid": sid})
    return [
        f"{settings.BASE_URL}{reverse('front_channel_logout', args=[one.pk])}?{query}"
        for one in service.clients(client_id)
    ]


# ---- what the control page changes ----


def state_of(person: PersonFact) -> str:
    """Return what has happened to a person in the directory: nothing, out of the groups, or closed."""
    return str(memory.recall("person", person.oid) or "") if person.oid else ""


def set_state(person: PersonFact, state: str) -> None:
    memory.remember("person", person.oid, state, seconds=None) if state else memory.forget("person", person.oid)


def is_closed(person: PersonFact) -> bool:
    return state_of(person) == CLOSED


def is_down(way: str) -> bool:
    return bool(memory.recall("down", way))


def set_down(way: str, down: bool) -> None:
    memory.remember("down", way, True, seconds=None) if down else memory.forget("down", way)


def note_signed_in(person: PersonFact, sid: str, client_id: str) -> None:
    memory.remember("signed-in", person.key, [sid, client_id], seconds=SIGNED_IN_SECONDS)


def forget_signed_in(person: PersonFact) -> None:
    memory.forget("signed-in", person.key)


def signed_in_at(person: PersonFact) -> tuple[str, str] | None:
    """Return the session (its `sid`) and the client of this person's newest sign-in at ID-porten, if it is not old."""
    found = memory.recall("signed-in", person.key)
    return (found[0], found[1]) if found else None
