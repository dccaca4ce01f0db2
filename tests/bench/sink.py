"""`python -m tests.bench.sink`: a mail server that takes everything and keeps nothing, in a process of its own."""

from __future__ import annotations

import asyncio
import sys


class Sink(asyncio.Protocol):
    """Speaks as much SMTP as a sender needs, and answers at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.got = b""
        self.in_message = False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.got += data
        while True:
            end = b"\r\n.\r\n" if self.in_message else b"\r\n"
            head, found, rest = self.got.partition(end)
            if not found:
                return
            self.got = rest
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if self.in_message:
            self.in_message = False
            self.transport.write(b"250 taken\r\n")
            return
        verb = head[:4].upper()
        self.in_message = verb == b"DATA"
        self.transport.write(
            b"354 go on\r\n" if self.in_message else b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"
        )
        if verb == b"QUIT":
            self.transport.close()


async def main() -> None:
    """Listen on a free port, tell its number on stdout, and end when stdin closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
