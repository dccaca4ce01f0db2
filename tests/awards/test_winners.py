"""Winners at the desk: those of the years before the portal, and a picture of any of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from awards.refusals import Refused
from awards.winners import registering
from grants.held import Handled
from portal.models import Event
from tests import factories as ground
from tests import factories_awards as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awards.models import Prize, Winner
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FACTS = {
    "year": 2012, "category_name": "Miljø", "kind": "organisation", "name": "Oppdiktet Bakeri AS", "number": "",
    "place": "Askim", "reasons": "For brødet.", "source": "Lokalavisen 1.2.2012",
}  # fmt: skip
ALT = {"alt": "To personer med et diplom", "credit": "Oppdiktet Fotograf", "consent": "on", "gjor": "bilde"}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority(name="Prøveby")


@pytest.fixture
def officer(place: Authority) -> User:
    return ground.a_user("officer", place, name="Olga Oppdiktet")


@pytest.fixture
def prize(place: Authority) -> Prize:
    made = make.a_prize(place, "Miljø", name="Prøveprisen", slug="proveprisen")
    make.prize_statutes(made)
    return made


@pytest.fixture
def desk(officer: User) -> Client:
    return english(signed_in(officer))


def listed(prize: Prize) -> str:
    return reverse("earlier_winners", args=[prize.authority.slug, prize.slug])


def at_desk(winner: Winner) -> str:
    return reverse("winner_desk", args=[winner.authority.slug, winner.prize.slug, winner.year, winner.pk])


def picture_of(winner: Winner) -> str:
    return reverse("winner_picture", args=[winner.authority.slug, winner.prize.slug, winner.pk])


def photo(size: tuple[int, int] = (2400, 1200), kind: str = "JPEG", **more: Any) -> SimpleUploadedFile:
    """Return a photo that says where and by what it was taken."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F] = "Hemmelig kamera"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", size, "teal").save(out, kind, exif=exif.tobytes(), **more)
    return SimpleUploadedFile("Bilde.JPG", out.getvalue(), content_type="image/jpeg")


def drawing() -> SimpleUploadedFile:
    """Return a drawing that one sees through."""
    out = io.BytesIO()
    Image.new("RGBA", (800, 800), (0, 0, 0, 0)).save(out, "PNG")
    return SimpleUploadedFile("tegning.png", out.getvalue(), content_type="image/png")


# ---- earlier years ----


def test_a_winner_of_an_earlier_year_is_registered_with_its_source_and_stands_in_the_archive(
    prize: Prize, desk: Client
) -> None:
    answer = desk.post(listed(prize), FACTS, follow=True)
    assert "is registered as winner in 2012" in body(answer)
    made = prize.winners.get()
    assert (made.name, made.source, made.decision) == ("Oppdiktet Bakeri AS", "Lokalavisen 1.2.2012", None)
    assert "Oppdiktet Bakeri AS" in body(english(Client()).get(made.get_absolute_url()))
    assert Event.objects.filter(kind="prize_winner_registered", subject_id=made.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": ""}, "Name the source."),
        ({"year": "2999"}, "2100|Choose a year that has come."),
        ({"number": "123456789"}, "is not an organisation number"),
        ({"kind": "person", "number": "974760673"}, "A person has no organisation number."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"reasons": "x" * 2_000_000}, "The text is 1 992 000 characters too long"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    prize: Prize, desk: Client, wrong: dict[str, str], said: str
) -> None:
    page = body(desk.post(listed(prize), {**FACTS, **wrong}))
    assert any(each in page for each in said.split("|"))
    assert "Lokalavisen 1.2.2012" in page or wrong == {"source": ""}
    assert not prize.winners.exists()


def test_nobody_stands_twice_in_a_year_and_a_year_with_a_round_has_its_winners_from_there(
    prize: Prize, officer: User
) -> None:
    registering.register(prize, FACTS, by=officer, now=NOW)
    with pytest.raises(Handled):
        registering.register(prize, {**FACTS, "name": "OPPDIKTET  bakeri"}, by=officer, now=NOW)
    make.a_prize_round(prize, "judging", year=2020)
    with pytest.raises(ValidationError, match="has a round in 2020"):
        registering.register(prize, {**FACTS, "year": 2020}, by=officer, now=NOW)
    assert prize.winners.count() == 1


def test_it_is_put_right_and_removed_but_not_on_a_stale_page(prize: Prize, desk: Client) -> None:
    made = make.an_earlier_winner(prize, **FACTS)
    seen = made.row_version
    desk.post(at_desk(made), {**FACTS, "name": "Rett Navn AS", "gjor": "endre", "seen": seen})
    made.refresh_from_db()
    assert made.name == "Rett Navn AS"
    late = body(desk.post(at_desk(made), {**FACTS, "name": "For Sent AS", "gjor": "endre", "seen": seen}))
    assert "Somebody changed this" in late
    assert "For Sent AS" in late, "what she typed stays"
    desk.post(at_desk(made), {"gjor": "slett", "seen": seen})
    assert prize.winners.exists()
    assert "is removed from the winners" in body(
        desk.post(at_desk(made), {"gjor": "slett", "seen": made.row_version}, follow=True)
    )
    assert not prize.winners.exists()


