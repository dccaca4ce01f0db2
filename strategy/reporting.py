"""Answering for a measure in one period: who may, what a late one must say, and what the answer moves.

Two may answer the same report at the same moment: the second is given the first's answer, and decides.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import outbox
from portal.calendar import Precision, last_day, oslo_today
from portal.desk import at_desk
from portal.models import Event, Notice, User
from portal.models.base import sane_date
from portal.permissions import may_write, require
from strategy import rules
from strategy.asking import is_sent_back
from strategy.links import wording
from strategy.models import MeasureParticipation, Milestone, ReportingPeriod, StatusReport
from strategy.rules import MilestoneFacts, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

REPORT = "strategy.statusreport"
GOING_ON = frozenset({State.NOT_STARTED, State.UNDER_WAY})
SAID = (
    "state", "judgement", "done_on", "is_unchanged", "done_since", "reason", "next_step", "new_due_on",
    "new_due_precision", "asks",
)  # fmt: skip
"""What of an answer stands in the report under the same name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one measure in one period."""

    state: str
    judgement: str = ""
    done_on: dt.date | None = None
    is_unchanged: bool = False
    done_since: str = ""
    reason: str = ""
    next_step: str = ""
    new_due_on: dt.date | None = None
    new_due_precision: str = "day"
    asks: str = ""
    reported_as: str = ""
    """Who said it, when an officer writes it down for one who phoned."""
    reached: frozenset[int] | None = None
    """The milestones that are reached, by row; None leaves them all as they are."""


class Answered(Exception):
    """Someone else has answered since the page was made; `first` is the report with her answer."""

    def __init__(self, first: StatusReport) -> None:
        super().__init__(first.pk)
        self.first = first


# ---- who, and what was said last ----


def may_answer(user: Any, report: StatusReport) -> bool:
    """Say whether the user may answer: the one responsible, her delegate, her unit's leader, or an officer there."""
    part = report.participation
    named = {report.person_id, part.person_id, part.unit.leader_id if part.unit else None} - {None}
    return user.pk in named or may_write(user, REPORT, report.authority_id)


def is_hers(user: Any, report: StatusReport) -> bool:
    """Say whether the user answers in her own name, not for someone else."""
    return user.pk in {report.person_id, report.participation.person_id}


def earlier(participation: Any, ends_on: Any) -> QuerySet[StatusReport]:
    """Return the answers to a measure in periods that ended before this day, newest first; takes OuterRefs too."""
    found = StatusReport.objects.filter(
        participation_id=participation, reported_at__isnull=False, period__ends_on__lt=ends_on
    )
    return found.order_by("-period__ends_on")


def previous(report: StatusReport) -> StatusReport | None:
    """Return the last answer to the same measure before this period."""
    return earlier(report.participation_id, report.period.ends_on).select_related("period").first()


def previous_of(reports: Iterable[StatusReport]) -> dict[int, StatusReport]:
    """Return the last answer before each of these reports, by its id; one query."""
    found = StatusReport.objects.filter(pk__in=[report.pk for report in reports])
    last_one = earlier(OuterRef("participation_id"), OuterRef("period__ends_on")).values("pk")[:1]
    pairs = found.annotate(last=Subquery(last_one)).values_list("pk", "last")
    last = {pk: before for pk, before in pairs if before}
    rows = StatusReport.objects.select_related("period").in_bulk(set(last.values()))
    return {pk: rows[before] for pk, before in last.items()}


def waits(report: StatusReport) -> bool:
    """Say whether an answer is waited for: none has come, or it was sent back with a question."""
    return report.reported_at is None or is_sent_back(report)


# ---- what an answer must say ----


def passed(
    participation: MeasureParticipation, answer: Answer, on: dt.date, milestones: Iterable[Milestone] | None = None
) -> dt.date | None:
    """Return the earliest promised day that has passed, by the facts before the answer; None when nothing is late.

    What rested and still rests is not late. What an answer takes up again is, and so is what was late when it was done.
    A milestone that the answer says is reached no longer counts.
    """
    facts = participation.facts
    if facts.state not in GOING_ON and answer.state not in GOING_ON:
        return None
    reached = answer.reached
    steps = tuple(
        MilestoneFacts(m.due_on, Precision(m.due_precision), m.reached_on is not None or m.pk in (reached or ()))
        for m in (participation.milestones.all() if milestones is None else milestones)
    )
    return rules.late_since(replace(facts, state=State.UNDER_WAY, milestones=steps), on)


