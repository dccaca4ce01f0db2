"""What a whole country's plans cost: 357 authorities, each with a plan, twelve periods and five indicators."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.bench.beside import call, database_beside
from tests.bench.server import web_server
from tests.bench.web import WebCase

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

NEIGHBOURS = 356


class Country:
    """The country's database; made when the first case needs it, dropped when the last is done."""

    def __init__(self) -> None:
        self.held = ExitStack()
        self.environment: dict[str, str] = {}

    def enter(self) -> dict[str, str]:
        if not self.environment:
            self.environment = self.held.enter_context(database_beside("country", authorities=NEIGHBOURS))
        return self.environment

    def close(self) -> None:
        self.held.close()
        self.environment = {}


COUNTRY = Country()


class StatusNational:
    """The plan's page with 357 authorities in the database; the baseline is the same page where it is alone."""

    name = "status_national"
    unit = "requests/s"

    def __init__(self, world: World) -> None:
        self.held = ExitStack()
        self.facts: dict[str, int] = {}
        self.here, self.alone = (
            WebCase(label, world.plan_path, contains=world.measure_titles) for label in ("status_national", "alone")
        )

    def prepare(self, _server: Server) -> None:
        alone = self.held.enter_context(database_beside("alone", authorities=0))
        self.alone.prepare(self.held.enter_context(web_server(alone)))
        self.here.prepare(self.held.enter_context(web_server(COUNTRY.enter())))
        self.facts = self.here.facts

    def baseline_round(self, seconds: float) -> float:
        return self.alone.round(seconds)

    def round(self, seconds: float) -> float:
        return self.here.round(seconds)

    def close(self) -> None:
        self.held.close()
        COUNTRY.close()


class StandingAll:
    """Seconds to decide where all measures of the country stand; the baseline only reads the same rows."""

    name = "standing_all"
    unit = "s"

    def __init__(self) -> None:
        self.facts: dict[str, int] = {}

    def prepare(self, _server: Server) -> None:
        self.facts = dict(call(["tests.bench.standing"], COUNTRY.enter())["facts"])

    def baseline_round(self, _seconds: float) -> float:
        self.found = call(["tests.bench.standing"], COUNTRY.enter())
        return float(self.found["bare"])

    def round(self, _seconds: float) -> float:
        """Return the pass of the same process that the baseline was measured in, a moment before it."""
        return float(self.found["seconds"])

    def close(self) -> None:
        COUNTRY.close()


def status_national(world: World) -> StatusNational:
    return StatusNational(world)


def standing_all(_world: World) -> StandingAll:
    return StandingAll()
