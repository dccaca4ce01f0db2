"""The portal's own pages: front page, an authority, language, and the papers every site needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal import round_lists, typed, wiring
from portal.acting_for.mandate_requests import REFERENCE as MANDATES
from portal.middleware import LANGUAGE_COOKIE
from portal.models import Authority, Body, Case, RegionMembership
from portal.models.base import NorwegianKey
from portal.ratelimit import limit
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

CASES_SHOWN = 20


@require_safe
@limit("front", per_minute=600)
def front_page(request: HttpRequest) -> HttpResponse:
    """Show all authorities, or those that a name or number fits; a single hit is opened at once."""
    asked = request.GET.get("q", "").strip()[:80]
    rows = wiring.describe(list(Authority.objects.listed()))
    found = [row for row in rows if fits(row["authority"], asked)] if asked else None
    if found and len(found) == 1:
        return redirect(found[0]["authority"])
    context = {"rows": rows, "asked": asked, "found": found, "open": round_lists.open_to_all(timezone.localdate())}
    return render(request, "portal/front_page.html", context)


def fits(authority: Authority, asked: str) -> bool:
    """Say whether a name, with or without «kommune», or a municipality number is what was asked for."""
    words = " ".join(asked.casefold().removesuffix("kommune").split())
    digits = words.replace(" ", "")
    if digits.isdigit():
        return authority.municipality_number == digits
    return bool(words) and words in authority.name.casefold()


@require_safe
def authority_page(request: HttpRequest, authority: str) -> HttpResponse:
    """Show one authority: its plans, its bodies and its cases, and how to reach it."""
    found = get_object_or_404(Authority, slug=authority, is_listed=True)
    neighbours = memberships_of(found)
    context = {
        "authority": found,
        "panels": wiring.authority_panels(found, request.user),
        "rounds": round_lists.open_rounds_of(found, timezone.localdate()),
        "bodies": Body.objects.filter(authority=found).order_by(NorwegianKey("name")),
        "cases": public_cases(found),
        "regions": [link.region for link in neighbours if link.member_id == found.pk],
        "members": [link.member for link in neighbours if link.region_id == found.pk],
    }
    return render(request, "portal/authority_page.html", context)


def memberships_of(authority: Authority) -> list[RegionMembership]:
    """Return today's memberships that the authority has in regions, or its members have in it, by name."""
    return list(
        RegionMembership.objects.current(timezone.localdate())
        .filter(Q(region=authority) | Q(member=authority))
        .select_related("region", "member")
        .order_by(NorwegianKey("member__name"), NorwegianKey("region__name"))
    )


def public_cases(authority: Authority) -> list[Case]:
    """Return the newest cases, each with its number of steps; what more of it may be read its own page decides."""
    cases = Case.objects.filter(authority=authority).select_related("authority").annotate(step_count=Count("steps"))
    # one for each organisation, and one for each nominee: they would fill the list
    cases = cases.exclude(reference__startswith=MANDATES).exclude(series=Case.Series.PRIZE)
    return list(cases.order_by(F("opened_on").desc(nulls_last=True), "-pk")[:CASES_SHOWN])


@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language form the visitor chose and go back to where she was.

    Without a token on purpose: it changes nothing but this cookie, and public pages stay free of cookies.
    """
    chosen = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@never_cache
@login_required
@read_or_act
def continue_typed(request: HttpRequest) -> HttpResponse:
    """Give back what was typed and could not be taken then, ready to send again; a press throws it away instead."""
    form = typed.kept_for(request)
    if form is None:
        return redirect("front_page")
    if request.method == "POST":
        typed.forget(request)
        return redirect(form["path"])
    return render(request, "portal/continue_typed.html", {"why": "signed_out", **form})


@require_safe
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    """List each authority's statement at uustatus.no and the faults we know of."""
    return render(request, "portal/accessibility.html", {"authorities": Authority.objects.listed()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Tell where to write; the authority one came from stands first."""
    authorities = list(Authority.objects.listed())
    chosen = next((one for one in authorities if one.slug == request.GET.get("til")), None)
    return render(request, "portal/contact.html", {"authorities": authorities, "chosen": chosen})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines out of the demo and out of what only staff use."""
    rule = "Disallow: /" if settings.DEMO else "Disallow: /admin/\nDisallow: /konto/"
    return HttpResponse(f"User-agent: *\n{rule}\n", content_type="text/plain")
