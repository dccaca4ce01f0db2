"""Budget lines: proposed without money, adopted by a decision, divided, turned down, withdrawn; entries undone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grants import budgeting, ledger
from grants.models import Balance, BudgetLine, LedgerEntry, Repayment, YearBalance
from grants.refusals import Refused
from portal import wiring
from portal.models import CaseStep, Event
from tests import factories as ground
from tests import factories_money as make

if TYPE_CHECKING:
    from grants.models import Scheme
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 5)
Kind = LedgerEntry.Kind


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def officer(place: Authority) -> User:
    return ground.a_user("officer", place)


@pytest.fixture
def scheme(place: Authority) -> Scheme:
    return make.a_scheme(place)


def a_proposal(scheme: Scheme, amount: int = 100, **facts: Any) -> BudgetLine:
    return make.a_line(scheme, amount, adopt=False, **facts)


def adopted(line: BudgetLine, by: User, **facts: Any) -> BudgetLine:
    return budgeting.adopt(line, by=by, **{"on": TODAY, "reference": "KS 12/26", **facts})


def free(line: BudgetLine) -> int:
    return Balance.objects.get(account=budgeting.place_of(line)).free_nok


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def a_resolution(place: Authority, **facts: Any) -> CaseStep:
    known = {
        "activity": "decision",
        "outcome": "adopted",
        "resolution": "Vedtatt.",
        "decided_on": dt.date(2025, 12, 11),
    }
    return ground.a_step(ground.a_case(place), **{**known, **facts})


# ---- drawn up ----


def test_a_proposed_line_holds_no_money(scheme: Scheme, officer: User) -> None:
    line = BudgetLine(authority=scheme.authority, scheme=scheme, year=2026, name="Byen", amount_nok=620_000)
    budgeting.propose(line, by=officer)
    assert (line.stage, line.account_id, line.entries.count()) == ("proposed", None, 0)
    assert Event.objects.get(kind="budget_line_proposed").facts == {"year": 2026, "amount_nok": 620_000}


def test_the_same_line_is_drawn_up_once(scheme: Scheme, officer: User) -> None:
    facts = {"authority": scheme.authority, "scheme": scheme, "year": 2026, "name": "Byen", "amount_nok": 10}
    budgeting.propose(BudgetLine(**facts), by=officer)
    with refused("twice"):
        budgeting.propose(BudgetLine(**facts), by=officer)
    budgeting.propose(BudgetLine(**{**facts, "year": 2027}), by=officer)


def test_a_line_is_changed_until_it_is_decided(scheme: Scheme, officer: User) -> None:
    line = a_proposal(scheme)
    line.amount_nok = 90
    budgeting.propose(line, by=officer)
    adopted(line, officer)
    line.amount_nok = 80
    with refused("done"):
        budgeting.propose(line, by=officer)


@pytest.mark.parametrize("role", ["editor", "decision_maker", "attester", "elected"])
def test_others_than_officers_draw_up_nothing(scheme: Scheme, role: str) -> None:
    line = BudgetLine(authority=scheme.authority, scheme=scheme, year=2026, name="Byen", amount_nok=1)
    with pytest.raises(PermissionDenied):
        budgeting.propose(line, by=ground.a_user(role, scheme.authority))


# ---- adopted ----


def test_an_adopted_line_has_its_amount_on_an_account_of_its_year(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme, 915_000, year=2020), officer)
    assert line.account is not None
    assert (line.account.year, free(line)) == (2020, 915_000)
    entry = line.entries.get()
    assert (entry.kind, entry.reference, entry.by, entry.year) == (Kind.APPROPRIATION, "KS 12/26", officer, 2020)


def test_a_line_is_adopted_once_however_often_it_is_pressed(scheme: Scheme, officer: User) -> None:
    line = a_proposal(scheme)
    adopted(line, officer)
    with refused("done"):
        adopted(line, officer)
    assert line.entries.count() == 1


def test_another_amount_than_the_proposed_may_be_adopted(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme, 100), officer, amount_nok=70)
    assert (line.amount_nok, free(line)) == (70, 70)
    assert Event.objects.get(kind="budget_line_adopted").facts["proposed_nok"] == 100


def test_a_line_changed_since_it_was_shown_is_not_adopted(scheme: Scheme, officer: User) -> None:
    line = a_proposal(scheme)
    BudgetLine.objects.filter(pk=line.pk).update(amount_nok=999)
    with refused("stale"):
        adopted(line, officer, version=line.row_version)


def test_a_line_names_its_decision(scheme: Scheme, officer: User) -> None:
    with refused("budget_line_adopted_names_decision"):
        adopted(a_proposal(scheme), officer, reference="")


def test_the_resolutions_own_day_counts(scheme: Scheme, officer: User, place: Authority) -> None:
    step = a_resolution(place)
    line = adopted(a_proposal(scheme), officer, step=step, reference="")
    entry = line.entries.get()
    assert (entry.decision, entry.case, entry.on_date) == (step, step.case, dt.date(2025, 12, 11))


@pytest.mark.parametrize("facts", [{"outcome": "rejected"}, {"outcome": "pending"}, {"decided_on": None}])
def test_a_resolution_that_carries_nothing_adopts_nothing(
    scheme: Scheme, officer: User, place: Authority, facts: dict[str, Any]
) -> None:
    with refused("step"):
        adopted(a_proposal(scheme), officer, step=a_resolution(place, **facts))


@pytest.mark.parametrize("role", ["editor", "finance_preparer", "attester", "approver", "elected"])
def test_who_registers_no_decisions_adopts_nothing(scheme: Scheme, role: str) -> None:
    with pytest.raises(PermissionDenied):
        adopted(a_proposal(scheme), ground.a_user(role, scheme.authority))


def test_the_operator_and_the_next_municipality_adopt_nothing(scheme: Scheme) -> None:
    for person in (ground.a_user(is_superuser=True), ground.a_user("leader", ground.an_authority())):
        with pytest.raises(PermissionDenied):
            adopted(a_proposal(scheme), person)


def test_a_closed_year_takes_no_line(scheme: Scheme, officer: User, place: Authority) -> None:
    make.a_closed_year(place, 2026)
    with refused("ledger_year_is_closed"):
        adopted(a_proposal(scheme), officer)
    assert not LedgerEntry.objects.filter(authority=place).exists()


def test_what_goes_into_a_fund_is_dated_in_the_lines_year(place: Authority, officer: User) -> None:
    scheme = make.a_scheme(place, kind="fund")
    fund = make.a_fund(scheme)
    line = adopted(a_proposal(scheme, 2_500_000, year=2026, fund=fund), officer, on=dt.date(2025, 12, 11))
    assert (line.account_id, free(line)) == (None, 2_500_000)
    assert YearBalance.objects.get(account=fund.account).year == 2026


def test_money_goes_into_the_schemes_own_fund_only(scheme: Scheme, officer: User, place: Authority) -> None:
    other = make.a_fund(make.a_scheme(place, kind="fund"))
    with refused("fund"):
        adopted(a_proposal(scheme, fund=other), officer)


# ---- divided ----


def test_a_part_takes_its_money_from_the_sum_it_is_part_of(scheme: Scheme, officer: User) -> None:
    whole = adopted(a_proposal(scheme, 100), officer)
    part = adopted(a_proposal(scheme, 60, parent=whole), officer)
    assert (free(whole), free(part)) == (40, 60)
    into, out = LedgerEntry.objects.filter(line=part).order_by("pk")
    assert (into.kind, out.kind, into.transfer) == (Kind.DISTRIBUTE_IN, Kind.DISTRIBUTE_OUT, out.transfer)


def test_no_more_is_divided_than_there_is(scheme: Scheme, officer: User) -> None:
    whole = adopted(a_proposal(scheme, 100), officer)
    adopted(a_proposal(scheme, 60, parent=whole), officer)
    with pytest.raises(Refused, check=lambda error: "kr\xa040" in error.messages[0]):
        adopted(a_proposal(scheme, 41, parent=whole), officer)
    assert free(whole) == 40


def test_a_part_waits_for_its_whole(scheme: Scheme, officer: User) -> None:
    with refused("parent"):
        adopted(a_proposal(scheme, 60, parent=a_proposal(scheme)), officer)


def test_a_part_has_its_wholes_year_and_no_line_is_part_of_itself(scheme: Scheme, officer: User) -> None:
    whole = a_proposal(scheme)
    part = a_proposal(scheme, 10, parent=whole)
    with refused("parent"):
        budgeting.propose(
            BudgetLine(authority=scheme.authority, scheme=scheme, year=2027, name="x", amount_nok=1, parent=whole),
            by=officer,
        )
    whole.parent = part
    with refused("parent"):
        budgeting.propose(whole, by=officer)


# ---- turned down and withdrawn ----


def test_a_line_turned_down_holds_nothing_and_can_be_proposed_again(scheme: Scheme, officer: User) -> None:
    line = budgeting.reject(a_proposal(scheme), by=officer, reference="KS 12/26")
    assert (line.stage, line.entries.count()) == ("rejected", 0)
    with refused("done"):
        adopted(line, officer)
    assert budgeting.reopen(line, by=officer).stage == "proposed"


def test_a_withdrawn_line_leaves_both_entries_and_no_money(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    budgeting.withdraw(line, why="Vedtatt på nytt i mars", by=officer, on=TODAY)
    line.refresh_from_db()
    assert (line.stage, free(line)) == ("rejected", 0)
    assert [entry.amount_nok for entry in line.entries.order_by("pk")] == [100, -100]
    with refused("held_money"):
        budgeting.reopen(line, by=officer)


def test_a_withdrawn_part_gives_its_money_back(scheme: Scheme, officer: User) -> None:
    whole = adopted(a_proposal(scheme, 100), officer)
    part = adopted(a_proposal(scheme, 60, parent=whole), officer)
    with refused("parts"):
        budgeting.withdraw(whole, why="Feil", by=officer, on=TODAY)
    budgeting.withdraw(part, why="Feil", by=officer, on=TODAY)
    assert (free(whole), free(part)) == (100, 0)


def test_a_line_that_is_granted_from_is_not_withdrawn(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    assert line.account is not None
    make.a_grant(line.account, amount=60)
    with pytest.raises(Refused, check=lambda error: "kr\xa040" in error.messages[0]):
        budgeting.withdraw(line, why="Feil", by=officer, on=TODAY)


def test_nothing_is_withdrawn_without_a_reason(scheme: Scheme, officer: User) -> None:
    with refused("why"):
        budgeting.withdraw(adopted(a_proposal(scheme), officer), why=" ", by=officer, on=TODAY)


# ---- entries undone ----


def test_undoing_an_appropriation_withdraws_its_line(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    made = budgeting.undo(line.entries.get(), why="Feil beløp", by=officer, on=TODAY)
    line.refresh_from_db()
    assert (line.stage, made.amount_nok, made.note) == ("rejected", -100, "Feil beløp")
    with refused("done"):
        budgeting.undo(line.entries.get(reverses=None), why="Feil beløp", by=officer, on=TODAY)


def test_a_release_that_was_wrong_is_taken_back_while_the_grant_runs(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    assert line.account is not None
    grant = make.a_grant(line.account, amount=60)
    entry = ledger.release(grant, 20, key="x", on=TODAY, by=officer, why="Mindre behov")
    budgeting.undo(entry, why="Likevel behov", by=officer, on=TODAY)
    grant.balance.refresh_from_db()
    assert (grant.balance.unpaid_nok, free(line)) == (60, 40)


def test_a_release_is_not_taken_back_when_the_money_is_used(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    assert line.account is not None
    entry = ledger.release(make.a_grant(line.account, amount=60), 60, key="x", on=TODAY, by=officer, why="Mindre behov")
    make.a_grant(line.account, amount=90)
    with refused("account_never_overcommitted"):
        budgeting.undo(entry, why="Likevel behov", by=officer, on=TODAY)


def test_a_release_of_a_closed_year_stays(scheme: Scheme, officer: User, place: Authority) -> None:
    line = adopted(a_proposal(scheme), officer)
    assert line.account is not None
    entry = ledger.release(make.a_grant(line.account, amount=60), 20, key="x", on=TODAY, by=officer, why="Mindre behov")
    make.a_closed_year(place, 2026)
    with refused("ledger_year_is_closed"):
        budgeting.undo(entry, why="Likevel behov", by=officer, on=TODAY)


def test_a_repayment_that_never_came_is_awaited_again_and_can_come(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    assert line.account is not None
    grant = make.a_grant(line.account, amount=60)
    make.a_payout(grant, 60, "paid")
    repayment = make.a_repayment(grant, 5, "received")
    budgeting.undo(repayment.entries.get(), why="Ført på feil tilsagn", by=officer, on=TODAY)
    repayment.refresh_from_db()
    assert (repayment.state, free(line)) == (Repayment.State.CLAIMED, 40)
    repayment.state, repayment.received_on = Repayment.State.RECEIVED, TODAY
    repayment.save()
    ledger.receive_back(repayment, on=TODAY, by=officer)
    assert free(line) == 45


def test_a_contribution_that_was_wrong_opens_its_pledge_again(place: Authority, officer: User) -> None:
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    pledge = make.a_pledge(fund, 50)
    entry = ledger.contribute(fund, 50, key="x", on=TODAY, by=officer, pledge=pledge)
    pledge.state = "paid"
    pledge.save()
    budgeting.undo(entry, why="Kom fra en annen", by=officer, on=TODAY)
    pledge.refresh_from_db()
    assert (pledge.state, Balance.objects.get(account=fund.account_id).free_nok) == ("open", 0)


def test_commitments_and_payouts_are_undone_by_what_caused_them(scheme: Scheme, officer: User) -> None:
    line = adopted(a_proposal(scheme), officer)
    assert line.account is not None
    grant = make.a_grant(line.account, amount=60)
    make.a_payout(grant, 10, "paid")
    for entry in grant.entries.all():
        with refused("not_here"):
            budgeting.undo(entry, why="Feil", by=officer, on=TODAY)


# ---- what rests on a resolution ----


def test_a_resolution_that_money_rests_on_stays(scheme: Scheme, officer: User, place: Authority) -> None:
    step = a_resolution(place)
    line = adopted(a_proposal(scheme), officer, step=step, reference="")
    wiring.check_step(step)
    step.outcome = "rejected"
    with pytest.raises(ValidationError) as said:
        wiring.check_step(step)
    assert list(said.value.message_dict) == ["outcome"]
    budgeting.withdraw(line, why="Omgjort", by=officer, on=TODAY)
    wiring.check_step(step)
