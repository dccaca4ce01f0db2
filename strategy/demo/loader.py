"""Turns the demo's plan facts into rows: plans, goals, strategies, measures and their invented statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from portal.models import Authority, Body, Case, CaseStep, Input, Unit, User
from strategy.demo import gjovik, halden, halden_status, ostre_toten, sarpsborg
from strategy.demo.facts import measure_key
from strategy.models import (
    ActionPart,
    Goal,
    GoalSdg,
    InputEffect,
    Measure,
    MeasureEntry,
    MeasureParticipation,
    Milestone,
    Plan,
    PlanCase,
    PlanParticipant,
    PlanSdg,
    Strategy,
    Tag,
)

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf
    from strategy.demo.facts import InventedStatus, MeasureFact, PlanFact

PLANS: tuple[PlanFact, ...] = (
    halden.PLAN, ostre_toten.PLAN, sarpsborg.PLAN, gjovik.PLAN, *gjovik.KONGSVINGER_PLANS,
)  # fmt: skip
HALDEN = (halden.PLAN.authority, halden.PLAN.slug)
STATUSES = {HALDEN: halden_status.STATUSES}
DUTIES = {HALDEN: halden_status.DUTIES}
EFFECTS = {HALDEN: halden_status.EFFECTS}


class Branch(NamedTuple):
    """A measure and what it hangs under in print."""

    key: str
    fact: MeasureFact
    goal: Goal | None
    strategy: Strategy | None


def load(shelf: Shelf) -> None:
    """Place every plan; one that a user made under the same address is left wholly alone."""
    authorities = {authority.slug: authority for authority in Authority.objects.all()}
    taken = set(Plan.objects.values_list("authority__slug", "slug"))
    for fact in PLANS:
        is_ours = f"plan:{_name(fact)}" in shelf.known
        if fact.authority in authorities and (is_ours or (fact.authority, fact.slug) not in taken):
            _load_plan(shelf, fact, authorities)


def _load_adoption(shelf: Shelf, fact: PlanFact, plan: Plan) -> None:
    """Tie the plan to the case whose resolutions adopt it: the one of the shared facts, or one made up for it.

    No source prints the resolutions of the plans that are adopted, so they are invented.
    """
    name = _name(fact)
    case = shelf.find(Case, "case", fact.adoption)
    if case is None and plan.status == Plan.Status.ADOPTED:
        case = _invented_adoption(shelf, name, plan)
    if case is not None:
        shelf.put("adoption-link", {name: PlanCase(authority_id=plan.authority_id, plan=plan, case=case)})


def _invented_adoption(shelf: Shelf, name: str, plan: Plan) -> Case | None:
    case = shelf.put(
        "adoption", {name: Case(authority_id=plan.authority_id, title=f"Vedtak om {plan.title}", invented=True)}
    ).get(name)
    if case is not None:
        shelf.put(
            "adoption-step",
            {
                f"{name}/{body.authority.slug}": CaseStep(
                    authority_id=plan.authority_id, case=case, body=body, activity=CaseStep.Activity.DECISION,
                    outcome=CaseStep.Outcome.ADOPTED, resolution="Planen vedtas.", invented=True,
                )
                for body in _deciding(plan)
            },
        )  # fmt: skip
    return case


def _deciding(plan: Plan) -> list[Body]:
    """Return the councils that decide: those of the plan's members, or its owner's where it has none."""
    councils = Body.objects.filter(kind=Body.Kind.COUNCIL).select_related("authority")
    members = councils.filter(authority__plan_links__plan=plan, authority__plan_links__role=PlanParticipant.Role.MEMBER)
    return list(members) or list(councils.filter(authority_id=plan.authority_id))


def _name(fact: PlanFact) -> str:
    return f"{fact.authority}/{fact.slug}"


def _load_plan(shelf: Shelf, fact: PlanFact, authorities: dict[str, Authority]) -> None:
    name = _name(fact)
    goal_word, strategy_word, measure_word = fact.level_names
    plan = shelf.put(
        "plan",
        {
            name: Plan(
                authority=authorities[fact.authority], slug=fact.slug, title=fact.title, period_start=fact.starts,
                period_end=fact.ends, status=fact.status, mission=fact.mission, vision=fact.vision, values=fact.values,
                aim=fact.aim, superior_plan=fact.superior_plan, source=fact.source, goal_word=goal_word,
                strategy_word=strategy_word, measure_word=measure_word, live_view_open=fact.live_view_open,
                invented=fact.invented,
            )
        },
    ).get(name)  # fmt: skip
    if plan is None:
        return
    shelf.put(
        "participant",
        {
            f"{name}/{slug}": PlanParticipant(plan=plan, authority=authorities[slug], role=role)
            for slug, role in fact.participants
            if slug in authorities
        },
    )
    _load_adoption(shelf, fact, plan)
    shelf.put(
        "plan-sdg",
        {
            f"{name}/{sdg.role}/{sdg.number}": PlanSdg(
                authority_id=plan.authority_id, plan=plan, number=sdg.number, role=sdg.role
            )
            for sdg in fact.sdgs
        },
    )
    _load_tags(shelf, fact, plan)
    branches = _load_levels(shelf, fact, plan)
    participations = _load_measures(shelf, plan, name, branches)
    _load_milestones(shelf, fact, participations)
    _load_effects(shelf, fact, participations)


def _load_tags(shelf: Shelf, fact: PlanFact, plan: Plan) -> None:
    """Place the tags, parents before children; both keep the order of print."""
    places = {(tag.dimension, tag.parent, tag.name): place for place, tag in enumerate(fact.tags, 1)}
    parents = shelf.put(
        "tag",
        {
            f"{_name(fact)}/{tag.dimension}/{tag.name}": Tag(
                authority_id=plan.authority_id, plan=plan, dimension=tag.dimension, name=tag.name,
                position=places[tag.dimension, "", tag.name],
            )
            for tag in fact.tags
            if not tag.parent
        },
    )  # fmt: skip
    shelf.put(
        "tag",
        {
            f"{_name(fact)}/{tag.dimension}/{tag.parent}/{tag.name}": Tag(
                authority_id=plan.authority_id, plan=plan, dimension=tag.dimension, name=tag.name,
                parent=parents[f"{_name(fact)}/{tag.dimension}/{tag.parent}"],
                position=places[tag.dimension, tag.parent, tag.name],
            )
            for tag in fact.tags
            if f"{_name(fact)}/{tag.dimension}/{tag.parent}" in parents
        },
    )  # fmt: skip


def _load_levels(shelf: Shelf, fact: PlanFact, plan: Plan) -> list[Branch]:
    """Place goals and strategies, and return the measures with the parents they hang under, in order of print."""
    name, owner = _name(fact), plan.authority_id
    goals = shelf.put(
        "goal",
        {
            f"{name}/{place}": Goal(
                authority_id=owner, plan=plan, number=goal.number, title=goal.title, description=goal.description,
                position=place,
            )
            for place, goal in enumerate(fact.goals, 1)
        },
    )  # fmt: skip
    shelf.put(
        "goal-sdg",
        {
            f"{name}/{place}/{sdg.role}/{sdg.number}": GoalSdg(
                authority_id=owner, goal=goals[f"{name}/{place}"], number=sdg.number, role=sdg.role
            )
            for place, goal in enumerate(fact.goals, 1)
            for sdg in goal.sdgs
            if f"{name}/{place}" in goals
        },
    )
    pairs = [(f"{name}/{place}", strategy) for place, goal in enumerate(fact.goals, 1) for strategy in goal.strategies]
    pairs += [("", strategy) for strategy in fact.strategies]
    strategies = shelf.put(
        "strategy",
        {
            f"{name}/{place}": Strategy(
                authority_id=owner, plan=plan, goal=goals.get(above), number=strategy.number, title=strategy.title,
                description=strategy.description, note=strategy.note, is_cross_cutting=strategy.cross_cutting,
                position=place,
            )
            for place, (above, strategy) in enumerate(pairs, 1)
            if not above or above in goals
        },
    )  # fmt: skip
    direct = [
        Branch(measure_key(goal.number, measure), measure, goals[f"{name}/{place}"], None)
        for place, goal in enumerate(fact.goals, 1)
        for measure in goal.measures
        if f"{name}/{place}" in goals
    ]
    return direct + [
        Branch(measure_key(strategy.number, measure), measure, None, strategies[f"{name}/{place}"])
        for place, (_above, strategy) in enumerate(pairs, 1)
        for measure in strategy.measures
        if f"{name}/{place}" in strategies
    ]


def _load_measures(shelf: Shelf, plan: Plan, name: str, branches: list[Branch]) -> dict[str, MeasureParticipation]:
    """Place the measures with the wording of the plan's action part, and the owner's part in each; by printed key."""
    if not branches:
        return {}
    owner = plan.authority_id
    part = shelf.put(
        "action-part",
        {name: ActionPart(authority_id=owner, plan=plan, period_start=plan.period_start, period_end=plan.period_end)},
    ).get(name)
    if part is None:
        return {}
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
    statuses = {status.measure: status for status in STATUSES.get((plan.authority.slug, plan.slug), ())}
    duties = _duties(shelf, plan)
    return shelf.put(
        "participation",
        {
            f"{name}/{branch.key}": _participation(
                plan, measures[f"{name}/{branch.key}"], statuses.get(branch.key), duties.get(branch.key, {})
            )
            for branch in branches
            if f"{name}/{branch.key}" in measures
        },
    )


def _duties(shelf: Shelf, plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the made-up responsible unit and person per printed key."""
    slug = plan.authority.slug
    return {
        duty.measure: {
            "unit": shelf.find(Unit, "unit", f"{slug}/{duty.unit}"), "person": shelf.find(User, "user", duty.person)
        }
        for duty in DUTIES.get((slug, plan.slug), ())
    }  # fmt: skip


