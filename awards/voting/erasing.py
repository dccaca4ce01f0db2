"""What is known of voters is erased on the set day: addresses, networks, links and mails. The count stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from awards.models import VoteCount
from awards.voting.register import scope_of, thread_of
from grants import notices
from portal.calendar import oslo_today
from portal.models import LinkKey, Mail

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound


@transaction.atomic
def erase(round_: PrizeRound) -> int:
    """Erase what is known of a round’s voters; return how many were erased, none before the day or a second time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT awards_erase_traces(%s)", [round_.pk])
        erased = int(cursor.fetchone()[0])
    if not VoteCount.objects.filter(round=round_, erased_at__isnull=False).exists():
        return 0
    LinkKey.objects.filter(purpose=LinkKey.Purpose.VOTE, scope=scope_of(round_.pk)).delete()
    Mail.objects.filter(thread=thread_of(round_.pk)).delete()
    return erased


def erase_due(now: dt.datetime) -> dict[str, int]:
    """Erase in every round whose day has come."""
    due = VoteCount.objects.filter(erase_on__lte=oslo_today(now), erased_at=None).select_related("round__case")
    counts = {"votes": 0, "voters": 0}
    for counted in due.order_by("pk"):
        with transaction.atomic():
            erased = erase(counted.round)
            notices.record("vote_traces_erased", counted.round, by=None, case=counted.round.case, voters=erased)
        counts["votes"] += 1
        counts["voters"] += erased
    return counts
