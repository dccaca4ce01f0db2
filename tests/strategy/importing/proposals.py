"""Proposals to go through, small enough to be read in a test, or as large as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.models import ImportPage, ImportRow, PlanImport
from tests import factories_imports as make

if TYPE_CHECKING:
    from portal.models import Authority

TEXT = """Næringsplan

Mål 1: Flere i arbeid
Strategi 1.1 Plass til alle
Tiltak 1 – Rydde tomter.
Tiltak 2 – Besøke bedriftene.

Mål 2: Klima og natur
Strategi 2.1 Grønn vekst
Tiltak 1 – Bytte lyspærer.
Tiltak 3 – Måle utslipp.

Til slutt
Tiltak – Følge opp planen.
"""
ROWS = (
    ("goal", "1", "Flere i arbeid", "", 3, "sure"),
    ("strategy", "1.1", "Plass til alle", "Flere i arbeid", 4, "sure"),
    ("measure", "1", "Rydde tomter", "Plass til alle", 5, "sure"),
    ("measure", "2", "Besøke bedriftene", "Plass til alle", 6, "likely"),
    ("goal", "2", "Klima og natur", "", 8, "sure"),
    ("strategy", "2.1", "Grønn vekst", "Klima og natur", 9, "sure"),
    ("measure", "1", "Bytte lyspærer", "Grønn vekst", 10, "sure"),
    ("measure", "3", "Måle utslipp", "Grønn vekst", 11, "unsure"),
    ("measure", "", "Følge opp planen", "", 14, "sure"),
)


def by_title(proposal: PlanImport, title: str) -> ImportRow:
    return ImportRow.objects.get(plan_import=proposal, title=title)


def a_small_plan(authority: Authority) -> PlanImport:
    """Make a proposal of nine rows: one strategy with something odd, one row likely, one unsure, the rest sure."""
    found = make.an_import(authority, state="reading", started_at=make.READ, attempts=1, content=TEXT.encode())
    ImportPage.objects.create(plan_import=found, authority=authority, number=1, first_line=1, text=TEXT)
    made: dict[str, ImportRow] = {}
    for level, number, title, parent, line, certainty in ROWS:
        made[title] = make.a_row(
            found, level=level, number=number, title=title, parent=made.get(parent), line=line, last_line=line,
            certainty=certainty, text=f"{title}.",
        )  # fmt: skip
    make.an_anomaly(made["Grønn vekst"], where="2.1.2", line=9)
    return ready(found)


def a_large_plan(authority: Authority, size: int) -> PlanImport:
    """Make a proposal of so many rows, one in ten with something odd."""
    found = make.an_import(authority, state="reading", started_at=make.READ, attempts=1, content=b"%d" % size)
    lines = [f"Linje {line} i dokumentet, med noen ord til." for line in range(1, size + 1)]
    ImportPage.objects.create(plan_import=found, authority=authority, number=1, first_line=1, text="\n".join(lines))
    goal = strategy = None
    for place in range(size):
        kind = "goal" if place % 50 == 0 else "strategy" if place % 10 == 1 else "measure"
        parent = None if kind == "goal" else goal if kind == "strategy" else strategy or goal
        row = make.a_row(
            found, level=kind, number=str(place), title=f"Tiltak for mer samarbeid mellom bedrifter og skoler {place}",
            parent=parent, line=place + 1, last_line=place + 1, certainty="sure" if place % 7 else "likely",
        )  # fmt: skip
        goal, strategy = (row, None) if kind == "goal" else (goal, row if kind == "strategy" else strategy)
        if place % 10 == 5 or size < 5:
            make.an_anomaly(row, line=place + 1)
    return ready(found)


def ready(found: PlanImport) -> PlanImport:
    found.state, found.read_at, found.pages, found.pages_read = "ready", make.READ, 1, 1
    found.goal_word, found.strategy_word, found.measure_word = "mål", "strategi", "tiltak"
    found.save()
    return found
