"""Tables of a word processor: those that hold rows stay so, those that only frame or place text become its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from strategy.importing.document import Block, Line, Role, Table, TableRow
from strategy.importing.reading.numbering import W, is_on, value, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COLUMNS = 63
"""As many as the program itself allows."""
MANY = 3
"""Paragraphs in a cell of a lonely row that make it a column of text."""


@dataclass(slots=True)
class Cell:
    """A cell: what stands in it, how many columns it takes, and whether it goes on from the one above."""

    blocks: tuple[Block, ...] = ()
    span: int = 1
    goes_on: bool = False

    @property
    def text(self) -> str:
        return "\n".join(line for block in self.blocks for line in _lines_of(block))


@dataclass(slots=True)
class GridRow:
    """A row: its cells in order, the page it begins on, and whether the program repeats it as a head."""

    page: int
    is_head: bool
    after: int = 0
    cells: list[Cell] = field(default_factory=list)

    @property
    def width(self) -> int:
        return sum(cell.span for cell in self.cells)


class Grid:
    """A table as it is read, cell by cell."""

    def __init__(self) -> None:
        self.rows: list[GridRow] = []

    def begin(self, said: Any | None, page: int) -> None:
        """Begin a row; `said` is its `w:trPr`."""
        head = None if said is None else said.find(f"{W}tblHeader")
        before, after = ("0", "0") if said is None else (value(said, "gridBefore"), value(said, "gridAfter"))
        self.rows.append(GridRow(page, head is not None and is_on(head), _columns(after, 0)))
        if _columns(before, 0):
            self.rows[-1].cells.append(Cell(span=_columns(before, 0)))

    def add(self, cell: Cell, said: Any | None) -> None:
        """Add a cell to the row; `said` is its `w:tcPr`. What is beyond the last column goes to the last cell."""
        row = self.rows[-1]
        if said is not None:
            cell.span = max(_columns(value(said, "gridSpan"), 1), 1)
            below = said.find(f"{W}vMerge")
            cell.goes_on = below is not None and below.get(f"{W}val", "continue") != "restart"
            beside = said.find(f"{W}hMerge")
            if beside is not None and beside.get(f"{W}val", "continue") != "restart" and row.cells:
                row.cells[-1].span += row.width < MOST_COLUMNS
                return
        if row.width >= MOST_COLUMNS:
            row.cells[-1].blocks += cell.blocks
            return
        cell.span = min(cell.span, MOST_COLUMNS - row.width)
        row.cells.append(cell)


def _columns(said: str, default: int) -> int:
    return min(max(whole(said, default), 0), MOST_COLUMNS)


def _lines_of(block: Block) -> Iterator[str]:
    """Yield what a block in a cell says, with the numbers and bullets that are drawn."""
    if isinstance(block, Table):
        for row in block.rows:
            said = " | ".join(cell.replace("\n", " ") for cell in row.cells if cell)
            if said:
                yield said
    else:
        yield f"{block.label} {block.text}".strip()


def read_out(grid: Grid) -> list[Block]:
    """Return a table, its headings above it; or the lines in it, where it only frames or places them."""
    rows = [row for row in grid.rows if row.cells]
    if not any(cell.blocks for row in rows for cell in row.cells):
        return []
    if is_frame(rows):
        return [block for row in rows for cell in row.cells for block in cell.blocks]
    above: list[Block] = []
    at = 0
    while at < len(rows) and (heading := _heading_across(rows[at])) is not None:
        above += heading
        at += 1
    return [*above, *_table(rows[at:])]


def is_frame(rows: list[GridRow]) -> bool:
    """Say whether a table holds no rows of anything: text in one column only, or columns of running text."""
    columns: set[int] = set()
    filled = 0
    for row in rows:
        at = 0
        filled += any(cell.blocks for cell in row.cells)
        for cell in row.cells:
            if cell.blocks:
                columns.add(at)
            if _is_running(cell):
                return True
            at += cell.span
    return len(columns) <= 1 or (filled == 1 and any(len(cell.blocks) >= MANY for row in rows for cell in row.cells))


def _is_running(cell: Cell) -> bool:
    """Say whether a cell is a piece of the document by itself: a heading with text below it."""
    is_headed = any(isinstance(block, Line) and block.role is Role.HEADING for block in cell.blocks)
    return is_headed and len(cell.blocks) >= MANY


def _heading_across(row: GridRow) -> tuple[Block, ...] | None:
    """Return the heading that a row consists of, if it does."""
    said = [cell for cell in row.cells if cell.blocks]
    is_heading = len(said) == 1 and all(
        isinstance(block, Line) and block.role is Role.HEADING for block in said[0].blocks
    )
    return said[0].blocks if is_heading else None


def _table(rows: list[GridRow]) -> list[Block]:
    """Return the rows as a table, equally long, without empty ones."""
    width = max((min(row.width + row.after, MOST_COLUMNS) for row in rows), default=0)
    above: tuple[str, ...] = ("",) * width
    found = []
    for row in rows:
        cells: list[str] = []
        for cell in row.cells:
            text = above[len(cells)] if cell.goes_on and not cell.text else cell.text
            cells += [text] + [""] * (cell.span - 1)
        page = next((_page(block) for cell in row.cells for block in cell.blocks), row.page)
        above = (*cells, *[""] * (width - len(cells)))
        if any(above):
            found.append(TableRow(above, page, 0, row.is_head))
    return [Table(tuple(found))] if found else []


def _page(block: Block) -> int:
    return block.rows[0].page if isinstance(block, Table) else block.page
