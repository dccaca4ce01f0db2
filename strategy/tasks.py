"""What the worker does for plans: nothing in, one call out, safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal.runs import recorded
from strategy import periods


@shared_task
def open_periods() -> None:
    """Open the reporting periods whose day has come, and ask about what has come to the open ones since."""
    with recorded("periods", quiet=True) as counts:
        counts.update(periods.open_due(timezone.now()))
