"""The files of an application: one for each paper that is asked for, or a question's answer, or just enclosed.

A draft's files lie outside any case and nobody at the fund sees them. When the application is sent they become
documents of its case, and stay.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from grants.applying import drafting, reach
from grants.models import Application, ApplicationFile
from grants.refusals import Refused, deed
from portal import filing, uploads
from portal.calendar import oslo_today
from portal.models import Document
from portal.models.base import key_in
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

    from grants.applying.reach import Own
    from grants.models import Question, RequiredAttachment
    from portal.models import User
    from portal.uploads import Checked

FILE_BYTES = 20 * 1024 * 1024
MOST_FILES = 30
MOST_BYTES = 150 * 1024 * 1024
"""What one application holds: more than any has had, and no more than a meeting reads."""


def check(upload: Any) -> Checked:
    """Return what is kept of a chosen file: photos as JPEG, without the place they were taken.

    Raises:
        ValidationError: empty, too large, no kind of file we take, or dangerous.
    """
    return uploads.check(upload, limit=FILE_BYTES, clean=True)


def add(
    own: Own, upload: Any, *, requirement: RequiredAttachment | None = None, question: Question | None = None,
    by: User, now: dt.datetime,
) -> ApplicationFile:  # fmt: skip
    """Keep a file with an application that is being written; the same file once more in the same place adds nothing.

    It is looked at before anything is locked: that may take seconds.

    Raises:
        Http404: it is not her application any more, or is deleted.
        ValidationError: not a file we take.
        Refused: it is sent meanwhile, or has as many files as it can hold.
    """
    return keep(own, check(upload), requirement=requirement, question=question, by=by, now=now)


@deed
def keep(
    own: Own, file: Checked, *, requirement: RequiredAttachment | None, question: Question | None, by: User,
    now: dt.datetime,
) -> ApplicationFile:  # fmt: skip
    """Keep a checked file. The application's own row is left alone: its text's version stays what its writer saw."""
    application = reach.held(own, by=by, now=now).application
    refuse_sent(application)
    for place in (requirement, question):
        if place is not None and place.call_id != application.call_id:
            raise Refused(_("This is not asked for here."), code="place")
    slot = application.files.filter(requirement=requirement, question=question, document=None)
    if (same := slot.filter(sha256=file.sha256).first()) is not None:
        return same
    refuse_too_much(application, file)
    return store(application, file, requirement=requirement, question=question, by=by, now=now)


def store(
    application: Application, file: Checked, *, requirement: RequiredAttachment | None = None,
    question: Question | None = None, by: User | None, now: dt.datetime,
) -> ApplicationFile:  # fmt: skip
    """Keep a checked file of a locked application; what is stored goes again where the deed is undone."""
    file.content.seek(0)
    return ApplicationFile.objects.create(
        authority_id=application.authority_id, application=application, requirement=requirement, question=question,
        file=File(file.content, name=uuid.uuid4().hex), filename=file.filename, content_type=file.content_type,
        size=file.size, sha256=file.sha256, uploaded_at=now, uploaded_by=by,
    )  # fmt: skip


def refuse_sent(application: Application) -> None:
    """Refuse to change the files of what is sent.

    Raises:
        Refused: it is sent, and nothing more is asked for.
    """
    if not drafting.may_write(application):
        raise Refused(_("The application is sent, and its files stay as they are."), code="sent")


def refuse_too_much(application: Application, file: Checked) -> None:
    """Refuse more than an application can hold.

    Raises:
        Refused: it has as many files, or as many bytes, as it can hold.
    """
    has = application.files.aggregate(number=Count("pk"), size=Sum("size"))
    if has["number"] >= MOST_FILES:
        raise Refused(_("An application holds at most %(most)d files.") % {"most": MOST_FILES}, code="too_many")
    if (has["size"] or 0) + file.size > MOST_BYTES:
        size = filesizeformat(MOST_BYTES)
        raise Refused(_("All files together are at most %(size)s.") % {"size": size}, code="too_much")


@deed
def remove(own: Own, file_id: int, *, by: User, now: dt.datetime) -> bool:
    """Take a file away from an application that is being written; say whether it was there.

    Raises:
        Http404: it is not her application any more, or is deleted.
        Refused: it is sent.
    """
    application = reach.held(own, by=by, now=now).application
    found = application.files.filter(pk=file_id).first()
    if found is None:
        return False
    refuse_sent(application)
    if found.document_id is not None:
        raise Refused(_("This file is sent, and stays with the application."), code="sent")
    forget_content(found)
    found.delete()
    return True


def forget_content(file: ApplicationFile) -> None:
    """Delete what is stored of a draft's file when the deed is committed."""
    if file.file:
        stored, name = file.file.storage, file.file.name
        transaction.on_commit(lambda: stored.delete(name), robust=True)


