"""Deeds with the way of a case: lay a template out as steps, take it back, keep a case's way as a template."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import case_path, permissions, wiring
from portal.calendar import Precision
from portal.models import Authority, Body, Case, CaseStep, Event, PathTemplate, PathTemplateStep, RegionMembership
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR, NorwegianKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.models import User

STEP, TEMPLATE, CASE = "portal.casestep", "portal.pathtemplate", "portal.case"
APPLIED, TAKEN_BACK = "path_applied", "path_taken_back"
EXACT = frozenset({Precision.DAY.value, Precision.MONTH.value})
"""Precisions that say which month it is."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step that a template will make: the body that was found, or who acts in words."""

    stage: int
    activity: str
    description: str
    body: Body | None
    actor: str
    starts_on: dt.date | None
    ends_on: dt.date | None

    def who(self, case: Case) -> str:
        """Return who treats the step in words, with the municipality where the body is a member's."""
        if self.body is None:
            return self.actor
        own = self.body.authority_id == case.authority_id
        return case_path.who_treats(self.body.name, self.body.authority.name, "", is_own=own)

    def as_step(self, case: Case, position: int) -> CaseStep:
        return CaseStep(
            case=case, authority_id=case.authority_id, stage=self.stage, position=position, activity=self.activity,
            description=self.description, body=self.body, actor=self.actor, starts_on=self.starts_on,
            ends_on=self.ends_on, precision=Precision.MONTH if self.starts_on or self.ends_on else Precision.DAY,
        )  # fmt: skip


def planned(template: PathTemplate, case: Case, start: dt.date | None) -> list[PlannedStep]:
    """Return the steps a template makes of a case, after those it has; without a start month none is dated.

    A body is found by its kind in the case's own authority, and only where there is one of that kind: to choose among
    several would be a guess. For a region, «each member» is every municipality that is a member today.

    Raises:
        ValidationError: a date would fall outside any sane range.
    """
    bodies = _bodies_by_kind([case.authority_id])[case.authority_id]
    steps = list(template.steps.all())
    councils = _member_bodies(case.authority) if any(step.each_member for step in steps) else []
    before = case.steps.aggregate(last=Max("stage"))["last"] or 0
    found = []
    for step in steps:
        starts, ends = _period(step, start)
        for body, actor in _who(step, bodies, councils, case.authority):
            found.append(
                PlannedStep(before + step.stage, step.activity, step.description, body, actor, starts, ends)
            )  # fmt: skip
    return found


def _bodies_by_kind(authority_ids: Iterable[int]) -> dict[int, dict[str, list[Body]]]:
    found: dict[int, dict[str, list[Body]]] = defaultdict(lambda: defaultdict(list))
    for body in Body.objects.filter(authority__in=authority_ids).select_related("authority").order_by("pk"):
        found[body.authority_id][body.kind].append(body)
    return found


def _member_bodies(region: Authority) -> list[tuple[Authority, dict[str, list[Body]]]]:
    """Return each municipality that is a member today with its bodies, by name; two queries."""
    links = RegionMembership.objects.current(timezone.localdate()).filter(region=region)
    members = [link.member for link in links.select_related("member").order_by(NorwegianKey("member__name"))]
    bodies = _bodies_by_kind([member.pk for member in members])
    return [(member, bodies[member.pk]) for member in members]


def _who(
    step: PathTemplateStep, bodies: dict[str, list[Body]], councils: Sequence[Any], owner: Authority
) -> list[tuple[Body | None, str]]:
    """Return the body, or who acts in words, of each step that one line of a template makes."""
    kind = step.body_kind or (Body.Kind.COUNCIL if step.each_member else "")
    if not step.each_member:
        return [_body_or_words(kind, bodies, step.actor or _word_for(kind, owner.language_form))]
    return [
        _body_or_words(kind, of_member, _member_word(kind, member, owner.language_form))
        for member, of_member in councils
    ]


def _body_or_words(kind: str, bodies: dict[str, list[Body]], words: str) -> tuple[Body | None, str]:
    of_kind = bodies.get(kind, [])
    return (of_kind[0], "") if len(of_kind) == 1 else (None, words)


def _word_for(kind: str, language: str) -> str:
    with translation.override(language):
        return str(dict(Body.Kind.choices).get(kind, kind))


def _member_word(kind: str, member: Authority, language: str) -> str:
    with translation.override(language):
        return _("%(body)s in %(name)s") % {"body": dict(Body.Kind.choices).get(kind, kind), "name": member.name}


