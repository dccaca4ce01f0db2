"""Takes hold of a proposal for one deed, and writes what the deed did: all of it, noted so that it can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal import permissions
from portal.models import Event
from strategy.importing.permissions import may_import
from strategy.importing.refusals import CLOSED, LEVELS, Overtaken, Refused
from strategy.importing.sending import SUBJECT
from strategy.importing.tree import LIVE, Tree, may_lie_under
from strategy.models import ImportAnomaly, ImportRow, PlanImport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import User

Decision = ImportRow.Decision


class ChildrenAsked(ValidationError):
    """Something lies under the row, and nobody has said what becomes of it; nothing was done."""

    def __init__(self) -> None:
        super().__init__(_("Say what becomes of what lies under it."), code="children")


class Done(NamedTuple):
    """What came of a deed: the event it is undone by (0: nothing was done) and the rows it changed, hers first."""

    event: int = 0
    rows: tuple[int, ...] = ()
    also: tuple[int, ...] = ()
    """Rows that were decided with hers: what it lies under, what lies under it."""


def lock(plan_import: PlanImport | int, by: User) -> PlanImport:
    """Lock a document, check that the user may make plans of it, and return it as it stands.

    Raises:
        PermissionDenied: she may not make plans for the authority.
    """
    key = plan_import if isinstance(plan_import, int) else plan_import.pk
    locked = PlanImport.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
    found = locked.get(pk=key)
    permissions.require(may_import(by, found.authority_id))
    return found


def hold(plan_import: PlanImport | int, by: User) -> Tree:
    """Lock a proposal and its rows, and return them as they stand.

    Raises:
        PermissionDenied: the user may not make plans for the authority.
        Refused: it is not open to be gone through.
    """
    found = lock(plan_import, by)
    if found.state != PlanImport.State.READY:
        raise Refused(CLOSED, code="closed")
    rows = found.rows.select_for_update(no_key=True, of=("self",)).order_by("position").defer("text")
    return Tree(found, rows)


def row_in(tree: Tree, row: ImportRow | int) -> ImportRow:
    """Return a row of the proposal as it stands. Raises: Refused when it is gone."""
    held = tree.rows.get(row if isinstance(row, int) else row.pk)
    if held is None:
        raise Refused(_("The row is no longer there."), code="gone")
    return held


def seen_in(text: str) -> int | None:
    """Return the version of a row that a form says it was shown; None where it says none."""
    return int(text) if text.isdecimal() and len(text) < 9 else None


def as_seen(row: ImportRow, seen: int | None) -> ImportRow:
    """Return the row if it is as it was shown. Raises: Overtaken."""
    if seen is not None and row.row_version != seen:
        raise Overtaken
    return row


def write(
    tree: Tree, kind: str, *, by: User, first: ImportRow | None = None, settled: Iterable[int] = (),
    opened: Iterable[int] = (), **facts: Any,
) -> Done:  # fmt: skip
    """Store what was changed, and note it with each row's version before and after."""
    tree.settle_order()
    if faults := tree.faults():
        raise AssertionError(f"a deed left the proposal wrong: {faults}")
    rows, columns = tree.changed()
    if rows:
        ImportRow.objects.bulk_update(rows, [name.removesuffix("_id") for name in columns], batch_size=500)
    settled, opened = list(settled), list(opened)
    if not (rows or settled or opened or "made" in facts):
        return Done()
    now = dict(ImportRow.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "row_version"))
    event = Event.objects.create(
        authority_id=tree.found.authority_id, kind=kind, subject_type=SUBJECT, subject_id=tree.found.pk, actor_id=by.pk,
        facts={
            "rows": [[pk, tree.versions[pk], version] for pk, version in sorted(now.items())], "settled": settled,
            "opened": opened, **({"row": first.pk} if first else {}), **facts,
        },
    )  # fmt: skip
    return Done(event.pk, tuple(row.pk for row in rows))


def decide(row: ImportRow, decision: str, *, by: User, now: dt.datetime, into: ImportRow | None = None) -> None:
    row.decision, row.merged_into_id = decision, into.pk if into else None
    row.decided_at, row.decided_by_id = (None, None) if decision == Decision.UNDECIDED else (now, by.pk)


def settle_at(rows: Iterable[ImportRow], *, by: User, now: dt.datetime) -> list[int]:
    """Mark what is odd at these rows as seen: they were decided by someone who saw it. Return what was marked."""
    odd = ImportAnomaly.objects.filter(row__in=[row.pk for row in rows], settled_at=None)
    found = list(odd.values_list("pk", flat=True))
    odd.update(settled_at=now, settled_by=by)
    return found


def odd_rows(tree: Tree) -> set[int]:
    """Return the rows with something odd that nobody has seen."""
    odd = tree.found.anomalies.filter(settled_at=None, row__isnull=False)
    return set(odd.values_list("row", flat=True))


def fits(level: str, above: ImportRow | None) -> None:
    """Check that a row of this level may lie there.

    Raises:
        Refused: under one of its own level or lower, under what is left out, or under what only the plan has.
    """
    if not may_lie_under(level, above.level if above else None):
        raise Refused(LEVELS, code="level")
    if above is not None and above.change == ImportRow.Change.GONE:
        raise Refused(_("What only the plan has is kept or taken out. Nothing is laid under it."), code="gone")
    if above is not None and above.decision not in LIVE:
        raise Refused(_("What it is to lie under is left out. Take that up again first."), code="left out")
