"""Organisations in the case pages: who has a mandate is shown, what they write is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal.models import DraftFile, InputDraft
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority, InputRound, Organisation, User

SECRET = "Hemmelig utkast om kaia"


@pytest.fixture
def organisation(place: Authority) -> Organisation:
    return make.an_organisation(place, name="Oppdiktet Trevare AS")


@pytest.fixture
def asked(place: Authority) -> InputRound:
    return make.a_round(make.a_case(place), title="Hva bør kaia brukes til?")


@pytest.fixture
def draft(organisation: Organisation, asked: InputRound) -> InputDraft:
    row = InputDraft.objects.create(
        authority=organisation.authority, round=asked, organisation=organisation, text=SECRET, speaks_for="x",
        address="x@test.example", edited_at=timezone.now(),
    )  # fmt: skip
    DraftFile.objects.create(
        authority=organisation.authority, draft=row, file="drafts/x", filename="hemmelig-kart.pdf", size=1,
        content_type="application/pdf", sha256="0" * 64,
    )  # fmt: skip
    return row


@pytest.fixture
def client_of_officer(officer: User) -> Client:
    return signed_in(officer)


def test_the_page_shows_who_has_a_mandate_and_lets_nobody_change_it_there(
    client_of_officer: Client, organisation: Organisation
) -> None:
    mandate = make.a_mandate(organisation, make.a_user(name="Oppdiktet Leder"))
    page = client_of_officer.get(f"/admin/portal/organisation/{organisation.pk}/change/").content.decode()
    assert "Oppdiktet Leder" in page
    assert f"/{organisation.authority.slug}/fullmakter/" in page
    assert 'name="mandates-0-reach"' not in page
    assert 'name="mandates-0-DELETE"' not in page
    assert mandate.acts


def test_the_list_says_how_many_have_a_mandate_today(client_of_officer: Client, organisation: Organisation) -> None:
    holder = make.a_user()
    make.a_mandate(organisation, holder)
    make.a_mandate(organisation, make.a_user(), ended_at=timezone.now(), ended_why="Sluttet")
    page = client_of_officer.get("/admin/portal/organisation/").content.decode()
    assert '<td class="field-held">1</td>' in page


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("kind", ["organisation", "inputround"])
def test_no_page_of_the_authority_tells_that_there_is_a_draft(
    client_of_officer: Client, organisation: Organisation, asked: InputRound, kind: str
) -> None:
    row: Any = {"organisation": organisation, "inputround": asked}[kind]
    base = f"/admin/portal/{kind}/{row.pk}"
    for page in (f"{base}/change/", f"{base}/delete/", f"{base}/history/"):
        shown = client_of_officer.get(page).content.decode().lower()
        assert "hemmelig" not in shown, page
        assert "draft" not in shown.replace("drafts/", ""), page


@pytest.mark.usefixtures("draft")
def test_the_officers_pages_and_exports_of_a_round_say_nothing_of_a_draft(
    client_of_officer: Client, asked: InputRound
) -> None:
    page = f"/{asked.authority.slug}/innspill/{asked.slug}/svar/"
    for query in ("", "?utskrift=1", "?fil=csv"):
        shown = client_of_officer.get(page + query).content.decode()
        assert "emmelig" not in shown
        assert "Oppdiktet Trevare" not in shown


def test_an_organisation_with_a_draft_and_no_mandate_left_cannot_be_deleted_and_the_draft_is_not_named(
    client_of_officer: Client, organisation: Organisation, draft: InputDraft
) -> None:
    page = f"/admin/portal/organisation/{organisation.pk}/delete/"
    client_of_officer.post(page, {"post": "yes"})
    assert InputDraft.objects.filter(pk=draft.pk).exists()
    assert f"draft {draft.pk}" not in client_of_officer.get(page).content.decode()


def test_the_officer_sees_that_an_input_came_from_the_organisation_itself(
    client_of_officer: Client, organisation: Organisation, asked: InputRound
) -> None:
    make.an_input(asked, speaks_for="Noen på gata")
    make.an_input(asked, speaks_for=organisation.name, organisation=organisation, sent_by=make.a_user(name="Leder"))
    page = f"/{asked.authority.slug}/innspill/{asked.slug}/svar/"
    words = "Sendt av virksomheten, bekreftet fullmakt", "Sent by the organisation, confirmed mandate"
    shown = client_of_officer.get(page).content.decode()
    assert sum(shown.count(each) for each in words) == 1
    shown = client_of_officer.get(f"{page}2/").content.decode()
    assert any(each in shown for each in words)
    assert "Leder" in shown
    assert not any(each in client_of_officer.get(f"{page}1/").content.decode() for each in words)
    assert organisation.name in client_of_officer.get(page + "?fil=csv").content.decode().splitlines()[2]
