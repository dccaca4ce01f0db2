"""A plan of the size of a real one: 4 goals, 18 strategies, 71 measures, and milestones on two thirds of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from portal.models import Case, CaseStep
from strategy.models import (
    ActionPart,
    Goal,
    GoalSdg,
    Measure,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    Milestone,
    Plan,
    PlanCase,
    PlanParticipant,
    PlanSdg,
    Strategy,
)

if TYPE_CHECKING:
    from portal.models import Authority, Unit, User
    from tests.bench.data.copy import Shipment

SHAPE = ((1, 5), (4, 4, 2, 10, 8, 3, 7, 6), (4, 2, 2, 2), (1, 4, 3, 3))
"""Measures of each strategy, by goal."""
LATE = 6
STATES = (
    *["late"] * LATE, *["at_risk"] * 4, *["under_way"] * 27, *["done"] * 5, *["not_started"] * 12, *["on_hold"] * 2,
    *["undated"] * 15,
)  # fmt: skip
STRIDE = 29
"""Shares no factor with 71: spreads the states over the goals, the same way each time."""
DESCRIPTION = "Kommunen går foran og gjør det sammen med bedriftene, skolene og frivillige."


class Setting(NamedTuple):
    """What all rows of one plan share."""

    shipment: Shipment
    plan: Plan
    part: ActionPart
    units: list[Unit]
    officer: User
    today: dt.date


def add_plan(
    shipment: Shipment, place: Authority, units: list[Unit], officer: User, today: dt.date, *, slug: str,
    ended: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    """Put a whole plan aboard, open for all to see its standing of today; return its measures' titles."""
    first = today.year - (5 if ended else 0)
    plan = shipment.add(
        Plan(
            authority=place, slug=slug, title="Handlingsplan for næring", period_start=first, period_end=first + 4,
            status=Plan.Status.ENDED if ended else Plan.Status.ADOPTED, live_view_open=True,
            vision="Et sted der flere vil bo, arbeide og starte noe nytt", aim="Flere arbeidsplasser i hele kommunen",
            superior_plan="Kommuneplanens samfunnsdel",
        )
    )  # fmt: skip
    shipment.add(PlanParticipant(plan=plan, authority=place, role=PlanParticipant.Role.OWNER))
    _adopt(shipment, plan, dt.date(first, 1, 1))
    for number in (8, 11):
        shipment.add(PlanSdg(authority=place, plan=plan, number=number, role=PlanSdg.Role.VISION))
    part = shipment.add(ActionPart(authority=place, plan=plan, period_start=first, period_end=first + 4))
    setting = Setting(shipment, plan, part, units, officer, today)
    strategies = [
        (strategy, measures)
        for goal_number, counts in enumerate(SHAPE, 1)
        for strategy, measures in _add_goal(setting, goal_number, counts)
    ]
    placed = [(strategy, number) for strategy, measures in strategies for number in range(1, measures + 1)]
    return tuple(
        _add_measure(setting, strategy, number, position) for position, (strategy, number) in enumerate(placed, 1)
    )


def _adopt(shipment: Shipment, plan: Plan, on: dt.date) -> None:
    """Put the case with the resolution aboard: no plan is adopted without one."""
    case = shipment.add(Case(authority=plan.authority, title=plan.title, public_title=plan.title))
    shipment.add(
        CaseStep(
            authority=plan.authority, case=case, activity="decision", actor="Kommunestyret", outcome="adopted",
            resolution="Planen vedtas.", decided_on=on,
        )
    )  # fmt: skip
    shipment.add(PlanCase(authority=plan.authority, plan=plan, case=case, purpose="adoption"))


def _add_goal(setting: Setting, number: int, counts: tuple[int, ...]) -> list[tuple[Strategy, int]]:
    """Put a goal, its UN goals and its strategies aboard; return each strategy with how many measures it has."""
    owner = setting.plan.authority
    goal = setting.shipment.add(
        Goal(
            authority=owner, plan=setting.plan, number=str(number), title=f"Mål {number}: flere bedrifter som vokser",
            description=DESCRIPTION, position=number, owner=setting.units[number % len(setting.units)],
        )
    )  # fmt: skip
    for sdg, role in ((8, "focus"), (9, "focus"), (4, "contributes"), (11, "contributes"), (17, "contributes")):
        setting.shipment.add(GoalSdg(authority=owner, goal=goal, number=sdg, role=role))
    before = sum(map(len, SHAPE[: number - 1]))
    return [
        (
            setting.shipment.add(
                Strategy(
                    authority=owner, plan=setting.plan, goal=goal, number=f"{number}.{place}",
                    title=f"Strategi {number}.{place}: gjøre det lettere i lag", position=before + place,
                )
            ),
            measures,
        )
        for place, measures in enumerate(counts, 1)
    ]  # fmt: skip


def _add_measure(setting: Setting, strategy: Strategy, number: int, position: int) -> str:
    plan, shipment = setting.plan, setting.shipment
    measure = shipment.add(Measure(authority=plan.authority, plan=plan))
    title = f"Tiltak {strategy.number}.{number}: møteplass for bedrifter"
    entry = shipment.add(
        MeasureEntry(
            authority=plan.authority, plan=plan, action_part=setting.part, measure=measure, strategy=strategy,
            number=str(number), title=title, description=DESCRIPTION, position=position,
        )
    )  # fmt: skip
    measure.current_entry = entry
    state = STATES[position * STRIDE % len(STATES)]
    part = shipment.add(_participation(setting, measure, state, position))
    if position % 3:
        _add_milestones(setting, part, state, position)
    if position % 4 == 0:
        shipment.add(
            MeasureFunding(
                authority=plan.authority, participation=part, year=plan.period_start, source="own", state="proposed",
                amount_nok=50_000 * position,
            )
        )  # fmt: skip
    return title


def _participation(setting: Setting, measure: Measure, state: str, position: int) -> MeasureParticipation:
    """Return who does the measure and how it stands; a sixth has no unit and a third names a person."""
    days = {"late": -20 - position, "undated": None}.get(state, 60 + 10 * position)
    is_done = state == "done"
    return MeasureParticipation(
        authority=setting.plan.authority, plan=setting.plan, measure=measure,
        unit=setting.units[position % len(setting.units)] if position % 6 else None,
        person=setting.officer if position % 3 == 0 else None,
        partner="Næringsforeningen" if position % 7 == 0 else "",
        state={"late": "under_way", "at_risk": "under_way", "undated": "under_way"}.get(state, state),
        judgement="at_risk" if state == "at_risk" else "",
        due_on=None if days is None else setting.today + dt.timedelta(days=days),
        done_on=setting.today - dt.timedelta(days=position) if is_done else None,
    )  # fmt: skip


def _add_milestones(setting: Setting, part: MeasureParticipation, state: str, position: int) -> None:
    """Put one reached milestone aboard, and one to come where the measure has a date."""
    reached = setting.today - dt.timedelta(days=90 + position)
    steps: list[tuple[str, dt.date, dt.date | None]] = [("Første møte holdt", reached, reached)]
    if part.due_on is not None and state != "done":
        steps.append(("Evaluert med bedriftene", part.due_on, None))
    for title, due, on in steps:
        setting.shipment.add(
            Milestone(authority=setting.plan.authority, participation=part, title=title, due_on=due, reached_on=on)
        )
