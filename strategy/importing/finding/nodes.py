"""The outline of a document: its chapters, rows, groups and items as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategy.importing.finding.cells import Entry
    from strategy.importing.finding.pieces import Piece


class What(StrEnum):
    """What a node is in the outline."""

    ROOT = "root"
    CHAPTER = "chapter"
    GROUP = "group"
    ROW = "row"
    ITEM = "item"


@dataclass(eq=False, slots=True)
class Node:
    """A place in the outline. `word` is the level word's lemma, "" where there is none.

    A group's `word` is that of its items; "" says that they are none of the plan's. `chapter` is a chapter's number
    without ".0", `body` the paragraphs below it. `is_lead` says that a sentence or a plain heading leads to a group,
    `is_conferred` that a heading is a row by what stands above it, `is_promoted` by what stands below it; a killed one
    is another plan's, and `is_of_others` says that a sentence leads to such. `place` is -1 where a heading is printed
    after its own parts.
    """

    what: What
    text: str = ""
    word: str = ""
    number: str | None = None
    chapter: str | None = None
    rank: tuple[int, int] = (0, 0)
    piece: Piece | None = None
    entry: Entry | None = None
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    body: list[Piece] = field(default_factory=list)
    certainty: Certainty = Certainty.SURE
    is_lead: bool = False
    is_conferred: bool = False
    is_promoted: bool = False
    is_killed: bool = False
    is_of_others: bool = False
    separator: str = ""
    place: int = 0

    @property
    def page(self) -> int:
        """Return the page it begins on."""
        return self.entry.page if self.entry else self.piece.first.page if self.piece else 0

    @property
    def line(self) -> int:
        """Return the line it begins on."""
        return self.entry.line if self.entry else self.piece.first.number if self.piece else 0

    def above(self) -> Iterator[Node]:
        """Yield the nodes it stands under, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator[Node]:
        """Yield it and all below it in the order of print."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def move(self, parent: Node) -> None:
        """Stand under another node, as its last."""
        if self.parent is not None:
            self.parent.children.remove(self)
        self.parent = parent
        parent.children.append(self)


@dataclass
class Outline:
    """The tree, chapters by number, and drawings of goals («strategy houses») with their words."""

    root: Node
    chapters: dict[str, Node] = field(default_factory=dict)
    houses: list[list[Piece]] = field(default_factory=list)


def plain_number(number: str) -> str:
    """Return a chapter's number without what says nothing: «5.0» is 5."""
    number = number.rstrip(".")
    while number.endswith(".0"):
        number = number[:-2]
    return number


def above_number(number: str) -> str:
    """Return the number of the chapter above («5.2» for 5.2.1); "" for the outermost."""
    return number.rpartition(".")[0]
