"""Complaints in lists: who complains, on what, and how it stands; nothing of what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from grants.complaining import rules_words as rules
from grants.models import Complaint
from portal.models import Document

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from portal.models import Authority

State = Complaint.State
ROWS = Complaint.objects.select_related(
    "decision__application__call", "decision__application__organisation", "case__officer"
)
WON = Q(state=State.UPHELD) | Q(outcome__in=rules.CHANGING)
OPEN = Q(state__in=rules.UNDER_WAY) | (WON & Q(new_decision=None))


@dataclass(frozen=True)
class Line:
    """One complaint as a list shows it."""

    row: Complaint
    shown: rules.Shown
    is_late: bool
    is_mine: bool


def lines(rows: list[Complaint], user_id: int) -> list[Line]:
    return [
        Line(row, rules.to_desk(row), rules.is_late(row), user_id in (row.case.officer_id, row.handled_by_id))
        for row in rows
    ]


def to_do(authority: Authority, user_id: int) -> list[Line]:
    """Return what the desk is to do something with: the reader's own first, then the oldest; one query."""
    rows = list(ROWS.filter(OPEN, authority=authority).order_by("received_on", "pk"))
    found = lines(rows, user_id)
    return sorted(found, key=lambda line: (line.row.state == State.FORWARDED, not line.is_mine))


def settled(authority: Authority) -> QuerySet[Complaint]:
    """Return the complaints that are over, the latest first."""
    return ROWS.filter(authority=authority).exclude(OPEN).order_by("-received_on", "-pk")


def papers_of(complaint: Complaint) -> list[Document]:
    """Return the papers of a complaint, the newest first; one query."""
    return list(Document.objects.filter(case=complaint.case_id).order_by("-dated_on", "-pk"))


def own_papers(complaint: Complaint) -> list[Document]:
    """Return what who complained has sent and been sent; what is internal stays at the desk."""
    return [row for row in papers_of(complaint) if row.direction != Document.Direction.INTERNAL]


def happened(complaint: Complaint) -> list[tuple[dt.date, str]]:
    """Return a complaint's days in order, from the day it came."""
    from django.utils.translation import gettext as _

    found = [(complaint.received_on, _("The complaint came"))]
    if complaint.reconsidered_on is not None:
        found.append((complaint.reconsidered_on, _("The decision was looked at again")))
    if complaint.decided_on is not None:
        found.append((complaint.decided_on, _("The complaint body decided")))
    if complaint.state == State.WITHDRAWN and complaint.case.closed_on is not None:
        found.append((complaint.case.closed_on, _("The complaint was withdrawn")))
    return found
