"""Rounds in the case pages: what is asked, of whom, until when; and what may not be taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from portal import keys
from portal.models import Event, InputRound, Invitation, LinkKey, RoundDocument
from tests import factories as make

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/portal/inputround/", "/admin/portal/inputround/add/"


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


def change(round_: InputRound) -> str:
    return reverse("admin:portal_inputround_change", args=[round_.pk])


def inline(prefix: str, rows: list[dict[str, Any]], parent: InputRound | None = None) -> dict[str, Any]:
    """Return a formset's fields; rows with an id stand first."""
    stored = sum("id" in row for row in rows)
    found: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": stored}
    for number, row in enumerate(rows):
        found |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
        if parent is not None:
            found[f"{prefix}-{number}-round"] = parent.pk
    return found


def typed(round_: InputRound | None = None, **others: Any) -> dict[str, Any]:
    """Return what the form of a round holds, without documents and invited."""
    facts = {
        "title": "Hva bør vi gjøre?", "slug": "", "lede": "", "questions": "", "audience": "all", "opens_on": "",
        "due_on": "2026-12-01", "due_precision": "day", "takes_late": "on", "closed_on": "", "answer_due_on": "",
        "seen_version": round_.row_version if round_ else 0,
        **inline("documents", []), **inline("invitations", []),
    }  # fmt: skip
    if round_ is not None:
        facts |= {"title": round_.title, "audience": round_.audience}
        facts |= {"is_published": "on"} if round_.is_published else {"slug": round_.slug}
    return {name: value for name, value in (facts | others).items() if value is not None}


def errors_of(answer: Any) -> str:
    assert answer.status_code == 200, "it was saved"
    return str(answer.context["errors"])


def test_a_round_is_made_with_an_address_from_its_title(officer_client: Client, world: World) -> None:
    sent = officer_client.post(ADD, typed(case=world.home.case.pk, title="Hva gjør vi på Ørje?"))
    assert sent.status_code == 302, sent.context["errors"]
    made = InputRound.objects.get(slug="hva-gjor-vi-pa-orje")
    assert (made.authority, made.is_published) == (world.home.authority, False)
    assert not Event.objects.filter(kind="round_opened", subject_id=made.pk).exists()
    again = officer_client.post(ADD, typed(case=world.home.case.pk, title="Hva gjør vi på Ørje?"))
    assert "finnes" in errors_of(again) or "exists" in errors_of(again)


def test_publishing_a_round_for_all_is_an_event_once(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case, is_published=False)
    officer_client.post(change(round_), typed(round_, is_published="on"))
    round_.refresh_from_db()
    officer_client.post(change(round_), typed(round_, title="Ny tittel"))
    assert Event.objects.filter(kind="round_opened", subject_id=round_.pk).count() == 1


def test_another_authoritys_case_cannot_have_the_round(officer_client: Client, world: World) -> None:
    assert errors_of(officer_client.post(ADD, typed(case=world.next.case.pk)))
    assert not InputRound.objects.filter(case=world.next.case, title="Hva bør vi gjøre?").exists()


