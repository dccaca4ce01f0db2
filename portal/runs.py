"""A row for each round of the machinery, and a sign of life when it went well; the page of operations reads them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from django.utils import timezone

from portal.models import Heartbeat, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger("portal.runs")


@contextmanager
def recorded(name: str, *, quiet: bool = False) -> Iterator[dict[str, int]]:
    """Record one round: what the block puts in the dict it is given, or the error that ended it.

    A quiet round leaves no row when all its counts are zero; the sign of life it leaves all the same.
    """
    counts: dict[str, int] = {}
    run = Run(name=name, started_at=timezone.now())
    if not quiet:
        run.save()
    try:
        yield counts
    except Exception as error:
        log.exception("the round failed", round=name)
        close(run, counts, in_short(error))
        raise
    if not quiet or any(counts.values()):
        close(run, counts)
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def close(run: Run, counts: dict[str, int], error: str = "") -> None:
    """Store how the round ended; a database that is gone is said in the log alone."""
    run.finished_at, run.counts, run.error = timezone.now(), counts, error
    try:
        run.save()
    except Exception:
        if not error:
            raise
        log.exception("the failed round was not recorded", round=run.name)


def in_short(error: Exception) -> str:
    """Return an error's name and first line: what stands below may hold a person's address."""
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]
