"""What the law says of a complaint: in time or not, to whom it goes, who may handle it; and how it stands, in words.

Law: forvaltningsloven §§ 6 (impartiality), 28 (body), 29 (three weeks), 31 (late), 33 (reconsidered), 42 (waits),
checked 2026-11-22.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants import fund_rules
from grants.models import Complaint, Decision
from portal.models import Body

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Authority

State, Outcome = Complaint.State, Complaint.Outcome
UNDER_WAY = (State.RECEIVED, State.FORWARDED)
CHANGING = (Outcome.CHANGED, Outcome.ANNULLED)


# ---- to whom ----


@dataclass(frozen=True)
class ComplaintBody:
    """Who decides a complaint: a body of the municipality's own, or another by name."""

    name: str
    body: Body | None = None


def complaint_body_of(decision: Decision) -> ComplaintBody:
    """Return the complaint body that fits the decider.

    What the council has decided itself goes to the county governor. What another body has decided, or one person by
    delegation, goes to the municipality's own complaint body (§ 28).
    """
    step = decision.step
    if step is not None and step.body is not None and step.body.kind == Body.Kind.COUNCIL:
        return ComplaintBody(_("the county governor"))
    return own_body(decision.application.authority)


def own_body(authority: Authority) -> ComplaintBody:
    """Return the municipality's own complaint body: the body of that kind, else the name the municipality has given."""
    found = Body.objects.filter(authority=authority, kind=Body.Kind.COMPLAINTS).order_by("pk").first()
    if found is not None:
        return ComplaintBody(found.name, found)
    return ComplaintBody(authority.complaint_body or _("the municipality’s complaint body"))


def kept_away(complaint: Complaint) -> frozenset[int]:
    """Return who has no part in the complaint body's handling: who prepared, made or reconsidered the decision."""
    decision = complaint.decision
    people = (decision.decided_by_id, decision.prepared_by_id, complaint.reconsidered_by_id)
    return frozenset(one for one in people if one is not None)


# ---- when ----


def is_late(complaint: Complaint) -> bool:
    return fund_rules.is_late(complaint.received_on, complaint.due_on)


def year_after(day: dt.date) -> dt.date:
    """Return the same day a year later; the last of February where there is none such."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def is_too_old(complaint: Complaint) -> bool:
    """Say whether it came more than a year after the decision: then it is not taken up for any reason (§ 31)."""
    return complaint.received_on > year_after(complaint.decision.decided_on)


def waits_for_reason(complaint: Complaint) -> bool:
    """Say whether a late complaint must be dismissed, or taken up for a special reason, before it is reconsidered."""
    return is_late(complaint) and not complaint.late_reason.strip() and complaint.state == State.RECEIVED


# ---- of a decision ----


def is_final(decision: Decision) -> bool:
    """Say whether a complaint body made this decision: it cannot be complained of. One that is made anew can."""
    if decision.replaces_id is None:
        return False
    won = Complaint.objects.filter(decision=decision.replaces_id, state=State.DECIDED, outcome=Outcome.CHANGED)
    return won.exists()


def of_decision(decision: Decision) -> QuerySet[Complaint]:
    """Return the complaints on a decision, the latest first."""
    return Complaint.objects.filter(decision=decision).select_related("case").order_by("-pk")


def last_day(decision: Decision, dismissed: Complaint | None = None) -> dt.date | None:
    """Return the last day to complain of a decision; of a dismissed complaint, of the dismissal."""
    if dismissed is not None and dismissed.reconsidered_on is not None:
        return fund_rules.complain_by(dismissed.reconsidered_on)
    return decision.complain_by


def latest_of(decision: Decision) -> Complaint | None:
    return of_decision(decision).first()


def may_complain(decision: Decision | None, latest: Complaint | None) -> bool:
    """Say whether a decision, and what came of an earlier complaint on it, can be complained of at all."""
    if decision is None or decision.complain_by is None:
        return False
    return latest is None or latest.state in (State.DISMISSED, State.WITHDRAWN)


# ---- in words ----


@dataclass(frozen=True)
class Shown:
    """How a complaint stands: a mark, its word, and what follows."""

    mark: str
    word: str
    text: str


def to_complainant(complaint: Complaint) -> Shown:
    """Say to who complained how it stands, and what happens next."""
    body = complaint.complaint_body or complaint_body_of(complaint.decision).name
    match complaint.state:
        case State.RECEIVED if waits_for_reason(complaint):
            text = _("It came after the last day. We consider first whether there is a special reason to take it up.")
            return Shown("application_complaint", _("Received late"), text)
        case State.RECEIVED:
            text = _("We look at the decision again. If we do not change it, we send the complaint to %(body)s.")
            return Shown("application_complaint", _("Received"), text % {"body": body})
        case State.FORWARDED:
            text = _("We did not change the decision. %(body)s decides your complaint, and you are told.")
            return Shown("application_meeting", _("Sent to the complaint body"), text % {"body": capital(body)})
        case State.DISMISSED:
            return Shown("application_dismissed", _("Not taken up"), _("The decision stands. The letter says why."))
        case State.WITHDRAWN:
            return Shown("application_withdrawn", _("Complaint withdrawn"), _("You withdrew it. The decision stands."))
    if complaint.state == State.DECIDED and complaint.outcome == Outcome.REJECTED:
        text = _("%(body)s has decided that the decision stands. That cannot be complained of.")
        return Shown("application_refused", _("The decision stands"), text % {"body": capital(body)})
    return Shown("application_granted", _("You won the complaint"), _new_decision(complaint))


def _new_decision(complaint: Complaint) -> str:
    if complaint.new_decision_id is not None:
        return _("There is a new decision. It replaces the one you complained of.")
    if complaint.outcome == Outcome.ANNULLED:
        return _("The decision is annulled. We handle your application anew, and you get a new decision.")
    return _("The decision is changed. You get the new one as soon as it is written.")


def to_desk(complaint: Complaint) -> Shown:
    """Say to the desk how it stands, and what it is to do."""
    match complaint.state:
        case State.RECEIVED if waits_for_reason(complaint):
            return Shown("application_waits", _("Came late"), _("Dismiss it, or take it up for a special reason."))
        case State.RECEIVED:
            return Shown("application_complaint", _("To reconsider"), _("Change the decision, or send it on."))
        case State.FORWARDED:
            text = _("Enter the outcome when %(body)s has decided.") % {"body": complaint.complaint_body}
            return Shown("application_meeting", _("With the complaint body"), text)
        case State.DISMISSED:
            return Shown("application_dismissed", str(complaint.get_state_display()), _("The decision stands."))
        case State.WITHDRAWN:
            return Shown("application_withdrawn", _("Complaint withdrawn"), _("The decision stands."))
    if waits_for_decision(complaint):
        return Shown("application_decide", _("New decision waits"), _("Make the new decision."))
    said = complaint.get_outcome_display() if complaint.outcome else complaint.get_state_display()
    text = _("The decision stands.") if complaint.outcome == Outcome.REJECTED else _("The new decision is made.")
    return Shown("application_finished", str(said), text)


def waits_for_decision(complaint: Complaint) -> bool:
    """Say whether a complaint is won and its new decision not made."""
    won = complaint.state == State.UPHELD or complaint.outcome in CHANGING
    return won and complaint.new_decision_id is None


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
