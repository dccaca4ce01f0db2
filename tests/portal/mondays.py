"""What the tests of the sweep and of the daily mail share: a Monday, and short ways to act on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from portal import digest, sweep
from portal.calendar import OSLO
from portal.models import Mail, Notice
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import User

MONDAY = dt.date(2026, 11, 16)
DAY = dt.timedelta(days=1)


def at(day: dt.date, hour: int = 7, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO)


def run(day: dt.date = MONDAY) -> dict[str, int]:
    """Sweep at the day's start."""
    return sweep.sweep(at(day, 6, 30))


def told(user: User) -> list[tuple[str, str]]:
    """Return what holds for a person: title and occasion."""
    return sorted(Notice.objects.current().filter(user=user).values_list("title", "occasion"))


def send(day: dt.date = MONDAY, hour: int = 7, **facts: Any) -> int:
    """Sweep at the day's start and write the daily mails."""
    run(day)
    return digest.send(at(day, hour), **facts)


def mails_to(user: User) -> list[Mail]:
    return list(Mail.objects.filter(to_address=user.email).order_by("pk"))


def only_mail(user: User) -> Mail:
    (mail,) = mails_to(user)
    return mail


def due(plan: Any, person: User, days: int, **facts: Any) -> Any:
    """Make a measure that is due so many days after the Monday."""
    return make.a_measure(plan, person=person, due_on=MONDAY + days * DAY, **facts)
