"""How the bench speaks while it works and when it gives up."""

from __future__ import annotations

import sys


class BenchError(Exception):
    """Something is not as the bench needs it; the message says what in one line."""


def say(text: str) -> None:
    """Tell on stderr; stdout belongs to the result."""
    print(text, file=sys.stderr, flush=True)
