"""Who got what, for what and when: the year's page, its picture, its file and its feed."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from lxml import etree

from grants import granted_year, public
from grants.models import Account, ExemptField, Grant
from tests import factories_money as make
from tests.house.test_queries import same_for_all_sizes
from tests.world_money import SCHEME

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Authority:
    """An authority with money of its own and nothing else."""
    return make.make.an_authority(name="Bygda", slug="bygda")


def an_account(town: Authority, amount: int = 1_000, **facts: Any) -> Account:
    scheme = make.a_scheme(town, slug=facts.pop("slug", "ordning"))
    line = make.a_line(scheme, amount, area=facts.pop("area", "Sted"), **facts)
    assert line.account is not None
    return line.account


def the_page(year: int = 2026, query: str = "") -> Any:
    return Client().get(f"/bygda/tildelinger/{year}/{query}").context


def test_what_has_lapsed_or_was_paid_back_is_taken_out_and_the_sums_add_up(town: Authority) -> None:
    account = an_account(town)
    grant = make.a_grant(account, amount=600)
    make.a_payout(grant, 200, "paid")
    make.a_repayment(grant, 50, "received")
    make.ledger.release(grant, 100, key="slipp", on=make.DAY, by=None, why="Mindre enn ventet")
    (row,) = the_page()["rows"]
    assert (row.amount_nok, row.net_nok, row.paid_nok) == (600, 450, 150)
    assert the_page()["totals"] == (1, 1, 450, 150)


def test_only_what_is_granted_is_shown(town: Authority) -> None:
    account = an_account(town)
    for state in ("proposed", "granted", "finished", "declined"):
        make.a_grant(account, amount=10, state=state, title=state)
    assert {row.title for row in the_page()["rows"]} == {"granted", "finished"}


def test_money_that_is_recommended_stands_apart_from_what_is_adopted(town: Authority) -> None:
    scheme = make.a_scheme(town)
    for area, amount in (("Stedsutvikling", 1_420_000), ("Næringsutvikling", 915_000)):
        make.a_line(scheme, amount, year=2020, area=area)
    for year in (2021, 2022, 2023):
        for area, amount in (("Stedsutvikling", 1_620_000), ("Næringsutvikling", 915_000)):
            make.a_line(scheme, amount, year=year, area=area, adopt=False)
    facts = the_page(2020)
    assert facts["set_aside_nok"] == 2_335_000
    assert facts["recommended_years"] == "2021–2023"
    assert [(area.name, area.adopted_nok, area.recommended[0][1], area.change_nok) for area in facts["recommended"]] == [
        ("Næringsutvikling", 915_000, 915_000, 0), ("Stedsutvikling", 1_420_000, 1_620_000, 200_000),
    ]  # fmt: skip
    assert facts["recommended_total"].change_nok == 200_000
    assert the_page(2022)["set_aside_nok"] == 0


def test_before_anything_is_granted_the_picture_shows_the_budget(town: Authority) -> None:
    scheme = make.a_scheme(town)
    for name, amount in (("Byen", 300), ("Bygda", 100)):
        make.a_line(scheme, amount, name=name, area="Sted")
    facts = the_page()
    assert not facts["has_grants"]
    assert [(bar.name, bar.amount_nok, bar.width) for bar in facts["bars"]] == [
        ("Byen", 300, "100.0%"), ("Bygda", 100, "33.3%"),
    ]  # fmt: skip


def test_a_sum_that_is_divided_counts_once(town: Authority) -> None:
    scheme = make.a_scheme(town)
    frame = make.a_line(scheme, 1_000, name="Til fordeling")
    make.a_line(scheme, 300, name="Byen", parent=frame)
    facts = the_page()
    assert {line.name: line.amount_nok for line in facts["adopted"]} == {"Til fordeling": 700, "Byen": 300}
    assert facts["set_aside_nok"] == 1_000


def test_what_goes_into_a_fund_is_not_set_aside_for_someone(town: Authority) -> None:
    scheme = make.a_scheme(town, kind="fund")
    make.a_line(scheme, 2_500_000, fund=make.a_fund(scheme))
    facts = the_page()
    assert facts["set_aside_nok"] == 0
    assert [line.amount_nok for line in facts["into_funds"]] == [2_500_000]
    assert "2 500 000" in facts["sentence"].replace("\xa0", " ")


def test_the_largest_are_drawn_and_the_others_are_one_bar(town: Authority) -> None:
    account = an_account(town)
    for amount in range(1, granted_year.MOST_BARS + 4):
        make.a_grant(account, amount=amount)
    bars = the_page()["bars"]
    assert len(bars) == granted_year.MOST_BARS + 1
    assert bars[-1].amount_nok == 1 + 2 + 3
    assert sum(bar.amount_nok for bar in bars) == the_page()["totals"].net_nok


def test_one_searches_narrows_and_sorts(town: Authority) -> None:
    first, second = an_account(town, slug="en"), an_account(town, slug="to")
    aker, orsta = (make.make.an_organisation(town, name=name) for name in ("Ås Lag", "Aker Lag"))
    make.a_grant(first, aker, 10, title="Sommerfest")
    make.a_grant(first, orsta, 20, title="Julemarked")
    make.a_grant(second, aker, 30, title="Lys i gata")
    assert [row.amount_nok for row in the_page()["rows"]] == [30, 20, 10]
    assert [row.title for row in the_page(query="?q=ås+FEST")["rows"]] == ["Sommerfest"]
    assert [row.amount_nok for row in the_page(query="?ordning=en&sorter=mottaker")["rows"]] == [20, 10]
    assert the_page(query="?q=finnes+ikke")["rows"] == []
    assert len(the_page(query="?sorter=tull&side=99")["rows"]) == 3


def test_a_reader_meets_the_last_year_with_a_grant(town: Authority, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)
    assert public.year_to_show(town.pk, dt.date(2026, 11, 21)) == 2026
    scheme = make.a_scheme(town)
    make.a_line(scheme, 100, year=2027)
    old = make.a_line(scheme, 100, year=2024)
    assert Client().get("/bygda/tildelinger/").context["year"] == 2024
    assert old.account is not None
    make.a_grant(an_account(town, slug="ny", year=2025), amount=1)
    assert Client().get("/bygda/tildelinger/").context["year"] == 2025
    assert the_page(2024)["years"] == [2027, 2025, 2024]


def test_the_file_says_what_the_page_says_and_runs_nothing(town: Authority) -> None:
    account = an_account(town)
    make.a_grant(account, make.make.an_organisation(town, name="=1+1"), 600, title="Drift")
    make.a_grant(account, amount=5, title="Annet")
    answer = Client().get("/bygda/tildelinger/2026/tall.csv?q=drift")
    assert "no-cache" in answer["Cache-Control"]
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert dict(zip(head, row, strict=True))[head[1]] == "'=1+1"
    assert "600" in row
    assert Client().get("/bygda/tildelinger/2026/tall.xlsx").content.startswith(b"PK")


def test_the_feed_is_atom_with_the_newest_first(town: Authority) -> None:
    account = an_account(town)
    for title in ("Først", "Sist & <best>"):
        make.a_grant(account, make.make.an_organisation(town, name="Laget"), 10, title=title)
    answer = Client().get("/bygda/tildelinger/nytt.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    tree = etree.fromstring(answer.content)
    ns = {"a": "http://www.w3.org/2005/Atom"}
    said = tree.xpath("//a:entry/a:summary/text()", namespaces=ns)
    assert [text.split(". ")[0] for text in said] == ["Sist & <best>", "Først"]
    assert all(link.startswith("http") for link in tree.xpath("//a:entry/a:link/@href", namespaces=ns))


def test_an_authority_that_does_not_use_the_portal_shows_its_staff_only(town: Authority) -> None:
    town.is_listed = False
    town.save()
    officer = make.make.a_user("officer", town)
    from tests.conftest import signed_in

    for page in ("tildelinger/", "tildelinger/2026/tall.csv", "tildelinger/nytt.atom", "stotteordninger/"):
        assert Client().get(f"/bygda/{page}").status_code == 404
        assert signed_in(officer).get(f"/bygda/{page}").status_code == 200


def test_a_grants_page_tells_the_decision_the_money_and_what_is_asked(world: World, client: Client) -> None:
    grant = Grant.objects.get(authority=world.home.authority, scheme__slug=SCHEME)
    html = client.get(f"/hjemby/tildelinger/tilsagn/{grant.pk}/").content.decode().replace("\xa0", " ")
    for text in ("Drift i Hjemby", "Hjemby Bakeri AS", "kr 600 000", "kr 100 000", "Formannskapet 12/26",
                 "kr 400 000", world.home.case.get_absolute_url()):  # fmt: skip
        assert text in html, text
    assert "86011117947" not in html


def test_what_is_invented_says_so(town: Authority) -> None:
    make.a_grant(an_account(town), amount=1, invented=True)
    assert "oppdiktet" in Client().get("/bygda/tildelinger/2026/").content.decode()


def test_the_public_pages_cost_the_same_for_1_3_and_100_grants() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        town = make.make.an_authority()
        scheme = make.a_scheme(town)
        line = make.a_line(scheme, 100_000, area="Sted")
        assert line.account is not None
        for place in range(size):
            grant = make.a_grant(line.account, amount=10 + place)
            ExemptField.objects.create(authority=town, grant=grant, field="title", basis="x")
            make.a_grant(line.account, amount=1, access="exempt", access_basis="x")
            make.a_condition(grant, "attested")
            make.a_condition(scheme, "attested")
            make.a_line(scheme, 10, year=2026 + place % 3, adopt=bool(place % 2))
            make.a_scheme_case(scheme, (case := make.make.a_case(town)))
            make.make.a_step(case)
            make.some_statutes(scheme, version=place + 1)
            make.a_scheme(town)
        home = town.get_absolute_url()
        pages = ["", "tildelinger/2026/", "tildelinger/2026/tall.csv", "tildelinger/nytt.atom", "stotteordninger/",
                 f"stotteordninger/{scheme.slug}/", f"tildelinger/tilsagn/{grant.pk}/"]  # fmt: skip
        return Client(), dict.fromkeys(home + page for page in pages)

    same_for_all_sizes(grow)
