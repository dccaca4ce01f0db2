"""Turns dates that have come near or passed into notices, in one statement that reads no row into Python.

A notice holds for as long as the sweep would say it. So one join of what is to be said today with what is held open
gives all there is to do: what is new is written, what was withdrawn and holds again is revived, what is no longer said
(done, moved, given to another, followed by a later occasion) is withdrawn, and what was renamed gets its new words.
What an officer told by hand is left alone. `portal.rules.occasion` is the same rule in Python; tests hold the two
together.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from portal import due, wiring
from portal.calendar import oslo_today
from portal.models import Notice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portal.kinds import Source

LOCK = 7_310_120
LONGEST_HOLIDAY = 7
"""No occasion is moved further than this by days off."""

NEAR = """
near AS MATERIALIZED (
    SELECT r.days_before, r.day, min(ahead) AS ahead
    FROM (SELECT DISTINCT days_before, day FROM ruled) r
    CROSS JOIN unnest(r.days_before) AS ahead
    LEFT JOIN portal_calendarday c ON c.day = r.day - ahead
    WHERE coalesce(c.working_before, r.day - ahead) <= %(today)s GROUP BY r.days_before, r.day
)"""

SAID = """
said AS MATERIALIZED (
    SELECT DISTINCT ON (t.user_id, t.address, t.what, t.about, t.about_id, t.day)
        t.user_id, t.address, t.what, t.about, t.about_id, t.day, t.stated, t.tenant, t.path AS link,
        left(t.headline, 200) AS title, left(t.part_of, 200) AS context, o.occasion
    FROM told t
    LEFT JOIN near n ON n.days_before = t.days_before AND n.day = t.day
    CROSS JOIN LATERAL (SELECT CASE
        WHEN t.day < %(today)s AND (%(today)s - t.day) / t.late_every >= 1 THEN
            CASE WHEN t.escalated THEN 'leader-' ELSE '' END
            || 'late-' || (%(today)s - t.day) / t.late_every * t.late_every
        WHEN t.escalated THEN 'leader-late'
        WHEN n.ahead = 0 THEN 'day'
        ELSE 'before-' || n.ahead
    END AS occasion) o
    WHERE o.occasion IS NOT NULL
    ORDER BY t.user_id, t.address, t.what, t.about, t.about_id, t.day, t.escalated, t.stands_for NULLS FIRST
)"""

BOTH = """
both_sides AS MATERIALIZED (
    SELECT h.id, s.*, (h.title, h.context, h.link, h.precision)
        IS DISTINCT FROM (s.title, s.context, s.link, s.stated) AS is_renamed
    FROM said s
    FULL JOIN (SELECT * FROM portal_notice WHERE withdrawn_at IS NULL AND kind = ANY(%(kinds)s)
        AND (occasion = 'day' OR occasion ~ '^(before|late|leader)-')) h
    ON coalesce(h.user_id, 0) = coalesce(s.user_id, 0) AND h.address = s.address AND h.kind = s.what
    AND h.subject_type = s.about AND h.subject_id = s.about_id AND h.on_date = s.day AND h.occasion = s.occasion
)"""

DEEDS = """
told_now AS (
    INSERT INTO portal_notice (user_id, address, kind, subject_type, subject_id, on_date, occasion, precision,
        authority_id, title, context, link, created_at, waits_for_digest)
    SELECT user_id, address, what, about, about_id, day, occasion, stated, tenant, title, context, link, %(now)s, true
    FROM both_sides WHERE id IS NULL
    ON CONFLICT ON CONSTRAINT notice_once DO UPDATE SET withdrawn_at = NULL, title = excluded.title,
        context = excluded.context, link = excluded.link, precision = excluded.precision,
        waits_for_digest = portal_notice.mail_id IS NULL
    WHERE portal_notice.withdrawn_at IS NOT NULL
    RETURNING portal_notice.xmax = 0 AS is_new
),
silenced AS (
    UPDATE portal_notice n SET withdrawn_at = %(now)s, waits_for_digest = false
    FROM both_sides b WHERE b.id = n.id AND b.what IS NULL RETURNING 1
),
renamed AS (
    UPDATE portal_notice n SET title = b.title, context = b.context, link = b.link, precision = b.stated
    FROM both_sides b WHERE b.id = n.id AND b.what IS NOT NULL AND b.is_renamed RETURNING 1
)
SELECT (SELECT count(*) FROM told_now WHERE is_new), (SELECT count(*) FROM told_now WHERE NOT is_new),
    (SELECT count(*) FROM silenced)"""


SAID_STILL = """
SELECT n.id FROM portal_notice n JOIN said s ON coalesce(s.user_id, 0) = coalesce(n.user_id, 0)
    AND s.address = n.address AND s.what = n.kind AND s.about = n.subject_type AND s.about_id = n.subject_id
    AND s.day = n.on_date AND s.occasion = n.occasion
