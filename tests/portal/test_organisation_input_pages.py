"""The page of an organisation's shared draft, and sending from it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.models import Input, InputDraft, Mail, Mandate, Organisation
from portal.typed import SESSION_KEY as KEPT
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import InputRound, User

TODAY = timezone.localdate()


@pytest.fixture
def organisation(place: Any) -> Organisation:
    make.a_provider(place, "ansattporten")
    return make.an_organisation(place, name="Oppdiktet Trevare AS", number=make.ORGANISATION_NUMBERS[0])


@pytest.fixture
def asked(place: Any) -> InputRound:
    return make.a_round(make.a_case(place, officer=make.a_user("officer", place)), due_on=TODAY + dt.timedelta(9))


@pytest.fixture
def manager(organisation: Organisation) -> User:
    person = make.a_user(name="Oppdiktet Leder")
    make.a_mandate(organisation, person)
    return person


@pytest.fixture
def colleague(organisation: Organisation, manager: User) -> User:
    person = make.a_user(name="Oppdiktet Kollega")
    make.a_mandate(organisation, person, invited_by=manager.mandates.get())
    return person


@pytest.fixture
def page(organisation: Organisation, asked: InputRound) -> str:
    return f"/min-side/virksomhet/{organisation.pk}/innspill/{asked.pk}/"


def shown_of(client: Client, page: str) -> dict[str, str]:
    """Return the hidden fields of the form as the page shows them."""
    form = client.get(page).context["form"]
    return {name: str(form[name].value() or "") for name in ("seen", "sent")}


def save(client: Client, page: str, text: str, **facts: Any) -> Any:
    return client.post(page, {**shown_of(client, page), "text": text, "do": "save", **facts})


def ready(client: Client, page: str) -> dict[str, str]:
    """Return what the button of the page to read through carries."""
    context = client.get(page + "?gjor=send").context
    return {"do": "send", "seen": context["seen"], "sent": str(context["sent"])}


# ---- who ----


def test_a_stranger_finds_nothing_whatever_she_types(page: str, manager: User) -> None:
    save(signed_in(manager, "ansattporten"), page, "Vårt")
    stranger = signed_in(make.a_user(), "idporten")
    for address in (page, page + "?gjor=send", page + "?gjor=slett", page + "?vedlegg=1"):
        assert stranger.get(address).status_code == 404
    for do in ("save", "quiet", "review", "send", "discard"):
        assert stranger.post(page, {"do": do, "text": "Kuppet", "seen": "", "sent": "0"}).status_code == 404
    assert InputDraft.objects.get(organisation__isnull=False).text == "Vårt"


def test_the_authoritys_own_officer_finds_nothing(page: str, manager: User, officer: User) -> None:
    save(signed_in(manager, "ansattporten"), page, "Vårt")
    assert signed_in(officer).get(page).status_code == 404


def test_the_neighbour_organisations_manager_finds_nothing(page: str, place: Any) -> None:
    other = make.a_user()
    make.a_mandate(make.an_organisation(place), other)
    assert signed_in(other, "ansattporten").get(page).status_code == 404


def test_another_authoritys_round_does_not_exist_here(organisation: Organisation, manager: User) -> None:
    theirs = make.a_round(make.a_case(make.an_authority()))
    client = signed_in(manager, "ansattporten")
    address = f"/min-side/virksomhet/{organisation.pk}/innspill/{theirs.pk}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"do": "save", "text": "x"}).status_code == 404
    assert not InputDraft.objects.filter(round=theirs).exists()


def test_a_mandate_that_ends_while_she_writes_closes_the_page(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    hidden = shown_of(client, page)
    Mandate.objects.filter(user=manager).update(ended_at=timezone.now(), ended_why="Sluttet")
    assert client.post(page, {**hidden, "text": "For sent", "do": "save"}).status_code == 404
    assert not InputDraft.objects.filter(organisation__isnull=False).exists()


def test_a_colleague_prepares_and_sees_who_can_send_but_does_not_send_by_a_post_of_her_own(
    page: str, manager: User, colleague: User
) -> None:
    client = signed_in(colleague, "idporten")
    assert save(client, page, "Bygg kai.").status_code == 302
    shown = client.get(page).content.decode()
    assert 'value="review"' not in shown
    assert "Oppdiktet Leder" in shown
    draft = InputDraft.objects.get(organisation__isnull=False)
    assert client.get(page + "?gjor=send").status_code == 403
    send = {"do": "send", "seen": f"{draft.pk}.{draft.row_version}", "sent": "0"}
    assert client.post(page, send).status_code == 403
    assert not Input.objects.filter(organisation__isnull=False).exists()
    assert signed_in(manager, "ansattporten").post(page, send).status_code == 302
    assert Input.objects.get(organisation__isnull=False).text == "Bygg kai."


# ---- writing ----


def test_what_is_written_is_saved_and_shown_to_the_colleague(page: str, manager: User, colleague: User) -> None:
    save(signed_in(colleague, "code"), page, "Bygg kai.\n\nOg lys.", may_publish="on")
    shown = signed_in(manager, "ansattporten").get(page)
    assert shown.context["form"].initial["text"] == "Bygg kai.\n\nOg lys."
    assert "Oppdiktet Kollega" in shown.context["saved"]


def test_two_windows_show_both_texts_and_lose_neither(page: str, manager: User, colleague: User) -> None:
    first, second = signed_in(manager, "ansattporten"), signed_in(colleague, "idporten")
    mine = shown_of(first, page)
    save(second, page, "Kollegaens tekst")
    answer = first.post(page, {**mine, "text": "Lederens tekst", "do": "save"})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Kollegaens tekst" in shown
    assert "Lederens tekst" in shown
    assert InputDraft.objects.get(organisation__isnull=False).text == "Kollegaens tekst"
    hidden = {name: answer.context["form"][name].value() for name in ("seen", "sent")}
    assert first.post(page, {**hidden, "text": "Lederens tekst", "do": "save"}).status_code == 302
    assert InputDraft.objects.get(organisation__isnull=False).text == "Lederens tekst"


def test_the_script_saves_quietly_and_gets_the_next_version(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    hidden = shown_of(client, page)
    first = client.post(page, {**hidden, "text": "Ett", "do": "quiet"}).json()
    second = client.post(page, {**hidden, "seen": first["seen"], "text": "To", "do": "quiet"})
    assert second.status_code == 200
    assert second.json()["seen"] != first["seen"]
    assert "kl." in second.json()["said"] or "at" in second.json()["said"]
    stale = client.post(page, {**hidden, "seen": first["seen"], "text": "Tre", "do": "quiet"})
    assert stale.status_code == 409
    assert InputDraft.objects.get(organisation__isnull=False).text == "To"


def test_a_draft_may_be_saved_empty_but_not_sent(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    assert save(client, page, "").status_code == 302
    assert 'value="send"' not in client.get(page + "?gjor=send").content.decode()
    assert client.post(page, ready(client, page)).url == page
    assert not Input.objects.filter(organisation__isnull=False).exists()


def test_attachments_are_read_by_the_colleague_and_by_nobody_else(page: str, manager: User, colleague: User) -> None:
    upload = SimpleUploadedFile("kart.txt", b"Kart over kaia")
    save(signed_in(manager, "ansattporten"), page, "Se kart", files=upload)
    file = InputDraft.objects.get(organisation__isnull=False).files.get()
    answer = signed_in(colleague, "idporten").get(f"{page}?vedlegg={file.pk}")
    assert b"".join(answer.streaming_content) == b"Kart over kaia"
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(make.a_user(), "idporten").get(f"{page}?vedlegg={file.pk}").status_code == 404


def test_a_draft_is_deleted_after_asking(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    save(client, page, "Vekk")
    seen = client.get(page + "?gjor=slett").context["seen"]
    assert InputDraft.objects.filter(organisation__isnull=False).exists()
    assert client.post(page, {"do": "discard", "seen": seen}).status_code == 302
    assert not InputDraft.objects.filter(organisation__isnull=False).exists()


@pytest.mark.parametrize("facts", [{"audience": "invited"}, {"closed_on": TODAY}])
def test_a_round_that_takes_nothing_says_so_in_words_and_keeps_what_was_written(
    page: str, asked: InputRound, manager: User, facts: dict[str, Any]
) -> None:
    client = signed_in(manager, "ansattporten")
    save(client, page, "Skrevet i tide")
    hidden = shown_of(client, page)
    for name, value in facts.items():
        setattr(asked, name, value)
    asked.save()
    shown = client.get(page)
    assert shown.status_code == 200
    assert shown.context["form"] is None
    assert "Skrevet i tide" in shown.content.decode()
    late = client.post(page, {**hidden, "text": "Skrevet for sent", "do": "save"})
    assert late.status_code == 409
    assert "Skrevet for sent" in late.content.decode()
    assert client.post(page, {"do": "send", "seen": hidden["seen"], "sent": "0"}).status_code == 409
    assert not Input.objects.filter(organisation__isnull=False).exists()


# ---- sending ----


def test_it_is_read_through_and_sent_with_receipt(page: str, asked: InputRound, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    to_review = save(client, page, "Bygg kai.", do="review")
    assert to_review.url == page + "?gjor=send"
    shown = client.get(to_review.url).content.decode()
    assert "Bygg kai." in shown
    assert not Input.objects.filter(organisation__isnull=False).exists(), "reading through sends nothing"
    answer = client.post(page, ready(client, page), follow=True)
    assert answer.status_code == 200
    assert "Bygg kai." in answer.content.decode()
    assert Mail.objects.filter(to_address=manager.email).count() == 1


def test_pressed_twice_it_is_one_input(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    save(client, page, "Bygg kai.")
    button = ready(client, page)
    first, second = client.post(page, button), client.post(page, button)
    assert (first.status_code, second.status_code) == (302, 302)
    assert "kvittering" in second.url
    assert Input.objects.filter(organisation__isnull=False).count() == 1


def test_a_weak_session_is_asked_for_more_and_the_draft_is_kept(page: str, manager: User) -> None:
    client = signed_in(manager, "code")
    save(client, page, "Bygg kai.")
    answer = client.post(page, ready(client, page))
    assert answer.status_code == 302
    assert answer.url.startswith("/konto/bekreft/")
    assert not Input.objects.filter(organisation__isnull=False).exists()
    assert InputDraft.objects.get(organisation__isnull=False).text == "Bygg kai."


def test_after_showing_more_the_same_press_sends(page: str, manager: User) -> None:
    client = signed_in(manager, "code")
    client.get("/min-side/")  # the browser learns who is signed in
    save(client, page, "Bygg kai.")
    client.post(page, ready(client, page))
    kept = dict(client.session[KEPT]["fields"])
    stronger = signed_in(manager, "ansattporten")
    assert stronger.post(page, kept).status_code == 302
    assert Input.objects.get(organisation__isnull=False).sent_by == manager


def test_what_a_colleague_changed_after_it_was_read_is_shown_and_not_sent(
    page: str, manager: User, colleague: User
) -> None:
    client = signed_in(manager, "ansattporten")
    save(client, page, "Lest")
    button = ready(client, page)
    save(signed_in(colleague, "idporten"), page, "Endret")
    answer = client.post(page, button)
    assert answer.status_code == 200
    assert "Endret" in answer.content.decode()
    assert not Input.objects.filter(organisation__isnull=False).exists()


def test_what_was_sent_is_read_later_by_those_with_a_mandate_only(
    page: str, asked: InputRound, manager: User, colleague: User
) -> None:
    client = signed_in(manager, "ansattporten")
    save(client, page, "Bygg kai.")
    client.post(page, ready(client, page))
    receipt = f"/{asked.authority.slug}/innspill/{asked.slug}/kvittering/?nr=1"
    assert "Bygg kai." in signed_in(colleague, "code").get(receipt).content.decode()
    for other in (make.a_user(), make.a_user("officer", asked.authority)):
        assert signed_in(other).get(receipt).url == asked.get_absolute_url()
    Mandate.objects.filter(user=colleague).update(ended_at=timezone.now(), ended_why="Sluttet")
    assert signed_in(colleague, "code").get(receipt).url == asked.get_absolute_url()


def test_after_sending_an_addition_can_be_written(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    save(client, page, "Bygg kai.")
    client.post(page, ready(client, page))
    assert client.get(page).context["form"] is None
    hidden = shown_of(client, page + "?tillegg=1")
    assert client.post(page, {**hidden, "text": "Og lys.", "do": "save"}).status_code == 302
    client.post(page, ready(client, page))
    assert list(Input.objects.filter(organisation__isnull=False).values_list("text", flat=True)) == [
        "Bygg kai.", "Og lys.",
    ]  # fmt: skip
