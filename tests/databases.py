"""The tests' databases: migrated once into a template that is named by what made it, then cloned.

A clone takes a tenth of a second where the files lie in memory, a migration many seconds, and a flush would trip on
the guards. Each database in use is held by an advisory lock, so that what an earlier run left behind can be swept away
and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from portal.addresses import database_from_url
from portal.database import OWNER_ALIAS, grant_runtime
from portal.quick_states import quick_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "test_portal_"
MADE_OF = [
    "*/migrations/*.py",
    "portal/sql.py",
    "portal/database.py",
    "portal/quick_states.py",
    "requirements/base.txt",
]
WORLD_MADE_OF = [
    "tests/world*.py",
    "tests/factories*.py",
    "tests/databases.py",
    "*/models/*.py",
]
BUILD_LOCK = 7_310_119


def template_name() -> str:
    """Return the template's name: it changes with the migrations, the world and what else decides its rows.

    The keys do too: on a server that outlives a run, what the world sealed would not open with the next run's.
    """
    digest = hashlib.sha256("\n".join(settings.DATA_KEYS).encode())
    for pattern in MADE_OF + WORLD_MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return f"{PREFIX}template_{digest.hexdigest()[:16]}"


def owner_facts() -> dict[str, Any]:
    """Return how the owner role reaches the server."""
    url = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    return database_from_url(url)


def connect_as_owner(
    database: str = "postgres", *, kind: type[psycopg.Connection[Any]] = psycopg.Connection, **options: Any
) -> psycopg.Connection[Any]:
    """Open a connection as the role that owns the tables."""
    facts = owner_facts()
    return kind.connect(
        dbname=database, user=facts["USER"] or None, password=facts["PASSWORD"] or None,
        host=facts["HOST"] or None, port=facts["PORT"] or None, **options,
    )  # fmt: skip


def connect_as_runtime(database: str, **options: Any) -> psycopg.Connection[Any]:
    """Open a connection of its own as the role the portal runs as."""
    facts = connections.settings["default"]
    return psycopg.connect(
        dbname=database, user=facts["USER"] or None, password=facts["PASSWORD"] or None,
        host=facts["HOST"] or None, port=facts["PORT"] or None, **options,
    )  # fmt: skip


def address_of(database: str, facts: dict[str, Any]) -> str:
    """Return a database's address for a process of its own; `facts` says as whom and where."""
    password = f":{quote(facts['PASSWORD'], safe='')}" if facts.get("PASSWORD") else ""
    port = f":{facts['PORT']}" if facts.get("PORT") else ""
    return f"postgres://{quote(facts['USER'], safe='')}{password}@{quote(facts['HOST'], safe='')}{port}/{database}"


class Databases:
    """What one test process needs: the template, its own clone, and one more for a test that commits."""

    def __init__(self) -> None:
        self.server = connect_as_owner(autocommit=True)
        self.template = template_name()

    def close(self) -> None:
        self.server.close()

    def prepare(self, fill: Callable[[], None]) -> None:
        """Build the template unless it is there; one process builds, the others wait for it."""
        self._hold(self.template)
        self.server.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        try:
            if not self._exists(self.template):
                self._build(fill)
            self._sweep()
        finally:
            self.server.execute("SELECT pg_advisory_unlock(%s)", [BUILD_LOCK])

    def clone(self) -> contextlib.AbstractContextManager[str]:
        """Lend a fresh copy of the template; it is gone afterwards."""
        return self._lend(f'TEMPLATE "{self.template}" STRATEGY FILE_COPY')

    def empty(self) -> contextlib.AbstractContextManager[str]:
        """Lend a database with nothing in it; it is gone afterwards."""
        return self._lend("")

    @contextlib.contextmanager
    def _lend(self, source: str) -> Iterator[str]:
        name = f"{PREFIX}{uuid.uuid4().hex[:16]}"
        self._hold(name)
        self.server.execute(f'CREATE DATABASE "{name}" {source}')
        self.server.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')  # rights on a database are not cloned
        try:
            yield name
        finally:
            self._drop(name)

    def _build(self, fill: Callable[[], None]) -> None:
        name = f"{PREFIX}{uuid.uuid4().hex[:16]}"
        self._hold(name)
        self.server.execute(f'CREATE DATABASE "{name}"')
        default = connections.settings["default"]
        connections.settings[OWNER_ALIAS] = {**default, **owner_facts(), "NAME": name}
        with quick_states():
            call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=0)
        grant_runtime(connections[OWNER_ALIAS], default["USER"])
        connections[OWNER_ALIAS].close()
        del connections.settings[OWNER_ALIAS], connections[OWNER_ALIAS]
        with pointed_at(name):
            fill()
        self.server.execute(f'ALTER DATABASE "{name}" RENAME TO "{self.template}"')

    def _exists(self, name: str) -> bool:
        return self.server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _hold(self, name: str) -> None:
        self.server.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [name])

    def _drop(self, name: str) -> None:
        """Drop a database, ending first what still talks to it: neither role may end the other's sessions.

        Without FORCE, PostgreSQL waits for sessions on their way out, which are in no list any more.
        """
        self.server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # a thread may be about to come back
        with connect_as_runtime("postgres", autocommit=True) as runtime:
            for role in (runtime, self.server):
                role.execute(
                    "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity "
                    "WHERE datname = %s AND usename = current_user",
                    [name],
                )
        self.server.execute(f'DROP DATABASE IF EXISTS "{name}"')

    def _sweep(self) -> None:
        """Drop the tests' databases that no living process holds."""
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s"
        for (name,) in self.server.execute(query, [PREFIX, self.template]).fetchall():
            row = self.server.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
            if row and row[0]:
                self._drop(name)
                self.server.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


@contextlib.contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Let Django's default connection, in every thread, mean this database."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    connections["default"].close()
    settings["NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = before
