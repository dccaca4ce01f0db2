"""A recipient asks for money of a grant: who may, how much, and what is said when something is missing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied

from grants import asking
from grants.models import Grant, LedgerEntry, Payout, YearEnd
from grants.refusals import Refused
from portal.models import Notice, Organisation
from tests import factories_money as make

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)


@pytest.fixture
def grant(world: World) -> Grant:
    """A grant of 1000 to the home organisation, without conditions."""
    account = make.a_line(make.a_scheme(world.home.authority), 5000).account
    assert account is not None
    return make.a_grant(account, world.home.one(Organisation), 1000)


@pytest.fixture
def manager(world: World) -> User:
    return world.user("manager")


def ask(grant: Grant, amount: int, by: User, key: str = "én") -> Payout:
    return asking.ask(grant, amount, by=by, key=key, text="Takk", now=NOW)


def told(error: Any) -> str:
    return " ".join(error.value.messages)


def test_who_acts_asks_and_those_who_prepare_payouts_are_told(grant: Grant, manager: User, world: World) -> None:
    payout = ask(grant, 400, manager)
    assert (payout.state, payout.amount_nok, payout.organisation) == ("asked", 400, grant.organisation)
    assert Notice.objects.filter(kind="payout_asked", user=world.user("finance_preparer")).count() == 1
    assert not LedgerEntry.objects.filter(payout=payout).exists(), "nothing has left the grant"


@pytest.mark.parametrize("person", ["colleague", "officer", "finance_preparer", "stranger", "operator", "neighbour"])
def test_who_only_prepares_or_has_no_mandate_does_not(world: World, grant: Grant, person: str) -> None:
    with pytest.raises(PermissionDenied):
        ask(grant, 400, world.user(person))


def test_a_double_press_asks_once(grant: Grant, manager: User) -> None:
    first, second = ask(grant, 400, manager), ask(grant, 400, manager)
    assert first == second
    assert Payout.objects.filter(grant=grant).count() == 1
    assert ask(grant, 400, manager, key="to") != first


def test_the_same_key_in_another_grant_is_another_payout(grant: Grant, manager: User) -> None:
    other = make.a_grant(grant.account, grant.organisation, 500)
    assert ask(grant, 100, manager) != ask(other, 100, manager)


def test_no_more_than_the_grant_is_asked_for_and_what_is_asked_for_counts(grant: Grant, manager: User) -> None:
    ask(grant, 600, manager)
    with pytest.raises(Refused) as error:
        ask(grant, 500, manager, key="to")
    assert "100" in told(error)
    ask(grant, 400, manager, key="tre")


@pytest.mark.parametrize("amount", [0, -5])
def test_nought_and_less_is_refused(grant: Grant, manager: User, amount: int) -> None:
    with pytest.raises(Refused):
        ask(grant, amount, manager)


def test_too_little_documented_is_told_by_name_and_amount(grant: Grant, manager: User) -> None:
    make.a_condition(grant, "matching", title="Næringslivet bidrar")
    make.a_source(grant, 300)
    make.a_source(grant, 900, payer_class="municipality")
    with pytest.raises(Refused) as error:
        ask(grant, 1000, manager)
    assert "Næringslivet bidrar" in told(error)
    assert "700" in told(error)
    assert ask(grant, 300, manager).amount_nok == 300


def test_what_is_sent_and_waits_to_be_read_stands_in_nobodys_way_here(grant: Grant, manager: User) -> None:
    make.a_condition(grant, "matching")
    report = make.a_condition(grant, "report")
    make.a_source(grant, 600)
    make.a_source(grant, 400, "sent")
    with pytest.raises(Refused):
        ask(grant, 1000, manager)
    make.a_grant_report(grant, "sent", condition=report)
    assert ask(grant, 1000, manager).state == "asked"


def test_what_was_sent_back_does_not_count(grant: Grant, manager: User) -> None:
    make.a_condition(grant, "matching")
    make.a_source(grant, 1000, "returned")
    make.a_source(grant, 1000, "pledged")
    with pytest.raises(Refused):
        ask(grant, 1, manager)


def test_a_condition_nobody_has_settled_is_named(grant: Grant, manager: User) -> None:
    make.a_condition(grant, "attested", title="Styret er valgt")
    make.a_condition(grant, "by_date", title="Nytt eierskap", due_on=dt.date(2026, 1, 1))
    make.a_condition(grant, "holdback", title="Sluttrapport")
    with pytest.raises(Refused) as error:
        ask(grant, 1000, manager)
    assert [name in told(error) for name in ("Styret er valgt", "Nytt eierskap", "Sluttrapport")] == [True] * 3
    assert len(error.value.messages) == 3


@pytest.mark.parametrize("state", ["finished", "proposed", "declined"])
def test_a_grant_that_is_not_open_pays_nothing(grant: Grant, manager: User, state: str) -> None:
    row = make.a_grant(grant.account, grant.organisation, 100, state=state)
    with pytest.raises(Refused) as error:
        ask(row, 10, manager)
    assert error.value.code == "state"


def test_in_a_closed_year_what_was_committed_before_is_still_asked_for(grant: Grant, manager: User) -> None:
    end = YearEnd.objects.get(authority=grant.authority, year=2026)
    end.closed_by, end.closed_at, end.decision_reference = make.make.a_user(), NOW, "Regnskap, pkt. 3"
    end.save()
    assert ask(grant, 10, manager).state == "asked"


def test_taken_back_it_is_cancelled_once_and_can_be_asked_for_again(grant: Grant, manager: User) -> None:
    payout = ask(grant, 1000, manager)
    for _ in range(2):
        assert asking.take_back(payout, by=manager, now=NOW).state == "cancelled"
    assert ask(grant, 1000, manager, key="to").state == "asked"


def test_prepared_it_is_not_taken_back(grant: Grant, manager: User, world: World) -> None:
    payout = make.a_payout(grant, 100, "prepared")
    with pytest.raises(Refused):
        asking.take_back(payout, by=manager, now=NOW)
    with pytest.raises(PermissionDenied):
        asking.take_back(payout, by=world.user("colleague"), now=NOW)
