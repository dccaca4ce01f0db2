"""A real mail server for tests: it keeps what it takes, and refuses when told to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import time
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

logging.getLogger("mail.log").setLevel(logging.WARNING)


class MailServer:
    """Keeps each message it accepted, and misbehaves as told.

    `refusals` answers that many with 451 first, `cuts` hangs up after that many were taken in without a word, `replies`
    answers a receiver's address with a line of its own, `pause` waits before each answer, and `takes` lets so many
    through before the rest must wait for `go_on`.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.cut: list[EmailMessage] = []
        self.refusals = 0
        self.cuts = 0
        self.replies: dict[str, str] = {}
        self.pause = 0.0
        self.takes: int | None = None
        self.connections = 0
        self.receiving = threading.Event()
        self.waiting = threading.Event()
        self.go_on = threading.Event()

    async def handle_HELO(self, server: Any, session: Any, envelope: Any, hostname: str) -> str:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return "250 here"

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        self.receiving.set()
        await asyncio.sleep(self.pause)
        if self.takes is not None and len(self.messages) >= self.takes:
            self.waiting.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.01)
        message = message_from_bytes(envelope.content, policy=policy.default)
        if self.cuts > 0:
            self.cuts -= 1
            self.cut.append(message)  # type: ignore[arg-type]
            server.transport.abort()
            return "250 never heard"
        if self.refusals > 0:
            self.refusals -= 1
            return "451 try again later"
        self.messages.append(message)  # type: ignore[arg-type]
        return "250 taken"

    @property
    def receivers(self) -> list[str]:
        """Return the address of each message taken, in order."""
        return [str(message["To"]) for message in self.messages]

    def wait_for(self, number: int, seconds: float = 20) -> None:
        """Wait until so many messages have come.

        Raises:
            AssertionError: they did not come in time.
        """
        end = time.monotonic() + seconds
        while len(self.messages) < number:
            assert time.monotonic() < end, f"{len(self.messages)} of {number} mails came within {seconds} s"
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running() -> Iterator[tuple[MailServer, int]]:
    """Run a mail server on a free port of this machine."""
    server, port = MailServer(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, port
    finally:
        controller.stop()
