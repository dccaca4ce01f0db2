"""A missing tool skips its tests with one clear line; where that must not happen, it fails them instead."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

REFUSE = "PORTAL_REFUSE_SKIP"


def needs(tool: str, *, found: str | None = None, get_it: str) -> str:
    """Return the path of a tool, or skip the test saying how to get it."""
    path = found or shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} is missing: {get_it}", allow_module_level=True)
    return path


def refuse_to_skip(report: Any) -> None:
    """Turn a skip into a failure where PORTAL_REFUSE_SKIP=1 says that nothing may be left out."""
    if os.environ.get(REFUSE) == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{REFUSE}=1, but this test was skipped: {report.longrepr}"
