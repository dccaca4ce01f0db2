"""Where a measure stands. Pure: facts and a date in, an answer out.

Standing is decided here and nowhere else. A page that needs it for many rows builds `MeasureFacts` from what it has
fetched already and asks once for each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.calendar import Precision, last_day


class State(StrEnum):
    """What the responsible says is being done."""

    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    DONE = "done"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"


class Judgement(StrEnum):
    """What the responsible thinks of the coming date; NONE until someone has reported."""

    NONE = ""
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"


class Standing(StrEnum):
    """Where the measure stands on a given day (status)."""

    LATE = "late"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    DONE = "done"
    NOT_STARTED = "not_started"
    ON_HOLD = "on_hold"
    UNDATED = "undated"
    CANCELLED = "cancelled"


DISPLAY_ORDER: tuple[Standing, ...] = tuple(Standing)
"""What asks for attention first, what is over last."""


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    due: date | None
    precision: Precision = Precision.DAY
    reached: bool = False


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    state: State
    due: date | None = None
    due_precision: Precision = Precision.DAY
    judgement: Judgement = Judgement.NONE
    milestones: tuple[MilestoneFacts, ...] = ()


def standing(facts: MeasureFacts, on: date) -> Standing:
    """Return the first that holds: cancelled, done, on hold, late, at risk, on track, not started, undated.

    A promise is late when its due date, or a milestone not reached, has passed, whatever anyone has reported. On track
    is only what has a date to be judged against: what is under way without one is undated.
    """
    match facts.state:
        case State.CANCELLED:
            return Standing.CANCELLED
        case State.DONE:
            return Standing.DONE
        case State.ON_HOLD:
            return Standing.ON_HOLD
    open_dates = _open_dates(facts)
    if any(last < on for last in open_dates):
        return Standing.LATE
    if facts.judgement == Judgement.AT_RISK:
        return Standing.AT_RISK
    if facts.state == State.UNDER_WAY and open_dates:
        return Standing.ON_TRACK
    return Standing.NOT_STARTED if facts.state == State.NOT_STARTED else Standing.UNDATED


def late_since(facts: MeasureFacts, on: date) -> date | None:
    """Return the earliest last day that has passed, or nothing when the measure is not late."""
    if standing(facts, on) != Standing.LATE:
        return None
    return min(_open_dates(facts))


def days_late(facts: MeasureFacts, on: date) -> int:
    """Return the days since the earliest date that passed: 1 on the day after it, 0 when not late."""
    since = late_since(facts, on)
    return (on - since).days if since else 0


def _open_dates(facts: MeasureFacts) -> list[date]:
    """Return the last day of each promise not yet kept: the due date and the milestones not reached."""
    dates = [last_day(m.due, m.precision) for m in facts.milestones if m.due and not m.reached]
    if facts.due:
        dates.append(last_day(facts.due, facts.due_precision))
    return dates


def count(standings: Iterable[Standing]) -> Mapping[Standing, int]:
    """Return how many measures have each standing, every standing present, in display order. The parts make the sum."""
    found = Counter(standings)
    return {each: found[each] for each in DISPLAY_ORDER}
