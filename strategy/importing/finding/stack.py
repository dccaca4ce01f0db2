"""What is open while a document is read from top to bottom, and where a numbered heading belongs in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.nodes import Node, Outline, What, above_number, plain_number

if TYPE_CHECKING:
    from collections import Counter

    from strategy.importing.finding.pieces import Piece

LEAD = (9000, 0)
"""The rank of what a sentence leads to: inside everything."""
LONGEST_CHAPTER, MOST_CHAPTERS, SKIPPED = 110, 30, 3


@dataclass
class Stack:
    """The chapters, rows and groups that are open, the outermost first; `run` is the last number of a list."""

    outline: Outline
    nodes: list[Node] = field(default_factory=list)
    run: tuple[int, str] = (0, "")
    last_chapter: int = -1
    printed: set[str] = field(default_factory=set)
    """Numbers of chapters whose parts have been printed."""

    @property
    def top(self) -> Node:
        """Return what is innermost."""
        return self.nodes[-1]

    @property
    def is_in_group(self) -> bool:
        """Say whether a group is open whose items are the plan's."""
        return self.top.what is What.GROUP and bool(self.top.word)

    def push(self, node: Node) -> None:
        """Open a node under the innermost."""
        node.parent = self.top
        self.top.children.append(node)
        self.nodes.append(node)
        self.run = (0, "")

    def pop(self, rank: tuple[int, int]) -> None:
        """Close all that does not stand outside a rank."""
        while self.top.rank >= rank and self.top.what is not What.ROOT:
            self.nodes.pop()

    def pop_to(self, node: Node) -> None:
        """Close all inside a node."""
        while self.top is not node and self.top.what is not What.ROOT:
            self.nodes.pop()

    def pop_beside(self, node: Node) -> None:
        """Close a heading without a level word that looks just like a label, unless measures stand in it."""
        plain = [one for one in self.nodes if one.what in (What.CHAPTER, What.GROUP) and not one.word]
        beside = next((one for one in plain if one.rank == (node.rank[0], 0)), None)
        if beside is None or beside.parent is None:
            return
        is_group = node.what is What.GROUP and node.word in words.STRATEGYLIKE
        may_hold = is_group or node.word in words.MEASURES
        patterns = (words.BACKGROUND, words.GENERIC, words.NOT_MEASURES)
        if not may_hold or any(words.heads(pattern, beside.text) for pattern in patterns):
            self.pop_to(beside.parent)

    def is_beside(self, node: Node, said: Counter[str]) -> bool:
        """Say whether what leads to a list looks like the one heading right above it, and so stands in it."""
        top = self.top
        is_alike = top.what is What.CHAPTER and top.rank == node.rank and not top.children and top.piece is not None
        patterns = (words.BACKGROUND, words.GENERIC, words.NOT_MEASURES)
        is_plain = is_alike and said[top.text] == 1 < said[node.text]
        return is_plain and not any(words.heads(pattern, top.text) for pattern in patterns)

    def close_leads(self) -> None:
        """Close what sentences led to."""
        while self.top.is_lead:
            self.nodes.pop()

    # ---- numbers ----

    def with_number(self, number: str) -> Node | None:
        """Return the innermost open node that has a number, as a chapter or a row."""
        if not number:
            return None
        return next(
            (one for one in reversed(self.nodes) if plain_number(one.chapter or one.number or "") == number), None
        )

    def beside_number(self, number: str) -> Node | None:
        """Return the innermost open chapter whose number has the same beginning («5.1» for 5.2)."""
        prefix = above_number(number)
        if not prefix:
            return None
        return next((one for one in reversed(self.nodes) if one.chapter and above_number(one.chapter) == prefix), None)

    def is_item_number(self, number: str) -> bool:
        """Say whether a number of several parts is of a list in an open group, rather than the next chapter."""
        prefix = above_number(number)
        for node in reversed(self.nodes):
            its = plain_number(node.chapter or node.number or "")
            if its and above_number(its) == prefix:
                return False
            if its == prefix:
                return self.is_in_group and self.top is not node
        return self.is_in_group and not self.top.is_lead and self.top.chapter is None

    def is_chapter(self, piece: Piece, before: Piece | None) -> bool:
        """Say whether «3. Visjon» is the next chapter and not an item of a list."""
        number = int(piece.mark.number or 0) if piece.mark is not None else 0
        is_long = len(piece.text) > LONGEST_CHAPTER or piece.text[-1] in ".;,:"
        if is_long or number > MOST_CHAPTERS or piece.text[0].islower():
            return False
        if piece.look in {"styled", "caps"}:
            return True
        is_first = number == 1 and (self.is_in_group or (before is not None and before.said.endswith(":")))
        is_next_in_list = (
            piece.mark is not None and self.run == (number - 1, piece.mark.form) and bool(self.top.children)
        )
        if is_first or (number > 1 and is_next_in_list):
            return False
        if self.last_chapter < 0:
            return number <= 1
        return self.last_chapter < number <= self.last_chapter + SKIPPED

    def take_chapter(self, number: str, node: Node, *, is_labelled: bool) -> None:
        """Open a numbered heading where its number says; one printed after its own parts closes nothing."""
        chapter = node.chapter = plain_number(number)
        if chapter.isdigit():
            self.last_chapter = int(chapter)
        is_after = chapter in self.printed and chapter not in self.outline.chapters
        self.outline.chapters.setdefault(chapter, node)
        prefix = above_number(chapter)
        while prefix:
            self.printed.add(prefix)
            prefix = above_number(prefix)
        if is_after:
            node.parent, node.place = self.outline.root, -1
            return
        beside, above = self.beside_number(chapter), self.with_number(above_number(chapter))
        if beside is not None and beside.parent is not None and not is_labelled:
            self.pop_to(beside.parent)
            node.rank = beside.rank
        elif above is not None and (not is_labelled or node.rank <= above.rank):
            self.pop_to(above)
            node.rank = max(node.rank, (above.rank[0], above.rank[1] + 1))
        else:
            self.pop(node.rank)
            while self.top.chapter is not None and not chapter.startswith(f"{self.top.chapter}."):
                self.nodes.pop()
        self.push(node)
