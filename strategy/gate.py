"""The one query before a plan's page opens: which plan, who may read it, its last report, and the version of it all.

Plain SQL, since most visits end here with a 304 and the ORM would take longer than the database: 0.7 ms against 1.7.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import connection

ASK = """
SELECT p.id, p.authority_id, p.status, p.live_view_open, a.is_listed,
    ARRAY(SELECT t.authority_id FROM strategy_planparticipant t WHERE t.plan_id = p.id),
    (SELECT v.version FROM strategy_planversion v WHERE v.plan_id = p.id),
    ARRAY(
        SELECT ARRAY[w.number, w.version] FROM strategy_planreport w
        WHERE w.plan_id = p.id AND w.released_at IS NULL
        AND (w.version > 1 OR w.number > coalesce(r.number, 0)) AND NOT EXISTS (
            SELECT FROM strategy_planreport n
            WHERE n.plan_id = w.plan_id AND n.number = w.number AND n.version > w.version
        ) ORDER BY w.number, w.version
    ),
    r.id, r.number, r.version, r.frozen_on
FROM strategy_plan p JOIN portal_authority a ON a.id = p.authority_id
LEFT JOIN LATERAL (
    SELECT l.id, l.number, l.version, l.frozen_on FROM strategy_planreport l
    WHERE l.plan_id = p.id AND l.released_at IS NOT NULL ORDER BY l.number DESC, l.version DESC LIMIT 1
) r ON true
WHERE p.slug = %s AND a.slug = %s
"""


class Released(NamedTuple):
    """The last report that anyone may read."""

    id: int
    number: int
    version: int
    frozen_on: dt.date


class Gate(NamedTuple):
    """What decides who may read the plan, and the version read before the data; without one nothing is kept."""

    plan_id: int
    authority_id: int
    status: str
    live_view_open: bool
    is_listed: bool
    participant_ids: list[int]
    version: int | None
    waiting: list[list[int]]
    """Number and version of each report that is frozen and waits to be released."""
    last: Released | None
    """The last report that anyone may read; before the first, nothing."""


def ask(authority: str, plan: str) -> Gate | None:
    """Return the facts of the plan under these slugs, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [plan, authority])
        found = cursor.fetchone()
    if found is None:
        return None
    *facts, report_id, number, version, frozen_on = found
    return Gate(*facts, Released(report_id, number, version, frozen_on) if report_id is not None else None)
