"""Deeds on budget lines: proposed, divided, adopted, turned down, withdrawn; and entries that are undone.

A line is drawn up by whoever sets up schemes, and adopted by who registers what was decided. Adopted, it has its
amount in the ledger and never changes; withdrawn, its entries are undone and the line stays as turned down.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import held as held_grants
from grants import ledger, notices
from grants.models import (
    Account,
    Balance,
    BudgetLine,
    Decision,
    Grant,
    LedgerEntry,
    Pledge,
    Repayment,
    Scheme,
    Stage,
    YearEnd,
)
from grants.permissions import DECIDES, SETS_UP, may
from grants.refusals import WORDS, Refused, deed
from portal.models import CaseStep
from portal.money import format_nok
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User

Kind = LedgerEntry.Kind
CARRIES = (CaseStep.Outcome.ADOPTED, CaseStep.Outcome.AMENDED)
"""Outcomes that carry a decision."""
OF_LINES = (Kind.APPROPRIATION, Kind.DISTRIBUTE_IN, Kind.DISTRIBUTE_OUT)
UNDONE_HERE = (*OF_LINES, Kind.RELEASE, Kind.REPAYMENT, Kind.CONTRIBUTION)
"""Entries that are undone by themselves; the others are undone by what caused them."""


def _lock(line: BudgetLine) -> BudgetLine:
    """Return the line as it stands, with what it is part of held too, the older first."""
    keys = {line.pk, line.parent_id} - {None}
    rows = BudgetLine.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk")
    held = {row.pk: row for row in rows}
    own = held[line.pk]
    if own.parent_id is not None:
        own.parent = held.get(own.parent_id) or own.parent
    return own


def _still(line: BudgetLine, stage: str, version: int | None) -> None:
    """Refuse a page that is stale: the line has moved on, or was changed since it was shown."""
    if line.stage != stage:
        raise Refused(
            _("This is done already: the line is %(stage)s.") % {"stage": line.get_stage_display().lower()}, code="done"
        )
    if version is not None and version != line.row_version:
        raise Refused(_("Someone changed the line while you looked. See how it stands now."), code="stale")


# ---- drawn up ----


@deed
def propose(line: BudgetLine, *, by: User) -> BudgetLine:
    """Draw up a line, or change one that is not decided; the same line a second time is refused.

    Raises:
        Refused: it is decided, stands here already, or is part of what it cannot be part of.
    """
    require(may(by, line.authority_id, SETS_UP))
    Scheme.objects.select_for_update(no_key=True, of=("self",)).get(pk=line.scheme_id, authority=line.authority_id)
    if line.pk:
        _still(_lock(line), Stage.PROPOSED, None)
    refuse_impossible(line)
    like = BudgetLine.objects.filter(
        authority=line.authority_id, scheme=line.scheme_id, year=line.year, name=line.name, area=line.area,
        recipient=line.recipient_id, parent=line.parent_id, fund=line.fund_id, amount_nok=line.amount_nok,
    )  # fmt: skip
    if like.exclude(pk=line.pk).exclude(stage=Stage.REJECTED).exists():
        raise Refused(_("A line like this stands here already."), code="twice")
    kind = "budget_line_changed" if line.pk else "budget_line_proposed"
    line.stage = Stage.PROPOSED
    line.save()
    notices.record(kind, line, by=by, year=line.year, amount_nok=line.amount_nok)
    return line


def refuse_impossible(line: BudgetLine) -> None:
    """Refuse a line that could never be adopted.

    Raises:
        Refused: part of a line of another year, of itself, or of one that holds no money; or into another's fund.
    """
    if line.fund_id is not None and line.fund is not None and line.fund.scheme_id != line.scheme_id:
        raise Refused(_("The fund belongs to another scheme."), code="fund")
    parent = line.parent
    if parent is None:
        return
    if parent.authority_id != line.authority_id or parent.year != line.year:
        raise Refused(_("A part has the same year as the sum it is taken from."), code="parent")
    if parent.fund_id is not None or parent.stage == Stage.REJECTED:
        raise Refused(_("Nothing can be taken from that line."), code="parent")
    above: BudgetLine | None = parent
    while above is not None:
        if above.pk == line.pk and line.pk:
            raise Refused(_("A line is no part of itself."), code="parent")
        above = above.parent


# ---- decided ----


@deed
def adopt(
    line: BudgetLine, *, by: User, on: dt.date, step: CaseStep | None = None, reference: str = "",
    amount_nok: int | None = None, version: int | None = None,
) -> BudgetLine:  # fmt: skip
    """Register that a line is adopted, with the amount that was decided: its account is made, and holds its money.

    A resolution's own day counts before `on`. What goes into a fund is dated in the line's year at the earliest.

    Raises:
        PermissionDenied: the user registers no decisions here.
        Refused: it is decided already, the resolution carries nothing, or there is not enough to take it from.
    """
    require(may(by, line.authority_id, DECIDES))
    held = _lock(line)
    _still(held, Stage.PROPOSED, version)
    if step is not None and (step.outcome not in CARRIES or step.decided_on is None):
        raise Refused(_("This resolution adopts nothing. Register its outcome first, or choose another."), code="step")
    if held.parent is not None and held.parent.account_id is None:
        raise Refused(_("Adopt the sum it is part of first."), code="parent")
    refuse_impossible(held)
    day = step.decided_on if step is not None and step.decided_on else on
    proposed_nok = held.amount_nok
    held.step, held.decision_reference = step, reference.strip()
    held.amount_nok = proposed_nok if amount_nok is None else amount_nok
    held.stage = Stage.ADOPTED
    if held.fund is not None:
        account, day = held.fund.account, max(day, dt.date(held.year, 1, 1))
    else:
        account = held.account = Account.objects.create(
            authority_id=held.authority_id, scheme_id=held.scheme_id, name=held.name, year=held.year
        )
    held.save()
    notices.record(
        "budget_line_adopted", held, by=by, case=step.case if step else None, year=held.year,
        proposed_nok=proposed_nok, amount_nok=held.amount_nok,
    )  # fmt: skip
    ledger.appropriate(held, account, on=day, by=by)
    return held


@deed
def reject(
    line: BudgetLine, *, by: User, step: CaseStep | None = None, reference: str = "", version: int | None = None
) -> BudgetLine:
    """Register that a proposed line was turned down, by which decision if there is one.

    Raises:
        Refused: it is decided already.
    """
    require(may(by, line.authority_id, DECIDES))
    held = _lock(line)
    _still(held, Stage.PROPOSED, version)
    held.step, held.decision_reference, held.stage = step, reference.strip(), Stage.REJECTED
    held.save()
    notices.record("budget_line_rejected", held, by=by, case=step.case if step else None, year=held.year)
    return held


@deed
def reopen(line: BudgetLine, *, by: User, version: int | None = None) -> BudgetLine:
    """Make a line that was turned down a proposal again; one that has held money is made anew instead.

    Raises:
        Refused: it is no longer turned down, or has held money.
    """
    require(may(by, line.authority_id, DECIDES))
    held = _lock(line)
    _still(held, Stage.REJECTED, version)
    if held.entries.exists():
        raise Refused(_("This line has held money and stays withdrawn. Make a new one."), code="held_money")
    held.step, held.decision_reference, held.stage = None, "", Stage.PROPOSED
    held.save()
    notices.record("budget_line_reopened", held, by=by, year=held.year)
    return held


@deed
def withdraw(line: BudgetLine, *, why: str, by: User, on: dt.date, version: int | None = None) -> BudgetLine:
    """Take an adopted line's money out of the ledger again, with a reason; the line stays as turned down.

    Raises:
        Refused: it holds no money, parts of it stand, or some of it is committed or moved.
    """
    require(may(by, line.authority_id, DECIDES))
    held = _lock(line)
    _still(held, Stage.ADOPTED, version)
    if not why.strip():
        raise Refused(_("Say why."), code="why")
    if held.parts.filter(stage=Stage.ADOPTED).exists():
        raise Refused(_("Parts of this line are adopted. Withdraw them first."), code="parts")
    free = Balance.objects.get(account=place_of(held)).free_nok
    if free < held.amount_nok:
        text = _("Only %(free)s of it is free. What is granted or moved from it must be taken back first.")
        raise Refused(text % {"free": format_nok(free)}, code="account_never_overcommitted")
    entries = list(ledger.standing(held.entries).order_by("pk"))
    held.stage = Stage.REJECTED
    held.save()
    notices.record("budget_line_withdrawn", held, by=by, year=held.year, amount_nok=held.amount_nok)
    for entry in entries:
        ledger.reverse(entry, why=why.strip(), on=on, by=by)
    return held


def place_of(line: BudgetLine) -> int | None:
    """Return the account an adopted line's money lies on."""
    return line.fund.account_id if line.fund_id and line.fund else line.account_id


