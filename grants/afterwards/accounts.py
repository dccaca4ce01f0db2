"""What a project did cost and who paid, against its budget; and what that makes of the grant. Pure; whole kroner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from grants import fund_rules
from grants.applying import content as typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grants.applying.content import Content, Reading

COST, MONEY = "cost", "money"
MOST_ADDED = 3
"""Lines of each side that were not in the budget."""


class Line(msgspec.Struct):
    """One line of the accounts: what was planned, and what it came to; `kind` is what it cost for, or who paid."""

    side: str
    kind: str
    text: str = ""
    budget_nok: int = 0
    actual_nok: int | None = None
    is_added: bool = False

    @property
    def more_nok(self) -> int | None:
        """What it came to more than planned; below nought where it came to less."""
        return None if self.actual_nok is None else self.actual_nok - self.budget_nok


def of(stored: Any) -> list[Line]:
    return msgspec.convert(stored or [], list[Line])


def stored(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return msgspec.to_builtins(list(lines))  # type: ignore[no-any-return]


def budget(content: Content, reading: Reading, *, granted_nok: int) -> list[Line]:
    """Return the budget of an application as it was last sent; this fund pays what was granted, not what was asked."""
    costs = [
        Line(COST, row.kind, row.text, amount) for row, amount in zip(content.costs, reading.costs, strict=True)
    ]  # fmt: skip
    money = [
        Line(MONEY, row.payer, row.text, amount)
        for row, amount in zip(content.financing, reading.financing, strict=True)
        if row.payer != typed.FUND
    ]
    return [*costs, Line(MONEY, typed.FUND, "", granted_nok), *money]


def added() -> list[Line]:
    """Return empty lines for what was not in the budget."""
    return [Line(side, typed.OTHER if side == COST else typed.PRIVATE, is_added=True) for side in (COST, MONEY)]


@dataclass(frozen=True)
class Sums:
    """The accounts in short. What this fund pays is not known before they are read, so `financing_nok` is others'."""

    budget_nok: int
    actual_nok: int
    financing_nok: int
    public_nok: int
    missing: tuple[int, ...]
    """Places of budget lines without an amount."""

    @property
    def left_nok(self) -> int:
        """What others leave for the grant to pay."""
        return max(self.actual_nok - self.financing_nok, 0)


def sums(lines: list[Line]) -> Sums:
    def total(side: str, *, actual: bool) -> int:
        return sum((line.actual_nok or 0) if actual else line.budget_nok for line in lines if line.side == side)

    return Sums(
        budget_nok=total(COST, actual=False), actual_nok=total(COST, actual=True),
        financing_nok=total(MONEY, actual=True),
        public_nok=sum(line.actual_nok or 0 for line in lines if line.side == MONEY and line.kind == typed.PUBLIC),
        missing=tuple(
            n for n, line in enumerate(lines)
            if line.actual_nok is None and not line.is_added and line.kind != typed.FUND
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """What the accounts make of a grant: what it comes to, what lapses, and what is claimed back."""

    final: fund_rules.Final
    payable_nok: int
    release_nok: int
    claim_nok: int


def settle(
    *, granted_nok: int, budget_nok: int, actual_nok: int, other_public_nok: int, share_percent: int | None,
    released_nok: int, paid_nok: int, back_nok: int,
) -> Settled:  # fmt: skip
    """Return what becomes of the grant; `back_nok` is paid back or claimed already. What has lapsed stays so."""
    final = fund_rules.final_grant(
        granted_nok=granted_nok, budget_nok=budget_nok, actual_nok=actual_nok, other_public_nok=other_public_nok,
        share_percent=share_percent,
    )  # fmt: skip
    left = granted_nok - released_nok
    payable = min(final.payable_nok, left)
    unpaid = left - paid_nok
    return Settled(
        final, payable, release_nok=max(min(unpaid, left - payable), 0),
        claim_nok=max(paid_nok - back_nok - payable, 0),
    )  # fmt: skip
