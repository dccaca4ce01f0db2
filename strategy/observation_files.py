"""Values read from a spreadsheet or a csv file: all of it is understood, or each cell that is not is named.

Two tables are taken. Wide: a row for each year, a column for each series. Long: a row for each value, with columns for
date, area, category and value. Nothing is guessed at: what may mean two things is asked about.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal import export, uploads
from portal.integrations import statistics
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from strategy.models import Series

LARGEST = 1_000_000
MOST_ROWS, MOST_COLUMNS, MOST_ERRORS = 5_000, 60, 15
PLACES = Decimal("0.0001")
LARGEST_VALUE = Decimal(10) ** 12
SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
NUMBER = re.compile(r"[-+\u2212]?(\d+|\d{1,3}( \d{3})+)([.,]\d+)?")
NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
MISSING = {"", "-", "–", "—", ".", "..", "...", ":", "ikke målt", "ikkje målt", "not measured"}
WORDS = {
    "on": {"år", "dato", "tid", "tidspunkt", "periode", "ved utgangen av", "year", "date", "at the end of", "tid/år"},
    "area": {"område", "sted", "kommune", "region", "serie", "series", "area"},
    "category": {"kategori", "del", "category"},
    "value": {"verdi", "tall", "value"},
    "estimated": {"anslått", "anslag", "estimert", "estimated"},
    "source": {"kilde", "kjelde", "source"},
}
YES = {"ja", "j", "x", "1", "true", "yes", "sann"}
NO = {"", "nei", "n", "0", "false", "no", "usann"}


class Cell(NamedTuple):
    """What stands in a cell, and whether the sheet shows it as per cent."""

    value: Any
    is_per_cent: bool = False


class Incoming(NamedTuple):
    """A value that was sent: of which series, at the end of what."""

    series_id: int
    on: dt.date
    value: Decimal
    is_estimated: bool = False
    source: str = ""


@dataclass
class Sheet:
    """A table being read: its series by name, and what could not be understood."""

    series: Sequence[Series]
    names: Sequence[str]
    decimals: int
    today: dt.date
    errors: list[str] = field(default_factory=list)
    found: dict[tuple[int, dt.date], tuple[int, Incoming]] = field(default_factory=dict)
    known: dict[str, Series] = field(init=False)

    def __post_init__(self) -> None:
        """Know the series by each name they may be called: in full, or what tells them apart."""
        short = {plain(name): one for name, one in zip(self.names, self.series, strict=True)}
        self.known = short | {plain(str(one)): one for one in self.series}

    def wrong(self, row: int, column: int, head: str, text: str) -> None:
        place = _("Row %(row)d, column %(column)s (%(head)s): ") if head else _("Row %(row)d, column %(column)s: ")
        self.errors.append(place % {"row": row, "column": letter(column), "head": head} + text)

    def keep(self, row: int, one: Incoming) -> None:
        before = self.found.get((one.series_id, one.on))
        if before is not None:
            name = next(str(each) for each in self.series if each.pk == one.series_id)
            text = _("Rows %(first)d and %(second)d both have a value for %(series)s at %(day)s. Keep one of them.")
            self.errors.append(text % {"first": before[0], "second": row, "series": name, "day": one.on.isoformat()})
        self.found[one.series_id, one.on] = (row, one)


# ---- the file ----


def read(
    upload: Any, *, series: Sequence[Series], names: Sequence[str], decimals: int, today: dt.date
) -> list[Incoming]:
    """Return the values of an uploaded file in its order; `names` are what tells the series apart.

    Raises:
        ValidationError: nothing is to be saved; each sentence names a row and a column, or says what the file lacks.
    """
    sheet = Sheet(series, names, decimals, today)
    rows = [(number, row) for number, row in enumerate(_rows(upload), 1) if any(plain(cell.value) for cell in row)]
    if not rows:
        raise ValidationError(_("The file is empty."))
    (_number, heads), *body = rows
    if len(body) > MOST_ROWS:
        raise ValidationError(_("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
    if any(len(row) > MOST_COLUMNS and plain(row[MOST_COLUMNS].value) for _number, row in rows):
        raise ValidationError(_("The file has more than %(most)d columns. Split it.") % {"most": MOST_COLUMNS})
    words = [plain(cell.value) for cell in heads]
    titles = [text_of(cell) for cell in heads]
    (_read_long if set(words) & WORDS["value"] else _read_wide)(sheet, words, titles, body)
    if not sheet.errors and not sheet.found:
        sheet.errors.append(_("The file has no values."))
    if sheet.errors:
        more = len(sheet.errors) - MOST_ERRORS
        shown = sheet.errors[:MOST_ERRORS] + (
            [_("And %(count)d more of the kind.") % {"count": more}] if more > 0 else []
        )
        raise ValidationError(shown)
    return [one for _row, one in sheet.found.values()]


def _rows(upload: Any) -> Iterator[list[Cell]]:
    name = uploads.clean_name(upload.name).lower()
    if upload.size > LARGEST:
        raise ValidationError(_("The file is larger than 1 MB. Split it, or take away what is not values."))
    if name.endswith(".xlsx"):
        return _xlsx(uploads.check_table(upload, limit=LARGEST).content)
    if name.endswith((".csv", ".txt")):
        return _csv(upload.read())
    raise ValidationError(_("We take Excel (xlsx) and csv. Save the file as one of them and try again."))


def _xlsx(content: Any) -> Iterator[list[Cell]]:
    from openpyxl import load_workbook  # half a second of imports that only an upload should pay for

    try:
        book = load_workbook(content, read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1):
            yield [Cell(cell.value, "%" in str(getattr(cell, "number_format", "") or "")) for cell in row]
    except ValidationError:
        raise
    except Exception as error:  # a file may be broken in as many ways as the library has lines
        raise ValidationError(_("We cannot read the spreadsheet. Save it again as xlsx, or as csv.")) from error


def _csv(content: bytes) -> Iterator[list[Cell]]:
    text = decoded(content).removeprefix("\ufeff")
    if "\x00" in text:
        raise ValidationError(_("The file is not text. Save it as csv or xlsx and try again."))
    lines = text.splitlines(keepends=True)
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        separator, lines = lines[0].strip()[-1], lines[1:]
    else:
        first = next((line for line in lines if line.strip()), "")
        separator = max(";\t,", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO("".join(lines)), delimiter=separator)):
            if number > MOST_ROWS + 1:
                return
            yield [Cell(value) for value in row[: MOST_COLUMNS + 1]]
    except csv.Error as error:
        raise ValidationError(_("We cannot read the file. Save it as csv or xlsx and try again.")) from error


def decoded(content: bytes) -> str:
    """Return text in UTF-8, in UTF-16 with its mark, or in what Windows wrote before."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# ---- the two tables ----


