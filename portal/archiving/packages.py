"""Handing documents over to the archive: what waits, a package as a zip with messages and hashes, and its receipt.

Every incoming and outgoing document waits here from it arises. A package moves its documents on; a receipt marks them
as archived, a refusal puts them back. The portal's own copy stays, unchanged.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal import impartiality_watch, permissions, wiring
from portal.archiving import arkivmelding
from portal.models import ArchivedDocument, ArchivePackage, Authority, Case, Document, Event
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from portal.models import User

HANDS_OVER = frozenset({permissions.OFFICER, permissions.LEADER, permissions.SECRETARY})
"""Roles that make packages and register receipts."""
MOST = 200
"""Documents in one package; the rest goes in the next."""
LARGEST = 500 * 1024 * 1024
TRAVELS = (Document.Direction.INCOMING, Document.Direction.OUTGOING)
Status = Document.ArchiveStatus
State = ArchivePackage.State
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a package, so that the same documents give the same bytes."""


def may_hand_over(user: Any, authority_id: int) -> bool:
    return authority_id in permissions.authorities_with(user, HANDS_OVER)


# ---- what waits ----


def waiting(authority: Authority) -> QuerySet[Document]:
    """Return what came in or went out and is not handed over, the oldest first."""
    rows = Document.objects.filter(
        authority=authority, direction__in=TRAVELS, archive_status=Status.NOT_ARCHIVED
    ).select_related("case")
    return rows.order_by("registered_at", "pk")


def for_her(user: Any, authority: Authority) -> QuerySet[Document]:
    """Return what waits that this person may take in her hands: nothing of a case she has not declared for."""
    return waiting(authority).filter(impartiality_watch.may_open(user))


# ---- making a package ----


@transaction.atomic
def hand_over(authority: Authority, *, by: User, now: dt.datetime) -> ArchivePackage:
    """Make a package of what waits, at most 200 documents, and mark them as sent.

    Raises:
        PermissionDenied: not her role.
        ValidationError: nothing waits that she may handle.
    """
    permissions.require(may_hand_over(by, authority.pk))
    _in_turn(authority)
    documents = _within(list(for_her(by, authority).select_for_update(of=("self",), no_key=True)[:MOST]))
    if not documents:
        raise ValidationError(_("Nothing waits to be archived."), code="nothing")
    made = _make(authority, ArchivePackage.Kind.HAND_OVER, documents, case=None, by=by, now=now)
    Document.objects.filter(pk__in=[row.pk for row in documents]).update(archive_status=Status.SENT)
    return made


@transaction.atomic
def copy_of(case: Case, *, by: User, now: dt.datetime) -> ArchivePackage:
    """Make a package of a whole case, internal documents too; it is a copy, and moves nothing.

    Raises:
        PermissionDenied: not her role, or not hers to handle.
        ValidationError: the case has no documents.
    """
    permissions.require(may_hand_over(by, case.authority_id))
    impartiality_watch.require(by, case)
    _in_turn(case.authority)
    documents = _within(list(Document.objects.filter(case=case).select_related("case").order_by("registered_at", "pk")))
    if not documents:
        raise ValidationError(_("The case has no documents."), code="nothing")
    return _make(case.authority, ArchivePackage.Kind.CASE, documents, case=case, by=by, now=now)


def _in_turn(authority: Authority) -> None:
    """Let packages of an authority be made one after the other."""
    list(Authority.objects.select_for_update(no_key=True).filter(pk=authority.pk).values_list("pk"))


def _within(documents: list[Document]) -> list[Document]:
    """Return the first of the documents that fit in one package."""
    kept, size = [], 0
    for row in documents:
        size += row.size
        if kept and size > LARGEST:
            break
        kept.append(row)
    return kept


def _make(
    authority: Authority, kind: str, documents: list[Document], *, case: Case | None, by: User, now: dt.datetime
) -> ArchivePackage:
    number = (ArchivePackage.objects.filter(authority=authority).aggregate(last=Max("number"))["last"] or 0) + 1
    with tempfile.TemporaryFile() as content:
        _pack(content, documents)
        size = content.tell()
        content.seek(0)
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        made = ArchivePackage.objects.create(
            authority=authority, kind=kind, case=case, number=number, size=size, sha256=sha256, made_at=now, made_by=by,
            file=File(content, name=f"{authority.pk}-{number}.zip"),
        )  # fmt: skip
    ArchivedDocument.objects.bulk_create(
        ArchivedDocument(authority=authority, package=made, document=row) for row in documents
    )
    _record("archive_package_made", made, by, documents=len(documents), kind=str(kind))
    return made


def _record(what: str, package: ArchivePackage, by: User, **facts: Any) -> None:
    Event.objects.create(
        authority_id=package.authority_id, case=package.case, kind=what, subject_type="portal.archivepackage",
        subject_id=package.pk, actor_id=by.pk, facts=facts,
    )  # fmt: skip


# ---- the zip ----


