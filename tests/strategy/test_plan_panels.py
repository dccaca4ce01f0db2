"""What another area shows on a plan's page: its heading, HTML and figures, and its version in the page's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser

from portal import wiring
from strategy import content, plan_panels, status
from tests.strategy.reading import address, body, page

if TYPE_CHECKING:
    from django.test import Client

    from strategy.models import Plan

pytestmark = pytest.mark.usefixtures("the_day", "in_english")


class Grants:
    """A panel as another area would write it."""

    name = "Tilsagn"
    moves_plan = False

    def __init__(self) -> None:
        self.nok = 500_000
        self.moves = 1
        self.is_money = True
        self.viewers: list[Any] = []

    def ask(self, plan_id: int) -> tuple[int, int, int]:
        return plan_id, self.moves, self.nok

    def render(self, plan: Plan, asked: tuple[int, int, int], viewer: Any) -> str:
        self.viewers.append(viewer)
        return f"<p>Gitt: {asked[2]}</p>" if asked[2] else ""

    def figures(self, asked: tuple[int, int, int]) -> dict[str, int]:
        return {"granted_nok": asked[2]} if self.is_money else {}


@pytest.fixture
def grants(monkeypatch: pytest.MonkeyPatch) -> Grants:
    panel = Grants()
    monkeypatch.setattr(wiring, "PLAN_PANELS", ["tests.strategy.test_plan_panels.Grants"])
    monkeypatch.setattr(wiring, "load", lambda _names: [panel])
    return panel


def test_a_panel_stands_with_the_money_under_its_own_heading(plan: Plan, grants: Grants, reader: Client) -> None:
    html = body(page(reader, address(plan)))
    money = html[html.index('id="penger"') : html.index('id="tiltak"')]
    assert "Tilsagn</h3><p>Gitt: 500000</p>" in money
    assert isinstance(grants.viewers[-1], AnonymousUser)


def test_a_panel_without_figures_has_a_section_of_its_own_that_the_page_leads_to(
    plan: Plan, grants: Grants, reader: Client
) -> None:
    grants.is_money = False
    html = body(page(reader, address(plan)))
    money, rest = html[html.index('id="penger"') :].split("</section>", 1)
    assert "Tilsagn" not in money
    assert '<a href="#felt-1">Tilsagn</a>' in html
    assert 'id="felt-1">Tilsagn</h2><p>Gitt: 500000</p>' in rest[: rest.index("</section>")].replace("\n", "")


def test_a_panel_with_nothing_to_show_is_left_out(plan: Plan, grants: Grants, reader: Client) -> None:
    grants.nok = 0
    assert "Tilsagn" not in body(page(reader, address(plan)))


def test_no_304_after_a_panel_has_moved(plan: Plan, grants: Grants, reader: Client) -> None:
    tag = page(reader, address(plan))["ETag"]
    assert page(reader, address(plan), if_none_match=tag).status_code == 304
    grants.moves = 2
    assert page(reader, address(plan), if_none_match=tag).status_code == 200


def test_before_a_release_the_public_sees_no_panel(plan: Plan, grants: Grants, reader: Client) -> None:
    plan.live_view_open = False
    plan.save()
    assert "Tilsagn" not in body(page(reader, address(plan)))


def test_a_frozen_report_keeps_what_the_panel_showed_everyone(plan: Plan, grants: Grants) -> None:
    kept = status.read(plan, today=plan.adopted_on or status.NEVER, participants=[])
    assert grants.viewers == [None]
    grants.nok = 1
    text, _sha256 = content.encode(kept)
    (panel,) = content.decode(text).panels
    assert (panel.name, panel.html, panel.figures) == ("Tilsagn", "<p>Gitt: 500000</p>", {"granted_nok": 500_000})


def test_no_area_shows_a_panel_yet_that_does_not_keep_the_protocol() -> None:
    for panel in plan_panels.panels():
        assert all(hasattr(panel, part) for part in ("name", "ask", "render", "figures"))
