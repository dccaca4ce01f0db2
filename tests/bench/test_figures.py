"""The bench's arithmetic and its two ways of telling; nothing here measures time."""

from __future__ import annotations

import json

import pytest

from tests.bench.database import renamed
from tests.bench.figures import Figure, Result, as_json, as_table, share
from tests.bench.load import Order, Tally
from tests.bench.measured import OwnBaseline
from tests.bench.run import take
from tests.bench.web import WebCase

FRONT = Figure("front_page", "requests/s", (100.0, 90.0, 400.0), 1000.0, {"queries": 3, "html_bytes": 20_480})
RESULT = Result((900.0, 1000.0, 1100.0), (FRONT,))


def test_one_disturbed_round_does_not_move_the_value() -> None:
    assert FRONT.value == 100.0
    assert FRONT.ratio == 0.1


def test_json_holds_exactly_the_agreed_keys() -> None:
    told = json.loads(as_json(RESULT))
    assert told == {
        "ceiling_rps": 1000.0,
        "cases": [
            {
                "name": "front_page", "unit": "requests/s", "value": 100.0, "baseline": 1000.0, "ratio": 0.1,
                "queries": 3, "html_bytes": 20_480,
            }
        ],
    }  # fmt: skip


def test_table_names_the_ceiling_first_and_leaves_what_was_not_measured_empty() -> None:
    lines = as_table(RESULT).splitlines()
    assert lines[1].startswith("(ceiling)")
    assert lines[2].split() == ["front_page", "100", "requests/s", "0.10", "±155", "%", "3", "20.5"]


def test_what_has_no_column_stands_in_json_and_below_the_table() -> None:
    sweep = Figure("sweep", "s", (0.25, 0.5, 0.75), 0.25, {"queries": 2, "made": 20_000})
    result = Result((900.0,), (sweep,))
    assert json.loads(as_json(result))["cases"][0]["made"] == 20_000
    lines = as_table(result).splitlines()
    assert lines[2].split()[:4] == ["sweep", "0.500", "s", "2.00"]
    assert lines[3] == "sweep: made 20,000"


class Work:
    """A case that is no page: it takes twice as long as the bare thing."""

    name, unit, facts = "work", "s", {}

    def prepare(self, server: object) -> None: ...

    def round(self, seconds: float) -> float:
        return 2 * seconds

    def baseline_round(self, seconds: float) -> float:
        return seconds


def test_work_that_is_no_page_is_held_against_its_own_baseline() -> None:
    assert isinstance(Work(), OwnBaseline)
    assert not isinstance(WebCase("page", "/"), OwnBaseline)
    assert take(Work(), 0.5) == ([0.5], 1.0)


@pytest.mark.parametrize(("ratio", "told"), [(1.0, "1.00"), (0.43, "0.43"), (1 / 62, "1/62")])
def test_small_ratios_are_told_as_fractions(ratio: float, told: str) -> None:
    assert share(ratio) == told


def test_database_of_its_own_keeps_socket_and_options_of_the_address() -> None:
    url = "postgres://portal_app:s%40@%2Frun%2Fpg/portal?sslmode=disable"
    assert renamed(url, "portal_bench_7") == "postgres://portal_app:s%40@%2Frun%2Fpg/portal_bench_7?sslmode=disable"


def tally(**changed: int) -> Tally:
    facts = {"port": 1, "status": 200, "shortest": 90, "longest": 110, "connections": 1} | changed
    return Tally(Order(request="GET / HTTP/1.1\r\nX-Forwarded-For: @VISITOR@\r\n\r\n", seconds=1.0, **facts))


def test_each_request_comes_from_another_visitor() -> None:
    one = tally()
    assert one.next_request() != one.next_request()
    assert one.next_request().startswith(b"GET / HTTP/1.1\r\nX-Forwarded-For: 10.")


@pytest.mark.parametrize(("status", "length", "complaints"), [(200, 100, 0), (429, 100, 1), (200, 20, 1)])
def test_an_answer_of_another_status_or_size_is_wrong(status: int, length: int, complaints: int) -> None:
    one = tally()
    one.judge(status, length)
    assert len(one.wrong) == complaints
