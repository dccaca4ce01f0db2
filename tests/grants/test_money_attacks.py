"""Attacks on what lies around the ledger: grants, payouts, lines, closed years, signatures and bank accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from grants import ledger
from grants.models import BudgetLine, Grant, GrantBalance, LedgerEntry, Payout, YearEnd
from grants.refusals import Refused, deed
from tests import factories as portal_make
from tests import factories_money as make
from tests.attacks import count, not_permitted, refused, run
from tests.grants.raw import free, raw, refused_at_commit

if TYPE_CHECKING:
    from grants.models import Account
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = make.DAY
Kind = LedgerEntry.Kind


# ---- rows and ledger say the same ----


def test_a_grant_is_not_granted_without_its_commitment(account: Account) -> None:
    proposed = make.a_grant(account, amount=10, state="proposed")
    make.an_aid_assessment(proposed)
    granted = {"state": "granted", "decided_on": DAY, "decision_reference": "V 1"}
    refused_at_commit(
        "grant_is_committed_if_and_only_if_granted", lambda: Grant.objects.filter(pk=proposed.pk).update(**granted)
    )


def test_a_commitment_without_a_granted_grant_is_refused(account: Account) -> None:
    proposed = make.a_grant(account, amount=10, state="proposed")
    refused_at_commit(
        "grant_is_committed_if_and_only_if_granted",
        lambda: raw(account, Kind.COMMITMENT, 10, grant_id=proposed.pk),
    )


def test_a_grant_is_assessed_as_aid(account: Account) -> None:
    proposed = make.a_grant(account, amount=10, state="proposed")

    def decide() -> None:
        granted = {"state": "granted", "decided_on": DAY, "decision_reference": "V 1"}
        Grant.objects.filter(pk=proposed.pk).update(**granted)
        raw(account, Kind.COMMITMENT, 10, grant_id=proposed.pk)

    refused_at_commit("grant_is_assessed_as_aid", decide)


@pytest.mark.parametrize("changed", [{"amount_nok": 61}, {"state": "proposed", "decided_on": None}, {"year": 2027}])
def test_what_was_granted_never_changes(grant: Grant, changed: dict[str, Any]) -> None:
    with refused("grant_stays_as_decided"):
        Grant.objects.filter(pk=grant.pk).update(**changed)


def test_a_stale_grant_is_not_saved_over_the_decision(grant: Grant) -> None:
    stale = Grant.objects.get(pk=grant.pk)
    stale.state, stale.decided_on = "proposed", None
    with refused("grant_stays_as_decided"):
        stale.save()


def test_a_lapsed_grant_has_nothing_left(grant: Grant) -> None:
    refused_at_commit("grant_lapsed_is_released", lambda: Grant.objects.filter(pk=grant.pk).update(state="lapsed"))


def test_a_payout_is_not_approved_without_its_entry(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "attested")
    approved = {"state": "approved", "approved_by": portal_make.a_user(), "approved_at": payout.attested_at}
    refused_at_commit(
        "payout_is_in_the_ledger_if_and_only_if_approved",
        lambda: Payout.objects.filter(pk=payout.pk).update(**approved),
    )


def test_a_payout_is_not_called_off_while_it_stands_in_the_ledger(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "approved")
    ended = {"state": "cancelled", "ended_at": payout.approved_at, "reason": "Feil"}
    refused_at_commit(
        "payout_is_in_the_ledger_if_and_only_if_approved", lambda: Payout.objects.filter(pk=payout.pk).update(**ended)
    )


def test_a_repayment_is_not_received_without_its_entry(grant: Grant) -> None:
    make.a_payout(grant, 10, "paid")
    claim = make.a_repayment(grant, 5)
    refused_at_commit(
        "repayment_is_in_the_ledger_if_and_only_if_received",
        lambda: type(claim).objects.filter(pk=claim.pk).update(state="received", received_on=DAY),
    )


def test_a_proposed_line_holds_no_money(account: Account) -> None:
    line = make.a_line(account.scheme, 5, adopt=False)
    refused_at_commit(
        "budget_line_is_appropriated_if_and_only_if_adopted",
        lambda: raw(account, Kind.APPROPRIATION, 5, line_id=line.pk),
    )


def test_a_line_is_not_adopted_without_its_money(account: Account) -> None:
    line = make.a_line(account.scheme, 5, adopt=False)
    adopted = {"stage": "adopted", "decision_reference": "V 1", "account": make.an_account(account.scheme, year=2026)}
    refused_at_commit(
        "budget_line_is_appropriated_if_and_only_if_adopted",
        lambda: BudgetLine.objects.filter(pk=line.pk).update(**adopted),
    )


@pytest.mark.parametrize("changed", [{"amount_nok": 101}, {"year": 2027}, {"stage": "proposed", "account": None}])
def test_an_adopted_line_never_changes(account: Account, changed: dict[str, Any]) -> None:
    with refused("budget_line_stays_as_adopted"):
        BudgetLine.objects.filter(account=account).update(**changed)


def test_a_line_cannot_be_withdrawn_once_its_money_is_committed(grant: Grant) -> None:
    line = BudgetLine.objects.get(account=grant.account)
    entry = LedgerEntry.objects.get(line=line)
    with pytest.raises(Refused) as told:
        deed(lambda: ledger.reverse(entry, why="Angret", on=DAY, by=None))()
    assert told.value.code == "account_never_overcommitted"


def test_money_is_not_carried_in_from_nowhere(account: Account) -> None:
    end = make.a_year_end(account.authority, 2025)
    refused_at_commit(
        "ledger_transfer_gives_what_it_takes",
        lambda: raw(
            account, Kind.CARRY_IN, 1000, year_end_id=end.pk, transfer="11111111-2222-4333-8444-555555555555"
        ),
    )  # fmt: skip


def test_what_is_carried_out_comes_in_whole(account: Account) -> None:
    end, into = make.a_year_end(account.authority, 2025), make.an_account(account.scheme, year=2027)
    pair = {"year_end_id": end.pk, "transfer": "11111111-2222-4333-8444-555555555555"}

    def move(out: int, came: int) -> None:
        raw(account, Kind.CARRY_OUT, out, **pair)
        raw(into, Kind.CARRY_IN, came, **pair)

    refused_at_commit("ledger_transfer_gives_what_it_takes", lambda: move(10, 11))
    deed(lambda: move(10, 10))()
    assert (free(account), free(into)) == (90, 10)


# ---- the closed year ----


@pytest.fixture
def closed(grant: Grant) -> Grant:
    """The grant, when its year is closed."""
    YearEnd.objects.filter(authority=grant.authority, year=2026).update(
        closed_by=portal_make.a_user(), closed_at=timezone.now(), decision_reference="Regnskap, pkt. 3"
    )
    return grant


def test_a_closed_year_takes_no_new_commitment(closed: Grant) -> None:
    with pytest.raises(Refused) as told:
        make.a_grant(closed.account, amount=1)
    assert told.value.code == "ledger_year_is_closed"


def test_a_closed_year_takes_no_new_money(closed: Grant) -> None:
    with refused("ledger_year_is_closed"):
        raw(closed.account, Kind.CONTRIBUTION, 1)


def test_a_closed_year_pays_what_was_committed_before(closed: Grant) -> None:
    make.a_payout(closed, 60, "paid")
    assert GrantBalance.objects.get(grant=closed).paid_nok == 60


def test_a_closed_year_stays_closed(closed: Grant) -> None:
    with refused("year_stays_closed"):
        run("UPDATE grants_yearend SET note = 'x' WHERE authority_id = %s", closed.authority_id)
    with refused("year_stays_closed"):
        run("DELETE FROM grants_yearend WHERE authority_id = %s", closed.authority_id)


# ---- persons and bank accounts ----


def test_what_is_signed_stays_signed(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "attested")
    with refused("payout_goes_its_way"):
        Payout.objects.filter(pk=payout.pk).update(prepared_by=portal_make.a_user())
    with refused("payout_goes_its_way"):
        Payout.objects.filter(pk=payout.pk).update(amount_nok=11)
    with refused("payout_goes_its_way"):
        Payout.objects.filter(pk=payout.pk).update(state="paid")


def test_three_persons_sign(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "prepared")
    with refused("payout_attested_by_another"):
        Payout.objects.filter(pk=payout.pk).update(
            state="attested", attested_by=payout.prepared_by, attested_at=payout.prepared_at
        )


@pytest.mark.parametrize("who", ["prepared_by_id", "attested_by_id"])
@pytest.mark.parametrize("persons", [2, 3])
def test_who_approves_has_signed_nothing_before(grant: Grant, who: str, persons: int) -> None:
    payout = make.a_payout(grant, 10, "attested", persons=persons)
    with refused("payout_approved_by_another"):
        Payout.objects.filter(pk=payout.pk).update(
            state="approved", approved_by=getattr(payout, who), approved_at=payout.attested_at
        )


def test_money_goes_to_an_account_in_use(grant: Grant) -> None:
    payout = make.a_payout(grant, 10, "attested")
    assert payout.bank_account is not None
    type(payout.bank_account).objects.filter(pk=payout.bank_account.pk).update(state="replaced")
    with refused("payout_goes_to_a_confirmed_account"):
        Payout.objects.filter(pk=payout.pk).update(
            state="approved", approved_by=portal_make.a_user(), approved_at=payout.attested_at
        )


def test_a_bank_account_is_confirmed_by_another(world: World) -> None:
    proposed = make.a_bank_account(portal_make.an_organisation(world.home.authority), "proposed")
    with refused("bank_account_settled_by_another"):
        type(proposed).objects.filter(pk=proposed.pk).update(
            state="confirmed", settled_by=proposed.proposed_by, settled_at=proposed.proposed_at, how="Selv"
        )


def test_the_number_of_a_bank_account_never_changes(world: World) -> None:
    used = make.a_bank_account(portal_make.an_organisation(world.home.authority))
    with refused("bank_account_stays"):
        type(used).objects.filter(pk=used.pk).update(number=make.ACCOUNT_NUMBERS[1])


def test_a_payout_goes_to_its_own_recipients_account(world: World, grant: Grant) -> None:
    other = make.a_bank_account(portal_make.an_organisation(grant.authority))
    payout = make.a_payout(grant, 10)
    with refused("grants_payout_bank_account_same_organisation"):
        Payout.objects.filter(pk=payout.pk).update(
            state="prepared", bank_account=other, prepared_by=portal_make.a_user(), prepared_at=payout.asked_at
        )


def test_adopted_statutes_never_change(world: World) -> None:
    scheme = make.a_scheme(world.home.authority)
    step = world.home.case.steps.get()
    statutes = make.some_statutes(scheme, adopted_in=step, valid_from=DAY)
    with refused("statutes_stay_as_adopted"):
        type(statutes).objects.filter(pk=statutes.pk).update(text="Noe annet")
    with refused("statutes_stay_as_adopted"):
        statutes.delete()


@pytest.mark.parametrize("noun", ["grants_account", "grants_grant", "grants_fund", "grants_bankaccount",
                                  "grants_payout", "grants_repayment", "grants_paymentfile"])  # fmt: skip
def test_what_money_has_touched_is_never_deleted(grant: Grant, noun: str) -> None:
    with not_permitted():
        count(f"DELETE FROM {noun}")
