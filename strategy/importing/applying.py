"""Takes what an officer accepted of a document into the plan it was compared with. Nothing is overwritten in silence.

A plan that is not adopted takes it itself. Of an adopted one only the measures are taken, into its next action part
while that is drafted: the words in force are a resolution's. What the plan says of itself is taken fact by fact, as an
officer chose.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Count, ProtectedError, Q
from django.utils.translation import gettext as _

from strategy import parts, rolling
from strategy.importing import comparing, making, overtaken, plan_facts, progress, sending, staying
from strategy.importing.duties import OPEN, Duties
from strategy.importing.holding import lock
from strategy.importing.refusals import deed
from strategy.models import ActionPart, Goal, ImportRow, Measure, MeasureEntry, Plan, PlanImport, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import User

Level, Decision, Change = ImportRow.Level, ImportRow.Decision, ImportRow.Change


class Target(NamedTuple):
    """Where a plan takes changes: in itself, in the draft of its next action part, or nowhere."""

    is_open: bool
    draft: ActionPart | None

    @property
    def takes(self) -> bool:
        return self.is_open or self.draft is not None


def target_of(plan: Plan) -> Target:
    """Return where the plan takes what a document changes."""
    if plan.status in OPEN:
        return Target(True, None)
    return Target(False, parts.draft_of(plan) if plan.status == Plan.Status.ADOPTED else None)


def counts(plan_import: PlanImport) -> dict[str, int]:
    """Return how many accepted rows are new, changed and gone; one query."""
    kept = plan_import.rows.filter(decision=Decision.ACCEPTED)
    return kept.aggregate(
        **{change: Count("pk", filter=Q(change=change)) for change in (Change.NEW, Change.CHANGED, Change.GONE)}
    )


def cannot(plan_import: PlanImport) -> list[str]:
    """Return, in words, what of the accepted rows the plan cannot take as it stands; a few queries."""
    plan = plan_import.against
    if plan is None:
        return [_("The plan is no longer here. Put the document away, and send it again to make a new plan of it.")]
    where = target_of(plan)
    if where.is_open:
        return overtaken.stops(plan_import, plan)
    if where.draft is None:
        return [
            _("The plan is adopted. Draft its next action part first; the changes are then taken into the draft.")
            if plan.status == Plan.Status.ADOPTED
            else _("The plan has ended, and takes no changes.")
        ]
    decided = plan_import.rows.filter(decision=Decision.ACCEPTED).exclude(change=Change.SAME)
    fixed = decided.exclude(level=Level.MEASURE).count()
    found = []
    if fixed:
        found.append(
            _("Goals and strategies of an adopted plan stand until the plan itself is adopted anew. Keep the plan’s "
              "words for the %(count)d changes of them.") % {"count": fixed}
        )  # fmt: skip
    if stop := staying.of(plan_import, plan).stop:
        found.append(stop)
    return found + overtaken.stops(plan_import, plan)


@deed
def apply(plan_import: PlanImport, facts: Iterable[str] = (), *, by: User, now: dt.datetime) -> Plan:
    """Take what was accepted into the plan, and what was chosen of its own facts; pressed twice, it is taken once.

    `facts` are the marks of those that were chosen (`plan_facts`).

    Raises:
        PermissionDenied: the user may not make plans for the authority.
        ValidationError: something is not decided, or the plan cannot take it.
    """
    found = lock(plan_import, by)
    if found.state == PlanImport.State.APPLIED and found.plan is not None:
        return found.plan
    plan = Plan.objects.select_for_update(of=("self",)).filter(pk=found.against_id).first()
    if found.state != PlanImport.State.READY or plan is None:
        raise ValidationError(_("The document no longer waits to be compared. See how it stands."))
    found.against, duties = plan, Duties(plan, locked=True)
    if not progress.counts(found).is_done:
        raise ValidationError(_("Go through the rest of the document first."))
    if stops := cannot(found):
        raise ValidationError(stops)
    found.state, found.plan, found.ended_at, found.ended_by = PlanImport.State.APPLIED, plan, now, by
    found.save(update_fields=["state", "plan", "ended_at", "ended_by"])
    named = plan_facts.take(found, plan, facts)
    rows = [row for row in making.accepted(found) if row.change != Change.SAME]
    draft = target_of(plan).draft
    try:
        if draft is not None:
            _into_draft(plan, draft, rows, found, by)
        else:
            _into_plan(plan, rows, found)
        given = sum(duties.take(row) for row in rows if row.change == Change.CHANGED)
    except ProtectedError as error:
        text = _("Something that is gone from the document has reports, money or questions in the plan. Keep it there.")
        raise ValidationError(text) from error
    sending.note(
        found, "plan_changed_from_document", by, at=now, plan=plan.pk, duties=given, facts=named, **counts(found)
    )
    return plan


# ---- into the plan itself ----


def _into_plan(plan: Plan, rows: list[ImportRow], found: PlanImport) -> None:
    """Make what is new, change what is changed, remove what is gone; the plan then has the document's order."""
    of = {
        (change, level): [row for row in rows if row.change == change and row.level == level]
        for change in Change.values
        for level in Level.values
    }
    goals = {row.pk: row.goal for row in found.rows.exclude(goal=None).select_related("goal")}
    goals |= making.make_goals(plan, of[Change.NEW, Level.GOAL])
    strategies = {row.pk: row.strategy for row in found.rows.exclude(strategy=None).select_related("strategy")}
    strategies |= making.make_strategies(plan, of[Change.NEW, Level.STRATEGY], goals)
    for row in of[Change.CHANGED, Level.GOAL]:
        _reword(goals[row.pk], row)
        if row.sdg_focus or row.sdg_contributes:  # a document that names none takes none away
            making.give_un_goals(goals[row.pk], row)
    for row in of[Change.CHANGED, Level.STRATEGY]:
        strategies[row.pk].goal = goals.get(row.parent_id)
        _reword(strategies[row.pk], row)
    for row in of[Change.CHANGED, Level.MEASURE]:
        entry = MeasureEntry.objects.get(pk=row.measure.current_entry_id)
        entry.goal, entry.strategy = goals.get(row.parent_id), strategies.get(row.parent_id)
        _reword(entry, row)
    measures = making.make_measures(plan, of[Change.NEW, Level.MEASURE], goals, strategies)
    for row in rows:
        if row.change == Change.NEW:
            row.goal, row.strategy, row.measure = goals.get(row.pk), strategies.get(row.pk), measures.get(row.pk)
    ImportRow.objects.bulk_update(rows, ["goal", "strategy", "measure"], batch_size=500)
    _remove_gone(of)
    _put_in_order(plan, found)


