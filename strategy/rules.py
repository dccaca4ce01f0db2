"""Where a measure stands, what adopts a plan, and what a document's own numbering lacks.

Pure: facts and a date in, an answer out.

Standing is decided here and nowhere else. A page that needs it for many rows builds `MeasureFacts` from what it has
fetched already and asks once for each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

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
    """Return the first that holds: cancelled, done, on hold, late, at risk, undated, on track, not started.

    A promise is late when its due date, or a milestone not reached, has passed, whatever anyone has reported. Without
    a date left to be judged against it is undated, unless its report says that it is at risk.
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
    if not open_dates:
        return Standing.UNDATED
    return Standing.ON_TRACK if facts.state == State.UNDER_WAY else Standing.NOT_STARTED


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


# Adoption -----------------------------------------------------------------------------------------------------------


class Resolution(StrEnum):
    """What one body has said of the plan: nothing yet, yes, yes with changes, no, not now."""

    PENDING = "pending"
    ADOPTED = "adopted"
    AMENDED = "amended"
    REJECTED = "rejected"
    POSTPONED = "postponed"


CARRIES = frozenset({Resolution.ADOPTED, Resolution.AMENDED})
"""The resolutions that adopt."""


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One treatment of a case, as far as adoption goes."""

    stage: int
    is_decision: bool
    outcome: str = "pending"
    decided_on: date | None = None
    who: str = ""
    key: int = 0
    body: int | None = None
    order: tuple[int, int] = (0, 0)
    """Its place among the treatments of its stage."""


@dataclass(frozen=True, slots=True)
class Required:
    """A resolution that the plan needs, and how it stands."""

    facts: StepFacts
    resolution: Resolution

    @property
    def carries(self) -> bool:
        return self.resolution in CARRIES


@dataclass(frozen=True, slots=True)
class Adoption:
    """How far a case has come in adopting, by the resolutions its last stage of decisions requires."""

    required: tuple[Required, ...]
    is_whole: bool = True
    """False where a case has no decision to be made yet, so that nothing can be adopted in it."""

    @property
    def is_adopted(self) -> bool:
        return self.is_whole and bool(self.required) and all(each.carries for each in self.required)

    @property
    def verdict(self) -> Resolution:
        """The whole: adopted or amended when every one is; rejected when one is; else pending."""
        found = {each.resolution for each in self.required}
        if self.is_adopted:
            return Resolution.AMENDED if Resolution.AMENDED in found else Resolution.ADOPTED
        return Resolution.REJECTED if Resolution.REJECTED in found else Resolution.PENDING

    @property
    def carried(self) -> int:
        return sum(each.carries for each in self.required)

    @property
    def adopted_on(self) -> date | None:
        """The day of the last resolution; unknown until adopted, and where a resolution lacks its day."""
        days = [each.facts.decided_on for each in self.required]
        known = [day for day in days if day is not None]
        return max(known) if self.is_adopted and len(known) == len(days) else None


def adoption(steps: Iterable[StepFacts]) -> Adoption:
    """Return what a case's steps make of adoption: its decisions of the last stage that has any.

    What a body postponed and took up again in the same stage is one resolution, the later one.
    """
    decisions = [step for step in steps if step.is_decision]
    last = max((step.stage for step in decisions), default=0)
    at_last = [step for step in decisions if step.stage == last]
    return Adoption(
        tuple(Required(step, _resolution(step.outcome)) for step in at_last if not _taken_up_again(step, at_last)),
        is_whole=bool(decisions),
    )


def _taken_up_again(step: StepFacts, others: Iterable[StepFacts]) -> bool:
    return step.outcome == Resolution.POSTPONED and any(
        other.body is not None and other.body == step.body and other.order > step.order for other in others
    )


def together(adoptions: Iterable[Adoption]) -> Adoption:
    """Return several cases as one: a plan with two adoption cases needs the resolutions of both."""
    found = list(adoptions)
    required = tuple(each for one in found for each in one.required)
    return Adoption(required, is_whole=bool(found) and all(one.is_whole for one in found))


def _resolution(outcome: str) -> Resolution:
    """Return what an outcome says of the plan; one that is only noted has decided nothing."""
    return Resolution(outcome) if outcome in set(Resolution) else Resolution.PENDING


# The document's own numbering ---------------------------------------------------------------------------------------

WIDEST_GAP = 20
"""More numbers lacking in a row than this is another way of numbering, not a gap."""


class GapKind(StrEnum):
    MISSING = "missing"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class NumberGap:
    kind: GapKind
    number: str


def number_gaps(numbers: Sequence[str]) -> list[NumberGap]:
    """Return the numbers that the document skips or prints twice, doubled and missing in the order of the numbers.

    Counts the last part of dotted numbers ("2.7.6", "2.7.8" lacks "2.7.7") from the lowest one printed under the same
    parent. Numbers not printed at all ("") are left out; text that is no number can only be doubled.
    """
    printed = Counter(filter(None, (number.strip().rstrip(".") for number in numbers)))
    gaps = [(_parts(number), NumberGap(GapKind.DOUBLED, number)) for number, times in printed.items() if times > 1]
    siblings: dict[tuple[int, ...], set[int]] = {}
    for parts in filter(None, map(_parts, printed)):
        siblings.setdefault(parts[:-1], set()).add(parts[-1])
    for parent, lasts in siblings.items():
        gaps.extend(((*parent, last), _missing(parent, last)) for last in _skipped(sorted(lasts)))
    return [gap for _, gap in sorted(gaps, key=lambda pair: (not pair[0], pair[0], pair[1].number))]


def _parts(number: str) -> tuple[int, ...]:
    """Return (2, 7, 6) for "2.7.6", and nothing for text that is no number."""
    pieces = number.split(".")
    if not all(piece.isascii() and piece.isdigit() and len(piece) <= 6 for piece in pieces):
        return ()
    return tuple(map(int, pieces))


def _skipped(lasts: list[int]) -> Iterable[int]:
    for before, after in pairwise(lasts):
        if after - before - 1 <= WIDEST_GAP:
            yield from range(before + 1, after)


def _missing(parent: tuple[int, ...], last: int) -> NumberGap:
    return NumberGap(GapKind.MISSING, ".".join(map(str, (*parent, last))))
