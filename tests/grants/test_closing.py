"""A year's end: one prepares what is carried over and returned, another closes it, and it stays closed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied

from grants import closing, reconcile
from grants.closing import NEW, Wish
from grants.models import Account, Balance, LedgerEntry, YearEnd
from grants.refusals import Refused
from portal.models import Notice
from tests import factories as ground
from tests import factories_money as make

if TYPE_CHECKING:
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def preparer(place: Authority) -> User:
    return ground.a_user("finance_preparer", place)


@pytest.fixture
def leader(place: Authority) -> User:
    return ground.a_user("leader", place)


@pytest.fixture
def account(place: Authority) -> Account:
    """An account of 2025 with 40 left of 100."""
    line = make.a_line(make.a_scheme(place), 100, year=2025)
    assert line.account is not None
    make.a_grant(line.account, amount=60)
    return line.account


def balance(account: Account) -> Balance:
    return Balance.objects.get(account=account)


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def prepared(place: Authority, by: User, *wishes: Any, send: bool = True) -> YearEnd:
    """Draw up 2025; each wish is (account, kroner carried over, into)."""
    end = closing.prepare(place, 2025, by=by, now=NOW)
    lines = {line.account_id: line.pk for line in end.lines.all()}
    chosen = [Wish(lines[account.pk], carry, into, "Arbeidet fortsetter") for account, carry, into in wishes]
    end = closing.change(end, chosen, by=by, now=NOW)
    return closing.send(end, by=by, now=NOW) if send else end


# ---- preparing ----


def test_every_account_with_money_left_gets_a_line_and_goes_back_unless_someone_says_otherwise(
    place: Authority, preparer: User, account: Account
) -> None:
    empty = make.an_account(account.scheme, year=2025)
    older = make.a_line(account.scheme, 5, year=2024).account
    later = make.a_line(account.scheme, 7, year=2026).account
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    make.a_line(fund.scheme, 9, year=2025, fund=fund)
    assert older is not None
    end = closing.prepare(place, 2025, by=preparer, now=NOW)
    lines = {line.account_id: (line.free_nok, line.carry_nok, line.return_nok) for line in end.lines.all()}
    assert lines == {account.pk: (40, 0, 40), older.pk: (5, 0, 5)}
    assert not {empty, later, fund.account} & set(lines)


def test_drawing_up_again_keeps_what_was_chosen_as_far_as_the_money_reaches(
    place: Authority, preparer: User, account: Account
) -> None:
    end = prepared(place, preparer, (account, 30, NEW), send=False)
    make.a_grant(account, amount=25)
    assert closing.moved_since(end) == {account.pk: (40, 15)}
    closing.prepare(place, 2025, by=preparer, now=NOW)
    line = end.lines.get()
    assert (line.free_nok, line.carry_nok, line.return_nok, line.reason) == (15, 15, 0, "Arbeidet fortsetter")


def test_drawing_up_twice_makes_one_year_end(place: Authority, preparer: User, account: Account) -> None:
    first = closing.prepare(place, 2025, by=preparer, now=NOW)
    assert closing.prepare(place, 2025, by=preparer, now=NOW) == first
    first.refresh_from_db()
    assert (YearEnd.objects.filter(authority=place).count(), first.lines.count()) == (1, 1)


def test_a_year_to_come_is_not_drawn_up(place: Authority, preparer: User) -> None:
    with refused("ahead"):
        closing.prepare(place, 2027, by=preparer, now=NOW)


@pytest.mark.parametrize("role", ["attester", "editor", "decision_maker"])
def test_others_do_not_draw_up(place: Authority, role: str) -> None:
    with pytest.raises(PermissionDenied):
        closing.prepare(place, 2025, by=ground.a_user(role, place), now=NOW)


@pytest.mark.parametrize(
    ("carry", "into", "reason", "code"),
    [
        (41, NEW, "Fordi", "too_much"),
        (-1, NEW, "Fordi", "too_much"),
        (10, None, "Fordi", "into"),
        (10, NEW, "", "reason"),
    ],
)
def test_a_line_that_cannot_be_is_refused(
    place: Authority, preparer: User, account: Account, carry: int, into: int, reason: str, code: str
) -> None:
    end = closing.prepare(place, 2025, by=preparer, now=NOW)
    with refused(code):
        closing.change(end, [Wish(end.lines.get().pk, carry, into, reason)], by=preparer, now=NOW)


def test_money_is_not_carried_to_an_account_of_the_year_itself_or_of_the_neighbour(
    place: Authority, preparer: User, account: Account
) -> None:
    end = closing.prepare(place, 2025, by=preparer, now=NOW)
    neighbours = make.an_account(make.a_scheme(ground.an_authority()), year=2026)
    for into in (account.pk, neighbours.pk):
        with refused("into"):
            closing.change(end, [Wish(end.lines.get().pk, 10, into, "Fordi")], by=preparer, now=NOW)


def test_two_who_work_on_it_do_not_overwrite_each_other(place: Authority, preparer: User, account: Account) -> None:
    end = closing.prepare(place, 2025, by=preparer, now=NOW)
    seen, line = end.row_version, end.lines.get().pk
    later = NOW + dt.timedelta(minutes=1)
    closing.change(end, [Wish(line, 10, NEW, "Fordi")], by=preparer, now=later, version=seen)
    with refused("changed"):
        closing.change(end, [Wish(line, 20, NEW, "Fordi")], by=preparer, now=NOW, version=seen)


# ---- to another, and back ----


def test_those_who_may_close_are_told_once_and_who_prepared_it_is_not(place: Authority, account: Account) -> None:
    both = ground.a_user("leader", place)
    leader, approver = ground.a_user("leader", place), ground.a_user("approver", place)
    end = prepared(place, both)
    closing.send(end, by=both, now=NOW)
    told = Notice.objects.filter(kind="year_to_close")
    assert {notice.user for notice in told} == {leader, approver}
    assert closing.who_may_close(end, NOW.date()) == [leader, approver]


def test_what_is_sent_is_not_changed_before_it_is_taken_back(
    place: Authority, preparer: User, leader: User, account: Account
) -> None:
    end = prepared(place, preparer)
    with refused("sent"):
        closing.change(end, [], by=preparer, now=NOW)
    with refused("why"):
        closing.take_back(end, by=leader, now=NOW)
    closing.take_back(end, by=leader, now=NOW, why="Kornet skal overføres.")
    assert Notice.objects.get(kind="year_sent_back").user == preparer
    closing.change(end, [Wish(end.lines.get().pk, 10, NEW, "Fordi")], by=preparer, now=NOW)


def test_it_is_not_sent_when_money_has_moved(place: Authority, preparer: User, account: Account) -> None:
    end = prepared(place, preparer, send=False)
    make.a_grant(account, amount=1)
    with refused("moved"):
        closing.send(end, by=preparer, now=NOW)


def test_one_that_is_dropped_moves_nothing_and_can_be_begun_again(
    place: Authority, preparer: User, account: Account
) -> None:
    end = prepared(place, preparer, (account, 10, NEW))
    closing.drop(end, by=preparer)
    with refused("dropped"):
        closing.send(end, by=preparer, now=NOW)
    assert (balance(account).free_nok, closing.prepare(place, 2025, by=preparer, now=NOW).lines.count()) == (40, 1)


# ---- closing ----


def test_another_closes_the_year_and_the_money_goes_where_it_was_to_go(
    place: Authority, preparer: User, leader: User, account: Account
) -> None:
    end = prepared(place, preparer, (account, 30, NEW))
    closing.close(end, by=leader, now=NOW, reference="Kommunestyret 4/26")
    into = Account.objects.get(scheme=account.scheme, year=2026)
    old, new = balance(account), balance(into)
    assert (old.free_nok, old.carried_out_nok, old.returned_nok) == (0, 30, 10)
    assert (into.name, new.free_nok, new.carried_in_nok) == (account.name, 30, 30)
    assert set(LedgerEntry.objects.filter(year_end=end).values_list("kind", "reference")) == {
        ("carry_out", "Kommunestyret 4/26"), ("carry_in", "Kommunestyret 4/26"), ("return", "Kommunestyret 4/26"),
    }  # fmt: skip
    assert reconcile.differences(place.pk) == []


def test_a_second_press_closes_nothing_twice(place: Authority, preparer: User, leader: User, account: Account) -> None:
    end = prepared(place, preparer)
    first = closing.close(end, by=leader, now=NOW, reference="Kommunestyret 4/26")
    again = closing.close(end, by=leader, now=NOW, reference="Kommunestyret 4/26")
    assert (first.closed_at, LedgerEntry.objects.filter(year_end=end).count()) == (again.closed_at, 1)


def test_nobody_closes_what_she_has_worked_on(place: Authority, preparer: User, leader: User, account: Account) -> None:
    other = ground.a_user("leader", place)
    end = prepared(place, leader, (account, 5, NEW), send=False)
    closing.change(end, [Wish(end.lines.get().pk, 10, NEW, "Fordi")], by=preparer, now=NOW)
    closing.send(end, by=preparer, now=NOW)
    with refused("year_end_closed_by_another"):
        closing.close(end, by=leader, now=NOW, reference="Kommunestyret 4/26")
    closing.close(end, by=other, now=NOW, reference="Kommunestyret 4/26")


@pytest.mark.parametrize("role", ["officer", "finance_preparer", "attester"])
def test_others_do_not_close(place: Authority, preparer: User, account: Account, role: str) -> None:
    end = prepared(place, preparer)
    with pytest.raises(PermissionDenied):
        closing.close(end, by=ground.a_user(role, place), now=NOW, reference="Kommunestyret 4/26")


def test_a_year_is_closed_when_it_is_over_sent_and_decided(
    place: Authority, preparer: User, leader: User, account: Account
) -> None:
    end = prepared(place, preparer, send=False)
    with refused("not_sent"):
        closing.close(end, by=leader, now=NOW, reference="Kommunestyret 4/26")
    closing.send(end, by=preparer, now=NOW)
    with refused("year_end_names_decision"):
        closing.close(end, by=leader, now=NOW)
    with refused("ahead"):
        closing.close(end, by=leader, now=NOW.replace(year=2025, month=12), reference="Kommunestyret 4/26")


def test_a_year_is_not_closed_over_money_that_has_moved(
    place: Authority, preparer: User, leader: User, account: Account
) -> None:
    end = prepared(place, preparer)
    make.a_grant(account, amount=1)
    with refused("moved"):
        closing.close(end, by=leader, now=NOW, reference="Kommunestyret 4/26")
    assert (balance(account).free_nok, YearEnd.objects.get(pk=end.pk).closed_at) == (39, None)


def test_a_closed_year_stays_closed_takes_nothing_new_and_pays_what_it_owes(
    place: Authority, preparer: User, leader: User, account: Account
) -> None:
    owed = make.a_grant(account, amount=40)
    end = closing.close(prepared(place, preparer), by=leader, now=NOW, reference="Kommunestyret 4/26")
    for again in (lambda: closing.drop(end, by=preparer), lambda: closing.take_back(end, by=leader, now=NOW, why="x")):
        with refused("year_stays_closed"):
            again()
    with refused("ledger_year_is_closed"):
        make.a_line(account.scheme, 10, year=2025)
    with refused("year_stays_closed"):
        closing.prepare(place, 2024, by=preparer, now=NOW)
    make.a_payout(owed, 40, "paid")
    assert balance(account).paid_nok == 40


def test_what_comes_back_later_is_in_the_next_years_end(
    place: Authority, preparer: User, leader: User, account: Account
) -> None:
    grant = make.a_grant(account, amount=40)
    make.a_payout(grant, 40, "paid")
    closing.close(prepared(place, preparer), by=leader, now=NOW, reference="Kommunestyret 4/26")
    make.a_repayment(grant, 15, "received")
    end = closing.prepare(place, 2026, by=preparer, now=NOW)
    assert list(end.lines.values_list("account", "free_nok")) == [(account.pk, 15)]


def test_an_empty_year_can_be_closed(place: Authority, preparer: User, leader: User) -> None:
    end = closing.close(prepared(place, preparer), by=leader, now=NOW, reference="Kommunestyret 4/26")
    assert end.closed_by == leader
