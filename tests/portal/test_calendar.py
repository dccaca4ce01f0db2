from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calendar import (
    Precision,
    add_working_days,
    first_day,
    format_precise,
    is_working_day,
    last_day,
    next_working_day,
    oslo_today,
    party_deadline,
    public_holidays,
)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 11, 30))
precisions = st.sampled_from(Precision)


# Legal deadlines


@pytest.mark.parametrize(
    ("notified_on", "last"),
    [
        (date(2026, 3, 12), date(2026, 4, 7)),  # three weeks end on Maundy Thursday: past the whole of Easter
        (date(2026, 12, 3), date(2026, 12, 24)),  # Christmas Eve is an ordinary weekday
        (date(2026, 12, 4), date(2026, 12, 28)),  # Christmas Day, then a Saturday and a Sunday
    ],
)
def test_three_weeks_to_complain(notified_on: date, last: date) -> None:
    assert party_deadline(notified_on) == last


@given(days)
def test_a_party_always_gets_the_whole_period_and_ends_on_a_working_day(notified_on: date) -> None:
    last = party_deadline(notified_on)
    assert is_working_day(last)
    assert timedelta(weeks=3) <= last - notified_on <= timedelta(weeks=3, days=6)


@given(days, days)
def test_who_is_told_later_never_has_an_earlier_deadline(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert party_deadline(earlier) <= party_deadline(later)


# Working days


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2026, 12, 31), date(2026, 4, 1), date(2026, 5, 15)])
def test_eves_and_squeezed_in_days_are_working_days(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2027, 5, 17),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 11, 21),
        date(2026, 11, 22),
    ],
)
def test_weekends_and_public_holidays_are_days_off(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2030])
def test_norway_has_twelve_holidays_and_fewer_only_when_two_coincide(year: int) -> None:
    assert 11 <= len(public_holidays(year)) <= 12


@given(days)
def test_the_next_working_day_is_never_far_away(day: date) -> None:
    following = next_working_day(day)
    assert is_working_day(following)
    assert (following == day) is is_working_day(day)
    assert following - day <= timedelta(days=6)


def test_twenty_working_days_skip_easter() -> None:
    assert add_working_days(date(2026, 3, 27), 1) == date(2026, 3, 30)
    assert add_working_days(date(2026, 4, 1), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 3, 20), 20) == date(2026, 4, 22)


@given(days, st.integers(1, 30), st.integers(1, 30))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    assert add_working_days(add_working_days(day, first), second) == add_working_days(day, first + second)


def test_no_working_days_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="at least one"):
        add_working_days(date(2026, 1, 5), 0)


# Today in Norway


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2026, 1, 1, 22, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 23, 0, tzinfo=UTC), date(2026, 1, 2)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_the_day_turns_at_midnight_in_oslo(now: datetime, today: date) -> None:
    assert oslo_today(now) == today


def test_a_moment_without_a_time_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        oslo_today(datetime(2026, 1, 1))


# Dates of stated precision


@pytest.mark.parametrize(
    ("day", "precision", "last"),
    [
        (date(2026, 3, 10), Precision.DAY, date(2026, 3, 10)),
        (date(2026, 3, 1), Precision.MONTH, date(2026, 3, 31)),
        (date(2028, 2, 1), Precision.MONTH, date(2028, 2, 29)),
        (date(2026, 1, 1), Precision.QUARTER, date(2026, 3, 31)),
        (date(2026, 10, 5), Precision.QUARTER, date(2026, 12, 31)),
        (date(2026, 1, 1), Precision.YEAR, date(2026, 12, 31)),
        (date(2026, 5, 1), Precision.PERIOD, date(2026, 5, 31)),
    ],
)
def test_the_last_day_a_stated_date_may_mean(day: date, precision: Precision, last: date) -> None:
    assert last_day(day, precision) == last


@given(days, precisions)
def test_a_looser_date_never_ends_before_the_day_itself(day: date, precision: Precision) -> None:
    last = last_day(day, precision)
    assert last >= day
    assert last_day(last, precision) == last


@given(days, precisions)
def test_the_first_and_the_last_day_mean_the_same_stated_date(day: date, precision: Precision) -> None:
    first = first_day(day, precision)
    assert first <= day
    assert last_day(first, precision) == last_day(day, precision)
    assert first_day(last_day(day, precision), precision) == first


@pytest.mark.parametrize(
    ("precision", "language", "written"),
    [
        (Precision.DAY, "nb", "31.3.2026"),
        (Precision.DAY, "en", "31 March 2026"),
        (Precision.MONTH, "nb", "mars 2026"),
        (Precision.MONTH, "nn", "mars 2026"),
        (Precision.MONTH, "en", "March 2026"),
        (Precision.QUARTER, "nb", "1. kvartal 2026"),
        (Precision.QUARTER, "en", "1st quarter 2026"),
        (Precision.YEAR, "nb", "2026"),
        (Precision.PERIOD, "nb", "innen mars 2026"),
        (Precision.PERIOD, "nn", "innan mars 2026"),
        (Precision.PERIOD, "en-gb", "by March 2026"),
        (Precision.MONTH, "se", "mars 2026"),
    ],
)
def test_a_date_is_written_as_it_was_stated(precision: Precision, language: str, written: str) -> None:
    assert format_precise(date(2026, 3, 31), precision, language) == written


def test_running_text_spells_the_month() -> None:
    assert format_precise(date(2026, 9, 7), Precision.DAY, "nb", in_text=True) == "7. september 2026"


@pytest.mark.parametrize(
    ("starts", "written"),
    [
        (date(2026, 2, 1), "februar\u2013mai 2026"),
        (date(2025, 11, 1), "november 2025\u2013mai 2026"),
        (date(2026, 5, 1), "mai 2026"),
    ],
)
def test_a_period_keeps_its_months_and_gets_no_day(starts: date, written: str) -> None:
    assert format_precise(date(2026, 5, 31), Precision.PERIOD, "nb", starts=starts) == written


@given(days, st.sampled_from([Precision.MONTH, Precision.YEAR, Precision.PERIOD]), st.sampled_from(["nb", "nn", "en"]))
def test_a_day_is_never_invented(day: date, precision: Precision, language: str) -> None:
    first = day.replace(day=1)
    assert format_precise(day, precision, language) == format_precise(first, precision, language)
