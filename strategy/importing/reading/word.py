"""Word processing files (.docx): whole paragraphs with the role, number and look the program gives them, and tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from strategy.importing.document import MOST_PAGES, Block, Document, Kind, Line, Role, Table, Unreadable, Why
from strategy.importing.reading.clean import clean, join
from strategy.importing.reading.looks import with_levels
from strategy.importing.reading.numbering import Drawn, Numbering, W, left, value, whole
from strategy.importing.reading.packed import Package
from strategy.importing.reading.runs import CHOICE, MOST_DEPTH, Pages, Part, Reader, Said, chosen, is_prompt
from strategy.importing.reading.styles import Look, Style, Styles, outline_of, value_of_list
from strategy.importing.reading.word_tables import Cell, Grid, read_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

MOST_BLOCKS = 60_000
"""Paragraphs and rows; a page has some forty."""
LONGEST_LEAD = 60
"""Signs of a line that is broken because it is over, not because it is full."""
CONTAINERS = {f"{W}{name}" for name in ("customXml", "ins", "moveTo", "smartTag")}
APP = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}Pages"


def read(path: Path, on_page: Callable[[int, int], None]) -> Document:
    """Read a file; pages are those of the program that saved it last, or of the breaks in it where it says none.

    Raises:
        Unreadable: locked, broken, dangerous, too large, empty, or nothing but pictures.
    """
    with Package(path, "wordprocessingml") as package:
        app = package.xml(package.related("extended-properties", ""))
        total = whole(None if app is None else app.findtext(APP), 1)
        if total > MOST_PAGES:
            raise Unreadable(Why.TOO_MANY_PAGES, pages=total)
        walker = Walker(package, Pages(max(total, 1), on_page))
        walker.walk()
        blocks = tuple(in_order(with_levels(walker.blocks), walker.notes))
        if not blocks:
            raise Unreadable(Why.SCANNED if package.has_pictures() else Why.EMPTY)
        last = max(walker.pages.now, total)
        on_page(last, last)
        return Document(Kind.DOCX, last, blocks, package.title())


class Walker:
    """Goes through a document once, in order, and keeps the blocks it finds."""

    def __init__(self, package: Package, pages: Pages) -> None:
        parts = {one.kind: one.target for one in package.relations(package.main).values()}
        self._root = package.xml(package.main)
        self.styles = Styles(package.xml(parts.get("styles", "")))
        self._lists = Numbering(package.xml(parts.get("numbering", "")), self.styles.lists())
        self.pages = pages
        self._reader = Reader(self.styles, pages)
        self._notes = {kind: package.xml(parts.get(f"{kind}s", "")) for kind in ("footnote", "endnote")}
        self._note_of: dict[tuple[str, str], Any] = {
            (kind, one.get(f"{W}id", "")): one
            for kind, root in self._notes.items() if root is not None
            for one in root if one.get(f"{W}type", "normal") == "normal"
        }  # fmt: skip
        self.blocks: list[Block] = []
        self.notes: list[Line] = []
        self._count = self._gap = self._contents = 0
        self._carried: list[Part] = []
        """The beginning of a paragraph whose end was deleted, or a large first letter: the next one goes on from it."""
        sections = () if self._root is None else self._root.iter(f"{W}sectPr")
        breaks = [one for one in sections if one.getparent().tag in (f"{W}pPr", f"{W}body")]
        self._turns = {one: value(after, "type") not in ("continuous", "nextColumn") for one, after in pairwise(breaks)}

    def walk(self) -> None:
        """Read all of the document.

        Raises:
            Unreadable: it has no body, is nested without end, or is too long.
        """
        body = None if self._root is None else self._root.find(f"{W}body")
        if body is None:
            raise Unreadable(Why.BROKEN)
        self._inside(body, 0)
        if self._carried:
            self._keep(self._lines(Said(self._carried), None, Style(), None, 0))

    def _inside(self, parent: Iterable[Any], depth: int) -> None:
        if depth > MOST_DEPTH:
            raise Unreadable(Why.BROKEN)
        for one in parent:
            tag = one.tag
            if tag == f"{W}p":
                self._paragraph(one, depth)
            elif tag == f"{W}tbl":
                self._table(one, depth)
            elif tag == f"{W}sdt":
                self._control(one, depth)
            elif tag == f"{CHOICE}AlternateContent":
                self._inside(chosen(one), depth + 1)
            elif tag in CONTAINERS:
                self._inside(one, depth + 1)

    def _control(self, control: Any, depth: int) -> None:
        """Read a content control; one that only shows what to write there says nothing."""
        if is_prompt(control):
            return
        gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        is_contents = gallery is not None and gallery.get(f"{W}val") == "Table of Contents"
        self._contents += is_contents
        self._inside(control.iterfind(f"{W}sdtContent/*"), depth + 1)
        self._contents -= is_contents

    # ---- paragraphs ----

    def _paragraph(self, paragraph: Any, depth: int) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = self.styles.paragraph("" if properties is None else value(properties, "pStyle"))
        before = None if properties is None else properties.find(f"{W}pageBreakBefore")
        if style.begins_page if before is None else before.get(f"{W}val", "1") not in ("0", "false", "off"):
            self.pages.turn_before()
        said = self._reader.read(paragraph, style.look)
        if self._carried:
            self._carried[-1].take(said.parts[0])
            said.parts, self._carried = self._carried + said.parts[1:], []
        if properties is not None and _goes_on(properties):
            self._carried = said.parts
        else:
            drawn, level = self._drawn(properties, style)
            self._keep(self._lines(said, properties, style, drawn, level))
        self.notes += self._notes_of(said)
        for box in said.boxes:
            self._inside(box, depth + 1)
        section = None if properties is None else properties.find(f"{W}sectPr")
        if section is not None and self._turns.get(section, False):
            self.pages.turn()

    def _drawn(self, properties: Any | None, style: Style) -> tuple[Drawn | None, int]:
        """Return what is drawn before a paragraph, and its level in the list from 0."""
        own = None if properties is None else value_of_list(properties)
        key, level = (own[0] or style.list_id, own[1]) if own else (style.list_id, None)
        if not key or key == "0":
            return None, 0
        if level is None:
            of_style = self._lists.level_of(key, style.list_style)
            level = of_style if of_style is not None else style.list_level or 0
        return self._lists.next(key, level), level

    def _lines(self, said: Said, properties: Any | None, style: Style, drawn: Drawn | None, level: int) -> list[Line]:
        """Return a paragraph's lines: one, or more where line breaks in it divide what it says."""
        role, depth = self._role(said, properties, style)
        if role is Role.TEXT and drawn is not None and drawn.label:
            role, depth = Role.ITEM, level + 1
        own = left(None if properties is None else properties.find(f"{W}ind"))
        indents = (own, style.indent if style.list_id else None, drawn.indent if drawn else None, style.indent)
        indent = next((each for each in indents if each is not None), 0.0)
        found: list[Line] = []
        for parts in divided(said.parts, is_one=role is not Role.TEXT and role is not Role.ITEM):
            text = join([part.text for part in parts])
            if not text:
                continue
            is_first = not found
            found.append(Line(
                text, parts[0].page, 0, role if is_first or role is not Role.ITEM else Role.TEXT,
                level=depth if is_first or role is not Role.ITEM else 0,
                label=clean(drawn.label) if drawn is not None and is_first else "", whole=True,
                bold=all(part.is_bold for part in parts), size=parts[0].size, indent=indent,
            ))  # fmt: skip
        return found

    def _role(self, said: Said, properties: Any | None, style: Style) -> tuple[Role, int]:
        """Return what a paragraph is by its style and fields, and its level where it is a heading."""
        if self._contents or said.is_contents:
            return Role.CONTENTS, 0
        if style.role is not Role.TEXT:
            return style.role, 0
        outline = outline_of(properties)
        heading = style.heading if outline is None else outline
        if heading:
            return Role.HEADING, heading
        return (Role.CAPTION if said.is_counted else Role.TEXT), 0

    def _keep(self, lines: list[Line]) -> None:
        self._counted(max(len(lines), 1))
        if not lines:
            self._gap += 1
            return
        self.blocks.append(replace(lines[0], gap=self._gap))
        self.blocks += lines[1:]
        self._gap = 0

    def _counted(self, count: int) -> None:
        self._count += count
        if self._count > MOST_BLOCKS:
            raise Unreadable(Why.TOO_LARGE)

    def _notes_of(self, said: Said) -> Iterator[Line]:
        """Yield the notes that a paragraph refers to, on its page; each note once."""
        page = next((part.page for part in reversed(said.parts) if part.page), self.pages.now)
        for key in said.notes:
            note = self._note_of.pop(key, None)
            if note is None:
                continue
            texts = (self._reader.read(each, Look()) for each in note.iter(f"{W}p"))
            text = join([part.text for one in texts for part in one.parts])
            if text:
                self._counted(1)
                yield Line(text, page, 0, Role.FOOTNOTE, whole=True)

    # ---- tables ----

    def _table(self, table: Any, depth: int) -> None:
        """Read a table, and keep it or what stands in it."""
        outer, self.blocks = self.blocks, []
        self._gap = 0
        grid = Grid()
        for row in _children(table, f"{W}tr", 0):
            said = row.find(f"{W}trPr")
            if said is not None and said.find(f"{W}del") is not None:
                continue
            self._counted(1)
            grid.begin(said, self.pages.now)
            start, ends = self.pages.now, [self.pages.now]
            for cell in _children(row, f"{W}tc", 0):
                self.blocks = []
                self.pages.back_to(start)
                self._inside(cell, depth + 1)
                grid.add(Cell(tuple(self.blocks)), cell.find(f"{W}tcPr"))
                ends.append(self.pages.now)
            self.pages.back_to(max(ends))
        self.blocks = outer
        self._gap = 0
        self.blocks += read_out(grid)


