"""Workbooks (.xlsx) and separated text (.csv): each sheet is a page and a table; what stands above its head are lines.

Values are read, not formulas, as they are shown; what is hidden is not read. The parts of a workbook are read here:
the usual library opens pictures, drawings and connections too, and stops at an odd colour.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from strategy.importing.document import MOST_BYTES, Block, Document, Kind, Line, Table, TableRow, Unreadable, Why
from strategy.importing.reading import packed
from strategy.importing.reading.clean import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 5_000, 60, 50
LONGEST_CELL = 32_767
"""Signs, as many as a workbook allows."""
SEPARATORS = ";\t,|"
LOOKED_AT = 40
"""Rows that the separator is chosen by."""


@dataclass(slots=True)
class Sheet:
    """A sheet: its name, and its rows by number with their cells from the first column."""

    name: str
    rows: dict[int, list[str]] = field(default_factory=dict)


def read(path: Path, on_page: Callable[[int, int], None]) -> Document:
    """Read a workbook or a text with separators; which of them it is, its first bytes say.

    Raises:
        Unreadable: locked, broken, dangerous, too large or empty, or no table at all.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith((b"PK", packed.OLE)):
        from strategy.importing.reading.workbooks import book_of

        return _document(Kind.XLSX, *book_of(path), on_page)
    return _document(Kind.CSV, "", [_csv(path)], on_page)


def _document(kind: Kind, title: str, sheets: Sequence[Sheet], on_page: Callable[[int, int], None]) -> Document:
    blocks: list[Block] = []
    for page, sheet in enumerate(sheets, 1):
        blocks += blocks_of(sheet, page)
        on_page(page, len(sheets))
    if not blocks:
        raise Unreadable(Why.EMPTY)
    return Document(kind, len(sheets), tuple(blocks), title)


# ---- text with separators ----


def _csv(path: Path) -> Sheet:
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    content = path.read_bytes()
    if content.lstrip().startswith(packed.OTHER_KINDS):
        raise Unreadable(Why.UNKNOWN_KIND)
    text = decoded(content)
    if "\x00" in text:
        raise Unreadable(Why.BROKEN)
    separator, text = _separated(text)
    sheet = Sheet("")
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            cells = [shown(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                sheet.rows[number] = cells
                refuse_large(len(sheet.rows), len(cells))
    except csv.Error as error:
        raise Unreadable(Why.BROKEN) from error
    return sheet


def decoded(content: bytes) -> str:
    """Return text in UTF-8, in UTF-16 with its mark, or in what Windows wrote before."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separated(text: str) -> tuple[str, str]:
    """Return the sign between cells, and the text without the line that names it.

    Where no line does, it is the sign that divides most of the first rows into equally many.
    """
    first, _end, rest = text.partition("\n")
    said = first.strip().strip('"')
    if said.lower().startswith("sep=") and len(said) == 5:
        return said[4], rest
    if first.startswith(("sep=\t", "SEP=\t")):
        return "\t", rest

    def worth(separator: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            lengths = [len(row) for row, _place in zip(rows, range(LOOKED_AT), strict=False) if len(row) > 1]
        except csv.Error:
            return (0, 0)
        return max((lengths.count(length), length) for length in lengths) if lengths else (0, 0)

    return max(SEPARATORS, key=worth), text


# ---- what is shown ----


def refuse_large(rows: int, columns: int) -> None:
    """Raise that a sheet has more rows or columns than any plan.

    Raises:
        Unreadable: it has.
    """
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise Unreadable(Why.TOO_LARGE)


def shown(value: object) -> str:
    """Return a cell as a Norwegian reader sees it: 31.12.2025, 400000, 0,5, JA as it is; its own lines kept."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nei"
    if isinstance(value, dt.datetime):
        return f"{value:%d.%m.%Y}" if value.time() == dt.time() else f"{value:%d.%m.%Y %H.%M}"
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, dt.time):
        return f"{value:%H.%M}"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.10g}".replace(".", ",")
    lines = (clean(line) for line in str(value)[:LONGEST_CELL].splitlines())
    return "\n".join(line for line in lines if line)


# ---- rows become lines and tables ----


def blocks_of(sheet: Sheet, page: int) -> Iterator[Block]:
    """Yield what a sheet says: the lines above its table, and the table; again where its head comes again."""
    rows = {number: cells for number, cells in sheet.rows.items() if any(cells)}
    if not rows:
        return
    filled = {number: sum(map(bool, cells)) for number, cells in rows.items()}
    enough = max(2, (max(filled.values()) + 1) // 2)
    head: tuple[str, ...] = ()
    body: list[int] = []
    lead: list[int] = []
    for numbers in _groups(rows):
        first = next((number for number in numbers if filled[number] >= enough), 0)
        is_new = first > 0 and (not head or _same(head, rows[first]))
        for number in numbers:
            if is_new and number == first:
                yield from _table(sheet.name, rows, body, page)
                yield from _lines(rows, lead, page)
                body, lead, head = [], [], tuple(rows[number])
            (lead if not head or (is_new and number < first) else body).append(number)
    yield from _table(sheet.name, rows, body, page)
    yield from _lines(rows, lead, page)


def _groups(rows: Mapping[int, list[str]]) -> Iterator[list[int]]:
    """Yield the numbers of rows that stand together, with nothing empty between."""
    for _key, group in groupby(enumerate(sorted(rows)), key=lambda pair: pair[1] - pair[0]):
        yield [number for _place, number in group]


def _same(head: Sequence[str], row: Sequence[str]) -> bool:
    """Say whether a row is a table's head again, or nearly."""
    words = {cell.casefold() for cell in head if cell}
    return 2 * len(words & {cell.casefold() for cell in row if cell}) > len(words)


def _lines(rows: Mapping[int, list[str]], numbers: Sequence[int], page: int) -> Iterator[Line]:
    for number in numbers:
        text = clean(" ".join(cell for cell in rows[number] if cell))
        yield Line(text, page, number, whole=True)


def _table(name: str, rows: Mapping[int, list[str]], numbers: Sequence[int], page: int) -> Iterator[Table]:
    """Yield the rows as a table without empty columns at its sides."""
    if not numbers:
        return
    first = min(next(at for at, cell in enumerate(rows[number]) if cell) for number in numbers)
    width = max(len(rows[number]) for number in numbers)
    found = []
    for number in numbers:
        cells = rows[number][first:]
        cells += [""] * (width - first - len(cells))
        found.append(TableRow(tuple(cells), page, number, is_head=number == numbers[0]))
    yield Table(tuple(found), name)
