"""A stand-in for ClamAV's daemon: the same protocol on a port of its own, and it knows one virus."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VIRUS = b"Oppdiktet virus"
LIMIT = 1_000_000


class Clamd:
    """What the stand-in was shown, and how it answers."""

    def __init__(self, server: socket.socket) -> None:
        self.server, self.seen, self.says = server, [], ""
        self.url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        self.seen: list[bytes]

    def serve(self) -> None:
        while True:
            try:
                line, _address = self.server.accept()
            except OSError:
                return
            with line:
                self.answer(line)

    def answer(self, line: socket.socket) -> None:
        stream = line.makefile("rb")
        command = b"".join(iter(lambda: stream.read(1), b"\0"))
        if command == b"zPING":
            line.sendall(b"PONG\0")
            return
        content = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > LIMIT:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(content)
        line.sendall(b"stream: Oppdiktet.Virus FOUND\0" if VIRUS in content else b"stream: OK\0")


@contextmanager
def a_clamd() -> Iterator[Clamd]:
    """Run the stand-in while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Clamd(server)
        thread = threading.Thread(target=found.serve, daemon=True)
        thread.start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)
