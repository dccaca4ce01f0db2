"""Which row is a goal, which a strategy, which a measure: the outermost word is the goal's, the one above the measures
the strategy's, and what stands between them is folded away.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strategy.importing.finding import listed, words
from strategy.importing.finding.nodes import Node, Outline, What
from strategy.importing.finding.promoting import promoted
from strategy.importing.proposal import Certainty, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategy.importing.finding.whose import Whose


@dataclass(eq=False, slots=True)
class Found:
    """A row that has been found; `word` is "" for a heading that became one because measures stand under it."""

    node: Node
    word: str
    above: Found | None = None
    below: list[Found] = field(default_factory=list)
    level: Level = Level.MEASURE
    certainty: Certainty = Certainty.SURE
    is_folded: bool = False
    folds: list[Found] = field(default_factory=list)

    @property
    def number(self) -> str | None:
        """Return the printed number."""
        return self.node.number

    def chain(self) -> list[Found]:
        """Return those it stands under, the outermost first."""
        found, above = [], self.above
        while above is not None:
            found.append(above)
            above = above.above
        return found[::-1]

    def walk(self) -> Iterator[Found]:
        """Yield it and all below it."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.below))

    def put(self, above: Found | None) -> None:
        """Stand under another."""
        if self.above is not None:
            self.above.below.remove(self)
        self.above = above
        if above is not None:
            above.below.append(self)


def found_in(outline: Outline, whose: Whose) -> list[Found]:
    """Return the rows of a document in the order of print, with what they stand under and their levels."""
    its = promoted(outline, whose) | {id(node) for node in outline.root.walk() if node.is_promoted}
    rows: list[Found] = []
    by_node: dict[int, Found] = {}
    for node in outline.root.walk():
        is_row = node.what in (What.ROW, What.ITEM) and node.word not in {"", "?"}
        if node.is_killed or (is_row and not node.text and not node.children):
            continue
        if not is_row and id(node) not in its and not (node.entry is not None and not node.entry.is_measure):
            continue
        above = next((by_node[id(one)] for one in node.above() if id(one) in by_node), None)
        if node.word in words.MEASURES and above is not None and above.word in words.MEASURES:
            continue
        one = Found(node, node.word, certainty=_certainty(node, its))
        one.put(above)
        by_node[id(node)] = one
        rows.append(one)
    _leaves_are_measures(rows)
    _by_numbers(rows)
    listed.put_where_listed(rows)
    rows = _without_aim_above(rows)
    _set_levels(rows)
    return _without_aims(_without_folded(rows))


def _without_aim_above(rows: list[Found]) -> list[Found]:
    """Leave out the one goal that all others stand under, alone of its word and without a number: the plan's aim."""
    tops = [one for one in rows if one.above is None and one.below]
    if len(tops) != 1:
        return rows
    (aim,) = tops
    held = [one for one in aim.below if one.word not in words.MEASURES]
    is_alone = (
        aim.number is None
        and aim.word in words.GOALLIKE
        and all(one.word != aim.word for one in rows if one is not aim)
    )
    if not is_alone or len(held) < len(aim.below) or sum(bool(one.below) for one in held) < 2:
        return rows
    for one in list(aim.below):
        one.put(None)
    return [one for one in rows if one is not aim]


def _certainty(node: Node, its: set[int]) -> Certainty:
    if id(node) in its:
        return Certainty.LIKELY
    return Certainty.LIKELY if node.is_conferred else node.certainty


def _leaves_are_measures(rows: list[Found]) -> None:
    """Make measures of areas of effort in lists with nothing below, and of the innermost rows where none are told."""
    told = any(one.word in words.MEASURES for one in rows)
    innermost = {one.word for one in rows if not one.below and len(one.chain()) > 1} if not told else set()
    innermost -= {one.word for one in rows if one.below}
    for one in rows:
        if one.word in innermost:
            one.word, one.certainty = words.MEASURE, Certainty.LIKELY
        is_item = one.node.what is What.ITEM
        if (
            not one.below
            and one.above is not None
            and is_item
            and one.word in {"innsatsområde", "innsatsfelt", "tiltaksområde"}
        ):
            siblings = [other for other in rows if other.word == one.word and other.below]
            if not siblings or not told:
                one.word, one.certainty = words.MEASURE, Certainty.LIKELY


def _by_numbers(rows: list[Found]) -> None:
    """Put rows under those their numbers name, where a document lists all goals first, then all strategies."""
    numbered: dict[str, list[Found]] = {}
    for one in rows:
        if one.number is not None and one.word not in words.MEASURES:
            numbered.setdefault(_bare(one.number), []).append(one)
    for one in rows:
        if one.number is None or "." not in one.number or not one.word or one.node.is_conferred:
            continue
        prefix = _bare(one.number).rpartition(".")[0]
        if one.above is not None and (
            one.above.number is None or _bare(one.above.number) == prefix or not _mostly_wrong(one.above)
        ):
            continue
        fits = [
            other
            for other in numbered.get(prefix, [])
            if other is not one and one not in other.chain() and other.word != one.word
        ]
        if len(fits) == 1 and fits[0] is not one.above:
            one.put(fits[0])


