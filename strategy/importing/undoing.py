"""Undoes one deed on a proposal: each row is as it was before, as long as nobody has changed it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from portal.models import Event
from strategy.importing.holding import Done, hold, write
from strategy.importing.refusals import Refused, deed
from strategy.importing.sending import SUBJECT
from strategy.importing.tree import WRITTEN, plain
from strategy.models import ImportAnomaly, ImportRow

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User
    from strategy.importing.tree import Tree
    from strategy.models import PlanImport

UNDONE = "import_undone"
KINDS = (
    "import_row_accepted", "import_rows_accepted", "import_row_dropped", "import_row_restored", "import_oddity_seen",
    "import_row_changed", "import_row_added", "import_row_moved", "import_row_merged", "import_row_kept",
)  # fmt: skip


@deed
def undo(plan_import: PlanImport, event: int, *, by: User, now: dt.datetime) -> Done:
    """Undo what an event notes; pressed twice, it is undone once.

    Raises:
        PermissionDenied: the user may not make plans for the authority.
        Refused: one of the rows has been changed since, or what was decided since stands in the way.
    """
    tree = hold(plan_import, by)
    deeds = Event.objects.filter(subject_type=SUBJECT, subject_id=tree.found.pk)
    done = deeds.filter(pk=event, kind__in=KINDS).first()
    if done is None or deeds.filter(kind=UNDONE, facts__of=event).exists():
        return Done()
    facts = done.facts
    _bring_back(tree, facts["rows"])
    if made := facts.get("made"):
        _take_away(tree, made, facts["made_version"])
    tree.rebuild()
    tree.settle_order()
    if tree.faults():
        raise Refused(_("What was decided since stands in the way. Undo that first."), code="since")
    settled = ImportAnomaly.objects.filter(pk__in=facts["settled"], settled_at__isnull=False)
    settled.update(settled_at=None, settled_by=None)
    opened = ImportAnomaly.objects.filter(pk__in=facts["opened"], settled_at=None)
    opened.update(settled_at=now, settled_by=by)
    first = tree.rows.get(facts.get("row") or 0)
    return write(tree, UNDONE, by=by, first=first, of=event)


def _bring_back(tree: Tree, rows: list[list[int]]) -> None:
    """Give each row what it had in the version before the deed; its place only where the deed moved it."""
    history: Any = ImportRow.pgh_event_model  # type: ignore[attr-defined]
    wanted = {version for _pk, before, after in rows for version in (before, after)}
    kept = {
        (one.pgh_obj_id, one.row_version): one
        for one in history.objects.filter(pgh_obj_id__in=[pk for pk, _b, _a in rows], row_version__in=wanted)
    }
    for pk, before, after in rows:
        row, was, became = tree.rows.get(pk), kept.get((pk, before)), kept.get((pk, after))
        if row is None or was is None or became is None:
            raise _changed_since()
        moved = was.position != became.position
        same = [name for name in WRITTEN if moved or name != "position"]
        if any(plain(getattr(row, name)) != plain(getattr(became, name)) for name in same):
            raise _changed_since()
        for name in same:
            setattr(row, name, getattr(was, name))


def _changed_since() -> Refused:
    return Refused(_("Someone has changed it since. Nothing is undone."), code="changed since")


def _take_away(tree: Tree, made: int, version: int) -> None:
    """Remove a row that was added by hand, if it is as it was added."""
    row = tree.rows.get(made)
    if row is None:
        return
    if row.row_version != version or any(each.parent_id == made for each in tree.rows.values()):
        raise _changed_since()
    try:
        ImportRow.objects.filter(pk=made).delete()
    except (ProtectedError, RestrictedError) as error:
        raise _changed_since() from error
    del tree.rows[made]
