"""A table that goes on over pages: heads said again, a row that the page cut, cells that reach down from above."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from strategy.importing.reading.lattice import said_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import TableRow


def continued(rows: Sequence[TableRow], more: Sequence[TableRow]) -> tuple[TableRow, ...]:
    """Return a table's rows with those of the next page: heads said again go, what the page cut is made whole."""
    whole, rest = list(rows), list(more)
    heads = 0
    while heads < min(len(rows), len(rest)) and rest[heads].cells == rows[heads].cells:
        whole[heads] = replace(whole[heads], is_head=True)
        heads += 1
    rest = rest[heads:]
    outer = _outer(whole[heads:], rest)
    for at in range(outer if rest else 0):
        before, after = whole[-1].cells[at], rest[0].cells[at]
        if before and after[:1].islower():
            said = said_on(before, after)
            whole, rest = _saying(whole[::-1], at, said)[::-1], _saying(rest, at, said)
    if rest and _is_rest(rest[0].cells, whole[-1].cells, outer):
        cells = map(said_on, whole[-1].cells[outer:], rest[0].cells[outer:])
        whole[-1] = replace(whole[-1], cells=(*whole[-1].cells[:outer], *cells))
        rest = rest[1:]
    return (*whole, *(replace(row, is_head=False) for row in rest))


def _outer(rows: Sequence[TableRow], more: Sequence[TableRow]) -> int:
    """Return how many of the first columns hold what several rows stand under: said again, or empty, where one begins.

    That such a cell is empty in a page's first row says nothing: it reaches down from the page before.
    """
    pairs = [(before.cells, after.cells) for side in (rows, more) for before, after in pairwise(side)]
    width = min((len(after) for _before, after in pairs), default=1)
    reaches = [
        any(
            after[at] in ("", before[at]) and any(cell[:1].isupper() for cell in after[at + 1 :])
            for before, after in pairs
        )
        for at in range(width - 1)
    ]
    return [*reaches, False].index(False)


def _saying(rows: Sequence[TableRow], at: int, said: str) -> list[TableRow]:
    """Return rows with something else in a cell of the first, and in the same cell of those that it reaches."""
    reached = next((place for place, row in enumerate(rows) if row.cells[at] != rows[0].cells[at]), len(rows))
    told = [replace(row, cells=(*row.cells[:at], said, *row.cells[at + 1 :])) for row in rows[:reached]]
    return [*told, *rows[reached:]]


def _is_rest(cells: Sequence[str], before: Sequence[str], outer: int) -> bool:
    """Say whether a page's first row is the end of the row before: nothing begins in it, or its first cell is empty.

    A number may begin a row or go on in one; it goes on where cells are empty that the row before has filled. Outer
    columns do not count, unless another goal begins there; beside them the first cell alone may go on with a name.
    """
    if any(cell not in ("", was) for cell, was in zip(cells[:outer], before, strict=False)):
        return False
    cells, before = cells[outer:], before[outer:]
    said = [cell for cell in cells if cell]
    lacking = sum(bool(was) and not cell for cell, was in zip(cells, before, strict=True))
    if not said or any(cell[0].isupper() for cell in said):
        is_alone = outer > 0 and len(said) == 1 and lacking > 1
        return bool(said) and (is_alone or not cells[0]) and 2 * lacking >= len(said)
    return any(cell[0].islower() for cell in said) and (bool(lacking) or not any(cell[0].isdigit() for cell in said))
