"""Rows for the proposal: parents before children, title and description, where they stand, who, when and how much."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.finding import details, titles
from strategy.importing.finding.pieces import Sort
from strategy.importing.proposal import LONGEST_NUMBER, LONGEST_TITLE, Level, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.finding.levels import Found
    from strategy.importing.finding.pieces import Piece
    from strategy.importing.finding.summary import Merged


def in_order(rows: Sequence[Found]) -> list[Found]:
    """Return rows in the order of print, each parent before its children."""
    told: list[Found] = []
    seen: set[int] = set()
    for one in rows:
        for other in [*one.chain(), one]:
            if id(other) not in seen:
                seen.add(id(other))
                told.append(other)
    return told


def rows_of(merged: Merged) -> tuple[list[Row], dict[int, int]]:
    """Return the proposal's rows, and the place of each found one by its id."""
    ordered = in_order(merged.rows)
    places = {id(one): place for place, one in enumerate(ordered)}
    return [_row(one, places, merged.twins.get(id(one), [])) for one in ordered], places


def body_of(one: Found) -> list[Piece]:
    """Return the paragraphs and items that tell of a row, without those of its own rows."""
    told = list(one.node.body)
    waiting = list(one.node.children)
    mine = {id(other.node) for other in one.below}
    while waiting:
        node = waiting.pop(0)
        if id(node) in mine or (one.level is not Level.MEASURE and node.word not in {"", "?"}):
            continue
        if node.piece is not None and node.piece.said:
            told.append(node.piece)
        told += node.body
        waiting = [*node.children, *waiting] if one.level is Level.MEASURE else waiting
    return told


def _row(one: Found, places: dict[int, int], twins: Sequence[Found]) -> Row:
    node = one.node
    said = (
        node.entry.said or node.text
        if node.entry is not None
        else node.piece.said
        if node.piece is not None
        else node.text
    )
    body = [
        piece.said for piece in body_of(one) if piece.sort is not Sort.TABLE and piece.said and piece is not node.piece
    ]
    text = "\n".join([said, *body])
    plain = node.text
    if one.level is Level.MEASURE:
        plain = details.without_details(plain) or plain
    title, rest = titles.split(plain)
    description = [rest, node.entry.description if node.entry is not None else "", *body]
    title = title or titles.split(said)[0] or said[:LONGEST_TITLE] or (node.number or "?")
    last_page, last_line = _last(one)
    row = Row(
        one.level, (node.number or "")[:LONGEST_NUMBER] or None, title, node.page, node.line,
        parent=places[id(one.above)] if one.above is not None else None,
        description=" ".join(rest.split()) + _lines(description[1:], after=bool(rest)),
        text=text, certainty=one.certainty, last_page=last_page, last_line=last_line,
    )  # fmt: skip
    row = details.fill(row, text, node.entry)
    for twin in twins:
        if twin.node.entry is not None:
            row = _filled_from(row, details.fill(row, text, twin.node.entry))
    return row


def _lines(parts: Sequence[str], *, after: bool) -> str:
    told = "\n".join(part for part in parts if part)
    return f"\n{told}" if told and after else told


def _last(one: Found) -> tuple[int, int]:
    """Return the page and line where what a row says ends."""
    ends = [
        (line.page, line.number)
        for piece in [one.node.piece, *one.node.body]
        if piece is not None
        for line in piece.lines
    ]
    if one.node.entry is not None or not ends:
        return one.node.page, one.node.line
    return max(ends)


def _filled_from(row: Row, other: Row) -> Row:
    """Return a row with the details that only its twin in another place has."""
    return replace(
        row,
        responsible=row.responsible or other.responsible,
        due=row.due or other.due,
        due_precision=row.due_precision if row.due else other.due_precision,
        cost_nok=row.cost_nok if row.cost_nok is not None else other.cost_nok,
    )
