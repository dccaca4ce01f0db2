"""What an officer does with the rows of a proposal: accepts, leaves out, changes, adds; `placing` moves and merges.

Each deed locks the document first and then its rows, and looks at them as they stand. Whoever comes second is told, and
a second press does nothing. What a deed did is noted as an event by which it can be undone (`undoing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.models import Event
from strategy.importing.holding import (
    ChildrenAsked,
    Done,
    as_seen,
    decide,
    fits,
    hold,
    odd_rows,
    row_in,
    settle_at,
    write,
)
from strategy.importing.placing import UP, decide_changed, keep, merge, move, step
from strategy.importing.progress import plainly_sure
from strategy.importing.refusals import Refused, deed
from strategy.importing.sending import SUBJECT
from strategy.importing.tree import LIVE
from strategy.importing.undoing import undo
from strategy.models import ImportAnomaly, ImportRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import User
    from strategy.importing.tree import Tree
    from strategy.models import PlanImport

__all__ = [
    "FACTS", "FOLLOW", "UP", "ChildrenAsked", "Done", "accept", "accept_sure", "add", "change", "decide_changed",
    "drop", "keep", "merge", "move", "restore", "settle", "step", "undo",
]  # fmt: skip
Decision, Change = ImportRow.Decision, ImportRow.Change
FACTS = (
    "number", "title", "description", "note", "sdg_focus", "sdg_contributes", "responsible", "due_on", "due_precision",
    "cost_nok",
)  # fmt: skip
"""What an officer writes about a row; where it lies is moved, not written."""
FOLLOW = "follow"
"""With UP: what becomes of what lies under a row that is left out: it goes too, or comes one level up."""


# ---- deciding ----


@deed
def accept(row: ImportRow, *, seen: int | None = None, by: User, now: dt.datetime) -> Done:
    """Accept a row, with what it lies under where that is sure; what is odd at the row is seen thereby.

    Raises:
        PermissionDenied, Refused, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row = row_in(tree, row)
    if row.decision == Decision.ACCEPTED:
        return Done()
    return _accept(tree, as_seen(row, seen), by=by, now=now)


def _accept(
    tree: Tree, row: ImportRow, *, by: User, now: dt.datetime, kind: str = "import_row_accepted",
    settled: Iterable[int] = (),
) -> Done:  # fmt: skip
    odd, also = odd_rows(tree), []
    decide(row, Decision.ACCEPTED, by=by, now=now)
    for above in tree.above(row):
        if plainly_sure(above, odd):
            decide(above, Decision.ACCEPTED, by=by, now=now)
            also.append(above.pk)
        elif above.decision not in LIVE:
            decide(above, Decision.UNDECIDED, by=by, now=now)
            also.append(above.pk)
    done = write(tree, kind, by=by, first=row, settled=[*settled, *settle_at([row], by=by, now=now)])
    return done._replace(also=tuple(also))


@deed
def accept_sure(plan_import: PlanImport, under: ImportRow | None = None, *, by: User, now: dt.datetime) -> Done:
    """Accept every row that is plainly sure, or those at and under one row; what is odd or in doubt is left."""
    tree = hold(plan_import, by)
    rows = list(tree.below(None)) if under is None else [row_in(tree, under), *tree.below(row_in(tree, under))]
    odd = odd_rows(tree)
    for row in rows:
        if plainly_sure(row, odd):
            decide(row, Decision.ACCEPTED, by=by, now=now)
    return write(tree, "import_rows_accepted", by=by)


@deed
def drop(row: ImportRow, children: str = "", *, seen: int | None = None, by: User, now: dt.datetime) -> Done:
    """Leave a row out; `children` says what becomes of what lies under it: FOLLOW or UP.

    What was put together with a row that goes, goes with it.

    Raises:
        ChildrenAsked: something lies under it, and `children` does not say.
        PermissionDenied, Refused, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row = row_in(tree, row)
    if row.decision == Decision.DROPPED:
        return Done()
    as_seen(row, seen)
    going = [row]
    if under := tree.live_under(row):
        if children == FOLLOW:
            going += [each for each in tree.below(row) if each.decision in LIVE]
        elif children == UP:
            for child in under:
                tree.place(child, tree.rows.get(row.parent_id or 0))
        else:
            raise ChildrenAsked
    going += [other for each in list(going) for other in tree.put_into(each)]
    for each in going:
        decide(each, Decision.DROPPED, by=by, now=now)
    settled = settle_at(going, by=by, now=now)
    done = write(tree, "import_row_dropped", by=by, first=row, settled=settled)
    return done._replace(also=tuple(each.pk for each in going[1:]))


@deed
def restore(row: ImportRow, *, seen: int | None = None, by: User, now: dt.datetime) -> Done:
    """Take a decision back: the row is undecided, and what was odd at it is to be looked at again.

    With a row that was left out come those that went with it, and what it lies under. A row that was put together with
    another comes back as it was; what the other got of its text stays there, unless the whole press can be undone.

    Raises:
        PermissionDenied, Refused, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row = row_in(tree, row)
    if row.decision == Decision.UNDECIDED:
        return Done()
    as_seen(row, seen)
    back, when = [row], row.decided_at
    if row.decision == Decision.DROPPED:
        back += [each for each in tree.below(row) if each.decision == Decision.DROPPED and each.decided_at == when]
    if row.decision not in LIVE:
        back += [above for above in tree.above(row) if above.decision not in LIVE]
    odd = ImportAnomaly.objects.filter(row__in=[each.pk for each in back], settled_at=when)
    opened = list(odd.values_list("pk", flat=True))
    odd.update(settled_at=None, settled_by=None)
    for each in back:
        decide(each, Decision.UNDECIDED, by=by, now=now)
    done = write(tree, "import_row_restored", by=by, first=row, opened=opened)
    return done._replace(also=tuple(each.pk for each in back[1:]))