def _reword(thing: Goal | Strategy | MeasureEntry, row: ImportRow) -> Goal | Strategy | MeasureEntry:
    """Give something of the plan the document's number and words."""
    thing.number, thing.title, thing.description = row.number, row.title, row.description
    if isinstance(thing, Strategy) and row.note:
        thing.note = row.note
    thing.save()
    return thing


def _remove_gone(of: dict[tuple[str, str], list[ImportRow]]) -> None:
    """Remove what is gone, children first."""
    gone = Measure.objects.filter(pk__in=[row.measure_id for row in of[Change.GONE, Level.MEASURE]])
    worked_with = gone.filter(
        Q(participations__reports__isnull=False)
        | Q(participations__funding__isnull=False)
        | Q(participations__milestones__isnull=False)
    ).distinct()
    if held := [str(measure) for measure in worked_with.select_related("current_entry__strategy")]:
        text = _("These have reports, money or milestones in the plan. Keep them there: %(which)s.")
        raise ValidationError(text % {"which": "; ".join(held)})
    gone.update(current_entry=None)
    gone.delete()
    Strategy.objects.filter(pk__in=[row.strategy_id for row in of[Change.GONE, Level.STRATEGY]]).delete()
    Goal.objects.filter(pk__in=[row.goal_id for row in of[Change.GONE, Level.GOAL]]).delete()


def _put_in_order(plan: Plan, found: PlanImport) -> None:
    """Give goals, strategies and measures the document's order; what only the plan has comes after."""
    rows = list(found.rows.order_by("position"))
    part = parts.part_in_force(plan)
    for things, place in (
        (plan.goals.all(), {row.goal_id: row.position for row in rows}),
        (plan.strategies.all(), {row.strategy_id: row.position for row in rows}),
        (part.entries.all() if part else MeasureEntry.objects.none(), {row.measure_id: row.position for row in rows}),
    ):
        last = len(rows) + 1
        order = sorted(things, key=lambda one: (place.get(comparing.key_of(one), last), one.position))
        for number, thing in enumerate(order, 1):
            thing.position = number
        things.model._default_manager.bulk_update(order, ["position"], batch_size=500)


# ---- into the draft of the next action part ----


def _into_draft(plan: Plan, draft: ActionPart, rows: list[ImportRow], found: PlanImport, by: User) -> None:
    """Change, add and drop measures in the draft; a dropped one says that the document does not have it."""
    parents = {row.pk: row for row in found.rows.exclude(level=Level.MEASURE)}
    entries = {entry.measure_id: entry for entry in draft.entries.select_related("strategy")}
    units = making.units_by_name(plan.authority_id)
    edits = {}
    for row in rows:
        entry = entries.get(row.measure_id)
        if row.change == Change.NEW:
            wording = _wording(row, Change.NEW, parents)
            row.measure = rolling.add_new(draft, wording=wording, by=by, facts=making.facts_of(row, units)).measure
        elif entry is not None and row.change == Change.GONE:
            if not rolling.remove_new(draft, entry.pk, by=by):
                now = rolling.Wording.of(entry)
                reason = _("Not in %(name)s.") % {"name": found.filename}
                edits[entry.pk] = _edit(entry, now._replace(change=MeasureEntry.Change.DROPPED, reason=reason))
        elif entry is not None:
            edits[entry.pk] = _edit(entry, _wording(row, entry.change, parents))
    rolling.save(draft, edits, by=by)
    ImportRow.objects.bulk_update([row for row in rows if row.change == Change.NEW], ["measure"], batch_size=500)


def _wording(row: ImportRow, change: str, parents: dict[int, ImportRow]) -> rolling.Wording:
    above = parents.get(row.parent_id or 0)
    parent = (
        f"s{above.strategy_id}"
        if above and above.strategy_id
        else f"g{above.goal_id}"
        if above and above.goal_id
        else ""
    )
    return rolling.Wording(change, "", row.number, row.title, rolling.plain(row.description), parent)


def _edit(entry: MeasureEntry, wording: rolling.Wording) -> rolling.Edit:
    return rolling.Edit(wording, entry.position, rolling.mark_of(rolling.Wording.of(entry), entry.position))
