"""`python -m tests.bench.loading 356`: load the database that the environment points at, and say how many rows."""

import json
import sys

from tests.bench.wiring import set_up

set_up()

from tests.bench.data.world import load  # noqa: E402 - Django is set up first

print(json.dumps({"rows": load(authorities=int(sys.argv[1])).rows}))
