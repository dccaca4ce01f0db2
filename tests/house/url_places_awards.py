"""What the addresses of prizes name, here and next door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from awards.models import Candidate, NominationFile, Voter, Winner
from portal import keys
from tests.world_awards import (
    ANNOUNCED_YEAR,
    AUDIENCE_PRIZE,
    DRAFT_YEAR,
    JUDGING_YEAR,
    OPEN_YEAR,
    PRIZE,
)

if TYPE_CHECKING:
    from tests.world import World


def places_of_awards(world: World) -> dict[str, Any]:
    """Return names for the addresses: rounds by what they are at, and rows of each kind."""
    found: dict[str, Any] = {
        "prize": PRIZE, "audience_prize": AUDIENCE_PRIZE, "draft_year": DRAFT_YEAR, "open_year": OPEN_YEAR,
        "judging_year": JUDGING_YEAR, "announced_year": ANNOUNCED_YEAR,
    }  # fmt: skip
    for before, town in (("", world.home), ("next_", world.next)):
        candidates = town.rows(Candidate).order_by("pk")
        judged = candidates.filter(round__year=JUDGING_YEAR, round__prize__slug=PRIZE)[0]
        opened = candidates.get(round__year=OPEN_YEAR)
        finalist = candidates.filter(round__prize__slug=AUDIENCE_PRIZE)[0]
        announced = candidates.get(round__year=ANNOUNCED_YEAR)
        voter = town.rows(Voter).filter(has_voted=False)[0]
        found |= {
            f"{before}candidate": judged.pk, f"{before}judged_category": judged.category_id,
            f"{before}open_candidate": opened.pk, f"{before}open_category": opened.category_id,
            f"{before}finalist": finalist.pk, f"{before}vote_category": finalist.category_id,
            f"{before}announced_candidate": announced.pk, f"{before}announced_category": announced.category_id,
            f"{before}nomination_document": town.one(NominationFile).document_id,
            f"{before}winner": town.rows(Winner).exclude(decision=None).get().pk,
            f"{before}earlier_winner": town.rows(Winner).get(decision=None).pk,
            f"{before}seat": judged.opinions.all()[0].sheet.member_id,
            f"{before}paper_seat": judged.round.jury.members.get(user=None).pk,
            f"{before}nominee_key": keys.issue("nominee", now=timezone.now(), subject_id=judged.pk),
            f"{before}vote_key": keys.issue("vote", now=timezone.now(), address=voter.address, subject_id=voter.pk),
        }  # fmt: skip
    return found
