"""Plain text, most often what a program took out of a PDF: lines as they came, pages where a form feed tells."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.document import Document, Kind, Line, Role, Unreadable, Why
from strategy.importing.reading import nothing
from strategy.importing.reading.clean import clean
from strategy.importing.reading.recurring import EDGE, contents, is_page_number, loose_running, running, worded
from strategy.importing.reading.text_tables import with_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAB = 4
MOST_ODD = 0.005
"""The largest share of control signs, and of signs that could not be told, in what is taken for text."""
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
LEADING = re.compile(r"[ \t\u00a0]*")


def read(path: Path, on_page: Callable[[int, int], None] = nothing) -> Document:
    """Read a text file; a line's number is that of its "\\n" in the file, counted from 1.

    Raises:
        Unreadable: it is empty, or no text.
    """
    lines, raws, pages = _lines_of(decoded(path.read_bytes()))
    if not lines:
        raise Unreadable(Why.EMPTY)
    on_page(pages, pages)
    return Document(kind=Kind.TXT, pages=pages, blocks=tuple(with_tables(_with_roles(lines, pages), raws)))


def decoded(content: bytes) -> str:
    """Return text in UTF-8 or UTF-16, or in what Windows wrote before.

    Raises:
        Unreadable: it is no text, or a file of another kind that looks like it.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    elif coding := _unmarked_utf16(content):
        text = content.decode(coding, "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    if text.startswith(("%PDF-", "{\\rtf", "PK\x03\x04")):
        raise Unreadable(Why.UNKNOWN_KIND)
    odd = len(CONTROL.findall(text)) + text.count("\ufffd")
    if "\x00" in text or odd > MOST_ODD * len(text):
        raise Unreadable(Why.BROKEN)
    return text


def _unmarked_utf16(content: bytes) -> str:
    """Return which UTF-16 the bytes are in, when every other one of the first is zero; else nothing."""
    first = content[:400]
    if len(first) < 4 or len(content) % 2:
        return ""
    if first[1::2].count(0) > 0.8 * len(first[1::2]) and first[::2].count(0) == 0:
        return "utf-16-le"
    if first[::2].count(0) > 0.8 * len(first[::2]) and first[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _lines_of(text: str) -> tuple[list[Line], list[str], int]:
    """Return the lines that say something, the same as they stand, and how many pages the form feeds make."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines: list[Line] = []
    raws: list[str] = []
    page, gap = 1, 0
    for number, raw in enumerate(text.split("\n"), 1):
        for part, piece in enumerate(raw.rstrip("\r").split("\f")):
            if part:
                page, gap = page + 1, 0
            for said in piece.split("\r"):
                whole = clean(said.expandtabs(TAB))
                if not whole:
                    gap += 1
                    continue
                raws.append(said.expandtabs(TAB))
                lines.append(Line(whole, page, number, indent=float(_indent(said)), gap=gap))
                gap = 0
    return lines, raws, lines[-1].page if lines else 0


def _indent(raw: str) -> int:
    """Return how many spaces a line begins with, a tab being as many as reach the next stop."""
    return len(LEADING.match(raw.replace("\u00a0", " "))[0].expandtabs(TAB))  # type: ignore[index]  # it matches nothing too


def _with_roles(lines: list[Line], pages: int) -> list[Line]:
    """Mark what belongs to the pages: running heads and feet, page numbers, a table of contents."""
    roles: dict[int, Role] = {}
    if pages > 1:
        by_page: list[list[int]] = [[] for _ in range(pages)]
        for at, line in enumerate(lines):
            by_page[line.page - 1].append(at)
        for role, step in ((Role.HEADER, 1), (Role.FOOTER, -1)):
            edges = [page[::step][: min(EDGE, max(1, len(page) // 3))] for page in by_page]
            said = [[(lines[at].text, 0.0) for at in edge] for edge in edges]
            for page, depth in running(said, foot=role is Role.FOOTER):
                roles.setdefault(edges[page][depth], role)
    else:
        for at in loose_running((at, line.text) for at, line in enumerate(lines)):
            roles[at] = Role.FOOTER if is_page_number(lines[at].text) else Role.HEADER
    roles |= dict.fromkeys(worded(line.text for line in lines), Role.FOOTER)
    rest = [at for at in range(len(lines)) if at not in roles]
    for place in contents([lines[at].text for at in rest], [lines[at].page for at in rest]):
        roles[rest[place]] = Role.CONTENTS
    return [replace(line, role=roles[at]) if at in roles else line for at, line in enumerate(lines)]
