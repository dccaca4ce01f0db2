"""Fills the database's own calendar, so that SQL can count working days as `portal.calendar` does."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from portal.calendar import is_working_day

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, LAST = dt.date(2015, 1, 1), dt.date(2060, 12, 31)
"""What the calendar covers; the health view complains long before it ends."""


def days(first: dt.date = FIRST, last: dt.date = LAST) -> Iterator[tuple[dt.date, bool, dt.date]]:
    """Yield (day, whether one works on it, the last working day up to it)."""
    before = first
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        works = is_working_day(day)
        before = day if works else before
        yield day, works, before


def fill(connection: Any) -> None:
    """Write the calendar, or bring it up to date when the law has changed a holiday; as the owner role."""
    rows = list(days())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_calendarday AS c (day, is_working, working_before) "
            "SELECT * FROM unnest(%s::date[], %s::boolean[], %s::date[]) "
            "ON CONFLICT (day) DO UPDATE "
            "SET is_working = excluded.is_working, working_before = excluded.working_before "
            "WHERE (c.is_working, c.working_before) IS DISTINCT FROM (excluded.is_working, excluded.working_before)",
            [list(column) for column in zip(*rows, strict=True)],
        )
