"""How deeds take hold of candidates: the round first, then the candidate, by who handles prizes and is impartial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from awards import gate, permissions
from awards.models import Candidate, CategoryDecision, PrizeRound
from awards.refusals import Refused
from grants.held import stale
from portal import impartiality
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User

State = Candidate.State
TAKES = (PrizeRound.State.PUBLISHED, PrizeRound.State.JUDGING)
"""While a round takes candidates."""


def lock_round(round_id: int) -> PrizeRound:
    """Lock a round: every deed on its candidates comes one after the other."""
    found: PrizeRound = gate.ROUNDS.select_related("authority").select_for_update(no_key=True, of=("self",)).get(
        pk=round_id
    )  # fmt: skip
    found.prize.authority = found.case.authority = found.authority
    return found


def lock(candidate: Candidate | int, *, seen: int | None = None) -> Candidate:
    """Lock a candidate, its round first, and return it as it is now.

    Raises:
        Handled: somebody changed it since `seen` was read.
    """
    key = candidate if isinstance(candidate, int) else candidate.pk
    round_ = lock_round(Candidate.objects.values_list("round", flat=True).get(pk=key))
    rows = Candidate.objects.select_related("category__category", "case")
    found: Candidate = rows.select_for_update(no_key=True, of=("self",)).get(pk=key)
    found.round = found.category.round = round_
    found.authority = found.case.authority = round_.authority
    if seen is not None and found.row_version != seen:
        raise stale()
    return found


def held(candidate: Candidate | int, *, by: User, seen: int | None = None) -> Candidate:
    """Lock a candidate for an officer who may handle the whole field of its category.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for all of them, or is tied to one.
        Handled: somebody changed it since `seen` was read.
    """
    found = lock(candidate, seen=seen)
    require_officer(by, found.round)
    require_impartial(by, found)
    return found


def require_officer(by: User, round_: PrizeRound) -> None:
    """Stop a deed by who does not handle prizes here.

    Raises:
        PermissionDenied: she does not.
    """
    require(permissions.may(by, round_.authority_id, permissions.SETS_UP))


def require_impartial(by: User, found: Candidate) -> None:
    """Stop a deed on a candidate by who may not handle its field, or the candidate itself where it is out of it.

    Raises:
        NotImpartial: with how she stands.
    """
    gate.require_impartial(by, found.category_id)
    if found.merged_into_id is None and found.state != State.ACTIVE:
        impartiality.require(by, [found.case_id])


def root_of(candidate: Candidate) -> Candidate:
    """Return the candidate that one is gathered in, or itself."""
    while candidate.merged_into_id is not None:
        candidate = candidate.merged_into  # type: ignore[assignment]
    return candidate


def require_taking(round_: PrizeRound) -> None:
    """Refuse to move candidates about when the jury has decided.

    Raises:
        Refused: the round has come too far.
    """
    if round_.state not in TAKES:
        raise Refused(_("The round has come too far for this change."), code="candidate_goes_its_way")


def is_decided(category_id: int) -> bool:
    """Say whether the jury has decided in a category."""
    return CategoryDecision.objects.filter(category=category_id).exists()


def require_undecided(category_id: int) -> None:
    """Refuse a change in a field that the jury has decided.

    Raises:
        Refused: it has.
    """
    if is_decided(category_id):
        raise Refused(_("The jury has decided in this category."), code="decided")
