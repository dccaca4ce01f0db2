"""What input changed in a plan: recorded on the plan's page, shown only where the plan is public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import wiring
from strategy.models import InputEffect
from strategy.panels import effects_of_inputs
from tests import factories as make

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db


def an_effect(input_: Any, plan: Any, **facts: Any) -> InputEffect:
    return InputEffect.objects.create(
        authority_id=plan.authority_id, plan=plan, input=input_, **{"change": "Ordlyden ble endret.", **facts}
    )


def test_an_effect_leads_to_the_measure_or_else_to_the_plan(world: World) -> None:
    row = make.an_input(make.a_round(world.home.case))
    measure = world.home.participation.measure
    an_effect(row, world.home.plan, measure=measure)
    an_effect(row, world.home.plan, change="Nytt mål.")
    assert effects_of_inputs([row.pk]) == {
        row.pk: [
            {"text": "Ordlyden ble endret.", "url": measure.get_absolute_url()},
            {"text": "Nytt mål.", "url": world.home.plan.get_absolute_url()},
        ]
    }


def test_a_plan_that_is_not_public_tells_nothing(world: World) -> None:
    draft = make.a_plan(world.home.authority, status="draft")
    row = make.an_input(make.a_round(world.home.case))
    an_effect(row, draft)
    hidden = make.an_authority(is_listed=False)
    other = make.an_input(make.a_round(make.a_case(hidden)))
    an_effect(other, make.a_plan(hidden))
    assert effects_of_inputs([row.pk, other.pk]) == {}


def test_all_effects_cost_one_query(world: World) -> None:
    round_ = make.a_round(world.home.case)
    rows = [make.an_input(round_) for _ in range(5)]
    for row in rows:
        an_effect(row, world.home.plan, measure=world.home.participation.measure)
    with CaptureQueriesContext(connection) as caught:
        found = wiring.effects_of_inputs([row.pk for row in rows])
    assert (len(found), len(caught)) == (5, 1)


def test_only_those_who_may_record_are_led_to_the_plan(world: World) -> None:
    case = world.home.case
    for person, expected in (("officer", True), ("editor", False), ("neighbour", False), ("operator", True)):
        assert bool(wiring.where_to_record_effects(case, world.user(person))) is expected, person
    (first, *_rest) = wiring.where_to_record_effects(make_adoption_case(world), world.user("officer"))
    assert first["url"] == reverse("admin:strategy_plan_change", args=[world.home.plan.pk])


def make_adoption_case(world: World) -> Any:
    return world.home.plan.case_links.first().case


def plan_form(client: Client, plan: Any) -> dict[str, Any]:
    """Return what the plan's page holds, as a browser would send it."""
    page = client.get(reverse("admin:strategy_plan_change", args=[plan.pk]))
    forms = [page.context["adminform"].form]
    for wrapped in page.context["inline_admin_formsets"]:
        forms += [wrapped.formset.management_form, *wrapped.formset.forms]
    found: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                found[bound.html_name] = "on"
            elif value is not None and value is not False:
                found[bound.html_name] = value.pk if hasattr(value, "pk") else value
    return found


@pytest.mark.parametrize(
    ("side", "measure_of", "saved"),
    [("home", "home", True), ("home", "next", False), ("next", "home", False)],
)
def test_an_effect_is_recorded_on_the_plans_page_within_the_tenant(
    officer_client: Client, world: World, side: str, measure_of: str, saved: bool
) -> None:
    plan = world.home.plan
    before = InputEffect.objects.count()
    form = plan_form(officer_client, plan)
    number = int(form["input_effects-TOTAL_FORMS"])
    form |= {
        "input_effects-TOTAL_FORMS": number + 1,
        f"input_effects-{number}-plan": plan.pk,
        f"input_effects-{number}-input": getattr(world, side).round.inputs.first().pk,
        f"input_effects-{number}-measure": getattr(world, measure_of).participation.measure_id,
        f"input_effects-{number}-change": "Fortau er tatt inn.",
    }
    answer = officer_client.post(reverse("admin:strategy_plan_change", args=[plan.pk]), form)
    assert answer.status_code == (302 if saved else 200), answer.context and answer.context["errors"]
    assert InputEffect.objects.count() == before + saved
