"""Moves a row of a proposal, puts two rows together, and keeps the plan's own words where a document has others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from strategy.importing import comparing
from strategy.importing.duties import Duties
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
from strategy.importing.proposal import LONGEST_TEXT, LONGEST_TITLE
from strategy.importing.refusals import LEVELS, Refused, deed
from strategy.importing.tree import LIVE, may_lie_under
from strategy.models import ImportRow

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User
    from strategy.importing.tree import Tree
    from strategy.models import PlanImport

Decision, Change = ImportRow.Decision, ImportRow.Change
UP = "up"
MINE, THEIRS, BOTH = "mine", "theirs", "both"
"""Whose title two rows that are put together get: hers that goes, hers that stays, or both on a line."""
LONGEST_FACT = 200


@deed
def move(
    row: ImportRow, parent: ImportRow | None, level: str, before: ImportRow | None = None, *, children: str = "",
    seen: int | None = None, by: User, now: dt.datetime,
) -> Done:  # fmt: skip
    """Lay a row under another (None: directly under the plan), on a level, before a sibling or where the print has it.

    What lies under it comes along. What cannot lie under its new level comes up beside it, when `children` is UP.

    Raises:
        ChildrenAsked: something under it must come up, and `children` does not say so.
        Refused: it cannot lie there, or what lies under it cannot; see `hold`.
        PermissionDenied, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row = row_in(tree, row)
    above = row_in(tree, parent) if parent else None
    sibling = row_in(tree, before) if before else None
    if (row.level, row.parent_id) == (level, above.pk if above else None) and sibling is None:
        return Done()
    as_seen(row, seen)
    if above is not None and (above.pk == row.pk or row in tree.above(above)):
        raise Refused(_("A row does not lie under itself."), code="cycle")
    if row.decision in LIVE:
        fits(level, above)
    elif not may_lie_under(level, above.level if above else None):
        raise Refused(LEVELS, code="level")
    misfits = [child for child in tree.under(row) if not may_lie_under(child.level, level)]
    if misfits and children != UP:
        raise ChildrenAsked
    if any(not may_lie_under(child.level, above.level if above else None) for child in misfits):
        raise Refused(_("What lies under the row cannot lie there. Move that first."), code="misfits")
    if row.level != level and row.change and row.change != Change.NEW:
        raise Refused(_("The plan has this on another level. Leave the row out and add a new one."), code="linked")
    row.level = level
    tree.place(row, above, sibling)
    for child in misfits:
        tree.place(child, above)
    return write(tree, "import_row_moved", by=by, first=row)


@deed
def step(row: ImportRow, by_places: int, *, seen: int | None = None, by: User, now: dt.datetime) -> Done:
    """Move a row one place up (-1) or down (1) among those it lies beside; at the end nothing is done.

    Raises:
        PermissionDenied, Refused, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row = as_seen(row_in(tree, row), seen)
    line = tree.siblings(row)
    place = line.index(row) + by_places
    if not 0 <= place < len(line):
        return Done()
    line.remove(row)
    above = tree.rows.get(row.parent_id or 0)
    follows = line[place] if place < len(line) else None
    tree.place(row, above, follows)
    if follows is None:
        tree.last(row)
    return write(tree, "import_row_moved", by=by, first=row)


@deed
def merge(
    row: ImportRow, into: ImportRow, *, title: str = THEIRS, seen: int | None = None, by: User, now: dt.datetime
) -> Done:
    """Put a row into another: its text goes there, and what lies under it comes along.

    Raises:
        Refused: the other is left out, lies under it, or is of a level that cannot hold what comes along; see `hold`.
        PermissionDenied, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row, into = row_in(tree, row), row_in(tree, into)
    if row.decision == Decision.MERGED and row.merged_into_id == into.pk:
        return Done()
    as_seen(row, seen)
    _may_be_put_together(tree, row, into)
    for child in tree.under(row):
        tree.place(child, into)
    for other in tree.put_into(row):
        other.merged_into_id = into.pk
    _join(row, into, title)
    decide(row, Decision.MERGED, by=by, now=now, into=into)
    return write(tree, "import_row_merged", by=by, first=row, settled=settle_at([row], by=by, now=now))


