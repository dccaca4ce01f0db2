"""What a plan is built on, gathered by a fixed number of queries: the strategy house, SWOT, stakeholders and tags."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from strategy import sentences
from strategy.levels import read_goals, read_strategies
from strategy.models import Measure, MeasureTag, Stakeholder, SwotItem, Tag
from strategy.rules import full_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strategy.levels import StrategyWords
    from strategy.models import Plan


class Brick(NamedTuple):
    """A measure, a strategy or a focus area, as one line of the house."""

    text: str
    url: str = ""
    size: str = ""
    """How many measures lie under it, in the plan's own word."""


@dataclass(slots=True)
class Pillar:
    """A goal with what it stands on; one without a title gathers what stands without a goal."""

    name: str
    title: str
    url: str = ""
    bricks: list[Brick] = field(default_factory=list)


@dataclass(slots=True)
class House:
    """Strategihus: the vision as roof, goals as pillars, what runs across them as foundation."""

    pillars: list[Pillar]
    foundation: list[Brick]


class SwotLine(NamedTuple):
    """What was seen; `source` only where it is not the same for the whole analysis."""

    text: str
    source: str


class SwotPart(NamedTuple):
    """One of the four fields: its kind, its heading, and what was seen."""

    kind: str
    word: str
    lines: list[SwotLine]


@dataclass(slots=True)
class Swot:
    """SWOT of one subject. What the source has not is said and not drawn."""

    subject: str
    parts: list[SwotPart]
    lacks: str
    source: str
    """Who saw it so and when, where all items share it; else each line says its own."""


class TagGroup(NamedTuple):
    """A tag with its measures, and the tags under it with theirs."""

    name: str
    bricks: list[Brick]
    children: list[TagGroup]


@dataclass(slots=True)
class Basis:
    """All that the page of a plan's basis shows."""

    house: House | None
    swot: list[Swot]
    stakeholders: list[Stakeholder]
    tags: list[tuple[str, list[TagGroup]]]

    def __bool__(self) -> bool:
        return bool(self.house or self.swot or self.stakeholders or self.tags)


class Entry(NamedTuple):
    """A measure in force: where it stands, and what it is called."""

    measure_id: int
    number: str
    title: str
    goal_id: int | None
    strategy_id: int | None
    strategy_number: str | None

    @property
    def text(self) -> str:
        return f"{full_number(self.strategy_number or '', self.number)} {self.title}".strip()


ENTRY = "current_entry__"
FIELDS = ("id", *(f"{ENTRY}{name}" for name in ("number", "title", "goal_id", "strategy_id", "strategy__number")))


def gather(plan: Plan) -> Basis:
    """Return what the plan is built on; seven queries, whatever its size."""
    found = Measure.objects.filter(plan_id=plan.pk, current_entry__isnull=False)
    in_force = found.exclude(current_entry__change="dropped").order_by("current_entry__position")
    entries = [Entry(*row) for row in in_force.values_list(*FIELDS)]
    return Basis(
        _house(plan, entries),
        swots(SwotItem.objects.filter(plan_id=plan.pk).order_by("pk")),
        list(Stakeholder.objects.filter(plan_id=plan.pk).order_by("position", "pk")),
        _tags(plan, entries),
    )


# ---- the house ----


