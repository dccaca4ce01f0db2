"""Reading a file in a process of its own: whatever the file does to it, the portal goes on.

The child is given no secrets, little memory and little time. It answers in lines of JSON: how far it has come, and at
last the document, or why there is none.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from strategy.importing.document import MOST_SECONDS, Document, Kind, Line, Table, Unreadable, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
BARE = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
"""All a child has of an environment: it finds our modules, and no secrets."""
MOST_ANSWER = 128 * 1024 * 1024
"""Bytes that the child may answer with in all."""
CHUNK = 1 << 16
MOMENT = 0.5


class Told(msgspec.Struct, omit_defaults=True):
    """A block as it is sent: one of the two."""

    line: Line | None = None
    table: Table | None = None


class Answer(msgspec.Struct, omit_defaults=True):
    """A line of the child's: pages `read` of how many, or a refusal, or the document's own facts and all its blocks."""

    read: int = 0
    of: int = 0
    why: Why | None = None
    kind: Kind | None = None
    title: str = ""
    blocks: list[Told] = []


def told(document: Document) -> Answer:
    """Return a document as it is sent."""
    blocks = [Told(line=one) if isinstance(one, Line) else Told(table=one) for one in document.blocks]
    return Answer(of=document.pages, kind=document.kind, title=document.title, blocks=blocks)


def heard(answer: Answer) -> Document:
    """Return a document as it was before it was sent.

    Raises:
        Unreadable: the answer is a refusal.
    """
    if answer.why is not None or answer.kind is None:
        raise Unreadable(answer.why or Why.BROKEN, pages=answer.of)
    blocks = tuple(block for one in answer.blocks if (block := one.line or one.table) is not None)
    return Document(kind=answer.kind, pages=answer.of, blocks=blocks, title=answer.title)


@dataclass(frozen=True, slots=True)
class Child:
    """How a child is started, and for how long it may go on; tests start others than the reader."""

    command: tuple[str, ...] = (sys.executable, "-B", "-s", "-m", "strategy.importing.reading")
    seconds: float = MOST_SECONDS

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it in a session of its own: no secrets about it, nothing to read, and no one to complain to."""
        return subprocess.Popen(
            [*self.command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=BARE,
            start_new_session=True,
        )


def read_in_child(path: Path, name: str, on_page: Callable[[int, int], None], child: Child | None = None) -> Document:
    """Read a file in a child process; it is gone when this returns, whatever happened.

    Raises:
        Unreadable: why; `TOO_SLOW` when it was stopped, `BROKEN` when it ended without an answer.
    """
    child = child or Child()
    process = child.start(str(path.resolve()), name)
    answer: Answer | None = None
    try:
        for line in _lines(process, time.monotonic() + child.seconds):
            answer = _understood(line)
            if answer.why is not None or answer.kind is not None:
                break
            on_page(answer.read, answer.of)
            answer = None
    finally:
        status = _ended(process)
    if answer is None:
        raise Unreadable(Why.TOO_SLOW if status == -signal.SIGXCPU else Why.BROKEN)
    return heard(answer)


def _understood(line: bytes) -> Answer:
    try:
        return msgspec.json.decode(line, type=Answer)
    except msgspec.MsgspecError:
        raise Unreadable(Why.BROKEN) from None


def _lines(process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
    """Yield what the child says line by line until it ends.

    Raises:
        Unreadable: it goes on for too long, or says too much.
    """
    out: IO[bytes] = process.stdout  # type: ignore[assignment]  # it was asked for
    held, size = [b""], 0
    with selectors.DefaultSelector() as waiting:
        waiting.register(out, selectors.EVENT_READ)
        while True:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise Unreadable(Why.TOO_SLOW)
            chunk = os.read(out.fileno(), CHUNK)
            if not chunk:
                return
            size += len(chunk)
            if size > MOST_ANSWER:
                raise Unreadable(Why.TOO_LARGE)
            first, *rest = chunk.split(b"\n")
            held.append(first)
            for one in rest:
                yield b"".join(held)
                held = [one]
            if time.monotonic() > deadline:
                raise Unreadable(Why.TOO_SLOW)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Make an end of the child and all it started, wait for it, and return its status.

    One that has said all it will say is given a moment to end by itself, so that its status tells how it ended.
    """
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(MOMENT)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        if process.stdout is not None:
            process.stdout.close()
    return status