def test_who_won_here_stays_as_announced_and_gets_no_more_than_a_picture(
    prize: Prize, officer: User, desk: Client
) -> None:
    round_ = make.a_prize_round(prize, "judging", year=2026)
    won = make.a_candidate(round_.categories.get(), name="Oppdiktet Vinner AS")
    make.no_ties(won, officer)
    make.a_category_decision(won.category, won, by=officer)
    make.announce(round_)
    winner = prize.winners.get()
    for act in (
        lambda: registering.change(winner, FACTS, seen=None, by=officer, now=NOW),
        lambda: registering.remove(winner, seen=None, by=officer),
    ):
        with pytest.raises((Handled, Refused)):
            act()
    assert "stays as it was announced" in body(desk.get(f"{at_desk(winner)}?gjor=endre", follow=True))
    desk.post(at_desk(winner), {**ALT, "picture": photo(), "seen": winner.row_version})
    assert prize.winners.get().picture


def test_only_officers_here_do_it_and_the_operator_reads(prize: Prize, place: Authority) -> None:
    winner = make.an_earlier_winner(prize)
    operator = ground.a_user(is_superuser=True)
    for person in (operator, ground.a_user("approver", place), ground.a_user("officer", ground.an_authority())):
        with pytest.raises(PermissionDenied):
            registering.register(prize, FACTS, by=person, now=NOW)
        with pytest.raises(PermissionDenied):
            registering.take_away(winner, seen=None, by=person)
    page = signed_in(operator)
    assert page.get(listed(prize)).status_code == 200
    assert page.post(listed(prize), FACTS).status_code == 403
    assert page.post(at_desk(winner), ALT).status_code == 403


# ---- pictures ----


def test_a_picture_is_shown_small_and_without_what_it_hides_and_is_gone_when_taken_away(
    prize: Prize, desk: Client, django_capture_on_commit_callbacks: Any
) -> None:
    winner = make.an_earlier_winner(prize)
    assert "is saved" in body(desk.post(at_desk(winner), {**ALT, "picture": photo()}, follow=True))
    winner.refresh_from_db()
    anyone = english(Client())
    page = body(anyone.get(winner.get_absolute_url()))
    assert 'alt="To personer med et diplom"' in page
    assert "Photo: Oppdiktet Fotograf" in page
    shown = anyone.get(picture_of(winner))
    assert shown["Content-Type"] == "image/jpeg"
    assert "no-cache" in shown["Cache-Control"]
    assert shown["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert picture.size == (1600, 800)
        assert not picture.getexif()
    assert anyone.get(picture_of(winner), headers={"if-none-match": shown["ETag"]}).status_code == 304
    storage, name = winner.picture.storage, winner.picture.name
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(at_desk(winner), {"gjor": "fjern-bilde", "seen": winner.row_version})
    assert not storage.exists(name)
    assert anyone.get(picture_of(winner)).status_code == 404
    assert "<figure" not in body(anyone.get(winner.get_absolute_url()))


def test_another_picture_takes_the_place_of_the_first_and_words_are_mended_without_a_new_one(
    prize: Prize, desk: Client, django_capture_on_commit_callbacks: Any
) -> None:
    winner = make.an_earlier_winner(prize)
    desk.post(at_desk(winner), {**ALT, "picture": photo()})
    winner.refresh_from_db()
    first = winner.picture.name
    desk.post(at_desk(winner), {**ALT, "alt": "En bedre tekst"})
    winner.refresh_from_db()
    assert (winner.picture.name, winner.picture_alt) == (first, "En bedre tekst")
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(at_desk(winner), {**ALT, "picture": drawing()})
    winner.refresh_from_db()
    assert winner.picture.name != first
    assert not winner.picture.storage.exists(first)
    with Image.open(io.BytesIO(Client().get(picture_of(winner)).content)) as picture:
        assert picture.getpixel((400, 400)) == (255, 255, 255), "what one saw through is white, not black"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a picture."),
        ({"picture": SimpleUploadedFile("x.txt", b"Bare tekst")}, "is not a picture"),
        ({"picture": SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>")}, "is not what the name says"),
        ({"picture": "photo", "alt": ""}, "Say what the picture shows"),
        ({"picture": "photo", "consent": ""}, "Ask those who can be recognised first."),
    ],
)
def test_what_is_no_picture_or_is_not_described_is_refused(
    prize: Prize, desk: Client, sent: dict[str, Any], said: str
) -> None:
    winner = make.an_earlier_winner(prize)
    files = {"picture": photo((40, 40))} if sent.get("picture") == "photo" else {}
    assert said in body(desk.post(at_desk(winner), {**ALT, **sent, **files}))
    winner.refresh_from_db()
    assert not winner.picture


def test_the_desks_list_costs_the_same_for_any_number() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        place = ground.an_authority()
        prize = make.a_prize(place)
        for n in range(size):
            make.an_earlier_winner(prize, year=1990 + n % 30, name=f"Vinner {n}")
        return english(signed_in(ground.a_user("officer", place))), {listed(prize): 16}

    same_for_all_sizes(grow)
