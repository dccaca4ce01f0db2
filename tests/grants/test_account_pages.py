"""The desk's pages of a year, an account and an entry: each krone traced, searched, sorted, exported and undone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from grants import ledger
from grants.models import Account, Balance, LedgerEntry
from portal.models import AccessLog
from tests import factories as ground
from tests import factories_money as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 5)


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def leader(place: Authority) -> User:
    return ground.a_user("leader", place)


@pytest.fixture
def account(place: Authority) -> Account:
    account = make.a_line(make.a_scheme(place), 1000, name="Levende sentrum").account
    assert account is not None
    return account


def year_page(place: Authority, query: str = "") -> str:
    return reverse("money", args=[place.slug]) + query


def page(account: Account, query: str = "") -> str:
    return reverse("account_page", args=[account.authority.slug, account.pk]) + query


def entry_page(entry: LedgerEntry) -> str:
    return reverse("entry_page", args=[entry.authority.slug, entry.pk])


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode().replace("\xa0", " ")


# ---- the year ----


def test_the_year_shows_figures_picture_and_warning(place: Authority, leader: User, account: Account) -> None:
    make.a_grant(account, amount=600)
    make.a_grant(account, amount=500, state="proposed")
    text = read(signed_in(leader), year_page(place, "?ar=2026"))
    assert "Det var kr 1 000 å gi. kr 600 er bundet, og kr 400 er ledig." in text
    assert "har kr 400 ledig, og tilsagn på kr 500 er til vurdering" in text
    assert '<rect class="f-brand" x="0.000%" width="60.000%"' in text
    assert "style=" not in text.partition("<main")[2]


def test_a_year_without_money_says_what_to_do(place: Authority, leader: User) -> None:
    text = read(signed_in(leader), year_page(place))
    assert "Lag en budsjettpost, og registrer vedtaket" in text


def test_the_year_as_a_file_has_a_row_for_each_account(place: Authority, leader: User, account: Account) -> None:
    answer = signed_in(leader).get(year_page(place, "?ar=2026&fil=csv"))
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "Levende sentrum;;1000;0;0;0;0;0;0;0;0;1000;0" in rows[1]


def test_who_only_attests_draws_nothing_up(place: Authority, account: Account) -> None:
    text = read(signed_in(ground.a_user("attester", place)), year_page(place, "?ar=2026"))
    assert "Nytt tilsagn" not in text


# ---- an account ----


def test_an_account_adds_up_to_what_is_free(leader: User, account: Account) -> None:
    grant = make.a_grant(account, amount=600, title="Sommergate")
    ledger.release(grant, 100, key="x", on=TODAY, by=leader, why="Mindre behov")
    text = read(signed_in(leader), page(account))
    for said in ("kr 500 er ledig å gi.", "− kr 600", "+ kr 100", "Sommergate", "3 posteringer."):
        assert said in text


def test_entries_are_found_by_what_they_are_about(leader: User, account: Account) -> None:
    make.a_grant(account, amount=10, title="Sommergate")
    make.a_grant(account, amount=20, title="Julemarked", decision_reference="Formannskapet 7/26")
    client = signed_in(leader)
    assert "1 postering." in read(client, page(account, "?q=julemarked"))
    assert "1 postering." in read(client, page(account, "?q=formannskapet"))
    assert "2 posteringer." in read(client, page(account, "?slag=commitment"))
    assert "Ingen posteringer passer." in read(client, page(account, "?q=finnes+ikke"))
    assert "Ingen posteringer passer." in read(client, page(account, "?fra=2027-01-01"))


def test_entries_are_sorted_as_asked(leader: User, account: Account) -> None:
    for amount in (10, 30, 20):
        make.a_grant(account, amount=amount, title=f"Tilsagn på {amount}")
    client = signed_in(leader)
    for order, expected in (("storst", [1000, 30, 20, 10]), ("minst", [10, 20, 30, 1000])):
        rows = client.get(page(account, f"?sorter={order}")).context["rows"]
        assert [row.entry.amount_nok for row in rows] == expected


def test_the_file_holds_exactly_what_is_asked_for(leader: User, account: Account) -> None:
    make.a_grant(account, amount=10, title="=HYPERLINK")
    answer = signed_in(leader).get(page(account, "?slag=commitment&fil=csv"))
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert ";10;-10;" in rows[1]


def test_a_fund_is_shown_year_by_year(place: Authority, leader: User) -> None:
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    for year in (2025, 2026):
        ledger.contribute(fund, 500, key=str(year), on=dt.date(year, 2, 1), by=leader)
    client = signed_in(leader)
    answer = client.get(page(fund.account))
    assert [(row.balance.year, row.free_after_nok) for row in answer.context["years"]] == [(2026, 1000), (2025, 500)]
    assert "1 postering." in read(client, page(fund.account, "?ar=2025"))


def test_who_reads_entries_of_an_exempt_case_is_noted(place: Authority, leader: User, account: Account) -> None:
    case = ground.a_case(place, access="exempt", access_basis="Offl. § 13")
    make.a_grant(account, amount=10, case=case)
    signed_in(leader).get(page(account))
    assert AccessLog.objects.get(case=case).what == AccessLog.What.LIST


def test_an_account_costs_the_same_for_any_number_of_entries() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        place = ground.an_authority()
        account = make.a_line(make.a_scheme(place), 10_000).account
        assert account is not None
        for _ in range(min(size, 30)):
            make.a_payout(make.a_grant(account, amount=60), 10, "paid")
        line = make.a_line(make.a_scheme(place), 10, adopt=False)
        addresses = [
            page(account), page(account, "?q=a&slag=payout"), page(account, "?fil=csv"), year_page(place, "?ar=2026"),
            reverse("budget_lines", args=[place.slug]), reverse("budget_line", args=[place.slug, line.pk]),
        ]  # fmt: skip
        return signed_in(ground.a_user("officer", place)), dict.fromkeys(addresses, 15)

    same_for_all_sizes(grow)


# ---- an entry ----


def test_an_entry_leads_to_its_grant_decision_case_and_person(leader: User, account: Account) -> None:
    grant = make.a_grant(account, amount=60, title="Sommergate", decision_reference="Formannskapet 7/26")
    entry = ledger.release(grant, 10, key="x", on=TODAY, by=leader, why="Mindre behov")
    text = read(signed_in(leader), entry_page(entry))
    for said in ("Sommergate", "Formannskapet 7/26", grant.case.title, leader.name, "Mindre behov", "+ kr 10"):
        assert said in text


def test_parts_of_a_sum_lead_to_each_other(leader: User, place: Authority) -> None:
    scheme = make.a_scheme(place)
    whole = make.a_line(scheme, 1000, name="Til fordeling")
    part = make.a_line(scheme, 600, parent=whole)
    text = read(signed_in(leader), entry_page(part.entries.get(kind="distribute_in")))
    assert "Til fordeling" in text
    assert entry_page(part.entries.get(kind="distribute_out")) in text


def test_an_entry_is_undone_once_with_a_reason(leader: User, account: Account) -> None:
    entry = ledger.release(make.a_grant(account, amount=60), 10, key="x", on=TODAY, by=leader, why="Mindre behov")
    client = signed_in(leader)
    asked = {"gjor": "angre", "why": ""}
    assert "Skriv hvorfor" in client.post(entry_page(entry), asked).content.decode()
    answer = client.post(entry_page(entry), {**asked, "why": "Likevel behov"}, follow=True)
    made = LedgerEntry.objects.get(reverses=entry)
    assert answer.redirect_chain == [(entry_page(made), 302)]
    assert Balance.objects.get(account=account).free_nok == 940
    answer = client.post(entry_page(entry), {**asked, "why": "En gang til"}, follow=True)
    assert "Denne posteringen er allerede opphevet." in answer.content.decode()
    assert LedgerEntry.objects.filter(reverses=entry).count() == 1


def test_what_is_refused_keeps_what_was_typed(leader: User, account: Account) -> None:
    make.a_grant(account, amount=600)
    entry = LedgerEntry.objects.get(account=account, kind="appropriation")
    answer = signed_in(leader).post(entry_page(entry), {"gjor": "angre", "why": "Feil beløp"})
    text = answer.content.decode().replace("\xa0", " ")
    assert "Bare kr 400 er ledig." in text
    assert 'value="Feil beløp"' in text


@pytest.mark.parametrize("role", ["editor", "finance_preparer", "attester", "approver"])
def test_who_registers_no_decisions_undoes_nothing(place: Authority, account: Account, role: str) -> None:
    entry = LedgerEntry.objects.get(account=account)
    client = signed_in(ground.a_user(role, place))
    assert "Opphev posteringen" not in read(client, entry_page(entry))
    assert client.post(entry_page(entry), {"gjor": "angre", "why": "Feil"}).status_code == 403
    assert Balance.objects.get(account=account).free_nok == 1000


def test_a_commitment_says_how_it_is_undone(leader: User, account: Account) -> None:
    entry = make.a_grant(account, amount=60).entries.get()
    assert "oppheves når tilsagnet annulleres" in read(signed_in(leader), entry_page(entry))


def test_the_next_municipality_sees_none_of_it(leader: User, account: Account) -> None:
    neighbour: Any = signed_in(ground.a_user("leader", ground.an_authority()))
    entry = LedgerEntry.objects.get(account=account)
    for address in (page(account), entry_page(entry), year_page(account.authority)):
        read(neighbour, address, 404)
