"""The demo's shared plans as anyone reads them: Gjøvikregionen's, Halden's for Aremark, Kongsvingerregionen's drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.management.commands.load_demo import load_demo
from portal.models import User
from strategy import regional, status
from strategy.demo import gjovik
from strategy.demo.facts import measures_by_key
from strategy.models import MeasureFunding, MeasureParticipation, Plan, StatusReport
from tests.conftest import signed_in
from tests.databases import pointed_at
from tests.strategy.reading import body

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, databases: Any, django_db_blocker: Any) -> Iterator[None]:
    """Load the demo once, into a database of its own; what a test changes there is taken back after it."""
    with databases.clone() as name, django_db_blocker.unblock(), pointed_at(name):
        load_demo()
        yield


@pytest.fixture
def demo(db: None, settings: Any) -> None:
    settings.DEMO = True


def plan_of(authority: str) -> Plan:
    return Plan.objects.select_related("authority").get(authority__slug=authority, status="adopted")


def test_each_made_up_part_is_of_a_measure_and_a_member_of_the_plan() -> None:
    keys, members = set(measures_by_key(gjovik.PLAN)), set(gjovik.GJOVIK_MEMBERS)
    assert {part.measure for part in gjovik.PARTS} == keys
    assert {part.authority for part in gjovik.PARTS} == members
    assert len({(part.measure, part.authority) for part in gjovik.PARTS}) == len(gjovik.PARTS)


def test_what_the_source_does_not_tell_says_that_it_is_made_up() -> None:
    for measure in measures_by_key(gjovik.PLAN).values():
        assert ("(oppdiktet)" in measure.title) == (measure.description == gjovik.MADE_UP)


def test_gjovikregionens_members_are_compared_and_the_one_who_did_not_report_is_named(demo: None) -> None:
    plan = plan_of("gjovikregionen")
    _plan, participants = status.plan_and_participants(plan.pk)
    found = regional.compare(status.read(plan, today=timezone.localdate(), participants=participants))
    assert {line.name for line in found.compared} == {"Gjøvik", "Østre Toten", "Vestre Toten", "Nordre Land"}
    assert [line.name for line in found.silent] == ["Søndre Land"]
    assert found.has_money
    page = body(Client().get(plan.get_absolute_url()))
    assert "Søndre Land (3 tiltak)" in page
    assert 'class="p-opp"' in page.partition('id="kommunene"')[2].partition("</section>")[0]


def test_all_that_is_said_of_the_members_is_marked_as_made_up(demo: None) -> None:
    own = {"plan": plan_of("gjovikregionen")}
    assert not MeasureParticipation.objects.filter(**own, invented=False).exists()
    assert not StatusReport.objects.filter(**own, invented=False).exists()
    funded = MeasureFunding.objects.filter(participation__plan=own["plan"], state="funded")
    assert all("Oppdiktet" in row.decision_reference for row in funded)


def test_the_demo_loaded_again_changes_nothing_of_it(demo: None) -> None:
    before = list(MeasureParticipation.objects.filter(plan=plan_of("gjovikregionen")).order_by("pk").values())
    assert load_demo() is False
    assert list(MeasureParticipation.objects.filter(plan=plan_of("gjovikregionen")).order_by("pk").values()) == before


def test_aremark_is_covered_by_haldens_plan_and_both_pages_say_so(demo: None) -> None:
    plan = plan_of("halden")
    assert plan.get_absolute_url() in body(Client().get("/aremark/"))
    about = body(Client().get(plan.get_absolute_url())).partition('id="om"')[2]
    assert "Aremark" in about


def test_kongsvingerregionens_three_strategies_are_under_way_and_seen_by_its_secretary_only(demo: None) -> None:
    drafts = list(Plan.objects.filter(authority__slug="kongsvingerregionen"))
    secretary = signed_in(User.objects.get(email="sekretar@kongsvingerregionen.example"))
    assert len(drafts) == 3
    for plan in drafts:
        assert plan.status == "draft"
        assert Client().get(plan.get_absolute_url()).status_code == 404
        assert secretary.get(plan.get_absolute_url()).status_code == 200
