"""How de minimis aid is counted: rows in, sums and margin out. Pure: no database, no clock.

PostgreSQL counts the same way when an award is made (`grants_check_award`); this is for people to read beforehand.
Law: forordning (EU) 2023/2831 and 2023/2832 (services of general economic interest): every award counts from the day
it was decided, three years on, to the whole undertaking; exactly three years before is outside. Checked 2026-11-22.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

YEARS = 3
CENT = Decimal("0.01")
DE_MINIMIS, SGEI = "de_minimis", "sgei"
OURS, REGISTER, DECLARED, THIS = "ours", "register", "declared", "this"
"""Where a row comes from: an authority in the portal, the national register, the applicant, the grant in question."""
NEAR = Decimal("0.9")
"""So full, of the ceiling, it is said that little is left."""


@dataclass(frozen=True)
class Row:
    """One award as somebody knows it; `nok` is what it was decided at, `eur` what is left of it at its day's rate."""

    source: str
    number: str
    decided_on: dt.date
    nok: int
    eur: Decimal
    basis: str = DE_MINIMIS
    key: str = ""
    is_over: bool = False
    """Annulled: it counts no more, and is still what the register means."""
    same: bool = False
    """An officer has said which other row it is the same as; of an award of ours: the register's row is tied to it."""
    outside: bool = False
    """An officer has said that it is no such aid."""
    giver: str = ""
    shown: Any = None
    """What a page links to; the rules do not look at it."""

    @property
    def triple(self) -> tuple[str, dt.date, int]:
        """What two reports of the same award have in common."""
        return self.number, self.decided_on, self.nok


@dataclass(frozen=True)
class Counted:
    """A row, whether it counts, and why not: same, over, outside, old, other (another basis)."""

    row: Row
    counts: bool
    why: str = ""


@dataclass(frozen=True)
class Sum:
    """What an undertaking comes to under one ceiling, in the fullest three years the grant falls in."""

    basis: str
    total_eur: Decimal
    ceiling_eur: int | None
    last_day: dt.date

    @property
    def margin_eur(self) -> Decimal:
        """What is left under the ceiling; below nought when it is passed."""
        return Decimal(self.ceiling_eur or 0) - self.total_eur

    @property
    def over_eur(self) -> Decimal:
        """How far the ceiling is passed; nought where it is not."""
        return max(-self.margin_eur, Decimal(0))

    @property
    def fits(self) -> bool:
        """Exactly at the ceiling passes."""
        return self.ceiling_eur is not None and self.total_eur <= self.ceiling_eur

    @property
    def is_near(self) -> bool:
        return self.fits and self.total_eur > self.ceiling_eur * NEAR  # type: ignore[operator]


def eur(nok: int, rate: Decimal) -> Decimal:
    """Return kroner in euro and cents, as PostgreSQL rounds."""
    return (Decimal(nok) / rate).quantize(CENT, ROUND_HALF_UP)


def years_before(day: dt.date, years: int = YEARS) -> dt.date:
    """Return the same day so many years before; of the 29th of February the 28th, as PostgreSQL counts."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def is_within(decided_on: dt.date, last_day: dt.date) -> bool:
    """Say whether an award lies in the three years that end on a day; exactly three years before is outside."""
    return years_before(last_day) < decided_on <= last_day


def once(rows: Iterable[Row]) -> list[Counted]:
    """Return every row once, what is the same award as another marked.

    The register's row counts when it is none of ours; the applicant's when it is neither ours nor the register's. Equal
    rows are paired one by one: two awards of the same size on the same day are two.
    """
    given = list(rows)
    ours = [row for row in given if row.source in (OURS, THIS)]
    found = [Counted(row, not row.is_over, "over" if row.is_over else "") for row in ours]
    left = Counter(row.triple for row in ours if not row.same)
    known = Counter(row.triple for row in ours if not row.is_over)
    for row in (row for row in given if row.source == REGISTER):
        is_same = row.same or left[row.triple] > 0
        if not row.same and is_same:
            left[row.triple] -= 1
        if not is_same:
            known[row.triple] += 1
        found.append(Counted(row, not is_same, "same" if is_same else ""))
    for row in (row for row in given if row.source == DECLARED):
        if row.outside or row.same:
            found.append(Counted(row, False, "outside" if row.outside else "same"))
            continue
        is_same = known[row.triple] > 0
        known[row.triple] -= is_same
        found.append(Counted(row, not is_same, "same" if is_same else ""))
    return sorted(found, key=lambda one: (one.row.decided_on, one.row.source != THIS, one.row.source, one.row.key))


def of_basis(rows: Iterable[Row], basis: str) -> list[Row]:
    """Return the rows a ceiling counts: aid for general services counts both kinds, other aid its own."""
    return [row for row in rows if basis in (SGEI, row.basis)]


def fullest(rows: Sequence[Row], on: dt.date) -> tuple[Decimal, dt.date]:
    """Return the largest sum of any three years that an award of this day falls in, and the last day of them."""
    ends = [on, *(row.decided_on for row in rows if on < row.decided_on and is_within(on, row.decided_on))]
    sums = [(sum((row.eur for row in rows if is_within(row.decided_on, end)), Decimal(0)), end) for end in sorted(ends)]
    return max(sums, key=lambda one: one[0])


def sums(rows: Sequence[Row], *, basis: str, on: dt.date, ceilings: dict[str, int | None]) -> list[Sum]:
    """Return what the undertaking comes to under every ceiling that holds for aid of this basis.

    De minimis aid is held to its own ceiling, and together with aid for general services to theirs (art. 5).
    """
    held_to = [SGEI] if basis == SGEI else [DE_MINIMIS, SGEI]
    found = []
    for one in held_to:
        counted = [each.row for each in once(of_basis(rows, one)) if each.counts]
        total, last_day = fullest(counted, on)
        found.append(Sum(one, total, ceilings.get(one), last_day))
    return found


def marked(rows: Sequence[Row], *, basis: str, on: dt.date) -> list[Counted]:
    """Return every row with whether it counts in the three years before this day, for a page to show, oldest first."""
    counted = {id(each.row): each for each in once(of_basis(rows, basis))}
    found = []
    for row in sorted(rows, key=lambda row: (row.decided_on, row.source == THIS, row.source, row.key)):
        each = counted.get(id(row)) or Counted(row, False, "other")
        if each.counts and row.decided_on <= years_before(on):
            each = replace(each, counts=False, why="old")
        found.append(each)
    return found


def room_nok(found: Sequence[Sum], this: Row | None, rate: Decimal) -> int:
    """Return the most that a grant can be, in whole kroner, with what the undertaking has; never below nought."""
    least = min(one.margin_eur for one in found) + (this.eur if this else 0)
    return max(int(least * rate), 0)
