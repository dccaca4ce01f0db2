"""What the worker does for money: nothing in, one call out, safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from grants import reconcile
from portal.runs import recorded


@shared_task
def reconcile_ledger() -> None:
    """Compare the ledger's counters with its entries; leaders hear of what differs."""
    with recorded(reconcile.RUN) as counts:
        counts.update(reconcile.reconcile(timezone.now()))


@shared_task
def lapse_unanswered_grants() -> None:
    """Let grants lapse that were not accepted in time: their money is free again, and who applied is told."""
    from grants.desk import answering

    with recorded("unanswered") as counts:
        counts.update(answering.lapse_unanswered(timezone.now()))


@shared_task
def forget_old_drafts() -> None:
    """Tell of drafts nobody writes on any more, and delete those that were told of a month ago."""
    from grants.applying import old_drafts

    with recorded(old_drafts.RUN) as counts:
        counts.update(old_drafts.warn_and_delete(timezone.now()))


@shared_task
def fetch_rates() -> None:
    """Fetch the euro rates that are listed since the last time, where an address for them is set."""
    from django.conf import settings

    from grants.minimis_aid import copies

    if settings.RATES_URL:
        with recorded("rates") as counts:
            counts["new"] = copies.fetch_rates(timezone.localdate())
