"""The business register through its stand-in over real HTTP: what is asked, what is read, what is said when it fails."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.utils import translation
from stdnum.no import orgnr

from portal.acting_for import mandate_evidence
from portal.demo import signin_facts as facts
from portal.integrations import register, register_standin
from portal.integrations.register import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_plain_words")]


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Keep the tests' output to the tests."""


class Service:
    """A server in a thread; notes what it was asked, and answers as told or as the stand-in does."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: tuple[str, bytes] | None = None
        self.server = make_server("127.0.0.1", 0, self.application, handler_class=Silent)
        self.url = f"http://127.0.0.1:{self.server.server_port}/enhetsregisteret/api"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/enhetsregisteret/api")
        self.asked.append(environ["PATH_INFO"])
        if self.says is None:
            return register_standin.application(environ, start_response)
        start_response(self.says[0], [("Content-Type", "application/json")])
        return [self.says[1]]

    def answers(self, content: Any, status: str = "200 OK") -> None:
        self.says = (status, content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.fixture
def in_plain_words() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    running = Service()
    settings.REGISTER_URL = running.url
    yield running
    running.server.shutdown()
    running.server.server_close()


def a_unit(**more: Any) -> dict[str, Any]:
    return {"organisasjonsnummer": facts.BAKERY, "navn": "X", "organisasjonsform": {"kode": "AS"}, **more}


# ---- units ----


def test_a_unit_comes_with_name_form_place_and_industry(service: Service) -> None:
    found = register.unit(facts.BAKERY)
    assert found is not None and service.asked == [f"/enheter/{facts.BAKERY}"]
    assert (found.number, found.name, found.form) == (facts.BAKERY, "OPPDIKTET BAKERI AS", "AS")
    assert (found.municipality, found.place) == ("3101", "HALDEN") and "brød" in found.industry
    assert (found.founded_on, found.accounts_year) == (dt.date(2019, 2, 14), 2024)
    assert not mandate_evidence.troubles_of(found)


def test_when_nobody_says_when_a_unit_was_founded_it_is_as_old_as_its_registration(service: Service) -> None:
    service.answers(a_unit(registreringsdatoEnhetsregisteret="2020-05-06"))
    found = register.unit(facts.BAKERY)
    assert found is not None and (found.founded_on, found.accounts_year) == (dt.date(2020, 5, 6), None)


def test_one_that_is_bankrupt_wound_up_or_deleted_is_told_of(service: Service) -> None:
    shop, builder, timber = (register.unit(number) for number in (facts.SHOP, facts.BUILDER, facts.TIMBER))
    assert shop and builder and timber
    assert (shop.bankrupt, builder.closing, timber.deleted_on) == (True, True, dt.date(2025, 12, 31))
    said = [mandate_evidence.troubles_of(unit) for unit in (shop, builder, timber)]
    assert said == [["bankrupt"], ["dissolving"], ["deleted"]]
    service.answers(a_unit(underTvangsavviklingEllerTvangsopplosning=True))
    forced = register.unit(facts.BAKERY)
    assert forced is not None and forced.closing


def test_a_number_the_register_does_not_have_or_has_removed_is_nothing(service: Service) -> None:
    assert register.unit("974760673") is None
    assert register.unit(register_standin.GONE) is None
    assert register.roles("974760673") == []
    assert len(service.asked) == 3


@pytest.mark.parametrize("number", ["", "123", "974760674", "974 760 673", "../../admin", "９７４７６０６７３"])
def test_what_is_no_number_is_never_asked_for(service: Service, number: str) -> None:
    assert register.unit(number) is None and register.roles(number) == []
    assert service.asked == []


# ---- roles ----


def test_roles_come_with_who_holds_them_and_when_she_was_born(service: Service) -> None:
    found = register.roles(facts.BAKERY)
    assert service.asked == [f"/enheter/{facts.BAKERY}/roller"]
    assert [(role.code, role.name, role.acts) for role in found] == [
        ("DAGL", "Bo Oppdiktet", True), ("LEDE", "Bo Oppdiktet", True), ("MEDL", "Jorunn Oppdiktet", False)
    ]  # fmt: skip
    assert found[0].born == facts.person("bo").born and found[0].title == "Daglig leder"


def test_the_owner_of_a_sole_proprietorship_and_the_chair_of_an_association_act_for_it(service: Service) -> None:
    (owner,) = register.roles(facts.WORKSHOP)
    assert (owner.code, owner.acts) == ("INNH", True)
    assert [role.acts for role in register.roles(facts.CLUB)] == [True, False]


def test_those_who_have_left_or_died_and_firms_hold_no_role(service: Service) -> None:
    person = {"navn": {"fornavn": "Per", "mellomnavn": "O.", "etternavn": "Oppdiktet"}, "fodselsdato": "1970-01-02"}
    kind = {"kode": "DAGL", "beskrivelse": "Daglig leder"}
    rows = [
        {"type": kind, "person": person, "fratraadt": False},
        {"type": kind, "person": person, "fratraadt": True},
        {"type": kind, "person": {**person, "erDoed": True}},
        {"type": kind, "enhet": {"organisasjonsnummer": facts.CAFE}},
    ]
    service.answers({"rollegrupper": [{"roller": rows}]})
    (role,) = register.roles(facts.BAKERY)
    assert (role.name, role.born) == ("Per O. Oppdiktet", dt.date(1970, 1, 2))


def test_a_role_without_a_date_of_birth_has_none(service: Service) -> None:
    row = {"type": {"kode": "LEDE", "beskrivelse": "Styrets leder"}, "person": {"navn": {"etternavn": "Oppdiktet"}}}
    service.answers({"rollegrupper": [{"roller": [row]}]})
    assert [role.born for role in register.roles(facts.BAKERY)] == [None]


# ---- what is said when it fails ----


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        ("503 Service Unavailable", b"<html>", "does not answer now"),
        ("429 Too Many Requests", b"", "does not answer now"),
        ("200 OK", b"<html>not json</html>", "cannot read"),
        ("200 OK", b"[]", "cannot read"),
        ("200 OK", b"{}", "cannot read"),
        ("200 OK", b"[" * 100_000, "cannot read"),
        ("200 OK", b" " * (register.LARGEST + 1), "cannot read"),
        ("200 OK", json.dumps(a_unit(slettedato="i fjor")).encode(), "cannot read"),
        ("200 OK", json.dumps(a_unit(organisasjonsform="AS")).encode(), "cannot read"),
    ],
)
def test_an_answer_that_is_no_answer_is_said_in_words(service: Service, status: str, content: bytes, said: str) -> None:
    service.answers(content, status)
    with pytest.raises(RegisterError, match=said):
        register.unit(facts.BAKERY)


@pytest.mark.parametrize(
    "content", [{}, {"rollegrupper": [{}]}, {"rollegrupper": [{"roller": [{"person": {"navn": {}}}]}]}, []]
)
def test_roles_that_cannot_be_read_are_said_in_words(service: Service, content: Any) -> None:
    service.answers(content)
    with pytest.raises(RegisterError, match="cannot read"):
        register.roles(facts.BAKERY)


def test_a_register_that_is_down_is_said_in_words(settings: Any) -> None:
    settings.REGISTER_URL = "http://127.0.0.1:9"
    with pytest.raises(RegisterError, match="does not answer now"):
        register.unit(facts.BAKERY)


def test_a_slow_register_is_not_waited_for(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(register, "SECONDS", 0.1)
    monkeypatch.setattr(register_standin, "answer", lambda _path: (waiting.wait(2), (200, b"{}"))[1])
    with pytest.raises(RegisterError, match="does not answer now"):
        register.unit(facts.BAKERY)
    waiting.set()


def test_no_more_is_asked_in_a_minute_than_we_allow_ourselves(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "PER_MINUTE", 2)
    for _time in range(2):
        register.unit(facts.BAKERY)
    with pytest.raises(RegisterError, match="Too many questions"):
        register.unit(facts.BAKERY)
    assert len(service.asked) == 2


def test_a_name_holds_no_control_signs_and_is_never_endless(service: Service) -> None:
    service.answers(a_unit(navn="OPPDIKTET\u202e\x00 " + "A" * 5000))
    found = register.unit(facts.BAKERY)
    assert found is not None
    assert found.name.isprintable() and len(found.name) == register.LONGEST_NAME


# ---- the stand-in ----


def test_the_register_and_ansattporten_agree_on_the_demos_companies_and_people() -> None:
    assert set(register_standin.units()) == {fact.number for fact in facts.COMPANIES}
    born = {fact.name: fact.born for fact in facts.PEOPLE if fact.born}
    for fact in facts.COMPANIES:
        known = register_standin.units()[fact.number]
        unit = register.read_unit(known["enhet"])
        assert (unit.number, unit.name, unit.form) == (fact.number, fact.name, fact.form)
        for role in register.read_roles(known["roller"]) if "roller" in known else []:
            assert role.name.endswith("Oppdiktet") and born.get(role.name, role.born) == role.born
    for person in facts.PEOPLE:
        for number in person.acts_for:
            held = register.read_roles(register_standin.units()[number]["roller"])
            assert any(role.acts and role.name == person.name for role in held), (
                "Ansattporten knows what the register does"
            )


def test_no_number_of_the_stand_in_can_be_a_real_units() -> None:
    numbers = [*register_standin.units(), register_standin.GONE]
    assert all(orgnr.is_valid(number) and number[0] in "23" for number in numbers)


@pytest.mark.parametrize(("path", "status"), [("/enheter/12", 400), ("/", 404), ("/underenheter/294580735", 404)])
def test_the_stand_in_refuses_as_the_register_does(path: str, status: int) -> None:
    assert register_standin.answer(path)[0] == status


def test_the_stand_in_does_not_exist_outside_the_demo(client: Any, settings: Any) -> None:
    address = f"/demo/register/enheter/{facts.BAKERY}"
    assert client.get(address).status_code == 404
    settings.ROOT_URLCONF = "tests.house.demo_urls"
    assert client.get(address).status_code == 404, "wired by mistake, it still refuses"
    settings.DEMO = True
    answer = client.get(address)
    assert answer.status_code == 200 and answer.json()["navn"] == "OPPDIKTET BAKERI AS"
    assert client.get(f"{address}/roller").json()["rollegrupper"]
    assert client.post(address).status_code == 405


def test_production_asks_the_real_register() -> None:
    import os
    import subprocess
    import sys

    shown = "from portal import settings; print(settings.REGISTER_URL)"
    base = {name: value for name, value in os.environ.items() if name not in ("DEMO", "TESTING", "REGISTER_URL")}
    production = {
        **base, "SECRET_KEY": "k3" * 30, "DATA_KEYS": "k3" * 30, "ALLOWED_HOSTS": "portal.example.no",
        "BASE_URL": "https://portal.example.no", "PROXY_COUNT": "1",
        "DATABASE_URL": "postgres://portal_app@db.example.no/portal", "REDIS_URL": "redis://queue:6379/0",
    }  # fmt: skip
    said = subprocess.run([sys.executable, "-c", shown], env=production, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == "https://data.brreg.no/enhetsregisteret/api", said.stderr[-500:]


def test_a_name_is_looked_for_and_no_hit_is_an_empty_list(service: Service) -> None:
    assert [unit.name for unit in register.named("bakeri")] == ["OPPDIKTET BAKERI AS"]
    assert register.named("finnes ikke & size=99") == []
    service.answers({"_embedded": {"enheter": [{"navn": "Uten nummer"}]}})
    with pytest.raises(RegisterError):
        register.named("noe")
