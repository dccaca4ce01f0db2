"""The letters of an application: each is written in the applicant's language form and kept on the case.

Dates and persons come from the rows themselves, so that the same rows give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants import fund_rules
from grants.letter_texts import applied, complaining, decided, paid, received
from grants.models import Application, Assessment, Decision
from portal.calendar import oslo_today
from portal.letters import engine
from portal.models import Case, Document

if TYPE_CHECKING:
    from grants.models import ApplicationVersion, Complaint, Payout, Supplement
    from portal.letters.content import LetterContent
    from portal.models import Letter, User

log = structlog.get_logger("grants.letters")
PRELIMINARY, SUPPLEMENT, DECISION, PAYOUT = "preliminary", "supplement", "decision", "payout"
COMPLAINT_RECEIVED, COMPLAINT_ANSWER, APPLICATION = "complaint_received", "complaint_answer", "application"
COMPLAINT, COMPLAINT_FORWARDED = "complaint", "complaint_forwarded"


def preliminary(application: Application, *, on: dt.date | None = None, by: User | None = None) -> Letter:
    """Write that the application has come, and when an answer can be expected; dated the day it came."""
    dated = on or application.received_on
    assert dated is not None
    with translation.override(application.language):
        return _keep(application, PRELIMINARY, received.preliminary(application, dated), by=by)


def supplement(asked: Supplement, *, on: dt.date | None = None) -> Letter:
    """Write what is missing; dated the day it is asked for."""
    with translation.override(asked.application.language):
        made = received.supplement(asked, on or oslo_today(asked.asked_at))
        return _keep(asked.application, SUPPLEMENT, made, by=asked.asked_by)


def decision(made: Decision, *, on: dt.date | None = None) -> Letter:
    """Write a decision, whatever it is; dated the day the party is notified, or the day it was made."""
    with translation.override(made.application.language):
        content = decided.content(made, on or made.notified_on or made.decided_on)
        return _keep(made.application, DECISION, content, by=made.registered_by)


def refusal(made: Decision, *, on: dt.date | None = None) -> Letter:
    """Write a decision that gives nothing: refused, or dismissed."""
    return decision(made, on=on)


def payout(paid_out: Payout, *, on: dt.date | None = None, by: User | None = None) -> Letter:
    """Write what is paid; dated the day it is paid, or approved.

    Raises:
        ValueError: the grant is of no application.
    """
    application = getattr(paid_out.grant.case, "application", None)
    if application is None:
        raise ValueError("only what was applied for gets a letter")
    moment = paid_out.approved_at or paid_out.asked_at
    with translation.override(application.language):
        content = paid.payout(paid_out, application, on or paid_out.paid_on or oslo_today(moment))
        return _keep(application, PAYOUT, content, by=by)


def complaint_received(complaint: Complaint, *, on: dt.date | None = None, by: User | None = None) -> Letter:
    """Write that a complaint has come; in the complaint's own case."""
    application = complaint.decision.application
    with translation.override(application.language):
        content = complaining.received(complaint, on or complaint.received_on)
        return _keep(application, COMPLAINT_RECEIVED, content, by=by, case=complaint.case)


def complaint_answer(complaint: Complaint, *, on: dt.date | None = None, by: User | None = None) -> Letter:
    """Write what came of a complaint, as it stands now; in the complaint's own case."""
    application = complaint.decision.application
    dated = on or complaint.decided_on or complaint.reconsidered_on or complaint.received_on
    with translation.override(application.language):
        content = complaining.answer(complaint, dated)
        return _keep(application, COMPLAINT_ANSWER, content, by=by, case=complaint.case)


def complaint_forwarded(complaint: Complaint, *, on: dt.date, by: User | None = None) -> Letter:
    """Write to the complaint body, with the names of the papers that follow, of both cases."""
    application = complaint.decision.application
    cases = [complaint.case_id, application.case_id]
    papers = Document.objects.filter(case__in=cases).exclude(direction=Document.Direction.INTERNAL)
    titles = list(papers.order_by("dated_on", "pk").values_list("title", flat=True))
    with translation.override(application.authority.language_form):
        content = complaining.forwarded(complaint, on, titles)
        content.language = application.authority.language_form
        return _keep(application, COMPLAINT_FORWARDED, content, by=by, case=complaint.case)


