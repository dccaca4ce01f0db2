"""One run from an empty database to figures."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.cases import CASES
from tests.bench.database import own_database, upgrade
from tests.bench.errors import BenchError, say
from tests.bench.figures import Figure, Result
from tests.bench.measured import Closes, OwnBaseline
from tests.bench.server import CEILING, Server, web_server
from tests.bench.web import WebCase
from tests.bench.wiring import set_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.measured import Measured

WARM_UP_SECONDS = 0.4


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
            try:
                return measure(server, cases, seconds=seconds, rounds=rounds)
            finally:
                for case in cases:
                    if isinstance(case, Closes):
                        case.close()


def measure(server: Server, cases: Sequence[Measured], *, seconds: float, rounds: int) -> Result:
    """Let the ceiling and the cases, each after its own baseline, take turns, round by round."""
    ceiling = WebCase("ceiling", CEILING, contains=("ok",), is_page=False)
    everything: list[Measured] = [ceiling, *cases]
    for case in everything:
        case.prepare(server)
        take(case, WARM_UP_SECONDS)
    rates: dict[str, list[float]] = {case.name: [] for case in everything}
    bare: dict[str, list[float]] = {case.name: [] for case in everything}
    for number in range(1, rounds + 1):
        for case in everything:
            baseline, rate = take(case, seconds)
            rates[case.name].append(rate)
            bare[case.name] += baseline
            server.require_alive()
        say(f"round {number} of {rounds}: " + ", ".join(f"{name} {each[-1]:.4g}" for name, each in rates.items()))
    top = tuple(rates["ceiling"])
    figures = (
        Figure(case.name, case.unit, tuple(rates[case.name]), median(bare[case.name] or top), case.facts)
        for case in cases
    )
    return Result(top, tuple(figures))


def take(case: Measured, seconds: float) -> tuple[list[float], float]:
    """Take one turn: the case's own baseline, if it has one, and the case."""
    baseline = [case.baseline_round(seconds)] if isinstance(case, OwnBaseline) else []
    return baseline, case.round(seconds)
