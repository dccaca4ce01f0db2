"""What it costs to rank a category of a prize: 200 candidates, 9 members, 6 criteria, in one statement."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

CANDIDATES, MEMBERS, CRITERIA = 200, 9, 6
MOST_MS = 200
BARE = """
SELECT o.candidate_id, avg(p.points) FROM awards_juryscore p JOIN awards_juryopinion o ON o.id = p.opinion_id
JOIN awards_jurysheet s ON s.id = o.sheet_id WHERE s.category_id = %(category)s GROUP BY o.candidate_id
"""


def a_scored_category() -> Any:
    """Make a category where every member has given every candidate points and handed in, in the first authority."""
    from awards.models import JuryOpinion, JuryScore
    from portal.models import Authority, BodyMembership, Declaration
    from tests import factories_awards as make

    authority = Authority.objects.order_by("pk").first()
    assert authority is not None
    people = [make.a_member(authority) for _ in range(MEMBERS)]
    jury, prize = make.a_jury(authority, *people), make.a_prize(authority)
    criteria = list(make.prize_statutes(prize, criteria=CRITERIA).criteria.all())
    category = make.a_prize_round(prize, "judging", jury=jury).categories.get()
    found = [make.a_candidate(category) for _ in range(CANDIDATES)]
    Declaration.objects.bulk_create(
        Declaration(authority=authority, case=one.case, user=person, answer="no_ties", text_version=1)
        for one in found
        for person in people
    )
    for place, seat in enumerate(BodyMembership.objects.filter(body=jury).order_by("pk")):
        sheet = make.a_sheet(category, seat)
        opinions = JuryOpinion.objects.bulk_create(
            JuryOpinion(authority=authority, sheet=sheet, candidate=one) for one in found
        )
        JuryScore.objects.bulk_create(
            JuryScore(authority=authority, opinion=opinion, criterion=one, points=(n * 7 + place * 3 + one.pk) % 6)
            for n, opinion in enumerate(opinions)
            for one in criteria
        )
        make.handed_in(sheet)
    return category


class Rank:
    """Seconds to rank a category in the database; the baseline only averages the same points by candidate."""

    name = "rank_200x9x6"
    unit = "s"

    def __init__(self, _world: World) -> None:
        self.facts: dict[str, int] = {}
        self._taken: list[float] = []

    def prepare(self, _server: Server) -> None:
        from django.db import connection

        self.category = a_scored_category().pk
        with connection.cursor() as cursor:
            for table in ("jurysheet", "juryopinion", "juryscore", "candidate"):
                cursor.execute(f"ANALYZE awards_{table}")

    def baseline_round(self, _seconds: float) -> float:
        return self._ask(BARE)

    def round(self, _seconds: float) -> float:
        from awards.deciding.ranking import SQL

        self._taken.append(self._ask(SQL))
        self.facts["ms"] = int(1000 * median(self._taken))
        if self.facts["ms"] > MOST_MS:
            raise BenchError(f"{self.name}: {self.facts['ms']} ms, at most {MOST_MS} are allowed")
        return self._taken[-1]

    def _ask(self, sql: str) -> float:
        from django.db import connection

        with connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(sql, {"category": self.category})
            rows = cursor.fetchall()
            taken = time.perf_counter() - began
        if len(rows) != CANDIDATES:
            raise BenchError(f"{self.name}: {len(rows)} candidates")
        return taken


def rank_200x9x6(world: World) -> Rank:
    return Rank(world)
