"""The desk's pages of grants: what they show, what they ask, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.models import AidAssessment, Balance, Condition, Grant, LedgerEntry, Repayment
from portal.models import AccessLog, Case
from tests import factories as people
from tests import factories_money as make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


@pytest.fixture
def authority() -> Any:
    return people.an_authority()


@pytest.fixture
def officer(authority: Any) -> Any:
    return signed_in(people.a_user("officer", authority))


@pytest.fixture
def account(authority: Any) -> Any:
    return make.a_line(make.a_scheme(authority), 1_000).account


def at(name: str, grant: Grant, *more: Any) -> str:
    return reverse(name, args=[grant.authority.slug, grant.pk, *more])


def new_form(account: Any, organisation: Any, **facts: Any) -> dict[str, Any]:
    return {
        "account": account.pk, "organisation": organisation.pk, "title": "Torgdag Oppdiktet", "amount_nok": "kr 600,-",
        "access": "open", **facts,
    }  # fmt: skip


def cost_of(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# ---- from nothing to granted ----


def test_an_officer_draws_up_a_grant_assesses_it_and_grants_it(account: Any, officer: Any, authority: Any) -> None:
    organisation = people.an_organisation(authority)
    address = reverse("new_grant", args=[authority.slug])
    assert officer.get(f"{address}?konto={account.pk}").context["form"].initial == {"account": account.pk}
    answer = officer.post(address, new_form(account, organisation))
    grant = Grant.objects.get(organisation=organisation)
    assert answer.url == at("grant_desk", grant) and grant.amount_nok == 600
    assert Case.objects.get(pk=grant.case_id).title == "Torgdag Oppdiktet"
    aid = {"gjor": "stotte", "basis": "no_aid", "activity": "Torgdag", "reason": "Lokalt", "seen": "-1"}
    officer.post(at("grant_desk", grant), aid)
    assert AidAssessment.objects.get(grant=grant).reason == "Lokalt"
    page = officer.get(at("decide_grant", grant))
    seen = page.context["forms"]["innvilg"].fields["seen"].initial
    typed = {"gjor": "innvilg", "innvilg-reference": "FSK 12/26", "innvilg-on": "2026-03-02", "innvilg-seen": seen}
    assert officer.post(at("decide_grant", grant), typed).url == at("grant_desk", grant)
    assert Balance.objects.get(account=account).free_nok == 400
    again = officer.post(at("decide_grant", grant), typed, follow=True)
    assert LedgerEntry.objects.filter(grant=grant).count() == 1
    assert "FSK 12/26" in again.content.decode()


@pytest.mark.parametrize("typed", ["12,5", "0", "-5", "mye", ""])
def test_an_amount_that_cannot_be_is_told_why_and_the_rest_is_kept(
    account: Any, officer: Any, authority: Any, typed: str
) -> None:
    form = new_form(account, people.an_organisation(authority), amount_nok=typed)
    answer = officer.post(reverse("new_grant", args=[authority.slug]), form)
    assert answer.context["form"].errors.keys() == {"amount_nok"}
    assert "Torgdag Oppdiktet" in answer.content.decode() and not Grant.objects.filter(title=form["title"]).exists()


def test_too_little_money_is_warned_of_and_refused_with_what_was_typed_kept(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=1_500, state="proposed")
    make.an_aid_assessment(grant)
    assert "500" in officer.get(at("grant_desk", grant)).content.decode()
    typed = {"gjor": "innvilg", "innvilg-reference": "FSK 99/26", "innvilg-on": "2026-03-02"}
    page = officer.post(at("decide_grant", grant), typed)
    text = page.content.decode()
    assert page.status_code == 200 and "FSK 99/26" in text and "kr\xa01\xa0000" in text
    assert Grant.objects.get(pk=grant.pk).state == "proposed"


def test_another_authoritys_account_organisation_and_case_cannot_be_chosen(
    account: Any, officer: Any, authority: Any
) -> None:
    elsewhere = people.an_authority()
    theirs = make.a_line(make.a_scheme(elsewhere), 1_000).account
    form = new_form(theirs, people.an_organisation(elsewhere), case=people.a_case(elsewhere).pk)
    answer = officer.post(reverse("new_grant", args=[authority.slug]), form)
    assert answer.context["form"].errors.keys() == {"account", "organisation", "case"}


def test_a_decision_is_not_dated_ahead(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, state="proposed")
    make.an_aid_assessment(grant)
    typed = {"gjor": "innvilg", "innvilg-reference": "FSK 12/26", "innvilg-on": "2099-03-02"}
    assert officer.post(at("decide_grant", grant), typed).context["forms"]["innvilg"].errors.keys() == {"on"}


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, state="proposed")
    Grant.objects.filter(pk=grant.pk).update(title="Ny tittel fra en kollega")
    form = new_form(account, grant.organisation, case=grant.case_id, gjor="endre", seen=grant.row_version)
    answer = officer.post(at("grant_desk", grant), form)
    assert answer.context["form"].non_field_errors()
    assert Grant.objects.get(pk=grant.pk).title == "Ny tittel fra en kollega"
    form["seen"] = answer.context["form"].data["seen"]
    officer.post(at("grant_desk", grant), form)
    assert Grant.objects.get(pk=grant.pk).title == "Torgdag Oppdiktet"


# ---- conditions ----


def test_conditions_are_added_changed_and_taken_away_while_it_is_assessed(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, state="proposed")
    asked = make.a_condition(grant.scheme, title="Ordningen ber om dette")
    officer.post(at("grant_desk", grant), {"gjor": "hent"})
    copy = grant.conditions.get()
    assert copy.copied_from == asked
    form = {"gjor": "vilkar", "kind": "matching", "title": "Like mye", "classes": ["business"], "share_percent": "100"}
    officer.post(at("grant_desk", grant), form)
    own = grant.conditions.get(title="Like mye")
    missing = officer.post(at("grant_desk", grant), {**form, "title": "Nytt", "classes": [], "share_percent": ""})
    assert missing.context["form"].errors.keys() == {"classes", "share_percent"}
    officer.post(at("grant_desk", grant), {"gjor": "fjern", "vilkar": copy.pk, "seen": copy.row_version})
    assert list(grant.conditions.all()) == [own]


def test_a_condition_of_a_decided_grant_is_settled_and_not_changed(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    row = make.a_condition(grant, "attested")
    officer.post(at("grant_desk", grant), {"gjor": "fjern", "vilkar": row.pk, "seen": row.row_version})
    assert grant.conditions.exists()
    address = at("settle_condition", grant, row.pk)
    empty = officer.post(address, {"state": "waived", "on": "2026-03-02"})
    assert empty.context["form"].errors.keys() == {"note"}
    officer.post(address, {"state": "met", "note": "Sett på stedet", "on": "2026-03-02", "seen": row.row_version})
    row.refresh_from_db()
    assert (row.state, row.settled_note, row.settled_on) == ("met", "Sett på stedet", DAY)


def test_matching_is_only_ever_waived(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    row = make.a_condition(grant, "matching")
    page = officer.get(at("settle_condition", grant, row.pk))
    assert [state for state, _word in page.context["form"].fields["state"].choices] == ["waived"]
    officer.post(at("settle_condition", grant, row.pk), {"state": "met", "note": "Ja", "on": "2026-03-02"})
    assert Condition.objects.get(pk=row.pk).state == "open"


def test_a_document_of_another_case_does_not_settle_anything(account: Any, officer: Any, authority: Any) -> None:
    grant = make.a_grant(account)
    row = make.a_condition(grant, "attested")
    other = people.a_document(people.a_case(authority))
    typed = {"state": "met", "note": "Se vedlegg", "document": other.pk, "on": "2026-03-02"}
    assert officer.post(at("settle_condition", grant, row.pk), typed).context["form"].errors.keys() == {"document"}


# ---- the page of one grant ----


def test_the_desk_names_what_is_missing_before_all_is_paid(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=600)
    make.a_condition(grant, "matching", title="Næringslivet bidrar like mye")
    make.a_source(grant, 250)
    make.a_source(grant, 100, "sent")
    page = officer.get(at("grant_desk", grant))
    assert page.context["payable_nok"] == 250
    assert any("250" in text and "100" in text for text in page.context["missing"])


def test_an_exempt_case_notes_who_saw_it(account: Any, officer: Any, authority: Any) -> None:
    case = people.a_case(authority, access="exempt", access_basis="Offl. § 13", title="Hemmelig sak")
    grant = make.a_grant(account, case=case)
    officer.get(at("grant_desk", grant))
    assert AccessLog.objects.filter(case=case).exists()


def test_the_desk_costs_the_same_however_much_a_grant_has(account: Any, officer: Any) -> None:
    costs = []
    for size in (1, 8):
        grant = make.a_grant(account, amount=100)
        for _ in range(size):
            make.a_condition(grant, "attested")
            make.a_condition(grant, "matching")
            make.a_source(grant, 10)
            make.a_grant_report(grant)
            make.a_payout(grant, 1, "paid")
            make.a_payout(grant, 1)
            make.a_repayment(grant, 1, "received")
        costs.append(cost_of(officer, at("grant_desk", grant)))
    assert costs[0] == costs[1]


def test_the_list_costs_the_same_for_one_and_for_many(account: Any, officer: Any, authority: Any) -> None:
    costs, address = [], reverse("grants", args=[authority.slug])
    for size in (1, 20):
        for _ in range(size):
            make.a_payout(make.a_grant(account, amount=10), 5, "paid")
        costs.append(cost_of(officer, address))
    assert costs[0] == costs[1] and costs[0] <= 14


# ---- the list ----


def test_the_list_is_narrowed_by_its_address_and_the_file_holds_exactly_that(
    account: Any, officer: Any, authority: Any
) -> None:
    make.a_grant(account, people.an_organisation(authority, name="Torglaget Oppdiktet"), 60)
    make.a_grant(account, amount=50, state="proposed")
    make.a_grant(make.a_line(make.a_scheme(authority), 900, year=2027).account, amount=40)
    address = reverse("grants", args=[authority.slug])
    assert len(officer.get(address).context["rows"]) == 3
    for query, amounts in (
        ("q=torgl", [60]),
        ("vis=vurderes", [50]),
        ("ar=2027", [40]),
        ("vis=ubetalt&sorter=belop", [60, 40]),
    ):
        page = officer.get(f"{address}?{query}")
        assert [row.amount_nok for row in page.context["rows"]] == amounts, query
        lines = officer.get(f"{address}?{query}&fil=csv").content.decode("utf-8-sig").splitlines()
        assert len(lines) == len(amounts) + 1
    assert officer.get(f"{address}?ar=tull&ordning=x&vis=noe&sorter=noe").status_code == 200


# ---- it ends ----


def test_a_part_lapses_through_the_page_and_a_second_press_does_nothing(account: Any, officer: Any) -> None:
    grant = Grant.objects.get(pk=make.a_grant(account, amount=600).pk)
    typed = {"gjor": "bortfall", "amount": "200", "why": "Billigere", "once": "0b1e", "seen": grant.row_version}
    for _ in range(2):
        assert officer.post(at("decide_grant", grant), typed).status_code == 302
    assert Balance.objects.get(account=account).free_nok == 600
    too_much = officer.post(at("decide_grant", grant), {**typed, "amount": "500", "once": "0b1f", "seen": ""})
    assert too_much.context["form"].errors.keys() == {"amount"}


def test_a_grant_is_annulled_with_a_reason(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=600)
    assert officer.post(at("decide_grant", grant), {"gjor": "annuller", "why": " "}).context["form"].errors
    officer.post(at("decide_grant", grant), {"gjor": "annuller", "why": "Feil mottaker"})
    assert Grant.objects.get(pk=grant.pk).state == "annulled" and Balance.objects.get(account=account).free_nok == 1_000


def test_finishing_says_what_is_missing(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=600)
    page = officer.get(at("decide_grant", grant) + "?gjor=ferdig")
    assert "600" in page.content.decode() and 'value="ferdig"' not in page.content.decode()


# ---- money back ----


def test_money_is_claimed_received_and_undone(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=600)
    make.a_payout(grant, 500, "paid")
    address = at("money_back", grant)
    claim = {"gjor": "krev", "amount": "100", "reason": "Mindre brukt"}
    for _ in range(2):
        officer.post(address, claim)
    row = Repayment.objects.get(grant=grant)
    assert officer.post(address, {**claim, "amount": "401", "reason": "Mer"}).context["claim"].errors
    officer.post(address, {"gjor": "mottatt", "krav": row.pk, "on": "2026-03-02", "seen": row.row_version})
    assert Balance.objects.get(account=account).free_nok == 500
    row.refresh_from_db()
    officer.post(address, {"gjor": "angre", "krav": row.pk, "why": "Gjaldt en annen", "seen": row.row_version})
    assert Balance.objects.get(account=account).free_nok == 400
    again = Repayment.objects.get(grant=grant, state="claimed")
    officer.post(address, {"gjor": "mottatt", "krav": again.pk, "on": "2026-03-03", "seen": again.row_version})
    assert Balance.objects.get(account=account).free_nok == 500


def test_a_claim_is_waived_with_a_reason(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=600)
    make.a_payout(grant, 500, "paid")
    row = make.a_repayment(grant, 100)
    assert officer.post(at("money_back", grant), {"gjor": "ettergi", "krav": row.pk, "why": ""}).context["form"].errors
    officer.post(
        at("money_back", grant), {"gjor": "ettergi", "krav": row.pk, "why": "For lite", "seen": row.row_version}
    )
    assert Repayment.objects.get(pk=row.pk).state == "waived"


def test_who_prepares_payments_receives_but_does_not_claim(account: Any, authority: Any) -> None:
    grant = make.a_grant(account, amount=600)
    make.a_payout(grant, 500, "paid")
    row = make.a_repayment(grant, 100)
    preparer = signed_in(people.a_user("finance_preparer", authority))
    assert preparer.post(at("money_back", grant), {"gjor": "krev", "amount": "1", "reason": "x"}).status_code == 403
    assert preparer.post(at("money_back", grant), {"gjor": "ettergi", "krav": row.pk, "why": "x"}).status_code == 403
    preparer.post(at("money_back", grant), {"gjor": "mottatt", "krav": row.pk, "on": "2026-03-02"})
    assert Repayment.objects.get(pk=row.pk).state == "received"


# ---- who ----


def test_another_authoritys_grant_condition_and_claim_do_not_exist(account: Any, officer: Any) -> None:
    elsewhere = make.a_grant(make.a_line(make.a_scheme(people.an_authority()), 1_000).account)
    theirs = make.a_condition(elsewhere)
    own = make.a_grant(account)
    for address in (
        at("grant_desk", elsewhere), at("decide_grant", elsewhere), at("money_back", elsewhere),
        reverse("grant_desk", args=[own.authority.slug, elsewhere.pk]), at("settle_condition", own, theirs.pk),
        at("money_back", own) + f"?gjor=mottatt&krav={make.a_repayment(elsewhere).pk}",
    ):  # fmt: skip
        assert officer.get(address).status_code == 404, address
