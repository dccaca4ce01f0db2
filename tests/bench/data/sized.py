"""A plan of any size, with all that a report prints of each measure: dates, money, milestones, and what was reported."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from portal.models import Authority, Unit
from strategy.models import (
    ActionPart,
    Goal,
    Measure,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    Milestone,
    Plan,
    ReportingPeriod,
    StatusReport,
    Strategy,
)
from tests.bench.data.plans import DESCRIPTION, STATES, STRIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

PER_STRATEGY = 5


@transaction.atomic
def add_sized_plan(place: Authority, measures: int, today: dt.date) -> Plan:
    """Make a draft of a plan with so many measures in the authority, as the runtime role, and return it."""
    plan = Plan.objects.create(
        authority=place, slug=f"plan-{measures}", title=f"Plan med {measures} tiltak", period_start=today.year,
        period_end=today.year + 4, status=Plan.Status.DRAFT, vision="Et sted der flere vil bo, arbeide og starte noe",
    )  # fmt: skip
    goals = Goal.objects.bulk_create(
        Goal(authority=place, plan=plan, number=str(n), title=f"Mål {n}: flere bedrifter som vokser", position=n,
             description=DESCRIPTION)
        for n in range(1, 5)
    )  # fmt: skip
    strategies = Strategy.objects.bulk_create(
        Strategy(authority=place, plan=plan, goal=goals[n % 4], number=f"{n % 4 + 1}.{n // 4 + 1}", position=n + 1,
                 title="Gjøre det lettere i lag")
        for n in range(max(measures // PER_STRATEGY, 4))
    )  # fmt: skip
    part = ActionPart.objects.create(authority=place, plan=plan, period_start=today.year, period_end=today.year + 4)
    rows = Measure.objects.bulk_create(Measure(authority=place, plan=plan) for _ in range(measures))
    entries = MeasureEntry.objects.bulk_create(
        MeasureEntry(authority=place, plan=plan, action_part=part, measure=row, strategy=strategies[n % len(strategies)],
                     number=str(n + 1), title=f"Møteplass nr. {n + 1} for bedrifter, skoler og frivillige",
                     description=DESCRIPTION, position=n + 1)
        for n, row in enumerate(rows)
    )  # fmt: skip
    for row, entry in zip(rows, entries, strict=True):
        row.current_entry = entry
    Measure.objects.bulk_update(rows, ["current_entry"])
    unit = Unit.objects.filter(authority=place).first()
    parts = MeasureParticipation.objects.bulk_create(
        MeasureParticipation(authority=place, plan=plan, measure=row, unit=unit, **_state(n, today))
        for n, row in enumerate(rows)
    )
    Milestone.objects.bulk_create(
        Milestone(authority=place, participation=each, title="Første møte holdt", due_on=today - dt.timedelta(days=90),
                  reached_on=today - dt.timedelta(days=91))
        for each in parts[::2]
    )  # fmt: skip
    MeasureFunding.objects.bulk_create(
        MeasureFunding(authority=place, participation=each, year=today.year, source="own", amount_nok=50_000)
        for each in parts[::4]
    )
    period = ReportingPeriod.objects.create(
        authority=place, plan=plan, name="Tertial", starts_on=today - dt.timedelta(days=120), due_on=today,
        ends_on=today - dt.timedelta(days=1), opens_on=today - dt.timedelta(days=14), opened_at=timezone.now(),
    )  # fmt: skip
    StatusReport.objects.bulk_create(_reports(period, parts, today))
    return plan


def _state(position: int, today: dt.date) -> dict[str, object]:
    """Return how the measure stands: the same spread over the standings in a plan of any size."""
    state = STATES[position * STRIDE % len(STATES)]
    due = {"late": today - dt.timedelta(days=20 + position), "undated": None}.get(
        state, today + dt.timedelta(days=60 + 10 * position)
    )
    return {
        "state": {"late": "under_way", "at_risk": "under_way", "undated": "under_way"}.get(state, state),
        "judgement": "at_risk" if state == "at_risk" else "", "due_on": due,
        "done_on": today - dt.timedelta(days=5) if state == "done" else None,
    }  # fmt: skip


def _reports(period: ReportingPeriod, parts: list[MeasureParticipation], today: dt.date) -> Iterator[StatusReport]:
    """Yield an answer to each question but every ninth; the late ones explain themselves."""
    for n, part in enumerate(parts):
        is_late = part.due_on is not None and part.due_on < today and part.state == "under_way"
        answer: dict[str, object] = {}
        if n % 9:
            answer = {"state": part.state, "done_on": part.done_on, "done_since": "Møte holdt, planen er lagt.",
                      "reported_at": timezone.now()}  # fmt: skip
        if n % 9 and is_late:
            answer |= {
                "late_since": part.due_on, "reason": "Arbeidet tok lengre tid enn ventet, og to stillinger er ledige.",
                "next_step": "Nytt møte med bedriftene til våren.", "new_due_on": today + dt.timedelta(days=120),
                "asks": "At formannskapet godkjenner ny dato.",
            }  # fmt: skip
        yield StatusReport(
            authority_id=part.authority_id, plan_id=part.plan_id, period=period, participation=part, **answer
        )
