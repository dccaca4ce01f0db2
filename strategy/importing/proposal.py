"""What is found in a document: rows with their parents, what is odd, and what it says of the plan as a whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from strategy.importing.document import Kind

LONGEST_TITLE = 200
LONGEST_NUMBER = 10
LONGEST_TEXT = 20_000
"""Signs of a description; a row with more is looked at by someone, for the rest of it stands in its text alone."""


class Level(StrEnum):
    """The three levels of a plan, whatever its own words for them."""

    GOAL = "goal"
    STRATEGY = "strategy"
    MEASURE = "measure"


ORDER = {Level.GOAL: 0, Level.STRATEGY: 1, Level.MEASURE: 2}


class Certainty(StrEnum):
    """How sure the rule that found a row is: said outright, likely, or a guess to look at."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


class Odd(StrEnum):
    """The kinds of what is odd in a document; none of them is mended by itself."""

    NUMBER_MISSING = "number_missing"
    NUMBER_DOUBLED = "number_doubled"
    NUMBER_OUT_OF_ORDER = "number_out_of_order"
    SEPARATOR_MISSING = "separator_missing"
    HEADING_WRAPPED = "heading_wrapped"
    HEADING_AFTER_TEXT = "heading_after_text"
    WRONG_REFERENCE = "wrong_reference"
    GOAL_REWORDED = "goal_reworded"
    LEVEL_FOLDED = "level_folded"
    SUMMARY_DIFFERS = "summary_differs"


@dataclass(frozen=True, slots=True)
class Row:
    """A goal, strategy or measure as found.

    `number` is what is printed, without the word before it ("1.2", "3", "a"), or None. `parent` is the place of
    another row of the proposal, always an earlier one. `text` is the document's own, title included, lines joined.
    `line` and `last_line` count as in `document.Line`. `due_precision` is a value of `portal.calendar.Precision`, and
    `due` the last day of what is said; half a year is a "period".
    """

    level: Level
    number: str | None
    title: str
    page: int
    line: int
    parent: int | None = None
    description: str = ""
    text: str = ""
    last_page: int = 0
    last_line: int = 0
    certainty: Certainty = Certainty.SURE
    sdg_focus: tuple[int, ...] = ()
    sdg_contributes: tuple[int, ...] = ()
    responsible: str = ""
    due: dt.date | None = None
    due_precision: str = "day"
    cost_nok: int | None = None


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something odd: `where` is the full number or the title of what it concerns ("2.7", "4.2.2").

    `row` is the place of the row it is shown at, where there is one. `said` is what the document says, `other` what it
    says elsewhere or what was expected.
    """

    kind: Odd
    where: str
    page: int
    line: int
    row: int | None = None
    said: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the document says of the plan itself; empty where it says nothing. `…_word` are its words for the levels."""

    title: str = ""
    period_start: int | None = None
    period_end: int | None = None
    mission: str = ""
    vision: str = ""
    values: str = ""
    aim: str = ""
    superior_plan: str = ""
    goal_word: str = ""
    strategy_word: str = ""
    measure_word: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that was found, rows in the order of print and every parent before its children."""

    kind: Kind
    rows: tuple[Row, ...]
    anomalies: tuple[Anomaly, ...] = ()
    facts: Facts = field(default_factory=Facts)


def as_json(proposal: Proposal) -> dict[str, Any]:
    """Return the proposal as the command prints it; `line` is the line in txt and the page in the others."""

    def at(page: int, line: int) -> int:
        return line if proposal.kind is Kind.TXT else page

    found: dict[str, Any] = {"goals": [], "strategies": [], "measures": [], "anomalies": []}
    nodes: list[dict[str, Any]] = []
    for row in proposal.rows:
        node: dict[str, Any] = {"number": row.number, "title": row.title, "line": at(row.page, row.line)}
        if row.level is Level.GOAL:
            node |= {"strategies": [], "measures": []}
        elif row.level is Level.STRATEGY:
            node |= {"measures": []}
        else:
            node = {"number": row.number, "title": row.title, "text": row.text, "line": node["line"]}
        above = found if row.parent is None else nodes[row.parent]
        above[{Level.GOAL: "goals", Level.STRATEGY: "strategies", Level.MEASURE: "measures"}[row.level]].append(node)
        nodes.append(node)
    found["anomalies"] = [
        {"kind": one.kind.value, "where": one.where, "line": at(one.page, one.line)} for one in proposal.anomalies
    ]
    return found
