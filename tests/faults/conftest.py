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
from tests.databases import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.mailserver import MailServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def post() -> Iterator[tuple[MailServer, int]]:
    with mailserver.running() as found:
        yield found


@pytest.fixture
def start(own_database: str, valkey: Any, post: tuple[MailServer, int], tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """`start("worker", …)` runs that part of Celery for real; what still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": address_of(own_database, connections.settings["default"]),
        "REDIS_URL": django_settings.REDIS_URL,
        "CACHE_URL": django_settings.CACHE_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{post[1]}",
    }

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{arguments[0]}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "portal", *arguments], env=environment, cwd=ROOT, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
