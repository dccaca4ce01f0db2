"""How deeds take hold of prizes, statutes and rounds: in one order, prize before round, as their reader saw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from awards import permissions
from awards.models import Prize, PrizeRound, PrizeStatutes
from grants.held import Handled, as_seen
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import User

PRIZES = Prize.objects.select_related("authority", "working_group", "case", "scheme")
STATUTES = PrizeStatutes.objects.select_related("authority", "prize")
ROUNDS = PrizeRound.objects.select_related("authority", "prize", "statutes", "case", "jury", "officer")


def sets_up(by: User, authority_id: int) -> None:
    """Stop who does not prepare prizes here; the operator reads.

    Raises:
        PermissionDenied: she may not.
    """
    require(permissions.may(by, authority_id, permissions.SETS_UP))


def prize(found: Prize, by: User, seen: int | None = None) -> Prize:
    """Lock a prize, and return it as it is now.

    Raises:
        Handled: somebody changed it since it was shown.
    """
    sets_up(by, found.authority_id)
    held = PRIZES.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
    return as_seen(held, seen)


def statutes(found: PrizeStatutes, by: User, seen: int | None = None) -> PrizeStatutes:
    """Lock a version of the statutes that is not adopted, its prize first.

    Raises:
        Handled: it is adopted, removed, or changed since it was shown.
    """
    sets_up(by, found.authority_id)
    list(Prize.objects.select_for_update(no_key=True).filter(pk=found.prize_id).values_list("pk"))
    held = STATUTES.select_for_update(no_key=True, of=("self",)).filter(pk=found.pk).first()
    if held is None:
        raise Handled(_("This version is removed."), code="gone")
    if held.valid_from is not None:
        raise Handled(_("This version is adopted, and stays as it is. Make a new one."), code="state")
    return as_seen(held, seen)


def move_one(rows: Iterable[Any], key: int, *, up: bool) -> None:
    """Move one of some held rows a place up or down in their order.

    Raises:
        Handled: it is taken away.
    """
    ordered = sorted(rows, key=lambda row: (row.position, row.pk))
    at = next((n for n, row in enumerate(ordered) if row.pk == key), None)
    if at is None:
        raise Handled(_("It is gone already."), code="gone")
    if not 0 <= (to := at - 1 if up else at + 1) < len(ordered):
        return
    ordered[at], ordered[to] = ordered[to], ordered[at]
    for position, row in enumerate(ordered):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


def round_(found: PrizeRound, by: User, seen: int | None = None) -> PrizeRound:
    """Lock a round, its prize first, and return it as it is now.

    Raises:
        Handled: somebody changed it since it was shown, or removed it.
    """
    sets_up(by, found.authority_id)
    held = lock_round(found.pk)
    if held is None:
        raise Handled(_("This round is removed."), code="gone")
    return as_seen(held, seen)


def lock_round(key: int) -> PrizeRound | None:
    """Lock a round, its prize first, and return it as it is now; None: it is removed."""
    of_round = PrizeRound.objects.filter(pk=key).order_by().values("prize")
    list(Prize.objects.select_for_update(no_key=True).filter(pk__in=of_round).values_list("pk"))
    held = ROUNDS.select_for_update(no_key=True, of=("self",)).filter(pk=key).first()
    if held is not None:
        held.prize.authority = held.case.authority = held.authority
    return held
