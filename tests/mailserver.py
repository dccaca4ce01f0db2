"""A real mail server for tests: it keeps what it takes, and refuses when told to."""

from __future__ import annotations

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
    """Keeps each message it accepted; `refusals` answers that many with 451 first, `pause` waits before each answer."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusals = 0
        self.pause = 0.0
        self.receiving = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        import asyncio

        self.receiving.set()
        await asyncio.sleep(self.pause)
        if self.refusals > 0:
            self.refusals -= 1
            return "451 try again later"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"

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
