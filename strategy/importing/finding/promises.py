"""Measures told as promises, where nothing calls them measures: «Vi skal ruste opp elvepromenaden.» below «Fine byrom».

They count only in a document that has no other measures, and where several headings have several of them. A heading
that comes again over them («Vårt bidrag») only leads to them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.nodes import Node, What
from strategy.importing.finding.pieces import Piece, Sort, is_field
from strategy.importing.finding.titles import key
from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from strategy.importing.finding.whose import Whose

LONGEST = 400
"""Signs of a paragraph that is one promise with what is said of it."""
FEWEST = 2
"""Promises below a heading, and such headings, that make a plan."""


def confer_promises(root: Node, whose: Whose) -> None:
    """Make measures of promises below headings, unless the document has other measures."""
    nodes = list(root.walk())
    if any(one.what in (What.ROW, What.ITEM) and one.word in words.MEASURES and not one.is_killed for one in nodes):
        return
    said = Counter(key(one.text) for one in nodes if one.what is What.CHAPTER)
    held: dict[int, tuple[Node, list[Node]]] = {}
    for node in nodes:
        if promises_in(node):
            head = head_of(node, said)
            if head is not None and may_promise(head, whose):
                held.setdefault(id(head), (head, []))[1].append(node)
    told = list(held.values())
    strong = [at for at, (_head, places) in enumerate(told) if sum(map(promises_in, places)) >= FEWEST]
    if len(strong) < FEWEST:
        return
    ranks = {told[at][0].rank for at in strong}
    for at, (head, places) in enumerate(told):
        if at in strong or (strong[0] < at < strong[-1] and head.rank in ranks):
            for place in places:
                confer(place, head)


def promises_in(node: Node) -> int:
    """Return how many promises stand right below a node: paragraphs, or points of a list that nothing leads to."""
    if node.what is What.GROUP and node.children:
        count = sum(is_promise(one.text) for one in node.children)
        is_list = node.word in {"", "?"} and all(one.what is What.ITEM for one in node.children)
        return count if is_list and 2 * count > len(node.children) else 0
    return sum(map(is_told, node.body)) if node.what in (What.CHAPTER, What.ROW, What.GROUP) else 0


def is_told(piece: Piece) -> bool:
    """Say whether a paragraph is a promise."""
    return piece.sort is Sort.TEXT and is_promise(piece.said)


def is_promise(text: str) -> bool:
    """Say whether a text begins with what the plan's owner will do, and is not longer than such are."""
    return len(text) <= LONGEST and not text.endswith(":") and bool(words.PROMISE.match(text))


def head_of(node: Node, said: Counter[str]) -> Node | None:
    """Return the heading that promises belong to: not a group, and none that comes again under each."""
    for one in (node, *node.above()):
        if one.what is What.ROW or (one.what is What.CHAPTER and said[key(one.text)] == 1):
            return one
    return None


def may_promise(head: Node, whose: Whose) -> bool:
    """Say whether a heading may be of the plan's own goals; what closes the plan tells how it is followed up."""
    above = [one for one in (head, *head.above()) if one.what is What.CHAPTER]
    return not any(whose.is_none_of_ours(one.text) or words.heads(words.ENDING, one.text) for one in above)


def confer(place: Node, head: Node) -> None:
    """Make measures of a node's promises; what is said between two of them is about the first."""
    if place is not head and place.what is What.CHAPTER:
        place.what, place.is_lead = What.GROUP, True
    if place.what is What.GROUP:
        place.word = words.MEASURE
        for item in place.children:
            item.word = words.MEASURE
    last = max((at for at, one in enumerate(place.body) if is_told(one)), default=-1)
    body, items = [], []
    for at, piece in enumerate(place.body):
        if is_told(piece):
            items.append(
                Node(What.ITEM, piece.said, words.MEASURE, piece=piece, parent=place, certainty=Certainty.UNSURE)
            )
        elif items and (at < last or is_field(piece.said)):
            items[-1].body.append(piece)
        else:
            body.append(piece)
    place.body = body
    if items:
        place.children = sorted([*place.children, *items], key=lambda one: (one.page, one.line))
