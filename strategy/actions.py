"""What officers do with measures and with a plan's adoption: each deed atomic, locked, checked and recorded."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import outbox, permissions
from portal.models import CaseStep, Event, Membership, User
from strategy import adoption, parts, rules
from strategy.models import (
    ActionPart,
    Goal,
    Measure,
    MeasureEntry,
    MeasureParticipation,
    Plan,
    PlanCase,
    PlanParticipant,
    Strategy,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Case

PARTICIPATION, MEASURE, PLAN = "strategy.measureparticipation", "strategy.measure", "strategy.plan"
ADDED = "measure_added"


@transaction.atomic
def add_measure(
    plan: Plan, *, title: str, by: User, number: str = "", description: str = "", goal: Goal | None = None,
    strategy: Strategy | None = None, facts: dict[str, Any] | None = None, once: str = "",
) -> MeasureParticipation:  # fmt: skip
    """Add a measure last in the plan's action part in force, with the plan's owner responsible, and each member.

    A draft of the next part takes it over at once.
    `once` is the mark of one opened form: pressed twice, it gives the measure that the first press made.

    Raises:
        PermissionDenied: the user may not write in the plan's authority.
    """
    permissions.require(permissions.may_write(by, PARTICIPATION, plan.authority_id))
    Plan.objects.select_for_update().get(pk=plan.pk)
    pressed = Event.objects.filter(
        authority_id=plan.authority_id, kind=ADDED, subject_type=MEASURE, actor_id=by.pk, facts__once=once
    )
    if once and (before := pressed.first()):
        return MeasureParticipation.objects.get(measure_id=before.subject_id, authority_id=plan.authority_id)
    part = parts.part_in_force(plan) or ActionPart.objects.create(
        plan=plan, authority_id=plan.authority_id, period_start=plan.period_start, period_end=plan.period_end
    )
    last = part.entries.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(plan=plan, authority_id=plan.authority_id)
    entry = MeasureEntry.objects.create(
        plan=plan, authority_id=plan.authority_id, action_part=part, measure=measure, goal=goal, strategy=strategy,
        number=number, title=title, description=description, position=last + 1,
    )  # fmt: skip
    measure.current_entry = entry
    measure.save(update_fields=["current_entry"])
    if (draft := parts.draft_of(plan)) is not None:
        parts.top_up(draft)
    Event.objects.create(
        authority_id=plan.authority_id, kind=ADDED, subject_type=MEASURE, subject_id=measure.pk, actor_id=by.pk,
        facts={"once": once},
    )  # fmt: skip
    return give_parts(measure, facts)


def give_parts(measure: Measure, facts: dict[str, Any] | None = None) -> MeasureParticipation:
    """Make the owner's part in a new measure, with these facts, and each member's, without; return the owner's."""
    plan = measure.plan
    own = MeasureParticipation(plan=plan, authority_id=plan.authority_id, measure=measure, **(facts or {}))
    members = plan.participants.filter(role=PlanParticipant.Role.MEMBER).order_by("authority")
    others = [
        MeasureParticipation(plan=plan, authority_id=member, measure=measure)
        for member in members.values_list("authority", flat=True)
    ]
    MeasureParticipation.objects.bulk_create([own, *others])
    return own


