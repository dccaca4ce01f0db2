"""What a measure's own page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F
from django.utils.text import capfirst

from strategy.models import MeasureEntry, MeasureTag
from strategy.rows import Row, read_rows

if TYPE_CHECKING:
    import datetime as dt

    from strategy.models import Plan
    from strategy.status import Participant


class Neighbour(NamedTuple):
    number: str
    title: str
    url: str


@dataclass(slots=True)
class MeasurePage:
    entry: MeasureEntry
    number: str
    anchor: str
    goal_name: str
    parts: list[Row]
    tags: list[tuple[str, str]]
    previous: Neighbour | None
    next: Neighbour | None
    is_shared: bool
    is_numbered: bool
    """Whether the plan prints a number for any of its measures."""

    @property
    def goal(self) -> object:
        strategy = self.entry.strategy
        return strategy.goal if strategy else self.entry.goal

    @property
    def invented(self) -> bool:
        return any(part.invented for part in self.parts)


def gather_measure(
    plan: Plan, measure_id: int, *, today: dt.date, participants: list[Participant]
) -> MeasurePage | None:
    """Return the facts of one measure in force, or nothing when the plan has no such measure; five queries."""
    rows = read_rows(plan, today)
    parts = [row for row in rows if row.measure_id == measure_id]
    if not parts:
        return None
    names = {one.authority_id: one.name for one in participants}
    for row in parts:
        row.authority = names.get(row.authority_id or 0, "")
    entry = MeasureEntry.objects.select_related("strategy__goal", "goal").get(
        measure_id=measure_id, measure__current_entry_id=F("pk")
    )
    order = list({row.measure_id: row for row in rows}.values())
    place = next(index for index, row in enumerate(order) if row.measure_id == measure_id)
    tags = MeasureTag.objects.filter(measure_id=measure_id).order_by("tag__dimension", "tag__position")
    goal = entry.strategy.goal if entry.strategy else entry.goal
    return MeasurePage(
        entry=entry, number=parts[0].full_number, anchor=parts[0].anchor,
        goal_name=f"{capfirst(plan.goal_word)} {goal.number}" if goal and goal.number else "", parts=parts,
        tags=[(capfirst(dimension), name) for dimension, name in tags.values_list("tag__dimension", "tag__name")],
        previous=_neighbour(order, place - 1), next=_neighbour(order, place + 1),
        is_shared=len({row.authority_id for row in rows}) > 1, is_numbered=any(row.number for row in rows),
    )  # fmt: skip


def _neighbour(order: list[Row], place: int) -> Neighbour | None:
    if not 0 <= place < len(order):
        return None
    row = order[place]
    return Neighbour(row.full_number, row.title, row.url)
