"""A complaint is answered: taken up or dismissed, the decision reconsidered, changed or sent on, and the outcome noted.

The decision is looked at again first (forvaltningsloven § 33). What is changed is changed by a new decision, made on
the application's own page of decision. What the complaint body decides is entered from its protocol, by one who
neither prepared, made nor reconsidered the decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from grants import granting
from grants.afterwards.changing import said
from grants.complaining import rules_words as rules
from grants.complaining import telling
from grants.complaining.deeds import LONGEST, close, hold, stands
from grants.models import Application, Complaint, Grant, GrantBalance
from grants.refusals import WORDS, Refused, deed
from portal import wiring
from portal.calendar import oslo_today
from portal.models import CaseStep

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

State, Outcome = Complaint.State, Complaint.Outcome
LONGEST_REASON = 400
SAYS = {
    Outcome.REJECTED: CaseStep.Outcome.REJECTED, Outcome.CHANGED: CaseStep.Outcome.ADOPTED,
    Outcome.ANNULLED: CaseStep.Outcome.ADOPTED,
}  # fmt: skip
"""What each outcome is as the outcome of the body's treatment: the complaint is rejected, or adopted."""


# ---- late, and waiting ----


@deed
def take_up(
    complaint: Complaint, reason: str, *, by: User, now: dt.datetime, seen: int | None = None
) -> Complaint:  # fmt: skip
    """Take up a late complaint for a special reason, or one that was dismissed, to be reconsidered.

    Raises:
        Refused: it came more than a year after the decision.
        ValidationError: no reason is given.
    """
    row = hold(complaint, by=by, seen=seen)
    if row.state not in (State.RECEIVED, State.DISMISSED) or (row.state == State.RECEIVED and row.late_reason):
        raise stands(row)
    if rules.is_too_old(row):
        text = _("It came more than a year after the decision, and cannot be taken up.")
        raise Refused(text, code="year")
    if Complaint.objects.filter(decision=row.decision_id, state__in=rules.UNDER_WAY).exclude(pk=row.pk).exists():
        raise Refused(_("Another complaint on this decision is under way."), code="again")
    missing = _("Say why it is taken up.")
    row.late_reason = said(reason, LONGEST_REASON, "reason", missing)
    was_dismissed, row.state = row.state == State.DISMISSED, State.RECEIVED
    row.reconsideration, row.reconsidered_on, row.reconsidered_by = "", None, None
    row.save()
    close(row, None)
    telling.record("complaint_taken_up", row, by=by, was_dismissed=was_dismissed)
    telling.answered(row, by=by, on=oslo_today(now), occasion=f"taken up {row.row_version}")
    return row


@deed
def dismiss(
    complaint: Complaint, why: str, *, by: User, now: dt.datetime, seen: int | None = None
) -> Complaint:  # fmt: skip
    """Do not take a complaint up, and say why: it came late, or is not to be complained of by who sent it."""
    row = hold(complaint, by=by, seen=seen, state=State.RECEIVED)
    _reconsidered(row, why, _("Write why it is not taken up."), by=by, now=now)
    row.state = State.DISMISSED
    row.save()
    close(row, oslo_today(now))
    return _answer(row, "complaint_dismissed", by=by, now=now)


@deed
def answer_deferral(
    complaint: Complaint, text: str, *, waits: bool, by: User, now: dt.datetime, seen: int | None = None
) -> Complaint:  # fmt: skip
    """Say whether the decision waits until the complaint is decided, and why (forvaltningsloven § 42)."""
    row = hold(complaint, by=by, seen=seen)
    if row.state not in rules.UNDER_WAY:
        raise stands(row)
    why = said(text, LONGEST_REASON, "text", _("Say why the decision waits, or does not."))
    with translation.override(row.decision.application.language):
        given = _("The decision waits.") if waits else _("The decision does not wait.")
    whole = f"{given} {why}"
    if len(whole) > LONGEST_REASON:
        most = {"most": LONGEST_REASON - len(given) - 1}
        raise ValidationError({"text": _("The text is too long. Write at most %(most)d characters.") % most})
    row.deferral, row.asks_deferral = whole, True
    row.save(update_fields=["deferral", "asks_deferral"])
    telling.record("complaint_deferral", row, by=by, waits=waits)
    telling.answered(row, by=by, on=oslo_today(now), occasion=f"deferral {row.row_version}")
    return row


