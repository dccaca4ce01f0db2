"""How an application stands, in words: what happens next, who does it, and by when.

One sentence for the applicant and another for the desk, from the same facts. A list costs the same queries however
long it is: `of_all`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from grants.models import (
    Application,
    Assessment,
    Batch,
    BatchLine,
    Complaint,
    Decision,
    Grant,
    GrantReport,
    Message,
    Supplement,
)
from portal.calendar import oslo_today
from portal.models import CaseStep
from portal.templatetags.portal_tags import clock, long_date

if TYPE_CHECKING:
    from collections.abc import Iterable

APPLICANT, FUND, BODY, NOBODY = "applicant", "fund", "body", ""
State, Answer = Application.State, Decision.Answer


@dataclass(frozen=True)
class Shown:
    """How an application stands: a word and its mark, what happens next, by when, and who is waited for."""

    word: str
    standing: str
    """A code of `portal_tags.STANDINGS`."""
    next: str
    when: dt.date | None = None
    who: str = NOBODY
    """Who is waited for: applicant, fund, body, or nobody."""
    is_late: bool = False


@dataclass
class Facts:
    """What lies around an application that its state hangs on."""

    supplement: Supplement | None = None
    assessment: Assessment | None = None
    line: BatchLine | None = None
    """Its place in the newest batch."""
    decision: Decision | None = None
    """The one that stands: none replaces it."""
    complaint: Complaint | None = None
    reports: list[GrantReport] = field(default_factory=list)
    unread_by_applicant: int = 0
    unread_by_fund: int = 0

    @property
    def grant(self) -> Grant | None:
        return self.decision.grant if self.decision else None

    @property
    def was_told(self) -> bool:
        """Whether the decision has reached the applicant: before that it is not hers to read."""
        return self.decision is not None and self.decision.notified_on is not None


# ---- reading ----


def facts_of(applications: Iterable[Application]) -> dict[int, Facts]:
    """Return what the states of several applications hang on; seven queries, however many they are."""
    found = {row.pk: Facts() for row in applications}
    keys = list(found)
    if not keys:
        return found
    for supplement in Supplement.objects.filter(application__in=keys, state=Supplement.State.OPEN):
        found[supplement.application_id].supplement = supplement
    for assessment in Assessment.objects.filter(application__in=keys):
        found[assessment.application_id].assessment = assessment
    lines = BatchLine.objects.filter(application__in=keys).select_related("batch__body", "step")
    for line in lines.order_by("pk"):
        found[line.application_id].line = line
    decided = Decision.objects.filter(application__in=keys, replaced_by=None).select_related("grant")
    for decision in decided.order_by("number"):
        found[decision.application_id].decision = decision
    complaints = Complaint.objects.filter(decision__application__in=keys).select_related("decision")
    for complaint in complaints.order_by("pk"):
        found[complaint.decision.application_id].complaint = complaint
    owner = {facts.grant.pk: pk for pk, facts in found.items() if facts.grant}
    waiting = [GrantReport.State.AWAITED, GrantReport.State.RETURNED]
    reports = GrantReport.objects.filter(grant__in=owner, state__in=waiting) if owner else []
    for report in reports:
        found[owner[report.grant_id]].reports.append(report)
    return with_messages(found)


def with_messages(found: dict[int, Facts]) -> dict[int, Facts]:
    """Count what each side has not read; one query."""
    rows = Message.objects.filter(application__in=list(found), read_at=None).values("application").order_by()
    for row in rows.annotate(to_fund=Count("pk", filter=Q(from_applicant=True)), all=Count("pk")):
        facts = found[row["application"]]
        facts.unread_by_fund, facts.unread_by_applicant = row["to_fund"], row["all"] - row["to_fund"]
    return found


def of_application(
    application: Application, today: dt.date, *, for_applicant: bool, facts: Facts | None = None,
    now: dt.datetime | None = None,
) -> Shown:  # fmt: skip
    """Return how one application stands; without `facts` they are asked for."""
    known = facts or facts_of([application])[application.pk]
    say = _to_applicant if for_applicant else _to_desk
    return say(application, known, today, now or timezone.now())


def of_all(applications: Iterable[Application], today: dt.date, *, for_applicant: bool) -> dict[int, Shown]:
    """Return how several applications stand; a fixed number of queries."""
    rows = list(applications)
    known = facts_of(rows)
    return {row.pk: of_application(row, today, for_applicant=for_applicant, facts=known[row.pk]) for row in rows}


# ---- what the applicant reads ----


def _to_applicant(row: Application, known: Facts, today: dt.date, now: dt.datetime) -> Shown:
    if row.state == State.DRAFT:
        return draft(row, now)
    if row.state == State.WITHDRAWN:
        return withdrawn(row)
    complaint = known.complaint
    if complaint is not None and complaint.state in (Complaint.State.RECEIVED, Complaint.State.FORWARDED):
        text = _("We look at the decision once more before anyone else does.")
        if complaint.state == Complaint.State.FORWARDED:
            text = _("%(body)s handles your complaint.") % {"body": complaint.complaint_body}
        return Shown(_("Complaint under way"), "application_complaint", text, None, FUND)
    if row.state in Application.DECIDED and known.decision is not None and known.was_told:
        return decided(row, known, known.decision, today)
    return under_way(row, known, today)


def draft(row: Application, now: dt.datetime) -> Shown:
    """Return how a draft stands: until when it can be sent, or that it can not."""
    word, code, call = pgettext("application", "Draft"), "application_draft", row.call
    until = row.let_in_until if row.let_in_until and row.let_in_until > (call.closes_at or now) else call.closes_at
    if call.published_at is None:
        text = _("The call is not open now. You can write, and send when it opens again.")
        return Shown(word, code, text, None, NOBODY)
    if until is None:
        return Shown(word, code, _("Only you see the draft. Send it when it is ready."), None, APPLICANT)
    at = {"date": long_date(until), "time": clock(until)}
    if now < until:
        text = _("Only you see the draft. Send it before %(date)s %(time)s.")
        return Shown(word, code, text % at, oslo_today(until), APPLICANT)
    text = _("The call closed %(date)s %(time)s, and the draft was not sent. You can copy it to another call.") % at
    return Shown(pgettext("application", "Not sent in time"), "application_closed", text, None, NOBODY)


def withdrawn(row: Application) -> Shown:
    date = long_date(row.withdrawn_at)
    return Shown(
        pgettext("application", "Withdrawn"), "application_withdrawn",
        _("It was withdrawn %(date)s, and is not handled any more.") % {"date": date},
    )  # fmt: skip


def under_way(row: Application, known: Facts, today: dt.date) -> Shown:
    """Return how an application that is being handled stands: who is waited for, and the answer's day."""
    if known.supplement is not None:
        due = known.supplement.due_on
        text = _("We need more from you. Answer by %(date)s.") % {"date": long_date(due)}
        if due < today:
            text = _("We should have had your answer by %(date)s. Send it now, or write to us.")
            text %= {"date": long_date(due)}
        return Shown(_("We wait for you"), "application_waits", text, due, APPLICANT, due < today)
    expected = row.expected_on
    is_late = expected is not None and expected < today
    if is_late:
        text = _("You should have had an answer by %(date)s. It is late. Write to us if you want to know why.")
        text %= {"date": long_date(expected)}
    else:
        answer = _("You get an answer by %(date)s.") % {"date": long_date(expected)}
        text = f"{stage(known)} {answer}"
    who = BODY if at_meeting(known) else FUND
    return Shown(_("Being handled"), "application_received", text, expected, who, is_late)


