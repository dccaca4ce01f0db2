"""Who comes to a plan's reporting, and what every page of it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from portal import permissions
from strategy import rules
from strategy.handling import REPORT
from strategy.models import Plan, ReportingPeriod
from strategy.permissions import may_freeze, reads_reporting

if TYPE_CHECKING:
    import datetime as dt

    from django.core.exceptions import ValidationError


class Visit(NamedTuple):
    """Who came to a plan's reporting, and what she may do there."""

    plan: Plan
    owns: bool
    """Whether she opens and closes the plan's periods."""
    works: bool
    """Whether she does something with the reports of an authority that takes part, and does not only read."""
    today: dt.date

    @property
    def places(self) -> list[str]:
        return [self.plan.authority.slug, self.plan.slug]

    @property
    def facts(self) -> dict[str, Any]:
        """What every page of the plan's reporting shows."""
        return {
            "authority": self.plan.authority, "plan": self.plan, "today": self.today, "owns": self.owns,
            "works": self.works, "plan_url": self.plan.get_absolute_url(),
            "periods_url": reverse("reporting_periods", args=self.places),
        }  # fmt: skip


def visit_of(request: Any, authority: str, plan: str) -> Visit:
    """Return the plan for those who work in an authority that takes part in it.

    Raises:
        Http404: for others it does not exist.
        PermissionDenied: a member of such an authority whose role gives no casework.
    """
    found = get_object_or_404(Plan.objects.select_related("authority"), authority__slug=authority, slug=plan)
    user = request.user
    taking_part = {found.authority_id, *found.participants.values_list("authority_id", flat=True)}
    if not reads_reporting(user, found, taking_part):
        permissions.turn_away(user, *taking_part)
    works = any(permissions.may_write(user, REPORT, each) for each in taking_part)
    return Visit(found, may_freeze(user, found), works, timezone.localdate())


def period_in(visit: Visit, period: int) -> ReportingPeriod:
    rows = visit.plan.periods.select_related("body", "step__body", "step__case")
    found: ReportingPeriod = get_object_or_404(rows, pk=period)
    found.plan = visit.plan
    return found


def say(request: Any, error: ValidationError) -> None:
    for text in error.messages:
        messages.error(request, text)


def period_facts(visit: Visit, period: ReportingPeriod) -> dict[str, Any]:
    """Return what every page of the period shows."""
    state = rules.period_state(period.facts, visit.today)
    return {
        **visit.facts, "period": period, "state": state.value, "page_url": period.get_absolute_url(),
        "takes_reports": rules.takes_reports(period.facts, visit.today) and period.opened_at is not None,
        "is_open": rules.takes_reports(period.facts, visit.today),
    }  # fmt: skip
