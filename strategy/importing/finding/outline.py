"""Pieces nested as the document nests them: chapters, labelled rows, groups («Tiltak:») and their items.

Nothing is left out here and no level is decided; `conferring` and `levels` do that when the whole is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strategy.importing.finding import leads, words
from strategy.importing.finding.nodes import Node, Outline, What
from strategy.importing.finding.pieces import Piece, Sort, chapter_of, is_bare, is_field
from strategy.importing.finding.ranks import Ranks
from strategy.importing.finding.stack import LEAD, Stack
from strategy.importing.finding.tables import entries_of
from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from strategy.importing.finding.cells import Entry
    from strategy.importing.finding.heads import Columns
    from strategy.importing.finding.marks import Label
    from strategy.importing.finding.whose import Whose

DASHES = "-–—−‒"
LONGEST_STATEMENT = 600
"""Signs of a paragraph that may be a goal as it stands."""
BETWEEN = 60
"""Signs of a line that may stand between two halves of a table."""
LISTS = (Sort.ITEM, Sort.NUMBER)


def outline_of(pieces: list[Piece], whose: Whose) -> Outline:
    """Return the outline of a document's pieces."""
    outliner = Outliner(pieces, whose, Ranks(pieces), Outline(Node(What.ROOT, rank=(-1, 0))))
    at = 0
    while at < len(pieces):
        at += outliner.take(at)
    return outliner.outline


