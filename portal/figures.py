"""What the machinery has done and what waits: read here for the page of operations, the health view and the metrics.

All signs of life come through a worker, since beat only puts tasks in the queue. So a silent tick alone does not say
who stopped; the queue does: tasks pile up when the worker is gone, and none come when beat is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from portal.models import CalendarDay, Heartbeat, Mail, Notice, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

BEAT, BEAT_SINCE, SWEEP = "beat", "beat_since", "sweep"
BEAT_MAY_BE_SILENT = dt.timedelta(minutes=3)
OUTBOX_MAY_WAIT = dt.timedelta(minutes=5)
SWEEP_MAY_REST = dt.timedelta(hours=2, minutes=15)
CALENDAR_MUST_REACH = dt.timedelta(days=365)
PILE = 3
"""Tasks in the queue that make a silent worker's fault likely: beat sends three a minute."""
WEEK = dt.timedelta(days=7)
QUEUE = "celery"


def tick(now: dt.datetime) -> None:
    """Leave beat's sign of life, and remember since when it has come without a longer break."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("at", flat=True).first()
    if last is None or now - last > BEAT_MAY_BE_SILENT:
        Heartbeat.objects.update_or_create(name=BEAT_SINCE, defaults={"at": now})
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"at": now})


@dataclass(frozen=True)
class Pulse:
    """Signs of life at a moment; what is not known is None."""

    now: dt.datetime
    signs: dict[str, dt.datetime] = field(default_factory=dict)
    oldest_due: dt.datetime | None = None
    calendar_ends: dt.date | None = None
    tasks_waiting: int | None = None
    """None when the broker does not answer."""

    def since(self, *names: str) -> dt.timedelta | None:
        """Return how long ago the last of these signs came."""
        found = [self.signs[name] for name in names if name in self.signs]
        return self.now - max(found) if found else None

    @property
    def beat_silent(self) -> dt.timedelta | None:
        return self.since(BEAT)

    @property
    def worker_silent(self) -> dt.timedelta | None:
        return self.since(*self.signs)

    @property
    def beat_ok(self) -> bool:
        return within(self.beat_silent, BEAT_MAY_BE_SILENT)

    @property
    def worker_ok(self) -> bool:
        """Whether a worker shows life, or has nothing to show it by because nobody sends tasks."""
        idle = self.tasks_waiting is not None and self.tasks_waiting < PILE
        return within(self.worker_silent, BEAT_MAY_BE_SILENT) or idle

    @property
    def outbox_waited(self) -> dt.timedelta:
        return max(self.now - self.oldest_due, dt.timedelta()) if self.oldest_due else dt.timedelta()

    @property
    def outbox_ok(self) -> bool:
        return self.outbox_waited <= OUTBOX_MAY_WAIT

    @property
    def sweep_ok(self) -> bool:
        """Whether the deadlines were swept lately; after a start, beat gets as long before the first is missed."""
        return within(self.since(SWEEP, BEAT_SINCE), SWEEP_MAY_REST)

    @property
    def calendar_ok(self) -> bool:
        today = timezone.localdate(self.now)
        return self.calendar_ends is not None and self.calendar_ends >= today + CALENDAR_MUST_REACH


def within(passed: dt.timedelta | None, limit: dt.timedelta) -> bool:
    return passed is not None and passed <= limit


def pulse(now: dt.datetime) -> Pulse:
    """Take the pulse: three small queries and one question to the broker."""
    oldest = Mail.objects.filter(state=Mail.State.QUEUED, next_attempt_at__lte=now).order_by("next_attempt_at")
    return Pulse(
        now,
        signs=dict(Heartbeat.objects.values_list("name", "at")),
        oldest_due=oldest.values_list("next_attempt_at", flat=True).first(),
        calendar_ends=CalendarDay.objects.aggregate(last=Max("day"))["last"],
        tasks_waiting=tasks_waiting(),
    )


def tasks_waiting() -> int | None:
    """Return how many tasks lie in the broker's queue, or None when it does not answer within a second."""
    from redis import Redis, RedisError  # kept out of the start of every process

    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return int(client.llen(QUEUE))  # type: ignore[arg-type]
    except RedisError:
        return None


def mails(now: dt.datetime, authorities: Iterable[int] | None = None) -> dict[str, Any]:
    """Return how the mails stand, of all or of some authorities; one query."""
    rows = Mail.objects.all() if authorities is None else Mail.objects.filter(authority_id__in=authorities)
    waiting, sent = Q(state=Mail.State.QUEUED), Q(state=Mail.State.SENT)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return rows.aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Min("created_at", filter=waiting),
        retrying=Count("pk", filter=waiting & Q(attempts__gt=0)),
        next_attempt=Min("next_attempt_at", filter=waiting & Q(attempts__gt=0)),
        sent_today=Count("pk", filter=sent & Q(sent_at__gte=midnight)),
        sent_week=Count("pk", filter=sent & Q(sent_at__gte=now - WEEK)),
        sent=Count("pk", filter=sent),
        dead=Count("pk", filter=Q(state=Mail.State.DEAD)),
    )


def notices_by_kind(now: dt.datetime, authorities: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Return what was told the last seven days, by kind: made, waiting for the daily mail, no longer true."""
    rows = Notice.objects.filter(created_at__gte=now - WEEK)
    if authorities is not None:
        rows = rows.filter(authority_id__in=authorities)
    waits = Q(waits_for_digest=True, withdrawn_at__isnull=True)
    return list(
        rows.values("kind")
        .annotate(
            made=Count("pk"), waiting=Count("pk", filter=waits), withdrawn=Count("pk", filter=~Q(withdrawn_at=None))
        )
        .order_by("-made", "kind")
    )


def notices() -> dict[str, int]:
    """Return how all notices stand; one query."""
    waits = Q(waits_for_digest=True, withdrawn_at__isnull=True)
    return Notice.objects.aggregate(
        made=Count("pk"), waiting=Count("pk", filter=waits), withdrawn=Count("pk", filter=~Q(withdrawn_at=None))
    )


def last_daily_mail() -> dict[str, Any] | None:
    """Return the newest working day that had a daily mail, when its first was written, and how many there were."""
    days = Mail.objects.filter(digest_on__isnull=False).values("digest_on")
    return days.annotate(number=Count("pk"), at=Min("created_at")).order_by("-digest_on").first()


def latest_runs() -> list[Run]:
    """Return the newest round of each name that has ended."""
    return list(Run.objects.filter(finished_at__isnull=False).order_by("name", "-started_at").distinct("name"))


def failing(runs: Iterable[Run], signs: dict[str, dt.datetime]) -> list[Run]:
    """Keep the rounds that ended with an error and have not gone well since."""
    return [
        run for run in runs if run.error and run.finished_at and signs.get(run.name, run.started_at) <= run.finished_at
    ]


def last_sweep() -> Run | None:
    """Return the newest sweep that went well."""
    return Run.objects.filter(name=SWEEP, error="", finished_at__isnull=False).order_by("-started_at").first()