def at_meeting(known: Facts) -> bool:
    """Say whether it has been sent to a body that has not treated it."""
    line = known.line
    if line is None or line.batch.state != Batch.State.SENT:
        return False
    return line.step is None or line.step.outcome == CaseStep.Outcome.PENDING


def was_treated(line: BatchLine | None) -> bool:
    """Say whether the body has treated it, and the decision is to be made from the protocol."""
    if line is None or line.step is None or line.batch.state == Batch.State.CLOSED:
        return False
    return line.step.outcome not in (CaseStep.Outcome.PENDING, CaseStep.Outcome.POSTPONED)


def stage(known: Facts) -> str:
    """Return what the fund does with an application now."""
    if at_meeting(known) and known.line is not None:
        batch = known.line.batch
        facts = {"body": batch.body.name, "date": long_date(batch.meets_on)}
        return _("%(body)s treats it %(date)s.") % facts
    if known.assessment is not None and known.assessment.complete_on:
        return _("It is complete, and an officer assesses it.")
    return _("An officer sees whether anything is missing.")


def decided(row: Application, known: Facts, decision: Decision, today: dt.date) -> Shown:
    """Return how a decision the applicant has been told of stands."""
    may_complain = complaint_words(decision, today)
    if row.state == State.GRANTED:
        return granted(known, decision, today, may_complain)
    over = may_complain or _("The case is closed.")
    when = decision.complain_by if may_complain else None
    if row.state == State.DISMISSED:
        return Shown(pgettext("application", "Dismissed"), "application_dismissed", over, when)
    return Shown(pgettext("application", "Refused"), "application_refused", over, when)


