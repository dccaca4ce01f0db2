"""How measured values, their dates and their growth are said. Pure but for the language."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.calendar import Precision, format_precise
from portal.money import NBSP, format_number

PER_CENT = "%"
FEW = 10
"""Growth below this is said with one decimal more than the values are."""


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def amount(value: Decimal, decimals: int) -> str:
    """Return "12 995" or "59,3"."""
    return format_number(rounded(value, decimals))


def level(value: Decimal, unit: str, decimals: int) -> str:
    """Return "59,3 %", and "12 995" for what is counted: its unit is said elsewhere."""
    return f"{amount(value, decimals)}{NBSP}%" if unit == PER_CENT else amount(value, decimals)


def with_unit(value: Decimal, unit: str, decimals: int) -> str:
    """Return a difference with its unit: "8,8 prosentpoeng", "318 arbeidsplasser"."""
    said = amount(abs(value), decimals)
    if unit == PER_CENT:
        return _("%(value)s percentage points") % {"value": said}
    return f"{said} {unit}"


def change(value: Decimal, unit: str, decimals: int) -> str:
    """Return "+500" or "−2,0 %"."""
    said = level(value, unit, decimals)
    return f"+{said}" if value > 0 else said


def a_year(value: Decimal, unit: str, decimals: int, *, is_per_cent: bool) -> str:
    """Return growth a year: per cent with two decimals, or the unit with as many as make it say something."""
    if is_per_cent:
        return f"{amount(value, 2)}{NBSP}%"
    places = decimals if abs(value) >= FEW or unit == PER_CENT else decimals + (rounded(value, decimals) != value)
    said = amount(value, places)
    return _("%(value)s percentage points") % {"value": said} if unit == PER_CENT else said


def printed(value: Decimal) -> str:
    """Return a printed per cent with the decimals it was printed with."""
    places = max(-int(value.normalize().as_tuple().exponent), 0)
    return f"{amount(value, places)}{NBSP}%"


def when(on: dt.date) -> str:
    """Return "2024" for the end of a year, "august 2026" for the end of a month, and the day for another day."""
    language = get_language() or "nb"
    is_end = (on + dt.timedelta(days=1)).day == 1
    if on.month == 12 and on.day == 31:
        return str(on.year)
    return format_precise(on, Precision.MONTH if is_end else Precision.DAY, language)


def day(on: dt.date) -> str:
    return format_precise(on, Precision.DAY, get_language() or "nb", in_text=True)
