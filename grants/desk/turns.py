"""Whose turn an application is, and for what: said by PostgreSQL, so that list, page, count and notices agree.

A row that is marked has `stage` (what it waits for), `stand` (how the reader stands in it) and `is_hers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grants.desk import weighing
from grants.models import Application, Batch, BatchLine, Complaint, Decision, Delegation, Message, Supplement
from grants.permissions import CALLS
from portal import permissions
from portal.models import CaseStep, Deputy
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

MAY, UNANSWERED, OUT = "may", "unanswered", "out"
DECIDED = ("adopted", "amended", "rejected")
"""Outcomes of a body's treatment that a decision can be written from."""
State = Application.State


@dataclass(frozen=True)
class Stage:
    """What an application waits for: in words, who is to do it, and the page where it is done."""

    words: Any
    deed: Any = ""
    page: str = ""
    mark: str = "application_new"

    @property
    def is_ours(self) -> bool:
        return bool(self.deed)


STAGES: dict[str, Stage] = {
    "message": Stage(_("The applicant has written, and has got no answer"), _("Answer the message"), "desk_messages"),
    "complaint": Stage(
        _("A complaint has come"), _("Look at the complaint"), "complaints", "application_complaint"
    ),
    "decide": Stage(
        _("The body has treated it"), _("Write the decision"), "decide_application", "application_decide"
    ),
    "batch": Stage(
        _("Stands in a recommendation that is not sent"), _("Send the recommendation"), "batches", "application_decide"
    ),
    "body": Stage(_("Waits for the body’s meeting"), mark="application_meeting"),
    "supplement_late": Stage(
        _("The applicant has not answered by the due date"), _("Give more time, or go on"), "ask_supplement",
        "application_waits",
    ),
    "supplement": Stage(_("Waits for more information from the applicant"), mark="application_waits"),
    "recommended": Stage(
        _("Is assessed, with a recommendation"), _("Decide it, or bring it to a meeting"), "decide_application",
        "application_decide",
    ),
    "assess": Stage(_("Is complete"), _("Assess it"), "assess_application", "application_received"),
    "answered": Stage(
        _("The applicant has sent more information"), _("See whether it is complete now"), mark="application_received"
    ),
    "completeness": Stage(_("Has come"), _("See whether it is complete")),
    "accept": Stage(_("Waits for the applicant to accept"), mark="application_answer"),
    "": Stage(_("Nothing waits"), mark=""),
}  # fmt: skip
DECLARE = Stage(_("You have not said whether anything ties you to it"), _("Say whether anything ties you to it"))


def stage_of(row: Any) -> Stage:
    """Return what a marked row waits for, as its reader sees it: her own declaration goes first."""
    if row.is_hers and row.stand == UNANSWERED:
        return DECLARE
    return STAGES[row.stage]


def mark_of(row: Any) -> str:
    """Return the mark of how a marked row stands: by its state where it is over, else by what it waits for."""
    if row.state != State.SUBMITTED:
        return STAGES[row.stage].mark if row.stage in ("accept", "complaint") else f"application_{row.state}"
    return STAGES[row.stage].mark


def page_of(row: Any, slug: str) -> str:
    """Return where a marked row's next step is done."""
    stage = stage_of(row)
    if not stage.page:
        return reverse("application_desk", args=[slug, row.pk]) + ("#fullstendig" if stage.is_ours else "")
    if stage.page in ("batches", "complaints"):
        return reverse(stage.page, args=[slug])
    return reverse(stage.page, args=[slug, row.pk])


# ---- marking ----


def marked(rows: Any, user: User, today: dt.date) -> Any:
    """Return the rows with `stage`, `stand` and `is_hers` for one reader."""
    rows = rows.annotate(stage=stage(today), **weighing.declared(user))
    rows = rows.annotate(stand=stand(user))
    return rows.annotate(is_hers=Case(When(hers(user, today), then=True), default=False, output_field=BooleanField()))


def of(model: Any, **facts: Any) -> Exists:
    return Exists(model.objects.filter(application=OuterRef("pk"), **facts))


