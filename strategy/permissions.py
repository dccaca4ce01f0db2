"""Who may read a plan, and who sees where its measures stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from portal.permissions import FORUM, LEADER, authorities_with, does_casework, may_see_live, may_write
from strategy.models import Plan

if TYPE_CHECKING:
    from collections.abc import Iterable


class Guarded(Protocol):
    """What of a plan decides who may read it: the plan itself, or the few facts asked for before it is fetched."""

    @property
    def authority_id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def live_view_open(self) -> bool: ...
    @property
    def is_listed(self) -> bool: ...


def may_read(user: Any, plan: Guarded) -> bool:
    """Say whether the plan's pages open: for anyone once plan and authority are public, before that for its staff."""
    is_public = plan.status != Plan.Status.DRAFT and plan.is_listed
    return is_public or does_casework(user, plan.authority_id)


def may_see_standing(user: Any, plan: Guarded, participant_ids: Iterable[int]) -> bool:
    """Say whether the user sees today's standing, before any report is released."""
    return plan.live_view_open or may_see_live(user, participant_ids)


def reads_reporting(user: Any, plan: Guarded, participant_ids: Iterable[int]) -> bool:
    """Say whether the user reads what was reported to the plan: she does casework for its owner or a participant.

    Which reports she sees follows from `StatusReport.objects.visible_to`.
    """
    return any(does_casework(user, each) for each in (plan.authority_id, *participant_ids))


def may_freeze(user: Any, plan: Guarded) -> bool:
    """Say whether the user opens and closes the plan's periods and freezes its reports."""
    return may_write(user, "strategy.planreport", plan.authority_id)


def may_release(user: Any, plan: Guarded) -> bool:
    """Say whether the user releases the plan's reports: in the chief executive's role only."""
    return bool(getattr(user, "is_superuser", False)) or plan.authority_id in authorities_with(user, [LEADER])


def may_ask(user: Any, participant_ids: Iterable[int]) -> bool:
    """Say whether the user may ask as a reviewer of the business forum."""
    return not set(authorities_with(user, [FORUM])).isdisjoint(participant_ids)
