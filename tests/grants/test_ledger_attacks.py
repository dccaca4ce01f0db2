"""Attacks on the ledger past the model layer, as the runtime role: each is refused, by the guard's own name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, transaction

from grants import ledger, refusals
from grants.models import (
    Account,
    Balance,
    FundFrame,
    Grant,
    GrantBalance,
    LedgerEntry,
    YearBalance,
)
from grants.refusals import Refused
from tests import factories as portal_make
from tests import factories_money as make
from tests.attacks import not_permitted, refused, run
from tests.grants.raw import free, raw, refused_at_commit

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = make.DAY
Kind = LedgerEntry.Kind
GUARDS = Path(__file__).resolve().parents[2] / "grants" / "migrations" / "0002_ledger_guards.py"


# ---- the balance ----


def test_an_account_is_born_empty(world: World) -> None:
    born = make.an_account(make.a_scheme(world.home.authority))
    assert Balance.objects.values_list("free_nok", "entries").get(account=born) == (0, 0)


def test_a_balance_cannot_be_given_at_birth(account: Account) -> None:
    with not_permitted():
        run("INSERT INTO grants_balance (account_id, appropriated_nok) VALUES (%s, 1000)", account.pk)


@pytest.mark.parametrize("table", ["grants_balance", "grants_yearbalance", "grants_grantbalance"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET committed_nok = 0", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_a_balance_is_never_written_by_hand(grant: Grant, table: str, sql: str) -> None:
    with not_permitted():
        run(sql.format(table))


def test_a_balance_is_not_written_by_the_orm(grant: Grant) -> None:
    with not_permitted():
        Balance.objects.filter(account=grant.account).update(appropriated_nok=10_000)
    stale = GrantBalance.objects.get(grant=grant)
    stale.committed_nok = 10_000
    with not_permitted():
        stale.save()
    with not_permitted():
        YearBalance.objects.bulk_create([YearBalance(account=grant.account, year=2031, appropriated_nok=1)])


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE grants_ledgerentry DISABLE TRIGGER ALL",
        "ALTER TABLE grants_ledgerentry DISABLE TRIGGER grants_ledgerentry_posted",
        "DROP TRIGGER grants_ledgerentry_posted ON grants_ledgerentry",
        "SET session_replication_role = replica",
        "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TRIGGER mine BEFORE INSERT ON portal_case FOR EACH ROW EXECUTE FUNCTION grants_post_entry()",
        "ALTER FUNCTION grants_post_entry() SECURITY INVOKER",
        "ALTER TABLE grants_balance DROP CONSTRAINT account_never_overcommitted",
        "CREATE TEMPORARY TABLE grants_balance (account_id bigint)",
    ],
)  # fmt: skip
def test_the_guards_cannot_be_taken_away(world: World, sql: str) -> None:
    with not_permitted():
        run(sql)


def test_a_temporary_table_of_the_same_name_would_not_be_written_to() -> None:
    """The writers look in `public` first, whatever the session's own search path says."""
    paths = run("SELECT DISTINCT proconfig FROM pg_proc WHERE proname = 'grants_post_entry'")
    assert paths == [(["search_path=public, pg_temp"],)]


# ---- no more than there is ----


@pytest.mark.parametrize("amount", [41, 100, 10**12])
def test_an_account_is_never_overcommitted(grant: Grant, amount: int) -> None:
    other = make.a_grant(grant.account, amount=amount, state="proposed")
    with refused("account_never_overcommitted"):
        raw(grant.account, Kind.COMMITMENT, amount, grant_id=other.pk)
    assert free(grant.account) == 40


def test_the_refusal_names_what_is_free(grant: Grant) -> None:
    with pytest.raises(Refused, match="40") as told:
        make.a_grant(grant.account, amount=41)
    assert told.value.code == "account_never_overcommitted"


def test_exactly_what_is_free_can_be_committed(grant: Grant) -> None:
    make.a_grant(grant.account, amount=40)
    assert free(grant.account) == 0


def test_a_grant_is_never_paid_beyond_what_it_commits(grant: Grant) -> None:
    make.a_payout(grant, 50, "approved")
    with pytest.raises(Refused) as told:
        make.a_payout(grant, 11, "approved")
    assert told.value.code == "grant_never_paid_beyond_commitment"
    make.a_payout(grant, 10, "approved")


def test_what_is_paid_back_never_reopens_the_grant(grant: Grant) -> None:
    make.a_payout(grant, 60, "paid")
    make.a_repayment(grant, 20, "received")
    assert free(grant.account) == 60
    with pytest.raises(Refused) as told:
        make.a_payout(grant, 1, "approved")
    assert told.value.code == "grant_never_paid_beyond_commitment"


