"""The sheets of a workbook (.xlsx): what its cells show, row by row, from its parts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from strategy.importing.document import Unreadable, Why
from strategy.importing.reading.numbering import whole
from strategy.importing.reading.packed import Package
from strategy.importing.reading.sheets import MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, Sheet, refuse_large, shown

if TYPE_CHECKING:
    from pathlib import Path

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "desember",
)  # fmt: skip
MOST_MERGED = 200_000
"""Places that merged cells cover in all."""


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share: its texts, how each look writes numbers, and where its days begin."""

    texts: list[str]
    formats: list[str]
    epoch: dt.datetime


def book_of(path: Path) -> tuple[str, list[Sheet]]:
    """Return the title that the properties say, and the sheets that are shown, in order.

    Raises:
        Unreadable: locked, broken, dangerous, or too large.
    """
    with Package(path, "spreadsheetml") as package:
        root = package.xml(package.main)
        related = package.relations(package.main)
        listed = [] if root is None else [
            (one.get("name", ""), related[one.get(ID, "")].target)
            for one in root.iterfind(f"{S}sheets/{S}sheet")
            if one.get("state", "visible") == "visible" and one.get(ID, "") in related
            and related[one.get(ID, "")].kind == "worksheet"
        ]  # fmt: skip
        if len(listed) > MOST_SHEETS:
            raise Unreadable(Why.TOO_LARGE)
        parts = {one.kind: one.target for one in related.values()}
        settings = None if root is None else root.find(f"{S}workbookPr")
        is_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        book = Book(
            [_text(one) for one in _all(package, parts.get("sharedStrings", ""))],
            _formats(package.xml(parts.get("styles", ""))),
            CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900,
        )
        return package.title(), [_sheet(shown(name), package.xml(target), book) for name, target in listed]


def _all(package: Package, name: str) -> Any:
    root = package.xml(name)
    return () if root is None else root.iterfind(f"{S}si")


def _text(one: Any) -> str:
    """Return a text with its pieces together, without how it is read aloud."""
    pieces = [one.findtext(f"{S}t") or "", *(piece.findtext(f"{S}t") or "" for piece in one.iterfind(f"{S}r"))]
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    """Return a text with the signs that a workbook writes by their codes."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _formats(styles: Any | None) -> list[str]:
    """Return how each look of a cell writes numbers."""
    if styles is None:
        return []
    own = {whole(one.get("numFmtId"), 0): one.get("formatCode", "") for one in styles.iter(f"{S}numFmt")}
    ids = [whole(one.get("numFmtId"), 0) for one in styles.iterfind(f"{S}cellXfs/{S}xf")]
    return [own.get(each, BUILTIN_FORMATS.get(each, "General")) for each in ids]


def _sheet(name: str, root: Any | None, book: Book) -> Sheet:
    sheet = Sheet(name)
    if root is None:
        return sheet
    hidden = _hidden_columns(root)
    covered = _covered(root)
    repeats: dict[int, list[tuple[int, tuple[int, int]]]] = {}
    for (row, column), corner in covered.items():
        if corner[1] == column:
            repeats.setdefault(row, []).append((column, corner))
    values: dict[tuple[int, int], str] = {}
    number = 0
    for one in root.iterfind(f"{S}sheetData/{S}row"):
        number = whole(one.get("r"), number + 1)
        is_hidden = one.get("hidden") in ("1", "true")
        cells: dict[int, str] = {}
        at = 0
        for cell in one.iterfind(f"{S}c"):
            at = _column(cell.get("r"), at + 1)
            if (number, at) not in covered and (said := _value(cell, book)):
                values[number, at] = cells[at] = said
        if cells:  # what is merged from above is said again
            cells |= {at: values[corner] for at, corner in repeats.get(number, ()) if corner in values}
        if is_hidden or not (kept := {at: said for at, said in cells.items() if at not in hidden}):
            continue
        refuse_large(len(sheet.rows) + 1, max(kept))
        sheet.rows[number] = [kept.get(at, "") for at in range(1, max(kept) + 1) if at not in hidden]
    return sheet


def _hidden_columns(root: Any) -> set[int]:
    hidden: set[int] = set()
    for one in root.iterfind(f"{S}cols/{S}col"):
        if one.get("hidden") in ("1", "true"):
            last = min(whole(one.get("max"), 0), MOST_COLUMNS)
            hidden |= set(range(max(whole(one.get("min"), 1), 1), last + 1))
    return hidden


def _covered(root: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each place that a merged cell covers where that cell's text stands."""
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for one in root.iterfind(f"{S}mergeCells/{S}mergeCell"):
        places = PLACE.findall(one.get("ref", "").upper())
        if len(places) != 2:
            continue
        (left, top), (right, bottom) = ((_letters(column), int(row)) for column, row in places)
        for row in range(top, min(bottom, top + MOST_ROWS) + 1):
            for column in range(left, min(right, MOST_COLUMNS) + 1):
                if (row, column) != (top, left):
                    covered[row, column] = (top, left)
        if len(covered) > MOST_MERGED:
            raise Unreadable(Why.TOO_LARGE)
    return covered


def _letters(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _column(place: str | None, default: int) -> int:
    match = PLACE.fullmatch(place or "")
    return _letters(match[1]) if match else default


def _value(cell: Any, book: Book) -> str:
    """Return what a cell shows; an error shows nothing."""
    kind, said = cell.get("t", "n"), cell.findtext(f"{S}v") or ""
    if kind == "inlineStr":
        inline = cell.find(f"{S}is")
        return "" if inline is None else shown(_text(inline))
    if kind == "s":
        at = whole(said, -1)
        return shown(book.texts[at]) if 0 <= at < len(book.texts) else ""
    if kind == "b":
        return shown(said.strip() == "1")
    if kind == "e" or not said:
        return ""
    if kind == "d":
        try:
            return shown(dt.datetime.fromisoformat(said))
        except ValueError:
            return shown(said)
    if kind == "str":
        return shown(unescaped(said))
    at = whole(cell.get("s"), 0)
    return _number(said, book.formats[at] if 0 <= at < len(book.formats) else "General", book.epoch)


def _day(value: dt.datetime | dt.time | dt.date, form: str) -> str:
    """Return a day as its format shows it: a year alone, a month and a year, or the day."""
    letters = set(LITERAL.sub("", form).lower())
    if not isinstance(value, dt.date) or "d" in letters or "y" not in letters:
        return shown(value)
    return f"{MONTHS[value.month - 1]} {value.year}" if "m" in letters else str(value.year)


def _number(said: str, form: str, epoch: dt.datetime) -> str:
    """Return a number as its format shows it: a day, a share in per cent, or the number."""
    try:
        value = float(said)
    except ValueError:
        return shown(said)
    if is_date_format(form) and not is_timedelta_format(form):
        try:
            return _day(from_excel(value, epoch), form)
        except (ValueError, OverflowError, TypeError):
            return shown(value)
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    return f"{shown(round(value * 100, 8))} %" if "%" in form else shown(value)