def _read_wide(sheet: Sheet, words: list[str], titles: list[str], body: list[tuple[int, list[Cell]]]) -> None:
    """Read a row for each date, with a column for each series."""
    if not words or words[0] not in WORDS["on"]:
        sheet.errors.append(
            _("The first row must name the columns: “År” and the series, or “Dato”, “Område” and “Verdi”.")
        )
        return
    columns = {}
    for at, word in enumerate(words[1:], 1):
        if word and word not in sheet.known:
            text = _("We know no series “%(name)s”. The indicator has: %(known)s.")
            sheet.wrong(1, at, "", text % {"name": titles[at], "known": "; ".join(map(str, sheet.series))})
        elif word:
            columns[at] = sheet.known[word]
    for row, cells in body:
        on = _date_in(sheet, row, 0, titles, cells)
        for at, one in columns.items():
            value = _value_in(sheet, row, at, titles, cells)
            if on is not None and value is not None:
                sheet.keep(row, Incoming(one.pk, on, value))


def _read_long(sheet: Sheet, words: list[str], titles: list[str], body: list[tuple[int, list[Cell]]]) -> None:
    """Read a row for each value."""
    at = {kind: place for kind, said in WORDS.items() for place, word in enumerate(words) if word in said}
    if "on" not in at or ("area" not in at and len(sheet.series) > 1):
        sheet.errors.append(_("The first row lacks a column. It takes “Dato”, “Område”, “Kategori” and “Verdi”."))
        return
    for row, cells in body:
        on = _date_in(sheet, row, at["on"], titles, cells)
        value = _value_in(sheet, row, at["value"], titles, cells)
        one = _series_in(sheet, row, at, titles, cells)
        estimated = _yes_in(sheet, row, at.get("estimated"), titles, cells)
        source = text_of(_cell(cells, at["source"]))[:200] if "source" in at else ""
        if on is not None and value is not None and one is not None:
            sheet.keep(row, Incoming(one.pk, on, value, estimated, source))


def _series_in(sheet: Sheet, row: int, at: dict[str, int], titles: list[str], cells: list[Cell]) -> Series | None:
    if "area" not in at:
        return sheet.series[0]
    area = text_of(_cell(cells, at["area"]))
    category = text_of(_cell(cells, at["category"])) if "category" in at else ""
    name = f"{area}, {category}" if category else area
    found = sheet.known.get(plain(name))
    if found is None:
        text = _("We know no series “%(name)s”. The indicator has: %(known)s.")
        known = "; ".join(map(str, sheet.series))
        sheet.wrong(row, at["area"], titles[at["area"]], text % {"name": name, "known": known})
    return found


def _cell(cells: list[Cell], at: int) -> Cell:
    return cells[at] if at < len(cells) else Cell("")


