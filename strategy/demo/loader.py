"""Turns the demo's facts into rows, in order: plans with their measures, what they are measured by, their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.models import Authority, Body, Case, CaseStep
from strategy.demo import (
    gjovik,
    halden,
    indre_ostfold,
    load_around,
    load_documents,
    load_indicators,
    load_measures,
    load_reports,
    load_shared,
    ostre_toten,
    sarpsborg,
)
from strategy.demo.facts import measure_key
from strategy.demo.load_measures import Branch
from strategy.models import Goal, GoalSdg, Plan, PlanCase, PlanParticipant, PlanSdg, Strategy, Tag

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf
    from strategy.demo.facts import PlanFact

PLANS: tuple[PlanFact, ...] = (
    halden.PLAN, ostre_toten.PLAN, sarpsborg.PLAN, indre_ostfold.PLAN, gjovik.PLAN, *gjovik.KONGSVINGER_PLANS,
)  # fmt: skip


def load(shelf: Shelf) -> None:
    """Place every plan; one that a user made under the same address is left wholly alone."""
    authorities = {authority.slug: authority for authority in Authority.objects.all()}
    taken = set(Plan.objects.values_list("authority__slug", "slug"))
    for fact in PLANS:
        is_ours = f"plan:{_name(fact)}" in shelf.known
        if fact.authority in authorities and (is_ours or (fact.authority, fact.slug) not in taken):
            _load_plan(shelf, fact, authorities)
    # what a report freezes comes before the reports, and what speaks of a report after
    load_indicators.load(shelf)
    load_shared.load(shelf)
    load_reports.load(shelf)
    load_around.load(shelf)
    load_documents.load(shelf)


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
    load_measures.load(shelf, plan, name, branches, load_reports.starts_from(shelf, name))


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
