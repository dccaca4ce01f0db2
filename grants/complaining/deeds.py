"""A complaint comes, in the portal or on paper, and may be withdrawn: each a deed of its own, in a case of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from grants import held
from grants.afterwards.changing import said
from grants.applying import reach
from grants.complaining import rules_words as rules
from grants.complaining import telling
from grants.desk import gate, proposing
from grants.desk.handling import handles
from grants.held import Handled
from grants.models import Application, Complaint, Decision
from grants.refusals import Refused, deed
from portal import impartiality
from portal.calendar import oslo_today
from portal.models import Case, CaseRelation, CaseStep
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from grants.applying.reach import Own
    from portal.models import User
    from portal.uploads import Checked

State = Complaint.State
LONGEST = 8000
ROWS = Complaint.objects.select_related(
    "authority", "case__officer", "body", "step", "decision__step__body", "decision__delegation", "decision__grant",
    "decision__decided_by", "decision__application", "reconsidered_by", "handled_by",
)  # fmt: skip
"""What deeds and pages need of a complaint."""


# ---- it comes ----


@deed
def complain(
    own: Own, text: str, *, decision: int, asks_deferral: bool = False, files: Sequence[Checked] = (), by: User,
    now: dt.datetime,
) -> Complaint:  # fmt: skip
    """Complain of the decision one has read, on behalf of the applicant.

    Late is received too: the desk dismisses it, or takes it up for a special reason.

    Raises:
        PermissionDenied: she does not bind the applicant, or is not known surely enough.
        Handled: a complaint is under way, or another decision has replaced this one.
        Refused: what the complaint body has decided is not complained of.
    """
    found = reach.held(own, by=by, now=now, acting=True).application
    standing = _to_complain_of(found, decision)
    today = oslo_today(now)
    return _open(
        found, standing, text=text, received_on=today, source="web", asks_deferral=asks_deferral, files=files,
        readable=True, by=by, on=today, sent_by=by,
    )  # fmt: skip


@deed
def register(
    application: Application, text: str, *, decision: int, received_on: dt.date, source: str,
    asks_deferral: bool = False, files: Sequence[Checked] = (), by: User, now: dt.datetime,
) -> Complaint:  # fmt: skip
    """Register a complaint that came by post or e-mail, with the day it was sent or handed in.

    Raises:
        PermissionDenied: she handles no applications here, or something ties her to this one.
        ValidationError: the day has not come, or lies before the decision.
        Handled: one is under way.
    """
    found = held.application(application)
    require(handles(by, found.authority_id))
    gate.require_impartial(by, found)
    standing = _to_complain_of(found, decision)
    today = oslo_today(now)
    if not standing.decided_on <= received_on <= today:
        words = _("Give the day it was sent: after the decision, and not after today.")
        raise ValidationError({"received_on": words}, code="day")
    return _open(
        found, standing, text=text, received_on=received_on, source=source, asks_deferral=asks_deferral, files=files,
        readable=not files, by=by, on=today, registered_by=by,
    )  # fmt: skip


def _to_complain_of(found: Application, seen: int) -> Decision:
    """Return the decision of a locked application, which may be complained of.

    Raises:
        Refused: there is none to complain of.
        Handled: a complaint is under way, or another decision stands than the one that was read.
    """
    standing = proposing.standing_of(found)
    if standing is None or standing.notified_on is None or found.state == Application.State.SUBMITTED:
        raise Refused(_("There is no decision to complain of now."), code="none")
    if standing.pk != seen:
        raise Handled(_("The decision is replaced by another. Read it before you complain."), code="stale")
    latest = rules.latest_of(standing)
    if latest is not None and latest.state in rules.UNDER_WAY:
        raise Handled(_("A complaint on this decision is under way. See how it stands."), code="once")
    if not rules.may_complain(standing, latest):
        raise Refused(_("The complaint is decided, and that cannot be complained of."), code="final")
    standing.application = found
    return standing


def _open(
    found: Application, standing: Decision, *, text: str, received_on: dt.date, files: Sequence[Checked],
    readable: bool, by: User, on: dt.date, **facts: Any,
) -> Complaint:  # fmt: skip
    """Make the complaint with its case, its papers, its receipt and its notices."""
    plain = said(text, LONGEST, "text", _("Write what you complain of."))
    before = rules.latest_of(standing)
    dismissed = before if before is not None and before.state == State.DISMISSED else None
    made = Complaint(
        authority_id=found.authority_id, decision=standing, case=_a_case(found, received_on), text=plain,
        received_on=received_on, due_on=rules.last_day(standing, dismissed), invented=found.invented, **facts,
    )  # fmt: skip
    made.full_clean(exclude=["authority"], validate_constraints=False)
    made.save(force_insert=True)
    made.authority = found.authority
    telling.keep_papers(made, files, readable=readable)
    telling.receipt(made, on=on, by=by)
    telling.record("complaint_received", made, by=by, late=rules.is_late(made), source=made.source)
    telling.came(made, by=by, on=on)
    return made


def _a_case(found: Application, received_on: dt.date) -> Case:
    """Open the complaint's own case beside the application's; its title names neither project nor applicant."""
    assert found.case is not None
    number = Complaint.objects.filter(decision__application=found).count() + 1
    with translation.override(found.authority.language_form):
        title = _("Complaint on a decision: %(scheme)s") % {"scheme": found.call.scheme.name}
    made = Case.objects.create(
        authority_id=found.authority_id, title=title[:200], reference=f"{found.reference}-K{number}"[:30],
        officer_id=found.case.officer_id, opened_on=received_on, series=Case.Series.COMPLAINT, invented=found.invented,
    )  # fmt: skip
    CaseRelation.objects.create(authority_id=found.authority_id, case=made, related=found.case)
    made.authority = found.authority
    return made


# ---- held ----


def lock(complaint: Complaint | int, *, seen: int | None = None) -> Complaint:
    """Lock a complaint: its organisation and application first, then the grant it may free, then itself.

    Raises:
        Handled: somebody changed it since `seen` was read.
    """
    key = complaint if isinstance(complaint, int) else complaint.pk
    of, grant = Complaint.objects.values_list("decision__application", "decision__grant").get(pk=key)
    found = held.application(of)
    locked = held.grant(grant) if grant else None
    row: Complaint = ROWS.select_for_update(no_key=True, of=("self",)).get(pk=key)
    row.decision.application, row.decision.grant = found, locked
    row.authority = row.case.authority = found.authority
    if seen is not None and row.row_version != seen:
        raise Handled(_("Somebody changed this after you opened the page. See how it stands now."), code="stale")
    return row


def hold(complaint: Complaint | int, *, by: User, seen: int | None = None, state: str = "") -> Complaint:
    """Lock a complaint for one at the desk who may handle it, and find it in this state.

    Raises:
        PermissionDenied: she has not the role, or has not declared that nothing ties her to the complaint's own case
            and to the application's.
        Handled: someone has taken it on, or changed it.
    """
    row = lock(complaint)
    application = row.decision.application
    require(handles(by, row.authority_id))
    if application.organisation_id is not None:
        held.refuse_tied(by, application.organisation_id)
    impartiality.require(by, [row.case_id])
    gate.require_impartial(by, application)
    if state and row.state != state:
        raise stands(row)
    if seen is not None and row.row_version != seen:
        raise Handled(_("Somebody changed this after you opened the page. See how it stands now."), code="stale")
    return row


def stands(row: Complaint) -> Handled:
    text = _("Nothing is done now: it stands as “%(state)s”.") % {"state": row.get_state_display()}
    return Handled(text, code="state")


# ---- withdrawn ----


@deed
def withdraw(complaint: Complaint, own: Own, *, by: User, now: dt.datetime) -> Complaint:
    """Take a complaint back before it is answered; the decision stands.

    Raises:
        PermissionDenied: she does not bind the applicant.
        Handled: it is answered already.
    """
    reach.held(own, by=by, now=now, acting=True)
    row = lock(complaint)
    if row.decision.application_id != own.application.pk or row.state not in rules.UNDER_WAY:
        raise stands(row)
    telling.withdrawn(_withdrawn(row, by=by, now=now), on=oslo_today(now))
    return row


@deed
def register_withdrawal(complaint: Complaint, *, by: User, now: dt.datetime, seen: int | None = None) -> Complaint:
    """Note that who complained has taken it back on paper."""
    row = hold(complaint, by=by, seen=seen)
    if row.state not in rules.UNDER_WAY:
        raise stands(row)
    return _withdrawn(row, by=by, now=now)


def _withdrawn(row: Complaint, *, by: User, now: dt.datetime) -> Complaint:
    today = oslo_today(now)
    if row.step is not None and row.step.outcome == CaseStep.Outcome.PENDING:
        row.step.outcome, row.step.decided_on = CaseStep.Outcome.NOTED, today
        row.step.save(update_fields=["outcome", "decided_on"])
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    close(row, today)
    telling.answer(row, on=today, by=by)
    telling.record("complaint_withdrawn", row, by=by)
    telling.answered(row, by=by, on=today, occasion="withdrawn")
    return row


def close(row: Complaint, on: dt.date | None) -> None:
    """Close the complaint's case on this day; without a day, open it again."""
    opened = row.case.opened_on
    row.case.closed_on = max(on, opened) if on and opened else on
    row.case.save(update_fields=["closed_on"])
