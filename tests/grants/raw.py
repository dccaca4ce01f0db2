"""The ledger in plain SQL, for those who attack it: an entry, what is free, and a refusal that comes at the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grants.models import Balance
from grants.refusals import Refused, deed
from tests import factories as portal_make
from tests.attacks import run
from tests.factories_money import DAY

if TYPE_CHECKING:
    from grants.models import Account


def free(account: Account) -> int:
    return Balance.objects.get(account=account).free_nok


def raw(account: Account, kind: str, amount: int, **facts: Any) -> None:
    """Insert an entry in plain SQL."""
    given = {"account_id": account.pk, "authority_id": account.authority_id, "kind": kind, "amount_nok": amount,
             "on_date": DAY, "year": 0, "note": "", "reference": "V 1", "at": "2026-03-02T12:00Z",
             "key": f"raw {next(portal_make.counter)}", **facts}  # fmt: skip
    columns = ", ".join(f'"{name}"' for name in given)
    run(f"INSERT INTO grants_ledgerentry ({columns}) VALUES ({', '.join(['%s'] * len(given))})", *given.values())


def refused_at_commit(guard: str, act: Any) -> None:
    with pytest.raises(Refused) as told:
        deed(act)()
    assert told.value.code == guard
