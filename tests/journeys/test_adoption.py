"""Journeys: a plan from draft to adopted through three bodies, and a regional plan that waits for one council."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from portal.models import CaseStep
from strategy.models import Plan
from tests import factories as make
from tests.databases import pointed_at
from tests.journeys.pressing import press
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site


@pytest.fixture
def in_the_sites_database(site: Site, django_db_blocker: Any) -> Iterator[None]:
    """Let the test make rows where the running portal reads them."""
    with django_db_blocker.unblock(), pointed_at(site.database):
        yield


def save(page: Page) -> None:
    press(page, "input[name=_save]")


def register(page: Page, site: Site, step: CaseStep, outcome: str = "adopted") -> None:
    """Register an outcome as an officer does: outcome, day and resolution on the step's own page."""
    page.goto(site.address(f"/admin/portal/casestep/{step.pk}/change/"))
    page.select_option("#id_outcome", outcome)
    page.fill("#id_decided_on", "2026-02-12")
    page.fill("#id_resolution", "Planen vedtas slik den er lagt fram.")
    save(page)
    assert page.locator(".errornote").count() == 0


def test_a_cases_steps_are_seen_whole_at_1280_pixels(
    site: Site, browse: Callable[..., Any], in_the_sites_database: None
) -> None:
    region = World().region.authority
    case = make.a_case(region)
    body = make.a_body(region, name="Kommunestyret i Nord-Aurdal og omegn")
    for stage in range(3):
        make.a_step(case, stage=stage, body=body)
    page = browse("operator", width=1280).page
    page.goto(site.address(f"/admin/portal/case/{case.pk}/change/"))
    page.locator("#steps-group .add-row a").click()
    assert page.locator("#steps-group .module").evaluate("each => each.scrollWidth - each.clientWidth") == 0


def test_a_plan_goes_from_draft_to_adopted_through_three_bodies(
    site: Site, browse: Callable[..., Any], in_the_sites_database: None
) -> None:
    home = World().home.authority
    plan = make.a_plan(home, status="draft", title="Havneplan", slug="havneplan")
    case = make.an_adoption(plan, "pending")
    (council,) = case.steps.all()
    CaseStep.objects.filter(pk=council.pk).update(stage=3, actor="Kommunestyret")
    board = make.a_step(case, stage=1, activity="recommendation", actor="Næringsforum")
    executive = make.a_step(case, stage=2, activity="recommendation", actor="Formannskapet")
    officer, reader = browse("officer").page, browse("anonymous", width=320).page
    for step in (board, executive):
        register(officer, site, step)
        assert reader.goto(site.address(plan.get_absolute_url())).status == 404  # type: ignore[union-attr]
    reader.goto(site.address(case.get_absolute_url()))
    assert "Formannskapet" in reader.locator(".p-time").inner_text()
    register(officer, site, council)
    assert "Havneplan" in officer.locator(".messagelist").inner_text()
    assert Plan.objects.get(pk=plan.pk).status == "adopted"
    assert reader.goto(site.address(plan.get_absolute_url())).status == 200  # type: ignore[union-attr]
    said = reader.locator(".p-adoption")
    assert "12. februar 2026" in said.inner_text()
    press(reader, said.get_by_role("link").first)
    expect(reader.locator(".p-time .ds-tag")).to_have_count(3)
    reader.locator(".p-time details summary").last.click()
    reader.locator(".p-time details[open]").get_by_text("Planen vedtas slik den er lagt fram.").wait_for()


def test_a_regional_plan_pending_in_one_council_is_not_adopted(
    site: Site, browse: Callable[..., Any], in_the_sites_database: None
) -> None:
    region = World().region.authority
    plan = make.a_plan(region, status="hearing", title="Regionplan", slug="regionplan")
    case = make.an_adoption(plan, "pending", "pending", "pending")
    for name, step in zip(("Eidskog", "Grue", "Åsnes"), case.steps.order_by("pk"), strict=True):
        CaseStep.objects.filter(pk=step.pk).update(actor=f"Kommunestyret i {name}")
    eidskog, grue, asnes = case.steps.order_by("pk")
    operator, reader = browse("operator").page, browse("anonymous").page
    register(operator, site, eidskog)
    register(operator, site, asnes, "amended")
    reader.goto(site.address(plan.get_absolute_url()))
    assert "Grue" in reader.locator(".p-adoption > p").inner_text()
    assert reader.locator(".p-adoption tbody tr").count() == 3
    assert Plan.objects.get(pk=plan.pk).status == "hearing"
    operator.goto(site.address(f"/admin/strategy/plan/{plan.pk}/change/"))
    assert operator.locator("#id_status option[value=adopted]").count() == 0
    register(operator, site, grue)
    assert Plan.objects.get(pk=plan.pk).status == "adopted"
    operator.goto(site.address(f"/admin/portal/casestep/{grue.pk}/change/"))
    operator.select_option("#id_outcome", "rejected")
    save(operator)
    assert operator.locator(".field-outcome .errorlist").count() == 1
    assert Plan.objects.get(pk=plan.pk).status == "adopted"
