"""From a proposal that is decided to a draft plan, and back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.models import Event, User
from strategy.importing import creating
from strategy.models import ImportRow, MeasureParticipation, Plan, PlanImport
from tests import factories
from tests import factories_imports as make

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
FACTS = {"title": "Næringsplan", "slug": "naeringsplan-2026", "period_start": 2026, "period_end": 2029, "vision": "Mot"}
NOW = timezone.now()


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def proposal(world: World) -> PlanImport:
    return make.decided(world.home.rows(PlanImport).get(state="ready", against=None))


def create(proposal: PlanImport, by: User, **facts: Any) -> Plan:
    return creating.create(proposal, {**FACTS, **facts}, by=by, now=NOW)


def test_what_was_accepted_becomes_a_draft_plan_that_knows_its_source(proposal: PlanImport, officer: User) -> None:
    plan = create(proposal, officer)
    assert (plan.status, plan.vision, plan.goal_word) == ("draft", "Mot", "mål")
    assert plan.source.startswith("naeringsplan.txt")
    assert [str(goal) for goal in plan.goals.all()] == ["1 Flere i arbeid"]
    assert [(str(one), str(one.goal)) for one in plan.strategies.all()] == [
        ("1.1 Plass til bedriftene", "1 Flere i arbeid")
    ]
    entries = plan.action_parts.get().entries.order_by("position")
    assert [(entry.full_number, entry.measure.current_entry_id == entry.pk) for entry in entries] == [
        ("1.1.1", True), ("1.1.3", True),
    ]  # fmt: skip
    proposal.refresh_from_db()
    assert (proposal.state, proposal.plan, proposal.ended_by) == ("applied", plan, officer)
    assert not proposal.rows.filter(goal=None, strategy=None, measure=None).exists(), "each row knows what it became"
    made = Event.objects.get(kind="plan_made_from_document")
    assert (made.actor_id, made.facts["measures"]) == (officer.pk, 2)


def test_the_owners_part_has_what_the_document_says_and_guesses_nothing(proposal: PlanImport, officer: User) -> None:
    unit = factories.a_unit(proposal.authority, name="Teknisk etat")
    first, second = proposal.rows.filter(level="measure").order_by("position")
    ImportRow.objects.filter(pk=first.pk).update(responsible="teknisk etat.", cost_nok=500_000)
    ImportRow.objects.filter(pk=second.pk).update(responsible="NAV og næringsrådgiver")
    plan = create(proposal, officer)
    parts = MeasureParticipation.objects.filter(plan=plan).order_by("measure__current_entry__position")
    tidied, visited = parts
    assert (tidied.unit, tidied.due_on, tidied.due_precision) == (unit, dt.date(2027, 12, 31), "year")
    assert "500" in tidied.note and not tidied.funding.exists(), "a sum without year and source is no figure"
    assert visited.unit is None and "NAV og næringsrådgiver" in visited.note and visited.due_on is None


def test_what_is_left_out_or_put_into_another_becomes_nothing(proposal: PlanImport, officer: User) -> None:
    first, second = proposal.rows.filter(level="measure").order_by("position")
    ImportRow.objects.filter(pk=second.pk).update(decision="merged", merged_into=first)
    plan = create(proposal, officer)
    assert plan.measures.count() == 1


def test_un_goals_follow_their_goal(proposal: PlanImport, officer: User) -> None:
    proposal.rows.filter(level="goal").update(sdg_focus=[8], sdg_contributes=[4, 9])
    plan = create(proposal, officer)
    assert [(one.number, one.role) for one in plan.goals.get().sdgs.all()] == [
        (8, "focus"), (4, "contributes"), (9, "contributes"),
    ]  # fmt: skip


def test_nothing_is_made_before_all_is_decided(world: World, officer: User) -> None:
    proposal = world.home.rows(PlanImport).get(state="ready", against=None)
    plans = Plan.objects.count()
    with pytest.raises(ValidationError):
        create(proposal, officer)
    assert Plan.objects.count() == plans


def test_of_a_document_where_all_is_left_out_no_plan_is_made(proposal: PlanImport, officer: User) -> None:
    proposal.rows.update(decision="dropped")
    with pytest.raises(ValidationError) as refused:
        create(proposal, officer)
    assert refused.value.code == "nothing"


def test_an_address_that_is_taken_is_refused_and_nothing_is_made(proposal: PlanImport, officer: User) -> None:
    taken = Plan.objects.filter(authority=proposal.authority)[0].slug
    with pytest.raises(ValidationError):
        create(proposal, officer, slug=taken)
    proposal.refresh_from_db()
    assert proposal.state == "ready"


@pytest.mark.parametrize("person", ["finance_preparer", "neighbour", "stranger"])
def test_who_may_not_write_plans_makes_none(world: World, proposal: PlanImport, person: str) -> None:
    with pytest.raises(PermissionDenied):
        create(proposal, world.user(person))


def test_pressed_twice_it_is_one_plan(proposal: PlanImport, officer: User) -> None:
    assert create(proposal, officer) == create(proposal, officer)


# ---- back again ----


def test_a_plan_is_taken_back_while_nobody_has_worked_in_it(proposal: PlanImport, officer: User) -> None:
    plan = create(proposal, officer)
    back = creating.undo(proposal, by=officer, now=NOW)
    assert back.state == "ready" and back.plan is None and not Plan.objects.filter(pk=plan.pk).exists()
    assert not back.rows.exclude(decision="accepted").exists(), "what was decided is decided still"
    assert create(back, officer).goals.count() == 1, "and it can be made anew"


@pytest.mark.parametrize("where", ["measure", "goal", "adopted"])
def test_a_plan_that_someone_has_worked_in_is_not_taken_back(proposal: PlanImport, officer: User, where: str) -> None:
    plan = create(proposal, officer)
    if where == "measure":
        part = plan.participations.all()[0]
        part.note = "Ringt dem"
        part.save()
    elif where == "goal":
        goal = plan.goals.get()
        goal.title = "Flere i jobb"
        goal.save()
    else:
        Plan.objects.filter(pk=plan.pk).update(status="hearing")
    with pytest.raises(ValidationError):
        creating.undo(proposal, by=officer, now=NOW)
    assert Plan.objects.filter(pk=plan.pk).exists()


# ---- the page ----


def test_the_page_says_what_is_left_and_then_what_will_be_made(world: World, officer: User) -> None:
    from tests.conftest import signed_in

    browser = signed_in(officer)
    proposal = world.home.rows(PlanImport).get(state="ready", against=None)
    address = f"/hjemby/plandokumenter/{proposal.pk}/plan/"
    assert 'name="gjor" value="opprett"' not in browser.get(address).content.decode()
    make.decided(proposal)
    page = browser.get(address).content.decode()
    assert 'value="naeringsplan-for-hjemby-2026"' in page and 'value="2029"' in page
    assert "1 mål, 1 strategi og 2 tiltak" in page
    answer = browser.post(address, {"gjor": "opprett", **FACTS, "title": ""})
    assert answer.status_code == 200 and not Plan.objects.filter(slug=FACTS["slug"]).exists()
    assert browser.post(address, {"gjor": "opprett", **FACTS}).status_code == 302
    plan = Plan.objects.get(slug=FACTS["slug"])
    page = browser.get(address).content.decode()
    assert plan.get_absolute_url() in page and 'value="angre"' in page
    assert browser.post(address, {"gjor": "angre"}).status_code == 302
    assert not Plan.objects.filter(pk=plan.pk).exists()
