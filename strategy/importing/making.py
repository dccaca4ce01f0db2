"""Makes a plan's goals, strategies and measures of the rows that were accepted, in the order of print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.calendar import Precision
from portal.models import Unit
from portal.money import format_nok
from strategy import parts
from strategy.importing import noted
from strategy.models import (
    ActionPart,
    Goal,
    GoalSdg,
    ImportRow,
    Measure,
    MeasureEntry,
    MeasureParticipation,
    PlanParticipant,
    Strategy,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.models import Plan, PlanImport

Level, Decision = ImportRow.Level, ImportRow.Decision


def accepted(plan_import: PlanImport) -> list[ImportRow]:
    """Return the rows that become something, in the order of print; one query."""
    return list(plan_import.rows.filter(decision=Decision.ACCEPTED).order_by("position"))


def make_goals(plan: Plan, rows: Sequence[ImportRow]) -> dict[int, Goal]:
    """Make the goals with their UN goals, last in the plan; return them by row."""
    last = plan.goals.count() and max(plan.goals.values_list("position", flat=True))
    made = {
        row.pk: Goal(
            plan=plan, authority_id=plan.authority_id, number=row.number, title=row.title,
            description=row.description, position=place,
        )
        for place, row in enumerate(rows, last + 1)
    }  # fmt: skip
    Goal.objects.bulk_create(made.values())
    for row in rows:
        give_un_goals(made[row.pk], row)
    return made


def give_un_goals(goal: Goal, row: ImportRow) -> None:
    """Let a goal have the UN goals that the row says, and no others."""
    wanted = {(number, GoalSdg.Role.FOCUS) for number in row.sdg_focus}
    wanted |= {(number, GoalSdg.Role.CONTRIBUTES) for number in row.sdg_contributes}
    had = {(one.number, one.role): one for one in goal.sdgs.all()}
    for key in had.keys() - wanted:
        had[key].delete()
    GoalSdg.objects.bulk_create(
        GoalSdg(goal=goal, authority_id=goal.authority_id, number=number, role=role)
        for number, role in sorted(wanted - had.keys())
    )


def make_strategies(plan: Plan, rows: Sequence[ImportRow], goals: dict[int, Goal]) -> dict[int, Strategy]:
    """Make the strategies, last in the plan, each under the goal its row's parent became; return them by row."""
    last = plan.strategies.count() and max(plan.strategies.values_list("position", flat=True))
    made = {
        row.pk: Strategy(
            plan=plan, authority_id=plan.authority_id, goal=goals.get(row.parent_id or 0), number=row.number,
            title=row.title, description=row.description, note=row.note, position=place,
        )
        for place, row in enumerate(rows, last + 1)
    }  # fmt: skip
    Strategy.objects.bulk_create(made.values())
    return made


def make_measures(
    plan: Plan, rows: Sequence[ImportRow], goals: dict[int, Goal], strategies: dict[int, Strategy]
) -> dict[int, Measure]:
    """Make the measures, last in the action part in force, with the owner responsible, and each member."""
    part = parts.part_in_force(plan) or ActionPart.objects.create(
        plan=plan, authority_id=plan.authority_id, period_start=plan.period_start, period_end=plan.period_end
    )
    last = part.entries.count() and max(part.entries.values_list("position", flat=True))
    made = {row.pk: Measure(plan=plan, authority_id=plan.authority_id) for row in rows}
    Measure.objects.bulk_create(made.values())
    entries = {
        row.pk: MeasureEntry(
            plan=plan, authority_id=plan.authority_id, action_part=part, measure=made[row.pk], number=row.number,
            title=row.title, description=row.description, position=place,
            goal=goals.get(row.parent_id or 0), strategy=strategies.get(row.parent_id or 0),
        )
        for place, row in enumerate(rows, last + 1)
    }  # fmt: skip
    MeasureEntry.objects.bulk_create(entries.values())
    for key, measure in made.items():
        measure.current_entry = entries[key]
    Measure.objects.bulk_update(made.values(), ["current_entry"], batch_size=500)
    units = units_by_name(plan.authority_id)
    members = plan.participants.filter(role=PlanParticipant.Role.MEMBER).order_by("authority")
    others = list(members.values_list("authority", flat=True))
    MeasureParticipation.objects.bulk_create(
        part
        for row in rows
        for part in [
            MeasureParticipation(
                plan=plan, authority_id=plan.authority_id, measure=made[row.pk], **facts_of(row, units)
            ),
            *(MeasureParticipation(plan=plan, authority_id=member, measure=made[row.pk]) for member in others),
        ]
    )
    return made


def units_by_name(authority_id: int) -> dict[str, Unit]:
    """Return the authority's units by their names in small letters; a name that two have is nobody's."""
    found: dict[str, list[Unit]] = {}
    for unit in Unit.objects.filter(authority_id=authority_id):
        found.setdefault(unit.name.casefold().strip(), []).append(unit)
    return {name: units[0] for name, units in found.items() if len(units) == 1}


def facts_of(row: ImportRow, units: dict[str, Unit]) -> dict[str, Any]:
    """Return what the owner's part in a measure is told: due date, unit, and what only people can place, as a note.

    A unit is set when the document names exactly one of ours. Money is only noted: the document seldom says from which
    budget and year, and a guess would be shown as a figure.
    """
    unit = units.get(row.responsible.casefold().strip(" ."))
    notes = []
    if row.responsible and unit is None:
        notes.append(noted.line(noted.RESPONSIBLE, row.responsible))
    if row.cost_nok:
        notes.append(noted.line(noted.COST, format_nok(row.cost_nok)))
    return {"unit": unit, "due_on": row.due_on, "due_precision": precision_of(row), "note": "\n".join(notes)}


def precision_of(row: ImportRow) -> str:
    """Return how exactly a measure's due date is held: half a year by its last month, for measures have no spans."""
    return Precision.MONTH.value if row.due_precision == Precision.PERIOD else row.due_precision
