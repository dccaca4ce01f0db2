"""What was reported, laid into a plan's rows: the second mark, and the words of the newest report. One query."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from portal.calendar import Precision
from portal.case_path import who_treats
from portal.models.case import Access
from strategy import rules
from strategy.content import PeriodWords, Treatment
from strategy.models import ReportingPeriod, StatusReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strategy.rows import Row

STEP = "step__"
COLUMNS = {
    "id": "id", "name": "name", "starts_on": "starts_on", "ends_on": "ends_on", "opens_on": "opens_on",
    "due_on": "due_on", "closed_on": "closed_on", "body": "body__name", "step": "step_id", "owner": "authority_id",
    "access": f"{STEP}case__access", "step_body": f"{STEP}body__name", "body_of": f"{STEP}body__authority_id",
    "body_of_name": f"{STEP}body__authority__name", "actor": f"{STEP}actor", "starts": f"{STEP}starts_on",
    "ends": f"{STEP}ends_on", "decided_on": f"{STEP}decided_on", "precision": f"{STEP}precision",
    "item": f"{STEP}item_number", "number": f"{STEP}case_number",
}  # fmt: skip
ANSWERS = """
SELECT p.id, asked.id IS NOT NULL, asked.reported_at, asked.reminded_at, newest.period_id, newest.reported_at,
    newest.done_since, newest.reason, newest.next_step, newest.new_due_on, newest.new_due_precision, newest.asks,
    newest.invented
FROM strategy_measureparticipation p
LEFT JOIN strategy_statusreport asked ON asked.period_id = %s AND asked.participation_id = p.id
LEFT JOIN LATERAL (
    SELECT r.* FROM strategy_statusreport r JOIN strategy_reportingperiod d ON d.id = r.period_id
    WHERE r.participation_id = p.id AND r.reported_at IS NOT NULL ORDER BY d.ends_on DESC LIMIT 1
) newest ON true
WHERE p.plan_id = %s AND (asked.id IS NOT NULL OR newest.id IS NOT NULL)
"""
Facts = dict[str, Any]


def period_rows(plan: Any) -> ArraySubquery:
    """Return a plan's reporting periods with where each report is taken up, as a column of another query."""
    asked = Exists(StatusReport.objects.filter(period=OuterRef("pk")))
    periods = ReportingPeriod.objects.filter(plan=plan).order_by("-ends_on")
    return ArraySubquery(periods.values(row=JSONObject(**COLUMNS, is_asked=asked)))


def choose(periods: Iterable[Facts], on: dt.date, wanted: int | None = None) -> Facts | None:
    """Return the period that is wanted, or the last that was due on a day and in which anyone was asked.

    The newest comes first.
    """
    for facts in periods:
        dates = rules.PeriodFacts(_day(facts["opens_on"]), _day(facts["due_on"]), _no_day(facts["closed_on"]))
        if facts["id"] == wanted or (wanted is None and facts["is_asked"] and rules.was_due(dates, on)):
            return facts
    return None


def words(facts: Facts) -> PeriodWords:
    """Return the period as pages name it, with the body, its day and its case number where anyone may read the case."""
    treatment = Treatment(body=facts["body"] or "")
    if facts["step"] is not None and facts["access"] == Access.OPEN:
        own = facts["body_of"] == facts["owner"]
        who = who_treats(facts["step_body"] or "", facts["body_of_name"] or "", facts["actor"], is_own=own)
        day = facts["decided_on"] or facts["starts"] or facts["ends"]
        precision = Precision.DAY if facts["decided_on"] else Precision(facts["precision"])
        treatment = Treatment(who or treatment.body, _no_day(day), precision, facts["item"] or facts["number"])
    return PeriodWords(
        facts["id"], facts["name"], _day(facts["starts_on"]), _day(facts["ends_on"]), _day(facts["due_on"]),
        _no_day(facts["closed_on"]), treatment,
    )  # fmt: skip


def lay_into(rows: Iterable[Row], plan_id: int, periods: list[Facts], period: Facts | None) -> None:
    """Write into each row what was reported of it; one query, which looks one report up for each measure."""
    if not periods:
        return
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [period["id"] if period else None, plan_id])
        answers = {part: facts for part, *facts in cursor.fetchall()}
    order = {facts["id"]: facts["ends_on"] for facts in periods}
    latest = period["ends_on"] if period else ""
    for row in rows:
        if (found := answers.get(row.part_id)) is not None:
            _tell(row, found, is_current=order.get(found[3], "") >= latest)


def _tell(row: Row, facts: list[Any], *, is_current: bool) -> None:
    (
        is_asked, answered_at, reminded_at, _period, reported_at, done_since, reason, next_step, new_due_on, precision,
        asks, invented,
    ) = facts  # fmt: skip
    row.reporting = rules.reporting(is_asked=is_asked, reported_on=_date(answered_at))
    row.reminded_on = _date(reminded_at)
    if reported_at is None:
        return
    row.last_reported_on = _date(reported_at)
    row.done_since, row.reason, row.next_step = done_since, reason, next_step
    row.new_due_on, row.new_due_precision = new_due_on, Precision(precision)
    row.asks = asks if is_current else ""
    row.invented = row.invented or invented


def _date(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(moment) if moment else None


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _no_day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
