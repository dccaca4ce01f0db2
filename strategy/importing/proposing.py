"""From a file to a proposal, with each half in a process of its own: reading it, and finding goals and measures.

Whatever a document does to the rules, it has a minute and a gigabyte to do it in, and the portal goes on.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import msgspec

from strategy.importing.document import MOST_SECONDS, Unreadable, Why
from strategy.importing.proposal import Proposal
from strategy.importing.reading import nothing, read_apart
from strategy.importing.reading.__main__ import end_with_parent, limit
from strategy.importing.reading.apart import BARE, Answer, heard, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from strategy.importing.document import Document

MOST_ROWS = 5_000
"""No plan has so many; each press would have to carry them all."""
COMMAND = (sys.executable, "-B", "-s", "-m", "strategy.importing.proposing")


class Found(msgspec.Struct, omit_defaults=True):
    """What the child answers with: a proposal, or why there is none."""

    proposal: Proposal | None = None
    why: Why | None = None
    pages: int = 0


class Failed(Exception):
    """The rules broke on a document: a fault of ours. The words are the error's own name and nothing it holds."""


def propose(path: Path, name: str, *, on_page: Callable[[int, int], None] = nothing) -> tuple[Proposal, Document]:
    """Return what is found in a file, and its text.

    Raises:
        Unreadable: it cannot become a proposal; why.
        Failed: the rules broke on it.
    """
    document = read_apart(path, name, on_page=on_page)
    proposal = find_apart(document)
    if len(proposal.rows) > MOST_ROWS:
        raise Unreadable(Why.TOO_MANY_ROWS)
    return proposal, document


def find_apart(document: Document, *, command: tuple[str, ...] = COMMAND, seconds: float = MOST_SECONDS) -> Proposal:
    """Return what is found in a document, by a child that is given no secrets, little memory and little time.

    Raises:
        Unreadable: nothing is found, or it takes too long or too much.
        Failed: the rules broke on it.
    """
    with tempfile.TemporaryFile() as given:
        given.write(msgspec.json.encode(told(document)))
        given.seek(0)
        try:
            done = subprocess.run(
                command, stdin=given, capture_output=True, timeout=seconds, check=False, cwd="/", env=BARE
            )
        except subprocess.TimeoutExpired:
            raise Unreadable(Why.TOO_SLOW) from None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Unreadable(Why.TOO_SLOW)
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise Failed(last.partition(":")[0][:80] or f"ended with {done.returncode}")
    found = msgspec.json.decode(done.stdout, type=Found)
    if found.proposal is None:
        raise Unreadable(found.why or Why.BROKEN, pages=found.pages)
    return found.proposal


def main() -> int:
    """Read a document from stdin, and answer on stdout with what is found in it."""
    end_with_parent()
    limit()
    from strategy.importing.finding import find

    try:
        document = heard(msgspec.json.decode(sys.stdin.buffer.read(), type=Answer))
        found = Found(proposal=find(document))
    except Unreadable as refusal:
        found = Found(why=refusal.why, pages=refusal.pages)
    except MemoryError:
        found = Found(why=Why.TOO_LARGE)
    sys.stdout.buffer.write(msgspec.json.encode(found))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
