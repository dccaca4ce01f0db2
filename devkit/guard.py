"""A small second process that outlives a killed dev.py just long enough to stop what it started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 12.0  # seconds a child gets before it is killed


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that is dead but not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


@dataclass
class Charge:
    """One process to stop: with which signal, whether it leads a group of its own, and in which round."""

    pid: int
    signal: int
    group: bool
    late: bool


@dataclass
class Will:
    """What remains to be done when dev.py is gone, read from the lines it left in the pipe."""

    charges: dict[int, Charge] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "start":
            pid, number, group, late = (int(part) for part in rest.split())
            self.charges[pid] = Charge(pid, number, bool(group), bool(late))
        elif word == "ended":
            self.charges.pop(int(rest), None)
        elif word == "remove":
            self.folders.append(rest)
        elif word == "removed":
            self.folders.remove(rest)

    def carry_out(self) -> None:
        for late in (False, True):
            stop([charge for charge in self.charges.values() if charge.late is late])
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def stop(charges: list[Charge]) -> None:
    for charge in charges:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(charge.pid, charge.signal)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(is_alive(charge.pid) for charge in charges):
        time.sleep(0.05)
    for charge in charges:
        if charge.group:
            kill_group(charge.pid)
        elif is_alive(charge.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(charge.pid, signal.SIGKILL)


class Guard:
    """dev.py's end of the pipe. When it closes, whyever, the guard does what is left and ends."""

    def __init__(self, keep: tuple[int, ...] = ()) -> None:
        read_end, self._pipe = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self._watch(read_end, keep)
        os.close(read_end)

    def _watch(self, read_end: int, keep: tuple[int, ...]) -> None:
        try:
            os.setsid()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                signal.signal(number, signal.SIG_IGN)
            nothing = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(nothing, standard)
            start = 3
            for descriptor in sorted({read_end, *keep}):  # the clone's lock stays held until everything is stopped
                os.closerange(start, descriptor)
                start = descriptor + 1
            os.closerange(start, 4096)
            will = Will()
            with open(read_end) as pipe:
                for line in pipe:
                    will.read(line.rstrip("\n"))
            will.carry_out()
        finally:
            os._exit(0)

    def note(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._pipe, f"{line}\n".encode())

    def close(self) -> None:
        os.close(self._pipe)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
