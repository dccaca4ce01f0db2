"""Reporting periods: planned, opened, topped up, reminded of, closed; each deed atomic, locked, checked, recorded.

Who owns the plan opens and closes, reads, reminds and asks back. Whose measure it is decides over it: only that
authority gives a report to another person and approves a new date. Both are in `strategy.handling`.

The period is locked first, reports after it and in one order; all before the first write, since each write queues
behind others of the same plan.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import outbox, permissions
from portal.calendar import OSLO, oslo_today
from portal.models import Membership, User
from strategy import asking, rules
from strategy.deadlines import LIVING_PLANS, in_force
from strategy.handling import (
    REPORT,
    approve_date,
    approve_dates,
    delegate,
    delegate_many,
    may_act_on,
    record,
    refuse_unless_taking,
    send_back,
    send_link,
)
from strategy.models import MeasureParticipation, Plan, ReportingPeriod, StatusReport
from strategy.permissions import may_freeze

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "add_period", "approve_date", "approve_dates", "close_period", "delegate", "delegate_many", "delete_period",
    "open_due", "open_period", "remind", "reopen_period", "send_back", "send_link", "top_up",
]  # fmt: skip
State = rules.State
log = structlog.get_logger("strategy.periods")


def lock(period: ReportingPeriod) -> ReportingPeriod:
    """Return the period as it stands now, locked until the transaction ends.

    Raises:
        ValidationError: it is no longer there.
    """
    rows = ReportingPeriod.objects.select_for_update(of=("self",)).select_related("plan__authority")
    found = rows.filter(pk=period.pk).first()
    if found is None:
        raise ValidationError(_("A colleague has deleted the period meanwhile."))
    return found


# ---- planning ----


@transaction.atomic
def add_period(period: ReportingPeriod, *, by: User) -> ReportingPeriod:
    """Store a period nobody is asked about yet; pressed twice, it gives the one the first press made.

    Raises:
        ValidationError: beside the end: another period of the plan ends then.
    """
    permissions.require(may_freeze(by, period.plan))
    Plan.objects.select_for_update().get(pk=period.plan_id)
    before = ReportingPeriod.objects.filter(plan_id=period.plan_id, ends_on=period.ends_on).first()
    if before is None:
        period.authority_id = period.plan.authority_id
        period.save(force_insert=True)
        record(period, "period_planned", by)
        return period
    if (before.name, before.starts_on, before.opens_on, before.due_on) != (
        period.name, period.starts_on, period.opens_on, period.due_on,
    ):  # fmt: skip
        raise ValidationError({"ends_on": _("The plan has a period with this end already.")})
    return before


@transaction.atomic
def delete_period(period: ReportingPeriod, *, by: User) -> None:
    """Delete a period while nobody is asked.

    Raises:
        ValidationError: someone is asked, or a report is frozen for it.
    """
    permissions.require(may_freeze(by, period.plan))
    found = lock(period)
    if found.opened_at or found.reports.exists() or found.plan_reports.exists():
        raise ValidationError(_("The period has been opened, and stays. Close it instead."))
    record(found, "period_deleted", by)
    found.delete()


# ---- opening ----


def to_ask(period: ReportingPeriod) -> QuerySet[MeasureParticipation]:
    """Return who is asked: each part of a measure in force that was not over when the period started."""
    start = dt.datetime.combine(period.starts_on, dt.time(), tzinfo=OSLO)
    history = MeasureParticipation.events.rel.related_model.objects.filter(pgh_obj=OuterRef("pk"))  # type: ignore[attr-defined]
    open_since = history.filter(pgh_created_at__gte=start).exclude(state=State.CANCELLED)
    at_start = history.filter(pgh_created_at__lt=start).order_by("-pgh_created_at", "-pgh_id").values("state")[:1]
    rows = MeasureParticipation.objects.filter(in_force("measure__"), plan_id=period.plan_id)
    rows = rows.alias(at_start=Subquery(at_start))
    was_open = Q(Exists(open_since)) | (Q(at_start__isnull=False) & ~Q(at_start=State.CANCELLED))
    cancelled_before = Q(state=State.CANCELLED) & ~was_open
    return rows.exclude(state=State.DONE, done_on__lt=period.starts_on).exclude(cancelled_before)


def _add_missing(period: ReportingPeriod) -> list[StatusReport]:
    """Make the reports that are not there yet and return them with what decides who answers."""
    new = to_ask(period).exclude(pk__in=period.reports.values("participation_id")).order_by("pk")
    made = StatusReport.objects.bulk_create(
        StatusReport(
            plan_id=period.plan_id, period=period, participation=part, authority_id=part.authority_id,
            address="" if part.person_id else part.partner_address, invented=period.invented,
        )
        for part in new
    )  # fmt: skip
    return list(asking.with_people(StatusReport.objects.filter(pk__in=[row.pk for row in made])).order_by("pk"))


@transaction.atomic
def open_period(period: ReportingPeriod, *, at: dt.datetime, by: User | None = None) -> list[StatusReport]:
    """Ask everyone responsible, once; return what was asked for now, nothing when the period was opened before.

    Opened by hand before its day, it opens today. Those nobody can be asked about are `asking.nobody_to_ask`.

    Raises:
        ValidationError: the plan is not in force, or the period is closed.
    """
    permissions.require(by is None or may_freeze(by, period.plan))
    found = lock(period)
    if found.opened_at is not None:
        return []
    if found.plan.status not in LIVING_PLANS:
        raise ValidationError(_("The plan is not in force, so nobody can be asked to report on it."))
    if found.closed_on is not None:
        raise ValidationError(_("The period is closed. Open it again first."))
    found.opened_at, found.opens_on = at, min(found.opens_on, oslo_today(at))
    found.save(update_fields=["opened_at", "opens_on"])
    made = _add_missing(found)
    asking.ask_all(found, made, at=at)
    record(found, "period_opened", by, asked=len(made))
    if by is None:
        _tell_officers(found, made, at=at)
    return made


@transaction.atomic
def top_up(period: ReportingPeriod, *, at: dt.datetime, by: User | None = None) -> list[StatusReport]:
    """Ask about measures that came after the period opened, and let questions follow who does the measure now.

    A measure that the plan has dropped is no longer asked about. Returns what was asked for now.
    """
    permissions.require(by is None or may_freeze(by, period.plan))
    found = lock(period)
    if found.opened_at is None or not rules.takes_reports(found.facts, oslo_today(at)):
        return []
    stays = MeasureParticipation.objects.filter(in_force("measure__"), plan_id=found.plan_id).values("pk")
    gone = found.reports.select_for_update().filter(reported_at__isnull=True).exclude(participation_id__in=stays)
    found.reports.filter(pk__in=[report.pk for report in gone.order_by("pk")]).delete()
    asked = [*_add_missing(found), *_readdressed(found, at)]
    asking.ask_all(found, asked, at=at)
    return asked


def _readdressed(period: ReportingPeriod, at: dt.datetime) -> list[StatusReport]:
    """Give unanswered reports the address their measure has now, and return those that wait for another than before."""
    rows = period.reports.select_for_update(of=("self",)).filter(reported_at__isnull=True, person__isnull=True)
    moved = []
    for report in asking.with_people(rows).order_by("pk"):
        part = report.participation
        address = "" if part.person_id else part.partner_address
        if report.address != address:
            report.address = address
            moved.append(report)
    asking.withdraw_links(moved, at=at)
    for report in moved:
        report.save(update_fields=["address"])
    return moved


def _tell_officers(period: ReportingPeriod, made: list[StatusReport], *, at: dt.datetime) -> None:
    """Tell those who open the plan's periods that one has opened by itself, and for how many there is nobody to ask."""
    roles = Membership.objects.filter(
        permissions.period_holds(oslo_today(at)), authority_id=period.authority_id,
        role__in=[permissions.OFFICER, permissions.SECRETARY],
    )  # fmt: skip
    for officer in User.objects.filter(pk__in=roles.values("user_id"), is_active=True).order_by("pk"):
        outbox.notify(
            officer, kind="period_opened", subject=period, occasion="opened", link=period.get_absolute_url(),
            title=lambda: _("%(plan)s: %(period)s is open") % {"plan": period.plan.title, "period": period.name},
            link_text=_("Follow the reporting"), template="period_opened", authority=period.plan.authority,
            on_date=oslo_today(at), context=period.plan.title, unsubscribe=True, period=period, asked=len(made),
            nobody=len(asking.nobody_to_ask(made)),
        )  # fmt: skip