def _house(plan: Plan, entries: list[Entry]) -> House | None:
    """Return the house, or nothing where the plan has neither goals nor strategies."""
    goals = read_goals(plan.pk, defaultdict(list))
    strategies = read_strategies(plan.pk)
    if not goals and not strategies:
        return None
    plan_url = reverse("plan_status", args=[plan.authority.slug, plan.slug])
    under: defaultdict[int | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        under[entry.strategy_id].append(entry)
    pillars = {
        goal.id: Pillar(
            f"{capfirst(plan.goal_word)} {goal.number}" if goal.number else "", goal.title, f"{plan_url}#m{goal.id}"
        )
        for goal in goals
    }
    beside = Pillar("", "")
    for entry in under[None]:
        pillars.get(entry.goal_id or 0, beside).bricks.append(brick(plan, entry))
    foundation = []
    for each in strategies:
        line = _strategy_brick(plan, plan_url, each, under[each.id])
        if each.goal_id is None and each.is_cross_cutting:
            foundation.append(line)
        else:
            pillars.get(each.goal_id or 0, beside).bricks.append(line)
    return House([*pillars.values(), *([beside] if beside.bricks else [])], foundation)


def _strategy_brick(plan: Plan, plan_url: str, strategy: StrategyWords, measures: list[Entry]) -> Brick:
    """Return a strategy's line; it leads to its first measure in the plan's table, where there is one."""
    place = f"{plan_url}#t{measures[0].measure_id}" if measures else ""
    size = sentences.counted(len(measures), plan.measure_word) if measures else ""
    return Brick(f"{strategy.number} {strategy.title}".strip(), place, size)


def brick(plan: Plan, entry: Entry) -> Brick:
    """Return a measure's line, which leads to its own page."""
    return Brick(entry.text, reverse("measure_page", args=[plan.authority.slug, plan.slug, entry.measure_id]))


# ---- strengths, weaknesses, opportunities, threats ----


def source_of(item: SwotItem) -> str:
    """Return who saw it so and when: "NHO, 2020"; empty where it does not say."""
    return ", ".join(str(part) for part in (item.source, item.year) if part)


def swots(items: Iterable[SwotItem]) -> list[Swot]:
    """Return the analyses subject by subject, in the order they were entered."""
    by_subject: dict[str, list[SwotItem]] = {}
    for item in items:
        by_subject.setdefault(item.subject, []).append(item)
    return [_swot(subject, own) for subject, own in by_subject.items()]


def _swot(subject: str, items: list[SwotItem]) -> Swot:
    by_kind: defaultdict[str, list[SwotItem]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.position, item.pk)):
        by_kind[item.kind].append(item)
    words = {
        SwotItem.Kind.STRENGTH: _("strengths"), SwotItem.Kind.WEAKNESS: _("weaknesses"),
        SwotItem.Kind.OPPORTUNITY: _("opportunities"), SwotItem.Kind.THREAT: _("threats"),
    }  # fmt: skip
    sources = {source_of(item) for item in items}
    shared = sources.pop() if len(sources) == 1 else None
    parts = [
        SwotPart(
            kind.value,
            word,
            [SwotLine(item.text, "" if shared is not None else source_of(item)) for item in by_kind[kind]],
        )
        for kind, word in words.items()
        if by_kind[kind]
    ]
    return Swot(subject, parts, _lacks([word for kind, word in words.items() if not by_kind[kind]]), shared or "")


def _lacks(words: list[str]) -> str:
    """Return "The source has no opportunities and threats.", so that an empty field is not read as none found."""
    return _("The source has no %(what)s.") % {"what": sentences.joined(words)} if words else ""


# ---- sectors and other tags ----


def _tags(plan: Plan, entries: list[Entry]) -> list[tuple[str, list[TagGroup]]]:
    """Return the tags by dimension, each with its measures; two queries."""
    marked: defaultdict[int, set[int]] = defaultdict(set)
    for tag_id, measure_id in MeasureTag.objects.filter(plan_id=plan.pk).values_list("tag_id", "measure_id"):
        marked[tag_id].add(measure_id)
    rows = list(Tag.objects.filter(plan_id=plan.pk).order_by("dimension", "position", "pk"))
    groups = {
        row.pk: TagGroup(row.name, [brick(plan, each) for each in entries if each.measure_id in marked[row.pk]], [])
        for row in rows
    }
    for row in rows:
        if row.parent_id:
            groups[row.parent_id].children.append(groups[row.pk])
    tops = (row for row in rows if not row.parent_id)
    return [
        (capfirst(sentences.plural(dimension)), [groups[row.pk] for row in own])
        for dimension, own in groupby(tops, key=lambda row: row.dimension)
    ]
