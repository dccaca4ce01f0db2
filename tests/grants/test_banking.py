"""A bank account is entered by one, confirmed by another, and all who speak for the organisation are told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from grants import banking, signing
from grants.models import BankAccount, Payout
from grants.refusals import Refused
from portal.models import Event, Mail, Notice
from tests import factories as make
from tests import factories_money as money

if TYPE_CHECKING:
    from portal.models import Authority, Organisation, User

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = money.ACCOUNT_NUMBERS
State = BankAccount.State


@pytest.fixture
def authority() -> Authority:
    return make.an_authority()


@pytest.fixture
def organisation(authority: Authority) -> Organisation:
    return make.an_organisation(authority, email="post@forening.example")


@pytest.fixture
def officer(authority: Authority) -> User:
    return make.a_user("officer", authority)


@pytest.fixture
def colleague(authority: Authority) -> User:
    return make.a_user("finance_preparer", authority)


@pytest.fixture
def contact(organisation: Organisation) -> User:
    person = make.a_user()
    make.a_mandate(organisation, person)
    return person


def now() -> dt.datetime:
    return timezone.now()


def entered(organisation: Organisation, by: User, number: str = FIRST) -> BankAccount:
    return banking.propose(organisation, number, "Foreningen", by=by, now=now())


def confirmed(organisation: Organisation, by: User, other: User, number: str = FIRST) -> BankAccount:
    return banking.confirm(entered(organisation, by, number), how="Ringte styreleder", by=other, now=now())


def told(person: User) -> set[str]:
    return set(Notice.objects.filter(user=person).values_list("kind", "occasion").values_list("occasion", flat=True))


def test_an_account_comes_into_use_when_another_confirms_it(
    organisation: Organisation, officer: User, colleague: User
) -> None:
    account = entered(organisation, officer)
    assert signing.in_use(organisation.pk) is None
    banking.confirm(account, how="Ringte styreleder", by=colleague, now=now())
    assert signing.in_use(organisation.pk) == account


def test_who_entered_it_does_not_confirm_it(organisation: Organisation, officer: User) -> None:
    account = entered(organisation, officer)
    with pytest.raises(Refused):
        banking.confirm(account, how="Det er riktig", by=officer, now=now())
    with pytest.raises(Refused):
        banking.refuse(account, how="Det er galt", by=officer, now=now())
    assert signing.in_use(organisation.pk) is None


def test_it_is_said_how_it_was_checked(organisation: Organisation, officer: User, colleague: User) -> None:
    with pytest.raises(Refused):
        banking.confirm(entered(organisation, officer), how="  ", by=colleague, now=now())


def test_one_who_acts_for_the_organisation_enters_but_does_not_confirm(
    organisation: Organisation, contact: User, authority: Authority, colleague: User
) -> None:
    account = entered(organisation, contact)
    make.a_mandate(organisation, colleague)
    with pytest.raises(Refused) as refused:
        banking.confirm(account, how="Jeg kjenner dem", by=colleague, now=now())
    assert refused.value.code == "tied"
    with pytest.raises(PermissionDenied):
        banking.confirm(account, how="Jeg eier den", by=contact, now=now())


@pytest.mark.parametrize("role", ["editor", "approver", "elected"])
def test_others_neither_enter_nor_confirm(
    organisation: Organisation, officer: User, authority: Authority, role: str
) -> None:
    person = make.a_user(role, authority)
    with pytest.raises(PermissionDenied):
        entered(organisation, person)
    account = entered(organisation, officer)
    with pytest.raises(PermissionDenied):
        banking.confirm(account, how="Ringte", by=person, now=now())
    with pytest.raises(PermissionDenied):
        entered(organisation, make.a_user("officer", make.an_authority()), SECOND)


def test_a_wrong_number_is_refused(organisation: Organisation, officer: User) -> None:
    for number in ("86011117946", "8601111794", "860111179477", "", "abcdefghijk"):
        with pytest.raises(ValidationError):
            entered(organisation, officer, number)


def test_one_change_waits_at_a_time_and_the_same_number_is_no_change(
    organisation: Organisation, officer: User, colleague: User
) -> None:
    confirmed(organisation, officer, colleague)
    with pytest.raises(Refused):
        entered(organisation, officer, FIRST)
    entered(organisation, officer, SECOND)
    with pytest.raises(Refused):
        entered(organisation, officer, THIRD)


def test_a_change_replaces_the_one_before_which_stays_to_be_seen(
    organisation: Organisation, officer: User, colleague: User
) -> None:
    first = confirmed(organisation, officer, colleague)
    second = confirmed(organisation, officer, colleague, SECOND)
    first.refresh_from_db()
    assert (first.state, second.state, second.version) == (State.REPLACED, State.CONFIRMED, 2)
    assert signing.in_use(organisation.pk) == second


def test_a_refused_change_leaves_the_one_in_use(organisation: Organisation, officer: User, colleague: User) -> None:
    first = confirmed(organisation, officer, colleague)
    banking.refuse(entered(organisation, officer, SECOND), how="Ingen kjente til det", by=colleague, now=now())
    assert signing.in_use(organisation.pk) == first
    assert entered(organisation, officer, THIRD).version == 3


def test_pressed_twice_it_is_confirmed_once_and_says_by_whom(
    organisation: Organisation, officer: User, colleague: User
) -> None:
    account = entered(organisation, officer)
    banking.confirm(account, how="Ringte styreleder", by=colleague, now=now())
    with pytest.raises(Refused) as refused:
        banking.confirm(account, how="Ringte styreleder", by=colleague, now=now())
    assert colleague.name in refused.value.messages[0]


def test_payouts_being_signed_to_the_old_account_start_again(
    authority: Authority, organisation: Organisation, officer: User, colleague: User
) -> None:
    confirmed(organisation, officer, colleague)
    grant = money.a_grant(money.a_line(money.a_scheme(authority), 100).account, organisation, 60)
    waits, prepared, attested = (money.a_payout(grant, 10, state) for state in ("asked", "prepared", "attested"))
    second = confirmed(organisation, officer, colleague, SECOND)
    for payout in (waits, prepared, attested):
        payout = Payout.objects.get(pk=payout.pk)
        assert (payout.state, payout.bank_account, payout.prepared_by) == ("asked", None, None)
    signing.prepare(prepared, by=colleague, now=now())
    assert Payout.objects.get(pk=prepared.pk).bank_account == second


# ---- telling ----


def test_everyone_who_speaks_for_the_organisation_is_told_those_who_did_lately_too(
    organisation: Organisation, contact: User, officer: User, colleague: User
) -> None:
    ended, long_ago, stranger = make.a_user(), make.a_user(), make.a_user()
    make.a_mandate(organisation, ended, ended_at=now(), ended_why="Fjernet")
    old = timezone.localdate() - dt.timedelta(days=500)
    make.a_mandate(organisation, long_ago, valid_from=old, valid_to=old + dt.timedelta(days=30))
    confirmed(organisation, officer, colleague)
    assert told(contact) == told(ended) == {"entered", "confirmed"}
    assert not told(long_ago) and not told(stranger)
    assert Notice.objects.filter(address="post@forening.example", kind="bank_account_changed").count() == 2
    assert Notice.objects.filter(user=colleague, kind="bank_account_to_confirm").count() == 1
    assert not Notice.objects.filter(user=officer).exists()


def test_no_number_stands_in_a_mail_a_notice_or_the_history(
    organisation: Organisation, contact: User, officer: User, colleague: User
) -> None:
    confirmed(organisation, officer, colleague)
    banking.refuse(entered(organisation, contact, SECOND), how="Feil", by=colleague, now=now())
    written = "".join(str(row) for model in (Mail, Notice, Event) for row in model.objects.values())
    assert "bank_account_confirmed" in written
    for number in (FIRST, SECOND):
        for form in (number, number[-5:], f"{number[:4]}.{number[4:6]}.{number[6:]}"):
            assert form not in written


def test_a_number_is_masked_for_those_who_do_not_work_with_it(
    authority: Authority, organisation: Organisation, officer: User, colleague: User
) -> None:
    account = confirmed(organisation, officer, colleague)
    assert banking.shown_to(officer, account) == "8601.11.17947"
    for person in (
        make.a_user("editor", authority),
        make.a_user(is_superuser=True),
        make.a_user("decision_maker", authority),
    ):
        assert banking.shown_to(person, account) == "•••• 17947"
