"""Reconciliation finds what the guards never saw: rows changed by the role that owns the tables."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection

from grants import reconcile, tasks
from grants.metrics import metrics
from grants.models import Account, BudgetLine, Fund, Grant, LedgerEntry, Payout, Repayment
from portal.models import Event, Mail, Notice, Run
from tests import factories as ground
from tests.world import World

if TYPE_CHECKING:
    from psycopg import Connection

NOW = dt.datetime(2026, 11, 22, 3, 10, tzinfo=dt.UTC)


@pytest.fixture
def corrupt(own_database: str) -> Any:
    """Change rows as the role that owns the tables, with its triggers put to sleep one table at a time."""
    from tests.databases import connect_as_owner

    with connect_as_owner(own_database, autocommit=True) as owner:

        def change(table: str, sql: str, *values: Any) -> None:
            _change(owner, table, sql, values)

        yield change


def _change(owner: Connection[Any], table: str, sql: str, values: tuple[Any, ...]) -> None:
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert owner.execute(sql, values).rowcount > 0  # type: ignore[arg-type]
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def home() -> Any:
    return World().home.authority


def found() -> list[tuple[str, str, int]]:
    """Return what differs: about, field and by how much."""
    return [(each.about, each.field, each.off_by) for each in reconcile.differences()]


def account() -> Account:
    return Account.objects.get(authority=home(), year=2026)


def test_the_world_adds_up(world: World) -> None:
    assert reconcile.differences() == []
    assert reconcile.extent()["entries"] == LedgerEntry.objects.count() >= 10


def test_a_counter_that_was_changed_is_found_in_the_account_and_by_name(corrupt: Any) -> None:
    corrupt("grants_balance", "UPDATE grants_balance SET paid_nok = paid_nok - 7 WHERE account_id = %s", account().pk)
    (one,) = reconcile.differences()
    assert (one.about, one.name, one.field, one.off_by) == ("account", account().name, "paid_nok", -7)


@pytest.mark.parametrize("column", ["appropriated_nok", "contributed_nok", "returned_nok", "entries"])
def test_every_counter_is_looked_at(corrupt: Any, column: str) -> None:
    corrupt("grants_balance", f"UPDATE grants_balance SET {column} = {column} + 3 WHERE account_id = %s", account().pk)
    assert found() == [("account", column, 3)]


def test_a_year_that_was_changed_is_found(corrupt: Any) -> None:
    sql = "UPDATE grants_yearbalance SET committed_nok = committed_nok + 3 WHERE account_id = %s AND year = 2026"
    corrupt("grants_yearbalance", sql, account().pk)
    (one,) = reconcile.differences()
    assert (one.about, one.year, one.field, one.off_by) == ("year", 2026, "committed_nok", 3)


def test_a_balance_that_is_gone_is_found(corrupt: Any) -> None:
    corrupt("grants_balance", "DELETE FROM grants_balance WHERE account_id = %s", account().pk)
    assert ("account", "balance", -1) in found()


def test_a_grants_counter_is_found(corrupt: Any) -> None:
    grant = Grant.objects.filter(authority=home()).first()
    assert grant is not None
    corrupt(
        "grants_grantbalance",
        "UPDATE grants_grantbalance SET committed_nok = committed_nok + 1 WHERE grant_id = %s",
        grant.pk,
    )
    assert found() == [("grant", "committed_nok", 1)]


def test_an_entry_that_was_removed_or_changed_is_found_in_account_year_and_grant(corrupt: Any) -> None:
    entry = LedgerEntry.objects.get(authority=home(), kind="payout")
    corrupt("grants_ledgerentry", "UPDATE grants_ledgerentry SET amount_nok = amount_nok - 1 WHERE id = %s", entry.pk)
    assert found() == [("account", "paid_nok", 1), ("year", "paid_nok", 1), ("grant", "paid_nok", 1),
                       ("payout", "amount_nok", 1)]  # fmt: skip
    corrupt("grants_ledgerentry", "DELETE FROM grants_ledgerentry WHERE id = %s", entry.pk)
    assert ("account", "entries", 1) in found()


@pytest.mark.parametrize(
    ("table", "sql", "model", "expected"),
    [
        ("grants_grant", "UPDATE grants_grant SET amount_nok = amount_nok + 5 WHERE id = %s", Grant,
         ("grant", "amount_nok", 5)),
        ("grants_budgetline", "UPDATE grants_budgetline SET amount_nok = amount_nok + 5 WHERE id = %s", BudgetLine,
         ("line", "amount_nok", 5)),
        ("grants_payout", "UPDATE grants_payout SET amount_nok = amount_nok + 5 WHERE id = %s", Payout,
         ("payout", "amount_nok", 5)),
        ("grants_repayment", "UPDATE grants_repayment SET state = 'received', received_on = '2026-03-02' "
         "WHERE id = %s", Repayment, ("repayment", "amount_nok", 20_000)),
    ],
)  # fmt: skip
def test_a_row_that_says_something_else_than_the_ledger_is_found(
    corrupt: Any, table: str, sql: str, model: Any, expected: tuple[str, str, int]
) -> None:
    rows = model.objects.filter(authority=home()).order_by("pk")
    row = rows.filter(state="sent").first() if model is Payout else rows.first()
    corrupt(table, sql, row.pk)
    assert found() == [expected]


def test_a_frame_that_the_ledger_does_not_hold_is_found(corrupt: Any) -> None:
    fund = Fund.objects.get(authority=home())
    sql = "UPDATE grants_yearbalance SET frame_nok = frame_nok + 5 WHERE account_id = %s AND year = 2026"
    corrupt("grants_yearbalance", sql, fund.account_id)
    assert found() == [("frame", "frame_nok", 5)]


def test_each_authority_sees_its_own(corrupt: Any) -> None:
    corrupt("grants_balance", "UPDATE grants_balance SET paid_nok = paid_nok - 7 WHERE account_id = %s", account().pk)
    world = World()
    assert len(reconcile.differences(world.home.authority.pk)) == 1
    assert reconcile.differences(world.next.authority.pk) == []


# ---- telling ----


def test_the_leaders_and_the_operator_are_told_once_a_day_for_as_long_as_it_lasts(corrupt: Any) -> None:
    corrupt("grants_balance", "UPDATE grants_balance SET paid_nok = paid_nok - 7 WHERE account_id = %s", account().pk)
    world = World()
    for hours in (0, 1, 24):
        reconcile.reconcile(NOW + dt.timedelta(hours=hours))
    told = Notice.objects.filter(kind="ledger_differs", authority=world.home.authority)
    assert {notice.user for notice in told} == {world.user("leader"), world.user("operator")}
    assert told.filter(user=world.user("leader")).count() == 2
    assert not Notice.objects.filter(kind="ledger_differs", authority=world.next.authority).exists()
    assert Event.objects.filter(kind="ledger_differs").count() == 2
    assert "1" in Mail.objects.filter(to_address=world.user("leader").email).latest("pk").text


def test_nobody_is_told_when_it_adds_up(world: World) -> None:
    assert reconcile.reconcile(NOW)["differences"] == 0
    assert not Notice.objects.filter(kind="ledger_differs").exists()


def test_the_nightly_round_leaves_what_it_compared_and_the_metrics_tell_it(world: World) -> None:
    assert {name: samples for name, _help, samples in metrics(NOW.date())}["portal_ledger_differences"] == []
    tasks.reconcile_ledger()
    run = Run.objects.get(name="reconcile")
    assert run.counts == {"entries": LedgerEntry.objects.count(), "accounts": Account.objects.count(), "differences": 0}
    told = {name: samples for name, _help, samples in metrics(NOW.date())}
    assert told["portal_ledger_differences"] == [({}, 0)]
    assert ({"state": "sent"}, 2) in told["portal_payouts"]


def test_beat_asks_for_it_every_night(settings: Any) -> None:
    planned = [each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks.reconcile_ledger.name in planned


def test_the_command_ends_well_when_it_adds_up(world: World) -> None:
    said = io.StringIO()
    call_command("reconcile", stdout=said)
    assert said.getvalue().strip().endswith("0 differences")


def test_the_command_names_what_differs_and_ends_badly(corrupt: Any) -> None:
    corrupt("grants_balance", "UPDATE grants_balance SET paid_nok = paid_nok - 7 WHERE account_id = %s", account().pk)
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", stdout=said)
    assert ended.value.code == 1
    assert f"account {account().pk}: paid_nok stands as" in said.getvalue()


def test_comparing_takes_as_many_queries_for_many_accounts_as_for_few(
    world: World, django_assert_num_queries: Any
) -> None:
    from tests import factories_money as make

    for _again in range(2):
        with django_assert_num_queries(7):
            reconcile.differences()
        place = ground.an_authority()
        for _n in range(5):
            line = make.a_line(make.a_scheme(place), 100)
            assert line.account is not None
            make.a_grant(line.account, amount=10)


def test_only_the_ledgers_own_trigger_writes_balances(world: World) -> None:
    """What the tests above do, the portal's own role cannot: see also `test_ledger_attacks`."""
    from django.db import Error

    with pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute("UPDATE grants_balance SET paid_nok = 0")
