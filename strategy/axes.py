"""Where things lie in a figure: the axis, the dates that are written under it, and the names at the ends. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

TOP, BOTTOM, HEIGHT = 28, 240, 272
TWO_LINES, ONE_LINE = 38, 17
"""Pixels that a name at the end takes, with its value under it or alone."""
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
MOST_TICKS = 6


def axis_of(low: Decimal, high: Decimal, smallest: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return start, end and step of an axis that holds both: from nought unless that would flatten the lines.

    The step is a whole number of the smallest that the values are said with: no half persons.
    """
    start = Decimal(0) if low >= 0 and low < high / 2 else low
    span = (high - start) or abs(high) / 10 or Decimal(1)
    rough = span / 4
    power = Decimal(1).scaleb(rough.adjusted())
    fitting = (power * each for each in STEPS if power * each >= rough and power * each % smallest == 0)
    step = next(fitting, smallest)
    first = (start / step).to_integral_value(ROUND_FLOOR) * step
    last = (max(high, start + span) / step).to_integral_value(ROUND_CEILING) * step
    return first, last, step


def room_for(count: int) -> int:
    """Return how many pixels each of so many names gets."""
    return TWO_LINES if count * TWO_LINES <= HEIGHT - TOP else ONE_LINE


def spread(wanted: list[Decimal], room: int) -> list[Decimal]:
    """Return where each name stands, in the order given: near its line's end, and none on another."""
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    placed: list[Decimal] = []
    for place in order:
        placed.append(max(wanted[place], placed[-1] + room if placed else Decimal(14)))
    lowest = Decimal(HEIGHT - (room - 12))
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], lowest)
        lowest = placed[at] - room
    found = dict(zip(order, placed, strict=True))
    return [found[place] for place in range(len(wanted))]


def some_of(dates: list[dt.date]) -> list[dt.date]:
    """Return at most six of the dates, the first and the last among them."""
    if len(dates) <= MOST_TICKS:
        return dates
    last, gaps = len(dates) - 1, MOST_TICKS - 1
    return [dates[round(n * last / gaps)] for n in range(MOST_TICKS)]
