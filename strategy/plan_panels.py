"""What other areas show on a plan's page, such as the money granted and spent for each goal. strategy knows no area.

An area registers an object of the shape `PlanPanel` in `portal.wiring.PLAN_PANELS`. What it is made from is asked for
once. Either its area's triggers move the plan's data version, and it is asked with the page's data; or it is asked
before them and is part of the page's state, and then an unchanged page costs one query more. What it renders goes into
frozen reports as it stands, so its links must hold and nothing in it may depend on who looks, beyond `viewer`.
"""

from __future__ import annotations

import itertools
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

from portal import wiring
from strategy.content import PanelContent

if TYPE_CHECKING:
    from strategy.models import Plan


class PlanPanel(Protocol):
    name: str
    """The heading, in the active language."""
    moves_plan: bool
    """Whether all it shows moves the plan's data version, raw writes too (`strategy.sql.moves_version`)."""

    def ask(self, plan_id: int) -> Any:
        """Return all it is made from; its `repr` changes whenever the panel would show something else. One query."""

    def render(self, plan: Plan, asked: Any, viewer: Any) -> str:
        """Return the panel as HTML below its heading, or nothing; `viewer` is None for what everyone may read."""

    def figures(self, asked: Any) -> dict[str, int]:
        """Return its figures by name, as exports and frozen reports keep them; amounts in whole kroner.

        A panel with figures stands with the plan's money; one without has a section of its own.
        """


def panels() -> list[PlanPanel]:
    """Return the panels of all areas, in their order."""
    return wiring.load(wiring.PLAN_PANELS)  # type: ignore[return-value]


def ask_for_state(plan_id: int) -> list[Any]:
    """Return what each panel is made from whose changes the plan's own version does not tell; None for the others."""
    return [None if panel.moves_plan else panel.ask(plan_id) for panel in panels()]


def version(asked: list[Any]) -> str:
    """Return what changes with anything the panels show, for the page's state."""
    return blake2b(repr(asked).encode(), digest_size=8).hexdigest()


def show(plan: Plan, viewer: Any = None, asked: list[Any] | None = None) -> list[PanelContent]:
    """Return what the panels show this viewer of the plan; one that has nothing to show is left out."""
    shown = []
    for panel, known in zip(panels(), asked or itertools.repeat(None), strict=False):
        read = panel.ask(plan.pk) if known is None else known
        if html := panel.render(plan, read, viewer):
            shown.append(PanelContent(str(panel.name), html, panel.figures(read)))
    return shown
