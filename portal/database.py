"""The two roles of the database: the owner migrates, the runtime only works."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER_ALIAS = "owner"
UPGRADE_LOCK = 7_310_118
APPEND_ONLY = (
    "portal_event", "portal_accesslog", "portal_input", "portal_inputattachment", "strategy_planreportfile",
    "grants_ledgerentry", "grants_paymentfile", "portal_declaration", "portal_ruling", "portal_letter",
    "portal_archiveddocument", "grants_applicationversion", "awards_nominationfile", "awards_nomineeanswer",
    "awards_juryremark",
)  # fmt: skip
"""Tables the runtime may only read and add to."""
NEVER_DELETED = (
    "portal_case", "portal_document", "portal_inputanswer", "strategy_planreport", "pghistory_context",
    "grants_account", "grants_grant", "grants_fund", "grants_bankaccount", "grants_payout", "grants_repayment",
    "portal_archivepackage", "grants_message", "grants_decision", "grants_aidaward", "grants_complaint",
    "awards_candidate", "awards_nomination", "awards_prize", "awards_jurysheet",
)  # fmt: skip
READ_ONLY = (
    "django_migrations", "portal_calendarday", "strategy_planversion", "grants_balance", "grants_yearbalance",
    "grants_grantbalance", "awards_ballot", "awards_votecount", "awards_voteresult",
)  # fmt: skip


COUNTED_BALLOTS = """
ALTER TABLE awards_ballot ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS counted_ballots ON awards_ballot;
CREATE POLICY counted_ballots ON awards_ballot FOR SELECT TO {name} USING (category_id IN (
    SELECT c.id FROM awards_roundcategory c JOIN awards_votecount v ON v.round_id = c.round_id));
"""
"""Until the count a ballot's transaction, its place in the table and the moment it came tell whose it is: the runtime
reads none before. The owner's functions cast and count them."""


@contextmanager
def hold_advisory_lock(connection: Any) -> Iterator[None]:
    """Hold the lock that lets one upgrade at a time through; others wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [UPGRADE_LOCK])
        cursor.execute("RESET lock_timeout")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [UPGRADE_LOCK])


def grant_runtime(connection: Any, role: str) -> None:
    """Give the runtime role what its work needs and take away what would let it rewrite history.

    It owns nothing, truncates nothing, and has no UPDATE or DELETE on events and history tables.
    """
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [role])
        if cursor.fetchone()[0]:
            return  # one role only, as on a developer's own server: nothing to give
        cursor.execute(
            f"GRANT USAGE ON SCHEMA public TO {name};"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};"
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name};"
            f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name};"
            f"REVOKE TEMPORARY ON DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} FROM PUBLIC;"
        )
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}
        history = {table for table in tables if table.endswith("event") and table != "portal_event"}
        for table in sorted((history | set(APPEND_ONLY)) & tables):
            cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {name}')
        for table in sorted(set(NEVER_DELETED) & tables):
            cursor.execute(f'REVOKE DELETE, TRUNCATE ON "{table}" FROM {name}')
        for table in sorted(set(READ_ONLY) & tables):
            cursor.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{table}" FROM {name}')
        if {"awards_ballot", "awards_votecount"} <= tables:
            cursor.execute(COUNTED_BALLOTS.format(name=name))
