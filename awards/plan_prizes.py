"""Prizes on a plan's status page: those that serve one of its goals, and who won them last.

All of it is what anyone may read: prizes that are shown to everyone, and winners, who are rows only when they are
announced. So nothing of a round that is under way can be told, and the panel is the same to everyone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from strategy.models import Plan

MOST_PRIZES, MOST_WINNERS = 5, 6
"""What the panel names; the rest is counted, with a link to where all stand."""
ASK = """
SELECT p.id, p.name, p.slug, p.invented, au.slug, au.name, au.language_form, s.goals,
    w.year, w.category_name, w.name, w.invented
FROM (
    SELECT t.prize_id, array_agg(trim(g.number || ' ' || g.title) ORDER BY g.position, g.id) AS goals
    FROM awards_prizegoal t JOIN strategy_goal g ON g.id = t.goal_id WHERE t.plan_id = %(plan)s GROUP BY t.prize_id
) s
JOIN awards_prize p ON p.id = s.prize_id AND p.is_public
JOIN portal_authority au ON au.id = p.authority_id
    AND (au.is_listed OR au.id = (SELECT l.authority_id FROM strategy_plan l WHERE l.id = %(plan)s))
LEFT JOIN awards_winner w ON w.prize_id = p.id
    AND w.year = (SELECT max(o.year) FROM awards_winner o WHERE o.prize_id = p.id)
ORDER BY nb_key(p.name), p.id, w.category_name, w.id
"""


class Line(NamedTuple):
    """A prize that serves the plan, with one of those who won it last; without a winner the last four are empty."""

    prize: int
    name: str
    slug: str
    invented: bool
    authority_slug: str
    authority: str
    language: str
    goals: list[str]
    year: int | None
    category: str | None
    winner: str | None
    winner_invented: bool | None


@dataclass(slots=True)
class PrizeRow:
    """A prize with its last winners, each with the category she won in."""

    first: Line
    url: str
    winners: list[Line] = field(default_factory=list)

    @property
    def named(self) -> list[Line]:
        return self.winners[:MOST_WINNERS]

    @property
    def more(self) -> int:
        return max(len(self.winners) - MOST_WINNERS, 0)


def ask(plan_id: int) -> list[Line]:
    """Return all the panel is made from; one query."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"plan": plan_id})
        return [Line(*row) for row in cursor.fetchall()]


def prize_rows(lines: list[Line]) -> list[PrizeRow]:
    """Return the prizes by name, each with its last winners."""
    found: dict[int, PrizeRow] = {}
    for line in lines:
        page = reverse("prize_page", args=[line.authority_slug, line.slug])
        row = found.setdefault(line.prize, PrizeRow(line, page))
        if line.year is not None:
            row.winners.append(line)
    return list(found.values())


class PrizesPanel:
    """Awards' panel on the plans' pages: see `strategy.plan_panels.PlanPanel`."""

    moves_plan = True

    @property
    def name(self) -> str:
        return _("Prizes that serve the plan")

    def ask(self, plan_id: int) -> list[Line]:
        return ask(plan_id)

    def render(self, plan: Plan, asked: list[Line], viewer: Any) -> str:
        """Return the prizes with whom they went to last; nothing where no prize serves the plan."""
        rows = prize_rows(asked)
        if not rows:
            return ""
        facts = {
            "rows": rows[:MOST_PRIZES], "more": rows[MOST_PRIZES:], "owner": plan.authority.name,
            "goals_language": plan.authority.language_form,
        }  # fmt: skip
        return render_to_string("awards/panel/plan_prizes.html", facts) + ""  # plain text, as `grants.plan_money` says

    def figures(self, asked: list[Line]) -> dict[str, int]:
        """Return none: prize money counts where it is granted."""
        return {}


PANEL = PrizesPanel()
