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
