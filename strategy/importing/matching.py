"""Which thing of a document is which of a plan: by title, by number, by likeness. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

WORD = re.compile(r"[^\W\d_]+|\d+")
ALIKE, LOOSELY = 0.75, 0.34
"""How much of their words two titles share to be the same thing elsewhere in the plan, and at the same number."""


class Item(NamedTuple):
    """Something of the document or the plan, as it is matched: its full number path and its title."""

    key: int
    level: str
    path: str
    title: str


def words_of(title: str) -> frozenset[str]:
    return frozenset(WORD.findall(title.casefold()))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how large a part of their words two titles share, from 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0


class Matching:
    """The pairs found so far, each thing at most once, the surest first."""

    def __init__(self, found: Sequence[Item], had: Sequence[Item]) -> None:
        self.found, self.had = found, had
        self.pairs: dict[int, int] = {}
        self.taken: set[int] = set()
        self.bags = {item.key: words_of(item.title) for item in found}
        self.theirs = {item.key: words_of(item.title) for item in had}

    def pair(self, one: Item, other: Item) -> None:
        if one.key not in self.pairs and other.key not in self.taken:
            self.pairs[one.key] = other.key
            self.taken.add(other.key)

    def likeness(self, one: Item, other: Item) -> float:
        return likeness(self.bags[one.key], self.theirs[other.key])

    def left(self) -> tuple[list[Item], list[Item]]:
        """Return what is not matched yet, of the document and of the plan."""
        return (
            [item for item in self.found if item.key not in self.pairs],
            [item for item in self.had if item.key not in self.taken],
        )

    def with_same(self, key: Callable[[Item], Hashable]) -> list[tuple[Item, Item]]:
        """Return the pairs of what is left that agree in something, in the document's order."""
        ones, others = self.left()
        at: dict[Hashable, list[Item]] = defaultdict(list)
        for item in others:
            at[key(item)].append(item)
        return [(one, other) for one in ones for other in at.get(key(one), [])]

    def likeliest_first(self, pairs: Iterable[tuple[Item, Item]], least: float) -> None:
        rated = ((self.likeness(one, other), one, other) for one, other in pairs)
        for _alike, one, other in sorted((each for each in rated if each[0] >= least), key=lambda each: -each[0]):
            self.pair(one, other)


def match(found: Sequence[Item], had: Sequence[Item]) -> dict[int, int]:
    """Return which item of the plan each of the document is, by key; what is new in the document is not there.

    First the same title, at the same number if there are two of it. Then the same number with a somewhat like title,
    and a number that only one on each side has. Then a title that is much like another.
    """
    so_far = Matching(found, had)
    for one, other in so_far.with_same(lambda item: (item.level, item.path, item.title.casefold())):
        so_far.pair(one, other)
    for one, other in so_far.with_same(lambda item: (item.level, item.title.casefold())):
        so_far.pair(one, other)
    so_far.likeliest_first(
        [each for each in so_far.with_same(lambda item: (item.level, item.path)) if each[0].path], LOOSELY
    )
    _lone_numbers(so_far)
    ones, others = so_far.left()
    so_far.likeliest_first(((one, other) for one in ones for other in others if one.level == other.level), ALIKE)
    return so_far.pairs


def _lone_numbers(so_far: Matching) -> None:
    """Pair what has a number that only one of the document and one of the plan has, among what is left."""
    ones, others = so_far.left()
    count: dict[Hashable, int] = defaultdict(int)
    for side, items in enumerate((ones, others)):
        for item in items:
            count[side, item.level, item.path] += 1
    for one, other in so_far.with_same(lambda item: (item.level, item.path)):
        if one.path and count[0, one.level, one.path] == count[1, other.level, other.path] == 1:
            so_far.pair(one, other)
