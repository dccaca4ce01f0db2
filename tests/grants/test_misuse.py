"""Misuse that careless or hostile hands try: each ends in a sentence, and no krone moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from grants import aid, banking, budgeting, conditions, granting, paying, payout_lists, permissions, signing
from grants.models import Condition, Grant, GrantBalance, LedgerEntry, Payout
from tests import factories as make
from tests import factories_money as money

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
DAY = money.DAY


@pytest.fixture
def authority() -> Authority:
    return make.an_authority()


@pytest.fixture
def grant(authority: Authority) -> Grant:
    line = money.a_line(money.a_scheme(authority), 100_000)
    made = money.a_grant(line.account, make.an_organisation(authority, name="Byforeningen"), 60_000)
    money.a_bank_account(made.organisation)
    return made


@pytest.fixture
def officer(authority: Authority) -> User:
    return make.a_user("officer", authority)


# ---- a return list ----


def test_a_line_the_ledger_refuses_is_told_and_the_rest_is_read(authority: Authority, grant: Grant) -> None:
    """What came back was registered as paid back: it cannot come back twice."""
    twice, fine = money.a_payout(grant, 10_000, "paid"), money.a_payout(grant, 5_000, "sent")
    money.a_repayment(grant, 10_000, state="received")
    today = timezone.localdate().strftime("%d.%m.%Y")
    rows = paying.read_returns(
        f"Referanse;Dato;Status\n{twice.reference};{today};Retur\n{fine.reference};{today};Betalt\n"
    )
    counts = paying.apply_returns(rows, by=make.a_user("finance_preparer", authority), now=timezone.now())
    assert (counts.paid, counts.returned) == (1, 0)
    (misfit,) = counts.misfits
    assert misfit.line == 2
    assert misfit.problem
    assert Payout.objects.get(pk=twice.pk).state == Payout.State.PAID
    assert GrantBalance.objects.get(grant=grant).paid_nok == 15_000


@pytest.mark.parametrize("number", ["8601.11.17947", "86011117947", "8601 11 17947", "NO93 8601 1117 947"])
def test_what_the_bank_writes_of_an_account_is_kept_without_its_number(
    authority: Authority, grant: Grant, number: str
) -> None:
    """The reason is read by the recipient, stands in the ledger, and goes out in files."""
    payout = money.a_payout(grant, 10_000, "sent")
    rows = paying.read_returns(f"Referanse;Status;Melding\n{payout.reference};Retur;Konto {number} er avsluttet, 123\n")
    paying.apply_returns(rows, by=make.a_user("finance_preparer", authority), now=timezone.now())
    said = Payout.objects.get(pk=payout.pk).reason
    assert said == "Konto •••• 17947 er avsluttet, 123"
    assert "86011" not in LedgerEntry.objects.get(payout=payout, amount_nok__lt=0).note


def test_how_an_account_was_checked_is_kept_without_its_number(authority: Authority, officer: User) -> None:
    account = money.a_bank_account(make.an_organisation(authority), "proposed")
    settled = banking.confirm(account, how="Kontoutskrift viser 8601 11 17947.", by=officer, now=timezone.now())
    assert settled.how == "Kontoutskrift viser •••• 17947."


# ---- odd addresses ----


@pytest.mark.parametrize("page", ["payouts", "bank_accounts", "grants", "budget_lines", "granted"])
def test_what_nobody_means_is_looked_for_and_not_found(authority: Authority, client: Client, page: str) -> None:
    client.force_login(make.a_user("leader", authority))
    for odd in (
        "ar=99999999999999999999&vis=%F0%9F%92%B0&ordne=1",
        "side=-1&ordning=0&konto=1e9",
        "q=NP-999999999999999999",
    ):
        assert client.get(f"{reverse(page, args=[authority.slug])}?{odd}").status_code == 200, odd


# ---- her own organisation ----


@pytest.fixture
def tied(authority: Authority, grant: Grant, officer: User) -> User:
    """An officer who acts for the recipient herself."""
    make.a_mandate(grant.organisation, officer)
    return officer


def stopped(act: Any) -> str:
    with pytest.raises(ValidationError) as told:
        act()
    return told.value.error_list[0].code


def test_one_who_acts_for_the_recipient_does_not_prepare_its_decision(grant: Grant, tied: User) -> None:
    """Forvaltningsloven § 6: who is partial does not lay the ground for a decision either (checked 2026-11-22)."""
    account, owner = grant.account, grant.organisation
    proposed = money.a_grant(account, owner, 500, state="proposed")
    asks = money.a_condition(proposed)
    facts: dict[str, Any] = {"organisation": owner, "case": grant.case, "amount_nok": 700, "title": "Torgdag"}
    law: dict[str, Any] = {"basis": "no_aid", "activity": "Torgdag", "reason": "Lokal."}
    for act in (
        lambda: granting.propose(account=account, by=tied, on=DAY, **facts),
        lambda: granting.change(proposed, by=tied, amount_nok=900),
        lambda: conditions.add(proposed, Condition(kind="attested", title="Ett til"), by=tied),
        lambda: conditions.remove(asks, by=tied),
        lambda: conditions.fetch_again(proposed, by=tied),
        lambda: aid.assess(proposed, by=tied, on=DAY, **law),
    ):
        assert stopped(act) == "tied"
    assert Grant.objects.get(pk=proposed.pk).amount_nok == 500
    assert Grant.objects.filter(organisation=owner).count() == 2


def test_a_proposal_is_not_turned_to_ones_own_organisation(grant: Grant, officer: User) -> None:
    own = make.an_organisation(grant.authority)
    make.a_mandate(own, officer)
    proposed = money.a_grant(grant.account, None, 500, state="proposed")
    assert stopped(lambda: granting.change(proposed, by=officer, organisation=own)) == "tied"


def test_one_who_acts_for_the_recipient_gives_it_nothing_back(grant: Grant, officer: User) -> None:
    """Undoing what lapsed, or what it paid back, is money to the recipient as much as the grant was."""
    money.a_payout(grant, 10_000, "paid")
    granting.lapse(grant, 20_000, why="Mindre behov", by=officer, on=DAY)
    money.a_repayment(grant, 5_000, state="received")
    make.a_mandate(grant.organisation, officer)
    for kind in ("release", "repayment"):
        entry = LedgerEntry.objects.get(grant=grant, kind=kind)
        assert stopped(lambda e=entry: budgeting.undo(e, why="Angret", by=officer, on=DAY)) == "tied"
    assert GrantBalance.objects.get(grant=grant).released_nok == 20_000


def test_who_acts_for_it_in_the_next_municipality_is_tied_to_it_here_too(grant: Grant, authority: Authority) -> None:
    """Each authority knows an organisation by a row of its own; the number says that it is the same one."""
    approver = make.a_user("approver", authority)
    type(grant.organisation).objects.filter(pk=grant.organisation_id).update(number=make.ORGANISATION_NUMBERS[0])
    there = make.an_organisation(make.an_authority(), number=make.ORGANISATION_NUMBERS[0])
    payout = money.a_payout(grant, 1_000, "attested")
    assert signing.is_her_turn(approver, payout)
    make.a_mandate(there, approver)
    assert permissions.is_tied_to(approver, grant.organisation_id)
    assert stopped(lambda: signing.approve(payout, by=approver, now=timezone.now())) == "tied"
    assert not payout_lists.chosen(approver, authority, [payout.pk], "anvis", timezone.localdate())


def test_two_without_a_number_are_not_the_same(grant: Grant, authority: Authority) -> None:
    approver = make.a_user("approver", authority)
    make.a_mandate(make.an_organisation(make.an_authority()), approver)
    assert not permissions.is_tied_to(approver, grant.organisation_id)
