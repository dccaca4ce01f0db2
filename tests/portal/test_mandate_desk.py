"""The pages where mandates are asked for and answered: who sees what, what is told, and what attacks meet."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal import sealed
from portal.acting_for import mandate_requests
from portal.models import AccessLog, Document, Mandate, MandateRequest, Organisation
from portal.signing_in import arrivals
from tests import factories as make
from tests.conftest import confirmed, signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.portal.register_server import BAKERY, BANKRUPT, BO, serving
from tests.portal.test_mandate_requests import PDF, ask, today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portal.models import Authority, User
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
DESK, NEW = "/hjemby/fullmakter/", "/min-side/fullmakter/ny/"
AT_THE_BAKERY = f"?hos=hjemby&nummer={BAKERY}"


@pytest.fixture(autouse=True)
def register(settings: Any) -> Iterator[None]:
    with serving() as address:
        settings.REGISTER_URL = address
        yield


@pytest.fixture
def home(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


def known_by(person: User, number: str) -> Client:
    """Return a browser signed in by ID-porten, whose session holds the number it told."""
    client = signed_in(person, "idporten")
    session = client.session
    session[arrivals.NUMBER] = sealed.seal("pid", number)
    session.save()
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("fullmakt.pdf", PDF, "application/pdf")


def a_document_form(**facts: Any) -> dict[str, Any]:
    given = {"reach": "acts", "role": "Leder", "valid_to": (today() + 90 * DAY).isoformat(), "file": paper()}
    return {"gjor": "dokument", **{f"dokument-{name}": value for name, value in {**given, **facts}.items()}}


# ---- asking ----


def test_the_register_shows_which_organisation_it_is_before_anything_is_sent(stranger_client: Client) -> None:
    assert stranger_client.get(NEW).status_code == 200
    page = text_of(stranger_client.get(f"{NEW}?hos=hjemby&nummer=294 580 735"))
    assert "OPPDIKTET BAKERI AS" in page
    assert "Bo Oppdiktet" not in page  # the roles are the officer's to see
    assert not MandateRequest.objects.filter(number=BAKERY).exists()


@pytest.mark.parametrize("query", ["?nummer=1", "?hos=hjemby&nummer=123456789", "?hos=finnes-ikke&nummer=294580735",
                                   "?hos=hjemby&nummer=974760673", "?hos=hjemby&nummer=%D9%A3"])  # fmt: skip
def test_a_number_that_is_none_leads_no_further(stranger_client: Client, query: str) -> None:
    answer = stranger_client.get(NEW + query)
    assert answer.status_code == 200
    assert "looked" not in answer.context or answer.context["looked"] is None
    assert answer.context["where"].errors
    sent = stranger_client.post(NEW + query, {"role": "Leder"})
    assert sent.status_code == 200
    assert not MandateRequest.objects.filter(user__email="stranger@test.example").exists()


def test_a_name_gives_organisations_to_choose_among_and_sends_nothing(
    stranger_client: Client, officer_client: Client
) -> None:
    for client, page in (
        (stranger_client, f"{NEW}?hos=hjemby&nummer=oppdiktet ba"),
        (officer_client, f"{DESK}ny/?nummer=bakeri"),
    ):
        answer = client.get(page)
        assert f"nummer={BAKERY}" in text_of(answer)
        assert answer.context.get("looked") is None
    assert stranger_client.post(f"{NEW}?hos=hjemby&nummer=bakeri", {"role": "Leder"}).status_code == 200
    assert not MandateRequest.objects.filter(number=BAKERY).exists()
    nothing = stranger_client.get(f"{NEW}?hos=hjemby&nummer=finnes ikke %26size=9")
    assert nothing.context["where"].errors["nummer"]


def test_the_birth_date_of_the_session_is_compared_and_nothing_of_it_kept(home: Authority) -> None:
    person = make.a_user()
    client = known_by(person, BO)
    assert client.post(NEW + AT_THE_BAKERY, {"role": "Daglig leder"})["Location"] == "/min-side/fullmakter/"
    asked = person.mandate_requests.get()
    assert asked.evidence["signed_in_by"] == "idporten"
    assert any(role["fits"] for role in asked.evidence["roles"])
    assert "1975" not in str(asked.evidence)


def test_a_form_that_says_it_fits_is_not_believed(home: Authority) -> None:
    person = make.a_user()
    lies = {"role": "Daglig leder", "born": "1975-11-02", "evidence": '{"roles": [{"fits": true, "acts": true}]}'}
    signed_in(person, "code").post(NEW + AT_THE_BAKERY, lies)
    assert {role["fits"] for role in person.mandate_requests.get().evidence["roles"]} == {None}


def test_one_known_by_a_code_is_shown_the_way_by_idporten(stranger_client: Client) -> None:
    assert "/konto/inn/" in stranger_client.get(NEW + AT_THE_BAKERY).context["idporten"]


def test_a_bankrupt_organisation_is_said_to_be(stranger_client: Client) -> None:
    assert stranger_client.get(f"{NEW}?hos=hjemby&nummer={BANKRUPT}").context["looked"].words


def test_a_register_that_is_down_is_said_and_what_was_typed_stays(stranger_client: Client, settings: Any) -> None:
    settings.REGISTER_URL = "http://127.0.0.1:9"
    answer = stranger_client.get(NEW + AT_THE_BAKERY)
    assert answer.status_code == 200
    assert answer.context["where"].non_field_errors()
    assert BAKERY in text_of(answer)


def test_nobody_reads_the_register_through_us(stranger_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.views.mandates.LOOK_UPS_AN_HOUR", 2)
    found = [stranger_client.get(NEW + AT_THE_BAKERY).context["where"].non_field_errors() for _ in range(3)]
    assert [bool(errors) for errors in found] == [False, False, True]


def test_asking_gives_nothing_to_read(world: World, stranger_client: Client) -> None:
    bakery = world.home.one(Organisation)
    Organisation.objects.filter(pk=bakery.pk).update(number=BAKERY)
    stranger_client.post(NEW + AT_THE_BAKERY, {"role": "Eier"})
    assert stranger_client.get(f"/min-side/virksomhet/{bakery.pk}/").status_code == 404


def test_her_page_shows_the_request_and_takes_it_back(home: Authority) -> None:
    asked = ask(home)
    client = signed_in(asked.user)
    assert client.get("/min-side/fullmakter/").context["waiting"] == [asked]
    client.post("/min-side/fullmakter/", {"gjor": "trekk", "foresporsel": asked.pk})
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_nobody_takes_anothers_request_back(home: Authority, stranger_client: Client) -> None:
    asked = ask(home)
    answer = stranger_client.post("/min-side/fullmakter/", {"gjor": "trekk", "foresporsel": asked.pk})
    assert answer.status_code == 404
    assert MandateRequest.objects.get(pk=asked.pk).state == "waiting"


# ---- the desk ----


def test_the_requests_stand_first_by_due_date(home: Authority, officer_client: Client) -> None:
    MandateRequest.objects.all().delete()
    days = [today() + 3 * DAY, today() - DAY, today() + DAY]
    for day in days:
        make.a_mandate_request(home, make.a_user(), due_on=day)
    answer = officer_client.get(DESK)
    assert [row.due_on for row in answer.context["requests"]] == sorted(days)
    assert answer.context["late"] == 1


def test_the_list_is_searched_and_filtered_in_the_address(home: Authority, officer_client: Client) -> None:
    person = make.a_user(name="Solfrid Oppdiktet")
    make.a_mandate(make.an_organisation(home, name="Solfrids verksted", number=BAKERY), person, valid_to=today())
    for query in ("q=solfrids", "q=Solfrid Opp", f"q={BAKERY}", "q=294 580 735", "vis=ansattporten&q=verksted"):
        assert [row.user for row in officer_client.get(f"{DESK}?{query}").context["rows"]] == [person], query
    for query in ("q=finnes ikke", "vis=slutt&q=solfrids", "vis=invitert&q=solfrids"):
        assert officer_client.get(f"{DESK}?{query}").context["rows"] == [], query
    assert officer_client.get(f"{DESK}?vis=tull").status_code == 200


def test_the_export_has_what_the_list_shows_and_nobodys_address(officer_client: Client) -> None:
    content = officer_client.get(f"{DESK}?fil=csv").content.decode("utf-8-sig")
    assert "Hjemby Bakeri AS" in content
    assert "Manager Hjemby" in content
    assert "@" not in content
    assert "Naboby" not in content
    assert officer_client.get(f"{DESK}?fil=exe").status_code == 404


def test_a_name_that_is_a_formula_is_harmless_in_the_export(home: Authority, officer_client: Client) -> None:
    make.a_mandate(make.an_organisation(home, name="=1+1"), make.a_user())
    assert "'=1+1" in officer_client.get(f"{DESK}?fil=csv").content.decode("utf-8-sig")


def test_an_officer_ends_a_mandate_with_a_reason(world: World, officer_client: Client) -> None:
    pk = world.user("manager").mandates.get().pk
    assert officer_client.get(f"{DESK}?gjor=avslutt&fullmakt={pk}").context["is_last"]
    assert officer_client.post(DESK, {"gjor": "avslutt", "fullmakt": pk, "why": ""}).status_code == 200
    assert Mandate.objects.get(pk=pk).ended_at is None
    officer_client.post(DESK, {"gjor": "avslutt", "fullmakt": pk, "why": "Solgt", "med_inviterte": "on"})
    ended = Mandate.objects.get(pk=pk)
    assert ended.ended_why == "Solgt"
    assert world.user("colleague").mandates.get().ended_at is not None


def test_no_mandate_of_another_authority_is_ended_here(world: World, officer_client: Client) -> None:
    theirs = world.next.one(Mandate)
    data = {"gjor": "avslutt", "fullmakt": theirs.pk, "why": "Nei"}
    assert officer_client.get(f"{DESK}?gjor=avslutt&fullmakt={theirs.pk}").status_code == 404
    assert officer_client.post(DESK, data).status_code == 404
    assert officer_client.post("/naboby/fullmakter/", data).status_code == 404
    assert Mandate.objects.get(pk=theirs.pk).ended_at is None


@pytest.mark.parametrize("data", [{}, {"gjor": "slett"}, {"gjor": "avslutt", "fullmakt": "0"}])
def test_what_is_no_deed_at_the_desk_does_not_exist(officer_client: Client, data: dict[str, str]) -> None:
    assert officer_client.post(DESK, data).status_code == 404


@pytest.mark.parametrize("person", ["editor", "attester", "operator"])
def test_other_caseworkers_read_the_desk_and_change_nothing(
    world: World, as_role: Callable[[str], Client], person: str
) -> None:
    client, mine = as_role(person), world.home.one(MandateRequest)
    pk = world.user("manager").mandates.get().pk
    page = text_of(client.get(DESK))
    assert "gjor=avslutt" not in page
    assert "fullmakter/ny/" not in page
    assert "<textarea" not in text_of(client.get(f"{DESK}{mine.pk}/"))
    assert client.post(DESK, {"gjor": "avslutt", "fullmakt": pk, "why": "x"}).status_code == 403
    assert client.post(f"{DESK}{mine.pk}/", {"gjor": "nei", "nei-reason": "x"}).status_code == 403
    assert client.get(f"{DESK}ny/").status_code == 403
    assert Mandate.objects.get(pk=pk).ended_at is None


def test_a_session_by_code_gives_an_officer_no_desk(officer: User) -> None:
    assert signed_in(officer, "code").get(DESK).status_code == 404


# ---- one request ----


def test_the_officer_sees_the_roles_and_which_of_them_fits(home: Authority, officer_client: Client) -> None:
    asked = ask(home)
    page = officer_client.get(f"{DESK}{asked.pk}/")
    assert page.context["fits"]
    assert "Bo Oppdiktet" in text_of(page)
    assert "1975" not in text_of(page)


def test_the_officer_confirms_by_the_register(home: Authority, officer_client: Client) -> None:
    asked = ask(home)
    data = {"gjor": "register", "register-valid_to": (today() + 90 * DAY).isoformat()}
    assert officer_client.post(f"{DESK}{asked.pk}/", data)["Location"] == DESK
    assert asked.user.mandates.get().source == "register"


def test_the_officer_confirms_by_a_document_and_who_saw_the_case_is_noted(
    home: Authority, officer_client: Client, officer: User
) -> None:
    first, second = ask(home, pid=""), ask(home, pid="")
    assert officer_client.post(f"{DESK}{first.pk}/", a_document_form()).status_code == 302
    made = first.user.mandates.get()
    assert (made.source, made.role) == ("officer", "Leder")
    page = officer_client.get(f"{DESK}{second.pk}/")
    assert "fullmakt.pdf" in text_of(page)
    assert made.document is not None
    assert AccessLog.objects.filter(case=made.document.case, user_id=officer.pk).exists()
    chosen = a_document_form(file="", document=made.document_id)
    assert officer_client.post(f"{DESK}{second.pk}/", chosen).status_code == 302
    assert second.user.mandates.get().document == made.document


def test_a_document_from_elsewhere_cannot_be_chosen(world: World, home: Authority, officer_client: Client) -> None:
    asked = ask(home)
    for elsewhere in (world.home.document, world.next.document):
        answer = officer_client.post(f"{DESK}{asked.pk}/", a_document_form(file="", document=elsewhere.pk))
        assert answer.status_code == 200
    assert not asked.user.mandates.exists()


def test_what_is_lacking_is_said_and_what_was_typed_stays(home: Authority, officer_client: Client) -> None:
    asked = ask(home)
    answer = officer_client.post(f"{DESK}{asked.pk}/", a_document_form(file="", role="Regnskapsfører"))
    assert answer.context["forms"]["dokument"].errors["file"]
    assert "Regnskapsfører" in text_of(answer)
    far = {"gjor": "register", "register-valid_to": "2099-01-01"}
    assert officer_client.post(f"{DESK}{asked.pk}/", far).context["forms"]["register"].errors["valid_to"]
    none = officer_client.post(f"{DESK}{asked.pk}/", {"gjor": "nei", "nei-reason": ""})
    assert none.context["forms"]["nei"].errors["reason"]
    assert officer_client.post(f"{DESK}{asked.pk}/", {"gjor": "alt"}).status_code == 404
    assert MandateRequest.objects.get(pk=asked.pk).state == "waiting"
    assert not Document.objects.filter(filename="fullmakt.pdf").exists()


def test_the_register_button_pressed_by_hand_is_refused_where_nobody_fits(
    home: Authority, officer_client: Client
) -> None:
    asked = ask(home, pid="")
    assert 'value="register"' not in text_of(officer_client.get(f"{DESK}{asked.pk}/"))
    data = {"gjor": "register", "register-valid_to": (today() + 90 * DAY).isoformat()}
    assert officer_client.post(f"{DESK}{asked.pk}/", data).status_code == 200
    assert not asked.user.mandates.exists()


def test_the_second_officer_reads_who_was_first(world: World, home: Authority, leader_client: Client) -> None:
    asked = ask(home)
    mandate_requests.refuse(asked.pk, reason="Nei.", by=world.user("officer"), now=timezone.now())
    answer = leader_client.post(f"{DESK}{asked.pk}/", {"gjor": "nei", "nei-reason": "Også nei."}, follow=True)
    assert "Officer i Hjemby" in str([str(message) for message in answer.context["messages"]])
    asked.refresh_from_db()
    assert asked.reason == "Nei."


def test_an_officer_is_told_that_a_colleague_answers_her_own(home: Authority, officer: User) -> None:
    asked = ask(home, officer)
    client = confirmed(signed_in(officer))
    assert client.get(f"{DESK}{asked.pk}/").context["is_own"]
    data = {"gjor": "register", "register-valid_to": today().isoformat()}
    assert client.post(f"{DESK}{asked.pk}/", data).status_code == 403


def test_another_authoritys_request_does_not_exist(
    world: World, officer_client: Client, neighbour_client: Client
) -> None:
    theirs, ours = world.next.one(MandateRequest), world.home.one(MandateRequest)
    for client, address in (
        (officer_client, f"{DESK}{theirs.pk}/"), (officer_client, f"/naboby/fullmakter/{theirs.pk}/"),
        (neighbour_client, f"{DESK}{ours.pk}/"), (neighbour_client, f"/naboby/fullmakter/{ours.pk}/"),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"gjor": "nei", "nei-reason": "x"}).status_code == 404, address


# ---- on paper ----


def on_paper(**facts: Any) -> dict[str, Any]:
    return {
        "address": "ny@bakeri.example", "name": "Ny Oppdiktet", "reach": "drafts", "role": "Regnskapsfører",
        "valid_to": (today() + 90 * DAY).isoformat(), "file": paper(),
        "once": "0e5a0b2c-6a4f-4a7e-9d0e-0c0ffee00001", **facts,
    }  # fmt: skip


def test_a_mandate_on_paper_is_registered(officer_client: Client) -> None:
    page = f"{DESK}ny/?nummer={BAKERY}"
    assert "OPPDIKTET BAKERI AS" in text_of(officer_client.get(page))
    assert officer_client.post(page, on_paper())["Location"] == DESK
    assert officer_client.post(page, on_paper())["Location"] == DESK
    made = Mandate.objects.get(user__email="ny@bakeri.example")
    assert (made.reach, made.role) == ("drafts", "Regnskapsfører")


@pytest.mark.parametrize("wrong", [{"file": ""}, {"address": "nei"}, {"name": ""}, {"reach": "alt"}, {"once": "x"},
                                   {"valid_to": "2099-01-01"}, {"address": "officer@test.example"}])  # fmt: skip
def test_what_is_wrong_on_paper_is_said(officer_client: Client, wrong: dict[str, Any]) -> None:
    answer = officer_client.post(f"{DESK}ny/?nummer={BAKERY}", on_paper(**wrong))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Mandate.objects.filter(organisation__number=BAKERY).exists()


# ---- what a page costs ----


def test_the_desk_and_a_persons_page_cost_the_same_for_any_number(settings: Any) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        officer, person = make.a_user("officer", authority), make.a_user()
        asked = make.a_mandate_request(authority, make.a_user(), number=BAKERY)
        busy = make.an_organisation(authority, number=BAKERY)
        for number in range(size):
            organisation = make.an_organisation(authority)
            mandate = make.a_mandate(organisation, make.a_user())
            make.a_mandate(organisation, make.a_user(), invited_by=mandate)
            make.a_mandate(organisation, person)
            make.a_mandate(busy, make.a_user())
            make.a_mandate_request(authority, make.a_user())
            make.a_mandate_request(authority, person, state="refused", reason="Nei", decided_at=timezone.now())
            make.a_provider(make.an_authority(is_listed=True), "ansattporten", client_id=f"k{number}")
        desk = f"/{authority.slug}/fullmakter/"
        first = Mandate.objects.filter(organisation__authority=authority, invited_by=None).order_by("pk")[0]
        officers = [desk, f"{desk}?vis=invitert&q=as", f"{desk}?fil=csv", f"{desk}{asked.pk}/",
                    f"{desk}?gjor=avslutt&fullmakt={first.pk}"]  # fmt: skip
        return signed_in(officer), dict.fromkeys(officers)

    same_for_all_sizes(grow)


def test_a_persons_page_costs_the_same_for_any_number() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        person, authority = make.a_user(), make.an_authority()
        for number in range(size):
            mandate = make.a_mandate(make.an_organisation(authority), person)
            make.a_mandate(mandate.organisation, make.a_user(), invited_by=mandate)
            make.a_mandate_request(authority, person, state="refused", reason="Nei", decided_at=timezone.now())
            over = {"ended_at": timezone.now(), "ended_why": "Sluttet"}
            make.a_mandate(make.an_organisation(authority), person, **over)
            make.a_provider(make.an_authority(is_listed=True), "ansattporten", client_id=f"k{number}")
        pages = ["/min-side/fullmakter/", f"/min-side/fullmakter/?gjor=forlat&fullmakt={mandate.pk}"]
        return signed_in(person), dict.fromkeys(pages)

    same_for_all_sizes(grow)
