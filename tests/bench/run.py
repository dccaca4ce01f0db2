"""One run from an empty database to figures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from tests.bench.cases import CASES
from tests.bench.database import own_database, upgrade
from tests.bench.errors import BenchError, say
from tests.bench.figures import Figure, Result
from tests.bench.server import CEILING, Server, web_server
from tests.bench.web import WebCase
from tests.bench.wiring import set_up

if TYPE_CHECKING:
    from collections.abc import Sequence

WARM_UP_SECONDS = 0.4


class Measured(Protocol):
    """What a case must offer; WebCase is the first kind."""

    name: str
    unit: str
    facts: dict[str, int]

    def prepare(self, server: Server) -> None: ...

    def round(self, seconds: float) -> float: ...


def run(names: Sequence[str], *, seconds: float, rounds: int, authorities: int) -> Result:
    """Load, start, measure and clear away.

    Raises:
        BenchError: an unknown case, a server that fails, an answer that is not as expected.
    """
    unknown = sorted(set(names) - set(CASES))
    if unknown:
        raise BenchError(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    began = time.monotonic()
    with own_database() as name:
        upgrade()
        set_up()
        from tests.bench.data.world import load

        world = load(authorities=authorities)
        cases = [make(world) for case, make in CASES.items() if not names or case in names]
        say(f"{name}: {world.rows} rows loaded, {time.monotonic() - began:.1f} s since the start")
        with web_server() as server:
            return measure(server, cases, seconds=seconds, rounds=rounds)


def measure(server: Server, cases: Sequence[Measured], *, seconds: float, rounds: int) -> Result:
    """Let the ceiling and the cases take turns, round by round."""
    ceiling = WebCase("ceiling", CEILING, contains=("ok",), is_page=False)
    everything: list[Measured] = [ceiling, *cases]
    for case in everything:
        case.prepare(server)
        case.round(WARM_UP_SECONDS)
    rates: dict[str, list[float]] = {case.name: [] for case in everything}
    for number in range(1, rounds + 1):
        for case in everything:
            rates[case.name].append(case.round(seconds))
            server.require_alive()
        say(f"round {number} of {rounds}: " + ", ".join(f"{name} {each[-1]:.0f}" for name, each in rates.items()))
    top = tuple(rates["ceiling"])
    result = Result(top, ())
    return Result(
        top,
        tuple(Figure(case.name, case.unit, tuple(rates[case.name]), result.ceiling, case.facts) for case in cases),
    )