def _value_in(sheet: Sheet, row: int, at: int, titles: list[str], cells: list[Cell]) -> Decimal | None:
    try:
        return value_of(_cell(cells, at), sheet.decimals)
    except ValueError as error:
        sheet.wrong(row, at, titles[at], str(error))
        return None


def _date_in(sheet: Sheet, row: int, at: int, titles: list[str], cells: list[Cell]) -> dt.date | None:
    try:
        return date_of(_cell(cells, at).value, sheet.today)
    except ValueError as error:
        sheet.wrong(row, at, titles[at], str(error))
        return None


def _yes_in(sheet: Sheet, row: int, at: int | None, titles: list[str], cells: list[Cell]) -> bool:
    if at is None:
        return False
    said = plain(_cell(cells, at).value)
    if said not in YES | NO:
        sheet.wrong(row, at, titles[at], _("Write “ja” or “nei”."))
    return said in YES


# ---- a cell ----


def plain(value: Any) -> str:
    """Return what a cell says without case and spaces around it."""
    return SPACES.sub(" ", "" if value is None else str(value)).strip().casefold()


def text_of(cell: Cell) -> str:
    return SPACES.sub(" ", "" if cell.value is None else export.NOT_IN_CELLS.sub("", str(cell.value))).strip()


def letter(column: int) -> str:
    """Return a column's name in a spreadsheet: A for the first, AA after Z."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def value_of(cell: Cell, decimals: int) -> Decimal | None:
    """Return a cell's number with four decimals at most, or nothing for an empty one.

    Raises:
        ValueError: it is no number, or may be two; the text says which.
    """
    value = cell.value
    if isinstance(value, bool | dt.date | dt.time):
        raise ValueError(_("“%(said)s” is not a number.") % {"said": value})
    if isinstance(value, int | float | Decimal):
        found = Decimal(str(value)) * (100 if cell.is_per_cent else 1)
    elif plain(value) in MISSING:
        return None
    else:
        found = number(str(value), decimals)
    if not found.is_finite() or abs(found) >= LARGEST_VALUE:
        raise ValueError(_("“%(said)s” is too large.") % {"said": str(value)[:40]})
    return found.quantize(PLACES, rounding=ROUND_HALF_UP)


def number(text: str, decimals: int) -> Decimal:
    """Return the number a person wrote: "59,3", "59,3 %", "12 995", "−2".

    A point or a comma before exactly three digits may group thousands; unless three decimals are usual, it is refused.

    Raises:
        ValueError: in words.
    """
    said = SPACES.sub(" ", text).strip()
    bare = said.removesuffix("%").strip().replace("\u2212", "-")
    match = NUMBER.fullmatch(bare)
    if match is None:
        raise ValueError(_("“%(said)s” is not a number.") % {"said": said[:40]})
    fraction = match[3] or ""
    if len(fraction) == 4 and " " not in bare and len(match[1]) <= 3 and (decimals < 3 or fraction[0] == "."):
        either, other = bare.replace(fraction[0], " "), bare.replace(fraction[0], ",")
        text = _("“%(said)s” may be %(thousands)s or %(decimal)s. Write it without the sign, or with other decimals.")
        raise ValueError(text % {"said": said[:40], "thousands": either, "decimal": other})
    try:
        return Decimal(bare.replace(" ", "").replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(_("“%(said)s” is not a number.") % {"said": said[:40]}) from error


def date_of(value: Any, today: dt.date) -> dt.date:
    """Return the date a cell states: a date, a year (its last day), or a period such as 2024K1.

    Raises:
        ValueError: in words.
    """
    said = text_of(Cell(value))
    found = _stated(value, said)
    if found is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError(_("“%(said)s” is no year or date. Write 2024 or 31.12.2024.") % {"said": said[:40]})
    if found > today:
        raise ValueError(_("“%(said)s” has not been yet.") % {"said": said[:40]})
    return found


def _stated(value: Any, said: str) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    said = said.removesuffix(".0") if isinstance(value, float) else said
    try:
        if match := NORWEGIAN_DATE.fullmatch(said):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        if len(said) >= 10:
            return dt.date.fromisoformat(said[:10])
        return statistics.end_of(said.upper())
    except (ValueError, statistics.StatisticsError):
        return None


# ---- the template to fill in ----


def template(
    names: Iterable[str], dates: Iterable[dt.date], value_at: Callable[[int, dt.date], Any]
) -> list[list[Any]]:
    """Return a wide table with what is known, to fill in and send back."""
    heads = list(names)
    rows = [
        [on.year if (on.month, on.day) == (12, 31) else on.isoformat(), *(value_at(at, on) for at in range(len(heads)))]
        for on in dates
    ]
    return [["År", *map(export.harmless, heads)], *rows]
