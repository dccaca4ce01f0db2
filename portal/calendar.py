"""Working days, legal deadlines and dates of stated precision. Pure: no ORM, no clock; today is always an argument."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

OSLO = ZoneInfo("Europe/Oslo")


class Precision(StrEnum):
    """How exactly a date was stated. PERIOD is a span of months, held by its last month (May, for February to May)."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    PERIOD = "period"


def oslo_today(now: datetime) -> date:
    """Return the date in Norway at the moment `now`. Raises: ValueError when `now` carries no time zone."""
    if now.tzinfo is None:
        raise ValueError("a moment without a time zone has no date in Oslo")
    return now.astimezone(OSLO).date()


# Working days -------------------------------------------------------------------------------------------------------


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return Norway's public holidays. Christmas Eve and New Year's Eve are ordinary weekdays in law."""
    return frozenset(holidays.country_holidays("NO", years=year))


def is_working_day(day: date) -> bool:
    """Return whether the day is neither Saturday, Sunday nor a public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """Return the day itself when it is a working day, otherwise the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def last_working_day(day: date) -> date:
    """Return the day itself when it is a working day, otherwise the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """Return the working day that is `count` working days after `day`; `day` itself is never counted.

    Raises: ValueError when count is not positive.
    """
    if count < 1:
        raise ValueError("count must be at least one working day")
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def party_deadline(notified_on: date, weeks: int = 3) -> date:
    """Return the last day on which a party may act, notified on the given day.

    A party's deadline that ends on a Saturday, a Sunday or a public holiday moves to the next working day. The
    authority's own deadlines do not: do not use this for them.

    Law: forvaltningsloven (1967) § 29, three weeks from the day the notice arrived, and § 30 on keeping it; checked
    2026-11-20. The new act of 2025 is not yet in force and may bring another period: hence `weeks`.
    """
    return next_working_day(notified_on + timedelta(weeks=weeks))


# Dates of stated precision ------------------------------------------------------------------------------------------

# fmt: off
_NORWEGIAN_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on
_ENGLISH_QUARTERS = ("1st", "2nd", "3rd", "4th")
_EN_DASH = "\u2013"
_UNTIL = {"nb": "innen", "nn": "innan", "en": "by"}


def first_day(day: date, precision: Precision) -> date:
    """Return the first day that the stated date may mean."""
    match precision:
        case Precision.DAY:
            return day
        case Precision.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Precision.YEAR:
            return day.replace(month=1, day=1)
    return day.replace(day=1)


def last_day(day: date, precision: Precision) -> date:
    """Return the last day that the stated date may mean: one is late only after it."""
    match precision:
        case Precision.DAY:
            return day
        case Precision.MONTH | Precision.PERIOD:
            month = day.month
        case Precision.QUARTER:
            month = (day.month + 2) // 3 * 3
        case Precision.YEAR:
            month = 12
    return date(day.year, month, monthrange(day.year, month)[1])


def format_precise(
    day: date, precision: Precision, language: str = "nb", *, starts: date | None = None, in_text: bool = False
) -> str:
    """Return the date as it was stated, and never a day that was not.

    "31.3.2026" (with `in_text` "31. mars 2026"), "mars 2026", "1. kvartal 2026", "2026"; a period as its
    first and last month with a dash between, or "innen mai 2026" when its start is not known.
    Languages: nb, nn, en; others read as nb.
    """
    language = language[:2] if language[:2] in _UNTIL else "nb"
    match precision:
        case Precision.DAY:
            return _format_day(day, language, in_text)
        case Precision.MONTH:
            return _format_month(day, language)
        case Precision.QUARTER:
            quarter = (day.month + 2) // 3
            words = f"{_ENGLISH_QUARTERS[quarter - 1]} quarter" if language == "en" else f"{quarter}. kvartal"
            return f"{words} {day.year}"
        case Precision.YEAR:
            return str(day.year)
        case Precision.PERIOD:
            return _format_period(starts, day, language)


def _month_name(day: date, language: str) -> str:
    return (_ENGLISH_MONTHS if language == "en" else _NORWEGIAN_MONTHS)[day.month - 1]


def _format_month(day: date, language: str) -> str:
    return f"{_month_name(day, language)} {day.year}"


def _format_day(day: date, language: str, in_text: bool) -> str:
    if language == "en":
        return f"{day.day} {_format_month(day, language)}"
    if in_text:
        return f"{day.day}. {_format_month(day, language)}"
    return f"{day.day}.{day.month}.{day.year}"


def _format_period(starts: date | None, ends: date, language: str) -> str:
    if starts is None:
        return f"{_UNTIL[language]} {_format_month(ends, language)}"
    if (starts.year, starts.month) == (ends.year, ends.month):
        return _format_month(ends, language)
    if starts.year == ends.year:
        return f"{_month_name(starts, language)}{_EN_DASH}{_format_month(ends, language)}"
    return f"{_format_month(starts, language)}{_EN_DASH}{_format_month(ends, language)}"
