"""Whole sign-ins over HTTP, a process of its own: `python -m tests.bench.trips` reads an order, answers on stdout.

Each visitor comes with an address of her own and without cookies: she presses the link to the service, chooses who she
is there, and is led back; the portal fetches her tokens meanwhile. She is signed in when the portal leads her on with a
new session. Standard library only: it shares the machine with the server.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

PATIENCE_SECONDS = 30


class Lost(Exception):
    """A visitor was led somewhere else than to her session."""


@dataclass
class Order:
    """Where to begin, whom to be, and for how long."""

    port: int
    start: str
    people: list[str]
    """Keys of the persons to be, one after the other."""
    lands_at: str
    cookie: str
    seconds: float
    connections: int


@dataclass
class Visitor:
    """One kept connection, and the cookies of the one who uses it now."""

    order: Order
    connection: HTTPConnection = field(init=False)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.order.port, timeout=PATIENCE_SECONDS)

    def led_on(self, address: str, visitor: str) -> str:
        """Return where an address leads on to.

        Raises:
            Lost: it does not.
        """
        there = urlsplit(address)
        headers = {"X-Forwarded-For": visitor, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        self.connection.request("GET", f"{there.path}?{there.query}" if there.query else there.path, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status != 302:
            raise Lost(f"{there.path} answered {answer.status}")
        return answer.headers["Location"]

    def sign_in(self, person: str, visitor: str) -> None:
        """Make the whole trip once.

        Raises:
            Lost: it does not end in a session of its own.
        """
        self.cookies = {}
        service = self.led_on(self.order.start, visitor)
        before = self.cookies.get(self.order.cookie)
        back = self.led_on(f"{service}&person={person}", visitor)
        landed = self.led_on(back, visitor)
        if landed != self.order.lands_at or self.cookies.get(self.order.cookie) in (None, before):
            raise Lost(f"landed at {landed[:80]}")


def send(order: Order) -> dict[str, object]:
    """Let visitors sign in for the order's seconds and return what was counted."""
    numbers, began = itertools.count(time.time_ns() // 1000 % (1 << 24)), time.perf_counter()
    wrong: list[str] = []
    done: list[float] = []

    def work() -> None:
        visitor = Visitor(order)
        try:
            while time.perf_counter() - began < order.seconds and not wrong:
                n = next(numbers) % (1 << 24)
                person = order.people[n % len(order.people)]
                visitor.sign_in(person, f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")
                done.append(time.perf_counter())
        except (Lost, OSError) as error:
            wrong.append(f"{type(error).__name__}: {error}")
        finally:
            visitor.connection.close()

    threads = [threading.Thread(target=work) for _ in range(order.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"answered": len(done), "seconds": max(done, default=began) - began, "wrong": wrong[:3]}


if __name__ == "__main__":
    json.dump(send(Order(**json.load(sys.stdin))), sys.stdout)
