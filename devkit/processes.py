"""Starting children so that none is left behind, whichever way dev.py ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from devkit.guard import PATIENCE, Guard, kill_group
from devkit.trouble import SIGNS, Stopped, Trouble, explain_output, tail

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_us(number: int) -> Callable[[], None] | None:
    """Return what a child does before it begins on Linux: ask the kernel for a signal when dev.py is gone."""
    if LIBC is None:
        return None
    parent, prctl = os.getpid(), LIBC.prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


class Child:
    """A server in its own session, its output in a log."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, number: int, late: bool) -> None:
        self.name, self.process, self.log, self.signal, self.late = name, process, log, number, late

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def complaint(self) -> str:
        """Return why this child ended, its log's last lines below."""
        with contextlib.suppress(OSError):
            text = self.log.read_text(errors="replace")[-20000:]
            if explain_output(text) == SIGNS[0][1]:
                return f"{self.name} stopped: {SIGNS[0][1]}"
        how = ending(self.process.returncode)
        return f"{self.name} stopped by itself ({how}); the end of {self.log}:\n{tail(self.log)}"


def ending(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


class Crew:
    """Everything one run of dev.py has started. Leaving the with-block stops it: workers first, then servers."""

    def __init__(self, keep: tuple[int, ...] = ()) -> None:
        self.children: list[Child] = []
        self.folders: list[Path] = []
        self.guard = Guard(keep)

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log: Path,
        number: int = signal.SIGTERM,
        late: bool = False,
        **options: Any,
    ) -> Child:
        """Start a server. late: stop it after the others, they need it."""
        with open(log, "wb") as output:
            process = self.background(
                command, env=env, number=number, late=late, stdout=output, stderr=output, **options
            )
        child = Child(name, process, log, number, late)
        self.children.append(child)
        return child

    def background(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        number: int = signal.SIGTERM,
        late: bool = False,
        **options: Any,
    ) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own: a Ctrl-C at the terminal does not reach it, our end does."""
        process = subprocess.Popen(
            [str(part) for part in command], env=dict(env), stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=dies_with_us(number), **options,
        )  # fmt: skip
        self.guard.note(f"start {process.pid} {int(number)} 1 {int(late)}")
        return process

    def finish(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a background process to end by itself; return its exit code."""
        try:
            return process.wait()
        except BaseException:
            kill_group(process.pid)
            process.wait()
            raise
        finally:
            self.guard.note(f"ended {process.pid}")

    def run(self, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, **options: Any) -> int:
        """Run a command in the foreground with our own terminal; return its exit code. Ctrl-C is for it to handle."""
        with asking_for_nothing():
            process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env),
                cwd=cwd,
                preexec_fn=dies_with_us(signal.SIGTERM),
                **options,
            )
            self.guard.note(f"start {process.pid} {int(signal.SIGTERM)} 0 0")
            try:
                code = process.wait()
            except Stopped:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                raise
            finally:
                if process.returncode is not None:
                    self.guard.note(f"ended {process.pid}")
        return 128 - code if code < 0 else code

    def remove_at_the_end(self, folder: Path) -> None:
        self.folders.append(folder)
        self.guard.note(f"remove {folder}")

    @property
    def scratch(self) -> Path:
        """Where a command may leave what it forgets: gone with the run's folder."""
        return self.folders[0] / "scratch"

    def wait_until(self, ready: Callable[[], bool], what: Child, limit: float = 60.0) -> None:
        end = time.monotonic() + limit
        while not ready():
            if not what.is_running:
                raise Trouble(what.complaint())
            if time.monotonic() > end:
                raise Trouble(
                    f"{what.name} did not answer within {limit:.0f} s; the end of {what.log}:\n{tail(what.log)}"
                )
            time.sleep(0.02)

    def refuse_dead(self) -> None:
        for child in self.children:
            if not child.is_running:
                raise Trouble(child.complaint())

    def stop(self) -> None:
        """Stop everything, deaf to further Ctrl-C; what does not end in time is killed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        for late in (False, True):
            stop_children([child for child in self.children if child.late is late])
        for child in self.children:
            self.guard.note(f"ended {child.process.pid}")
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)
            self.guard.note(f"removed {folder}")
        self.children, self.folders = [], []
        self.guard.close()


def stop_children(children: list[Child]) -> None:
    for child in children:
        if child.is_running:
            child.process.send_signal(child.signal)
    end = time.monotonic() + PATIENCE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, end - time.monotonic()))
        kill_group(child.process.pid)
        child.process.wait()


@contextlib.contextmanager
def asking_for_nothing() -> Iterator[None]:
    """Leave Ctrl-C to the command in the foreground. A function, not SIG_IGN, which the command would inherit."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
