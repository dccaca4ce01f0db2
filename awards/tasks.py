"""What the worker does for prizes: nothing in, one call out, safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal.runs import recorded


@shared_task
def thank_after_ceremonies() -> None:
    """Write the letters to nominees, and thank who nominated, after winners were announced."""
    from awards.announcing import thanks

    with recorded("prize_thanks", quiet=True) as counts:
        counts.update(thanks.rest(timezone.now()))


@shared_task
def count_votes() -> None:
    """Count the public votes that have closed."""
    from awards.voting import counting

    with recorded("votes", quiet=True) as counts:
        counts["counted"] = counting.count_due(timezone.now())


@shared_task
def erase_vote_traces() -> None:
    """Erase addresses and traces of networks of votes whose day has come."""
    from awards.voting import erasing

    with recorded("vote_traces", quiet=True) as counts:
        counts.update(erasing.erase_due(timezone.now()))