def faults(answer: Answer, late_since: dt.date | None, on: dt.date) -> dict[str, str]:
    """Return what is lacking or wrong in an answer, by field."""
    if answer.state not in set(State):
        return {"state": _("Choose how it is going.")}
    found: dict[str, str] = {}
    if answer.state == State.DONE:
        if answer.done_on is None:
            found["done_on"] = _("Give the day it was done.")
        elif answer.done_on > on:
            found["done_on"] = _("The day it was done cannot be after today.")
    if answer.state == State.CANCELLED and not answer.reason:
        found["reason"] = _("Say why the measure is cancelled.")
    if rules.must_explain(State(answer.state), late_since):
        asked = {
            "reason": _("Say why it is late."), "next_step": _("Say what the next step is."),
            "new_due_on": _("Give a new date. If you do not know the day, give a month, a quarter or a year."),
        }  # fmt: skip
        found |= {name: text for name, text in asked.items() if not getattr(answer, name)}
    if answer.new_due_on and last_day(answer.new_due_on, Precision(answer.new_due_precision)) < on:
        found["new_due_on"] = _("The new date has passed already. Give one that lies ahead.")
    for name in ("done_on", "new_due_on"):
        if (day := getattr(answer, name)) is not None and name not in found:
            try:
                sane_date(day)
            except ValidationError as error:
                found[name] = error.messages[0]
    return found


def unchanged(report: StatusReport, before: StatusReport | None, on: dt.date) -> Answer:
    """Return the answer that nothing has changed: what the measure says now, and last time's words where it is late."""
    part = report.participation
    same = Answer(state=part.state, judgement=part.judgement, done_on=part.done_on, is_unchanged=True)
    over = part.state == State.CANCELLED
    if before is not None and (over or rules.must_explain(State(part.state), passed(part, same, on))):
        again = {name: getattr(before, name) for name in SAID[SAID.index("reason") :]}
        same = replace(same, **again)
    return same


def one_press(report: StatusReport, before: StatusReport | None, on: dt.date) -> bool:
    """Say whether “unchanged” says enough: not late, or explained last time with a date that still lies ahead."""
    same = unchanged(report, before, on)
    return not faults(same, passed(report.participation, same, on), on)


# ---- the deed ----


@transaction.atomic
def submit(
    report: StatusReport, answer: Answer, *, at: dt.datetime, seen: int, by: User | None = None, partner: str = ""
) -> StatusReport:
    """Write the answer, and let the measure's state follow; a new date is a proposal until an officer approves it.

    `seen` is the version the page showed; `partner` names who answers through a partner's link. The same answer from
    the same person once more changes nothing. What was sent back with a question is answered by this.

    Raises:
        PermissionDenied: the user may not answer; or the report is not a partner's any longer.
        Answered: someone has answered since; her answer comes with it.
        ValidationError: by field: something is lacking, or the period takes no reports.
    """
    period = ReportingPeriod.objects.select_for_update(no_key=True).get(pk=report.period_id)  # it may be closing now
    part = MeasureParticipation.objects.select_for_update(of=("self",)).select_related("unit")
    participation = part.get(pk=report.participation_id)
    rows = StatusReport.objects.select_for_update(of=("self",)).select_related(
        "period", "plan__authority", "authority", "participation__measure__current_entry"
    )
    row = rows.get(pk=report.pk)
    row.participation.unit = participation.unit
    milestones = list(participation.milestones.select_for_update().order_by("due_on", "pk"))
    require(may_answer(by, row) if by else bool(partner and row.address and row.address == report.address))
    if row.row_version != seen and row.reported_at is not None:
        if is_same(row, answer, by, partner):
            return row
        raise Answered(row)
    on = oslo_today(at)
    if not rules.takes_reports(period.facts, on):
        raise ValidationError(_("The period takes no more reports. Ask the officer to open it again."))
    late_since = passed(participation, answer, on, milestones)
    if found := faults(answer, late_since, on):
        raise ValidationError(found)
    proposed = (row.new_due_on, row.new_due_precision)
    write(row, answer, late_since, at=at, by=by, partner=partner)
    if (row.new_due_on, row.new_due_precision) != proposed:
        row.date_approved_on = None
    row.save()
    row.refresh_from_db(fields=["row_version"])
    move(participation, milestones, answer, row, on)
    Event.objects.create(
        authority_id=row.authority_id, kind="measure_reported", subject_type=REPORT, subject_id=row.pk,
        actor_id=by.pk if by else None, at=at, facts={"state": row.state, "unchanged": row.is_unchanged},
    )  # fmt: skip
    if row.new_due_on and row.date_approved_on is None:
        tell_of_new_date(row, on)
    return row


