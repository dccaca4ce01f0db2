"""Headings that are measures: with who or when in fields right below («Ansvar: … Frist: …»), or each after «Tiltak».

Web pages print «Tiltak» as a heading like those it leads to, so that it seems to be empty. A heading with a list, a
table or other headings below it is none of these: it is what holds the measures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.finding import details, words
from strategy.importing.finding.nodes import Node, What
from strategy.importing.finding.pieces import is_field
from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from strategy.importing.finding.pieces import Piece

FEWEST = 3
"""Headings with fields, at least, that make measures of such; beside other measures only those under goals."""
FEWEST_GROUPS = 2
"""Empty headings «Tiltak», at least, that make measures of what comes after them."""


def confer_headed(root: Node, may_be: Callable[[Node], bool]) -> None:
    """Make measures of headings that tell who or when, and of those after «Tiltak»; `may_be` says which may be rows."""
    signed = {id(node): node for node in root.walk() if tells(node, may_be)}
    led = [told for node in root.walk() for told in after_groups(node, may_be)]
    found = {id(node): node for told in led for node in told} if len(led) >= FEWEST_GROUPS else {}
    if len(signed) >= FEWEST:
        are_others = any(one.word in words.MEASURES for one in below(root))
        parents = {id(node.parent): node.parent for node in signed.values() if node.parent is not None}
        usual = {at for at, parent in parents.items() if is_usual(parent, signed)}
        for at, node in signed.items():
            if id(node.parent) in usual and (is_in_row(node) or not are_others):
                found[at] = node
    for node in found.values():
        node.what, node.word, node.is_conferred, node.certainty = What.ROW, words.MEASURE, True, Certainty.LIKELY
    for parent in list({id(node.parent): node.parent for node in found.values()}.values()):
        if parent is not None:
            take_in(parent, found)


def take_in(parent: Node, found: Container[int]) -> None:
    """Put the measures that come after labelled goals or strategies into them, where they look like those.

    Each of several has measures after it and none in it.
    """
    after: list[tuple[Node, list[Node]]] = []
    for one in parent.children:
        if id(one) in found and after:
            after[-1][1].append(one)
        elif one.what is What.ROW and one.word not in words.MEASURES:
            after.append((one, []))
    is_each = all(told and not any(one.word in words.MEASURES for one in below(row)) for row, told in after)
    if len(after) < FEWEST_GROUPS or not is_each:
        return
    for row, told in after:
        for one in told:
            parent.children.remove(one)
            row.children.append(one)
            one.parent = row


def descriptions_in(told: Sequence[Piece]) -> set[int]:
    """Return the ids of paragraphs that tell of a measure named right above them, where all measures end with fields.

    Each is named by a line that ends no sentence, and what stands between that and the fields are sentences.
    """
    found: set[int] = set()
    before: Piece | None = None
    for piece in told:
        is_named = before is None or is_field(before.said)
        if not is_field(piece.said) and is_named is piece.said.endswith("."):
            return set()
        if not is_named and not is_field(piece.said):
            found.add(id(piece))
        before = piece
    return found if before is not None and is_field(before.said) else set()


def is_innermost(node: Node, may_be: Callable[[Node], bool]) -> bool:
    """Say whether nothing stands below a heading but paragraphs."""
    return node.what is What.CHAPTER and bool(node.body) and not node.children and may_be(node)


def tells(node: Node, may_be: Callable[[Node], bool]) -> bool:
    """Say whether a heading has fields right below it that name somebody or a time."""
    fields = [piece.said for piece in node.body if is_field(piece.said)] if is_innermost(node, may_be) else []
    return any(details.responsible(said) or details.due(said) for said in fields)


def is_usual(parent: Node, signed: Container[int]) -> bool:
    """Say whether at least half of a node's headings have such fields, and no measures stand among them."""
    told = [one for one in parent.children if one.what is What.CHAPTER]
    others = [one for one in parent.children if one.what is not What.CHAPTER]
    is_alone = not any(other.word in words.MEASURES for one in others for other in below(one))
    return is_alone and 2 * sum(id(one) in signed for one in told) >= len(told)


def is_in_row(node: Node) -> bool:
    """Say whether a heading stands under a goal or a strategy."""
    return any(one.what is What.ROW and one.word not in words.MEASURES for one in node.above())


def below(node: Node) -> list[Node]:
    """Return the rows and items in a node, itself too."""
    return [one for one in node.walk() if one.what in (What.ITEM, What.ROW)]


def after_groups(parent: Node, may_be: Callable[[Node], bool]) -> Iterator[list[Node]]:
    """Yield the headings that come after each empty «Tiltak» among a node's children, where all may be measures."""
    open_group, told = False, list[Node]()
    for one in [*parent.children, None]:
        if one is not None and one.what is What.CHAPTER and open_group:
            told.append(one)
            continue
        if told and all(is_innermost(heading, may_be) for heading in told):
            yield told
        open_group, told = one is not None and is_empty_group(one), []


def is_empty_group(node: Node) -> bool:
    """Say whether a node is «Tiltak» with nothing in it, or ends with such."""
    if node.what is What.ROW and node.children:
        node = node.children[-1]
    is_group = node.what is What.GROUP and node.word in words.MEASURES and not node.is_lead
    return is_group and not node.children and not node.body
