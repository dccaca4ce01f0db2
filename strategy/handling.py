"""What is done with one report or a few: sent back with a question, given to another, its new date approved.

Rows are locked in one order, participations, reports, milestones, and all of them before the first write. `seen` is
the version a page showed: a report that has changed since is left alone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import outbox, permissions
from portal.calendar import Precision, last_day, oslo_today
from portal.models import Event
from strategy import asking, reporting, rules
from strategy.models import MeasureParticipation, Milestone, StatusReport
from strategy.permissions import may_freeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.models import User
    from strategy.models import ReportingPeriod

PERIOD, REPORT = "strategy.reportingperiod", "strategy.statusreport"


def may_act_on(user: Any, report: StatusReport) -> bool:
    """Say whether the user decides over the report: she writes for the authority whose measure it is."""
    return permissions.may_write(user, REPORT, report.authority_id)


def may_ask_about(user: Any, report: StatusReport) -> bool:
    """Say whether the user may remind of the report and send it back: it is hers, or made to her plan."""
    return may_act_on(user, report) or may_freeze(user, report.plan)


def may_delegate(user: Any, report: StatusReport) -> bool:
    """Say whether the user may give the report to another: who decides over it, and who may answer it."""
    return may_act_on(user, report) or reporting.may_answer(user, report)


def record(row: ReportingPeriod | StatusReport, kind: str, by: User | None, **facts: Any) -> None:
    Event.objects.create(
        authority_id=row.authority_id, kind=kind, subject_type=row._meta.label_lower, subject_id=row.pk,
        actor_id=by.pk if by else None, facts=facts,
    )  # fmt: skip


def refuse_unless_taking(period: ReportingPeriod, on: dt.date) -> None:
    """Refuse to ask for what could not be answered.

    Raises:
        ValidationError: the period is not opened, or closed.
    """
    if not rules.takes_reports(period.facts, on):
        raise ValidationError(_("The period takes no reports. Open it before you ask anyone."))


def lock_reports(pks: Iterable[int]) -> list[StatusReport]:
    """Return the reports as they stand now, locked until the transaction ends, in one order."""
    rows = asking.with_people(StatusReport.objects.filter(pk__in=list(pks)))
    rows = rows.select_related("period__plan__authority", "plan").select_for_update(of=("self",))
    return list(rows.order_by("pk"))


def lock_one(report: StatusReport, seen: int | None) -> StatusReport:
    """Return one report, locked.

    Raises:
        ValidationError: it is no longer there, or has changed since the page was made.
    """
    found = next(iter(lock_reports([report.pk])), None)
    if found is None:
        raise ValidationError(_("The report is no longer there."))
    if seen is not None and found.row_version != seen:
        raise ValidationError(_("The report has changed since you opened the page. Read it again first."))
    return found


# ---- back with a question ----


@transaction.atomic
def send_back(
    report: StatusReport, question: str, *, by: User, at: dt.datetime, seen: int | None = None
) -> StatusReport:
    """Send the report back with a question; who reported, and who is responsible, are told.

    The measure's own state stays, and the report counts as reported: the question stands beside it until the answer
    comes.

    Raises:
        PermissionDenied: it is neither the user's own nor made to her plan.
        ValidationError: no question, nothing is reported, the period is closed, or the report has changed.
    """
    found = lock_one(report, seen)
    permissions.require(may_ask_about(by, found))
    refuse_unless_taking(found.period, oslo_today(at))
    question = question.strip()
    if not question:
        raise ValidationError({"question": _("Write what you ask about.")})
    if found.reported_at is None:
        raise ValidationError(_("Nothing is reported yet, so there is nothing to send back."))
    if asking.is_sent_back(found) and found.question == question:
        return found
    found.question, found.returned_at = question, at
    found.save(update_fields=["question", "returned_at"])
    record(found, "report_returned", by)
    reporter = found.reported_by if found.reported_by and found.reported_by.is_active else None
    asking.tell(
        found, [asking.Answerer(user=reporter) if reporter else None, asking.who_answers(found)], but=by,
        kind="report_returned", template="report_returned", occasion=f"returned-{found.row_version}", at=at,
        title=lambda: _("A question about your report: %(measure)s") % {"measure": asking.measure_title(found)},
    )  # fmt: skip
    return found


# ---- to another ----


@transaction.atomic
def delegate(report: StatusReport, to: User | None, *, by: User, at: dt.datetime, seen: int | None = None) -> bool:
    """Give one report to a colleague, or back to who is responsible (nobody given); say whether it went.

    Both are told. See `delegate_many`.
    """
    return delegate_many({report.pk: seen}, to, by=by, at=at)[0] == 1


@transaction.atomic
def delegate_many(chosen: Mapping[int, int | None], to: User | None, *, by: User, at: dt.datetime) -> tuple[int, int]:
    """Give reports to one colleague, or each back to who is responsible; return how many went, how many were left.

    Left alone is what has changed since the user saw it, and what is answered. Who gets them and who had them are
    told, each in one mail; not the user herself.

    Raises:
        PermissionDenied: the user may not give one of them away; then none goes.
        ValidationError: the colleague does not work in the authority whose report it is.
    """
    rows = lock_reports(chosen)
    permissions.require(all(may_delegate(by, row) for row in rows))
    today = oslo_today(at)
    for owner in {row.authority_id for row in rows} if to is not None else ():
        if not asking.colleagues(owner, today).filter(pk=to.pk).exists():
            raise ValidationError({"to": _("Choose someone who works in the same authority.")})
    moved: dict[tuple[int, asking.Answerer | None], list[StatusReport]] = defaultdict(list)
    went = []
    for row in rows:
        is_answered = row.reported_at is not None and not asking.is_sent_back(row)
        is_as_seen = chosen[row.pk] in (None, row.row_version)
        if is_answered or not is_as_seen or not rules.takes_reports(row.period.facts, today):
            continue
        before = asking.who_answers(row)
        row.person, row.address = to, ""
        if to is None and row.participation.person_id is None:
            row.address = row.participation.partner_address
        went.append(row)
        if asking.who_answers(row) != before:
            moved[row.period_id, before].append(row)
    asking.withdraw_links([row for row in went if row.person_id], at=at)
    for row in went:
        row.save(update_fields=["person", "address"])
        record(row, "report_delegated", by)
    for (_period, before), reports in moved.items():
        _tell_former(before, reports, by=by, at=at)
    _tell_new([row for rows in moved.values() for row in rows], by=by, at=at)
    return len(went), len(rows) - len(went)


def _tell_new(reports: list[StatusReport], *, by: User, at: dt.datetime) -> None:
    for (_authority, answerer), asked in asking.groups(reports).items():
        if answerer.user != by:
            first = asked[0]
            occasion = f"delegated-{first.pk}-{first.row_version}"
            asking.ask(first.period, answerer, asked, at=at, occasion=occasion, is_handed=True)


def _tell_former(former: asking.Answerer | None, reports: list[StatusReport], *, by: User, at: dt.datetime) -> None:
    """Tell who had the reports that another answers them now."""
    if former is None or former.user == by:
        return
    first, count = reports[0], len(reports)
    outbox.notify(
        **former.reader, kind="report_asked" if former.user else "partner_asked", subject=first.period, link="",
        link_text="", template="report_delegated", authority=first.authority, on_date=oslo_today(at),
        occasion=f"handed-{first.pk}-{first.row_version}", thread=outbox.thread_of(first.period),
        title=lambda: ngettext("No need to report on %d measure", "No need to report on %d measures", count) % count,
        context=str(first.period.plan), period=first.period, plan=first.period.plan,
        titles=[asking.measure_title(report) for report in reports],
    )  # fmt: skip


@transaction.atomic
def send_link(report: StatusReport, *, by: User, at: dt.datetime, seen: int | None = None) -> bool:
    """Mail the partner a new link to the measure's address of today; the old one stops working. Say whether it went.

    Raises:
        PermissionDenied: it is neither the user's own nor made to her plan.
        ValidationError: no partner answers it, it is answered, or it has changed since the page was made.
    """
    found = lock_one(report, seen)
    permissions.require(may_ask_about(by, found))
    refuse_unless_taking(found.period, oslo_today(at))
    part = found.participation
    if found.person_id is None and part.person_id is None:
        found.address = part.partner_address
    answerer = asking.who_answers(found)
    if answerer is None or not answerer.address:
        raise ValidationError(_("No partner’s address stands on the measure. Add it there first."))
    if found.reported_at is not None and not asking.is_sent_back(found):
        raise ValidationError(_("The partner has answered."))
    asking.withdraw_links([found], at=at)
    occasion = f"again-{found.pk}-{found.row_version}"
    found.reminded_at = at
    found.save(update_fields=["address", "reminded_at"])
    record(found, "partner_link_sent", by)
    return asking.ask(found.period, answerer, [found], at=at, occasion=occasion, is_reminder=True) is not None


# ---- a new date ----


def what_moves(report: StatusReport, on: dt.date) -> list[MeasureParticipation | Milestone]:
    """Return whose date the proposed one replaces: what has passed; where nothing was late, the measure's due date.

    What was late when it was reported, and has been moved since, gives nothing.
    """
    part = report.participation
    passed: list[MeasureParticipation | Milestone] = []
    if part.due_on and last_day(part.due_on, Precision(part.due_precision)) < on:
        passed.append(part)
    passed += [
        each for each in part.milestones.all()
        if each.reached_on is None and last_day(each.due_on, Precision(each.due_precision)) < on
    ]  # fmt: skip
    return passed or ([part] if report.late_since is None else [])


def obstacle_to_approving(report: StatusReport, on: dt.date) -> str:
    """Return why the report's new date cannot be approved now; empty when it can."""
    if report.date_approved_on is not None:
        return _("The new date is approved already.")
    if report.reported_at is None or report.new_due_on is None:
        return _("No new date is proposed.")
    if report.participation.state in (rules.State.DONE, rules.State.CANCELLED):
        return _("The measure is over, so its date stands.")
    if last_day(report.new_due_on, Precision(report.new_due_precision)) < on:
        return _("The proposed date has passed. Send the report back and ask for a new one.")
    if not what_moves(report, on):
        return _("The date has been moved since this was reported.")
    return ""


