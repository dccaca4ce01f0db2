"""The ledger's own deeds: money comes, is committed, released, paid, paid back and moved, one entry at a time.

Each is called inside a larger deed (`refusals.deed`) that has locked and checked what it is about; the entry comes
last, so that the balance everybody shares is held shortest. The balances are moved by PostgreSQL (docs/guards.md).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError

from grants.models import Account, Grant, LedgerEntry, Payout, Repayment

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import BudgetLine, Fund, Pledge, YearEndLine
    from portal.models import User

Kind = LedgerEntry.Kind


def post(
    account: Account | int, kind: str, amount_nok: int, *, key: str, on: dt.date, by: User | None, **facts: Any
) -> LedgerEntry:
    """Add one entry to the ledger and return it; the balances have moved when it comes back.

    `key` names the cause: the same cause a second time is refused, so that a double press moves money once.

    Raises:
        IntegrityError: a guard refused; `refusals.deed` turns it into words.
    """
    account_id = account if isinstance(account, int) else account.pk
    if "authority_id" not in facts:
        facts["authority_id"] = (
            Account.objects.only("authority").get(pk=account_id).authority_id
            if isinstance(account, int)
            else account.authority_id
        )
    entry = LedgerEntry(account_id=account_id, kind=kind, amount_nok=amount_nok, key=key, on_date=on, by=by, **facts)
    try:
        entry.save(force_insert=True)
    except IntegrityError as error:
        error.of_account, error.of_year = account_id, on.year  # type: ignore[attr-defined]
        raise
    return entry


def reverse(entry: LedgerEntry, *, why: str, on: dt.date, by: User | None) -> LedgerEntry:
    """Undo an entry by its exact opposite, with a reason; it can be done once."""
    same = ("grant_id", "payout_id", "repayment_id", "line_id", "pledge_id", "year_end_id", "transfer", "decision_id",
            "reference", "case_id", "authority_id")  # fmt: skip
    return post(
        entry.account_id, entry.kind, -entry.amount_nok, key=f"reversal:{entry.pk}", on=on, by=by, reverses=entry,
        note=why, **{field: getattr(entry, field) for field in same},
    )  # fmt: skip


def standing(entries: Any) -> Any:
    """Keep, of a queryset of entries, those that are in force: no reversal, and not undone."""
    return entries.filter(reverses=None, reversed_by=None)


def appropriate(line: BudgetLine, account: Account, *, on: dt.date, by: User | None) -> LedgerEntry:
    """Put an adopted line's amount on its account; a part of a larger line takes it from there."""
    decided: dict[str, Any] = {
        "line": line, "decision": line.step, "reference": line.decision_reference,
        "case_id": line.step.case_id if line.step else None,
    }  # fmt: skip
    if line.parent_id is None:
        return post(account, Kind.APPROPRIATION, line.amount_nok, key=f"line:{line.pk}", on=on, by=by, **decided)
    assert line.parent is not None and line.parent.account_id is not None
    transfer = uuid.uuid4()
    came = post(
        account,
        Kind.DISTRIBUTE_IN,
        line.amount_nok,
        key=f"line:{line.pk}:in",
        on=on,
        by=by,
        transfer=transfer,
        **decided,
    )
    post(
        line.parent.account_id, Kind.DISTRIBUTE_OUT, line.amount_nok, key=f"line:{line.pk}:out", on=on, by=by,
        transfer=transfer, authority_id=line.authority_id, **decided,
    )  # fmt: skip
    return came


def contribute(
    fund: Fund, amount_nok: int, *, key: str, on: dt.date, by: User | None, pledge: Pledge | None = None, note: str = ""
) -> LedgerEntry:
    """Put what someone else has paid on a fund's account."""
    return post(
        fund.account_id, Kind.CONTRIBUTION, amount_nok, key=key, on=on, by=by, pledge=pledge, note=note,
        authority_id=fund.authority_id,
    )  # fmt: skip


def _of(grant: Grant) -> dict[str, Any]:
    return {
        "grant": grant, "decision_id": grant.step_id, "reference": grant.decision_reference, "case_id": grant.case_id,
        "authority_id": grant.authority_id,
    }  # fmt: skip


def commit(grant: Grant, *, on: dt.date, by: User | None) -> LedgerEntry:
    """Commit a grant's amount: one commitment for one decision."""
    return post(
        grant.account_id, Kind.COMMITMENT, grant.amount_nok, key=f"grant:{grant.pk}", on=on, by=by, **_of(grant)
    )


def release(grant: Grant, amount_nok: int, *, key: str, on: dt.date, by: User | None, why: str) -> LedgerEntry:
    """Give back to the account what a grant will not use."""
    return post(grant.account_id, Kind.RELEASE, amount_nok, key=key, on=on, by=by, note=why, **_of(grant))


def pay(payout: Payout, *, on: dt.date, by: User | None) -> LedgerEntry:
    """Let an approved payout leave its grant."""
    grant = payout.grant
    return post(
        grant.account_id, Kind.PAYOUT, payout.amount_nok, key=f"payout:{payout.pk}", on=on, by=by, payout=payout,
        **_of(grant),
    )  # fmt: skip


def receive_back(repayment: Repayment, *, on: dt.date, by: User | None) -> LedgerEntry:
    """Put what a recipient paid back on the account again; once more, when an earlier time was undone."""
    grant, before = repayment.grant, repayment.entries.count()
    return post(
        grant.account_id, Kind.REPAYMENT, repayment.amount_nok, key=f"repayment:{repayment.pk}:{before}", on=on, by=by,
        repayment=repayment, **_of(grant),
    )  # fmt: skip


def settle_year(line: YearEndLine, *, on: dt.date, by: User | None) -> list[LedgerEntry]:
    """Carry over and return what a line of a year's end says."""
    end = line.year_end
    decided: dict[str, Any] = {
        "year_end": end, "decision_id": end.step_id, "reference": end.decision_reference,
        "case_id": end.step.case_id if end.step else None, "authority_id": line.authority_id,
    }  # fmt: skip
    entries = []
    if line.carry_nok and line.into_id is not None:
        transfer = uuid.uuid4()
        for account, kind in ((line.account_id, Kind.CARRY_OUT), (line.into_id, Kind.CARRY_IN)):
            entries.append(
                post(
                    account,
                    kind,
                    line.carry_nok,
                    key=f"year_end:{line.pk}:{kind}",
                    on=on,
                    by=by,
                    transfer=transfer,
                    **decided,
                )
            )
    if line.return_nok:
        entries.append(
            post(
                line.account_id, Kind.RETURN, line.return_nok, key=f"year_end:{line.pk}:return", on=on, by=by, **decided
            )
        )
    return entries
