"""What a recipient sends to document a grant, and the officer who reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone

from grants import facts, papers, rules
from grants.models import ExemptField, FinancingSource, Grant, GrantReport
from grants.papers import Facts
from grants.refusals import Refused
from portal.models import Document, Event, Mail, Membership, Notice, Organisation
from portal.uploads import Checked
from tests import factories_money as make

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
SHOP = Facts("Kiwi Oppdiktet", "business", "cash", 25_000)


def a_file(content: bytes = b"%PDF-1.7 bilag", name: str = "bilag.pdf") -> Checked:
    return Checked(ContentFile(content), name, "application/pdf", len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def grant(world: World) -> Grant:
    """A grant of 600 000 to the home organisation, with matching and a report."""
    return Grant.objects.get(authority=world.home.authority, title="Drift i Hjemby")


@pytest.fixture
def manager(world: World) -> User:
    return world.user("manager")


@pytest.fixture
def colleague(world: World) -> User:
    return world.user("colleague")


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


def sent(grant: Grant, by: User, what: Facts = SHOP, content: bytes = b"%PDF-1.7 bilag") -> FinancingSource:
    return papers.add_source(grant, what, [a_file(content)], by=by, now=NOW)


def documented(grant: Grant) -> int:
    known = facts.of_one(grant)
    return rules.matching(
        known, next(row for row in known.conditions if row.kind is rules.Kind.MATCHING)
    ).documented_nok


def refusal(error: Any) -> str:
    return str(error.value.code)


# ---- sending ----


def test_who_prepares_may_send_and_it_waits_to_be_read(grant: Grant, colleague: User) -> None:
    before = documented(grant)
    source = sent(grant, colleague)
    assert (source.state, source.sent_by) == ("sent", colleague)
    assert source.document is not None
    assert (source.document.case_id, source.document.direction) == (grant.case_id, "in")
    assert documented(grant) == before, "it counts when it is read"


def test_without_a_file_it_is_pledged_only(grant: Grant, colleague: User) -> None:
    source = papers.add_source(grant, SHOP, by=colleague, now=NOW)
    assert (source.state, source.document, source.sent_at) == ("pledged", None, None)


def test_several_files_of_one_source_all_lie_in_the_case(grant: Grant, colleague: User) -> None:
    source = papers.add_source(grant, SHOP, [a_file(b"%PDF-1"), a_file(b"%PDF-2")], by=colleague, now=NOW)
    event = Event.objects.get(kind="financing_sent", subject_id=source.pk)
    assert Document.objects.filter(case=grant.case, pk__in=event.facts["documents"]).count() == 2


@pytest.mark.parametrize("person", ["stranger", "officer", "citizen", "operator", "neighbour"])
def test_nobody_without_a_mandate_sends_anything(world: World, grant: Grant, person: str) -> None:
    with pytest.raises(PermissionDenied):
        sent(grant, world.user(person))
    assert not FinancingSource.objects.filter(grant=grant, payer=SHOP.payer).exists()


def test_whose_mandate_has_ended_sends_nothing(grant: Grant, colleague: User) -> None:
    colleague.mandates.update(ended_at=timezone.now(), ended_by=colleague, ended_why="Sluttet")
    with pytest.raises(PermissionDenied):
        sent(grant, colleague)


def test_pressed_twice_it_stands_there_once(grant: Grant, colleague: User) -> None:
    sent(grant, colleague)
    with pytest.raises(Refused) as error:
        sent(grant, colleague)
    assert refusal(error) == "twice"
    with pytest.raises(Refused):
        [papers.add_source(grant, Facts("Bygg AS", "business", "cash", 5), by=colleague, now=NOW) for _ in range(2)]
    assert FinancingSource.objects.filter(grant=grant, payer__in=[SHOP.payer, "Bygg AS"]).count() == 2


def test_one_bill_may_document_two_sums(grant: Grant, colleague: User) -> None:
    sent(grant, colleague)
    assert sent(grant, colleague, Facts("Rema Oppdiktet", "business", "cash", 10_000)).state == "sent"


@pytest.mark.parametrize("state", ["declined", "proposed"])
def test_a_grant_that_is_not_given_takes_no_papers(account: Any, world: World, colleague: User, state: str) -> None:
    row = make.a_grant(account, world.home.one(Organisation), state=state)
    with pytest.raises(Refused) as error:
        sent(row, colleague)
    assert refusal(error) == "over"


def test_what_is_sent_about_an_exempt_grant_is_exempt(grant: Grant, colleague: User) -> None:
    grant.access, grant.access_basis = "exempt", "Offl. § 13"
    grant.save()
    source = sent(grant, colleague)
    assert source.document is not None
    assert (source.document.access, source.document.access_basis) == ("exempt", "Offl. § 13")


def test_and_so_is_what_is_sent_about_a_grant_whose_recipient_is(grant: Grant, colleague: User) -> None:
    ExemptField.objects.create(authority=grant.authority, grant=grant, field="recipient", basis="Fvl. § 13")
    source = sent(grant, colleague)
    assert source.document is not None
    assert (source.document.access, source.document.access_basis) == ("exempt", "Fvl. § 13")


def test_the_desk_reads_of_a_pile_once_in_its_daily_mail(grant: Grant, colleague: User, officer: User) -> None:
    mails = Mail.objects.count()
    sent(grant, colleague)
    sent(grant, colleague, Facts("Rema Oppdiktet", "business", "cash", 1), b"%PDF-2")
    told = Notice.objects.filter(user=officer, kind="papers_sent", subject_id=grant.pk)
    assert [row.waits_for_digest for row in told] == [True]
    assert Mail.objects.count() == mails
    assert SHOP.payer not in told[0].title


# ---- changing ----


def test_taken_back_it_can_be_changed_and_sent_again(grant: Grant, colleague: User) -> None:
    source = papers.take_back(sent(grant, colleague), by=colleague, now=NOW)
    assert (source.state, source.sent_at) == ("pledged", None)
    again = papers.change_source(source, Facts("Kiwi Oppdiktet", "business", "cash", 9), by=colleague, now=NOW)
    assert (again.state, again.amount_nok, again.document_id) == ("sent", 9, source.document_id)


def test_what_is_sent_is_neither_changed_nor_taken_away(grant: Grant, colleague: User) -> None:
    source = sent(grant, colleague)
    with pytest.raises(Refused):
        papers.change_source(source, SHOP, by=colleague, now=NOW)
    with pytest.raises(Refused):
        papers.remove_source(source, by=colleague, now=NOW)


def test_a_stale_page_overwrites_nothing(grant: Grant, colleague: User, manager: User) -> None:
    source = papers.add_source(grant, SHOP, by=colleague, now=NOW)
    papers.change_source(source, Facts("Ny", "business", "cash", 1), by=manager, now=NOW, seen=source.row_version)
    with pytest.raises(Refused) as error:
        papers.change_source(source, SHOP, by=colleague, now=NOW, seen=source.row_version)
    assert refusal(error) == "stale"
    assert FinancingSource.objects.get(pk=source.pk).payer == "Ny"


def test_taken_away_it_is_gone_and_its_file_stays_in_the_case(grant: Grant, colleague: User) -> None:
    source = papers.take_back(sent(grant, colleague), by=colleague, now=NOW)
    papers.remove_source(source, by=colleague, now=NOW)
    assert not FinancingSource.objects.filter(pk=source.pk).exists()
    assert Document.objects.filter(pk=source.document_id).exists()
    with pytest.raises(Refused):
        papers.remove_source(source, by=colleague, now=NOW)


# ---- reading ----


def test_read_and_approved_it_counts(grant: Grant, colleague: User, officer: User) -> None:
    before, source = documented(grant), sent(grant, colleague)
    read = papers.read_source(source, by=officer, now=NOW, ok=True, seen=source.row_version)
    assert (read.state, read.read_by) == ("documented", officer)
    assert documented(grant) == before + 25_000
    assert Notice.objects.filter(user=colleague, kind="papers_read").count() == 1


def test_sent_back_it_says_what_is_missing_and_counts_nothing(grant: Grant, colleague: User, officer: User) -> None:
    before, source = documented(grant), sent(grant, colleague)
    with pytest.raises(Refused) as error:
        papers.read_source(source, by=officer, now=NOW, ok=False, note=" ")
    assert refusal(error) == "note"
    papers.read_source(source, by=officer, now=NOW, ok=False, note="Bilaget er uten dato.")
    row = FinancingSource.objects.get(pk=source.pk)
    assert (row.state, row.note, documented(grant)) == ("returned", "Bilaget er uten dato.", before)


def test_the_officer_may_count_less_and_says_why_and_never_more(grant: Grant, colleague: User, officer: User) -> None:
    before, source = documented(grant), sent(grant, colleague)
    for amount, note in ((20_000, ""), (25_001, "Mer"), (0, "Null")):
        with pytest.raises(Refused):
            papers.read_source(source, by=officer, now=NOW, ok=True, amount_nok=amount, note=note)
    papers.read_source(source, by=officer, now=NOW, ok=True, amount_nok=20_000, note="Fakturaen viser kr 20 000.")
    assert documented(grant) == before + 20_000
    event = Event.objects.get(kind="financing_documented", subject_id=source.pk)
    assert (event.facts["sent_nok"], event.facts["amount_nok"]) == (25_000, 20_000)


@pytest.mark.parametrize(
    "person", ["finance_preparer", "attester", "approver", "editor", "neighbour", "operator", "manager", "stranger"]
)
def test_only_officers_read(world: World, grant: Grant, colleague: User, person: str) -> None:
    source = sent(grant, colleague)
    with pytest.raises(PermissionDenied):
        papers.read_source(source, by=world.user(person), now=NOW, ok=True)


def test_an_officer_who_acts_for_the_recipient_reads_nothing_of_it(
    grant: Grant, colleague: User, officer: User
) -> None:
    source = sent(grant, colleague)
    make.make.a_mandate(grant.organisation, officer)
    with pytest.raises(Refused) as error:
        papers.read_source(source, by=officer, now=NOW, ok=True)
    assert refusal(error) == "tied"


def test_nor_does_one_who_sent_it_before_she_came_to_the_desk(grant: Grant, colleague: User, world: World) -> None:
    source = sent(grant, colleague)
    colleague.mandates.update(ended_at=timezone.now(), ended_by=colleague, ended_why="Sluttet")
    Membership.objects.create(user=colleague, authority=world.home.authority, role="officer")
    with pytest.raises(Refused) as error:
        papers.read_source(source, by=colleague, now=NOW, ok=True)
    assert refusal(error) == "own"


def test_read_twice_or_from_a_stale_page_nothing_happens(grant: Grant, colleague: User, officer: User) -> None:
    source = sent(grant, colleague)
    back = papers.take_back(source, by=colleague, now=NOW)
    with pytest.raises(Refused):
        papers.read_source(source, by=officer, now=NOW, ok=True, seen=source.row_version)
    again = papers.change_source(back, SHOP, by=colleague, now=NOW)
    papers.read_source(again, by=officer, now=NOW, ok=True)
    with pytest.raises(Refused):
        papers.read_source(again, by=officer, now=NOW, ok=True)
    assert Notice.objects.filter(user=colleague, kind="papers_read").count() == 1


def test_approved_by_mistake_it_is_sent_back_and_counts_no_more(grant: Grant, colleague: User, officer: User) -> None:
    before, source = documented(grant), sent(grant, colleague)
    papers.read_source(source, by=officer, now=NOW, ok=True)
    papers.read_source(source, by=officer, now=NOW, ok=False, note="Gjaldt et annet prosjekt.")
    assert documented(grant) == before


def test_when_all_is_read_the_daily_mail_forgets_it(grant: Grant, colleague: User, officer: User) -> None:
    FinancingSource.objects.filter(grant=grant, state="sent").update(state="pledged")
    source = sent(grant, colleague)
    papers.read_source(source, by=officer, now=NOW, ok=True)
    assert not Notice.objects.filter(kind="papers_sent", waits_for_digest=True).exists()


def test_mails_of_papers_name_no_payer_and_no_sum(grant: Grant, colleague: User, officer: User) -> None:
    source = sent(grant, colleague)
    papers.read_source(source, by=officer, now=NOW, ok=False, note="Bilaget er uten dato.")
    mails = Mail.objects.filter(to_address=colleague.email)
    assert mails
    for mail in mails:
        assert not any(
            word in mail.text + mail.html + mail.subject for word in ("Kiwi", "25\u00a0000", "25 000", "uten dato")
        )


# ---- reports ----


def a_report(grant: Grant) -> GrantReport:
    return GrantReport.objects.get(grant=grant)


def test_a_report_is_kept_until_it_is_sent(grant: Grant, colleague: User) -> None:
    row = papers.save_report(a_report(grant), "Vi begynner", by=colleague, now=NOW)
    assert (row.state, row.text, row.sent_at) == ("awaited", "Vi begynner", None)
    row = papers.send_report(row, "Vi er ferdige", [a_file()], by=colleague, now=NOW, seen=row.row_version)
    assert (row.state, row.sent_by) == ("sent", colleague)
    with pytest.raises(Refused):
        papers.send_report(row, "En gang til", by=colleague, now=NOW)
    with pytest.raises(Refused):
        papers.save_report(row, "Endret etterpå", by=colleague, now=NOW)


def test_an_empty_report_is_not_sent(grant: Grant, colleague: User) -> None:
    with pytest.raises(Refused) as error:
        papers.send_report(a_report(grant), "  ", by=colleague, now=NOW)
    assert refusal(error) == "empty"


def test_an_approved_report_opens_for_payout_and_a_mistake_closes_it(
    grant: Grant, colleague: User, officer: User
) -> None:
    def blocks() -> list[str]:
        found = rules.obstacles(facts.of_one(grant), 1, NOW.date())
        return [one.condition.kind for one in found if one.condition is not None]

    row = papers.send_report(a_report(grant), "Ferdig", by=colleague, now=NOW)
    assert "report" in blocks(), "sent is not approved"
    papers.read_report(row, by=officer, now=NOW, ok=True)
    assert "report" not in blocks()
    papers.read_report(row, by=officer, now=NOW, ok=False, note="Regnskapet mangler.")
    assert "report" in blocks()


def test_any_condition_but_matching_is_answered_by_a_report_made_once(grant: Grant, colleague: User) -> None:
    condition = make.a_condition(grant, "by_date", title="Nytt eierskap")
    first, second = (papers.report_on(condition, by=colleague, now=NOW) for _ in range(2))
    assert first == second
    assert (first.title, first.due_on) == ("Nytt eierskap", condition.due_on)
    with pytest.raises(Refused):
        papers.report_on(make.a_condition(grant, "matching"), by=colleague, now=NOW)
    with pytest.raises(Refused):
        papers.report_on(make.a_condition(grant, "attested", binds="authority"), by=colleague, now=NOW)