@transaction.atomic
def change_many(chosen: dict[int, int], changes: dict[str, Any], *, by: User, on: dt.date) -> tuple[int, int]:
    """Make the same change in many participations; return how many were changed, and how many were left alone.

    `chosen` holds each row's id and the version its user saw: a row that a colleague has changed since is left alone.
    `changes` holds state, due_on, due_precision, unit, person; done and its date follow each other.

    Raises:
        PermissionDenied: one of them lies in an authority where the user may not write; nothing is changed.
    """
    rows = list(MeasureParticipation.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
    for owner in {row.authority_id for row in rows}:
        permissions.require(permissions.may_write(by, PARTICIPATION, owner))
    untouched = [row for row in rows if row.row_version == chosen[row.pk]]
    for row in untouched:
        for name, value in changes.items():
            setattr(row, name, value)
        keep_done_dated(row, on)
        row.save()
    for owner in sorted({row.authority_id for row in untouched}):
        Event.objects.create(
            authority_id=owner, kind="measures_changed", actor_id=by.pk,
            facts={"count": sum(row.authority_id == owner for row in untouched), "fields": sorted(changes)},
        )  # fmt: skip
    return len(untouched), len(rows) - len(untouched)


def keep_done_dated(row: MeasureParticipation, on: dt.date) -> None:
    """Date what became done, and take the date from what no longer is."""
    if row.state == rules.State.DONE:
        row.done_on = row.done_on or on
    else:
        row.done_on = None


@transaction.atomic
def remove_participation(row: MeasureParticipation, *, by: User) -> None:
    """Remove one authority's part; a measure nobody takes part in any longer goes with it if it is the user's own.

    A part that a colleague has just removed is done with already.
    """
    permissions.require(permissions.may_write(by, PARTICIPATION, row.authority_id))
    measure = Measure.objects.select_for_update().order_by("pk").filter(pk=row.measure_id).first()
    if measure is None:
        return
    row.delete()
    is_own = permissions.may_write(by, MEASURE, measure.authority_id)
    if is_own and not measure.participations.exists():
        Measure.objects.filter(pk=measure.pk).update(current_entry=None)
        measure.delete()


# ---- adoption: a plan is adopted by resolutions, never by hand ----


@transaction.atomic
def settle_adoption(case: Case, by: User) -> list[str]:
    """Adopt each plan whose adoption cases now have all their resolutions; return what was adopted, in words.

    Called in the transaction that registered an outcome. The plan is locked before the resolutions are read, so that
    two who register the last two at the same time do not both find the other's lacking. A date corrected in the
    protocol is corrected in the plan too.
    """
    links = PlanCase.objects.filter(case=case, purpose=PlanCase.Purpose.ADOPTION)
    plans = list(
        Plan.objects.select_for_update(of=("self",))
        .exclude(status=Plan.Status.ENDED)
        .filter(pk__in=links.values("plan"))
        .select_related("authority")
        .order_by("pk")
    )
    found = adoption.read([plan.pk for plan in plans])
    said = []
    for plan in plans:
        whole = found.get(plan.pk)
        if whole is None or not whole.is_adopted:
            continue
        if plan.status == Plan.Status.ADOPTED:
            _correct_day(plan, whole)
            continue
        _adopt(plan, whole, case, by)
        said.append(_("%(plan)s is now adopted.") % {"plan": plan})
    return said


def _correct_day(plan: Plan, whole: rules.Adoption) -> None:
    """Let an adopted plan, and the action part adopted with it, follow the day that the protocol now says."""
    if whole.adopted_on is None:
        return
    if plan.adopted_on != whole.adopted_on:
        Plan.objects.filter(pk=plan.pk).update(adopted_on=whole.adopted_on)
    _adopted_with(plan).exclude(adopted_on=whole.adopted_on).update(adopted_on=whole.adopted_on)


def _adopted_with(plan: Plan) -> QuerySet[ActionPart]:
    """Return the newest action part, if the plan's own adoption adopted it; earlier ones keep their resolutions.

    One that replaces another has a resolution of its own, and keeps it.
    """
    newest = plan.action_parts.filter(replaces=None).order_by("-period_start").values("pk")[:1]
    links = plan.case_links.filter(purpose=PlanCase.Purpose.ADOPTION)
    return ActionPart.objects.filter(pk__in=newest, adopted_in__case__in=links.values("case"))


def forget_adoption(plan: Plan) -> None:
    """Let the action part adopted with a plan that is set back lose its day and resolution."""
    _adopted_with(plan).update(adopted_in=None, adopted_on=None)


def _adopt(plan: Plan, whole: rules.Adoption, case: Case, by: User) -> None:
    """Mark the plan and its first action part as adopted, write the event and tell those who work with it."""
    plan.status, plan.adopted_on = Plan.Status.ADOPTED, whole.adopted_on
    plan.save(update_fields=["status", "adopted_on"])
    last = max(whole.required, key=lambda each: (each.facts.decided_on or dt.date.min, each.facts.key)).facts
    part = plan.action_parts.filter(replaces=None).order_by("-period_start").first()
    if part is not None and part.adopted_in_id is None and part.adopted_on is None:
        part.adopted_in_id, part.adopted_on = last.key, whole.adopted_on
        part.save(update_fields=["adopted_in", "adopted_on"])
    Event.objects.create(
        authority_id=plan.authority_id, case=case, kind="plan_adopted", subject_type=PLAN, subject_id=plan.pk,
        actor_id=by.pk, facts={"resolutions": len(whole.required), "verdict": whole.verdict.value},
    )  # fmt: skip
    for person in working_with(plan):
        with translation.override(person.language):
            title = _("%(plan)s is adopted") % {"plan": plan}
            link_text = _("See the plan")
        outbox.notify(
            user=person, kind="plan_adopted", subject=plan, title=title, link=plan.get_absolute_url(),
            link_text=link_text, template="plan_adopted", authority=plan.authority, occasion="adopted", plan=plan,
        )  # fmt: skip


def working_with(plan: Plan) -> list[User]:
    """Return the officers, secretaries and leaders, today, of all who take part in the plan."""
    today = timezone.localdate()
    roles = Membership.objects.filter(
        permissions.period_holds(today), role__in=[permissions.OFFICER, permissions.SECRETARY, permissions.LEADER],
        authority__in=plan.participants.values("authority"),
    )  # fmt: skip
    return list(User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by("pk"))


def refuse_to_undermine(step: CaseStep, *, is_removed: bool = False) -> None:
    """Refuse a change of a step that an adopted plan rests on, before PostgreSQL does.

    Raises:
        ValidationError: beside the outcome: a resolution would be taken away from an adopted plan, or one be lacking.
    """
    before = CaseStep.objects.filter(pk=step.pk).first() if step.pk else None
    cases = {step.case_id, before.case_id if before else step.case_id}
    links = PlanCase.objects.filter(purpose=PlanCase.Purpose.ADOPTION, case__in=cases, plan__status=Plan.Status.ADOPTED)
    for link in links.select_related("plan__authority"):
        others = CaseStep.objects.filter(case=link.case_id).exclude(pk=step.pk)
        now = [adoption.facts_of(each) for each in others]
        was = now + ([adoption.facts_of(before)] if before and before.case_id == link.case_id else [])
        will_be = now + ([adoption.facts_of(step)] if not is_removed and step.case_id == link.case_id else [])
        held, left = rules.adoption(was), rules.adoption(will_be)
        rests_on_it = step.pk in {each.facts.key for each in held.required}
        if left.is_adopted and not (rests_on_it and step.pk not in {each.facts.key for each in left.required}):
            continue
        text = _("%(plan)s is adopted, and this would take away a resolution that it rests on. If the resolution no "
                 "longer stands, set the plan back to “On hearing” first.")  # fmt: skip
        raise ValidationError({"outcome": ValidationError(text % {"plan": link.plan}, code="rests_on_it")})
