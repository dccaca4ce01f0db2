"""A plan's levels with its measures hung under them: goals, strategies, cross-cutting lines, UN goals, tags."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F, Value
from django.utils.text import capfirst

from strategy import sdg, sentences
from strategy.models import Goal, GoalSdg, PlanSdg, Strategy, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from strategy.models import Plan
    from strategy.rows import Row


class Segment(NamedTuple):
    """A part of a bar: its class, and where it starts and how wide it is, in percent."""

    ink: str
    x: str
    width: str


@dataclass(slots=True)
class StrategyBlock:
    number: str
    title: str
    description: str
    note: str
    rows: list[Row]
    is_cross_cutting: bool = False


@dataclass(slots=True)
class GoalBlock:
    """A goal with its measures; one without an id gathers the strategies that stand without a goal."""

    id: int | None
    name: str
    title: str
    measure_word: str
    description: str = ""
    owner: str = ""
    focus: list[str] = field(default_factory=list)
    contributes: list[str] = field(default_factory=list)
    direct: list[Row] = field(default_factory=list)
    strategies: list[StrategyBlock] = field(default_factory=list)
    all_rows: list[Row] = field(default_factory=list)
    spread: list[Segment] = field(default_factory=list)
    counts_text: str = ""

    @property
    def anchor(self) -> str:
        return f"m{self.id}" if self.id else "uten-mal"

    @property
    def size(self) -> str:
        """How many measures, in the plan's own word."""
        return sentences.counted(len({row.measure_id for row in self.all_rows}), self.measure_word)

    @property
    def blocks(self) -> list[StrategyBlock]:
        """The rows directly under the goal first, then strategy by strategy."""
        return [*([StrategyBlock("", "", "", "", self.direct)] if self.direct else []), *self.strategies]


class TagLine(NamedTuple):
    name: str
    size: str
    """How many measures, in the plan's own word; empty when it has none of its own."""
    children: list[tuple[str, int]]


def read_sdgs(plan: Plan) -> defaultdict[tuple[int | None, str], list[str]]:
    """Return the named UN goals by goal and role; those of the plan itself under None."""
    found: defaultdict[tuple[int | None, str], list[str]] = defaultdict(list)
    of_goals = GoalSdg.objects.filter(goal__plan_id=plan.pk).order_by().values_list(F("goal_id"), "role", "number")
    of_plan = PlanSdg.objects.filter(plan_id=plan.pk).order_by().values_list(Value(0), "role", "number")
    for goal_id, role, number in sorted(of_goals.union(of_plan, all=True)):
        found[goal_id or None, role].append(sdg.named(number))
    return found


def read_levels(
    plan: Plan, rows: list[Row], kept: list[Row], sdgs: Mapping[tuple[int | None, str], list[str]], *, keep_empty: bool
) -> tuple[list[GoalBlock], GoalBlock, list[StrategyBlock], list[StrategyBlock]]:
    """Return the goals, the strategies without a goal, the cross-cutting lines, and the grips without measures."""
    goals = {
        pk: GoalBlock(
            pk, f"{capfirst(plan.goal_word)} {number}" if number else "", title, plan.measure_word, description,
            owner or "", sdgs[pk, GoalSdg.Role.FOCUS], sdgs[pk, GoalSdg.Role.CONTRIBUTES],
        )
        for pk, number, title, description, owner in Goal.objects.filter(plan_id=plan.pk)
        .order_by("position").values_list("id", "number", "title", "description", "owner__name")
    }  # fmt: skip
    loose = GoalBlock(None, "", "", plan.measure_word)
    for row in rows:
        goals.get(row.goal_id or 0, loose).all_rows.append(row)
    shown: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in kept:
        shown[row.strategy_id].append(row)
    for row in shown[None]:
        goals.get(row.goal_id or 0, loose).direct.append(row)
    lines, grips = [], []
    for pk, goal_id, number, title, description, note, is_cross_cutting in (
        Strategy.objects.filter(plan_id=plan.pk).order_by("position")
        .values_list("id", "goal_id", "number", "title", "description", "note", "is_cross_cutting")
    ):  # fmt: skip
        printed = [row.number for row in _once(row for row in rows if row.strategy_id == pk)]
        told = sentences.numbering_note(printed, note)
        block = StrategyBlock(number, title, description, told, shown[pk], is_cross_cutting)
        if goal_id is None and not printed:
            (lines if is_cross_cutting else grips).append(block)
        elif block.rows or keep_empty:
            goals.get(goal_id or 0, loose).strategies.append(block)
    return list(goals.values()), loose, lines, grips


def _once(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each measure."""
    return list({row.measure_id: row for row in rows}.values())


def read_tags(plan: Plan) -> list[tuple[str, list[TagLine]]]:
    """Return the tags by dimension, with the heading of each; one query."""
    found = list(
        Tag.objects.filter(plan_id=plan.pk)
        .annotate(measures_under=Count("measure_links"))
        .order_by("dimension", "position", "pk")
        .values_list("id", "parent_id", "dimension", "name", "measures_under")
    )
    children: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for _pk, parent_id, _dimension, name, measures in found:
        if parent_id:
            children[parent_id].append((name, measures))
    tops = (tag for tag in found if not tag[1])
    return [
        (
            capfirst(sentences.plural(dimension)),
            [
                TagLine(name, sentences.counted(measures, plan.measure_word) if measures else "", children[pk])
                for pk, _parent, _dimension, name, measures in group
            ],
        )
        for dimension, group in groupby(tops, key=lambda tag: tag[2])
    ]
