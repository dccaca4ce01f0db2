"""What a paragraph says, piece by piece: deletions, field codes and hidden text out, insertions and results in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from strategy.importing.document import MOST_PAGES, Unreadable, Why
from strategy.importing.reading.numbering import W, is_on, value
from strategy.importing.reading.styles import USUAL_SIZE, Look, Styles, look_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_DEPTH = 60
"""How deep anything may stand in anything; people reach eight or so."""
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
BOX = f"{W}txbxContent"
GONE = {f"{W}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "sdtPr", "sdtEndPr", "rt", "instrText", "delText")}
SIGNS = {f"{W}tab": " ", f"{W}ptab": " ", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "", f"{W}cr": "\n"}
DRAWN = {f"{W}drawing", f"{W}pict", f"{W}object"}
CONTENTS_FIELDS = {"TOC", "INDEX", "TOA", "BIBLIOGRAPHY"}


class Pages:
    """Which page we are on; a break that someone made is not counted again where the program marks the new page."""

    def __init__(self, total: int, on_page: Callable[[int, int], None]) -> None:
        self.now, self._total, self._on_page = 1, total, on_page
        self.is_top = True
        self._is_made = False

    def turn(self) -> None:
        """Begin a page because of a break in the file.

        Raises:
            Unreadable: it has more pages than we read.
        """
        self._next()
        self._is_made = True

    def turn_before(self) -> None:
        """Begin a page because a paragraph asks for it, unless it stands at the top of one."""
        if not self.is_top:
            self.turn()

    def marked(self) -> None:
        """Take the program's mark that a page began here when it last saved."""
        if self._is_made:
            self._is_made = False
        else:
            self._next()

    def said(self) -> None:
        self.is_top = self._is_made = False

    def back_to(self, page: int) -> None:
        """Go back to where a row of a table began: its cells stand side by side."""
        self.now = page

    def _next(self) -> None:
        self.now += 1
        self.is_top = True
        if self.now > MOST_PAGES:
            raise Unreadable(Why.TOO_MANY_PAGES, pages=max(self.now, self._total))
        self._on_page(self.now, max(self._total, self.now))


@dataclass(slots=True)
class Part:
    """A piece of a paragraph up to a line break: its text, where it begins, and how many signs have which look."""

    page: int = 0
    is_apart: bool = False
    texts: list[str] = field(default_factory=list)
    signs: int = 0
    bold_signs: int = 0
    sizes: dict[float, int] = field(default_factory=dict)

    def take(self, other: Part) -> None:
        """Go on with another piece, with nothing between."""
        self.page = self.page or other.page
        self.texts += other.texts
        self.signs += other.signs
        self.bold_signs += other.bold_signs
        for size, signs in other.sizes.items():
            self.sizes[size] = self.sizes.get(size, 0) + signs

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def is_bold(self) -> bool:
        return self.signs > 0 and self.bold_signs == self.signs

    @property
    def size(self) -> float:
        return max(self.sizes, key=lambda size: (self.sizes[size], size), default=0.0)


@dataclass(slots=True)
class Said:
    """A paragraph: its pieces, the text boxes that hang on it, and the ids of its notes."""

    parts: list[Part] = field(default_factory=lambda: [Part()])
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    is_counted: bool = False
    """It has a number from a sequence of figures or tables, so it is a caption."""
    is_contents: bool = False

    def begin(self, *, is_apart: bool = False) -> None:
        """Begin a piece, unless the last one is still empty."""
        if self.parts[-1].signs:
            self.parts.append(Part())
        self.parts[-1].is_apart |= is_apart


class Fields:
    """The fields that are open: a code's words are not said, its result is. A contents field goes over paragraphs."""

    def __init__(self) -> None:
        self._open: list[list[str]] = []

    @property
    def in_code(self) -> bool:
        return any(one[0] == "code" for one in self._open)

    @property
    def in_contents(self) -> bool:
        return any(one[0] == "result" and one[1].split(" ")[0] in CONTENTS_FIELDS for one in self._open)

    def mark(self, kind: str) -> str:
        """Take a field's mark; returns its code where the code ends."""
        if kind == "begin":
            self._open.append(["code", ""])
        elif kind == "separate" and self._open:
            self._open[-1][:] = ["result", " ".join(self._open[-1][1].split())]
            return self._open[-1][1]
        elif kind == "end" and self._open:
            return self._open.pop()[1].strip()
        return ""

    def code(self, text: str) -> None:
        if self._open and self._open[-1][0] == "code" and len(self._open[-1][1]) < 200:
            self._open[-1][1] += text

    def end_paragraph(self) -> None:
        """Forget codes without an end: what follows them in a damaged file is still text."""
        self._open = [one for one in self._open if one[0] == "result"][:MOST_DEPTH]