@dataclass
class Outliner:
    """Takes pieces in their order and puts each in its place."""

    pieces: list[Piece]
    whose: Whose
    ranks: Ranks
    outline: Outline
    open: Stack = field(init=False)
    columns: Columns | None = None
    is_of_others: bool = False

    def __post_init__(self) -> None:
        """Have nothing open but the document."""
        self.open = Stack(self.outline, [self.outline.root])

    def piece_at(self, at: int) -> Piece | None:
        """Return a piece by its place, or None outside."""
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def take(self, at: int) -> int:
        """Put a piece in its place; return how many pieces that used up."""
        piece = self.pieces[at]
        if piece.sort is not Sort.TABLE and (piece.sort is not Sort.TEXT or len(piece.said) > BETWEEN):
            self.columns = None
        if piece.sort is Sort.LABEL:
            return self.take_label(at)
        self.is_of_others = piece.said.endswith(":") and self.whose.is_foreign(piece.said)
        if piece.sort is Sort.TABLE:
            self.take_table(piece, self.piece_at(at - 1))
        elif piece.sort is Sort.ITEM:
            self.take_item(piece)
        elif piece.sort is Sort.NUMBER:
            self.take_number(at)
        elif piece.sort is Sort.HEADING:
            self.take_heading(piece)
        else:
            self.take_text(at)
        return 1

    # ---- paragraphs and headings ----

    def take_text(self, at: int) -> None:
        """Put a paragraph with what it tells of; one that leads to a list opens a group."""
        piece, after, top = self.pieces[at], self.piece_at(at + 1), self.open.top
        self.open.run = (0, "")
        is_label = after is not None and after.sort is Sort.LABEL and after.mark is not None
        listed = after is not None and (after.sort in (*LISTS, Sort.TABLE) or is_label)
        word = leads.word_of(piece.said, self.whose, listed=listed)
        if word is None:
            self.carrier(piece, after).body.append(piece)
        elif self.open.is_in_group and not top.is_lead and self.only_says_so(piece, word):
            top.body.append(piece)
        else:
            self.open.close_leads()
            self.carrier(piece, None).body.append(piece)
            self.open.push(Node(What.GROUP, piece.said, word, rank=LEAD, piece=piece, is_lead=True))

    def only_says_so(self, piece: Piece, word: str) -> bool:
        """Say whether a sentence in a group only leads to the group's own list («Tiltak»: «Vi vil gjøre dette:»)."""
        return word == self.open.top.word or (not word and not leads.is_dead(piece.said, self.whose))

    def carrier(self, piece: Piece, after: Piece | None) -> Node:
        """Return the node that a paragraph tells of: the last item, when more items come after it, or what is open."""
        node = self.open.top
        if node.what is What.GROUP and node.children:
            goes_on = after is not None and after.sort in LISTS
            is_usual = sum(map(has_body, node.children[:-1])) * 2 >= len(node.children) > 1
            if goes_on or is_usual or is_field(piece.said):
                *_, last = node.children[-1].walk()
                return last
            if node.is_lead and node.parent is not None:
                return node.parent
        return node

    def take_heading(self, piece: Piece) -> None:
        """Open a chapter, or a group when the heading leads to a list («Slik gjør vi det»)."""
        number, rank = chapter_of(piece), self.ranks.of_heading(piece)
        word = leads.word_of_heading(piece.text, self.whose) if number is None else None
        node = Node(What.CHAPTER, piece.text, number=piece.mark.number if piece.mark else None, piece=piece, rank=rank)
        is_inside = any(one.what is What.ROW and one.rank < rank for one in self.open.nodes)
        if word is not None and (word or is_inside):
            self.open.close_leads()
            node.what, node.word, node.is_lead = What.GROUP, word, not piece.level
            if self.open.is_beside(node, self.ranks.said):
                node.rank = (rank[0], rank[1] + 1)
            elif piece.level:
                self.open.pop(rank)
            else:
                node.rank = LEAD
            self.open.push(node)
        elif number is not None:
            self.open.take_chapter(number, node, is_labelled=False)
        else:
            self.open.pop(rank)
            self.open.push(node)

    # ---- labels ----

    def take_label(self, at: int) -> int:
        """Open a row or a group that a label names; return how many pieces that used up."""
        piece, top = self.pieces[at], self.open.top
        label = piece.label
        if label is None:
            return 1
        self.open.run = (0, "")
        is_bullet = piece.mark is not None and piece.mark.number is None
        chapter = top if top.what is What.CHAPTER else top.parent if top.is_lead else None
        is_under_others = chapter is not None and self.whose.is_foreign(chapter.text)
        if is_bullet and ((top.is_lead and not top.word) or is_under_others):
            self.take_item(piece)
            return 1
        if piece.mark is not None and ((is_bullet and self.is_only_code(label)) or self.is_in_list(piece, label)):
            piece.text = piece.mark.text
            self.take_item(piece)
            return 1
        drawn = self.house_at(at) if is_bare(piece) else 0
        if drawn:
            return drawn
        what, text = (What.GROUP, piece.said) if label.group else (What.ROW, piece.text)
        node = Node(what, text, label.word, label.number or label.chapter, piece=piece, separator=label.separator)
        node.rank, node.is_of_others = self.ranks.of_label(piece), self.is_of_others
        if label.group and (self.whose.is_others(piece.said) or words.PAST.search(piece.said)):
            node.word = ""
        if label.chapter is not None:
            self.open.take_chapter(label.chapter, node, is_labelled=True)
        else:
            self.open.pop(node.rank)
            self.open.pop_beside(node)
            self.open.push(node)
        if label.of:
            self.open.push(Node(What.GROUP, piece.said, label.of, piece=piece, rank=(node.rank[0], node.rank[1] + 1)))
        return 1 + (self.stated(at + 1, node) if label.group and label.word not in words.MEASURES else 0)

    def is_only_code(self, label: Label) -> bool:
        """Say whether a code's letter is short for no level: «• M1 Møteplasser» below «Strategier:»."""
        top = self.open.top
        return label.said in words.CODES and top.what is What.GROUP and top.word not in {"", "?", label.word}

    def is_in_list(self, piece: Piece, label: Label) -> bool:
        """Say whether a point begins with the word of its own list: «• Tiltak for unge i bygda» below «Tiltak:»."""
        top, mark = self.open.top, piece.mark
        if not (label.group and label.text) or mark is None or piece.said.endswith(":") or top.what is not What.GROUP:
            return False
        before = top.children[-1].piece.mark if top.children and top.children[-1].piece is not None else None
        is_next = mark.number is None or (before is not None and before.form == mark.form)
        return is_next and top.word == label.word

    def stated(self, at: int, group: Node) -> int:
        """Make a row of the paragraph below «Mål» or «Strategi:» when no list or heading comes that says what it is."""
        piece = self.piece_at(at)
        if piece is None or piece.sort not in (Sort.TEXT, Sort.HEADING) or piece.look == "styled":
            return 0
        if piece.said.endswith(":") or len(piece.said) > LONGEST_STATEMENT or self.whose.is_foreign(piece.said):
            return 0
        its = group.piece
        if its is None or its.label is None or words.is_many(its.label.said) or self.open.top is not group:
            return 0
        beyond = at + 1
        while (after := self.piece_at(beyond)) is not None and after.sort is Sort.TEXT and after.said[-1] != ":":
            beyond += 1
        if after is None or after.sort in LISTS:
            return 0
        is_outer = after.label is not None and self.ranks.order(after.label.word) <= self.ranks.order(group.word)
        is_chapter = group.chapter is not None or (its.look == "styled" and its.level == 1)
        is_counted = after.label is not None and after.label.word == group.word and after.label.number is not None
        if is_counted or (is_chapter and (after.sort is Sort.HEADING or is_outer)):
            return 0
        row = Node(What.ROW, piece.said, group.word, piece=piece, rank=(group.rank[0], group.rank[1] + 1))
        row.certainty = Certainty.LIKELY
        self.open.push(row)
        return 1

    def house_at(self, at: int) -> int:
        """Return how many pieces a drawing of goals takes: «Mål 1», «Mål 2» in a row, then their words mixed."""
        end, word = at, self.pieces[at].label
        while (piece := self.piece_at(end)) is not None and is_bare(piece) and piece.label and word:
            if piece.label.word != word.word:
                break
            end += 1
        if end - at < 2:
            return 0
        house = [self.pieces[at]]
        while (piece := self.piece_at(end)) is not None and piece.sort in (Sort.TEXT, Sort.HEADING):
            house.append(piece)
            end += 1
        self.outline.houses.append(house)
        self.open.close_leads()
        self.open.push(Node(What.GROUP, rank=LEAD, piece=house[0], is_lead=True))
        return end - at

    # ---- numbers and items ----

    def take_number(self, at: int) -> None:
        """Open a chapter that a number begins, or put an item in its list."""
        piece = self.pieces[at]
        mark, number = piece.mark, chapter_of(piece)
        if mark is None or mark.number is None:
            return
        letters = {one.number for one in self.open.nodes} | {one.chapter for one in self.open.nodes}
        if mark.depth >= 2:
            is_chapter = not self.open.is_item_number(mark.number)
        elif mark.form == "A1":
            is_chapter = mark.number[0] in letters and not self.open.is_in_group
        else:
            is_chapter = mark.form in {"1.", "1"} and self.open.is_chapter(piece, self.piece_at(at - 1))
        node = Node(What.CHAPTER, piece.text, number=mark.number, piece=piece, rank=self.ranks.of_heading(piece))
        if id(piece) in self.ranks.lettered and mark.depth < 2 and not (is_chapter and mark.form in {"1.", "1"}):
            self.open.pop(node.rank)
            self.open.push(node)
        elif is_chapter and number is not None:
            self.open.take_chapter(number, node, is_labelled=False)
        elif mark.form == "1" and piece.look != "styled":
            self.take_text(at)
        elif mark.form[0] in "AI" and piece.look != "weak":
            self.open.pop(node.rank)
            self.open.push(node)
        else:
            self.take_item(piece)
            self.open.run = (int(mark.number), mark.form) if mark.depth == 1 else (0, "")

    def take_item(self, piece: Piece) -> None:
        """Put an item in the open group, or in one of its own where nothing leads to it."""
        group, mark = self.open.top, piece.mark
        if group.what is not What.GROUP:
            its = group.piece.mark if group.what is What.ROW and group.piece is not None else None
            is_beside = its is not None and mark is not None and its.number is None and its.form == mark.form
            group = Node(What.GROUP, "", "" if is_beside else "?", rank=LEAD, piece=piece, is_lead=True)
            self.open.push(group)
        nested = bool(group.children) and is_nested(group.children[0].piece, piece)
        parent = group.children[-1] if nested else group
        node = Node(What.ITEM, piece.text, "" if nested else group.word, piece=piece, certainty=Certainty.LIKELY)
        node.number, node.parent = mark.number if mark else None, parent
        parent.children.append(node)

    # ---- tables ----

    def is_of_past(self, before: Piece) -> bool:
        """Say whether a line right above a table tells that what it holds has been done: a title, or «… viser …»."""
        if before.sort not in (Sort.TEXT, Sort.HEADING, Sort.LABEL):
            return False
        said = leads.SENTENCE.split(before.said)[-1]
        is_title = said == before.said and said[-1] not in "."
        return (is_title or bool(words.SHOWS.search(said))) and self.whose.is_past(said)

    def take_table(self, piece: Piece, before: Piece | None) -> None:
        """Put a table's goals, strategies and measures under what is open; `before` stands right above it."""
        is_over = before is not None and self.is_of_past(before)
        found = entries_of(piece.table, self.columns, is_past=self.whose.is_past) if piece.table is not None else None
        if found is None or is_over:
            return
        self.columns = found.columns
        self.open.close_leads()
        top = self.open.top
        if top.what is What.GROUP and top.word in words.MEASURES and top.piece is not None and not top.piece.level:
            self.open.nodes.pop()
        base = self.open.top
        above: list[Node] = []
        for entry in found.entries:
            while above and above[-1].rank[1] >= entry.depth:
                above.pop()
            parent = above[-1] if above else self.base_of(base, entry)
            node = Node(What.ROW, entry.text, entry.word, entry.number, entry=entry, rank=(5000, entry.depth))
            node.parent, node.certainty = parent, found.certainty
            parent.children.append(node)
            if not entry.is_measure:
                above.append(node)

    def base_of(self, base: Node, entry: Entry) -> Node:
        """Return what an outermost row of a table stands under: not a row of the same word, or of an inner one."""
        node, order = base, self.ranks.order(entry.word) if entry.word else 0
        while order and node.parent is not None and node.word and node.what is not What.CHAPTER:
            if self.ranks.order(node.word) < order:
                break
            node = node.parent
        return node


def has_body(item: Node) -> bool:
    """Say whether paragraphs stand below an item, or below a point of it."""
    return any(one.body for one in item.walk())


def is_nested(first: Piece | None, piece: Piece) -> bool:
    """Say whether an item belongs under the one before, given the first of the list."""
    if first is None or first.mark is None or piece.mark is None:
        return False
    if first.level and piece.level:
        return piece.level > first.level
    one, other = first.mark.form, piece.mark.form
    if one != other and not (one in DASHES and other in DASHES):
        return True
    if piece.first.indent and piece.first.page == first.first.page:
        return piece.first.indent > first.first.indent + (8 if piece.first.size else 1)
    return False
