"""A fund: pledges are no money, what is paid in is, and a frame holds what a year may grant."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied

from grants import funding
from grants.models import Balance, FundFrame, LedgerEntry, Pledge, YearBalance
from grants.refusals import Refused
from portal.models import Event
from tests import factories as ground
from tests import factories_money as make

if TYPE_CHECKING:
    from grants.models import Fund
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 5)


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def officer(place: Authority) -> User:
    return ground.a_user("officer", place)


@pytest.fixture
def fund(place: Authority) -> Fund:
    return make.a_fund(make.a_scheme(place, kind="fund"))


def free(fund: Fund) -> int:
    return Balance.objects.get(account=fund.account_id).free_nok


def a_pledge(fund: Fund, by: User, **facts: Any) -> Pledge:
    known = {"payer": "Banken", "payer_class": "business", "amount_nok": 500, "pledged_on": TODAY, "key": "én"}
    return funding.pledge(fund, by=by, **{**known, **facts})  # type: ignore[arg-type]


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code)


# ---- the fund ----


def test_a_scheme_gets_one_fund_however_often_it_is_asked_for(place: Authority, officer: User) -> None:
    scheme = make.a_scheme(place, kind="fund")
    made = funding.open_fund(scheme, by=officer)
    assert funding.open_fund(scheme, by=officer) == made
    assert (made.account.year, free(made)) == (None, 0)


def test_operating_support_has_no_fund(place: Authority, officer: User) -> None:
    with refused("kind"):
        funding.open_fund(make.a_scheme(place), by=officer)


@pytest.mark.parametrize("role", ["editor", "attester", "elected"])
def test_others_than_officers_do_not_open_a_fund(place: Authority, role: str) -> None:
    with pytest.raises(PermissionDenied):
        funding.open_fund(make.a_scheme(place, kind="fund"), by=ground.a_user(role, place))


def test_an_officer_of_the_next_municipality_does_nothing_here(fund: Fund) -> None:
    neighbour = ground.a_user("officer", ground.an_authority())
    with pytest.raises(PermissionDenied):
        a_pledge(fund, neighbour)
    with pytest.raises(PermissionDenied):
        funding.receive(fund, 10, on=TODAY, by=neighbour, key="x")
    with pytest.raises(PermissionDenied):
        funding.set_frame(fund, 2026, 10, by=neighbour, reference="Vedtak")


# ---- pledges ----


def test_a_pledge_is_no_money(fund: Fund, officer: User) -> None:
    a_pledge(fund, officer)
    assert free(fund) == 0


def test_a_second_press_makes_no_second_pledge(fund: Fund, officer: User) -> None:
    assert a_pledge(fund, officer) == a_pledge(fund, officer)
    assert a_pledge(fund, officer, key="to") != a_pledge(fund, officer)
    assert Pledge.objects.filter(fund=fund).count() == 2


def test_a_pledge_is_not_due_before_it_is_made(fund: Fund, officer: User) -> None:
    with refused("period"):
        a_pledge(fund, officer, due_on=TODAY - dt.timedelta(days=1))
    made = a_pledge(fund, officer)
    with refused("period"):
        funding.move_pledge(made, due_on=TODAY - dt.timedelta(days=1), by=officer)


def test_part_of_a_pledge_is_paid_and_then_the_rest(fund: Fund, officer: User) -> None:
    made = a_pledge(fund, officer)
    funding.receive(made, 200, on=TODAY, by=officer, key="1")
    made.refresh_from_db()
    assert (made.state, funding.received_of(made), free(fund)) == ("open", 200, 200)
    funding.receive(made, 300, on=TODAY, by=officer, key="2")
    made.refresh_from_db()
    assert (made.state, funding.received_of(made), free(fund)) == ("paid", 500, 500)
    with refused("paid"):
        funding.receive(made, 1, on=TODAY, by=officer, key="3")


def test_the_same_money_is_received_once(fund: Fund, officer: User) -> None:
    made = a_pledge(fund, officer)
    first = funding.receive(made, 500, on=TODAY, by=officer, key="samme")
    assert funding.receive(made, 500, on=TODAY, by=officer, key="samme") == first
    assert free(fund) == 500


def test_what_is_left_of_a_pledge_can_be_withdrawn_and_what_came_stays(fund: Fund, officer: User) -> None:
    made = a_pledge(fund, officer)
    funding.receive(made, 200, on=TODAY, by=officer, key="1")
    funding.withdraw_pledge(made, why="Styret sa nei.", by=officer)
    funding.withdraw_pledge(made, why="Igjen", by=officer)
    made.refresh_from_db()
    assert (made.state, made.note, free(fund)) == ("withdrawn", "Styret sa nei.", 200)
    with refused("withdrawn"):
        funding.receive(made, 1, on=TODAY, by=officer, key="2")


def test_what_another_has_changed_is_not_withdrawn_unseen(fund: Fund, officer: User) -> None:
    made = a_pledge(fund, officer)
    seen = made.row_version
    funding.move_pledge(made, due_on=dt.date(2026, 6, 1), by=officer)
    with refused("changed"):
        funding.withdraw_pledge(made, why="Styret sa nei.", by=officer, version=seen)


def test_money_comes_without_a_pledge_too_and_the_treasurer_may_register_it(fund: Fund, place: Authority) -> None:
    treasurer = ground.a_user("finance_preparer", place)
    entry = funding.receive(fund, 75, on=TODAY, by=treasurer, key="gave", note="Gave fra Banken")
    assert (entry.kind, entry.pledge_id, free(fund)) == ("contribution", None, 75)


def test_money_that_has_not_come_is_not_received(fund: Fund, officer: User) -> None:
    with refused("ahead"):
        funding.receive(fund, 75, on=TODAY + dt.timedelta(days=1), by=officer, key="x", today=TODAY)


def test_a_closed_year_receives_nothing(fund: Fund, officer: User, place: Authority) -> None:
    make.a_closed_year(place, 2026)
    with refused("ledger_year_is_closed"):
        funding.receive(fund, 75, on=TODAY, by=officer, key="x")
    entry = funding.receive(fund, 75, on=dt.date(2027, 1, 2), by=officer, key="y")
    entry.refresh_from_db()
    assert (entry.year, free(fund)) == (2027, 75)


def test_history_names_no_payer(fund: Fund, officer: User) -> None:
    a_pledge(fund, officer, payer="Ola Oppdiktet")
    assert "Oppdiktet" not in str(list(Event.objects.filter(subject_id=fund.pk).values_list("facts", flat=True)))


# ---- frames ----


def frame_of(fund: Fund, year: int = 2026) -> int | None:
    return YearBalance.objects.values_list("frame_nok", flat=True).get(account=fund.account_id, year=year)


def test_a_proposed_frame_binds_nothing_and_an_adopted_one_does(fund: Fund, officer: User) -> None:
    made = funding.propose_frame(fund, 2026, 100, by=officer)
    assert funding.propose_frame(fund, 2026, 100, by=officer) == made
    assert frame_of(fund) is None
    funding.adopt_frame(made, by=officer, reference="Formannskapet 3/26")
    assert frame_of(fund) == 100


def test_a_frame_names_its_decision(fund: Fund, officer: User) -> None:
    made = funding.propose_frame(fund, 2026, 100, by=officer)
    for reference in ("", None):
        with refused("fund_frame_adopted_names_decision"):
            funding.adopt_frame(made, by=officer, reference=reference or "")


def test_a_new_decision_changes_the_frame_of_the_year(fund: Fund, officer: User) -> None:
    first = funding.set_frame(fund, 2026, 100, by=officer, reference="Formannskapet 3/26")
    second = funding.set_frame(fund, 2026, 150, by=officer, reference="Formannskapet 9/26", version=0)
    assert (first.pk, frame_of(fund)) == (second.pk, 150)
    with refused("changed"):
        funding.set_frame(fund, 2026, 120, by=officer, reference="Formannskapet 10/26", version=0)


def test_a_second_proposal_for_the_year_is_not_adopted_beside_the_first(fund: Fund, officer: User) -> None:
    funding.set_frame(fund, 2026, 100, by=officer, reference="Formannskapet 3/26")
    other = funding.propose_frame(fund, 2026, 200, by=officer)
    with refused("fund_frame_once"):
        funding.adopt_frame(other, by=officer, reference="Formannskapet 4/26")
    funding.reject_frame(other, by=officer)
    assert list(FundFrame.objects.filter(fund=fund).order_by("pk").values_list("stage", flat=True)) == [
        "adopted", "rejected",
    ]  # fmt: skip


def test_a_frame_is_not_set_below_what_is_granted_within_it(fund: Fund, officer: User) -> None:
    make.a_line(fund.scheme, 500, fund=fund)
    funding.set_frame(fund, 2026, 300, by=officer, reference="Formannskapet 3/26")
    make.a_grant(fund.account, amount=200)
    with pytest.raises(Refused, match=r"kr\\xa0200") as caught:
        funding.set_frame(fund, 2026, 199, by=officer, reference="Formannskapet 5/26")
    assert caught.value.code == "fund_frame_never_overcommitted"
    funding.set_frame(fund, 2026, 200, by=officer, reference="Formannskapet 5/26")


def test_a_closed_year_gets_no_frame(fund: Fund, officer: User, place: Authority) -> None:
    make.a_closed_year(place, 2026)
    with refused("ledger_year_is_closed"):
        funding.propose_frame(fund, 2026, 100, by=officer)
    with refused("ledger_year_is_closed"):
        funding.set_frame(fund, 2025, 100, by=officer, reference="Vedtak")


def test_every_entry_of_the_fund_still_adds_up(fund: Fund, officer: User) -> None:
    a_pledge(fund, officer)
    funding.receive(fund, 75, on=TODAY, by=officer, key="gave")
    entries = LedgerEntry.objects.filter(account=fund.account_id)
    assert sum(entry.amount_nok for entry in entries) == free(fund) == 75
