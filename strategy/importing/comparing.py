"""A document against a plan that is here already: what is new, changed, as before, or gone."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

from strategy import parts
from strategy.importing.duties import Duties
from strategy.importing.matching import Item, match
from strategy.models import Goal, ImportRow, MeasureEntry, Plan, PlanImport, Strategy
from strategy.rules import full_number

Level, Decision, Change, Origin = ImportRow.Level, ImportRow.Decision, ImportRow.Change, ImportRow.Origin
Thing: TypeAlias = Goal | Strategy | MeasureEntry


def of_plan(plan: Plan) -> dict[str, dict[int, Thing]]:
    """Return the plan's goals, strategies and wordings by level: those of the drafted part where there is one."""
    goals = {goal.pk: goal for goal in plan.goals.prefetch_related("sdgs")}
    strategies = {one.pk: one for one in plan.strategies.filter(is_cross_cutting=False).select_related("goal")}
    part = parts.draft_of(plan) or parts.part_in_force(plan)
    entries = part.entries.exclude(change=MeasureEntry.Change.DROPPED) if part else MeasureEntry.objects.none()
    measures = {entry.pk: entry for entry in entries.select_related("goal", "strategy__goal", "measure")}
    return {Level.GOAL: goals, Level.STRATEGY: strategies, Level.MEASURE: measures}  # type: ignore[dict-item]


def by_row(plan: Plan) -> dict[tuple[str, int], Thing]:
    """Return what the plan has by the level and key that a row is linked to: a measure's own, not its wording's."""
    return {(level, key_of(thing)): thing for level, of in of_plan(plan).items() for thing in of.values()}


def key_of(thing: Thing) -> int:
    return thing.measure_id if isinstance(thing, MeasureEntry) else thing.pk


def linked(row: ImportRow) -> tuple[str, int]:
    """Return the level and key of what a row matches in the plan."""
    return row.level, row.goal_id or row.strategy_id or row.measure_id or 0


def item_of(level: str, row: Thing) -> Item:
    above = row.strategy or row.goal if isinstance(row, MeasureEntry) else None
    return Item(row.pk, level, full_number(above.number if above else "", row.number), row.title)


def item_of_row(row: ImportRow, rows: dict[int, ImportRow]) -> Item:
    above = rows.get(row.parent_id or 0) if row.level == Level.MEASURE else None
    return Item(row.pk, row.level, full_number(above.number if above else "", row.number), row.title)


# ---- in the transaction that stores the proposal ----


def compare(plan_import: PlanImport, *, now: dt.datetime) -> None:
    """Say of each row what it is to the plan, and add a row for each thing that only the plan has.

    What is as before is accepted by itself, with what is odd about it: the plan has it so. Called while the document is
    being read.
    """
    plan = plan_import.against
    if plan is None:
        return
    rows = {row.pk: row for row in plan_import.rows.order_by("position")}
    theirs, duties = of_plan(plan), Duties(plan)
    had = [item_of(level, row) for level, of in theirs.items() for row in of.values()]
    keys = {(item.level, item.key): place for place, item in enumerate(had)}
    numbered = [item._replace(key=keys[item.level, item.key]) for item in had]
    pairs = match([item_of_row(row, rows) for row in rows.values()], numbered)
    for row in rows.values():
        if (place := pairs.get(row.pk)) is None:
            row.change = Change.NEW
            continue
        other = theirs[row.level][had[place].key]
        _link(row, other)
    for row in rows.values():
        if row.pk in pairs:
            is_same = says_the_same(row, theirs[row.level][had[pairs[row.pk]].key], rows) and not duties.differing(row)
            row.change = Change.SAME if is_same else Change.CHANGED
        if row.change == Change.SAME:
            row.decision, row.decided_at = Decision.ACCEPTED, now
    ImportRow.objects.bulk_update(
        rows.values(), ["change", "decision", "decided_at", "goal", "strategy", "measure"], batch_size=500
    )
    plan_import.anomalies.filter(row__change=Change.SAME).update(settled_at=now)
    gone = [had[place] for place in range(len(had)) if place not in pairs.values()]
    _add_gone(plan_import, [(item.level, theirs[item.level][item.key]) for item in gone], len(rows))


def _link(row: ImportRow, other: Thing) -> None:
    row.goal = other if isinstance(other, Goal) else None
    row.strategy = other if isinstance(other, Strategy) else None
    row.measure = other.measure if isinstance(other, MeasureEntry) else None


def says_the_same(row: ImportRow, other: Thing, rows: dict[int, ImportRow]) -> bool:
    """Say whether document and plan have the same number, words and parent for one thing."""
    mine = (row.number, row.title.strip(), plain(row.description))
    if mine != (other.number, other.title.strip(), plain(other.description)):
        return False
    above = rows.get(row.parent_id or 0)
    if isinstance(other, Goal):
        return True
    if isinstance(other, Strategy):
        return (above.goal_id if above else None) == other.goal_id
    return (above.goal_id if above else None, above.strategy_id if above else None) == (
        other.goal_id, other.strategy_id,
    )  # fmt: skip


def plain(text: str) -> str:
    return " ".join(text.split())


def _add_gone(plan_import: PlanImport, gone: list[tuple[str, Thing]], after: int) -> None:
    """Add, last, a row for each thing of the plan that the document does not have."""
    made = []
    for place, (level, other) in enumerate(gone, after + 1):
        row = ImportRow(
            plan_import=plan_import, authority_id=plan_import.authority_id, position=place, level=level,
            origin=Origin.PLAN, number=other.number, title=other.title, description=other.description,
            change=Change.GONE, certainty=ImportRow.Certainty.UNSURE,
        )  # fmt: skip
        _link(row, other)
        made.append(row)
    ImportRow.objects.bulk_create(made)
