"""What is said of votes, for pages and minutes alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awards.models import JuryVote


def vote_words(row: JuryVote) -> str:
    """Return what a member voted for."""
    return row.candidate.name if row.candidate is not None else str(row.get_choice_display())
