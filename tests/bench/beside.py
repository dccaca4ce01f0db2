"""A second loaded database beside the bench's own, for what is compared between a small portal and a whole country."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg import sql

from tests.bench.database import ROOT, connect_owner, drop_database, renamed, upgrade
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

URLS = ("OWNER_DATABASE_URL", "DATABASE_URL")


@contextmanager
def database_beside(label: str, *, authorities: int) -> Iterator[dict[str, str]]:
    """Make, upgrade and load a database; give the environment that points at it, and drop it at the end."""
    name = f"portal_bench_{os.getpid()}_{label}"
    server = os.environ["OWNER_DATABASE_URL"]
    with connect_owner(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    environment = {**os.environ, **{url: renamed(os.environ[url], name) for url in URLS}}
    try:
        upgrade(environment)
        call(["tests.bench.loading", str(authorities)], environment)
        yield environment
    finally:
        drop_database(server, name)


def call(module: list[str], environment: dict[str, str]) -> Any:
    """Run one of the bench's own modules in a process of its own; return the JSON it prints.

    Raises:
        BenchError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", *module], check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise BenchError(f"{module[0]} failed:\n{done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout)