def complaint_document(complaint: Complaint) -> Document:
    """Keep a complaint as it was written as one readable document in its own case."""
    application = complaint.decision.application
    with translation.override(application.language):
        content = complaining.document(complaint)
        return engine.register(
            complaint.case, engine.pdf(content), kind=COMPLAINT, dated_on=content.dated_on,
            title=_("Complaint %(reference)s") % {"reference": complaint.case.reference},
            direction=Document.Direction.INCOMING, public_title=_("Complaint on a decision"),
        )  # fmt: skip


def application_document(version: ApplicationVersion) -> Document:
    """Keep an application as it was sent as one readable document in its case; the version need not be saved yet."""
    application = version.application
    assert application.case is not None
    with translation.override(application.language):
        content = applied.content(version)
        facts = {"reference": application.reference, "number": version.number}
        return engine.register(
            application.case, engine.pdf(content), kind=APPLICATION, dated_on=content.dated_on,
            title=_("Application %(reference)s, version %(number)d") % facts, direction=Document.Direction.INCOMING,
            public_title=_("Application %(reference)s") % facts,
        )  # fmt: skip


# ---- what would be written ----


def preview(kind: str, application: Application, *, today: dt.date, by: User) -> LetterContent | None:
    """Return a letter as it would read today, marked as a draft; None where there is nothing to write it from."""
    with translation.override(application.language):
        made = _would_be(kind, application, today, by)
        return _as_draft(made) if made is not None else None


def _would_be(kind: str, application: Application, today: dt.date, by: User) -> LetterContent | None:
    if kind == PRELIMINARY:
        return received.preliminary(application, today)
    if kind == DECISION and (recommended := recommendation(application, today, by)) is not None:
        return decided.content(recommended, today)
    return None


def recommendation(application: Application, today: dt.date, by: User) -> Decision | None:
    """Return the decision that the assessment recommends, made by nobody and stored nowhere; None without one."""
    found = Assessment.objects.filter(application=application).exclude(outcome="").first()
    if found is None or application.state != Application.State.SUBMITTED:
        return None
    return Decision(
        authority=application.authority, application=application, outcome=found.outcome, amount_nok=found.amount_nok,
        grounds=found.grounds or "–", legal_basis=application.call.scheme.legal_basis or "–", decided_on=today,
        registered_by=by, reference="–", accept_by=fund_rules.accept_by(today) if found.outcome == "granted" else None,
    )  # fmt: skip


def of_payout(paid_out: Payout, *, by: User | None = None) -> Letter | None:
    """Write what is paid where it was applied for; that a letter cannot be laid out never stops a payment."""
    if paid_out.grant.case.series != Case.Series.APPLICATION:
        return None
    try:
        with transaction.atomic():
            return payout(paid_out, by=by)
    except (engine.PdfError, ValueError) as error:
        log.error("a payout has no letter", payout=paid_out.pk, error=repr(error))
        return None


def _keep(
    application: Application, kind: str, content: LetterContent, *, by: User | None, case: Case | None = None
) -> Letter:
    """Store a letter on the case; its title in the case names no project."""
    kept_in = case or application.case
    assert kept_in is not None
    return engine.store(
        kept_in, kind, content, title=f"{content.title} {application.reference}", dated_on=content.dated_on, by=by,
        public_title=_public(application),
    )  # fmt: skip


def _public(application: Application) -> str:
    """Return what anyone may read of a document's title."""
    return _("Letter in case %(reference)s") % {"reference": application.reference}


def preview_of(made: Decision, *, today: dt.date) -> bytes:
    """Return the letter of a decision that is not made yet, as it would read today; nothing is kept."""
    with translation.override(made.application.language):
        return engine.pdf(_as_draft(decided.content(made, made.notified_on or today)))


def _as_draft(content: LetterContent) -> LetterContent:
    content.notice = _("This is a draft. Nothing is sent, and nothing is decided.")
    return content
