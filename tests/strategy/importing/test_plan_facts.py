"""What a later edition says of the plan itself: shown beside what the plan says, and taken fact by fact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from portal.models import Event, User
from strategy import rolling
from strategy.importing import applying, creating, plan_facts
from strategy.models import Plan, PlanImport
from tests import factories_imports as make
from tests.conftest import signed_in
from tests.strategy.importing.test_comparing import FIRST, adopt, an_edition
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FACTS: dict[str, Any] = {
    "title": "Plan", "slug": "plan-av-dokument", "period_start": 2026, "period_end": 2029,
    "vision": "Rom for alle", "mission": "Vi gjør det lett å drive.",
}  # fmt: skip
LATER: dict[str, Any] = {
    "title": "Næringsplan", "period_start": 2027, "period_end": 2030, "vision": "rom  for alle.", "values": "Mot og varme",
}  # fmt: skip
"""Another title and period, the same vision in other letters, values; no mission."""


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def plan(world: World, officer: User) -> Plan:
    return creating.create(make.decided(an_edition(world.home.authority, FIRST)), FACTS, by=officer, now=NOW)


@pytest.fixture
def later(plan: Plan) -> PlanImport:
    return make.decided(an_edition(plan.authority, FIRST, against=plan, content=b"Annen utgave", **LATER))


def named(found: PlanImport, plan: Plan) -> list[str]:
    return [fact.name for fact in plan_facts.differing(found, plan)]


def marks(found: PlanImport, *names: str) -> list[str]:
    assert found.against is not None
    return [fact.mark for fact in plan_facts.differing(found, found.against) if fact.name in names]


def page(client: Client, found: PlanImport, name: str) -> str:
    return " ".join(body(english(client).get(reverse(name, args=[found.authority.slug, found.pk]))).split())


def test_what_differs_is_named_and_silence_is_no_difference(later: PlanImport, plan: Plan) -> None:
    assert named(later, plan) == ["title", "period", "values"]


@pytest.mark.parametrize(("years", "differs"), [
    ((None, None), False), ((None, 2031), False), ((2026, None), False), ((2026, 2029), False), ((2027, None), True),
    ((2026, 2030), True),
])  # fmt: skip
def test_an_end_that_the_document_does_not_say_stays(plan: Plan, years: Any, differs: bool) -> None:
    found = PlanImport(period_start=years[0], period_end=years[1])
    assert named(found, plan) == (["period"] if differs else [])
    assert all(fact.gives["period_end"] for fact in plan_facts.differing(found, plan))


def test_both_pages_show_plan_and_document_beside_each_other(later: PlanImport, officer_client: Client) -> None:
    for name in ("plan_import", "import_create"):
        html = page(officer_client, later, name)
        assert re.search(
            r"Period</dt><dd><span>The plan</span> 2026–2029</dd><dd><span>The document</span> 2027–2030", html
        )
        assert "Mot og varme" in html and "Vi gjør det lett" not in html


def test_only_what_is_chosen_is_taken_and_what_was_taken_is_noted(later: PlanImport, plan: Plan, officer: User) -> None:
    applying.apply(later, marks(later, "values"), by=officer, now=NOW)
    plan.refresh_from_db()
    assert (plan.values, plan.title, plan.period) == ("Mot og varme", "Plan", "2026–2029")
    assert plan.mission == FACTS["mission"], "what the document is silent about stays"
    assert Event.objects.get(kind="plan_changed_from_document").facts["facts"] == ["values"]


def test_nothing_is_taken_where_nothing_is_chosen(later: PlanImport, plan: Plan, officer: User) -> None:
    before = Plan.objects.filter(pk=plan.pk).values().get()
    applying.apply(later, by=officer, now=NOW)
    assert Plan.objects.filter(pk=plan.pk).values().get() == before


def test_a_press_takes_what_was_chosen_on_the_page(later: PlanImport, plan: Plan, officer_client: Client) -> None:
    html = page(officer_client, later, "import_create")
    shown = re.findall(r'name="fakta" id="fakta-(\w+)" value="([^"]+)"', html)
    assert [name for name, _mark in shown] == ["title", "period", "values"] and " checked" not in html
    address = reverse("import_create", args=[later.authority.slug, later.pk])
    officer_client.post(address, {"gjor": "bruk", "fakta": [dict(shown)["period"]]})
    plan.refresh_from_db()
    assert (plan.period, plan.values) == ("2027–2030", "")


def test_a_fact_that_a_colleague_changed_meanwhile_is_not_overwritten(
    later: PlanImport, plan: Plan, officer: User, officer_client: Client
) -> None:
    chosen = marks(later, "period", "values")
    plan.values = "Ro og orden"
    plan.save()
    with pytest.raises(ValidationError):
        applying.apply(later, chosen, by=officer, now=NOW)
    plan.refresh_from_db()
    assert (plan.period, plan.values) == ("2026–2029", "Ro og orden")
    address = reverse("import_create", args=[later.authority.slug, later.pk])
    answer = body(english(officer_client).post(address, {"gjor": "bruk", "fakta": chosen}))
    assert "Choose once more." in answer and answer.count(" checked") == 1, "what still holds stays chosen"


def test_a_period_that_ends_before_it_starts_is_refused_with_words(plan: Plan, officer: User) -> None:
    facts = {"period_start": 2035, "period_end": None}
    found = make.decided(an_edition(plan.authority, FIRST, against=plan, content=b"Annen utgave", **facts))
    with pytest.raises(ValidationError):
        applying.apply(found, marks(found, "period"), by=officer, now=NOW)
    found.refresh_from_db()
    assert found.state == "ready"


def test_an_adopted_plan_takes_none_and_the_page_says_why(
    later: PlanImport, plan: Plan, officer: User, officer_client: Client
) -> None:
    adopt(plan)
    rolling.start(plan, period_start=2027, period_end=2029, by=officer)
    assert "stands until the plan is adopted anew" in page(officer_client, later, "plan_import")
    html = page(officer_client, later, "import_create")
    assert 'name="fakta"' not in html and "stands until the plan is adopted anew" in html
    later.refresh_from_db()
    with pytest.raises(ValidationError):
        applying.apply(later, marks(later, "values"), by=officer, now=NOW)
    plan.refresh_from_db()
    assert plan.values == ""


def test_who_reads_only_takes_nothing(later: PlanImport, plan: Plan, world: World) -> None:
    with pytest.raises(PermissionDenied):
        applying.apply(later, marks(later, "values"), by=world.user("approver"), now=NOW)
    address = reverse("import_create", args=[later.authority.slug, later.pk])
    answer = signed_in(world.user("approver")).post(address, {"gjor": "bruk", "fakta": marks(later, "values")})
    assert answer.status_code == 403
    plan.refresh_from_db()
    assert plan.values == ""
