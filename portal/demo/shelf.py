"""How demo rows get into the database without ever overwriting what a user changed.

Each row has a key of our own. DemoLoad remembers, per key, which row it became and a hash of what we wrote there.
A newer version refreshes only rows that still hold exactly that; a row that a user deleted stays deleted.
A column at its default leaves no trace in the hash, so a column that comes later changes no hash.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from portal.models import DemoLoad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Not part of what a user writes: counters, generated columns, secrets and pointers that the loader sets afterwards.
NOT_CONTENT = frozenset(
    {"row_version", "search", "last_login", "date_joined", "password", "client_secret", "current_entry", "opened_at"}
)
NEVER_CHANGED = frozenset(
    f"portal.{name}"
    for name in (
        "input", "inputattachment", "identity", "mandate", "mandateinvitation", "mandaterequest", "deputy", "accesslog",
        "organisation", "document", "event",
    )
) | frozenset(
    f"grants.{name}"
    for name in (
        "account", "budgetline", "grant", "aidassessment", "bankaccount", "financingsource", "grantreport", "payout",
        "paymentfile", "repayment", "call", "criterion", "question", "requiredattachment", "eligibilitycheck",
        "schemestatutes",
    )
)  # fmt: skip
"""What was received, seen, confirmed or decided: the database refuses changes, or its dates count from the day it was
loaded; a newer version leaves these rows as they are."""
LATER_THAN_1 = {
    "portal.casestep": {"decided_on", "invented", "papers_due_on", "papers_sent_on"},
    "strategy.plan": {"adopted_on"},
}
"""Columns that came after demo version 1, which hashed every column it knew."""
HASH_LENGTH = 40
VERSION_KEY = "version"

Row = TypeVar("Row", bound=models.Model)


def content_fields(model: type[models.Model]) -> list[Any]:
    """Return the columns whose values count as content."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name not in NOT_CONTENT
    ]


def hash_of(row: models.Model, fields: Iterable[Any]) -> str:
    said = [(field.attname, str(field.value_from_object(row))) for field in fields]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:HASH_LENGTH]


def content_hash(row: models.Model) -> str:
    """Return a hash of what the row says, the same whether it comes from memory or from the database."""
    fields = content_fields(type(row))
    return hash_of(row, [field for field in fields if field.value_from_object(row) != field.get_default()])


def stamp(row: models.Model) -> str:
    """Return what DemoLoad keeps about a row: which one it is, and the hash of what we wrote."""
    return f"{row.pk}:{content_hash(row)}"


def stamps_of_version_1(row: models.Model) -> set[str]:
    """Return what version 1 may have kept about a row that nobody has changed since."""
    fields = content_fields(type(row))
    known_then = [field for field in fields if field.name not in LATER_THAN_1.get(row._meta.label_lower, ())]
    return {f"{row.pk}:{hash_of(row, given)}" for given in (fields, known_then)}


class Shelf:
    """One loading of the demo: takes rows batch by batch and gives back those that stand in the database."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.known = dict(DemoLoad.objects.values_list("key", "content_hash"))
        self.placed: dict[str, models.Model] = {}
        self.standing: dict[str, models.Model] = {}
        """Everything the facts speak of that is in the database, by kind and key: for facts that name another's row."""

    def put(
        self, kind: str, wanted: Mapping[str, Row], natural: Callable[[Row], object] | None = None
    ) -> dict[str, Row]:
        """Place a batch of unsaved rows of one model and return those that stand, by the given keys.

        `natural` names what makes a row the same to people: one that a user made already is used as it is.
        """
        if not wanted:
            return {}
        model = type(next(iter(wanted.values())))
        standing: dict[str, Row] = {}
        new = {key: row for key, row in wanted.items() if f"{kind}:{key}" not in self.known}
        if natural and new:
            users_own = {natural(row): row for row in model._default_manager.all()}
            standing |= {key: users_own[natural(row)] for key, row in new.items() if natural(row) in users_own}
        fresh = {key: row for key, row in new.items() if key not in standing}
        model._default_manager.bulk_create(fresh.values())
        self.placed |= {f"{kind}:{key}": row for key, row in fresh.items()}
        standing |= fresh | self._refresh(kind, {k: row for k, row in wanted.items() if k not in new})
        self.standing |= {f"{kind}:{key}": row for key, row in standing.items()}
        return standing

    def find(self, model: type[Row], kind: str, key: str) -> Row | None:
        """Return the row that an earlier fact of this loading became, or None where it does not stand."""
        row = self.standing.get(f"{kind}:{key}")
        return row if isinstance(row, model) else None

    def _refresh(self, kind: str, wanted: dict[str, Row]) -> dict[str, Row]:
        """Bring rows of an earlier version up to date, but leave what a user changed, and deleted rows, alone."""
        if not wanted:
            return {}
        model = type(next(iter(wanted.values())))
        ids = {key: int(self.known[f"{kind}:{key}"].partition(":")[0]) for key in wanted}
        rows = model._default_manager.in_bulk(ids.values())
        standing = {key: rows[pk] for key, pk in ids.items() if pk in rows}
        for key, row in standing.items():
            ours = self.known[f"{kind}:{key}"] in {stamp(row), *stamps_of_version_1(row)}
            if ours and row._meta.label_lower not in NEVER_CHANGED and content_hash(wanted[key]) != content_hash(row):
                for field in content_fields(model):
                    setattr(row, field.attname, getattr(wanted[key], field.attname))
                row.save()
            if ours:
                self.placed[f"{kind}:{key}"] = row
        return standing

    def restate(self, kind: str, wanted: Mapping[str, Row]) -> None:
        """Let rows placed in this loading say something else: what came to pass later. Others' rows stay."""
        for key, fact in wanted.items():
            row = self.placed.get(f"{kind}:{key}")
            if row is not None and content_hash(fact) != content_hash(row):
                for field in content_fields(type(row)):
                    setattr(row, field.attname, getattr(fact, field.attname))
                row.save()

    def close(self) -> None:
        """Write down what was placed, once every row says what it shall say."""
        lines = [DemoLoad(key=key, content_hash=stamp(row), version=self.version) for key, row in self.placed.items()]
        lines.append(DemoLoad(key=VERSION_KEY, content_hash="", version=self.version))
        DemoLoad.objects.bulk_create(
            lines, update_conflicts=True, unique_fields=["key"], update_fields=["content_hash", "version"]
        )