@transaction.atomic
def approve_date(report: StatusReport, *, by: User, on: dt.date, seen: int | None = None) -> StatusReport:
    """Let the proposed date, as precise as it was stated, replace what has passed; the responsible is told.

    Raises:
        PermissionDenied: the user does not write for the authority whose measure it is.
        ValidationError: nothing is proposed, it is approved already, or it has changed since the page was made.
    """
    _lock_measures([report.pk])
    found = lock_one(report, seen)
    permissions.require(may_act_on(by, found))
    if obstacle := obstacle_to_approving(found, on):
        raise ValidationError(obstacle)
    _approve(found, by=by, on=on)
    return found


@transaction.atomic
def approve_dates(chosen: Mapping[int, int | None], *, by: User, on: dt.date) -> tuple[int, int]:
    """Approve the proposed dates of several reports; return how many were, and how many were left alone.

    Raises:
        PermissionDenied: one of them is another authority's; then none is approved.
    """
    _lock_measures(chosen)
    rows = lock_reports(chosen)
    permissions.require(all(may_act_on(by, row) for row in rows))
    ready = [
        row for row in rows
        if chosen[row.pk] in (None, row.row_version) and not obstacle_to_approving(row, on)
    ]  # fmt: skip
    for row in ready:
        _approve(row, by=by, on=on)
    return len(ready), len(rows) - len(ready)


