"""What is typed becomes PDF/A-2a and PDF/UA-1 at once: for the archive, and for those who have it read to them.

Typst lays it out from a template. What the paper says is data and never code; the same data gives the same bytes; and
what the typeface cannot show is taken away before it stops the whole document.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STANDARDS = ["a-2a", "ua-1"]
FONTS = settings.BASE_DIR / "static" / "vendor" / "inter-ttf"
LAYOUTS = settings.BASE_DIR / "templates" / "letters"
SPRITE = settings.BASE_DIR / "static" / "img" / "icons.svg"
SYMBOL = re.compile(r'<symbol id="i-([a-z]+)" viewBox="([^"]+)"([^>]*)>(.*?)</symbol>', re.DOTALL)
PAPER_WHITE = "#ffffff"
INKS = {"danger": "#b81a1a", "warning": "#80540f", "info": "#0860a3", "success": "#056d13", "neutral": "#565f62"}
UNSHOWABLE = "□"
"""Stands for a letter the typeface has not; signs that are no letters are left out."""


class PdfError(Exception):
    """The paper could not be laid out; the message says what the typesetter complained of."""


def typeset(layout: Path, paper: Any, *, at: dt.date, form: str = "pdf") -> Any:
    """Return the paper laid out: bytes, or a list of pictures with `form` png.

    Raises:
        PdfError: the typesetter refused it, or warned.
    """
    import typst  # the library is 40 MB that only a paper should load

    compile_: Any = typst.compile_with_warnings
    data = showable(msgspec.to_builtins(paper))
    data["icons"] = icons_of(data)
    at_midnight = int(dt.datetime(at.year, at.month, at.day, tzinfo=dt.UTC).timestamp())
    facts: dict[str, Any] = {"pdf_standards": STANDARDS} if form == "pdf" else {"ppi": 70}
    try:
        made, warnings = compile_(
            str(layout), root=str(layout.parent), format=form, font_paths=_fonts(), timestamp=at_midnight,
            sys_inputs={"paper": msgspec.json.encode(data).decode()}, **facts,
        )  # fmt: skip
    except typst.TypstError as error:
        raise PdfError(str(error)) from error
    if warnings:
        raise PdfError("; ".join(str(each) for each in warnings))
    return made


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


# ---- what the typeface can show ----


def showable(value: Any) -> Any:
    """Return the same data with only such text as the typeface has letters for.

    Where nothing is left of a text a box stands for it: PDF/UA-1 refuses a heading without words.
    """
    if isinstance(value, str):
        shown = plain(value)
        return shown if shown.strip() or not value else UNSHOWABLE
    if isinstance(value, list | tuple):
        return [showable(each) for each in value]
    if isinstance(value, dict):
        return {key: showable(each) for key, each in value.items()}
    return value


def plain(text: str) -> str:
    """Return text that can be set: composed, without control signs and pictures, unknown letters as a box."""
    if text.isascii() and text.isprintable():
        return text
    known = letters()
    return "".join(_sign(each, known) for each in unicodedata.normalize("NFC", text))


def _sign(sign: str, known: frozenset[int]) -> str:
    if sign in "\n\t\r\v\f\u2028\u2029":
        return " "
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return "•" if kind == "Co" else ""  # a word processor's own bullet lies in the private area
    if ord(sign) in known:
        return sign
    simpler = unicodedata.normalize("NFKC", sign)
    if simpler != sign and all(ord(each) in known for each in simpler):
        return simpler
    return UNSHOWABLE if kind[0] in "LN" else ""


@cache
def letters() -> frozenset[int]:
    """Return the code points that every cut of the typeface has."""
    found = [frozenset(_code_points(path.read_bytes())) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset.intersection(*found)


def _code_points(font: bytes) -> Iterator[int]:
    """Yield what the font's table of letters holds: groups of (first, last, glyph), in format 12."""
    tables, start = struct.unpack_from(">H", font, 4)[0], 12
    at = next(
        struct.unpack_from(">I", font, start + 16 * n + 8)[0]
        for n in range(tables)
        if font[start + 16 * n : start + 16 * n + 4] == b"cmap"
    )
    for n in range(struct.unpack_from(">H", font, at + 2)[0]):
        table = at + struct.unpack_from(">I", font, at + 8 + 8 * n)[0]
        if struct.unpack_from(">H", font, table)[0] == 12:
            for group in range(struct.unpack_from(">I", font, table + 12)[0]):
                first, last = struct.unpack_from(">II", font, table + 16 + 12 * group)
                yield from range(first, last + 1)
            return


# ---- icons, the same as on the page ----


def icons_of(data: Any) -> dict[str, str]:
    """Return each icon that the data asks for, in its colour, as SVG."""
    return {f"{colour}/{name}": icon_svg(name, INKS[colour]) for colour, name in sorted(set(_wanted(data)))}


def _wanted(data: Any) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        if "icon" in data:
            yield data["colour"], data["icon"]
        for each in data.values():
            yield from _wanted(each)
    elif isinstance(data, list):
        for each in data:
            yield from _wanted(each)


def icon_svg(name: str, ink: str) -> str:
    box, facts, body = _symbols()[name]
    drawn = re.sub(r"var\([^)]*\)", PAPER_WHITE, f"{facts}>{body}").replace("currentColor", ink)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"{drawn}</svg>'


@cache
def _symbols() -> dict[str, tuple[str, str, str]]:
    return {name: (box, facts, body) for name, box, facts, body in SYMBOL.findall(SPRITE.read_text("utf-8"))}
