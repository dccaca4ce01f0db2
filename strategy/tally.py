"""What a plan's page counts: standings and their bar, levels, and money for each goal. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from portal.money import format_nok
from portal.templatetags.portal_tags import STANDINGS
from strategy import sentences
from strategy.filters import NO_FILTER, Filter
from strategy.levels import GoalBlock, Segment
from strategy.rules import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from strategy.content import PlanWords
    from strategy.levels import StrategyBlock

ALWAYS_COUNTED = (Standing.LATE, Standing.AT_RISK, Standing.ON_TRACK, Standing.DONE)
INK = {
    Standing.LATE: "f-danger", Standing.AT_RISK: "f-warning", Standing.ON_TRACK: "f-info", Standing.DONE: "f-success",
    Standing.NOT_STARTED: "f-neutral-2", Standing.ON_HOLD: "f-neutral-3", Standing.UNDATED: "f-neutral",
    Standing.CANCELLED: "f-track",
}  # fmt: skip
GAP = 0.35
"""Percent of the bar between two parts."""


class Counted(NamedTuple):
    """How many rows have a standing, or lack a fact, and the address that shows them alone."""

    code: str
    word: str
    count: int  # type: ignore[assignment]  # a tuple's own count is of no use here
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


def standings(counts: Mapping[Standing, int], chosen: Filter) -> list[Counted]:
    """Return each standing with how many have it; those that a reader looks for also where there are none."""
    return [
        Counted(
            each.value, str(STANDINGS[each.value].word), number, NO_FILTER.address(standing=each),
            chosen.standing == each,
        )
        for each, number in counts.items()
        if number or each in ALWAYS_COUNTED
    ]  # fmt: skip


def segments(counts: Mapping[Standing, int]) -> list[Segment]:
    """Return the parts of a bar, in percent of its width, with a gap between two."""
    present = [(each, number) for each, number in counts.items() if number]
    if not present:
        return []
    scale = (100 - GAP * (len(present) - 1)) / sum(number for _each, number in present)
    parts, x = [], 0.0
    for each, number in present:
        parts.append(Segment(INK[each], f"{x:.2f}%", f"{number * scale:.2f}%"))
        x += number * scale + GAP
    return parts


def size(plan: PlanWords, goals: int, strategies: Iterable[StrategyBlock], measures: int) -> str:
    """Return "4 mål, 18 strategier og 71 tiltak", without the levels the plan has not.

    The cross-cutting lines of a strategy house are no strategies.
    """
    own = sum(not block.is_cross_cutting for block in strategies)
    pairs = ((goals, plan.goal_word), (own, plan.strategy_word), (measures, plan.measure_word))
    return sentences.joined(sentences.counted(number, word) for number, word in pairs if number)


def money_table(goals: list[GoalBlock], loose: GoalBlock) -> MoneyTable | None:
    """Return kroner set aside by goal and budget year, and what is only proposed; nothing when there is none."""
    set_aside: Counter[tuple[str, int]] = Counter()
    proposed: Counter[str] = Counter()
    for goal in (*goals, loose):
        for money in (each for row in goal.all_rows for each in row.money):
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