# ---- reconsidered ----


@deed
def uphold(
    complaint: Complaint, text: str, *, by: User, now: dt.datetime, seen: int | None = None
) -> Complaint:  # fmt: skip
    """Change the decision when it is looked at again: the new one is made on the application, and replaces it.

    Raises:
        ValidationError: it came late and is not taken up, or nothing is written.
    """
    row = hold(complaint, by=by, seen=seen, state=State.RECEIVED)
    _taken_up(row)
    _reconsidered(row, text, _("Write what you found when you reconsidered."), by=by, now=now)
    row.state = State.UPHELD
    row.save()
    close(row, oslo_today(now))
    return _answer(row, "complaint_upheld", by=by, now=now)


@deed
def forward(
    complaint: Complaint, text: str, *, handled_by: User | None = None, by: User, now: dt.datetime,
    seen: int | None = None,
) -> Complaint:  # fmt: skip
    """Send a complaint on to the body that decides it, with what was found when the decision was looked at again.

    `handled_by` prepares it there: never who prepared, made or reconsidered the decision.

    Raises:
        Refused: who would handle it may not.
        ValidationError: it came late and is not taken up, or nothing is written.
    """
    row = hold(complaint, by=by, seen=seen, state=State.RECEIVED)
    _taken_up(row)
    _reconsidered(row, text, _("Write what you found when you reconsidered."), by=by, now=now)
    today, application = oslo_today(now), row.decision.application
    with translation.override(application.authority.language_form):
        to = rules.complaint_body_of(row.decision)
        treats = _("Complaint on a decision")
    if handled_by is not None:
        _refuse_kept_away(row, handled_by)
        if handled_by.pk not in {one.pk for one in may_handle(row, today)}:
            raise ValidationError({"handled_by": _("Choose one who handles applications here.")}, code="role")
    row.state, row.complaint_body, row.body, row.handled_by = State.FORWARDED, to.name[:160], to.body, handled_by
    row.step = CaseStep.objects.create(
        authority_id=row.authority_id, case=row.case, body=to.body, actor="" if to.body else to.name[:160],
        activity=CaseStep.Activity.DECISION, description=treats, papers_sent_on=today, invented=row.invented,
    )  # fmt: skip
    row.save()
    row.case.officer = handled_by or row.case.officer
    row.case.save(update_fields=["officer"])
    telling.forwarding(row, on=today, by=by)
    return _answer(row, "complaint_forwarded", by=by, now=now, body=row.body_id or 0)


def may_handle(row: Complaint, on: dt.date) -> list[User]:
    """Return who may handle a complaint for the complaint body: of the desk, and with no part in the decision."""
    from grants import notices, permissions

    away = rules.kept_away(row)
    return [one for one in notices.staff_with(row.authority_id, permissions.CALLS, on) if one.pk not in away]


def _taken_up(row: Complaint) -> None:
    if rules.waits_for_reason(row):
        text = _("The complaint came late. Dismiss it, or say why it is taken up, first.")
        raise ValidationError(text, code="late")


def _reconsidered(row: Complaint, text: str, missing: str, *, by: User, now: dt.datetime) -> None:
    row.reconsideration = said(text, LONGEST, "text", missing)
    row.reconsidered_on, row.reconsidered_by = oslo_today(now), by


def _answer(row: Complaint, kind: str, *, by: User, now: dt.datetime, **facts: int) -> Complaint:
    """Write the answer, tell who complained, and leave a line in the history."""
    today = oslo_today(now)
    telling.answer(row, on=today, by=by)
    telling.record(kind, row, by=by, **facts)
    telling.answered(row, by=by, on=today, occasion=f"{row.state} {row.row_version}")
    return row


