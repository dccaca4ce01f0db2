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


@shared_task
def read_plan_documents() -> None:
    """Read the plan documents that wait, and ask again where the round was too long for all of them."""
    from strategy.importing import sending, storing

    with recorded("plan_documents", quiet=True) as counts:
        counts["plan_documents"] = storing.read_next(timezone.now())
    if counts["plan_documents"] and storing.is_more(timezone.now()):
        sending.ask_for_reading()
