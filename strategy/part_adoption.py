"""Putting the next action part in force: as a whole, by a resolution, and what happens when the resolution changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from portal import outbox
from portal.models import CaseStep, Event
from strategy import actions, adoption, parts, rolling, rules
from strategy.models import ActionPart, Measure, MeasureEntry, Plan, PlanCase

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Case, User


def steps_that_adopt(plan: Plan) -> list[CaseStep]:
    """Return the resolutions that may adopt the plan's next action part, the newest first; three queries.

    They lie in a case of the plan that has all the resolutions its last stage requires, are dated, and have adopted no
    other part. The plan's own adoption case adopted the plan with its first part.
    """
    links = plan.case_links.exclude(purpose__in=[PlanCase.Purpose.ADOPTION, PlanCase.Purpose.START_UP])
    steps = CaseStep.objects.filter(case__in=links.values("case")).select_related("case", "body__authority")
    by_case: dict[int, list[CaseStep]] = {}
    for step in steps.order_by("case", "pk"):
        by_case.setdefault(step.case_id, []).append(step)
    used = set(plan.action_parts.exclude(adopted_in=None).values_list("adopted_in", flat=True))
    found = []
    for own in by_case.values():
        whole = rules.adoption(map(adoption.facts_of, own))
        keys = {each.facts.key for each in whole.required} if whole.is_adopted else set()
        found += [step for step in own if step.pk in keys - used and step.decided_on]
    return sorted(found, key=lambda step: (step.decided_on, step.pk), reverse=True)


@transaction.atomic
def adopt_part(draft: ActionPart, *, step: CaseStep, by: User, at: dt.datetime) -> ActionPart:
    """Put the draft in force, every measure at once, as the resolution says; tell those who work with the plan.

    Pressed twice it is adopted once. What the draft drops keeps its parts and reports, and leaves the plan's pages.

    Raises:
        PermissionDenied: the user may not write in the plan's authority.
        ValidationError: the plan is not adopted, or the resolution is none that adopts an action part of it.
    """
    try:
        draft = rolling.lock(draft, by)
    except ValidationError:
        if ActionPart.objects.filter(pk=draft.pk, adopted_in=step, adopted_on__isnull=False).exists():
            return draft  # a colleague pressed at the same moment
        raise
    plan = draft.plan
    if plan.status != Plan.Status.ADOPTED:
        raise ValidationError(_("The plan is not adopted. Adopt the plan first."))
    if step.pk not in {each.pk for each in steps_that_adopt(plan)}:
        raise ValidationError(_("This resolution does not adopt the action part. Choose another."))
    parts.top_up(draft)
    draft.adopted_in, draft.adopted_on = step, step.decided_on
    draft.save(update_fields=["adopted_in", "adopted_on"])
    wording = MeasureEntry.objects.filter(action_part=draft, measure=OuterRef("pk")).values("pk")[:1]
    counted = Measure.objects.filter(entries__action_part=draft).order_by("pk").update(current_entry=Subquery(wording))
    Event.objects.create(
        authority_id=plan.authority_id, case_id=step.case_id, kind="action_part_adopted", subject_type=rolling.PART,
        subject_id=draft.pk, actor_id=by.pk, facts={"years": str(draft), "measures": counted},
    )  # fmt: skip
    for person in actions.working_with(plan):
        outbox.notify(
            user=person, kind="plan_adopted", subject=plan, on_date=at.date(), link=plan.get_absolute_url(),
            title=lambda: _("%(plan)s has a new action part") % {"plan": plan}, link_text=_("See the plan"),
            template="action_part_adopted", authority=plan.authority, occasion=f"part {draft.pk}", plan=plan,
            part=draft,
        )  # fmt: skip
    return draft


# ---- when resolutions are registered, corrected or taken away ----


def settle(case: Case, by: User) -> list[str]:
    """Correct the day of action parts that this case adopted, and say where a draft now may be put in force.

    It is not done by itself: the case may be about more than the action part, and a council that adopts with changes
    wants them written into the draft first.
    """
    corrected = ActionPart.objects.filter(replaces__isnull=False, adopted_in__case=case, adopted_on__isnull=False)
    corrected.filter(adopted_in__decided_on__isnull=False).exclude(adopted_on=F("adopted_in__decided_on")).update(
        adopted_on=Subquery(CaseStep.objects.filter(pk=OuterRef("adopted_in")).values("decided_on")[:1])
    )
    said = []
    revised = Plan.objects.filter(case_links__case=case, case_links__purpose=PlanCase.Purpose.REVISION)
    for plan in revised.select_related("authority").order_by("pk"):
        draft = parts.draft_of(plan)
        if draft is not None and any(step.case_id == case.pk for step in steps_that_adopt(plan)):
            text = _("The action part %(years)s of %(plan)s may now be put in force: open it from the plan’s page.")
            said.append(text % {"years": draft, "plan": plan})
    return said


def refuse_to_undermine(step: CaseStep, *, is_removed: bool = False) -> None:
    """Refuse a change of the step that adopted an action part, before PostgreSQL does.

    Raises:
        ValidationError: beside the outcome: the wording in force would rest on no resolution.
    """
    adopted = ActionPart.objects.filter(adopted_in=step.pk, replaces__isnull=False) if step.pk else None
    part = adopted.select_related("plan").first() if adopted is not None else None
    if part is None:
        return
    still_carries = step.activity == CaseStep.Activity.DECISION and step.outcome in rules.CARRIES
    if not is_removed and still_carries:
        return
    text = _("The action part %(years)s of %(plan)s is adopted by this resolution, which therefore stays.")
    raise ValidationError({"outcome": ValidationError(text % {"years": part, "plan": part.plan}, code="rests_on_it")})