def is_same(row: StatusReport, answer: Answer, by: User | None, partner: str) -> bool:
    """Say whether the report holds this answer already, from the same person, with nothing asked of it since."""
    same_person = row.reported_by_id == (by.pk if by else None) and row.reported_as == (partner or answer.reported_as)
    judged = judgement_of(answer)
    texts = all(getattr(row, name) == getattr(answer, name) for name in SAID if name not in ("judgement", "done_on"))
    return same_person and row.returned_at is None and row.judgement == judged and texts


def judgement_of(answer: Answer) -> str:
    """Return what is thought of the coming date; nothing where nothing is coming."""
    return answer.judgement if answer.state in GOING_ON else ""


def write(
    row: StatusReport, answer: Answer, late_since: dt.date | None, *, at: dt.datetime, by: User | None, partner: str
) -> None:
    """Put the answer into the report, unsaved; what was asked back is answered by it."""
    for name in SAID:
        setattr(row, name, getattr(answer, name))
    row.judgement = judgement_of(answer)
    row.done_on = answer.done_on if answer.state == State.DONE else None
    row.late_since, row.reported_at, row.reported_by = late_since, at, by
    row.reported_as = partner or answer.reported_as
    row.question, row.returned_at = "", None


def move(
    participation: MeasureParticipation, milestones: list[Milestone], answer: Answer, row: StatusReport, on: dt.date
) -> None:
    """Let the measure's state follow the answer, and its milestones; its due date stays."""
    now = (row.state, row.judgement, row.done_on)
    if (participation.state, participation.judgement, participation.done_on) != now:
        participation.state, participation.judgement, participation.done_on = now
        participation.save(update_fields=["state", "judgement", "done_on"])
    for milestone in offered(milestones, row) if answer.reached is not None else ():
        reached_on = (milestone.reached_on or on) if milestone.pk in answer.reached else None  # type: ignore[operator]
        if reached_on != milestone.reached_on:
            milestone.reached_on = reached_on
            milestone.save(update_fields=["reached_on"])


def offered(milestones: Iterable[Milestone], report: StatusReport) -> list[Milestone]:
    """Return the milestones an answer may speak of: not reached, or reached since the period opened."""
    return [each for each in milestones if each.reached_on is None or each.reached_on >= report.period.opens_on]


# ---- telling ----


def tell_of_new_date(row: StatusReport, on: dt.date) -> None:
    """Tell the officers, in the next daily mail, that a new date waits for them to approve it."""
    title = gettext_lazy("New date proposed: %(measure)s")
    for person in at_desk(row.authority_id, on):
        if person.pk == row.reported_by_id:
            continue
        with translation.override(person.language):
            text = outbox.one_line(title % {"measure": wording(row)})
        Notice.objects.update_or_create(
            user=person, address="", kind="new_date_proposed", subject_type=REPORT, subject_id=row.pk, on_date=on,
            occasion=f"{row.new_due_on:%Y-%m-%d}-{row.new_due_precision}",
            defaults={
                "authority_id": row.authority_id, "title": text, "context": outbox.one_line(str(row.plan)),
                "link": place_of(row), "waits_for_digest": True, "created_at": timezone.now(), "withdrawn_at": None,
            },
        )  # fmt: skip


def place_of(row: StatusReport) -> str:
    """Return the page where an officer sees the report."""
    return reverse("period_report", args=[row.plan.authority.slug, row.plan.slug, row.period_id, row.pk])
