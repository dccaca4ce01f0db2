"""Who may decide applications alone: up to which amount, in which role, by which decision that delegates.

A row that a decision rests on is never changed: it is ended, and a new one is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grants import held, notices, permissions
from grants.models import Application, Decision, Delegation, Scheme
from grants.refusals import Refused, deed
from portal.models import Role
from portal.permissions import LEADER, period_holds, require, roles_of

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority, User

SETS_SCALE = frozenset({LEADER})
"""Writes down what the council or the chief executive has delegated."""
MAY_GET = tuple(role for role in Role if role in permissions.DECIDES)
"""Roles that decide, and so can be delegated to."""
TERMS = ("scheme", "role", "up_to_nok", "reference", "valid_from", "valid_to")


def scale_of(authority: Authority) -> QuerySet[Delegation]:
    """Return an authority's delegations, those that hold and those that are over, by scheme and amount."""
    rows = Delegation.objects.filter(authority=authority).select_related("scheme")
    return rows.order_by("scheme__name", "up_to_nok", "pk")


def held_by(user: User, application: Application, on: dt.date) -> QuerySet[Delegation]:
    """Return what is delegated to the roles a person holds today, in this application's scheme."""
    roles = {role for owner, role, case in roles_of(user) if owner == application.authority_id and case is None}
    scheme = application.call.scheme_id
    rows = Delegation.objects.filter(period_holds(on), scheme=scheme, role__in=roles & permissions.DECIDES)
    return rows.order_by("up_to_nok", "pk")


def delegation_for(user: User, application: Application, amount: int | None, on: dt.date) -> Delegation | None:
    """Return the delegation by which a person may decide this; the least that reaches. None: the body decides.

    A refusal is measured by what was asked for.
    """
    reaches = application.asked_nok if amount is None else amount
    return held_by(user, application, on).filter(up_to_nok__gte=reaches or 0).first()


# ---- deeds ----


def _held(delegation: Delegation, seen: int | None) -> Delegation:
    row = Delegation.objects.select_for_update(no_key=True).filter(pk=delegation.pk).first()
    if row is None:
        raise held.Handled(_("It is taken away already."), code="gone")
    return held.as_seen(row, seen)


def is_used(delegation: Delegation) -> bool:
    return Decision.objects.filter(delegation=delegation).exists()


@deed
def add(scheme: Scheme, *, by: User, **terms: Any) -> Delegation:
    """Write down a delegation; the same once more is the one that stands there."""
    require(permissions.may(by, scheme.authority_id, SETS_SCALE))
    Scheme.objects.select_for_update(no_key=True, of=("self",)).get(pk=scheme.pk)
    if (same := Delegation.objects.filter(scheme=scheme, **terms).first()) is not None:
        return same
    made = Delegation(authority_id=scheme.authority_id, scheme=scheme, **terms)
    made.full_clean(exclude=["authority"])
    made.save()
    notices.record("delegation_added", made, by=by, role=made.role, up_to_nok=made.up_to_nok)
    return made


@deed
def end(delegation: Delegation, *, on: dt.date, by: User, seen: int | None = None) -> Delegation:
    """Let a delegation hold no longer than this day.

    Raises:
        Refused: a decision of a later day rests on it.
    """
    require(permissions.may(by, delegation.authority_id, SETS_SCALE))
    row = _held(delegation, seen)
    if Decision.objects.filter(delegation=row, decided_on__gt=on).exists():
        raise Refused({"on": _("A decision of a later day rests on it.")}, code="used")
    if row.valid_from and on < row.valid_from:
        raise Refused({"on": _("It had not begun that day. Take it away instead.")}, code="early")
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    notices.record("delegation_ended", row, by=by)
    return row


@deed
def remove(delegation: Delegation, *, by: User, seen: int | None = None) -> None:
    """Take away a delegation that was written by mistake, as long as nothing is decided by it.

    Raises:
        Refused: a decision rests on it; it is ended instead.
    """
    require(permissions.may(by, delegation.authority_id, SETS_SCALE))
    row = _held(delegation, seen)
    if is_used(row):
        raise Refused(_("A decision rests on it. End it instead."), code="used")
    notices.record("delegation_removed", row, by=by, role=row.role, up_to_nok=row.up_to_nok)
    row.delete()
