"""What is said twice is one: overviews of goals, a table of all measures at the end, drawings of the goals.

The one with most below it stays; what the other says otherwise is told, and nothing of it is added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strategy.importing.finding import titles, words
from strategy.importing.finding.nodes import What
from strategy.importing.proposal import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.finding.levels import Found
    from strategy.importing.finding.pieces import Piece

SAME = 45
"""Signs of a measure's text that make it the same as another."""
SHORTEST = 3
"""Signs of a goal's text that can be the same as another's."""
BRACKETS = re.compile(r"\s*\([^()]*\)\.?$")
ALIKE = 0.34
"""Share of words that two goals of the same number have in common when one is the other in other words."""


@dataclass
class Merged:
    """The rows that stay, what the same row says elsewhere, and where the two differ: (row, other row, its own)."""

    rows: list[Found]
    twins: dict[int, list[Found]] = field(default_factory=dict)
    reworded: list[tuple[Found, Found]] = field(default_factory=list)
    differing: list[Found] = field(default_factory=list)


def merge(rows: list[Found]) -> Merged:
    """Merge the rows that are told twice; linear in their number."""
    merged = Merged(rows)
    gone: set[int] = set()
    _drop_others_lists(merged, gone)
    _merge_holders(merged, gone)
    _merge_measures(merged, gone)
    _merge_beside(merged, gone)
    for one in rows:
        if one.node.what is What.CHAPTER and not one.below and id(one) not in gone and merged.twins:
            _drop(one, gone)
    merged.rows = [one for one in rows if id(one) not in gone]
    return merged


def _drop(one: Found, gone: set[int]) -> None:
    one.put(None)
    gone.add(id(one))


def same(one: Found) -> str:
    """Return what tells a measure from another: the beginning of its text, without brackets at its end."""
    text = titles.split(one.node.text)[0]
    return titles.key(BRACKETS.sub("", text) or text)[:SAME]


def _weight(one: Found) -> int:
    return sum(other.level is Level.MEASURE for other in one.walk())


def _merge_holders(merged: Merged, gone: set[int]) -> None:
    """Merge goals and strategies: the same text, or the same printed number with nothing below one of them."""
    for keys in (_by_text, _by_number):
        groups: dict[tuple[str, ...], list[Found]] = defaultdict(list)
        for one in merged.rows:
            if one.level is not Level.MEASURE and id(one) not in gone and (name := keys(one)) is not None:
                groups[name].append(one)
        for group in groups.values():
            first = _standing_for(group)
            for one in group:
                if one is not first and id(one) not in gone and _may_merge(first, one, is_by_text=keys is _by_text):
                    _take_over(merged, first, one, gone)


def _standing_for(group: Sequence[Found]) -> Found:
    """Return the row that stands for those that say the same: the first of chapters, else the one with most below."""
    holding = [one for one in group if one.below]
    if len(holding) > 1 and all(one.node.chapter is not None for one in holding):
        return holding[0]
    weights = {id(one): _weight(one) for one in group}
    return max(group, key=lambda one: weights[id(one)])


def _drop_others_lists(merged: Merged, gone: set[int]) -> None:
    """Drop lists of numbered goals with nothing below whose numbers are used again for others: another plan's."""
    lists: dict[tuple[int, str], list[Found]] = defaultdict(list)
    used: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in merged.rows:
        if one.level is not Level.MEASURE and one.number is not None and one.node.entry is None:
            lists[id(one.node.parent), one.word].append(one)
            if one.below:
                used[one.word, one.number].append(one)
    for (_place, word), told in lists.items():
        again = sum(bool(used[word, one.number or ""]) for one in told)
        if again < 2 or 2 * again < len(told) or any(one.below for one in told):
            continue
        if all(alike(one.node.text, other.node.text) < ALIKE for one in told for other in used[word, one.number or ""]):
            for one in told:
                _drop(one, gone)


def _by_text(one: Found) -> tuple[str, ...] | None:
    text = titles.key(titles.split(one.node.text)[0])
    return (text,) if len(text) >= SHORTEST else None


def _by_number(one: Found) -> tuple[str, ...] | None:
    return (one.word, one.number) if one.number is not None and one.word else None


def _may_merge(first: Found, one: Found, *, is_by_text: bool) -> bool:
    if one in first.chain() or first in one.chain():
        return False
    if is_by_text:
        is_chapters = first.node.chapter is not None and one.node.chapter is not None
        return first.number is None or one.number is None or first.number == one.number or not one.below or is_chapters
    is_free = one.above is None or one.above is first.above or (one.number is not None and "." in one.number)
    return (
        is_free
        and not one.below
        and bool(first.below)
        and (not one.node.text or alike(first.node.text, one.node.text) >= ALIKE or one.node.rank == (5000, 0))
    )


