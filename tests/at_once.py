"""Deeds at the same moment, with real commits: each in a thread and on a database connection of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def at_once(deed: Callable[[Any], Any], given: Iterable[Any]) -> list[Any]:
    """Do a deed with each of what is given, all starting together; return what came of each. A fault is raised."""
    each = list(given)
    gate = threading.Barrier(len(each), timeout=20)

    def go(one: Any) -> Any:
        try:
            gate.wait()
            return deed(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(go, each))