def _may_be_put_together(tree: Tree, row: ImportRow, into: ImportRow) -> None:
    if into.pk == row.pk:
        raise Refused(_("Choose another row to put it together with."), code="itself")
    if Change.GONE in (row.change, into.change):
        raise Refused(_("What only the plan has is kept or taken out. It is not put together."), code="gone")
    if into.decision not in LIVE:
        raise Refused(_("The other row is left out. Take that up again first."), code="left out")
    if row in tree.above(into):
        raise Refused(_("The other row lies under this one. Move it first."), code="below")
    if any(not may_lie_under(child.level, into.level) for child in tree.under(row)):
        raise Refused(_("What lies under the row cannot lie there. Move that first."), code="misfits")


def _join(row: ImportRow, into: ImportRow, title: str) -> None:
    """Give the other row the words of this one, and what it knows that the other does not."""
    first, second = sorted((row, into), key=lambda one: one.position)
    both = f"{first.title} {second.title}"
    said = [into.description]
    if title == BOTH and len(both) <= LONGEST_TITLE:
        into.title = both
    elif title == MINE:
        said.append(into.title)
        into.title = row.title
    else:
        said.append(row.title)
    said.append(row.description)
    into.description = "\n".join(part for part in said if part.strip())[:LONGEST_TEXT]
    if not into.number:
        into.number = row.number
    for name in ("responsible", "note"):  # each is a line of the document, and none is lost
        both = dict.fromkeys(part for one in (first, second) if (part := getattr(one, name).strip()))
        setattr(into, name, ", ".join(both)[:LONGEST_FACT])
    if into.due_on is None:
        into.due_on, into.due_precision = row.due_on, row.due_precision
    if into.cost_nok is None:
        into.cost_nok = row.cost_nok
    if into.level == ImportRow.Level.GOAL:
        into.sdg_focus = sorted({*into.sdg_focus, *row.sdg_focus})
        into.sdg_contributes = sorted({*into.sdg_contributes, *row.sdg_contributes})


# ---- against a plan ----


@deed
def keep(row: ImportRow, *, seen: int | None = None, by: User, now: dt.datetime) -> Done:
    """Keep what the plan says where the document says something else: the row is as before, and is accepted.

    Raises:
        PermissionDenied, Refused, Overtaken: see `hold`, `as_seen`.
    """
    tree = hold(row.plan_import_id, by)
    row = row_in(tree, row)
    if row.change == Change.SAME and row.decision == Decision.ACCEPTED:
        return Done()
    as_seen(row, seen)
    plan = tree.found.against
    other = comparing.by_row(plan).get(comparing.linked(row)) if plan else None
    if row.change != Change.CHANGED or other is None or plan is None:
        raise Refused(_("The plan has no words of its own for this row."), code="no plan")
    _as_the_plan_says(row, other, Duties(plan))
    decide(row, Decision.ACCEPTED, by=by, now=now)
    return write(tree, "import_row_kept", by=by, first=row, settled=settle_at([row], by=by, now=now))


@deed
def decide_changed(plan_import: PlanImport, *, takes: bool, by: User, now: dt.datetime) -> Done:
    """Take in every change that nobody has decided, or keep the plan's words in all; what is odd is left.

    A due date, a responsible or a cost is taken in row by row: such a row is not among those taken together.

    Raises:
        PermissionDenied, Refused: see `hold`.
    """
    tree = hold(plan_import, by)
    if tree.found.against is None:
        raise Refused(_("The plan it was compared with is no longer here."), code="no plan")
    odd, theirs, duties = odd_rows(tree), comparing.by_row(tree.found.against), Duties(tree.found.against)
    for row in tree.rows.values():
        other = theirs.get(comparing.linked(row))
        if row.change != Change.CHANGED or row.decision != Decision.UNDECIDED or row.pk in odd or other is None:
            continue
        if takes and duties.differing(row):
            continue
        if not takes:
            _as_the_plan_says(row, other, duties)
        decide(row, Decision.ACCEPTED, by=by, now=now)
    return write(tree, "import_rows_accepted", by=by)


def _as_the_plan_says(row: ImportRow, other: comparing.Thing, duties: Duties) -> None:
    row.number, row.title, row.description = other.number, other.title, other.description
    duties.keep(row)
    row.change = Change.SAME
