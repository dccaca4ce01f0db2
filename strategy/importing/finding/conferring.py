"""What is a row of the plan: what labels say, and what groups and chapters say of what stands in them.

«5.2 Hovedmål» makes goals of 5.2.1–5.2.3, also where it is printed after them; «Innsatsområder og tiltak» makes areas
of the headings below it, and measures of those below them; «kommunen må:» makes measures of a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from strategy.importing.document import Line
from strategy.importing.finding import words
from strategy.importing.finding.codes import take_numbers
from strategy.importing.finding.headed import confer_headed, descriptions_in
from strategy.importing.finding.nesting import confer_inner
from strategy.importing.finding.nodes import Node, Outline, What, above_number, plain_number
from strategy.importing.finding.pieces import Piece, Sort, is_field
from strategy.importing.finding.promises import confer_promises, may_promise, promises_in
from strategy.importing.finding.whose import is_background
from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategy.importing.finding.whose import Whose

LONGEST_PARAGRAPH = 400
BETWEEN = re.compile(
    r"[\s,&/+–-]|\b(?:og|med|for|i|20\d\d|perioden|planperioden|tilhørende|tilhøyrande|våre|strategiske|konkrete|prioriterte|overordnede|overordna)\b",
    re.IGNORECASE,
)


def confer(outline: Outline, whose: Whose, *, is_guess: bool = False) -> None:
    """Turn chapters, paragraphs and items into rows where something above them says what they are.

    A guess takes what has a label of its own wherever it stands.
    """
    take_numbers(outline.root)
    _fold_statements(outline, whose)
    inferred = _inferred(outline)
    for node in list(outline.root.walk()):
        if node.what is What.CHAPTER:
            _confer_chapter(outline, node, whose, inferred)
    empty = [
        node
        for node in outline.root.walk()
        if node.what is What.GROUP and node.word not in {"", "?"} and not node.children
    ]
    for node in empty:
        is_held = any(one.what is What.ROW and one.word not in words.MEASURES for one in node.above())
        if is_held or sum(other.text == node.text for other in empty) > 1:
            _confer_paragraphs(node)
    _confer_numbers(outline.root)
    _confer_bare_items(outline.root, inferred)
    confer_inner(outline.root, words_of)
    confer_headed(outline.root, lambda node: may_be_row(node.text, whose) and may_promise(node, whose))
    for node in list(outline.root.walk()):
        if (
            node.what in (What.ROW, What.ITEM)
            and (node.word not in {"", "?"} or node.is_promoted)
            and not (is_guess and node.piece is not None and node.piece.label is not None)
            and is_others(outline, node, whose)
        ):
            node.is_killed = True
    confer_promises(outline.root, whose)


def holder(outline: Outline, node: Node) -> Node | None:
    """Return what a chapter stands in: by its number where that is known, else as it is printed."""
    prefix = above_number(node.chapter) if node.chapter is not None else ""
    if not prefix or (
        node.parent is not None and plain_number(node.parent.chapter or node.parent.number or "") == prefix
    ):
        return node.parent
    return outline.chapters.get(prefix)


def chapters_above(outline: Outline, node: Node) -> Iterator[Node]:
    """Yield the chapters, groups and rows a node stands under, by number where they have one, the nearest first."""
    seen: set[int] = set()
    above = holder(outline, node) or node.parent
    while above is not None and id(above) not in seen:
        seen.add(id(above))
        yield above
        above = (holder(outline, above) if above.chapter is not None else None) or above.parent


def words_of(node: Node) -> list[str]:
    """Return the level words of a group, or of a chapter that says nothing else («Mål, strategier og tiltak»)."""
    if node.what is What.GROUP:
        return [node.word] if node.word not in {"", "?"} and not node.is_lead else []
    told = words.lemmas_in(node.text) if node.what is What.CHAPTER else []
    return (
        told
        if len(told) > 1
        and not BETWEEN.sub(
            "", re.sub(r"\w+", lambda one: "" if one[0].casefold() in words.FORMS else one[0], node.text)
        )
        else []
    )


def _fold_statements(outline: Outline, whose: Whose) -> None:
    """Make text of «Mål: …» and «Ambisjon: …» where each section has one, without a number: it says its heading.

    One outside the sections, with nothing below it, is the whole plan's.
    """
    by_word: dict[str, dict[int, list[Node]]] = {}
    for node in outline.root.walk():
        if word := _stated(node):
            section = next((one for one in node.above() if one.what in (What.CHAPTER, What.ROW)), None)
            key = id(section) if section is not None and _may_hold(section, whose) else 0
            if not key and not holds_list(node):
                continue
            by_word.setdefault(word, {}).setdefault(key, []).append(node)
    for sections in by_word.values():
        if 0 in sections or any(len(nodes) > 1 for nodes in sections.values()):
            continue
        for (node,) in sections.values():
            if len(sections) > 1 or _has_peers(node, whose):
                _fold(node)


def _has_peers(node: Node, whose: Whose) -> bool:
    """Say whether headings beside the one that a statement stands under hold measures without saying what they want."""
    section = next(one for one in node.above() if one.what in (What.CHAPTER, What.ROW))
    beside = section.parent.children if section.parent is not None and section.what is What.CHAPTER else []
    peers = [one for one in beside if one is not section and one.what is section.what and one.rank == section.rank]
    return any(_may_hold(one, whose) and any(other.word in words.MEASURES for other in one.walk()) for one in peers)


def _stated(node: Node) -> str:
    """Return the word for what a node only states, "" if none: «Mål: …», or a heading alone below «Mål»."""
    group = node.parent
    if node.number is not None or group is None:
        return ""
    headings = [one for one in group.children if one.what is What.CHAPTER]
    is_alone = group.what is What.GROUP and headings == [node] and not (group.body or node.children)
    word = group.word if is_alone else node.word if node.what is What.ROW else ""
    return word if word in words.STATEMENTS else ""


def _may_hold(section: Node, whose: Whose) -> bool:
    """Say whether a section's heading may be a goal itself."""
    if section.what is What.ROW:
        return section.word not in words.MEASURES
    return not (
        words.lemmas_in(section.text)
        or whose.is_none_of_ours(section.text)
        or words.heads(words.GENERIC, section.text)
        or is_aside(section.text)
    )