def test_a_round_with_input_stays_published(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    make.an_input(round_)
    assert errors_of(officer_client.post(change(round_), typed(round_, is_published=None)))
    round_.refresh_from_db()
    assert round_.is_published


def test_answers_are_not_due_before_the_round_is(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    assert errors_of(officer_client.post(change(round_), typed(round_, answer_due_on="2026-11-01")))


def test_a_published_rounds_address_and_case_stand(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    officer_client.post(change(round_), typed(round_, slug="ny-adresse", case=world.home.guest_case.pk))
    before, case = round_.slug, round_.case_id
    round_.refresh_from_db()
    assert (round_.slug, round_.case_id) == (before, case)


def test_a_round_with_input_is_not_deleted(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    make.an_input(round_)
    where = reverse("admin:portal_inputround_delete", args=[round_.pk])
    assert officer_client.get(where).context["protected"]
    officer_client.post(where, {"post": "yes"})
    assert InputRound.objects.filter(pk=round_.pk).exists()


# ---- documents ----


def test_only_documents_of_the_rounds_case_are_handed_out(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    own = make.a_document(world.home.case)
    elsewhere = make.a_document(world.home.guest_case)
    for document in (elsewhere, world.next.document):
        rows = inline("documents", [{"document": document.pk, "position": 0, "id": ""}], round_)
        assert officer_client.post(change(round_), typed(round_, **rows)).status_code == 200
    rows = inline("documents", [{"document": own.pk, "position": 0}], round_)
    assert officer_client.post(change(round_), typed(round_, **rows)).status_code == 302
    assert [row.document for row in RoundDocument.objects.filter(round=round_)] == [own]


def test_a_document_that_is_not_open_is_marked(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    make.a_document(world.home.case, title="Hemmelig notat", access="exempt", access_basis="offl. § 14")
    text = officer_client.get(change(round_)).content.decode()
    assert "Hemmelig notat (" in text


# ---- the invited ----


def test_each_address_is_invited_once(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    there = make.an_invitation(round_, address="foreningen@test.example")
    kept = {"id": there.pk, "name": there.name, "address": there.address}
    twice = {"name": "Samme", "address": "Foreningen@Test.example"}
    shown = officer_client.post(change(round_), typed(round_, **inline("invitations", [kept, twice], round_)))
    assert shown.status_code == 200
    formset = shown.context["inline_admin_formsets"][1].formset
    assert "address" in formset.forms[1].errors
    new = [{"name": "A", "address": "ny@test.example"}, {"name": "B", "address": "NY@test.example"}]
    shown = officer_client.post(change(round_), typed(round_, **inline("invitations", new, round_)))
    assert "address" in shown.context["inline_admin_formsets"][1].formset.forms[1].errors
    assert round_.invitations.count() == 1


@pytest.mark.parametrize("address", ["ikke en adresse", "a@b.example\r\nBcc: c@d.example", "a@b"])
def test_an_address_no_mail_can_reach_is_refused_beside_its_field(
    officer_client: Client, world: World, address: str
) -> None:
    round_ = make.a_round(world.home.case)
    rows = inline("invitations", [{"name": "A", "address": address}], round_)
    shown = officer_client.post(change(round_), typed(round_, **rows))
    assert "address" in shown.context["inline_admin_formsets"][1].formset.forms[0].errors


def test_one_who_has_been_asked_stays_on_the_list(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    asked = make.an_invitation(round_, invited_at=timezone.now())
    answered = make.an_invitation(round_)
    make.an_input(round_, source="invited", invitation=answered)
    fresh = make.an_invitation(round_)
    for row, status in ((asked, 200), (answered, 200), (fresh, 302)):
        rows = inline("invitations", [{"id": row.pk, "name": row.name, "address": row.address, "DELETE": "on"}], round_)
        assert officer_client.post(change(round_), typed(round_, **rows)).status_code == status
    assert set(round_.invitations.all()) == {asked, answered}


def test_a_corrected_address_is_asked_again_and_the_old_link_is_dead(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    row = make.an_invitation(round_, invited_at=timezone.now())
    raw = keys.issue("invitation", now=timezone.now(), address=row.address, subject_id=row.pk)
    rows = inline("invitations", [{"id": row.pk, "name": row.name, "address": "rett@test.example"}], round_)
    assert officer_client.post(change(round_), typed(round_, **rows)).status_code == 302
    row.refresh_from_db()
    assert (row.address, row.invited_at) == ("rett@test.example", None)
    assert keys.find(LinkKey.Purpose.INVITATION, raw, now=timezone.now()) is None


def test_an_invitation_cannot_be_moved_to_another_authoritys_round(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case)
    theirs = world.next.one(Invitation)
    rows = inline("invitations", [{"id": theirs.pk, "name": "Stjålet", "address": "x@test.example"}], round_)
    officer_client.post(change(round_), typed(round_, **rows))
    theirs.refresh_from_db()
    assert theirs.name != "Stjålet"


# ---- the list ----


def test_the_list_counts_input_and_answers(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case, title="Telles", due_on=dt.date(2026, 3, 1))
    make.an_answer(make.an_input(round_))
    invitation = make.an_invitation(round_, invited_at=timezone.now())
    make.an_invitation(round_, invited_at=timezone.now())
    make.an_invitation(round_)
    make.an_input(round_, source="invited", invitation=invitation)
    text = officer_client.get(LIST + "?q=Telles").content.decode()
    shown = officer_client.get(LIST + "?q=Telles").context["cl"].result_list[0]
    assert (shown.inputs_counted, shown.unanswered_counted, shown.invited_counted, shown.came_counted) == (2, 1, 2, 1)
    assert reverse("round_inputs", args=[world.home.slug, round_.slug]) in text and round_.get_absolute_url() in text


@pytest.mark.parametrize("state", ["draft", "unanswered", "answered", "tull"])
def test_the_list_is_narrowed_by_state(officer_client: Client, state: str) -> None:
    assert officer_client.get(f"{LIST}?state={state}").status_code == 200


def test_the_history_tells_what_was_moved(officer_client: Client, world: World) -> None:
    round_ = make.a_round(world.home.case, due_on=dt.date(2026, 11, 1))
    officer_client.post(change(round_), typed(round_))
    text = officer_client.get(reverse("admin:portal_inputround_history", args=[round_.pk])).content.decode()
    assert "1.11.2026 → 1.12.2026" in text and "Officer i Hjemby" in text


def test_input_is_read_but_not_changed_in_the_case_pages(officer_client: Client, world: World) -> None:
    row = world.home.round.inputs.first()
    where = reverse("admin:portal_input_change", args=[row.pk])
    assert officer_client.get(where).status_code == 200
    assert officer_client.post(where, {"text": "Forfalsket"}).status_code == 403
