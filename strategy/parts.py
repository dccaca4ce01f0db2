"""Which action part is in force, which is being drafted, and what the next one takes over from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, Max, OuterRef, Q

from strategy.deadlines import in_force
from strategy.models import ActionPart, Measure, MeasureEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from strategy.models import Plan

IS_DRAFT = Q(replaces__isnull=False, adopted_on__isnull=True)
"""A part that replaces another is a draft until a resolution adopts it; the first one is adopted with its plan."""
IN_FORCE = in_force("")


class Period(NamedTuple):
    start: int
    end: int | None


def part_in_force(plan: Plan) -> ActionPart | None:
    """Return the action part whose wordings are in force; of several without history, the one that has any."""
    holds = Exists(Measure.objects.filter(current_entry__action_part=OuterRef("pk")))
    parts = plan.action_parts.exclude(IS_DRAFT).exclude(replaced_by__adopted_on__isnull=False)
    return parts.annotate(holds=holds).order_by("-holds", "-period_start").first()


def draft_of(plan: Plan) -> ActionPart | None:
    """Return the next action part while it is being drafted; there is one at a time."""
    return plan.action_parts.filter(IS_DRAFT).select_related("replaces").order_by("-period_start").first()


def next_period(part: ActionPart, plan_ends: int | None) -> Period:
    """Return the years that a yearly roll gives the next part: one year on, as long, not beyond the plan."""
    if part.period_end is None:
        return Period(part.period_start + 1, None)
    end = part.period_end + 1
    if plan_ends is not None:
        end = min(end, max(plan_ends, part.period_start + 1))
    return Period(part.period_start + 1, end)


def not_carried_over(draft: ActionPart) -> QuerySet[Measure]:
    """Return the measures in force that the draft says nothing of."""
    return Measure.objects.filter(IN_FORCE, plan_id=draft.plan_id).exclude(entries__action_part=draft)


def top_up(draft: ActionPart) -> int:
    """Carry over, last in the draft, the measures in force that it lacks; return how many."""
    last = draft.entries.aggregate(last=Max("position"))["last"] or 0
    lacking = not_carried_over(draft).select_related("current_entry").order_by("current_entry__position", "pk")
    rows = [
        MeasureEntry(
            authority_id=draft.authority_id, plan_id=draft.plan_id, action_part=draft, measure=measure,
            goal_id=entry.goal_id, strategy_id=entry.strategy_id, number=entry.number, title=entry.title,
            description=entry.description, position=place, change=MeasureEntry.Change.CONTINUED,
        )
        for place, measure in enumerate(lacking, last + 1)
        if (entry := measure.current_entry) is not None
    ]  # fmt: skip
    MeasureEntry.objects.bulk_create(rows)
    return len(rows)
