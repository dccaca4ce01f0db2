"""What the worker does: an id or nothing in, one call out, safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal import cleaning, digest, figures, outbox, sweep
from portal.runs import recorded
from portal.signing_in import groups

BEAT = figures.BEAT


@shared_task
def deliver_outbox() -> int:
    """Deliver what waits in the outbox and ask again for the rest; two at once skip each other's locked rows."""
    with recorded("deliver", quiet=True) as counts:
        batch = outbox.deliver_batch()
        counts.update(sent=batch.sent, failed=batch.failed)
    if batch.is_more:
        outbox.ask_for_delivery()
    return batch.tried


@shared_task
def beat_tick() -> None:
    """Leave a sign of life: beat sent this, and a worker took it."""
    figures.tick(timezone.now())


@shared_task
def sweep_deadlines() -> None:
    """Turn dates that have come near or passed into notices."""
    with recorded("sweep") as counts:
        counts.update(sweep.sweep(timezone.now()))


@shared_task
def send_digests() -> None:
    """Write the daily mails that are due; beat asks every few minutes, the rule decides."""
    with recorded("digest", quiet=True) as counts:
        counts["written"] = digest.send(timezone.now())


@shared_task
def check_groups() -> None:
    """Ask the sign-in services again about the sessions they answer for; who left the groups is signed out."""
    with recorded("groups", quiet=True) as counts:
        found = groups.recheck(timezone.now())
        if found[groups.ENDED] or found[groups.UNSURE]:  # that all is well is said by the sign of life
            counts.update(found)


@shared_task
def clean_up() -> None:
    """Remove what has served its time."""
    with recorded("clean") as counts:
        counts.update(cleaning.clean_up(timezone.now()))
