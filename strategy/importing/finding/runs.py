"""Headings of two levels that look alike, as a text without sizes has them: «Sentrum», then «Handel» and «Byrom».

One without measures right before several that have them is what they stand under, where that comes again and again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.nodes import Node, What
from strategy.importing.finding.promoting import is_general

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.finding.whose import Whose

FEWEST = 2
"""Outer headings that make a level."""


def nest_runs(root: Node, whose: Whose) -> None:
    """Put headings with measures under the heading without before them."""
    for parent in list(root.walk()):
        alike: dict[tuple[int, int], list[Node]] = defaultdict(list)
        for one in parent.children:
            if is_plain(one):
                alike[one.rank].append(one)
        for headings in alike.values():
            nest(headings, whose)


def is_plain(node: Node) -> bool:
    """Say whether a heading has neither number nor level that tells where it stands."""
    is_heading = node.what is What.CHAPTER and node.number is None and node.chapter is None
    return is_heading and node.piece is not None and not node.piece.level


def nest(headings: Sequence[Node], whose: Whose) -> None:
    """Nest headings that look alike, where the first that has measures follows one that has none, and others do.

    «Om planen» is before the first of all, and then the others are goals of which one has no measures yet.
    """
    held = [any(one.word in words.MEASURES and not one.is_killed for one in node.walk()) for node in headings]
    outer = [at for at in range(len(held) - 1) if held[at + 1] and not held[at]]
    if len(outer) < FEWEST or held.index(True) != outer[0] + 1 or 2 * sum(held) < 3 * len(outer):
        return
    if any(is_general(headings[at], whose) for at in outer):
        return
    for at in outer:
        inner = at + 1
        while inner < len(held) and held[inner]:
            headings[inner].move(headings[at])
            inner += 1
