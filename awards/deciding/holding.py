"""How deeds on a category take hold of it: prize, round, category, in this order; as they were seen, by who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from awards import gate, permissions
from awards.models import CategoryDecision, PrizeRound, RoundCategory
from awards.refusals import Refused
from awards.rounds import hold
from portal.permissions import require

if TYPE_CHECKING:
    from awards.models import Candidate
    from portal.models import User

State = PrizeRound.State


@dataclass(frozen=True)
class Held:
    """A locked category with its round and rules, and who takes part in it."""

    category: RoundCategory
    round: PrizeRound
    field: list[Candidate]

    def candidate(self, key: int | None) -> Candidate | None:
        return next((one for one in self.field if one.pk == key), None)


def round_(found: PrizeRound | int) -> PrizeRound:
    """Lock a round the jury has had; such a round is never removed."""
    held = hold.lock_round(found if isinstance(found, int) else found.pk)
    assert held is not None
    return held


def category(found: RoundCategory, *, by: User, states: tuple[str, ...] = (State.JUDGING, State.VOTING)) -> Held:
    """Lock a category for who may handle the whole of it, while its round is in one of these states.

    Raises:
        PermissionDenied: she has not the role.
        NotImpartial: she has not declared for a candidate in it, or is tied to one.
        Refused: the jury is not at work with it now.
    """
    of_round = round_(found.round_id)
    require(permissions.may(by, of_round.authority_id, permissions.SETS_UP))
    rows = RoundCategory.objects.select_related("category").select_for_update(no_key=True, of=("self",))
    held = rows.get(pk=found.pk)
    held.round = of_round
    gate.require_impartial(by, held)
    if of_round.state not in states:
        raise stands(of_round)
    return Held(held, of_round, gate.field_of(held))


def undecided(held: Held) -> None:
    """Stop what changes the ground of a decision that stands.

    Raises:
        Refused: it is decided.
    """
    if CategoryDecision.objects.filter(category=held.category).exists():
        raise Refused(_("The category is decided. Take it up again first."), code="decided")


def stands(found: PrizeRound) -> Refused:
    """Return what one is told who comes too early or too late: how the round stands."""
    text = _("Nothing is done now: the round stands as “%(state)s”.") % {"state": found.get_state_display()}
    return Refused(text, code="state")
