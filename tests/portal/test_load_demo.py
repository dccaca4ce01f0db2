"""The demo loads once, whole, and never over what a user changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.demo.authorities import DEMO_PASSWORD, USERS
from portal.demo.shelf import VERSION_KEY
from portal.management.commands.load_demo import DEMO_VERSION, load_demo
from portal.models import Authority, Case, CaseStep, DemoLoad, Role, Unit, User
from strategy.models import Goal, MeasureEntry, MeasureParticipation, Milestone, Plan, Strategy

pytestmark = pytest.mark.django_db

NOT_COMPARED = {"search"}
WATCHED = (Authority, Unit, User, Case, CaseStep, Plan, Goal, Strategy, MeasureEntry, MeasureParticipation, Milestone)


@pytest.fixture
def demo() -> None:
    load_demo()


@pytest.fixture
def halden_plan(demo: None) -> Plan:
    return Plan.objects.get(authority__slug="halden")


def everything() -> dict[str, list[Any]]:
    return {
        model.__name__: list(
            model._default_manager.order_by("pk").values_list(
                *(f.attname for f in model._meta.concrete_fields if f.name not in NOT_COMPARED)
            )
        )
        for model in WATCHED
    }


def test_haldens_plan_has_4_goals_18_strategies_and_71_measures(halden_plan: Plan) -> None:
    assert (halden_plan.goals.count(), halden_plan.strategies.count(), halden_plan.measures.count()) == (4, 18, 71)


def test_numbers_stand_as_printed_missing_and_doubled_ones_too(halden_plan: Plan) -> None:
    entries = MeasureEntry.objects.filter(plan=halden_plan).select_related("strategy").order_by("position")
    numbers: dict[str, list[str]] = {}
    for entry in entries:
        numbers.setdefault(entry.strategy.number, []).append(entry.number)
    assert numbers["2.7"] == ["1", "2", "3", "4", "5", "6", "8"]
    assert numbers["4.2"] == ["1", "2", "2", "3"]
    assert numbers["4.3"] == ["1", "2", "2"]
    assert [len(found) for found in numbers.values()] == [1, 5, 4, 4, 2, 10, 8, 3, 7, 6, 4, 2, 2, 2, 1, 4, 3, 3]


def test_every_measure_has_its_wording_in_force(halden_plan: Plan) -> None:
    assert not halden_plan.measures.filter(current_entry__isnull=True).exists()


def test_haldens_measures_have_no_responsible_no_due_date_and_no_money(halden_plan: Plan) -> None:
    parts = halden_plan.participations
    assert parts.filter(unit=None, person=None, partner="", due_on=None, funding=None).count() == 71


def test_every_status_of_haldens_is_marked_as_invented(halden_plan: Plan) -> None:
    assert halden_plan.invented
    assert not halden_plan.participations.filter(invented=False).exists()
    assert not Milestone.objects.filter(participation__plan=halden_plan, invented=False).exists()


def test_aremark_is_covered_by_haldens_plan(halden_plan: Plan) -> None:
    assert dict(halden_plan.participants.values_list("authority__slug", "role")) == {
        "halden": "owner",
        "aremark": "covered",
    }


def test_ostre_toten_has_22_points_under_three_goals_and_three_measures_apart(demo: None) -> None:
    entries = MeasureEntry.objects.filter(plan__authority__slug="ostre-toten")
    assert [entries.filter(goal__number=number).count() for number in "123"] == [7, 9, 6]
    assert entries.filter(strategy__number="3.5.4", strategy__goal=None).count() == 3
    assert Strategy.objects.filter(plan__authority__slug="ostre-toten", is_cross_cutting=True).count() == 6


def test_sarpsborgs_process_has_15_rows_and_keeps_its_precision(demo: None) -> None:
    steps = CaseStep.objects.filter(case__authority__slug="sarpsborg").order_by("position")
    assert steps.count() == 15
    assert set(steps.filter(precision="day").values_list("starts_on__month", "starts_on__day")) == {(3, 2), (6, 1)}


def test_there_is_a_sign_in_for_every_role_with_the_demos_password(demo: None) -> None:
    assert {fact.role for fact in USERS} == {*Role.values, ""}
    officer = User.objects.get(email="saksbehandler@halden.example")
    assert officer.check_password(DEMO_PASSWORD)
    assert User.objects.get(email="drift@portal.example").is_superuser


def test_a_second_load_changes_nothing(demo: None) -> None:
    before = everything()
    assert load_demo() is False
    assert everything() == before


def test_a_newer_version_with_the_same_facts_changes_nothing(demo: None) -> None:
    before = everything()
    assert load_demo(DEMO_VERSION + 1) is True
    assert everything() == before
    assert DemoLoad.objects.get(key=VERSION_KEY).version == DEMO_VERSION + 1


def test_a_newer_version_brings_new_wording_to_rows_no_one_has_touched(
    demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reword_aremark(monkeypatch)
    load_demo(DEMO_VERSION + 1)
    assert Authority.objects.get(slug="aremark").tagline == "Nytt"


def test_what_a_user_changed_survives_a_newer_version(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Authority.objects.filter(slug="aremark").update(tagline="Vårt eget")
    _reword_aremark(monkeypatch)
    load_demo(DEMO_VERSION + 1)
    load_demo(DEMO_VERSION + 2)
    assert Authority.objects.get(slug="aremark").tagline == "Vårt eget"


def test_what_a_user_deleted_stays_deleted(halden_plan: Plan) -> None:
    gone = halden_plan.participations.get(measure__current_entry__title="Dypere farled i Iddefjorden")
    gone.delete()
    milestones = Milestone.objects.count()
    load_demo(DEMO_VERSION + 1)
    assert halden_plan.participations.count() == 70
    assert Milestone.objects.count() == milestones


def test_a_plan_that_a_user_made_under_the_same_address_is_left_alone() -> None:
    owner = Authority.objects.create(name="Halden", slug="halden")
    mine = Plan.objects.create(
        authority=owner, slug="naerings-og-sysselsettingsplan-2026-2030", title="Min", period_start=2026
    )
    load_demo()
    assert Plan.objects.get(authority=owner) == mine
    assert mine.goals.count() == 0


def test_the_command_refuses_to_bring_open_sign_ins_into_production(settings: Any) -> None:
    settings.DEMO = settings.TESTING = False
    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("load_demo")


def _reword_aremark(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from portal.demo import loader

    facts = tuple(replace(f, tagline="Nytt") if f.slug == "aremark" else f for f in loader.AUTHORITIES)
    monkeypatch.setattr(loader, "AUTHORITIES", facts)
