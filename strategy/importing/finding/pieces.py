"""Lines joined to what a reader sees: headings, labelled lines, items of lists and paragraphs.

A text from a PDF breaks lines where the page ended, sometimes with an empty line after each. So what belongs together
is told by what the lines say: a small letter goes on, a short line that ends a sentence stops, a new bullet begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from strategy.importing.document import Line, Role, Table
from strategy.importing.finding import regions, words
from strategy.importing.finding.bullets import with_bullets
from strategy.importing.finding.marks import CHAPTER, Label, Mark, heading_mark_of, label_of, mark_of
from strategy.importing.finding.shapes import Shape, beginning_of, recurring_of, shape_of
from strategy.importing.reading.clean import join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strategy.importing.document import Block

FARTHEST = 4
"""Empty lines that a sentence may go on over."""
LONGEST_HEADING = 110
SHORTEST_FULL = 55
"""Signs of a heading's line, at least, that may have been broken before a capital letter."""
LONGEST_LEAD = 60
MOST_WORDS = 14
MOST_LINES = 100
"""Lines of a paragraph; a longer one is no paragraph."""
LONE_NUMBER = re.compile(r"\d{1,2}\.?")
ENDS = re.compile(r"[.:;!?…][)»”\"']*$")


class Sort(StrEnum):
    """What a piece is before anything is known of the whole."""

    HEADING = "heading"
    LABEL = "label"
    NUMBER = "number"
    ITEM = "item"
    TEXT = "text"
    TABLE = "table"


@dataclass(slots=True)
class Piece:
    """Lines that belong together. `text` is what they say without label or mark, `said` with them.

    `level` is the file's own heading level, or the depth of an item without a label; 0 where it is not known. `look`
    tells headings apart by what they look like: "styled", "caps", "weak".
    """

    sort: Sort
    lines: list[Line] = field(default_factory=list)
    text: str = ""
    said: str = ""
    label: Label | None = None
    mark: Mark | None = None
    level: int = 0
    look: str = ""
    table: Table | None = None
    gap: int = 0

    @property
    def first(self) -> Line:
        """Return the line it begins with."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """Return the line it ends with."""
        return self.lines[-1]

    @property
    def is_wrapped(self) -> bool:
        """Say whether it stands on more lines than one."""
        return len(self.lines) > 1


def pieces_of(blocks: Iterable[Block]) -> list[Piece]:
    """Return a document's pieces in its order; captions are left out."""
    blocks = list(blocks)
    shape = shape_of([block for block in blocks if isinstance(block, Line)])
    blocks = with_bullets(blocks, shape.gap)
    builder = Builder(shape, recurring_of(blocks), beginning_of(blocks, shape))
    for block in blocks:
        if isinstance(block, Table):
            builder.close()
            builder.pieces.append(Piece(Sort.TABLE, table=block))
        else:
            builder.take(block)
    builder.close()
    return with_titles(builder.pieces)


