"""Letters and numbers that begin headings, not items: «A. Levende sentrum», with «Mål:» and «Tiltak:» before «B.»."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.pieces import LONGEST_HEADING, Piece, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def headings_in(pieces: Sequence[Piece]) -> dict[int, str]:
    """Return the ids of pieces that head parts of a series, with the outermost level word that stands between them.

    Two that follow each other are headings when a label or a heading that leads to a list stands between them.
    """
    found: dict[int, str] = {}
    last: dict[str, tuple[Piece, set[str]]] = {}
    for piece in pieces:
        mark = piece.mark
        if piece.sort is Sort.LABEL and piece.label is not None and (mark is None or mark.number is not None):
            for _one, between in last.values():
                between.add(piece.label.word)
            if piece.label.number is not None and not piece.label.group:
                last = {form: told for form, told in last.items() if piece.label.word in words.MEASURES}
            continue
        leads = piece.sort is Sort.HEADING or (piece.sort is Sort.TEXT and piece.said.endswith(":"))
        if leads and (mark is None or mark.depth == 0) and words.LEAD.search(piece.said):
            for _one, between in last.values():
                between.add(words.MEASURE)
        if mark is None or mark.number is None or mark.depth > 1 or not _may_head(piece):
            continue
        before = last.get(mark.form)
        if before is not None and _follows(before[0], piece) and before[1]:
            outermost = min(before[1], key=lambda word: words.RANKS[word])
            found.setdefault(id(before[0]), outermost)
            found[id(piece)] = outermost
        last[mark.form] = (piece, set())
    return found


def _may_head(piece: Piece) -> bool:
    is_short = len(piece.text) <= LONGEST_HEADING and piece.text[-1] not in ".;,:"
    return piece.sort in (Sort.NUMBER, Sort.HEADING) and is_short and piece.text[:1].isupper()


def _follows(before: Piece, piece: Piece) -> bool:
    """Say whether a piece's letter or number is the one after another's."""
    one, other = (
        it.mark.number if it.mark is not None and it.mark.number is not None else "" for it in (before, piece)
    )
    if one.isdigit() and other.isdigit():
        return int(other) == int(one) + 1
    if one.upper() in ROMAN and other.upper() in ROMAN and len(one + other) > 2:
        return ROMAN.index(other.upper()) == ROMAN.index(one.upper()) + 1
    return len(one) == len(other) == 1 and ord(other) == ord(one) + 1
