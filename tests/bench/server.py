"""One gunicorn with the portal's own configuration, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

from tests.bench.database import ROOT
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

CEILING = "/bench/ceiling/"
START_SECONDS = 30
ENVIRONMENT = {"WEB_WORKERS": "1", "WEB_THREADS": "8", "WEB_MAX_REQUESTS": "0", "PROXY_COUNT": "1"}


@dataclass
class Server:
    """A running web server; its log is shown when something goes wrong."""

    port: int
    process: subprocess.Popen[bytes]
    log: Any

    def require_alive(self) -> None:
        """Stop the bench if the server has ended.

        Raises:
            BenchError: with the end of its log.
        """
        if self.process.poll() is not None:
            raise BenchError(f"the web server ended:\n{self.log_end()}")

    def log_end(self) -> str:
        self.log.seek(0)
        return str(self.log.read().decode(errors="replace")[-1500:].strip())

    def answers(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", CEILING)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


@contextmanager
def web_server(environment: dict[str, str] | None = None, *, workers: int = 1) -> Iterator[Server]:
    """Start gunicorn and wait until it answers; stop it at the end. It inherits its socket: no port can be taken."""
    with socket.create_server(("127.0.0.1", 0)) as listening, tempfile.TemporaryFile() as log:
        own = {"BIND": f"fd://{listening.fileno()}", "BASE_URL": f"http://127.0.0.1:{listening.getsockname()[1]}"}
        own["WEB_WORKERS"] = str(workers)
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "tests.bench.wsgi:application"],
            cwd=ROOT, env={**(environment or os.environ), **ENVIRONMENT, **own},
            pass_fds=[listening.fileno()], stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        server = Server(listening.getsockname()[1], process, log)
        try:
            _wait(server)
            yield server
        finally:
            _stop(process)


def _wait(server: Server) -> None:
    until = time.monotonic() + START_SECONDS
    while not server.answers():
        server.require_alive()
        if time.monotonic() > until:
            raise BenchError(f"the web server did not answer in {START_SECONDS} s:\n{server.log_end()}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end; a session of its own makes sure that no worker stays."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
