"""A case's page: what it is about and its way through the bodies, drawn for anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import case_path, permissions, wiring
from portal.models import Case, CaseRelation, Membership
from portal.models.case import Access

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def case_page(request: HttpRequest, authority: str, case: int) -> HttpResponse:
    """Show one case; of one that is not open only its public title, its numbers and why."""
    found = get_object_or_404(
        Case.objects.select_related("authority"), pk=case, authority__slug=authority, authority__is_listed=True
    )
    is_open = case_path.is_open(found)
    rows = case_path.rows(found, timezone.localdate(), request.user)
    context = {
        "authority": found.authority,
        "case": found,
        "is_open": is_open,
        "rows": rows,
        "state": case_path.state_of(found, rows),
        "invented": found.invented or any(row.invented for row in rows),
        "about": wiring.links_of_case(found, request.user) if is_open else [],
        "related": related_cases(found) if is_open else [],
        "officer_role": officer_role(found),
        "works_on_it": case_path.works_on(found, request.user),
    }
    return render(request, "portal/case_page.html", context)


def related_cases(case: Case) -> list[Case]:
    """Return the open cases this one is tied to, from either side."""
    ties = CaseRelation.objects.filter(Q(case=case) | Q(related=case))
    tied = Q(pk__in=ties.values("case")) | Q(pk__in=ties.values("related"))
    return list(Case.objects.filter(tied, access=Access.OPEN).exclude(pk=case.pk).select_related("authority"))


def officer_role(case: Case) -> str:
    """Return what the officer is in the authority, never who: "leader", "editor"; nothing when nobody is named."""
    if case.officer_id is None:
        return ""
    held = Membership.objects.filter(
        permissions.period_holds(timezone.localdate()), user=case.officer_id, authority=case.authority_id
    )
    found = held.filter(role__in=permissions.CASEWORK).order_by("pk").first()
    return found.get_role_display() if found else ""
