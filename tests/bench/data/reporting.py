"""What each plan has reported and measured: twelve periods, a report for each measure, five indicators of ten years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    import datetime as dt

    import psycopg

PERIODS, INDICATORS, YEARS = 12, 5, 10
FILLED = ("strategy_reportingperiod", "strategy_statusreport", "strategy_observation")
"""Their triggers rest while they are filled: history of what never changed would cost eight times the rows."""

REPORTING_PERIODS = """
INSERT INTO strategy_reportingperiod (row_version, name, starts_on, ends_on, opens_on, due_on, opened_at, closed_on,
    invented, authority_id, plan_id)
SELECT 0, 'Tertial ' || n, %(today)s - 120 * n - 119, %(today)s - 120 * n, %(today)s - 120 * n - 14,
    %(today)s - 120 * n - 1, now(), CASE WHEN n > 0 THEN %(today)s - 120 * n END, false, p.authority_id, p.id
FROM strategy_plan p, generate_series(0, %(periods)s - 1) n WHERE p.status = 'adopted'"""

STATUS_REPORTS = """
INSERT INTO strategy_statusreport (row_version, address, state, judgement, is_unchanged, done_since, reason, next_step,
    new_due_precision, asks, reported_at, reported_as, question, invented, authority_id, participation_id, period_id,
    plan_id, done_on, late_since, new_due_on)
SELECT 0, '', CASE WHEN missing THEN '' ELSE r.state END, CASE WHEN missing THEN '' ELSE r.judgement END, false,
    CASE WHEN missing THEN '' ELSE 'Møte holdt med bedriftene, og planen er lagt.' END,
    CASE WHEN missing OR NOT late THEN '' ELSE 'Arbeidet tok lengre tid enn ventet.' END,
    CASE WHEN missing OR NOT late THEN '' ELSE 'Nytt møte til våren.' END, 'day', '',
    CASE WHEN NOT missing THEN d.due_on::timestamptz END, '', '', false, r.authority_id, r.id, d.id, r.plan_id,
    CASE WHEN NOT missing THEN r.done_on END, CASE WHEN late AND NOT missing THEN r.due_on END,
    CASE WHEN late AND NOT missing THEN %(today)s + 90 END
FROM strategy_measureparticipation r JOIN strategy_reportingperiod d USING (plan_id)
CROSS JOIN LATERAL (SELECT (r.id + d.id) %% 8 = 0 AS missing, r.due_on < %(today)s AND r.state = 'under_way' AS late) x"""

INDICATOR_ROWS = """
INSERT INTO strategy_indicator (row_version, name, unit, decimals, definition, wanted, interval_months, lag_days, source,
    source_url, licence, authority_id)
SELECT 0, 'Indikator ' || n, 'personer', 0, 'Antall sysselsatte ved utgangen av året.', 'up', 12, 500, 'Statistikk',
    '', 'CC BY 4.0', p.authority_id
FROM strategy_plan p, generate_series(1, %(indicators)s) n WHERE p.status = 'adopted'"""

SERIES_ROWS = """
INSERT INTO strategy_series (area, category, position, table_id, query, authority_id, indicator_id)
SELECT a.name, '', 0, '', '{}', i.authority_id, i.id
FROM strategy_indicator i JOIN portal_authority a ON a.id = i.authority_id"""

OBSERVATIONS = """
INSERT INTO strategy_observation (row_version, observed_on, value, is_estimated, source, invented, authority_id,
    series_id)
SELECT 0, make_date(extract(year FROM %(today)s::date)::int - n, 12, 31), 12000 + 40 * (%(years)s - n) + s.id %% 50, false,
    '', false, s.authority_id, s.id FROM strategy_series s, generate_series(1, %(years)s) n"""

TARGETS = """
INSERT INTO strategy_target (row_version, title, kind, growth, value, target_on, baseline_on, is_baseline_estimated, note,
    position, invented, authority_id, plan_id, goal_id, series_id)
SELECT 0, 'Flere i jobb, ' || s.place, 'level', 'linear', 14000, make_date(extract(year FROM %(today)s::date)::int + 4, 12, 31),
    make_date(extract(year FROM %(today)s::date)::int - 5, 12, 31), false, '', s.place, false, p.authority_id, p.id, g.id, s.id
FROM strategy_plan p
JOIN (SELECT id, authority_id, row_number() OVER (PARTITION BY authority_id ORDER BY id) AS place FROM strategy_series) s
    ON s.authority_id = p.authority_id
LEFT JOIN strategy_goal g ON g.plan_id = p.id AND g.position = s.place
WHERE p.status = 'adopted'"""


def fill(owner: psycopg.Connection[Any], today: dt.date) -> int:
    """Put periods, reports, indicators and targets under each adopted plan; return how many rows."""
    facts = {"today": today, "periods": PERIODS, "indicators": INDICATORS, "years": YEARS}
    rows = 0
    with owner.transaction():
        for table in FILLED:
            owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        for statement in (REPORTING_PERIODS, STATUS_REPORTS, INDICATOR_ROWS, SERIES_ROWS, OBSERVATIONS, TARGETS):
            rows += owner.execute(sql.SQL(statement), facts).rowcount
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in FILLED:
            owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    owner.execute("ANALYZE")
    return rows
