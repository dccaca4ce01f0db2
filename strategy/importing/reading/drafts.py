"""A line of a page on its way to become a `Line`: its words are still there to be judged by how they are set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strategy.importing.document import Line, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.reading.rows import Row


@dataclass(slots=True)
class Draft:
    """A line; `run` numbers the runs of text of a page, so that lines of one run stand below each other."""

    row: Row
    page: int
    run: int
    left: float
    text: str
    size: float
    bold: bool
    italic: bool
    role: Role = Role.TEXT
    level: int = 0
    gap: int = 0
    marks: list[str] = field(default_factory=list)

    @property
    def x0(self) -> float:
        return self.row.x0

    def line(self, number: int) -> Line:
        """Return it as the document has it; places and sizes are rounded, so that like lines are alike."""
        indent = float(round(max(0.0, self.x0 - self.left)))
        return Line(
            self.text,
            self.page,
            number,
            self.role,
            self.level,
            bold=self.bold,
            size=self.size,
            indent=indent,
            gap=self.gap,
        )


def drafts_of(rows: Sequence[Row], page: int) -> list[Draft]:
    """Return a run of a page's lines; those that say nothing that can be read are left out."""
    left = min(row.x0 for row in rows)
    run = id(rows)
    drafts = [Draft(row, page, run, left, row.text, row.size, row.bold, row.italic, marks=row.marks) for row in rows]
    return [draft for draft in drafts if draft.text]
