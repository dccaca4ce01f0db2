"""`python -m tests.bench.standing`: one pass over all measures, beside reading the same rows and doing nothing."""

import json
import time
import tracemalloc
from itertools import islice

from tests.bench.wiring import set_up

set_up()

from django.db import connection  # noqa: E402 - Django is set up first
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from strategy import national  # noqa: E402

TODAY = timezone.localdate()


def peak_kb(most: int | None) -> int:
    """Return the most memory that a pass over so many measures holds at once."""
    tracemalloc.start()
    for _each in islice(national.standings(TODAY), most):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak // 1024


def seconds(rows: object) -> float:
    began = time.perf_counter()
    for _each in rows:  # type: ignore[attr-defined]
        pass
    return time.perf_counter() - began


with CaptureQueriesContext(connection) as asked:
    measures = sum(1 for _each in national.standings(TODAY))
print(
    json.dumps(
        {
            "seconds": seconds(national.standings(TODAY)),
            "bare": seconds(national.facts().iterator(chunk_size=national.AT_ONCE)),
            "facts": {
                "measures": measures, "queries": len(asked), "peak_kb": peak_kb(None),
                "peak_kb_of_a_fifth": peak_kb(measures // 5),
            },
        }
    )
)  # fmt: skip
