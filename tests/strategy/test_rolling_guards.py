"""Attacks on action parts past the model layer: what is in force is adopted by a resolution, whoever writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from strategy import rolling
from strategy.models import ActionPart, Plan
from tests import factories as make
from tests.attacks import refused, run
from tests.strategy.test_rolling import a_resolution, adopt, draft, officer, plan
from tests.world import World

if TYPE_CHECKING:
    from portal.models import User

__all__ = ["draft", "officer", "plan"]
ADOPTED, IN_FORCE, STEP = (
    "strategy_action_part_adopted", "strategy_wording_in_force_adopted", "strategy_step_keeps_action_part",
)  # fmt: skip
BY_RESOLUTION = "strategy_action_part_adopted_by_resolution"


def attack(trigger: str, sql: str, *values: object) -> None:
    """Run a statement and let its deferred trigger look at once; the guard's own name is what it refuses by."""
    with refused(by=BY_RESOLUTION):
        run(sql, *values)
        run(f'SET CONSTRAINTS "{trigger}" IMMEDIATE')


def test_a_wording_of_a_draft_is_not_put_in_force(draft: ActionPart) -> None:
    attack(
        IN_FORCE,
        "UPDATE strategy_measure m SET current_entry_id = e.id FROM strategy_measureentry e "
        "WHERE e.measure_id = m.id AND e.action_part_id = %s",
        draft.pk,
    )  # fmt: skip


def test_a_draft_is_not_adopted_by_a_date_alone(draft: ActionPart) -> None:
    attack(ADOPTED, "UPDATE strategy_actionpart SET adopted_on = '2027-03-04' WHERE id = %s", draft.pk)


@pytest.mark.parametrize("outcome", ["pending", "rejected", "postponed", "noted"])
def test_a_draft_is_not_adopted_by_what_is_no_yes(plan: Plan, draft: ActionPart, outcome: str) -> None:
    step = a_resolution(plan, outcome)
    attack(
        ADOPTED, "UPDATE strategy_actionpart SET adopted_on = '2027-03-04', adopted_in_id = %s WHERE id = %s",
        step.pk, draft.pk,
    )  # fmt: skip


def test_a_draft_is_not_adopted_by_a_recommendation(plan: Plan, draft: ActionPart) -> None:
    step = make.a_step(a_resolution(plan).case, activity="recommendation", outcome="adopted", resolution="Tilrås.")
    attack(
        ADOPTED, "UPDATE strategy_actionpart SET adopted_on = '2027-03-04', adopted_in_id = %s WHERE id = %s",
        step.pk, draft.pk,
    )  # fmt: skip


def test_a_draft_is_not_adopted_by_another_authoritys_resolution(world: World, draft: ActionPart) -> None:
    foreign = a_resolution(world.next.plan)
    with refused(by="strategy_actionpart_adopted_in_same_authority"):
        run("UPDATE strategy_actionpart SET adopted_in_id = %s WHERE id = %s", foreign.pk, draft.pk)


def test_an_adopted_part_does_not_lose_its_day_while_it_is_in_force(
    plan: Plan, draft: ActionPart, officer: User
) -> None:
    adopt(draft, a_resolution(plan), officer)
    attack(ADOPTED, "UPDATE strategy_actionpart SET adopted_on = NULL WHERE id = %s", draft.pk)


@pytest.mark.parametrize("change", ["outcome = 'rejected'", "outcome = 'pending'", "activity = 'hearing'"])
def test_the_resolution_is_not_taken_from_what_rests_on_it(
    plan: Plan, draft: ActionPart, officer: User, change: str
) -> None:
    step = a_resolution(plan)
    adopt(draft, step, officer)
    attack(STEP, f"UPDATE portal_casestep SET {change} WHERE id = %s", step.pk)


def test_there_is_one_draft_of_each_part(plan: Plan, draft: ActionPart) -> None:
    with refused(by="strategy_actionpart_replaces_id_key"):
        run(
            "INSERT INTO strategy_actionpart (authority_id, plan_id, period_start, replaces_id, row_version) "
            "VALUES (%s, %s, 2029, %s, 0)",
            plan.authority_id, plan.pk, draft.replaces_id,
        )  # fmt: skip


def test_a_part_does_not_replace_one_of_another_plan(world: World, draft: ActionPart) -> None:
    other = make.a_plan(world.home.authority)
    part = make.an_action_part(other)
    with refused(by="strategy_actionpart_replaces_same_plan"):
        run("UPDATE strategy_actionpart SET replaces_id = %s WHERE id = %s", part.pk, draft.pk)


def test_a_new_measure_of_a_draft_has_no_wording_in_force_whoever_writes(draft: ActionPart, officer: User) -> None:
    new = rolling.add_new(draft, wording=rolling.Wording("new", "", "", "Ny", "", ""), by=officer)
    attack(
        IN_FORCE, "UPDATE strategy_measure SET current_entry_id = %s WHERE id = %s",
        new.measure.entries.get().pk, new.measure_id,
    )  # fmt: skip


def test_nothing_is_dropped_without_a_reason_whoever_writes(draft: ActionPart) -> None:
    with refused(by="measure_entry_dropped_with_reason"):
        run("UPDATE strategy_measureentry SET change = 'dropped' WHERE action_part_id = %s", draft.pk)