def stage(today: dt.date) -> Case:
    """Return what a row waits for, as a column: the first of these that holds."""
    waits = Q(state=State.SUBMITTED)
    lines = BatchLine.objects.filter(application=OuterRef("pk"))
    open_ones = lines.exclude(batch__state=Batch.State.CLOSED)
    untreated = Q(step=None) | Q(step__outcome=CaseStep.Outcome.PENDING)
    complaints = Complaint.objects.filter(decision__application=OuterRef("pk"), state=Complaint.State.RECEIVED)
    cases: list[tuple[str, Any]] = [
        ("message", of(Message, from_applicant=True, read_at=None)),
        ("complaint", Exists(complaints)),
        ("decide", waits & Q(Exists(lines.filter(step__outcome__in=DECIDED)))),
        ("batch", waits & Q(Exists(open_ones.filter(batch__state=Batch.State.DRAFT)))),
        ("body", waits & Q(Exists(open_ones.filter(untreated, batch__state=Batch.State.SENT)))),
        ("supplement_late", waits & Q(of(Supplement, state=Supplement.State.OPEN, due_on__lt=today))),
        ("supplement", waits & Q(of(Supplement, state=Supplement.State.OPEN))),
        ("recommended", waits & Q(assessment__done_at__isnull=False)),
        ("assess", waits & Q(assessment__complete_on__isnull=False)),
        ("answered", waits & Q(of(Supplement, state=Supplement.State.ANSWERED))),
        ("completeness", waits),
        ("accept", Q(state=State.GRANTED) & Q(of(Decision, answer="", accept_by__isnull=False))),
    ]
    whens = [When(condition, then=Value(name)) for name, condition in cases]
    return Case(*whens, default=Value(""), output_field=CharField())


def stand(user: User) -> Case:
    """Return how the reader stands in a row, as a column: as `gate.standing` has it."""
    if user.is_superuser:
        return Case(default=Value(MAY), output_field=CharField())
    return Case(
        When(weighing.tied(), then=Value(OUT)), When(declared=None, then=Value(UNANSWERED)),
        When(case__in=weighing.compared_cases(user), then=Value(OUT)), default=Value(MAY), output_field=CharField(),
    )  # fmt: skip


def hers(user: User, today: dt.date) -> Q:
    """Return the condition that a marked row is the reader's turn: it is hers to handle, or hers to decide."""
    if user.is_superuser:
        return Q(pk=None)
    ours = [name for name, each in STAGES.items() if each.is_ours]
    mine = Q(authority__in=permissions.authorities_with(user, CALLS)) & handled_by(user, today)
    return ~Q(stand=OUT) & (Q(stage__in=ours) & mine | Q(stage="recommended") & decided_by(user, today))


def handled_by(user: User, today: dt.date) -> Q:
    """Return the condition that the case's officer is this person, one she stands in for, or nobody."""
    away = Deputy.objects.filter(
        period_holds(today), authority=OuterRef("authority"), deputy=user.pk, person=OuterRef("case__officer")
    )
    return Q(case__officer=user.pk) | Q(case__officer=None) | Q(Exists(away))


def decided_by(user: User, today: dt.date) -> Q:
    """Return the condition that the reader holds a delegation that reaches what is recommended."""
    held: dict[int, list[str]] = {}
    for authority, role, case in permissions.roles_of(user):
        if case is None:
            held.setdefault(authority, []).append(role)
    if not held:
        return Q(pk=None)
    fits = reduce(or_, (Q(authority=owner, role__in=sorted(roles)) for owner, roles in sorted(held.items())))
    scale = Delegation.objects.filter(fits, period_holds(today), scheme=OuterRef("call__scheme"))
    amount = Coalesce(OuterRef("assessment__amount_nok"), OuterRef("asked_nok"))
    return Q(Exists(scale.filter(up_to_nok__gte=amount)))


def alive() -> Q:
    """Return the condition that an application may be someone's turn: cheap, and asked before whose it is."""
    unread = Message.objects.filter(from_applicant=True, read_at=None)
    complaints = Complaint.objects.filter(state=Complaint.State.RECEIVED)
    written = Q(pk__in=unread.values("application")) | Q(pk__in=complaints.values("decision__application"))
    return Q(state=State.SUBMITTED) | written


def with_applicant() -> Q:
    """Return the condition that the applicant is asked for something: more information, or a yes."""
    asked = Supplement.objects.filter(state=Supplement.State.OPEN)
    unanswered = Decision.objects.filter(answer="", accept_by__isnull=False)
    unsent = Q(state=State.SUBMITTED, pk__in=asked.values("application"))
    return unsent | Q(state=State.GRANTED, pk__in=unanswered.values("application"))


def waiting_for(user: User, today: dt.date) -> Any:
    """Return what waits for one person, in all the authorities where she has a role."""
    rows = Application.objects.sent().filter(alive(), authority__in=permissions.casework_authorities(user))
    return marked(rows, user, today).filter(is_hers=True)


def pressing() -> tuple[Any, ...]:
    """Return the order of what waits: the answer that is expected first."""
    return F("expected_on").asc(nulls_last=True), "pk"
