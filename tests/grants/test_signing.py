"""A payout is prepared, attested and approved by different people, when its conditions hold; and how it is stopped."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grants import signing
from grants.models import GrantBalance, LedgerEntry, PaymentRules, Payout
from grants.refusals import Refused
from portal.models import Event, Notice
from portal.permissions import forget_roles
from tests import factories as make
from tests import factories_money as money

if TYPE_CHECKING:
    from grants.models import Grant
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
State = Payout.State


@pytest.fixture
def authority() -> Authority:
    return make.an_authority()


@pytest.fixture
def grant(authority: Authority) -> Grant:
    """A grant of 60 with an account to be paid to."""
    line = money.a_line(money.a_scheme(authority), 100)
    made = money.a_grant(line.account, None, 60)
    money.a_bank_account(made.organisation)
    return made


@pytest.fixture
def preparer(authority: Authority) -> User:
    return make.a_user("finance_preparer", authority)


@pytest.fixture
def attester(authority: Authority) -> User:
    return make.a_user("attester", authority)


@pytest.fixture
def approver(authority: Authority) -> User:
    return make.a_user("approver", authority)


def everything(authority: Authority) -> User:
    """Return one who holds every role there is with payouts."""
    person = make.a_user("finance_preparer", authority)
    for role in ("attester", "approver", "officer"):
        person.memberships.create(authority=authority, role=role)
    return person


def now() -> dt.datetime:
    return timezone.now()


def as_is(payout: Payout) -> Payout:
    return Payout.objects.get(pk=payout.pk)


def sign(payout: Payout, *people: User) -> Payout:
    for deed, person in zip((signing.prepare, signing.attest, signing.approve), people, strict=False):
        deed(payout, by=person, now=now())
    return as_is(payout)


def paid(grant: Grant) -> int:
    return int(GrantBalance.objects.get(pk=grant.pk).paid_nok)


# ---- the way ----


def test_three_people_sign_and_the_money_leaves_the_grant_at_the_last(
    grant: Grant, preparer: User, attester: User, approver: User
) -> None:
    payout = money.a_payout(grant, 20)
    assert sign(payout, preparer, attester).state == State.ATTESTED
    assert paid(grant) == 0
    done = sign_last(payout, approver)
    assert (done.state, done.prepared_by, done.attested_by, done.approved_by) == (
        State.APPROVED, preparer, attester, approver,
    )  # fmt: skip
    assert paid(grant) == 20
    entry = LedgerEntry.objects.get(payout=payout)
    assert (entry.by, entry.amount_nok, entry.decision_id, entry.reference) == (
        approver, 20, grant.step_id, grant.decision_reference,
    )  # fmt: skip


def sign_last(payout: Payout, approver: User) -> Payout:
    signing.approve(payout, by=approver, now=now())
    return as_is(payout)


def test_one_person_with_every_role_signs_once_only(authority: Authority, grant: Grant, attester: User) -> None:
    payout, alone = money.a_payout(grant, 20), everything(authority)
    signing.prepare(payout, by=alone, now=now())
    with pytest.raises(Refused, match=r"Another|annen|Andre|andre"):
        signing.attest(payout, by=alone, now=now())
    signing.attest(payout, by=attester, now=now())
    with pytest.raises(Refused):
        signing.approve(payout, by=alone, now=now())
    assert as_is(payout).state == State.ATTESTED
    assert paid(grant) == 0


def test_who_attested_does_not_approve(authority: Authority, grant: Grant, preparer: User) -> None:
    payout, both = money.a_payout(grant, 20), everything(authority)
    sign(payout, preparer, both)
    with pytest.raises(Refused):
        signing.approve(payout, by=both, now=now())


def test_where_two_sign_the_one_who_prepared_attests_and_another_approves(
    authority: Authority, grant: Grant, preparer: User, approver: User
) -> None:
    PaymentRules.objects.create(authority=authority, persons=2)
    payout = money.a_payout(grant, 20)
    assert sign(payout, preparer, preparer).state == State.ATTESTED
    preparer.memberships.create(authority=authority, role="approver")
    forget_roles(preparer)
    with pytest.raises(Refused):
        signing.approve(payout, by=preparer, now=now())
    assert sign_last(payout, approver).state == State.APPROVED


def test_rules_that_are_changed_on_the_way_do_not_loosen_what_is_under_way(
    authority: Authority, grant: Grant, preparer: User
) -> None:
    payout = money.a_payout(grant, 20)
    sign(payout, preparer)
    PaymentRules.objects.create(authority=authority, persons=2)
    preparer.memberships.create(authority=authority, role="attester")
    forget_roles(preparer)
    with pytest.raises(Refused):
        signing.attest(payout, by=preparer, now=now())


@pytest.mark.parametrize("role", ["attester", "approver", "editor", "decision_maker", "elected"])
def test_who_does_not_prepare_does_not_prepare(authority: Authority, grant: Grant, role: str) -> None:
    with pytest.raises(PermissionDenied):
        signing.prepare(money.a_payout(grant, 20), by=make.a_user(role, authority), now=now())


def test_each_signature_asks_for_its_role_in_this_authority_today(
    authority: Authority, grant: Grant, preparer: User, attester: User
) -> None:
    payout = money.a_payout(grant, 20)
    elsewhere = everything(make.an_authority())
    for_a_while = make.a_user("attester", authority)
    for_a_while.memberships.update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    sign(payout, preparer)
    for person in (elsewhere, for_a_while, preparer, make.a_user(is_superuser=True)):
        with pytest.raises(PermissionDenied):
            signing.attest(payout, by=person, now=now())
    signing.attest(payout, by=attester, now=now())
    for person in (elsewhere, attester, preparer):
        with pytest.raises(PermissionDenied):
            signing.approve(payout, by=person, now=now())


def test_nobody_signs_for_an_organisation_she_acts_for_herself(grant: Grant, preparer: User) -> None:
    make.a_mandate(grant.organisation, preparer)
    payout = money.a_payout(grant, 20)
    with pytest.raises(Refused) as refused:
        signing.prepare(payout, by=preparer, now=now())
    assert refused.value.code == "tied"
    with pytest.raises(Refused):
        signing.cancel(payout, why="Feil", by=preparer, now=now())


# ---- what stands in the way ----


def test_too_little_is_documented_and_it_says_how_much_is_missing(
    grant: Grant, preparer: User, attester: User, approver: User
) -> None:
    money.a_condition(grant, "matching", title="Næringslivet bidrar like mye")
    money.a_source(grant, 15)
    money.a_source(grant, 3, "sent")
    payout = money.a_payout(grant, 20)
    with pytest.raises(Refused) as refused:
        signing.prepare(payout, by=preparer, now=now())
    (said,) = refused.value.messages
    assert "Næringslivet bidrar like mye" in said
    assert "kr\xa02 " in said and "kr\xa03 " in said
    money.a_source(grant, 5)
    sign(payout, preparer, attester, approver)
    assert paid(grant) == 20


def test_a_paper_sent_back_on_the_way_stops_the_next_signature(grant: Grant, preparer: User, attester: User) -> None:
    money.a_condition(grant, "matching")
    source = money.a_source(grant, 20)
    payout = sign(money.a_payout(grant, 20), preparer)
    source.state, source.note = "returned", "Viser ikke hvem som betalte"
    source.save()
    with pytest.raises(Refused):
        signing.attest(payout, by=attester, now=now())


def test_two_payouts_do_not_lean_on_the_same_documentation(grant: Grant, preparer: User) -> None:
    money.a_condition(grant, "matching")
    money.a_source(grant, 30)
    first, second = money.a_payout(grant, 20), money.a_payout(grant, 20)
    signing.prepare(first, by=preparer, now=now())
    with pytest.raises(Refused):
        signing.prepare(second, by=preparer, now=now())
    signing.prepare(second, by=preparer, now=now(), amount_nok=10)
    assert as_is(second).amount_nok == 10


def test_no_more_is_prepared_than_was_asked_for(grant: Grant, preparer: User) -> None:
    with pytest.raises(Refused):
        signing.prepare(money.a_payout(grant, 20), by=preparer, now=now(), amount_nok=21)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("attested", {}), ("report", {}), ("by_date", {"due_on": dt.date(2020, 12, 31)}), ("holdback", {})],
)
def test_a_condition_that_is_not_met_stops_it_by_name(
    grant: Grant, preparer: User, kind: str, facts: dict[str, Any]
) -> None:
    condition = money.a_condition(grant, kind, title="Nytt eierskap", **facts)
    payout = money.a_payout(grant, 60)
    with pytest.raises(Refused, match="Nytt eierskap"):
        signing.prepare(payout, by=preparer, now=now())
    condition.state, condition.settled_on, condition.settled_note = "waived", money.DAY, "Se vedtak"
    condition.save()
    assert sign(payout, preparer).state == State.PREPARED


def test_what_binds_the_authority_itself_stops_no_payout(grant: Grant, preparer: User) -> None:
    money.a_condition(grant, "attested", binds="authority")
    assert sign(money.a_payout(grant, 20), preparer).state == State.PREPARED


@pytest.mark.parametrize("trouble", ["bankrupt", "dissolving", "deleted"])
def test_an_organisation_that_is_closing_gets_no_payout(grant: Grant, preparer: User, trouble: str) -> None:
    grant.organisation.register_copy = {"troubles": [trouble]}
    grant.organisation.save()
    with pytest.raises(Refused):
        signing.prepare(money.a_payout(grant, 20), by=preparer, now=now())


def test_without_a_confirmed_account_nothing_is_prepared(authority: Authority, preparer: User) -> None:
    grant = money.a_grant(money.a_line(money.a_scheme(authority), 100).account, None, 60)
    money.a_bank_account(grant.organisation, "proposed")
    with pytest.raises(Refused):
        signing.prepare(money.a_payout(grant, 20), by=preparer, now=now())


def test_a_closed_year_does_not_stop_payouts_on_what_was_committed_before(
    authority: Authority, grant: Grant, preparer: User, attester: User, approver: User
) -> None:
    payout = money.a_payout(grant, 20)
    money.a_closed_year(authority, 2026)
    assert sign(payout, preparer, attester, approver).state == State.APPROVED


# ---- pressing twice, and pages that have grown old ----


def test_a_second_press_signs_nothing_and_says_who_was_first(grant: Grant, preparer: User) -> None:
    payout = money.a_payout(grant, 20)
    signing.prepare(payout, by=preparer, now=now())
    with pytest.raises(Refused) as refused:
        signing.prepare(payout, by=preparer, now=now())
    assert preparer.name in refused.value.messages[0]


def test_a_page_from_before_a_change_signs_nothing(grant: Grant, preparer: User) -> None:
    payout = as_is(money.a_payout(grant, 20))
    seen = payout.row_version
    payout.text = "Endret"
    payout.save()
    with pytest.raises(Refused) as refused:
        signing.prepare(payout, by=preparer, now=now(), version=seen)
    assert refused.value.code == "stale"


def test_signing_several_signs_each_for_itself(grant: Grant, preparer: User) -> None:
    fine, blocked = as_is(money.a_payout(grant, 10)), as_is(money.a_payout(money_less(grant), 10))
    done, refused = signing.sign_many(
        [(fine, fine.row_version), (blocked, blocked.row_version)], "forbered", by=preparer, now=now()
    )
    assert [payout.pk for payout in done] == [fine.pk]
    assert [payout.pk for payout, _why in refused] == [blocked.pk]


def test_a_role_that_is_lost_on_the_way_signs_nothing_and_is_told_of(grant: Grant) -> None:
    payout, without = as_is(money.a_payout(grant, 10)), make.a_user()
    done, refused = signing.sign_many([(payout, payout.row_version)], "forbered", by=without, now=now())
    assert (done, [each.pk for each, _why in refused]) == ([], [payout.pk])
    assert Payout.objects.get(pk=payout.pk).state == "asked"


def money_less(grant: Grant) -> Grant:
    """Return a grant of the same account whose recipient has no bank account."""
    return money.a_grant(grant.account, None, 20)


# ---- back, and stopped ----


def test_sent_back_clears_what_was_signed_and_tells_those_who_signed(
    grant: Grant, preparer: User, attester: User, approver: User
) -> None:
    payout = sign(money.a_payout(grant, 20), preparer, attester)
    with pytest.raises(Refused):
        signing.send_back(payout, why=" ", by=approver, now=now())
    signing.send_back(payout, why="Bilaget mangler dato", by=approver, now=now())
    back = as_is(payout)
    assert (back.state, back.prepared_by, back.attested_by, back.bank_account) == (State.ASKED, None, None, None)
    assert back.reason == "Bilaget mangler dato"
    told = Notice.objects.filter(kind="payout_sent_back").values_list("user", flat=True)
    assert set(told) == {preparer.pk, attester.pk}
    again = sign(payout, preparer, attester, approver)
    assert (again.state, again.reason) == (State.APPROVED, "")


def test_an_approved_payout_is_stopped_by_an_approver_and_undone_in_the_ledger(
    grant: Grant, preparer: User, attester: User, approver: User
) -> None:
    payout = sign(money.a_payout(grant, 20), preparer, attester, approver)
    with pytest.raises(PermissionDenied):
        signing.cancel(payout, why="Dobbelt", by=preparer, now=now())
    signing.cancel(payout, why="Dobbelt", by=approver, now=now())
    assert as_is(payout).state == State.CANCELLED
    assert paid(grant) == 0
    assert LedgerEntry.objects.filter(payout=payout).count() == 2
    with pytest.raises(Refused):
        signing.cancel(payout, why="Dobbelt", by=approver, now=now())


def test_what_lies_in_a_file_is_not_stopped(grant: Grant, approver: User) -> None:
    with pytest.raises(Refused):
        signing.cancel(money.a_payout(grant, 20, "sent"), why="Angrer", by=approver, now=now())


def test_what_was_stopped_is_started_again_once(grant: Grant, preparer: User) -> None:
    payout = money.a_payout(grant, 60, "returned")
    again = signing.start_again(payout, by=preparer, now=now())
    assert signing.start_again(payout, by=preparer, now=now()) == again
    assert (again.state, again.amount_nok) == (State.ASKED, 60)
    with pytest.raises(Refused):
        signing.start_again(again, by=preparer, now=now())


def test_the_desk_registers_no_more_than_is_left(grant: Grant, preparer: User) -> None:
    signing.register(grant, 50, by=preparer, now=now(), key="en")
    assert signing.register(grant, 50, by=preparer, now=now(), key="en").amount_nok == 50
    with pytest.raises(Refused, match="10"):
        signing.register(grant, 11, by=preparer, now=now(), key="to")
    assert Payout.objects.filter(grant=grant).count() == 1


# ---- telling ----


def test_those_whose_turn_it_is_are_told_once_for_many(
    authority: Authority, grant: Grant, preparer: User, attester: User, approver: User
) -> None:
    first, second = money.a_payout(grant, 10), money.a_payout(grant, 10)
    signing.prepare(first, by=preparer, now=now())
    signing.prepare(second, by=preparer, now=now())
    assert list(Notice.objects.filter(kind="payout_to_sign").values_list("user", flat=True)) == [attester.pk]
    signing.attest(first, by=attester, now=now())
    assert Notice.objects.filter(kind="payout_to_sign", user=approver).count() == 1


def test_the_history_holds_no_account_number(grant: Grant, preparer: User, attester: User, approver: User) -> None:
    sign(money.a_payout(grant, 20), preparer, attester, approver)
    written = str(list(Event.objects.values_list("kind", "facts"))) + str(list(Notice.objects.values()))
    assert money.ACCOUNT_NUMBERS[0] not in written
    assert Event.objects.filter(kind="payout_approved").exists()
