"""Anyone asks to see documents; each is given, covered in part or refused by law, on a clock, by a link that acts on POST."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal import uploads
from portal.archiving import access
from portal.models import AccessRequest, Case, Document, Mail, Notice
from tests import factories as make
from tests import factories_fund as fund

if TYPE_CHECKING:
    from portal.models import Authority, User
    from tests.world import World

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ASKS = "journalist@avis.example"


@pytest.fixture
def home(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def asked(home: Authority) -> AccessRequest:
    case = make.a_case(home)
    make.a_document(case, b"Et brev")
    return access.ask(home, text="Alt om saken.", address=ASKS, name="", case=case, now=MONDAY)


def answer(asked: AccessRequest, by: User, *said: access.Said, text: str = "") -> AccessRequest:
    return access.answer(asked, list(said), text=text, by=by, now=timezone.now(), version=asked.row_version)


def link_in_mail() -> str:
    mail = Mail.objects.filter(to_address=ASKS).latest("pk")
    found = re.search(r"/\S+/innsyn/svar/\S+/", mail.text)
    assert found
    return "/" + found[0].split("/", 3)[3] if "://" in found[0] else found[0][found[0].index("/hjemby") :]


def test_a_request_gets_a_receipt_a_due_date_of_three_working_days_and_the_desk_is_told(asked: AccessRequest) -> None:
    assert asked.due_on == dt.date(2026, 11, 26)
    assert Mail.objects.filter(to_address=ASKS).count() == 1
    told = Notice.objects.filter(kind="access_came", subject_id=asked.pk)
    assert told.exists()
    assert not any("Alt om saken" in notice.title for notice in told)


def test_what_is_given_is_downloaded_on_a_press_and_what_is_refused_never(
    asked: AccessRequest, officer: User, client: Any
) -> None:
    open_one = Document.objects.get(case=asked.case)
    secret = make.a_document(asked.case, b"Hemmelig", access="exempt", access_basis="Offl. § 13")
    answer(asked, officer, access.Said(open_one, "given"), access.Said(secret, "refused", "Offl. § 13"))
    asked.refresh_from_db()
    assert asked.state == "partly"
    page = link_in_mail()
    text = client.get(page).content.decode()
    assert "Offl. § 13" in text
    assert secret.title not in text
    for document, status in ((open_one, 200), (secret, 404)):
        assert client.post(page, {"document": document.pk}).status_code in (status, 404 if status == 404 else 200)
    assert client.post(page, {"document": secret.pk}).status_code == 404
    assert client.get(page.replace("/hjemby/", "/naboby/")).status_code == 404
    assert client.get("/hjemby/innsyn/svar/feil/").status_code == 404


def test_a_refusal_names_its_law_and_a_cover_has_its_copy(asked: AccessRequest, officer: User) -> None:
    paper = Document.objects.get(case=asked.case)
    with pytest.raises(ValidationError):
        answer(asked, officer, access.Said(paper, "refused"))
    with pytest.raises(ValidationError):
        answer(asked, officer, access.Said(paper, "redacted", "Offl. § 13"))
    with pytest.raises(ValidationError):
        answer(asked, officer)
    copy = uploads.check(SimpleUploadedFile("sladdet.txt", b"Et ___"), limit=10_000)
    answer(asked, officer, access.Said(paper, "redacted", "Offl. § 13", copy))
    made = asked.answers.get().redacted
    assert made is not None
    assert (made.direction, made.case_id) == ("out", asked.case_id)
    assert access.handed_out(asked, paper.pk) is None
    assert access.handed_out(asked, made.pk) == made


def test_it_is_answered_once_by_who_may_and_about_its_own_case(
    asked: AccessRequest, world: World, officer: User
) -> None:
    other = make.a_document(make.a_case(asked.authority))
    with pytest.raises(ValidationError):
        answer(asked, officer, access.Said(other, "given"))
    for person in ("attester", "neighbour", "operator"):
        with pytest.raises(PermissionDenied):
            answer(asked, world.user(person), text="Nei.")
    answer(asked, officer, text="Vi har ikke dokumentet.")
    with pytest.raises(ValidationError):
        answer(asked, officer, text="Enda en gang.")


def test_documents_of_an_application_are_answered_by_who_may_handle_it(home: Authority, officer: User) -> None:
    sent = fund.an_application(fund.a_call(fund.a_fund_with(home).scheme))
    assert sent.case is not None
    make.a_document(sent.case, b"Soknad")
    asked = access.ask(
        home, text="Søknaden.", address=ASKS, name="", case=Case.objects.get(pk=sent.case_id), now=MONDAY
    )
    assert not access.documents_of(asked, officer).exists()
    with pytest.raises(PermissionDenied):
        answer(asked, officer, text="Nei.")
    fund.no_ties(sent, officer)
    assert access.documents_of(asked, officer).count() == 1


def test_the_public_page_takes_a_request_and_a_robot_gets_nowhere(home: Authority, client: Any) -> None:
    page = f"/{home.slug}/innsyn/"
    client.post(page, {"text": "Kontrakten", "address": ASKS, "website": "http://robot.example"})
    assert not AccessRequest.objects.filter(text="Kontrakten").exists()
    assert client.post(page, {"text": "Kontrakten", "address": "feil"}).status_code == 200
    assert client.post(page, {"text": "Kontrakten", "address": ASKS}).status_code == 302
    assert AccessRequest.objects.get(text="Kontrakten").case_id is None


def test_the_desks_page_answers_and_keeps_what_was_typed(asked: AccessRequest, officer: User, client: Any) -> None:
    client.force_login(officer)
    page = f"/hjemby/innsyn/krav/{asked.pk}/"
    paper = Document.objects.get(case=asked.case)
    said = {"do": "answer", "seen": asked.row_version, f"outcome-{paper.pk}": "refused", f"basis-{paper.pk}": "",
            "text": "Begrunnelsen min."}  # fmt: skip
    assert "Begrunnelsen min." in client.post(page, said).content.decode()
    assert client.post(page, {**said, f"basis-{paper.pk}": "Offl. § 14"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "refused"
