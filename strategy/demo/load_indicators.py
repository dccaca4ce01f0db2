"""Turns the facts of `measured` into indicators, series, observations and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.models import Authority
from strategy.demo.measured import MEASURES, TARGETS, Measure, Wanted
from strategy.models import Goal, Indicator, Observation, Plan, Series, Target

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf


def load(shelf: Shelf) -> None:
    """Place what the plans are measured by, and what is wanted of it; plans and goals stand already."""
    authorities = {authority.slug: authority for authority in Authority.objects.all()}
    facts = [fact for fact in MEASURES if fact.authority in authorities]
    indicators = shelf.put(
        "indicator",
        {f"{fact.authority}/{fact.name}": _indicator(fact, authorities[fact.authority]) for fact in facts},
        natural=lambda row: (row.authority_id, row.name),
    )
    _load_series(shelf, [fact for fact in facts if f"{fact.authority}/{fact.name}" in indicators], indicators)
    _load_targets(shelf)


def _indicator(fact: Measure, authority: Authority) -> Indicator:
    return Indicator(
        authority=authority, name=fact.name, unit=fact.unit, decimals=fact.decimals, definition=fact.definition,
        interval_months=fact.interval, lag_days=fact.lag, source=fact.source, licence=fact.licence,
    )  # fmt: skip


def _key(authority: str, indicator: str, area: str, category: str) -> str:
    return f"{authority}/{indicator}/{area}/{category}"


def _load_series(shelf: Shelf, facts: list[Measure], indicators: dict[str, Indicator]) -> None:
    places = {
        _key(fact.authority, fact.name, place.area, place.category): (fact, place, number)
        for fact in facts
        for number, place in enumerate(fact.series)
    }
    series = shelf.put(
        "series",
        {
            key: Series(
                authority_id=owner.authority_id, indicator=owner, area=place.area, category=place.category,
                position=number, table_id=place.table, query=place.query,
            )
            for key, (fact, place, number) in places.items()
            for owner in [indicators[f"{fact.authority}/{fact.name}"]]
        },
        natural=lambda row: (row.indicator_id, row.area, row.category),
    )  # fmt: skip
    shelf.put(
        "observation",
        {
            f"{key}/{on}": Observation(
                authority_id=series[key].authority_id, series=series[key], observed_on=on, value=value,
                is_estimated=place.estimated, source=place.source, invented=place.invented,
            )
            for key, (_fact, place, _number) in places.items()
            if key in series
            for on, value in place.values
        },
        natural=lambda row: (row.series_id, row.observed_on),
    )  # fmt: skip


def _load_targets(shelf: Shelf) -> None:
    found = [(number, fact, _target(shelf, fact, number)) for number, fact in enumerate(TARGETS)]
    shelf.put("target", {f"{fact.plan}/{fact.title}": row for _number, fact, row in found if row is not None})


def _target(shelf: Shelf, fact: Wanted, number: int) -> Target | None:
    """Return the target, or nothing where its plan, goal or series is gone."""
    plan = shelf.find(Plan, "plan", fact.plan)
    goal = shelf.find(Goal, "goal", f"{fact.plan}/{fact.goal}") if fact.goal else None
    owner = fact.plan.partition("/")[0]
    own = shelf.find(Series, "series", _key(owner, fact.indicator, fact.area, fact.category))
    other = shelf.find(Series, "series", _key(owner, fact.indicator, fact.compared_with, ""))
    if plan is None or own is None or (fact.goal and goal is None) or (fact.compared_with and other is None):
        return None
    return Target(
        authority_id=plan.authority_id, plan=plan, goal=goal, series=own,
        compared_with=other if fact.compared_with else None, title=fact.title, position=number,
        invented=fact.invented, **fact.facts,
    )  # fmt: skip