@deed
def settle(
    anomaly: ImportAnomaly, *, note: str = "", accept: bool = False, by: User, now: dt.datetime
) -> Done:  # fmt: skip
    """Note that something odd is seen; with a note, the row tells it to the plan's readers.

    If asked, a row that nothing more speaks against is accepted too.

    Raises:
        PermissionDenied, Refused: see `hold`.
    """
    tree = hold(anomaly.plan_import_id, by)
    held = ImportAnomaly.objects.filter(pk=anomaly.pk, plan_import=tree.found).first()
    if held is None:
        raise Refused(_("The row is no longer there."), code="gone")
    row = tree.rows.get(held.row_id or 0)
    if note and row is not None and note not in row.note:
        row.note = f"{row.note} {note}".strip()[:200]
    settled = []
    if held.settled_at is None:
        ImportAnomaly.objects.filter(pk=held.pk).update(settled_at=now, settled_by=by)
        settled = [held.pk]
    if accept and row is not None and plainly_sure(row, odd_rows(tree)):
        return _accept(tree, row, by=by, now=now, kind="import_oddity_seen", settled=settled)
    return write(tree, "import_oddity_seen", by=by, first=row, settled=settled)


# ---- changing ----


@deed
def change(
    row: ImportRow, facts: dict[str, Any], *, accept: bool = False, seen: int | None = None, by: User, now: dt.datetime
) -> Done:
    """Write a row's facts (`FACTS`), and accept it if asked. Where it stood and its own words stay.

    Raises:
        PermissionDenied, Refused, Overtaken: see `hold`, `as_seen`.
        ValidationError: without a title.
    """
    tree = hold(row.plan_import_id, by)
    row = row_in(tree, row)
    wanted = {name: facts[name] for name in FACTS if name in facts}
    is_as_wanted = all(getattr(row, name) == value for name, value in wanted.items())
    if not is_as_wanted:
        as_seen(row, seen)
    for name, value in wanted.items():
        setattr(row, name, value)
    if not row.title.strip():
        raise ValidationError({"title": _("Write a title.")})
    if accept and row.decision != Decision.ACCEPTED:
        return _accept(tree, row, by=by, now=now, kind="import_row_changed")
    return write(tree, "import_row_changed", by=by, first=row)


@deed
def add(
    plan_import: PlanImport, level: str, parent: ImportRow | None, facts: dict[str, Any], *,
    after: ImportRow | None = None, once: str = "", by: User, now: dt.datetime,
) -> Done:  # fmt: skip
    """Add a row that the document does not have, or that was not found; it is accepted, with what it lies under.

    `once` is the mark of one opened form: pressed twice, it is one row.

    Raises:
        PermissionDenied, Refused: see `hold`; or it does not lie under a row of that level.
        ValidationError: without a title.
    """
    tree = hold(plan_import, by)
    pressed = Event.objects.filter(
        kind="import_row_added", subject_type=SUBJECT, subject_id=tree.found.pk, actor_id=by.pk, facts__once=once
    )
    if once and (before := pressed.first()):
        return Done(0, (before.facts["made"],))
    above = row_in(tree, parent) if parent else None
    fits(level, above)
    wanted = {name: facts[name] for name in FACTS if name in facts}
    if not str(wanted.get("title", "")).strip():
        raise ValidationError({"title": _("Write a title.")})
    row = ImportRow(
        plan_import=tree.found, authority_id=tree.found.authority_id, origin=ImportRow.Origin.ADDED, level=level,
        parent_id=above.pk if above else None, position=len(tree.rows) + 1, decision=Decision.ACCEPTED, decided_at=now,
        decided_by=by, change=Change.NEW if tree.found.against_id else "", **wanted,
    )  # fmt: skip
    row.save()
    tree.versions[row.pk] = row.row_version
    tree.add(row, row_in(tree, after) if after else None)
    tree.settle_order()
    if row.position != len(tree.rows):
        ImportRow.objects.filter(pk=row.pk).update(position=row.position)
    odd = odd_rows(tree)
    for each in tree.above(row):
        if plainly_sure(each, odd):
            decide(each, Decision.ACCEPTED, by=by, now=now)
    version = ImportRow.objects.values_list("row_version", flat=True).get(pk=row.pk)
    done = write(tree, "import_row_added", by=by, first=row, made=row.pk, made_version=version, once=once)
    return done._replace(rows=(row.pk, *done.rows))