def open_due(now: dt.datetime) -> dict[str, int]:
    """Open the periods whose day has come and top up the open ones; return how many were opened and asked about.

    Each is a transaction of its own: one that fails does not hold the others back, and comes again next time.
    """
    counts = {"opened": 0, "asked": 0, "failed": 0}
    ready = ReportingPeriod.objects.filter(
        closed_on__isnull=True, opens_on__lte=oslo_today(now), plan__status__in=LIVING_PLANS
    )
    for period in ready.select_related("plan__authority").order_by("pk"):
        try:
            is_new = period.opened_at is None
            asked = open_period(period, at=now) if is_new else top_up(period, at=now)
        except Exception:
            log.exception("a period was not opened", period=period.pk)
            counts["failed"] += 1
            continue
        counts["asked"] += len(asked)
        counts["opened"] += is_new
    return counts


@transaction.atomic
def close_period(period: ReportingPeriod, *, by: User, on: dt.date) -> bool:
    """Take no more reports from this day; say whether the period took them until now.

    Raises:
        ValidationError: it is not opened, so there is nothing to close.
    """
    permissions.require(may_freeze(by, period.plan))
    found = lock(period)
    if found.closed_on is not None:
        return False
    if not rules.takes_reports(found.facts, on):
        raise ValidationError(_("The period is not opened, so there is nothing to close."))
    found.closed_on = on
    found.save(update_fields=["closed_on"])
    record(found, "period_closed", by, missing=found.reports.filter(reported_at__isnull=True).count())
    return True


