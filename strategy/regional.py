"""A shared plan seen municipality by municipality: only those who have reported are compared. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from strategy.rules import DISPLAY_ORDER, Reporting, Standing, count

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from strategy.content import Content, Participant
    from strategy.rows import Row

OWNER = "owner"


class Number(NamedTuple):
    """How many of an authority's reported measures have a standing."""

    code: str
    number: int


class Amount(NamedTuple):
    year: int
    nok: int


@dataclass(slots=True)
class Line:
    """One authority's own part in the plan. `numbers` counts what it has reported, and nothing else."""

    name: str
    slug: str
    is_listed: bool
    is_owner: bool
    measures: int
    asked: int
    reported: int
    numbers: list[Number] = field(default_factory=list)
    set_aside: list[Amount] = field(default_factory=list)
    proposed_nok: int = 0
    invented: bool = False

    @property
    def has_reported(self) -> bool:
        return self.reported > 0

    @property
    def is_silent(self) -> bool:
        """Whether it was asked and has not answered for a single measure."""
        return self.asked > 0 and self.reported == 0

    @property
    def has_money(self) -> bool:
        return bool(self.proposed_nok or any(amount.nok for amount in self.set_aside))


@dataclass(slots=True)
class Comparison:
    """What the authorities of a shared plan have reported for the last period that was due, side by side."""

    period: str
    due_on: dt.date | None
    lines: list[Line]
    codes: list[str]
    """The standings that anyone's reported measures have, in display order: the columns."""
    years: list[int]

    @property
    def compared(self) -> list[Line]:
        return [line for line in self.lines if line.has_reported]

    @property
    def silent(self) -> list[Line]:
        return [line for line in self.lines if line.is_silent]

    @property
    def not_asked(self) -> list[Line]:
        return [line for line in self.lines if not line.asked]

    @property
    def is_shared(self) -> bool:
        """Whether there is anyone to compare with."""
        return len(self.lines) > 1

    @property
    def has_money(self) -> bool:
        return any(line.has_money for line in self.lines)

    @property
    def invented(self) -> bool:
        return any(line.invented for line in self.lines)


def compare(content: Content) -> Comparison:
    """Return the authorities of a plan side by side, in the order they take part; one without measures is left out.

    A measure that is not reported counts neither as good nor as bad: it is only told that it lacks.
    """
    by_authority: dict[int | None, list[Row]] = {}
    for row in content.rows:
        if row.part_id is not None:
            by_authority.setdefault(row.authority_id, []).append(row)
    found = Counter(row.standing for row in content.rows if row.reporting == Reporting.REPORTED)
    codes = [each.value for each in DISPLAY_ORDER if found[each]]
    years = sorted({money.year for row in content.rows for money in row.money if money.is_set_aside})
    lines = [
        _line(one, by_authority[one.authority_id], codes, years)
        for one in content.participants
        if one.authority_id in by_authority
    ]
    period = content.period
    return Comparison(period.name if period else "", period.due_on if period else None, lines, codes, years)


def _line(one: Participant, rows: list[Row], codes: Iterable[str], years: Iterable[int]) -> Line:
    reported = [row for row in rows if row.reporting == Reporting.REPORTED]
    counts = count(row.standing for row in reported)
    money = [money for row in rows for money in row.money]
    return Line(
        name=one.name, slug=one.slug, is_listed=one.is_listed, is_owner=one.role == OWNER, measures=len(rows),
        asked=sum(row.reporting != Reporting.NOT_ASKED for row in rows), reported=len(reported),
        numbers=[Number(code, counts[Standing(code)]) for code in codes],
        set_aside=[
            Amount(year, sum(each.amount_nok for each in money if each.is_set_aside and each.year == year))
            for year in years
        ],
        proposed_nok=sum(each.amount_nok for each in money if each.state == "proposed"),
        invented=any(row.invented for row in rows),
    )  # fmt: skip
