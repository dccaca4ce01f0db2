"""Targets: the level wanted, what is expected and needed, and exactly one standing. Pure, no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategy.rules import Growth, Judged, Observed, TargetFacts, TargetKind, TargetStanding, Wanted, judge, shares
from strategy.rules.indicators import (
    PLACES,
    add_months,
    expected,
    growth_a_year,
    needed_a_year,
    next_measurement,
    years_between,
)

TODAY = dt.date(2026, 2, 1)


def end_of(year: int) -> dt.date:
    return dt.date(year, 12, 31)


def observed(**values: Any) -> list[Observed]:
    """Return values at the ends of years: `observed(y2024=100)`."""
    return [Observed(end_of(int(year[1:])), Decimal(str(value))) for year, value in values.items()]


def wanted(value: Any, year: int, **facts: Any) -> TargetFacts:
    given_facts = {"baseline_on": end_of(2020), "baseline_value": Decimal(100), **facts}
    return TargetFacts(Decimal(str(value)), end_of(year), **given_facts)


def standing(facts: TargetFacts, values: list[Observed], today: dt.date = TODAY) -> TargetStanding:
    return judge(facts, values, today).standing


# ---- what a well-known system gets wrong ----


def test_a_value_that_fell_from_100_to_80_with_130_wanted_goes_the_wrong_way() -> None:
    assert standing(wanted(130, 2030), observed(y2025=80)) == TargetStanding.WRONG_WAY


def test_a_last_value_of_2023_with_the_target_year_2025_passed_is_an_overdue_measurement() -> None:
    assert standing(wanted(130, 2025), observed(y2023=105)) == TargetStanding.OVERDUE


def test_a_value_of_110_with_a_target_of_130_that_has_passed_is_behind() -> None:
    assert standing(wanted(130, 2025), observed(y2025=110)) == TargetStanding.BEHIND


# ---- each standing, in the order that decides ----


def test_a_change_whose_baseline_is_not_observed_yet_has_no_baseline() -> None:
    facts = TargetFacts(Decimal(500), end_of(2030), TargetKind.CHANGE, baseline_on=end_of(2026))
    found = judge(facts, observed(y2023=14262), dt.date(2026, 11, 21))
    assert found.standing == TargetStanding.NO_BASELINE
    assert (found.target, found.expected, found.needed) == (None, None, None)
    assert found.next_due == dt.date(2027, 3, 1), "sixty days after the end of 2026"


def test_a_change_is_counted_from_its_baseline_as_soon_as_that_is_observed() -> None:
    facts = TargetFacts(Decimal(500), end_of(2030), TargetKind.CHANGE, baseline_on=end_of(2026))
    found = judge(facts, observed(y2026=14000, y2027=14100), dt.date(2028, 3, 10))
    assert (found.target, found.expected, found.gap) == (14500, 14125, 400)
    assert found.standing == TargetStanding.BEHIND


def test_a_level_without_start_and_without_values_lacks_measurement() -> None:
    assert standing(TargetFacts(Decimal(70), end_of(2030)), []) == TargetStanding.NO_DATA


def test_a_level_with_values_but_no_stated_start_lacks_a_baseline() -> None:
    found = judge(TargetFacts(Decimal(70), end_of(2030)), observed(y2024=60), TODAY)
    assert (found.standing, found.gap) == (TargetStanding.NO_BASELINE, 10)


def test_a_printed_baseline_alone_is_no_data() -> None:
    found = judge(wanted(100, 2030, baseline_value=Decimal("79.9"), kind=TargetKind.SHARE), [], TODAY)
    assert (found.standing, found.latest) == (TargetStanding.NO_DATA, None)


def test_what_is_measured_before_the_baseline_is_not_used() -> None:
    assert standing(wanted(130, 2030), observed(y2019=140)) == TargetStanding.NO_DATA


def test_what_is_dated_after_today_is_not_known_yet() -> None:
    assert standing(wanted(130, 2030), observed(y2025=120, y2026=140)) == TargetStanding.ON_COURSE


def test_a_reached_target_is_reached_even_if_the_next_measurement_is_overdue() -> None:
    assert standing(wanted(130, 2030), observed(y2021=130)) == TargetStanding.REACHED


def test_an_overdue_measurement_comes_before_the_wrong_way() -> None:
    assert standing(wanted(130, 2030), observed(y2022=80)) == TargetStanding.OVERDUE


def test_a_measurement_is_due_an_interval_and_its_days_after_the_latest_and_late_the_day_after() -> None:
    facts = wanted(130, 2030)
    due = next_measurement(end_of(2024), 12, 60)
    assert due == dt.date(2026, 3, 1)
    assert standing(facts, observed(y2024=120), due) == TargetStanding.ON_COURSE
    assert standing(facts, observed(y2024=120), due + dt.timedelta(days=1)) == TargetStanding.OVERDUE


def test_once_the_targets_date_is_measured_no_more_is_due() -> None:
    found = judge(wanted(130, 2025), observed(y2025=110), dt.date(2031, 1, 1))
    assert (found.standing, found.next_due, found.needed) == (TargetStanding.BEHIND, None, None)


def test_the_latest_value_is_compared_with_what_was_expected_at_its_own_date() -> None:
    found = judge(wanted(200, 2030), observed(y2024=140), TODAY)
    assert (found.expected, found.expected_on, found.standing) == (140, end_of(2024), TargetStanding.ON_COURSE)


def test_where_the_measurement_is_overdue_the_expectation_is_said_of_today() -> None:
    found = judge(wanted(200, 2030), observed(y2022=140), dt.date(2025, 12, 31))
    assert (found.expected, found.expected_on) == (150, dt.date(2025, 12, 31))


def test_what_looks_alike_on_the_page_is_not_called_behind() -> None:
    facts = wanted(200, 2030, decimals=0)
    assert standing(facts, observed(y2024="139.6")) == TargetStanding.ON_COURSE
    assert standing(replace(facts, decimals=1), observed(y2024="139.6")) == TargetStanding.BEHIND


@pytest.mark.parametrize(
    ("value", "found"),
    [(50, TargetStanding.REACHED), (110, TargetStanding.WRONG_WAY), (90, TargetStanding.BEHIND), (70, TargetStanding.ON_COURSE)],
)  # fmt: skip
def test_wanted_down_works_mirrored(value: int, found: TargetStanding) -> None:
    facts = wanted(50, 2030, wanted=Wanted.DOWN)
    assert standing(facts, observed(y2025=value)) == found


def test_a_share_is_counted_at_dates_where_both_are_known() -> None:
    own, other = observed(y2021=80, y2022=82, y2023=90), observed(y2021=100, y2023=100)
    assert shares(own, other) == observed(y2021=80, y2023=90)
    assert shares(own, observed(y2021=0)) == []


def test_compound_growth_from_an_observed_baseline_of_zero_has_no_baseline() -> None:
    facts = TargetFacts(Decimal(50), end_of(2030), growth=Growth.COMPOUND, baseline_on=end_of(2020))
    assert standing(facts, observed(y2020=0, y2025=10)) == TargetStanding.NO_BASELINE


# ---- Sarpsborg's and Halden's figures ----


def sarpsborg() -> Judged:
    facts = TargetFacts(
        Decimal(33000), end_of(2030), growth=Growth.COMPOUND, baseline_on=end_of(2017), baseline_value=Decimal(27000)
    )
    jobs_2021 = Decimal(27000) * Decimal("1.009") ** 4
    return judge(facts, [Observed(end_of(2021), jobs_2021)], dt.date(2022, 2, 1))


def test_27_000_to_33_000_jobs_over_2017_to_2030_is_1_56_per_cent_a_year() -> None:
    growth = sarpsborg().computed_growth
    assert growth is not None and round(growth, 2) == Decimal("1.56")


def test_after_0_9_per_cent_a_year_to_2021_1_85_per_cent_a_year_is_needed() -> None:
    found = sarpsborg()
    assert found.needed is not None and round(found.needed, 2) == Decimal("1.85")
    assert found.standing == TargetStanding.BEHIND


def test_a_leap_year_is_no_longer_than_another() -> None:
    assert years_between(end_of(2017), end_of(2030)) == 13
    assert years_between(dt.date(2020, 2, 29), dt.date(2021, 2, 28)) == 1
    facts = TargetFacts(Decimal(64), end_of(2030), baseline_on=end_of(2020), baseline_value=Decimal("57.3"))
    assert judge(facts, observed(y2024="59.3"), dt.date(2025, 1, 31)).expected == Decimal("59.98")


def test_months_keep_to_the_end_of_the_month() -> None:
    assert add_months(dt.date(2024, 12, 31), 6) == dt.date(2025, 6, 30)
    assert add_months(dt.date(2024, 6, 30), 6) == dt.date(2024, 12, 31)
    assert add_months(dt.date(2024, 1, 15), 1) == dt.date(2024, 2, 15)


# ---- refused with the reason ----


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"target_on": end_of(2020)}, "before its baseline"),
        ({"target_on": end_of(2019)}, "before its baseline"),
        ({"growth": Growth.COMPOUND, "value": Decimal(0)}, "zero or less"),
        ({"growth": Growth.COMPOUND, "baseline_value": Decimal(-1)}, "zero or less"),
        ({"growth": Growth.COMPOUND, "kind": TargetKind.CHANGE, "value": Decimal(-100)}, "zero or less"),
        ({"growth": Growth.COMPOUND, "value": Decimal(0), "baseline_on": None, "baseline_value": None}, "zero or less"),
        ({"interval_months": 0}, "above zero"),
        ({"baseline_on": None}, "dated"),
    ],
)
def test_what_cannot_be_measured_against_is_refused_with_the_reason(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        judge(replace(wanted(130, 2030), **facts), observed(y2025=110), TODAY)


# ---- whatever the figures ----

dates = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
values = st.decimals("0.01", "1000000", places=2)
growths = st.sampled_from(Growth)


@st.composite
def spans(draw: Any) -> tuple[Observed, Observed]:
    first, last = sorted([draw(dates), draw(dates)])
    assume(first < last)
    return Observed(first, draw(values)), Observed(last, draw(values))


@st.composite
def targets(draw: Any) -> TargetFacts:
    first, last = sorted([draw(dates), draw(dates)])
    assume(first < last)
    has_baseline = draw(st.booleans())
    return TargetFacts(
        draw(values), last, draw(st.sampled_from([TargetKind.LEVEL, TargetKind.CHANGE, TargetKind.SHARE])), draw(growths),
        draw(st.sampled_from(Wanted)), first if has_baseline or draw(st.booleans()) else None,
        draw(values) if has_baseline else None, draw(st.sampled_from([1, 3, 12, 48])), draw(st.integers(0, 400)),
        draw(st.integers(0, 4)),
    )  # fmt: skip


series = st.dictionaries(dates, values, max_size=6).map(lambda found: [Observed(*pair) for pair in found.items()])


@given(targets(), series, dates)
def test_exactly_one_standing_and_only_known_facts(facts: TargetFacts, seen: list[Observed], today: dt.date) -> None:
    found = judge(facts, seen, today)
    assert found.standing in set(TargetStanding)
    assert found.latest is None or (found.latest in seen and found.latest.on <= today)
    if found.standing not in (TargetStanding.NO_BASELINE, TargetStanding.NO_DATA):
        assert None not in (found.baseline, found.latest, found.target, found.expected, found.gap)
    if found.standing == TargetStanding.REACHED:
        assert found.needed is None


@given(targets(), series, dates, st.integers(0, 4000))
def test_a_later_today_without_a_new_value_never_mends_an_overdue_measurement(
    facts: TargetFacts, seen: list[Observed], today: dt.date, days: int
) -> None:
    known = [each for each in seen if each.on <= today]
    if standing(facts, known, today) == TargetStanding.OVERDUE:
        assert standing(facts, known, today + dt.timedelta(days=days)) == TargetStanding.OVERDUE


@given(targets(), series, dates)
def test_the_order_of_observations_does_not_matter(facts: TargetFacts, seen: list[Observed], today: dt.date) -> None:
    assert judge(facts, seen, today) == judge(facts, seen[::-1], today)


@given(growths, spans())
def test_expected_is_the_baseline_at_its_date_and_the_target_at_its(growth: Growth, span: Any) -> None:
    first, last = span
    assert expected(growth, first, last, first.on) == first.value
    assert expected(growth, first, last, last.on) == last.value
    assert expected(growth, first, last, last.on + dt.timedelta(days=400)) == last.value


@given(growths, spans(), dates, dates)
def test_expected_moves_one_way_and_stays_between(growth: Growth, span: Any, a: dt.date, b: dt.date) -> None:
    first, last = span
    earlier, later = (expected(growth, first, last, on) for on in sorted([a, b]))
    low, high = sorted([first.value, last.value])
    assert low - PLACES <= earlier <= high + PLACES
    assert (later - earlier) * (last.value - first.value) >= 0


@given(growths, spans())
def test_growing_by_what_is_needed_reaches_the_target(growth: Growth, span: Any) -> None:
    latest, target = span
    assume(years_between(latest.on, target.on) >= 1)
    needed = needed_a_year(growth, latest, target)
    assume(needed is not None)
    assert needed is not None
    years = years_between(latest.on, target.on)
    if growth == Growth.LINEAR:
        reached = latest.value + needed * years
        assert abs(reached - target.value) <= PLACES * years
    else:
        reached = latest.value * (1 + needed / 100) ** years
        assume(needed > Decimal("-99.9"))
        assert abs(reached / target.value - 1) <= Decimal("0.01")


@given(spans(), dates, dates)
def test_years_are_counted_without_gaps(span: Any, a: dt.date, b: dt.date) -> None:
    first, second = sorted([a, b])
    start = min(first, span[0].on)
    if first < second:
        assert years_between(start, first) < years_between(start, second)
    assert years_between(first, second) == -years_between(second, first)


@given(spans())
def test_growth_a_year_has_the_sign_of_the_change(span: Any) -> None:
    rate = growth_a_year(*span)
    assume(rate is not None and abs(rate) >= PLACES)
    assert rate is not None and (rate > 0) == (span[1].value > span[0].value)


@given(targets(), series, dates)
def test_mirrored_figures_give_the_mirrored_standing(facts: TargetFacts, seen: list[Observed], today: dt.date) -> None:
    assume(facts.growth == Growth.LINEAR)
    other = Wanted.DOWN if facts.wanted == Wanted.UP else Wanted.UP
    mirrored = replace(
        facts, value=-facts.value, wanted=other,
        baseline_value=None if facts.baseline_value is None else -facts.baseline_value,
    )  # fmt: skip
    turned = [Observed(on, -value) for on, value in seen]
    assert standing(facts, seen, today) == standing(mirrored, turned, today)
