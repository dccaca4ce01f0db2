"""A partner’s own way in: one link for one measure in one period, mailed to one address. It acts on POST only.

The link holds while the report is the partner’s to give. A new one is made when an officer asks again, and the old one
then stops; handed to a colleague, or closed, the report has none.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from portal import keys
from portal.calendar import oslo_today
from portal.models import LinkKey
from strategy.models import StatusReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Notice

REPORT = "strategy.statusreport"
HOLDS_AFTER_DUE = dt.timedelta(days=30)
"""Reports still come in after the due date, until the period is closed."""


def into_partner_report(report: StatusReport, now: dt.datetime) -> tuple[str, LinkKey]:
    """Return the address where the partner reports, and the key that opens it, unsaved."""
    left = max(report.period.due_on - oslo_today(now), dt.timedelta())
    raw, key = keys.new(
        LinkKey.Purpose.PARTNER_REPORT, now=now, address=report.address, subject_id=report.pk,
        lifetime=left + HOLDS_AFTER_DUE,
    )  # fmt: skip
    return settings.BASE_URL + reverse("partner_report", args=[raw]), key


def partners_report(raw: str, now: dt.datetime) -> StatusReport | None:
    """Return the report a link opens, while it is asked of the address that the link was sent to."""
    key = keys.find(LinkKey.Purpose.PARTNER_REPORT, raw, now=now)
    if key is None or not key.address:
        return None
    rows = StatusReport.objects.select_related(
        "period__body", "plan__authority", "authority", "participation__measure__current_entry__strategy"
    )
    return rows.filter(pk=key.subject_id, address__iexact=key.address).first()


def mark_used(raw: str, now: dt.datetime) -> None:
    """Note when the key was last used to do something."""
    LinkKey.objects.filter(purpose=LinkKey.Purpose.PARTNER_REPORT, key_hash=keys.hashed(raw)).update(used_at=now)


def in_daily_mail(notices: Iterable[Notice], now: dt.datetime) -> dict[int, tuple[str, LinkKey]]:
    """Return, for notices about a partner's report, the link that goes in their place, and its unsaved key."""
    about = {notice.pk: notice for notice in notices if notice.subject_type == REPORT and notice.address}
    reports = StatusReport.objects.select_related("period").in_bulk({notice.subject_id for notice in about.values()})
    return {
        pk: into_partner_report(reports[notice.subject_id], now)
        for pk, notice in about.items()
        if notice.subject_id in reports and reports[notice.subject_id].address.lower() == notice.address.lower()
    }


def wording(report: StatusReport) -> str:
    """Return the measure's title as the plan says it now."""
    entry = report.participation.measure.current_entry
    return entry.title if entry else str(report.participation.measure)
