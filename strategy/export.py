"""What a plan's page shows, as tables for a spreadsheet or another program: made from the same `Content`.

Where the page tells no standing, neither do the files. Units and partners are named, never an employee.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import export
from portal.templatetags.portal_tags import STANDINGS
from strategy import changes, sentences
from strategy.filters import NO_FILTER, Filter
from strategy.rules import Reporting

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategy.content import Content, TargetLine
    from strategy.rows import Row

FORMS = ("csv", "xlsx", "json")
LONGEST_SHEET_NAME = 31


class Column(NamedTuple):
    """A key that never changes, for programs, and a heading, for people."""

    key: str
    heading: str


@dataclass(frozen=True)
class Table:
    """One of the page's lists."""

    key: str
    heading: str
    columns: list[Column]
    rows: list[list[Any]]


def tables(content: Content, *, has_standing: bool, chosen: Filter = NO_FILTER) -> list[Table]:
    """Return what the page shows, table by table; `chosen` leaves out measures as it does on the page."""
    rows = [row for row in content.rows if chosen.keeps(row)] if has_standing and chosen else content.rows
    found = [_measures(content, rows, has_standing=has_standing), _targets(content, has_standing=has_standing)]
    if has_standing:
        found += [_milestones(rows), _money(rows), _observations(content), _changes(content)]
    return [found[0], *(table for table in found[1:] if table.rows)]


# ---- the tables ----

Facts = list[tuple[str, str, "Callable[[Any], Any]"]]
"""Key, heading, and how the value is found."""


def _table(key: str, heading: str, facts: Facts, rows: list[Any]) -> Table:
    columns = [Column(name, title) for name, title, _value in facts]
    return Table(key, heading, columns, [[value(row) for _name, _title, value in facts] for row in rows])


def _measures(content: Content, rows: list[Row], *, has_standing: bool) -> Table:
    goals = {goal.id: f"{goal.number} {goal.title}".strip() for goal in content.goals}
    strategies = {each.id: f"{each.number} {each.title}".strip() for each in content.strategies}
    facts: Facts = [
        ("number", _("Number"), lambda row: row.full_number),
        ("title", _("Title"), lambda row: row.title),
        ("goal", _("Goal"), lambda row: goals.get(row.goal_id, "")),
        ("strategy", _("Strategy"), lambda row: strategies.get(row.strategy_id, "")),
        ("authority", _("Authority"), lambda row: row.authority),
        ("responsible", _("Responsible"), lambda row: ", ".join(filter(None, (row.unit, row.partner)))),
        ("address", _("Address"), lambda row: settings.BASE_URL + row.url),
    ]  # fmt: skip
    return _table(
        "measures",
        sentences.several(content.plan.measure_word),
        facts + (_standing_facts() if has_standing else []),
        rows,
    )


def _standing_facts() -> Facts:
    return [
        ("standing", _("Standing"), lambda row: row.standing.value),
        ("standing_word", _("Standing in words"), lambda row: str(STANDINGS[row.standing.value].word)),
        ("days_late", _("Days late"), lambda row: row.days_late),
        ("late_since", _("Late since"), lambda row: row.late_since),
        ("due_on", _("Due"), lambda row: row.due_on),
        ("due_precision", _("How precise"), lambda row: row.due_precision.value if row.due_on else ""),
        ("done_on", _("Done on"), lambda row: row.done_on),
        ("reporting", _("Reported for the last period"), lambda row: _reporting(row.reporting)),
        ("last_reported_on", _("Last reported"), lambda row: row.last_reported_on),
        ("done_since", _("Done since last"), lambda row: row.done_since),
        ("reason", _("Reason"), lambda row: row.reason),
        ("next_step", _("Next step"), lambda row: row.next_step),
        ("new_due_on", _("New date"), lambda row: row.new_due_on),
        ("asks", _("What is asked for"), lambda row: row.asks),
        ("invented", _("Invented for the demo"), lambda row: row.invented),
    ]  # fmt: skip


def _reporting(mark: Reporting) -> bool | None:
    """Return whether a report came; nothing where none was asked for."""
    return None if mark == Reporting.NOT_ASKED else mark != Reporting.NOT_REPORTED


def _targets(content: Content, *, has_standing: bool) -> Table:
    goals = {goal.id: f"{goal.number} {goal.title}".strip() for goal in content.goals}
    facts: Facts = [
        ("title", _("Title"), lambda line: line.title),
        ("goal", _("Goal"), lambda line: goals.get(line.goal_id, "")),
        ("indicator", _("Indicator"), lambda line: line.indicator),
        ("unit", _("Unit"), lambda line: line.unit),
        ("area", _("Area"), lambda line: line.area),
        ("kind", _("Kind"), lambda line: line.kind.value),
        ("stated", _("As the plan states it"), lambda line: line.stated),
        ("target_on", _("To be reached by"), lambda line: line.target_on),
    ]  # fmt: skip
    return _table("targets", _("targets"), facts + (_target_facts() if has_standing else []), content.targets)


def _target_facts() -> Facts:
    def at(name: str) -> tuple[Callable[[TargetLine], Any], Callable[[TargetLine], Any]]:
        """Return how to find the value and the day of an observed point, where there is one."""
        return (
            lambda line: point.value if (point := getattr(line, name)) else None,
            lambda line: point.on if (point := getattr(line, name)) else None,
        )

    (start, start_on), (now, now_on) = at("baseline"), at("latest")
    return [
        ("standing", _("Standing"), lambda line: line.standing.value),
        ("standing_word", _("Standing in words"), lambda line: str(STANDINGS[line.standing.value].word)),
        ("target", _("Level to be reached"), lambda line: line.target),
        ("baseline", _("Start"), start),
        ("baseline_on", _("Start, day"), start_on),
        ("latest", _("Latest"), now),
        ("latest_on", _("Latest, day"), now_on),
        ("expected", _("Expected by now"), lambda line: line.expected),
        ("needed", _("Needed a year"), lambda line: line.needed),
        ("invented", _("Invented for the demo"), lambda line: line.invented),
    ]  # fmt: skip


