"""A plan's levels with its measures hung under them: goals, strategies, cross-cutting lines, UN goals, tags."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Value
from django.db.models.functions import JSONObject
from django.utils.text import capfirst

from strategy import sdg, sentences
from strategy.deadlines import in_force
from strategy.models import Goal, GoalSdg, PlanSdg, Strategy, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from strategy.charts import Bullet
    from strategy.content import PlanWords, TargetLine
    from strategy.rows import Row

Facts = dict[str, Any]


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


class Aim(NamedTuple):
    """A target with the bar that shows it."""

    line: TargetLine
    bullet: Bullet


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
    aims: list[Aim] = field(default_factory=list)

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


def name_sdgs(rows: Iterable[Facts]) -> defaultdict[tuple[int | None, str], list[str]]:
    """Return the named UN goals by goal and role; those of the plan itself under None."""
    found: defaultdict[tuple[int | None, str], list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["number"]):
        found[row["goal"], row["role"]].append(sdg.named(row["number"]))
    return found


@dataclass(slots=True)
class GoalWords:
    """A goal as the plan words it."""

    id: int
    number: str
    title: str
    description: str = ""
    owner: str = ""
    focus: list[str] = field(default_factory=list)
    contributes: list[str] = field(default_factory=list)


class StrategyWords(NamedTuple):
    """A strategy as the plan words it."""

    id: int
    goal_id: int | None
    number: str
    title: str
    description: str
    note: str
    is_cross_cutting: bool


def columns(plan: Any) -> dict[str, ArraySubquery]:
    """Return a plan's goals, strategies, UN goals and tags as columns of the plan's own query."""
    goals = Goal.objects.filter(plan=plan).order_by("position")
    strategies = Strategy.objects.filter(plan=plan).order_by("position")
    of_goals = GoalSdg.objects.filter(goal__plan=plan).order_by()
    of_plan = PlanSdg.objects.filter(plan=plan).order_by()
    tags = Tag.objects.filter(plan=plan).order_by("dimension", "position", "pk")
    return {
        "goal_rows": ArraySubquery(
            goals.values(
                row=JSONObject(
                    id="id", number="number", title="title", description="description", owner_name="owner__name"
                )
            )
        ),
        "strategy_rows": ArraySubquery(
            strategies.values(row=JSONObject(**{name: name for name in StrategyWords._fields}))
        ),
        "goal_sdg_rows": ArraySubquery(of_goals.values(row=JSONObject(goal="goal_id", role="role", number="number"))),
        "plan_sdg_rows": ArraySubquery(of_plan.values(row=JSONObject(goal=Value(None), role="role", number="number"))),
        "tag_rows": ArraySubquery(
            tags.annotate(links=Count("measure_links", filter=in_force("measure_links__measure__"))).values(
                row=JSONObject(id="id", parent="parent_id", dimension="dimension", name="name", measures="links")
            )
        ),
    }


def read_goals(plan_id: int, sdgs: Mapping[tuple[int | None, str], list[str]]) -> list[GoalWords]:
    """Return the plan's goals in their order; one query."""
    rows = Goal.objects.filter(plan_id=plan_id).order_by("position")
    return word_goals(rows.values("id", "number", "title", "description", owner_name=F("owner__name")), sdgs)


def read_strategies(plan_id: int) -> list[StrategyWords]:
    """Return the plan's strategies in their order; one query."""
    rows = Strategy.objects.filter(plan_id=plan_id).order_by("position").values_list(*StrategyWords._fields)
    return [StrategyWords(*row) for row in rows]


def word_goals(rows: Iterable[Facts], sdgs: Mapping[tuple[int | None, str], list[str]]) -> list[GoalWords]:
    """Return the plan's goals in their order."""
    return [
        GoalWords(
            row["id"], row["number"], row["title"], row["description"], row["owner_name"] or "",
            sdgs[row["id"], GoalSdg.Role.FOCUS], sdgs[row["id"], GoalSdg.Role.CONTRIBUTES],
        )
        for row in rows
    ]  # fmt: skip


def hang(
    words: PlanWords, goal_words: Iterable[GoalWords], strategies: Iterable[StrategyWords], rows: list[Row],
    kept: list[Row], *, keep_empty: bool,
) -> tuple[list[GoalBlock], GoalBlock, list[StrategyBlock], list[StrategyBlock]]:  # fmt: skip
    """Return the goals, the strategies without a goal, the cross-cutting lines, and the grips without measures.

    `rows` are all of the plan; `kept` those that a filter leaves.
    """
    goals = {
        goal.id: GoalBlock(
            goal.id, f"{capfirst(words.goal_word)} {goal.number}" if goal.number else "", goal.title,
            words.measure_word, goal.description, goal.owner, goal.focus, goal.contributes,
        )
        for goal in goal_words
    }  # fmt: skip
    loose = GoalBlock(None, "", "", words.measure_word)
    for row in rows:
        goals.get(row.goal_id or 0, loose).all_rows.append(row)
    shown: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in kept:
        shown[row.strategy_id].append(row)
    for row in shown[None]:
        goals.get(row.goal_id or 0, loose).direct.append(row)
    lines: list[StrategyBlock] = []
    grips: list[StrategyBlock] = []
    for each in strategies:
        printed = [row.number for row in _once(row for row in rows if row.strategy_id == each.id)]
        told = sentences.numbering_note(printed, each.note)
        block = StrategyBlock(each.number, each.title, each.description, told, shown[each.id], each.is_cross_cutting)
        if each.goal_id is None and not printed:
            (lines if each.is_cross_cutting else grips).append(block)
        elif block.rows or keep_empty:
            goals.get(each.goal_id or 0, loose).strategies.append(block)
    return list(goals.values()), loose, lines, grips


def _once(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each measure."""
    return list({row.measure_id: row for row in rows}.values())


def group_tags(rows: Iterable[Facts], measure_word: str) -> list[tuple[str, list[TagLine]]]:
    """Return the tags by dimension, with the heading of each."""
    found = list(rows)
    children: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in found:
        if row["parent"]:
            children[row["parent"]].append((row["name"], row["measures"]))
    tops = (row for row in found if not row["parent"])
    return [
        (
            capfirst(sentences.plural(dimension)),
            [
                TagLine(
                    row["name"], sentences.counted(row["measures"], measure_word) if row["measures"] else "",
                    children[row["id"]],
                )
                for row in group
            ],
        )
        for dimension, group in groupby(tops, key=lambda row: row["dimension"])
    ]  # fmt: skip
