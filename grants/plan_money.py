"""Money on a plan's status page: for each goal what its schemes have set aside, granted, paid and have left.

A line's money counts under one measure, the line's main one or else its scheme's, so that no krone stands twice. The
figures are read from the balances, and hold sums only: no recipient is named, so nothing exempt can be told, and the
panel is the same to everyone. Money that is recommended stands in a column of its own and is never added to the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.fund_rules import jobs_words

if TYPE_CHECKING:
    from decimal import Decimal

    from strategy.models import Plan

ASK = """
SELECT s.id, s.name, s.slug, au.slug, au.name, s.invented, c.year, m.id, trim(BOTH '.' FROM concat_ws('.',
    CASE WHEN e.number <> '' THEN st.number END, e.number)), e.title, g.id, g.number, g.title, g.position,
    coalesce(c.budget, 0), coalesce(c.granted, 0), coalesce(c.paid, 0), coalesce(c.free, 0), coalesce(c.recommended, 0),
    j.planned, j.created
FROM (SELECT DISTINCT scheme_id FROM grants_servedmeasure WHERE plan_id = %(plan)s) v
JOIN grants_scheme s ON s.id = v.scheme_id AND s.is_public
JOIN portal_authority au ON au.id = s.authority_id
    AND (au.is_listed OR au.id = (SELECT p.authority_id FROM strategy_plan p WHERE p.id = %(plan)s))
LEFT JOIN LATERAL (
    SELECT l.id AS line, a.year, b.appropriated_nok + b.contributed_nok + b.carried_in_nok + b.distributed_in_nok
        - b.carried_out_nok - b.distributed_out_nok - b.returned_nok AS budget,
        b.committed_nok - b.released_nok - b.repaid_nok AS granted, b.paid_nok - b.repaid_nok AS paid,
        b.free_nok AS free, 0 AS recommended
    FROM grants_account a JOIN grants_balance b ON b.account_id = a.id
    LEFT JOIN grants_budgetline l ON l.account_id = a.id WHERE a.scheme_id = s.id
    UNION ALL
    SELECT l.id, l.year, 0, 0, 0, 0, l.amount_nok FROM grants_budgetline l
    WHERE l.scheme_id = s.id AND l.stage = 'proposed' AND l.parent_id IS NULL
) c ON true
LEFT JOIN LATERAL (
    SELECT sum(p.jobs_planned) AS planned, sum((
        SELECT sum(f.jobs_created) FROM grants_finalaccounts f JOIN grants_grantreport r ON r.id = f.report_id
        WHERE r.grant_id = gr.id AND r.state = 'approved'
    )) AS created
    FROM grants_grant gr JOIN grants_decision d ON d.grant_id = gr.id
    JOIN grants_application p ON p.id = d.application_id
    WHERE gr.scheme_id = s.id AND gr.state IN ('granted', 'finished')
) j ON true
LEFT JOIN grants_servedmeasure lm ON lm.line_id = c.line AND lm.is_main
LEFT JOIN grants_servedmeasure sm ON sm.scheme_id = s.id AND sm.line_id IS NULL AND sm.is_main
LEFT JOIN strategy_measure m ON m.id = coalesce(lm.measure_id, sm.measure_id) AND m.plan_id = %(plan)s
LEFT JOIN strategy_measureentry e ON e.id = m.current_entry_id
LEFT JOIN strategy_strategy st ON st.id = e.strategy_id
LEFT JOIN strategy_goal g ON g.id = coalesce(e.goal_id, st.goal_id)
ORDER BY s.name, s.id, c.year NULLS FIRST, c.line, m.id
"""


class Piece(NamedTuple):
    """What one account holds, or one line is recommended to get, with the measure it counts under in this plan."""

    scheme: int
    name: str
    slug: str
    authority_slug: str
    authority: str
    invented: bool
    year: int | None
    measure: int | None
    measure_number: str
    measure_title: str | None
    goal: int | None
    goal_number: str | None
    goal_title: str | None
    goal_position: int | None
    budget_nok: int
    granted_nok: int
    paid_nok: int
    left_nok: int
    recommended_nok: int
    jobs_planned: Decimal | None
    """New jobs of all that is granted from the scheme, as applied for; and of them, as reported and approved."""
    jobs_created: Decimal | None


@dataclass(slots=True)
class Sums:
    """One row of the table; what is granted and what is left make up what was set aside."""

    budget_nok: int = 0
    granted_nok: int = 0
    paid_nok: int = 0
    left_nok: int = 0
    recommended_nok: int = 0

    def add(self, piece: Piece) -> None:
        self.budget_nok += piece.budget_nok
        self.granted_nok += piece.granted_nok
        self.paid_nok += piece.paid_nok
        self.left_nok += piece.left_nok
        self.recommended_nok += piece.recommended_nok


@dataclass(slots=True)
class GoalRow:
    """A goal with its money."""

    number: str
    title: str
    sums: Sums = field(default_factory=Sums)


@dataclass(slots=True)
class SchemeRow:
    """A scheme with the measures its money counts under, and its years."""

    name: str
    url: str
    authority: str
    invented: bool
    jobs_planned: str = ""
    jobs_created: str = ""
    measures: dict[int, str] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)

    @property
    def period(self) -> str:
        first, last = min(self.years, default=0), max(self.years, default=0)
        return "" if not first else str(first) if first == last else f"{first}–{last}"


def ask(plan_id: int) -> list[Piece]:
    """Return all the panel is made from; one query."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"plan": plan_id})
        return [Piece(*row) for row in cursor.fetchall()]


