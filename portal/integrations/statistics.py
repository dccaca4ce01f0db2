"""Statistics Norway's tables, by PxWebApi 2 and JSON-stat2: open data under CC BY 4.0, at most 30 questions a minute.

A question names a table and one value of each variable but time; what comes back is one figure per point of time. One
try, a short wait and a largest answer: a person is waiting, and presses again if she wants to.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib import error, request
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from portal.ratelimit import over_limit

LICENCE = "CC BY 4.0"
OWNER = "Statistisk sentralbyrå"
SECONDS = 8
LARGEST = 2_000_000
PER_MINUTE = 30
"""What the service lets one address ask; all our processes count together."""
NEWEST = 40
"""Points of time asked for."""
MOST_VALUES = 1_000_000
LARGEST_VALUE = Decimal(10) ** 12
CODELIST = "codelist"
TABLE = re.compile(r"[0-9A-Za-z]{3,12}")
PERIOD = re.compile(r"(?P<year>\d{4})(?:(?P<kind>[MKQHS])(?P<part>\d{1,2}))?")
MONTHS = {"M": 1, "K": 3, "Q": 3, "H": 6, "S": 6}


class StatisticsError(Exception):
    """The figures did not come; the text says why and what to do, in the reader's words."""


class Value(NamedTuple):
    """One figure: the last day of what it covers."""

    on: dt.date
    value: Decimal


class Variable(NamedTuple):
    """A variable of a table, and its codes with their names."""

    code: str
    name: str
    is_time: bool
    values: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a table says: its name, who says it, when it was last changed, and the figures."""

    table: str
    title: str
    source: str
    updated: dt.date | None
    values: list[Value]


# ---- asking ----


def fetch(table: str, choices: dict[str, str]) -> Answer:
    """Return the newest figures of a table for these choices; dates without a figure are left out.

    Raises:
        StatisticsError: what went wrong, in words.
    """
    query = [("lang", "no"), ("outputFormat", "json-stat2")]
    for variable, code in choices.items():
        if not variable.startswith(f"{CODELIST}["):
            query.append((f"valueCodes[{variable}]", code))
        else:
            query += [(variable, code), (variable.replace(CODELIST, "outputValues"), "aggregated")]
    query.append(("valueCodes[Tid]", f"top({NEWEST})"))
    dataset = _ask(f"{_address(table)}/data", query)
    try:
        return read(table, dataset)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, InvalidOperation) as wrong:
        raise StatisticsError(_("Statistics Norway answered with something we cannot read.")) from wrong


def variables(table: str) -> list[Variable]:
    """Return a table's variables with their codes, so that one can choose.

    Raises:
        StatisticsError: what went wrong, in words.
    """
    dataset = _ask(f"{_address(table)}/metadata", [("lang", "no"), ("outputFormat", "json-stat2")])
    try:
        times = set(dataset.get("role", {}).get("time", []))
        return [
            Variable(code, str(one.get("label", code)), code in times or code == "Tid", _labels(one))
            for code, one in ((each, dataset["dimension"][each]) for each in dataset["id"])
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise StatisticsError(_("Statistics Norway answered with something we cannot read.")) from wrong


def table_page(table: str) -> str:
    """Return where a reader finds the table."""
    return f"https://www.ssb.no/statbank/table/{table}"


def _address(table: str) -> str:
    if not TABLE.fullmatch(table):
        raise StatisticsError(_("A table’s number has digits only, such as 11616."))
    return f"{settings.STATISTICS_URL.rstrip('/')}/tables/{table}"


def _ask(address: str, query: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the JSON object that comes back, asked once."""
    if over_limit("statistics", "all", per_minute=PER_MINUTE):
        raise StatisticsError(_busy())
    asked = request.Request(f"{address}?{urlencode(query)}", headers={"Accept": "application/json"})
    try:
        with request.urlopen(asked, timeout=SECONDS) as answer:
            body = answer.read(LARGEST + 1)
    except error.HTTPError as refused:
        with refused:
            raise StatisticsError(_why(refused.code, refused.read(10_000))) from refused
    except (error.URLError, TimeoutError, OSError, ValueError) as down:
        raise StatisticsError(_("Statistics Norway does not answer now. Try again in a while.")) from down
    if len(body) > LARGEST:
        raise StatisticsError(_("The table is too large to fetch. Choose fewer values."))
    try:
        found = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise StatisticsError(_("Statistics Norway answered with something we cannot read.")) from wrong
    if not isinstance(found, dict):
        raise StatisticsError(_("Statistics Norway answered with something we cannot read."))
    return found


