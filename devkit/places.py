"""Where things lie in a clone, and small deeds with files."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from devkit.console import say
from devkit.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
SHORT_ENOUGH = 60  # a socket's whole path must stay under 107 bytes, 103 on macOS
IN_MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30  # bytes that must be free: the tests' databases and their log come to two thirds of it


class Places:
    """The folders of one clone. Everything the demo keeps lies in .demo, readable by its owner only."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.lock = root / "requirements" / "dev.txt"
        self.demo = root / ".demo"
        self.logs = self.demo / "logs"
        self.state = self.demo / "state.json"
        self.loaded = self.demo / "loaded"
        self.signins = self.demo / "signins.json"

    @property
    def key(self) -> str:
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:12]

    def make(self) -> None:
        self.demo.mkdir(mode=0o700, exist_ok=True)
        self.logs.mkdir(exist_ok=True)

    def forget(self) -> None:
        """Delete what the demo keeps; its lock files stay, someone may be waiting on them."""
        for path in self.demo.iterdir():
            if path.suffix == ".lock" or path == self.logs:
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def secret_key(self) -> str:
        path = self.demo / "secret_key"
        if not path.exists() or len(path.read_text()) < 50:
            write(path, secrets.token_urlsafe(64))
        return path.read_text()


def write(path: Path, text: str) -> None:
    """Write a whole file or nothing, for its owner only."""
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def temporary_base() -> str:
    base = tempfile.gettempdir()
    return base if len(os.fsencode(base)) <= SHORT_ENOUGH else "/tmp"


def new_run_folder() -> Path:
    """Return a new private folder with a short path, for sockets and what a test throws away."""
    return Path(tempfile.mkdtemp(prefix="portal-", dir=temporary_base()))


def new_folder_in_memory() -> Path | None:
    """Return a new private folder that lies in memory, or nothing where there is none with room.

    A database is three thousand files; making and dropping one goes ten times as fast there.
    """
    try:
        free = os.statvfs(IN_MEMORY)
        if free.f_bavail * free.f_frsize < ROOM:
            return None
        return Path(tempfile.mkdtemp(prefix="portal-", dir=IN_MEMORY))
    except OSError:
        return None


def shared_folder(key: str) -> Path:
    """Return this clone's folder under the temporary folder, which user nobody may enter. Only root comes here."""
    path = Path(temporary_base()) / f"portal-{key}"
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o755)
        path.chmod(0o755)
    found = path.lstat()
    if path.is_symlink() or not path.is_dir() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise Trouble(f"{path} was made by someone else; remove it and run again")
    return path


@contextlib.contextmanager
def locked(path: Path, *, waiting: str | None) -> Iterator[int | None]:
    """Hold an exclusive lock on a file. When it is taken: say what we wait for; with nothing to say, yield None."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is None:
                yield None
                return
            say(waiting)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
