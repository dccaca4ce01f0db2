"""Who is at an authority's desk on a day: those who are told when nobody is named. `portal.due` says it in SQL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.due import GONE_AFTER
from portal.models import Deputy, Membership, Role, User
from portal.permissions import CASEWORK, period_holds

if TYPE_CHECKING:
    from collections.abc import Iterable


def at_desk(authority_id: int, on: dt.date) -> list[User]:
    """Return the authority's officers on this day, or its leaders where it has no officer; their deputies too."""
    now = Membership.objects.filter(period_holds(on), authority_id=authority_id, user__is_active=True)
    officers = now.filter(role__in=[Role.OFFICER, Role.REGION_SECRETARY])
    desk = officers if officers.exists() else now.filter(role=Role.LEADER)
    return with_deputies(User.objects.filter(pk__in=desk.values("user")), authority_id, on)


def with_deputies(people: Iterable[User], authority_id: int, on: dt.date) -> list[User]:
    """Return these people and those who stand in for them at the authority on this day, each once."""
    found = {person.pk: person for person in people}
    works = Membership.objects.filter(
        period_holds(on), authority_id=authority_id, user=OuterRef("deputy"), role__in=CASEWORK
    )
    standing_in = Deputy.objects.filter(
        period_holds(on), Exists(works), authority_id=authority_id, person__in=found, deputy__is_active=True
    )
    found |= {row.deputy_id: row.deputy for row in standing_in.select_related("deputy")}
    return [found[pk] for pk in sorted(found)]


def is_at_work(person: User, authority_id: int, on: dt.date) -> bool:
    """Say whether one who is named for the authority's work can be told: active, and with no ended role there only."""
    if not person.is_active:
        return False
    roles = person.memberships.filter(authority=authority_id)
    return roles.filter(period_holds(on)).exists() or not (roles.exists() or has_left(person, authority_id, on))


def has_left(person: User, authority_id: int, on: dt.date) -> bool:
    """Say whether the person's roles from groups ended some time ago; they may come back with her next sign-in."""
    since = timezone.make_aware(dt.datetime.combine(on - GONE_AFTER, dt.time()))
    history = Membership.pgh_event_model.objects  # type: ignore[attr-defined]
    ended = history.filter(pgh_label="delete", user=person, authority=authority_id, provider__isnull=False)
    return bool(ended.filter(pgh_created_at__lt=since).exists())
