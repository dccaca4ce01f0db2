"""Which heading stands outside which: by the file's levels, by chapter numbers, and by how the words nest here."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

from strategy.importing.finding import words
from strategy.importing.finding.lettered import headings_in
from strategy.importing.finding.pieces import Piece, Sort, chapter_of, is_field

PART = re.compile(r"del\s+(?:\d{1,2}|[IVX]+|[A-D])\b", re.IGNORECASE)
PARTS, CHAPTERS, CAPITALS, OUTER, LABELS, INNER = 950, 1000, 1800, 1900, 2000, 4000


class Ranks:
    """Ranks of headings in a document; a lower one stands outside a higher one."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.words = order_of_words(pieces)
        self.levels = levels_of_words(pieces)
        self.outer = set(map(id, outer_headings(pieces, self.words)))
        self.lettered = headings_in(pieces)
        self.is_headed = are_headed(pieces)
        self.said = Counter(piece.said for piece in pieces if piece.sort is Sort.HEADING)

    def order(self, word: str) -> int:
        """Return a word's place among the document's words, the outermost first."""
        return 10 * (self.words.index(word) + 1) if word in self.words else 10 * words.RANKS.get(word, 99)

    def of_label(self, piece: Piece) -> tuple[int, int]:
        """Return the rank of a labelled line."""
        label = piece.label
        if label is None:
            return INNER, 0
        if (
            piece.mark is not None
            and piece.mark.number is None
            and label.number is None
            and label.word not in words.MEASURES
        ):
            return INNER, 2  # inside any heading
        usual = self.levels.get((label.word, label.group), 0)
        level = piece.level if piece.look == "styled" and piece.sort is Sort.LABEL and usual > 0 else 0
        level = level or usual
        if level > 0:
            return level * 100, self.order(label.word)
        if self.is_headed and label.group and label.word in words.MEASURES and label.chapter is None:
            return INNER, 2
        if label.chapter is not None and piece.look != "weak":
            return CHAPTERS + (label.chapter.rstrip(".0").count(".") + 1) * 10, self.order(label.word)
        if label.chapter is not None and label.group:
            return CHAPTERS + (label.chapter.count(".") + 1) * 10, self.order(label.word)
        return OUTER if level < 0 else LABELS, self.order(label.word)

    def of_heading(self, piece: Piece) -> tuple[int, int]:
        """Return the rank of a heading without a level word."""
        if piece.level and piece.look == "styled":
            return piece.level * 100, 0
        if id(piece) in self.lettered:
            return LABELS, self.order(self.lettered[id(piece)]) - 5
        if PART.match(piece.said):
            return PARTS, 0
        number = chapter_of(piece)
        if number is not None:
            number = number[:-2] if number.endswith(".0") else number
            return CHAPTERS + (number.count(".") + 1) * 10, 0
        if id(piece) in self.outer:
            return OUTER, 0
        if (words.heads(words.ENDING, piece.said) or words.heads(words.SUMMARY, piece.said)) and len(
            piece.said.split()
        ) <= 5:
            return CHAPTERS, 0
        if (words.heads(words.NOT_MEASURES, piece.said) or words.heads(words.BACKGROUND, piece.said)) and len(
            piece.said.split()
        ) <= 5:
            return INNER, int(self.said[piece.said] > 1)
        if piece.look == "caps":
            return CAPITALS, 0
        if piece.look == "styled":
            return OUTER, 0
        return INNER, int(self.said[piece.said] > 1)  # what comes again under each stands inside it


