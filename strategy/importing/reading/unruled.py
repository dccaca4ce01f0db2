"""Tables whose columns or rows no line parts: by lying lines or shades, and by columns that line up below heads."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from strategy.importing.reading.lattice import NEAR, Grid, grid_of, inside_of, is_bold, places, rows_in, said_in, slot
from strategy.importing.reading.rows import Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from strategy.importing.reading.glyphs import Rule, Word

MOST_TRIES, FEWEST_ROWS = 150, 3
STRIP = 7.0
"""Points between columns that no line parts."""
MOST_STEP = 2.6
"""Sizes from line to line, at most, in a table of which only some rows are shaded."""
HEADS_APART = 1.2
"""Sizes between heads that no line parts."""


def stacked(lying: Sequence[Rule], sure: Sequence[Grid]) -> list[list[Rule]]:
    """Return lines of the same length above each other, three or more, with no sure table between them."""
    stacks: list[list[Rule]] = []
    for rule in sorted(lying, key=lambda one: one.at):
        for stack in stacks:
            last = stack[-1]
            is_like = abs(last.start - rule.start) <= NEAR and abs(last.end - rule.end) <= NEAR
            if is_like and not any(last.at < grid.bottom < rule.at for grid in sure):
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    return [stack for stack in stacks if len(stack) >= 3 and stack[0].end - stack[0].start > 150]


def banded_in(stack: Sequence[Rule], standing: Sequence[Rule], words: Sequence[Word]) -> Iterable[Grid]:
    """Yield the tables in a stack of lines: the longest from each line on."""
    start, tries = 0, 0
    while start + 3 <= len(stack) and tries < MOST_TRIES:
        for end in range(len(stack), start + 2, -1):
            tries += 1
            grid = banded(stack[start:end], standing, words)
            if grid is not None:
                yield grid
                start = end - 1
                break
            if tries >= MOST_TRIES:
                break
        start += 1


def banded(lying: Sequence[Rule], standing: Sequence[Rule], words: Sequence[Word]) -> Grid | None:
    """Return the table between lying lines when its columns are parted all the way down, by room or by some lines."""
    ys = places(rule.at for rule in lying)
    left, right = min(rule.start for rule in lying), max(rule.end for rule in lying)
    inside = [word for word, _row, _column in inside_of(words, [left, right], ys)]
    strips = _strips(rows_of(inside))
    if not strips or len(ys) < 3:
        return None
    between = [(low + high) / 2 for low, high in strips]
    xs = [left, *between, right]
    edges = places(rule.at for rule in standing if left + 8 < rule.at < right - 8 and ys[0] - 2 < rule.start < ys[-1])
    if edges and all(any(low - 1 <= edge <= high + 1 for low, high in strips) for edge in edges):
        xs = [left, *edges, right]
    split = rows_in(inside, xs, ys) or []
    return grid_of(xs, ys, split) if len(split) >= FEWEST_ROWS else None


def _strips(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Return the upright strips between the words that no word stands in."""
    spans = sorted((word.x0, word.x1) for row in rows for word in row.words)
    strips, reach = [], spans[0][1] if spans else 0.0
    for low, high in spans:
        if low - reach >= STRIP:
            strips.append((reach, low))
        reach = max(reach, high)
    return strips


def aligned(words: Sequence[Word]) -> list[Grid]:
    """Return tables without any line: three columns or more below bold heads, every line keeping to its columns."""
    rows = rows_of(words)
    found: list[Grid] = []
    at = 0
    while at < len(rows):
        heads = parts_of(rows[at])
        end = at + 1
        if len(heads) >= 3 and all(word.type.bold for word in rows[at].words):
            edges = [heads[0][0].x0 - 2, *(part[0].x0 - 2 for part in heads[1:]), 1e6]
            while (
                end < len(rows) and _keeps_to(rows[end], edges) and rows[end].y - rows[end - 1].y < 4 * rows[end].size
            ):
                end += 1
            grid = _of_rows(rows[at:end], edges)
            if grid is not None:
                found.append(grid)
                at = end
                continue
        at += 1
    return found


