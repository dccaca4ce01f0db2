"""The SQL that guards the tables, as text for the migrations of all areas.

A migration that has run somewhere must keep its meaning: never change what a function here returns, add another one.
Each guard is explained in docs/guards.md.
"""

from __future__ import annotations

from django.db.migrations import RunSQL


def one_tenant(parent: str, *others: str) -> RunSQL:
    """Make `(id, other…)` of a parent referable, so that children can be held to the same tenant or plan."""
    columns = ", ".join(("id", *others))
    name = f"{parent}_id_{'_'.join(other.removesuffix('_id') for other in others)}"
    return RunSQL(
        f'ALTER TABLE "{parent}" ADD CONSTRAINT "{name}" UNIQUE ({columns})',
        f'ALTER TABLE "{parent}" DROP CONSTRAINT "{name}"',
    )


def same(child: str, column: str, parent: str, shared: str = "authority_id", parent_key: str = "id") -> RunSQL:
    """Hold a child's parent to the child's own `shared` value (authority or plan) by a composite foreign key."""
    name = f"{child}_{column.removesuffix('_id')}_same_{shared.removesuffix('_id')}"
    return RunSQL(
        f'ALTER TABLE "{child}" ADD CONSTRAINT "{name}" FOREIGN KEY ("{column}", "{shared}") '
        f'REFERENCES "{parent}" ("{parent_key}", "{shared}") DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{child}" DROP CONSTRAINT "{name}"',
    )


def trigger(name: str, table: str, when: str, function: str, arguments: str = "") -> RunSQL:
    """Put a trigger on a table; `when` is the part between the name and EXECUTE, with {table} in it."""
    return RunSQL(
        f'CREATE TRIGGER "{name}" {when.format(table=table)} EXECUTE FUNCTION {function}({arguments})',
        f'DROP TRIGGER "{name}" ON "{table}"',
    )


def counts_changes(table: str) -> RunSQL:
    """Let `row_version` move with each real change of a row, raw writes included."""
    return trigger(f"{table}_counts_changes", table, 'BEFORE UPDATE ON "{table}" FOR EACH ROW', "portal_count_change")
