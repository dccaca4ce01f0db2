"""The cases, one file per family; a case is a function from the loaded world to what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.cases.admin import admin_measures_100
from tests.bench.cases.public import front_page, status_live_200, status_unchanged_200

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.data.world import World
    from tests.bench.web import WebCase

_ALL: tuple[Callable[[World], WebCase], ...] = (
    front_page,
    status_live_200,
    status_unchanged_200,
    admin_measures_100,
)
CASES = {make.__name__: make for make in _ALL}