WHERE n.id = ANY(%(notices)s) AND (n.title, n.context, n.link, n.precision)
    IS NOT DISTINCT FROM (s.title, s.context, s.link, s.stated)"""


def sweep(now: dt.datetime, *, wait: bool = False) -> dict[str, int]:
    """Bring the notices of deadlines up to date; return how many were made, revived and withdrawn.

    Safe to run twice, late and at once: while another is at work this one does nothing, or with `wait` goes after it.
    """
    today = oslo_today(now)
    sources = wiring.deadline_sources()
    with transaction.atomic(), connection.cursor() as cursor:
        if not _alone(cursor, wait=wait):
            return {"made": 0, "revived": 0, "withdrawn": 0}
        text, given = statement(sources, now, today, horizons(sources, today))
        cursor.execute(text, given)
        made, revived, withdrawn = cursor.fetchone()
    return {"made": made, "revived": revived, "withdrawn": withdrawn}


def statement(
    sources: Iterable[Source], now: dt.datetime, today: dt.date, until: dict[str, dt.date]
) -> tuple[str, list[Any]]:
    """Return the whole sweep as one statement and its parameters."""
    told, told_given = due.told_sql(today, until)
    rest, rest_given = in_order(
        f"{NEAR},{SAID},{BOTH},{DEEDS}", today=today, now=now, kinds=sorted({source.kind.name for source in sources})
    )
    return f"WITH {told},{rest}", [*told_given, *rest_given]


def still_said(notices: Collection[int], now: dt.datetime) -> set[int]:
    """Return those of these notices that a sweep would say now, in the same words; reads only their own subjects."""
    today = oslo_today(now)
    subjects = Notice.objects.filter(pk__in=notices).values_list("subject_id", flat=True)
    told, given = due.told_sql(
        today, horizons(wiring.deadline_sources(), today), due.Scope.SUBJECTS, subjects=sorted(set(subjects))
    )
    rest, rest_given = in_order(f"{NEAR},{SAID} {SAID_STILL}", today=today, notices=list(notices))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {told},{rest}", [*given, *rest_given])
        return {row[0] for row in cursor.fetchall()}


def in_order(text: str, **given: Any) -> tuple[str, list[Any]]:
    """Turn named places into ordered ones, so that the text can stand behind the querysets' own."""
    pieces = text.split("%(")
    names = [piece.partition(")s")[0] for piece in pieces[1:]]
    rest = [piece.partition(")s")[2] for piece in pieces[1:]]
    return "%s".join([pieces[0], *rest]), [given[name] for name in names]


def horizons(sources: Iterable[Source], today: dt.date) -> dict[str, dt.date]:
    """Return, for each kind, the last day that anyone may have to be told of today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, max(ahead) FROM portal_noticerule, unnest(days_before) AS ahead GROUP BY kind")
        asked = dict(cursor.fetchall())
    return {
        source.kind.name: today
        + dt.timedelta(days=max([0, *source.kind.days_before, asked.get(source.kind.name, 0)]) + LONGEST_HOLIDAY)
        for source in sources
    }


def _alone(cursor: Any, *, wait: bool) -> bool:
    """Take the sweep's lock until the transaction ends; and let the planner sort in memory without compiling."""
    cursor.execute("SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
    if wait:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        return True
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    return bool(cursor.fetchone()[0])
