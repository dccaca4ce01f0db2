"""Tables with a row for each goal, strategy and measure, where only the numbers tell which: 1, 1.1, 1.1.1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.finding import cells
from strategy.importing.finding.columns import DETAILS, About

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import TableRow
    from strategy.importing.finding.heads import Columns


def outer_rows(rows: Sequence[TableRow], columns: Columns) -> frozenset[TableRow]:
    """Return the rows that others stand under by their numbers, where not one of them says who, when or how much.

    Where one does, they are measures, and those below them parts of these.
    """
    details = columns.places(*DETAILS, About.YEAR)
    if columns.measure is None or not details or columns.places(About.WORD):
        return frozenset()
    numbers = {
        row: number for row in rows if (number := number_in(row, columns)) and row.cells[columns.measure].strip()
    }
    above = {number.rpartition(".")[0] for number in numbers.values()}
    outer = frozenset(row for row, number in numbers.items() if number in above)
    return frozenset() if any(row.cells[place].strip() for row in outer for place in details) else outer


def number_in(row: TableRow, columns: Columns) -> str:
    """Return what a row's column of numbers says, or "" where it says none."""
    places = columns.places(About.NUMBER)
    return (cells.number_of(row.cells[places[0]]) if places else None) or ""


def as_group(row: TableRow, columns: Columns) -> TableRow:
    """Return an outer row as one that spans the table: «1.1 Trygge nærbutikken»."""
    return replace(row, cells=(f"{number_in(row, columns)} {row.cells[columns.measure or 0]}",))