def _period(step: PathTemplateStep, start: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """Return the months a step runs from and to: held by the first day of the one and the last of the other."""
    if start is None:
        return None, None
    starts = _month(start, step.starts_month)
    ends = _month(start, step.ends_month)
    if ends is not None and ends != starts:
        return starts, ends.replace(day=monthrange(ends.year, ends.month)[1])
    return starts or ends, None


def _month(start: dt.date, number: int | None) -> dt.date | None:
    if number is None:
        return None
    months = start.year * 12 + start.month - 1 + number - 1
    if not EARLIEST_YEAR <= months // 12 <= LATEST_YEAR:
        raise ValidationError(_("A step of the template would fall in a year that cannot be right."))
    return dt.date(months // 12, months % 12 + 1, 1)


# ---- deeds ----


@transaction.atomic
def apply(template: PathTemplate, case: Case, *, start: dt.date | None, by: User, once: str = "") -> Event:
    """Add the template's steps to the case and return the event that says so; `once` marks one opened page.

    Raises:
        PermissionDenied: the user may not write steps in the case's authority, or not use the template.
        ValidationError: the template makes no steps here.
    """
    permissions.require(permissions.may_write(by, STEP, case.authority_id))
    permissions.require(PathTemplate.objects.usable_by(by).filter(pk=template.pk).exists())
    Case.objects.select_for_update().get(pk=case.pk)
    pressed = Event.objects.filter(authority_id=case.authority_id, case=case, kind=APPLIED, actor_id=by.pk)
    if once and (before := pressed.filter(facts__once=once).first()):
        return before
    steps = [each.as_step(case, place) for place, each in enumerate(planned(template, case, start), 1)]
    if not steps:
        raise ValidationError(_("The template makes no steps here: it has none, or the region has no members today."))
    for step in steps:
        wiring.check_step(step)
        step.save()
    return Event.objects.create(
        authority_id=case.authority_id, case=case, kind=APPLIED, subject_type=TEMPLATE, subject_id=template.pk,
        actor_id=by.pk, facts={"once": once, "steps": [step.pk for step in steps]},
    )  # fmt: skip


def latest_application(case: Case) -> Event | None:
    """Return the case's newest use of a template that nobody has taken back and whose steps are all untouched."""
    latest = Event.objects.filter(case=case, kind__in=[APPLIED, TAKEN_BACK]).order_by("-pk").first()
    return latest if latest is not None and latest.kind == APPLIED and _untouched(latest) is not None else None


def _untouched(applied: Event) -> list[CaseStep] | None:
    """Return the steps a use of a template made, or nothing when one was changed or removed since."""
    made = list(applied.facts.get("steps", []))
    steps = list(CaseStep.objects.filter(pk__in=made, case=applied.case_id, row_version=0))
    return steps if made and len(steps) == len(made) else None


@transaction.atomic
def take_back(applied: Event, *, by: User) -> int | None:
    """Remove the steps that a template made; return how many, or nothing when one of them has been touched since.

    Raises:
        PermissionDenied: the user may not write steps in the case's authority.
        ValidationError: something rests on one of them.
    """
    permissions.require(permissions.may_write(by, STEP, applied.authority_id))
    Case.objects.select_for_update().get(pk=applied.case_id)
    latest = latest_application(applied.case) if applied.case else None
    steps = _untouched(applied) if latest is not None and latest.pk == applied.pk else None
    if steps is None:
        return None
    for step in steps:
        wiring.check_step(step, is_removed=True)
    CaseStep.objects.filter(pk__in=[step.pk for step in steps]).delete()
    Event.objects.create(
        authority_id=applied.authority_id, case_id=applied.case_id, kind=TAKEN_BACK, subject_type=CASE,
        subject_id=applied.case_id, actor_id=by.pk, facts={"count": len(steps)},
    )  # fmt: skip
    return len(steps)


@transaction.atomic
def save_as_template(case: Case, name: str, *, by: User) -> PathTemplate:
    """Keep a case's way as a template of its authority: bodies by kind, months counted from the first one known.

    What members' own bodies did in one stage becomes one line, «once for each member». Outcomes stay with the case.

    Raises:
        PermissionDenied: the user may not write templates in the case's authority.
        ValidationError: there is a template with this name, or the case has no steps.
    """
    permissions.require(permissions.may_write(by, TEMPLATE, case.authority_id))
    steps = list(case.steps.select_related("body").order_by("stage", "position", "pk"))
    if not steps:
        raise ValidationError(_("The case has no steps yet."))
    template = PathTemplate(authority_id=case.authority_id, name=name)
    template.full_clean(exclude=["authority"])
    template.validate_constraints()
    template.save()
    known = [step.starts_on for step in steps if step.starts_on and step.precision in EXACT]
    PathTemplateStep.objects.bulk_create(_lines(template, steps, min(known, default=None)))
    return template


def _lines(template: PathTemplate, steps: list[CaseStep], first: dt.date | None) -> list[PathTemplateStep]:
    stages = {stage: place for place, stage in enumerate(sorted({step.stage for step in steps}), 1)}
    lines, members_done = [], set()
    for step in steps:
        body = step.body
        is_members = body is not None and body.authority_id != template.authority_id
        if is_members and (step.stage, step.activity, body.kind) in members_done:  # type: ignore[union-attr]
            continue
        if is_members:
            members_done.add((step.stage, step.activity, body.kind))  # type: ignore[union-attr]
        starts, ends = (None, None) if is_members else _months(step, first)  # each member has dates of its own
        lines.append(
            PathTemplateStep(
                authority_id=template.authority_id, template=template, stage=stages[step.stage],
                position=len(lines) + 1, activity=step.activity, description=step.description, actor=step.actor,
                body_kind=body.kind if body else "", each_member=is_members, starts_month=starts, ends_month=ends,
            )
        )  # fmt: skip
    return lines


def _months(step: CaseStep, first: dt.date | None) -> tuple[int | None, int | None]:
    if first is None or step.precision not in EXACT:
        return None, None
    starts, ends = (
        (day.year - first.year) * 12 + day.month - first.month + 1 if day else None
        for day in (step.starts_on, step.ends_on)
    )
    return starts, ends if ends is None or ends >= 1 else None
