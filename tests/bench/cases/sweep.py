"""What beat asks every hour, with a million due dates."""

from __future__ import annotations

import os
import resource
import time
from typing import TYPE_CHECKING

from tests.bench.database import connect_owner
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

TWIN = """
CREATE TABLE bench_said AS SELECT * FROM portal_notice;
CREATE TABLE bench_notice (LIKE portal_notice INCLUDING ALL)"""
RELATIVES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'portal_notice'::regclass AND contype = 'f'
"""
COLUMNS = """
SELECT column_name::text FROM information_schema.columns
WHERE table_name = 'portal_notice' AND column_name <> 'id' ORDER BY ordinal_position"""


class Sweep:
    """Seconds for one sweep that makes twenty thousand notices out of a million due dates.

    The baseline is a bare INSERT … SELECT … ON CONFLICT DO NOTHING of the same rows, lying ready in a table, into an
    empty table with the same columns, constraints and indexes. Each turn takes a second sweep, which makes nothing.
    """

    name = "sweep_1m"
    unit = "s"

    def __init__(self) -> None:
        self.facts: dict[str, int] = {}
        self._firsts: list[float] = []
        self._seconds: list[float] = []

    def prepare(self, server: Server) -> None:
        """Load the due dates, sweep once to learn what it says, and lay the same rows ready for the baseline."""
        from django.utils import timezone

        from tests.bench.data.deadlines import load

        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
            self.facts["due_dates"] = load(owner, timezone.localdate())
        self._empty("portal_notice")
        self.facts["notices"] = self._sweep()[0]["made"]
        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
            owner.execute(TWIN)
            for name, definition in owner.execute(RELATIVES).fetchall():
                owner.execute(f'ALTER TABLE bench_notice ADD CONSTRAINT "bench_{name}" {definition}')
            self._columns = ", ".join(row[0] for row in owner.execute(COLUMNS))
            owner.execute("VACUUM ANALYZE bench_said")

    def baseline_round(self, seconds: float) -> float:
        """Take the bare insertion once, however long a round is meant to be."""
        self._empty("bench_notice")
        bare = (
            f"INSERT INTO bench_notice ({self._columns}) SELECT {self._columns} FROM bench_said ON CONFLICT DO NOTHING"
        )
        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
            began = time.perf_counter()
            done = owner.execute(bare)
            passed = time.perf_counter() - began
        if done.rowcount != self.facts["notices"]:
            raise BenchError(f"sweep_1m: the baseline wrote {done.rowcount} rows, not {self.facts['notices']}")
        return passed

    def round(self, seconds: float) -> float:
        """Sweep an empty table once, and then once more; return the first sweep's seconds."""
        self._empty("portal_notice")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        made, first = self._sweep()
        again, second = self._sweep()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if made["made"] != self.facts["notices"] or any(again.values()):
            raise BenchError(f"sweep_1m: the first sweep said {made}, the second {again}")
        self._firsts.append(first)
        self._seconds.append(second)
        self.facts["second_ms"] = int(1000 * sorted(self._seconds)[len(self._seconds) // 2])
        self.facts["grown_kb"] = max(grown, self.facts.get("grown_kb", 0))
        if min(self._seconds) > max(self._firsts):
            raise BenchError("sweep_1m: a sweep that makes nothing costs more than one that makes everything")
        return first

    def _sweep(self) -> tuple[dict[str, int], float]:
        from django.utils import timezone

        from portal.sweep import sweep

        began = time.perf_counter()
        counts = sweep(timezone.now())
        return counts, time.perf_counter() - began

    def _empty(self, table: str) -> None:
        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
            owner.execute(f'TRUNCATE "{table}"')


def sweep_1m(world: World) -> Sweep:
    """A million due dates, twenty thousand to be told, five thousand people."""
    return Sweep()
