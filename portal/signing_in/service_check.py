"""Trying a sign-in service without signing in: what it says of itself now, and what is missing here, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal import sealed
from portal.integrations import openid, openid_keys, openid_web
from portal.models import Role, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import IdentityProvider


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; one that is not good says what to do."""

    text: str
    is_good: bool = True


def bad(text: str) -> Finding:
    return Finding(text, is_good=False)


def tried(provider: IdentityProvider) -> list[Finding]:
    """Ask the service what it is, now and past what is kept; return what was found, in the order one mends it."""
    return [*of_service(provider), *of_ours(provider)]


def of_service(provider: IdentityProvider) -> Iterator[Finding]:
    """Return what the service says of itself."""
    issuer = openid.issuer_of(provider)
    if not openid.is_offered(provider) and provider.is_active:
        yield bad(_("This environment is for the demonstration only. Choose another."))
        return
    try:
        described = openid_web.fetch(f"{issuer}/.well-known/openid-configuration", issuer)
    except openid.ProviderDown:
        yield bad(no_answer(provider) % {"address": issuer})
        return
    yield Finding(_("The service answers at %(address)s.") % {"address": issuer})
    if described.get("issuer") != issuer:
        yield bad(_("It says that it is another service. Nobody can sign in. Check the tenant id and the environment."))
        return
    lacking = [name for name in openid_keys.ENDPOINTS if not openid_web.is_its_own(described.get(name), issuer)]
    if lacking:
        yield bad(_("Its description lacks what we need: %(names)s.") % {"names": ", ".join(lacking)})
        return
    yield of_keys(described, issuer)
    if not openid_web.is_its_own(described.get("end_session_endpoint"), issuer):
        yield bad(_("It does not say where one signs out. People must close the browser to leave it."))


def no_answer(provider: IdentityProvider) -> str:
    if provider.way == Way.ENTRA:
        return _("No service answers at %(address)s. Check the tenant id. If it is right, try again in a while.")
    return _("No service answers at %(address)s. Try again in a while.")


def of_keys(described: dict[str, Any], issuer: str) -> Finding:
    try:
        keys = openid_web.fetch(described["jwks_uri"], issuer).get("keys")
    except openid.ProviderDown:
        keys = None
    if not isinstance(keys, list) or not keys:
        return bad(_("It does not show its keys, so we cannot believe what it says. Try again in a while."))
    return Finding(_("Its description and its keys are in order."))


def of_ours(provider: IdentityProvider) -> Iterator[Finding]:
    """Return what is missing on our side."""
    if not provider.is_active:
        yield bad(_("It is not in use, so nobody can choose it. Tick “in use” when all else is in order."))
    try:
        secret = sealed.open_(openid.SECRET, provider.client_secret)
    except sealed.CannotOpen:
        yield bad(_("The client secret can no longer be read. Set it again."))
    else:
        if secret:
            yield Finding(_("A client secret is set. Whether it is right shows when someone signs in."))
        else:
            yield bad(_("No client secret is set. Get one from the service, and set it here."))
    if provider.way == Way.ENTRA:
        yield of_groups(provider)


def of_groups(provider: IdentityProvider) -> Finding:
    roles = set(provider.group_roles.values_list("role", flat=True))
    if not roles:
        return bad(_("No group gives a role. People can sign in, but have only the roles you give them by hand."))
    if Role.LEADER not in roles:
        return bad(_("No group gives the role of leader. Passwords cannot be switched off before one does."))
    return Finding(_("Groups give roles, also the role of leader."))
