"""The desk's first page of money: one budget year, as numbers and as one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import overview
from grants.permissions import DECIDES, SETS_UP, may
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR, key_in
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority


@never_cache
@login_required
@require_safe
def money(request: HttpRequest, authority: str) -> HttpResponse:
    """Show a budget year: what came, what is committed, paid and free, by scheme and account."""
    owner: Authority = desk_of(request.user, authority)
    asked = asked_year(request.GET.get("ar", ""))
    today = timezone.localdate()
    found = overview.year(owner, asked or today.year)
    if not asked and not found.schemes and found.years:
        found = overview.year(owner, max((year for year in found.years if year <= today.year), default=found.years[0]))
    if form := request.GET.get("fil"):
        return overview.as_file(form, found)
    context: dict[str, Any] = {
        "authority": owner, "overview": found, "year": found.year, "figures": found.figures,
        "bars": overview.bars(found), "years": sorted({*found.years, found.year, today.year}, reverse=True),
        "may_set_up": may(request.user, owner.pk, SETS_UP), "may_decide": may(request.user, owner.pk, DECIDES),
    }  # fmt: skip
    return render(request, "grants/overview/year.html", context)


def asked_year(text: str) -> int:
    """Return the year an address asks for, or nought where it asks for none.

    Raises:
        Http404: no sane year.
    """
    year = key_in(text)
    if text and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Http404
    return year
