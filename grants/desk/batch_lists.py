"""What the pages of meetings show: all recommendations, one with its lines, and what the protocol says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum

from grants.desk import application_page, batching, gate, recommendation, weighing
from grants.desk.handling import handles
from grants.models import Batch, Scheme
from portal import impartiality
from portal.models import Body, User

if TYPE_CHECKING:
    from portal.models import Authority

PER_PAGE, MOST_CANDIDATES = 30, 200


def listed(authority: Authority, user: User, page: str | None) -> dict[str, Any]:
    """Return the authority's recommendations, the next meeting first; figures only where she may handle all."""
    rows = Batch.objects.filter(authority=authority).select_related("body", "scheme")
    rows = rows.annotate(n=Count("lines"), sum=Sum("lines__application__assessment__amount_nok"))
    shown = Paginator(rows.order_by("-meets_on", "-pk"), PER_PAGE).get_page(page)
    closed: set[int] = set()
    if not user.is_superuser:
        hidden = weighing.lines_she_may_not_handle(user).filter(batch__in=[row.pk for row in shown])
        closed = set(hidden.order_by().values_list("batch", flat=True))
    return {
        "authority": authority, "page": shown, "rows": [{"batch": row, "is_closed": row.pk in closed} for row in shown],
        "may_make": handles(user, authority.pk), "has_funds": Scheme.objects.filter(
            Q(kind="fund") | Q(calls__isnull=False), authority=authority
        ).exists(), "has_bodies": Body.objects.filter(authority=authority).exists(),
    }  # fmt: skip


def page_of(batch: Batch, user: User) -> dict[str, Any]:
    """Return one recommendation: its lines, what can be put in, and what it comes to."""
    lines = recommendation.lines_of(batch)
    facts: dict[str, Any] = {
        "authority": batch.authority, "batch": batch, "lines": [_line(line) for line in lines],
        "sum_nok": recommendation.sum_of(lines), "may_handle": handles(user, batch.authority_id),
        "money": application_page.money_of(lines[0].application.call) if lines else None,
        "asked_nok": sum(line.application.asked_nok or 0 for line in lines),
    }  # fmt: skip
    if batch.state == Batch.State.DRAFT:
        facts |= choices_of(batch, user)
    return facts


def _line(line: Any) -> dict[str, Any]:
    return {
        "row": line, "application": line.application, "points": recommendation.points_of(line.application),
        "assessment": recommendation.assessment_of(line.application), "step": line.step,
    }  # fmt: skip


def choices_of(batch: Batch, user: User) -> dict[str, Any]:
    """Return what can be put in, and how many she may not handle."""
    rows = list(
        batching.candidates(batch).select_related("call", "assessment").prefetch_related(
            "call__criteria", "assessment__scores"
        )[:MOST_CANDIDATES]
    )  # fmt: skip
    if user.is_superuser:
        return {"candidates": [], "left_out": 0}
    stands = impartiality.standings(user, [row.case_id for row in rows])
    open_to_her = [row for row in rows if stands[row.case_id] in gate.MAY]
    out = [row for row in rows if stands[row.case_id] in gate.OUT]
    return {
        "candidates": [{"application": row, "points": recommendation.points_of(row)} for row in open_to_her],
        "left_out": len(rows) - len(open_to_her), "tied": len(out),
        "unanswered": [row.case_id for row in rows if stands[row.case_id] == impartiality.Standing.UNANSWERED],
    }  # fmt: skip
