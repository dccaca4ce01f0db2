"""Real processes for the fault tests: a Celery worker with a database and a broker of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import connections

from tests import mailserver
from tests.broker import sending_to
from tests.databases import address_of
from tests.faults.servers import Broker, Database, own_servers, working_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mailserver import MailServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def post() -> Iterator[tuple[MailServer, int]]:
    with mailserver.running() as found:
        yield found


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A broker that this test may stop; tasks of this process go there."""
    with own_servers() as (starter, run):
        own = Broker(starter, run)
        with sending_to(own.address):
            yield own


@pytest.fixture
def start(own_database: str, broker: Broker, post: tuple[MailServer, int], tmp_path: Path) -> Iterator[Any]:
    """`start("worker", …)` runs that part of Celery for real; what still runs at the end is killed.

    `app` names another Celery app, and further names are put in the process's environment.
    """
    started: list[subprocess.Popen[bytes]] = []
    database = address_of(own_database, connections.settings["default"])

    def run(*arguments: str, app: str = "portal", **own: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{arguments[0]}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", app, *arguments], cwd=ROOT, stdout=log, stderr=log,
            env={
                **os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_URL": database,
                "REDIS_URL": broker.address, "CACHE_URL": django_settings.CACHE_URL,
                "EMAIL_URL": f"smtp://127.0.0.1:{post[1]}", **own,
            },
            start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        kill(process)


@pytest.fixture
def database(own_database: str) -> Iterator[Database]:
    """A PostgreSQL that this test may stop, with a copy of the test's database; this process works in it."""
    with own_servers() as (starter, run):
        own = Database(starter, run)
        own.copy(own_database)
        with working_in(own.address):
            yield own


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def children_of(process: int) -> list[int]:
    """Return the ids of the processes a process has started and that live."""
    done = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)
    return [int(line) for line in done.stdout.split()]
