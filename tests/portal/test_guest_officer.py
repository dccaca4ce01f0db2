"""A guest officer works with her one case for her period: she reads it, adds steps and documents, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import Case, CaseStep, Document, Membership
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db


def page(model: Any, kind: str, *arguments: Any) -> str:
    return reverse(f"admin:portal_{model._meta.model_name}_{kind}", args=arguments)


def a_steps_form(case: Case, **facts: Any) -> dict[str, Any]:
    return {
        "case": case.pk, "stage": 1, "position": 0, "activity": "workshop", "actor": "Oppdiktet utvalg",
        "precision": "day", "outcome": "pending", "_save": "Lagre", **facts,
    }  # fmt: skip


def a_documents_form(case: Case, **facts: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("notat.txt", b"Oppdiktet notat")
    return {
        "case": case.pk, "title": "Gjestens vurdering", "direction": "internal", "dated_on": "2026-11-01",
        "file": file, "access": "exempt", "access_basis": "offl. § 14", "_save": "Lagre", **facts,
    }  # fmt: skip


@pytest.fixture
def case(world: World) -> Case:
    return world.home.guest_case


@pytest.fixture
def guest(guest_officer_client: Client) -> Client:
    return guest_officer_client


# ---- what she can do ----


def test_she_adds_a_step_to_her_case_and_changes_it(case: Case, guest: Client) -> None:
    assert guest.post(page(CaseStep, "add"), a_steps_form(case)).status_code == 302
    step = CaseStep.objects.get(case=case, actor="Oppdiktet utvalg")
    assert step.authority_id == case.authority_id
    changed = a_steps_form(case, actor="Et annet oppdiktet utvalg", seen_version=step.row_version)
    assert guest.post(page(CaseStep, "change", step.pk), changed).status_code == 302
    step.refresh_from_db()
    assert step.actor == "Et annet oppdiktet utvalg"


def test_she_chooses_among_the_bodies_of_the_authority_she_is_a_guest_in(
    world: World, case: Case, guest: Client
) -> None:
    here, elsewhere = make.a_body(world.home.authority), make.a_body(world.next.authority)
    choices = guest.get(page(CaseStep, "add")).context["adminform"].form.fields["body"].queryset
    assert here in choices
    assert elsewhere not in choices


def test_she_adds_a_document_and_reads_it(case: Case, guest: Client) -> None:
    assert guest.post(page(Document, "add"), a_documents_form(case)).status_code == 302
    added = Document.objects.get(case=case, title="Gjestens vurdering")
    assert guest.get(f"/dokument/{added.pk}/").status_code == 200


def test_her_case_shows_how_to_add(case: Case, guest: Client) -> None:
    text = guest.get(page(Case, "change", case.pk)).content.decode()
    assert f"{page(CaseStep, 'add')}?case={case.pk}" in text
    assert f"{page(Document, 'add')}?case={case.pk}" in text


def test_the_index_shows_what_her_case_is_made_of_and_no_more(guest: Client) -> None:
    apps = guest.get("/admin/").context["app_list"]
    shown = {row["object_name"] for app in apps for row in app["models"]}
    assert shown == {"Case", "CaseStep", "Document", "InputRound"}


# ---- and what she cannot ----


def test_she_adds_nothing_to_another_case_of_the_same_authority(world: World, guest: Client) -> None:
    other = world.home.case
    steps, documents = CaseStep.objects.count(), Document.objects.count()
    assert guest.post(page(CaseStep, "add"), a_steps_form(other)).status_code == 200
    assert guest.post(page(Document, "add"), a_documents_form(other)).status_code == 200
    assert (CaseStep.objects.count(), Document.objects.count()) == (steps, documents)


def test_she_moves_no_step_to_or_from_another_case(world: World, case: Case, guest: Client) -> None:
    hers, other = make.a_step(case), make.a_step(world.home.case)
    moved = a_steps_form(world.home.case, seen_version=hers.row_version)
    assert guest.post(page(CaseStep, "change", hers.pk), moved).status_code == 200
    taken = a_steps_form(case, seen_version=other.row_version)
    answers = {guest.post(page(CaseStep, "change", pk), taken).status_code for pk in (other.pk, 999_999_999)}
    assert answers == {403}
    assert (CaseStep.objects.get(pk=hers.pk).case, CaseStep.objects.get(pk=other.pk).case) == (case, world.home.case)


def test_she_removes_no_step_not_even_her_own(case: Case, guest: Client) -> None:
    step = make.a_step(case)
    assert guest.post(page(CaseStep, "delete", step.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": step.pk, "post": "yes"}
    guest.post(page(CaseStep, "changelist"), chosen)
    assert CaseStep.objects.filter(pk=step.pk).exists()


def test_the_case_itself_and_the_marks_of_its_documents_are_not_hers_to_change(case: Case, guest: Client) -> None:
    document = Document.objects.get(case=case)
    assert guest.post(page(Case, "change", case.pk), {"title": "Min", "access": "open"}).status_code == 403
    assert guest.post(page(Document, "change", document.pk), {"access": "open"}).status_code == 403
    assert guest.get(page(Case, "add")).status_code == 403


@pytest.mark.parametrize("kind", ["change", "history", "delete"])
def test_another_case_answers_as_one_that_does_not_exist(world: World, guest: Client, kind: str) -> None:
    found = guest.get(page(Case, kind, world.home.case.pk))
    nothing = guest.get(page(Case, kind, 999_999_999))
    assert (found.status_code, found.get("Location")) == (nothing.status_code, nothing.get("Location"))


def test_another_cases_document_does_not_exist_for_her(world: World, guest: Client) -> None:
    assert guest.get(f"/dokument/{world.home.document.pk}/").status_code == 404


# ---- for how long ----


@pytest.mark.parametrize(("first", "last"), [(-10, -1), (1, 10)])
def test_outside_her_period_nothing_opens(world: World, case: Case, first: int, last: int) -> None:
    user, today = world.user("guest_officer"), timezone.localdate()
    document = Document.objects.get(case=case)
    Membership.objects.filter(user=user).update(
        valid_from=today + dt.timedelta(days=first), valid_to=today + dt.timedelta(days=last)
    )
    client = signed_in(user)
    assert client.get(page(Case, "change", case.pk)).status_code == 403
    assert client.post(page(CaseStep, "add"), a_steps_form(case)).status_code == 403
    assert client.post(page(Document, "add"), a_documents_form(case)).status_code == 403
    assert client.get(f"/dokument/{document.pk}/").status_code == 404


def test_her_last_day_still_counts(world: World, case: Case) -> None:
    user, today = world.user("guest_officer"), timezone.localdate()
    Membership.objects.filter(user=user).update(valid_from=today, valid_to=today)
    assert signed_in(user).get(page(Case, "change", case.pk)).status_code == 200


def test_a_code_by_mail_does_not_open_her_case(world: World, case: Case) -> None:
    client = signed_in(world.user("guest_officer"), "code")
    assert client.get(page(Case, "change", case.pk)).status_code == 403


def test_an_officer_of_the_next_municipality_is_a_guest_in_one_case_only(world: World, case: Case) -> None:
    user = world.user("neighbour")
    Membership.objects.create(authority=world.home.authority, user=user, role="guest_officer", case=case)
    client = signed_in(user)
    assert client.post(page(CaseStep, "add"), a_steps_form(case)).status_code == 302
    assert client.post(page(CaseStep, "add"), a_steps_form(world.home.case)).status_code == 200
    assert client.post(page(CaseStep, "add"), a_steps_form(world.next.case)).status_code == 302
    made = CaseStep.objects.filter(actor="Oppdiktet utvalg").values_list("case", flat=True)
    assert set(made) == {case.pk, world.next.case.pk}