def _children(parent: Any, wanted: str, depth: int) -> Iterator[Any]:
    """Yield rows or cells, also those in controls and insertions."""
    if depth > MOST_DEPTH:
        raise Unreadable(Why.BROKEN)
    for one in parent:
        if one.tag == wanted:
            yield one
        elif one.tag == f"{W}sdt":
            for content in one.iterfind(f"{W}sdtContent"):
                yield from _children(content, wanted, depth + 1)
        elif one.tag in CONTAINERS:
            yield from _children(one, wanted, depth + 1)


def _goes_on(properties: Any) -> bool:
    """Say whether the next paragraph belongs to this one: its end was deleted, or it is a large first letter."""
    frame = properties.find(f"{W}framePr")
    is_drop_cap = frame is not None and frame.get(f"{W}dropCap", "none") != "none"
    return is_drop_cap or any(properties.find(f"{W}rPr/{W}{name}") is not None for name in ("del", "moveFrom"))


def divided(parts: list[Part], *, is_one: bool) -> list[list[Part]]:
    """Return the pieces of a paragraph in lines: broken to fill the page they are one, broken to divide they are more.

    `is_one` keeps all together, as in a heading; a page break divides always.
    """
    found: list[list[Part]] = []
    for part in parts:
        if not part.signs:
            continue
        if found and not part.is_apart and (is_one or not _divides(found[-1][-1], part)):
            found[-1].append(part)
        else:
            found.append([part])
    return found


