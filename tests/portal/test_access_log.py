"""Who sees more than the public title of a case that is not open is noted, once a look; open cases cost nothing."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal import access_log
from portal.models import AccessLog, Case, CaseRelation, CaseStep, Document, Event, Input, InputRound, Membership, User
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

pytestmark = pytest.mark.django_db
BASIS = "offl. § 13"


@pytest.fixture
def case(world: World) -> Case:
    """A case at home that is exempt from access, with a step, a document and a round; nobody has seen it."""
    made = make.a_case(
        world.home.authority, title="Den hemmelige tittelen", public_title="En sak", access="exempt",
        access_basis=BASIS, reference="UNNTATT",
    )  # fmt: skip
    make.a_step(made)
    make.a_document(made)
    make.an_input(make.a_round(made))
    return made


def rows(case: Case, **facts: Any) -> list[tuple[str, str, int | None]]:
    found = AccessLog.objects.filter(case=case, **facts).order_by("pk")
    return list(found.values_list("what", "role", "document"))


def page(model: Any, kind: str, *arguments: Any) -> str:
    return reverse(f"admin:portal_{model._meta.model_name}_{kind}", args=arguments)


# ---- what is noted ----


@pytest.mark.parametrize("access", ["exempt", "deferred"])
def test_the_cases_own_page_is_noted_for_officer_and_operator(world: World, as_role: Any, access: str) -> None:
    case = make.a_case(world.home.authority, access=access, access_basis=BASIS)
    for person in ("officer", "attester", "operator"):
        assert as_role(person).get(page(Case, "change", case.pk)).status_code == 200
    assert rows(case) == [("case", "officer", None), ("case", "attester", None), ("case", "operator", None)]


def test_a_guest_is_noted_as_a_guest(world: World, guest_officer_client: Client) -> None:
    case = world.home.guest_case
    Case.objects.filter(pk=case.pk).update(access="exempt", access_basis=BASIS)
    guest_officer_client.get(page(Case, "change", case.pk))
    assert rows(case, user_id=world.user("guest_officer").pk) == [("case", "guest_officer", None)]


def test_history_is_noted_as_history(case: Case, officer_client: Client) -> None:
    officer_client.get(page(Case, "history", case.pk))
    assert rows(case) == [("history", "officer", None)]


def places(case: Case) -> dict[str, tuple[str, str]]:
    """Return each page that shows the case, and as what it is noted."""
    step, document = case.steps.get(), case.documents.get()
    round_ = InputRound.objects.get(case=case)
    desk = f"/{case.authority.slug}/innspill/{round_.slug}/svar/"
    event = Event.objects.create(authority=case.authority, case=case, kind="x", subject_type="y", subject_id=1)
    return {
        "step": (page(CaseStep, "change", step.pk), "case"),
        "step to be removed": (page(CaseStep, "delete", step.pk), "case"),
        "step's history": (page(CaseStep, "history", step.pk), "history"),
        "way of the case": (reverse("admin:portal_case_path", args=[case.pk]), "case"),
        "round": (page(InputRound, "change", round_.pk), "case"),
        "input": (page(Input, "change", round_.inputs.get().pk), "case"),
        "event": (page(Event, "change", event.pk), "case"),
        "desk": (desk, "case"), "desk's print": (f"{desk}?utskrift", "case"), "desk's file": (f"{desk}?fil=csv", "case"),
        "one input": (f"{desk}1/", "case"),
        "document's page": (page(Document, "change", document.pk), "document"),
        "document": (f"/dokument/{document.pk}/", "document"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "place",
    ["step", "step to be removed", "step's history", "way of the case", "round", "input", "event", "desk",
     "desk's print", "desk's file", "one input", "document's page", "document"],
)  # fmt: skip
def test_what_lies_in_the_case_is_noted(case: Case, officer_client: Client, place: str) -> None:
    address, what = places(case)[place]
    assert officer_client.get(address).status_code == 200
    document = case.documents.get().pk if what == "document" else None
    assert rows(case) == [(what, "officer", document)]


def test_a_document_that_is_exempt_in_an_open_case_is_noted_too(world: World, officer_client: Client) -> None:
    document = make.a_document(world.home.case, access="exempt", access_basis=BASIS)
    officer_client.get(f"/dokument/{document.pk}/")
    assert rows(world.home.case) == [("document", "officer", document.pk)]


@pytest.mark.parametrize("model", [Case, CaseStep, Document, InputRound, Input])
def test_lists_are_noted_once_a_day(case: Case, officer_client: Client, model: Any) -> None:
    for _ in range(2):
        assert officer_client.get(page(model, "changelist")).status_code == 200
    assert rows(case) == [("list", "officer", None)]
    long_ago = timezone.now() - dt.timedelta(days=1, minutes=1)
    other = make.a_case(case.authority, access="exempt", access_basis=BASIS)
    AccessLog.objects.create(
        authority=case.authority, case=other, what="list", role="officer", at=long_ago,
        user_id=User.objects.get(email="officer@test.example").pk,
    )  # fmt: skip
    officer_client.get(page(Case, "changelist"))
    assert len(rows(other)) == 2


def test_exports_and_choices_while_typing_are_noted(case: Case, officer_client: Client) -> None:
    officer_client.get(page(Case, "export", "csv"))
    assert rows(case) == [("list", "officer", None)]
    other = make.a_case(case.authority, title="Enda en", access="exempt", access_basis=BASIS)
    query = {"app_label": "portal", "model_name": "casestep", "field_name": "case", "term": "Enda"}
    assert "Enda en" in officer_client.get("/admin/autocomplete/", query).content.decode()
    assert rows(other) == [("list", "officer", None)]


def test_only_the_rows_that_were_shown_are_noted(case: Case, officer_client: Client) -> None:
    officer_client.get(f"{page(Case, 'changelist')}?q=finnes-ikke")
    assert rows(case) == []


def test_a_filter_of_cases_shows_the_public_title(case: Case, officer_client: Client) -> None:
    make.a_step(make.a_case(case.authority))
    text = officer_client.get(f"{page(CaseStep, 'changelist')}?q=finnes-ikke").content.decode()
    assert "En sak" in text
    assert "Den hemmelige tittelen" not in text


# ---- what is not ----


def test_the_public_page_notes_nobody(case: Case, officer_client: Client, client: Client) -> None:
    for reader in (officer_client, client):
        assert reader.get(case.get_absolute_url()).status_code == 200
        assert reader.get(f"/{case.authority.slug}/").status_code == 200
    assert rows(case) == []


def test_open_cases_are_not_noted(world: World, officer_client: Client) -> None:
    before = AccessLog.objects.count()
    document = world.home.document
    for address in (
        page(Case, "change", world.home.case.pk), f"{page(Case, 'changelist')}?q=PLAN", f"/dokument/{document.pk}/",
        page(Document, "change", document.pk), f"/hjemby/innspill/{world.home.round.slug}/svar/",
    ):  # fmt: skip
        assert officer_client.get(address).status_code == 200
    assert AccessLog.objects.count() == before


def test_who_is_turned_away_has_not_seen_it(case: Case, neighbour_client: Client, elected_client: Client) -> None:
    for reader in (neighbour_client, elected_client):
        reader.get(page(Case, "change", case.pk))
        reader.get(f"/dokument/{case.documents.get().pk}/")
    assert rows(case) == []


def test_a_document_that_a_round_hands_out_to_all_notes_no_citizen(case: Case, stranger_client: Client) -> None:
    from portal.models import RoundDocument

    round_ = InputRound.objects.get(case=case)
    document = make.a_document(case)
    RoundDocument.objects.create(authority=case.authority, round=round_, document=document, position=1)
    assert stranger_client.get(f"/dokument/{document.pk}/").status_code == 200
    assert rows(case) == []


# ---- one look is one row ----


def test_one_look_is_one_row_for_five_minutes(case: Case, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    user, now = world.user("officer"), timezone.now()
    for minutes in (0, 4, 5.1, 6):
        at = now + dt.timedelta(minutes=minutes)
        monkeypatch.setattr(access_log.timezone, "now", lambda at=at: at)
        access_log.saw(user, case, "case")
    assert len(rows(case)) == 2


def test_each_document_is_a_look_of_its_own(case: Case, officer_client: Client) -> None:
    documents = [case.documents.get(), make.a_document(case)]
    for document in documents:
        officer_client.get(f"/dokument/{document.pk}/")
    assert [row[2] for row in rows(case)] == [document.pk for document in documents]


def test_who_holds_several_roles_is_noted_by_the_first_of_them(case: Case, world: World) -> None:
    user = make.a_user("editor", world.home.authority)
    make.Membership.objects.create(user=user, authority=world.home.authority, role="leader")
    access_log.saw(user, case, "case")
    assert rows(case) == [("case", "leader", None)]


# ---- what it costs ----


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len([q for q in caught.captured_queries if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize("model", [Case, CaseStep, Document, InputRound])
def test_pages_of_open_cases_ask_nothing_of_the_log(
    world: World, officer_client: Client, monkeypatch: pytest.MonkeyPatch, model: Any
) -> None:
    row = world.home.rows(model).filter(**({"pk": world.home.case.pk} if model is Case else {"case": world.home.case}))
    address = page(model, "change", row.first().pk)
    noted = cost(officer_client, address)
    monkeypatch.setattr(access_log, "saw", lambda *args: None)
    assert noted == cost(officer_client, address)


def test_a_list_of_exempt_cases_costs_the_same_for_any_number(world: World, officer_client: Client) -> None:
    def grow(number: int) -> int:
        for _ in range(number):
            make.a_case(world.home.authority, access="exempt", access_basis=BASIS)
        with CaptureQueriesContext(connection) as caught:
            officer_client.get(page(Case, "changelist"))
        return len([q for q in caught.captured_queries if "SAVEPOINT" not in q["sql"]])

    officer_client.get(page(Case, "changelist"))
    assert grow(1) == grow(3) == grow(20)


# ---- the page of who has seen ----


@pytest.fixture
def seen(case: Case, world: World) -> Case:
    for person in ("officer", "leader", "operator"):
        access_log.saw(world.user(person), case, "case")
    return case


LOG = "/admin/portal/accesslog/"


def test_the_case_leads_to_who_has_seen_it(seen: Case, leader_client: Client, attester_client: Client) -> None:
    link = f'href="{LOG}?case__id__exact={seen.pk}"'
    assert link in leader_client.get(page(Case, "change", seen.pk)).content.decode()
    assert link not in attester_client.get(page(Case, "change", seen.pk)).content.decode()
    Case.objects.filter(pk=seen.pk).update(access="open")
    assert link not in leader_client.get(page(Case, "change", seen.pk)).content.decode()


def test_the_list_names_them_and_shows_the_public_title_only(seen: Case, leader_client: Client) -> None:
    text = leader_client.get(f"{LOG}?case__id__exact={seen.pk}").content.decode()
    assert "Officer i Hjemby" in text
    assert "Drift" in text
    assert "En sak (UNNTATT)" in text
    assert "Den hemmelige tittelen" not in text


def test_who_was_removed_is_still_counted(seen: Case, leader_client: Client) -> None:
    AccessLog.objects.create(authority=seen.authority, case=seen, what="case", user_id=987654, role="officer")
    assert "987654" in leader_client.get(LOG).content.decode()


def test_it_can_be_narrowed_by_case_and_day_and_taken_out(seen: Case, leader_client: Client) -> None:
    today = timezone.localdate()
    day = f"at__year={today.year}&at__month={today.month}&at__day={today.day}"
    narrowed = leader_client.get(f"{LOG}?case__id__exact={seen.pk}&{day}")
    assert narrowed.context["cl"].result_count == 3
    assert leader_client.get(f"{LOG}?case__id__exact={seen.pk}&at__year=2001").context["cl"].result_count == 0
    text = leader_client.get(f"{LOG}eksport/csv/?case__id__exact={seen.pk}").content.decode("utf-8-sig")
    assert len(list(io.StringIO(text))) == 4
    assert "Leder" in text
    assert "Den hemmelige tittelen" not in text


def test_nobody_changes_adds_or_removes_a_row(seen: Case, leader_client: Client, operator_client: Client) -> None:
    row = AccessLog.objects.filter(case=seen).earliest("pk")
    for reader in (leader_client, operator_client):
        assert reader.get(f"{LOG}{row.pk}/change/").status_code == 200
        assert reader.post(f"{LOG}{row.pk}/change/", {"role": ""}).status_code == 403
        assert reader.post(f"{LOG}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert reader.get(f"{LOG}add/").status_code == 403


@pytest.mark.parametrize("person", ["editor", "attester", "guest_officer", "neighbour", "region_secretary"])
def test_others_see_nobody(seen: Case, as_role: Callable[[str], Client], person: str) -> None:
    client = as_role(person)
    assert "Officer i Hjemby" not in client.get(LOG).content.decode()
    assert client.get(f"{LOG}{AccessLog.objects.filter(case=seen).earliest('pk').pk}/change/").status_code == 302


def test_names_come_in_the_lists_own_query(world: World) -> None:
    leader = make.a_user("leader", world.home.authority)
    client, found = signed_in(leader), []
    for number in (1, 3, 20):
        for _ in range(number):
            case = make.a_case(world.home.authority, access="exempt", access_basis=BASIS)
            access_log.saw(make.a_user("officer", world.home.authority), case, "case")
        found.append(cost(client, LOG))
    assert len(set(found)) == 1, found


# ---- pages of other things ----


def test_pages_of_other_things_name_the_case_as_anyone_may(case: Case, world: World, leader_client: Client) -> None:
    CaseRelation.objects.create(authority=world.home.authority, case=world.home.case, related=case)
    for address in (page(Case, "change", world.home.case.pk), page(Membership, "add")):
        text = leader_client.get(address).content.decode()
        assert "En sak (UNNTATT)" in text, address
        assert case.title not in text, "nobody would know that she has seen it"
