"""What people are told when PostgreSQL refuses something about a prize; constraints of models say theirs there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portal.refusals import Refused, deeds, guard_of, said_by_models

if TYPE_CHECKING:
    from django.db import IntegrityError

__all__ = ["WORDS", "Refused", "deed", "words_for"]
WORDS = {
    "prize_statutes_stay": _("Adopted statutes are not changed. Make a new version."),
    "prize_round_stays": _("A round that was published stays. Cancel it instead."),
    "prize_round_goes_its_way": _("Someone else has moved this round just now. See how it stands."),
    "prize_round_stays_as_published": _("What was published of the round stays. Only a later end is possible."),
    "round_categories_stay": _("The categories of a published round stay as they are."),
    "nomination_in_time": _("The round takes no nominations now."),
    "nomination_stays": _("What was nominated stays as it was sent."),
    "candidate_in_time": _("The round takes no new candidates now."),
    "candidate_stays": _("A candidate is not removed. Say why it cannot win instead."),
    "candidate_goes_its_way": _("The round has come too far for this change."),
    "judged_by_the_jury": _("Only who sits in the jury of this round gives points and votes."),
    "judged_in_time": _("The jury is not at work with this round now."),
    "judged_by_impartial": _(
        "A member who has not declared for every candidate, or is tied to one, takes no part in the category."
    ),
    "jury_sheet_stays": _("A sheet that is handed in stays. Change the single opinion, with a reason."),
    "opinion_of_its_category": _("This candidate stands in another category now. Load the page again."),
    "opinion_changed_with_reason": _("The sheet is handed in. Say why you change your points."),
    "jury_score_fits_its_criterion": _("Give points by the criteria of the statutes, and not more than the most."),
    "jury_vote_stays": _("The category is decided. The votes stay."),
    "jury_votes_for_a_candidate": _("A vote is for a candidate who takes part in the category."),
    "category_decided_in_time": _("The category cannot be decided now."),
    "category_decision_stays": _("What the jury decided stays. Take the round up again first."),
    "category_decided_by_impartial": _(
        "Only who has declared that nothing ties her to any candidate in the category registers the decision."
    ),
    "winner_is_a_candidate": _("Only a candidate who takes part, and a finalist where there are finalists, can win."),
    "winner_not_again_so_soon": _("This nominee has won too recently by the statutes."),
    "winner_stays": _("Who won, and why, stays as it was announced."),
    "winner_as_decided": _("A winner is published when the round is announced, as the jury decided."),
    "prize_money_on_its_case": _("Prize money is a grant on the round’s own case."),
    "voter_stays": _("Who has voted stands as it is."),
    "vote_in_time": _("The vote is not open now."),
    "one_vote_per_address": _("This address has voted already."),
    "vote_for_finalists": _("Choose one finalist in a category."),
    "votes_counted_after_closing": _("The votes are counted when the vote has closed."),
}


def words_for(guard: str) -> Any:
    """Return what people are told when this guard refuses; None when it is no guard of ours."""
    return WORDS.get(guard) or said_by_models("awards").get(guard)


def refusal(error: IntegrityError) -> Refused | None:
    """Return what a guard's error means in words; None: the error is a fault of ours, and is to be seen as one."""
    guard = guard_of(error)
    words = words_for(guard)
    return None if words is None else Refused(words, code=guard)


deed = deeds(refusal)
"""Make a function one deed on a prize."""
