"""Turns the made-up parts of Gjøvikregionen's municipalities into rows: who does what, its money, what was reported."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from portal.models import Authority, Unit
from strategy.demo import gjovik
from strategy.models import (
    Measure,
    MeasureFunding,
    MeasureParticipation,
    Plan,
    PlanParticipant,
    ReportingPeriod,
    StatusReport,
)

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf
    from strategy.demo.gjovik import SharedPart

NAME = f"{gjovik.PLAN.authority}/{gjovik.PLAN.slug}"
BUDGET_YEAR, BUDGET, UNIT = 2026, "Oppdiktet budsjettvedtak", "Næring"


def load(shelf: Shelf) -> None:
    """Place each municipality's part in the shared measures that stand, with unit, money and report."""
    plan = shelf.find(Plan, "plan", NAME)
    if plan is None:
        return
    members = Authority.objects.filter(plan_links__plan=plan, plan_links__role=PlanParticipant.Role.MEMBER)
    authorities = {one.slug: one for one in members}
    facts = {f"{NAME}/{fact.measure}/{fact.authority}": fact for fact in gjovik.PARTS if fact.authority in authorities}
    units = shelf.put(
        "shared-unit", {slug: Unit(authority=one, name=UNIT) for slug, one in authorities.items()},
        natural=lambda row: (row.authority_id, row.name),
    )  # fmt: skip
    parts = shelf.put(
        "participation",
        {
            key: _part(plan, measure, authorities[fact.authority], units.get(fact.authority), fact)
            for key, fact in facts.items()
            if (measure := shelf.find(Measure, "measure", f"{NAME}/{fact.measure}")) is not None
        },
        natural=lambda row: (row.measure_id, row.authority_id),
    )
    shelf.put(
        "funding",
        {
            f"{key}/{BUDGET_YEAR}": MeasureFunding(
                authority_id=part.authority_id, participation=part, year=BUDGET_YEAR, source="own",
                state=facts[key].money, amount_nok=facts[key].amount_nok,
                decision_reference=BUDGET if facts[key].money == "funded" else "",
            )
            for key, part in parts.items()
            if facts[key].amount_nok
        },
    )  # fmt: skip
    _load_reports(shelf, plan, parts, facts)


def _part(plan: Plan, measure: Measure, owner: Authority, unit: Unit | None, fact: SharedPart) -> MeasureParticipation:
    return MeasureParticipation(
        authority=owner, plan=plan, measure=measure, unit=unit, state=fact.state, judgement=fact.judgement,
        due_on=fact.due, done_on=fact.done_on, invented=True,
    )  # fmt: skip


def _load_reports(
    shelf: Shelf, plan: Plan, parts: dict[str, MeasureParticipation], facts: dict[str, SharedPart]
) -> None:
    name, starts, ends, opens, due = gjovik.HALF_YEAR
    period = shelf.put(
        "period",
        {
            f"{NAME}/{ends}": ReportingPeriod(
                authority_id=plan.authority_id, plan=plan, name=name, starts_on=starts, ends_on=ends, opens_on=opens,
                due_on=due, opened_at=_at(opens), closed_on=gjovik.CLOSED, invented=True,
            )
        },
        natural=lambda row: (row.plan_id, row.ends_on),
    ).get(f"{NAME}/{ends}")  # fmt: skip
    if period is not None:
        shelf.put(
            "status-report",
            {f"{key}/{ends}": _report(plan, period, part, facts[key]) for key, part in parts.items()},
            natural=lambda row: (row.period_id, row.participation_id),
        )


def _report(plan: Plan, period: ReportingPeriod, part: MeasureParticipation, fact: SharedPart) -> StatusReport:
    report = StatusReport(authority_id=part.authority_id, plan=plan, period=period, participation=part, invented=True)
    if fact.reported:
        report.reported_at, report.state, report.done_on = _at(period.due_on), fact.state, fact.done_on
        report.judgement, report.done_since = fact.judgement, fact.done_since
        report.reason, report.next_step, report.new_due_on = fact.reason, fact.next_step, fact.new_due
        report.late_since = fact.due if fact.new_due else None
    return report


def _at(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9)))
