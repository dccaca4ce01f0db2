"""A recipient's own pages, and the desk's page where her papers are read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from grants.models import BankAccount, FinancingSource, Grant, GrantReport, Payout
from portal.models import Organisation
from tests import factories_money as make
from tests.conftest import confirmed, signed_in

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

PDF = b"%PDF-1.7 et bilag"


@pytest.fixture(autouse=True)
def _the_day(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def grant(world: World) -> Grant:
    return Grant.objects.get(authority=world.home.authority, title="Drift i Hjemby")


@pytest.fixture
def home(grant: Grant) -> str:
    return f"/min-side/virksomhet/{grant.organisation_id}/tilskudd/"


@pytest.fixture
def page(home: str, grant: Grant) -> str:
    return f"{home}{grant.pk}/"


def bill(content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("bilag.pdf", content, content_type="application/pdf")


def source(**typed: Any) -> dict[str, Any]:
    return {
        "gjor": "legg", "payer": "Kiwi Oppdiktet", "payer_class": "business", "form": "cash", "amount_nok": "kr 25 000,-",
        **typed,
    }  # fmt: skip


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


# ---- who sees it ----


@pytest.mark.parametrize("person", ["stranger", "officer", "operator", "citizen", "neighbour"])
def test_to_those_without_a_mandate_nothing_is_there(as_role: Any, page: str, home: str, person: str) -> None:
    client = as_role(person)
    for address in (home, page, f"{page}finansiering/", f"{page}utbetaling/"):
        assert client.get(address).status_code == 404


def test_a_mandate_for_one_organisation_opens_no_grant_of_another(
    manager_client: Client, world: World, home: str
) -> None:
    theirs = Grant.objects.get(authority=world.next.authority, title="Drift i Naboby")
    assert manager_client.get(f"{home}{theirs.pk}/").status_code == 404
    other = f"/min-side/virksomhet/{theirs.organisation_id}/tilskudd/"
    assert manager_client.get(other).status_code == 404


def test_a_grant_that_is_being_assessed_is_not_shown(manager_client: Client, grant: Grant, home: str) -> None:
    row = make.a_grant(grant.account, grant.organisation, 10, state="proposed", title="Under vurdering")
    assert manager_client.get(f"{home}{row.pk}/").status_code == 404
    assert "Under vurdering" not in text(manager_client.get(home))


# ---- what it says ----


def test_the_list_says_what_is_expected_by_when_first(manager_client: Client, home: str) -> None:
    answer = manager_client.get(home)
    todos = answer.context["todos"]
    dated = [todo.due_on for todo in todos if todo.due_on and not todo.may_wait]
    assert dated == sorted(dated)
    assert todos[0].is_late, "the repayment of April is the first"
    assert "Rapport og regnskap" in text(answer)


def test_the_page_names_each_condition_and_how_much_is_missing(manager_client: Client, page: str) -> None:
    answer = manager_client.get(page)
    assert "kr 400 000 av kr 600 000" in text(answer) or "kr 400 000 of kr 600 000" in text(answer)
    assert "kr 150 000" in text(answer), "what is neither approved nor waits"
    assert "8601.11.17947" in text(answer), "her own people see the account"


@pytest.mark.parametrize("name", ["", "finansiering/"])
def test_the_pages_cost_the_same_for_few_and_many(
    manager_client: Client, page: str, home: str, grant: Grant, name: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    addresses = [page + name, home, "/min-side/", f"/min-side/virksomhet/{grant.organisation_id}/"]

    def cost() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert manager_client.get(address).status_code == 200
            found.append(len(asked))
        return found

    cost()
    few = cost()
    for _ in range(3):
        more = make.a_grant(grant.account, grant.organisation, 10)
        for row in (grant, more):
            make.a_source(row, 5, "sent")
            make.a_condition(row, "attested")
            make.a_grant_report(row, "sent")
            make.a_payout(row, 1)
    assert cost() == few


# ---- papers ----


def test_one_bill_after_another_is_sent(colleague_client: Client, page: str, grant: Grant) -> None:
    for number in (1, 2):
        content = PDF + str(number).encode()
        answer = colleague_client.post(
            f"{page}finansiering/", source(amount_nok=f"{number} 000", files=bill(content)), follow=True
        )
        assert answer.status_code == 200
    assert FinancingSource.objects.filter(grant=grant, payer="Kiwi Oppdiktet", state="sent").count() == 2


@pytest.mark.parametrize(("typed", "word"), [("12,5", "12,5"), ("0", ""), ("-4", ""), ("", ""), ("mange", "")])
def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(
    colleague_client: Client, page: str, grant: Grant, typed: str, word: str
) -> None:
    answer = colleague_client.post(f"{page}finansiering/", source(amount_nok=typed, files=bill()))
    assert answer.status_code == 200
    assert answer.context["form"].errors["amount_nok"]
    assert "Kiwi Oppdiktet" in text(answer)
    assert answer.context["chose_files"]
    assert not FinancingSource.objects.filter(grant=grant, payer="Kiwi Oppdiktet").exists()


def test_a_file_that_is_not_what_it_says_is_refused(colleague_client: Client, page: str, grant: Grant) -> None:
    answer = colleague_client.post(f"{page}finansiering/", source(files=bill(b"MZ program")))
    assert answer.context["form"].errors["files"]
    assert not FinancingSource.objects.filter(grant=grant, payer="Kiwi Oppdiktet").exists()


def test_what_was_sent_back_is_mended(colleague_client: Client, page: str, grant: Grant) -> None:
    row = make.a_source(grant, 10, "returned", payer="Kiwi Oppdiktet")
    answer = colleague_client.get(f"{page}finansiering/?kilde={row.pk}")
    assert row.note in text(answer)
    row.refresh_from_db()
    typed = source(gjor="endre", kilde=row.pk, seen=row.row_version, files=bill())
    assert colleague_client.post(f"{page}finansiering/", typed).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.amount_nok) == ("sent", 25_000)


def test_a_pledge_is_taken_away_after_a_question(colleague_client: Client, page: str, grant: Grant) -> None:
    row = make.a_source(grant, 10, "pledged")
    assert colleague_client.get(f"{page}finansiering/?gjor=fjern&kilde={row.pk}").status_code == 200
    assert FinancingSource.objects.filter(pk=row.pk).exists()
    typed = {"gjor": "fjern", "kilde": row.pk}
    assert colleague_client.post(f"{page}finansiering/", typed).status_code == 302
    assert not FinancingSource.objects.filter(pk=row.pk).exists()
    assert colleague_client.post(f"{page}finansiering/", typed).status_code == 302


@pytest.mark.parametrize("seen", ["", "9" * 5000, "-1", "x"])
def test_what_a_colleague_changed_is_not_taken_away_unseen(
    colleague_client: Client, page: str, grant: Grant, seen: str
) -> None:
    row = make.a_source(grant, 10, "pledged")
    FinancingSource.objects.filter(pk=row.pk).update(amount_nok=20)
    answer = colleague_client.post(f"{page}finansiering/", {"gjor": "fjern", "kilde": row.pk, "seen": seen})
    assert answer.status_code < 500
    assert FinancingSource.objects.filter(pk=row.pk).exists()


def test_another_grants_paper_is_none_of_this_one(colleague_client: Client, page: str, grant: Grant) -> None:
    row = make.a_source(make.a_grant(grant.account, grant.organisation, 10), 5, "pledged")
    for typed in (source(gjor="endre", kilde=row.pk), {"gjor": "trekk", "kilde": row.pk}):
        assert colleague_client.post(f"{page}finansiering/", typed).status_code == 404
    report = make.a_grant_report(make.a_grant(grant.account, grant.organisation, 10))
    assert colleague_client.get(f"{page}rapport/{report.pk}/").status_code == 404


def test_a_report_is_written_saved_and_sent(colleague_client: Client, page: str, grant: Grant) -> None:
    report = GrantReport.objects.get(grant=grant)
    address = f"{page}rapport/{report.pk}/"
    assert colleague_client.post(address, {"gjor": "lagre", "text": "Halvveis"}).status_code == 302
    assert "Halvveis" in text(colleague_client.get(address))
    answer = colleague_client.post(address, {"gjor": "send", "text": ""})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert colleague_client.post(address, {"gjor": "send", "text": "Ferdig", "files": bill()}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.text) == ("sent", "Ferdig")
    assert "Ferdig" in text(colleague_client.get(address))


def test_the_files_are_handed_to_their_own_people_alone(
    colleague_client: Client, stranger_client: Client, world: World, page: str, grant: Grant
) -> None:
    colleague_client.post(f"{page}finansiering/", source(files=bill()))
    row = FinancingSource.objects.get(grant=grant, payer="Kiwi Oppdiktet")
    address = f"{page}dokument/{row.document_id}/"
    answer = colleague_client.get(address)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert stranger_client.get(address).status_code == 404
    assert colleague_client.get(f"{page}dokument/{world.home.document.pk}/").status_code == 404, "of the same case"


# ---- money ----


@pytest.fixture
def open_grant(grant: Grant) -> Grant:
    """Another grant of the same organisation, without conditions."""
    return make.a_grant(grant.account, grant.organisation, 1000)


def test_who_acts_asks_from_the_page_once(manager_client: Client, home: str, open_grant: Grant) -> None:
    address = f"{home}{open_grant.pk}/utbetaling/"
    key = manager_client.get(address).context["form"].initial["key"]
    for _ in range(2):
        answer = manager_client.post(address, {"amount_nok": "kr 400,-", "key": key})
        assert answer.status_code == 302
    assert [row.amount_nok for row in Payout.objects.filter(grant=open_grant)] == [400]


def test_who_prepares_cannot(colleague_client: Client, home: str, open_grant: Grant) -> None:
    address = f"{home}{open_grant.pk}/utbetaling/"
    assert colleague_client.get(address).status_code == 403
    assert colleague_client.post(address, {"amount_nok": "400"}).status_code == 403
    assert "utbetaling/" not in text(colleague_client.get(f"{home}{open_grant.pk}/"))


def test_one_who_came_in_by_a_code_is_asked_for_more_and_keeps_what_she_wrote(
    world: World, home: str, open_grant: Grant
) -> None:
    client = signed_in(world.user("manager"), "code")
    address = f"{home}{open_grant.pk}/utbetaling/"
    assert client.get(address).context["needs_more"]
    answer = client.post(address, {"amount_nok": "400", "key": "a"})
    assert (answer.status_code, answer["Location"].startswith("/konto/")) == (302, True)
    assert client.session["typed"]["path"] == address
    assert not Payout.objects.filter(grant=open_grant).exists()


def test_too_much_is_told_on_the_form(manager_client: Client, home: str, open_grant: Grant) -> None:
    answer = manager_client.post(f"{home}{open_grant.pk}/utbetaling/", {"amount_nok": "1 200", "key": "a"})
    assert answer.status_code == 200
    assert "kr 200" in text(answer)
    assert "1 200" in text(answer)


def test_who_is_to_pay_back_is_told_whom_to_ask(manager_client: Client, home: str, open_grant: Grant) -> None:
    address = f"{home}{open_grant.pk}/"
    assert "Spør oss hvordan dere betaler" not in text(manager_client.get(address))
    make.a_payout(open_grant, 100, "paid")
    make.a_repayment(open_grant, 50)
    assert "Spør oss hvordan dere betaler" in text(manager_client.get(address))


def test_what_was_asked_for_is_taken_back(manager_client: Client, home: str, open_grant: Grant) -> None:
    payout = make.a_payout(open_grant, 100)
    typed = {"gjor": "trekk", "utbetaling": payout.pk, "seen": payout.row_version}
    assert manager_client.post(f"{home}{open_grant.pk}/", typed).status_code == 302
    payout.refresh_from_db()
    assert payout.state == "cancelled"


def test_a_bank_account_is_entered_and_waits(manager_client: Client, grant: Grant) -> None:
    address = f"/min-side/virksomhet/{grant.organisation_id}/bankkonto/"
    answer = manager_client.post(address, {"number": "1503.00.00007", "holder": "Hjemby Bakeri AS"})
    assert answer.context["form"].errors["number"], "the check digit is wrong"
    answer = manager_client.post(address, {"number": "1503.00.00002", "holder": "Hjemby Bakeri AS"})
    assert answer.status_code == 302, answer.context["form"].errors
    row = BankAccount.objects.get(organisation=grant.organisation, state="proposed")
    assert row.number == "15030000002"
    assert "1503.00.00002" in text(manager_client.get(address))


def test_a_bank_account_is_not_changed_by_who_prepares_or_has_not_shown_who_she_is_lately(
    colleague_client: Client, world: World, grant: Grant
) -> None:
    address = f"/min-side/virksomhet/{grant.organisation_id}/bankkonto/"
    typed = {"number": "15030000002", "holder": "Hjemby Bakeri AS"}
    assert colleague_client.get(address).status_code == 200
    assert colleague_client.post(address, typed).status_code == 403
    long_ago = confirmed(signed_in(world.user("manager"), "ansattporten"), timezone.now() - dt.timedelta(hours=1))
    assert long_ago.post(address, typed).status_code == 302
    assert not BankAccount.objects.filter(organisation=grant.organisation, state="proposed").exists()


# ---- the organisation's page and her own ----


def test_grants_stand_on_her_page_and_on_the_organisations(manager_client: Client, grant: Grant, home: str) -> None:
    assert home in text(manager_client.get("/min-side/"))
    page = text(manager_client.get(f"/min-side/virksomhet/{grant.organisation_id}/"))
    assert grant.title in page
    assert home in page


def test_an_organisation_without_grants_has_nothing_of_it_there(world: World, manager: User) -> None:
    other = make.make.an_organisation(world.home.authority, name="Oppdiktet Forening")
    make.make.a_mandate(other, manager)
    client = signed_in(manager, "ansattporten")
    assert "tilskudd/" not in text(client.get(f"/min-side/virksomhet/{other.pk}/"))
    empty = client.get(f"/min-side/virksomhet/{other.pk}/tilskudd/")
    assert empty.status_code == 200
    assert "/stotteordninger/" in text(empty)


@pytest.fixture
def manager(world: World) -> User:
    return world.user("manager")


# ---- the desk ----


@pytest.fixture
def desk(world: World, grant: Grant) -> str:
    return f"/{world.home.slug}/penger/tilsagn/{grant.pk}/papirer/"


def waiting_source(grant: Grant) -> FinancingSource:
    return FinancingSource.objects.get(grant=grant, state="sent")


def test_an_officer_approves_and_sends_back_on_one_page(officer_client: Client, desk: str, grant: Grant) -> None:
    row = waiting_source(grant)
    answer = officer_client.post(desk, {"papir": f"kilde-{row.pk}", "gjor": "nei", f"kilde-{row.pk}-nei-note": ""})
    assert answer.status_code == 200
    assert "aria-invalid" in text(answer)
    typed = {"papir": f"kilde-{row.pk}", "gjor": "ja", f"kilde-{row.pk}-ja-amount_nok": "50 000"}
    assert officer_client.post(desk, typed).status_code == 302
    row.refresh_from_db()
    assert row.state == "documented"
    typed = {"papir": f"kilde-{row.pk}", "gjor": "nei", f"kilde-{row.pk}-nei-note": "Feil prosjekt"}
    assert officer_client.post(desk, typed).status_code == 302
    row.refresh_from_db()
    assert row.state == "returned"


@pytest.mark.parametrize("person", ["attester", "finance_preparer", "operator"])
def test_others_at_the_desk_see_the_papers_and_answer_nothing(
    as_role: Any, desk: str, grant: Grant, person: str
) -> None:
    client, row = as_role(person), waiting_source(grant)
    assert client.get(desk).status_code == 200
    typed = {"papir": f"kilde-{row.pk}", "gjor": "ja", f"kilde-{row.pk}-ja-amount_nok": "50 000"}
    assert client.post(desk, typed).status_code == 403


def test_a_file_that_was_used_before_is_warned_of(
    officer_client: Client, world: World, desk: str, grant: Grant
) -> None:
    other = make.a_grant(grant.account, make.make.an_organisation(world.home.authority, name="Oppdiktet Lag"), 10)
    for each in (grant, other):
        make.a_source(each, 5, "sent", document=make.make.a_document(each.case, b"samme bilag", title="Bilag 7"))
    answer = text(officer_client.get(desk))
    assert f"/tilsagn/{other.pk}/papirer/" in answer
    make.a_source(grant, 6, "sent", document=make.make.a_document(grant.case, b"et annet", title="Bilag 8"))
    assert text(officer_client.get(desk)).count("papirer/") == answer.count("papirer/"), "a file of its own is no twin"


def test_what_is_saved_and_not_sent_is_not_read_at_the_desk(
    officer_client: Client, colleague_client: Client, page: str, desk: str, grant: Grant
) -> None:
    report = GrantReport.objects.get(grant=grant)
    colleague_client.post(f"{page}rapport/{report.pk}/", {"gjor": "lagre", "text": "Bare for oss"})
    assert "Bare for oss" not in text(officer_client.get(desk))


def test_the_next_authoritys_grant_is_not_read_here(officer_client: Client, world: World) -> None:
    theirs = Grant.objects.get(authority=world.next.authority, title="Drift i Naboby")
    assert officer_client.get(f"/{world.home.slug}/penger/tilsagn/{theirs.pk}/papirer/").status_code == 404
    assert officer_client.get(f"/{world.next.slug}/penger/tilsagn/{theirs.pk}/papirer/").status_code == 404


def test_the_desk_page_costs_the_same_for_few_and_many_papers(officer_client: Client, desk: str, grant: Grant) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer_client.get(desk).status_code == 200
        return len(asked)

    for each in range(2):
        make.a_source(grant, 3, "sent", document=make.make.a_document(grant.case, b"likt", title=f"Bilag {each}"))
    cost()
    few = cost()
    for each in range(4):
        make.a_source(grant, 3, "sent", document=make.make.a_document(grant.case, b"likt", title=f"Bilag {each}"))
        make.a_grant_report(grant, "sent")
    assert cost() == few


def test_an_organisation_of_the_same_name_sees_nothing(world: World, grant: Grant, home: str) -> None:
    twin = make.make.an_organisation(world.home.authority, name=grant.organisation.name)
    person = make.make.a_user()
    make.make.a_mandate(twin, person)
    assert signed_in(person, "ansattporten").get(home).status_code == 404
    assert Organisation.objects.filter(name=twin.name).count() == 2
