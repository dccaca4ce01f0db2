"""The load generator, a process of its own: `python -m tests.bench.load` reads an order from stdin, answers on stdout.

Each connection asks again as soon as it has its answer, until the time is up; answers under way are awaited and count.
It looks at each answer's status and length only; the content was checked before the rounds began. Standard library
only, and as light as it can be: it shares the machine with the server.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from dataclasses import dataclass, field

VISITOR = b"@VISITOR@"
"""Stands in the request where each visitor's own address goes."""
PATIENCE_SECONDS = 60


@dataclass
class Order:
    """What to send, for how long, and which answers are right."""

    port: int
    request: str
    status: int
    shortest: int
    longest: int
    seconds: float
    connections: int


@dataclass
class Tally:
    """What all connections of one round have counted together."""

    order: Order
    before: bytes = b""
    after: bytes = b""
    asked: int = 0
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    last: float = 0.0

    def __post_init__(self) -> None:
        self.before, _mark, self.after = self.order.request.encode("latin-1").partition(VISITOR)
        self.asked = time.time_ns() // 1000 % (1 << 24)  # a new run starts with other visitors

    def next_request(self) -> bytes:
        self.asked += 1
        n = self.asked
        return b"%b10.%d.%d.%d%b" % (self.before, n >> 16 & 255, n >> 8 & 255, n & 255, self.after)

    def judge(self, status: int, length: int) -> None:
        self.answered += 1
        order = self.order
        if status != order.status or not order.shortest <= length <= order.longest:
            self.wrong.append(f"status {status} with {length} bytes")


class Visitor(asyncio.Protocol):
    """One kept connection: asks, reads one answer by its Content-Length, asks again."""

    def __init__(self, tally: Tally, until: float, done: asyncio.Future[None]) -> None:
        self.tally, self.until, self.done = tally, until, done
        self.buffer = b""
        self.missing = -1  # bytes of the body still to come; below 0: the head is not complete
        self.status, self.length = 0, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.buffer, self.missing = b"", -1
        self.transport.write(self.tally.next_request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.buffer += data
            head, blank, body = self.buffer.partition(b"\r\n\r\n")
            if not blank:
                return
            self.read_head(head)
            self.missing = self.length - len(body)
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.answered()

    def read_head(self, head: bytes) -> None:
        self.status = int(head[9:12])
        lower = head.lower()
        start = lower.find(b"\r\ncontent-length:")
        bodiless = self.status in (204, 304)
        if start < 0 and not bodiless:
            raise ValueError("an answer without Content-Length")
        self.length = 0 if bodiless else int(lower[start + 17 :].split(b"\r\n", 1)[0])

    def answered(self) -> None:
        self.tally.judge(self.status, self.length)
        self.tally.last = time.perf_counter()
        if self.tally.last < self.until and not self.tally.wrong:
            self.ask()
        else:
            self.finish()

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.tally.wrong.append(f"the server closed a connection ({error or 'in the middle of an answer'})")
            self.done.set_result(None)


async def send(order: Order) -> dict[str, object]:
    """Keep the server busy for the order's seconds and return what was counted."""
    loop = asyncio.get_running_loop()
    tally = Tally(order)
    loop.set_exception_handler(lambda _loop, context: tally.wrong.append(str(context.get("exception"))))
    start = time.perf_counter()
    ends: list[asyncio.Future[None]] = [loop.create_future() for _ in range(order.connections)]
    for end in ends:
        visitor = functools.partial(Visitor, tally, start + order.seconds, end)
        await loop.create_connection(visitor, "127.0.0.1", order.port)
    _done, late = await asyncio.wait(ends, timeout=order.seconds + PATIENCE_SECONDS)
    if late:
        tally.wrong.append(f"{len(late)} connections got no answer in {PATIENCE_SECONDS} s")
    return {"answered": tally.answered, "seconds": tally.last - start, "wrong": tally.wrong[:3]}


if __name__ == "__main__":
    json.dump(asyncio.run(send(Order(**json.load(sys.stdin)))), sys.stdout)