def _of_rows(rows: Sequence[Row], edges: list[float]) -> Grid | None:
    parted = [row for row in rows[1:] if len({slot(edges, word.x0) for word in row.words}) >= 2]
    if len(rows) < FEWEST_ROWS or len(parted) < 2:
        return None
    words = [word for row in rows for word in row.words]
    ys = [rows[0].y - rows[0].size, median((rows[0].y, rows[1].y - rows[1].size)), rows[-1].y + rows[-1].size]
    edges = [*edges[:-1], max(row.x1 for row in rows) + 2]
    split = rows_in(words, edges, ys) or []
    return grid_of(edges, ys, split) if len(split) >= FEWEST_ROWS else None


def parts_of(row: Row) -> list[list[Word]]:
    """Return a line's words in parts with wide room between them."""
    parts = [[row.words[0]]]
    for before, word in pairwise(row.words):
        if word.x0 - before.x1 > HEADS_APART * word.type.size:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _keeps_to(row: Row, edges: list[float]) -> bool:
    """Say whether each part of a line begins where a column does, and none runs into the next column."""
    for part in parts_of(row):
        column = slot(edges, part[0].x0)
        if part[0].x0 < edges[0] or not -3 < part[0].x0 - edges[column] - 2 < 4:
            return False
        if part[-1].x1 > edges[column + 1]:
            return False
    return True


# ---- tables of which only some rows are shaded ----


def stretched(grid: Grid, words: Sequence[Word]) -> Grid:
    """Return a table with the rows above and below that keep to its columns: where every other row is shaded, the
    first and the last may not be. `words` are those that stand in no table.
    """
    if len(grid.xs) < 4:
        return grid
    rows = rows_of(words)
    above = _next_to(grid, [row for row in reversed(rows) if row.y < grid.top], grid.top)
    below = _next_to(grid, [row for row in rows if row.y > grid.bottom], grid.bottom)
    while above and len(_columns_of(above[-1], grid.xs)) < 2:
        above.pop()
    if below and len(_columns_of(below[0], grid.xs)) < 2:
        below = []
    for part, is_above in ((above, True), (below, False)):
        grid = _with_rows(grid, part, is_above=is_above)
    return grid


def _next_to(grid: Grid, rows: Sequence[Row], edge: float) -> list[Row]:
    """Return the lines from an edge of a table on, for as long as they keep to its columns and near each other."""
    found: list[Row] = []
    for row in rows:
        if abs(row.y - edge) > MOST_STEP * row.size or not _is_in_columns(row, grid.xs):
            break
        found.append(row)
        edge = row.y
    return found


def _is_in_columns(row: Row, xs: list[float]) -> bool:
    apart = all(
        after.x0 - before.x1 > 4 for before, after in pairwise(row.words) if slot(xs, before.x0) != slot(xs, after.x0)
    )
    return apart and all(
        xs[0] - 1 <= word.x0 and word.x1 <= xs[-1] + 1 and slot(xs, word.x0 + 1) == slot(xs, word.x1 - 1)
        for word in row.words
    )


def _columns_of(row: Row, xs: list[float]) -> set[int]:
    return {slot(xs, word.x0 + 1) for word in row.words}


def _with_rows(grid: Grid, rows: Sequence[Row], *, is_above: bool) -> Grid:
    if not rows:
        return grid
    words = [word for row in rows for word in row.words]
    top, bottom = min(row.y - row.size for row in rows), max(row.y + row.size / 2 for row in rows)
    split = rows_in(words, grid.xs, [top, bottom]) or []
    said = [[said_in(cell, grid.xs[at + 1]) for at, cell in enumerate(row)] for row in split]
    heads = [is_above and at == 0 and is_bold(row) for at, row in enumerate(split)]
    return replace(
        grid,
        top=min(grid.top, top),
        bottom=max(grid.bottom, bottom),
        said=said + grid.said if is_above else grid.said + said,
        is_head=heads + [False] * len(grid.said) if is_above else grid.is_head + heads,
        words=grid.words | {id(word) for word in words},
    )
