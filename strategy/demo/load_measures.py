"""Turns the demo's measures into rows: wording, who does each, and a made-up status as it was on a given day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.models import Input, Unit, User
from strategy.demo import gjovik, halden, halden_status, ostre_toten, ostre_toten_status
from strategy.demo.facts import as_of
from strategy.models import (
    ActionPart,
    InputEffect,
    Measure,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    Milestone,
    Plan,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.demo.shelf import Shelf
    from strategy.demo.facts import InventedStatus, MeasureFact
    from strategy.models import Goal, Strategy

HALDEN = f"{halden.PLAN.authority}/{halden.PLAN.slug}"
OSTRE_TOTEN = f"{ostre_toten.PLAN.authority}/{ostre_toten.PLAN.slug}"
STATUSES = {HALDEN: halden_status.STATUSES, OSTRE_TOTEN: ostre_toten_status.STATUSES}
DUTIES = {HALDEN: halden_status.DUTIES, OSTRE_TOTEN: ostre_toten_status.DUTIES}
PARTNERS = {HALDEN: halden_status.PARTNERS}
FUNDING = {HALDEN: halden_status.FUNDING}
EFFECTS = {HALDEN: halden_status.EFFECTS}
BUDGET = "Oppdiktet budsjettvedtak"
SHARED = frozenset({f"{gjovik.PLAN.authority}/{gjovik.PLAN.slug}"})
"""The plans whose measures their members do, and not the owner: see `load_shared`."""
AS_IT_STANDS = date.max
"""The day after everything that the facts tell of."""


class Branch(NamedTuple):
    """A measure and what it hangs under in print."""

    key: str
    fact: MeasureFact
    goal: Goal | None
    strategy: Strategy | None


def load(shelf: Shelf, plan: Plan, name: str, branches: list[Branch], day: date) -> None:
    """Place a plan's measures with all that is made up about them, as it was on the day."""
    if not branches or not _load_wording(shelf, plan, name, branches):
        return
    keys = [branch.key for branch in branches if name not in SHARED]
    shelf.put("participation", _participations(shelf, plan, name, keys, day))
    shelf.put("milestone", _milestones(shelf, name, day))
    _load_funding(shelf, name)
    _load_effects(shelf, name)


def go_on_to(shelf: Shelf, plan: Plan, name: str, day: date) -> None:
    """Let the plan's made-up statuses be those of a later day."""
    keys = [status.measure for status in STATUSES.get(name, ())]
    shelf.restate("participation", _participations(shelf, plan, name, keys, day))
    shelf.restate("milestone", _milestones(shelf, name, day))


def part_of(shelf: Shelf, name: str, key: str) -> MeasureParticipation | None:
    """Return the owner's part in the measure with this printed key, where it stands."""
    return shelf.find(MeasureParticipation, "participation", f"{name}/{key}")


def _load_wording(shelf: Shelf, plan: Plan, name: str, branches: list[Branch]) -> bool:
    """Place the measures with the wording of the plan's action part; say whether the part stands."""
    owner = plan.authority_id
    part = shelf.put(
        "action-part",
        {name: ActionPart(authority_id=owner, plan=plan, period_start=plan.period_start, period_end=plan.period_end)},
    ).get(name)
    if part is None:
        return False
    measures = shelf.put(
        "measure", {f"{name}/{branch.key}": Measure(authority_id=owner, plan=plan) for branch in branches}
    )
    entries = shelf.put(
        "entry",
        {
            f"{name}/{branch.key}": MeasureEntry(
                authority_id=owner, plan=plan, action_part=part, measure=measures[f"{name}/{branch.key}"],
                goal=branch.goal, strategy=branch.strategy, number=branch.fact.number, title=branch.fact.title,
                description=branch.fact.description, position=place,
            )
            for place, branch in enumerate(branches, 1)
            if f"{name}/{branch.key}" in measures
        },
    )  # fmt: skip
    unworded = [(measures[key], entry) for key, entry in entries.items() if measures[key].current_entry_id is None]
    for measure, entry in unworded:
        measure.current_entry = entry
    Measure.objects.bulk_update([measure for measure, _entry in unworded], ["current_entry"])
    return True


