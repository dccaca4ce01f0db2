"""Content made by hand, for tests of what is pure: rows, targets and reports that no database has seen."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from portal.calendar import Precision
from strategy.content import Content, PlanWords, ReportHead, TargetLine
from strategy.rows import Row
from strategy.rules import Growth, Standing, State, TargetKind, TargetStanding, Wanted

counter = itertools.count(1)
FROZEN, TODAY = dt.date(2026, 5, 7), dt.date(2026, 9, 7)


def a_row(part: int = 0, **facts: Any) -> Row:
    """Make a row on track; a part is the same in two contents when its number is."""
    number = part or next(counter) + 1000
    return Row(
        **{
            "measure_id": number, "plan_id": 1, "number": str(number), "title": f"Tiltak {number}", "goal_id": None,
            "strategy_id": None, "strategy_number": "", "part_id": number, "authority_id": 1,
            "state": State.UNDER_WAY, "done_on": None, "due_on": None, "due_precision": Precision.DAY, "unit": "",
            "partner": "", "has_person": False, "invented": False, "standing": Standing.ON_TRACK, "late_since": None,
            "days_late": 0, "url": f"/by/planer/plan/tiltak/{number}/", "anchor": f"t{number}", **facts,
        }
    )  # fmt: skip


def a_target_line(id_: int, standing: TargetStanding, **facts: Any) -> TargetLine:
    return TargetLine(
        **{
            "id": id_, "goal_id": None, "title": f"Måltall {id_}", "kind": TargetKind.LEVEL, "growth": Growth.LINEAR,
            "wanted": Wanted.UP, "indicator_id": 1, "indicator": "Sysselsatte", "unit": "personer", "decimals": 0,
            "area": "By", "stated": Decimal(100), "target_on": dt.date(2030, 12, 31), "standing": standing, **facts,
        }
    )  # fmt: skip


def a_content(*rows: Row, report: int = 0, **facts: Any) -> Content:
    """Make content of a plan; with a number it is that frozen report."""
    on = facts.pop("on", FROZEN if report else TODAY)
    words = PlanWords(1, "plan", "Plan", "2026–2030", "adopted", 1, "By kommune", "by", "nb")
    head = ReportHead(report, 1, on) if report else None
    return Content(on=on, plan=words, rows=list(rows), report=head, **facts)
