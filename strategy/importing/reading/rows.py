"""Words become lines: those on one base line, raised marks among them, told apart from what stands beside."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from strategy.importing.reading.clean import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from strategy.importing.reading.glyphs import Word

SAME_LINE = 0.25
"""How far base lines on one line may differ, as a share of the size."""
MARK = re.compile(r"\(?(\d{1,3}|\*{1,3}|[†‡])\)?")


@dataclass(slots=True)
class Row:
    """Words on one base line from left to right; `marks` are references to footnotes that were taken out of it."""

    words: list[Word]
    y: float
    marks: list[str] = field(default_factory=list)

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def size(self) -> float:
        """The size most of its signs have."""
        sizes: Counter[float] = Counter()
        for word in self.words:
            sizes[word.type.size] += len(word.text)
        return sizes.most_common(1)[0][0]

    @property
    def bold(self) -> bool:
        return self._most(lambda word: word.type.bold)

    @property
    def italic(self) -> bool:
        return self._most(lambda word: word.type.italic)

    def _most(self, is_so: Callable[[Word], bool]) -> bool:
        signs = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if is_so(word)) > 0.8 * signs

    @property
    def text(self) -> str:
        return text_of(self.words)


def rows_of(words: Iterable[Word]) -> list[Row]:
    """Return the lines that words stand on, from the top; a small raised or lowered word is on its neighbours'."""
    rows: list[Row] = []
    for word in sorted(words, key=lambda one: (one.y, one.x0)):
        row = rows[-1] if rows else None
        if row is not None and word.y - row.y <= SAME_LINE * min(word.type.size, row.words[-1].type.size):
            row.words.append(word)
        else:
            rows.append(Row([word], word.y))
    rows = _with_raised(rows)
    for row in rows:
        row.words.sort(key=lambda one: one.x0)
    rows.sort(key=lambda row: row.y)
    return rows


def _with_raised(rows: list[Row]) -> list[Row]:
    """Put small raised or lowered words back on the line they belong to; references to footnotes are kept apart."""
    sizes = [max(word.type.size for word in row.words) for row in rows]
    gone: set[int] = set()
    for at, row in enumerate(rows):
        for by in (at - 2, at - 1, at + 1, at + 2):
            if not 0 <= by < len(rows) or by in gone or sizes[at] >= 0.8 * sizes[by]:
                continue
            if _hangs_on(row, rows[by], sizes[by]):
                for word in row.words:
                    _hang(word, rows[by])
                gone.add(at)
                break
    return [row for at, row in enumerate(rows) if at not in gone]


def _hangs_on(row: Row, other: Row, line: float) -> bool:
    """Say whether each small word follows, or goes right before, a word of the line."""

    def is_by(small: Word, word: Word) -> bool:
        return -1 < small.x0 - word.x1 < 0.3 * line or -1 < word.x0 - small.x1 < 0.3 * line

    return abs(other.y - row.y) < 0.6 * line and all(
        any(is_by(small, word) for word in other.words) for small in row.words
    )


def _hang(word: Word, row: Row) -> None:
    if word.y < row.y and MARK.fullmatch(word.text):
        row.marks.append(word.text)
    row.words.append(word)


def text_of(words: Sequence[Word]) -> str:
    """Return what words on a line say; a space stands where the file has one or where there is room for it."""
    if not words:
        return ""
    first = words[0]
    said = ["•" if len(first.text) == 1 and (first.type.symbol or "\ue000" <= first.text <= "\uf8ff") else first.text]
    gaps = [after.x0 - before.x1 for before, after in pairwise(words)]
    room = 0.2 * max(word.type.size for word in words)
    alone = sum(len(word.text) == 1 and word.text.isalpha() for word in words)
    is_spaced_out = len(words) >= 5 and alone > 0.8 * len(words)
    if is_spaced_out:
        room = max(room, 1.6 * median(gaps))
    for gap, word in zip(gaps, words[1:], strict=True):
        said.append((" " if gap > room or (word.spaced and not is_spaced_out) else "") + word.text)
    return clean("".join(said))


def without_marks(row: Row, marks: set[str]) -> Row:
    """Return a line without the raised references to these footnotes."""
    if not marks & set(row.marks):
        return row
    size = max(word.type.size for word in row.words)

    def is_mark(word: Word) -> bool:
        return word.text in marks and word.type.size < 0.8 * size and word.y < row.y - 0.05 * size

    return Row([word for word in row.words if not is_mark(word)] or row.words, row.y)


def broken_off(row: Row, right: float) -> bool:
    """Say whether a cell's line is one word that the cell's right edge broke off, with no hyphen to tell of it."""
    word = row.words[-1]
    return (
        len(row.words) == 1
        and word.x1 + 0.75 * word.type.size > right
        and word.text[-1:].isalpha()
        and len(word.text) > 5
    )
