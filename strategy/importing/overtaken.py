"""What became of the plan while a document was compared with it: nothing newer than a decision is overwritten by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from strategy.importing import comparing
from strategy.importing.duties import Duties
from strategy.models import Goal, ImportRow, MeasureEntry, MeasureParticipation, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strategy.importing.comparing import Thing
    from strategy.models import Plan, PlanImport

Change, Decision = ImportRow.Change, ImportRow.Decision
SHOWN = 5
WORDS: dict[type, tuple[str, ...]] = {
    Goal: ("number", "title", "description"),
    Strategy: ("number", "title", "description", "note", "goal_id"),
    MeasureEntry: ("number", "title", "description", "goal_id", "strategy_id"),
    MeasureParticipation: ("due_on", "due_precision", "unit_id", "note"),
}
"""What a decision about a thing of the plan was made by; its place among others is not."""


def stops(plan_import: PlanImport, plan: Plan) -> list[str]:
    """Return, in words, which accepted rows the plan has been changed under since; a few queries."""
    rows = {
        row.pk: row for row in plan_import.rows.filter(decision=Decision.ACCEPTED).defer("text").order_by("position")
    }
    theirs, duties = comparing.by_row(plan), Duties(plan)
    lost: list[ImportRow] = []
    changed: list[tuple[ImportRow, Thing | MeasureParticipation]] = []
    for row in rows.values():
        if needs_parent(row, rows):
            lost.append(rows[row.parent_id or 0])
        if row.change not in (Change.CHANGED, Change.GONE):
            continue
        thing = theirs.get(comparing.linked(row))
        if thing is not None:
            changed.append((row, thing))
            part = duties.part_of(row)
            if part is not None and row.change == Change.CHANGED and duties.takes(row) and duties.differing(row):
                changed.append((row, part))
        elif row.change == Change.CHANGED:
            lost.append(row)
    rewritten = changed_since(changed)
    found = []
    if lost:
        text = _("The plan no longer has this: %(which)s. Leave it out, and move what lies under it.")
        found.append(text % {"which": listed(lost)})
    if rewritten:
        text = _(
            "Someone has changed this in the plan after you decided: %(which)s. Take the decision back, see what the "
            "plan says now, and decide again."
        )
        found.append(text % {"which": listed(rewritten)})
    return found


def needs_parent(row: ImportRow, rows: dict[int, ImportRow]) -> bool:
    """Say whether a row is to be laid under something that the plan had and has no more."""
    above = rows.get(row.parent_id or 0)
    if above is None or row.change not in (Change.NEW, Change.CHANGED):
        return False
    return above.change in (Change.SAME, Change.CHANGED) and not (above.goal_id or above.strategy_id)


def changed_since(pairs: Iterable[tuple[ImportRow, Thing | MeasureParticipation]]) -> list[ImportRow]:
    """Return the rows whose things say something else now than when the row was decided; one query for each kind."""
    by_kind: dict[type, list[tuple[ImportRow, Thing | MeasureParticipation]]] = {}
    for row, thing in pairs:
        by_kind.setdefault(type(thing), []).append((row, thing))
    found = []
    for kind, some in by_kind.items():
        names = WORDS[kind]
        history: dict[int, list[tuple[Any, ...]]] = {}
        events: Any = kind.pgh_event_model  # type: ignore[attr-defined]
        kept = events.objects.filter(pgh_obj_id__in=[thing.pk for _row, thing in some]).order_by("pgh_id")
        for key, at, *words in kept.values_list("pgh_obj_id", "pgh_created_at", *names):
            history.setdefault(key, []).append((at, words))
        for row, thing in some:
            said = history.get(thing.pk, [])
            before = [words for at, words in said if row.decided_at and at <= row.decided_at]
            was = before[-1] if before else said[0][1] if said else None
            if was is not None and was != [getattr(thing, name) for name in names]:
                found.append(row)
    return sorted(found, key=lambda row: row.position)


def listed(rows: list[ImportRow]) -> str:
    """Return the rows by name, each once, the first of them."""
    names = list(dict.fromkeys(str(row) for row in rows))
    return "; ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
