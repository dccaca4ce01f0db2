"""What a plan's targets and figures are on a day, read for its pages in two queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject

from strategy import rules
from strategy.content import Figure, Point, SeriesLine, TargetLine
from strategy.models import Observation, Plan, Series, Target
from strategy.rules import Observed, TargetFacts, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable

PER_CENT = "%"
SHARE_DECIMALS = 1
MEASURED = ArraySubquery(
    Observation.objects.filter(series=OuterRef("pk"))
    .order_by("observed_on")
    .values(one=JSONObject(
        on="observed_on", value=Cast("value", TextField()), estimated="is_estimated", invented="invented",
    ))
)  # fmt: skip
"""A series' values in order of date, as text: JSON would make inexact numbers of them."""


@dataclass(slots=True)
class Measured:
    """A series with its values."""

    series: Series
    points: list[Point]

    @property
    def observed(self) -> list[Observed]:
        return [Observed(point.on, point.value) for point in self.points]


def read(plan_id: int, today: dt.date) -> tuple[list[TargetLine], list[Figure]]:
    """Return the plan's targets with where they stand on the day, and the figures drawn beside them; two queries.

    A figure is an indicator of the plan's owner with at least one value. One that a target measures by is drawn on the
    plans of those targets; one that no target uses is background, and is drawn on all plans of its owner.
    """
    targets = list(Target.objects.filter(plan=plan_id).order_by("position", "pk"))
    measured = {one.series.pk: one for one in measured_for(plan_id)}
    lines = [line_of(target, measured, today) for target in targets]
    return lines, figures_of(measured.values(), today)


def measured_for(plan_id: int) -> list[Measured]:
    """Return the series that the plan's pages show or count with, by indicator and in their order; one query."""
    uses = Q(series__indicator=OuterRef("indicator")) | Q(compared_with__indicator=OuterRef("indicator"))
    owner = Plan.objects.filter(pk=plan_id).values("authority")
    rows = Series.objects.filter(
        Exists(Target.objects.filter(uses, plan=plan_id)) | ~Exists(Target.objects.filter(uses)),
        authority__in=owner,
    )
    return measured(rows)


def measured(rows: Any) -> list[Measured]:
    """Return the series of a queryset with their values; one query."""
    ordered = rows.select_related("indicator").annotate(measured=MEASURED)
    return [Measured(one, points_of(one.measured)) for one in ordered.order_by("indicator_id", "position", "pk")]


def points_of(rows: Iterable[dict[str, Any]]) -> list[Point]:
    return [
        Point(dt.date.fromisoformat(row["on"]), Decimal(row["value"]), row["estimated"], row["invented"])
        for row in rows
    ]  # fmt: skip


# ---- targets ----


def line_of(target: Target, measured: dict[int, Measured], today: dt.date) -> TargetLine:
    """Return a target as its pages show it; a share is shown in per cent of the other area."""
    own, other = measured[target.series_id], measured.get(target.compared_with_id or 0)
    indicator = own.series.indicator
    points = own.points if other is None else shares(own, other)
    is_share = target.kind == TargetKind.SHARE
    facts = facts_of(target, own.series)
    judged = rules.judge(facts, [Observed(point.on, point.value) for point in points], today)
    by_date = {point.on: point for point in points}
    return TargetLine(
        id=target.pk, goal_id=target.goal_id, title=target.title, kind=facts.kind, growth=facts.growth,
        wanted=facts.wanted, indicator_id=indicator.pk, indicator=indicator.name,
        unit=PER_CENT if is_share else indicator.unit, decimals=facts.decimals, area=str(own.series),
        stated=target.value, target_on=target.target_on, standing=judged.standing, target=judged.target,
        baseline=_baseline(target, judged.baseline, by_date),
        latest=by_date[judged.latest.on] if judged.latest else None, expected=judged.expected, needed=judged.needed,
        printed_growth=target.printed_growth, computed_growth=judged.computed_growth, next_due=judged.next_due,
        compared_with=str(other.series) if other else "", note=target.note, invented=target.invented,
        expected_on=judged.expected_on,
    )  # fmt: skip


def facts_of(target: Target, series: Series) -> TargetFacts:
    """Return what of a target and its indicator decides."""
    indicator = series.indicator
    kind = TargetKind(target.kind)
    return TargetFacts(
        value=target.value, target_on=target.target_on, kind=kind, growth=rules.Growth(target.growth),
        wanted=rules.Wanted(indicator.wanted), baseline_on=target.baseline_on, baseline_value=target.baseline_value,
        interval_months=indicator.interval_months, lag_days=indicator.lag_days,
        decimals=SHARE_DECIMALS if kind == TargetKind.SHARE else indicator.decimals,
    )  # fmt: skip


def shares(own: Measured, other: Measured) -> list[Point]:
    """Return the own values in per cent of the other area's; estimated or invented where either is."""
    marks = {point.on: point for point in other.points}
    mine = {point.on: point for point in own.points}
    return [
        Point(
            on, value, mine[on].is_estimated or marks[on].is_estimated, mine[on].invented or marks[on].invented
        )
        for on, value in rules.shares(own.observed, other.observed)
    ]  # fmt: skip


def _baseline(target: Target, found: Observed | None, by_date: dict[dt.date, Point]) -> Point | None:
    if found is None:
        return None
    observed = by_date.get(found.on)
    if target.baseline_value is None and observed is not None:
        return observed._replace(is_estimated=observed.is_estimated or target.is_baseline_estimated)
    return Point(found.on, found.value, target.is_baseline_estimated, target.invented)


# ---- figures ----


def figures_of(rows: Iterable[Measured], today: dt.date) -> list[Figure]:
    """Return each indicator with a value known on the day, and its series that have one; oldest indicator first."""
    found: dict[int, Figure] = {}
    for one in rows:
        points = [point for point in one.points if point.on <= today]
        if not points:
            continue
        figure = found.setdefault(one.series.indicator_id, figure_of(one.series))
        figure.series.append(SeriesLine(one.series.area, one.series.category, points))
    return list(found.values())


def figure_of(series: Series) -> Figure:
    one = series.indicator
    return Figure(
        one.pk, one.name, one.unit, one.decimals, one.interval_months, one.definition, one.source, one.source_url,
        one.licence,
    )  # fmt: skip
