"""What is taken for rows when nothing says so outright: better to look at than a refusal, and marked as a guess.

Numbered headings beside each other with lists below («3.1 Sentrum», «3.2 Havna»), three where only a style or a size
tells them from text, and lists under headings that come again under each of them («Hva gjør vi?»). Bullets in prose
are still nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.conferring import is_aside
from strategy.importing.finding.nodes import Node, Outline, What
from strategy.importing.finding.titles import key

if TYPE_CHECKING:
    from strategy.importing.finding.whose import Whose

FEWEST, FEWEST_PLAIN = 2, 3
"""Headings beside each other that make a plan, and headings alike where they have neither numbers nor inner ones."""


def guess(outline: Outline, whose: Whose) -> None:
    """Make goals of headings beside each other that hold lists, and measures of the lists' items."""
    nodes = [node for node in outline.root.walk() if node.what is What.CHAPTER]
    said = Counter(key(node.text) for node in nodes)
    beside: dict[tuple[int, tuple[int, int]], list[tuple[Node, list[Node]]]] = defaultdict(list)
    for node in nodes:
        if said[key(node.text)] > 1 or is_aside(node.text) or whose.is_none_of_ours(node.text):
            continue
        if words.heads(words.ENDING, node.text) or any(whose.is_none_of_ours(above.text) for above in node.above()):
            continue
        lists = lists_of(node, said)
        if lists and (node.chapter is not None or any(said[key(one.parent.text)] > 1 for one in lists if one.parent)):
            beside[id(node.parent), node.rank].append((node, lists))
        elif lists and node.piece is not None and node.piece.level:
            beside[0, node.rank].append((node, lists))
    for (parent, _rank), told in beside.items():
        for node, lists in told if len(told) >= (FEWEST if parent else FEWEST_PLAIN) else []:
            node.is_promoted = True
            for group in lists:
                if group.parent is not None and group.parent is not node:
                    group.parent.what, group.parent.word = What.GROUP, words.MEASURE
                group.word = words.MEASURE
                for item in group.children:
                    item.word = words.MEASURE


def lists_of(chapter: Node, said: Counter[str]) -> list[Node]:
    """Return the lists that stand right below a heading, or below a heading in it that comes again elsewhere."""
    lists = []
    for one in chapter.children:
        if one.what is What.GROUP and (one.word == "?" or (not one.word and one.piece is not None and not one.is_lead)):
            lists.append(one)
        elif one.what is What.CHAPTER and said[key(one.text)] > 1 and not is_aside(one.text):
            lists += [two for two in one.children if two.what is What.GROUP]
    return [one for one in lists if one.children]
