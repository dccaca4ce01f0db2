"""A PostgreSQL of our own on a private socket: no port, no password, as root too."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from devkit.guard import is_alive
from devkit.places import Places, shared_folder
from devkit.processes import Child, Crew, dies_with_us
from devkit.trouble import Trouble, explain_output

OWNER, RUNTIME, DATABASE = "portal_owner", "portal_app", "portal"
ROLES = [
    f"CREATE ROLE {OWNER} LOGIN CREATEDB",
    f"CREATE ROLE {RUNTIME} LOGIN",
    f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
]
COMMON = {"listen_addresses": "", "port": "5432", "max_connections": "100", "shared_buffers": "128MB", "jit": "off"}
FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "max_wal_size": "1GB", "autovacuum": "off",
}  # fmt: skip


def database_url(socket_folder: Path, role: str, database: str = DATABASE) -> str:
    """Return a URL that reaches a database through a socket, as libpq writes it."""
    return f"postgres://{role}@{quote(str(socket_folder), safe='')}/{database}"


def clean_environment() -> dict[str, str]:
    """Return our environment without what would lead PostgreSQL's programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C.UTF-8"}


@dataclass
class Identity:
    """As whom PostgreSQL runs: it refuses root, so root steps into a user namespace or becomes nobody."""

    prefix: list[str] = field(default_factory=list)
    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, Any]:
        if self.uid is None:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def can(self, program: Path, folder: Path) -> bool:
        """Return whether this identity can run a program and write in a folder."""
        command = [*self.prefix, "sh", "-c", 'test -w "$1" && "$0" --version', str(program), str(folder)]
        try:
            return subprocess.run(command, capture_output=True, check=False, **self.options()).returncode == 0
        except (OSError, subprocess.SubprocessError):
            return False


class Cluster:
    """One PostgreSQL: its data, its socket, its settings."""

    def __init__(self, *, binaries: Path, parent: Path, run: Path, places: Places, fast: bool) -> None:
        self.binaries, self.fast = binaries, fast
        self.sockets = run / "pg"
        self.sockets.mkdir(mode=0o700)
        self.identity = Identity()
        if os.geteuid() == 0:
            parent = self._leave_root(parent, run, places)
        self.data = parent / "pgdata"
        self.made = parent / "pgdata.made"

    def _leave_root(self, parent: Path, run: Path, places: Places) -> Path:
        """Choose whom to be instead of root; return the folder the data may lie in."""
        if unshare := shutil.which("unshare"):
            self.identity = Identity([unshare, "-U", "--map-user=1000", "--map-group=1000"])
            if self.identity.can(self.binaries / "postgres", parent):
                return parent
        nobody = pwd.getpwnam("nobody")
        self.identity = Identity(uid=nobody.pw_uid, gid=nobody.pw_gid)
        run.chmod(0o711)
        self.identity.own(self.sockets)
        shared = shared_folder(places.key)
        if not self.identity.can(self.binaries / "postgres", self.sockets):
            self.binaries = copy_programs(self.binaries, shared)
        if places.demo not in (parent, *parent.parents):  # thrown away after the run
            self.identity.own(parent)
            return parent
        data = shared / "demo"
        data.mkdir(mode=0o700, exist_ok=True)
        self.identity.own(data)
        return data

    def forget(self) -> None:
        """Delete the data."""
        self.made.unlink(missing_ok=True)
        if self.data.exists():
            shutil.rmtree(self.data)

    def start(self, crew: Crew, logs: Path) -> Child:
        """Start the server, making its data first where there is none; does not wait for it."""
        if not self.made.exists():
            self._initialise()
        else:
            self._check_version()
            self._clear_stale_pid()
        settings = {**COMMON, **(FAST if self.fast else {}), "unix_socket_directories": str(self.sockets)}
        command: list[str | Path] = [*self.identity.prefix, self.binaries / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return crew.start(
            "PostgreSQL", command, env=clean_environment(), log=logs / "postgres.log", number=signal.SIGINT, late=True,
            **self.identity.options(),
        )  # fmt: skip

    def finish(self, crew: Crew, server: Child) -> None:
        """Wait until the server answers; make roles and database the first time."""
        crew.wait_until(self._is_ready, server)
        if self.made.exists():
            return
        command: list[str | Path] = [
            self.binaries / "psql",
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.sockets,
            "-U",
            "postgres",
        ]
        for statement in ROLES:
            command += ["-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment(), cwd="/")
        if done.returncode:
            raise Trouble(f"PostgreSQL refused to make roles and database: {explain_output(done.stderr)}")
        self.made.touch()

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[7].strip() == "ready"
        return False

    def _initialise(self) -> None:
        self.forget()
        command: list[str | Path] = [
            *self.identity.prefix, self.binaries / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8",
            "--locale=C.UTF-8", "--auth=trust", *(["--no-sync"] if self.fast else []),
        ]  # fmt: skip
        done = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            env=clean_environment(), preexec_fn=dies_with_us(signal.SIGKILL), **self.identity.options(),
        )  # fmt: skip
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its data folder: {explain_output(done.stderr)}")

    def _check_version(self) -> None:
        ours = subprocess.run(
            [str(self.binaries / "postgres"), "--version"], capture_output=True, text=True, check=False, cwd="/"
        ).stdout.split()
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if len(ours) > 2 and ours[2].split(".")[0] != theirs:
            raise Trouble(
                f"the demo's data is from PostgreSQL {theirs}, not {ours[2]}; start anew: python3 dev.py demo --reset"
            )

    def _clear_stale_pid(self) -> None:
        """A killed run leaves its process number behind, which may be another program's by now."""
        path = self.data / "postmaster.pid"
        try:
            pid = int(path.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if is_postgres(pid, self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            end = time.monotonic() + 15
            while is_alive(pid):
                if time.monotonic() > end:
                    raise Trouble(
                        f"a PostgreSQL of an earlier run (process {pid}) does not stop; stop it and run again"
                    )
                time.sleep(0.05)
        path.unlink(missing_ok=True)


def is_postgres(pid: int, data: Path) -> bool:
    """Return whether a process is the PostgreSQL of this data folder."""
    if not is_alive(pid):
        return False
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        line = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout
    return os.fsencode(data) in line


def copy_programs(binaries: Path, shared: Path) -> Path:
    """Copy PostgreSQL to where user nobody can reach it; return the new folder of programs."""
    package = binaries.parent.parent
    target = shared / f"programs-{binaries.stat().st_mtime_ns}"
    if not target.exists():
        half = shared / f"programs.{os.getpid()}.part"
        shutil.copytree(package, half / package.name, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        for folder in [half, *(path for path in half.rglob("*") if path.is_dir())]:
            folder.chmod(0o755)
        with contextlib.suppress(OSError):
            half.rename(target)
        shutil.rmtree(half, ignore_errors=True)
    return target / package.name / binaries.parent.name / binaries.name
