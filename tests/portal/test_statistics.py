"""Statistics Norway through its stand-in over real HTTP: what is asked, what is read, what is said when it fails."""

from __future__ import annotations

import datetime as dt
import json
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from portal.integrations import statistics, statistics_standin
from portal.integrations.statistics import StatisticsError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_plain_words")]
HALDEN = {"Region": "3101", "ContentsCode": "Bosatte"}


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Keep the tests' output to the tests."""


class Service:
    """A server in a thread; notes what it was asked, and answers as told or as the stand-in does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.says: tuple[str, bytes] | None = None
        self.server = make_server("127.0.0.1", 0, self.application, handler_class=Silent)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v2"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/v2")
        self.asked.append((environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"]))))
        if self.says is None:
            return statistics_standin.application(environ, start_response)
        start_response(self.says[0], [("Content-Type", "application/json")])
        return [self.says[1]]

    def answers(self, content: Any, status: str = "200 OK") -> None:
        self.says = (status, content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.fixture
def in_plain_words() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    running = Service()
    settings.STATISTICS_URL = running.url
    yield running
    running.server.shutdown()
    running.server.server_close()


def dataset(**facts: Any) -> dict[str, Any]:
    return {
        "version": "2.0", "class": "dataset", "label": "Prøve", "id": ["Region", "Tid"], "size": [1, 2],
        "role": {"time": ["Tid"]}, "value": [1, 2],
        "dimension": {
            "Region": {"label": "region", "category": {"index": ["3101"]}},
            "Tid": {"label": "år", "category": {"index": {"2023": 0, "2024": 1}}},
        },
        **facts,
    }  # fmt: skip


# ---- asking ----


def test_haldens_figures_of_2023_come_as_statistics_norway_has_them(service: Service) -> None:
    figures = {
        code: statistics.fetch("11616", {"Region": "3101", "ContentsCode": code}).values
        for code in ("Bosatte", "Innpendling", "Utpendling", "Arbeidssted")
    }
    assert figures == {
        code: [(dt.date(2023, 12, 31), Decimal(value))]
        for code, value in zip(figures, (14262, 3054, 4193, 13123), strict=True)
    }


def test_the_question_is_put_in_the_services_own_words(service: Service) -> None:
    statistics.fetch("11616", {**HALDEN, "codelist[Region]": "agg_KommSummer"})
    path, query = service.asked[0]
    assert path == "/tables/11616/data"
    assert query == {
        "lang": "no", "outputFormat": "json-stat2", "valueCodes[Region]": "3101", "valueCodes[ContentsCode]": "Bosatte",
        "codelist[Region]": "agg_KommSummer", "outputValues[Region]": "aggregated", "valueCodes[Tid]": "top(40)",
    }  # fmt: skip


def test_a_table_tells_its_name_its_source_and_when_it_was_changed(service: Service) -> None:
    answer = statistics.fetch("11616", HALDEN)
    assert answer.title.startswith("11616: Sysselsatte")
    assert (answer.source, answer.updated) == ("Statistisk sentralbyrå", dt.date(2026, 3, 12))


def test_a_tables_variables_can_be_listed(service: Service) -> None:
    found = statistics.variables("11616")
    assert [(one.code, one.is_time) for one in found] == [("Region", False), ("ContentsCode", False), ("Tid", True)]
    assert found[1].values["Bosatte"] == "Sysselsatte etter bosted"


# ---- what is said when it fails ----


@pytest.mark.parametrize(
    ("table", "choices", "said"),
    [
        ("99999", HALDEN, "has no such table"),
        ("11616", {"Region": "9999"}, "does not know one of the choices: Non-existent value: 9999"),
        ("11616", {"Sted": "3101"}, "Non-existent variable: Sted"),
        ("11616", {"Region": "3101"}, "several figures for each date. Choose one value of: statistikkvariabel"),
        (statistics_standin.BUSY, HALDEN, "Too many questions"),
        ("../../admin", HALDEN, "digits only"),
        ("", HALDEN, "digits only"),
    ],
)
def test_a_refusal_is_said_in_words(service: Service, table: str, choices: dict[str, str], said: str) -> None:
    with pytest.raises(StatisticsError, match=said.replace(".", r"\.")):
        statistics.fetch(table, choices)


def test_an_address_of_another_kind_is_never_asked(service: Service) -> None:
    with pytest.raises(StatisticsError):
        statistics.fetch("11616/../../hemmelig", HALDEN)
    assert service.asked == []


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        ("503 Service Unavailable", b"<html>", "does not answer now"),
        ("403 Forbidden", b"", "too large to fetch"),
        ("200 OK", b"<html>not json</html>", "something we cannot read"),
        ("200 OK", b"[]", "something we cannot read"),
        ("200 OK", b"{}", "something we cannot read"),
        ("200 OK", b"[" * 100_000, "something we cannot read"),
        ("200 OK", b" " * (statistics.LARGEST + 1), "too large to fetch"),
    ],
)
def test_an_answer_that_is_no_answer_is_said_in_words(service: Service, status: str, content: bytes, said: str) -> None:
    service.answers(content, status)
    with pytest.raises(StatisticsError, match=said):
        statistics.fetch("11616", HALDEN)


def test_a_service_that_is_down_is_said_in_words(service: Service, settings: Any) -> None:
    settings.STATISTICS_URL = "http://127.0.0.1:9"
    with pytest.raises(StatisticsError, match="does not answer now"):
        statistics.fetch("11616", HALDEN)


def test_a_slow_service_is_not_waited_for(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(statistics, "SECONDS", 0.1)
    monkeypatch.setattr(service, "says", None)
    monkeypatch.setattr(statistics_standin, "answer", lambda *asked: (waiting.wait(2), (200, b"{}"))[1])
    with pytest.raises(StatisticsError, match="does not answer now"):
        statistics.fetch("11616", HALDEN)
    waiting.set()


def test_the_services_own_limit_is_kept_before_it_is_asked(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "PER_MINUTE", 2)
    for _time in range(2):
        statistics.fetch("11616", HALDEN)
    with pytest.raises(StatisticsError, match="Too many questions"):
        statistics.fetch("11616", HALDEN)
    assert len(service.asked) == 2


# ---- reading ----


def read(**facts: Any) -> list[tuple[int, Decimal]]:
    found = json.loads(json.dumps(dataset(**facts)), parse_int=Decimal, parse_float=Decimal)
    return [(one.on.year, one.value) for one in statistics.read("1", found).values]


def test_values_are_read_from_a_list_and_from_an_object_that_leaves_places_out() -> None:
    assert read() == [(2023, 1), (2024, 2)]
    assert read(value={"1": 59.3}) == [(2024, Decimal("59.3"))]


def test_a_date_without_a_figure_is_left_out_and_is_never_nought() -> None:
    assert read(value=[None, 2], status={"0": ".."}) == [(2024, 2)]


def test_a_dimensions_order_is_its_indexs() -> None:
    time = {"label": "år", "category": {"index": {"2024": 0, "2023": 1}}}
    assert read(dimension={**dataset()["dimension"], "Tid": time}) == [(2023, 2), (2024, 1)]


@pytest.mark.parametrize("value", [["1", "2"], [True, False], [1]])
def test_a_value_that_is_no_number_is_not_taken_for_one(value: Any) -> None:
    with pytest.raises((TypeError, ValueError, IndexError)):
        read(value=value)


@pytest.mark.parametrize(
    ("period", "day"),
    [("2024", (12, 31)), ("2024K1", (3, 31)), ("2024Q4", (12, 31)), ("2024M02", (2, 29)), ("2024H1", (6, 30))],
)
def test_a_period_is_dated_by_its_last_day(period: str, day: tuple[int, int]) -> None:
    assert statistics.end_of(period) == dt.date(2024, *day)


@pytest.mark.parametrize("period", ["2024U12", "2024M13", "2024K5", "24", "", "2024-2025", "2024M00"])
def test_a_period_we_do_not_know_is_refused(period: str) -> None:
    with pytest.raises(StatisticsError, match="cannot date"):
        statistics.end_of(period)


# ---- where it is ----


def test_production_asks_the_real_service_and_the_demo_its_own_address() -> None:
    import os
    import subprocess
    import sys

    shown = "from portal import settings; print(settings.STATISTICS_URL)"
    base = {name: value for name, value in os.environ.items() if name not in ("DEMO", "TESTING", "STATISTICS_URL")}
    production = {
        **base, "SECRET_KEY": "k3" * 30, "DATA_KEYS": "k3" * 30, "ALLOWED_HOSTS": "portal.example.no", "BASE_URL": "https://portal.example.no",
        "PROXY_COUNT": "1", "DATABASE_URL": "postgres://portal_app@db.example.no/portal", "REDIS_URL": "redis://queue:6379/0",
    }  # fmt: skip
    said = subprocess.run([sys.executable, "-c", shown], env=production, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == "https://data.ssb.no/api/pxwebapi/v2", said.stderr[-500:]


def test_the_stand_in_does_not_exist_outside_the_demo(client: Any, settings: Any) -> None:
    address = "/demo/statistikk/tables/11616/data?valueCodes[Region]=3101"
    assert client.get(address).status_code == 404
    settings.ROOT_URLCONF = "tests.house.demo_urls"
    assert client.get(address).status_code == 404, "wired by mistake, it still refuses"
    settings.DEMO = True
    assert client.get(address).status_code == 200
    assert client.get("/demo/statistikk/tables/1/data").status_code == 404
