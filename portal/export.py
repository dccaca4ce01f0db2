"""Lists as files: csv that opens right in Norwegian spreadsheets, and xlsx."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(value: Any) -> Any:
    """Return a value no spreadsheet runs: what starts like a formula gets an apostrophe."""
    if not isinstance(value, str):
        return value
    value = NOT_IN_CELLS.sub("", value)
    return f"'{value}" if value.startswith(FORMULA) else value


def value_of(row: Any, column: Any) -> Any:
    """Return a column's value: a callable of the row, or a path of attributes; missing is empty."""
    if callable(column):
        return harmless(column(row))
    for name in column.split("."):
        row = getattr(row, name, None)
        if callable(row):
            row = row()
        if row is None:
            return ""
    return harmless(row if isinstance(row, (int, float, dt.date)) else str(row))


def answer(form: str, name: str, columns: Iterable[tuple[Any, Any]], rows: Iterable[Any]) -> HttpResponse:
    """Return the rows as a download.

    Raises:
        Http404: another form than csv or xlsx.
    """
    columns = list(columns)
    table = [[str(title) for _column, title in columns]]
    table += [[value_of(row, column) for column, _title in columns] for row in rows]
    if form == "csv":
        response = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = HttpResponse(as_xlsx(table), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def in_norwegian(value: Any) -> Any:
    """Return a decimal number as Norwegian spreadsheets read it from text, "59,3"; anything else as it is."""
    return format(value.normalize(), "f").replace(".", ",") if isinstance(value, Decimal) else value


def as_csv(table: list[list[Any]]) -> bytes:
    """Return semicolon-separated text with a byte order mark, as Norwegian spreadsheets expect."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows([map(in_norwegian, row) for row in table])
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(table: list[list[Any]]) -> bytes:
    return as_workbook([("Sheet", table)])


def as_workbook(sheets: Iterable[tuple[str, list[list[Any]]]]) -> bytes:
    """Return named sheets, each a table, as one xlsx file."""
    from openpyxl import Workbook  # half a second of imports that only an export should pay for

    book = Workbook(write_only=True)
    for name, table in sheets:
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