def complaint_words(decision: Decision, today: dt.date) -> str:
    """Return until when she can complain; nothing when that day has passed."""
    if decision.complain_by is None or decision.complain_by < today:
        return ""
    return _("You can complain until %(date)s.") % {"date": long_date(decision.complain_by)}


def granted(known: Facts, decision: Decision, today: dt.date, may_complain: str) -> Shown:
    """Return how a grant stands: to be accepted, in use, or over."""
    word, grant = pgettext("application", "Granted"), decision.grant
    if decision.answer == Answer.DECLINED:
        return Shown(_("Turned down"), "application_lapsed", _("You have said no to the grant. The case is closed."))
    if decision.answer == Answer.LAPSED or (grant is not None and grant.state == Grant.State.LAPSED):
        text = _("The grant was not accepted in time, or was not used. It has lapsed.")
        return Shown(pgettext("application", "Lapsed"), "application_lapsed", text)
    if decision.answer == Answer.WAITING and decision.accept_by is not None:
        text = _("Accept the grant by %(date)s. If you do not, it lapses.") % {"date": long_date(decision.accept_by)}
        is_late = decision.accept_by < today
        if is_late:
            text = _("The grant should have been accepted by %(date)s, and lapses.")
            text %= {"date": long_date(decision.accept_by)}
        whole = f"{text} {may_complain}".strip()
        return Shown(word, "application_answer", whole, decision.accept_by, APPLICANT, is_late)
    if grant is not None and grant.state == Grant.State.FINISHED:
        text = _("All is paid and reported. The case is closed.")
        return Shown(pgettext("application", "Finished"), "application_finished", text)
    if grant is not None and grant.state == Grant.State.ANNULLED:
        return Shown(pgettext("application", "Annulled"), "application_lapsed", _("The grant is annulled."))
    if due := min((report.due_on for report in known.reports if report.due_on), default=None):
        text = _("Carry out the project. Send report and accounts by %(date)s.") % {"date": long_date(due)}
        return Shown(word, "application_granted", text, due, APPLICANT, due < today)
    text = _("Carry out the project, and ask for payout when you have documented the costs.")
    return Shown(word, "application_granted", text, grant.use_by if grant else None, APPLICANT)


# ---- what the desk reads ----


def _to_desk(row: Application, known: Facts, today: dt.date, now: dt.datetime) -> Shown:
    del now
    if row.state == State.WITHDRAWN:
        text = _("The applicant withdrew it %(date)s.") % {"date": long_date(row.withdrawn_at)}
        return Shown(pgettext("application", "Withdrawn"), "application_withdrawn", text)
    complaint = known.complaint
    if complaint is not None and complaint.state == Complaint.State.RECEIVED:
        text = _("Reconsider the decision, and answer the complaint.")
        return Shown(_("Complaint under way"), "application_complaint", text, None, FUND)
    if complaint is not None and complaint.state == Complaint.State.FORWARDED:
        text = _("Lies with %(body)s.") % {"body": complaint.complaint_body}
        return Shown(_("Complaint under way"), "application_complaint", text, None, BODY)
    if row.state in Application.DECIDED and known.decision is not None:
        return _decided_at_desk(row, known, known.decision, today)
    if known.supplement is not None:
        due = known.supplement.due_on
        text = _("The applicant answers by %(date)s.") % {"date": long_date(due)}
        if due < today:
            text = _("The applicant should have answered by %(date)s. Remind her, or go on without.")
            text %= {"date": long_date(due)}
        who = FUND if due < today else APPLICANT
        return Shown(_("Waits for the applicant"), "application_waits", text, due, who, due < today)
    return _desk_stage(row, known, today)


