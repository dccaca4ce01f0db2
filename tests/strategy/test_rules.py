from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calendar import Precision
from strategy.rules import (
    DISPLAY_ORDER,
    GapKind,
    Judgement,
    MeasureFacts,
    MilestoneFacts,
    NumberGap,
    Standing,
    State,
    count,
    days_late,
    full_number,
    late_since,
    number_gaps,
    standing,
)

TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)
NEXT_YEAR = date(2027, 12, 31)

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
precisions = st.sampled_from(Precision)
milestones = st.builds(MilestoneFacts, due=st.none() | days, precision=precisions, reached=st.booleans())
measures = st.builds(
    MeasureFacts,
    state=st.sampled_from(State),
    due=st.none() | days,
    due_precision=precisions,
    judgement=st.sampled_from(Judgement),
    milestones=st.lists(milestones, max_size=4).map(tuple),
)


# The order


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (MeasureFacts(State.CANCELLED, due=YESTERDAY), Standing.CANCELLED),
        (MeasureFacts(State.DONE, due=YESTERDAY), Standing.DONE),
        (MeasureFacts(State.ON_HOLD, due=YESTERDAY), Standing.ON_HOLD),
        (MeasureFacts(State.UNDER_WAY, due=YESTERDAY, judgement=Judgement.ON_TRACK), Standing.LATE),
        (MeasureFacts(State.NOT_STARTED, due=YESTERDAY), Standing.LATE),
        (MeasureFacts(State.UNDER_WAY, due=NEXT_YEAR, judgement=Judgement.AT_RISK), Standing.AT_RISK),
        (MeasureFacts(State.NOT_STARTED, judgement=Judgement.AT_RISK), Standing.AT_RISK),
        (MeasureFacts(State.UNDER_WAY, due=NEXT_YEAR), Standing.ON_TRACK),
        (MeasureFacts(State.UNDER_WAY, due=TODAY), Standing.ON_TRACK),
        (MeasureFacts(State.NOT_STARTED, due=NEXT_YEAR), Standing.NOT_STARTED),
        (MeasureFacts(State.NOT_STARTED), Standing.NOT_STARTED),
        (MeasureFacts(State.NOT_STARTED, judgement=Judgement.ON_TRACK), Standing.NOT_STARTED),
        (MeasureFacts(State.UNDER_WAY), Standing.UNDATED),
        (MeasureFacts(State.UNDER_WAY, judgement=Judgement.ON_TRACK), Standing.UNDATED),
    ],
)
def test_the_first_that_holds(facts: MeasureFacts, expected: Standing) -> None:
    assert standing(facts, TODAY) == expected


def test_due_eleven_months_ago_with_no_tasks_is_late() -> None:
    facts = MeasureFacts(State.NOT_STARTED, due=date(2025, 12, 20))
    assert standing(facts, TODAY) == Standing.LATE
    assert days_late(facts, TODAY) == 335


def test_a_milestone_that_passed_makes_the_measure_late_before_its_own_date() -> None:
    facts = MeasureFacts(State.UNDER_WAY, due=NEXT_YEAR, milestones=(MilestoneFacts(YESTERDAY),))
    assert standing(facts, TODAY) == Standing.LATE
    assert late_since(facts, TODAY) == YESTERDAY
    assert days_late(facts, TODAY) == 1


def test_a_milestone_alone_is_a_date_to_be_judged_against() -> None:
    assert standing(MeasureFacts(State.UNDER_WAY, milestones=(MilestoneFacts(NEXT_YEAR),)), TODAY) == Standing.ON_TRACK


def test_when_every_milestone_is_reached_and_no_due_date_is_left_the_measure_is_undated() -> None:
    facts = MeasureFacts(State.UNDER_WAY, milestones=(MilestoneFacts(YESTERDAY, reached=True), MilestoneFacts(None)))
    assert standing(facts, TODAY) == Standing.UNDATED


@pytest.mark.parametrize(
    ("precision", "last_good_day"),
    [
        (Precision.DAY, date(2026, 2, 10)),
        (Precision.MONTH, date(2026, 2, 28)),
        (Precision.PERIOD, date(2026, 2, 28)),
        (Precision.QUARTER, date(2026, 3, 31)),
        (Precision.YEAR, date(2026, 12, 31)),
    ],
)
def test_a_loosely_stated_date_is_late_only_after_its_end(precision: Precision, last_good_day: date) -> None:
    facts = MeasureFacts(State.UNDER_WAY, due=date(2026, 2, 10), due_precision=precision)
    assert standing(facts, last_good_day) == Standing.ON_TRACK
    assert standing(facts, last_good_day + timedelta(days=1)) == Standing.LATE
    assert days_late(facts, last_good_day + timedelta(days=1)) == 1


