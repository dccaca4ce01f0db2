"""What officers do with measures: each deed atomic, locked, checked and recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from portal import permissions
from portal.models import Event, User
from strategy import rules
from strategy.models import ActionPart, Goal, Measure, MeasureEntry, MeasureParticipation, Plan, Strategy

PARTICIPATION, MEASURE = "strategy.measureparticipation", "strategy.measure"
ADDED = "measure_added"


@transaction.atomic
def add_measure(
    plan: Plan, *, title: str, by: User, number: str = "", description: str = "", goal: Goal | None = None,
    strategy: Strategy | None = None, facts: dict[str, Any] | None = None, once: str = "",
) -> MeasureParticipation:  # fmt: skip
    """Add a measure last in the plan's newest action part, with the plan's owner responsible.

    `once` is the mark of one opened form: pressed twice, it gives the measure that the first press made.

    Raises:
        PermissionDenied: the user may not write in the plan's authority.
    """
    permissions.require(permissions.may_write(by, PARTICIPATION, plan.authority_id))
    Plan.objects.select_for_update().get(pk=plan.pk)
    pressed = Event.objects.filter(
        authority_id=plan.authority_id, kind=ADDED, subject_type=MEASURE, actor_id=by.pk, facts__once=once
    )
    if once and (before := pressed.first()):
        return MeasureParticipation.objects.get(measure_id=before.subject_id, authority_id=plan.authority_id)
    part = plan.action_parts.order_by("-period_start").first() or ActionPart.objects.create(
        plan=plan, authority_id=plan.authority_id, period_start=plan.period_start, period_end=plan.period_end
    )
    last = part.entries.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(plan=plan, authority_id=plan.authority_id)
    entry = MeasureEntry.objects.create(
        plan=plan, authority_id=plan.authority_id, action_part=part, measure=measure, goal=goal, strategy=strategy,
        number=number, title=title, description=description, position=last + 1,
    )  # fmt: skip
    measure.current_entry = entry
    measure.save(update_fields=["current_entry"])
    Event.objects.create(
        authority_id=plan.authority_id, kind=ADDED, subject_type=MEASURE, subject_id=measure.pk, actor_id=by.pk,
        facts={"once": once},
    )  # fmt: skip
    return MeasureParticipation.objects.create(
        plan=plan, authority_id=plan.authority_id, measure=measure, **(facts or {})
    )


@transaction.atomic
def change_many(chosen: dict[int, int], changes: dict[str, Any], *, by: User, on: dt.date) -> tuple[int, int]:
    """Make the same change in many participations; return how many were changed, and how many were left alone.

    `chosen` holds each row's id and the version its user saw: a row that a colleague has changed since is left alone.
    `changes` holds state, due_on, due_precision, unit, person; done and its date follow each other.

    Raises:
        PermissionDenied: one of them lies in an authority where the user may not write; nothing is changed.
    """
    rows = list(MeasureParticipation.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
    for owner in {row.authority_id for row in rows}:
        permissions.require(permissions.may_write(by, PARTICIPATION, owner))
    untouched = [row for row in rows if row.row_version == chosen[row.pk]]
    for row in untouched:
        for name, value in changes.items():
            setattr(row, name, value)
        keep_done_dated(row, on)
        row.save()
    for owner in sorted({row.authority_id for row in untouched}):
        Event.objects.create(
            authority_id=owner, kind="measures_changed", actor_id=by.pk,
            facts={"count": sum(row.authority_id == owner for row in untouched), "fields": sorted(changes)},
        )  # fmt: skip
    return len(untouched), len(rows) - len(untouched)


def keep_done_dated(row: MeasureParticipation, on: dt.date) -> None:
    """Date what became done, and take the date from what no longer is."""
    if row.state == rules.State.DONE:
        row.done_on = row.done_on or on
    else:
        row.done_on = None


@transaction.atomic
def remove_participation(row: MeasureParticipation, *, by: User) -> None:
    """Remove one authority's part; a measure nobody takes part in any longer goes with it if it is the user's own.

    A part that a colleague has just removed is done with already.
    """
    permissions.require(permissions.may_write(by, PARTICIPATION, row.authority_id))
    measure = Measure.objects.select_for_update().order_by("pk").filter(pk=row.measure_id).first()
    if measure is None:
        return
    row.delete()
    is_own = permissions.may_write(by, MEASURE, measure.authority_id)
    if is_own and not measure.participations.exists():
        Measure.objects.filter(pk=measure.pk).update(current_entry=None)
        measure.delete()