def goal_rows(pieces: list[Piece]) -> list[GoalRow]:
    """Return the goals that have money, in the plan's order; what lies under none comes last."""
    found: dict[int | None, GoalRow] = {}
    for piece in sorted(pieces, key=lambda one: (one.goal is None, one.goal_position or 0, one.goal or 0)):
        if piece.measure is not None:
            row = found.setdefault(piece.goal, GoalRow(piece.goal_number or "", piece.goal_title or ""))
            row.sums.add(piece)
    return list(found.values())


def scheme_rows(pieces: list[Piece]) -> list[SchemeRow]:
    """Return the schemes that serve the plan, each with where its money counts."""
    found: dict[int, SchemeRow] = {}
    for piece in pieces:
        url = reverse("scheme_page", args=[piece.authority_slug, piece.slug])
        jobs = (jobs_words(piece.jobs_planned), jobs_words(piece.jobs_created))
        row = found.setdefault(piece.scheme, SchemeRow(piece.name, url, piece.authority, piece.invented, *jobs))
        if piece.measure is not None:
            row.measures[piece.measure] = f"{piece.measure_number} {piece.measure_title or ''}".strip()
            row.years |= {piece.year} if piece.year else set()
    return list(found.values())


def total(pieces: list[Piece]) -> Sums:
    """Return the sums of all that counts in this plan."""
    sums = Sums()
    for piece in pieces:
        if piece.measure is not None:
            sums.add(piece)
    return sums


def recommended_years(pieces: list[Piece]) -> str:
    """Return «2021–2023»: the years that something is recommended for."""
    years = {piece.year for piece in pieces if piece.recommended_nok and piece.year and piece.measure is not None}
    first, last = min(years, default=0), max(years, default=0)
    return f"{first}–{last}" if first != last else str(first or "")


class MoneyPanel:
    """Grants' panel on the plans' pages: see `strategy.plan_panels.PlanPanel`."""

    moves_plan = False

    @property
    def name(self) -> str:
        return _("Support schemes that serve the plan")

    def ask(self, plan_id: int) -> list[Piece]:
        return ask(plan_id)

    def render(self, plan: Plan, asked: list[Piece], viewer: Any) -> str:
        """Return the table of the goals' money and the schemes behind it; nothing where no scheme serves the plan."""
        if not asked:
            return ""
        facts = {
            "rows": goal_rows(asked), "total": total(asked), "schemes": scheme_rows(asked),
            "recommended_years": recommended_years(asked), "goal_word": plan.goal_word, "owner": plan.authority.name,
            "language": plan.authority.language_form,
        }  # fmt: skip
        html = render_to_string("grants/panel/plan_money.html", facts)
        return html + ""  # plain text: what a report freezes is encoded as such, and a SafeString is not

    def figures(self, asked: list[Piece]) -> dict[str, int]:
        """Return the sums by name."""
        sums = total(asked)
        return {
            "budget_nok": sums.budget_nok, "granted_nok": sums.granted_nok, "paid_nok": sums.paid_nok,
            "left_nok": sums.left_nok, "recommended_nok": sums.recommended_nok,
        }  # fmt: skip


PANEL = MoneyPanel()
