"""Holds the demo's public vote: cast, closed and counted by the portal's own deeds and the database's clock.

The clock cannot be set back. So the vote is open for a moment while the demo is loaded, and the days it is said to have
had are written when it is decided. No link is mailed, since none of the addresses exists; the round's text says so.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import connection, transaction

from awards.deciding import finalists
from awards.models import PrizeRound, Voter
from awards.refusals import Refused
from awards.voting import casting, counting, register

if TYPE_CHECKING:
    from awards.demo.rounds_loader import Year

State = PrizeRound.State
OPEN_FOR = (1, 5, 25)
"""Seconds the vote is open; it is opened anew, for longer, on a machine that did not cast all in the first."""
LOCAL = ("ask", "bjork", "eik", "furu", "gran", "hassel", "lind", "rogn")
DOMAINS = ("oppdiktet-post.example", "oppdiktet-jobb.example", "oppdiktet-lag.example", "oppdiktet-skole.example")
ADDRESSES = [f"{local}@{domain}" for local in LOCAL for domain in DOMAINS]
EACH = dt.timedelta(hours=7)
"""Between one who asks and the next."""


def hold(year: Year) -> None:
    """Let the jury choose finalists, and the public vote among them; the votes are counted."""
    town = year.town
    wanted = {key for _voters, keys in year.fact.ballots for key in keys}
    for category in year.categories.values():
        ids = [one.pk for key, one in year.field.items() if key in wanted and one.category_id == category.pk]
        finalists.choose(category, ids, by=town.officer, now=year.at("scores_due_on"))
    voters = _entered(year)
    for seconds in OPEN_FOR:
        try:
            with transaction.atomic():
                closes = _voted(year, voters, seconds)
            break
        except Refused as told:
            if told.code != "vote_in_time" or seconds == OPEN_FOR[-1]:
                raise
            year.row.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep_until(%s)", [closes])
    counting.keep(year.row, by=town.officer)


def _entered(year: Year) -> list[Voter]:
    """Enter the addresses in the register, one after another since the vote opened; some ask and never vote."""
    asked = year.at("vote_opens_at")
    found = [
        register.entered(year.row, address, f"2001:db8:{place:x}::1", asked + place * EACH)
        for place, address in enumerate(ADDRESSES)
    ]
    Voter.objects.filter(round=year.row).update(invented=True)
    return found


def _voted(year: Year, voters: list[Voter], seconds: int) -> dt.datetime:
    """Open the vote for some seconds of the database's clock, and cast all votes; return when it closes."""
    row = year.row
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    row.vote_opens_at, row.vote_closes_at = now - EACH, now + dt.timedelta(seconds=seconds)
    year.go(State.VOTING)
    waiting = iter(voters)
    for number, keys in year.fact.ballots:
        for _voter in range(number):
            casting.cast(next(waiting), [year.field[key].pk for key in keys])
    return row.vote_closes_at


def write_days(year: Year, days: dict[str, dt.datetime]) -> None:
    """Write the days a decided round's vote is said to have had: PostgreSQL lets them be moved with the jury alone."""
    rows = PrizeRound.objects.filter(pk=year.row.pk)
    rows.update(state=State.JUDGING)
    rows.update(**days)
    rows.update(state=State.DECIDED)
    year.row.refresh_from_db()
