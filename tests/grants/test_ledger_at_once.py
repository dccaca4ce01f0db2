"""Many at the same moment, with real commits: no krone is promised twice, and none is lost."""

from __future__ import annotations

from typing import Any

import pytest

from grants import ledger, reconcile
from grants.models import Account, Balance, Grant, GrantBalance, LedgerEntry, YearEnd
from grants.refusals import Refused, deed
from tests import factories as portal_make
from tests import factories_money as make
from tests.at_once import at_once
from tests.world import World

pytestmark = pytest.mark.slow
DAY = make.DAY
AMOUNTS = [60, 1, 7, 13, 100, 2, 60, 41, 5, 25] * 5
"""What fifty ask for of an account of a hundred."""


@pytest.fixture
def world(own_database: str) -> World:
    return World()


def account_of(world: World, amount: int = 100) -> Account:
    account = make.a_line(make.a_scheme(world.home.authority), amount).account
    assert account is not None
    return account


def tried(act: Any, *given: Any) -> str:
    """Do a deed; return the guard that refused it, or nothing."""
    try:
        act(*given)
    except Refused as told:
        return str(told.code)
    return ""


@deed
def give(grant: Grant) -> None:
    """Grant what was proposed, as a decision does: the row first, its commitment last."""
    Grant.objects.filter(pk=grant.pk).update(state="granted", decided_on=DAY, decision_reference="V 1")
    grant.refresh_from_db()
    ledger.commit(grant, on=DAY, by=None)


def proposed(account: Account, organisation: Any, amount: int) -> Grant:
    grant = make.a_grant(account, organisation, amount, state="proposed", case=account.scheme.case_links.get().case)
    make.an_aid_assessment(grant)
    return grant


def test_fifty_at_once_never_promise_more_than_there_is(world: World) -> None:
    """Ten runs: what was accepted is what is committed, each once, and what was refused did not fit when it came."""
    organisation = portal_make.an_organisation(world.home.authority)
    for _run in range(10):
        account = account_of(world)
        make.a_scheme_case(account.scheme, world.home.case)
        grants = [proposed(account, organisation, amount) for amount in AMOUNTS]
        answers = at_once(lambda grant: tried(give, grant), grants)
        accepted = [grant for grant, answer in zip(grants, answers, strict=True) if not answer]
        assert {answer for answer in answers if answer} <= {"account_never_overcommitted"}
        balance = Balance.objects.get(account=account)
        committed = sum(grant.amount_nok for grant in accepted)
        assert balance.free_nok == 100 - committed >= 0
        assert balance.committed_nok == committed
        entries = LedgerEntry.objects.filter(account=account, kind="commitment").values_list("grant_id", flat=True)
        assert sorted(entries) == sorted(grant.pk for grant in accepted)
        refused = [grant.amount_nok for grant, answer in zip(grants, answers, strict=True) if answer]
        assert all(amount > balance.free_nok for amount in refused)
    assert reconcile.differences() == []


def test_two_of_sixty_against_a_hundred(world: World) -> None:
    """The case that adding up entries in a trigger gets wrong."""
    account, organisation = account_of(world), portal_make.an_organisation(world.home.authority)
    make.a_scheme_case(account.scheme, world.home.case)
    pair = [proposed(account, organisation, 60) for _ in range(2)]
    assert sorted(at_once(lambda grant: tried(give, grant), pair)) == ["", "account_never_overcommitted"]


def test_one_decision_pressed_by_ten_is_one_commitment(world: World) -> None:
    account = account_of(world)
    make.a_scheme_case(account.scheme, world.home.case)
    grant = proposed(account, portal_make.an_organisation(world.home.authority), 60)
    answers = at_once(lambda _number: tried(give, grant), range(10))
    assert answers.count("") == 1
    assert GrantBalance.objects.get(grant=grant).committed_nok == 60


def test_payouts_and_releases_at_once_never_pass_what_is_left(world: World) -> None:
    grant = make.a_grant(account_of(world), amount=60)
    make.a_bank_account(grant.organisation)

    def take(number: int) -> str:
        if number % 2:
            return tried(make.a_payout, grant, 7, "approved")
        return tried(deed(lambda: ledger.release(grant, 7, key=f"f{number}", on=DAY, by=None, why="Frafalt")))

    answers = at_once(take, range(20))
    assert answers.count("") == 8
    row = GrantBalance.objects.get(grant=grant)
    assert (row.paid_nok + row.released_nok, row.unpaid_nok) == (56, 4)
    assert reconcile.differences() == []


def test_a_year_that_closes_while_grants_are_given_takes_none_afterwards(world: World) -> None:
    """Either a grant came before the closing and was seen by it, or it is refused: nothing slips in between."""
    organisation = portal_make.an_organisation(world.home.authority)
    account = account_of(world, 1000)
    make.a_scheme_case(account.scheme, world.home.case)
    grants = [proposed(account, organisation, 7) for _ in range(12)]
    user = portal_make.a_user()
    seen: list[int] = []

    @deed
    def close() -> None:
        YearEnd.objects.select_for_update(no_key=True).get(authority=account.authority, year=2026)
        Account.objects.select_for_update().get(pk=account.pk)
        seen.append(Balance.objects.get(account=account).free_nok)
        YearEnd.objects.filter(authority=account.authority, year=2026).update(
            closed_by=user, closed_at=user.date_joined, decision_reference="V 2"
        )

    at_once(lambda one: tried(close if one is None else give, *([] if one is None else [one])), [None, *grants])
    assert Balance.objects.get(account=account).free_nok == seen[0]
