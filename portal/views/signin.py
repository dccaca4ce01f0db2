"""Signing in by ID-porten, Ansattporten and Entra ID: the ways, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from portal.integrations import openid
from portal.integrations.openid import Claims, ProviderDown, SignInRefused
from portal.integrations.openid_claims import refuse
from portal.models import Authority, IdentityProvider, User, Way
from portal.ratelimit import limit
from portal.signing_in import arrivals, coming_in, identities, signins, step_up
from portal.signing_in.adapter import landing_page
from portal.signing_in.arrivals import AGAIN, CONNECT, SIGN_IN, Pending, Waiting
from portal.views.signin_words import words_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

STRONG = (Way.IDPORTEN, Way.ANSATTPORTEN)
log = structlog.get_logger("portal.signin")


# ---- the ways ----


@never_cache
@require_safe
def signin_ways(request: HttpRequest, authority: str) -> HttpResponse:
    """Show how one signs in at an authority: as oneself, for an organisation, or as staff."""
    found = get_object_or_404(Authority, slug=authority, is_listed=True)
    page = arrivals.safe_page(request, request.GET.get("next", ""))
    services = {row.way: row for row in openid.offered(found)}
    onward = page or (reverse(landing_page(request.user)) if request.user.is_authenticated else "")
    context = {
        "authority": found, "services": services, "trial": services.keys().isdisjoint(STRONG), "onward": onward,
        "query": f"?{urlencode({'next': page})}" if page else "", "noindex": True, "entrance": True,
    }  # fmt: skip
    return render(request, "portal/signin/ways.html", context)


# ---- there ----


def provider_for(pk: int) -> IdentityProvider:
    """Return a service that may be used here.

    Raises:
        Http404: there is none, it is switched off, or it is a stand-in outside the demonstration.
    """
    found = get_object_or_404(IdentityProvider.objects.offered().select_related("authority"), pk=pk)
    if not openid.is_offered(found):
        raise Http404
    return found


@never_cache
@require_GET
@limit("signin-start", per_minute=60)
def signin_start(request: HttpRequest, provider: int) -> HttpResponse:
    """Lead to the service. A plain link, so that it works without scripts; it changes nothing but this session.

    `koble` ties the identity to the account one is signed in to; `paa-nytt` asks who it is once more.
    """
    found = provider_for(provider)
    purpose = CONNECT if "koble" in request.GET else AGAIN if "paa-nytt" in request.GET else SIGN_IN
    page = arrivals.safe_page(request, request.GET.get("next", ""))
    if purpose != SIGN_IN and not request.user.is_authenticated:
        ways = reverse("signin_ways", args=[found.authority.slug])
        return redirect(f"{ways}?{urlencode({'next': request.get_full_path()})}")
    try:
        if purpose == CONNECT:
            if answer := step_up.ask_again(request):
                return answer
            refuse(identities.may_tie(cast("User", request.user), signins.mark_of(request)), "too_little")
        address, kept = openid.begin(found, fresh=purpose == AGAIN)
    except (ProviderDown, SignInRefused) as fault:
        return say_no(request, found, fault, page)
    arrivals.begin(request, Pending(kept, found.pk, purpose, page, request.user.pk))
    return HttpResponseRedirect(address)


# ---- and back ----


@never_cache
@require_GET
@limit("signin-answer", per_minute=60)
def signin_answer(request: HttpRequest, provider: int) -> HttpResponse:
    """Take the service's answer. Whatever it is, the sign-in it belongs to is used up."""
    found, now, page = provider_for(provider), timezone.now(), ""
    try:
        pending = arrivals.take(request, found, request.GET.getlist("state"))
        page = pending.page
        refuse(all(len(values) == 1 for _name, values in request.GET.lists()), "doubled")
        claims = openid.finish(found, pending.kept, request.GET.dict(), now=now)
        if pending.purpose == SIGN_IN:
            return let_in(request, claims, found, page, now)
        return for_who_is_in(request, claims, found, pending, now)
    except (ProviderDown, SignInRefused) as fault:
        return say_no(request, found, fault, page)


def let_in(
    request: HttpRequest, claims: Claims, provider: IdentityProvider, page: str, now: dt.datetime
) -> HttpResponse:
    """Sign in who is known; ask who is new for her name and address."""
    identity = coming_in.known(claims, provider, now=now)
    if identity is not None:
        return redirect(coming_in.come_in(request, identity, claims, provider, page=page, now=now))
    until = (now + arrivals.WAITS).timestamp()
    arrivals.wait(request, Waiting(claims, provider.pk, page, until, name=claims.name, email=claims.email))
    return redirect("welcome")


def for_who_is_in(
    request: HttpRequest, claims: Claims, provider: IdentityProvider, pending: Pending, now: dt.datetime
) -> HttpResponse:
    """Tie the identity to the account, or note that its person has shown that it is she.

    Raises:
        SignInRefused: someone else is signed in by now, or answered at the service, or the identity is another's.
    """
    user = cast("User", request.user)
    refuse(user.is_authenticated and user.pk == pending.person, "person")
    identity = identities.find(claims)
    if pending.purpose == AGAIN:
        refuse(identity is not None and identity.user_id == user.pk, "person")
        step_up.confirm(request, now)
        return redirect(coming_in.where_to(request, user, pending.page))
    connect(request, user, claims, provider, now)
    return redirect(pending.page or "identities")


def connect(request: HttpRequest, user: User, claims: Claims, provider: IdentityProvider, now: dt.datetime) -> None:
    """Tie an identity to the account that is signed in, and say so.

    Raises:
        SignInRefused: it opens another account, or this session may not.
    """
    refuse(identities.may_tie(user, signins.mark_of(request)), "too_little")
    try:
        identity = identities.connect(user, claims, provider, now=now)
    except identities.Taken:
        raise SignInRefused("taken") from None
    service = provider.get_way_display()
    messages.success(request, _("Your account is connected to %(service)s.") % {"service": service})
    coming_in.say_mandates(request, provider, coming_in.take_mandates(user, identity, claims, provider, now=now))


# ---- when it does not go ----


def say_no(
    request: HttpRequest, provider: IdentityProvider, fault: ProviderDown | SignInRefused, page: str
) -> HttpResponse:
    """Say in words that nobody was signed in, and what to do; the log gets one word and nobody's name."""
    is_down = isinstance(fault, ProviderDown)
    reason = "down" if isinstance(fault, ProviderDown) else fault.reason
    log.info("nobody was signed in", provider=provider.pk, way=provider.way, reason=reason)
    words = words_of(reason, provider)
    query = f"?{urlencode({'next': page})}" if page else ""
    context = {
        "authority": provider.authority, "words": words, "service": provider.get_way_display(), "noindex": True,
        "again": f"{reverse('signin_start', args=[provider.pk])}{query}", "query": query, "entrance": True,
    }  # fmt: skip
    response = render(request, f"portal/signin/{'down' if is_down else 'refused'}.html", context, status=words.status)
    if is_down:
        response["Retry-After"] = "60"
    return response
