"""Boxes that stand side by side, read as a table: «Mål» and «Strategiar» in the left one, «Tiltak» in the right one.

What is a table's first row are the boxes' own headings. Each box is read to its end before the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.document import Line, Role
from strategy.importing.finding.columns import column_of
from strategy.importing.finding.marks import BULLET, label_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from strategy.importing.document import Block, Table, TableRow

MOST_BOXES = 3
FAR = 2
"""Empty lines that part what a heading in a box heads from what is above."""


def read_in_turn(table: Table) -> list[Block]:
    """Return a table as it is, or the lines of the boxes it is made of: each has a heading, and one has several.

    A row of nothing but heads, said again or of other columns, makes it a table.
    """
    width = max((len(row.cells) for row in table.rows), default=0)
    boxes = [box for column in range(width) if (box := list(lines_of(table, column)))]
    begin_so = 1 < len(boxes) <= MOST_BOXES and all(is_heading(box[0].text) for box in boxes)
    if not begin_so or max(map(headings_in, boxes)) < 2 or any(map(is_head, table.rows[1:])):
        return [table]
    return [line for box in boxes for line in box]


def headings_in(box: Sequence[Line]) -> int:
    """Return how many level words the headings of a box say."""
    return len({label.word for line in box if (label := label_of(line.text)) is not None and is_heading(line.text)})


def is_head(row: TableRow) -> bool:
    """Say whether each cell that says something is a head, and more than one does."""
    said = [cell for cell in row.cells if cell.strip()]
    return len(said) > 1 and all(column_of(cell) is not None for cell in said)


def lines_of(table: Table, column: int) -> Iterator[Line]:
    """Yield a box's headings, points and paragraphs, each on a line of its own."""
    told: list[Line] = []
    for row in table.rows:
        cell = row.cells[column] if column < len(row.cells) else ""
        for said in filter(None, map(str.strip, cell.split("\n"))):
            begins = not told or is_heading(said) or is_heading(told[-1].text) or BULLET.match(said) is not None
            if begins and told:
                yield told.pop()
            before = f"{told.pop().text} " if told else ""
            gap = FAR if is_heading(said) else 0
            role = Role.ITEM if BULLET.match(before + said) else Role.TEXT
            told.append(Line(before + said, row.page, row.number, role, gap=gap, bold=is_heading(said), whole=True))
    yield from told


def is_heading(text: str) -> bool:
    """Say whether a line in a box says no more than what stands below it."""
    label = label_of(text)
    return label is not None and label.group and not label.text
