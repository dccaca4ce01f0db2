"""Signing in by OpenID Connect at ID-porten, Ansattporten and Entra ID: the code flow with PKCE, state and nonce.

The issuer is never typed: it follows from the service, its environment and, for Entra ID, the tenant. Everything the
service says of itself is fetched from there, and a token is believed only when all of it agrees (`openid_claims`).
ID-porten and Ansattporten: docs.digdir.no, checked 2026-11-21. OpenID Connect Core 1.0, RFC 7636, RFC 9207, RFC 9396.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from portal import sealed
from portal.integrations import openid_keys, openid_web
from portal.integrations.openid_claims import (
    RESOURCE,
    Claims,
    Expected,
    Party,
    ProviderDown,
    SignInRefused,
    believed,
    read,
    refuse,
    same_text,
)
from portal.models import IdentityProvider, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portal.models import Authority

__all__ = [
    "Claims", "Party", "ProviderDown", "SignInRefused", "begin", "finish", "is_offered", "issuer_of", "logout_form",
    "offered", "redirect_uri", "refresh",
]  # fmt: skip

PENDING_LASTS = dt.timedelta(minutes=15)
"""From the press of the button to the answer; a person may have to find her phone."""
LEVEL = "idporten-loa-substantial"
"""The lowest level asked for; a higher one is as good (`portal.strength.ACRS`)."""
HOSTS = {Way.IDPORTEN: "idporten.no", Way.ANSATTPORTEN: "ansattporten.no"}
SCOPES = {
    Way.ENTRA: "openid profile email offline_access", Way.IDPORTEN: "openid profile", Way.ANSATTPORTEN: "openid profile"
}  # fmt: skip
ORDER = [Way.IDPORTEN, Way.ANSATTPORTEN, Way.ENTRA]
LANGUAGES = frozenset({"nb", "nn", "en"})
CANCELLED = frozenset({"access_denied", "login_cancelled", "user_cancelled", "interaction_required", "login_required"})
UNWELL = frozenset({"temporarily_unavailable", "server_error"})
LONGEST_CODE = 8192
SECRET = "client"
"""What a provider's client secret is sealed for."""
log = structlog.get_logger("portal.openid")


# ---- which service ----


def issuer_of(provider: IdentityProvider) -> str:
    """Return who must have signed a token from this provider."""
    environment = IdentityProvider.Environment(provider.environment)
    if environment is IdentityProvider.Environment.STANDIN:
        place = f"entra/{provider.tenant}" if provider.way == Way.ENTRA else provider.way
        return f"{settings.BASE_URL}/demo/innlogging/{place}"
    if provider.way == Way.ENTRA:
        return f"https://login.microsoftonline.com/{provider.tenant}/v2.0"
    is_test = environment is IdentityProvider.Environment.TEST
    return f"https://{'test.' if is_test else ''}{HOSTS[Way(provider.way)]}"


def is_offered(provider: IdentityProvider) -> bool:
    """Say whether a provider may be used: it is in use, and its environment is one this installation takes."""
    return provider.is_active and provider.environment in environments()


def environments() -> set[str]:
    """Return which environments are taken here: in a service's own test, and at a stand-in, anyone may be anyone."""
    taken = {IdentityProvider.Environment.PRODUCTION: True, IdentityProvider.Environment.TEST: settings.TEST_SERVICES,
             IdentityProvider.Environment.STANDIN: settings.DEMO or settings.TESTING}  # fmt: skip
    return {str(name) for name, is_taken in taken.items() if is_taken}


def offered(authority: Authority) -> list[IdentityProvider]:
    """Return the services one may sign in with at an authority, citizens' first."""
    rows = IdentityProvider.objects.offered().filter(authority=authority).select_related("authority")
    return sorted(filter(is_offered, rows), key=lambda row: ORDER.index(Way(row.way)))


def redirect_uri(provider: IdentityProvider) -> str:
    """Return the address the answer comes to, as it is registered at the service."""
    return f"{settings.BASE_URL}{reverse('signin_answer', args=[provider.pk])}"


def signed_out_uri() -> str:
    return f"{settings.BASE_URL}{reverse('signed_out')}"


# ---- there and back ----


def begin(provider: IdentityProvider, *, fresh: bool = False) -> tuple[str, dict[str, Any]]:
    """Return the address that asks who someone is, and what the session must keep until the answer.

    Raises:
        ProviderDown: the service does not answer.
        SignInRefused: it describes itself as another.
    """
    described = openid_keys.document(issuer_of(provider))
    kept: dict[str, Any] = {
        "state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32), "verifier": secrets.token_urlsafe(48),
        "at": timezone.now().timestamp(), "fresh": fresh,
    }  # fmt: skip
    with client_of(provider) as client:
        address, _state = client.create_authorization_url(
            described["authorization_endpoint"], state=kept["state"], code_verifier=kept["verifier"],
            nonce=kept["nonce"], **asked_for(provider, fresh=fresh),
        )  # fmt: skip
    return address, kept


def asked_for(provider: IdentityProvider, *, fresh: bool) -> dict[str, str]:
    """Return what each service is asked for besides the code."""
    asked = {"prompt": "login", "max_age": "0"} if fresh else {}
    if provider.way == Way.ENTRA:
        return asked
    language = (translation.get_language() or "")[:2]
    asked |= {"acr_values": LEVEL, "ui_locales": language if language in LANGUAGES else "nb"}
    if provider.way == Way.ANSATTPORTEN:
        right = {"type": RESOURCE, "resource": resource_of(provider), "representation_is_required": True}
        asked["authorization_details"] = json.dumps([right], separators=(",", ":"))
    return asked


