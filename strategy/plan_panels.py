"""What other areas show on a plan's page, such as the money granted and spent for each goal. strategy knows no area.

An area registers an object of the shape `PlanPanel` in `portal.wiring.PLAN_PANELS`. Its version is part of the page's
state, asked for before the data: a page that is unchanged costs one query more for each panel. What it renders goes
into frozen reports as it stands, so its links must hold and nothing in it may depend on who looks, beyond `viewer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from portal import wiring
from strategy.content import PanelContent

if TYPE_CHECKING:
    from strategy.models import Plan


class PlanPanel(Protocol):
    name: str
    """The heading, in the active language."""

    def version(self, plan_id: int) -> str:
        """Return what changes whenever the panel would show something else; at most one query."""

    def render(self, plan: Plan, viewer: Any) -> str:
        """Return the panel as HTML below its heading, or nothing; `viewer` is None for what everyone may read."""

    def figures(self, plan: Plan) -> dict[str, int]:
        """Return its figures by name, as exports and frozen reports keep them; amounts in whole kroner."""


def panels() -> list[PlanPanel]:
    """Return the panels of all areas, in their order."""
    return wiring.load(wiring.PLAN_PANELS)  # type: ignore[return-value]


def versions(plan_id: int) -> tuple[str, ...]:
    """Return the version of each panel, for the page's state."""
    return tuple(panel.version(plan_id) for panel in panels())


def show(plan: Plan, viewer: Any = None) -> list[PanelContent]:
    """Return what the panels show this viewer of the plan; one that has nothing to show is left out."""
    return [
        PanelContent(str(panel.name), html, panel.figures(plan))
        for panel in panels()
        if (html := panel.render(plan, viewer))
    ]