class Reader:
    """Reads paragraphs with the styles and the open fields of a document."""

    def __init__(self, styles: Styles, pages: Pages) -> None:
        self._styles, self._pages, self._fields = styles, pages, Fields()

    def read(self, paragraph: Any, usual: Look) -> Said:
        """Return what a paragraph says; `usual` is how its style looks.

        Raises:
            Unreadable: it is nested without end, or the pages are too many.
        """
        said = Said()
        self._inside(paragraph, said, usual, 0)
        self._fields.end_paragraph()
        return said

    def _inside(self, parent: Iterable[Any], said: Said, look: Look, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise Unreadable(Why.BROKEN)
        for one in parent:
            tag = one.tag
            if tag == f"{W}r":
                self._run(one, said, look, depth)
            elif tag == f"{W}sdt":
                if not is_prompt(one):
                    self._inside(one.iterfind(f"{W}sdtContent"), said, look, depth + 1)
            elif tag == f"{W}fldSimple":
                said.is_counted |= _counts(one.get(f"{W}instr", ""))
                self._inside(one, said, look, depth + 1)
            elif tag == f"{CHOICE}AlternateContent":
                self._inside(chosen(one), said, look, depth + 1)
            elif tag == f"{MATH}t":
                self._text(one.text or "", said, look)
            elif tag not in GONE and tag != BOX:
                self._inside(one, said, look, depth + 1)

    def _run(self, run: Any, said: Said, usual: Look, depth: int) -> None:
        properties = run.find(f"{W}rPr")
        look = usual
        if properties is not None:
            look = look_of(properties).over(self._styles.run(value(properties, "rStyle"))).over(usual)
        self._of_run(run, said, look, depth)

    def _of_run(self, run: Iterable[Any], said: Said, look: Look, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise Unreadable(Why.BROKEN)
        for one in run:
            tag = one.tag
            if tag == f"{W}t":
                self._text(one.text or "", said, look)
            elif tag in SIGNS:
                self._text(SIGNS[tag], said, look)
            elif tag == f"{W}br":
                self._break(one.get(f"{W}type", ""), said)
            elif tag == f"{W}lastRenderedPageBreak":
                self._pages.marked()
            elif tag == f"{W}sym":
                self._text(_symbol(one.get(f"{W}char", "")), said, look)
            elif tag == f"{W}fldChar":
                said.is_counted |= _counts(self._fields.mark(one.get(f"{W}fldCharType", "")))
            elif tag == f"{W}instrText":
                self._fields.code(one.text or "")
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                said.notes.append((tag[len(W) :].removesuffix("Reference"), one.get(f"{W}id", "")))
            elif tag in DRAWN:
                said.boxes.extend(boxes_in(one))
            elif tag == f"{CHOICE}AlternateContent":
                self._of_run(chosen(one), said, look, depth + 1)
            elif tag == f"{W}ruby":
                self._inside(one.iterfind(f"{W}rubyBase"), said, look, depth + 1)

    def _break(self, kind: str, said: Said) -> None:
        if kind == "page":
            self._pages.turn()
            said.begin(is_apart=True)
        elif kind != "column":
            said.begin()

    def _text(self, text: str, said: Said, look: Look) -> None:
        if look.hidden or self._fields.in_code or not text:
            return
        if text == "\n":
            said.begin()
            return
        part = said.parts[-1]
        part.texts.append(text)
        signs = len(text) - text.count(" ")
        if not signs:
            return
        part.page = part.page or self._pages.now
        self._pages.said()
        said.is_contents |= self._fields.in_contents
        part.signs += signs
        part.bold_signs += signs if look.bold else 0
        size = look.size or USUAL_SIZE
        part.sizes[size] = part.sizes.get(size, 0) + signs


def _counts(code: str) -> bool:
    return code.split(maxsplit=1)[:1] == ["SEQ"]


def _symbol(code: str) -> str:
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return chr(number) if 32 <= number < 0xD800 or 0xE000 <= number <= 0xFFFD else ""


def chosen(alternates: Any) -> Any:
    """Return the form of alternate content that says something: the new one, or else what is kept for old programs."""
    choices = [*alternates.iterfind(f"{CHOICE}Choice"), *alternates.iterfind(f"{CHOICE}Fallback")]
    says = (one for one in choices if next(one.iter(f"{W}t", BOX), None) is not None)
    return next(says, choices[0] if choices else ())


def is_prompt(control: Any) -> bool:
    """Say whether a content control still shows only what one is to write there."""
    shows = control.find(f"{W}sdtPr/{W}showingPlcHdr")
    return shows is not None and is_on(shows)


def boxes_in(drawing: Any, depth: int = 0) -> list[Any]:
    """Return the outermost text boxes of a drawing, each once.

    Raises:
        Unreadable: it is nested without end.
    """
    if depth > MOST_DEPTH:
        raise Unreadable(Why.BROKEN)
    found = []
    for one in chosen(drawing) if drawing.tag == f"{CHOICE}AlternateContent" else drawing:
        found += [one] if one.tag == BOX else boxes_in(one, depth + 1)
    return found
