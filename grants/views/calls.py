"""Calls as everyone reads them: what is announced, who may apply, and a short check first."""

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
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from grants.calls import eligibility, public_calls
from grants.calls.call_forms import EligibilityForm
from grants.models import Call
from grants.permissions import CALLS, may
from grants.views.public import asked_about_each_time, place_of
from portal.permissions import does_casework
from portal.ratelimit import limit
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Authority

HERE = "grants/calls/"
PER_PAGE = 20


@require_safe
@limit("calls", per_minute=300)
def calls(request: HttpRequest, authority: str) -> HttpResponse:
    """List what one can apply for: open now, soon, and what is closed."""
    found, now = place_of(request.user, authority), timezone.now()
    page = Paginator(public_calls.over(found.pk, now), PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "authority": found, **public_calls.going_on(found.pk, now), "page": page,
        "closed": [public_calls.line_of(call, now) for call in page],
        "works": may(request.user, found.pk, CALLS),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


@require_safe
@limit("calls_feed", per_minute=60)
def calls_feed(request: HttpRequest, authority: str) -> HttpResponse:
    """Tell feed readers of what is announced."""
    found = place_of(request.user, authority)
    page = settings.BASE_URL + reverse("calls", args=[found.slug])
    own = settings.BASE_URL + request.path
    text = public_calls.feed(found, public_calls.newest(found.pk), page, own, timezone.now())
    return asked_about_each_time(HttpResponse(text, content_type="application/atom+xml; charset=utf-8"))


def call_of(user: Any, slug: str, call: str) -> tuple[Authority, Call, bool]:
    """Return a call that everyone may read; one that is not announced, or not shown, for those who work there.

    Raises:
        Http404: there is none for this reader.
    """
    found = place_of(user, slug)
    rows = Call.objects.select_related("authority", "scheme", "statutes", "officer")
    row: Call = get_object_or_404(rows, authority=found, slug=call)
    works = does_casework(user, found.pk)
    if not works and (row.published_at is None or not row.scheme.is_public):
        raise Http404
    return found, row, works


@require_safe
@limit("calls", per_minute=300)
def call_page(request: HttpRequest, authority: str, call: str) -> HttpResponse:
    """Show one call: what the money is for, who may apply, how much, what is asked, and how it goes on from there."""
    found, row, works = call_of(request.user, authority, call)
    context = {
        **public_calls.page_facts(row, timezone.now()), "authority": found,
        "may_edit": works and may(request.user, found.pk, CALLS), "start_url": start_url(row),
    }  # fmt: skip
    return render(request, f"{HERE}page.html", context)


def start_url(call: Call, sealed: str = "") -> str:
    """Return where an application is begun, with the answers of the check."""
    address = reverse("start_application", args=[call.authority.slug, call.slug])
    return f"{address}?{urlencode({eligibility.NAME: sealed})}" if sealed else address


@read_or_act
@limit("call_check", per_minute=120)
def call_check(request: Any, authority: str, call: str) -> HttpResponse:
    """Ask the questions that decide whether one can apply at all, and lead those who can on to the application.

    Those who work there try it before the call is announced; they are led on to the preview.
    """
    found, row, _works = call_of(request.user, authority, call)
    state = public_calls.state_of(row, timezone.now())
    if state not in (public_calls.OPEN, public_calls.DRAFT):
        return redirect(row)
    is_tried = state == public_calls.DRAFT
    checks = list(row.checks.all())
    if not checks:
        return redirect("preview_call", found.slug, row.pk) if is_tried else redirect(start_url(row))
    form = EligibilityForm(request.POST if request.method == "POST" else None, checks=checks)
    stops: list[Any] = []
    if form.is_bound:
        is_whole, said = form.is_valid(), form.said()
        stops = eligibility.stopped_by(checks, said)
        if is_whole and not stops:
            if is_tried:
                messages.success(request, _("An applicant who answers so goes on to the form."))
                return redirect("preview_call", found.slug, row.pk)
            return redirect(start_url(row, eligibility.seal(row, said)))
    context = {"authority": found, "call": row, "form": form, "stops": stops, "is_tried": is_tried}
    return render(request, f"{HERE}check.html", context)
