"""Six digits by mail: right once, wrong five times, new three times, and never kept in the clear."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from portal import codes
from portal.models import EmailCode

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_the_right_digits_confirm_the_address_once() -> None:
    row, digits = codes.make("input:1", "kari@test.example", now=NOW)
    assert len(digits) == 6
    assert digits.isdigit()
    assert codes.check(row.pk, f" {digits[:3]} {digits[3:]} ", now=NOW)
    assert not codes.check(row.pk, digits, now=NOW), "a code is used once"


def test_the_digits_are_not_in_the_database() -> None:
    row, digits = codes.make("input:1", "kari@test.example", now=NOW)
    assert digits not in str(EmailCode.objects.filter(pk=row.pk).values().get())


def test_the_same_digits_hash_differently_in_another_row() -> None:
    assert codes.digest(1, "123456") != codes.digest(2, "123456")


def test_after_five_wrong_tries_the_code_is_dead() -> None:
    row, digits = codes.make("input:1", "kari@test.example", now=NOW)
    for _ in range(codes.ATTEMPTS):
        assert not codes.check(row.pk, wrong(digits), now=NOW)
    assert not codes.check(row.pk, digits, now=NOW)


def test_a_code_dies_after_half_an_hour() -> None:
    row, digits = codes.make("input:1", "kari@test.example", now=NOW)
    assert not codes.check(row.pk, digits, now=NOW + codes.LIFETIME)
    assert codes.check(row.pk, digits, now=NOW + codes.LIFETIME - dt.timedelta(seconds=1))


def test_new_digits_replace_the_old_and_come_three_times_in_all() -> None:
    row, first = codes.make("input:1", "kari@test.example", now=NOW)
    made = codes.make_again(row.pk, now=NOW)
    assert made is not None
    second = made[1]
    if first != second:
        assert not codes.check(row.pk, first, now=NOW)
    assert codes.make_again(row.pk, now=NOW) is not None
    assert codes.make_again(row.pk, now=NOW) is None


@pytest.mark.parametrize("typed", ["", "abc", "１２３４５６", "1" * 10_000, "\x00"])
def test_what_is_no_code_is_only_wrong(typed: str) -> None:
    row, _digits = codes.make("input:1", "kari@test.example", now=NOW)
    assert not codes.check(row.pk, typed, now=NOW)
