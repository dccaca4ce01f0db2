"""What is written and said of a complaint: papers in its own case, letters, notices. None tells what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import letters_of, notices
from grants.applying import receipts
from grants.refusals import Refused
from portal import filing
from portal.letters.engine import EXEMPT_BASIS, PdfError
from portal.models import Document
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from grants.models import Complaint
    from portal.models import Letter, User
    from portal.uploads import Checked

log = structlog.get_logger("grants.complaining")


# ---- papers ----


def keep_papers(complaint: Complaint, files: Sequence[Checked], *, readable: bool) -> None:
    """Put what came in the complaint's case: the files, and what was written as one readable document."""
    with translation.override(complaint.authority.language_form):
        public = _("Attachment to a complaint")
    for file in files:
        filing.keep(
            complaint.case, file, title=file.filename, direction=Document.Direction.INCOMING,
            dated_on=complaint.received_on, public_title=public, access=Access.EXEMPT, access_basis=EXEMPT_BASIS,
        )  # fmt: skip
    if readable:
        _unless_it_fails(complaint, letters_of.complaint_document)


def receipt(complaint: Complaint, *, on: dt.date, by: User) -> None:
    """Write that it has come; a letter that cannot be laid out never stops a complaint."""
    _unless_it_fails(complaint, letters_of.complaint_received, on=on, by=by)


def _unless_it_fails(complaint: Complaint, write: Any, **facts: Any) -> None:
    try:
        with transaction.atomic():
            write(complaint, **facts)
    except PdfError as error:
        log.error("a complaint has no paper", complaint=complaint.pk, error=repr(error))


def answer(complaint: Complaint, *, on: dt.date, by: User) -> Letter:
    """Write what came of it, as it stands now.

    Raises:
        Refused: it cannot be laid out; nothing is done.
    """
    try:
        return letters_of.complaint_answer(complaint, on=on, by=by)
    except PdfError as error:
        text = _("The letter cannot be laid out as it is written. Nothing is done.")
        raise Refused(text, code="letter") from error


def forwarding(complaint: Complaint, *, on: dt.date, by: User) -> Letter:
    """Write the letter that goes with the papers to the complaint body.

    Raises:
        Refused: it cannot be laid out; nothing is done.
    """
    try:
        return letters_of.complaint_forwarded(complaint, on=on, by=by)
    except PdfError as error:
        text = _("The letter cannot be laid out as it is written. Nothing is done.")
        raise Refused(text, code="letter") from error


# ---- told ----


def own_page(complaint: Complaint) -> dict[str, Any]:
    return {"link": reverse("complain", args=[complaint.decision.application_id]),
            "link_text": gettext_lazy("See your complaint")}  # fmt: skip


def came(complaint: Complaint, *, by: User, on: dt.date) -> None:
    """Tell the applicant that it has come, and the desk that it is there."""
    application, reference = complaint.decision.application, complaint.decision.application.reference
    receipts.tell_applicant(
        application, kind="complaint_received", subject=complaint, occasion="received", on=on,
        title=lambda: _("We have received your complaint, %(reference)s") % {"reference": reference},
        template="complaint_received", **own_page(complaint),
    )  # fmt: skip
    receipts.tell_desk(
        application, "complaint_came", lambda: _("A complaint has come"), on=on, occasion=f"complaint {complaint.pk}"
    )


def answered(complaint: Complaint, *, by: User, on: dt.date, occasion: str) -> None:
    """Tell the applicant that there is an answer; what it says stands on her own page."""
    reference = complaint.decision.application.reference
    receipts.tell_applicant(
        complaint.decision.application, kind="complaint_answered", subject=complaint, occasion=occasion, on=on,
        but=[by.pk], title=lambda: _("There is news of your complaint, %(reference)s") % {"reference": reference},
        template="complaint_answered", **own_page(complaint),
    )  # fmt: skip


def withdrawn(complaint: Complaint, *, on: dt.date) -> None:
    receipts.tell_desk(
        complaint.decision.application, "complaint_withdrawn", lambda: _("A complaint is withdrawn"), on=on,
        occasion=f"complaint {complaint.pk}",
    )  # fmt: skip


def record(kind: str, complaint: Complaint, *, by: User | None, **facts: Any) -> None:
    """Add a line to the history of the complaint's own case, by numbers and codes only."""
    notices.record(kind, complaint, by=by, case=complaint.case, decision=complaint.decision_id, **facts)
