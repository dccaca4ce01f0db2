"""What a target asks for, and where its indicator stands. Pure; facts in, answer out.

Decimal arithmetic throughout. A year counts as one, leap or not, so that yearly figures come out as counted by hand:
31.12.2017 to 31.12.2030 is thirteen years. What is computed is rounded half up to four decimals, as values are stored.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple


class Growth(StrEnum):
    LINEAR = "linear"
    COMPOUND = "compound"


class TargetKind(StrEnum):
    """What a target is measured as: a level, a change since its baseline, or per cent of another area's level."""

    LEVEL = "level"
    CHANGE = "change"
    SHARE = "share"


class TargetStanding(StrEnum):
    """Where an indicator stands against a target, in the order that decides."""

    NO_BASELINE = "no_baseline"
    NO_DATA = "no_data"
    REACHED = "reached"
    OVERDUE = "measurement_overdue"
    WRONG_WAY = "wrong_way"
    BEHIND = "behind"
    ON_COURSE = "on_course"


class Wanted(StrEnum):
    """The direction that is wanted."""

    UP = "up"
    DOWN = "down"


PLACES = Decimal("0.0001")
STEEPEST = Decimal(1_000_000)
"""Per cent a year beyond which a growth says nothing."""
DIGITS = 34


class Observed(NamedTuple):
    """A value at the end of what it covers."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What is wanted, and how often its indicator is measured.

    A share is counted in per cent of the other area: its baseline, its observations (see `shares`) and its target.
    """

    value: Decimal
    target_on: date
    kind: TargetKind = TargetKind.LEVEL
    growth: Growth = Growth.LINEAR
    wanted: Wanted = Wanted.UP
    baseline_on: date | None = None
    baseline_value: Decimal | None = None
    interval_months: int = 12
    lag_days: int = 60
    decimals: int = 4
    """As many as the pages show: what looks alike there is not called behind."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a target stands on a date; None is what cannot be known."""

    standing: TargetStanding
    target: Decimal | None = None
    baseline: Observed | None = None
    latest: Observed | None = None
    expected: Decimal | None = None
    expected_on: date | None = None
    gap: Decimal | None = None
    """From the latest value to the target; below zero where it is to fall."""
    needed: Decimal | None = None
    """A year, from the latest value: in the unit, or in per cent for compound growth."""
    computed_growth: Decimal | None = None
    """Per cent a year from baseline to target."""
    next_due: date | None = None
    """When the measurement after the latest was, or is, to be there."""


# ---- years and months ----


def add_years(day: date, years: int) -> date:
    """Return the same day so many years on; 29 February becomes the 28th."""
    return date(day.year + years, day.month, min(day.day, monthrange(day.year + years, day.month)[1]))


def add_months(day: date, months: int) -> date:
    """Return the day so many months on; the end of a month stays the end of a month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    is_end = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_end else min(day.day, last))


def years_between(first: date, last: date) -> Decimal:
    """Return whole years and the part of one begun, so that a calendar year is exactly one; below zero backwards."""
    if last < first:
        return -years_between(last, first)
    whole = last.year - first.year
    if add_years(first, whole) > last:
        whole -= 1
    begun = add_years(first, whole)
    return whole + Decimal((last - begun).days) / (add_years(first, whole + 1) - begun).days


# ---- growth ----


def rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, rounding=ROUND_HALF_UP)


def expected(growth: Growth, baseline: Observed, target: Observed, on: date) -> Decimal:
    """Return what the value is to be on a date: the baseline until it, the target from its date on.

    Raises:
        ValueError: the target is not after its baseline, or compound growth meets zero or less.
    """
    _check_span(growth, baseline, target)
    if on <= baseline.on:
        return baseline.value
    if on >= target.on:
        return target.value
    with localcontext(prec=DIGITS):
        part = years_between(baseline.on, on) / years_between(baseline.on, target.on)
        if growth == Growth.COMPOUND:
            return rounded(baseline.value * (target.value / baseline.value) ** part)
        return rounded(baseline.value + (target.value - baseline.value) * part)


def needed_a_year(growth: Growth, latest: Observed, target: Observed) -> Decimal | None:
    """Return what is needed each year from the latest value: in the unit, or in per cent for compound growth.

    None when no time is left, or when per cent cannot be counted from zero or less.
    """
    if latest.on >= target.on:
        return None
    if growth == Growth.COMPOUND:
        return growth_a_year(latest, target)
    with localcontext(prec=DIGITS):
        return rounded((target.value - latest.value) / years_between(latest.on, target.on))


def growth_a_year(first: Observed, last: Observed) -> Decimal | None:
    """Return the growth from one value to another in per cent a year; None where it cannot be counted."""
    if first.value <= 0 or last.value <= 0 or first.on >= last.on:
        return None
    with localcontext(prec=DIGITS):
        rate = ((last.value / first.value) ** (1 / years_between(first.on, last.on)) - 1) * 100
        return rounded(rate) if rate < STEEPEST else None


def _check_span(growth: Growth, baseline: Observed, target: Observed) -> None:
    if target.on <= baseline.on:
        raise ValueError("the target comes before its baseline, or on the same day")
    if growth == Growth.COMPOUND and (baseline.value <= 0 or target.value <= 0):
        raise ValueError("growth by per cent cannot be counted from or to zero or less")


# ---- the target ----


def shares(own: Sequence[Observed], other: Sequence[Observed]) -> list[Observed]:
    """Return the own values in per cent of the other area's at the same date; dates that lack either are left out."""
    whole = {each.on: each.value for each in other if each.value != 0}
    with localcontext(prec=DIGITS):
        return [Observed(on, rounded(value / whole[on] * 100)) for on, value in own if on in whole]


