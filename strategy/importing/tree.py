"""A proposal in memory while something is done with it: what lies under what, in which order, and what may never be."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from strategy.models import ImportRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from strategy.models import PlanImport

Level, Decision = ImportRow.Level, ImportRow.Decision
DEPTH: dict[str, int] = {Level.GOAL: 0, Level.STRATEGY: 1, Level.MEASURE: 2}
LIVE = (Decision.UNDECIDED, Decision.ACCEPTED)
"""A row that is to become something, or may."""
WRITTEN = (
    "position", "level", "parent_id", "number", "title", "description", "note", "sdg_focus", "sdg_contributes",
    "responsible", "due_on", "due_precision", "cost_nok", "decision", "merged_into_id", "decided_at", "decided_by_id",
    "change",
)  # fmt: skip
"""What an officer's press may change in a row."""


def may_lie_under(level: str, above: str | None) -> bool:
    """Say whether a row of this level may lie under one of that level, or directly under the plan."""
    return above is None or DEPTH[above] < DEPTH[level]


class Tree:
    """All rows of one proposal, in order, with what they were when they were fetched."""

    def __init__(self, found: PlanImport, rows: Iterable[ImportRow]) -> None:
        self.found = found
        self.rows: dict[int, ImportRow] = {row.pk: row for row in rows}
        self.versions = {row.pk: row.row_version for row in self.rows.values()}
        self._were = {row.pk: _written(row) for row in self.rows.values()}
        self._under: dict[int | None, list[ImportRow]] = defaultdict(list)
        for row in sorted(self.rows.values(), key=lambda row: row.position):
            self._under[row.parent_id].append(row)

    # ---- looking ----

    def under(self, row: ImportRow | None) -> list[ImportRow]:
        """Return what lies right under a row, or under the plan, in order."""
        return list(self._under[row.pk if row else None])

    def below(self, row: ImportRow | None) -> Iterator[ImportRow]:
        """Yield all that lies under a row, at any depth, in order."""
        for child in self.under(row):
            yield child
            yield from self.below(child)

    def above(self, row: ImportRow) -> list[ImportRow]:
        """Return what a row lies under, the nearest first."""
        found = []
        while row.parent_id is not None:
            row = self.rows[row.parent_id]
            found.append(row)
        return found

    def live_under(self, row: ImportRow) -> list[ImportRow]:
        return [child for child in self.under(row) if child.decision in LIVE]

    def put_into(self, row: ImportRow) -> list[ImportRow]:
        """Return the rows that were put together with this one."""
        return [other for other in self.rows.values() if other.merged_into_id == row.pk]

    def siblings(self, row: ImportRow) -> list[ImportRow]:
        return list(self._under[row.parent_id])

    # ---- changing ----

    def add(self, row: ImportRow, after: ImportRow | None = None) -> None:
        """Take in a new row, after another of the same parent, or last."""
        self.rows[row.pk] = row
        line = self._under[row.parent_id]
        line.insert(line.index(after) + 1 if after in line else len(line), row)

    def place(self, row: ImportRow, parent: ImportRow | None, before: ImportRow | None = None) -> None:
        """Lay a row under another, before a sibling; without one, where the order of print has it."""
        self._under[row.parent_id].remove(row)
        row.parent_id = parent.pk if parent else None
        line = self._under[row.parent_id]
        if before in line:
            line.insert(line.index(before), row)
        else:
            line.insert(sum(other.position < row.position for other in line), row)

    def last(self, row: ImportRow) -> None:
        """Lay a row last among those beside it."""
        line = self._under[row.parent_id]
        line.remove(row)
        line.append(row)

    def settle_order(self) -> None:
        """Give every row its position: 1, 2, 3 …, each right before what lies under it."""
        for position, row in enumerate(list(self.below(None)), 1):
            row.position = position

    def rebuild(self) -> None:
        """Take up what lies under what anew, from the rows themselves."""
        self._under.clear()
        for row in sorted(self.rows.values(), key=lambda row: row.position):
            self._under[row.parent_id].append(row)

    def changed(self) -> tuple[list[ImportRow], list[str]]:
        """Return the rows that are not as they were fetched, and the columns that differ in any of them."""
        rows, columns = [], set()
        for row in self.rows.values():
            was = self._were.get(row.pk)
            if was is None:
                continue
            differs = {name for name, old, new in zip(WRITTEN, was, _written(row), strict=True) if old != new}
            if differs:
                rows.append(row)
                columns |= differs
        return rows, sorted(columns)

    # ---- what may never be ----

    def faults(self) -> list[str]:
        """Return what is wrong with the proposal as it stands; nothing, when all is well."""
        found = []
        for row in self.rows.values():
            parent = self.rows.get(row.parent_id or 0)
            if row.parent_id is not None and (parent is None or not may_lie_under(row.level, parent.level)):
                found.append(f"{row.pk}: level")
            if parent is not None and row.decision in LIVE and parent.decision not in LIVE:
                found.append(f"{row.pk}: under what is left out")
            if parent is not None and parent.position >= row.position:
                found.append(f"{row.pk}: before what it lies under")
            into = self.rows.get(row.merged_into_id or 0)
            if row.decision == Decision.MERGED and (into is None or into.decision not in LIVE):
                found.append(f"{row.pk}: put into what is left out")
        if sorted(row.position for row in self.rows.values()) != list(range(1, len(self.rows) + 1)):
            found.append("positions")
        return found


def _written(row: ImportRow) -> tuple[Any, ...]:
    return tuple(plain(getattr(row, name)) for name in WRITTEN)


def plain(value: Any) -> Any:
    """Return a value so that two of it are equal, whether a list was fetched or set."""
    return tuple(value) if isinstance(value, list) else value
