"""A payout that waits is shown to those whose turn it is, and they are told when it has waited too long."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from grants import signing
from grants.models import PaymentRules, Payout
from grants.payout_deadlines import to_sign
from portal import due
from portal.models import Notice
from tests import factories as make
from tests import factories_money as money
from tests.portal.mondays import MONDAY, at, run

if TYPE_CHECKING:
    from grants.models import Grant
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority() -> Authority:
    return make.an_authority()


@pytest.fixture
def grant(authority: Authority) -> Grant:
    made = money.a_grant(money.a_line(money.a_scheme(authority), 100).account, None, 60)
    money.a_bank_account(made.organisation)
    return made


@pytest.fixture
def people(authority: Authority) -> list[User]:
    alone = make.a_user("officer", authority)
    for role in ("finance_preparer", "attester", "approver"):
        alone.memberships.create(authority=authority, role=role)
    gone = make.a_user("attester", authority)
    gone.memberships.update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    roles = ("officer", "finance_preparer", "attester", "approver", "editor", "leader")
    return [alone, gone, *(make.a_user(role, authority) for role in roles)]


def waits_for(payout: Payout) -> list[int]:
    return sorted(to_sign(timezone.localdate()).filter(pk=payout.pk).values_list("who", flat=True))


@pytest.mark.parametrize("persons", [2, 3])
def test_those_whose_turn_it_is_and_no_others_see_it_each_once(
    authority: Authority, grant: Grant, people: list[User], persons: int
) -> None:
    PaymentRules.objects.create(authority=authority, persons=persons)
    tied = people[-2]
    make.a_mandate(grant.organisation, tied)
    payout = money.a_payout(grant, 10)
    for deed, signer in ((signing.prepare, people[0]), (signing.attest, people[4]), (signing.approve, people[5])):
        row = Payout.objects.get(pk=payout.pk)
        turn = sorted(person.pk for person in people if signing.is_her_turn(person, row))
        assert waits_for(payout) == turn
        deed(payout, by=signer, now=timezone.now())
    assert waits_for(payout) == []


def test_one_who_acts_for_the_recipient_is_not_asked(grant: Grant, people: list[User]) -> None:
    payout = money.a_payout(grant, 10)
    make.a_mandate(grant.organisation, people[2])
    assert people[2].pk not in waits_for(payout)


def test_it_is_due_two_weeks_after_it_was_asked_for_and_then_told(grant: Grant, people: list[User]) -> None:
    payout = money.a_payout(grant, 10, asked_at=at(MONDAY - dt.timedelta(days=14), 12))
    (line,) = [row for row in due.of_person(people[3], MONDAY, MONDAY) if row.about_id == payout.pk]
    assert line.day == MONDAY
    assert line.path.endswith(f"/utbetalinger/{payout.pk}/")
    run(MONDAY)
    assert Notice.objects.filter(kind="payout_waits", user=people[3]).count() == 1
    assert not Notice.objects.filter(kind="payout_waits", user=people[4]).exists()
