"""What the national aid register is to be told: queued in the deed that causes it, marked when it is told.

Law: forordning (EU) 2023/2831 art. 6: within 20 working days of the award (checked 2026-11-22). What lapses, is paid
back or annulled is told as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import fund_rules, held, notices, permissions
from grants.models import AidAssessment, AidReport, Grant, LedgerEntry
from grants.refusals import deed
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import User

Basis, Kind, State = AidAssessment.Basis, AidReport.Kind, AidReport.State
REPORTABLE = frozenset({Basis.DE_MINIMIS, Basis.SGEI, Basis.BLOCK_EXEMPTION})
"""Bases the register is told of."""
MARKS = frozenset([*permissions.SETS_UP])
"""Marks what is reported; the operator does not."""


def is_reportable(grant: Grant) -> bool:
    """Say whether the register is told of a grant: by how it is assessed; one query."""
    return AidAssessment.objects.filter(grant=grant.pk, basis__in=REPORTABLE).exists()


def queue(
    grant: Grant, kind: str, amount_nok: int, on: dt.date, entry: LedgerEntry | None = None, note: str = ""
) -> AidReport | None:
    """Put in the queue what the register is to be told of a grant; nothing of a grant that is no such aid."""
    return _add(grant, kind, amount_nok, on, entry, note) if is_reportable(grant) else None


def _add(
    grant: Grant, kind: str, amount_nok: int, on: dt.date, entry: LedgerEntry | None = None, note: str = ""
) -> AidReport:
    return AidReport.objects.create(
        authority_id=grant.authority_id, grant=grant, kind=kind, amount_nok=amount_nok, occurred_on=on,
        due_on=fund_rules.report_by(on), entry=entry, note=note,
    )  # fmt: skip


def take_back(grant: Grant, on: dt.date) -> None:
    """Let the register know that a grant does not stand; where it was told nothing yet, nothing is told."""
    waiting = list(AidReport.objects.filter(grant=grant, state=State.WAITING).select_for_update(no_key=True))
    for row in waiting:
        row.state, row.note = State.NOT_NEEDED, _("Annulled before it was reported.")
        row.save(update_fields=["state", "note"])
    if AidReport.objects.filter(grant=grant, kind=Kind.AWARD, state=State.REPORTED).exists():
        _add(grant, Kind.ANNULLED, grant.amount_nok, on)


def unreceived(grant: Grant, entry: LedgerEntry, on: dt.date) -> None:
    """Take back the report of a repayment whose receipt is undone; where the register was told, tell it that too."""
    row = AidReport.objects.select_for_update(no_key=True).filter(entry=entry).first()
    if row is None:
        return
    note = _("The receipt of the repayment was undone.")
    if row.state == State.WAITING:
        row.state, row.note = State.NOT_NEEDED, note
        row.save(update_fields=["state", "note"])
    elif row.state == State.REPORTED:
        _add(grant, Kind.REPAYMENT, -row.amount_nok, on, note=note)


# ---- marked ----


def _locked(report: AidReport, by: User, version: int | None) -> AidReport:
    rows = AidReport.objects.select_for_update(no_key=True, of=("self",)).select_related("grant__case")
    found = rows.get(pk=report.pk)
    require(permissions.may(by, found.authority_id, MARKS))
    held.refuse_tied(by, found.grant.organisation_id)
    return held.as_seen(found, version)


@deed
def mark(
    reports: Iterable[tuple[AidReport, int | None]], *, by: User, on: dt.date, receipt: str = "", today: dt.date
) -> list[AidReport]:
    """Mark what has been reported, with the register's receipt; one that is marked already is left as it is.

    Raises:
        Handled: somebody changed one since the page was opened; nothing is marked.
    """
    if on > today:
        raise ValidationError({"on": _("The date lies ahead. Enter the day it was reported.")})
    done = []
    for row, version in sorted(reports, key=lambda pair: pair[0].pk):
        found = _locked(row, by, version)
        if found.state != State.WAITING:
            continue
        if on < found.occurred_on:
            raise ValidationError({"on": _("It was reported before it happened. Check the date.")})
        found.state, found.reported_on, found.reported_by, found.receipt = State.REPORTED, on, by, receipt.strip()
        found.save(update_fields=["state", "reported_on", "reported_by", "receipt"])
        notices.record("aid_reported", found, by=by, case=found.grant.case, grant=found.grant_id, what=found.kind)
        done.append(found)
    return done


@deed
def leave_out(report: AidReport, *, why: str, by: User, version: int | None = None) -> AidReport:
    """Say that something is not to be reported, with the reason."""
    found = _locked(report, by, version)
    if found.state != State.WAITING:
        raise held.Handled(_("This is dealt with already: %(state)s.") % {"state": found.get_state_display()})
    if not why.strip():
        raise ValidationError({"why": _("Say why it is not to be reported.")})
    found.state, found.note = State.NOT_NEEDED, why.strip()[:300]
    found.save(update_fields=["state", "note"])
    notices.record("aid_report_left_out", found, by=by, case=found.grant.case, grant=found.grant_id)
    return found


@deed
def open_again(report: AidReport, *, by: User, version: int | None = None) -> AidReport:
    """Put something back in the queue that was marked by mistake."""
    found = _locked(report, by, version)
    if found.state == State.WAITING:
        raise held.Handled(_("This waits to be reported already."), code="state")
    found.state, found.reported_on, found.reported_by, found.receipt = State.WAITING, None, None, ""
    found.save(update_fields=["state", "reported_on", "reported_by", "receipt"])
    notices.record("aid_report_opened", found, by=by, case=found.grant.case, grant=found.grant_id)
    return found
