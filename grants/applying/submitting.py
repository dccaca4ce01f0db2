"""Sending an application: locked as it stands, with its case, its documents and its receipt, in one deed or not at all.

Whether it came in time is asked by PostgreSQL's own clock in the statement that sends it (`grants_keep_application`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from grants import fund_rules, held, notices, permissions
from grants.applying import content as typed
from grants.applying import drafting, missing, reach, receipts
from grants.applying import files as attachments
from grants.applying.drafting import Overtaken, SentMeanwhile
from grants.minimis_aid import declaring
from grants.models import Application, ApplicationVersion, Call, Supplement
from grants.refusals import Refused, deed
from portal.calendar import oslo_today
from portal.models import Case, Document
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grants.applying.content import Content
    from grants.applying.missing import Missing
    from grants.applying.reach import Own
    from portal.models import Organisation, User
    from portal.uploads import Checked

FRESH = dt.timedelta(days=1)
AT_LAST = dt.timedelta(minutes=10)
"""So near the end nobody waits for the register: the copy from when the application was begun must do."""
log = structlog.get_logger("grants.submitting")


class NotWhole(Exception):
    """Something is missing; `missing` is the list."""

    def __init__(self, found: list[Missing]) -> None:
        self.missing = found


# ---- the applicant's ----


def submit(own: Own, *, seen: int | None, by: User, now: dt.datetime) -> Application:
    """Send a draft; it is locked, and the receipt is on its way.

    Raises:
        PermissionDenied: she prepares only, or her session is not sure enough.
        SentMeanwhile: it is sent already, by another press or a colleague.
        Overtaken: it is not what she read.
        NotWhole: something is missing.
        Refused: the call is closed, or the company cannot apply.
    """
    _renew_copy(own, now)
    return _submit(own, seen=seen, by=by, now=now)


def _renew_copy(own: Own, now: dt.datetime) -> None:
    """Ask the register again when its copy is a day old, but never in the last minutes of a call."""
    organisation, closes_at = own.organisation, own.application.call.closes_at
    if organisation is None or (closes_at is not None and closes_at - now < AT_LAST):
        return
    if organisation.register_copied_at is None or now - organisation.register_copied_at > FRESH:
        drafting.look_up(organisation, now)


@deed
def _submit(own: Own, *, seen: int | None, by: User, now: dt.datetime) -> Application:
    found = reach.held(own, by=by, now=now, acting=True)
    row, organisation = found.application, found.organisation
    if row.state != Application.State.DRAFT:
        raise SentMeanwhile(row)
    if seen != row.row_version:
        raise Overtaken(row)
    if not drafting.takes(row, now):
        raise Refused(_("The call takes no application now."), code="application_in_time")
    if why := drafting.obstacle(row.call, organisation):
        raise Refused(why, code="applicant")
    facts = missing.facts_of(row, oslo_today(now))
    if lacking := missing.of(facts):
        raise NotWhole(lacking)
    if organisation is not None:
        row.register_copy, row.register_copied_at = organisation.register_copy, organisation.register_copied_at
        row.applicant_name = organisation.name[:200]
    row.submitted_at, row.submitted_by, row.received_on = now, by, oslo_today(now)
    _lock_in(row, facts, now=now)
    _keep_version(row, by=by)
    receipts.received(row, by=by)
    return row


@deed
def answer_supplement(own: Own, *, seen: int | None, by: User, now: dt.datetime) -> ApplicationVersion:
    """Send what was asked for: the application as it stands now is its next version.

    What was missing already when it was sent, on paper for one, stops nothing now.

    Raises:
        PermissionDenied: she prepares only, or her session is not sure enough.
        SentMeanwhile: it is answered or cancelled already.
        Overtaken: it is not what she read.
        NotWhole: something is missing that was there before, or is wrong.
    """
    row = reach.held(own, by=by, now=now, acting=True).application
    supplement = row.supplements.select_for_update(no_key=True, of=("self",)).filter(state="open").first()
    if supplement is None or row.state != Application.State.SUBMITTED:
        raise SentMeanwhile(row)
    if seen != row.row_version:
        raise Overtaken(row)
    facts = missing.facts_of(row, oslo_today(now))
    if lacking := new_lack(row, missing.of(facts)):
        raise NotWhole(lacking)
    _set_figures(row, facts)
    row.save()
    supplement.state, supplement.answered_at = Supplement.State.ANSWERED, now
    supplement.save(update_fields=["state", "answered_at"])
    version = _keep_version(row, by=by, supplement=supplement, sent_at=now)
    receipts.supplemented(row, supplement, by=by, on=oslo_today(now))
    return version


def new_lack(application: Application, found: list[Missing]) -> list[Missing]:
    """Return what stops the answer to a supplement: what was not missing the last time it was sent."""
    last = application.versions.order_by("-number").first()
    if last is None:
        return found
    day = application.received_on or oslo_today(last.sent_at)
    before = missing.missing(application, day, typed.of(last.content))
    known = {(row.step, row.place, row.words) for row in before}
    return [row for row in found if (row.step, row.place, row.words) not in known]


# ---- the desk's ----


@deed
def register_on_paper(
    call: Call, content: Content, *, organisation: Organisation | None, applicant_name: str, received_on: dt.date,
    source: str, files: Sequence[Checked], by: User, now: dt.datetime, late_why: str = "", language: str = "",
) -> Application:  # fmt: skip
    """Register what came by post, e-mail or in a meeting, with the day it truly came; one that came late says why.

    It may lack much: what is missing is asked for afterwards. Its name, cost and the sum asked for it must have.

    Raises:
        PermissionDenied: no officer there.
        Refused: tied to the applicant, from the future, too late without a reason, or without what it must have.
    """
    require(permissions.may(by, call.authority_id, permissions.CALLS))
    if organisation is not None:
        held.refuse_tied(by, organisation.pk)
        organisation = drafting.mandates.locked(organisation.pk)
        require(organisation.authority_id == call.authority_id)
    _refuse_paper(call, content, applicant_name, received_on, late_why, source, now)
    row = Application.objects.create(
        authority_id=call.authority_id, call=call, statutes_id=call.statutes_id, organisation=organisation,
        applicant_name=(applicant_name.strip() or (organisation.name if organisation else ""))[:200], source=source,
        content=typed.stored(content), title=content.title.strip()[:160], registered_by=by, created_at=now,
        edited_at=now, edited_by=by, language=language or call.authority.language_form,
        register_copy=organisation.register_copy if organisation else None,
        register_copied_at=organisation.register_copied_at if organisation else None,
        **({"let_in_by": by, "let_in_why": late_why.strip()[:400]} if is_late(call, received_on) else {}),
    )  # fmt: skip
    row.authority = call.authority
    noon = timezone.make_aware(dt.datetime.combine(received_on, dt.time(12)))
    row.received_on, row.submitted_at = received_on, min(now, noon)
    _lock_in(row, missing.facts_of(row, received_on), now=now)
    _keep_version(row, by=by, files=files, readable=not files)
    notices.record("application_registered", row, by=by, case=row.case, source=source, call=call.pk)
    return row


def is_late(call: Call, received_on: dt.date) -> bool:
    """Say whether what came this day came after the last day of the call."""
    return call.closes_at is not None and received_on > oslo_today(call.closes_at - dt.timedelta(seconds=1))


def _refuse_paper(
    call: Call, content: Content, name: str, received_on: dt.date, late_why: str, source: str, now: dt.datetime
) -> None:
    if call.published_at is None:
        raise Refused(_("The call is not published."), code="closed")
    if source == Application.Source.WEB or source not in Application.Source.values:
        raise Refused(_("Choose how it came."), code="source")
    if not name.strip():
        raise Refused(_("Choose who applies."), code="applicant")
    if received_on > oslo_today(now):
        raise Refused(_("It cannot have come after today."), code="date")
    if received_on < oslo_today(call.opens_at):
        raise Refused(_("It cannot have come before the call opened."), code="date")
    if is_late(call, received_on) and not late_why.strip():
        raise Refused(_("It came after the last day. Say why it is let in."), code="late")
    reading = typed.read(content, own_work_nok=call.own_work_nok)
    sums = fund_rules.sums(content, reading)
    if not content.title.strip() or not 0 < sums.asked_nok <= sums.cost_nok:
        raise Refused(_("Write the name of the project, what it costs and how much is asked for."), code="bare")


# ---- what both do ----


def _set_figures(row: Application, facts: missing.Facts) -> None:
    """Set what is searched, sorted and computed by; PostgreSQL keeps it as it is sent."""
    said, read, sums = facts.content, facts.reading, facts.sums
    row.title = said.title.strip()[:160]
    row.asked_nok, row.cost_nok = sums.asked_nok, sums.cost_nok
    row.starts_on, row.ends_on, row.jobs_planned = read.starts_on, read.ends_on, read.jobs


def _lock_in(row: Application, facts: missing.Facts, *, now: dt.datetime) -> None:
    """Give the application its reference, its case and its figures, and send it: the clock is asked here."""
    call = row.call
    assert row.received_on is not None
    row.reference = f"NF-{row.received_on.year}-{row.pk}"
    row.expected_on = fund_rules.expected_on(
        row.received_on, oslo_today(call.closes_at) if call.closes_at else None, call.answer_weeks
    )
    _set_figures(row, facts)
    with translation.override(call.authority.language_form):
        title = _("Application to %(scheme)s") % {"scheme": call.scheme.name}
    row.case = Case.objects.create(
        authority_id=row.authority_id, title=title[:200], reference=row.reference, series=Case.Series.APPLICATION,
        officer_id=call.officer_id, opened_on=row.received_on, invented=row.invented,
    )  # fmt: skip
    row.state = Application.State.SUBMITTED
    row.save()
    row.refresh_from_db(fields=["row_version", "submitted_at", "received_on"])


def _keep_version(
    row: Application, *, by: User, supplement: Supplement | None = None, sent_at: dt.datetime | None = None,
    files: Sequence[Checked] = (), readable: bool = True,
) -> ApplicationVersion:  # fmt: skip
    """Keep the application as it was sent, as a version and as documents, with what it declares of support."""
    said = typed.of(row.content)
    text = json.dumps(typed.stored(said), sort_keys=True, ensure_ascii=False)
    version = ApplicationVersion(
        authority_id=row.authority_id, application=row, number=row.versions.count() + 1, content=typed.stored(said),
        sha256=hashlib.sha256(text.encode()).hexdigest(), sent_at=sent_at or row.submitted_at, sent_by=by,
        supplement=supplement,
    )  # fmt: skip
    kept = [
        attachments.put_in_case(row, file, title=file.filename, dated_on=row.received_on)  # type: ignore[arg-type]
        for file in files
    ]
    attachments.to_documents(row, now=version.sent_at)
    version.document = _readable(version) if readable else (kept[0] if kept else None)
    version.save()
    declaring.read_from(row, on=oslo_today(version.sent_at))
    return version


def _readable(version: ApplicationVersion) -> Document | None:
    """Return the application as one document to read; a fault there never costs anyone her application."""
    try:
        from grants import letters_of

        with transaction.atomic():
            return letters_of.application_document(version)
    except Exception as error:
        failed = {"application": version.application_id, "error": repr(error)}
        log.exception("the application is kept without a readable document", **failed)
        return None
