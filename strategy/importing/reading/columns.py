"""The order in which a page's lines are read: down each column, column by column, where there are columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.reading.rows import Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.reading.glyphs import Word

GUTTER = 9.0
"""Points between columns at least."""
FEWEST, FILLED = 3, 8
SHORTEST = 12
"""Signs that the lines of a column have at least, on average."""
SAME_START = 2.0
MOST_DEEP = 4
Span = tuple[float, float]


def flows(words: Sequence[Word], known: list[Span], depth: int = 0) -> list[list[Row]]:
    """Return a page's lines as runs of text, in reading order; within a run all lines stand below each other.

    `known` are where the columns of other pages begin, left and right; those found are added. A column that ends early
    is known by them.
    """
    rows = rows_of(words)
    if depth >= MOST_DEEP:
        return [rows] if rows else []
    free = [_free(row) for row in rows]
    found: list[list[Row]] = []
    plain: list[Row] = []
    at = 0
    while at < len(rows):
        band = _band(rows, free, at, known)
        if band is None:
            plain.append(rows[at])
            at += 1
            continue
        end, middle = band
        if plain:
            found.append(plain)
            plain = []
        inside = [word for row in rows[at:end] for word in row.words]
        for side in ([one for one in inside if one.x1 <= middle], [one for one in inside if one.x1 > middle]):
            found += flows(side, known, depth + 1)
        at = end
    if plain:
        found.append(plain)
    return found


def _band(rows: Sequence[Row], free: Sequence[list[Span]], start: int, known: list[Span]) -> tuple[int, float] | None:
    """Return where columns that begin at a line end, and the middle of what parts them; None where none begin."""
    shared, end = free[start], start + 1
    while end < len(rows):
        left = _common(shared, free[end])
        if not any(low > -1e6 and high < 1e6 for low, high in left):
            break
        shared, end = left, end + 1
    for low, high in sorted(shared, key=lambda span: span[0] - span[1]):
        if low <= -1e6 or high >= 1e6:
            continue
        middle = (low + high) / 2
        stop = _trimmed(rows, start, end, middle)
        left_side, right_side = _sides(rows[start:stop], middle)
        if not left_side or not right_side:
            continue
        begins = min(row.x0 for row in left_side), min(row.x0 for row in right_side)
        if _are_columns(left_side, right_side):
            known.append(begins)
            return stop, middle
        if stop - start >= FEWEST and any(_near(begins, other) for other in known):
            return stop, middle
    return None


def _near(one: Span, other: Span) -> bool:
    return abs(one[0] - other[0]) <= SAME_START and abs(one[1] - other[1]) <= SAME_START


def _free(row: Row) -> list[Span]:
    """Return where a line has nothing, wide enough to part columns; the margins reach on without end."""
    spans: list[Span] = [(-1e7, row.words[0].x0)]
    reach = row.words[0].x1
    for word in row.words[1:]:
        if word.x0 - reach >= GUTTER:
            spans.append((reach, word.x0))
        reach = max(reach, word.x1)
    return [*spans, (reach, 1e7)]


def _common(first: list[Span], second: list[Span]) -> list[Span]:
    """Return what two lists of spans share, where it is wide enough."""
    shared = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return [(low, high) for low, high in shared if high - low >= GUTTER]


def _sides(rows: Sequence[Row], middle: float) -> tuple[list[Row], list[Row]]:
    left = [Row(words, row.y) for row in rows if (words := [word for word in row.words if word.x1 <= middle])]
    right = [Row(words, row.y) for row in rows if (words := [word for word in row.words if word.x1 > middle])]
    return left, right


def _trimmed(rows: Sequence[Row], start: int, end: int, middle: float) -> int:
    """Return where columns end: what stands to the left below the end of both is text again, if text goes on there."""
    if end == len(rows):
        return end
    last = max((at for at in range(start, end) if rows[at].x1 > middle), default=end - 1)
    for at in range(last + 1, end):
        if rows[at].y - rows[at - 1].y > 1.7 * rows[at].size:
            return at
    return end


def _are_columns(left: list[Row], right: list[Row]) -> bool:
    """Say whether text runs down both sides: enough lines beside each other, long or in even starts on both.

    One side may have a line or two only, the end of a text that fills the other side. Many lines beside each other that
    do not stand on the same base lines are columns, however uneven.
    """
    sides = (left, right)
    if any(_signs(side) < SHORTEST * len(side) for side in sides):
        return False
    few, many = sorted(sides, key=len)
    if len(few) < FEWEST:
        return len(many) >= FILLED and _share_full(many) >= 0.7
    top, bottom = max(side[0].y for side in sides) - 3, min(side[-1].y for side in sides) + 3
    beside = [[row for row in side if top <= row.y <= bottom] for side in sides]
    if min(map(len, beside)) < FEWEST:
        return False
    places = {row.y for row in beside[0]}
    shared = sum(row.y in places for row in beside[1]) / len(beside[1])
    return (min(map(len, beside)) >= FILLED and shared < 0.7) or all(map(_is_even, beside))


def _signs(side: Sequence[Row]) -> int:
    """Return how many signs a side's lines have, with the spaces between words."""
    return sum(len(word.text) + 1 for row in side for word in row.words) - len(side)


def _share_full(side: Sequence[Row]) -> float:
    """Return the share of a side's lines that reach across it."""
    widest = max(row.x1 for row in side) - min(row.x0 for row in side)
    return sum(row.x1 - row.x0 >= 0.6 * widest for row in side) / len(side)


def _is_even(side: Sequence[Row]) -> bool:
    """Say whether most lines of a side reach across it, or most begin at the same place."""
    most = max(sum(abs(row.x0 - other.x0) < 2 for other in side) for row in side)
    return _share_full(side) >= 0.5 or most >= 0.6 * len(side)
