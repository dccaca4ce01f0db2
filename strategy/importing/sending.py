"""A plan document is sent in, put away, taken out again or removed; reading it is the worker's.

The same file again is never read unasked: who sends it is told of the earlier one and chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal import outbox, permissions, uploads
from portal.models import Event
from strategy.importing import words
from strategy.importing.document import MOST_BYTES, Kind, Unreadable, Why
from strategy.importing.permissions import may_import
from strategy.importing.reading.texts import decoded
from strategy.models import PlanImport

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority, User
    from portal.uploads import Checked
    from strategy.models import Plan

SUBJECT = "strategy.planimport"
TAKEN_BACK = "plan_document_taken_back"
State = PlanImport.State
LOCKED_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an office file begins that is locked with a password: it is no packed file then."""
OF_TEXT = 200_000
"""Bytes that are looked at to see that a file is text."""


class Known(Exception):
    """The same file was sent before; `earlier` is that document. Nothing was stored."""

    def __init__(self, earlier: PlanImport) -> None:
        super().__init__(str(earlier.pk))
        self.earlier = earlier


# ---- the file ----


def is_text(upload: Any) -> bool:
    """Say whether a file begins as text; a few stray signs from a PDF are no reason to refuse it."""
    try:
        decoded(upload.read(OF_TEXT))
    except Unreadable:
        return False
    return True


KINDS = {
    **{kind.value: uploads.KINDS[kind.value] for kind in (Kind.PDF, Kind.DOCX, Kind.XLSX)},
    Kind.TXT.value: ("text/plain", is_text), Kind.CSV.value: ("text/csv", is_text),
}  # fmt: skip
ACCEPT = ",".join(f".{kind}" for kind in KINDS)


def what_we_read() -> str:
    """Return the sentence that says which kinds of files become plans."""
    return _("We read PDF with text, Word (docx), Excel (xlsx), csv and plain text (txt).")


def check(upload: Any) -> Checked:
    """Return what is kept of a file that was sent.

    Raises:
        ValidationError: empty, too large, no kind of file we read, locked or dangerous; the sentence says what to do.
    """
    is_office = str(upload.name).lower().endswith((".docx", ".xlsx"))
    upload.seek(0)
    if is_office and upload.read(len(LOCKED_OFFICE)) == LOCKED_OFFICE:
        raise ValidationError(words.why(Why.ENCRYPTED), code=Why.ENCRYPTED)
    upload.seek(0)
    return uploads.check(upload, limit=MOST_BYTES, kinds=KINDS, taken=what_we_read())


# ---- sent ----


def send(authority: Authority, upload: Any, *, against: Plan | None, by: User, now: dt.datetime) -> PlanImport:
    """Keep a plan document and ask the worker to read it; `against` is a plan to compare it with.

    It is looked at before anything is locked: that may take seconds.

    Raises:
        PermissionDenied: the user makes no plans here.
        ValidationError: not a file we read.
        Known: the same file is here already.
    """
    permissions.require(may_import(by, authority.pk))
    file = check(upload)
    with transaction.atomic():
        hold(authority.pk, file.sha256)
        if (earlier := earlier_of(authority, file.sha256)) is not None:
            raise Known(earlier)
        return keep(authority, file, against=against, by=by, now=now)


@transaction.atomic
def send_again(earlier: PlanImport, *, against: Plan | None, by: User, now: dt.datetime) -> PlanImport:
    """Read a file that is here once more; pressed twice, it is read once.

    Raises:
        PermissionDenied: the user makes no plans here.
        ValidationError: the file is gone.
    """
    permissions.require(may_import(by, earlier.authority_id))
    hold(earlier.authority_id, earlier.sha256)
    same = PlanImport.objects.filter(
        authority_id=earlier.authority_id, sha256=earlier.sha256, against=against,
        state__in=(State.WAITING, State.READING),
    )  # fmt: skip
    if (begun := same.first()) is not None:
        return begun
    try:
        with earlier.file.open("rb") as content:
            file = uploads.Checked(content, earlier.filename, earlier.content_type, earlier.size, earlier.sha256)
            return keep(earlier.authority, file, against=against, by=by, now=now)
    except (FileNotFoundError, ValueError) as error:
        raise ValidationError(words.why(words.LOST), code=words.LOST) from error


