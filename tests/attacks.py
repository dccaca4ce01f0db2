"""Attacking the database past the model layer: raw SQL, and what it must be refused by."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from psycopg import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

NEVER_CHANGED = (
    "portal_document", "portal_event", "portal_input", "portal_inputattachment", "strategy_planreport",
    "strategy_planreportfile",
)  # fmt: skip
"""Tables whose rows no one changes: an attack on them is a new row."""
NEW_ROW = {"strategy_planreport": {"number": 3, "version": 1, "reason": ""}}
"""What a new row needs besides, so that nothing else refuses it: each plan of the world has two reports."""
BESIDES = {("strategy_target", "compared_with_id"): ", kind = 'share'"}
"""What a change needs besides, for the same reason."""


def run(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement as the runtime role and return its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def count(sql: str, *values: Any) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@contextlib.contextmanager
def refused(by: str) -> Iterator[None]:
    """Expect the constraint or trigger of this name to refuse what happens inside, deferred checks included."""
    with pytest.raises(Error) as caught, transaction.atomic():
        yield
        if run("SELECT 1 FROM pg_constraint WHERE conname = %s AND condeferrable", by):
            run(f'SET CONSTRAINTS "{by}" IMMEDIATE')
    assert _name_of(caught.value) == by, str(caught.value)


@contextlib.contextmanager
def not_permitted() -> Iterator[None]:
    """Expect PostgreSQL to say that the runtime role may not."""
    with pytest.raises(Error) as caught, transaction.atomic():
        yield
    assert getattr(caught.value.__cause__, "sqlstate", "") == "42501", str(caught.value)


def _name_of(error: BaseException) -> str:
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))


@dataclass(frozen=True)
class Relation:
    """A composite foreign key: `child.(column, shared)` refers to `parent.(key, parent_shared)`."""

    name: str
    child: str
    column: str
    shared: str
    parent: str
    key: str
    parent_shared: str

    def attack(self) -> None:
        """Point some child row at a parent of another tenant or plan, passing by pairs a unique constraint forbids."""
        pairs = run(
            f'SELECT c."id", p."{self.key}" FROM "{self.child}" c CROSS JOIN "{self.parent}" p '
            f'WHERE NOT EXISTS (SELECT 1 FROM "{self.parent}" q '
            f'WHERE q."{self.key}" = p."{self.key}" AND q."{self.parent_shared}" = c."{self.shared}") '
            f'ORDER BY c."{self.column}" NULLS LAST, c."id", p."{self.key}" LIMIT 60'
        )
        for child, parent in pairs:
            try:
                with transaction.atomic():
                    self._point(child, parent)
            except IntegrityError as error:
                if not isinstance(error.__cause__, errors.UniqueViolation):
                    raise
            else:
                return
        pytest.fail(f"the world has no two rows to try {self.name} with")

    def _point(self, child: int, parent: int) -> None:
        if self.child not in NEVER_CHANGED:
            besides = BESIDES.get((self.child, self.column), "")
            run(f'UPDATE "{self.child}" SET "{self.column}" = %s{besides} WHERE id = %s', parent, child)
            return
        given = {"id": 10**9, **NEW_ROW.get(self.child, {}), self.column: parent}
        run(
            f'INSERT INTO "{self.child}" SELECT (jsonb_populate_record(c, %s::jsonb)).* '
            f'FROM "{self.child}" c WHERE id = %s',
            json.dumps(given), child,
        )  # fmt: skip


COMPOSITE = """
SELECT c.conname, c.conrelid::regclass::text, k.names[1], k.names[2], c.confrelid::regclass::text, f.names[1], f.names[2]
FROM pg_constraint c,
LATERAL (SELECT array_agg(attname::text ORDER BY o) AS names FROM unnest(c.conkey) WITH ORDINALITY u(n, o)
         JOIN pg_attribute ON attrelid = c.conrelid AND attnum = n) k,
LATERAL (SELECT array_agg(attname::text ORDER BY o) AS names FROM unnest(c.confkey) WITH ORDINALITY u(n, o)
         JOIN pg_attribute ON attrelid = c.confrelid AND attnum = n) f
WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND c.conrelid::regclass::text LIKE %s ORDER BY c.conname
"""


def relations(area: str) -> list[Relation]:
    """Return the composite foreign keys of an area's tables."""
    return [Relation(*row) for row in run(COMPOSITE, f"{area}\\_%")]


# ---- every way to point a row at a stranger ----

COLUMNS = (
    "SELECT array_agg(column_name::text) FROM information_schema.columns "
    "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'"
)


def strangers(relation: Relation) -> list[tuple[Any, Any]]:
    """Return rows with relatives that belong to another tenant, scheme or call."""
    return run(
        f'SELECT c."id", p."{relation.key}" FROM "{relation.child}" c CROSS JOIN "{relation.parent}" p '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{relation.parent}" q WHERE q."{relation.key}" = p."{relation.key}" '
        f'AND q."{relation.parent_shared}" = c."{relation.shared}") '
        f'ORDER BY c."{relation.column}" NULLS LAST, p."{relation.key}" DESC LIMIT 20'
    )


def met_by(relation: Relation, needs: dict[str, dict[str, Any]]) -> set[str]:
    """Return every guard that met an attack on one key: by a row added, and by one changed.

    `needs` says what a copied row of a table needs of its own, so that no unique constraint stands before the key.
    """
    met = set()
    own = run(COLUMNS, relation.child)[0][0]
    names = ", ".join(f'"{name}"' for name in own)
    values = ", ".join(f'(n)."{name}"' for name in own)
    for child, parent in strangers(relation):
        given = {"id": 10**9, **needs.get(relation.child, {}), relation.column: parent}
        ways: list[tuple[str, list[Any]]] = [
            (
                f'INSERT INTO "{relation.child}" ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM (SELECT '
                f'jsonb_populate_record(c, %s::jsonb) AS n FROM "{relation.child}" c WHERE id = %s) added',
                [json.dumps(given), child],
            ),
            (f'UPDATE "{relation.child}" SET "{relation.column}" = %s WHERE id = %s', [parent, child]),
        ]
        for sql, arguments in ways:
            try:
                with transaction.atomic():
                    run(sql, *arguments)
                    run(f'SET CONSTRAINTS "{relation.name}" IMMEDIATE')
                    pytest.fail(f"nothing met an attack on {relation.name}")
            except Error as error:
                met.add(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or str(error))
    return met