def _desk_stage(row: Application, known: Facts, today: dt.date) -> Shown:
    """Return what the desk does next with an application nobody else is waited for."""
    due, line, found = row.expected_on, known.line, known.assessment
    is_late = due is not None and due < today
    if was_treated(line):
        return Shown(_("Treated by the body"), "application_decide", _("Make the decision."), due, FUND, is_late)
    if at_meeting(known) and line is not None:
        facts = {"body": line.batch.body.name, "date": long_date(line.batch.meets_on)}
        if line.batch.meets_on < today:
            text = _("%(body)s met %(date)s. Register what the protocol says.") % facts
            return Shown(_("At the meeting"), "application_meeting", text, line.batch.meets_on, FUND, True)
        text = _("%(body)s treats it %(date)s.") % facts
        return Shown(_("At the meeting"), "application_meeting", text, line.batch.meets_on, BODY)
    word, code = pgettext("application", "Received"), "application_new"
    if line is not None and line.batch.state == Batch.State.DRAFT:
        text = _("Stands in “%(batch)s”. Send it to the meeting.") % {"batch": line.batch.title}
        word, code = _("Assessed"), "application_decide"
    elif found is not None and found.done_at is not None:
        word, code, text = _("Assessed"), "application_decide", _("Put it on a meeting’s list, or decide it.")
    elif found is not None and found.complete_on is not None:
        word, code, text = _("Complete"), "application_received", _("Assess it.")
    else:
        text = _("See whether it is complete.")
    return Shown(word, code, text, due, FUND, is_late)


def _decided_at_desk(row: Application, known: Facts, decision: Decision, today: dt.date) -> Shown:
    """Return how a decided application stands at the desk."""
    if row.state != State.GRANTED:
        refused = row.state == State.REFUSED
        word = pgettext("application", "Refused") if refused else pgettext("application", "Dismissed")
        text = _("Decided %(date)s.") % {"date": long_date(decision.decided_on)}
        return Shown(word, "application_refused" if refused else "application_dismissed", text)
    word, grant = pgettext("application", "Granted"), decision.grant
    if decision.answer == Answer.DECLINED:
        return Shown(_("Turned down"), "application_lapsed", _("The applicant said no to the grant."))
    if decision.answer == Answer.LAPSED or (grant is not None and grant.state == Grant.State.LAPSED):
        return Shown(pgettext("application", "Lapsed"), "application_lapsed", _("The money is free again."))
    if decision.answer == Answer.WAITING and decision.accept_by is not None:
        text = _("The applicant accepts by %(date)s.") % {"date": long_date(decision.accept_by)}
        is_late = decision.accept_by < today
        return Shown(word, "application_answer", text, decision.accept_by, APPLICANT, is_late)
    if grant is not None and grant.state == Grant.State.FINISHED:
        return Shown(pgettext("application", "Finished"), "application_finished", _("All is paid and reported."))
    if grant is not None and grant.state == Grant.State.ANNULLED:
        return Shown(pgettext("application", "Annulled"), "application_lapsed", _("The grant is annulled."))
    due = min((report.due_on for report in known.reports if report.due_on), default=None)
    text = _("The applicant carries out the project and reports.")
    return Shown(word, "application_granted", text, due or (grant.use_by if grant else None), APPLICANT)


def sort_key(shown: Shown, *, for_applicant: bool) -> tuple[Any, ...]:
    """Return how a list is sorted: one's own turn first, then by day."""
    mine = APPLICANT if for_applicant else FUND
    return shown.who != mine, shown.when or dt.date.max