def hold(authority_id: int, sha256: str) -> None:
    """Let others who send the same file here wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{SUBJECT}:{authority_id}:{sha256}"])


def earlier_of(authority: Authority, sha256: str) -> PlanImport | None:
    """Return the newest document here with this content: one that became a plan first, none that was refused."""
    same = PlanImport.objects.filter(authority=authority, sha256=sha256).exclude(Q(state=State.REFUSED) | Q(file=""))
    rows = list(same.select_related("authority", "plan", "sent_by"))
    return next((row for row in rows if row.plan_id), rows[0] if rows else None)


def keep(
    authority: Authority, file: Checked, *, against: Plan | None, by: User | None, now: dt.datetime, **state: Any
) -> PlanImport:
    """Store a checked file as a document that waits to be read; what is stored goes again where the deed is undone."""
    file.content.seek(0)
    row = PlanImport(
        authority=authority, file=File(file.content, name=file.sha256), filename=file.filename,
        content_type=file.content_type, size=file.size, sha256=file.sha256, sent_at=now, sent_by=by, against=against,
        **state,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            note(row, "plan_document_sent", by, at=now)
    except Exception:
        if row.file.name != file.sha256:
            row.file.storage.delete(row.file.name)
        raise
    if row.state == State.WAITING:
        transaction.on_commit(ask_for_reading, robust=True)
    return row


def ask_for_reading() -> None:
    """Ask the worker to read what waits; what the broker forgets, beat asks for."""
    from strategy.tasks import read_plan_documents

    outbox.ask_worker(read_plan_documents)


def note(row: PlanImport, kind: str, by: User | None, *, at: dt.datetime, **facts: Any) -> None:
    Event.objects.create(
        authority_id=row.authority_id, kind=kind, subject_type=SUBJECT, subject_id=row.pk,
        actor_id=by.pk if by else None, at=at, facts=facts,
    )  # fmt: skip


# ---- put away ----


def held(plan_import: PlanImport, by: User) -> PlanImport | None:
    """Lock a document for a deed; None when it is removed meanwhile.

    Raises:
        PermissionDenied: the user makes no plans here.
    """
    permissions.require(may_import(by, plan_import.authority_id))
    rows = PlanImport.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
    return rows.filter(pk=plan_import.pk).first()


@transaction.atomic
def put_away(plan_import: PlanImport, *, by: User, now: dt.datetime) -> bool:
    """Put a document away that is not to become a plan; say whether it was open until now.

    Raises:
        ValidationError: it has become a plan, or is removed.
    """
    row = held(plan_import, by)
    if row is None or row.state == State.DISCARDED:
        return False
    if row.state not in PlanImport.OPEN:
        raise ValidationError(_("The document has become a plan, or could not be read. It is not put away."))
    row.state, row.ended_at, row.ended_by = State.DISCARDED, now, by
    row.save(update_fields=["state", "ended_at", "ended_by"])
    note(row, "plan_document_put_away", by, at=now)
    return True


@transaction.atomic
def take_back(plan_import: PlanImport, *, by: User, now: dt.datetime) -> bool:
    """Take a document out again, with all that was decided; say whether it was put away until now.

    Raises:
        ValidationError: it was put away before it was read, or is removed.
    """
    row = held(plan_import, by)
    if row is None or row.state != State.DISCARDED:
        return False
    if row.read_at is None:
        raise ValidationError(_("The document was put away before it was read. Send it again."))
    row.state, row.ended_at, row.ended_by = State.READY, None, None
    row.save(update_fields=["state", "ended_at", "ended_by"])
    note(row, TAKEN_BACK, by, at=now)
    return True


@transaction.atomic
def remove(plan_import: PlanImport, *, by: User, now: dt.datetime) -> bool:
    """Remove a document that was refused or put away, with its file and all that was found; say whether it was there.

    Raises:
        ValidationError: it is open, or has become a plan.
    """
    row = held(plan_import, by)
    if row is None:
        return False
    if row.state not in (State.REFUSED, State.DISCARDED):
        raise ValidationError(_("Put the document away first."))
    note(row, "plan_document_removed", by, at=now)
    forget_content(row)
    row.delete()
    return True


def forget_content(row: PlanImport) -> None:
    """Delete what is stored of a document when the deed is committed."""
    if row.file:
        stored, name = row.file.storage, row.file.name
        transaction.on_commit(lambda: stored.delete(name), robust=True)
