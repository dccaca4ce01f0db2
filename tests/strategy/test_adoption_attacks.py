"""Tricks to have a plan adopted that no council has adopted: by two at once, each of whom sees only her own half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from psycopg import errors

from strategy.admin.cases import PlanCaseFormSet
from strategy.models import ActionPart, Plan
from tests import factories as make
from tests.databases import connect_as_runtime
from tests.portal.test_admin_forms import form_of, new_row
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE"
ADOPT = "UPDATE strategy_plan SET status = 'adopted' WHERE id = %s"
TAKE_AWAY = "UPDATE portal_casestep SET outcome = 'pending' WHERE case_id = %s"
UNTIE = "DELETE FROM strategy_plancase WHERE case_id = %s"


@pytest.fixture
def two(own_database: str) -> Iterator[tuple[Any, Any]]:
    """Two connections as the runtime role; neither waits long for the other."""
    with connect_as_runtime(own_database) as one, connect_as_runtime(own_database) as other:
        for each in (one, other):
            each.execute("SET lock_timeout = '400ms'")
            each.commit()
        yield one, other


@pytest.mark.parametrize("attack", [TAKE_AWAY, UNTIE])
@pytest.mark.parametrize("is_adopted_first", [True, False])
def test_a_resolution_is_not_taken_away_while_another_adopts_the_plan(
    two: tuple[Any, Any], attack: str, is_adopted_first: bool
) -> None:
    plan = make.a_plan(World().home.authority, status="draft")
    case = make.an_adoption(plan)
    deeds = [(ADOPT, plan.pk), (attack, case.pk)]
    first, second = deeds if is_adopted_first else reversed(deeds)
    one, other = two
    one.execute(first[0], [first[1]])
    one.execute(CHECK_NOW)
    with pytest.raises((errors.LockNotAvailable, errors.CheckViolation)):
        other.execute(second[0], [second[1]])
        other.execute(CHECK_NOW)
    other.rollback()
    one.commit()
    with pytest.raises(errors.CheckViolation):
        other.execute(second[0], [second[1]])
        other.execute(CHECK_NOW)
    other.rollback()
    assert Plan.objects.get(pk=plan.pk).status == ("adopted" if is_adopted_first else "draft")


def test_a_page_saved_as_it_stands_does_not_undo_an_adoption_that_came_meanwhile(
    world: World, officer_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make.a_plan(world.home.authority, status="hearing")
    make.an_adoption(plan)
    url = reverse("admin:strategy_plan_change", args=[plan.pk])
    form = new_row(form_of(officer_client, url), "action_parts", period_start=2026, period_end=2027)
    check = PlanCaseFormSet.clean

    def adopt_meanwhile(formset: Any) -> None:
        Plan.objects.filter(pk=plan.pk).update(status="adopted", adopted_on="2026-02-12")
        check(formset)

    monkeypatch.setattr(PlanCaseFormSet, "clean", adopt_meanwhile)
    assert officer_client.post(url, form).status_code == 302
    assert ActionPart.objects.filter(plan=plan).count() == 1
    assert Plan.objects.values_list("status", flat=True).get(pk=plan.pk) == "adopted"
