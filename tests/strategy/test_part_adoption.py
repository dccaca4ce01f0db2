"""An action part comes into force as a whole, by a resolution, and what rests on the resolution stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import wiring
from portal.models import CaseStep, Event, Notice
from strategy import actions, part_adoption, parts, rolling, rows
from strategy.models import ActionPart, Measure, MeasureTag, Plan, PlanCase, StatusReport
from strategy.rolling import Wording
from tests import factories as make
from tests.at_once import at_once
from tests.attacks import run
from tests.portal.test_admin_forms import complaints, form_of, new_row, row_of, send
from tests.strategy.reading import body
from tests.strategy.test_rolling import MARCH, a_resolution, adopt, draft, edit, in_force, officer, plan, row, url_of
from tests.world import World

if TYPE_CHECKING:
    from portal.models import User

__all__ = ["draft", "officer", "plan"]


def change(thing: Any) -> str:
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


# ---- put in force ----


def test_all_measures_change_their_wording_in_one_step(plan: Plan, draft: ActionPart, officer: User) -> None:
    first, second, _third = draft.entries.order_by("position")
    edits = {first.pk: edit(first, title="Dypvannskai"), second.pk: edit(second, change="dropped", reason="Ferdig")}
    rolling.save(draft, edits, by=officer)
    rolling.add_new(draft, wording=Wording("new", "", "4", "Ny", "", ""), by=officer)
    step = a_resolution(plan)
    adopt(draft, step, officer)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert in_force(plan) == {
        "Dypvannskai": "continued", "Etablererkurs": "dropped", "Bredbånd": "continued", "Ny": "new",
    }  # fmt: skip
    draft.refresh_from_db()
    assert (draft.adopted_in, draft.adopted_on) == (step, MARCH)
    assert parts.part_in_force(plan) == draft
    assert [row.title for row in rows.read_rows(plan, MARCH)] == ["Dypvannskai", "Bredbånd", "Ny"]
    page = body(Client().get(plan.get_absolute_url()))
    assert "Dypvannskai" in page
    assert "Etablererkurs" not in page


def test_a_rolled_measure_keeps_its_status_reports_its_state_and_its_address(
    plan: Plan, draft: ActionPart, officer: User
) -> None:
    part = plan.participations.get(measure__current_entry__title="Havnekai")
    report = make.a_status_report(make.a_period(plan), part, state="under_way", done_since="Peler er satt.")
    address = part.measure.get_absolute_url()
    entry = row(draft, "Havnekai")
    rolling.save(draft, {entry.pk: edit(entry, title="Dypvannskai")}, by=officer)
    adopt(draft, a_resolution(plan), officer)
    measure = Measure.objects.get(pk=part.measure_id)
    assert str(measure.current_entry).endswith("Dypvannskai")
    assert list(StatusReport.objects.filter(participation__measure=measure)) == [report]
    assert (measure.get_absolute_url(), measure.participations.get().pk) == (address, part.pk)
    assert Client().get(address).status_code == 200


def test_what_is_dropped_no_longer_counts_under_its_tag(plan: Plan, draft: ActionPart, officer: User) -> None:
    tag = make.a_tag(plan, name="Havn og sjø")
    for measure in plan.measures.all():
        MeasureTag.objects.create(plan=plan, measure=measure, tag=tag)
    entry = row(draft, "Etablererkurs")
    rolling.save(draft, {entry.pk: edit(entry, change="dropped", reason="Ferdig")}, by=officer)
    page = plan.get_absolute_url()
    assert "3 tiltak" in body(Client().get(page)).partition("Havn og sjø")[2][:200]
    adopt(draft, a_resolution(plan), officer)
    assert "2 tiltak" in body(Client().get(page)).partition("Havn og sjø")[2][:200]


def test_to_adopt_twice_is_to_adopt_once(plan: Plan, draft: ActionPart, officer: User) -> None:
    step = a_resolution(plan)
    for _ in range(2):
        adopt(draft, step, officer)
    assert Event.objects.filter(kind="action_part_adopted", subject_id=draft.pk).count() == 1
    assert Notice.objects.filter(occasion=f"part {draft.pk}").count() == 2


def test_two_who_press_at_once_adopt_it_once(own_database: str) -> None:
    world = World()
    plan = world.home.plan
    draft = rolling.start(plan, period_start=2027, period_end=2030, by=world.user("officer"))
    step = a_resolution(plan)

    def press(person: str) -> None:
        part_adoption.adopt_part(draft, step=step, by=world.user(person), at=timezone.now())

    at_once(press, ["officer", "leader"])
    assert Event.objects.filter(kind="action_part_adopted", subject_id=draft.pk).count() == 1
    assert plan.measures.exclude(current_entry__action_part=draft).count() == 0


def test_the_next_roll_starts_from_the_part_now_in_force(plan: Plan, draft: ActionPart, officer: User) -> None:
    entry = row(draft, "Etablererkurs")
    rolling.save(draft, {entry.pk: edit(entry, change="dropped", reason="Ferdig")}, by=officer)
    adopt(draft, a_resolution(plan), officer)
    again = rolling.start(plan, period_start=2028, period_end=2030, by=officer)
    assert again.replaces == draft
    assert set(again.entries.values_list("title", flat=True)) == {"Havnekai", "Bredbånd"}


# ---- by which resolution ----


@pytest.mark.parametrize("outcome", ["pending", "rejected", "postponed", "noted"])
def test_what_is_no_yes_adopts_nothing(plan: Plan, draft: ActionPart, officer: User, outcome: str) -> None:
    with pytest.raises(ValidationError):
        adopt(draft, a_resolution(plan, outcome), officer)
    assert parts.draft_of(plan) == draft


def test_a_resolution_of_another_plans_case_a_recommendation_and_one_without_a_day_adopt_nothing(
    world: World, plan: Plan, draft: ActionPart, officer: User
) -> None:
    foreign = a_resolution(world.home.plan)
    recommended = make.a_step(
        a_resolution(plan, decided_on=None).case, activity="recommendation", outcome="adopted", resolution="Tilrås."
    )
    undated = CaseStep.objects.get(case=recommended.case, activity="decision")
    assert part_adoption.steps_that_adopt(plan) == []
    for step in (foreign, recommended, undated):
        with pytest.raises(ValidationError):
            adopt(draft, step, officer)


def test_the_plans_own_adoption_does_not_adopt_the_next_part(plan: Plan, draft: ActionPart, officer: User) -> None:
    own = CaseStep.objects.get(case__plan_links__plan=plan, case__plan_links__purpose="adoption")
    with pytest.raises(ValidationError):
        adopt(draft, own, officer)


def test_a_part_of_a_regional_plan_needs_every_council(world: World) -> None:
    plan, secretary = world.region.plan, world.user("region_secretary")
    draft = rolling.start(plan, period_start=2027, period_end=2030, by=secretary)
    first = a_resolution(plan)
    last = make.a_step(first.case, activity="decision", outcome="pending", actor="Kommunestyret i Naboby")
    with pytest.raises(ValidationError):
        adopt(draft, first, secretary)
    CaseStep.objects.filter(pk=last.pk).update(outcome="amended", resolution="Ja.", decided_on=dt.date(2027, 4, 1))
    adopt(draft, CaseStep.objects.get(pk=last.pk), secretary)
    draft.refresh_from_db()
    assert draft.adopted_on == dt.date(2027, 4, 1)


def test_one_resolution_does_not_adopt_two_parts(plan: Plan, draft: ActionPart, officer: User) -> None:
    step = a_resolution(plan)
    adopt(draft, step, officer)
    again = rolling.start(plan, period_start=2028, period_end=2030, by=officer)
    with pytest.raises(ValidationError):
        adopt(again, step, officer)


def test_the_page_offers_the_resolution_and_puts_the_part_in_force(
    plan: Plan, draft: ActionPart, officer_client: Client
) -> None:
    assert "p-group" not in body(officer_client.get(url_of(plan, "?gjor=vedta")))
    step = a_resolution(plan, item_number="7/27")
    assert "7/27" in body(officer_client.get(url_of(plan, "?gjor=vedta")))
    assert officer_client.post(url_of(plan), {"gjor": "vedta", "vedtak": "0"}).status_code == 302
    assert parts.draft_of(plan) == draft
    officer_client.post(url_of(plan), {"gjor": "vedta", "vedtak": str(step.pk)})
    assert parts.part_in_force(plan) == draft


# ---- the case pages ----


def test_a_yes_in_a_revision_case_is_told_with_what_may_follow(plan: Plan, draft: ActionPart, officer: User) -> None:
    step = a_resolution(plan)
    said = wiring.step_decided(step.case, officer)
    assert len(said) == 1
    assert "2027–2030" in said[0]
    assert parts.draft_of(plan) == draft
    adopt(draft, step, officer)
    assert wiring.step_decided(step.case, officer) == []


def test_a_day_corrected_in_the_protocol_is_corrected_in_the_part(plan: Plan, draft: ActionPart, officer: User) -> None:
    step = a_resolution(plan)
    adopt(draft, step, officer)
    CaseStep.objects.filter(pk=step.pk).update(decided_on=dt.date(2027, 3, 11))
    wiring.step_decided(step.case, officer)
    draft.refresh_from_db()
    assert draft.adopted_on == dt.date(2027, 3, 11)


@pytest.mark.parametrize("facts", [{"outcome": "rejected"}, {"activity": "hearing", "outcome": "pending"}])
def test_the_resolution_a_part_rests_on_is_refused_in_words(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client, facts: dict[str, str]
) -> None:
    step = a_resolution(plan)
    adopt(draft, step, officer)
    answer = send(officer_client, change(step), **facts)
    assert answer.status_code == 200
    assert complaints(answer) == {"outcome"}
    assert "2027–2030" in body(answer)
    assert officer_client.post(change(step).replace("change", "delete"), {"post": "yes"}).status_code in (200, 302)
    assert CaseStep.objects.get(pk=step.pk).outcome == "adopted"


def test_setting_the_plan_back_leaves_the_later_parts_resolution(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client
) -> None:
    step = a_resolution(plan)
    adopt(draft, step, officer)
    PlanCase.objects.create(authority=plan.authority, plan=plan, case=step.case, purpose="adoption")
    actions.forget_adoption(plan)
    draft.refresh_from_db()
    assert (draft.adopted_in, draft.adopted_on) == (step, MARCH)


def test_the_plans_page_does_not_let_a_part_go_round_its_resolution(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client
) -> None:
    url = change(plan)
    form = form_of(officer_client, url)
    prefix = row_of(form, "action_parts", draft.pk)
    answer = officer_client.post(url, {**form, f"{prefix}-adopted_on": "2027-01-01"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.adopted_on is None
    adopt(draft, a_resolution(plan), officer)
    answer = officer_client.post(url, {**form_of(officer_client, url), f"{prefix}-adopted_on": ""})
    draft.refresh_from_db()
    assert draft.adopted_on == MARCH


def test_a_second_part_is_rolled_and_not_added_by_hand(plan: Plan, officer_client: Client) -> None:
    url = change(plan)
    form = new_row(form_of(officer_client, url), "action_parts", period_start=2030, period_end=2031)
    answer = officer_client.post(url, form)
    assert answer.status_code == 200
    assert complaints(answer)
    assert plan.action_parts.count() == 1


@pytest.mark.parametrize("which", ["in force", "draft"])
def test_a_part_with_measures_is_not_deleted_by_hand(
    plan: Plan, draft: ActionPart, officer_client: Client, which: str
) -> None:
    url = change(plan)
    form = form_of(officer_client, url)
    part = draft if which == "draft" else draft.replaces
    answer = officer_client.post(url, {**form, f"{row_of(form, 'action_parts', part.pk)}-DELETE": "on"})
    assert answer.status_code == 200
    assert complaints(answer)
    assert plan.action_parts.count() == 2


def test_a_wording_that_has_been_replaced_is_history_and_not_edited(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client
) -> None:
    old = plan.measures.first().current_entry  # type: ignore[union-attr]
    assert officer_client.get(change(old)).context["has_change_permission"]
    adopt(draft, a_resolution(plan), officer)
    assert not officer_client.get(change(old)).context["has_change_permission"]
    assert officer_client.post(change(old), {"title": "Omskrevet"}).status_code == 403
