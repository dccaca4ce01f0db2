"""Asking to act for an organisation, and what officers make of it: what is kept, who may answer, what it rests on."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal import due, uploads
from portal.acting_for import mandate_evidence, mandate_requests, mandates
from portal.acting_for.mandate_evidence import Looked, birth_date
from portal.acting_for.mandate_requests import Ruling
from portal.calendar import is_working_day
from portal.models import Case, Document, Event, Mail, Mandate, MandateRequest, Notice, Organisation, User
from tests import factories as make
from tests.portal.register_server import ADA, BAKERY, BANKRUPT, BO, CLUB, DELETED, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import Authority
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def today() -> dt.date:
    return timezone.localdate()


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


def look(number: str = BAKERY) -> Looked:
    found = mandate_evidence.look_up(number, with_roles=True)
    assert found is not None
    return found


def ask(authority: Authority, user: User | None = None, *, pid: str = BO, number: str = BAKERY, **facts: Any) -> Any:
    given: dict[str, Any] = {"role": "Daglig leder", "message": "", "method": "idporten", "now": timezone.now()}
    return mandate_requests.ask(
        authority, look(number), user=user or make.a_user(), born=birth_date(pid), **{**given, **facts}
    )


def a_paper(name: str = "fullmakt.pdf", content: bytes = PDF) -> uploads.Checked:
    return uploads.check(SimpleUploadedFile(name, content, "application/pdf"), limit=10**6)


def by_paper(**facts: Any) -> Ruling:
    given = {"source": "officer", "reach": "acts", "valid_to": today() + 100 * DAY, "role": "Leder"}
    return Ruling(**{**given, "upload": a_paper(), **facts})


def by_register(**facts: Any) -> Ruling:
    return Ruling(**{"source": "register", "reach": "acts", "valid_to": today() + 100 * DAY, **facts})


# ---- birth dates ----


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("02917598765", dt.date(1975, 11, 2)),  # the official synthetic series: month + 80
        ("02517598765", dt.date(1975, 11, 2)),  # month + 40
        ("42117598765", dt.date(1975, 11, 2)),  # a D-number: day + 40
        ("42917598765", dt.date(1975, 11, 2)),  # a synthetic D-number
        ("02117549965", dt.date(1975, 11, 2)), ("01010050065", dt.date(2000, 1, 1)), ("01013999965", dt.date(2039, 1, 1)),
        ("01015450065", dt.date(1854, 1, 1)), ("01014090065", dt.date(1940, 1, 1)), ("29020050065", dt.date(2000, 2, 29)),
        ("29021012345", None), ("00117549965", None), ("01004012365", None), ("01014050065", None), ("", None),
        ("1234567890", None), ("123456789012", None), ("0211754996x", None), ("٠٢١١٧٥٤٩٩٦٥", None),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_from_each_series(number: str, born: dt.date | None) -> None:
    assert birth_date(number) == born


# ---- asking ----


def test_a_request_keeps_what_the_register_said_and_neither_number_nor_date(home: Authority) -> None:
    asked = ask(home)
    kept = json.dumps(asked.evidence)
    assert asked.name == "OPPDIKTET BAKERI AS"
    fitting = {role["name"] for role in asked.evidence["roles"] if role["fits"]}
    assert fitting == {"Bo Oppdiktet"}
    assert len({role["name"] for role in asked.evidence["roles"]}) > 1
    for secret in (BO, BO[:6], "1975", "02.11"):
        assert secret not in kept, secret
    assert mandate_evidence.fits_a_role(asked.evidence)


def test_without_a_birth_date_nothing_is_compared(home: Authority) -> None:
    asked = ask(home, pid="")
    assert {role["fits"] for role in asked.evidence["roles"]} == {None}
    assert not mandate_evidence.fits_a_role(asked.evidence)


def test_a_board_member_does_not_act_by_her_role(home: Authority) -> None:
    asked = ask(home, pid=ADA, number=CLUB)
    assert any(role["fits"] for role in asked.evidence["roles"])
    assert not mandate_evidence.fits_a_role(asked.evidence)


def test_the_answer_is_due_in_five_working_days_and_the_desk_is_told(home: Authority, officer: User) -> None:
    asked = ask(home)
    days = [today() + n * DAY for n in range(1, 60)]
    assert asked.due_on == [day for day in days if is_working_day(day)][4]
    notice = Notice.objects.get(user=officer, kind="mandate_asked")
    assert notice.waits_for_digest
    assert notice.link == f"/hjemby/fullmakter/{asked.pk}/"
    waits = [row for row in due.of_person(officer, today(), today() + 30 * DAY) if row.what == "mandate_due"]
    assert asked.pk in [row.about_id for row in waits]


def test_an_officer_who_asks_is_not_told_of_her_own_request(home: Authority, officer: User) -> None:
    ask(home, officer)
    assert not Notice.objects.filter(user=officer, kind="mandate_asked").exists()


def test_the_answer_is_the_same_whether_the_authority_knows_the_organisation(home: Authority) -> None:
    make.a_mandate(make.an_organisation(home, number=BAKERY), make.a_user())
    known, unknown = ask(home), ask(home, number=BANKRUPT)
    assert known.state == unknown.state == "waiting"
    assert known.evidence.keys() == unknown.evidence.keys()
    assert set(known.evidence["register"]) == {"number", "name", "form", "place", "industry", "troubles"}


@pytest.mark.parametrize(("number", "trouble"), [(BANKRUPT, "bankrupt"), (DELETED, "deleted")])
def test_what_troubles_an_organisation_is_said_and_refuses_nothing(home: Authority, number: str, trouble: str) -> None:
    asked = ask(home, number=number)
    assert asked.evidence["register"]["troubles"] == [trouble]
    assert mandate_evidence.words_of([trouble])


def test_one_request_at_a_time_for_one_organisation(home: Authority) -> None:
    person = make.a_user()
    ask(home, person)
    with pytest.raises(ValidationError):
        ask(home, person)
    mandate_requests.withdraw_request(person.mandate_requests.get().pk, by=person, now=timezone.now())
    assert ask(home, person)


def test_one_who_acts_needs_not_ask(home: Authority) -> None:
    person = make.a_user()
    make.a_mandate(make.an_organisation(home, number=BAKERY), person, valid_to=today() + 90 * DAY)
    with pytest.raises(ValidationError):
        ask(home, person)


def test_a_mandate_that_runs_out_soon_may_be_asked_for_again(home: Authority) -> None:
    person = make.a_user()
    make.a_mandate(make.an_organisation(home, number=BAKERY), person, valid_to=today() + 20 * DAY)
    assert ask(home, person)


def test_nobody_asks_for_many_in_a_day(world: World, home: Authority) -> None:
    person = make.a_user()
    for number in make.ORGANISATION_NUMBERS:
        make.a_mandate_request(home, person, number=number)
    ask(home, person)
    with pytest.raises(ValidationError):
        ask(world.next.authority, person)


def test_a_request_is_withdrawn_by_its_own_person_only(home: Authority, officer: User) -> None:
    asked = ask(home)
    with pytest.raises(PermissionDenied):
        mandate_requests.withdraw_request(asked.pk, by=officer, now=timezone.now())
    assert mandate_requests.withdraw_request(asked.pk, by=asked.user, now=timezone.now())
    assert not mandate_requests.withdraw_request(asked.pk, by=asked.user, now=timezone.now())
    assert not Notice.objects.filter(kind="mandate_asked", subject_id=asked.pk, waits_for_digest=True).exists()


# ---- yes ----


def test_a_role_in_the_register_gives_the_right_to_act(home: Authority, officer: User) -> None:
    asked = ask(home)
    made = mandate_requests.confirm(asked.pk, by_register(), by=officer, now=timezone.now())
    asked.refresh_from_db()
    assert (asked.state, asked.mandate, asked.decided_by) == ("confirmed", made, officer)
    assert (made.source, made.reach, made.verified_by, made.document) == ("register", "acts", officer, None)
    assert mandates.held_by(asked.user, today()).get() == made
    assert made.organisation.register_copy["name"] == "OPPDIKTET BAKERI AS"
    assert Mail.objects.filter(to_address=asked.user.email).count() == 1


@pytest.mark.parametrize(("pid", "number"), [("", BAKERY), (ADA, CLUB), ("01019912345", BAKERY), (BO, CLUB)])
def test_the_register_confirms_only_one_it_shows_to_act(home: Authority, officer: User, pid: str, number: str) -> None:
    asked = ask(home, pid=pid, number=number)
    with pytest.raises(ValidationError) as refused:
        mandate_requests.confirm(asked.pk, by_register(), by=officer, now=timezone.now())
    assert "source" in refused.value.message_dict
    assert not Mandate.objects.filter(user=asked.user).exists()


def test_a_document_lies_in_a_case_exempt_from_access(home: Authority, officer: User) -> None:
    asked = ask(home, pid="")
    made = mandate_requests.confirm(asked.pk, by_paper(reach="drafts"), by=officer, now=timezone.now())
    document = made.document
    assert document is not None
    case = document.case
    assert (case.access, document.access) == ("exempt", "exempt")
    assert case.access_basis
    assert document.access_basis
    assert "BAKERI" not in case.shown_title
    assert "BAKERI" in case.title
    assert (made.source, made.reach) == ("officer", "drafts")
    assert document.file.read() == PDF


def test_the_next_document_lies_in_the_same_case_and_one_that_lies_there_may_be_chosen(
    home: Authority, officer: User
) -> None:
    first = mandate_requests.confirm(ask(home).pk, by_paper(), by=officer, now=timezone.now())
    assert first.document is not None
    chosen = by_paper(upload=None, document=first.document)
    second = mandate_requests.confirm(ask(home).pk, chosen, by=officer, now=timezone.now())
    third = mandate_requests.confirm(ask(home).pk, by_paper(), by=officer, now=timezone.now())
    assert third.document is not None
    assert second.document == first.document
    assert third.document.case == first.document.case
    assert Case.objects.filter(reference__startswith="FULLMAKT-").count() == 1


def test_a_document_of_another_case_is_no_proof(world: World, home: Authority, officer: User) -> None:
    asked = ask(home)
    for elsewhere in (world.home.document, world.next.document):
        with pytest.raises(ValidationError):
            mandate_requests.confirm(
                asked.pk, by_paper(upload=None, document=elsewhere), by=officer, now=timezone.now()
            )
    with pytest.raises(ValidationError):
        mandate_requests.confirm(asked.pk, by_paper(upload=None), by=officer, now=timezone.now())
    assert not Case.objects.filter(reference__startswith="FULLMAKT-").exists()
    assert not Document.objects.filter(filename="fullmakt.pdf").exists()


@pytest.mark.parametrize(("ruling", "days"), [(by_register, 366), (by_register, -1), (by_paper, 731), (by_paper, -1)])
def test_no_mandate_holds_longer_than_its_kind_may(home: Authority, officer: User, ruling: Any, days: int) -> None:
    asked = ask(home)
    with pytest.raises(ValidationError) as refused:
        mandate_requests.confirm(asked.pk, ruling(valid_to=today() + days * DAY), by=officer, now=timezone.now())
    assert "valid_to" in refused.value.message_dict


def test_a_new_mandate_of_a_kind_takes_the_place_of_the_old(home: Authority, officer: User) -> None:
    person = make.a_user()
    first = mandate_requests.confirm(ask(home, person).pk, by_paper(valid_to=today()), by=officer, now=timezone.now())
    second = mandate_requests.confirm(ask(home, person).pk, by_paper(), by=officer, now=timezone.now())
    first.refresh_from_db()
    assert first.ended_why == mandates.RENEWED
    assert list(mandates.held_by(person, today())) == [second]


def test_those_who_act_already_are_told_of_someone_new(home: Authority, officer: User) -> None:
    before = make.a_user()
    make.a_mandate(make.an_organisation(home, number=BAKERY, name="Bakeriet"), before)
    mandate_requests.confirm(ask(home).pk, by_register(), by=officer, now=timezone.now())
    notice = Notice.objects.get(user=before, kind="mandate_given")
    assert "Bakeriet" in notice.title
    assert Mail.objects.filter(to_address=before.email).exists()


# ---- no ----


def test_a_no_has_a_reason_that_the_person_gets(home: Authority, officer: User) -> None:
    asked = ask(home)
    with pytest.raises(ValidationError):
        mandate_requests.refuse(asked.pk, reason="  ", by=officer, now=timezone.now())
    mandate_requests.refuse(asked.pk, reason="Styret har valgt ny leder.", by=officer, now=timezone.now())
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "Styret har valgt ny leder.")
    assert "Styret har valgt ny leder." in Mail.objects.get(to_address=asked.user.email).text


@pytest.mark.parametrize("state", ["confirmed", "refused", "withdrawn"])
def test_the_second_officer_is_told_who_was_first(world: World, home: Authority, officer: User, state: str) -> None:
    asked, now = ask(home), timezone.now()
    if state == "confirmed":
        mandate_requests.confirm(asked.pk, by_register(), by=officer, now=now)
    elif state == "refused":
        mandate_requests.refuse(asked.pk, reason="Nei.", by=officer, now=now)
    else:
        mandate_requests.withdraw_request(asked.pk, by=asked.user, now=now)
    for deed in (
        lambda: mandate_requests.confirm(asked.pk, by_paper(), by=world.user("leader"), now=now),
        lambda: mandate_requests.refuse(asked.pk, reason="Nei", by=world.user("leader"), now=now),
    ):
        with pytest.raises(mandate_requests.Answered) as told:
            deed()
        assert ("Officer" in told.value.words) == (state != "withdrawn")
    asked.refresh_from_db()
    assert asked.state == state


# ---- who may ----


@pytest.mark.parametrize("person", ["editor", "attester", "operator", "neighbour", "stranger", "citizen", "elected"])
def test_only_officers_and_leaders_of_the_authority_answer(world: World, home: Authority, person: str) -> None:
    asked, by = ask(home), world.user(person)
    for deed in (
        lambda: mandate_requests.confirm(asked.pk, by_register(), by=by, now=timezone.now()),
        lambda: mandate_requests.refuse(asked.pk, reason="Nei", by=by, now=timezone.now()),
        lambda: register_on_paper(home, by),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert MandateRequest.objects.get(pk=asked.pk).state == "waiting"


def test_nobody_answers_her_own_request(home: Authority, officer: User) -> None:
    asked = ask(home, officer)
    for deed in (
        lambda: mandate_requests.confirm(asked.pk, by_register(), by=officer, now=timezone.now()),
        lambda: mandate_requests.refuse(asked.pk, reason="Nei", by=officer, now=timezone.now()),
    ):
        with pytest.raises(PermissionDenied):
            deed()


# ---- on paper ----


def register_on_paper(authority: Authority, by: User, address: str = "ny@bakeri.example", **facts: Any) -> Mandate:
    return mandate_requests.register(
        authority, look(), by_paper(), address=address, name="Ny Oppdiktet", by=by, now=timezone.now(),
        once=facts.get("once", "a"),
    )  # fmt: skip


def test_a_mandate_on_paper_gives_one_who_is_new_an_account_and_a_mail(home: Authority, officer: User) -> None:
    made = register_on_paper(home, officer)
    assert (made.user.email, made.user.name) == ("ny@bakeri.example", "Ny Oppdiktet")
    assert not made.user.has_usable_password()
    assert not made.user.memberships.exists()
    assert Mail.objects.filter(to_address="ny@bakeri.example").count() == 1
    assert Event.objects.filter(kind="mandate_given", subject_id=made.pk, actor_id=officer.pk).exists()


def test_one_who_is_here_already_keeps_her_name(home: Authority, officer: User) -> None:
    person = make.a_user(email="her@bakeri.example", name="Her Fra Før")
    made = register_on_paper(home, officer, "HER@bakeri.example")
    assert made.user == person
    assert User.objects.get(pk=person.pk).name == "Her Fra Før"


def test_a_form_pressed_twice_registers_once(home: Authority, officer: User) -> None:
    assert register_on_paper(home, officer) == register_on_paper(home, officer)
    assert Mail.objects.filter(to_address="ny@bakeri.example").count() == 1


def test_no_officer_registers_her_own_and_the_operator_gets_none(world: World, home: Authority, officer: User) -> None:
    for address in (officer.email, officer.email.upper(), world.user("operator").email):
        with pytest.raises(ValidationError) as refused:
            register_on_paper(home, officer, address)
        assert "address" in refused.value.message_dict
    assert not Organisation.objects.filter(authority=home, number=BAKERY, mandates__isnull=False).exists()


# ---- what is due ----


def test_a_mandate_that_runs_out_waits_for_its_holder_and_not_for_the_desk(home: Authority, officer: User) -> None:
    person = make.a_user()
    made = mandate_requests.confirm(
        ask(home, person).pk, by_paper(valid_to=today() + 20 * DAY), by=officer, now=timezone.now()
    )
    mine = [row for row in due.of_person(person, today(), today() + 30 * DAY) if row.what == "mandate_ends"]
    assert [row.about_id for row in mine] == [made.pk]
    for rows in (
        due.of_person(officer, today(), today() + 30 * DAY), due.of_authority(home.pk, today(), today() + 30 * DAY),
    ):  # fmt: skip
        assert "mandate_ends" not in [row.what for row in rows]


def test_one_from_ansattporten_renews_itself_and_waits_for_nobody(world: World) -> None:
    manager = world.user("manager")
    rows = due.of_person(manager, today(), today() + 60 * DAY)
    assert [row.what for row in rows if row.what.startswith("mandate")] == []


def test_nothing_of_a_request_that_is_answered_is_due(home: Authority, officer: User) -> None:
    asked = ask(home)
    mandate_requests.refuse(asked.pk, reason="Nei.", by=officer, now=timezone.now())
    rows = due.of_authority(home.pk, today(), today() + 30 * DAY)
    assert asked.pk not in [row.about_id for row in rows if row.what == "mandate_due"]