def _pack(target: Any, documents: list[Document]) -> None:
    """Write the zip: a folder for each document with its file and its message, and a list of hashes."""
    parties = {
        case: arkivmelding.Party(known["who"], known.get("number", ""))
        for case, known in wiring.parties_of(sorted({row.case_id for row in documents})).items()
    }
    kinds = dict(
        Document.objects.filter(pk__in=[row.pk for row in documents], letter__isnull=False).values_list(
            "pk", "letter__kind"
        )
    )
    sums = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for row in documents:
            folder, name = f"sak-{row.case_id}/dokument-{row.pk}", safe_name(row)
            with row.file.open("rb") as file:
                content = file.read()
            if hashlib.sha256(content).hexdigest() != row.sha256:
                raise ValidationError(
                    _("“%(title)s” is not what it was when it was received. Tell whoever runs the portal.")
                    % {"title": row.title}, code="hash",
                )  # fmt: skip
            facts = facts_of(row, name, kinds.get(row.pk, ""))
            _write(packed, f"{folder}/{name}", content)
            _write(packed, f"{folder}/arkivmelding.xml", arkivmelding.message(
                case_facts(row.case), facts, parties.get(row.case_id)
            ))  # fmt: skip
            sums.append(f"{row.sha256}  {folder}/{name}\n")
        _write(packed, "SHA256SUMS", "".join(sums).encode())


def _write(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    packed.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)


def safe_name(document: Document) -> str:
    """Return a file name that every archive takes: ASCII letters, digits, dot and dash."""
    stem, _dot, extension = document.filename.rpartition(".")
    plain = re.sub(r"[^A-Za-z0-9]+", "-", stem.translate(str.maketrans("æøåÆØÅ", "aoaAOA"))).strip("-")
    return f"{plain[:80] or 'dokument'}.{re.sub(r'[^A-Za-z0-9]', '', extension)[:10] or 'bin'}"


def case_facts(case: Case) -> arkivmelding.CaseFacts:
    return arkivmelding.CaseFacts(
        key=case.pk, title=case.title, public_title=case.public_title, external_number=case.external_number,
        opened_on=case.opened_on, basis=case.access_basis if case.access != Access.OPEN else "",
    )  # fmt: skip


def facts_of(document: Document, name: str, kind: str) -> arkivmelding.DocumentFacts:
    return arkivmelding.DocumentFacts(
        key=document.pk, title=document.title, public_title=document.public_title, direction=document.direction,
        dated_on=document.dated_on, registered_at=document.registered_at, filename=document.filename, path=name,
        content_type=document.content_type, size=document.size, sha256=document.sha256, kind=kind,
        basis=document.access_basis if document.access != Access.OPEN else "",
    )  # fmt: skip


# ---- the archive's answer ----


@transaction.atomic
def settle(package: ArchivePackage, *, received: bool, receipt: str, by: User, now: dt.datetime) -> ArchivePackage:
    """Register that the archive took a package, or did not: its documents are archived, or wait again.

    Raises:
        ValidationError: it is answered already, or says nothing.
    """
    permissions.require(may_hand_over(by, package.authority_id))
    found = ArchivePackage.objects.select_for_update(no_key=True, of=("self",)).get(pk=package.pk)
    if found.state != State.MADE:
        raise ValidationError(_("This package is answered already."), code="answered")
    if not receipt.strip():
        raise ValidationError({"receipt": _("Enter the archive’s receipt, or what it answered.")})
    found.state = State.RECEIVED if received else State.REFUSED
    found.receipt, found.settled_at, found.settled_by = receipt.strip()[:120], now, by
    found.save(update_fields=["state", "receipt", "settled_at", "settled_by"])
    if found.kind == ArchivePackage.Kind.HAND_OVER:
        rows = Document.objects.filter(packages__package=found, archive_status=Status.SENT)
        if received:
            rows.filter(archive_receipt="").update(archive_receipt=found.receipt)
            rows.update(archive_status=Status.ARCHIVED)
        else:
            rows.update(archive_status=Status.NOT_ARCHIVED)
    _record("archive_package_settled", found, by, received=received)
    return found


@transaction.atomic
def read_receipts(package: ArchivePackage, contents: Iterable[bytes], *, by: User) -> tuple[int, int]:
    """Take in receipts by document: journal number and the archive's case number; say how many fitted and did not.

    The same receipt once more changes nothing. A case that has another number keeps it.
    """
    permissions.require(may_hand_over(by, package.authority_id))
    fitted = unfit = 0
    for content in contents:
        said = arkivmelding.read_receipt(content)
        row = (
            Document.objects.filter(packages__package=package, pk=said.document).select_related("case").first()
            if said
            else None
        )
        if said is None or row is None:
            unfit += 1
            continue
        Document.objects.filter(pk=row.pk).update(
            archive_status=Status.ARCHIVED, archive_receipt=said.journal_number or package.receipt
        )
        if said.case_number and not row.case.external_number:
            Case.objects.filter(pk=row.case_id, external_number="").update(external_number=said.case_number)
        fitted += 1
    _record("archive_receipts_read", package, by, fitted=fitted, unfit=unfit)
    return fitted, unfit


def content_of(package: ArchivePackage) -> io.BufferedIOBase:
    """Return the package's own bytes."""
    opened: io.BufferedIOBase = package.file.open("rb")
    return opened