@transaction.atomic
def reopen_period(period: ReportingPeriod, *, by: User) -> bool:
    """Take reports again; say whether the period was closed.

    Raises:
        ValidationError: a report for it is released: what was said to the body then stands.
    """
    permissions.require(may_freeze(by, period.plan))
    found = lock(period)
    if found.closed_on is None:
        return False
    if found.plan_reports.filter(released_at__isnull=False).exists():
        raise ValidationError(
            _("A report for this period is released. Correct that report, or make a new period, instead.")
        )
    found.closed_on = None
    found.save(update_fields=["closed_on"])
    record(found, "period_reopened", by)
    return True


# ---- reminding ----


@transaction.atomic
def remind(period: ReportingPeriod, *, by: User, at: dt.datetime, only: Collection[int] | None = None) -> int:
    """Remind those who have not answered, at most once a day each; return how many are told.

    Who is reminded of one report is told of all she has left in the period, in one mail. `only` holds report ids.

    Raises:
        PermissionDenied: one of the chosen is neither the user's own nor made to her plan.
        ValidationError: the period takes no reports.
    """
    found, today = lock(period), oslo_today(at)
    owns = may_freeze(by, found.plan)
    taking_part = found.plan.participants.values_list("authority_id", flat=True)
    permissions.require(owns or any(permissions.may_write(by, REPORT, each) for each in taking_part))
    refuse_unless_taking(found, today)
    rows = asking.with_people(found.reports.filter(asking.unanswered())).select_related("period__plan__authority")
    waiting = list(rows.select_for_update(of=("self",)).order_by("pk"))
    mine = [report for report in waiting if owns or may_act_on(by, report)]
    permissions.require(only is None or {report.pk for report in waiting if report.pk in only} <= {r.pk for r in mine})
    told = 0
    for (authority_id, answerer), reports in asking.groups(mine).items():
        is_chosen = only is None or any(report.pk in only for report in reports)
        if not is_chosen or any(was_reminded(report, today) for report in reports):
            continue
        occasion = f"reminded-{authority_id}"
        told += asking.ask(found, answerer, reports, at=at, occasion=occasion, is_reminder=True) is not None
        StatusReport.objects.filter(pk__in=[report.pk for report in reports]).update(reminded_at=at)
    if told:
        record(found, "reports_reminded", by, told=told)
    return told


def was_reminded(report: StatusReport, on: dt.date) -> bool:
    return report.reminded_at is not None and timezone.localdate(report.reminded_at) == on