def _busy() -> str:
    return _("Too many questions to Statistics Norway in a minute. Wait a minute and try again.")


def _why(status: int, body: bytes) -> str:
    """Return what a refusal means, with the service's own words where it gives some."""
    if status == 404:
        return _("Statistics Norway has no such table. Check its number.")
    if status == 429:
        return _busy()
    if status in (400, 422):
        return _("Statistics Norway does not know one of the choices: %(said)s") % {"said": _said(body)}
    if status == 403:
        return _("The table is too large to fetch. Choose fewer values.")
    return _("Statistics Norway does not answer now. Try again in a while.")


def _said(body: bytes) -> str:
    try:
        problem = json.loads(body)
        return str(problem.get("detail") or problem.get("title") or "")[:300]
    except (ValueError, AttributeError, RecursionError):
        return body.decode("utf-8", "replace")[:300]


# ---- reading JSON-stat2 ----


def read(table: str, dataset: dict[str, Any]) -> Answer:
    """Return the figures of a dataset in order of time.

    Raises:
        StatisticsError: more than one figure per point of time.
        KeyError, TypeError, ValueError, IndexError: not a JSON-stat2 dataset.
    """
    names, sizes = dataset["id"], [_whole(size) for size in dataset["size"]]
    times = dataset.get("role", {}).get("time") or ["Tid"]
    at = names.index(times[0])
    several = [str(dataset["dimension"][name].get("label", name)) for name, size in zip(names, sizes, strict=True)
               if size > 1 and name != times[0]]  # fmt: skip
    if several:
        text = _("The choices leave several figures for each date. Choose one value of: %(variables)s.")
        raise StatisticsError(text % {"variables": ", ".join(several)})
    codes = _codes(dataset["dimension"][times[0]]["category"])
    if len(codes) != sizes[at]:
        raise ValueError("size and index differ")
    found = [(code, _number(dataset["value"], place)) for place, code in enumerate(codes)]
    values = sorted(Value(end_of(code), value) for code, value in found if value is not None)
    source = str(dataset.get("source") or OWNER)
    return Answer(table, str(dataset.get("label", "")), source, _day(str(dataset.get("updated", ""))), values)


def _day(moment: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(moment[:10])
    except ValueError:
        return None


def _codes(category: dict[str, Any]) -> list[str]:
    """Return a dimension's codes in order; the index is a list, or says each code's place, or is left out for one."""
    index = category.get("index", category.get("label", {}))
    return list(index) if isinstance(index, list) else sorted(index, key=lambda code: _place(index, code))


def _place(index: dict[str, Any], code: str) -> int:
    return _whole(index[code]) if isinstance(index[code], int | Decimal) else 0


def _whole(number: Any) -> int:
    """Return a size or a place; of an absurd one `int` would write out every digit."""
    if not 0 <= number <= MOST_VALUES:
        raise ValueError("no size of a table")
    return int(number)


def _labels(dimension: dict[str, Any]) -> dict[str, str]:
    category = dimension["category"]
    names = category.get("label", {})
    return {code: str(names.get(code, code)) for code in _codes(category)}


def _number(values: Any, place: int) -> Decimal | None:
    """Return the figure at a place: values are a list, or an object that leaves empty places out."""
    value = values.get(str(place)) if isinstance(values, dict) else values[place]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise TypeError("a value that is no number")
    if not value.is_finite() or abs(value) >= LARGEST_VALUE:
        raise ValueError("a value larger than anything counted")
    return value


def end_of(period: str) -> dt.date:
    """Return the last day of a period: "2024", "2024K1" (quarter), "2024M05", "2024H1" (half-year).

    Raises:
        StatisticsError: another kind of period, such as a week.
    """
    match = PERIOD.fullmatch(period)
    months = MONTHS[match["kind"]] * int(match["part"]) if match and match["kind"] else 12
    if match is None or not 1 <= months <= 12:
        raise StatisticsError(_("We cannot date “%(period)s”.") % {"period": period[:20]})
    year = int(match["year"])
    return dt.date(year, months, monthrange(year, months)[1])
