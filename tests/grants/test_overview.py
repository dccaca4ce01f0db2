"""A budget year: what came is what went and what is free, read from balances in as many queries however much there is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grants import ledger, overview
from grants.overview import Figures
from tests import factories as ground
from tests import factories_money as make

if TYPE_CHECKING:
    from grants.models import Account, Scheme
    from portal.models import Authority

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 5)


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def scheme(place: Authority) -> Scheme:
    return make.a_scheme(place)


def an_account(scheme: Scheme, amount: int = 1000, **facts: Any) -> Account:
    account = make.a_line(scheme, amount, **facts).account
    assert account is not None
    return account


def adds_up(figures: Figures) -> bool:
    came = figures.appropriated_nok + figures.paid_in_nok + figures.before_nok
    went = figures.committed_nok + figures.moved_nok + figures.free_nok
    parts = figures.paid_nok + figures.unpaid_nok + figures.moved_nok + figures.free_nok
    return came == went and parts == figures.whole_nok


def figures_in(place: Authority, year: int) -> Figures:
    return overview.year(place, year).figures


def test_a_line_shows_what_is_committed_paid_and_free(place: Authority, scheme: Scheme) -> None:
    grant = make.a_grant(an_account(scheme), amount=600)
    make.a_payout(grant, 200, "paid")
    ledger.release(grant, 100, key="x", on=TODAY, by=None, why="Mindre behov")
    figures = figures_in(place, 2026)
    assert (figures.appropriated_nok, figures.committed_nok, figures.paid_nok) == (1000, 500, 200)
    assert (figures.unpaid_nok, figures.free_nok) == (300, 500)
    assert adds_up(figures)


def test_what_is_divided_is_counted_once(place: Authority, scheme: Scheme) -> None:
    whole = make.a_line(scheme, 1000)
    make.a_line(scheme, 600, parent=whole)
    found = overview.year(place, 2026)
    assert [row.figures.appropriated_nok for row in found.accounts] == [400, 600]
    assert found.figures.came_nok == 1000
    assert adds_up(found.figures)


def test_what_is_paid_back_is_free_again_and_stays_paid(place: Authority, scheme: Scheme) -> None:
    grant = make.a_grant(an_account(scheme), amount=600)
    make.a_payout(grant, 600, "paid")
    make.a_repayment(grant, 50, "received")
    figures = figures_in(place, 2026)
    assert (figures.paid_in_nok, figures.paid_nok, figures.free_nok) == (50, 600, 450)
    assert adds_up(figures)


def test_a_line_belongs_to_its_year_and_to_no_other(place: Authority, scheme: Scheme) -> None:
    an_account(scheme, year=2025)
    assert figures_in(place, 2026) == Figures()
    assert figures_in(place, 2025).free_nok == 1000


def test_another_authoritys_money_is_not_counted(place: Authority) -> None:
    an_account(make.a_scheme(ground.an_authority()))
    assert overview.year(place, 2026).schemes == []


def test_a_fund_brings_what_was_free_and_owes_what_it_promised(place: Authority) -> None:
    scheme = make.a_scheme(place, kind="fund")
    fund = make.a_fund(scheme)
    for year in (2025, 2026):
        ledger.contribute(fund, 500, key=f"bidrag {year}", on=dt.date(year, 2, 1), by=None)
    old = make.a_grant(fund.account, amount=300)  # committed on a day of 2026
    make.a_payout(old, 120, "paid")
    ledger.contribute(fund, 40, key="bidrag 2027", on=dt.date(2027, 1, 5), by=None)
    now, then = figures_in(place, 2026), figures_in(place, 2027)
    assert (now.before_nok, now.paid_in_nok, now.committed_nok, now.free_nok) == (500, 500, 300, 700)
    assert (then.before_nok, then.owed_before_nok, then.unpaid_nok, then.free_nok) == (700, 180, 180, 740)
    assert adds_up(now)
    assert adds_up(then)


def test_a_funds_year_shows_its_frame_and_what_is_left_of_it(place: Authority) -> None:
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    ledger.contribute(fund, 1000, key="x", on=TODAY, by=None)
    make.a_frame(fund, 400)
    make.a_grant(fund.account, amount=150)
    row = overview.year(place, 2026).accounts[0]
    assert (row.frame_nok, row.frame_left_nok) == (400, 250)


def test_pledges_and_what_is_assessed_stand_beside_the_money(place: Authority) -> None:
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    pledge = make.a_pledge(fund, 500)
    ledger.contribute(fund, 200, key="x", on=TODAY, by=None, pledge=pledge)
    make.a_grant(fund.account, amount=900, state="proposed")
    figures = figures_in(place, 2026)
    assert (figures.pledged_nok, figures.assessed_nok, figures.free_nok, figures.short_nok) == (300, 900, 200, 700)
    assert adds_up(figures)


def test_proposed_lines_are_no_money(place: Authority, scheme: Scheme) -> None:
    make.a_line(scheme, 700, adopt=False)
    found = overview.year(place, 2026)
    assert (found.figures, found.proposed_nok, found.years) == (Figures(), 700, [2026])


def test_a_closed_year_says_so(place: Authority) -> None:
    make.a_closed_year(place, 2025)
    assert overview.year(place, 2025).is_closed
    assert not overview.year(place, 2026).is_closed


def test_the_picture_draws_each_krone_once(place: Authority, scheme: Scheme) -> None:
    make.a_payout(make.a_grant(an_account(scheme, 1000), amount=600), 200, "paid")
    an_account(scheme, 250)
    large, small = overview.bars(overview.year(place, 2026))
    assert [(part.kind, part.x, part.width) for part in large.parts] == [
        ("paid", "0.000%", "20.000%"), ("unpaid", "20.000%", "40.000%"), ("free", "60.000%", "40.000%"),
    ]  # fmt: skip
    assert [(part.kind, part.width) for part in small.parts] == [("free", "25.000%")]


def test_many_accounts_are_drawn_as_their_schemes(place: Authority, scheme: Scheme) -> None:
    for _ in range(overview.MOST_BARS + 1):
        an_account(scheme, 10)
    assert [bar.name for bar in overview.bars(overview.year(place, 2026))] == [scheme.name]


def test_a_year_costs_the_same_however_much_there_is(place: Authority) -> None:
    costs = []
    for size in (1, 5):
        for _ in range(size):
            account = an_account(make.a_scheme(place))
            make.a_payout(make.a_grant(account, amount=60), 10, "paid")
            make.a_pledge(make.a_fund(make.a_scheme(place, kind="fund")))
        with CaptureQueriesContext(connection) as caught:
            overview.year(place, 2026)
        costs.append(len(caught))
    assert costs == [7, 7]
