"""A database of the bench's own, made as the owner role, upgraded as a release would, and dropped afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from portal.addresses import database_from_url
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent


def connect_owner(url: str) -> psycopg.Connection[Any]:
    """Connect as the owner role, outside Django."""
    facts = database_from_url(url)
    wanted = {
        "host": facts["HOST"], "port": facts["PORT"], "user": facts["USER"], "password": facts["PASSWORD"],
        "dbname": facts["NAME"], **facts["OPTIONS"],
    }  # fmt: skip
    try:
        return psycopg.connect(**{key: value for key, value in wanted.items() if value}, autocommit=True)
    except psycopg.OperationalError as error:
        raise BenchError(f"PostgreSQL does not answer at OWNER_DATABASE_URL: {str(error).strip()}") from error


def renamed(url: str, name: str) -> str:
    """Return the same address with another database's name."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database, point this process's environment at it, and drop it at the end; gives its name."""
    server = os.environ["OWNER_DATABASE_URL"]
    name = f"portal_bench_{os.getpid()}"
    quoted = sql.Identifier(name)
    with connect_owner(server) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        except psycopg.Error as error:
            raise BenchError(f"the owner role cannot create a database: {str(error).strip()}") from error
    for variable in ("OWNER_DATABASE_URL", "DATABASE_URL"):
        os.environ[variable] = renamed(os.environ[variable], name)
    try:
        yield name
    finally:
        _close_django()
        drop_database(server, name)


def _close_django() -> None:
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()


def _drop(connection: psycopg.Connection[Any], statement: sql.Composed) -> None:
    """Drop the database; a connection that was just closed may hold it for a moment."""
    for attempt in range(50):
        try:
            connection.execute(statement)
            return
        except psycopg.errors.ObjectInUse:
            if attempt == 49:
                raise
            time.sleep(0.1)


def drop_database(server: str, name: str) -> None:
    """Drop a database of the bench's own, if it is there."""
    with connect_owner(server) as connection:
        _drop(connection, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def upgrade(environment: dict[str, str] | None = None) -> None:
    """Run `manage.py upgrade` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "manage.py", "upgrade", "--verbosity", "0"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BenchError(f"manage.py upgrade failed:\n{done.stderr.strip()[-2000:]}")
