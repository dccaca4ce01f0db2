"""Whether a measure is reported, when a period takes reports, and what a late one must say. Pure.

Reporting is a second mark beside the standing: a measure without a report counts neither as good nor as bad.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from strategy.rules.standing import State


class PeriodState(StrEnum):
    """Where a reporting period is on a given day."""

    PLANNED = "planned"
    OPEN = "open"
    OVERDUE = "overdue"
    """The due date has passed; reports still come in until an officer closes the period."""
    CLOSED = "closed"


class Reporting(StrEnum):
    """The second mark: what came for the last period that was due."""

    REPORTED = "reported"
    NOT_REPORTED = "not_reported"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    opens_on: date
    due_on: date
    closed_on: date | None = None


def period_state(facts: PeriodFacts, on: date) -> PeriodState:
    """Return planned before the period opens, open until it is due, overdue until it is closed, then closed."""
    if facts.closed_on is not None and facts.closed_on <= on:
        return PeriodState.CLOSED
    if on < facts.opens_on:
        return PeriodState.PLANNED
    return PeriodState.OPEN if on <= facts.due_on else PeriodState.OVERDUE


def takes_reports(facts: PeriodFacts, on: date) -> bool:
    return period_state(facts, on) in (PeriodState.OPEN, PeriodState.OVERDUE)


def was_due(facts: PeriodFacts, on: date) -> bool:
    """Say whether a measure without a report in this period lacks one: it is due, or closed before that."""
    return period_state(facts, on) in (PeriodState.OVERDUE, PeriodState.CLOSED)


def reporting(*, is_asked: bool, reported_on: date | None) -> Reporting:
    """Return the second mark of one measure for the last period that was due."""
    if not is_asked:
        return Reporting.NOT_ASKED
    return Reporting.NOT_REPORTED if reported_on is None else Reporting.REPORTED


def must_explain(state: State, late_since: date | None) -> bool:
    """Say whether a report of this state has to give reason, next step and new date: late, and not over."""
    return late_since is not None and state in (State.NOT_STARTED, State.UNDER_WAY)
