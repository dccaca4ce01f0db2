"""A scheme's page: what is adopted apart from what is recommended, its conditions, statutes, cases and fund."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation

from grants import schemes
from grants.models import Scheme
from tests import factories_money as make
from tests.conftest import signed_in
from tests.factories import an_authority

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def scheme() -> Scheme:
    return make.a_scheme(an_authority(slug="bygda", name="Bygda"), slug="drift", name="Driftsstøtte")


@pytest.fixture
def in_english() -> Any:
    with translation.override("en"):
        yield


def the_page() -> Any:
    return Client().get("/bygda/stotteordninger/drift/").context


def test_adopted_and_recommended_lines_are_never_in_one_table(scheme: Scheme) -> None:
    make.a_line(scheme, 100, year=2020)
    make.a_line(scheme, 200, year=2021, adopt=False)
    make.a_line(scheme, 300, year=2021, adopt=False)
    make.a_line(scheme, 5, year=2021, adopt=False, stage="rejected")
    facts = the_page()
    assert [(group.year, group.total_nok) for group in facts["adopted"]] == [(2020, 100)]
    assert [(group.year, group.total_nok) for group in facts["recommended"]] == [(2021, 500)]


def test_what_binds_the_authority_stands_apart_from_what_is_asked_of_recipients(scheme: Scheme) -> None:
    make.a_condition(scheme, "attested", title="Kommunen eier ikke", binds="authority")
    make.a_condition(scheme, "matching", title="Næringslivet betaler like mye")
    facts = the_page()
    assert [one.title for one in facts["binds_authority"]] == ["Kommunen eier ikke"]
    assert [one.title for one in facts["asked_of_recipients"]] == ["Næringslivet betaler like mye"]


@pytest.mark.parametrize(
    ("kind", "facts", "mark"),
    [
        ("attested", {"stage": "proposed"}, "condition_proposed"),
        ("attested", {}, "condition_open"),
        ("attested", {"state": "met", "settled_on": TODAY}, "condition_met"),
        ("attested", {"state": "waived", "settled_on": TODAY, "settled_note": "x"}, "condition_waived"),
        ("matching", {"first_year": 2027}, "condition_to_come"),
        ("matching", {"first_year": 2026}, ""),
        ("by_date", {"due_on": dt.date(2026, 11, 21)}, "condition_open"),
        ("by_date", {"due_on": dt.date(2026, 11, 20)}, "condition_late"),
    ],
)
def test_a_condition_has_the_mark_of_where_it_stands(scheme: Scheme, kind: str, facts: Any, mark: str) -> None:
    assert schemes.mark_of(make.a_condition(scheme, kind, **facts), TODAY) == mark


@pytest.mark.usefixtures("in_english")
def test_a_condition_is_said_in_words(scheme: Scheme) -> None:
    matching = make.a_condition(
        scheme, "matching", classes=["business", "state"], share_percent=100, first_year=2022, last_year=2023
    )
    assert schemes.said_of(matching).replace("\xa0", " ") == (
        "At least 100 % of what is paid must be matched by money from businesses and state or county. "
        "Only money counts. Holds 2022–2023."
    )
    holdback = make.a_condition(scheme, "holdback", holdback_percent=20)
    assert schemes.said_of(holdback).replace("\xa0", " ") == "20 % is held back until a report is approved."


def test_the_adopted_statutes_in_force_stand_open_before_those_to_come(scheme: Scheme) -> None:
    step = make.make.a_step(make.make.a_case(scheme.authority))
    for version, day in ((1, dt.date(2020, 1, 1)), (2, dt.date(2024, 1, 1)), (3, dt.date(2099, 1, 1))):
        make.some_statutes(scheme, version=version, adopted_in=step, valid_from=day)
    make.some_statutes(scheme, version=4)
    found = schemes.in_force(schemes.statutes_of(scheme), TODAY)
    assert found is not None
    assert found.version == 2
    html = Client().get("/bygda/stotteordninger/drift/").content.decode()
    assert html.count("<details") == 4
    assert html.count(" open>") == 1


def test_the_way_of_an_open_case_is_shown_and_of_an_exempt_one_only_its_public_title(scheme: Scheme) -> None:
    authority = scheme.authority
    told = make.make.a_case(authority, title="Organisering")
    make.make.a_step(told, actor="Formannskapet", description="Politisk sak")
    kept = make.make.a_case(
        authority,
        title="Navn som ikke skal ut",
        public_title="Sak om støtte",
        access="exempt",
        access_basis="Offl. § 13",
    )
    make.make.a_step(kept, actor="Navn som ikke skal ut", description="Navn som ikke skal ut")
    for case in (told, kept):
        make.a_scheme_case(scheme, case)
    html = Client().get("/bygda/stotteordninger/drift/").content.decode()
    for text in ("Organisering", "Politisk sak", "Sak om støtte"):
        assert text in html
    assert "Navn som ikke skal ut" not in html


def test_a_pledge_is_no_money_in_the_fund_and_what_is_paid_of_it_is_no_pledge(scheme: Scheme) -> None:
    fund = make.a_fund(scheme, takes_pledges=True)
    make.a_line(scheme, 1_000, fund=fund)
    pledge = make.a_pledge(fund, 500)
    make.a_pledge(fund, 70, state="withdrawn")
    make.ledger.contribute(fund, 200, key="bidrag", on=make.DAY, by=None, pledge=pledge)
    facts = the_page()["fund"]
    assert (facts.free_nok, facts.contributed_nok, facts.pledged_nok) == (1_200, 200, 300)


def test_a_scheme_not_shown_to_everyone_is_its_staffs_only(scheme: Scheme) -> None:
    Scheme.objects.update(is_public=False)
    officer = signed_in(make.make.a_user("officer", scheme.authority))
    for page in ("/bygda/stotteordninger/drift/", "/bygda/stotteordninger/"):
        assert "Driftsstøtte" in officer.get(page).content.decode()
    assert Client().get("/bygda/stotteordninger/drift/").status_code == 404
    assert "Driftsstøtte" not in Client().get("/bygda/stotteordninger/").content.decode()
    assert "Driftsstøtte" not in Client().get("/bygda/").content.decode()


def test_an_authority_without_schemes_says_so(world: World) -> None:
    town = an_authority(slug="tomt", name="Tomt")
    assert Client().get("/tomt/stotteordninger/").context["lines"] == []
    assert "p-empty" in Client().get("/tomt/stotteordninger/").content.decode()
    assert "stotteordninger/" not in Client().get(town.get_absolute_url()).content.decode()


def test_the_cases_input_rounds_are_shown_with_their_date_and_unpublished_ones_are_not(scheme: Scheme) -> None:
    case = make.make.a_case(scheme.authority, title="Organisering")
    make.a_scheme_case(scheme, case)
    due = dt.date(2026, 6, 26)
    make.make.a_round(case, title="Si hva du mener", slug="si", due_on=due, is_published=True)
    make.make.a_round(case, title="Ikke ute ennå", slug="ikke", due_on=due, is_published=False)
    html = Client().get("/bygda/stotteordninger/drift/").content.decode()
    assert "Si hva du mener" in html and "26. juni 2026" in html
    assert "Ikke ute ennå" not in html


def test_a_sum_that_rests_on_an_invented_pledge_is_marked(scheme: Scheme) -> None:
    fund = make.a_fund(scheme)
    make.a_pledge(fund)
    assert not schemes.fund_facts(scheme).is_invented  # type: ignore[union-attr]
    make.a_pledge(fund, invented=True)
    assert schemes.fund_facts(scheme).is_invented  # type: ignore[union-attr]


def test_the_authoritys_page_and_the_case_lead_to_the_scheme(
    world: World, client: Client, officer_client: Client
) -> None:
    home = client.get("/hjemby/").content.decode()
    assert "/hjemby/stotteordninger/driftsstotte/" in home
    case = world.home.case.get_absolute_url()
    html = client.get(case).content.decode()
    assert "/hjemby/stotteordninger/driftsstotte/" in html
    assert "/hjemby/tildelinger/tilsagn/" in html
    assert "/hjemby/penger/tilsagn/" in officer_client.get(case).content.decode()
