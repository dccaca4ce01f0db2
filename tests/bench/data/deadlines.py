"""A million due dates in one plan: 5,000 measures with 200 milestones each, four of them near or late."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

PEOPLE, MILESTONES, NEAR = 5_000, 200, 4
TABLES = (
    "portal_user", "strategy_measure", "strategy_measureentry", "strategy_measureparticipation",
    "strategy_milestone",
)  # fmt: skip

ROWS = """
WITH place AS (SELECT %(part)s::bigint AS part, %(plan)s::bigint AS plan, %(authority)s::bigint AS owner),
person AS (
    INSERT INTO portal_user (password, email, name, language, is_active, is_superuser, date_joined)
    SELECT '!', 'million' || n || '@bench.invalid', 'Ansvarlig ' || n, 'nb', true, false, now()
    FROM generate_series(1, %(people)s) n RETURNING id
),
measure AS (
    INSERT INTO strategy_measure (authority_id, plan_id) SELECT owner, plan FROM place, generate_series(1, %(people)s)
    RETURNING id
),
paired AS (
    SELECT p.id AS person, m.id AS measure, p.place FROM
    (SELECT id, row_number() OVER () AS place FROM person) p JOIN
    (SELECT id, row_number() OVER () AS place FROM measure) m USING (place)
),
entry AS (
    INSERT INTO strategy_measureentry (row_version, number, title, description, position, change, change_reason,
        action_part_id, authority_id, measure_id, plan_id)
    SELECT 0, r.place::text, 'Tiltak ' || r.place || ': flere og bedre møteplasser', '', r.place, 'new', '',
        part, owner, r.measure, plan FROM paired r, place
)
INSERT INTO strategy_measureparticipation (row_version, partner, state, judgement, due_precision, note, invented,
    authority_id, measure_id, person_id, plan_id)
SELECT 0, '', 'under_way', '', 'day', '', false, owner, r.measure, r.person, plan FROM paired r, place"""

WORDED = """
UPDATE strategy_measure m SET current_entry_id = e.id FROM strategy_measureentry e
WHERE e.measure_id = m.id AND m.plan_id = %(plan)s"""

DATES = """
INSERT INTO strategy_milestone (row_version, title, due_on, due_precision, invented, authority_id, participation_id)
SELECT 0, 'Milepæl ' || n || ' for tiltak ' || p.id,
    %(today)s::date + CASE WHEN n <= %(near)s THEN (ARRAY[-9, 0, 5, 20])[n] ELSE 60 + n * 11 END,
    'day', false, p.authority_id, p.id
FROM strategy_measureparticipation p, generate_series(1, %(milestones)s) n WHERE p.plan_id = %(plan)s"""


def load(owner: psycopg.Connection[Any], today: Any) -> int:
    """Write the rows as the owner role, without history and with relatives checked at the end; return how many."""
    from portal.models import Authority
    from strategy.models import ActionPart, Plan

    place = Authority.objects.create(name="Millionby", slug="millionby", municipality_number="0001")
    plan = Plan.objects.create(
        authority=place, slug="million", title="Handlingsplan med en million frister", period_start=today.year,
        status=Plan.Status.HEARING,
    )  # fmt: skip
    part = ActionPart.objects.create(authority=place, plan=plan, period_start=today.year)
    facts = {
        "part": part.pk, "plan": plan.pk, "authority": place.pk, "people": PEOPLE, "milestones": MILESTONES,
        "near": NEAR, "today": today,
    }  # fmt: skip
    with owner.transaction(), _unguarded(owner):
        owner.execute(ROWS, facts)
        owner.execute(WORDED, facts)
        count = owner.execute(DATES, facts).rowcount
    owner.execute("VACUUM ANALYZE")
    return count


@contextmanager
def _unguarded(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """Leave triggers out while loading, and take the milestones' relatives as one check instead of two million."""
    kept = owner.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = 'strategy_milestone'::regclass AND contype = 'f'"
    ).fetchall()
    milestone = sql.Identifier("strategy_milestone")
    for table in TABLES:
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    for name, _definition in kept:
        owner.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(milestone, sql.Identifier(name)))
    yield
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name, definition in kept:
        added = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(milestone, sql.Identifier(name))
        owner.execute(added + sql.SQL(definition))
    for table in TABLES:
        owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
