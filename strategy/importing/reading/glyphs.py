"""What stands where on the pages of a PDF: words with their type, ruling lines and pictures. Only here is PDFium met.

Places are in points from the upper left corner of the page as it is shown, whichever way the file turns it.
"""

from __future__ import annotations

import ctypes
import re
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from strategy.importing.document import MOST_PAGES, Unreadable, Why
from strategy.importing.reading.clean import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_OBJECTS, MOST_SEGMENTS, DEEPEST = 20_000, 1_000, 4
BEFORE_MARK = 1024
"""Bytes among which the mark of a PDF must be."""
NO_PAGES = re.compile(rb"/Count\s+0\b")
THIN = 3.0
"""A filled shape no thicker than this is a line."""
BOLD_NAME = re.compile(r"bold|black|heavy|semib|demi(?!l)|extrab", re.IGNORECASE)
PLAIN_NAME = re.compile(r"regular|light|book|roman|medium|text", re.IGNORECASE)
SYMBOL_NAME = re.compile(r"wingdings|webdings|dingbats|symbol", re.IGNORECASE)
ITALIC_NAME = re.compile(r"italic|oblique", re.IGNORECASE)
FORCE_BOLD = 1 << 18
BOLD_WEIGHT = 650
FILLED_AND_STROKED = 2
PROGRAM_TITLE = r"microsoft \w+ - |(?:untitled|uten navn|dokument\d*|document\d*)\b"
UNTITLED = re.compile(rf"(?:{PROGRAM_TITLE})|.*\.(?:docx?|odt|indd|pptx?|pdf|rtf|pages)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Type:
    """How a word is set: the size in points as shown, and its shape."""

    size: float
    bold: bool = False
    italic: bool = False
    upright: bool = True
    symbol: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word: from `x0` to `x1` on the base line `y`; `spaced` when the file has a space before it."""

    text: str
    x0: float
    x1: float
    y: float
    type: Type
    spaced: bool = True

    @property
    def top(self) -> float:
        return self.y - 0.75 * self.type.size

    @property
    def bottom(self) -> float:
        return self.y + 0.25 * self.type.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, drawn or the edge of a filled shape; `at` is its height when it lies, its x when it stands."""

    lies: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where a picture is."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Sheet:
    """A page as it is shown."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)

    @property
    def signs(self) -> int:
        return sum(len(word.text) for word in self.words)

    @property
    def pictured(self) -> float:
        """The share of the page that its largest picture covers."""
        area = max(self.width * self.height, 1.0)
        return max(((one.x1 - one.x0) * (one.bottom - one.top) / area for one in self.pictures), default=0.0)


Matrix = tuple[float, float, float, float, float, float]
UNTURNED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def sheets_of(path: Path, on_page: Callable[[int, int], None]) -> tuple[list[Sheet], str]:
    """Return the pages of a PDF, and the title its properties give.

    Raises:
        Unreadable: it is no PDF, encrypted, broken, without pages or has too many.
    """
    content = path.read_bytes()
    if b"%PDF-" not in content[:BEFORE_MARK]:
        raise Unreadable(Why.UNKNOWN_KIND)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_why_unopened(error, content)) from error
    with closing(document):
        count = len(document)
        if not count:
            raise Unreadable(Why.EMPTY)
        if count > MOST_PAGES:
            raise Unreadable(Why.TOO_MANY_PAGES, pages=count)
        sheets = []
        for number in range(1, count + 1):
            sheets.append(_sheet(document, number))
            on_page(number, count)
        if not any(sheet.width for sheet in sheets):
            raise Unreadable(Why.BROKEN)
        said = clean(str(document.get_metadata_value("Title") or ""))
    return sheets, "" if UNTITLED.match(said) else said


def _why_unopened(error: pypdfium2.PdfiumError, content: bytes) -> Why:
    """Return why PDFium would not open a file. It leaves what it said of the one before when it has nothing to say."""
    code = getattr(error, "err_code", None)
    if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY) and b"/Encrypt" in content:
        return Why.ENCRYPTED
    return Why.EMPTY if NO_PAGES.search(content) else Why.BROKEN


def _sheet(document: Any, number: int) -> Sheet:
    """Read a page; one that is broken has neither size nor words."""
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return Sheet(number, 0.0, 0.0)
    with closing(page):
        view = View(page)
        sheet = Sheet(number, view.width, view.height)
        with closing(page.get_textpage()) as text:
            sheet.words = list(Glyphs(text, view).words())
        for shape in _shapes(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, UNTURNED):
            _draw(sheet, view, *shape)
    return sheet


class View:
    """How a page's own places become places on the page as it is shown."""

    def __init__(self, page: Any) -> None:
        self.left, self.bottom, right, top = page.get_bbox()
        self.turned = page.get_rotation() // 90 % 4
        self.across, self.up = right - self.left, top - self.bottom
        self.width, self.height = (self.up, self.across) if self.turned % 2 else (self.across, self.up)

    def place(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        if self.turned == 0:
            return x, self.up - y
        if self.turned == 1:
            return y, x
        if self.turned == 2:
            return self.across - x, y
        return self.up - y, self.across - x

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        (a, b), (c, d) = self.place(x0, y0), self.place(x1, y1)
        return Box(min(a, c), min(b, d), max(a, c), max(b, d))

    def is_upright(self, a: float, b: float) -> bool:
        """Say whether text that runs in this direction on the page is read from left to right when it is shown."""
        right, down = ((a, -b), (b, a), (-a, b), (-b, -a))[self.turned]
        return right > 0 and bool(abs(down) < 0.3 * right)


# ---- words ----


def _called(function: Any, result: Any, *arguments: Any) -> Any:
    """Return the function with addresses as numbers: hundreds of thousands of them are compared."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


class Glyphs:
    """The signs of a page, put together to words in the order of the file."""

    def __init__(self, text: Any, view: View) -> None:
        self.raw, self.view = text.raw, view
        self.rect = pdfium.FS_RECTF()
        self.pointed = ctypes.byref(self.rect)
        self.types: dict[int, Type] = {}
        self.fonts: dict[int, tuple[bool, bool, bool]] = {}

    def words(self) -> Iterator[Word]:
        """Yield the words. A word ends at a space, a leap, a new line or another size."""
        unicode_of, object_of, raw = pdfium.FPDFText_GetUnicode, OBJECT_OF, self.raw
        address = ctypes.cast(raw, ctypes.c_void_p)
        signs: list[str] = []
        x0 = x1 = y = base = 0.0
        kind = mine = Type(0.0)
        spaced, owner = True, 0
        for at in range(pdfium.FPDFText_CountChars(raw)):
            code = unicode_of(raw, at)
            thing = object_of(address, at) or 0
            if (code <= 32 and code != 2) or code == 160 or not thing:
                if signs:
                    yield Word("".join(signs), x0, x1, y, kind, spaced)
                    signs = []
                spaced = True
                continue
            left, right = self._across(at)
            if thing != owner:
                owner, mine, base = thing, self._type_of(thing, at), self._base_of(at)
            if signs and not (
                (mine is kind or mine == kind)
                and abs(base - y) <= 0.1 * kind.size
                and -0.6 * kind.size < left - x1 < 0.7 * kind.size
            ):
                yield Word("".join(signs), x0, x1, y, kind, spaced)
                signs, spaced = [], False
            if mine.upright:
                if not signs:
                    x0, y, kind = left, base, mine
                signs.append("-" if code in (2, 0xFFFE) else chr(min(code, 0x10FFFF)))
                x1 = right
        if signs:
            yield Word("".join(signs), x0, x1, y, kind, spaced)

    def _across(self, at: int) -> tuple[float, float]:
        """Return from where to where a sign reaches."""
        rect = self.rect
        pdfium.FPDFText_GetLooseCharBox(self.raw, at, self.pointed)
        if not self.view.turned:
            return rect.left - self.view.left, rect.right - self.view.left
        box = self.view.box(rect.left, rect.bottom, rect.right, rect.top)
        return box.x0, box.x1

    def _base_of(self, at: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self.raw, at, x, y)
        return self.view.place(x.value, y.value)[1]

    def _type_of(self, thing: int, at: int) -> Type:
        """Return how a text object is set; `at` is one of its signs."""
        if thing in self.types:
            return self.types[thing]
        handle = ctypes.cast(thing, pdfium.FPDF_PAGEOBJECT)
        matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
        pdfium.FPDFText_GetMatrix(self.raw, at, matrix)
        pdfium.FPDFTextObj_GetFontSize(handle, size)
        shown = round(size.value * (matrix.c**2 + matrix.d**2) ** 0.5 * 2) / 2
        font = pdfium.FPDFTextObj_GetFont(handle)
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self.fonts:
            self.fonts[key] = _shape(font)
        bold, italic, symbol = self.fonts[key]
        bold = bold or pdfium.FPDFTextObj_GetTextRenderMode(handle) == FILLED_AND_STROKED
        self.types[thing] = Type(shown, bold, italic, self.view.is_upright(matrix.a, matrix.b), symbol)
        return self.types[thing]


OBJECT_OF = _called(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


def _shape(font: Any) -> tuple[bool, bool, bool]:
    """Return whether a font is bold, italic, of symbols; by its name, or by its weight when that says nothing."""
    if not font:
        return False, False, False
    held = ctypes.create_string_buffer(256)
    length = pdfium.FPDFFont_GetBaseFontName(font, held, 256)
    name = held.raw[: max(0, length - 1)].decode("utf-8", "replace")
    bold = bool(BOLD_NAME.search(name))
    if not bold and not PLAIN_NAME.search(name):
        bold = pdfium.FPDFFont_GetWeight(font) >= BOLD_WEIGHT or bool(pdfium.FPDFFont_GetFlags(font) & FORCE_BOLD)
    angle = ctypes.c_int()
    leans = bool(pdfium.FPDFFont_GetItalicAngle(font, angle)) and angle.value != 0
    return bold, leans or bool(ITALIC_NAME.search(name)), bool(SYMBOL_NAME.search(name))


# ---- lines and pictures ----


def _shapes(holder: Any, count: Any, get: Any, matrix: Matrix, depth: int = 0) -> Iterator[tuple[Any, int, Matrix]]:
    """Yield a page's paths and pictures with how they are placed, those inside forms too."""
    for at in range(min(count(holder), MOST_OBJECTS)):
        thing = get(holder, at)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
            yield thing, kind, matrix
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            inner = _times(_matrix_of(thing), matrix)
            yield from _shapes(thing, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1)


def _matrix_of(thing: Any) -> Matrix:
    held = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(thing, held):
        return UNTURNED
    return held.a, held.b, held.c, held.d, held.e, held.f


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _draw(sheet: Sheet, view: View, thing: Any, kind: int, matrix: Matrix) -> None:
    """Put a path's straight lines, or a picture, on the page."""
    if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        edges = [ctypes.c_float() for _ in range(4)]
        if pdfium.FPDFPageObj_GetBounds(thing, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            sheet.pictures.append(view.box(*_moved(matrix, left, bottom), *_moved(matrix, right, top)))
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(thing, fill, stroke) or not (fill.value or stroke.value):
        return
    for corners in _outlines(thing, _times(_matrix_of(thing), matrix), view):
        _rule(sheet, corners, is_stroked=bool(stroke.value))


def _outlines(thing: Any, matrix: Matrix, view: View) -> Iterator[list[tuple[float, float]]]:
    """Yield the corners of each part of a path; a part with curves is left out."""
    corners: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(min(pdfium.FPDFPath_CountSegments(thing), MOST_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(thing, at)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        place = view.place(*_moved(matrix, x.value, y.value))
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if len(corners) > 1:
                yield corners
            corners = [place]
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            corners.append(place)
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield [*corners, corners[0]]
                corners = [place]
        else:
            corners = []
    if len(corners) > 1:
        yield corners


def _rule(sheet: Sheet, corners: list[tuple[float, float]], *, is_stroked: bool) -> None:
    """Keep the lines of an outline: its middle line when it is thin, else each edge that lies or stands."""
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    if y1 - y0 <= THIN < x1 - x0:
        sheet.rules.append(Rule(True, (y0 + y1) / 2, x0, x1))
    elif x1 - x0 <= THIN < y1 - y0:
        sheet.rules.append(Rule(False, (x0 + x1) / 2, y0, y1))
    elif is_stroked or (len(corners) <= 6 and (x1 - x0) * (y1 - y0) < 0.6 * sheet.width * sheet.height):
        if not is_stroked and corners[0] != corners[-1]:
            corners = [*corners, corners[0]]
        for (ax, ay), (bx, by) in pairwise(corners):
            if abs(ay - by) < 0.5 and abs(ax - bx) > THIN:
                sheet.rules.append(Rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) < 0.5 and abs(ay - by) > THIN:
                sheet.rules.append(Rule(False, (ax + bx) / 2, min(ay, by), max(ay, by)))
