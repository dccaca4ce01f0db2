"""What a plan's status page shows, gathered by a fixed number of queries; templates only lay it out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, Value
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.money import format_nok
from portal.templatetags.portal_tags import STANDINGS
from strategy import sdg, sentences
from strategy.models import Goal, GoalSdg, PlanParticipant, PlanSdg, Strategy, Tag
from strategy.rows import Row, read_rows
from strategy.rules import Standing, count

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping

    from django.http import QueryDict

    from strategy.models import Plan

ALWAYS_COUNTED = (Standing.LATE, Standing.AT_RISK, Standing.ON_TRACK, Standing.DONE)
INK = {
    Standing.LATE: "f-danger", Standing.AT_RISK: "f-warning", Standing.ON_TRACK: "f-info", Standing.DONE: "f-success",
    Standing.NOT_STARTED: "f-neutral-2", Standing.ON_HOLD: "f-neutral-3", Standing.UNDATED: "f-neutral",
    Standing.CANCELLED: "f-track",
}  # fmt: skip
GAP = 0.35
"""Percent of the bar between two parts."""
MISSING: dict[str, tuple[Any, Callable[[Row], bool]]] = {
    "due": (_("no due date"), lambda row: row.standing == Standing.UNDATED),
    "responsible": (_("no one responsible"), lambda row: not row.has_responsible),
    "money": (_("not funded"), lambda row: not row.is_funded),
}


class Participant(NamedTuple):
    authority_id: int
    name: str
    slug: str
    is_listed: bool
    role: str

    @property
    def role_word(self) -> str:
        return str(PlanParticipant.Role(self.role).label)


class Counted(NamedTuple):
    """How many rows have a standing, or lack a fact, and the address that shows them alone."""

    code: str
    word: str
    count: int
    query: str
    is_chosen: bool

    @property
    def colour(self) -> str:
        return STANDINGS[self.code].colour


class Segment(NamedTuple):
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


@dataclass(slots=True)
class GoalBlock:
    """A goal with its measures; one without an id gathers the strategies that stand without a goal."""

    id: int | None
    name: str
    title: str
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
    def measure_count(self) -> int:
        return len({row.measure_id for row in self.all_rows})

    @property
    def blocks(self) -> list[StrategyBlock]:
        """The rows directly under the goal first, then strategy by strategy."""
        return [*([StrategyBlock("", "", "", "", self.direct)] if self.direct else []), *self.strategies]


class MoneyRow(NamedTuple):
    name: str
    title: str
    by_year: list[tuple[str, str]]
    """Budget year and the amount set aside in it."""
    proposed: str


class MoneyTable(NamedTuple):
    years: list[str]
    rows: list[MoneyRow]
    total: MoneyRow


class TagLine(NamedTuple):
    name: str
    count: int
    children: list[tuple[str, int]]


class Filter(NamedTuple):
    """What the address asks for: one standing, or one missing fact; anything else shows all."""

    standing: Standing | None
    missing: str

    @classmethod
    def read(cls, query: QueryDict) -> Filter:
        wanted = query.get("status", "")
        missing = query.get("missing", "")
        return cls(
            Standing(wanted) if wanted in set(Standing) else None, missing if missing in MISSING else ""
        )

    def __bool__(self) -> bool:
        return bool(self.standing or self.missing)

    def keeps(self, row: Row) -> bool:
        if self.standing and row.standing != self.standing:
            return False
        return not self.missing or MISSING[self.missing][1](row)


NO_FILTER = Filter(None, "")


@dataclass(slots=True)
class Status:
    """All facts of the page. Without `live` no row carries standing to the reader."""

    live: bool
    today: dt.date
    participants: list[Participant]
    rows: list[Row]
    goals: list[GoalBlock]
    loose: GoalBlock
    lines: list[StrategyBlock]
    grips: list[StrategyBlock]
    vision_sdgs: list[str]
    aim_sdgs: list[str]
    basis_sdgs: list[str]
    tags: list[tuple[str, list[TagLine]]]
    shown: int
    filter: Filter
    money: MoneyTable | None
    sentence: str = ""
    size: str = ""
    counts: list[Counted] = field(default_factory=list)
    missing: list[Counted] = field(default_factory=list)
    spread: list[Segment] = field(default_factory=list)
    late: list[Row] = field(default_factory=list)

    @property
    def measure_count(self) -> int:
        return len({row.measure_id for row in self.rows})

    @property
    def is_shared(self) -> bool:
        """Whether several authorities each have their own part in the measures."""
        return len({row.authority_id for row in self.rows}) > 1

    @property
    def invented(self) -> bool:
        return any(row.invented for row in self.rows)

    @property
    def tables(self) -> list[GoalBlock]:
        return [block for block in (*self.goals, self.loose) if block.blocks]


def participants_of(plan: Plan) -> list[Participant]:
    """Return who takes part, the owner first; one query."""
    order = list(PlanParticipant.Role.values)
    found = PlanParticipant.objects.filter(plan_id=plan.pk).order_by("authority__name").values_list(
        "authority_id", "authority__name", "authority__slug", "authority__is_listed", "role"
    )  # fmt: skip
    return sorted((Participant(*facts) for facts in found), key=lambda one: order.index(one.role))


def gather(
    plan: Plan, *, today: dt.date, live: bool, participants: list[Participant], chosen: Filter = NO_FILTER
) -> Status:
    """Return the facts of the plan's status page; seven queries, whatever the plan's size."""
    rows = read_rows(plan, today)
    chosen = chosen if live else NO_FILTER
    kept = [row for row in rows if chosen.keeps(row)] if chosen else rows
    names = {one.authority_id: one.name for one in participants}
    for row in rows:
        row.authority = names.get(row.authority_id or 0, "")
    sdgs = _sdgs(plan)
    goals, loose, lines, grips = _blocks(plan, rows, kept, sdgs, keep_empty=not chosen)
    status = Status(
        live=live, today=today, participants=participants, rows=rows, goals=goals, loose=loose, lines=lines,
        grips=grips, vision_sdgs=sdgs[None, PlanSdg.Role.VISION], aim_sdgs=sdgs[None, PlanSdg.Role.AIM],
        basis_sdgs=sdgs[None, PlanSdg.Role.BASIS], tags=_tags(plan), shown=len(kept), filter=chosen,
        money=_money(goals, loose) if live else None,
    )  # fmt: skip
    status.size = _size(plan, status)
    if live:
        _add_standing(status)
    return status


def _add_standing(status: Status) -> None:
    counts = count(row.standing for row in status.rows)
    status.sentence = sentences.how_it_goes(counts)
    status.counts = _counted(counts, status.filter)
    status.spread = _segments(counts)
    status.late = sorted((row for row in status.rows if row.late_since), key=lambda row: -row.days_late)
    status.missing = [
        Counted(code, str(word), sum(map(lacks, status.rows)), f"?missing={code}#tiltak", status.filter.missing == code)
        for code, (word, lacks) in MISSING.items()
    ]
    for goal in (*status.goals, status.loose):
        own = count(row.standing for row in goal.all_rows)
        goal.spread = _segments(own)
        goal.counts_text = ", ".join(
            f"{number} {str(STANDINGS[each.value].word).lower()}" for each, number in own.items() if number
        )


def _counted(counts: Mapping[Standing, int], chosen: Filter) -> list[Counted]:
    return [
        Counted(each.value, str(STANDINGS[each.value].word), number, f"?status={each.value}#tiltak", chosen.standing == each)
        for each, number in counts.items()
        if number or each in ALWAYS_COUNTED
    ]


def _segments(counts: Mapping[Standing, int]) -> list[Segment]:
    """Return the parts of a bar, in percent of its width, with a gap between two."""
    present = [(each, number) for each, number in counts.items() if number]
    if not present:
        return []
    scale = (100 - GAP * (len(present) - 1)) / sum(number for _each, number in present)
    segments, x = [], 0.0
    for each, number in present:
        segments.append(Segment(INK[each], f"{x:.2f}%", f"{number * scale:.2f}%"))
        x += number * scale + GAP
    return segments


def _size(plan: Plan, status: Status) -> str:
    """Return "4 mål, 18 strategier og 71 tiltak", without the levels the plan has not."""
    strategies = sum(len(goal.strategies) for goal in (*status.goals, status.loose)) if not status.filter else 0
    pairs = (
        (len(status.goals), plan.goal_word),
        (strategies + len(status.grips), plan.strategy_word),
        (status.measure_count, plan.measure_word),
    )
    return sentences.joined(sentences.counted(number, word) for number, word in pairs if number)


# ---- the plan's levels ----


def _sdgs(plan: Plan) -> defaultdict[tuple[int | None, str], list[str]]:
    """Return the named UN goals by goal and role; those of the plan itself under None."""
    found: defaultdict[tuple[int | None, str], list[str]] = defaultdict(list)
    of_goals = GoalSdg.objects.filter(goal__plan_id=plan.pk).order_by().values_list(F("goal_id"), "role", "number")
    of_plan = PlanSdg.objects.filter(plan_id=plan.pk).order_by().values_list(Value(0), "role", "number")
    for goal_id, role, number in sorted(of_goals.union(of_plan, all=True)):
        found[goal_id or None, role].append(sdg.named(number))
    return found


def _blocks(
    plan: Plan, rows: list[Row], kept: list[Row], sdgs: Mapping[tuple[int | None, str], list[str]], *, keep_empty: bool
) -> tuple[list[GoalBlock], GoalBlock, list[StrategyBlock], list[StrategyBlock]]:
    """Return the goals, the strategies without a goal, the cross-cutting lines, and the grips without measures."""
    goals = {
        pk: GoalBlock(
            pk, f"{capfirst(plan.goal_word)} {number}".strip(), title, description, owner or "",
            sdgs[pk, GoalSdg.Role.FOCUS], sdgs[pk, GoalSdg.Role.CONTRIBUTES],
        )
        for pk, number, title, description, owner in Goal.objects.filter(plan_id=plan.pk)
        .order_by("position").values_list("id", "number", "title", "description", "owner__name")
    }  # fmt: skip
    loose = GoalBlock(None, "", "")
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
        block = StrategyBlock(number, title, description, sentences.numbering_note(printed, note), shown[pk])
        if goal_id is None and not printed:
            (lines if is_cross_cutting else grips).append(block)
        elif block.rows or keep_empty:
            goals.get(goal_id or 0, loose).strategies.append(block)
    return list(goals.values()), loose, lines, grips


def _once(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each measure."""
    return list({row.measure_id: row for row in rows}.values())


