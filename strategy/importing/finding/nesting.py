"""Points with points below them: «• Betre infrastrukturen» with «– Utbetre bruene (teknisk eining, 2027)» below it.

The inner ones are the measures below «Strategier:», and below what leads to both («Strategier og tiltak»). Where
nothing leads to the list they are when the outer ones look like headings, or when only the inner ones say who or when.
Below «Tiltak:» they only tell of the measure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from strategy.importing.finding import details, words
from strategy.importing.finding.nodes import Node, What

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FEWEST = 2
"""Points with points below them, at least, that make strategies of such points."""
IN_BRACKETS = re.compile(r"\([^()]{3,}\)\W*$")


def confer_inner(root: Node, words_of: Callable[[Node], list[str]]) -> None:
    """Make measures of inner points, and strategies of bare points that hold them; `words_of` says what a heading says.

    What is told of lists that nothing leads to counts for all such lists of the document.
    """
    told = Counter(
        id(above)
        for node in root.walk()
        if node.word in words.MEASURES and node.what in (What.ROW, What.ITEM)
        for above in node.above()
    )
    unsure: dict[str, list[Node]] = defaultdict(list)
    for group in [node for node in root.walk() if node.what is What.GROUP and holds_points(node)]:
        word = outer_word(group, words_of)
        is_said = word in words.STRATEGYLIKE or (bool(word) and group.word in words.MEASURES)
        is_alone = not has_measures_beside(group, told)
        if is_said and is_alone:
            give(group, word)
        elif is_bare(group) or (word in words.GOALLIKE and is_alone):
            unsure[word].append(group)
    for word, groups in unsure.items():
        outer = [item for group in groups for item in group.children]
        inner = [point for item in outer for point in item.children]
        if sum(bool(item.children) for item in outer) >= FEWEST and (look_apart(outer, inner) or tell(outer, inner)):
            for group in groups:
                give(group, word)


def holds_points(group: Node) -> bool:
    """Say whether a list is of points, and at least half of them have points below them."""
    inside = [node.what for item in group.children for node in (item, *item.children)]
    held = sum(bool(item.children) for item in group.children)
    return bool(inside) and set(inside) == {What.ITEM} and 2 * held >= len(group.children)


def is_bare(group: Node) -> bool:
    """Say whether nothing leads to a list of measures."""
    return group.word in words.MEASURES and group.is_lead and not group.text


def outer_word(group: Node, words_of: Callable[[Node], list[str]]) -> str:
    """Return the word for a list's outer points: its own, or the outer one where what leads to it says two; else ""."""
    if group.word not in words.MEASURES or not group.is_lead:
        return "" if group.word in words.MEASURES else group.word
    told = words.lemmas_in(group.text)
    for node in group.above() if not group.text else ():
        if node.what is What.ROW or told:
            break
        told = words_of(node)
    is_both = len(told) > 1 and told[-1] in words.MEASURES and told[-2] not in words.MEASURES
    return told[-2] if is_both else ""


def has_measures_beside(group: Node, told: Mapping[int, int]) -> bool:
    """Say whether measures stand beside a list, in the same section; `told` is how many stand in each node."""
    section = next((node for node in group.above() if node.what in (What.ROW, What.CHAPTER)), None)
    mine = sum(item.word in words.MEASURES for item in group.children)
    return section is not None and told.get(id(section), 0) > mine


def look_apart(outer: Sequence[Node], inner: Sequence[Node]) -> bool:
    """Say whether the outer points look like headings and the inner ones do not."""
    return all(map(is_styled, outer)) and 10 * sum(map(is_styled, inner)) <= len(inner)


def is_styled(item: Node) -> bool:
    """Say whether a point is printed as headings are."""
    return item.piece is not None and item.piece.look == "styled"


def tell(outer: Sequence[Node], inner: Sequence[Node]) -> bool:
    """Say whether most inner points tell who or when, and hardly any outer one does."""
    return 2 * sum(map(says_who_or_when, inner)) >= len(inner) and 5 * sum(map(says_who_or_when, outer)) <= len(outer)


def says_who_or_when(item: Node) -> bool:
    """Say whether a point tells who is to do it or when, in its text or right below it."""
    text = "\n".join([item.text, *(piece.said for piece in item.body)])
    return bool(IN_BRACKETS.search(item.text) or details.responsible(text) or details.due(text))


def give(group: Node, word: str) -> None:
    """Let a list's outer points be of a word, or rows without one, and its inner points measures."""
    for item in group.children:
        item.word, item.is_promoted = word, not word
        for point in item.children:
            point.word = words.MEASURE
