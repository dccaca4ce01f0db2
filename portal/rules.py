"""What the shared ground decides from facts and a date. Pure: no ORM, no clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.calendar import OSLO, Precision, is_working_day, last_day, last_working_day

if TYPE_CHECKING:
    from collections.abc import Sequence


class RoundState(StrEnum):
    """Where an input round stands: not public yet, to come, open, past due but still taking, closed, answered."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"
    ANSWERED = "answered"


TAKES_INPUT = frozenset({RoundState.OPEN, RoundState.OVERDUE})
OVER = frozenset({RoundState.CLOSED, RoundState.ANSWERED})


@dataclass(frozen=True)
class RoundFacts:
    """What is known of a round; any date may be unknown, and an unknown due date is never passed."""

    opens_on: dt.date | None = None
    due_on: dt.date | None = None
    due_precision: Precision = Precision.DAY
    closed_on: dt.date | None = None
    is_over: bool = False
    takes_late: bool = True
    is_published: bool = True
    is_answered: bool = False


def last_day_of(facts: RoundFacts) -> dt.date | None:
    """Return the last day the round's due date may mean, or None where no date is known."""
    return last_day(facts.due_on, facts.due_precision) if facts.due_on else None


def round_state(facts: RoundFacts, today: dt.date) -> RoundState:
    """Return where the round stands on this day; the first that holds."""
    due = last_day_of(facts)
    if not facts.is_published:
        return RoundState.DRAFT
    if facts.is_answered:
        return RoundState.ANSWERED
    if facts.is_over or (facts.closed_on is not None and facts.closed_on <= today):
        return RoundState.CLOSED
    if facts.opens_on is not None and today < facts.opens_on:
        return RoundState.UPCOMING
    if due is not None and today > due:
        return RoundState.OVERDUE if facts.takes_late else RoundState.CLOSED
    return RoundState.OPEN


def is_late(facts: RoundFacts, received_on: dt.date) -> bool:
    """Say whether input received on this day came after the round's last day; without a due date nothing is late."""
    due = last_day_of(facts)
    return due is not None and received_on > due


def closed_from(facts: RoundFacts) -> dt.date | None:
    """Return the first day the round takes no more input, past or to come; None where no such day is known."""
    due = last_day_of(facts)
    days = [facts.closed_on, due + dt.timedelta(days=1) if due is not None and not facts.takes_late else None]
    return min((day for day in days if day is not None), default=None)


INVITATION_HOLDS, INVITATION_HOLDS_AFTER_DUE = dt.timedelta(days=180), dt.timedelta(days=60)


def invitation_holds(facts: RoundFacts, today: dt.date) -> dt.timedelta:
    """Return how long a link made today opens an invitation: past the last day, for what is late is taken too."""
    due = last_day_of(facts)
    return max(due - today, dt.timedelta()) + INVITATION_HOLDS_AFTER_DUE if due else INVITATION_HOLDS


# ---- when a deadline is told ----


def occasion(
    day: dt.date, today: dt.date, days_before: Sequence[int], late_every: int | None, *, leader: bool = False
) -> str:
    """Return the latest occasion that has come to tell of a last day, or nothing while it is too early.

    "before-7" is seven days ahead, "day" the day itself, "late-14" two weeks after. What falls on a day off is told on
    the working day before. The leader is told only when it is late: "leader-late" at once, then as the others are.
    """
    late = (today - day).days // late_every * late_every if late_every and today > day else 0
    if late:
        return f"leader-late-{late}" if leader else f"late-{late}"
    if leader:
        return "leader-late"
    passed = [days for days in days_before if last_working_day(day - dt.timedelta(days=days)) <= today]
    if not passed:
        return ""
    return f"before-{min(passed)}" if min(passed) else "day"


MAILS_FROM, MAILS_UNTIL = dt.time(7), dt.time(20)


def digest_day(now: dt.datetime) -> dt.date | None:
    """Return the working day whose daily mail may go now: from seven in the morning until eight at night in Norway."""
    local = now.astimezone(OSLO)
    awake = MAILS_FROM <= local.time() < MAILS_UNTIL
    return local.date() if awake and is_working_day(local.date()) else None
