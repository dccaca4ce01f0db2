"""What the worker does: an id or nothing in, one call out, safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal import outbox
from portal.models import Heartbeat

BEAT = "beat"


@shared_task
def deliver_outbox() -> int:
    """Deliver what waits in the outbox; two at once share it by skipping each other's locked rows."""
    return outbox.deliver_all()


@shared_task
def beat_tick() -> None:
    """Leave a sign of life: beat sent this, and a worker took it."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"at": timezone.now()})
