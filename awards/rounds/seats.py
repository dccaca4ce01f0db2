"""Deeds on the two bodies of a prize: the working group with its case, and the jury of a round, by period."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError, Q
from django.utils import translation
from django.utils.translation import gettext as _

from awards import gate
from awards.models import JurySheet, JuryVote, PrizeRound
from awards.refusals import deed
from awards.rounds import hold
from grants import notices
from grants.held import Handled
from portal.calendar import oslo_today
from portal.models import Body, BodyMembership, Case, CaseStep, Membership, User
from portal.models.base import NorwegianKey
from portal.permissions import LEADER, authorities_with, period_holds, require

if TYPE_CHECKING:
    from awards.models import Prize

Capacity = BodyMembership.Capacity
IN_GROUP = (Capacity.BUSINESS, Capacity.ELECTED)
"""A working group has both: business people, and one whom the municipality’s voters have elected."""


def leads(by: User, authority_id: int) -> bool:
    """Say whether she leads here: the section leader sets up the working group."""
    return authority_id in authorities_with(by, [LEADER])


# ---- the working group and its case ----


@deed
def set_up_group(prize: Prize, *, body: Body | None, name: str, by: User, now: dt.datetime) -> Prize:
    """Set up the working group of a prize, with a case that says what it does, step by step.

    Raises:
        PermissionDenied: she does not lead here.
        Handled: it is set up already.
    """
    held = hold.prize(prize, by)
    require(leads(by, held.authority_id))
    if held.working_group_id is not None:
        raise Handled(_("The working group is set up already."), code="done")
    if body is None:
        body = Body(authority_id=held.authority_id, name=name, kind=Body.Kind.WORKING_GROUP)
        body.full_clean(exclude=["authority"])
        body.save()
    elif body.authority_id != held.authority_id or body.kind != Body.Kind.WORKING_GROUP:
        raise ValidationError({"body": _("Choose a working group of your own.")}, code="other")
    held.working_group = body
    if held.case_id is None:
        held.case = _case(held, body, by, oslo_today(now))
    held.save()
    notices.record("prize_group_set_up", held, by=by, case=held.case)
    return held


def _case(prize: Prize, body: Body, by: User, today: dt.date) -> Case:
    """Make the working group’s case: set up, statutes, money, award; written as the authority writes."""
    with translation.override(prize.authority.language_form):
        case = Case.objects.create(
            authority_id=prize.authority_id, title=(_("%(prize)s: the working group") % {"prize": prize.name})[:200],
            officer=by, opened_on=today,
        )  # fmt: skip
        Activity = CaseStep.Activity  # noqa: N806
        steps: list[tuple[str, str, dict[str, Any]]] = [
            (Activity.ANCHORING, _("The working group is set up"),
             {"actor": _("The section leader"), "starts_on": today, "ends_on": today}),
            (Activity.DECISION, _("Statutes for the prize"), {"body": body}),
            (Activity.DECISION, _("The money for the prize"), {"body": body}),
            (Activity.INVOLVEMENT, _("The award"), {"body": body}),
        ]  # fmt: skip
    for stage, (activity, description, facts) in enumerate(steps, start=1):
        CaseStep.objects.create(
            authority_id=prize.authority_id, case=case, stage=stage, activity=activity, description=description,
            **facts,
        )  # fmt: skip
    return case


def lacks(body: Body, on: dt.date) -> list[str]:
    """Return in words what a working group lacks on a day; one query."""
    there = set(body.members.filter(period_holds(on)).values_list("capacity", flat=True))
    words = {
        Capacity.BUSINESS: _("Nobody from business sits in it."),
        Capacity.ELECTED: _("No elected member sits in it."),
    }
    return [words[capacity] for capacity in IN_GROUP if capacity not in there]


# ---- the jury ----


@deed
def set_jury(round_: PrizeRound, *, body: Body | None, name: str, by: User) -> PrizeRound:
    """Let a round have a jury: one that is there, or a new one; once the jury is at work, it stays."""
    held = hold.round_(round_, by)
    if body is None:
        body = Body(authority_id=held.authority_id, name=name, kind=Body.Kind.JURY)
        body.full_clean(exclude=["authority"])
        body.save()
    elif body.authority_id != held.authority_id or body.kind != Body.Kind.JURY:
        raise ValidationError({"body": _("Choose a jury of your own.")}, code="other")
    held.jury = body
    held.save()
    notices.record("prize_jury_set", held, by=by, case=held.case)
    return held


# ---- who sits in a body ----


def people_of(authority_id: int, body: Body | None = None) -> Any:
    """Return who can be given a seat: those with a role in the authority, or a seat in the body already."""
    held = Membership.objects.filter(authority=authority_id, case=None)
    seated = BodyMembership.objects.filter(body=body).exclude(user=None)
    wanted = Q(pk__in=held.values("user")) | Q(pk__in=seated.values("user"))
    return User.objects.filter(wanted, is_active=True).order_by(NorwegianKey("name"), "pk")


def _may_seat(body: Body, by: User) -> None:
    """Stop who does not prepare prizes here, or is tied to one whom this body judges now.

    Raises:
        Refused: she is tied.
    """
    hold.sets_up(by, body.authority_id)
    for round_ in PrizeRound.objects.filter(jury=body, state__in=gate.JUDGED):
        gate.refuse_tied(by, round_)


@deed
def save_seat(body: Body, seat: BodyMembership, *, by: User) -> BodyMembership:
    """Give someone a seat, or change one; nobody has two at the same time, and who has judged stays who she is.

    Raises:
        ValidationError: keyed by field.
    """
    _may_seat(body, by)
    list(Body.objects.select_for_update(no_key=True).filter(pk=body.pk).values_list("pk"))
    seat.body, seat.authority_id = body, body.authority_id
    if seat.user_id and not people_of(body.authority_id, body).filter(pk=seat.user_id).exists():
        raise ValidationError({"user": _("Choose someone who has a role with you.")}, code="other")
    if seat.pk and _has_judged(seat):
        stands = BodyMembership.objects.get(pk=seat.pk)
        if (stands.user_id, stands.display_name) != (seat.user_id, seat.display_name):
            told = _("This member has given points or voted. End the seat, and add another.")
            raise ValidationError(told, code="judged")
    seat.full_clean(exclude=["authority", "body"])
    _refuse_twice(seat)
    seat.save()
    notices.record("prize_seat_set", seat, by=by, body=body.pk)
    return seat


def _refuse_twice(seat: BodyMembership) -> None:
    """Refuse a second seat of the same person in the same time."""
    same = Q(user=seat.user) if seat.user_id else Q(user=None, display_name__iexact=seat.display_name)
    begins = Q() if seat.valid_from is None else Q(valid_to=None) | Q(valid_to__gte=seat.valid_from)
    ends = Q() if seat.valid_to is None else Q(valid_from=None) | Q(valid_from__lte=seat.valid_to)
    if BodyMembership.objects.filter(same, begins, ends, body=seat.body).exclude(pk=seat.pk).exists():
        raise ValidationError(_("She sits here in this time already."), code="twice")


def _has_judged(seat: BodyMembership) -> bool:
    return JurySheet.objects.filter(member=seat).exists() or JuryVote.objects.filter(member=seat).exists()


@deed
def remove_seat(body: Body, key: int, *, by: User, on: dt.date) -> bool:
    """Take a seat away; where its holder has done something in it, it ends today instead. Say whether it is gone."""
    _may_seat(body, by)
    seat = BodyMembership.objects.select_for_update(no_key=True).filter(pk=key, body=body).first()
    if seat is None:
        raise Handled(_("It is gone already."), code="gone")
    try:
        seat.delete()
    except ProtectedError:
        seat.valid_to = max(on, seat.valid_from or on)
        seat.save(update_fields=["valid_to"])
        notices.record("prize_seat_ended", seat, by=by, body=body.pk)
        return False
    notices.record("prize_seat_removed", body, by=by, seat=key)
    return True
