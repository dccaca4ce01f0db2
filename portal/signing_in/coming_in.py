"""Whom an outside service's answer lets in, to which account, and what follows: roles, mandates, where to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import typed
from portal.acting_for import mandates
from portal.integrations.openid_claims import refuse
from portal.models import Membership, Way
from portal.permissions import period_holds
from portal.signing_in import arrivals, groups, identities, signins
from portal.signing_in.adapter import landing_page

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from portal.integrations.openid import Claims
    from portal.models import Identity, IdentityProvider, User


def known(claims: Claims, provider: IdentityProvider, *, now: dt.datetime) -> Identity | None:
    """Return by which identity, and so to which account, someone comes; nothing for one who is new.

    Raises:
        SignInRefused: she is new, and no group of hers gives a role where only staff come in.
    """
    identity = identities.find(claims) or identities.account_for_staff(claims, provider, now=now)
    if identity is None and provider.way == Way.ENTRA:
        refuse(has_told_groups(claims, provider), "too_many_groups")
        refuse(bool(groups.roles_from(provider, claims.groups or frozenset())), "no_role")
    return identity


def come_in(
    request: HttpRequest, identity: Identity, claims: Claims, provider: IdentityProvider, *, page: str, now: dt.datetime
) -> str:
    """Sign in the one an identity belongs to; return where she goes.

    Raises:
        SignInRefused: her account is closed, or she is staff without a role.
    """
    user, before = identity.user, person_in(request)
    refuse(user.is_active, "inactive")
    if provider.way == Way.ENTRA:
        follow_groups(user, claims, provider, now=now)
    with transaction.atomic():
        identities.note_use(identity, claims, provider, now=now)
        given = take_mandates(user, identity, claims, provider, now=now)
        signins.sign_in(
            request, user, method=provider.way, provider=provider, identity=identity, acr=claims.acr,
            provider_session=claims.sid, id_token=claims.id_token, refresh_token=claims.refresh_token,
        )  # fmt: skip
    arrivals.stop_waiting(request)
    arrivals.keep_number(request, claims.national_number)
    if before is not None and before != user:
        text = _("%(before)s was signed in here. Now you are signed in as %(name)s.")
        messages.info(request, text % {"before": before, "name": user})
    say_mandates(request, provider, given)
    return where_to(request, user, page)


def person_in(request: HttpRequest) -> User | None:
    return cast("User", request.user) if request.user.is_authenticated else None


def where_to(request: HttpRequest, user: User, page: str) -> str:
    """Return a kept form before anything else, then the page she came for, then where her kind of work is."""
    if typed.kept_for(request):
        return resolve_url("continue_typed")
    return page or resolve_url(landing_page(user))


# ---- what the service says she is ----


def has_told_groups(claims: Claims, provider: IdentityProvider) -> bool:
    """Say whether the directory told all groups, or none of them matters here."""
    return claims.groups is not None or not provider.group_roles.exists()


def follow_groups(user: User, claims: Claims, provider: IdentityProvider, *, now: dt.datetime) -> None:
    """Let roles follow the groups; who has none, here or elsewhere, has no business here as staff.

    Raises:
        SignInRefused: no role is left, or the directory did not tell the groups.
    """
    refuse(has_told_groups(claims, provider), "too_many_groups")
    groups.sync(user, provider, claims.groups or frozenset(), now=now)
    holds = Membership.objects.filter(period_holds(timezone.localdate(now)), user=user)
    refuse(user.is_superuser or holds.exists(), "no_role")


def take_mandates(
    user: User, identity: Identity, claims: Claims, provider: IdentityProvider, *, now: dt.datetime
) -> list[str]:
    """Let her act for the organisations she chose at Ansattporten; return their names."""
    if provider.way != Way.ANSATTPORTEN:
        return []
    made = mandates.from_ansattporten(user, identity, provider, claims.parties, now=now)
    return [mandate.organisation.name for mandate in made]


def say_mandates(request: HttpRequest, provider: IdentityProvider, names: list[str]) -> None:
    if provider.way != Way.ANSATTPORTEN:
        return
    if names:
        messages.success(request, _("You now act for %(names)s.") % {"names": ", ".join(names)})
    else:
        messages.warning(request, _("You chose no organisation that you may act for, so you act for yourself alone."))
