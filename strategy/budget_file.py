"""A budget year as a spreadsheet for the budget system: out with stable ids, in with every fault named beforehand."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import export, outbox, uploads
from portal.export import FORMULA, harmless
from strategy.budget import Money, Source, State, Wish, check_money, parse_amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from strategy.budget import Part
    from strategy.models import MeasureFunding

FILE_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5_000
MOST_FAULTS = 50
ROOM = 200
"""Empty rows below the last that the lock leaves open, for new lines."""
PART, LINE, NUMBER, TITLE, WHO, GOAL, YEAR, SOURCE, STATE, AMOUNT, REFERENCE = range(11)
HEADER = (
    gettext_lazy("Measure id"), gettext_lazy("Line id"), gettext_lazy("Number"), gettext_lazy("Measure"),
    gettext_lazy("Municipality"), gettext_lazy("Lies under"), gettext_lazy("Budget year"), gettext_lazy("Source"),
    gettext_lazy("Status"), gettext_lazy("Amount in kroner"), gettext_lazy("Decision"),
)  # fmt: skip
WIDTHS = (12, 10, 10, 60, 18, 30, 12, 18, 16, 18, 28)
OPEN = (PART, LINE, SOURCE, STATE, AMOUNT, REFERENCE)
"""The columns that are not locked below the header; an id is open so that a row can be copied for another source."""


# ---- out ----


def as_xlsx(parts: Iterable[Part], year: int) -> HttpResponse:
    """Return the year's lines as a workbook with a locked header; a measure without money has a row of its own."""
    from openpyxl import Workbook  # half a second of imports that only an export should pay for
    from openpyxl.styles import Font, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = str(year)
    sheet.append([str(title) for title in HEADER])
    for row in rows_of(parts, year):
        sheet.append(row)
    last = sheet.max_row + ROOM
    for place, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.cell(1, place).font = Font(bold=True)
    for cells in sheet.iter_rows(min_row=2, max_row=last, max_col=len(HEADER)):
        for place in OPEN:
            cells[place].protection = Protection(locked=False)
    for place, choices in ((SOURCE, Source), (STATE, State)):
        rule = DataValidation("list", formula1=f'"{",".join(str(each.label) for each in choices)}"', allow_blank=True)
        sheet.add_data_validation(rule)
        letter = get_column_letter(place + 1)
        rule.add(f"{letter}2:{letter}{last}")
    sheet.freeze_panes = "E2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.sort = sheet.protection.autoFilter = False
    buffer = io.BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=export.XLSX)
    response["Content-Disposition"] = f'attachment; filename="finansiering-{year}.xlsx"'
    return response


def rows_of(parts: Iterable[Part], year: int) -> Iterator[list[Any]]:
    for part in parts:
        about = [part.number, part.title, part.authority, part.goal[1]]
        for line in part.lines or [None]:
            facts = [None, *about, year, None, None, None, None] if line is None else [
                line.pk, *about, year, str(line.get_source_display()), str(line.get_state_display()), line.amount_nok,
                line.decision_reference or None,
            ]  # fmt: skip
            yield [harmless(value) for value in (part.id, *facts)]


# ---- in ----


class FileRow(NamedTuple):
    """What a row of the file makes of a line: new, changed or unchanged."""

    place: int
    part: Part
    kind: str
    before: Money | None
    wish: Wish

    @property
    def source_word(self) -> str:
        return str(Source(self.wish.money.source).label) if self.wish.money else ""

    @property
    def state_word(self) -> str:
        return str(State(self.wish.money.state).label) if self.wish.money else ""

    @property
    def before_words(self) -> str:
        """The state it had, where that is another."""
        same = self.before is None or self.wish.money is None or self.before.state == self.wish.money.state
        return "" if same or self.before is None else str(State(self.before.state).label)


