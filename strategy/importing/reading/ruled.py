"""Tables with lines around their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.reading.glyphs import Rule
from strategy.importing.reading.lattice import NEAR, Grid, grid_of, inside_of, places, rows_in, said_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from strategy.importing.reading.glyphs import Word

Place = tuple[int, int]
MOST_CELLS = 5_000


def merged(rules: Iterable[Rule], *, lies: bool) -> list[Rule]:
    """Return lines of one direction, with the pieces of each put together."""
    whole: list[Rule] = []
    for rule in sorted((one for one in rules if one.lies is lies), key=lambda one: (round(one.at), one.start)):
        for at in range(len(whole) - 1, max(-1, len(whole) - 12), -1):
            before = whole[at]
            if abs(before.at - rule.at) <= 1.5 and rule.start <= before.end + NEAR and rule.end >= before.start - NEAR:
                start, end = min(before.start, rule.start), max(before.end, rule.end)
                whole[at] = Rule(lies, before.at, start, end)
                break
        else:
            whole.append(rule)
    return [rule for rule in whole if rule.end - rule.start > 6]


def components(lying: Sequence[Rule], standing: Sequence[Rule]) -> list[list[Rule]]:
    """Return groups of lines that hang together by crossing or meeting."""
    group = {id(one): [one] for one in (*lying, *standing)}
    for flat in lying:
        for tall in standing:
            if (
                flat.start - NEAR <= tall.at <= flat.end + NEAR
                and tall.start - NEAR <= flat.at <= tall.end + NEAR
                and group[id(flat)] is not group[id(tall)]
            ):
                one, other = group[id(flat)], group[id(tall)]
                one += other
                for moved in other:
                    group[id(moved)] = one
    unlike = {id(lines): lines for lines in group.values()}
    return [lines for lines in unlike.values() if len(lines) > 2]


def ruled(lines: Sequence[Rule], words: Sequence[Word]) -> Grid | None:
    """Return the table that lines make, or None where they make none: a box, a chart, a frame around text."""
    flat, tall = [one for one in lines if one.lies], [one for one in lines if not one.lies]
    if not flat or not tall:
        return None
    xs, ys = places(one.at for one in tall), places(one.at for one in flat)
    left, right = min(one.start for one in flat), max(one.end for one in flat)
    top, bottom = min(one.start for one in tall), max(one.end for one in tall)
    xs = [*([left] if left < xs[0] - 8 else []), *xs, *([right] if right > xs[-1] + 8 else [])]
    ys = [*([top] if top < ys[0] - 8 else []), *ys, *([bottom] if bottom > ys[-1] + 8 else [])]
    if len(xs) < 3 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > MOST_CELLS:
        return None
    owner = _owners(xs, ys, flat, tall)
    held: dict[Place, list[Word]] = {}
    for word, row, column in inside_of(words, xs, ys):
        held.setdefault(owner[row, column], []).append(word)
    cells = {place: said_in(held[place], xs[_last_column(owner, place, len(xs) - 1) + 1]) for place in held}
    said = [[_said(cells, owner, row, column) for column in range(len(xs) - 1)] for row in range(len(ys) - 1)]
    if len(ys) <= 3:
        split = rows_in(words, xs, ys) or []
        if len(split) > len(said) and all(row[0] and sum(map(bool, row)) > 1 for row in split):
            return grid_of(xs, ys, split)
    placed = [[held.get((row, column), []) for column in range(len(xs) - 1)] for row in range(len(ys) - 1)]
    return grid_of(xs, ys, placed, said)


def _owners(xs: list[float], ys: list[float], flat: Sequence[Rule], tall: Sequence[Rule]) -> dict[Place, Place]:
    """Return for each place of the table the upper left place of the cell that covers it."""
    owner = {(row, column): (row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)}

    def join_cells(one: Place, other: Place) -> None:
        first, second = sorted((owner[one], owner[other]))
        for place, of in owner.items():
            if of == second:
                owner[place] = first

    for row, column in list(owner):
        middle_y, middle_x = (ys[row] + ys[row + 1]) / 2, (xs[column] + xs[column + 1]) / 2
        if column + 2 < len(xs) and not _is_parted(tall, xs[column + 1], middle_y):
            join_cells((row, column), (row, column + 1))
        if row + 2 < len(ys) and not _is_parted(flat, ys[row + 1], middle_x):
            join_cells((row, column), (row + 1, column))
    return owner


def _is_parted(rules: Sequence[Rule], at: float, by: float) -> bool:
    return any(abs(rule.at - at) <= NEAR and rule.start - 1 <= by <= rule.end + 1 for rule in rules)


def _last_column(owner: dict[Place, Place], place: Place, columns: int) -> int:
    row, column = place
    while column + 1 < columns and owner[row, column + 1] == place:
        column += 1
    return column


def _said(cells: dict[Place, str], owner: dict[Place, Place], row: int, column: int) -> str:
    """Return what a place says: a cell that reaches down is said again, one that reaches to the right is not."""
    place = owner[row, column]
    return cells.get(place, "") if place[1] == column else ""