# ---- undone ----


def why_not_here(entry: LedgerEntry) -> str:
    """Return how an entry is undone when it is not undone by itself; nothing when it is."""
    if entry.reverses_id is not None:
        return _("This entry undoes another, and stands.")
    if hasattr(entry, "reversed_by"):
        return _("This entry is undone already.")
    if entry.kind in UNDONE_HERE:
        return ""
    if entry.kind == Kind.COMMITMENT:
        return _("A commitment is undone by annulling the grant.")
    if entry.kind == Kind.PAYOUT:
        return _("A payout is undone when the bank’s list says that it came back.")
    return _("What a year’s end has moved stands.")


@deed
def undo(entry: LedgerEntry, *, why: str, by: User, on: dt.date) -> LedgerEntry:
    """Undo an entry by its opposite, with a reason, and set back what it belongs to; return the opposite.

    Raises:
        Refused: it is undone already, is undone by what caused it, or the money is used since.
    """
    require(may(by, entry.authority_id, DECIDES))
    if not why.strip():
        raise Refused(_("Say why."), code="why")
    held = LedgerEntry.objects.select_related("line", "reversed_by").get(pk=entry.pk)
    if stands := why_not_here(held):
        raise Refused(stands, code="done" if hasattr(held, "reversed_by") else "not_here")
    if held.kind in OF_LINES and held.line is not None:
        withdraw(held.line, why=why, by=by, on=on)
        return LedgerEntry.objects.get(reverses=held)
    if held.kind == Kind.RELEASE:
        _take_back_release(held, by)
    elif held.kind == Kind.REPAYMENT:
        _claim_again(held, by)
    elif held.pledge_id is not None:
        _await_pledge_again(held)
    notices.record("ledger_entry_undone", held, by=by, case=held.case, amount_nok=held.amount_nok)
    return ledger.reverse(held, why=why.strip(), on=on, by=by)


