"""The virtual environment: made from the hashed lock once, stamped last, so the next start does nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from devkit.console import say
from devkit.lock import complaints
from devkit.places import Places, locked, write
from devkit.processes import dies_with_us
from devkit.trouble import Trouble, explain_os_error, explain_output

WAITING = "Another dev.py is setting up this clone; waiting for it."


def lock_digest(lock: str) -> str:
    return hashlib.sha256(lock.encode()).hexdigest()


def stamp_for(lock: str, python: Path) -> str:
    """Return what a finished environment's stamp says: which lock, and which Python stands behind it."""
    return f"{lock_digest(lock)} {os.path.realpath(python)}"


def is_ready(places: Places, lock: str) -> bool:
    python = places.venv / "bin" / "python"
    stamp = places.venv / "stamp"
    try:
        return os.access(python, os.X_OK) and stamp.read_text() == stamp_for(lock, python)
    except OSError:
        return False


def missing_ensurepip(version: tuple[int, int] = sys.version_info[:2]) -> str:
    return (
        f"this Python lacks ensurepip: install python{version[0]}.{version[1]}-venv"
        f" (Debian and Ubuntu: sudo apt install python{version[0]}.{version[1]}-venv) and run it again"
    )


def has_ensurepip() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def ensure(places: Places) -> Path:
    """Return the environment's Python, after making or renewing the environment where the lock asks for it."""
    python = places.venv / "bin" / "python"
    lock = places.lock.read_text()
    if wrong := complaints((places.root / "pyproject.toml").read_text(), lock):
        raise Trouble(f"the lock does not match pyproject.toml: {'; '.join(wrong)}")
    if is_ready(places, lock):
        return python
    with locked(places.demo / "setup.lock", waiting=WAITING):
        if not is_ready(places, lock):
            build(places, python, lock)
    return python


def build(places: Places, python: Path, lock: str) -> None:
    """Make the environment. The mark stands while we work: whoever finds it begins anew."""
    mark = places.venv / "unfinished"
    uv = shutil.which("uv")
    if mark.exists() or (places.venv.exists() and not os.access(python, os.X_OK)):
        say("The virtual environment is half made; making it anew.")
        shutil.rmtree(places.venv)
    if not places.venv.exists():
        if not uv and not has_ensurepip():
            raise Trouble(missing_ensurepip())
        say("Making the virtual environment .venv")
        places.venv.mkdir()
        mark.touch()
        tool(
            places,
            [sys.executable, "-m", "venv", *(["--without-pip"] if not has_ensurepip() else []), str(places.venv)],
        )
    (places.venv / "stamp").unlink(missing_ok=True)
    mark.touch()
    say("Installing the packages of requirements/dev.txt (once; about a minute)")
    install(places, python, uv)
    write(places.venv / "stamp", stamp_for(lock, python))
    mark.unlink()


def install(places: Places, python: Path, uv: str | None) -> None:
    pip = [
        str(python),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-compile",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    if uv:
        try:
            tool(places, [uv, "pip", "install", "--python", str(python), "--require-hashes", "-r", str(places.lock)])
            return
        except Trouble as trouble:
            if not has_ensurepip():
                raise
            say(f"uv could not install ({trouble}); trying pip")
    tool(places, [*pip, "--disable-pip-version-check", "-r", str(places.lock)], count="Collecting ")


def tool(places: Places, command: list[str], *, count: str | None = None) -> None:
    """Run a set-up tool and keep its output; a failure becomes one line and the path of the log."""
    log = places.logs / "setup.log"
    output: list[str] = []
    found = 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", preexec_fn=dies_with_us(signal.SIGKILL),
    ) as process:  # fmt: skip
        try:
            for line in process.stdout or ():
                output.append(line)
                if count and line.startswith(count):
                    found += 1
                    if found % 25 == 0:
                        say(f"  {found} packages found")
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0:
        return
    text = "".join(output)
    try:
        log.write_text(f"$ {' '.join(command)}\n{text}")
        kept = f"; log: {log}"
    except OSError as error:
        kept = f" (no log could be kept: {explain_os_error(error)})"
    raise Trouble(f"set-up failed: {explain_output(text)}{kept}")