def test_no_more_is_paid_back_than_was_paid(grant: Grant) -> None:
    make.a_payout(grant, 10, "paid")
    with pytest.raises(Refused) as told:
        make.a_repayment(grant, 11, "received")
    assert told.value.code == "grant_never_paid_back_beyond_paid"


def test_no_more_is_released_than_is_not_paid(grant: Grant) -> None:
    make.a_payout(grant, 50, "approved")
    with refused("grant_never_paid_beyond_commitment"):
        raw(grant.account, Kind.RELEASE, 11, grant_id=grant.pk)


def test_a_frame_holds_the_commitments_of_its_year(world: World) -> None:
    fund = make.a_fund(make.a_scheme(world.home.authority, kind="fund"))
    make.a_line(fund.scheme, 100, fund=fund)
    make.a_frame(fund, 50)
    make.a_grant(fund.account, amount=50)
    with pytest.raises(Refused) as told:
        make.a_grant(fund.account, amount=1)
    assert told.value.code == "fund_frame_never_overcommitted"
    assert "kr\xa050" in told.value.message and "kr\xa00" in told.value.message, "the frame, and what is left of it"
    FundFrame.objects.filter(fund=fund).update(amount_nok=60)
    make.a_grant(fund.account, amount=10)
    with refused("fund_frame_never_overcommitted"):
        FundFrame.objects.filter(fund=fund).update(amount_nok=59)


# ---- entries ----


@pytest.mark.parametrize("amount", [0, -1])
@pytest.mark.parametrize("kind", [Kind.CONTRIBUTION, Kind.RETURN])
def test_an_entry_of_nought_or_less_is_no_entry(account: Account, kind: str, amount: int) -> None:
    end = {"year_end_id": make.a_year_end(account.authority, 2031).pk} if kind == Kind.RETURN else {}
    with refused("ledger_entry_not_nought"):
        raw(account, kind, amount, **end)


@pytest.mark.parametrize("sql", ["UPDATE grants_ledgerentry SET amount_nok = 1", "DELETE FROM grants_ledgerentry",
                                 "TRUNCATE grants_ledgerentry CASCADE"])  # fmt: skip
def test_the_runtime_never_rewrites_the_ledger(grant: Grant, sql: str) -> None:
    with not_permitted():
        run(sql)


def test_the_orm_never_rewrites_the_ledger(grant: Grant) -> None:
    entry = LedgerEntry.objects.get(grant=grant)
    entry.amount_nok = 1
    with not_permitted():
        entry.save()
    with not_permitted():
        LedgerEntry.objects.filter(pk=entry.pk).update(note="Endret")
    with not_permitted():
        LedgerEntry.objects.bulk_update([entry], ["amount_nok"])


def test_the_same_cause_gives_one_entry(grant: Grant) -> None:
    with refused("ledger_entry_key_once"):
        raw(grant.account, Kind.CONTRIBUTION, 5, key=f"grant:{grant.pk}")


def test_entries_passed_over_because_of_their_key_move_nothing(grant: Grant) -> None:
    """`ON CONFLICT DO NOTHING` runs triggers before the insert; the balance moves after it only."""
    entry = LedgerEntry.objects.get(grant=grant)
    twin = LedgerEntry(
        authority_id=entry.authority_id, account=grant.account, kind=Kind.CONTRIBUTION, amount_nok=1000, on_date=DAY,
        key=entry.key,
    )  # fmt: skip
    LedgerEntry.objects.bulk_create([twin], ignore_conflicts=True)
    assert free(grant.account) == 40


def test_entries_made_in_bulk_move_the_balance_too(account: Account) -> None:
    rows = [
        LedgerEntry(authority_id=account.authority_id, account=account, kind=Kind.CONTRIBUTION, amount_nok=5,
                    on_date=DAY, key=f"b{number}")
        for number in range(3)
    ]  # fmt: skip
    LedgerEntry.objects.bulk_create(rows)
    assert free(account) == 115
    assert YearBalance.objects.get(account=account, year=2026).contributed_nok == 15


def test_a_grant_is_committed_once(grant: Grant) -> None:
    with refused("ledger_one_commitment_per_grant"):
        raw(grant.account, Kind.COMMITMENT, 1, grant_id=grant.pk)


