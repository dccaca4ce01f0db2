from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.money import LARGEST_NOK, MoneyError, format_nok, format_number, format_percent, parse_nok

amounts = st.integers(min_value=-LARGEST_NOK, max_value=LARGEST_NOK)


@pytest.mark.parametrize(
    "text",
    [
        "12500",
        "12 500",
        "12\u00a0500",
        "12\u202f500",
        "12\u2009500",
        " 12  500 ",
        "kr 12 500,-",
        "kr. 12.500,\u2013",
        "KR 12500",
        "kr12500",
        "NOK 12 500",
        "12 500 kr",
        "12 500,- kr",
        "12 500 kroner",
        "12.500",
        "12 500,00",
        "12.500,0",
        "+12 500",
        "012500",
    ],
)
def test_the_ways_people_write_twelve_thousand_five_hundred(text: str) -> None:
    assert parse_nok(text) == 12_500


@pytest.mark.parametrize(
    "text", ["-200 000", "\u2212200 000", "kr -200 000", "- kr 200.000,-", "\u2212\u00a0kr\u00a0200\u00a0000"]
)
def test_a_minus_may_stand_before_or_after_the_currency(text: str) -> None:
    assert parse_nok(text) == -200_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u00a0 ", "empty"),
        ("abc", "not_a_number"),
        ("kr", "not_a_number"),
        ("-", "not_a_number"),
        ("--5", "not_a_number"),
        ("1e6", "not_a_number"),
        ("12.5", "not_a_number"),
        ("12500.00", "not_a_number"),
        ("1 23 456", "not_a_number"),
        ("1 234.567", "not_a_number"),
        ("12,500,000", "not_a_number"),
        ("1_000", "not_a_number"),
        ("١٢", "not_a_number"),
        ("12,5", "not_whole_kroner"),
        ("1.234,50", "not_whole_kroner"),
        ("12,000", "not_whole_kroner"),
        ("1000000000000", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_a_refusal_says_why(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_nok(text)
    assert refusal.value.code == code


def test_negative_amounts_are_refused_where_asked() -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_nok("-1", allow_negative=False)
    assert refusal.value.code == "negative"
    assert parse_nok("-0", allow_negative=False) == 0


@given(amounts)
def test_what_is_written_can_be_read_back(amount: int) -> None:
    assert parse_nok(format_nok(amount)) == amount
    assert parse_nok(format_nok(amount, signed=True)) == amount
    assert parse_nok(format_number(amount)) == amount


@given(amounts)
def test_written_money_never_breaks_over_a_line(amount: int) -> None:
    assert " " not in format_nok(amount, signed=True)


@given(st.text())
def test_any_text_is_an_amount_or_a_reasoned_refusal(text: str) -> None:
    try:
        amount: int | str = parse_nok(text)
    except MoneyError as refusal:
        amount = refusal.code
    assert amount in {"empty", "not_a_number", "not_whole_kroner", "too_large"} or abs(int(amount)) <= LARGEST_NOK


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "kr\u00a00"), (12_500, "kr\u00a012\u00a0500"), (-200_000, "\u2212\u00a0kr\u00a0200\u00a0000")],
)
def test_kroner_are_written_with_no_break_spaces(amount: int, written: str) -> None:
    assert format_nok(amount) == written


def test_a_change_in_kroner_carries_its_sign() -> None:
    assert format_nok(200_000, signed=True) == "+\u00a0kr\u00a0200\u00a0000"
    assert format_nok(0, signed=True) == "kr\u00a00"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (12_995, "12\u00a0995"),
        (-5, "\u22125"),
        (999, "999"),
        (Decimal("1234567.50"), "1\u00a0234\u00a0567,50"),
        (Decimal("1E+3"), "1\u00a0000"),
        (Decimal("-0.0"), "0,0"),
    ],
)
def test_numbers_have_grouped_thousands_and_a_decimal_comma(value: int | Decimal, written: str) -> None:
    assert format_number(value) == written


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        ("59.3", 1, "59,3\u00a0%"),
        ("59.25", 1, "59,3\u00a0%"),
        ("-0.04", 1, "0,0\u00a0%"),
        ("-1.5", 1, "\u22121,5\u00a0%"),
        ("1.849", 2, "1,85\u00a0%"),
        ("100", 0, "100\u00a0%"),
    ],
)
def test_percentages_are_rounded_half_up(value: str, places: int, written: str) -> None:
    assert format_percent(Decimal(value), places) == written


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_no_number_is_never_written_as_one(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        format_percent(Decimal(value))
    with pytest.raises(ValueError, match="finite"):
        format_number(Decimal(value))
