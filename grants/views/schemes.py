"""Schemes of support as anyone reads them: what they are for, by which rules, and what they have given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from grants import permissions, public
from grants import schemes as facts
from grants.calls import public_calls
from grants.models import Scheme, Stage
from grants.views.public import place_of
from portal.permissions import does_casework, may_write

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def schemes(request: HttpRequest, authority: str) -> HttpResponse:
    """Show an authority's schemes with what they set aside and granted this year; to staff those not shown too."""
    found = place_of(request.user, authority)
    works = does_casework(request.user, found.pk)
    year = public.year_to_show(found.pk, timezone.localdate())
    lines = facts.scheme_lines(found.pk, year, with_hidden=works)
    context = {
        "authority": found, "year": year, "lines": lines, "works": works,
        "may_set_up": may_write(request.user, "grants.scheme", found.pk) if works else False,
    }  # fmt: skip
    return render(request, "grants/schemes/schemes.html", context)


@require_safe
def scheme_page(request: HttpRequest, authority: str, scheme: str) -> HttpResponse:
    """Show one scheme: purpose, conditions, statutes, cases, lines adopted and recommended apart, and what it gave.

    Raises:
        Http404: there is none, or it is not shown to everyone and the reader does no casework there.
    """
    found = place_of(request.user, authority)
    row = get_object_or_404(Scheme.objects.select_related("authority"), authority=found, slug=scheme)
    works, today = does_casework(request.user, found.pk), timezone.localdate()
    if not row.is_public and not works:
        raise Http404
    lines, versions = public.lines(found.pk, scheme=row.pk), facts.statutes_of(row)
    conditions = facts.conditions(found.pk, today, scheme=row.pk)
    open_calls = public_calls.going_on(found.pk, timezone.now())["open"]
    context = {
        "calls": [line for line in open_calls if line.call.scheme_id == row.pk],
        "authority": found, "scheme": row, "works": works, "years": facts.years_of(row.first_year, row.last_year),
        "asked_of_recipients": [one for one in conditions if not one.binds_authority],
        "binds_authority": [one for one in conditions if one.binds_authority],
        "versions": versions, "in_force": facts.in_force(versions, today), "cases": facts.case_lines(row),
        "adopted": facts.by_year(lines, Stage.ADOPTED), "recommended": facts.by_year(lines, Stage.PROPOSED),
        "fund": facts.fund_facts(row), "served": facts.served(row, request.user), "given": facts.given_by_year(row),
        "may_set_up": works and permissions.may(request.user, found.pk, permissions.SETS_UP),
    }  # fmt: skip
    return render(request, "grants/schemes/scheme.html", context)
