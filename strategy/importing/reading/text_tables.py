"""Tables in text: words that stand below each other in at least three columns, parted by spaces, under a head."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from strategy.importing.document import Block, Line, Role, Table, TableRow
from strategy.importing.reading.clean import ENDINGS, SMALL, clean, join

if TYPE_CHECKING:
    from collections.abc import Iterable

SEGMENT = re.compile(r"\S+(?: \S+)*")
FEWEST_COLUMNS, FEWEST_ROWS = 3, 1
LONGEST_HEAD, MOST_COLUMNS = 45, 20
MOST_TURNED = 12
"""Lines of a new page in which to look for a full row."""
LONG_WORD, TAIL = 12, re.compile(r"[a-zæøå]{1,3}")
"""A word too long for its cell, and the end of it that stands on the next line."""
SLACK = 2
"""How far beside its column's head a cell may begin."""


class Raw(NamedTuple):
    """A line as it stands, its page and number, and how many empty lines are above it."""

    text: str
    page: int
    number: int
    gap: int = 0


class Span(NamedTuple):
    """Words that stand together in a line, and where they begin and end."""

    start: int
    end: int
    text: str


@dataclass
class Growing:
    """A table as it is read: where its columns begin, and its rows."""

    starts: list[int]
    rows: list[tuple[list[str], Raw]] = field(default_factory=list)

    def cells_of(self, line: Raw) -> list[str] | None:
        """Return a line's cells, or None where it does not stand in these columns."""
        cells = [""] * len(self.starts)
        for span in spans_of(line.text):
            place = next(
                (place for place in reversed(range(len(self.starts))) if span.start >= self.starts[place] - SLACK), 0
            )
            if cells[place] or (place + 1 < len(self.starts) and span.end > self.starts[place + 1] + SLACK):
                return None
            cells[place] = span.text
        return cells

    def take(self, line: Raw, after: Raw | None) -> bool:
        """Take a line as a row, as what goes on from the row above, or as a group; say whether it belongs here."""
        if line.gap > SLACK:
            return False
        if len(self.rows) > 1 and [span.text for span in spans_of(line.text)] == self.rows[0][0]:
            return True  # the head, said again on the next page
        cells = self.cells_of(line)
        filled = [place for place, cell in enumerate(cells or []) if cell]
        if cells is not None and len(filled) > 1 and not (self._goes_on(cells) and len(self.rows) > 1):
            self.rows.append((cells, line))
            return True
        is_turned = line.page != self.rows[-1][1].page
        if cells is not None and len(self.rows) > 1 and self._goes_on(cells) and (is_turned or not line.gap):
            above = self.rows[-1][0]
            above[:] = [_joined(upper, lower) for upper, lower in zip(above, cells, strict=True)]
            return True
        return self._take_group(line, after)

    def turn(self, page: Iterable[Raw]) -> None:
        """Stand where a new page's columns do: they begin where its first full row's words do."""
        for line in page:
            spans = spans_of(line.text)
            if line.gap > SLACK:
                return
            if len(spans) == len(self.starts):
                self.starts = [span.start for span in spans]
                return

    def _goes_on(self, cells: list[str]) -> bool:
        """Say whether a line goes on from the row above.

        So it does when its first cell is empty, when small letters begin all that it says and the row above says more,
        and when the first cell above stops in the middle: «Utrede kai på».
        """
        above = self.rows[-1][0]
        filled = [cell for cell in cells if cell]
        is_small = all(cell[0].islower() for cell in filled)
        is_less = any(upper and not lower for upper, lower in zip(above, cells, strict=True))
        is_rest = is_small and is_less and not above[0][:1].islower()
        return not cells[0] or (len(filled) == 1 and is_small) or is_rest or is_unended(above[0])

    def _take_group(self, line: Raw, after: Raw | None) -> bool:
        """Take a line of its own between rows as a group of those below it."""
        spans = spans_of(line.text)
        below = self.cells_of(after) if after is not None and after.gap < SLACK else None
        if len(spans) != 1 or spans[0].start > SLACK or below is None or sum(map(bool, below)) < FEWEST_COLUMNS:
            return False
        self.rows.append(([spans[0].text, *[""] * (len(self.starts) - 1)], line))
        return True


def spans_of(text: str) -> list[Span]:
    """Return the words of a line that stand together: two spaces part them."""
    return [Span(found.start(), found.end(), clean(found[0])) for found in SEGMENT.finditer(text)]


def tables_in(lines: list[Raw]) -> list[tuple[int, int, Table]]:
    """Return the tables in lines that all say something: the first line's place, that after the last, and the table."""
    found = []
    place = 0
    while place < len(lines):
        growing = _headed(lines[place])
        after = place + 1
        while growing is not None and after < len(lines):
            if lines[after].page != lines[after - 1].page:
                growing.turn(line for line in lines[after : after + MOST_TURNED] if line.page == lines[after].page)
            if not growing.take(lines[after], lines[after + 1] if after + 1 < len(lines) else None):
                break
            after += 1
        if growing is not None and sum(sum(map(bool, cells)) > 1 for cells, _line in growing.rows) > FEWEST_ROWS:
            rows = tuple(TableRow(tuple(cells), line.page, line.number) for cells, line in growing.rows)
            found.append((place, after, Table(rows)))
            place = after
        else:
            place += 1
    return found


def _headed(line: Raw) -> Growing | None:
    """Begin a table where a line could be its head: short words in three places or more."""
    spans = spans_of(line.text)
    if not FEWEST_COLUMNS <= len(spans) <= MOST_COLUMNS or any(len(span.text) > LONGEST_HEAD for span in spans):
        return None
    if not all(any(sign.isalnum() for sign in span.text) for span in spans):
        return None
    return Growing([span.start for span in spans], [([span.text for span in spans], line)])


def is_unended(cell: str) -> bool:
    """Say whether a cell stops in the middle: with a comma, a hyphen or a small word («for»)."""
    last = cell.split()[-1] if cell else ""
    return last in SMALL or (len(last) > 1 and last[-1] in ",-")


def _joined(upper: str, lower: str) -> str:
    """Join what goes on in a cell; a bullet begins a new line in it, the end of a word too long for it goes on."""
    if not upper or not lower:
        return upper or lower
    if " " not in upper and len(upper) >= LONG_WORD and TAIL.fullmatch(lower) and lower not in SMALL - ENDINGS:
        return upper + lower
    if re.match(r"[•◦▪–*-]\s", lower):
        return f"{upper}\n{lower}"
    before, line, last = upper.rpartition("\n")
    return before + line + join([last, lower])


def with_tables(lines: list[Line], raws: list[str]) -> list[Block]:
    """Return the lines with tables in the place of those that make one up; `raws` are the lines as they stand."""
    text = [place for place, line in enumerate(lines) if line.role is Role.TEXT]
    raw = [
        Raw(raws[place].replace("\u00a0", " "), lines[place].page, lines[place].number, lines[place].gap)
        for place in text
    ]
    blocks: list[Block] = list(lines)
    for first, after, table in reversed(tables_in(raw)):
        own = lines[text[first] : text[after - 1] + 1]
        between = [line for line in own if line.role in (Role.HEADER, Role.FOOTER)]
        if len(own) - len(between) == after - first:  # nothing but the pages' own stands between
            blocks[text[first] : text[after - 1] + 1] = [table, *between]
    return blocks
