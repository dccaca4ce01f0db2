"""The national aid register through its stand-in over real HTTP, and Norges Bank's rates: asked, read, and when it fails."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from portal.integrations import aid_register, aid_register_standin, exchange_rates
from portal.integrations.aid_register import AidRegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
BAKERY = "294580735"


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Keep the tests' output to the tests."""


class Service:
    """A server in a thread; notes where it was asked, and answers as told or as the stand-in does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.says: tuple[str, bytes] | None = None
        self.server = make_server("127.0.0.1", 0, self.application, handler_class=Silent)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked.append((environ["REQUEST_METHOD"], f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"))
        if self.says is None:
            return aid_register_standin.application(environ, start_response)
        start_response(self.says[0], [("Content-Type", "application/json")])
        return [self.says[1]]


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    running = Service()
    settings.AID_REGISTER_URL = settings.RATES_URL = running.url
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_a_receivers_de_minimis_awards_are_read_and_other_aid_is_not(service: Service) -> None:
    found = {award.reference: award for award in aid_register.awards_to(BAKERY)}
    assert service.asked == [("POST", "/soek/stoettetildeling?page=1&pageSize=1000")]
    amounts = {name: int(award.amount) for name, award in found.items()}
    assert amounts == {"OPPDIKTET-1": 420_000, "OPPDIKTET-2": 150_000}
    first = found["OPPDIKTET-1"]
    assert (first.giver, first.decided_on, first.basis) == ("Oppdiktet fylke", dt.date(2024, 5, 14), "de_minimis")
    services = aid_register.awards_to("262241548")
    assert [award.basis for award in services] == ["sgei"], "block exempted aid is passed over"
    assert aid_register.awards_to("242621298")[0].is_gone, "annulled"
    assert aid_register.awards_to("974760673") == []
    before = len(service.asked)
    assert aid_register.awards_to("1") == [] and len(service.asked) == before, "what is no number is never asked about"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Internal Server Error", b"{}"),
        ("200 OK", b"<html>"),
        ("200 OK", b"[]"),
        ("200 OK", json.dumps({"stoettetildeling": [{"tildelingsdato": "i fjor", "x": "de minimis",
                                                     "tildeltBeloep": {"beloep": 1}}]}).encode()),
        ("200 OK", json.dumps({"stoettetildeling": [{"tildelingsdato": "2025-01-01", "x": "de minimis",
                                                     "tildeltBeloep": {"beloep": "NaN"}}]}).encode()),
        ("200 OK", b" " * (aid_register.LARGEST + 1)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_nothing_is_guessed(service: Service, status: str, body: bytes) -> None:
    service.says = (status, body)
    with pytest.raises(AidRegisterError):
        aid_register.awards_to(BAKERY)


def test_rates_are_fetched_for_the_days_asked_for(service: Service, settings: Any) -> None:
    service.says = ("200 OK", b"TIME_PERIOD;OBS_VALUE\n2026-11-20;11.8\n")
    days = (dt.date(2026, 11, 14), dt.date(2026, 11, 22))
    assert [(rate.day.day, str(rate.nok_per_eur)) for rate in exchange_rates.fetch(*days)] == [(20, "11.8000")]
    assert "startPeriod=2026-11-14&endPeriod=2026-11-22" in service.asked[0][1]
    service.says = ("404 Not Found", b"")
    assert exchange_rates.fetch(*days) == [], "no rate was listed in a week of holidays"
    service.says = ("503 Service Unavailable", b"")
    with pytest.raises(exchange_rates.RateError):
        exchange_rates.fetch(*days)
    settings.RATES_URL = ""
    with pytest.raises(exchange_rates.RateError):
        exchange_rates.fetch(*days)


def test_the_stand_in_answers_in_the_demo_only(client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF, settings.DEMO = "tests.house.demo_urls", True
    asked = json.dumps([{"field": "STOETTEMOTTAKER_ORGNR", "value": BAKERY, "matchType": "EXACT_MATCH"}])
    address, kind = "/demo/stotteregister/soek/stoettetildeling?page=1", "application/json"
    assert client.post(address, asked, content_type=kind).json()["antall"] == 2
    assert client.post(address, "x", content_type=kind).status_code == 400
    assert client.get(address).status_code == 405
    settings.DEMO = False
    assert client.post(address, asked, content_type=kind).status_code == 404
