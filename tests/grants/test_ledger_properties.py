"""Any sequence of deeds keeps every invariant, and what is refused is refused for the reason the figures give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grants import ledger, reconcile
from grants.models import COUNTERS, Balance, Grant, GrantBalance, LedgerEntry, Payout, YearBalance
from grants.refusals import Refused, deed
from tests import factories as portal_make
from tests import factories_money as make

if TYPE_CHECKING:
    from grants.models import Account, Fund
    from portal.models import Organisation
    from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = make.DAY
START = 100


class Over(Exception):
    """Ends an example, so that the next one starts where this one did."""


@dataclass
class Promised:
    """A grant as the model knows it."""

    row: Grant
    committed: int
    released: int = 0
    paid: int = 0
    repaid: int = 0
    payouts: list[Payout] = field(default_factory=list)

    @property
    def unpaid(self) -> int:
        return self.committed - self.released - self.paid


@dataclass
class Model:
    """What the ledger should hold, reckoned in Python beside it."""

    fund: Fund
    organisation: Organisation
    free: int = START
    grants: list[Promised] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return self.fund.account

    def pick(self, number: int) -> Promised | None:
        return self.grants[number % len(self.grants)] if self.grants else None


def contribute(model: Model, _which: int, amount: int) -> None:
    deed(ledger.contribute)(model.fund, amount, key=f"b{next(portal_make.counter)}", on=DAY, by=None)
    model.free += amount


def commit(model: Model, _which: int, amount: int) -> None:
    with expected(model.free >= amount, "account_never_overcommitted") as allowed:
        row = make.a_grant(model.account, model.organisation, amount)
    if allowed:
        model.grants.append(Promised(row, amount))
        model.free -= amount


def release(model: Model, which: int, amount: int) -> None:
    if (one := model.pick(which)) is None:
        return
    with expected(one.unpaid >= amount, "grant_never_paid_beyond_commitment") as allowed:
        deed(ledger.release)(one.row, amount, key=f"f{next(portal_make.counter)}", on=DAY, by=None, why="Frafalt")
    if allowed:
        one.released += amount
        model.free += amount


def pay(model: Model, which: int, amount: int) -> None:
    if (one := model.pick(which)) is None:
        return
    with expected(one.unpaid >= amount, "grant_never_paid_beyond_commitment") as allowed:
        payout = make.a_payout(one.row, amount, "approved")
    if allowed:
        one.paid += amount
        one.payouts.append(payout)


def call_off(model: Model, which: int, _amount: int) -> None:
    """Cancel a payout after it was approved: it leaves the ledger, if it is not paid back already."""
    one = model.pick(which)
    if one is None or not one.payouts:
        return
    payout = one.payouts[-1]

    @deed
    def act() -> None:
        entry = LedgerEntry.objects.get(payout=payout, reverses=None)
        ledger.reverse(entry, why="Feil", on=DAY, by=None)
        Payout.objects.filter(pk=payout.pk).update(state="cancelled", ended_at=entry.at, reason="Feil")

    with expected(one.paid - payout.amount_nok >= one.repaid, "grant_never_paid_back_beyond_paid") as allowed:
        act()
    if allowed:
        one.payouts.pop()
        one.paid -= payout.amount_nok


def pay_back(model: Model, which: int, amount: int) -> None:
    if (one := model.pick(which)) is None:
        return
    with expected(one.repaid + amount <= one.paid, "grant_never_paid_back_beyond_paid") as allowed:
        make.a_repayment(one.row, amount, "received")
    if allowed:
        one.repaid += amount
        model.free += amount


class expected:  # noqa: N801 - reads as a word where it is used
    """Expect a deed to be done when the model says it can be, and to be refused by this guard otherwise."""

    def __init__(self, possible: bool, guard: str) -> None:
        self.possible, self.guard = possible, guard

    def __enter__(self) -> Any:
        return self

    def __bool__(self) -> bool:
        return self.possible

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> bool:
        if self.possible:
            return False
        assert isinstance(error, Refused), f"not refused: {self.guard}"
        assert error.code == self.guard
        return True


DEEDS = [contribute, commit, release, pay, call_off, pay_back]
steps = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 3), st.one_of(st.integers(1, 60), st.just(1))), max_size=12
)


def check(model: Model) -> None:
    """Compare the counters with the model, and with the sums of the entries."""
    balance = Balance.objects.get(account=model.account)
    assert balance.free_nok == model.free >= 0
    assert {name: getattr(balance, name) for name in COUNTERS} == {
        name: YearBalance.objects.filter(account=model.account).aggregate(sum=Sum(name))["sum"] for name in COUNTERS
    }
    held = {row.grant_id: row for row in GrantBalance.objects.filter(grant__account=model.account)}
    for one in model.grants:
        row = held[one.row.pk]
        assert (row.committed_nok, row.released_nok, row.paid_nok, row.repaid_nok) == (
            one.committed, one.released, one.paid, one.repaid,
        )  # fmt: skip
    assert reconcile.differences() == []


@given(steps=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_deeds_keeps_the_ledger_true(world: World, steps: list[Any]) -> None:
    with pytest.raises(Over), transaction.atomic():
        fund = make.a_fund(make.a_scheme(world.home.authority, kind="fund"))
        make.a_line(fund.scheme, START, fund=fund)
        model = Model(fund, portal_make.an_organisation(world.home.authority))
        for act, which, amount in steps:
            act(model, which, amount)
            check(model)
        raise Over
