"""What came in or went out is handed over to the archive once, whole, in its own format, and by who may handle it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from portal.archiving import arkivmelding, packages
from portal.models import ArchivePackage, Case, Document
from tests import factories as make
from tests import factories_fund as fund

if TYPE_CHECKING:
    from portal.models import Authority, User
    from tests.world import World

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "data" / "fiks-arkiv"
OPPRETT = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.xsd"
RECEIPT = """<?xml version="1.0" encoding="UTF-8"?>
<k:arkivmeldingKvittering xmlns:k="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/kvittering/v1"
 xmlns:m="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<k:mappeKvittering xsi:type="k:saksmappeKvittering"><k:systemID>3fa85f64-5717-4562-b3fc-2c963f66afa6</k:systemID>
<k:opprettetEllerEksisterende>Opprettet</k:opprettetEllerEksisterende><k:saksaar>2026</k:saksaar>
<k:sakssekvensnummer>77</k:sakssekvensnummer></k:mappeKvittering>
<k:registreringKvittering xsi:type="k:journalpostKvittering"><k:systemID>3fa85f64-5717-4562-b3fc-2c963f66afa7</k:systemID>
<k:referanseEksternNoekkel><m:fagsystem>Næringsportalen</m:fagsystem><m:noekkel>dokument-{key}</m:noekkel></k:referanseEksternNoekkel>
<k:opprettetEllerEksisterende>Opprettet</k:opprettetEllerEksisterende>
<k:journalaar>2026</k:journalaar><k:journalsekvensnummer>4711</k:journalsekvensnummer></k:registreringKvittering>
</k:arkivmeldingKvittering>"""


@pytest.fixture
def home(world: World) -> Authority:
    """The home authority, with nothing waiting from before."""
    Document.objects.filter(authority=world.home.authority).update(archive_status="archived")
    return world.home.authority


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


def a_paper(case: Case, text: str = "Brev", **facts: Any) -> Document:
    """Make a document whose file is really there."""
    made = make.a_document(case, text.encode(), **{"direction": "in", **facts})
    if not made.file.storage.exists(made.file.name):
        made.file.storage.save(made.file.name, ContentFile(text.encode()))
    return made


def unpacked(package: ArchivePackage) -> dict[str, bytes]:
    with packages.content_of(package) as content, zipfile.ZipFile(io.BytesIO(content.read())) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_what_came_in_or_went_out_is_handed_over_once_with_messages_and_hashes(home: Authority, officer: User) -> None:
    case = make.a_case(home, title="Næringsplan", opened_on=timezone.localdate())
    coming, going = a_paper(case, "Inn"), a_paper(case, "Ut", direction="out")
    inner = a_paper(case, "Internt", direction="internal")
    package = packages.hand_over(home, by=officer, now=timezone.now())
    files = unpacked(package)
    assert len(files) == 5
    folder = f"sak-{case.pk}/dokument-{coming.pk}/"
    assert b"Inn" in [content for name, content in files.items() if name.startswith(folder)]
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest
    assert set(Document.objects.filter(archive_status="sent").values_list("pk", flat=True)) == {coming.pk, going.pk}
    assert Document.objects.get(pk=inner.pk).archive_status == "not_archived"
    with pytest.raises(ValidationError):
        packages.hand_over(home, by=officer, now=timezone.now())


def test_each_message_is_what_the_archive_reads(home: Authority, officer: User) -> None:
    from lxml import etree

    case = make.a_case(
        home, title="Tegn \x02 & <vinkler> 🚲", external_number="2026/123", access="exempt", access_basis="Offl. § 13",
        public_title="Unntatt sak",
    )  # fmt: skip
    a_paper(case, title="Brev fra «noen»", access="exempt", access_basis="Offl. § 13")
    a_paper(case, "Ut", direction="out")
    make.a_document(case, b"Internt", direction="internal")
    call = fund.a_call(fund.a_fund_with(home).scheme)
    sent = fund.an_application(call)
    fund.no_ties(sent, officer)
    assert sent.case is not None
    a_paper(sent.case, "Søknad")
    files = unpacked(packages.hand_over(home, by=officer, now=timezone.now()))
    messages = [content for name, content in files.items() if name.endswith("arkivmelding.xml")]
    assert len(messages) == 3
    if (SCHEMAS / OPPRETT).exists():  # the archive's own schema, where it stands beside the project
        schema = etree.XMLSchema(etree.parse(SCHEMAS / OPPRETT))
        for content in messages:
            schema.assertValid(etree.fromstring(content))
    said = b"".join(messages).decode()
    assert sent.applicant_name in said
    assert "Offl. § 13" in said
    assert re.search(r"<saksaar>2026</saksaar>\s*<sakssekvensnummer>123<", said)


def test_a_receipt_marks_as_archived_and_a_refusal_puts_back(home: Authority, officer: User) -> None:
    case = make.a_case(home)
    first = a_paper(case)
    refused = packages.hand_over(home, by=officer, now=timezone.now())
    packages.settle(refused, received=False, receipt="Feil format", by=officer, now=timezone.now())
    package = packages.hand_over(home, by=officer, now=timezone.now())
    packages.settle(package, received=True, receipt="A-17", by=officer, now=timezone.now())
    first.refresh_from_db()
    assert (first.archive_status, first.archive_receipt) == ("archived", "A-17")
    with pytest.raises(ValidationError):
        packages.settle(package, received=True, receipt="A-18", by=officer, now=timezone.now())
    told = packages.read_receipts(
        package, [RECEIPT.format(key=first.pk).encode(), RECEIPT.format(key=10**9).encode(), b"<feil"], by=officer
    )
    first.refresh_from_db()
    case.refresh_from_db()
    assert told == (1, 2)
    assert (first.archive_receipt, case.external_number) == ("2026/4711", "2026/77")


def test_a_receipt_with_an_outside_reference_is_not_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + RECEIPT.partition("?>")[2].format(key="&e;")
    assert arkivmelding.read_receipt(bomb.encode()) is None


def test_nobody_hands_over_what_she_may_not_handle(home: Authority, world: World, officer: User) -> None:
    sent = fund.an_application(fund.a_call(fund.a_fund_with(home).scheme))
    assert sent.case is not None
    a_paper(sent.case, "Søknad")
    with pytest.raises(ValidationError):
        packages.hand_over(home, by=officer, now=timezone.now())
    with pytest.raises(PermissionDenied):
        packages.copy_of(sent.case, by=officer, now=timezone.now())
    fund.no_ties(sent, officer)
    made = packages.hand_over(home, by=officer, now=timezone.now())
    for person in ("attester", "neighbour"):
        with pytest.raises(PermissionDenied):
            packages.hand_over(home, by=world.user(person), now=timezone.now())
    assert made.documents.count() == 1


def test_the_same_case_gives_the_same_bytes(home: Authority, officer: User) -> None:
    case = make.a_case(home)
    a_paper(case, "Inn")
    a_paper(case, "Internt", direction="internal")
    first, again = (packages.copy_of(case, by=officer, now=timezone.now()) for _turn in range(2))
    assert first.sha256 == again.sha256
    assert first.number != again.number


def test_the_page_makes_a_package_and_takes_the_answer(home: Authority, officer: User, client: Any) -> None:
    a_paper(make.a_case(home))
    client.force_login(officer)
    page = f"/{home.slug}/arkiv/"
    client.post(page, {"do": "make"})
    package = ArchivePackage.objects.get(authority=home, kind="hand_over")
    answer = client.get(f"/{home.slug}/arkiv/{package.number}.zip")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    client.post(page, {"do": "received", "number": package.number, "receipt": "A-1"})
    package.refresh_from_db()
    assert package.state == "received"
