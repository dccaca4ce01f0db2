"""Two questions from machines: may this process get traffic, and does the whole portal work?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal import figures

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when this process reaches the database, else 503; the proxy asks this."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    return JsonResponse({"database": True})


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part of the portal works, else 503; monitoring asks this."""
    try:
        parts = {**parts_of(figures.pulse(timezone.now())), "database": {"ok": True}}
    except DatabaseError:
        parts = {"database": {"ok": False}, "broker": broker(figures.tasks_waiting())}
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ok, **parts}, status=200 if ok else 503)


def parts_of(pulse: figures.Pulse) -> dict[str, dict[str, Any]]:
    """Return each part that has a limit, whether it is kept, and the figure that says so."""
    return {
        "beat": {"ok": pulse.beat_ok, "seconds_since_tick": seconds(pulse.beat_silent)},
        "worker": {"ok": pulse.worker_ok, "seconds_since_sign": seconds(pulse.worker_silent)},
        "outbox": {"ok": pulse.outbox_ok, "oldest_due_seconds": seconds(pulse.outbox_waited)},
        "sweep": {"ok": pulse.sweep_ok, "seconds_since_sweep": seconds(pulse.since(figures.SWEEP))},
        "calendar": {"ok": pulse.calendar_ok, "ends": pulse.calendar_ends},
        "broker": broker(pulse.tasks_waiting),
    }


def broker(waiting: int | None) -> dict[str, Any]:
    return {"ok": False} if waiting is None else {"ok": True, "tasks_waiting": waiting}


def seconds(passed: dt.timedelta | None) -> int | None:
    return None if passed is None else round(passed.total_seconds())