def test_the_earliest_passed_date_counts_and_dates_to_come_do_not() -> None:
    facts = MeasureFacts(
        State.UNDER_WAY,
        due=date(2026, 6, 30),
        milestones=(
            MilestoneFacts(date(2026, 1, 15), reached=True),
            MilestoneFacts(date(2026, 3, 1), Precision.MONTH),
            MilestoneFacts(NEXT_YEAR),
        ),
    )
    assert late_since(facts, TODAY) == date(2026, 3, 31)


# What holds for all measures


@given(measures, days)
def test_every_measure_has_exactly_one_standing(facts: MeasureFacts, on: date) -> None:
    assert sum(standing(facts, on) == each for each in Standing) == 1


@given(measures, days)
def test_done_on_hold_and_cancelled_are_never_late(facts: MeasureFacts, on: date) -> None:
    if facts.state in (State.DONE, State.ON_HOLD, State.CANCELLED):
        assert standing(facts, on).value == facts.state.value
        assert days_late(facts, on) == 0


@given(measures, days, st.integers(0, 2000))
def test_a_later_day_never_makes_a_late_measure_less_late(facts: MeasureFacts, on: date, later: int) -> None:
    then = on + timedelta(days=later)
    assert days_late(facts, then) >= days_late(facts, on)
    if standing(facts, on) == Standing.LATE:
        assert standing(facts, then) == Standing.LATE
        assert late_since(facts, then) == late_since(facts, on)


@given(measures, days)
def test_late_and_days_late_say_the_same(facts: MeasureFacts, on: date) -> None:
    late = standing(facts, on) == Standing.LATE
    assert (days_late(facts, on) > 0) is late
    assert (late_since(facts, on) is not None) is late


@given(st.lists(st.sampled_from(Standing)))
def test_the_parts_sum_to_the_total(standings: list[Standing]) -> None:
    parts = count(standings)
    assert sum(parts.values()) == len(standings)
    assert tuple(parts) == DISPLAY_ORDER


def test_every_standing_has_its_place_in_the_display() -> None:
    assert set(DISPLAY_ORDER) == set(Standing)
    assert DISPLAY_ORDER[0] == Standing.LATE


# The document's own numbering


def doubled(number: str) -> NumberGap:
    return NumberGap(GapKind.DOUBLED, number)


def missing(number: str) -> NumberGap:
    return NumberGap(GapKind.MISSING, number)


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        ([], []),
        (["1", "2", "3"], []),
        (["1", "2", "2", "3"], [doubled("2")]),
        (["1", "2", "3", "4", "5", "6", "8"], [missing("7")]),
        (["2.7.5", "2.7.6", "2.7.8"], [missing("2.7.7")]),
        (["4.2.1", "4.2.2", "4.2.2", "4.2.4", "4.3.1"], [doubled("4.2.2"), missing("4.2.3")]),
        (["1.", "2.", "2."], [doubled("2")]),
        (["9", "10", "12"], [missing("11")]),
        (["3", "1"], [missing("2")]),
        (["", "", "1"], []),
        (["a)", "a)", "c)", "1", "3"], [missing("2"), doubled("a)")]),
        (["1", "100"], []),
        (["2026001", "2026003"], []),
    ],
)
def test_what_the_documents_own_numbering_lacks(numbers: list[str], gaps: list[NumberGap]) -> None:
    assert number_gaps(numbers) == gaps


@pytest.mark.parametrize(
    ("above", "number", "full"),
    [("2.7", "8", "2.7.8"), ("2.7", "2.7.8", "2.7.8"), ("1", "12", "1.12"), ("", "3", "3"), ("2.7", "", "")],
)
def test_a_number_that_is_printed_whole_is_not_said_twice(above: str, number: str, full: str) -> None:
    assert full_number(above, number) == full


@given(st.sets(st.integers(1, 15), min_size=1))
def test_what_is_missing_fills_the_row(printed: set[int]) -> None:
    found = {int(gap.number) for gap in number_gaps([str(each) for each in printed])}
    assert not found & printed
    assert found | printed == set(range(min(printed), max(printed) + 1))


@given(st.lists(st.text(max_size=6)))
def test_any_text_can_be_a_number_in_a_document(numbers: list[str]) -> None:
    number_gaps(numbers)
