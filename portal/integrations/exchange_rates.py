"""Norges Bank's euro rates: one for each day it lists, by its own data service or from a file of the same kind."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from urllib import error, request
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

SOURCE = "Norges Bank"
SECONDS = 15
LARGEST = 5_000_000
DAY, VALUE = "TIME_PERIOD", "OBS_VALUE"
LOWEST, HIGHEST = Decimal(1), Decimal(100)


class RateError(Exception):
    """The rates did not come, or a file is not of their kind; the text says why, in the reader's words."""


class Rate(NamedTuple):
    """Kroner for one euro on a day."""

    day: dt.date
    nok_per_eur: Decimal


def fetch(since: dt.date, until: dt.date) -> list[Rate]:
    """Return the rates of these days as Norges Bank lists them.

    Raises:
        RateError: what went wrong, in words.
    """
    if not settings.RATES_URL:
        raise RateError(_("No address for exchange rates is set (RATES_URL)."))
    query = {"format": "csv", "startPeriod": since.isoformat(), "endPeriod": until.isoformat(), "locale": "no"}
    try:
        with request.urlopen(f"{settings.RATES_URL}?{urlencode(query)}", timeout=SECONDS) as answer:
            body = answer.read(LARGEST + 1)
    except error.HTTPError as refused:
        with refused:
            if refused.code == 404:  # no rate was listed in these days
                return []
        raise RateError(_("Norges Bank does not answer now. Try again in a while.")) from refused
    except (error.URLError, TimeoutError, OSError, ValueError) as down:
        raise RateError(_("Norges Bank does not answer now. Try again in a while.")) from down
    return read(body)


def read(content: bytes) -> list[Rate]:
    """Return the rates of a file with the columns TIME_PERIOD and OBS_VALUE, in order; other columns are passed over.

    Raises:
        RateError: it is no such file, or a rate in it is absurd: nothing is read then.
    """
    if len(content) > LARGEST:
        raise RateError(_("The file is too large to be a list of rates."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise RateError(_("The file is not text in UTF-8.")) from wrong
    head = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ","))
    names = [name.strip().upper() for name in rows[0]] if rows else []
    if DAY not in names or VALUE not in names:
        raise RateError(_("The file lacks the columns TIME_PERIOD and OBS_VALUE."))
    at, value = names.index(DAY), names.index(VALUE)
    found = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            day, rate = dt.date.fromisoformat(row[at].strip()), Decimal(row[value].strip().replace(",", "."))
        except (ValueError, IndexError, InvalidOperation) as wrong:
            raise RateError(_("Line %(line)d cannot be read.") % {"line": line}) from wrong
        if not (rate.is_finite() and LOWEST < rate < HIGHEST):
            raise RateError(_("Line %(line)d has no rate of the euro.") % {"line": line})
        found[day] = Rate(day, rate.quantize(Decimal("0.0001")))
    return [found[day] for day in sorted(found)]
