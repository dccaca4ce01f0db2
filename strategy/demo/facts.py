"""The shapes the demo's plan facts are written in. Data only: no model, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class SdgFact:
    """One of the UN's 17 goals and its role: vision, aim or basis for a plan, focus or contributes for a goal."""

    number: int
    role: str


@dataclass(frozen=True)
class TagFact:
    """A mark in a dimension beside the goals; `parent` names the tag above in the same dimension."""

    dimension: str
    name: str
    number: str = ""
    parent: str = ""


@dataclass(frozen=True)
class MeasureFact:
    """A measure (tiltak). `number` is exactly what is printed; `suffix` tells doubled numbers apart in keys only."""

    number: str
    title: str
    description: str
    suffix: str = ""


@dataclass(frozen=True)
class StrategyFact:
    """A strategy (strategi) with its measures. `note` says what is odd in print; it is shown, not mended."""

    number: str
    title: str
    measures: tuple[MeasureFact, ...] = ()
    description: str = ""
    note: str = ""
    cross_cutting: bool = False


@dataclass(frozen=True)
class GoalFact:
    """A goal (mål) with strategies, or with measures directly under it."""

    number: str
    title: str
    description: str = ""
    strategies: tuple[StrategyFact, ...] = ()
    measures: tuple[MeasureFact, ...] = ()
    sdgs: tuple[SdgFact, ...] = ()


@dataclass(frozen=True)
class PlanFact:
    """A plan (plan, strategi, handlingsprogram). Where no first year is printed, `starts` is its source's year."""

    authority: str
    slug: str
    title: str
    starts: int
    ends: int | None
    status: str = "adopted"
    vision: str = ""
    mission: str = ""
    values: str = ""
    aim: str = ""
    superior_plan: str = ""
    source: str = ""
    level_names: tuple[str, str, str] = ("mål", "strategi", "tiltak")
    sdgs: tuple[SdgFact, ...] = ()
    participants: tuple[tuple[str, str], ...] = ()  # (authority's slug, owner | member | covered)
    goals: tuple[GoalFact, ...] = ()
    strategies: tuple[StrategyFact, ...] = ()  # those without a goal
    tags: tuple[TagFact, ...] = ()
    live_view_open: bool = False
    adoption: str = ""  # key of the shared case whose resolutions adopt it; without one, such a case is made up
    invented: bool = False


@dataclass(frozen=True)
class InventedMilestone:
    """A made-up milestone (milepæl). Never a due date, a responsible or a cost: the plan prints none."""

    title: str
    due: date
    reached_on: date | None = None


@dataclass(frozen=True)
class InventedStatus:
    """A made-up status of one measure, always shown as "oppdiktet". `measure` is the printed number, with suffix."""

    measure: str
    state: str  # not_started | under_way | done | on_hold | cancelled
    milestones: tuple[InventedMilestone, ...] = ()
    judgement: str = ""  # "" or at_risk
    done_on: date | None = None


@dataclass(frozen=True)
class InventedDuty:
    """A made-up responsible for one measure: the plan prints none, but somebody must have something to do."""

    measure: str
    unit: str
    person: str = ""  # key of the user


@dataclass(frozen=True)
class InventedPartner:
    """A made-up partner outside the municipality, who reports through a link in a mail."""

    measure: str
    name: str
    address: str


@dataclass(frozen=True)
class InventedFunding:
    """Made-up money for one measure in one budget year."""

    measure: str
    amount_nok: int
    year: int = 2026
    source: str = "own"  # own | service | grant | other
    state: str = "funded"  # proposed | funded | not_funded


@dataclass(frozen=True)
class InventedAnswer:
    """What was made up for one measure in one period, where more is said than its state."""

    measure: str
    done_since: str = ""
    reason: str = ""
    next_step: str = ""
    new_due: date | None = None
    asks: str = ""
    reported: date | None = None  # where it is another day than the others of the period
    judgement: str = ""


@dataclass(frozen=True)
class InventedPeriod:
    """A made-up reporting period with what was answered in it, and the day its report was frozen and released."""

    name: str
    starts: date
    ends: date
    opens: date
    due: date
    reported: date | None = None  # the day most of the answers came; none where only the answers below have come
    closed: date | None = None
    frozen: date | None = None
    step: str = ""  # key of the shared step in which the body takes the report up
    body: str = ""  # kind of the plan's authority, where there is no step yet
    missing: tuple[str, ...] = ()
    reminded: date | None = None
    answers: tuple[InventedAnswer, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class InventedEffect:
    """What an input of a made-up round changed in a measure; the input carries the mark."""

    round: str
    number: int
    measure: str
    change: str


def measure_key(parent: str, measure: MeasureFact) -> str:
    """Return the measure's key within its plan, as in "4.2.2b": the printed number made unique."""
    return f"{parent}.{measure.number}{measure.suffix}" if measure.number else f"{parent}.{measure.suffix}"


def measures_by_key(plan: PlanFact) -> dict[str, MeasureFact]:
    """Return every measure of the plan in the order of print, by key."""
    found: dict[str, MeasureFact] = {}
    for goal in plan.goals:
        found |= {measure_key(goal.number, measure): measure for measure in goal.measures}
        for strategy in goal.strategies:
            found |= {measure_key(strategy.number, measure): measure for measure in strategy.measures}
    for strategy in plan.strategies:
        found |= {measure_key(strategy.number, measure): measure for measure in strategy.measures}
    return found


def as_of(status: InventedStatus, day: date) -> InventedStatus:
    """Return the status as it was on a day: what was done or reached later had not happened yet."""
    milestones = tuple(
        replace(each, reached_on=None) if each.reached_on and each.reached_on > day else each
        for each in status.milestones
    )
    if status.done_on and status.done_on > day:
        return replace(status, state="under_way", done_on=None, milestones=milestones)
    return replace(status, milestones=milestones)


def reached_between(status: InventedStatus, after: date, until: date) -> Iterable[str]:
    """Return the milestones reached after a day and until another, in order."""
    return (each.title for each in status.milestones if each.reached_on and after < each.reached_on <= until)
