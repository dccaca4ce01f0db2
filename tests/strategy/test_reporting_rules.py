"""The second mark: what was reported, when a period takes reports, and what a late measure must say."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from strategy.content import PeriodWords
from strategy.rules import (
    PeriodFacts,
    PeriodState,
    Reporting,
    Standing,
    State,
    count,
    must_explain,
    period_state,
    reporting,
    takes_reports,
    was_due,
)
from strategy.status import assemble
from tests.strategy.contents import a_content, a_row

OPENS, DUE = date(2026, 8, 17), date(2026, 8, 31)
PERIOD = PeriodFacts(OPENS, DUE)
DAY = timedelta(days=1)

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
periods = st.builds(
    lambda opens, span, closed: PeriodFacts(opens, opens + timedelta(days=span), closed),
    opens=days, span=st.integers(0, 200), closed=st.none() | days,
)  # fmt: skip
THE_PERIOD = PeriodWords(1, "2. tertial 2026", date(2026, 5, 1), DUE, DUE)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (OPENS - DAY, PeriodState.PLANNED),
        (OPENS, PeriodState.OPEN),
        (DUE, PeriodState.OPEN),
        (DUE + DAY, PeriodState.OVERDUE),
    ],
)
def test_a_period_is_planned_then_open_then_overdue(on: date, state: PeriodState) -> None:
    assert period_state(PERIOD, on) == state


def test_a_closed_period_takes_no_reports_from_that_day() -> None:
    closed = PeriodFacts(OPENS, DUE, closed_on=date(2026, 9, 4))
    assert takes_reports(closed, date(2026, 9, 3))
    assert not takes_reports(closed, date(2026, 9, 4))


def test_a_measure_lacks_a_report_only_after_the_due_day_or_when_the_period_is_closed_before_it() -> None:
    assert not was_due(PERIOD, DUE)
    assert was_due(PERIOD, DUE + DAY)
    assert was_due(PeriodFacts(OPENS, DUE, closed_on=OPENS + DAY), OPENS + DAY)


@given(periods, days)
def test_a_period_that_takes_reports_and_was_due_is_overdue(period: PeriodFacts, on: date) -> None:
    assert (takes_reports(period, on) and was_due(period, on)) == (period_state(period, on) == PeriodState.OVERDUE)


@pytest.mark.parametrize(
    ("is_asked", "reported_on", "mark"),
    [
        (False, None, Reporting.NOT_ASKED),
        (True, None, Reporting.NOT_REPORTED),
        (True, date(2026, 8, 20), Reporting.REPORTED),
    ],
)
def test_who_was_not_asked_does_not_lack_a_report(is_asked: bool, reported_on: date | None, mark: Reporting) -> None:
    assert reporting(is_asked=is_asked, reported_on=reported_on) == mark


@given(st.lists(st.tuples(st.sampled_from(Standing), st.sampled_from(Reporting)), min_size=1, max_size=12))
def test_not_reported_is_never_counted_as_zero_or_as_good(marked: list[tuple[Standing, Reporting]]) -> None:
    """Whatever is reported or not, each measure stands where its facts put it and is counted there, once."""
    rows = [a_row(standing=standing, reporting=mark) for standing, mark in marked]
    silent = sum(mark == Reporting.NOT_REPORTED for _standing, mark in marked)
    is_asked = any(mark != Reporting.NOT_ASKED for _standing, mark in marked)
    shown = assemble(a_content(*rows, period=THE_PERIOD), live=True)
    told = {each.code: each.count for each in shown.counts}
    assert sum(told.values()) == len(rows)
    assert all(told.get(each.value, 0) == number for each, number in count(row.standing for row in rows).items())
    assert (shown.reporting is not None) == is_asked
    assert len(shown.unreported) == silent
    assert shown.reporting is None or shown.reporting.count == silent
    assert ("no report" in shown.sentence) == (silent > 0)


def test_before_a_period_was_due_nothing_is_said_of_reports() -> None:
    shown = assemble(a_content(a_row(), a_row()), live=True)
    assert shown.reporting is None
    assert "report" not in shown.sentence


def test_where_nobody_was_asked_it_is_not_said_that_all_have_reported() -> None:
    shown = assemble(a_content(a_row(), a_row(), period=THE_PERIOD), live=True)
    assert shown.reporting is None
    assert [each.code for each in shown.lacks] == ["due", "responsible", "money"]


def test_that_a_measure_lacks_a_date_is_said_whatever_it_stands_as() -> None:
    lacking = (a_row(state=State.NOT_STARTED, standing=Standing.NOT_STARTED), a_row(standing=Standing.AT_RISK))
    dated, over = a_row(due_on=date(2027, 1, 1)), a_row(state=State.DONE, standing=Standing.DONE)
    shown = assemble(a_content(*lacking, dated, over), live=True)
    assert "Two have no due date." in shown.sentence
    assert {each.code: each.count for each in shown.missing}["due"] == 2


def test_what_was_never_reported_stands_before_what_was_reported_long_ago() -> None:
    old, older, never = (
        a_row(reporting=Reporting.NOT_REPORTED, last_reported_on=on)
        for on in (date(2026, 4, 30), date(2025, 12, 31), None)
    )
    shown = assemble(a_content(old, older, never, period=THE_PERIOD), live=True)
    assert [(each.row, each.days) for each in shown.unreported] == [(never, None), (older, 250), (old, 130)]


@given(st.sampled_from(State), st.none() | days)
def test_a_late_measure_that_goes_on_must_be_explained_and_one_that_is_over_need_not(
    state: State, late_since: date | None
) -> None:
    is_over = state in (State.DONE, State.CANCELLED, State.ON_HOLD)
    assert must_explain(state, late_since) == (late_since is not None and not is_over)
