"""The days the national aid register is to be told something by, as the desk is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from grants.deadlines import said, to_desk
from grants.minimis_aid.reports import State
from grants.models import AidReport
from portal.deadlines import DAY
from portal.due import path_to, words
from portal.kinds import Kind, Source

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


def to_report(today: dt.date) -> QuerySet[Any, Any]:
    """Return what waits to be reported; the case's officer is told, or all at the desk where there is none."""
    return to_desk(AidReport.objects.filter(state=State.WAITING), "grant__case__").annotate(
        what=words("aid_report_due"), about=words("grants.aidreport"), about_id=F("pk"), day=F("due_on"), stated=DAY,
        tenant=F("authority_id"), headline=said("grant__", "grant__title"), part_of=F("grant__scheme__name"),
        path=path_to("aid_reports", authority="authority__slug"),
    )  # fmt: skip


SOURCES: list[Source] = [
    Source(
        Kind(
            "aid_report_due", _("A report to the aid register is due"), may_stop=False, days_before=(7, 1, 0),
            late_every=7, escalate_after=7,
        ),
        to_report,
    )
]  # fmt: skip
