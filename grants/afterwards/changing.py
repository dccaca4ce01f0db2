"""Changes of a project: asked for by the recipient, answered at the desk; nothing changes before it is agreed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import held, notices, papers
from grants.afterwards import closing
from grants.applying import receipts
from grants.desk import gate
from grants.desk.handling import handles
from grants.models import Decision, Grant, GrantReport, ProjectChange
from grants.refusals import Refused, deed
from portal.calendar import oslo_today
from portal.models import Notice
from portal.permissions import require

if TYPE_CHECKING:
    from grants.models import Application
    from portal.models import User

State = ProjectChange.State
LONGEST, LONGEST_ANSWER = 4000, 2000


def said(text: str, longest: int, field: str, missing: Any) -> str:
    """Return what someone wrote, without signs no database holds.

    Raises:
        ValidationError: nothing, or too much to read.
    """
    plain = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not plain:
        raise ValidationError({field: missing}, code="empty")
    if len(plain) > longest:
        raise ValidationError({field: _("The text is too long. Write at most %(most)d characters.")
                               % {"most": longest}}, code="too_long")  # fmt: skip
    return plain


# ---- the recipient ----


@deed
def ask(
    grant: Grant, application: Application, text: str, *, new_ends_on: dt.date | None = None, by: User, now: dt.datetime
) -> ProjectChange:
    """Ask for a change of a project that runs; one at a time.

    Raises:
        PermissionDenied: no mandate.
        Refused: the grant is over, or a change waits for an answer already.
        ValidationError: nothing is asked for, or the new end lies before the start.
    """
    found = papers.from_recipient(grant.pk, by=by, now=now)
    if found.state != Grant.State.GRANTED:
        raise Refused(_("The grant is over, so nothing more can change."), code="over")
    if application.decisions.filter(grant=found).exclude(answer=Decision.Answer.ACCEPTED).exists():
        raise Refused(_("Accept the grant before you ask for changes."), code="accept")
    plain = said(text, LONGEST, "text", _("Write what changes, and why."))
    if new_ends_on is not None and found.starts_on is not None and new_ends_on < found.starts_on:
        raise ValidationError({"new_ends_on": _("The project ends before it starts.")}, code="period")
    if ProjectChange.objects.filter(grant=found, state=State.ASKED).exists():
        raise Refused(_("A change waits for an answer already."), code="again")
    made = ProjectChange.objects.create(
        authority_id=found.authority_id, grant=found, text=plain, new_ends_on=new_ends_on, asked_by=by, asked_at=now
    )
    notices.record("project_change_asked", made, by=by, case=found.case, grant=found.pk)
    _tell_desk(made, application, on=oslo_today(now))
    return made


@deed
def withdraw(change: ProjectChange, *, by: User, now: dt.datetime) -> ProjectChange:
    """Take back what was asked for, while nobody has answered."""
    grant = papers.from_recipient(change.grant_id, by=by, now=now)
    row = _waiting(change, grant, None)
    row.state, row.answered_at = State.WITHDRAWN, now
    row.save(update_fields=["state", "answered_at"])
    notices.record("project_change_withdrawn", row, by=by, case=grant.case, grant=grant.pk)
    Notice.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk, waits_for_digest=True).update(
        waits_for_digest=False
    )
    return row


def _waiting(change: ProjectChange, grant: Grant, seen: int | None) -> ProjectChange:
    """Return a held change that waits for its answer.

    Raises:
        Handled: it is answered, or was changed since it was read.
    """
    row = ProjectChange.objects.select_for_update(no_key=True, of=("self",)).get(pk=change.pk, grant=grant)
    row.grant = grant
    if row.state != State.ASKED:
        raise held.stands(row)
    return held.as_seen(row, seen)


def _tell_desk(change: ProjectChange, application: Application, *, on: dt.date) -> None:
    """Let who handles the case see it in the daily mail, with the call and the reference alone."""
    link = reverse("answer_change", args=[application.authority.slug, change.pk])
    notices.tell_in_daily_mail(
        receipts.desk_of(application, on), change, kind="change_asked", occasion="asked", on=on,
        title=lambda: _("A recipient asks for a change of a project"),
        context=f"{application.reference}, {application.call.title}", link=link,
    )  # fmt: skip


# ---- the desk ----


@deed
def answer(
    change: ProjectChange, application: Application, *, agreed: bool, text: str, new_ends_on: dt.date | None = None,
    new_use_by: dt.date | None = None, by: User, now: dt.datetime, seen: int | None = None,
) -> ProjectChange:  # fmt: skip
    """Agree to a change, and let the project's dates follow it; or refuse it and say why. The recipient is told.

    Raises:
        PermissionDenied: she handles no applications here, or something ties her to the case.
        Handled: it is answered already.
        ValidationError: refused without a word, or a date before the start.
    """
    grant = held.grant(change.grant_id)
    require(handles(by, grant.authority_id))
    held.refuse_tied(by, grant.organisation_id)
    gate.require_impartial(by, application)
    row = _waiting(change, grant, seen)
    plain = text.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_ANSWER]
    if not agreed:
        plain = said(text, LONGEST_ANSWER, "answer", _("Say why, so that the applicant knows what to do."))
    row.answer, row.answered_by, row.answered_at = plain, by, now
    row.state = State.AGREED if agreed else State.REFUSED
    row.new_ends_on, row.new_use_by = (new_ends_on, new_use_by) if agreed else (row.new_ends_on, row.new_use_by)
    row.save()
    if agreed:
        _move(grant, new_ends_on, new_use_by)
    notices.record(
        "project_change_agreed" if agreed else "project_change_refused", row, by=by, case=grant.case, grant=grant.pk
    )
    receipts.tell_applicant(
        application, kind="change_answered", subject=row, occasion="answered", on=oslo_today(now), but=[by.pk],
        title=lambda: _("We have answered your wish to change the project, %(reference)s")
        % {"reference": application.reference},
        link=reverse("ask_change", args=[application.pk]), link_text=gettext_lazy("See the answer"),
        template="change_answered", agreed=agreed,
    )  # fmt: skip
    return row


def _move(grant: Grant, ends_on: dt.date | None, use_by: dt.date | None) -> None:
    """Let the project's end and the last day to ask for money follow; what is reported of it is due as much later."""
    fields = []
    if ends_on is not None and ends_on != grant.ends_on:
        if grant.starts_on is not None and ends_on < grant.starts_on:
            raise ValidationError({"new_ends_on": _("The project ends before it starts.")}, code="period")
        _move_report(grant, ends_on - grant.ends_on if grant.ends_on else dt.timedelta())
        grant.ends_on = ends_on
        fields.append("ends_on")
    if use_by is not None and use_by != grant.use_by:
        grant.use_by = use_by
        fields.append("use_by")
    if fields:
        grant.save(update_fields=fields)


def _move_report(grant: Grant, later: dt.timedelta) -> None:
    report = closing.final_report(grant)
    unsent = (GrantReport.State.AWAITED, GrantReport.State.RETURNED)
    if report is not None and report.due_on is not None and report.state in unsent:
        report.due_on += later
        report.save(update_fields=["due_on"])