def _fold(node: Node) -> None:
    """Put what a row says, and what stands below it, into its section."""
    section = next(one for one in node.above() if one.what in (What.CHAPTER, What.ROW))
    at = node if node.parent is section else node.parent
    if node.piece is not None:
        section.body.append(node.piece)
    elif node.entry is not None:
        line = Line(node.text, node.page, node.line)
        section.body.append(Piece(Sort.TEXT, [line], node.text, node.text))
    section.body += node.body
    if at is None or at.parent is not section:
        return
    place = section.children.index(at)
    beside = [] if at is node else at.children
    kept = [one for one in (*beside, *node.children) if one is not node]
    for one in kept:
        one.parent = section
    section.children[place : place + 1] = kept


def _inferred(outline: Outline) -> dict[int, list[str]]:
    """Return what stands in chapters such as «Handlingsplan», where nothing says which the document's measures are."""
    nodes = list(outline.root.walk())
    if any(node.word in words.MEASURES or set(words_of(node)) & words.MEASURES for node in nodes):
        return {}
    found = {}
    for node in nodes:
        if node.what is What.CHAPTER and words.PLAN_OF_ACTION.search(node.text) and len(node.text.split()) <= 6:
            depth = max((_depth_below(node, one) for one in node.walk() if one.what is What.CHAPTER), default=0)
            items = any(one.what is What.ITEM for one in node.walk())
            levels = depth + items
            if 2 <= levels <= 3 and not any(_is_labelled(one) for one in node.walk()):
                found[id(node)] = ["satsingsområde", "strategi", words.MEASURE][:: 2 if levels == 2 else 1]
    return found


def _depth_below(top: Node, node: Node) -> int:
    depth = 0
    while node is not top and node.parent is not None:
        depth, node = depth + (node.what is What.CHAPTER), node.parent
    return depth


def _confer_chapter(outline: Outline, node: Node, whose: Whose, inferred: dict[int, list[str]]) -> None:
    """Make a row of a heading that stands in a group, at the level that its depth below the group tells."""
    depth, above = 0, holder(outline, node)
    while above is not None and not (told := inferred.get(id(above)) or words_of(above)):
        if (above.what is What.ROW and not above.is_conferred) or (
            above.chapter is not None
            and node.chapter is not None
            and above.chapter.count(".") + 1 < node.chapter.count(".")
        ):
            return
        depth, above = depth + 1, holder(outline, above)
    if above is None or depth >= len(told) or words_of(node):
        return
    text, word = node.text, told[depth]
    if (
        node.piece is not None
        and node.piece.look == "weak"
        and node.chapter is None
        and sum(map(holds_list, _headings(above))) < 2
    ):
        return
    if not may_be_row(text, whose):
        return
    if any(_is_labelled(one) and words.RANKS[one.word] <= words.RANKS[word] for one in node.walk()):
        return
    if word in words.MEASURES:
        siblings = [
            one for one in (node.parent.children if node.parent else [node]) if one.what in (What.CHAPTER, What.ROW)
        ]
        if 2 * sum(holds_list(one) or promises_in(one) > 1 for one in siblings) >= len(siblings):
            return
    node.what, node.word, node.is_conferred = What.ROW, word, True


def may_be_row(text: str, whose: Whose) -> bool:
    """Say whether a heading may be a goal, a strategy or a measure of the plan's own."""
    is_general = words.heads(words.GENERIC, text) or words.heads(words.ENDING, text)
    return not (whose.is_none_of_ours(text) or is_general or is_aside(text))


def _headings(group: Node) -> list[Node]:
    return [one for one in group.children if one.what in (What.CHAPTER, What.ROW)]


def _is_labelled(node: Node) -> bool:
    return (
        node.what in (What.ROW, What.GROUP) and node.word in words.RANKS and not node.is_conferred and not node.is_lead
    )


