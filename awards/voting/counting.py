"""The count: done once by the database after closing, with a hash of all ballots, so that anyone can count again."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from awards import permissions, refusals
from awards.models import Ballot, PrizeRound, VoteCount, Voter, VoteResult
from awards.voting.register import erase_day
from grants import notices
from portal.models import User
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

KIND = "vote_counted"


@refusals.deed
def count(round_: PrizeRound, *, by: User | None, now: dt.datetime) -> VoteCount:
    """Count a closed vote; counted before, it stands. Officers and the jury are told that it is done.

    Raises:
        Refused: the vote is not closed.
        PermissionDenied: she does not prepare prizes here.
    """
    if by is not None:
        require(permissions.may(by, round_.authority_id, permissions.SETS_UP))
    rows = PrizeRound.objects.select_related("prize__authority", "statutes")
    locked = rows.select_for_update(no_key=True, of=("self",)).get(pk=round_.pk)
    if found := VoteCount.objects.filter(round=locked).first():
        return found
    if locked.vote_closes_at is None:
        raise refusals.Refused(refusals.WORDS["votes_counted_after_closing"], code="votes_counted_after_closing")
    counted = keep(locked, by=by)
    tell(locked, now)
    return counted


def keep(round_: PrizeRound, *, by: User | None) -> VoteCount:
    """Let the database count, and keep the numbers with the hash of all ballots; nobody is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT awards_count_votes(%s, %s)", [round_.pk, erase_day(round_)])
        counted = VoteCount.objects.get(pk=cursor.fetchone()[0])
    notices.record(
        KIND, round_, by=by, case=round_.case, voters=counted.voters, ballots=counted.ballots, sha256=counted.sha256
    )
    return counted


def tell(round_: PrizeRound, now: dt.datetime) -> None:
    """Let officers and the jury read of it in their daily mail: that it is counted, not what it says."""
    from portal.calendar import oslo_today

    today, owner = oslo_today(now), round_.prize.authority
    where = [owner.slug, round_.prize.slug, round_.year]
    staff = notices.staff_with(round_.authority_id, permissions.SETS_UP, today)
    jury = [seat.user for seat in permissions.seats_of(round_, today) if seat.user and seat.user not in staff]
    for people, page in ((staff, "vote_desk"), (jury, "jury_round")):
        notices.tell_in_daily_mail(
            people, round_, kind=KIND, occasion="counted", on=today, title=lambda: _("The public vote is counted"),
            context=str(round_), link=reverse(page, args=where),
        )  # fmt: skip


def count_due(now: dt.datetime) -> int:
    """Count the votes that have closed; a round without a vote has none to count. Safe to run again."""
    asked = Voter.objects.filter(round=OuterRef("pk"))
    closed = PrizeRound.objects.filter(
        Q(state=PrizeRound.State.VOTING) | Exists(asked), vote_closes_at__lte=now, vote_count=None
    )
    done = 0
    for round_ in closed.order_by("pk"):
        count(round_, by=None, now=now)
        done += 1
    return done


# ---- what was counted ----


def results_of(counted: VoteCount) -> list[dict[str, Any]]:
    """Return what each finalist got, by category, most first, with places that equals share; one query."""
    rows = VoteResult.objects.filter(count=counted).select_related("category__category", "candidate")
    ordered = sorted(rows, key=lambda row: (row.category.position, row.category_id, -row.votes, row.candidate.name))
    found = []
    for category, lines in groupby(ordered, key=lambda row: row.category):
        each = list(lines)
        total = sum(row.votes for row in each)
        found.append({"category": category, "total": total, "lines": [
            {"candidate": row.candidate, "votes": row.votes, "share": 100 * row.votes / total if total else 0,
             "place": 1 + sum(other.votes > row.votes for other in each)}
            for row in each
        ]})  # fmt: skip
    return found


def ballots_as_text(round_: PrizeRound) -> bytes:
    """Return every ballot on a line, as it was hashed: its own number, and the number of whom it is for."""
    rows = Ballot.objects.filter(category__round=round_).order_by("pk").values_list("pk", "candidate_id")
    return "\n".join(f"{pk}:{candidate}" for pk, candidate in rows.iterator(5000)).encode()


def still_adds_up(counted: VoteCount) -> bool:
    """Count again: say whether the ballots are those that were counted, and give the same result."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT awards_hash_of_ballots(%s)", [counted.round_id])
        if cursor.fetchone()[0] != counted.sha256:
            return False
    ballots = Ballot.objects.filter(category__round=counted.round_id)
    now = dict(ballots.order_by().values_list("candidate").annotate(n=Count("pk")))
    then = VoteResult.objects.filter(count=counted).values_list("candidate_id", "votes")
    return now == {candidate: votes for candidate, votes in then if votes}
