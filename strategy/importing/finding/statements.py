"""Sentences printed as headings are: «Handelen skal vokse.» in bold below «Sentrum» or «Mål» says what that one wants.

They are paragraphs where they all stand right below headings. Goals that are sentences are not: their first one may
stand right below the chapter's heading, but the next stands below what the first one holds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.finding.pieces import Piece, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 2
"""Sentences of one look right below headings that make paragraphs of them all."""
SHORTEST = 4
"""Words of a sentence."""
WANTS = re.compile(r"\b(?:skal|vil|må|bør)\b|\.$")


def with_statements(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with paragraphs in place of headings that only say what the heading above them wants."""
    by_look: dict[tuple[int, float], list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        if at and is_sentence(piece):
            by_look[piece.level, round(piece.first.size)].append(at)
    said = Counter(piece.said for piece in pieces if piece.sort is Sort.HEADING)
    places: set[int] = set()
    for told in by_look.values():
        is_usual = len(told) >= FEWEST or all(is_word(pieces[at - 1]) for at in told)
        if is_usual and all(may_want(above(pieces, at, said), pieces[at]) for at in told):
            places.update(told)
    return [
        replace(piece, sort=Sort.TEXT, level=0, look="") if at in places else piece for at, piece in enumerate(pieces)
    ]


def is_sentence(piece: Piece) -> bool:
    """Say whether a heading without a number is a sentence."""
    is_long = len(piece.said.split()) >= SHORTEST
    return piece.sort is Sort.HEADING and piece.mark is None and is_long and bool(WANTS.search(piece.said))


def above(pieces: Sequence[Piece], at: int, said: Counter[str]) -> Piece:
    """Return what stands right above a sentence: the heading, where «Mål» or a word said again and again is between."""
    before = pieces[at - 1]
    is_between = is_word(before) or said[before.said] > 1
    return pieces[at - 2] if is_between and at > 1 and pieces[at - 2].sort is Sort.HEADING else before


def is_word(piece: Piece) -> bool:
    """Say whether a piece says nothing but a level word: «Mål»."""
    return piece.label is not None and piece.label.group


def may_want(before: Piece, piece: Piece) -> bool:
    """Say whether what stands before a sentence is a heading or a label it may belong to, and no inner one."""
    if before.sort not in (Sort.HEADING, Sort.LABEL) or before.look == "weak":
        return False
    return (before.level or piece.level) <= (piece.level or before.level) and before.first.size > piece.first.size - 0.6
