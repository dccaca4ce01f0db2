"""Many rows at once: unsaved model instances into their tables by COPY, with ids given beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection as django_connection
from psycopg import sql

if TYPE_CHECKING:
    import psycopg
    from django.db.models import Model

M = TypeVar("M", bound="Model")


class Shipment:
    """Gathers rows in the order their tables must be filled; ids count from one in each empty table.

    Land often: with history triggers on, the price of a row grows with the rows its transaction has written before.
    """

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner
        self.aboard: dict[type[Model], list[Model]] = {}
        self.counts: dict[type[Model], int] = {}

    def add(self, row: M) -> M:
        """Put a row aboard and give it its id."""
        model = type(row)
        row.pk = self.counts[model] = self.counts.get(model, 0) + 1
        self.aboard.setdefault(model, []).append(row)
        return row

    def land(self) -> None:
        """Write what is aboard, in one transaction."""
        with self.owner.transaction(), self.owner.cursor() as cursor:
            for model, rows in self.aboard.items():
                copy_rows(cursor, model, rows)
        self.aboard = {}

    def finish(self) -> int:
        """Set the sequences past the given ids, let the planner look, and return how many rows there are."""
        for model, count in self.counts.items():
            table = sql.Literal(f'"{model._meta.db_table}"')
            self.owner.execute(sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), {})").format(table, count))
        self.owner.execute("ANALYZE")
        return sum(self.counts.values())


def copy_rows(cursor: psycopg.Cursor[Any], model: type[Model], rows: list[Model]) -> None:
    """COPY instances with all their columns, the models' own defaults included; generated columns are left out."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    table = sql.Identifier(model._meta.db_table)
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)) as copy:
        for row in rows:
            copy.write_row([field.get_db_prep_save(field.pre_save(row, True), django_connection) for field in fields])
