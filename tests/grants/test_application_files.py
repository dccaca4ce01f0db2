"""An application's files: taken when they are what they say, kept with the draft, and documents of the case when it is sent."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from grants.applying import files, reach
from grants.models import Application, ApplicationFile
from grants.refusals import Refused
from portal import filing
from portal.models import Document, Mandate, Organisation
from tests import factories as portal_make
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.portal.test_pictures_and_viruses import EICAR, SECRET, taken
from tests.portal.test_uploads import DOCX, PDF, WORD, packed
from tests.world_fund import SECRET_PROJECT

if TYPE_CHECKING:
    from grants.applying.reach import Own
    from grants.models import Call, RequiredAttachment
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(world: World) -> Call:
    scheme = make.a_fund_with(world.home.authority).scheme
    found = make.a_call(scheme, published=False)
    make.an_attachment_asked_for(found)
    return make.publish(found)


@pytest.fixture
def budget(call: Call) -> RequiredAttachment:
    return call.attachments.get()


@pytest.fixture
def own(world: World, call: Call) -> Own:
    """Give the manager a draft for her organisation."""
    organisation = Mandate.objects.filter(user=world.user("manager")).select_related("organisation")[0].organisation
    draft = make.a_draft_application(call, organisation, by=world.user("manager"))
    return reach.own(world.user("manager"), draft.pk, timezone.localdate())


def sent(name: str, content: bytes) -> Any:
    return SimpleUploadedFile(name, content)


def page(own: Own) -> str:
    return f"/min-side/soknader/{own.application.pk}/vedlegg/"


def add(own: Own, name: str, content: bytes, by: User, **place: Any) -> ApplicationFile:
    return files.add(own, sent(name, content), by=by, now=timezone.now(), **place)


def test_what_lies_about_itself_is_said_at_its_place_and_the_rest_is_kept(
    own: Own, budget: RequiredAttachment, as_role: Any
) -> None:
    bomb = packed({"[Content_Types].xml": WORD, "word/document.xml": "x", "word/media/a": b"\0" * 320_000_000})
    assert zipfile.is_zipfile(io.BytesIO(bomb))
    chosen = [
        sent("budsjett.pdf", PDF), sent("falsk.pdf", DOCX), sent("tom.pdf", b""), sent("les.txt", EICAR),
        sent("bombe.docx", bomb), sent("../../\u202e" + "å" * 300 + ".pdf", PDF + b"x"),
    ]  # fmt: skip
    answer = as_role("manager").post(page(own), {"til": f"krav-{budget.pk}", "fil": chosen})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert all(name in said for name in ("falsk.pdf", "tom.pdf", "les.txt", "bombe.docx"))
    assert f'href="#krav-{budget.pk}"' in said, "the summary leads to the place"
    kept = list(own.application.files.values_list("filename", "requirement"))
    assert kept == [("budsjett.pdf", budget.pk), ("å" * 116 + ".pdf", budget.pk)]


def test_a_file_over_the_limit_is_refused_with_its_figures(
    own: Own, as_role: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FILE_BYTES", 30)
    answer = as_role("manager").post(page(own), {"til": "", "fil": [sent("stor.pdf", PDF)]})
    assert (answer.status_code, own.application.files.count()) == (422, 0)
    monkeypatch.setattr(files, "FILE_BYTES", 10_000)
    monkeypatch.setattr(files, "MOST_FILES", 1)
    add(own, "en.pdf", PDF, world.user("manager"))
    with pytest.raises(Refused):
        add(own, "to.pdf", PDF + b"x", world.user("manager"))


def test_a_phones_photo_is_kept_as_jpeg_without_its_place(own: Own, budget: RequiredAttachment, world: World) -> None:
    kept = add(own, "IMG_1.HEIC", taken("HEIF"), world.user("manager"), requirement=budget)
    assert (kept.filename, kept.content_type) == ("IMG_1.jpg", "image/jpeg")
    with files.content_of(kept) as content:
        assert SECRET.encode() not in content.read()


def test_the_same_file_once_more_adds_nothing_and_the_texts_version_stays(own: Own, world: World) -> None:
    before = own.application.row_version
    first = add(own, "budsjett.pdf", PDF, world.user("manager"))
    assert add(own, "budsjett.pdf", PDF, world.user("manager")).pk == first.pk
    assert Application.objects.get(pk=own.application.pk).row_version == before, "nobody who writes is overtaken"


def test_another_calls_place_takes_no_file(own: Own, world: World, call: Call) -> None:
    other = make.a_call(call.scheme, published=False)
    place = make.an_attachment_asked_for(other)
    with pytest.raises(Refused):
        add(own, "budsjett.pdf", PDF, world.user("manager"), requirement=place)


def test_a_file_that_is_taken_away_leaves_nothing_behind(
    own: Own, as_role: Any, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    kept = add(own, "budsjett.pdf", PDF, world.user("manager"))
    address = f"{page(own)}{kept.pk}/"
    assert b"budsjett.pdf" in as_role("manager").get(f"{address}?fjern=1").content
    with django_capture_on_commit_callbacks(execute=True):
        assert as_role("manager").post(address).status_code == 302
    assert not own.application.files.exists()
    assert not default_storage.exists(kept.file.name)
    assert as_role("manager").post(address, follow=True).status_code == 200, "a second press is told that it is gone"


def test_a_colleague_reads_and_adds_a_stranger_finds_nothing(own: Own, as_role: Any, world: World) -> None:
    kept = add(own, "budsjett.pdf", PDF, world.user("manager"))
    address = f"{page(own)}{kept.pk}/"
    download = as_role("colleague").get(address)
    assert b"".join(download.streaming_content) == PDF
    assert download["Content-Disposition"].startswith("attachment")
    assert as_role("colleague").post(page(own), {"til": "", "fil": [sent("b.pdf", PDF + b"b")]}).status_code == 302
    for person in ("stranger", "officer", "neighbour", "operator"):
        assert as_role(person).get(address).status_code == 404, person
        assert as_role(person).post(page(own), {"til": "", "fil": [sent("c.pdf", PDF)]}).status_code == 404, person


def test_a_place_that_is_not_there_and_no_file_are_said(own: Own, as_role: Any) -> None:
    for data in (
        {"til": "krav-999999", "fil": [sent("a.pdf", PDF)]},
        {"til": "tull", "fil": [sent("a.pdf", PDF)]},
        {"til": ""},
    ):
        assert as_role("manager").post(page(own), data).status_code == 422
    assert not own.application.files.exists()


def test_our_own_script_is_answered_with_what_was_kept(own: Own, as_role: Any) -> None:
    headers = {"X-Requested-With": "upload"}
    good = as_role("manager").post(page(own), {"til": "", "fil": [sent("a.pdf", PDF)]}, headers=headers)
    assert (good.status_code, good.json()) == (200, {"kept": 1, "wrong": []})
    bad = as_role("manager").post(page(own), {"til": "", "fil": [sent("a.exe", b"MZ")]}, headers=headers)
    assert bad.status_code == 422
    assert len(bad.json()["wrong"]) == 1


# ---- sent ----


def sent_with(own: Own, kept: ApplicationFile, budget: RequiredAttachment) -> Application:
    """Send the draft with its file."""
    assert kept.requirement_id == budget.pk
    row = own.application
    case = portal_make.a_case(row.authority, series="application")
    row.state, row.case, row.reference = "submitted", case, f"NF-2026-{row.pk}"
    row.submitted_at, row.received_on = timezone.now(), timezone.localdate()
    row.asked_nok, row.cost_nok, row.expected_on = 300_000, 600_000, timezone.localdate()
    row.save()
    row.refresh_from_db()
    return row


def test_files_become_exempt_documents_of_the_case_and_stay(
    own: Own, budget: RequiredAttachment, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    kept = add(own, "budsjett.pdf", PDF, world.user("manager"), requirement=budget)
    drafted = kept.file.name
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        row = sent_with(own, kept, budget)
        (made,) = files.to_documents(row)
        assert files.to_documents(row) == [], "each becomes one document"
    assert (made.case_id, made.access, made.access_basis) == (row.case_id, "exempt", filing.EXEMPT_BASIS)
    assert (made.direction, made.dated_on, made.sha256) == (Document.Direction.INCOMING, row.received_on, kept.sha256)
    assert SECRET_PROJECT not in made.public_title
    with made.file.open() as content:
        assert content.read() == PDF
    assert not default_storage.exists(drafted)
    kept.refresh_from_db()
    with files.content_of(kept) as content:
        assert content.read() == PDF
    fresh = reach.own(world.user("manager"), row.pk, timezone.localdate())
    with pytest.raises(Refused):
        files.remove(fresh, kept.pk, by=world.user("manager"), now=timezone.now())
    with pytest.raises(Refused):
        add(fresh, "mer.pdf", PDF + b"x", world.user("manager"))
    make.a_supplement(row)
    add(fresh, "mer.pdf", PDF + b"x", world.user("manager"))
    with pytest.raises(Refused):
        files.remove(fresh, kept.pk, by=world.user("manager"), now=timezone.now())


def test_a_founders_files_are_hers_alone(world: World, call: Call) -> None:
    founder = portal_make.a_user(name="Oppdiktet Gründer")
    draft = make.a_draft_application(call, by=founder)
    own = reach.own(founder, draft.pk, timezone.localdate())
    add(own, "budsjett.pdf", PDF, founder)
    assert signed_in(founder).get(f"/min-side/soknader/{draft.pk}/vedlegg/").status_code == 200
    assert signed_in(world.user("manager")).get(f"/min-side/soknader/{draft.pk}/vedlegg/").status_code == 404
    assert Organisation.objects.filter(applications=draft).count() == 0
