"""What anyone may read, without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.web import WebCase

if TYPE_CHECKING:
    from tests.bench.data.world import World


def front_page(world: World) -> WebCase:
    """All authorities that use the portal, each with its line and figure."""
    return WebCase("front_page", "/", contains=world.authority_names)


def status_live_200(world: World) -> WebCase:
    """A plan of 71 measures with its standing of today, rendered in full."""
    late_rows = {'class="p-days"': world.late}
    return WebCase("status_live_200", world.plan_path, contains=world.measure_titles, counts=late_rows)


def status_unchanged_200(world: World) -> WebCase:
    """The same page for someone who has it already: 304 and no body."""
    return WebCase("status_unchanged_200", world.plan_path, unchanged=True)