def _milestones(rows: list[Row]) -> Table:
    facts: Facts = [
        ("number", _("Number"), lambda pair: pair[0].full_number),
        ("measure", _("Measure"), lambda pair: pair[0].title),
        ("authority", _("Authority"), lambda pair: pair[0].authority),
        ("milestone", _("Milestone"), lambda pair: pair[1].title),
        ("due_on", _("Due"), lambda pair: pair[1].due_on),
        ("due_precision", _("How precise"), lambda pair: pair[1].precision.value),
        ("reached_on", _("Reached"), lambda pair: pair[1].reached_on),
        ("invented", _("Invented for the demo"), lambda pair: pair[1].invented),
    ]  # fmt: skip
    return _table("milestones", _("milestones"), facts, [(row, step) for row in rows for step in row.steps])


def _money(rows: list[Row]) -> Table:
    facts: Facts = [
        ("number", _("Number"), lambda pair: pair[0].full_number),
        ("measure", _("Measure"), lambda pair: pair[0].title),
        ("authority", _("Authority"), lambda pair: pair[0].authority),
        ("year", _("Budget year"), lambda pair: pair[1].year),
        ("source", _("Source"), lambda pair: pair[1].source),
        ("state", _("Status"), lambda pair: pair[1].state),
        ("amount_nok", _("Amount in kroner"), lambda pair: pair[1].amount_nok),
        ("decision", _("Decision"), lambda pair: pair[1].decision_reference),
    ]  # fmt: skip
    return _table("money", _("money"), facts, [(row, money) for row in rows for money in row.money])


def _observations(content: Content) -> Table:
    facts: Facts = [
        ("indicator", _("Indicator"), lambda found: found[0].name),
        ("unit", _("Unit"), lambda found: found[0].unit),
        ("area", _("Area"), lambda found: found[1].area),
        ("category", _("Category"), lambda found: found[1].category),
        ("on", _("Day"), lambda found: found[2].on),
        ("value", _("Value"), lambda found: found[2].value),
        ("estimated", _("Estimate"), lambda found: found[2].is_estimated),
        ("invented", _("Invented for the demo"), lambda found: found[2].invented),
        ("source", _("Source"), lambda found: found[0].source),
        ("licence", _("Licence"), lambda found: found[0].licence),
    ]  # fmt: skip
    points = [(one, series, point) for one in content.figures for series in one.series for point in series.points]
    return _table("observations", _("observations"), facts, points)


def _changes(content: Content) -> Table:
    facts: Facts = [
        ("kind", _("Change"), lambda line: line.kind),
        ("kind_word", _("Change in words"), lambda line: str(changes.KINDS[line.kind].heading)),
        ("number", _("Number"), lambda line: line.number),
        ("title", _("Title"), lambda line: line.title),
        ("before", _("Before"), lambda line: line.before),
        ("after", _("After"), lambda line: line.after),
    ]  # fmt: skip
    return _table("changes", _("changes"), facts, content.changes.lines if content.changes else [])


# ---- as files ----


def answer(form: str, content: Content, *, has_standing: bool, chosen: Filter, wanted: str = "") -> HttpResponse:
    """Return the tables as a download: as csv the one that is wanted, or the measures; else all of them.

    Raises:
        Http404: there is no such form or table.
    """
    found = tables(content, has_standing=has_standing, chosen=chosen)
    if form == "csv":
        table = next((each for each in found if each.key == (wanted or "measures")), None)
        if table is None:
            raise Http404
        body, kind = export.as_csv(_cells(table, of_csv)), "text/csv; charset=utf-8"
    elif form == "xlsx":
        body, kind = export.as_workbook(_sheets(found)), export.XLSX
    elif form == "json":
        body, kind = as_json(content, found, has_standing=has_standing), "application/json"
    else:
        raise Http404
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{content.plan.slug}-{content.on.isoformat()}.{form}"'
    return response


def _cells(table: Table, value_of: Callable[[Any], Any]) -> list[list[Any]]:
    return [[each.heading for each in table.columns], *([value_of(value) for value in row] for row in table.rows)]


def of_csv(value: Any) -> Any:
    """Return a value as a Norwegian spreadsheet reads it: decimals with a comma, yes and no in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else export.harmless(value)


def of_sheet(value: Any) -> Any:
    """Return a value as a cell holds it: numbers and dates as such."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return export.harmless(value)


def _sheets(found: list[Table]) -> list[tuple[str, list[list[Any]]]]:
    return [(table.heading.capitalize()[:LONGEST_SHEET_NAME], _cells(table, of_sheet)) for table in found]


def as_json(content: Content, found: list[Table], *, has_standing: bool) -> bytes:
    """Return all tables as JSON, with what each key means; numbers are numbers, days are ISO 8601."""
    report = content.report
    told = {
        "plan": str(content.plan), "authority": content.plan.authority_name, "on": content.on,
        "address": settings.BASE_URL + reverse("plan_status", args=[content.plan.authority_slug, content.plan.slug]),
        "report": report and {"number": report.number, "version": report.version, "frozen_on": report.frozen_on},
        "has_standing": has_standing,
        "keys": {table.key: {each.key: each.heading for each in table.columns} for table in found},
        "tables": {
            table.key: [dict(zip((each.key for each in table.columns), row, strict=True)) for row in table.rows]
            for table in found
        },
    }  # fmt: skip
    return msgspec.json.Encoder(decimal_format="number").encode(told)
