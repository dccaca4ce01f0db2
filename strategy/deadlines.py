"""The due dates of plans in force: measures and their milestones.

Drafts and ended plans have none, nor has a measure that the newest action part has dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.due import NO_ADDRESS, path_to, words
from portal.kinds import STEADY, Kind, Source
from portal.models.base import LastDay
from strategy.models import MeasureEntry, MeasureParticipation, Milestone, Plan
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


SOURCES = [
    Source(Kind("measure_due", _("A measure is due"), **STEADY), measures),
    Source(Kind("milestone", _("A milestone is due"), **STEADY), milestones),
]  # fmt: skip
