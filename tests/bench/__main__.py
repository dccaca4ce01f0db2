"""`python -m tests.bench`: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.bench import figures
from tests.bench.errors import BenchError, say

NEEDED = ("OWNER_DATABASE_URL", "DATABASE_URL", "REDIS_URL", "SECRET_KEY")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Requests a second beside the server's ceiling.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="measure these cases only")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on stdout, all else on stderr")
    parser.add_argument("--seconds", type=float, default=1.2, help="length of each round (default 1.2)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each case (default 5)")
    parser.add_argument(
        "--authorities", type=int, default=20, help="how many authorities beside the first (default 20)"
    )
    given = parser.parse_args()
    if given.seconds <= 0 or given.rounds < 1 or not 0 <= given.authorities <= 5000:
        parser.error("--seconds and --rounds must be above 0, --authorities from 0 to 5000")
    return given


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = arguments()
    try:
        missing = [name for name in NEEDED if not os.environ.get(name)]
        if missing:
            raise BenchError(f"{', '.join(missing)} not set; `python3 dev.py bench` sets what the bench needs.")
        from tests.bench.run import run

        result = run(given.cases, seconds=given.seconds, rounds=given.rounds, authorities=given.authorities)
    except BenchError as error:
        say(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        say("bench: stopped")
        return 130
    print(figures.as_json(result) if given.json else figures.as_table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
