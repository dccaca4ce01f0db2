"""Who got what, as anyone reads it: by year, as a file and a feed, and a page for each grant.

Staff see a grant's page before everyone does, and mark there what the public does not get to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from grants import exempt, granted_page_facts, granted_year, permissions, public
from grants.models import Grant
from portal import access_log, export
from portal.models import Authority
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR
from portal.models.case import Access
from portal.permissions import does_casework, require
from portal.ratelimit import limit
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

PER_PAGE = 50
IN_FEED = 50
LONGEST = 80


def place_of(user: Any, slug: str) -> Authority:
    """Return an authority that uses the portal; one that does not yet, for its own staff.

    Raises:
        Http404: for others it has no such pages.
    """
    found = get_object_or_404(Authority, slug=slug)
    if not found.is_listed and not does_casework(user, found.pk):
        raise Http404
    return found


@require_safe
@limit("granted", per_minute=300)
def granted(request: HttpRequest, authority: str, year: int | None = None) -> HttpResponse:
    """Show who got support in a year, and how much: in a picture, as numbers, and beside what the budget set aside."""
    found, today = place_of(request.user, authority), timezone.localdate()
    shown = public.year_to_show(found.pk, today) if year is None else sane(year)
    asked = granted_year.Asked.of(request.GET)
    facts = granted_year.year_facts(found, shown, asked, today)
    page = Paginator(facts["rows"], PER_PAGE).get_page(request.GET.get("side"))
    context = {
        **facts, "authority": found, "page": page, "query": asked.query(), "asked": asked,
        "filters": urlencode({name: value for name, value in (("q", asked.words), ("ordning", asked.scheme)) if value}),
    }  # fmt: skip
    return render(request, "grants/public/granted.html", context)


def sane(year: int) -> int:
    """Return a year that can be meant.

    Raises:
        Http404: it lies outside what the portal keeps.
    """
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Http404
    return year


@require_safe
@limit("granted_file", per_minute=60)
def granted_file(request: HttpRequest, authority: str, year: int, form: str) -> HttpResponse:
    """Hand out the year's grants as the page shows them, csv or xlsx; narrowed as asked."""
    found = place_of(request.user, authority)
    asked = granted_year.Asked.of(request.GET)
    rows = public.in_order(
        public.that_fit(public.rows(found.pk, sane(year)), words=asked.words, scheme=asked.scheme), asked.order
    )
    kept_back = public.Withheld() if asked.words else public.withheld(found.pk, year, scheme=asked.scheme)
    lines = [*rows, *([kept_back] if kept_back.count else [])]
    response = export.answer(form, f"tildelinger-{found.slug}-{year}", granted_year.columns(year), lines)
    return asked_about_each_time(response)


@require_safe
@limit("granted_feed", per_minute=60)
def granted_feed(request: HttpRequest, authority: str) -> HttpResponse:
    """Tell feed readers of the grants decided last."""
    found = place_of(request.user, authority)
    page = settings.BASE_URL + reverse("granted", args=[found.slug])
    text = granted_year.feed(found, public.newest(found.pk, IN_FEED), page, settings.BASE_URL + request.path)
    return asked_about_each_time(HttpResponse(text, content_type="application/atom+xml; charset=utf-8"))


def asked_about_each_time(response: HttpResponse) -> HttpResponse:
    """Let nobody keep the answer unasked: what is marked exempt must be gone at once."""
    patch_cache_control(response, no_cache=True)
    return response


# ---- one grant ----


@read_or_act
def granted_page(request: Any, authority: str, grant: int) -> HttpResponse:
    """Show what everyone may know of one grant; to staff also what is left out, and the way to mark it."""
    found = place_of(request.user, authority)
    row = get_object_or_404(Grant.objects.select_related("case", "scheme", "authority"), pk=grant, authority=found)
    is_public = is_shown(row)
    works = does_casework(request.user, found.pk)
    if not is_public and not works:
        raise Http404
    if request.method == "POST" or request.GET.get("gjor") == "unnta":
        require(works and permissions.may(request.user, found.pk, permissions.SETS_UP))
        return mark(request, found, row)
    if works:
        access_log.saw(request.user, row.case, "case")
    context = page_facts(request, found, row, works=works, is_public=is_public)
    return render(request, "grants/public/grant.html", context)


def is_shown(grant: Grant) -> bool:
    """Say whether everyone may read of this grant."""
    is_open = grant.access == Access.OPEN and grant.case.access == Access.OPEN
    return is_open and grant.state in Grant.HOLDING and grant.scheme.is_public


def page_facts(request: Any, authority: Authority, grant: Grant, *, works: bool, is_public: bool) -> dict[str, Any]:
    """Return what the page of a grant is made from."""
    return {
        **granted_page_facts.of(grant, timezone.localdate()), "authority": authority, "grant_key": grant.pk,
        "works": works, "is_public": is_public, "is_kept_back": works and not is_public,
        "may_mark": works and permissions.may(request.user, authority.pk, permissions.SETS_UP),
    }  # fmt: skip


def mark(request: Any, authority: Authority, grant: Grant) -> HttpResponse:
    """Ask what is exempt and by which law, and mark it on POST."""
    access_log.saw(request.user, grant.case, "case")
    form = exempt.ExemptForm.about(grant)
    if request.method == "POST":
        form = exempt.ExemptForm(request.POST, grant=grant)
        if form.is_valid():
            given = form.cleaned_data
            try:
                exempt.mark(
                    grant, form.marks, access=given["access"], access_basis=given["access_basis"], by=request.user,
                    seen=given["seen"],
                )  # fmt: skip
            except exempt.Stale as error:
                messages.warning(request, error.messages[0])
                return redirect(f"{reverse('granted_page', args=[authority.slug, grant.pk])}?gjor=unnta")
            messages.success(request, _("This is what everyone sees from now on."))
            return redirect("granted_page", authority.slug, grant.pk)
    context = {"authority": authority, "grant": grant, "form": form}
    return render(request, "grants/public/exempt.html", context)