# ---- sent ----


def to_documents(application: Application, *, now: dt.datetime | None = None) -> list[Document]:
    """Make documents in the case of all files that are not there yet; called in the deed that sends the application.

    They came in on the day the application, or the supplement, did, and are exempt until someone has looked.
    """
    dated = oslo_today(now or timezone.now())
    if application.source != Application.Source.WEB and application.received_on:
        dated = application.received_on
    rows = application.files.filter(document=None).select_related("requirement", "question").order_by("pk")
    return [_to_document(application, file, dated) for file in rows]


def _to_document(application: Application, file: ApplicationFile, dated: dt.date) -> Document:
    try:
        with file.file.open("rb"):
            made = put_in_case(application, file, title=title_of(application, file), dated_on=dated)
    except FileNotFoundError as error:
        text = _("We have lost “%(name)s”. Take it away, upload it again and send once more.")
        raise Refused(text % {"name": file.filename}, code="lost") from error
    forget_content(file)
    file.document, file.file = made, ""
    file.save(update_fields=["document", "file"])
    return made


def put_in_case(
    application: Application, file: Checked | ApplicationFile, *, title: str, dated_on: dt.date
) -> Document:
    """Put what came in with an application in its case; it is exempt until someone says otherwise."""
    with translation.override(application.authority.language_form):
        public_title = _("Attachment to an application")
    return filing.keep(
        application.case, file, title=title, public_title=public_title, direction=Document.Direction.INCOMING,
        dated_on=dated_on, access=Access.EXEMPT, access_basis=filing.EXEMPT_BASIS,
    )  # fmt: skip


def title_of(application: Application, file: ApplicationFile) -> str:
    """Return what an attachment is called in the case."""
    what = file.requirement.title if file.requirement else file.question.text if file.question else file.filename
    with translation.override(application.authority.language_form):
        return _("Attachment: %(what)s") % {"what": what}


# ---- reading ----


def key_of(file: ApplicationFile) -> str:
    """Return what a file is for, as the form names it."""
    if file.requirement_id:
        return f"krav-{file.requirement_id}"
    return f"fil-{file.question_id}" if file.question_id else ""


def places(application: Application) -> dict[str, list[ApplicationFile]]:
    """Return the files by what they are for (`key_of`), nothing for the rest; one query."""
    found: dict[str, list[ApplicationFile]] = {}
    for file in application.files.select_related("document").order_by("pk"):
        found.setdefault(key_of(file), []).append(file)
    return found


def content_of(file: ApplicationFile) -> Any:
    """Return what is stored of a file: of what is sent, the document's.

    Raises:
        FileNotFoundError: it is gone.
    """
    return (file.document.file if file.document else file.file).open("rb")


def place_in(call: Any, given: str) -> tuple[RequiredAttachment | None, Question | None]:
    """Return what a chosen file is for, as the form names it: "krav-7", "fil-3", or nothing for the rest.

    Raises:
        ValidationError: the call asks for no such thing.
    """
    kind, _dash, key = given.partition("-")
    if not given:
        return None, None
    rows = {"krav": call.attachments, "fil": call.questions.filter(kind="file")}.get(kind)
    found = rows.filter(pk=key_in(key)).first() if rows is not None else None
    if found is None:
        raise ValidationError(_("This is not asked for here."), code="place")
    return (found, None) if kind == "krav" else (None, found)
