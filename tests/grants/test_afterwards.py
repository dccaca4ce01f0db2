"""After the grant: changes asked and answered, and final accounts that the grant follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants import papers, plan_money
from grants.afterwards import accounts, changing, closing
from grants.afterwards.accounts import MONEY, Line
from grants.models import Application, Decision, FinalAccounts, Grant, GrantBalance, GrantReport, Repayment
from portal.impartiality import NotImpartial
from portal.models import Notice, Role, User
from tests import factories as portal_make
from tests import factories_fund as make
from tests import factories_money as money

pytestmark = pytest.mark.django_db


# ---- what the accounts make of a grant ----


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"actual_nok": 600_000}, (300_000, 0, 0)),
        ({"actual_nok": 500_000}, (250_000, 50_000, 0)),
        ({"actual_nok": 700_000}, (300_000, 0, 0)),
        ({"actual_nok": 500_000, "paid_nok": 200_000}, (250_000, 50_000, 0)),
        ({"actual_nok": 500_000, "paid_nok": 300_000}, (250_000, 0, 50_000)),
        ({"actual_nok": 500_000, "paid_nok": 300_000, "back_nok": 20_000}, (250_000, 0, 30_000)),
        ({"actual_nok": 500_000, "paid_nok": 150_000, "released_nok": 100_000}, (200_000, 0, 0)),
        ({"actual_nok": 600_000, "other_public_nok": 100_000}, (200_000, 100_000, 0)),
        ({"actual_nok": 0, "paid_nok": 100_000}, (0, 200_000, 100_000)),
        ({"actual_nok": 333_333}, (166_666, 133_334, 0)),
    ],
)
def test_the_grant_follows_the_costs(facts: dict[str, int], expected: tuple[int, int, int]) -> None:
    given: dict[str, Any] = {
        "granted_nok": 300_000, "budget_nok": 600_000, "other_public_nok": 0, "share_percent": 50, "released_nok": 0,
        "paid_nok": 0, "back_nok": 0, **facts,
    }  # fmt: skip
    made = accounts.settle(**given)
    assert (made.payable_nok, made.release_nok, made.claim_nok) == expected


# ---- a grant that is accepted ----


@pytest.fixture
def application() -> Application:
    fund = make.a_fund_with(portal_make.an_authority(), name="Oppdiktet næringsfond")
    return make.an_application(make.a_call(fund.scheme))


@pytest.fixture
def officer(application: Application) -> User:
    found = portal_make.a_user(Role.OFFICER, application.authority)
    make.no_ties(application, found)
    return found


@pytest.fixture
def manager(application: Application) -> User:
    found = portal_make.a_user()
    assert application.organisation is not None
    portal_make.a_mandate(application.organisation, found)
    return found


@pytest.fixture
def grant(application: Application, officer: User, manager: User) -> Grant:
    decision = make.notified(make.a_decision(application, portal_make.a_user(Role.LEADER, application.authority)))
    Decision.objects.filter(pk=decision.pk).update(answer="accepted", answered_at=timezone.now(), answered_by=manager)
    assert decision.grant is not None
    Grant.objects.filter(pk=decision.grant.pk).update(
        starts_on=dt.date(2027, 2, 1), ends_on=dt.date(2027, 12, 31), use_by=dt.date(2028, 3, 1)
    )
    return Grant.objects.get(pk=decision.grant.pk)


@pytest.fixture
def report(grant: Grant) -> GrantReport:
    return money.a_grant_report(grant, title="Sluttrapport", due_on=dt.date(2028, 1, 31))


def given(report: GrantReport, application: Application, cost: int = 500_000, **facts: Any) -> closing.Given:
    lines = closing.lines_of(report, application)
    for line in lines:
        if line.kind != "fund":
            line.actual_nok = 300_000 if line.side == MONEY else cost
    return closing.Given(lines, **{"jobs": Decimal("2.5"), "result": "Ovnen står og går.", **facts})


def sent(report: GrantReport, application: Application, by: User, **facts: Any) -> GrantReport:
    closing.send(report, given(report, application, **facts), by=by, now=timezone.now())
    return GrantReport.objects.select_related("grant__organisation", "accounts").get(pk=report.pk)


def balance(grant: Grant) -> GrantBalance:
    return GrantBalance.objects.get(grant=grant)


# ---- final accounts ----


def test_the_budget_is_the_application_as_it_was_sent_with_what_was_granted(
    application: Application, report: GrantReport
) -> None:
    lines = closing.lines_of(report, application)
    assert [(line.kind, line.budget_nok) for line in lines] == [
        ("bought", 600_000),
        ("fund", 300_000),
        ("own", 300_000),
    ]


def test_approved_accounts_cut_the_grant_in_proportion_and_the_rest_lapses(
    application: Application, report: GrantReport, grant: Grant, officer: User, manager: User
) -> None:
    row = sent(report, application, manager)
    closing.approve(row, application, counted_nok=500_000, by=officer, now=timezone.now())
    assert balance(grant).released_nok == 50_000
    kept = FinalAccounts.objects.get(report=report)
    assert (kept.payable_nok, kept.jobs_created) == (250_000, Decimal("2.5"))
    assert GrantReport.objects.get(pk=report.pk).state == "approved"
    with pytest.raises(ValidationError):
        closing.approve(row, application, counted_nok=500_000, by=officer, now=timezone.now())
    assert balance(grant).released_nok == 50_000


def test_what_is_paid_too_much_is_claimed_back(
    application: Application, report: GrantReport, grant: Grant, officer: User, manager: User
) -> None:
    money.a_payout(grant, 300_000, "paid")
    row = sent(report, application, manager)
    closing.approve(row, application, counted_nok=400_000, note="Bilen teller ikke.", by=officer, now=timezone.now())
    claim = Repayment.objects.get(grant=grant)
    assert (claim.amount_nok, claim.state) == (100_000, "claimed") and balance(grant).released_nok == 0
    assert Notice.objects.filter(user=manager, kind="repayment_claimed").exists()


def test_fewer_costs_count_only_with_a_reason_and_never_more(
    application: Application, report: GrantReport, officer: User, manager: User
) -> None:
    row = sent(report, application, manager)
    for counted, note in ((400_000, " "), (500_001, "Mer."), (-1, "Minus.")):
        with pytest.raises(ValidationError):
            closing.approve(row, application, counted_nok=counted, note=note, by=officer, now=timezone.now())
    assert GrantReport.objects.get(pk=report.pk).state == "sent"


def test_accounts_are_whole_when_they_are_sent_and_half_when_they_are_saved(
    application: Application, report: GrantReport, manager: User
) -> None:
    half = given(report, application, result="")
    half.lines[0].actual_nok = None
    with pytest.raises(ValidationError):
        closing.send(report, half, by=manager, now=timezone.now())
    closing.save(report, half, by=manager, now=timezone.now(), seen=closing.version_of(report))
    row = GrantReport.objects.get(pk=report.pk)
    assert row.state == "awaited" and closing.lines_of(row, application) == half.lines
    with pytest.raises(ValidationError):  # another window
        closing.save(report, half, by=manager, now=timezone.now(), seen=report.row_version)


def test_who_is_tied_or_has_no_role_approves_nothing(
    application: Application, report: GrantReport, officer: User, manager: User
) -> None:
    row = sent(report, application, manager)
    other = portal_make.a_user(Role.OFFICER, application.authority)
    make.a_tie(application, other)
    facts: dict[str, Any] = {"counted_nok": 500_000, "now": timezone.now()}
    with pytest.raises(NotImpartial):
        closing.approve(row, application, by=other, **facts)
    preparer = portal_make.a_user(Role.FINANCE_PREPARER, application.authority)
    make.no_ties(application, preparer)
    for person in (preparer, manager):
        with pytest.raises(PermissionDenied):
            closing.approve(row, application, by=person, **facts)


def test_accounts_are_not_approved_as_any_other_paper_and_not_sent_back_once_money_followed(
    application: Application, report: GrantReport, officer: User, manager: User
) -> None:
    row, now = sent(report, application, manager), timezone.now()
    with pytest.raises(ValidationError, match="sluttregnskap"):
        papers.read_report(row, by=officer, now=now, ok=True)
    closing.approve(row, application, counted_nok=500_000, by=officer, now=now)
    with pytest.raises(ValidationError):
        papers.read_report(row, by=officer, now=now, ok=False, note="Feil.")


# ---- changes ----


def test_a_change_moves_the_dates_when_it_is_agreed_and_not_before(
    client: Client, application: Application, report: GrantReport, grant: Grant, officer: User, manager: User
) -> None:
    client.force_login(manager)
    page = reverse("ask_change", args=[application.pk])
    assert client.post(page, {"text": "", "gjor": "send"}).status_code == 200
    asked = {"text": "Ovnen kommer senere.", "new_ends_on": "2028-01-30", "gjor": "send"}
    assert client.post(page, asked).status_code == 302
    assert client.post(page, asked).status_code == 200
    change = grant.changes.get()
    assert Grant.objects.get(pk=grant.pk).ends_on == dt.date(2027, 12, 31)
    told = Notice.objects.get(user=officer, kind="change_asked")
    assert "Ovnen" not in f"{told.title} {told.context}"

    client.force_login(officer)
    desk = reverse("answer_change", args=[application.authority.slug, change.pk])
    assert "Ovnen kommer senere." in client.get(desk).content.decode()
    answer = {"agreed": "ja", "answer": "", "new_ends_on": "2028-01-30", "seen": change.row_version}
    assert client.post(desk, answer).status_code == 302
    assert client.post(desk, answer).status_code == 200
    moved = Grant.objects.get(pk=grant.pk)
    assert moved.ends_on == dt.date(2028, 1, 30)
    assert GrantReport.objects.get(pk=report.pk).due_on == dt.date(2028, 3, 1)
    assert Notice.objects.filter(user=manager, kind="change_answered").count() == 1


def test_no_is_said_with_a_reason_by_another_who_is_not_tied(
    application: Application, grant: Grant, officer: User, manager: User
) -> None:
    change, now = changing.ask(grant, application, "Nytt mål.", by=manager, now=timezone.now()), timezone.now()
    facts: dict[str, Any] = {"agreed": False, "now": now}
    with pytest.raises(ValidationError):
        changing.answer(change, application, text=" ", by=officer, **facts)
    with pytest.raises(PermissionDenied):
        changing.answer(change, application, text="Nei.", by=manager, **facts)
    with pytest.raises(NotImpartial):
        undeclared = portal_make.a_user(Role.OFFICER, application.authority)
        changing.answer(change, application, text="Nei.", by=undeclared, **facts)
    assert changing.answer(change, application, text="Utenfor formålet.", by=officer, **facts).state == "refused"


def test_what_is_taken_back_is_answered_by_nobody(
    application: Application, grant: Grant, officer: User, manager: User
) -> None:
    change = changing.ask(grant, application, "Nytt mål.", by=manager, now=timezone.now())
    changing.withdraw(change, by=manager, now=timezone.now())
    with pytest.raises(ValidationError):
        changing.answer(change, application, agreed=True, text="", by=officer, now=timezone.now())
    assert not Notice.objects.filter(user=officer, kind="change_asked", waits_for_digest=True).exists()


def test_nobody_else_sees_or_changes_them(client: Client, application: Application, report: GrantReport) -> None:
    client.force_login(portal_make.a_user())
    for address in (
        reverse("ask_change", args=[application.pk]),
        reverse("own_final_accounts", args=[application.pk, report.pk]),
    ):
        assert client.get(address).status_code == client.post(address).status_code == 404


# ---- the pages ----


def test_accounts_are_written_saved_sent_and_approved_in_the_browser(
    client: Client, application: Application, report: GrantReport, grant: Grant, officer: User, manager: User
) -> None:
    client.force_login(manager)
    assert client.get(reverse("own_final_accounts", args=[application.pk, 0])).status_code == 302
    page = reverse("own_final_accounts", args=[application.pk, report.pk])
    first = client.get(page).content.decode()
    assert "600" in first
    typed = {"nok0": "kr 500 000", "nok2": "tre hundre", "result": "Vi fikk ovnen 🎉", "jobs": "2,5",
             "nok3": "1 000", "text3": "Frakt", "nok4": "", "text4": "", "seen": report.row_version}  # fmt: skip
    again = client.post(page, {**typed, "gjor": "lagre"})
    assert again.status_code == 200 and "tre hundre" in again.content.decode()
    typed["nok2"] = "300 000"
    assert client.post(page, {**typed, "gjor": "lagre"}).status_code == 302
    assert client.post(page, {**typed, "gjor": "send"}).status_code == 200  # another window
    report.refresh_from_db()
    assert report.state == "awaited"
    assert client.post(page, {**typed, "gjor": "send", "seen": closing.version_of(report)}).status_code == 302
    report.refresh_from_db()
    assert report.state == "sent" and Line("cost", "other", "Frakt", 0, 1_000, True) in closing.lines_of(
        GrantReport.objects.select_related("accounts").get(pk=report.pk), application
    )

    client.force_login(officer)
    desk = reverse("read_final_accounts", args=[application.authority.slug, application.pk, report.pk])
    assert "Frakt" in client.get(desk).content.decode()
    only = client.post(desk, {"gjor": "regn", "counted_nok": "400000", "note": "", "seen": report.row_version})
    assert "200\u00a0000" in only.content.decode() and balance(grant).released_nok == 0
    yes = {"gjor": "ja", "counted_nok": "500000", "note": "Frakten teller ikke.", "seen": report.row_version}
    assert client.post(desk, yes).status_code == 302
    assert balance(grant).released_nok == 50_000
    assert client.get(desk).status_code == 200
    client.force_login(manager)
    assert "250\u00a0000" in client.get(page).content.decode()


def test_without_a_condition_that_asks_for_them_the_recipient_begins_herself(
    client: Client, application: Application, grant: Grant, manager: User
) -> None:
    client.force_login(manager)
    page = reverse("own_final_accounts", args=[application.pk, 0])
    assert client.get(page).status_code == 200
    for _press in range(2):
        assert client.post(page).status_code == 302
    assert GrantReport.objects.filter(grant=grant).count() == 1


def test_jobs_planned_and_reported_stand_on_the_measure_the_fund_serves(
    application: Application, report: GrantReport, grant: Grant, officer: User, manager: User
) -> None:
    plan = portal_make.a_plan(application.authority)
    money.served(grant.scheme, portal_make.a_measure(plan).measure)
    Application.objects.filter(pk=application.pk).update(title="Ny ovn")
    assert "2,5" not in plan_money.PANEL.render(plan, plan_money.ask(plan.pk), None)
    row = sent(report, application, manager)
    assert not plan_money.ask(plan.pk)[0].jobs_created
    closing.approve(row, application, counted_nok=500_000, by=officer, now=timezone.now())
    assert plan_money.ask(plan.pk)[0].jobs_created == Decimal("2.5")


def test_the_list_of_changes_asks_as_many_questions_for_one_as_for_many_and_tells_nothing_of_what_they_say(
    client: Client, application: Application, grant: Grant, officer: User, manager: User
) -> None:
    client.force_login(portal_make.a_user(Role.OFFICER, application.authority))  # who has declared nothing
    page, counts = reverse("project_changes", args=[application.authority.slug]), []
    for number in range(3):
        change = changing.ask(grant, application, "Hemmelig grunn.", by=manager, now=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(page)
        counts.append(len(asked))
        assert application.applicant_name in answer.content.decode() and "Hemmelig" not in answer.content.decode()
        if number < 2:
            changing.answer(change, application, agreed=False, text="Nei.", by=officer, now=timezone.now())
    assert counts[1] == counts[2], counts
    assert client.get(reverse("answer_change", args=[application.authority.slug, change.pk])).status_code == 403