def _mostly_wrong(above: Found) -> bool:
    told = [one for one in above.below if one.number is not None and "." in one.number]
    return 2 * sum(
        _bare(one.number).rpartition(".")[0] != _bare(above.number or "") for one in told if one.number
    ) > len(told)


def _bare(number: str) -> str:
    """Return a number without the letters of its level's code: «T1.2» is 1.2."""
    return number.lstrip("HDMST") if len(number) > 1 else number


def _set_levels(rows: list[Found]) -> None:
    outer = Counter(chain[0].word for one in rows if one.word in words.MEASURES and (chain := one.chain()))
    inner = Counter(chain[-1].word for one in rows if one.word in words.MEASURES and len(chain := one.chain()) > 1)
    for one in rows:
        if one.word in words.MEASURES:
            one.level = Level.MEASURE
    for one in rows:
        if one.word not in words.MEASURES:
            one.level = _level_of(one, outer, inner)
    for one in rows:
        if one.level is Level.STRATEGY and any(other.level is Level.STRATEGY for other in one.chain()):
            _fold_above(one)


def _level_of(one: Found, outer: Counter[str], inner: Counter[str]) -> Level:
    """Return the level of a row that is no measure; what is called a strategy is one, with or without a goal above."""
    if one.above is not None:
        return Level.STRATEGY
    if one.word in words.STRATEGYLIKE or inner[one.word] > outer[one.word]:
        others = sum(count for word, count in outer.items() if word != one.word) or any(
            word not in words.STRATEGYLIKE for word in outer
        )
        if others and (one.word in words.STRATEGYLIKE or inner[one.word]):
            return Level.STRATEGY
    return Level.STRATEGY if one.word == "strategi" and not inner else Level.GOAL


def _is_only_aim(one: Found, holding: set[str]) -> bool:
    """Say whether «Mål: …», or what stands under «Delmål», only says what its goal wants: measures stand beside it.

    So do strategies, where none of its word holds anything; `holding` are the words of those that do.
    """
    beside = one.above.below if one.above is not None else []
    is_told = one.number is None and one.word in words.GOALLIKE
    return is_told and any(
        other.level is Level.MEASURE or (other.word in words.STRATEGYLIKE and one.word not in holding)
        for other in beside
    )


def _fold_above(one: Found) -> None:
    """Fold the strategies between a strategy and its goal: the one right above the measures stays."""
    for other in one.chain():
        if other.level is Level.STRATEGY:
            other.is_folded = True


def _without_folded(rows: list[Found]) -> list[Found]:
    """Return the rows that stay; what stood under a folded one stands under what that stood under."""
    for one in rows:
        if not one.is_folded:
            continue
        if not any(other.level is Level.STRATEGY for other in one.below):
            one.is_folded = False
            continue
        for other in list(one.below):
            other.folds.append(one)
            other.put(one.above)
        one.put(None)
    return [one for one in rows if not one.is_folded]


def settle(rows: list[Found]) -> None:
    """Leave no strategy under anything but a goal, and no measure under a measure."""
    may = {Level.GOAL: (), Level.STRATEGY: (Level.GOAL,), Level.MEASURE: (Level.GOAL, Level.STRATEGY)}
    for one in rows:
        above = one.above
        while above is not None and above.level not in may[one.level]:
            above = above.above
        if above is not one.above:
            one.put(above)


def _without_aims(rows: list[Found]) -> list[Found]:
    """Leave out goals with no measures below them beside the goals that have: the plan's overall aim, and the like.

    Several goals beside strategies that stand under none stay; one alone is the aim of them all.
    """
    goals = [one for one in rows if one.level is Level.GOAL]
    holding = {one.word for one in goals if any(other.level is Level.MEASURE for other in one.walk())}
    left_out: set[int] = set()
    is_aim = len(goals) == 1 and not goals[0].below and any(one.below for one in rows if one.above is None)
    for one in goals if holding or is_aim else []:
        is_held = one.word in holding and (bool(one.below) or not (one.node.what is What.ITEM or one.node.is_conferred))
        if one.number is None and not is_held:
            left_out.update(id(other) for other in one.walk())
    held = {one.word for one in rows if one.level is Level.STRATEGY and one.above is not None}
    with_more = {one.word for one in rows if one.below}
    for one in rows:
        if (
            one.level is Level.STRATEGY
            and not one.below
            and (one.word in held if one.above is None else _is_only_aim(one, with_more))
        ):
            left_out.add(id(one))
            if one.above is not None and one.node.piece is not None:
                one.above.node.body.append(one.node.piece)
    for one in reversed(goals):
        if one.below or not one.node.is_conferred or not holding:
            break
        left_out.add(id(one))
    return [one for one in rows if id(one) not in left_out]
