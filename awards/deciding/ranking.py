"""The ranking of a category: weighted points of the members who gave them, with ties broken by rule, never by chance.

A score is the weighted mean in percent, rounded to one decimal; what is shown as equal is equal. A tie is broken by
the mean on the heaviest criterion, then the next heaviest, then by the public vote where it is advice; else a rank is
shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection

from awards.models import RoundCategory

if TYPE_CHECKING:
    from decimal import Decimal

    from awards.models import PrizeStatutes

NEARLY = "0.0000000001"
"""Added before rounding, so that an exact half that division left a hair short is rounded as the half it is."""
SQL = f"""
WITH of_round AS MATERIALIZED (
    SELECT r.id, r.statutes_id, s.vote FROM awards_roundcategory c
    JOIN awards_prizeround r ON r.id = c.round_id JOIN awards_prizestatutes s ON s.id = r.statutes_id
    WHERE c.id = %(category)s
), criteria AS MATERIALIZED (
    SELECT k.id, k.weight::numeric, k.most_points::numeric,
        row_number() OVER (ORDER BY k.weight DESC, k.position, k.id) AS place
    FROM awards_prizecriterion k JOIN of_round r ON r.statutes_id = k.statutes_id
), sheets AS MATERIALIZED (
    SELECT s.id FROM awards_jurysheet s WHERE s.category_id = %(category)s AND s.handed_in_at IS NOT NULL
        AND awards_may_judge(s.category_id, s.member_id)
), points AS MATERIALIZED (
    SELECT o.candidate_id, o.id AS opinion_id, p.criterion_id, p.points::numeric
    FROM sheets s JOIN awards_juryopinion o ON o.sheet_id = s.id AND NOT o.abstains
    JOIN awards_juryscore p ON p.opinion_id = o.id
), means AS MATERIALIZED (
    SELECT p.candidate_id, k.id, k.place, k.weight, avg(p.points) * 100 / k.most_points AS mean
    FROM points p JOIN criteria k ON k.id = p.criterion_id
    GROUP BY p.candidate_id, k.id, k.place, k.weight, k.most_points
), given AS MATERIALIZED (
    SELECT each.candidate_id, min(each.score) AS lowest, max(each.score) AS highest, count(*) AS scored_by
    FROM (
        SELECT p.candidate_id, p.opinion_id,
            round(sum(p.points * k.weight * 100 / k.most_points) / sum(k.weight) + {NEARLY}, 1) AS score
        FROM points p JOIN criteria k ON k.id = p.criterion_id GROUP BY p.candidate_id, p.opinion_id
    ) each GROUP BY each.candidate_id
), scored AS MATERIALIZED (
    SELECT m.candidate_id, round(sum(m.mean * m.weight) / sum(m.weight) + {NEARLY}, 1) AS score,
        array_agg(round(m.mean + {NEARLY}, 1) ORDER BY m.place) AS in_order, array_agg(m.id ORDER BY m.place) AS ids
    FROM means m GROUP BY m.candidate_id
), field AS (
    SELECT c.id, c.name, f.score, f.in_order, f.ids, g.lowest, g.highest, coalesce(g.scored_by, 0) AS scored_by,
        v.votes, CASE WHEN r.vote = 'advises' THEN v.votes END AS advice
    FROM awards_candidate c CROSS JOIN of_round r
    LEFT JOIN scored f ON f.candidate_id = c.id LEFT JOIN given g ON g.candidate_id = c.id
    LEFT JOIN awards_voteresult v ON v.candidate_id = c.id
    WHERE c.category_id = %(category)s AND c.state = 'active' AND c.merged_into_id IS NULL
)
SELECT f.id, CASE WHEN f.score IS NOT NULL THEN rank() OVER best END, f.score, f.ids, f.in_order, f.scored_by, f.lowest,
    f.highest, f.votes, f.score IS NOT NULL AND count(*) OVER (PARTITION BY f.score, f.in_order, f.advice) > 1, f.advice
FROM field f
WINDOW best AS (ORDER BY f.score DESC NULLS LAST, f.in_order DESC NULLS LAST, f.advice DESC NULLS LAST)
ORDER BY rank() OVER best, nb_key(f.name), f.id
"""
VOTE = "vote"


@dataclass(frozen=True)
class Ranked:
    """One candidate in the ranking; no rank where nobody has given points."""

    candidate_id: int
    rank: int | None
    score: Decimal | None
    by_criterion: dict[int, Decimal] = field(default_factory=dict)
    scored_by: int = 0
    is_shared: bool = False
    lowest: Decimal | None = None
    highest: Decimal | None = None
    votes: int | None = None
    """What the public gave, once it is counted."""
    ahead_by: str = ""
    """What put it ahead of the next with the same score: a criterion's id, or `vote`; empty where nothing did."""


def ranking(category: RoundCategory | int) -> list[Ranked]:
    """Return the candidates who take part in a category, the best first; one statement.

    Sheets count when they are handed in, by members who may judge the category now.
    """
    key = category if isinstance(category, int) else category.pk
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"category": key})
        rows = cursor.fetchall()
    return [_ranked(row, rows[place + 1] if place + 1 < len(rows) else None) for place, row in enumerate(rows)]


def _ranked(row: tuple, after: tuple | None) -> Ranked:
    key, rank, score, ids, in_order, scored_by, lowest, highest, votes, is_shared, _advice = row
    return Ranked(
        key, rank, score, dict(zip(ids or [], in_order or [], strict=True)), scored_by, is_shared, lowest, highest,
        votes, _ahead_by(row, after),
    )  # fmt: skip


def _ahead_by(row: tuple, after: tuple | None) -> str:
    """Return what separates two candidates with the same score."""
    if after is None or row[2] is None or row[2] != after[2]:
        return ""
    for key, mine, theirs in zip(row[3], row[4], after[4], strict=False):
        if mine != theirs:
            return str(key)
    return VOTE if row[10] != after[10] else ""


def suggested(rows: list[Ranked], statutes: PrizeStatutes) -> list[int]:
    """Return whom a ranking suggests as finalists: the best, and no more than the statutes allow.

    Candidates who share the last place are left to the jury.
    """
    ranked, most = [row for row in rows if row.rank is not None], statutes.finalists or 0
    chosen = ranked[:most]
    if chosen and len(ranked) > most and ranked[most].rank == chosen[-1].rank:
        chosen = [row for row in chosen if row.rank != ranked[most].rank]
    return [row.candidate_id for row in chosen]
