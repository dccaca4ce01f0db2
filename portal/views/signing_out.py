"""Signing out: here, and then at the service one came from; and the service's own word that someone has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET, require_safe

from portal import sealed
from portal.integrations import openid
from portal.integrations.openid_claims import LONGEST
from portal.models import SignIn, Way
from portal.ratelimit import limit
from portal.signing_in import signins
from portal.views.methods import read_or_act
from portal.views.signin import provider_for

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import IdentityProvider

log = structlog.get_logger("portal.signin")
SHARED = frozenset({Way.IDPORTEN, Way.ANSATTPORTEN})
"""Services one is signed out of at once: other public pages in the same browser would let the next person in."""


# ---- by oneself ----


@never_cache
@read_or_act
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; who came from an outside service is led there to sign out of it too."""
    if not request.user.is_authenticated:
        return redirect("signed_out" if request.method == "POST" else "front_page")
    if request.method != "POST":
        return render(request, "portal/signin/sign_out.html", {"noindex": True, "entrance": True})
    row = signins.leave(request)
    if row is None or row.provider is None or not openid.is_offered(row.provider):
        return redirect("signed_out")
    return leave_service(request, row, row.provider)


def leave_service(request: HttpRequest, row: SignIn, provider: IdentityProvider) -> HttpResponse:
    """Show the button that signs out of the service; the address it sends to is allowed for this answer only."""
    facts = {"authority": provider.authority, "service": provider.get_way_display(), "noindex": True, "entrance": True}
    try:
        address, fields = openid.logout_form(provider, sealed.open_("token", row.id_token), "")
    except (openid.ProviderDown, openid.SignInRefused, sealed.CannotOpen):
        address, fields = "", {}
    if not address:
        return render(request, "portal/signin/signed_out.html", {**facts, "still_in": True})
    facts |= {"address": address, "fields": fields.items(), "presses": provider.way in SHARED}
    page = render(request, "portal/signin/leave_service.html", facts)
    return with_policy(request, page, **{"form-action": [SELF, *places_of(provider)]})


def with_policy(request: HttpRequest, answer: HttpResponse, **directives: list[str]) -> HttpResponse:
    """Return an answer with directives of its own in the content security policy."""
    return cast("HttpResponse", csp_replace(directives)(lambda _request: answer)(request))


def places_of(provider: IdentityProvider) -> list[str]:
    """Return where a service's own pages lie, as the content security policy writes it."""
    home = urlsplit(openid.issuer_of(provider))
    return [f"{home.scheme}://{home.netloc}", *([f"https://*.{home.netloc}"] if home.scheme == "https" else [])]


@never_cache
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that one is signed out; the service leads back here too."""
    return render(request, "portal/signin/signed_out.html", {"noindex": True, "entrance": True})


# ---- by the service ----


@never_cache
@xframe_options_exempt
@require_GET
@limit("front-channel", per_minute=600)
def front_channel_logout(request: HttpRequest, provider: int) -> HttpResponse:
    """End the sessions of one who has signed out of the service elsewhere; it asks in a hidden frame, without cookies.

    OpenID Connect Front-Channel Logout 1.0: issuer and session must both be ours, each once.
    """
    found = provider_for(provider)
    given = [request.GET.getlist(name) for name in ("iss", "sid")]
    if given[0] != [openid.issuer_of(found)] or len(given[1]) != 1 or not 0 < len(given[1][0]) <= LONGEST:
        return HttpResponse("bad request", status=400, content_type="text/plain")
    if "\x00" in given[1][0]:
        return HttpResponse("bad request", status=400, content_type="text/plain")
    rows = SignIn.objects.filter(provider=found, provider_session=given[1][0])
    count = signins.end(rows, SignIn.Ended.PROVIDER, now=timezone.now())
    log.info("the service has ended sessions", provider=found.pk, count=count)
    answer = HttpResponse("", content_type="text/plain")
    return with_policy(request, answer, **{"frame-ancestors": places_of(found), "form-action": [NONE]})
