"""Money that comes back: claimed with a reason and a date, received into the account, or waived with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from grants import granting, held, ledger, notices, permissions
from grants.minimis_aid import reports, taking
from grants.models import Grant, GrantBalance, LedgerEntry, Repayment
from grants.refusals import deed
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

State = Repayment.State
RECEIVES = permissions.PREPARES | permissions.DECIDES
"""Registers that money came in: those who work with payments, and those who claimed it."""


def claimable_nok(grant: Grant) -> int:
    """Return the most that can be claimed back: what is paid, less what is paid back or claimed. Two queries."""
    balance = GrantBalance.objects.get(grant=grant)
    claimed = Repayment.objects.filter(grant=grant, state=State.CLAIMED).values_list("amount_nok", flat=True)
    return balance.paid_nok - balance.repaid_nok - sum(claimed)


@deed
def claim(
    grant: Grant, amount_nok: int, *, reason: str, by: User, on: dt.date, due_on: dt.date | None = None,
    today: dt.date | None = None,
) -> Repayment:  # fmt: skip
    """Claim money of a grant back, and tell those who speak for the recipient.

    Raises:
        Handled: the same is claimed already.
        ValidationError: more than is paid out.
    """
    found = held.grant(grant)
    held.answers_for(by, found, permissions.DECIDES)
    if found.state not in Grant.HOLDING:
        raise ValidationError(_("Nothing is granted here."), code="state")
    rows = Repayment.objects.filter(grant=found, amount_nok=amount_nok, reason=reason.strip(), state=State.CLAIMED)
    if rows.exists():
        raise held.Handled(_("The same amount is claimed already, for the same reason."), code="same")
    if amount_nok > (most := claimable_nok(found)):
        text = _("At most %(most)s can be claimed back: the rest is not paid, or is claimed already.")
        raise ValidationError({"amount": text % {"most": format_nok(most)}}, code="most")
    if due_on is not None and due_on < on:
        raise ValidationError({"due_on": _("The date to pay by lies before the claim.")})
    made = Repayment.objects.create(
        authority_id=found.authority_id, grant=found, amount_nok=amount_nok, reason=reason.strip(), claimed_on=on,
        due_on=due_on, claimed_by=by,
    )  # fmt: skip
    notices.record("repayment_claimed", found, by=by, case=found.case, repayment=made.pk, amount_nok=amount_nok)
    who = found.authority.full_name
    notices.tell_contacts(
        found.organisation, kind="repayment_claimed", subject=made, occasion="claimed",
        on=today or timezone.localdate(), but=[by.pk], template="repayment_claimed", due_on=due_on,
        title=lambda: _("%(who)s claims money back") % {"who": who}, **granting.own_page(found),
    )  # fmt: skip
    return made


def _claimed(repayment: Repayment, by: User, roles: frozenset[str], version: int | None) -> Repayment:
    """Lock a claim that still stands."""
    found = held.grant(repayment.grant_id)
    held.answers_for(by, found, roles)
    row = Repayment.objects.select_for_update(no_key=True, of=("self",)).get(pk=repayment.pk)
    row.grant = found
    if row.state != State.CLAIMED:
        raise held.stands(row)
    return held.as_seen(row, version)


@deed
def receive(repayment: Repayment, *, by: User, on: dt.date, version: int | None = None) -> Repayment:
    """Register that a claim is paid: the money is on the account again, and does not reopen the grant."""
    row = _claimed(repayment, by, RECEIVES, version)
    row.state, row.received_on = State.RECEIVED, on
    row.save(update_fields=["state", "received_on"])
    facts = {"repayment": row.pk, "amount_nok": row.amount_nok}
    notices.record("repayment_received", row.grant, by=by, case=row.grant.case, **facts)
    entry = ledger.receive_back(row, on=on, by=by)
    taking.repaid(row.grant, row.amount_nok, on=on, entry=entry)
    return row


@deed
def waive(repayment: Repayment, *, why: str, by: User, version: int | None = None) -> Repayment:
    """Let a claim go, with the reason."""
    row = _claimed(repayment, by, permissions.DECIDES, version)
    if not why.strip():
        raise ValidationError({"why": _("Say why it is waived.")})
    row.state, row.note = State.WAIVED, why.strip()
    row.save(update_fields=["state", "note"])
    notices.record("repayment_waived", row.grant, by=by, case=row.grant.case, repayment=row.pk)
    return row


@deed
def undo_receipt(
    repayment: Repayment, *, why: str, by: User, on: dt.date, version: int | None = None
) -> Repayment:  # fmt: skip
    """Undo a receipt that was registered by mistake: the entry is reversed, and the claim stands anew; return it."""
    found = held.grant(repayment.grant_id)
    held.answers_for(by, found, RECEIVES)
    row = Repayment.objects.select_for_update(no_key=True, of=("self",)).get(pk=repayment.pk)
    if row.state != State.RECEIVED:
        raise held.stands(row)
    held.as_seen(row, version)
    if not why.strip():
        raise ValidationError({"why": _("Say why the receipt is undone.")})
    row.state, row.received_on, row.note = State.WAIVED, None, why.strip()
    row.save(update_fields=["state", "received_on", "note"])
    anew = Repayment.objects.create(
        authority_id=row.authority_id, grant=found, amount_nok=row.amount_nok, reason=row.reason,
        claimed_on=row.claimed_on, due_on=row.due_on, claimed_by=row.claimed_by,
    )  # fmt: skip
    notices.record("repayment_undone", found, by=by, case=found.case, repayment=row.pk, anew=anew.pk)
    entry = ledger.standing(LedgerEntry.objects.filter(repayment=row)).get()
    reports.unreceived(found, entry, on)
    ledger.reverse(entry, why=why.strip(), on=on, by=by)
    return anew
