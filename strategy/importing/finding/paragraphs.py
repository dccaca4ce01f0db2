"""A document's running text in paragraphs: lines joined, headings apart, without what is repeated on its pages."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from strategy.importing.document import Line, Role
from strategy.importing.finding import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from strategy.importing.document import Document, Table

APART = {Role.CONTENTS, Role.HEADER, Role.FOOTER, Role.FOOTNOTE, Role.CAPTION}
LONGEST_HEADING = 90
FIRST_ROWS = 6
PAGE_OF_LINES = 25
"""How far apart, at least, lines stand that are alike because they are on top of pages."""
PAGE_NUMBER = re.compile(r"^(?:side\s)?\d{1,3}\s*\|?\s+(?=\D)|\s+\|?\s*(?:side\s)?\d{1,3}$", re.I)
FULL = 0.75
"""A line at least this share of a full one goes on where nothing ends it."""
NUMBERED = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2})*\.?\s+(?=\S)")
NAMED = re.compile(r"(?:plan)?periode|visjon|misjon|verdiar|verdier|(?:overordnet|overordna) mål", re.I)
"""What a cell may be the label of, in a table that says what the document is."""
ENDS = (".", "!", "?", ":", "»", "”", '"')
ADDRESS = re.compile(r"^(?:https?://|www\.)\S*$")


class Paragraph(NamedTuple):
    """A paragraph or a heading: its text on one line, the page, and how large it is printed (0: not known)."""

    text: str
    page: int
    is_heading: bool = False
    size: float = 0.0
    is_item: bool = False


def paragraphs_of(document: Document) -> list[Paragraph]:
    """Return the running text in order of print; tables, headers, footers, notes and contents are left out."""
    lines = [
        line
        for block in document.blocks
        for line in ([block] if isinstance(block, Line) else _above(block))
        if line.role not in APART and not ADDRESS.match(line.text)
    ]
    usual, full = _measures(lines)
    found: list[list[Line]] = []
    for line in lines:
        if not line.text.strip():
            continue
        if found and _goes_on(found[-1][-1], line, usual, full):
            found[-1].append(line)
        else:
            found.append([line])
    return [_paragraph(group, full) for group in found]


def repeated_of(document: Document) -> list[str]:
    """Return what is printed at the top or bottom of the pages, the most frequent first."""
    seen: Counter[str] = Counter()
    last: dict[str, int] = {}
    for place, one in enumerate(document.blocks):
        text = PAGE_NUMBER.sub("", one.text).strip() if isinstance(one, Line) else ""
        if "://" in text or not 12 <= len(text) <= 2 * LONGEST_HEADING or not isinstance(one, Line):
            continue
        is_apart = one.role is Role.TEXT and not one.whole and place - last.get(text, place) >= PAGE_OF_LINES
        if is_apart or one.role in {Role.HEADER, Role.FOOTER}:
            seen[text] += 1
        last.setdefault(text, place)
    return [text for text, _count in seen.most_common()]


def without_number(text: str) -> str:
    """Return a heading without the number of its chapter."""
    return NUMBERED.sub("", text).strip()


def _above(table: Table) -> Iterator[Line]:
    """Yield what the first rows of a table say of the whole: a sheet's own title, "Periode" with its years."""
    for row in table.rows[:FIRST_ROWS]:
        said = [" ".join(cell.split()) for cell in row.cells if cell.strip()]
        if len(said) == 1 or (len(said) == 2 and NAMED.fullmatch(said[0])):
            yield Line(": ".join(said), row.page, row.number, whole=True)


def _measures(lines: Sequence[Line]) -> tuple[int, int]:
    """Return how many empty lines stand between lines of one paragraph, and how long a full line is."""
    lengths = sorted(len(one.text) for one in lines if not one.whole)
    full = lengths[len(lengths) * 9 // 10] if lengths else 0
    gaps = Counter(
        line.gap
        for before, line in pairwise(lines)
        if len(before.text) >= full * FULL and line.text[:1].islower() and not line.whole
    )
    return (gaps.most_common(1)[0][0] if gaps else 0), full


def _goes_on(before: Line, line: Line, usual: int, full: int) -> bool:
    """Say whether a line goes on from the one before it, in the same paragraph."""
    if (
        before.whole
        or line.whole
        or before.role is not line.role
        or abs(before.size - line.size) > 0.5
        or before.bold is not line.bold
    ):
        return False
    if marks.mark_of(line.text) is not None and not line.text[0].isdigit():
        return False
    if line.page != before.page:
        return line.text[0].islower() and not before.text.endswith(ENDS)
    if line.gap > usual:
        return False
    if line.text[0].islower() or (before.text[-1:] in "–-" and line.text[0].isdigit()):
        return True
    return len(before.text) >= full * FULL and not (
        before.text.endswith(":") or (usual and before.text.endswith(".") and len(before.text) < full * 0.9)
    )


def _paragraph(lines: Sequence[Line], full: int) -> Paragraph:
    text = " ".join(_joined(line.text for line in lines).split())
    first = lines[0]
    is_short = len(text) <= LONGEST_HEADING and not text.endswith((".", ",", ";", ":"))
    is_heading = first.role is Role.HEADING or (
        is_short
        and first.role is Role.TEXT
        and text[:1] not in "•-–o«("
        and (first.bold or len(text) < max(full, 60) * FULL)
        and not re.search(r":\s", text)
    )
    return Paragraph(
        text, first.page, is_heading, first.size, first.role is Role.ITEM or marks.mark_of(text) is not None
    )


def _joined(lines: Iterable[str]) -> str:
    text = ""
    for line in lines:
        line = line.strip()
        if re.search(r"[a-zæøå]-$", text) and line[:1].islower() and not re.match(r"(?:og|eller|samt|til)\b", line):
            text = text[:-1] + line
        else:
            text = f"{text} {line}"
    return text.strip()
