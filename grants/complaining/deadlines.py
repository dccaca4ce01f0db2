"""The due dates of complaints at the desk: looked at again in good time, and won ones answered by a new decision.

The law says without undue delay (forvaltningsloven §§ 11 a and 33, checked 2026-11-22); the days are ours.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import DateField, DurationField, F, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from grants.complaining.rules_words import CHANGING
from grants.deadlines import to_desk
from grants.models import Complaint
from portal.deadlines import DAY
from portal.due import path_to, words
from portal.kinds import STEADY, Kind, Source

Rows = QuerySet[Any, Any]
TO_RECONSIDER, TO_DECIDE = dt.timedelta(weeks=4), dt.timedelta(weeks=2)
State = Complaint.State


def _shape(rows: Rows, kind: str, since: Any, within: dt.timedelta) -> Rows:
    day = CombinedExpression(since, "+", Value(within, DurationField()), output_field=DateField())
    of = "decision__application__"
    return to_desk(rows, "case__").annotate(
        what=words(kind), about=words("grants.complaint"), about_id=F("pk"), day=Cast(day, DateField()), stated=DAY,
        tenant=F("authority_id"), headline=F(f"{of}call__title"), part_of=F(f"{of}reference"),
        path=path_to("complaint_desk", authority="authority__slug", complaint="pk"),
    )  # fmt: skip


def received(today: dt.date) -> Rows:
    """Return the complaints that wait to be reconsidered."""
    rows = Complaint.objects.filter(state=State.RECEIVED)
    return _shape(rows, "complaint_due", F("received_on"), TO_RECONSIDER)


def won(today: dt.date) -> Rows:
    """Return the complaints that are won and have no new decision."""
    rows = Complaint.objects.filter(Q(state=State.UPHELD) | Q(outcome__in=CHANGING), new_decision=None)
    return _shape(rows, "complaint_decide", Coalesce("decided_on", "reconsidered_on"), TO_DECIDE)


SOURCES: list[Source] = [
    Source(Kind("complaint_due", _("A complaint is to be answered"), **STEADY), received),
    Source(Kind("complaint_decide", _("A complaint is won, and a new decision waits"), **STEADY), won),
]
