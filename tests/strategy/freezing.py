"""How the tests freeze reports: a plan with something of everything its page shows, and the deeds done by their roles."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from strategy import frozen
from tests import factories as make

if TYPE_CHECKING:
    from strategy.models import Plan, PlanReport
    from tests.world import World

DAY = dt.datetime(2026, 9, 7, 9, 30, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 9, 9, 8, 0, tzinfo=dt.UTC)


def a_full_plan(world: World, **facts: Any) -> Plan:
    """Make a plan with a late measure that is explained, one without a report, money, a target, and a treatment."""
    owner = world.home.authority
    plan = make.a_plan(owner, **{"title": "Havneplan", "slug": "havneplan", "vision": "En levende havn", **facts})
    unit, goal = make.a_unit(owner, name="Havnekontoret"), make.a_goal(plan, title="Flere skip")
    strategy = make.a_strategy(plan, goal=goal, number="1.1", title="Kaier")
    late = make.a_measure(plan, strategy=strategy, title="Ny kai", due_on=dt.date(2026, 3, 31), unit=unit)
    make.a_milestone(late, title="Byggestart", due_on=dt.date(2026, 2, 1))
    make.funding(late, state="funded", decision_reference="KS 4/26", amount_nok=125_000, year=2026)
    silent = make.a_measure(plan, strategy=strategy, title="Lys på moloen", due_on=dt.date(2029, 1, 1))
    make.a_measure(plan, goal=goal, title="Ferdig fyr", state="done", done_on=dt.date(2026, 5, 4))
    indicator = make.an_indicator(owner, name="Anløp", unit="anløp", source="Havna", definition="Skip over 15 meter.")
    series = make.a_series(indicator, 100, 104, 108, area="Hjemby")
    make.a_target(
        plan, series, goal=goal, title="Dobbelt så mange skip", value=200, baseline_on=dt.date(2020, 12, 31),
        baseline_value=100, printed_growth="7.2",
    )  # fmt: skip
    case = make.a_case(owner, title="Rapport om havna", reference="26/77")
    body = make.a_body(owner, name="Havneutvalget")
    step = make.a_step(case, body=body, activity="information", starts_on=dt.date(2026, 9, 24), item_number="84/26")
    period = make.a_period(plan, step=step, body=body)
    make.a_status_report(
        period, late, state="under_way", late_since=dt.date(2026, 2, 1), reason="Grunnen var bløt.",
        next_step="Pele videre.", new_due_on=dt.date(2027, 3, 1), asks="At utvalget godkjenner ny dato.",
        reported_at=dt.datetime(2026, 8, 28, 8, tzinfo=dt.UTC),
    )  # fmt: skip
    make.a_status_report(period, silent)
    return plan


def freeze(world: World, plan: Plan, **facts: Any) -> PlanReport:
    """Freeze by the officer, for the plan's one period."""
    return frozen.freeze(plan, **{"by": world.user("officer"), "at": DAY, "period": plan.periods.first(), **facts})


def release(world: World, report: PlanReport, **facts: Any) -> PlanReport:
    return frozen.release(report, **{"by": world.user("leader"), "at": LATER, **facts})


def released(world: World, plan: Plan, **facts: Any) -> PlanReport:
    return release(world, freeze(world, plan, **facts))