# ---- money and tags ----


def _money(goals: list[GoalBlock], loose: GoalBlock) -> MoneyTable | None:
    """Return kroner set aside by goal and budget year, and what is only proposed; nothing when there is none."""
    set_aside: Counter[tuple[str, int]] = Counter()
    proposed: Counter[str] = Counter()
    for goal in (*goals, loose):
        for money in (money for row in goal.all_rows for money in row.money):
            if money.is_set_aside:
                set_aside[goal.anchor, money.year] += money.amount_nok
            elif money.state == "proposed":
                proposed[goal.anchor] += money.amount_nok
    if not set_aside and not proposed:
        return None
    years = sorted({year for _goal, year in set_aside})
    lines = [
        MoneyRow(
            goal.name, goal.title, [(str(year), format_nok(set_aside[goal.anchor, year])) for year in years],
            format_nok(proposed[goal.anchor]),
        )
        for goal in (*goals, loose)
        if goal.id or goal.all_rows
    ]  # fmt: skip
    sums = [(str(year), format_nok(sum(nok for (_goal, of), nok in set_aside.items() if of == year))) for year in years]
    return MoneyTable([str(year) for year in years], lines, MoneyRow("", "", sums, format_nok(proposed.total())))


def _tags(plan: Plan) -> list[tuple[str, list[TagLine]]]:
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
            [TagLine(name, measures, children[pk]) for pk, _parent, _dimension, name, measures in group],
        )
        for dimension, group in groupby(tops, key=lambda tag: tag[2])
    ]
