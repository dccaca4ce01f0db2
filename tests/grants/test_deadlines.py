"""The due dates of money: told to those who speak for the recipient, and followed by the desk."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from grants import deadlines
from grants.models import Condition, ExemptField, Grant, GrantReport, Pledge, Repayment
from portal import due, sweep
from portal.models import Notice
from tests import factories as ground
from tests import factories_money as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import Authority, Organisation, User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
SOON = TODAY + dt.timedelta(days=5)
OWN = ("grant_report_due", "grant_condition_due", "grant_use_by_due", "repayment_due")


@pytest.fixture
def place(db: None, time_machine: Any) -> Authority:
    time_machine.move_to(NOW, tick=False)
    return ground.an_authority(name="Prøveby")


@pytest.fixture
def organisation(place: Authority) -> Organisation:
    return ground.an_organisation(place)


@pytest.fixture
def treasurer(organisation: Organisation) -> User:
    user = ground.a_user()
    ground.a_mandate(organisation, user)
    return user


@pytest.fixture
def officer(place: Authority) -> User:
    return ground.a_user("officer", place)


@pytest.fixture
def grant(place: Authority, organisation: Organisation) -> Grant:
    account = make.a_line(make.a_scheme(place, name="Driftsstøtte"), 100).account
    assert account is not None
    return make.a_grant(account, organisation, 60, title="Byfest", use_by=None)


def told(user: User, until: dt.date = SOON) -> list[tuple[str, str, str]]:
    """Return what waits for her: kind, headline and address."""
    return [(row.what, row.headline, row.path) for row in due.of_person(user, TODAY, until)]


DUE: dict[str, Callable[[Grant], Any]] = {
    "report": lambda grant: make.a_grant_report(grant, due_on=SOON),
    "condition": lambda grant: make.a_condition(grant, "by_date", due_on=SOON),
    "use_by": lambda grant: Grant.objects.filter(pk=grant.pk).update(use_by=SOON),
    "repayment": lambda grant: (make.a_payout(grant, 20, "paid"), make.a_repayment(grant, 5, due_on=SOON)),
}


@pytest.mark.parametrize("what", DUE)
def test_the_recipients_people_are_told_at_their_own_page_and_the_officer_at_hers(
    grant: Grant, treasurer: User, officer: User, what: str
) -> None:
    DUE[what](grant)
    ((own, _headline, own_page),) = told(treasurer)
    ((followed, _headline, desk_page),) = told(officer)
    assert own in OWN
    assert followed not in OWN
    assert own_page.startswith(f"/min-side/virksomhet/{grant.organisation_id}/tilskudd/{grant.pk}/")
    assert desk_page.startswith(f"/{grant.authority.slug}/penger/")


@pytest.mark.parametrize("what", DUE)
def test_every_address_that_is_told_opens_for_who_is_told(
    grant: Grant, treasurer: User, officer: User, what: str
) -> None:
    DUE[what](grant)
    for user, method in ((treasurer, "ansattporten"), (officer, "")):
        ((_what, _headline, path),) = told(user)
        assert signed_in(user, method).get(path).status_code == 200, path


def test_the_cases_own_officer_is_told_and_not_the_whole_desk(grant: Grant, officer: User, place: Authority) -> None:
    named = ground.a_user("officer", place)
    type(grant.case).objects.filter(pk=grant.case_id).update(officer=named)
    make.a_grant_report(grant, due_on=SOON)
    assert [what for what, _headline, _path in told(named)] == ["grant_report_desk"]
    assert told(officer) == []


def test_everyone_who_speaks_for_the_recipient_is_told_once_however_many_mandates_she_holds(
    grant: Grant, treasurer: User, organisation: Organisation
) -> None:
    colleague, drafter = ground.a_user(), ground.a_user()
    inviter = ground.a_mandate(organisation, colleague)
    ground.a_mandate(organisation, drafter, invited_by=inviter)
    ground.a_mandate(organisation, treasurer, invited_by=inviter)
    make.a_grant_report(grant, due_on=SOON)
    rows = deadlines.own_reports(TODAY).filter(tenant=grant.authority_id)
    assert sorted(row.who for row in rows) == sorted([treasurer.pk, colleague.pk, drafter.pk])
    sweep.sweep(NOW)
    assert Notice.objects.filter(kind="grant_report_due", authority=grant.authority_id).count() == 3


def test_one_whose_mandate_has_ended_is_told_nothing(grant: Grant, treasurer: User) -> None:
    make.a_grant_report(grant, due_on=SOON)
    treasurer.mandates.update(valid_to=TODAY - dt.timedelta(days=1))
    assert told(treasurer) == []


def test_the_desk_neither_sees_nor_counts_what_is_the_recipients(grant: Grant, treasurer: User, officer: User) -> None:
    make.a_grant_report(grant, due_on=SOON)
    assert [row.what for row in due.of_authority(grant.authority_id, TODAY, SOON)] == ["grant_report_desk"]


@pytest.mark.parametrize("field", ["access", "title"])
def test_what_is_exempt_of_a_grant_stands_in_no_notice(
    grant: Grant, treasurer: User, officer: User, field: str
) -> None:
    secret = "Hemmelig formål"
    Grant.objects.filter(pk=grant.pk).update(title=secret, use_by=SOON)
    if field == "access":
        Grant.objects.filter(pk=grant.pk).update(access="exempt", access_basis="Offl. § 13")
    else:
        ExemptField.objects.create(authority=grant.authority, grant=grant, field="title", basis="Offl. § 13")
    make.a_grant_report(grant, title=secret, due_on=SOON)
    make.a_condition(grant, "by_date", title=secret, due_on=SOON)
    make.a_payout(grant, 20, "paid")
    make.a_repayment(grant, 5, due_on=SOON)
    sweep.sweep(NOW)
    notices = Notice.objects.filter(authority=grant.authority)
    assert notices.count() == 8
    assert secret not in str(list(notices.values_list("title", "context", "link")))


@pytest.mark.parametrize(
    ("what", "facts"),
    [
        (GrantReport, {"state": "sent", "sent_at": NOW}), (Condition, {"state": "met", "settled_on": TODAY}),
        (Repayment, {"state": "waived", "note": "Ettergitt"}),
    ],
)  # fmt: skip
def test_what_is_done_is_not_due(
    grant: Grant, treasurer: User, officer: User, what: Any, facts: dict[str, Any]
) -> None:
    make.a_grant_report(grant, due_on=SOON)
    make.a_condition(grant, "by_date", due_on=SOON)
    make.a_payout(grant, 20, "paid")
    make.a_repayment(grant, 5, due_on=SOON)
    assert (len(told(treasurer)), len(told(officer))) == (3, 3)
    what.objects.filter(grant=grant).update(**facts)
    assert (len(told(treasurer)), len(told(officer))) == (2, 2)


def test_what_is_sent_back_is_due_again(grant: Grant, treasurer: User) -> None:
    make.a_grant_report(grant, "returned", due_on=SOON)
    assert [what for what, _headline, _path in told(treasurer)] == ["grant_report_due"]


def test_a_grant_that_is_all_asked_for_has_no_last_day_to_ask(grant: Grant, treasurer: User) -> None:
    Grant.objects.filter(pk=grant.pk).update(use_by=SOON)
    make.a_payout(grant, 20, "paid")
    make.a_payout(grant, 39)
    assert [what for what, _headline, _path in told(treasurer)] == ["grant_use_by_due"]
    make.a_payout(grant, 1)
    assert told(treasurer) == []


def test_a_grant_that_is_not_given_yet_is_due_for_nobody(place: Authority, treasurer: User, officer: User) -> None:
    account = make.a_line(make.a_scheme(place), 100).account
    assert account is not None
    proposed = make.a_grant(account, treasurer.mandates.get().organisation, 60, state="proposed", use_by=SOON)
    make.a_grant_report(proposed, due_on=SOON)
    make.a_condition(proposed, "by_date", due_on=SOON)
    assert (told(treasurer), told(officer)) == ([], [])


def test_a_condition_that_binds_the_authority_is_told_to_the_desk_only(
    grant: Grant, treasurer: User, officer: User
) -> None:
    make.a_condition(grant, "by_date", due_on=SOON, binds="authority", title="Kommunen selger seg ut")
    make.a_condition(grant.scheme, "by_date", due_on=SOON, binds="authority", title="Ingen styreplasser")
    assert told(treasurer) == []
    assert {(what, headline) for what, headline, _path in told(officer)} == {
        ("grant_condition_desk", "Kommunen selger seg ut"), ("grant_condition_desk", "Ingen styreplasser"),
    }  # fmt: skip


def test_a_condition_of_a_scheme_that_is_only_recommended_is_due_for_nobody(grant: Grant, officer: User) -> None:
    make.a_condition(grant.scheme, "by_date", due_on=SOON, binds="authority", stage="proposed")
    make.a_condition(grant.scheme, "by_date", due_on=SOON)
    assert told(officer) == []


def test_an_open_pledge_is_due_at_the_desk_and_its_payer_is_not_named(place: Authority, officer: User) -> None:
    fund = make.a_fund(make.a_scheme(place, kind="fund", name="Næringsfondet"))
    make.a_pledge(fund, payer="Ola Oppdiktet", due_on=SOON)
    ((row),) = due.of_authority(place.pk, TODAY, SOON)
    assert (row.what, row.headline, row.part_of) == ("pledge_due", "Næringsfondet", "")
    assert row.path == f"/{place.slug}/penger/fond/{fund.pk}/"
    Pledge.objects.update(state="withdrawn")
    assert told(officer) == []


def test_the_neighbour_is_told_nothing(grant: Grant, treasurer: User) -> None:
    neighbour = ground.a_user("officer", ground.an_authority())
    for make_due in DUE.values():
        make_due(grant)
    assert told(neighbour) == []
