"""Where the measures of all plans stand, in one pass: for the operator's metrics.

Rows come through a cursor of the server's own, so that memory is the same for one plan and for a whole country's.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Min, OuterRef, Subquery

from portal.calendar import Precision
from portal.models.base import LastDay
from strategy.models import MeasureParticipation, Milestone, Plan
from strategy.rules import DISPLAY_ORDER, Judgement, MeasureFacts, MilestoneFacts, Standing, State, standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import QuerySet

AT_ONCE = 2000
LIVING = (Plan.Status.HEARING, Plan.Status.ADOPTED)


class Place(NamedTuple):
    """One authority's part in one measure, and where it stands."""

    plan_id: int
    authority_id: int
    standing: Standing


def facts() -> QuerySet[MeasureParticipation, tuple[Any, ...]]:
    """Return what decides the standing of each measure in force of each living plan, as plain rows.

    Of the milestones only the first one not reached counts: it decides both lateness and whether there is a date.
    """
    first_open = (
        Milestone.objects.filter(participation=OuterRef("pk"), reached_on=None)
        .order_by()
        .values("participation")
        .values(first=Min(LastDay("due_on", "due_precision")))
    )
    return (
        MeasureParticipation.objects.filter(plan__status__in=LIVING, measure__current_entry__isnull=False)
        .exclude(measure__current_entry__change="dropped")
        .order_by()
        .values_list(
            "plan_id", "authority_id", "state", "judgement", "due_on", "due_precision", Subquery(first_open)
        )
    )  # fmt: skip


def standings(today: dt.date) -> Iterator[Place]:
    """Yield where each measure in force of each living plan stands on a day; one query, streamed."""
    for plan_id, authority_id, state, judgement, due_on, precision, step in facts().iterator(chunk_size=AT_ONCE):
        known = MeasureFacts(
            state=State(state), due=due_on, due_precision=Precision(precision), judgement=Judgement(judgement),
            milestones=(MilestoneFacts(step),) if step else (),
        )  # fmt: skip
        yield Place(plan_id, authority_id, standing(known, today))


def metrics(today: dt.date) -> list[tuple[str, str, list[tuple[dict[str, str], float]]]]:
    """Return name, help and samples of what the operator's metrics tell of the plans."""
    found = Counter(place.standing for place in standings(today))
    samples: list[tuple[dict[str, str], float]] = [({"standing": each.value}, found[each]) for each in DISPLAY_ORDER]
    return [("portal_measures", "Measures of living plans by where they stand today.", samples)]
