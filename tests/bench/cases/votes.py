"""What the public vote costs: votes on two web workers, none lost and none double, and the count of ten thousand."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from itertools import count
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.bench.database import connect_owner
from tests.bench.errors import BenchError
from tests.bench.server import web_server

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

CLIENTS, LINKS_A_SECOND = 8, 1500
TWICE = 10
"""Every so many links are used twice at the same moment."""
MANY, FEW = 10_000, 2_500
MOST_MS = 500
ENTER = """
WITH made AS (
    INSERT INTO awards_voter (authority_id, round_id, address, address_hash, domain, network, asked_at, has_voted, invented)
    SELECT %(authority)s, %(round)s, 'v' || n || '@bench.invalid', encode(sha256(convert_to(n::text, 'UTF8')), 'hex'),
        'bench.invalid', '', date_trunc('hour', now()), %(voted)s, false
    FROM generate_series(1, %(number)s) n RETURNING id
)
INSERT INTO portal_linkkey (purpose, key_hash, address, subject_id, scope, created_at, expires_at)
SELECT 'vote', encode(sha256(convert_to(rpad('k' || m.id || '-', 43, 'k'), 'UTF8')), 'hex'), 'v@bench.invalid', m.id,
    'prize-round:' || %(round)s, now(), now() + interval '1 day'
