"""Reconciliation as the desk sees it: what the night found, and the same question asked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import reconcile
from portal import export
from portal.ratelimit import over_limit
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CHECKS = 6
"""So often a minute one person may ask: the question reads every entry."""
COLUMNS = [
    ("about_text", reconcile.WORDS["about"]), ("name", reconcile.WORDS["name"]), ("year", reconcile.WORDS["year"]),
    ("field_text", reconcile.WORDS["field"]), ("stands", reconcile.WORDS["stands"]),
    ("should", reconcile.WORDS["should"]), ("off_by", reconcile.WORDS["off_by"]),
]  # fmt: skip


@never_cache
@login_required
@require_safe
def reconciliation(request: HttpRequest, authority: str) -> HttpResponse:
    """Show when the ledger was last compared, and compare this authority's now when asked."""
    owner = desk_of(request.user, authority)
    asked = "sjekk" in request.GET or "fil" in request.GET
    is_too_often = asked and over_limit("reconcile", str(request.user.pk), per_minute=CHECKS)
    found = reconcile.differences(owner.pk) if asked and not is_too_often else None
    if (form := request.GET.get("fil")) and found is not None:
        return export.answer(form, f"avstemming-{owner.slug}", COLUMNS, found)
    context = {
        "authority": owner, "found": found, "asked": asked, "is_too_often": is_too_often, "now": timezone.now(),
        "run": reconcile.last_run(), "extent": reconcile.extent(owner.pk),
    }  # fmt: skip
    status = 429 if is_too_often else 200
    return render(request, "grants/reconciliation/page.html", context, status=status)
