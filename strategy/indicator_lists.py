"""What the officer's pages of indicators read: each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import export
from strategy import charts, figure_words, figures
from strategy.content import SeriesLine
from strategy.models import Indicator, Observation, Series, Target
from strategy.observation_files import template
from strategy.rules.indicators import next_measurement

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Authority
    from strategy.content import Point, TargetLine

PER_PAGE = 100
COLUMNS = (
    ("indicator.name", gettext_lazy("Indicator")), ("indicator.unit", gettext_lazy("Unit")),
    ("own", gettext_lazy("Series")), (lambda row: row.latest.value if row.latest else "", gettext_lazy("Latest value")),
    (lambda row: row.latest.on if row.latest else "", gettext_lazy("At the end of")),
    (lambda row: row.next_due or "", gettext_lazy("Next measurement")),
    (lambda row: ", ".join(target.title for target in row.targets), gettext_lazy("Targets")),
    ("indicator.source", gettext_lazy("Source")), ("indicator.licence", gettext_lazy("Licence")),
)  # fmt: skip
VALUE_COLUMNS = (
    (lambda row: row.observed_on, gettext_lazy("Date")), ("series.area", gettext_lazy("Area")),
    ("series.category", gettext_lazy("Category")), (lambda row: row.value, gettext_lazy("Value")),
    (lambda row: _("yes") if row.is_estimated else _("no"), gettext_lazy("Estimated")),
    ("source", gettext_lazy("Source")),
)  # fmt: skip


@dataclass(slots=True)
class IndicatorRow:
    """An indicator in the list: its own latest value, when the next is due, and which targets count on it."""

    indicator: Indicator
    own: str
    latest: Point | None
    next_due: dt.date | None
    is_overdue: bool
    targets: list[Target]

    @property
    def value(self) -> str:
        if self.latest is None:
            return ""
        return figure_words.level(self.latest.value, self.indicator.unit, self.indicator.decimals)

    @property
    def when(self) -> str:
        return figure_words.when(self.latest.on) if self.latest else ""


def asked_words(text: str) -> str:
    return " ".join(text.split())[:80]


def fitting(authority: Authority, words: str) -> Any:
    """Return the authority's indicators, or those whose name, definition or area holds the words."""
    rows = Indicator.objects.filter(authority=authority)
    if words:
        found = Q(name__icontains=words) | Q(definition__icontains=words) | Q(source__icontains=words)
        areas = Series.objects.filter(Q(area__icontains=words) | Q(category__icontains=words)).values("indicator")
        rows = rows.filter(found | Q(pk__in=areas))
    return rows


def listed(authority: Authority, words: str, page: str | None, today: dt.date) -> dict[str, Any]:
    """Return one page of the authority's indicators; a fixed number of queries."""
    shown = Paginator(fitting(authority, words), PER_PAGE).get_page(page)
    return {
        "rows": rows_of(list(shown), today), "page": shown, "words": words,
        "query": urlencode({"q": words}) if words else "",
    }  # fmt: skip


def rows_of(indicators: list[Indicator], today: dt.date) -> list[IndicatorRow]:
    own: dict[int, figures.Measured] = {}
    for one in figures.measured(Series.objects.filter(indicator__in=indicators)):
        own.setdefault(one.series.indicator_id, one)
    targets: dict[int, list[Target]] = {}
    for target in Target.objects.filter(series__indicator__in=indicators).select_related("plan__authority", "series"):
        targets.setdefault(target.series.indicator_id, []).append(target)
    return [_row(one, own.get(one.pk), targets.get(one.pk, []), today) for one in indicators]


def _row(
    indicator: Indicator, own: figures.Measured | None, targets: list[Target], today: dt.date
) -> IndicatorRow:  # fmt: skip
    known = [point for point in own.points if point.on <= today] if own else []
    latest = known[-1] if known else None
    due = next_measurement(latest.on, indicator.interval_months, indicator.lag_days) if latest else None
    return IndicatorRow(indicator, str(own.series) if own else "", latest, due, bool(due and due < today), targets)


def list_as_file(form: str, authority: Authority, words: str, today: dt.date) -> HttpResponse:
    return export.answer(form, "indikatorer", COLUMNS, rows_of(list(fitting(authority, words)), today))


# ---- one indicator ----


def page_of(indicator: Indicator, today: dt.date) -> dict[str, Any]:
    """Return what an indicator's page shows: its figure, its values, the targets that count on it."""
    measured = figures.measured(Series.objects.filter(indicator=indicator))
    found = figures.figures_of(measured, today)
    figure = found[0] if found else None
    return {
        "series": [one.series for one in measured], "figure": figure, "lines": charts.lines(figure) if figure else None,
        "values": values_of(indicator), "targets": targets_of(indicator, measured, today),
        "row": _row(indicator, measured[0] if measured else None, [], today),
        "can_fetch": any(one.series.table_id for one in measured),
    }  # fmt: skip


def values_of(indicator: Indicator) -> list[Observation]:
    """Return each value with how it is said, the newest first."""
    rows = Observation.objects.filter(series__indicator=indicator).select_related("series")
    found = list(rows.order_by("-observed_on", "series__position", "series_id"))
    for row in found:
        row.said = figure_words.level(row.value, indicator.unit, indicator.decimals)
        row.when = figure_words.when(row.observed_on)
    return found


@dataclass(slots=True)
class Counted:
    """A target that counts on the indicator, with where it stands."""

    target: Target
    line: TargetLine
    bullet: charts.Bullet


def targets_of(indicator: Indicator, measured: list[figures.Measured], today: dt.date) -> list[Counted]:
    rows = Target.objects.filter(series__indicator=indicator).select_related("plan__authority")
    known = {one.series.pk: one for one in measured}
    targets = list(rows.order_by("plan_id", "position", "pk"))
    if missing := {one.compared_with_id for one in targets if one.compared_with_id} - known.keys():
        known |= {one.series.pk: one for one in figures.measured(Series.objects.filter(pk__in=missing))}
    lines = [(target, figures.line_of(target, known, today)) for target in targets]
    return [Counted(target, line, charts.bullet(line)) for target, line in lines]


def names_of(series: list[Series]) -> list[str]:
    """Return what tells the series apart in a table's head."""
    return charts.names_of([SeriesLine(one.area, one.category) for one in series])


def values_as_file(form: str, indicator: Indicator) -> HttpResponse:
    rows = Observation.objects.filter(series__indicator=indicator).select_related("series")
    return export.answer(form, "verdier", VALUE_COLUMNS, rows.order_by("series__position", "series_id", "observed_on"))


def template_as_file(form: str, indicator: Indicator, today: dt.date) -> HttpResponse:
    """Return a wide table with what is known and an empty line for last year, to fill in and send back."""
    measured = figures.measured(Series.objects.filter(indicator=indicator))
    values = [{point.on: point.value for point in one.points} for one in measured]
    last_year = dt.date(today.year - 1, 12, 31)
    dates = sorted({on for one in values for on in one} | {last_year})
    names = names_of([one.series for one in measured])
    heads, *body = template(names, dates, lambda at, on: values[at].get(on, ""))
    columns = [((lambda row, at=at: row[at]), head) for at, head in enumerate(heads)]
    return export.answer(form, "mal", columns, body)