# ---- the outcome ----


@deed
def decide(
    complaint: Complaint, *, outcome: str, resolution: str, decided_on: dt.date, case_number: str = "",
    item_number: str = "", votes: str = "", by: User, now: dt.datetime, seen: int | None = None,
) -> Complaint:  # fmt: skip
    """Enter what the complaint body decided, from its protocol.

    Changed: the new decision is made on the application, by this treatment. Annulled: the money is free again, and the
    application waits for a decision anew.

    Raises:
        Refused: she prepared, made or reconsidered the decision.
        ValidationError: the resolution or its day is missing, or money of the decision is on its way out.
    """
    row = hold(complaint, by=by, seen=seen, state=State.FORWARDED)
    _refuse_kept_away(row, by)
    assert row.step is not None and row.reconsidered_on is not None
    if not row.reconsidered_on <= decided_on <= oslo_today(now):
        words = _("Give the day it was decided: after it was sent on, and not after today.")
        raise ValidationError({"decided_on": words}, code="day")
    given = Outcome(outcome)
    _from_protocol(row.step, given, resolution, decided_on, case_number, item_number, votes)
    row.state, row.outcome, row.decided_on, row.handled_by = State.DECIDED, given, decided_on, by
    row.save()
    close(row, max(decided_on, oslo_today(now)))
    if given == Outcome.ANNULLED:
        _annul(row, by=by, on=oslo_today(now))
    return _answer(row, "complaint_decided", by=by, now=now, outcome=str(given))  # type: ignore[arg-type]


def _refuse_kept_away(row: Complaint, person: User) -> None:
    if person.pk in rules.kept_away(row):
        raise Refused(WORDS["complaint_handled_by_another"], code="complaint_handled_by_another")


def _from_protocol(
    step: CaseStep, outcome: Outcome, resolution: str, on: dt.date, case_number: str, item_number: str, votes: str
) -> None:
    """Let the body's treatment end as the protocol says."""
    step.resolution = said(resolution, LONGEST, "resolution", _("Write the resolution as it stands in the protocol."))
    step.outcome, step.decided_on = SAYS[outcome], on
    step.case_number, step.item_number, step.votes = case_number[:40], item_number[:20], votes[:120]
    wiring.check_step(step)
    step.save()


def _annul(row: Complaint, *, by: User, on: dt.date) -> None:
    """Let the application wait for a decision again, with the money of the annulled one free."""
    application = row.decision.application
    if row.decision.grant is not None:
        _take_back(row.decision.grant, by=by, on=on)
    application.state = Application.State.SUBMITTED
    application.save(update_fields=["state"])


def _take_back(grant: Grant, *, by: User, on: dt.date) -> None:
    """Free what is not paid of an annulled decision's grant; what is paid is claimed back on the grant's own page."""
    why = _("The complaint body annulled the decision.")
    if grant.state != Grant.State.GRANTED:
        return
    balance = GrantBalance.objects.get(grant=grant)
    if not balance.paid_nok and not balance.released_nok:
        granting.annul(grant, why=why, by=by, on=on)
    elif balance.unpaid_nok:
        granting.lapse(grant, why=why, by=by, on=on)


def refuse_to_undermine(step: CaseStep, *, is_removed: bool = False) -> None:
    """Refuse a change of the resolution that a complaint is decided by, elsewhere than here.

    Raises:
        ValidationError: beside the outcome.
    """
    row = Complaint.objects.filter(step=step.pk, state=State.DECIDED).first() if step.pk else None
    if row is not None and (is_removed or step.outcome != SAYS[Outcome(row.outcome)]):
        text = _("A complaint is decided by this resolution, which therefore stays.")
        raise ValidationError({"outcome": ValidationError(text, code="rests_on_it")})
