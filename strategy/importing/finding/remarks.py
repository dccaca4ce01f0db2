"""Rows of a table that tell of the table itself: sums, «Sist endret: …», and notes below the last row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from strategy.importing.finding import cells, marks
from strategy.importing.finding.columns import About

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import TableRow
    from strategy.importing.finding.heads import Columns

SUM_ROW = re.compile(
    r"(?:del)?(?:sum|total)(?:t|er|ar|en)?\b.{0,40}|i alt|til ?sammen|til saman|samla sum|samlet sum|netto|brutto", re.I
)
ABOUT_ITSELF = re.compile(r"(?:sist|kilde|kjelde|oppdatert|versjon|dato|merknad|note|forklaring|\*)\b", re.I)
"""How a row begins that tells of the table."""


def sole(row: TableRow) -> int | None:
    """Return the place of the only cell that says something, or None; a cell repeated along the row is one."""
    said = {place: cell.strip() for place, cell in enumerate(row.cells) if cell.strip()}
    return min(said) if len(set(said.values())) == 1 and (len(said) == 1 or len(said) == len(row.cells)) else None


def is_sum(row: TableRow) -> bool:
    """Say whether a row adds up those above it."""
    return SUM_ROW.fullmatch(_first(row)) is not None


def is_remark(row: TableRow) -> bool:
    """Say whether a row is a sum, or tells of the table itself: "Sist endret: …"."""
    return is_sum(row) or (sole(row) is not None and ABOUT_ITSELF.match(_first(row)) is not None)


def without_notes(rows: Sequence[TableRow], columns: Columns, *, is_sheet: bool) -> list[TableRow]:
    """Return the rows below a head without notes, which have one cell each and no label.

    They are those after a sum that ends the table; in a sheet, those after an empty row too, but for a deed without
    details. Where each row says what it is, one that does not is a note wherever it stands.
    """
    told = [at for at, row in enumerate(rows) if sole(row) is None and not is_sum(row)]
    kept = list(rows[: told[-1] + 1] if told else rows)
    is_after = False
    for before, row in zip(rows[len(kept) - 1 :], rows[len(kept) :], strict=False):
        is_apart = is_sheet and row.number - before.number > 1
        may_be_deed = sole(row) == columns.measure and not _first(row).endswith(".")
        is_after = is_after or is_sum(before) or (is_apart and not may_be_deed)
        if not is_after or _is_labelled(row):
            kept.append(row)
    if columns.places(About.WORD):
        return [row for row in kept if sole(row) != columns.measure or _is_labelled(row)]
    return kept


def _is_labelled(row: TableRow) -> bool:
    return marks.label_of(_first(row)) is not None


def _first(row: TableRow) -> str:
    return cells.joined(next(cell for cell in row.cells if cell.strip()))
