"""One address may not ask too often, counted together by all processes."""

from __future__ import annotations

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from portal.ratelimit import over_limit

pytestmark = pytest.mark.django_db


def test_the_limit_is_passed_by_the_one_after_the_last() -> None:
    with time_machine.travel("2026-11-21 12:00:01", tick=False):
        assert [over_limit("x", "1.2.3.4", per_minute=3) for _ in range(5)] == [False, False, False, True, True]


def test_another_address_and_another_name_have_their_own_count() -> None:
    for _ in range(3):
        over_limit("x", "1.2.3.4", per_minute=1)
    assert not over_limit("x", "1.2.3.5", per_minute=1)
    assert not over_limit("y", "1.2.3.4", per_minute=1)


def test_the_next_minute_starts_anew() -> None:
    with time_machine.travel("2026-11-21 12:00:30", tick=False) as clock:
        assert [over_limit("x", "a", per_minute=1) for _ in range(2)] == [False, True]
        clock.shift(60)
        assert not over_limit("x", "a", per_minute=1)


def test_a_counter_that_is_evicted_between_two_calls_counts_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *args, **kwargs: False)
    assert not over_limit("x", "b", per_minute=1)


def test_a_page_that_is_asked_too_often_says_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.ratelimit.over_limit", lambda *args, **kwargs: True)
    answer = client.get("/")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
