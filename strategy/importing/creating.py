"""From a proposal that is decided to a draft plan, in one deed; and back, as long as nobody has worked in the plan."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Count, ProtectedError, Q
from django.utils.translation import gettext as _

from strategy.importing import making, progress, sending
from strategy.importing.holding import lock
from strategy.importing.refusals import deed
from strategy.models import ImportRow, Measure, MeasureEntry, MeasureParticipation, Plan, PlanImport

if TYPE_CHECKING:
    from portal.models import User

Level, Decision, State = ImportRow.Level, ImportRow.Decision, PlanImport.State
FACTS = (
    "title", "slug", "period_start", "period_end", "mission", "vision", "values", "aim", "superior_plan", "goal_word",
    "strategy_word", "measure_word",
)  # fmt: skip
"""What the form of the new plan asks for; each is a column of Plan."""


class Made(NamedTuple):
    """How many of each the plan gets."""

    goals: int
    strategies: int
    measures: int


def will_make(plan_import: PlanImport) -> Made:
    """Return how many goals, strategies and measures are accepted so far; one query."""
    kept = plan_import.rows.filter(decision=Decision.ACCEPTED)
    found = kept.aggregate(**{level: Count("pk", filter=Q(level=level)) for level in Level.values})
    return Made(found[Level.GOAL], found[Level.STRATEGY], found[Level.MEASURE])


def is_comparison(plan_import: PlanImport) -> bool:
    """Say whether the document was compared with a plan, though that plan may be gone."""
    return plan_import.against_id is not None or plan_import.rows.exclude(change="").exists()


@deed
def create(plan_import: PlanImport, facts: dict[str, Any], *, by: User, now: dt.datetime) -> Plan:
    """Make a draft plan of what was accepted; pressed twice, it is one plan.

    Raises:
        PermissionDenied: the user may not make plans for the authority.
        ValidationError: something is not decided, the address is taken, or the facts do not hold together.
    """
    found = lock(plan_import, by)
    if found.state == State.APPLIED and found.plan is not None:
        return found.plan
    if found.state != State.READY or is_comparison(found):
        raise ValidationError(_("The document no longer waits to become a plan. See how it stands."))
    if not progress.counts(found).is_done:
        raise ValidationError(_("Go through the rest of the document first."))
    if not any(will_make(found)):
        text = _("You have left out every row. Take at least one of them with you first.")
        raise ValidationError(text, code="nothing")
    source = _("%(name)s, read %(day)s") % {"name": found.filename, "day": f"{now:%d.%m.%Y}"}
    words = {name: facts[name] for name in FACTS if facts.get(name) not in (None, "")}
    plan = Plan(authority_id=found.authority_id, status=Plan.Status.DRAFT, source=source[:200], **words)
    plan.full_clean()
    plan.save()
    found.state, found.plan, found.ended_at, found.ended_by = State.APPLIED, plan, now, by
    found.save(update_fields=["state", "plan", "ended_at", "ended_by"])
    made = _fill(plan, found)
    sending.note(found, "plan_made_from_document", by, at=now, plan=plan.pk, **made._asdict())
    return plan


def _fill(plan: Plan, plan_import: PlanImport) -> Made:
    """Make all that was accepted, and let each row know what it became."""
    rows = making.accepted(plan_import)
    of = {level: [row for row in rows if row.level == level] for level in Level.values}
    goals = making.make_goals(plan, of[Level.GOAL])
    strategies = making.make_strategies(plan, of[Level.STRATEGY], goals)
    measures = making.make_measures(plan, of[Level.MEASURE], goals, strategies)
    for row in rows:
        row.goal, row.strategy, row.measure = goals.get(row.pk), strategies.get(row.pk), measures.get(row.pk)
    ImportRow.objects.bulk_update(rows, ["goal", "strategy", "measure"], batch_size=500)
    return Made(len(goals), len(strategies), len(measures))


# ---- back again ----


def is_untouched(plan: Plan) -> bool:
    """Say whether nobody has worked in the plan since it was made of its document, so that making it can be undone."""
    if plan.status != Plan.Status.DRAFT or plan.row_version:
        return False
    changed = Q(row_version__gt=0)
    return not (
        plan.goals.filter(changed).exists()
        or plan.strategies.filter(changed).exists()
        or MeasureEntry.objects.filter(changed, plan=plan).exists()
        or MeasureParticipation.objects.filter(changed, plan=plan).exists()
        or plan.action_parts.count() > 1
        or plan.case_links.exists()
        or Measure.objects.filter(plan=plan, import_rows=None).exists()
    )


@deed
def undo(plan_import: PlanImport, *, by: User, now: dt.datetime) -> PlanImport:
    """Remove the plan that was made, and take up the proposal again; undone twice, it is undone once.

    Raises:
        PermissionDenied: the user may not make plans for the authority.
        ValidationError: someone has worked in the plan, or it was no new plan.
    """
    found = lock(plan_import, by)
    if found.state == State.READY:
        return found
    plan = Plan.objects.select_for_update(of=("self",)).filter(pk=found.plan_id).first()
    if found.state != State.APPLIED or found.against_id is not None or plan is None:
        raise ValidationError(_("There is no new plan to take back."))
    worked_in = _("Someone has worked in the plan. Delete it in the case pages if it is not to be used.")
    if not is_untouched(plan):
        raise ValidationError(worked_in)
    try:
        _remove(plan)
    except ProtectedError as error:
        raise ValidationError(worked_in) from error
    found.refresh_from_db()
    found.state, found.ended_at, found.ended_by = State.READY, None, None
    found.save(update_fields=["state", "ended_at", "ended_by"])
    sending.note(found, "plan_from_document_undone", by, at=now)
    return found


def _remove(plan: Plan) -> None:
    """Delete a plan with all that was made in it, children first."""
    measures = Measure.objects.filter(plan=plan)
    measures.update(current_entry=None)
    measures.delete()
    plan.strategies.all().delete()
    plan.goals.all().delete()
    plan.action_parts.all().delete()
    plan.delete()
