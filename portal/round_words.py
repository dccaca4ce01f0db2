"""What is said of a round's dates: never more precise than what was stated, days left in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from portal import rules
from portal.calendar import Precision, format_precise
from portal.money import format_number

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import InputRound

NUMBERS = [
    gettext_noop(word)
    for word in ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
]


LONG = 60
"""Days: nobody counts so many on her fingers, and the date says it."""


def number_word(number: int) -> str:
    """Return a number from two to twelve as a word, others as figures."""
    return gettext(NUMBERS[number - 2]) if 2 <= number <= 12 else format_number(number)


def due_words(round_: InputRound) -> str:
    """Return when the round is due as it was stated, or that no date was."""
    if round_.due_on is None:
        return gettext("No due date given")
    precision, language = Precision(round_.due_precision), get_language() or "nb"
    date = format_precise(round_.due_on, precision, language, in_text=True)
    if precision == Precision.DAY:
        return gettext("Due %(date)s") % {"date": date}
    return gettext("Due by the end of %(period)s") % {"period": date}


def days_words(round_: InputRound, today: dt.date) -> str:
    """Return how many days are left, or when it opens; nothing where that is not known or the state says it."""
    state, due = rules.round_state(round_.facts, today), rules.last_day_of(round_.facts)
    if state == rules.RoundState.UPCOMING and round_.opens_on is not None:
        date = format_precise(round_.opens_on, Precision.DAY, get_language() or "nb", in_text=True)
        return gettext("Opens %(date)s") % {"date": date}
    left = (due - today).days if due is not None and state == rules.RoundState.OPEN else None
    if left is None or left > LONG:
        return ""
    if left == 0:
        return pgettext("due date", "The last day is today")
    if left == 1:
        return gettext("One day left")
    return (gettext("%(number)s days left") % {"number": number_word(left)}).capitalize()
