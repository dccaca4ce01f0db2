"""An organisation's page: who may act for it, removal, invitations; to those without a mandate it does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal.models import Input, LinkKey, Mail, Mandate, MandateInvitation, Organisation
from tests import factories as make
from tests.conftest import confirmed, signed_in

if TYPE_CHECKING:
    from portal.models import User

COLLEAGUE = {"name": "Oppdiktet Ny", "address": "ny@trevare.example"}


@pytest.fixture
def organisation(place: Any) -> Organisation:
    make.a_provider(place, "ansattporten")
    return make.an_organisation(place, name="Oppdiktet Trevare AS", number=make.ORGANISATION_NUMBERS[0])


@pytest.fixture
def page(organisation: Organisation) -> str:
    return f"/min-side/virksomhet/{organisation.pk}/"


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


def ours() -> Organisation:
    return Organisation.objects.get(name="Oppdiktet Trevare AS")


def invitations() -> Any:
    return MandateInvitation.objects.filter(organisation=ours())


def live(user: User) -> bool:
    return Mandate.objects.holding(timezone.localdate()).filter(user=user).exists()


# ---- who sees it ----


def test_who_types_the_number_without_a_mandate_sees_nothing(page: str, place: Any, manager: User) -> None:
    ended = make.a_user()
    make.a_mandate(ours(), ended, ended_at=timezone.now(), ended_why="Sluttet")
    past = make.a_user()
    long_ago = timezone.localdate().replace(year=2025)
    make.a_mandate(ours(), past, valid_from=long_ago, valid_to=long_ago)
    for person in (make.a_user(), make.a_user("officer", place), ended, past):
        client = signed_in(person, "idporten")
        assert client.get(page).status_code == 404
        assert client.get(page + "inviter/").status_code == 404
        assert client.post(page, {"gjor": "fjern", "fullmakt": manager.mandates.get().pk}).status_code == 404
    assert live(manager)


def test_it_shows_who_may_act_on_what_and_until_when(page: str, manager: User, colleague: User) -> None:
    for person, method in ((manager, "ansattporten"), (colleague, "code")):
        context = signed_in(person, method).get(page).context
        assert [(row.user, row.acts) for row in context["people"]] == [(manager, True), (colleague, False)]
        assert "Oppdiktet Leder" in context["people"][1].rests_on


def test_a_colleague_reads_in_words_who_may_and_finds_no_button(page: str, manager: User, colleague: User) -> None:
    make.a_mandate_invitation(manager.mandates.get(), address="hemmelig@test.example")
    shown = signed_in(colleague, "idporten").get(page).content.decode()
    assert "inviter/" not in shown
    assert 'value="trekk"' not in shown
    assert "hemmelig@test.example" not in shown
    assert f"?fjern={manager.mandates.get().pk}" not in shown
    assert f"?fjern={colleague.mandates.get().pk}" in shown


def test_drafts_sent_input_and_open_rounds_stand_there(page: str, place: Any, manager: User) -> None:
    organisation, case = ours(), make.a_case(place)
    begun, sent, new, invited = (make.a_round(case, title=f"Runde {n}") for n in range(4))
    type(invited).objects.filter(pk=invited.pk).update(audience="invited")
    make.a_draft(organisation, begun)
    make.an_input(sent, organisation=organisation, sent_by=manager, speaks_for=organisation.name)
    make.an_input(new, speaks_for="Noen andre")
    context = signed_in(manager, "ansattporten").get(page).context
    assert [line["title"] for line in context["drafts"]] == ["Runde 0"]
    assert [line["title"] for line in context["inputs"]] == ["Runde 1"]
    assert [line["round"].title for line in context["rounds"]] == ["Runde 2"]


def test_the_answer_is_told_only_when_it_is_published(page: str, place: Any, manager: User) -> None:
    organisation, asked = ours(), make.a_round(make.a_case(place))
    row = make.an_input(asked, organisation=organisation, sent_by=manager)
    make.an_answer(row, consequence="taken_in", text="Ikke offentlig ennå")
    client = signed_in(manager, "ansattporten")
    receipt = f"/{place.slug}/innspill/{asked.slug}/kvittering/?nr=1"
    assert client.get(page).context["inputs"][0]["state"] == "input_received"
    assert "Ikke offentlig ennå" not in client.get(receipt).content.decode()
    asked.answers_published_at = timezone.now()
    asked.save()
    assert client.get(page).context["inputs"][0]["state"] == "input_taken_in"
    assert "Ikke offentlig ennå" in client.get(receipt).content.decode()


# ---- removal ----


def test_removing_asks_first_and_ends_the_mandate_on_post(page: str, manager: User, colleague: User) -> None:
    client, mandate = signed_in(manager, "ansattporten"), colleague.mandates.get()
    asked = client.get(f"{page}?fjern={mandate.pk}")
    assert "Oppdiktet Kollega" in asked.content.decode()
    assert live(colleague)
    assert client.post(page, {"gjor": "fjern", "fullmakt": mandate.pk}).url == page
    assert not live(colleague)
    assert live(manager)


def test_those_she_invited_go_too_only_when_that_is_ticked(page: str, manager: User, colleague: User) -> None:
    organisation, other = ours(), make.a_user(name="Oppdiktet Styreleder")
    make.a_mandate(organisation, other)
    client, mandate = signed_in(other, "ansattporten"), manager.mandates.get()
    assert [row.user for row in client.get(f"{page}?fjern={mandate.pk}").context["invited"]] == [colleague]
    client.post(page, {"gjor": "fjern", "fullmakt": mandate.pk})
    assert (live(manager), live(colleague)) == (False, True)


def test_ticked_they_go_together(page: str, manager: User, colleague: User) -> None:
    organisation, other = ours(), make.a_user()
    make.a_mandate(organisation, other)
    client = signed_in(other, "ansattporten")
    press = {"gjor": "fjern", "fullmakt": manager.mandates.get().pk, "ogsa": "1"}
    assert client.post(page, press)["Location"].startswith("/konto/bekreft/")
    assert (live(manager), live(colleague)) == (True, True)
    confirmed(client).post(page, press)
    assert (live(manager), live(colleague)) == (False, False)


def test_a_colleague_removes_nobody_but_herself(page: str, manager: User, colleague: User) -> None:
    client, mandate = signed_in(colleague, "idporten"), manager.mandates.get()
    assert client.get(f"{page}?fjern={mandate.pk}").status_code == 403
    assert client.post(page, {"gjor": "fjern", "fullmakt": mandate.pk}).status_code == 403
    assert live(manager)
    assert client.post(page, {"gjor": "fjern", "fullmakt": colleague.mandates.get().pk}).url == "/min-side/"
    assert not live(colleague)
    assert client.get(page).status_code == 404


def test_the_last_who_acts_is_told_so_before_she_leaves(page: str, manager: User) -> None:
    client, mandate = signed_in(manager, "ansattporten"), manager.mandates.get()
    assert client.get(f"{page}?fjern={mandate.pk}").context["is_last"]
    unknowing = client.post(page, {"gjor": "fjern", "fullmakt": mandate.pk})
    assert (unknowing.status_code, live(manager)) == (200, True)
    client.post(page, {"gjor": "fjern", "fullmakt": mandate.pk, "vet": "1"})
    assert not live(manager)


def test_another_organisations_mandate_is_not_ended_from_here(page: str, place: Any, manager: User) -> None:
    theirs = make.a_mandate(make.an_organisation(place), make.a_user())
    client = signed_in(manager, "ansattporten")
    assert client.get(f"{page}?fjern={theirs.pk}").status_code == 404
    assert client.post(page, {"gjor": "fjern", "fullmakt": theirs.pk}).status_code == 404
    assert client.post(page, {"gjor": "noe"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


# ---- invitations ----


def test_inviting_sends_a_private_link_to_the_colleague(page: str, manager: User) -> None:
    client = signed_in(manager, "ansattporten")
    assert client.post(page + "inviter/", COLLEAGUE).url == page
    row = invitations().get()
    assert (row.name, row.address) == ("Oppdiktet Ny", "ny@trevare.example")
    assert Mail.objects.get(to_address="ny@trevare.example").text.count("/fullmakt/") >= 1
    assert [each.name for each in client.get(page).context["invitations"]] == ["Oppdiktet Ny"]


def test_a_colleague_may_not_invite(page: str, colleague: User) -> None:
    client = signed_in(colleague, "idporten")
    assert client.get(page + "inviter/").status_code == 403
    assert client.post(page + "inviter/", COLLEAGUE).status_code == 403
    assert not invitations().exists()


def test_in_trial_mode_one_who_came_in_by_a_code_invites_withdraws_and_removes(place: Any) -> None:
    organisation, person, other = make.an_organisation(place), make.a_user(), make.a_user()
    make.a_mandate(organisation, person)
    theirs = make.a_mandate(organisation, other)
    client, page = signed_in(person, "code"), f"/min-side/virksomhet/{organisation.pk}/"
    context = client.get(page).context
    assert context["acts"]
    assert client.post(page + "inviter/", COLLEAGUE).url == page
    invitation = MandateInvitation.objects.get(organisation=organisation)
    client.post(page, {"gjor": "trekk", "invitasjon": invitation.pk})
    client.post(page, {"gjor": "fjern", "fullmakt": theirs.pk})
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    assert not live(other)


def test_a_session_by_a_code_is_asked_for_more_before_it_invites(page: str, manager: User) -> None:
    client = signed_in(manager, "code")
    assert client.get(page + "inviter/").status_code == 200
    assert client.post(page + "inviter/", COLLEAGUE).url.startswith("/konto/bekreft/")
    assert not invitations().exists()


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"address": "ikke en adresse"}, {"address": "a@b.example\nBcc: x@y.z"}]
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(page: str, manager: User, typed: dict[str, str]) -> None:
    answer = signed_in(manager, "ansattporten").post(page + "inviter/", {**COLLEAGUE, **typed})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Mail.objects.filter(to_address__contains="@b.example").exists()


def test_one_who_may_already_is_not_invited_again(page: str, manager: User, colleague: User) -> None:
    answer = signed_in(manager, "ansattporten").post(page + "inviter/", {**COLLEAGUE, "address": colleague.email})
    assert answer.status_code == 200
    assert answer.context["form"].errors["address"]


def test_an_invitation_is_withdrawn_and_its_link_opens_nothing(page: str, manager: User, colleague: User) -> None:
    client = signed_in(manager, "ansattporten")
    client.post(page + "inviter/", COLLEAGUE)
    row = invitations().get()
    withdraw = {"gjor": "trekk", "invitasjon": row.pk}
    assert signed_in(colleague, "idporten").post(page, withdraw).status_code == 403
    client.post(page, withdraw)
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert not LinkKey.objects.filter(purpose="mandate", subject_id=row.pk, revoked_at=None).exists()
    assert client.post(page, withdraw).url == page, "pressed twice it is only said"


def test_another_organisations_invitation_is_not_withdrawn_from_here(page: str, place: Any, manager: User) -> None:
    theirs = make.a_mandate_invitation(make.a_mandate(make.an_organisation(place), make.a_user()))
    client = signed_in(manager, "ansattporten")
    assert client.post(page, {"gjor": "trekk", "invitasjon": theirs.pk}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.withdrawn_at is None


def test_what_a_person_sent_for_the_organisation_is_not_among_her_own(page: str, place: Any, manager: User) -> None:
    make.an_input(make.a_round(make.a_case(place)), organisation=ours(), sent_by=manager)
    assert Input.objects.filter(sent_by=manager).exists()
    assert signed_in(manager, "ansattporten").get("/min-side/").context["inputs"] == []