def _of_a_grant(entry: LedgerEntry, by: User) -> Grant:
    """Return the locked grant of an entry, for one who is not tied to its recipient."""
    assert entry.grant_id is not None
    grant = held_grants.grant(entry.grant_id)
    held_grants.refuse_tied(by, grant.organisation_id)
    return grant


def _take_back_release(entry: LedgerEntry, by: User) -> None:
    """Let a grant hold again what was released: only while it runs, and its year is open."""
    grant = _of_a_grant(entry, by)
    if grant.state != Grant.State.GRANTED:
        text = _("The grant is %(state)s, and takes nothing back.")
        raise Refused(text % {"state": grant.get_state_display().lower()}, code="state")
    ends = YearEnd.objects.filter(authority=entry.authority_id, year__gte=entry.year, closed_at__isnull=False)
    if ends.exists():
        raise Refused(WORDS["ledger_year_is_closed"], code="ledger_year_is_closed")


def _claim_again(entry: LedgerEntry, by: User) -> None:
    """Let a repayment that was not received after all be awaited again."""
    _of_a_grant(entry, by)
    repayment = Repayment.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry.repayment_id)
    repayment.state, repayment.received_on = Repayment.State.CLAIMED, None
    repayment.save()


def _await_pledge_again(entry: LedgerEntry) -> None:
    """Let a pledge whose money did not come after all stand open again."""
    pledge = Pledge.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry.pledge_id)
    if pledge.state == Pledge.State.PAID:
        pledge.state = Pledge.State.OPEN
        pledge.save()


# ---- what rests on a resolution ----


def rests_on(step: CaseStep) -> LedgerEntry | None:
    """Return an entry in force that rests on this resolution."""
    found: LedgerEntry | None = ledger.standing(LedgerEntry.objects.filter(decision=step.pk)).first()
    return found


def refuse_to_undo_answer(step: CaseStep, *, is_removed: bool) -> None:
    """Refuse to take away the resolution that an application is answered by, or to leave it without an outcome.

    Raises:
        ValidationError: beside the outcome.
    """
    undecided = (CaseStep.Outcome.PENDING, CaseStep.Outcome.POSTPONED, CaseStep.Outcome.NOTED)
    is_decision = step.activity == CaseStep.Activity.DECISION and step.outcome not in undecided
    if (is_removed or not is_decision) and Decision.objects.filter(step=step.pk).exists():
        text = _("An application is answered by this resolution, which therefore stays.")
        raise ValidationError({"outcome": ValidationError(text, code="rests_on_it")})


def refuse_to_undermine(step: CaseStep, *, is_removed: bool = False) -> None:
    """Refuse a change of the resolution that money rests on.

    Raises:
        ValidationError: beside the outcome: the ledger would rest on no resolution.
    """
    if not step.pk:
        return
    refuse_to_undo_answer(step, is_removed=is_removed)
    still_carries = step.activity == CaseStep.Activity.DECISION and step.outcome in CARRIES
    if (still_carries and not is_removed) or rests_on(step) is None:
        return
    text = _("Money was granted or set aside by this resolution, which therefore stays.")
    raise ValidationError({"outcome": ValidationError(text, code="rests_on_it")})
