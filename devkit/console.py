"""Progress for the person who waits: on stderr, so that a command's stdout stays its own."""

from __future__ import annotations

import sys
import time

STARTED = time.monotonic()


def seconds() -> float:
    """Return the seconds since dev.py started."""
    return time.monotonic() - STARTED


def say(line: str) -> None:
    print(f"[{seconds():5.1f} s] {line}", file=sys.stderr, flush=True)
