"""The due dates of plans in force: measures and their milestones, reports on them, and answers to the forum.

Drafts and ended plans have none, nor has a measure that the newest action part has dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, Q, When
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from portal.deadlines import DAY, SOONER
from portal.due import NO_ADDRESS, NOBODY, path_to, words
from portal.kinds import STEADY, Kind, Source
from portal.models.base import LastDay
from strategy.models import (
    ForumQuestion,
    MeasureEntry,
    MeasureParticipation,
    Milestone,
    Plan,
    ReportingPeriod,
    StatusReport,
)
from strategy.rules import State

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

RESTING = [State.DONE.value, State.CANCELLED.value, State.ON_HOLD.value]
LIVING_PLANS = [Plan.Status.ADOPTED, Plan.Status.HEARING]
PLACES = {"authority": "plan__authority__slug", "plan": "plan__slug", "measure": "measure_id"}


def in_force(measure: str) -> Q:
    """Return the condition that a measure stands in the plan: it has a wording, and is not dropped."""
    entry = f"{measure}current_entry"
    return Q(**{f"{entry}__isnull": False}) & ~Q(**{f"{entry}__change": MeasureEntry.Change.DROPPED})


def measures(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return measures with a due date that are neither done, cancelled nor on hold; who is responsible is told."""
    open_ones = MeasureParticipation.objects.filter(
        ~Q(state__in=RESTING), in_force("measure__"), plan__status__in=LIVING_PLANS
    )
    return open_ones.filter(due_on__isnull=False).annotate(
        what=words("measure_due"), about=words("strategy.measureparticipation"), about_id=F("pk"),
        day=LastDay("due_on", "due_precision"), stated=F("due_precision"), who=F("person_id"),
        leader=F("unit__leader_id"), to=NO_ADDRESS, tenant=F("authority_id"),
        headline=F("measure__current_entry__title"), part_of=F("plan__title"),
        path=path_to("measure_page", **PLACES),
    )  # fmt: skip


def milestones(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return milestones that are not reached, of measures under way; who is responsible for the measure is told."""
    under = "participation__"
    ahead = Milestone.objects.filter(
        ~Q(participation__state__in=RESTING), in_force("participation__measure__"), reached_on=None,
        participation__plan__status__in=LIVING_PLANS,
    )  # fmt: skip
    return ahead.annotate(
        what=words("milestone"), about=words("strategy.milestone"), about_id=F("pk"),
        day=LastDay("due_on", "due_precision"), stated=F("due_precision"), who=F("participation__person_id"),
        leader=F("participation__unit__leader_id"), to=NO_ADDRESS, tenant=F("authority_id"), headline=F("title"),
        part_of=F("participation__measure__current_entry__title"),
        path=path_to("measure_page", **{place: under + field for place, field in PLACES.items()}),
    )  # fmt: skip


def open_reports(today: dt.date) -> QuerySet[StatusReport]:
    """Return the reports, answered or not, of periods that take them today, on what stands in a plan in force."""
    takes = Q(period__opens_on__lte=today) & ~Q(period__closed_on__lte=today)
    return StatusReport.objects.filter(
        takes, in_force("participation__measure__"), plan__status__in=LIVING_PLANS
    )  # fmt: skip


def waiting_reports(today: dt.date) -> QuerySet[StatusReport]:
    """Return the reports that an answer is waited for: none has come, or it was sent back with a question."""
    return open_reports(today).filter(Q(reported_at=None) | Q(returned_at__gt=F("reported_at")))


def reports(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the reports that are waited for; told to who answers: a delegate, who is responsible, or a partner.

    Those that nobody is named for would be a line each to every officer: she is told of the period instead.
    """
    has_someone = Q(person__isnull=False) | ~Q(address="") | Q(participation__person__isnull=False)
    return waiting_reports(today).filter(has_someone).annotate(
        what=words("report_due"), about=words("strategy.statusreport"), about_id=F("pk"), day=F("period__due_on"),
        stated=DAY,
        who=Case(
            When(person__isnull=False, then=F("person_id")), When(address="", then=F("participation__person_id")),
            output_field=BigIntegerField(),
        ),
        leader=F("participation__unit__leader_id"), to=F("address"), tenant=F("authority_id"),
        headline=F("participation__measure__current_entry__title"), part_of=F("period__name"),
        path=path_to("report_measure", report="pk"),
    )  # fmt: skip


def periods(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the periods that some report is waited for in; those who work with the plan are told, once for all."""
    unfinished = ReportingPeriod.objects.filter(Exists(waiting_reports(today).filter(period=OuterRef("pk"))))
    return unfinished.annotate(
        what=words("period_due"), about=words("strategy.reportingperiod"), about_id=F("pk"), day=F("due_on"),
        stated=DAY, who=NOBODY, leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"), headline=F("name"),
        part_of=F("plan__title"),
        path=path_to("reporting_period", authority="plan__authority__slug", plan="plan__slug", period="pk"),
    )  # fmt: skip


def forum_answers(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the forum's questions that nobody has answered; those at the desk are told.

    What is not asked in public is not told outside the pages either: then the plan's title stands for the question.
    """
    waiting = ForumQuestion.objects.filter(answered_on=None, plan__status__in=LIVING_PLANS)
    return waiting.annotate(
        what=words("forum_answer_due"), about=words("strategy.forumquestion"), about_id=F("pk"),
        day=F("answer_due_on"), stated=DAY, who=NOBODY, leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"),
        headline=Case(When(is_public=True, then=Left("text", 160)), default=F("plan__title"), output_field=CharField()),
        part_of=F("plan__title"),
        path=path_to("answer_question", authority="plan__authority__slug", plan="plan__slug", question="pk"),
    )  # fmt: skip


SOURCES = [
    Source(Kind("measure_due", _("A measure is due"), **STEADY), measures),
    Source(Kind("milestone", _("A milestone is due"), **STEADY), milestones),
    Source(Kind("report_due", _("A report is due"), **{**STEADY, "days_before": (7, 1, 0)}), reports),
    Source(Kind("period_due", _("Reporting on a plan is due"), days_before=(7, 1, 0), late_every=7), periods),
    Source(Kind("forum_answer_due", _("An answer to the forum is due"), **SOONER), forum_answers),
]  # fmt: skip
