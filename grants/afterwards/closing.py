"""Final accounts: kept while they are written, sent as a report, and read against the budget: the grant follows them.

A project that did cost less gets less, in proportion; no more public money than the call's highest share; what is not
paid lapses, and what is paid too much is claimed back. Computed in `accounts` and `fund_rules` alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from grants import granting, held, notices, papers, permissions, repaying
from grants.afterwards import accounts
from grants.applying import content as typed
from grants.desk import gate
from grants.models import Condition, FinalAccounts, GrantBalance, GrantReport, Repayment
from grants.refusals import Refused, deed
from portal.calendar import oslo_today
from portal.money import format_nok
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from grants.afterwards.accounts import Line, Settled
    from grants.models import Application, Grant
    from portal.models import User
    from portal.uploads import Checked

PAY_BACK_WITHIN = dt.timedelta(weeks=3)
REPORTED = (Condition.Kind.REPORT, Condition.Kind.HOLDBACK)


@dataclass(frozen=True)
class Given:
    """What a recipient has written in her final accounts."""

    lines: list[Line]
    jobs: Decimal | None = None
    result: str = ""


# ---- which report ----


def final_report(grant: Grant) -> GrantReport | None:
    """Return the report that holds the final accounts: the one that has them, else what money waits for, else the last.

    One query.
    """
    rows = GrantReport.objects.filter(grant=grant).select_related("condition", "accounts")
    rows = [row for row in rows if row.condition is None or row.condition.kind in REPORTED]

    def weight(row: GrantReport) -> tuple[bool, bool, dt.date, int]:
        holds = row.condition is not None and row.condition.kind == Condition.Kind.HOLDBACK
        return accounts_of(row) is not None, holds, row.due_on or dt.date.max, row.pk

    return max(rows, key=weight, default=None)


def accounts_of(report: GrantReport) -> FinalAccounts | None:
    return getattr(report, "accounts", None)


def is_final(report: GrantReport, application: Application | None) -> bool:
    """Say whether a report is the final accounts of what was applied for."""
    if application is None:
        return False
    found = final_report(report.grant)
    return found is not None and found.pk == report.pk


def desk_page(grant: Grant) -> str:
    """Return where the desk reads the final accounts of a grant; nothing where none are written.

    Two queries for what was applied for, none for other grants.
    """
    application, report = held.application_of(grant), None
    if application is not None:
        report = final_report(grant)
    if application is None or report is None or accounts_of(report) is None:
        return ""
    return reverse("read_final_accounts", args=[application.authority.slug, application.pk, report.pk])


@deed
def begin(grant: Grant, *, by: User, now: dt.datetime) -> GrantReport:
    """Return the report the final accounts are written in; made the first time, where no condition asks for one."""
    found = papers.from_recipient(grant.pk, by=by, now=now)
    papers.takes_papers(found)
    if (there := final_report(found)) is not None:
        return there
    with translation.override(found.authority.language_form):
        title = _("Final accounts")
    return GrantReport.objects.create(authority_id=found.authority_id, grant=found, title=title)


# ---- the budget ----


def lines_of(report: GrantReport, application: Application) -> list[Line]:
    """Return the lines as they are kept; before anything is written, the budget as it was last sent."""
    kept = accounts_of(report)
    if kept is not None and kept.lines:
        return accounts.of(kept.lines)
    last = application.versions.order_by("-number").first()
    content = typed.of(last.content if last else application.content)
    reading = typed.read(content, own_work_nok=application.call.own_work_nok)
    return accounts.budget(content, reading, granted_nok=report.grant.amount_nok)


def budget_nok(application: Application, lines: list[Line]) -> int:
    """Return the costs the grant was reckoned of: what the officer found that counts, else the whole budget."""
    found = getattr(application, "assessment", None)
    if found is not None and found.eligible_cost_nok is not None:
        return int(found.eligible_cost_nok)
    return accounts.sums(lines).budget_nok


# ---- the recipient ----


def _own(report: GrantReport, *, by: User, now: dt.datetime, seen: int | None) -> tuple[Grant, GrantReport]:
    """Return the held grant and report of one who may prepare for its recipient, while it is not sent."""
    grant = papers.from_recipient(report.grant_id, by=by, now=now)
    papers.takes_papers(grant)
    row: GrantReport = papers.locked(report, grant, None)
    if row.state not in papers.UNSENT or (seen is not None and seen != version_of(row)):
        raise papers.stale()
    return grant, row


def version_of(report: GrantReport) -> int:
    """Return the version of what is written: it grows whenever the report or its accounts change."""
    kept = FinalAccounts.objects.filter(report=report).values_list("row_version", flat=True).first()
    return report.row_version + (0 if kept is None else kept + 1)


def _keep(row: GrantReport, given: Given) -> FinalAccounts:
    found = accounts.sums(given.lines)
    made, _is_new = FinalAccounts.objects.update_or_create(
        report=row,
        defaults={
            "authority_id": row.authority_id, "lines": accounts.stored(given.lines), "jobs_created": given.jobs,
            "actual_cost_nok": found.actual_nok, "public_nok": found.public_nok, "result": given.result,
            "payable_nok": None,
        },
    )  # fmt: skip
    return made


@deed
def save(report: GrantReport, given: Given, *, by: User, now: dt.datetime, seen: int | None = None) -> FinalAccounts:
    """Keep what is written without sending it; nobody at the desk reads it."""
    _grant, row = _own(report, by=by, now=now, seen=seen)
    return _keep(row, given)


@deed
def send(
    report: GrantReport, given: Given, files: Sequence[Checked] = (), *, by: User, now: dt.datetime,
    seen: int | None = None,
) -> FinalAccounts:  # fmt: skip
    """Send the final accounts: every line of the budget with what it came to, and what came of the project.

    Raises:
        Refused: an amount is missing, nothing is said of the result, or it is sent already.
    """
    _grant, row = _own(report, by=by, now=now, seen=seen)
    found = accounts.sums(given.lines)
    if found.missing:
        raise Refused(_("Enter what every line came to. Write 0 where it came to nothing."), code="missing")
    if not given.result.strip():
        raise Refused(_("Tell what came of the project."), code="result")
    made = _keep(row, given)
    papers.send_report(row, given.result, files, by=by, now=now)
    return made


# ---- the desk ----


def what_it_makes(
    report: GrantReport, application: Application, *, counted_nok: int | None = None
) -> Settled:  # fmt: skip
    """Return what the accounts make of the grant, with fewer costs where the officer counts fewer; two queries."""
    kept = accounts_of(report)
    lines = lines_of(report, application)
    found, grant = accounts.sums(lines), report.grant
    balance = GrantBalance.objects.get(grant=grant)
    claims = Repayment.objects.filter(grant=grant, state=Repayment.State.CLAIMED).values_list("amount_nok", flat=True)
    actual = counted_nok if counted_nok is not None else kept.actual_cost_nok if kept else found.actual_nok
    return accounts.settle(
        granted_nok=grant.amount_nok, budget_nok=budget_nok(application, lines), actual_nok=actual,
        other_public_nok=found.public_nok, share_percent=application.call.share_percent,
        released_nok=balance.released_nok, paid_nok=balance.paid_nok, back_nok=balance.repaid_nok + sum(claims),
    )  # fmt: skip


@deed
def approve(
    report: GrantReport, application: Application, *, counted_nok: int, note: str = "", by: User, now: dt.datetime,
    seen: int | None = None,
) -> Settled:  # fmt: skip
    """Approve final accounts: the grant becomes what they make it, the rest lapses, and too much is claimed back.

    Raises:
        PermissionDenied: no officer there, or something ties her to the case.
        Refused: read already, changed meanwhile, or fewer costs are counted without a word.
        ValidationError: payouts are under way that would be paid too much.
    """
    grant = held.grant(report.grant_id)
    require(permissions.may(by, grant.authority_id, permissions.DECIDES))
    gate.require_impartial(by, application)
    kept = FinalAccounts.objects.select_for_update(no_key=True).filter(report=report).first()
    if kept is None:
        raise Refused(_("There are no accounts to read yet."), code="nothing")
    whole = accounts.sums(accounts.of(kept.lines)).actual_nok
    if not 0 <= counted_nok <= whole:
        raise Refused(_("At most %(most)s can count.") % {"most": format_nok(whole)}, code="most")
    if counted_nok < whole and not note.strip():
        raise Refused(_("Say why fewer costs count."), code="note")
    row = papers.read_report(report, by=by, now=now, ok=True, note=note, seen=seen, has_accounts=True)
    row.grant, row.accounts = grant, kept
    made = what_it_makes(row, application, counted_nok=counted_nok)
    kept.actual_cost_nok, kept.payable_nok = counted_nok, made.payable_nok
    kept.save(update_fields=["actual_cost_nok", "payable_nok"])
    notices.record(
        "final_accounts_approved", row, by=by, case=grant.case, grant=grant.pk, payable_nok=made.payable_nok,
        released_nok=made.release_nok, claimed_nok=made.claim_nok,
    )  # fmt: skip
    _move(row, made, by=by, on=oslo_today(now))
    return made


def _move(row: GrantReport, made: Settled, *, by: User, on: dt.date) -> None:
    """Let what the grant does not come to lapse, and claim back what is paid too much."""
    grant = row.grant
    with translation.override(grant.authority.language_form):
        why = _("Final accounts: the grant comes to %(amount)s.") % {"amount": format_nok(made.payable_nok)}
    if made.release_nok:
        granting.lapse(grant, made.release_nok, why=why, by=by, on=on, once=f"final:{row.pk}", today=on)
    if made.claim_nok:
        repaying.claim(grant, made.claim_nok, reason=why, by=by, on=on, due_on=on + PAY_BACK_WITHIN, today=on)


@deed
def send_back(
    report: GrantReport, application: Application, note: str, *, by: User, now: dt.datetime, seen: int | None = None
) -> GrantReport:
    """Send final accounts back, and say what is missing; what is approved has moved money, and stays."""
    gate.require_impartial(by, application)
    return papers.read_report(report, by=by, now=now, ok=False, note=note, seen=seen)