def is_aside(text: str) -> bool:
    """Say whether a short heading is of what only surrounds: «Bakgrunn», «Indikatorer», «Ansvar»."""
    return len(text.split()) <= 5 and (words.heads(words.NOT_MEASURES, text) or words.heads(words.BACKGROUND, text))


def holds_list(node: Node) -> bool:
    """Say whether items, tables or rows of measures stand under a heading."""
    return any(one.what in (What.ITEM, What.ROW) and one is not node for one in node.walk())


def _confer_paragraphs(group: Node) -> None:
    """Make rows of a group's paragraphs where it has no items: lists that lost their bullets."""
    if group.is_lead and group.word not in words.MEASURES:
        return
    many = group.piece is not None and group.piece.label is not None and words.is_many(group.piece.label.said)
    if group.word not in words.MEASURES and not many:
        return
    said = [piece for piece in group.body if piece.sort is Sort.TEXT]
    if (group.piece is None or group.piece.label is None) and len(said) < 2:
        return
    if not said or any(len(piece.said) > LONGEST_PARAGRAPH for piece in said):
        return
    described = descriptions_in(said)
    for piece in said:
        if group.children and (is_field(piece.said) or id(piece) in described):
            group.children[-1].body.append(piece)
        elif not piece.said.endswith(":") and not piece.said.startswith("("):
            node = Node(What.ITEM, piece.said, group.word, piece=piece, parent=group, certainty=Certainty.UNSURE)
            group.children.append(node)
    group.body = []


def _confer_numbers(root: Node) -> None:
    """Make rows of numbered headings under a row whose number theirs begins with: 1.1.1 under «Strategi 1.1».

    They are measures, unless some of them hold lists themselves.
    """
    for row in list(root.walk()):
        if row.what is not What.ROW or row.word in words.MEASURES:
            continue
        numbers = {plain_number(number) for number in (row.number, row.chapter) if number}
        below = [
            one
            for one in row.children
            if one.what is What.CHAPTER
            and one.chapter
            and above_number(one.chapter) in numbers
            and not is_aside(one.text)
        ]
        if not below or any(
            one.word in words.MEASURES and one.what is not What.CHAPTER
            for child in row.children
            if child not in below
            for one in child.walk()
        ):
            continue
        has_more = any(
            holds_list(one) or any(other.what is What.CHAPTER and other is not one for other in one.walk())
            for one in below
        )
        for one in below:
            one.what, one.is_conferred, one.is_promoted = What.ROW, True, has_more
            one.word = "" if has_more else words.MEASURE


def _confer_bare_items(root: Node, inferred: dict[int, list[str]]) -> None:
    """Make measures of items that nothing leads to, where goals or strategies hold such lists and no measures."""
    nodes = list(root.walk())
    bare = [node for node in nodes if node.what is What.GROUP and node.word == "?"]
    told = {
        id(row)
        for node in nodes
        if node.word in words.MEASURES and node.what in (What.ROW, What.ITEM)
        for row in node.above()
    }
    by_word: dict[str, list[bool]] = {}
    for node in nodes:
        if node.what is What.ROW and node.word and node.word not in words.MEASURES:
            by_word.setdefault(node.word, []).append(id(node) in told)
    for group in bare:
        above = list(group.above())
        row = next((node for node in above if node.what is What.ROW), None)
        in_measures = any(set(inferred.get(id(node)) or words_of(node)) & words.MEASURES for node in above)
        is_ours = in_measures
        if row is not None and row.word in words.MEASURES:
            is_ours = False
        elif row is not None and not in_measures and not _is_under_aside(group):
            is_ours = id(row) not in told and 3 * sum(by_word.get(row.word, [])) <= len(by_word.get(row.word, [1]))
        group.word = words.MEASURE if is_ours else ""
        for item in group.children:
            item.word = group.word


def _is_under_aside(group: Node) -> bool:
    for node in group.above():
        if node.what is What.ROW:
            return False
        if is_aside(node.text):
            return True
    return False


def is_others(outline: Outline, node: Node, whose: Whose) -> bool:
    """Say whether a row stands where the goals of others, or what has been, are told; the nearest heading decides."""
    is_labelled = (
        node.piece is not None and node.piece.label is not None and not node.piece.label.group
    ) or node.entry is not None
    if node.is_of_others and not holds_list(node):
        return True
    for above in chapters_above(outline, node):
        if above.what is What.ROOT or (above.what is What.GROUP and above.is_lead):
            continue
        if above.what is What.ROW and above.entry is None:
            return above.is_killed
        if whose.is_own(above.text):
            return False
        if whose.is_foreign(above.text):
            is_sure = words.lemmas_in(above.text) or words.UNITED_NATIONS.search(above.text) or not holds_list(node)
            return not is_labelled or bool(is_sure)
        if (
            whose.is_past(above.text)
            or (words.BEFORE.search(above.text) and not words.KEPT.search(above.text))
            or words.heads(words.PAST, above.text)
            or (is_background(above.text) and not is_labelled)
        ):
            return True
    return False
