"""Two questions from machines: may this process get traffic, and does the whole portal work?"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal.models import Heartbeat, Mail
from portal.tasks import BEAT

if TYPE_CHECKING:
    from django.http import HttpRequest

BEAT_MAY_BE_SILENT = dt.timedelta(minutes=3)
OUTBOX_MAY_WAIT = dt.timedelta(minutes=5)


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
    """Answer 200 when database, broker, beat, worker and outbox all work, else 503; monitoring asks this."""
    try:
        parts = {**beat_and_outbox(timezone.now()), "database": {"ok": True}}
    except DatabaseError:
        parts = {"database": {"ok": False}}
    parts["broker"] = {"ok": broker_answers()}
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ok, **parts}, status=200 if ok else 503)


def beat_and_outbox(now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Return when beat's last tick came through a worker, and how long the oldest due mail has waited, in seconds."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("at", flat=True).first()
    silent = (now - last) if last else None
    oldest = (
        Mail.objects.filter(state=Mail.State.QUEUED, next_attempt_at__lte=now)
        .order_by("next_attempt_at")
        .values_list("next_attempt_at", flat=True)
        .first()
    )
    waited = (now - oldest) if oldest else dt.timedelta()
    return {
        "beat": {
            "ok": silent is not None and silent <= BEAT_MAY_BE_SILENT,
            "seconds_since_tick": round(silent.total_seconds()) if silent is not None else None,
        },
        "outbox": {"ok": waited <= OUTBOX_MAY_WAIT, "oldest_due_seconds": round(waited.total_seconds())},
    }


def broker_answers() -> bool:
    """Say whether the broker answers a ping within a second."""
    from redis import Redis, RedisError  # kept out of the start of every process

    try:
        client = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
        return bool(client.ping())
    except RedisError:
        return False
