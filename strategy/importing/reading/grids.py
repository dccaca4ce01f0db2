"""The tables on a page of a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.reading.lattice import NEAR, Grid
from strategy.importing.reading.ruled import components, merged, ruled
from strategy.importing.reading.unruled import FEWEST_ROWS, aligned, banded_in, stacked, stretched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.reading.glyphs import Sheet, Word

MOST_RULES = 400


def grids_on(sheet: Sheet, words: Sequence[Word]) -> list[Grid]:
    """Return the tables that these words of a page are set in, from the top.

    A table with lines around its cells is surest. Where lines only lie, or only some rows are shaded, room parts the
    columns; such a table may hold what seemed to be small ones.
    """
    lying, standing = merged(sheet.rules, lies=True), merged(sheet.rules, lies=False)
    found: list[Grid] = []
    if len(lying) <= MOST_RULES and len(standing) <= MOST_RULES:
        framed = [grid for lines in components(lying, standing) if (grid := ruled(lines, words))]
        sure = [grid for grid in framed if len(grid.said) > 2]
        free = [rule for rule in lying if not any(grid.top - NEAR < rule.at < grid.bottom + NEAR for grid in sure)]
        for stack in stacked(free, sure):
            for grid in banded_in(stack, standing, words):
                _keep(found, grid)
        shaded = found[:]
        for grid in framed:
            _keep(found, grid)
        for at, grid in enumerate(found):
            if grid in shaded or len(grid.said) < FEWEST_ROWS:
                found[at] = stretched(grid, _left(words, found))
    for grid in aligned(_left(words, found)):
        _keep(found, grid)
    return sorted(found, key=lambda grid: grid.top)


def _left(words: Sequence[Word], found: Sequence[Grid]) -> list[Word]:
    return [word for word in words if not any(id(word) in grid.words for grid in found)]


def _keep(found: list[Grid], grid: Grid | None) -> None:
    if grid is not None and not any(grid.words & other.words for other in found):
        found.append(grid)
