"""Headings without a level word that are rows because of what stands below them: measures, or strategies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.conferring import is_aside
from strategy.importing.finding.nodes import Node, Outline, What
from strategy.importing.finding.pieces import Sort
from strategy.importing.finding.titles import key

if TYPE_CHECKING:
    from strategy.importing.finding.whose import Whose

LONGEST = 120
"""Signs of a heading that may be a goal."""


def promoted(outline: Outline, whose: Whose) -> set[int]:
    """Return the ids of the headings that are rows; lists that only a sentence leads to may be left out on the way."""
    above: dict[int, list[Node]] = {}
    weak: dict[int, list[Node]] = {}
    for node in outline.root.walk():
        if node.word not in words.MEASURES or node.what not in (What.ROW, What.ITEM) or node.is_killed:
            continue
        chain = list(node.above())
        if any(one.what is What.ROW and one.word not in words.MEASURES for one in chain):
            continue
        chapters = [one for one in chain if one.what is What.CHAPTER]
        heads = [one for one in chapters if not is_general(one, whose)]
        if is_weak(node) and chapters and words.heads(words.ENDING, chapters[0].text):
            node.is_killed = True
        elif is_weak(node):
            weak.setdefault(id(heads[0]) if heads else 0, []).append(node)
        for one in heads[:2]:
            above.setdefault(id(one), [one]).append(node)
    kill_weak(above, weak)
    above = {place: told for place, told in above.items() if any(not one.is_killed for one in told[1:])}
    found = _over_strategies(outline, whose) | _inside_rows(outline, whose)
    said = Counter(key(told[0].text) for told in above.values() if told[0].number is None)
    for nodes in above.values():
        head = nodes[0]
        if head.number is None and said[key(head.text)] > 2:
            continue
        is_outer = any(
            id(one) in above and one is not head and head in one.above() for node in nodes[1:] for one in node.above()
        )
        siblings = [one for one in (head.parent.children if head.parent else []) if id(one) in above]
        if not is_outer or len(siblings) >= 2:
            found.add(id(head))
    return found


def _over_strategies(outline: Outline, whose: Whose) -> set[int]:
    """Return the headings that strategies stand under, where several such headings do."""
    heads: dict[int, Node] = {}
    for node in outline.root.walk():
        if node.what is not What.ROW or node.is_killed or node.word not in words.STRATEGYLIKE or node.entry is not None:
            continue
        if not any(one.what is What.ROW for one in node.above()):
            head = next((one for one in node.above() if one.what is What.CHAPTER), None)
            if head is not None and not is_general(head, whose):
                heads[id(head)] = head
    ranks = Counter((head.rank, id(head.parent)) for head in heads.values())
    return {place for place, head in heads.items() if ranks[head.rank, id(head.parent)] > 1}


def _inside_rows(outline: Outline, whose: Whose) -> set[int]:
    """Return the headings between goals and measures, where several have measures below; one said again is none."""
    heads: dict[int, Node] = {}
    for node in outline.root.walk():
        if node.word not in words.MEASURES or node.what not in (What.ROW, What.ITEM) or node.is_killed or is_weak(node):
            continue
        inside: list[Node] = []
        for one in node.above():
            if one.what is What.ROW:
                break
            inside.append(one)
        else:
            continue
        head = next((one for one in inside if one.what is What.CHAPTER), None)
        if (
            head is not None
            and one.word not in words.MEASURES
            and not is_general(head, whose)
            and not is_aside(head.text)
        ):
            heads[id(head)] = head
    said = Counter(key(head.text) for head in heads.values())
    heads = {id(head): head for head in heads.values() if said[key(head.text)] == 1}
    ranks = Counter(head.rank for head in heads.values())
    return {id(head) for head in heads.values() if ranks[head.rank] > 1}


def is_weak(node: Node) -> bool:
    """Say whether only a sentence leads to a measure («På møtene skal vi:»), and no heading."""
    group = node.parent
    return group is not None and group.is_lead and group.piece is not None and group.piece.sort is Sort.TEXT


def kill_weak(above: dict[int, list[Node]], weak: dict[int, list[Node]]) -> None:
    """Leave out lists that a sentence leads to under a heading that is alone in having such: no plan is made so."""
    ranks = Counter(above[place][0].rank for place in weak if place in above)
    for place, nodes in weak.items():
        head = above[place][0] if place in above else None
        is_alone = head is not None and ranks[head.rank] < 2 and len(above[place]) - 1 == len(nodes)
        for node in nodes:
            chapter = next((one for one in node.above() if one.what is What.CHAPTER), None)
            is_outside = head is None and chapter is not None and not gathers(chapter)
            node.is_killed = node.is_killed or is_alone or is_outside


def gathers(chapter: Node) -> bool:
    """Say whether a chapter gathers the plan's measures, by its heading: «Handlingsplan», «Tiltak og ansvar»."""
    return bool(words.PLAN_OF_ACTION.search(chapter.text) or set(words.lemmas_in(chapter.text)) & words.MEASURES)


def is_general(node: Node, whose: Whose) -> bool:
    """Say whether a chapter only gathers: «Handlingsplan», «Tiltak og ansvar», background, the whole plan."""
    text = node.text
    is_gathering = words.heads(words.GENERIC, text) or words.heads(words.ENDING, text) or bool(words.lemmas_in(text))
    return is_gathering or whose.is_none_of_ours(text) or len(text) > LONGEST or is_aside(text)
