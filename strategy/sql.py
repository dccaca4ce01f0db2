"""The SQL that moves a plan's data version, as text for this area's migrations: never change what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.sql import trigger

if TYPE_CHECKING:
    from django.db.migrations import RunSQL


def moves_version(table: str, query: str) -> list[RunSQL]:
    """Let each statement on a table move the versions of the plans whose pages show its rows.

    `query` selects the plans' ids; in it %1$I stands for the changed rows.
    """
    argument = "'" + query.replace("'", "''") + "'"
    rows = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
    rows["update"] = f"{rows['delete']} {rows['insert']}"
    statements = [
        trigger(
            f"{table}_moves_version_{event}", table,
            f'AFTER {event.upper()} ON "{{table}}" REFERENCING {transition} FOR EACH STATEMENT',
            "strategy_move_version", argument,
        )
        for event, transition in rows.items()
    ]  # fmt: skip
    truncate = 'AFTER TRUNCATE ON "{table}" FOR EACH STATEMENT'
    return [*statements, trigger(f"{table}_moves_version_truncate", table, truncate, "strategy_move_version", argument)]