def resource_of(provider: IdentityProvider) -> str:
    """Return the Altinn resource's full name."""
    return f"urn:altinn:resource:{provider.resource}"


def finish(provider: IdentityProvider, kept: dict[str, Any], answer: Mapping[str, str], *, now: dt.datetime) -> Claims:
    """Return who it is, from what the session kept and what the service answered.

    Raises:
        SignInRefused: something does not agree, or the person changed her mind.
        ProviderDown: the service does not answer.
    """
    issuer = issuer_of(provider)
    refuse(same_text(answer.get("state", ""), kept["state"]), "state")
    refuse(0 <= now.timestamp() - kept["at"] <= PENDING_LASTS.total_seconds(), "expired")
    described = openid_keys.document(issuer)
    must_say = described.get("authorization_response_iss_parameter_supported") is True
    refuse("iss" in answer or not must_say, "iss_parameter")
    refuse(answer.get("iss", issuer) == issuer, "iss_parameter")
    if error := answer.get("error"):
        if error in UNWELL:
            raise ProviderDown(error)
        raise SignInRefused("cancelled" if error in CANCELLED else "error")
    code = answer.get("code", "")
    refuse(0 < len(code) <= LONGEST_CODE and code.isascii() and code.isprintable(), "code")
    with client_of(provider) as client:
        tokens = ask(lambda: client.fetch_token(
            described["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=kept["verifier"],
        ))  # fmt: skip
    expected = expected_of(provider, nonce=kept["nonce"], not_before=kept["at"] if kept["fresh"] else None)
    return claims_of(tokens, expected, now=now)


def refresh(provider: IdentityProvider, refresh_token: str, *, now: dt.datetime) -> Claims:
    """Return who it still is, and in which groups, without her.

    Raises:
        SignInRefused: the service no longer vouches for her.
        ProviderDown: it does not answer.
    """
    described = openid_keys.document(issuer_of(provider))
    with client_of(provider) as client:
        tokens = ask(lambda: client.refresh_token(described["token_endpoint"], refresh_token=refresh_token))
    return claims_of({"refresh_token": refresh_token, **tokens}, expected_of(provider), now=now)


def expected_of(provider: IdentityProvider, *, nonce: str | None = None, not_before: float | None = None) -> Expected:
    return Expected(
        way=provider.way, issuer=issuer_of(provider), client_id=provider.client_id, nonce=nonce,
        tenant=str(provider.tenant or ""), resource=resource_of(provider), not_before=not_before,
    )  # fmt: skip


def claims_of(tokens: dict[str, Any], expected: Expected, *, now: dt.datetime) -> Claims:
    """Return what the tokens say, once all of it is believed."""
    id_token = tokens.get("id_token")
    refuse(isinstance(id_token, str), "token")
    said = believed(openid_keys.opened(id_token, expected.issuer), expected, now=now)
    renewal = tokens.get("refresh_token")
    keeps = expected.way == Way.ENTRA and isinstance(renewal, str)
    return read(said, expected, id_token=str(id_token), refresh_token=str(renewal) if keeps else "")


def logout_form(provider: IdentityProvider, id_token: str, state: str) -> tuple[str, dict[str, str]]:
    """Return where, and with which fields, one signs out of the service itself; no address when it has none.

    Raises:
        ProviderDown: the service does not answer.
        SignInRefused: it describes itself as another.
    """
    fields = {"id_token_hint": id_token, "post_logout_redirect_uri": signed_out_uri(), "state": state}
    return openid_keys.end_session(issuer_of(provider)), {name: value for name, value in fields.items() if value}


# ---- talking to it ----


@cache
def authlib_client() -> Any:
    """Return Authlib's client, fetched when it is first needed and without its word on which HTTP library is next."""
    from authlib.deprecate import AuthlibDeprecationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from authlib.integrations.httpx_client import OAuth2Client
    return OAuth2Client


def client_of(provider: IdentityProvider) -> Any:
    """Return Authlib's client with our manners."""
    try:
        secret = sealed.open_(SECRET, provider.client_secret)
    except sealed.CannotOpen as error:
        log.error("the client secret cannot be opened; set it again", provider=provider.pk)
        raise ProviderDown("secret") from error
    return authlib_client()(
        client_id=provider.client_id, client_secret=secret, scope=SCOPES[Way(provider.way)],
        redirect_uri=redirect_uri(provider), code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post" if provider.way == Way.ENTRA else "client_secret_basic",
        **openid_web.manners(issuer_of(provider)),
    )  # fmt: skip


def ask(question: Callable[[], Any]) -> dict[str, Any]:
    """Return the tokens the service gives for a question.

    Raises:
        SignInRefused: it says no: to a code or grant that was used, has run out or is another's, or to us.
        ProviderDown: it does not answer, or not in the protocol.
    """
    import httpx
    from authlib.common.errors import AuthlibBaseError

    try:
        return dict(question())
    except AuthlibBaseError as error:
        reason = "grant" if error.error == "invalid_grant" else "client"
        if reason == "client":
            log.error("the sign-in service does not accept us", error=str(error.error)[:40])
        raise SignInRefused(reason) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
        raise ProviderDown(type(error).__name__) from error
    except (ValueError, TypeError, RecursionError, AttributeError) as error:
        raise ProviderDown("answer") from error
