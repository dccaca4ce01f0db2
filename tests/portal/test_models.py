"""What the nouns say of themselves, and what a form refuses before the database has to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.models import Authority, Case, Document, Organisation, User
from portal.models.authority import RESERVED_SLUGS
from portal.models.case import document_path
from tests import factories as make
from tests.world import World

pytestmark = pytest.mark.django_db


def test_the_first_part_of_every_address_of_ours_is_reserved() -> None:
    from portal import urls

    first = {str(pattern.pattern).split("/")[0] for pattern in urls.urlpatterns}
    ours = {part for part in first if part and not part.startswith("<")}
    assert ours <= RESERVED_SLUGS
    assert {"demo", "static", "media"} <= RESERVED_SLUGS


@pytest.mark.parametrize("number", ["974760674", "12345678", "abcdefghi", "974 760 674", "000000001"])
def test_an_organisation_number_with_a_wrong_check_digit_is_refused(world: World, number: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Organisation(authority=world.home.authority, name="X", number=number).clean_fields()
    assert "number" in caught.value.message_dict


def test_spaces_in_an_organisation_number_are_taken_away(world: World) -> None:
    organisation = Organisation(authority=world.home.authority, name="X", number="971 032 081")
    organisation.clean_fields()
    assert organisation.number == "971032081"


@pytest.mark.parametrize("date", [dt.date(206, 1, 1), dt.date(1989, 12, 31), dt.date(2101, 1, 1)])
def test_a_date_outside_any_sane_range_is_refused_beside_its_field(world: World, date: dt.date) -> None:
    with pytest.raises(ValidationError) as caught:
        Case(authority=world.home.authority, title="X", opened_on=date).full_clean()
    assert "opened_on" in caught.value.message_dict


def test_a_municipality_is_called_by_its_kind_and_a_region_by_its_name(world: World) -> None:
    assert world.home.authority.full_name == "Hjemby kommune"
    assert world.region.authority.full_name == "Byregionen"


def test_a_title_that_is_exempt_is_not_shown(world: World) -> None:
    case = world.home.case
    case.access, case.access_basis = "exempt", "offl. § 13"
    assert case.title not in case.shown_title
    case.public_title = "Sak om tilskudd"
    assert case.shown_title == "Sak om tilskudd"


def test_a_document_is_stored_by_its_hash_never_by_a_strangers_file_name(world: World) -> None:
    path = document_path(world.home.document, "../../etc/passwd")
    assert path == world.home.document.file.name
    assert "passwd" not in path


def test_authorities_stand_in_norwegian_order(db: None) -> None:
    for name in ("Ål", "Ås", "Øyer", "Ærby", "Zett"):
        make.an_authority(name=name, slug=name.lower().translate(str.maketrans("åøæ", "aoe")))
    names = [a.name for a in Authority.objects.listed()]
    assert names[-5:] == ["Zett", "Ærby", "Øyer", "Ål", "Ås"]


def test_an_email_is_kept_in_small_letters(db: None) -> None:
    assert User.objects.create_user("Kari.Test@Test.Example", "x").email == "kari.test@test.example"


# ---- documents are handed out to those who may see their case ----


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("officer", 200),
        ("attester", 200),
        ("operator", 200),
        ("neighbour", 404),
        ("guest_officer", 404),
        ("elected", 404),
        ("stranger", 404),
    ],
)
def test_who_gets_a_document(world: World, as_role: Any, person: str, status: int) -> None:
    assert as_role(person).get(f"/dokument/{world.home.document.pk}/").status_code == status


def test_a_guest_gets_the_document_of_her_case(world: World, guest_officer_client: Client) -> None:
    document = Document.objects.get(case=world.home.guest_case)
    answer = guest_officer_client.get(f"/dokument/{document.pk}/")
    assert b"".join(answer.streaming_content) == b"Notat fra gjest i Hjemby"  # type: ignore[attr-defined]


def test_a_document_comes_as_a_download_that_no_one_keeps(world: World, officer_client: Client) -> None:
    answer = officer_client.get(f"/dokument/{world.home.document.pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "private, no-store"


def test_one_who_is_not_signed_in_is_led_there(world: World, client: Client) -> None:
    answer = client.get(f"/dokument/{world.home.document.pk}/")
    assert answer["Location"].startswith("/konto/login/?next=/dokument/")