def _divides(before: Part, after: Part) -> bool:
    """Say whether a line break ends what was said."""
    last, first = clean(before.text), clean(after.text)
    if before.is_bold and after.is_bold and not last.endswith((".", ":", ";", "!", "?")):
        return False  # a heading over two lines
    if first[0].islower():
        return False
    is_over = last.endswith((".", ":", ";", "!", "?")) or len(last) < LONGEST_LEAD
    return is_over or before.is_bold != after.is_bold or not first[0].isalpha()


def in_order(blocks: Iterable[Block], notes: list[Line]) -> Iterator[Block]:
    """Yield the blocks with their lines numbered on each page, and a page's notes at its end."""
    numbers: Counter[int] = Counter()
    waiting = sorted(notes, key=lambda note: note.page)[::-1]

    def number(page: int) -> int:
        numbers[page] += 1
        return numbers[page]

    for block in blocks:
        page = block.rows[0].page if isinstance(block, Table) else block.page
        while waiting and waiting[-1].page < page:
            note = waiting.pop()
            yield replace(note, number=number(note.page))
        if isinstance(block, Table):
            yield replace(block, rows=tuple(replace(row, number=number(row.page)) for row in block.rows))
        else:
            yield replace(block, number=number(page))
    for note in reversed(waiting):
        yield replace(note, number=number(note.page))
