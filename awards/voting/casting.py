"""One vote by each link. The database casts it, by its own clock, and keeps nothing that binds a ballot to a voter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from awards import refusals
from awards.models import Voter
from portal import keys
from portal.models import LinkKey

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound


def voter_of(round_: PrizeRound, raw: str, *, now: dt.datetime) -> tuple[Voter, str] | None:
    """Return the voter that a link is for, with the address it was sent to; nothing where it opens nothing here."""
    key = keys.find(LinkKey.Purpose.VOTE, raw, now=now)
    if key is None:
        return None
    voter = Voter.objects.filter(pk=key.subject_id, round=round_).first()
    return (voter, key.address) if voter else None


@refusals.deed
def cast(voter: Voter, candidate_ids: list[int]) -> int:
    """Cast one vote in each category that has a finalist here; return how many ballots were laid in the box.

    When it was pressed is noted nowhere: beside a ballot it would tell whose it is.

    Raises:
        Refused: the vote is not open, the address has voted, or one of these is no finalist.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT awards_cast(%s, %s::bigint[])", [voter.pk, candidate_ids])
        return int(cursor.fetchone()[0])
