"""The child of `apart`: `python -m strategy.importing.reading PATH NAME` reads a file and answers in lines of JSON."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path

from strategy.importing.document import MOST_MEMORY, MOST_SECONDS, Unreadable, Why

BETWEEN = 0.1
"""Seconds at least between two words of how far it has come."""
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask the kernel, where it is Linux, to end this process when the one that waits for its answer is killed.

    Nobody else would end one that hangs. Elsewhere it ends when it meets a closed pipe.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit() -> None:
    """Take away what reading needs not: memory and time without end, files to write, dumps of what was read."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hardest = resource.getrlimit(what)[1]
        least = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
        resource.setrlimit(what, (least, hardest if what == resource.RLIMIT_CPU else least))


def main() -> int:
    """Read the file that the arguments name. Nothing but answers reaches stdout, whoever else writes there."""
    end_with_parent()
    limit()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    import msgspec

    from strategy.importing.reading import read
    from strategy.importing.reading.apart import Answer, told

    said = 0.0

    def on_page(done: int, of: int) -> None:
        nonlocal said
        if done == of or time.monotonic() - said > BETWEEN:
            said = time.monotonic()
            answers.write(msgspec.json.encode(Answer(read=done, of=of)) + b"\n")
            answers.flush()

    path, name = sys.argv[1:3]
    try:
        answer = told(read(Path(path), name, on_page=on_page))
    except Unreadable as refusal:
        answer = Answer(why=refusal.why, of=refusal.pages)
    except (MemoryError, OSError):
        answer = Answer(why=Why.BROKEN)
    answers.write(msgspec.json.encode(answer) + b"\n")
    answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
