"""What a reader hands on of a file: its lines and tables in reading order. No library of a format is seen from here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

MOST_BYTES = 30 * 1024 * 1024
MOST_PAGES = 500
MOST_SECONDS = 60
MOST_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space that the process which reads may take; what it uses is measured by the bench."""


class Kind(StrEnum):
    """The kinds of files that are read, by the ending of their names."""

    TXT = "txt"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"


class Role(StrEnum):
    """What a reader knows of a line from the file itself; a text file knows nothing."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"
    CAPTION = "caption"
    CONTENTS = "contents"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands, or a whole paragraph where the file keeps paragraphs (`whole`).

    `number` counts from 1: in the file for txt (by "\\n"), on the page for the others. The text has no soft hyphens,
    ligatures or non-breaking spaces. `label` is a number or bullet that the word processor drew and the text lacks.
    `level` is 1 for the highest heading or the outermost item. `size` is in points and 0 where it is not known;
    `indent` is from the left edge of the page or column, in points, or in spaces for txt. `gap` is the number of empty
    lines above.
    """

    text: str
    page: int
    number: int
    role: Role = Role.TEXT
    level: int = 0
    label: str = ""
    whole: bool = False
    bold: bool = False
    size: float = 0.0
    indent: float = 0.0
    gap: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table; a merged cell is said in each place it covers, so that all rows are equally long.

    A place that a merged cell covers from the left is empty; one that it covers from above repeats what is said.
    """

    cells: tuple[str, ...]
    page: int
    number: int
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its rows count as lines. `name` is the sheet's in a workbook."""

    rows: tuple[TableRow, ...]
    name: str = ""


Block: TypeAlias = Line | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A file that has been read. `title` is what its properties say, where they say something."""

    kind: Kind
    pages: int
    blocks: tuple[Block, ...]
    title: str = ""


class Why(StrEnum):
    """Why a file is refused; `strategy.importing.words` says it to people."""

    UNKNOWN_KIND = "unknown_kind"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_SLOW = "too_slow"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    SCANNED = "scanned"
    DANGEROUS = "dangerous"
    NO_STRUCTURE = "no_structure"


class Unreadable(Exception):
    """The file cannot become a proposal. `pages` is how many it has, where that is the reason."""

    def __init__(self, why: Why, *, pages: int = 0) -> None:
        super().__init__(why.value)
        self.why, self.pages = why, pages


def said(row: TableRow) -> str:
    """Return a table's row as one line of text, as people are shown it."""
    return " | ".join(row.cells)
