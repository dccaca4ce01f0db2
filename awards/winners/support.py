"""What a winner has had of public support before, and the prize money: as everyone may read of grants, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grants import public as grants_public

if TYPE_CHECKING:
    from awards.models import Winner
    from grants.public import PublicGrant

MOST = 20


def prize_money(winner: Winner) -> PublicGrant | None:
    """Return the prize money as a grant everyone may read of; none before it is granted. Two queries, or none."""
    if winner.grant_id is None:
        return None
    rows = grants_public.granted(winner.authority_id).filter(grants_public.IS_OPEN, pk=winner.grant_id)
    found = grants_public.of(rows)
    return found[0] if found and found[0].recipient else None


def earlier_support(winner: Winner) -> list[PublicGrant]:
    """Return the public grants of the same organisation number here, the newest first; two queries, or none.

    A grant whose recipient is exempt is not tied to her.
    """
    if not winner.number:
        return []
    rows = grants_public.granted(winner.authority_id).filter(
        grants_public.IS_OPEN, organisation__number=winner.number
    ).exclude(pk=winner.grant_id)  # fmt: skip
    found = grants_public.of(rows.order_by("-decided_on", "-pk")[:MOST])
    return [row for row in found if row.recipient]
