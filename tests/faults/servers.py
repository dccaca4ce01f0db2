"""Servers that a test may stop and start again: a PostgreSQL and a Valkey of its own, shared with nobody."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connections

from devkit import valkey
from devkit.binaries import find_postgres, find_valkey
from devkit.places import Places, new_run_folder
from devkit.postgres import OWNER, RUNTIME, Cluster, database_url
from devkit.processes import Child, dies_with_us
from portal.addresses import database_from_url
from portal.database import OWNER_ALIAS, grant_runtime
from tests.databases import address_of, owner_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


def wait_until(holds: Callable[[], bool], seconds: float = 20, what: str = "it") -> None:
    """Wait for something that must come true.

    Raises:
        AssertionError: it did not, in time.
    """
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.05)


class Starter:
    """Starts what devkit starts, for a test: no guard process, no signal handlers."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def start(
        self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], log: Path,
        number: int = signal.SIGTERM, late: bool = False, **options: Any,
    ) -> Child:  # fmt: skip
        """Start a server that ends with this process."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command], env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=dies_with_us(number), **options,
            )  # fmt: skip
        child = Child(name, process, log, number, late)
        self.children.append(child)
        return child

    def wait_until(self, ready: Callable[[], bool], what: Child, limit: float = 30.0) -> None:
        wait_until(lambda: not what.is_running or ready(), limit, f"{what.name} ready")
        assert what.is_running, what.complaint()

    def stop(self) -> None:
        for child in self.children:
            end(child, signal.SIGKILL if "Valkey" in child.name else signal.SIGQUIT)


def end(child: Child, number: int) -> None:
    """Send a signal and wait for the end."""
    if child.is_running:
        child.process.send_signal(number)
    child.process.wait(15)


class Broker:
    """A Valkey that forgets everything when it stops."""

    def __init__(self, starter: Starter, run: Path) -> None:
        self.starter, self.run = starter, run
        self.begin()

    @property
    def address(self) -> str:
        return valkey.valkey_url(self.path)

    def begin(self) -> None:
        program = find_valkey(Places().venv)
        self.child, self.path = valkey.start_valkey(
            self.starter, program, "broker", data=self.run / "valkey", run=self.run, logs=self.run,
            settings=valkey.THROWAWAY,
        )  # type: ignore[arg-type]  # fmt: skip
        self.starter.wait_until(lambda: valkey.answers(self.path), self.child)

    def forget(self) -> None:
        """Lose every queue while it runs."""
        from redis import Redis

        with Redis.from_url(self.address) as client:
            client.flushall()

    def stop(self) -> None:
        """End it as a power cut would."""
        end(self.child, signal.SIGKILL)
        self.path.unlink(missing_ok=True)


class Database:
    """A PostgreSQL with a copy of the test's own database."""

    def __init__(self, starter: Starter, run: Path) -> None:
        self.starter, self.run = starter, run
        places = Places()
        self.cluster = Cluster(binaries=find_postgres(places.venv), parent=run, run=run, places=places, fast=True)
        self.begin()

    @property
    def address(self) -> str:
        return database_url(self.cluster.sockets, RUNTIME)

    def begin(self) -> None:
        self.child = self.cluster.start(self.starter, self.run)  # type: ignore[arg-type]
        self.cluster.finish(self.starter, self.child)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End it as a power cut would: no waiting for anyone, no last checkpoint."""
        end(self.child, signal.SIGQUIT)

    def copy(self, source: str) -> None:
        """Fill it from a database of the shared server; what it says is committed is so from then on."""
        tools = self.cluster.binaries
        target = database_url(self.cluster.sockets, OWNER)
        dump = subprocess.run(
            [tools / "pg_dump", "--no-owner", "--no-privileges", "-d", address_of(source, owner_facts())],
            check=True, capture_output=True,
        )  # fmt: skip
        subprocess.run(
            [tools / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", target, "-c", "DROP SCHEMA IF EXISTS public CASCADE",
             "-c", "CREATE SCHEMA public", "-f", "-"],
            check=True, capture_output=True, input=dump.stdout,
        )  # fmt: skip
        with as_owner(target) as owner:
            grant_runtime(owner, RUNTIME)
        subprocess.run(
            [tools / "psql", "-X", "-q", "-h", self.cluster.sockets, "-U", "postgres", "-c",
             f"ALTER ROLE {RUNTIME} SET synchronous_commit = on"],
            check=True, capture_output=True,
        )  # fmt: skip


@contextlib.contextmanager
def as_owner(address: str) -> Iterator[Any]:
    """Lend a Django connection as the owner role."""
    connections.settings[OWNER_ALIAS] = {**connections.settings["default"], **database_from_url(address)}
    try:
        yield connections[OWNER_ALIAS]
    finally:
        connections[OWNER_ALIAS].close()
        del connections.settings[OWNER_ALIAS], connections[OWNER_ALIAS]


@contextlib.contextmanager
def own_servers() -> Iterator[tuple[Starter, Path]]:
    """Lend a starter and a folder with a short path; both are gone afterwards."""
    starter, run = Starter(), new_run_folder()
    try:
        yield starter, run
    finally:
        starter.stop()
        shutil.rmtree(run, ignore_errors=True)


@contextlib.contextmanager
def working_in(address: str) -> Iterator[None]:
    """Let this process's default connection reach another server."""
    settings = connections.settings["default"]
    before = dict(settings)
    connections["default"].close()
    settings.update(database_from_url(address), OPTIONS=before.get("OPTIONS", {}))
    try:
        yield
    finally:
        connections["default"].close()
        settings.update(before)
