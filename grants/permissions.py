"""Who may do what with money: small predicates on roles, dated by the memberships they rest on.

Nobody signs a payout, or confirms a bank account, of an organisation she acts for herself (forvaltningsloven § 6,
checked 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from portal import permissions
from portal.acting_for import mandates
from portal.models import Organisation

if TYPE_CHECKING:
    import datetime as dt

SETS_UP = frozenset({permissions.OFFICER, permissions.LEADER, permissions.SECRETARY})
"""Draws up schemes, lines, conditions and proposed grants, and reads what recipients send."""
DECIDES = frozenset({permissions.OFFICER, permissions.LEADER, permissions.SECRETARY, permissions.DECISION_MAKER})
"""Registers what was decided: a line adopted, a grant given, lapsed or annulled."""
PREPARES = frozenset({permissions.PREPARER, permissions.OFFICER})
ATTESTS = frozenset({permissions.ATTESTER})
APPROVES = frozenset({permissions.APPROVER})
PAYS = frozenset({permissions.PREPARER})
"""Makes payment files and reads return lists."""
CONFIRMS_ACCOUNTS = frozenset({permissions.PREPARER, permissions.ATTESTER, permissions.OFFICER, permissions.LEADER})
CLOSES = frozenset({permissions.LEADER, permissions.APPROVER})
"""Closes a year that another prepared."""
CALLS = SETS_UP
"""Announces calls, and handles what comes in: completeness, messages, assessment, recommendation."""
SEES = permissions.CASEWORK
"""Sees the desk's figures: everyone who does casework."""


def may(user: Any, authority_id: int, roles: frozenset[str]) -> bool:
    """Say whether the user holds one of these roles in this authority today."""
    if getattr(user, "is_superuser", False):
        return roles is SEES or roles is SETS_UP
    return authority_id in permissions.authorities_with(user, roles)


def is_tied_to(user: Any, organisation_id: int, on: dt.date | None = None) -> bool:
    """Say whether the user acts for, or prepares things for, this organisation herself, at any authority."""
    numbers = Organisation.objects.filter(pk=organisation_id).exclude(number="").values("number")
    same = Q(organisation=organisation_id) | Q(organisation__number__in=numbers)
    return mandates.held_by(user, on or timezone.localdate()).filter(same).exists()


def tied(user: Any, on: dt.date) -> Q:
    """Return the condition that a row's organisation is one the user is tied to: as `is_tied_to`, for a list."""
    held = mandates.held_by(user, on).order_by()
    numbers = held.exclude(organisation__number="").values("organisation__number")
    return Q(organisation__in=held.values("organisation")) | Q(organisation__number__in=numbers)
