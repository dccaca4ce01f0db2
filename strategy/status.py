"""What a plan's status page shows, gathered by a fixed number of queries; templates only lay it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, OuterRef, When
from django.utils.translation import gettext_lazy as _

from portal.models.base import NorwegianKey
from portal.money import NBSP, format_nok
from portal.templatetags.portal_tags import STANDINGS
from strategy import adoption, sentences
from strategy.levels import GoalBlock, Segment, StrategyBlock, TagLine, read_levels, read_sdgs, read_tags
from strategy.models import Plan, PlanParticipant, PlanSdg
from strategy.rows import Row, read_rows
from strategy.rules import Standing, count

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from django.http import QueryDict

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
    size: str = ""

    @property
    def colour(self) -> str:
        return STANDINGS[self.code].colour


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


class Filter(NamedTuple):
    """What the address asks for: one standing, or one missing fact; anything else shows all."""

    standing: Standing | None
    missing: str

    @classmethod
    def read(cls, query: QueryDict) -> Filter:
        wanted = query.get("status", "")
        missing = query.get("missing", "")
        return cls(Standing(wanted) if wanted in set(Standing) else None, missing if missing in MISSING else "")

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

    measure_word: str
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
    def measures_size(self) -> str:
        """How many measures, in the plan's own word."""
        return sentences.counted(self.measure_count, self.measure_word)

    @property
    def late_size(self) -> str:
        return sentences.counted(len(self.late), self.measure_word)

    @property
    def is_numbered(self) -> bool:
        return any(row.number for row in self.rows)

    @property
    def columns(self) -> int:
        """How many columns the tables have: number if any is printed, title, and three for how it goes."""
        return 1 + self.is_numbered + 3 * self.live

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


def plan_and_participants(plan_id: int) -> tuple[Plan | None, list[Participant]]:
    """Return the plan with its authority, and who takes part, the owner first; one query.

    The plan carries `resolution_rows`, what its adoption rests on (see `strategy.adoption`).
    """
    order = list(PlanParticipant.Role.values)
    is_owner = When(role=PlanParticipant.Role.OWNER, then=adoption.rows_of_plan(OuterRef("plan_id")))
    links = list(
        PlanParticipant.objects.filter(plan_id=plan_id)
        .annotate(resolution_rows=Case(is_owner, default=None))
        .select_related("plan__authority", "authority")
        .order_by(NorwegianKey("authority__name"))
    )
    participants = [
        Participant(one.authority_id, one.authority.name, one.authority.slug, one.authority.is_listed, one.role)
        for one in sorted(links, key=lambda link: order.index(link.role))
    ]
    if links:
        plan = links[0].plan
        plan.resolution_rows = next((rows for link in links if (rows := link.resolution_rows)), [])
        return plan, participants
    return Plan.objects.select_related("authority").filter(pk=plan_id).first(), []


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
    sdgs = read_sdgs(plan)
    goals, loose, lines, grips = read_levels(plan, rows, kept, sdgs, keep_empty=not chosen)
    status = Status(
        measure_word=plan.measure_word, live=live, today=today,
        participants=participants, rows=rows, goals=goals, loose=loose, lines=lines,
        grips=grips, vision_sdgs=sdgs[None, PlanSdg.Role.VISION], aim_sdgs=sdgs[None, PlanSdg.Role.AIM],
        basis_sdgs=sdgs[None, PlanSdg.Role.BASIS], tags=read_tags(plan), shown=len(kept), filter=chosen,
        money=_money(goals, loose) if live else None,
    )  # fmt: skip
    status.size = _size(plan, status)
    if live:
        _add_standing(status)
    return status


def _add_standing(status: Status) -> None:
    counts = count(row.standing for row in status.rows)
    status.sentence = sentences.how_it_goes(counts, status.measure_word)
    status.counts = _counted(counts, status.filter)
    status.spread = _segments(counts)
    status.late = sorted((row for row in status.rows if row.late_since), key=lambda row: -row.days_late)
    status.missing = _missing(status)
    for goal in (*status.goals, status.loose):
        own = count(row.standing for row in goal.all_rows)
        goal.spread = _segments(own)
        goal.counts_text = ", ".join(
            f"{number}{NBSP}{str(STANDINGS[each.value].word).lower()}" for each, number in own.items() if number
        )


def _missing(status: Status) -> list[Counted]:
    found = []
    for code, (word, lacks) in MISSING.items():
        number = sum(map(lacks, status.rows))
        size = sentences.counted(number, status.measure_word)
        chosen = status.filter.missing == code
        found.append(Counted(code, str(word), number, f"?missing={code}#tiltak", chosen, size))
    return found


def _counted(counts: Mapping[Standing, int], chosen: Filter) -> list[Counted]:
    return [
        Counted(
            each.value, str(STANDINGS[each.value].word), number, f"?status={each.value}#tiltak", chosen.standing == each
        )
        for each, number in counts.items()
        if number or each in ALWAYS_COUNTED
    ]  # fmt: skip


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
    """Return "4 mål, 18 strategier og 71 tiltak", without the levels the plan has not.

    The cross-cutting lines of a strategy house are no strategies.
    """
    under_goals = (block for goal in (*status.goals, status.loose) for block in goal.strategies)
    strategies = sum(not block.is_cross_cutting for block in (*under_goals, *status.lines, *status.grips))
    pairs = (
        (len(status.goals), plan.goal_word),
        (strategies, plan.strategy_word),
        (status.measure_count, plan.measure_word),
    )
    return sentences.joined(sentences.counted(number, word) for number, word in pairs if number)


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
