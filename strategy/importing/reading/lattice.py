"""A table as it stands on a page: where its columns and rows part, and what its cells say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from strategy.importing.reading.clean import ENDINGS, SMALL, join
from strategy.importing.reading.rows import broken_off, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from strategy.importing.reading.glyphs import Word

POINT = re.compile(r"(?:[•▪▫◦‣∙●○■□►➢➤→✓–—\-*o·]|\d{1,2}[.)]|[a-zæøå]\))\s+\S")
"""What begins a point of a list in a cell."""
PARAGRAPH, USUAL_STEP = 1.3, 1.35
"""Steps from line to line from which a new paragraph begins, in the usual one; and that one in sizes, at most."""
NEAR = 3.5
"""Points within which lines meet, or are one."""
FEWEST_FILLED = 0.3
NARROW = 12.0
"""A column without text that is narrower is none."""
PADDING = 5.0
"""Points between a cell's text and its edge, about."""


@dataclass(slots=True)
class Grid:
    """A table as found on one page. `said[row][column]` is the text; `xs` are the columns' edges, and the last's."""

    top: float
    bottom: float
    xs: list[float]
    said: list[list[str]]
    is_head: list[bool]
    words: set[int] = field(default_factory=set)


def places(values: Iterable[float]) -> list[float]:
    """Return where lines are, those near each other as one."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= NEAR:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def slot(edges: list[float], value: float) -> int:
    return max(0, min(len(edges) - 2, sum(edge <= value for edge in edges) - 1))


def inside_of(words: Sequence[Word], xs: list[float], ys: list[float]) -> list[tuple[Word, int, int]]:
    """Return the words in a table with their row and column."""
    found = []
    for word in words:
        x, y = (word.x0 + word.x1) / 2, word.y - 0.3 * word.type.size
        if xs[0] - 1 <= x <= xs[-1] + 1 and ys[0] - 1 <= y <= ys[-1] + 1:
            found.append((word, slot(ys, y), slot(xs, min(x, word.x0 + 4))))
    return found


def said_in(words: Sequence[Word], right: float) -> str:
    """Return a cell's text, paragraphs and points parted by "\\n"; a word its edge broke is made whole."""
    rows = rows_of(words)
    steps = [after.y - before.y for before, after in pairwise(rows)]
    usual = min([*steps, USUAL_STEP * max((row.size for row in rows), default=0.0)])
    paragraphs: list[list[str]] = []
    for at, row in enumerate(rows):
        said = row.text
        is_heading = at and is_bold([rows[at - 1].words]) is not is_bold([row.words])
        if not at or is_heading or steps[at - 1] > PARAGRAPH * usual or POINT.match(said):
            paragraphs.append([said])
        elif broken_off(rows[at - 1], right - PADDING) and _is_rest_of_word(said, is_last=at + 1 == len(rows)):
            paragraphs[-1][-1] += said
        else:
            paragraphs[-1].append(said)
    return "\n".join(join(lines) for lines in paragraphs)


def _is_rest_of_word(said: str, *, is_last: bool) -> bool:
    """Say whether a line may begin with the rest of a word: not with a small word, unless it is an ending and all."""
    return said[:1].islower() and (said.split()[0] not in SMALL or (is_last and said in ENDINGS))


def said_on(before: str, after: str) -> str:
    """Return a cell's text with what it says on the next page."""
    if not before or not after or POINT.match(after):
        return "\n".join(filter(None, (before, after)))
    *above, last = before.split("\n")
    first, *below = after.split("\n")
    return "\n".join((*above, join([last, first]), *below))


def rows_in(words: Sequence[Word], xs: list[float], ys: list[float]) -> list[list[list[Word]]] | None:
    """Return cells by row and column where lines do not part all the rows: room does, or a first column that begins."""
    rows: list[list[list[Word]]] = []
    for top, bottom in pairwise(ys):
        lines = rows_of(word for word, _row, _column in inside_of(words, xs, [top, bottom]))
        if not lines:
            continue
        steps = [after.y - before.y for before, after in pairwise(lines)]
        usual = min(steps, default=0.0)
        by_room = any(step > 1.25 * usual for step in steps)
        for line, step in zip(lines, [None, *steps], strict=True):
            placed = [(word, slot(xs, min((word.x0 + word.x1) / 2, word.x0 + 4))) for word in line.words]
            first = {column: word.text for word, column in reversed(placed)}
            if step is None or (step > 1.25 * usual if by_room else _begins_row(first, len(xs) - 1)):
                rows.append([[] for _ in xs[1:]])
            for word, column in placed:
                rows[-1][column].append(word)
    return rows or None


def _begins_row(first: dict[int, str], columns: int) -> bool:
    """Say whether a line may begin a row, by the first words in its cells: most are filled, and few begin small."""
    small = sum(text[0].islower() and len(text) > 1 for text in first.values())
    return 0 in first and not first[0][0].islower() and len(first) > columns / 2 and 2 * small < len(first)


def grid_of(
    xs: list[float], ys: list[float], held: list[list[list[Word]]], said: list[list[str]] | None = None
) -> Grid | None:
    """Return a table if it is one: at least two columns with text, and cells that are filled.

    `held` has the words of each cell; `said` is given where merged cells say more than the words in each place do.
    """
    if said is None:
        said = [[said_in(cell, xs[at + 1]) for at, cell in enumerate(row)] for row in held]
    rows = [at for at, row in enumerate(said) if any(row)]
    if not rows:
        return None
    columns = {at for at in range(len(xs) - 1) if any(said[row][at] for row in rows)}
    filled = sum(bool(cell) for row in rows for cell in said[row])
    if len(columns) < 2 or filled < FEWEST_FILLED * len(rows) * len(columns):
        return None
    keep = [at for at in range(len(xs) - 1) if at in columns or xs[at + 1] - xs[at] >= NARROW]
    bold = [is_bold(held[row]) for row in rows]
    return Grid(
        ys[0],
        ys[-1],
        [xs[at] for at in keep] + [xs[keep[-1] + 1]],
        [[said[row][at] for at in keep] for row in rows],
        [at == 0 and bold[0] and not all(bold) for at in range(len(rows))],
        {id(word) for row in held for cell in row for word in cell},
    )


def is_bold(row: Sequence[Sequence[Word]]) -> bool:
    return any(row) and all(word.type.bold for cell in row for word in cell)
