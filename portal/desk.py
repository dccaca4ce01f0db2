"""Who is at an authority's desk on a day: those who are told when nobody is named. `portal.due` says it in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.models import Membership, Role, User
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt


def at_desk(authority_id: int, on: dt.date) -> list[User]:
    """Return the authority's officers on this day, or its leaders where it has no officer."""
    now = Membership.objects.filter(period_holds(on), authority_id=authority_id, user__is_active=True)
    officers = now.filter(role__in=[Role.OFFICER, Role.REGION_SECRETARY])
    desk = officers if officers.exists() else now.filter(role=Role.LEADER)
    return list(User.objects.filter(pk__in=desk.values("user")).order_by("pk"))


def is_at_work(person: User, authority_id: int, on: dt.date) -> bool:
    """Say whether one who is named for the authority's work can be told: active, and with no ended role there only."""
    if not person.is_active:
        return False
    roles = person.memberships.filter(authority=authority_id)
    return roles.filter(period_holds(on)).exists() or not roles.exists()