def _lock_measures(reports: Iterable[int]) -> None:
    """Lock the measures of these reports, before the reports themselves."""
    ids = StatusReport.objects.filter(pk__in=list(reports)).values("participation_id")
    list(MeasureParticipation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values("pk"))


def _approve(report: StatusReport, *, by: User, on: dt.date) -> None:
    """Move the dates, note it on the report, and tell who is responsible."""
    moved = what_moves(report, on)
    for row in moved:
        row.due_on, row.due_precision = report.new_due_on, report.new_due_precision
        row.save(update_fields=["due_on", "due_precision"])
    report.date_approved_on = on
    report.save(update_fields=["date_approved_on"])
    milestones = sum(isinstance(row, Milestone) for row in moved)
    record(report, "new_date_approved", by, to=str(report.new_due_on), precision=report.new_due_precision,
           milestones=milestones)  # fmt: skip
    part = report.participation
    readers = [asking.who_answers(report), asking.Answerer(user=part.person) if part.person else None]
    title = asking.measure_title(report)
    at = dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC)
    asking.tell(
        report, readers, but=by, kind="new_date_approved", template="new_date_approved", at=at, opens=False,
        occasion=f"approved-{report.row_version}",
        title=lambda: _("New date approved: %(measure)s") % {"measure": title},
        due_on=report.new_due_on, precision=report.new_due_precision,
    )  # fmt: skip
