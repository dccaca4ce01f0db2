"""Reports as the tests of pages make them: what one person answered, and what was frozen of a plan."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from strategy import content, status
from strategy.models import PlanReport
from tests import factories as make

if TYPE_CHECKING:
    from strategy.models import MeasureParticipation, Plan, ReportingPeriod, StatusReport

EXPLAINED = {"reason": "Leverandøren gikk konkurs.", "next_step": "Ny kunngjøring.", "new_due_on": dt.date(2027, 3, 1)}


def report(period: ReportingPeriod, part: MeasureParticipation, on: dt.date, **facts: Any) -> StatusReport:
    """Make an answer that came on a day."""
    return make.a_status_report(
        period, part, reported_at=dt.datetime(on.year, on.month, on.day, 10, tzinfo=dt.UTC), **facts
    )


def freeze(plan: Plan, on: dt.date, *, html: str = "") -> PlanReport:
    """Make a report of the plan as it stands, with its head; with html it is released."""
    number = plan.reports.count() + 1
    kept = status.read(plan, today=on, participants=[])
    kept.report = content.ReportHead(number, 1, on)
    text, sha256 = content.encode(kept)
    by = make.a_user("leader", plan.authority)
    released = {"released_at": timezone.now(), "released_by": by, "html": html} if html else {}
    return PlanReport.objects.create(
        plan=plan, authority=plan.authority, content=text, sha256=sha256, frozen_by=by, number=number, frozen_on=on,
        **released,
    )  # fmt: skip