def check(facts: TargetFacts) -> None:
    """Refuse a target that nothing can be measured against; forms and PostgreSQL refuse the same.

    Raises:
        ValueError: the reason.
    """
    if facts.interval_months <= 0:
        raise ValueError("an indicator is measured at an interval above zero")
    if facts.baseline_on is None:
        if facts.baseline_value is not None:
            raise ValueError("a baseline is dated")
        if facts.growth == Growth.COMPOUND and facts.kind != TargetKind.CHANGE and facts.value <= 0:
            raise ValueError("growth by per cent cannot be counted from or to zero or less")
        return
    if facts.target_on <= facts.baseline_on:
        raise ValueError("the target comes before its baseline, or on the same day")
    start = Observed(facts.baseline_on, Decimal(1) if facts.baseline_value is None else facts.baseline_value)
    if facts.kind != TargetKind.CHANGE or facts.baseline_value is not None:
        _check_span(facts.growth, start, Observed(facts.target_on, level_wanted(facts, start)))


def level_wanted(facts: TargetFacts, baseline: Observed) -> Decimal:
    """Return the level to be reached: the stated one, or the change counted from the baseline."""
    return baseline.value + facts.value if facts.kind == TargetKind.CHANGE else facts.value


def baseline_of(facts: TargetFacts, observations: Sequence[Observed]) -> Observed | None:
    """Return the stated baseline, or the observation at its date.

    An observed one that compound growth cannot be counted from is none.
    """
    if facts.baseline_on is None:
        return None
    if facts.baseline_value is not None:
        return Observed(facts.baseline_on, facts.baseline_value)
    found = next((each for each in observations if each.on == facts.baseline_on), None)
    if found and facts.growth == Growth.COMPOUND and (found.value <= 0 or level_wanted(facts, found) <= 0):
        return None
    return found


def next_measurement(after: date, interval_months: int, lag_days: int) -> date:
    """Return when the measurement after the one at this date is to be there: an interval on, and the days it takes."""
    return add_months(after, interval_months) + timedelta(days=lag_days)


def _next_due(facts: TargetFacts, after: date) -> date:
    return next_measurement(after, facts.interval_months, facts.lag_days)


def judge(facts: TargetFacts, observations: Sequence[Observed], today: date) -> Judged:
    """Return where the target stands today. What is dated after today is not known yet; before the baseline, not used.

    The latest value is compared with what was expected at *its* date; where its successor is overdue, what is expected
    is said of today instead. A target without a stated baseline and without a value lacks measurement; with values it
    lacks a baseline. Once the target's date is measured, no more measurement is due.

    Raises:
        ValueError: see `check`.
    """
    check(facts)
    known = sorted(each for each in observations if each.on <= today)
    baseline = baseline_of(facts, known)
    if baseline is None:
        return _without_baseline(facts, known)
    target = Observed(facts.target_on, level_wanted(facts, baseline))
    latest = next((each for each in reversed(known) if each.on >= baseline.on), None)
    found = _compare(facts, baseline, target, latest, today)
    where = today if found in (TargetStanding.NO_DATA, TargetStanding.OVERDUE) or latest is None else latest.on
    reached = found == TargetStanding.REACHED
    is_measured = latest is not None and latest.on >= target.on
    return Judged(
        standing=found, target=target.value, baseline=baseline, latest=latest,
        expected=expected(facts.growth, baseline, target, where), expected_on=where,
        gap=target.value - latest.value if latest else None,
        needed=needed_a_year(facts.growth, latest, target) if latest and not reached else None,
        computed_growth=growth_a_year(baseline, target),
        next_due=None if is_measured else _next_due(facts, (latest or baseline).on),
    )  # fmt: skip


def _without_baseline(facts: TargetFacts, known: Sequence[Observed]) -> Judged:
    says_nothing = facts.baseline_on is None and facts.kind != TargetKind.CHANGE and not known
    latest = known[-1] if known else None
    level = None if facts.kind == TargetKind.CHANGE else facts.value
    if facts.baseline_on is not None:
        due: date | None = facts.baseline_on + timedelta(days=facts.lag_days)
    else:
        due = _next_due(facts, latest.on) if latest else None
    return Judged(
        standing=TargetStanding.NO_DATA if says_nothing else TargetStanding.NO_BASELINE, target=level, latest=latest,
        gap=level - latest.value if level is not None and latest else None, next_due=due,
    )  # fmt: skip


def _compare(
    facts: TargetFacts, baseline: Observed, target: Observed, latest: Observed | None, today: date
) -> TargetStanding:
    """Return the first standing that holds, the baseline being known."""
    if latest is None:
        return TargetStanding.NO_DATA
    sign = 1 if facts.wanted == Wanted.UP else -1
    if sign * (latest.value - target.value) >= 0:
        return TargetStanding.REACHED
    if latest.on < target.on and _next_due(facts, latest.on) < today:
        return TargetStanding.OVERDUE
    if sign * (latest.value - baseline.value) < 0:
        return TargetStanding.WRONG_WAY
    wanted_then = expected(facts.growth, baseline, target, latest.on)
    if sign * (_shown(latest.value, facts) - _shown(wanted_then, facts)) < 0:
        return TargetStanding.BEHIND
    return TargetStanding.ON_COURSE


def _shown(value: Decimal, facts: TargetFacts) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-facts.decimals), rounding=ROUND_HALF_UP)