def order_of_words(pieces: list[Piece]) -> list[str]:
    """Return the level words of a document's labels from the outermost to the innermost.

    Words mostly nest as everywhere; two of them change places when the document plainly nests them the other way.
    """
    said = [piece.label for piece in pieces if piece.label is not None]
    counts = Counter(label.word for label in said)
    first = {word: next(place for place, label in enumerate(said) if label.word == word) for word in counts}
    steps: Counter[tuple[str, str]] = Counter()
    depths: dict[str, list[int]] = defaultdict(list)
    rows = Counter(label.word for label in said if not label.group)
    for before, after in pairwise(said):
        steps[before.word, after.word] += 1
    kept = [label for label in said if not label.group or rows[label.word] < 2]
    followed = Counter((before.word, after.word) for before, after in pairwise(kept) if not before.group)
    for label in said:
        if label.number is not None and label.number[0].isdigit():
            depths[label.word].append(label.number.count("."))
    order = sorted(counts, key=lambda word: (words.RANKS[word], first[word]))

    def is_next(before: str, after: str) -> bool:
        """Say whether each row of a word has a label of another right after it: «Strategi 2» and then «Mål: …»."""
        return followed[before, after] == rows[before] > 1

    def is_outside(outer: str, inner: str) -> bool:
        if inner in words.MEASURES and outer not in words.MEASURES:
            return True
        one, other = depths.get(outer), depths.get(inner)
        if one and other and usual(one) != usual(other):
            return usual(one) < usual(other)
        if is_next(outer, inner) is not is_next(inner, outer):
            return is_next(outer, inner)
        return (
            first[outer] < first[inner]
            and counts[outer] <= counts[inner]
            and steps[outer, inner] >= max(2, 0.6 * counts[outer])
        )

    for _ in order:
        for at in range(len(order) - 1):
            one, other = order[at : at + 2]
            if is_outside(other, one) and not is_outside(one, other):
                order[at : at + 2] = other, one
    return order


def are_headed(pieces: list[Piece]) -> bool:
    """Say whether «Tiltak» mostly has a heading of its own above it: a short line, and texts between at most."""
    total, found = 0, set()
    heading: Piece | None = None
    for piece in pieces:
        if piece.label is not None and piece.label.group and piece.label.word in words.MEASURES:
            total += 1
            found.update([heading.said] if heading is not None else [])
        if piece.sort is Sort.HEADING:
            heading = piece if piece.look == "weak" and piece.mark is None else None
        elif piece.sort is not Sort.TEXT:
            heading = None
    return len(found) >= 2 and 4 * len(found) >= 3 * total


def usual(depths: list[int]) -> int:
    """Return how deep most numbers of a word are, the least of equals; a goal of someone else's plan says little."""
    counts = Counter(depths)
    return min(counts, key=lambda depth: (-counts[depth], depth))


def levels_of_words(pieces: list[Piece]) -> dict[tuple[str, bool], int]:
    """Return the heading level that most labels of a word have, rows and groups apart; 0 is none, -1 a bold line's."""
    counts: dict[tuple[str, bool], Counter[int]] = defaultdict(Counter)
    for piece in pieces:
        if piece.label is not None:
            counts[piece.label.word, piece.label.group][(piece.level or -1) if piece.look == "styled" else 0] += 1
    return {key: count.most_common(1)[0][0] for key, count in counts.items()}


def outer_headings(pieces: list[Piece], order: list[str]) -> list[Piece]:
    """Return the headings without number or level that the outermost label stands right under, again and again.

    Measures are more than the headings they stand under; with a heading for each, it only tells of the measure before.
    Where more headings than these labels have fields below («Ansvar: …»), those that have are measures.
    """
    if not order:
        return []
    found, total = [], 0
    signed: set[int] = set()
    heading: Piece | None = None
    for piece in pieces:
        if heading is not None and piece.sort is Sort.TEXT and is_field(piece.said):
            signed.add(id(heading))
        if piece.sort is Sort.HEADING and chapter_of(piece) is None:
            heading = piece if heading is None or piece.look != "weak" or heading.look == "weak" else heading
        elif piece.label is not None:
            if piece.label.word == order[0]:
                total += 1
                if heading is not None:
                    found.append(heading)
            heading = None
        elif chapter_of(piece) is not None or piece.sort is Sort.ITEM or words.PROMISE.match(piece.said):
            heading = None
    if len(signed) > total:
        found = [piece for piece in found if id(piece) not in signed]
    if order[0] in words.MEASURES:
        is_enough = 3 * len(found) <= 2 * total and len({piece.said for piece in found}) == len(found)
    else:
        is_enough = 2 * len(found) >= total
    return found if len(found) >= 2 and is_enough else []