@dataclass(slots=True)
class Preview:
    """What a file would do, or all that is wrong with it."""

    rows: list[FileRow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    absent: list[tuple[Part, MeasureFunding]] = field(default_factory=list)
    """Lines that the file does not have: they stay as they are."""

    def of_kind(self, kind: str) -> list[FileRow]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def new(self) -> list[FileRow]:
        return self.of_kind("new")

    @property
    def changed(self) -> list[FileRow]:
        return self.of_kind("changed")

    @property
    def unchanged(self) -> list[FileRow]:
        return self.of_kind("unchanged")

    @property
    def wishes(self) -> list[Wish]:
        return [row.wish for row in self.rows if row.kind != "unchanged"]


class Fault(ValidationError):
    """Something in a cell; the text names row and column."""

    def __init__(self, place: int, column: int, text: str) -> None:
        words = {"row": place, "column": HEADER[column], "what": text}
        super().__init__(_("Row %(row)d, column “%(column)s”: %(what)s") % words)


def read(upload: Any, parts: Iterable[Part], year: int) -> Preview:
    """Return what the file would change in these parts' year; faults are told, all of them, up to fifty.

    Raises:
        ValidationError: it is no workbook we take, or not one of this page.
    """
    checked = uploads.check_table(upload, limit=FILE_BYTES)
    if not checked.filename.endswith(".xlsx"):
        raise ValidationError(_("Choose an Excel file (xlsx)."))
    own = {part.id: part for part in parts if part.may_write}
    found, taken = Preview(), set()
    for place, cells in _cells(checked.content):
        if len(found.faults) >= MOST_FAULTS:
            found.faults.append(_("There are more faults further down. Correct these first."))
            break
        try:
            row = _row(place, cells, own, year)
            if row is None:
                continue
            key = (row.part.id, row.wish.money.source if row.wish.money else "")
            if key in taken:
                raise Fault(place, SOURCE, _("The measure has two rows with this source. Add them up in one."))
        except ValidationError as error:
            found.faults += error.messages
        else:
            taken.add(key)
            found.rows.append(row)
    found.absent = [(part, line) for part in own.values() for line in part.lines if (part.id, line.source) not in taken]
    return found


def _cells(content: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the cells of each row that is not empty, with its number in the sheet, after checking the header.

    Raises:
        ValidationError: unreadable, too many rows, or another header.
    """
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(content, read_only=True).worksheets[0]
        sheet.reset_dimensions()
        rows = list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=len(HEADER)))
    except Exception as error:  # openpyxl has no error of its own for what it cannot read
        raise ValidationError(_("We cannot read this file. Fetch the file here, fill it in, and send that.")) from error
    if len(rows) > MOST_ROWS + 1:
        raise ValidationError(_("The file has more than %(most)d rows.") % {"most": MOST_ROWS})
    titles = [str(cell.value or "").strip() for cell in rows[0]] if rows else []
    if titles not in _headers():
        raise ValidationError(
            _("The first row is not the header of our file. Fetch the file here, and keep its header.")
        )
    for place, row in enumerate(rows[1:], 2):
        cells = [*row, *[None] * (len(HEADER) - len(row))]
        if any(cell is not None and cell.value not in (None, "") for cell in cells):
            yield place, cells


def _headers() -> list[list[str]]:
    """Return the header as each language of the portal writes it."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append([str(title) for title in HEADER])
    return found


def _row(place: int, cells: list[Any], own: dict[int, Part], year: int) -> FileRow | None:
    """Return what one row says; nothing for a measure that has no money and gets none.

    Raises:
        ValidationError: a cell is wrong; see `Fault`.
    """
    for column in range(len(HEADER)):
        if getattr(cells[column], "data_type", "") == "f":
            raise Fault(place, column, _("The cell holds a formula. Put the value in its place."))
    values = [_plain(cell.value) if cell is not None else None for cell in cells]
    part = own.get(_id(place, PART, values) or 0)
    if part is None:
        raise Fault(place, PART, _("There is no such measure among those you may change in this plan."))
    if values[YEAR] not in (None, year, str(year)):
        raise Fault(place, YEAR, _("This page is for %(year)d.") % {"year": year})
    key = _id(place, LINE, values)
    line = next((line for line in part.lines if line.pk == key), None)
    if key is not None and line is None:
        raise Fault(place, LINE, _("This measure has no such line in %(year)d.") % {"year": year})
    if values[AMOUNT] in (None, ""):
        if line is not None or values[REFERENCE]:
            raise Fault(place, AMOUNT, _("The amount is lacking. A line is removed on the page, never by a file."))
        return None
    money = _money(place, values)
    if line is None:
        line = next((line for line in part.lines if line.source == money.source), None)
    elif line.source != money.source:
        raise Fault(place, SOURCE, _("A line keeps its source. Copy the row, without its line id, for another source."))
    before = Money.of(line) if line else None
    kind = "new" if before is None else "unchanged" if before == money else "changed"
    wish = Wish(part.id, line.pk if line else None, line.row_version if line else None, money)
    return FileRow(place, part, kind, before, wish)


def _plain(value: Any) -> Any:
    """Return a cell's value without spaces around it, and without the apostrophe our own file may have put there."""
    if not isinstance(value, str):
        return value
    value = value.strip()
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value


def _id(place: int, column: int, values: list[Any]) -> int | None:
    value = values[column]
    if value in (None, ""):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Fault(place, column, _("This is no id of ours. Leave the column as it was."))
    return int(text)


def _money(place: int, values: list[Any]) -> Money:
    source = _choice(place, SOURCE, values[SOURCE], Source, Source.OWN_BUDGET)
    state = _choice(place, STATE, values[STATE], State, State.PROPOSED)
    amount = values[AMOUNT]
    if isinstance(amount, float) and amount.is_integer():
        amount = int(amount)
    reference = " ".join(outbox.one_line(str(values[REFERENCE] or ""), 10_000).split())
    if len(reference) > 120:
        raise Fault(place, REFERENCE, _("Write at most 120 characters."))
    try:
        if isinstance(amount, bool) or not isinstance(amount, (int, float, str)):
            raise ValidationError(_("The amount is not a number. Write it in whole kroner, such as 250 000."))
        money = Money(
            source,
            state,
            parse_amount(str(amount).replace(".", ",") if isinstance(amount, float) else str(amount)),
            reference,
        )
        check_money(money)
    except ValidationError as error:
        column = REFERENCE if hasattr(error, "error_dict") else AMOUNT
        raise Fault(place, column, " ".join(error.messages)) from error
    return money


def _choice(place: int, column: int, value: Any, choices: Any, otherwise: Any) -> str:
    """Return the code of a word in any of the portal's languages; an empty cell is the first choice."""
    if value in (None, ""):
        return str(otherwise)
    asked = str(value).casefold()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for each in choices:
                if asked in (str(each.label).casefold(), each.value):
                    return str(each.value)
    words = ", ".join(str(each.label) for each in choices)
    raise Fault(place, column, _("Write one of: %(words)s.") % {"words": words})