def _participation(
    plan: Plan, measure: Measure, status: InventedStatus | None, duty: dict[str, Any]
) -> MeasureParticipation:
    """Return the owner's part in a measure: as the plan leaves it, or with a made-up status marked as such."""
    part = MeasureParticipation(authority_id=plan.authority_id, plan=plan, measure=measure, **duty)
    if status is None:
        return part
    part.state, part.judgement, part.done_on, part.invented = status.state, status.judgement, status.done_on, True
    said = (("Årsak", status.reason), ("Neste steg", status.next_step))
    part.note = "\n".join(f"{word}: {text} (oppdiktet)" for word, text in said if text)
    return part


def _load_milestones(shelf: Shelf, fact: PlanFact, participations: dict[str, MeasureParticipation]) -> None:
    """Place the made-up milestones of measures that still stand."""
    parts = {
        status.measure: participations[f"{_name(fact)}/{status.measure}"]
        for status in STATUSES.get((fact.authority, fact.slug), ())
        if f"{_name(fact)}/{status.measure}" in participations
    }
    shelf.put(
        "milestone",
        {
            f"{_name(fact)}/{status.measure}/{place}": Milestone(
                authority_id=parts[status.measure].authority_id, participation=parts[status.measure],
                title=milestone.title, due_on=milestone.due, reached_on=milestone.reached_on, invented=True,
            )
            for status in STATUSES.get((fact.authority, fact.slug), ())
            for place, milestone in enumerate(status.milestones, 1)
            if status.measure in parts
        },
    )  # fmt: skip


def _load_effects(shelf: Shelf, fact: PlanFact, participations: dict[str, MeasureParticipation]) -> None:
    """Place what the made-up input changed."""
    found = [
        (effect, shelf.find(Input, "input", f"{effect.round}/{effect.number}"), participations.get(key))
        for effect in EFFECTS.get((fact.authority, fact.slug), ())
        for key in [f"{_name(fact)}/{effect.measure}"]
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
