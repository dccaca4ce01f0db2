"""Goals in boxes above their headings: «Målet vårt» and a sentence, and only then «Sentrum», whose goal it is.

Such a box comes after what the section before holds; a box below its heading does not.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.pieces import Piece, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 2
"""Boxes above headings, at least, of those that say the same word."""


def with_boxes_below(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with each box below its heading, where all boxes of a word stand above theirs."""
    boxes: dict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces[:-2]):
        label = piece.label
        if label is not None and label.group and label.word in words.STATEMENTS and not words.is_many(label.said):
            boxes[piece.said].append(at)
    told = list(pieces)
    for places in boxes.values():
        ends = [*places[1:], len(pieces)]
        if len(places) >= FEWEST and all(
            stands_above(pieces, at, end, is_first=at == places[0]) for at, end in zip(places, ends, strict=True)
        ):
            for at in places:
                told[at : at + 3] = pieces[at + 2], pieces[at], pieces[at + 1]
    return told


def stands_above(pieces: Sequence[Piece], at: int, end: int, *, is_first: bool) -> bool:
    """Say whether a box stands right above a heading, which is the outermost until the next box."""
    said, heading = pieces[at + 1 : at + 3]
    before = pieces[max(at - 2, 0) : at]
    if is_heading(before[-1:]) or (not is_first and is_heading(before)):
        return False
    if said.sort not in (Sort.TEXT, Sort.HEADING) or not is_heading([heading]) or words.LEAD.search(heading.said):
        return False
    return all(one.level >= heading.level for one in pieces[at + 3 : end] if one.sort is Sort.HEADING and one.level)


def is_heading(pieces: Sequence[Piece]) -> bool:
    """Say whether one of these is a heading that leads to no list."""
    return any(one.sort is Sort.HEADING and not words.LEAD.search(one.said) for one in pieces)
