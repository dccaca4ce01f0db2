"""Input from one who is signed in: no code, one input however often it is pressed, hers to find again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal import inputs
from portal.models import EmailCode, Input, InputDraft, Mail
from portal.views import rounds
from tests import factories as make
from tests.at_once import at_once
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import InputRound, User

WRITTEN = {"text": "Flere benker, takk.", "speaks_for": "Oppdiktet Person"}


@pytest.fixture
def asked(place: Any) -> InputRound:
    return make.a_round(make.a_case(place, officer=make.a_user("officer", place)))


@pytest.fixture
def person(db: None) -> User:
    user = make.a_user(name="Oppdiktet Person")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def test_a_confirmed_address_needs_no_code(asked: InputRound, person: User) -> None:
    client = signed_in(person, "idporten")
    shown = client.get(asked.get_absolute_url())
    assert "address" not in shown.context["form"].fields
    assert shown.context["form"].initial["speaks_for"] == "Oppdiktet Person"
    codes = EmailCode.objects.count()
    answer = client.post(asked.get_absolute_url(), WRITTEN)
    assert answer.url.endswith("/kvittering/")
    received = Input.objects.get(round=asked)
    assert (received.sent_by, received.address, received.source) == (person, person.email, "web")
    assert received.organisation is None
    assert EmailCode.objects.count() == codes
    assert Mail.objects.filter(to_address=person.email).count() == 1
    assert "Flere benker" in client.get(answer.url).content.decode()


def test_an_address_typed_into_the_form_is_not_used(asked: InputRound, person: User) -> None:
    signed_in(person, "idporten").post(asked.get_absolute_url(), {**WRITTEN, "address": "en.annen@test.example"})
    assert Input.objects.get(round=asked).address == person.email
    assert not Mail.objects.filter(to_address="en.annen@test.example").exists()


def test_an_account_whose_address_is_not_confirmed_gets_a_code(asked: InputRound) -> None:
    client = signed_in(make.a_user(), "idporten")
    assert "address" in client.get(asked.get_absolute_url()).context["form"].fields
    client.post(asked.get_absolute_url(), WRITTEN)
    assert not Input.objects.filter(round=asked).exists()


def test_pressed_twice_it_is_one_input(asked: InputRound, person: User) -> None:
    client = signed_in(person, "idporten")
    for _ in range(2):
        assert client.post(asked.get_absolute_url(), WRITTEN).status_code == 302
    assert Input.objects.filter(round=asked).count() == 1
    client.post(asked.get_absolute_url(), {**WRITTEN, "text": "Og lys."})
    assert Input.objects.filter(round=asked).count() == 2


def test_what_was_written_before_signing_in_comes_along_with_its_files(asked: InputRound, person: User) -> None:
    draft = inputs.start_draft(
        asked.pk, inputs.Typed("Skrevet før", "Noen", False, "noen@test.example"),
        [make_file()], now=timezone.now(),
    )  # fmt: skip
    client = signed_in(person, "idporten")
    session = client.session
    session[rounds.DRAFTS] = {str(asked.pk): draft.pk}
    session.save()
    shown = client.get(asked.get_absolute_url())
    assert shown.context["form"].initial["text"] == "Skrevet før"
    client.post(asked.get_absolute_url(), WRITTEN)
    received = Input.objects.get(round=asked)
    assert received.attachments.get().document.filename == "kart.txt"
    assert not InputDraft.objects.filter(round=asked).exists()


def make_file() -> Any:
    from portal import uploads

    return uploads.check(SimpleUploadedFile("kart.txt", b"Kart"), limit=1000)


def test_a_session_never_reaches_an_organisations_draft(asked: InputRound, person: User, place: Any) -> None:
    theirs = make.a_draft(make.an_organisation(place), asked, text="Hemmelig")
    client = signed_in(person, "idporten")
    session = client.session
    session[rounds.DRAFTS] = {str(asked.pk): theirs.pk}
    session.save()
    assert "Hemmelig" not in client.get(asked.get_absolute_url()).content.decode()
    client.post(asked.get_absolute_url(), WRITTEN)
    assert InputDraft.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("facts", [{"audience": "invited"}, {"is_over": True}])
def test_a_round_that_takes_nothing_says_so_and_gives_the_text_back(
    asked: InputRound, person: User, facts: dict[str, Any]
) -> None:
    for name, value in facts.items():
        setattr(asked, name, value)
    asked.save()
    answer = signed_in(person, "idporten").post(asked.get_absolute_url(), WRITTEN)
    assert answer.status_code == 409
    assert "Flere benker" in answer.content.decode()
    assert not Input.objects.filter(round=asked).exists()


def test_one_who_acts_for_an_organisation_is_offered_to_answer_for_it(
    asked: InputRound, person: User, place: Any
) -> None:
    organisation = make.an_organisation(place, name="Oppdiktet Trevare AS")
    make.a_mandate(organisation, person)
    make.a_mandate(make.an_organisation(make.an_authority(), name="Oppdiktet Utenbys AS"), person)
    shown = signed_in(person, "ansattporten").get(asked.get_absolute_url()).content.decode()
    assert f"/min-side/virksomhet/{organisation.pk}/innspill/{asked.pk}/" in shown
    assert "Utenbys" not in shown
    assert "min-side/virksomhet" not in Client().get(asked.get_absolute_url()).content.decode()


def test_her_own_input_is_read_again_by_its_number_and_by_nobody_else(asked: InputRound, person: User) -> None:
    signed_in(person, "idporten").post(asked.get_absolute_url(), WRITTEN)
    receipt = f"{asked.get_absolute_url()}kvittering/?nr=1"
    assert "Flere benker" in signed_in(person, "idporten").get(receipt).content.decode()
    for other in (signed_in(make.a_user(), "idporten"), Client()):
        assert other.get(receipt).url == asked.get_absolute_url()
    assert signed_in(person, "idporten").get(f"{receipt}9999999999999999999999").status_code == 302


def test_the_page_for_one_who_is_signed_in_is_kept_by_no_cache(asked: InputRound, person: User) -> None:
    assert "no-store" in signed_in(person, "idporten").get(asked.get_absolute_url())["Cache-Control"]


def test_so_much_an_hour_and_no_more(asked: InputRound, person: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(rounds, "SENT_AN_HOUR", 1)
    client = signed_in(person, "idporten")
    answers = [client.post(asked.get_absolute_url(), {**WRITTEN, "text": f"Nr {n}"}).status_code for n in range(2)]
    assert answers == [302, 429]


def test_pressed_at_the_same_moment_it_is_one_input(own_database: str) -> None:
    place = make.an_authority()
    asked, person = make.a_round(make.a_case(place)), make.a_user()

    def press(_number: int) -> bool:
        typed = inputs.Typed("Flere benker", "Oppdiktet Person")
        return inputs.submit_signed_in(asked.pk, typed, by=person, now=timezone.now())[1]

    assert sorted(at_once(press, range(4))) == [False, False, False, True]
    assert asked.inputs.count() == 1