def with_titles(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with a label that stands alone («Mål 1») joined to the heading or paragraph below it.

    Several in a row are a drawing; they are left as they are.
    """
    told: list[Piece] = []
    for piece in pieces:
        before = told[-1] if told else None
        if (
            before is not None
            and before.sort is Sort.HEADING
            and LONE_NUMBER.fullmatch(before.said)
            and piece.sort is Sort.HEADING
            and piece.mark is None
        ):
            piece.mark = Mark("1", before.said.rstrip("."), piece.text)
            told[-1] = replace(piece, lines=[*before.lines, *piece.lines], said=f"{before.said} {piece.said}")
        elif (
            before is None
            or not is_bare(before)
            or piece.sort not in (Sort.TEXT, Sort.HEADING)
            or piece.said.endswith(":")
        ) or (
            len(told) > 1
            and is_bare(told[-2])
            and told[-2].label is not None
            and before.label is not None
            and told[-2].label.word == before.label.word
        ):
            told.append(piece)
        else:
            told[-1] = joined(before, piece)
    return told


def joined(piece: Piece, after: Piece) -> Piece:
    """Return a label and what says its text as one piece; it looks like the more striking of the two."""
    level = min([one.level for one in (piece, after) if one.level and one.look == "styled"], default=piece.level)
    look = "styled" if "styled" in (piece.look, after.look) else piece.look
    return Piece(
        piece.sort,
        [*piece.lines, *after.lines],
        after.said,
        f"{piece.said} {after.said}",
        piece.label,
        piece.mark,
        level,
        look,
        gap=piece.gap,
    )


def is_bare(piece: Piece) -> bool:
    """Say whether a piece is a label with a number and nothing else («Hovedmål 1»)."""
    return piece.sort is Sort.LABEL and piece.label is not None and piece.label.number is not None and not piece.text


def is_capitals(text: str) -> bool:
    """Say whether a text is all in capitals, and long enough for that to mean something."""
    if any(map(str.islower, text[1:6])):  # most lines; the count below is slow
        return False
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) >= 4 and sum(sign.isupper() for sign in letters) >= 0.9 * len(letters)


def is_field(text: str) -> bool:
    """Say whether a line tells who, when or how much of what stands above it («Ansvar: …»)."""
    return text[:1].isupper() and bool(words.FIELDS.match(text))


def is_leading(text: str) -> bool:
    """Say whether a line heads a list of measures and says nothing else («Slik gjør vi det»)."""
    found = words.LEAD.search(text) if len(text) <= LONGEST_LEAD and text[:1].isupper() else None
    return found is not None and found.start() == 0


@dataclass
class Builder:
    """Takes lines one after the other and makes pieces of them."""

    shape: Shape
    recurring: set[str]
    begins: set[str]
    pieces: list[Piece] = field(default_factory=list)
    now: Piece | None = None

    def take(self, line: Line) -> None:
        new = self.beginning(line)
        if self.now is not None and not line.whole and self.goes_on(self.now, line, new):
            self.now.lines.append(line)
            return
        self.close()
        new.lines, new.gap = [line], line.gap
        self.now = new

    def close(self) -> None:
        """Finish the piece at hand."""
        piece, self.now = self.now, None
        if piece is None:
            return
        piece.said = join([line.text for line in piece.lines])
        if not piece.said:
            return
        if piece.sort is Sort.TEXT and regions.is_caption(piece.said):
            return
        cut = len(piece.first.text) - len(piece.text)
        piece.text = join([piece.text, *(line.text for line in piece.lines[1:])]) if cut > 0 else piece.said
        if not piece.text and piece.label is None:
            return
        if piece.sort is Sort.TEXT and self.looks_like_heading(piece):
            piece.sort, piece.look = Sort.HEADING, self.look_of(piece)
        elif piece.sort is not Sort.TEXT and not piece.look:
            piece.look = self.look_of(piece)
        self.pieces.append(piece)

    # ---- where a piece begins ----

    def beginning(self, line: Line) -> Piece:
        """Return the piece that a line would begin."""
        drawn = f"{line.label} {line.text}"
        label = label_of(drawn) if line.label[:1].isalnum() else None
        mark = mark_of(drawn) if label is not None else mark_of(line.text, line.label)
        label = label or label_of(line.text)
        if label is not None:
            level = line.level if line.role is Role.HEADING else 0
            return Piece(Sort.LABEL, text=label.text, label=label, level=level, mark=mark)
        if line.role is Role.HEADING:
            mark = mark or heading_mark_of(line.text)
            return Piece(
                Sort.HEADING, text=mark.text if mark else line.text, mark=mark, level=line.level, look="styled"
            )
        if line.role is Role.ITEM and mark is None:
            mark = Mark("•", None, line.text)
        if mark is None:
            return Piece(Sort.TEXT, text=line.text)
        if mark.number is None or line.role is Role.ITEM:
            return Piece(Sort.ITEM, text=mark.text, mark=mark, level=line.level)
        return Piece(Sort.NUMBER, text=mark.text, mark=mark, level=line.level)

    # ---- where it goes on ----

    def goes_on(self, piece: Piece, line: Line, new: Piece) -> bool:
        """Say whether a line goes on with the piece at hand."""
        before, text = piece.last, line.text
        if before.whole or len(piece.lines) >= MOST_LINES or text[:1] in "•▪◦●■" or is_field(text):
            return False
        if text in self.recurring or before.text in self.recurring or is_leading(text):
            return False
        is_open = self.is_open(before.text)
        if not is_open and not self.begins.isdisjoint((text, piece.first.text)):
            return False
        far = line.gap - self.shape.gap
        if new.sort is Sort.LABEL and new.label is not None:
            if (new.label.number is not None and not new.text) or self.differs(before, line):
                return False
            last = before.text.split()[-1].casefold()
            prose = not new.label.separator and far <= 0 and is_open and (last in words.SMALL or last.endswith(","))
            return prose and piece.sort in (Sort.TEXT, Sort.ITEM) and not is_capitals(text)
        if new.sort is Sort.HEADING or piece.look == "styled":
            same = (
                line.role is before.role
                and new.level == piece.level
                and abs(line.size - before.size) < 0.6
                and line.bold == before.bold
            )
            is_one = (
                new.sort in (Sort.HEADING, Sort.TEXT)
                and new.mark is None
                and bool(piece.text)
                and piece.sort is not Sort.ITEM
            )
            return same and is_one and far <= 0 and (is_open or text[:1].islower()) and line.page == before.page
        if new.mark is not None:
            return self.is_number_in_prose(piece, new, far=far, is_open=is_open)
        if is_capitals(before.text) and piece.sort in (Sort.LABEL, Sort.NUMBER, Sort.TEXT):
            return is_capitals(text) and far <= 1 and (piece.sort is not Sort.TEXT or far <= 0)
        if is_capitals(text) and not is_open and len(text.split()) <= MOST_WORDS:
            return False
        if self.differs(before, line) and not (text[:1].islower() and is_open):
            return False
        return self.flows(piece, line, far=far, is_open=is_open)

    def flows(self, piece: Piece, line: Line, *, far: int, is_open: bool) -> bool:
        """Say whether a line without any mark flows on from the one before."""
        before, text = piece.last, line.text
        if text[:1].islower() or text[:1] in ",)&/":
            return far <= (FARTHEST if is_open else 0)
        if before.text.endswith("-") or (is_open and before.text.split()[-1].casefold().strip('«"(') in words.SMALL):
            is_title = len(piece.lines) == 1 and piece.sort is not Sort.ITEM
            is_short = is_title and self.fits(before.text, text, 0.6)  # «Et sentrum å være i» says all
            return far <= FARTHEST and not (is_short and not before.text.endswith("-"))
        if is_open and before.text.endswith(","):
            return far <= 1
        is_heading = piece.sort is Sort.NUMBER and piece.mark is not None and piece.mark.depth > 1
        if is_heading and len(before.text) < SHORTEST_FULL:
            return False
        if line.page != before.page and not is_open:
            return False
        if far > 0 or self.fits(before.text, text, 1.0 if is_heading else 0.85) or before.text.endswith(":"):
            return False
        return not (piece.sort is Sort.ITEM and line.indent and line.indent < piece.first.indent - 1)

    def is_number_in_prose(self, piece: Piece, new: Piece, *, far: int, is_open: bool) -> bool:
        """Say whether a number or a dash at the beginning of a line is only where the sentence was broken."""
        mark = new.mark
        if mark is None or far > 0 or not is_open or (mark.depth > 1 and piece.sort is not Sort.TEXT):
            return False
        if mark.form in "-–—*" and mark.number is None:
            return mark.text[:1].islower() and piece.sort is Sort.TEXT and not self.fits(piece.last.text, new.text)
        if mark.number is None or mark.form in {"(1)", "(a)"}:
            return mark.number is not None and piece.sort is Sort.TEXT
        last = piece.last.text.split()[-1].casefold().strip("«(").rstrip(".")
        if piece.sort not in (Sort.TEXT, Sort.ITEM):
            return False
        return (
            last in words.SMALL
            or last in words.REFERRING
            or (mark.form == "1" and not self.fits(piece.last.text, new.said))
        )

    def is_open(self, text: str) -> bool:
        """Say whether a line stops without ending a sentence; an abbreviation's stop ends none."""
        if not ENDS.search(text):
            return True
        return text.endswith(".") and text.split()[-1].casefold().strip("(«").rstrip(".") in words.ABBREVIATIONS

    def fits(self, before: str, text: str, share: float = 0.85) -> bool:
        """Say whether a line's first word would have stood on the line before, so that the break was wanted."""
        return len(before) + 1 + len((text.split() or [""])[0]) < share * self.shape.width

    def differs(self, one: Line, other: Line) -> bool:
        """Say whether two lines look different."""
        return one.bold != other.bold or abs(one.size - other.size) > 0.6

    # ---- what looks like a heading ----

    def looks_like_heading(self, piece: Piece) -> bool:
        """Say whether a paragraph without mark or label is a heading."""
        text, line = piece.said, piece.first
        if not text[:1].isupper() and text[:1] not in '«"':
            return False
        if len(text) > LONGEST_HEADING or len(text.split()) > MOST_WORDS or text[-1] in ".,;:" or is_field(text):
            return False
        if self.look_of(piece) != "weak":
            return True
        if piece.is_wrapped or line.role is Role.ITEM or self.shape.size or line.whole:
            return False
        is_small = text.split()[-1].casefold() in words.SMALL
        is_cut_off = is_small and piece.gap <= self.shape.gap and not is_leading(text)
        return len(text) <= 60 and not is_cut_off and not re.search(r"\d\s*%?$", text)

    def look_of(self, piece: Piece) -> str:
        """Return what a piece looks like beside the document's running text."""
        line = piece.first
        if line.role is Role.HEADING or (piece.level and piece.sort is Sort.HEADING):
            return "styled"
        if self.shape.size and line.size >= self.shape.size * 1.08:
            return "styled"
        if line.bold and not self.shape.is_bold and all(one.bold for one in piece.lines):
            return "styled"
        return "caps" if is_capitals(piece.said) else "weak"


def chapter_of(piece: Piece) -> str | None:
    """Return the chapter number that a piece begins with, printed or drawn, or nothing."""
    if piece.label is not None:
        return piece.label.chapter
    if piece.mark is not None and piece.mark.number is not None and piece.mark.form in {"1.", "1.1", "1"}:
        return piece.mark.number
    if piece.mark is not None and piece.mark.number is not None and piece.mark.form == "A1":
        return f"{piece.mark.number[0]}.{piece.mark.number[1:].lstrip('-')}"
    found = CHAPTER.match(piece.said)
    return found["number"] if found and piece.sort is Sort.HEADING else None
