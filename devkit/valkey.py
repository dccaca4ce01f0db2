"""Two Valkeys on private sockets: the broker forgets nothing, the cache forgets what is old."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from pathlib import Path

from devkit.processes import Child, Crew

BROKER = {"maxmemory-policy": "noeviction", "appendonly": "yes"}
CACHE = {"maxmemory-policy": "allkeys-lru", "maxmemory": "64mb", "appendonly": "no"}
THROWAWAY = {"maxmemory-policy": "noeviction", "appendonly": "no"}


def valkey_url(path: Path, number: int = 0) -> str:
    return f"unix://{path}?db={number}"


def start_valkey(
    crew: Crew, program: Path, name: str, *, data: Path, run: Path, logs: Path, settings: dict[str, str]
) -> tuple[Child, Path]:
    """Start one Valkey; return it and its socket. Does not wait for it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = run / f"{name}.sock"
    options = {
        "port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(data), "save": "", "daemonize": "no",
        "databases": "64", **settings,
    }  # fmt: skip
    command: list[str | Path] = [program]
    for option, value in options.items():
        command += [f"--{option}", value]
    child = crew.start(
        f"Valkey ({name})",
        command,
        env=os.environ,
        log=logs / f"valkey-{name}.log",
        number=signal.SIGTERM,
        late=True,
        cwd=data,
    )
    return child, path


def wait_for_valkey(crew: Crew, child: Child, path: Path) -> None:
    crew.wait_until(lambda: answers(path), child)


def answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")
    return False
