"""Who may do what with prizes: small predicates on roles, and the seats of juries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import permissions
from portal.models import BodyMembership
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound

SETS_UP = frozenset({permissions.OFFICER, permissions.LEADER, permissions.SECRETARY})
"""Prepares prizes and rounds, handles nominations, registers what the jury decided, announces."""
SEES = permissions.CASEWORK
"""Sees the desk's pages of prizes: everyone who does casework; what lies in a candidate's case is gated besides."""
JUDGES = frozenset({permissions.JURY})


def may(user: Any, authority_id: int, roles: frozenset[str]) -> bool:
    """Say whether the user holds one of these roles in this authority today; the operator reads."""
    if getattr(user, "is_superuser", False):
        return roles is SEES
    return authority_id in permissions.authorities_with(user, roles)


def seat_of(user: Any, round_: PrizeRound, on: dt.date) -> BodyMembership | None:
    """Return the user's seat in the round's jury on this day; none without the role of a jury member there.

    The role lets her in and says how strongly she must sign in; the seat says for which jury and period.
    """
    if round_.jury_id is None or round_.authority_id not in permissions.authorities_with(user, JUDGES):
        return None
    rows = BodyMembership.objects.filter(period_holds(on), body=round_.jury_id, user=user.pk)
    return rows.select_related("body", "user").order_by("pk").first()


def seats_of(round_: PrizeRound, on: dt.date) -> list[BodyMembership]:
    """Return who sits in the round's jury on this day, the chair first; one query."""
    rows = BodyMembership.objects.filter(period_holds(on), body=round_.jury_id).select_related("user", "body")
    return sorted(rows, key=lambda one: (not one.is_chair, one.capacity == "deputy", one.pk))
