"""A plan's adoption through what bodies really do: postpone, correct, take up again, decide at dates of their own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from portal import wiring
from portal.models import CaseStep, Event, Notice
from strategy import actions, adoption, rules
from strategy.models import Plan
from tests import factories as make
from tests.attacks import run
from tests.portal.test_admin_forms import send
from tests.strategy.test_adoption import change, decide

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Body, Case
    from tests.world import World

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH = dt.date(2026, 2, 12), dt.date(2026, 3, 5)


@pytest.fixture
def plan(world: World) -> Plan:
    return make.a_plan(world.home.authority, title="Ny plan", slug="ny-plan", status="draft")


@pytest.fixture
def case(plan: Plan) -> Case:
    case = make.an_adoption(plan, "pending")
    case.steps.all().delete()
    return case


def treated(case: Case, body: Body, outcome: str, **facts: Any) -> CaseStep:
    words = {} if outcome == "pending" else {"resolution": "Slik protokollen sier."}
    return make.a_step(case, body=body, activity="decision", outcome=outcome, **{**words, **facts})


def status_of(plan: Plan) -> str:
    return Plan.objects.get(pk=plan.pk).status


def in_sql(plan: Plan) -> bool:
    return bool(run("SELECT strategy_has_resolutions(%s)", plan.pk)[0][0])


# ---- postponed, and taken up again ----


def test_what_was_postponed_and_then_adopted_by_the_same_body_is_adopted(world: World, plan: Plan, case: Case) -> None:
    council = make.a_body(world.home.authority, kind="council")
    treated(case, council, "postponed", starts_on=FEBRUARY)
    new = treated(case, council, "pending", starts_on=MARCH)
    assert len(adoption.read([plan.pk])[plan.pk].required) == 1
    decide(new, decided_on=MARCH)
    actions.settle_adoption(case, world.user("officer"))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert status_of(plan) == "adopted"
    assert Plan.objects.get(pk=plan.pk).adopted_on == MARCH


@pytest.mark.parametrize("order", [("postponed", "adopted"), ("adopted", "postponed")])
def test_only_a_later_treatment_takes_the_place_of_a_postponed_one(
    world: World, plan: Plan, case: Case, order: tuple[str, str]
) -> None:
    council = make.a_body(world.home.authority, kind="council")
    for place, outcome in enumerate(order, 1):
        treated(case, council, outcome, position=place)
    expected = order[-1] == "adopted"
    assert (adoption.read([plan.pk])[plan.pk].is_adopted, in_sql(plan)) == (expected, expected)


def test_another_bodys_yes_does_not_stand_for_the_one_that_postponed(world: World, plan: Plan, case: Case) -> None:
    treated(case, make.a_body(world.home.authority), "postponed")
    treated(case, make.a_body(world.home.authority), "adopted")
    assert (adoption.read([plan.pk])[plan.pk].is_adopted, in_sql(plan)) == (False, False)


def test_a_rejection_is_not_undone_by_a_second_treatment_in_the_same_stage(
    world: World, plan: Plan, case: Case
) -> None:
    council = make.a_body(world.home.authority, kind="council")
    treated(case, council, "rejected")
    treated(case, council, "adopted")
    whole = adoption.read([plan.pk])[plan.pk]
    assert (whole.verdict, in_sql(plan)) == (rules.Resolution.REJECTED, False)


def test_what_is_taken_up_anew_by_all_in_a_later_stage_is_what_counts(world: World, plan: Plan, case: Case) -> None:
    council = make.a_body(world.home.authority, kind="council")
    treated(case, council, "rejected", stage=1)
    treated(case, council, "adopted", stage=2)
    assert (adoption.read([plan.pk])[plan.pk].is_adopted, in_sql(plan)) == (True, True)


def test_a_postponement_may_be_corrected_in_an_adopted_plans_case(world: World, plan: Plan, case: Case) -> None:
    council = make.a_body(world.home.authority, kind="council")
    old = treated(case, council, "postponed")
    new = treated(case, council, "adopted", decided_on=MARCH)
    actions.settle_adoption(case, world.user("officer"))
    old.votes = "20 mot 5"
    wiring.check_step(old)
    old.outcome = "rejected"
    with pytest.raises(actions.ValidationError):
        wiring.check_step(old)
    with pytest.raises(actions.ValidationError):
        wiring.check_step(new, is_removed=True)


# ---- dates ----


def test_a_day_corrected_in_the_protocol_is_corrected_in_the_action_part_too(
    world: World, plan: Plan, case: Case
) -> None:
    part = make.an_action_part(plan)
    step = treated(case, make.a_body(world.home.authority), "adopted")
    actions.settle_adoption(case, world.user("officer"))
    part.refresh_from_db()
    assert (part.adopted_in_id, part.adopted_on) == (step.pk, None)
    decide(step, decided_on=FEBRUARY)
    actions.settle_adoption(case, world.user("officer"))
    part.refresh_from_db()
    assert (part.adopted_on, Plan.objects.get(pk=plan.pk).adopted_on) == (FEBRUARY, FEBRUARY)
    assert Event.objects.filter(kind="plan_adopted", subject_id=plan.pk).count() == 1


def test_an_adoption_whose_day_nobody_knows_has_no_day(world: World, plan: Plan, case: Case) -> None:
    treated(case, make.a_body(world.home.authority), "adopted")
    actions.settle_adoption(case, world.user("officer"))
    assert (status_of(plan), Plan.objects.get(pk=plan.pk).adopted_on) == ("adopted", None)


# ---- back to hearing, and adopted anew ----


def test_a_plan_set_back_and_adopted_anew_has_its_new_resolution(
    world: World, plan: Plan, case: Case, officer_client: Client
) -> None:
    part = make.an_action_part(plan)
    step = treated(case, make.a_body(world.home.authority), "adopted", decided_on=FEBRUARY)
    actions.settle_adoption(case, world.user("officer"))
    assert send(officer_client, change(plan), status="hearing").status_code == 302
    part.refresh_from_db()
    assert (part.adopted_in_id, part.adopted_on) == (None, None)
    assert send(officer_client, change(step), outcome="rejected").status_code == 302
    anew = treated(case, make.a_body(world.home.authority), "adopted", stage=2, decided_on=MARCH)
    actions.settle_adoption(case, world.user("officer"))
    part.refresh_from_db()
    assert (part.adopted_in_id, part.adopted_on) == (anew.pk, MARCH)
    assert (status_of(plan), Plan.objects.get(pk=plan.pk).adopted_on) == ("adopted", MARCH)


def test_an_action_part_adopted_by_itself_keeps_its_day_when_the_plan_is_set_back(
    world: World, plan: Plan, case: Case, officer_client: Client
) -> None:
    part = make.an_action_part(plan, adopted_on=dt.date(2025, 1, 1))
    treated(case, make.a_body(world.home.authority), "adopted", decided_on=FEBRUARY)
    actions.settle_adoption(case, world.user("officer"))
    send(officer_client, change(plan), status="hearing")
    part.refresh_from_db()
    assert part.adopted_on == dt.date(2025, 1, 1)


# ---- a regional plan ----


def test_the_regions_secretary_is_told_that_the_plan_is_adopted(world: World) -> None:
    plan = make.a_plan(world.region.authority, status="hearing")
    actions.settle_adoption(make.an_adoption(plan, "adopted", "amended"), world.user("region_secretary"))
    told = Notice.objects.filter(kind="plan_adopted", subject_id=plan.pk)
    assert {notice.user for notice in told} == {world.user("region_secretary")}


def test_an_earlier_action_part_keeps_its_resolution(world: World, plan: Plan, case: Case) -> None:
    step = treated(case, make.a_body(world.home.authority), "adopted", decided_on=FEBRUARY)
    early = make.an_action_part(plan, period_start=2022, adopted_in=step, adopted_on=dt.date(2022, 6, 1))
    make.an_action_part(plan, period_start=2026)
    actions.settle_adoption(case, world.user("officer"))
    decide(step, decided_on=MARCH)
    actions.settle_adoption(case, world.user("officer"))
    actions.forget_adoption(plan)
    early.refresh_from_db()
    assert (early.adopted_in_id, early.adopted_on) == (step.pk, dt.date(2022, 6, 1))