def _participations(
    shelf: Shelf, plan: Plan, name: str, keys: Iterable[str], day: date
) -> dict[str, MeasureParticipation]:
    """Return the owner's part in each measure that stands, with its made-up status of the day."""
    statuses = {status.measure: as_of(status, day) for status in STATUSES.get(name, ())}
    held = _held(shelf, plan, name)
    measures = {key: shelf.find(Measure, "measure", f"{name}/{key}") for key in keys}
    return {
        f"{name}/{key}": _participation(plan, measure, statuses.get(key), held.get(key, {}))
        for key, measure in measures.items()
        if measure is not None
    }


def _held(shelf: Shelf, plan: Plan, name: str) -> dict[str, dict[str, Any]]:
    """Return the made-up unit, person or partner of each measure that has one, by printed key."""
    slug = plan.authority.slug
    held: dict[str, dict[str, Any]] = {
        duty.measure: {
            "unit": shelf.find(Unit, "unit", f"{slug}/{duty.unit}"), "person": shelf.find(User, "user", duty.person)
        }
        for duty in DUTIES.get(name, ())
    }  # fmt: skip
    for fact in PARTNERS.get(name, ()):
        held.setdefault(fact.measure, {}).update(partner=fact.name, partner_address=fact.address)
    return held


def _participation(
    plan: Plan, measure: Measure, status: InventedStatus | None, held: dict[str, Any]
) -> MeasureParticipation:
    """Return the owner's part in a measure: as the plan leaves it, or with a made-up status marked as such."""
    part = MeasureParticipation(authority_id=plan.authority_id, plan=plan, measure=measure, **held)
    if status is not None:
        part.state, part.judgement, part.done_on = status.state, status.judgement, status.done_on
        part.invented = True
    return part


def _milestones(shelf: Shelf, name: str, day: date) -> dict[str, Milestone]:
    """Return the made-up milestones of measures that still stand, reached or not on the day."""
    found = [(as_of(status, day), part_of(shelf, name, status.measure)) for status in STATUSES.get(name, ())]
    return {
        f"{name}/{status.measure}/{place}": Milestone(
            authority_id=part.authority_id, participation=part, title=milestone.title, due_on=milestone.due,
            reached_on=milestone.reached_on, invented=True,
        )
        for status, part in found
        if part is not None
        for place, milestone in enumerate(status.milestones, 1)
    }  # fmt: skip


def _load_funding(shelf: Shelf, name: str) -> None:
    """Place the made-up money."""
    found = [(fact, part_of(shelf, name, fact.measure)) for fact in FUNDING.get(name, ())]
    shelf.put(
        "funding",
        {
            f"{name}/{fact.measure}/{fact.year}/{fact.source}": MeasureFunding(
                authority_id=part.authority_id, participation=part, year=fact.year, source=fact.source,
                state=fact.state, amount_nok=fact.amount_nok,
                decision_reference=BUDGET if fact.state == "funded" else "",
            )
            for fact, part in found
            if part is not None
        },
    )  # fmt: skip


def _load_effects(shelf: Shelf, name: str) -> None:
    """Place what the made-up input changed."""
    found = [
        (effect, shelf.find(Input, "input", f"{effect.round}/{effect.number}"), part_of(shelf, name, effect.measure))
        for effect in EFFECTS.get(name, ())
    ]
    shelf.put(
        "effect",
        {
            f"{effect.round}/{effect.number}/{effect.measure}": InputEffect(
                authority_id=part.authority_id, plan_id=part.plan_id, input=said, measure_id=part.measure_id,
                change=effect.change,
            )
            for effect, said, part in found
            if said is not None and part is not None
        },
    )  # fmt: skip
