"""Who is put to the public vote, and from when it is public: from when the vote opens, and never before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awards.models import TAKES_PART, Candidate, VoteCount
from awards.rules import Phase
from portal.models.base import NorwegianKey

if TYPE_CHECKING:
    from awards.models import PrizeRound, RoundCategory

ASKED = frozenset({Phase.VOTING, Phase.VOTE_CLOSED})
AFTERWARDS = frozenset({Phase.DECIDED, Phase.ANNOUNCED})


def count_of(round_: PrizeRound) -> VoteCount | None:
    """Return the round’s count, if its votes are counted."""
    return getattr(round_, "vote_count", None)


def are_shown(round_: PrizeRound, phase: Phase) -> bool:
    """Say whether the public has been asked to vote on the finalists; a year can be decided without."""
    return phase in ASKED or (phase in AFTERWARDS and count_of(round_) is not None)


def of(round_: PrizeRound) -> dict[RoundCategory, list[Candidate]]:
    """Return the finalists who take part, by category in the round’s order; one query."""
    rows = Candidate.objects.filter(TAKES_PART, round=round_, is_finalist=True)
    found: dict[RoundCategory, list[Candidate]] = {}
    order = ("category__position", "category_id", NorwegianKey("name"), "pk")
    for one in rows.select_related("category__category").order_by(*order):
        found.setdefault(one.category, []).append(one)
    return found