def test_a_payout_is_paid_once(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "approved")
    with refused("ledger_one_entry_per_payout"):
        raw(grant.account, Kind.PAYOUT, 10, grant_id=grant.pk, payout_id=payout.pk)


@pytest.mark.parametrize("state", ["asked", "prepared", "attested"])
def test_what_is_not_approved_is_not_paid(grant: Grant, state: str) -> None:
    payout = make.a_payout(grant, 10, state)
    with refused("ledger_pays_what_was_approved"):
        raw(grant.account, Kind.PAYOUT, 10, grant_id=grant.pk, payout_id=payout.pk)


def test_another_amount_than_the_approved_is_not_paid(grant: Grant) -> None:
    with pytest.raises(Error) as caught, transaction.atomic():
        payout = make.a_payout(grant, 10, "attested")
        payout.state, payout.approved_by = "approved", portal_make.a_user()
        payout.approved_at = payout.attested_at
        payout.save()
        raw(grant.account, Kind.PAYOUT, 11, grant_id=grant.pk, payout_id=payout.pk)
    assert "ledger_pays_what_was_approved" in str(getattr(caught.value.__cause__, "diag", None).constraint_name)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "guard"),
    [
        (Kind.COMMITMENT, "ledger_entry_of_grant"), (Kind.RELEASE, "ledger_entry_of_grant"),
        (Kind.REPAYMENT, "ledger_entry_of_grant"), (Kind.APPROPRIATION, "ledger_entry_of_line"),
        (Kind.CARRY_IN, "ledger_entry_of_transfer"), (Kind.RETURN, "ledger_entry_of_year_end"),
        (Kind.DISTRIBUTE_IN, "ledger_entry_of_line"),
    ],
)  # fmt: skip
def test_an_entry_names_what_it_belongs_to(account: Account, kind: str, guard: str) -> None:
    with refused(guard):
        raw(account, kind, 1)


def test_an_entry_names_its_decision(account: Account) -> None:
    line = make.a_line(account.scheme, 5, adopt=False)
    with refused("ledger_entry_names_decision"):
        raw(account, Kind.APPROPRIATION, 5, line_id=line.pk, reference="")


def test_the_year_of_an_entry_is_never_what_someone_says(account: Account) -> None:
    raw(account, Kind.CONTRIBUTION, 1, year=1999)
    assert LedgerEntry.objects.latest("pk").year == 2026


# ---- undoing ----


def undo(entry: LedgerEntry, **changed: Any) -> None:
    given = {"grant_id": entry.grant_id, "reverses_id": entry.pk, "note": "Feil", "key": f"undo {changed}"} | changed
    raw(entry.account, given.pop("kind", entry.kind), given.pop("amount", -entry.amount_nok), **given)


def test_an_entry_is_undone_once(grant: Grant) -> None:
    entry = LedgerEntry.objects.get(grant=grant)
    with transaction.atomic():
        undo(entry)
        with refused("grants_ledgerentry_reverses_id_key"):
            undo(entry, key="igjen")
        transaction.set_rollback(True)


@pytest.mark.parametrize("changed", [{"amount": -59}, {"kind": "release"}, {"grant_id": None, "kind": "contribution"}])
def test_an_entry_is_undone_by_its_exact_opposite(grant: Grant, changed: dict[str, Any]) -> None:
    with refused("ledger_reversal_mirrors_its_original"):
        undo(LedgerEntry.objects.get(grant=grant), **changed)


def test_what_undoes_is_not_undone(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "returned")
    first, second = LedgerEntry.objects.filter(payout=payout).order_by("pk")
    assert (first.amount_nok, second.amount_nok) == (10, -10)
    with pytest.raises(Error) as caught, transaction.atomic():
        ledger.reverse(second, why="Angret", on=DAY, by=None)
    assert "ledger_reversal_mirrors_its_original" in repr(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_undoing_says_why(grant: Grant) -> None:
    with refused("ledger_entry_reversal_says_why"):
        undo(LedgerEntry.objects.get(grant=grant), note="")


def test_a_commitment_that_is_undone_while_the_grant_stands_is_refused(grant: Grant) -> None:
    refused_at_commit("grant_is_committed_if_and_only_if_granted", lambda: undo(LedgerEntry.objects.get(grant=grant)))


def test_each_guard_has_words_for_people() -> None:
    """What the SQL refuses by name is said in words in one place."""
    named = set(re.findall(r"grants_refuse\(\s*'(\w+)'", GUARDS.read_text("utf-8")))
    assert len(named) > 15
    assert {guard for guard in named if refusals.words_for(guard) is None} == set()