def _take_over(merged: Merged, first: Found, one: Found, gone: set[int]) -> None:
    """Let the first stand for the other: what is below both is one, what only the other has is told or taken over."""
    merged.twins.setdefault(id(first), []).append(one)
    if first.level is Level.GOAL and titles.key(first.node.text)[:SAME] != titles.key(one.node.text)[:SAME]:
        merged.reworded.append((first, one))
    known = {titles.key(other.node.text)[:SAME]: other for other in first.walk() if other is not first}
    below = [other for other in one.walk() if other is not one]
    same = [(known[text], other) for other in below if (text := titles.key(other.node.text)[:SAME]) in known]
    for kept, other in same:
        merged.twins.setdefault(id(kept), []).append(other)
    has_both = any(other.level is Level.MEASURE for other in first.walk()) and any(
        other.level is Level.MEASURE for other in below
    )
    if has_both and same:
        merged.differing += [
            other for other in below if titles.key(other.node.text)[:SAME] not in known and other.level is Level.MEASURE
        ]
        for other in below:
            _drop(other, gone)
    else:
        dropped = {id(other) for _kept, other in same}
        for other in list(one.below):
            if id(other) not in dropped:
                other.put(first)
        for _kept, other in same:
            for inner in list(other.below):
                inner.put(_kept)
            _drop(other, gone)
    _drop(one, gone)


def _merge_measures(merged: Merged, gone: set[int]) -> None:
    """Drop a list of measures when at least half of them are told elsewhere too, in a place of more weight."""
    holders: dict[int, list[Found]] = defaultdict(list)
    for one in merged.rows:
        if one.level is Level.MEASURE and id(one) not in gone:
            holders[_holder(one)].append(one)
    told: dict[str, dict[int, Found]] = defaultdict(dict)
    for place, measures in holders.items():
        for one in measures:
            told[same(one)].setdefault(place, one)
    for place, measures in sorted(holders.items(), key=lambda pair: _standing(pair[1])):
        twins = {id(one): other for one in measures if (other := _elsewhere(one, told, place, gone)) is not None}
        if len(measures) < 2 or 2 * len(twins) < len(measures):
            continue
        for one in measures:
            if id(one) in twins:
                merged.twins.setdefault(id(twins[id(one)]), []).append(one)
            else:
                merged.differing.append(one)
            above = one.above
            _drop(one, gone)
            while above is not None and not above.below:
                empty, above = above, above.above
                _drop(empty, gone)


def _merge_beside(merged: Merged, gone: set[int]) -> None:
    """Drop a measure that stands twice under the same parent: the same number and text, or «3.1.2» of a table for 2."""
    first: dict[tuple[int, str | None, str], Found] = {}
    plain: dict[tuple[int, str], Found] = {}
    measures = [one for one in merged.rows if one.level is Level.MEASURE and id(one) not in gone]
    for one in measures:
        if one.number is not None and one.node.entry is None:
            plain.setdefault((id(one.above), one.number), one)
    for one in measures:
        kept = first.setdefault((id(one.above), one.number, titles.key(one.node.text)), one)
        if kept is one and one.node.entry is not None and one.above is not None and one.number is not None:
            prefix, _dot, last = one.number.rpartition(".")
            listed = plain.get((id(one.above), last))
            if listed is not None and prefix == one.above.number and alike(listed.node.text, one.node.text) >= ALIKE:
                kept = listed
        if kept is not one:
            merged.twins.setdefault(id(kept), []).append(one)
            _drop(one, gone)


def _holder(one: Found) -> int:
    """Return what tells lists of measures apart: the table or the group they stand in, wherever rows are."""
    node = one.node
    if node.entry is not None:
        above = node.parent
        while above is not None and above.entry is not None:
            above = above.parent
        return id(above)
    return id(one.above) if one.above is not None else id(node.parent)


def _standing(measures: Sequence[Found]) -> tuple[int, int, int]:
    """Order lists by how little says that they are the plan itself: no row above, few rows above."""
    return max(len(one.chain()) for one in measures), -measures[0].node.page, -measures[0].node.line


def _elsewhere(one: Found, told: dict[str, dict[int, Found]], place: int, gone: set[int]) -> Found | None:
    """Return the same measure in another list that has not been dropped."""
    others = told[same(one)]
    for holder, other in list(others.items())[:2]:
        if id(other) in gone:
            del others[holder]
    return next((other for holder, other in others.items() if holder != place and id(other) not in gone), None)


def alike(one: str, other: str) -> float:
    """Return the share of words of the shorter text that the other has too; words of four letters or more."""
    first, second = ({word[:6] for word in re.findall(r"\w{4,}", text.casefold())} for text in (one, other))
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def reworded_in_houses(rows: Sequence[Found], houses: Sequence[Sequence[Piece]]) -> list[tuple[Found, Piece, str]]:
    """Return goals that a drawing of the goals says in other words: goal, where it is drawn, the words it lacks."""
    found = []
    for house in houses:
        said = {word.casefold() for piece in house[1:] for word in re.findall(r"\w+", piece.said)}
        if not said:
            continue
        for one in rows:
            mine = [word.casefold() for word in re.findall(r"\w{4,}", one.node.text)]
            lacking = [word for word in mine if word not in said]
            if one.level is Level.GOAL and lacking and len(lacking) <= len(mine) / 2 and mine[0] not in words.SMALL:
                found.append((one, house[0], ", ".join(lacking)))
    return found
