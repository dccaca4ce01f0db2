"""What can go wrong outside our code, said in one clear line."""

from __future__ import annotations

import errno
import re
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}

# What a tool's output contains → what the person should hear. The first match wins.
SIGNS = [
    (r"No space left on device|ENOSPC|Disk quota exceeded", "the disk is full; free some space and run it again"),
    (
        r"DO NOT MATCH THE HASHES|Hash mismatch",
        "the lock does not match: a downloaded package has another hash than requirements/dev.txt says",
    ),
    (
        r"In --require-hashes mode|[Hh]ashes are required",
        "the lock does not match: requirements/dev.txt lacks a package or a hash; make it anew from pyproject.toml",
    ),
    (
        r"Temporary failure in name resolution|Failed to establish a new connection|Max retries exceeded|ConnectTimeout"
        r"|NewConnectionError|Network is unreachable",
        "the package index cannot be reached; check the network and run it again",
    ),
    (
        r"No matching distribution found|Could not find a version",
        "the lock does not match: the package index has no such version for this Python and platform",
    ),
    (r"Permission denied|EACCES", "permission denied; is this folder yours to write in?"),
]


class Trouble(Exception):
    """One line for the person at the keyboard; dev.py prints it and ends with 1."""


class Stopped(BaseException):
    """Someone asked us to end (SIGTERM, SIGHUP)."""


def explain_os_error(error: OSError) -> str:
    """Return one line for an error the operating system gave us."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return f"the disk is full; free some space and run it again{where}"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"permission denied{where}; was it made by another user?"
    if error.errno == errno.EROFS:
        return f"the disk cannot be written to{where}"
    return f"{error.strerror or error}{where}"


def explain_output(output: str) -> str:
    """Return one line for what a failed tool printed: a known cause, else its last line."""
    for pattern, sentence in SIGNS:
        if re.search(pattern, output):
            return sentence
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, indented."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join("    " + line for line in text.splitlines()[-lines:])
