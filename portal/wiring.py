"""The one file of portal that names the areas: their addresses, what they show of an authority, their demo data.

Explicit lists of import strings; no plugin machinery. portal imports no area anywhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import include, path
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import Authority

AREA_URLS = ["strategy.urls"]
SUMMARIES = ["strategy.panels.summaries"]
"""Each: list of authorities → {authority id: {"text", "figure"}}, one query for all of them."""
AUTHORITY_PANELS = ["strategy.panels.authority_panel"]
"""Each: (authority, user) → {"template", …facts} or None."""
DEMO_LOADERS = ["portal.demo.loader.load", "strategy.demo.loader.load"]


def load(names: list[str]) -> list[Callable[..., Any]]:
    return [import_string(name) for name in names]


def area_patterns() -> list[Any]:
    """Return the areas' addresses; they come last, since they start with an authority's slug."""
    return [path("", include(urls)) for urls in AREA_URLS]


def describe(authorities: list[Authority]) -> list[dict[str, Any]]:
    """Return each authority with one line and one figure from the areas, in the order given."""
    rows: dict[int, dict[str, Any]] = {a.pk: {"authority": a, "text": a.tagline, "figure": ""} for a in authorities}
    for summarise in load(SUMMARIES):
        for authority_id, facts in summarise(authorities).items():
            rows[authority_id].update(facts)
    return list(rows.values())


def authority_panels(authority: Authority, user: Any) -> list[dict[str, Any]]:
    """Return what the areas show on an authority's page, in the areas' order."""
    return [panel for show in load(AUTHORITY_PANELS) if (panel := show(authority, user)) is not None]
