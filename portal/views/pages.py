"""The portal's own pages: front page, an authority, language, and the papers every site needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal import typed, wiring
from portal.middleware import LANGUAGE_COOKIE
from portal.models import Authority
from portal.models.base import NorwegianKey
from portal.ratelimit import limit

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@limit("front", per_minute=600)
def front_page(request: HttpRequest) -> HttpResponse:
    """Show all authorities, or those that a name or number fits; a single hit is opened at once."""
    asked = request.GET.get("q", "").strip()[:80]
    authorities = Authority.objects.listed()
    found = None
    if asked:
        found = list(
            Authority.objects.listed().filter(Q(name__icontains=asked) | Q(municipality_number=asked.replace(" ", "")))
        )
        if len(found) == 1:
            return redirect(found[0])
    context = {
        "authorities": wiring.describe(list(authorities)),
        "asked": asked,
        "found": found,
    }
    return render(request, "portal/front_page.html", context)


@require_safe
def authority_page(request: HttpRequest, authority: str) -> HttpResponse:
    """Show one authority: its plans, its bodies and its cases, and how to reach it."""
    found = get_object_or_404(Authority, slug=authority, is_listed=True)
    context = {
        "authority": found,
        "panels": wiring.authority_panels(found, request.user),
        "bodies": found_bodies(found),
        "contact": found.contact_email,
    }
    return render(request, "portal/authority_page.html", context)


def found_bodies(authority: Authority) -> list[object]:
    from portal.models import Body

    return list(Body.objects.filter(authority=authority).order_by(NorwegianKey("name")))


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language form the visitor chose and go back to where she was."""
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


@login_required
@require_safe
def continue_typed(request: HttpRequest) -> HttpResponse:
    """Give back what was typed before the session ended, ready to send again."""
    form = typed.kept_for(request)
    if form is None:
        return redirect("front_page")
    typed.forget(request)
    return render(request, "portal/continue_typed.html", form)


@require_safe
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    """List each authority's statement at uustatus.no and the faults we know of."""
    return render(request, "portal/accessibility.html", {"authorities": Authority.objects.listed()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/contact.html", {"authorities": Authority.objects.listed()})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines out of the demo and out of what only staff use."""
    rule = "Disallow: /" if settings.DEMO else "Disallow: /admin/\nDisallow: /konto/"
    return HttpResponse(f"User-agent: *\n{rule}\n", content_type="text/plain")