FROM made m RETURNING subject_id
"""
FILL = """
INSERT INTO awards_ballot (id, authority_id, category_id, candidate_id)
SELECT gen_random_uuid(), c.authority_id, c.category_id, c.id
FROM generate_series(0, %(number)s - 1) n JOIN awards_candidate c ON c.id = (%(candidates)s)[1 + n %% 3]
"""
CAST = """
SELECT count(*), count(*) FILTER (WHERE b.candidate_id = %s)
FROM awards_ballot b JOIN awards_roundcategory c ON c.id = b.category_id WHERE c.round_id = %s
"""
CLOSE = (
    "ALTER TABLE awards_prizeround DISABLE TRIGGER USER;"
    "UPDATE awards_prizeround SET vote_closes_at = now() WHERE id = {};"
    "ALTER TABLE awards_prizeround ENABLE TRIGGER USER"
)


def an_open_vote() -> tuple[Any, list[Any]]:
    """Make a round whose vote is open, with three finalists, in the first authority."""
    import datetime as dt

    from django.utils import timezone

    from awards.models import PrizeRound
    from portal.models import Authority
    from tests import factories_awards as make

    now = timezone.now()
    prize = make.a_prize(Authority.objects.earliest("pk"))
    make.prize_statutes(prize, vote="advises", finalists=3)
    round_ = make.a_prize_round(
        prize, "judging", vote_opens_at=now - make.HOUR, vote_closes_at=now + dt.timedelta(days=1)
    )
    finalists = [make.a_candidate(round_.categories.get(), finalist=True) for _ in range(3)]
    PrizeRound.objects.filter(pk=round_.pk).update(state="voting")
    return round_, finalists


def enter(round_: Any, number: int, *, voted: bool = False) -> list[int]:
    """Land so many voters with a link each, as the owner role; return their keys in the register."""
    facts = {"authority": round_.authority_id, "round": round_.pk, "number": number, "voted": voted}
    with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
        return [row[0] for row in owner.execute(ENTER, facts).fetchall()]


class Vote:
    """Votes a second on two web workers, by links that were mailed; every tenth is used twice at the same moment.

    Each round checks that every link that was answered with thanks has its one ballot, and that no other lies there.
    """

    name = "vote"
    unit = "votes/s"

    def __init__(self, _world: World) -> None:
        self.facts: dict[str, int] = {}
        self._closing = ExitStack()
        self._visitors = count(time.time_ns() // 1000 % (1 << 24))

    def prepare(self, _server: Server) -> None:
        self.server = self._closing.enter_context(web_server(workers=2))

    def close(self) -> None:
        self._closing.close()

    def round(self, seconds: float) -> float:
        from django.urls import reverse

        round_, finalists = an_open_vote()
        voters = enter(round_, int(LINKS_A_SECOND * max(seconds, 1)))
        place = reverse("vote", args=[round_.prize.authority.slug, round_.prize.slug, round_.year])
        paths = [f"{place}{f'k{pk}-'.ljust(43, 'k')}/" for pk in voters]
        token = "a" * 32
        body = urlencode({"csrfmiddlewaretoken": token, f"kategori-{finalists[0].category_id}": finalists[0].pk})
        waiting = iter([path for n, path in enumerate(paths) for _ in range(2 if n % TWICE == 0 else 1)])
        lock, done, wrong = threading.Lock(), set(), []
        began = time.perf_counter()

        def client() -> None:
            connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            while time.perf_counter() - began < seconds and not wrong:
                with lock:
                    path, visitor = next(waiting, ""), next(self._visitors) % (1 << 24)
                if not path:
                    wrong.append("no links are left: let LINKS_A_SECOND be more")
                    break
                status = self._send(connection, path, body, token, visitor)
                if status not in (200, 302):
                    wrong.append(f"answered {status}")
                done.add(path)
            connection.close()

        threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.perf_counter() - began
        self._check(round_, finalists[0], len(done), wrong)
        return len(done) / spent

    def _send(self, connection: HTTPConnection, path: str, body: str, token: str, visitor: int) -> int:
        """Press the button as the page does; return the answer’s status."""
        from django.conf import settings

        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{settings.CSRF_COOKIE_NAME}={token}",
            "X-Forwarded-For": f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}",
        }  # fmt: skip
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            raise BenchError(f"{self.name}: a voter got no answer: {error}\n{self.server.log_end()}") from error
        return int(answer.status)

    def _check(self, round_: Any, choice: Any, done: int, wrong: list[str]) -> None:
        from awards.models import Voter

        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:  # the portal sees no ballot before the count
            ballots, chosen = owner.execute(CAST, [choice.pk, round_.pk]).fetchone()
        found = {
            "ballots": ballots, "for the choice": chosen,
            "voters": Voter.objects.filter(round=round_, has_voted=True).count(),
        }  # fmt: skip
        if wrong or not done or set(found.values()) != {done}:
            raise BenchError(f"{self.name}: {done} links used, {found}, {wrong[:3]}")
        self.facts["votes"] = done


class Count:
    """Seconds to count ten thousand votes in the database, with the hash; each count is taken back.

    The baseline is four times what a quarter of them takes: a ratio of one or less is linear.
    """

    name = "count_10000"
    unit = "s"

    def __init__(self, _world: World) -> None:
        self.facts: dict[str, int] = {}
        self._taken: list[float] = []

    def prepare(self, _server: Server) -> None:
        self._rounds = {number: self._closed(number) for number in (FEW, MANY)}

    def _closed(self, number: int) -> int:
        """Make a vote that has closed, with so many voters and ballots."""
        round_, finalists = an_open_vote()
        enter(round_, number, voted=True)
        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
            owner.execute(FILL, {"number": number, "candidates": [one.pk for one in finalists]})
            owner.execute(CLOSE.format(round_.pk))
            owner.execute("ANALYZE awards_ballot; ANALYZE awards_voter")
        return int(round_.pk)

    def baseline_round(self, _seconds: float) -> float:
        return MANY / FEW * self._count(FEW)

    def round(self, _seconds: float) -> float:
        self._taken.append(self._count(MANY))
        self.facts["ms"] = int(1000 * median(self._taken))
        if self.facts["ms"] > MOST_MS:
            raise BenchError(f"{self.name}: {self.facts['ms']} ms, at most {MOST_MS} are allowed")
        return self._taken[-1]

    def _count(self, number: int) -> float:
        from django.db import connection, transaction

        from awards.models import VoteCount

        with transaction.atomic(), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute("SELECT awards_count_votes(%s, current_date + 30)", [self._rounds[number]])
            taken = time.perf_counter() - began
            counted = VoteCount.objects.get(round=self._rounds[number])
            if (counted.voters, counted.ballots) != (number, number):
                raise BenchError(f"{self.name}: counted {counted.voters} voters and {counted.ballots} ballots")
            transaction.set_rollback(True)
        return taken


def vote(world: World) -> Vote:
    return Vote(world)


def count_10000(world: World) -> Count:
    return Count(world)
