"""The next period to report on, as the calendar and the last one suggest it. Pure: dates in, dates out."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.calendar import Precision, last_day, last_working_day, next_working_day

ASKED_BEFORE = timedelta(days=14)
"""How long before the end of a period its reports are asked for."""


class PeriodKind(StrEnum):
    """How long a period is; another length is the officer's own to state."""

    TERTIAL = "tertial"
    HALF_YEAR = "half_year"
    OTHER = "other"


MONTHS = {PeriodKind.TERTIAL: 4, PeriodKind.HALF_YEAR: 6}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A period with its dates; `number` is its place in the year, 0 for a period of another length."""

    kind: PeriodKind
    number: int
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date


def kind_of(starts_on: date, ends_on: date) -> PeriodKind:
    """Return the kind that a period's own dates are, whole tertials and half-years only."""
    for kind, months in MONTHS.items():
        is_whole = starts_on.day == 1 and (starts_on.month - 1) % months == 0
        if is_whole and ends_on == _end(starts_on, months):
            return kind
    return PeriodKind.OTHER


def next_period(kind: PeriodKind, last_end: date | None, today: date) -> Suggestion:
    """Return the first whole period after the last one; without one, the period that today is in.

    Reports are asked for two weeks before it ends and due when it ends, on working days. Is that past, they are asked
    for today and due in two weeks. Another length goes from the day after the last one to the end of the year.
    """
    first = last_end + timedelta(days=1) if last_end else None
    if kind == PeriodKind.OTHER:
        starts = first or date(today.year, 1, 1)
        ends, number = date(starts.year, 12, 31), 0
    else:
        months = MONTHS[kind]
        starts = _start(first or today, months)
        if first is not None and starts < first:
            starts = _end(starts, months) + timedelta(days=1)
        ends, number = _end(starts, months), (starts.month - 1) // months + 1
    opens, due = next_working_day(ends - ASKED_BEFORE), last_working_day(ends)
    if due < today:
        opens, due = today, next_working_day(today + ASKED_BEFORE)
    return Suggestion(kind, number, starts, ends, opens, max(due, opens))


def _start(day: date, months: int) -> date:
    """Return the first day of the whole period that a day lies in."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _end(starts: date, months: int) -> date:
    """Return the last day of a period of so many months."""
    return last_day(date(starts.year, starts.month + months - 1, 1), Precision.MONTH)
