"""Who may read a plan, and who sees where its measures stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.permissions import casework_authorities, may_see_live
from strategy.models import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def may_read(user: Any, plan: Plan) -> bool:
    """Say whether the plan's pages open: for anyone once it is more than a draft, before that for its own staff."""
    if plan.status != Plan.Status.DRAFT or getattr(user, "is_superuser", False):
        return True
    return plan.authority_id in casework_authorities(user)


def may_see_standing(user: Any, plan: Plan, participants: Callable[[], Iterable[int]]) -> bool:
    """Say whether the user sees today's standing, before any report is released.

    `participants` gives the ids of the authorities in the plan; it is asked only for someone who is signed in.
    """
    if plan.live_view_open:
        return True
    return bool(getattr(user, "is_authenticated", False)) and may_see_live(user, participants())
