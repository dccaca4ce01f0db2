"""Whom the municipality honours: prizes with statutes, rounds, nominations, the jury’s work, the vote, the winners."""

from awards.models.jury import JuryOpinion, JuryRemark, JuryScore, JurySheet, JuryVote
from awards.models.nomination import (
    CANDIDATES_TAKE_PART,
    TAKES_PART,
    Candidate,
    Kind,
    Nomination,
    NominationDraft,
    NominationDraftFile,
    NominationFile,
    NomineeAnswer,
)
from awards.models.prize import Prize, PrizeCategory, PrizeCriterion, PrizeGoal, PrizeStatutes
from awards.models.round import CategoryDecision, PrizeRound, RoundCategory
from awards.models.vote import Ballot, VoteCount, Voter, VoteResult
from awards.models.winner import Winner

__all__ = [
    "CANDIDATES_TAKE_PART",
    "TAKES_PART",
    "Ballot",
    "Candidate",
    "CategoryDecision",
    "JuryOpinion",
    "JuryRemark",
    "JuryScore",
    "JurySheet",
    "JuryVote",
    "Kind",
    "Nomination",
    "NominationDraft",
    "NominationDraftFile",
    "NominationFile",
    "NomineeAnswer",
    "Prize",
    "PrizeCategory",
    "PrizeCriterion",
    "PrizeGoal",
    "PrizeRound",
    "PrizeStatutes",
    "RoundCategory",
    "VoteCount",
    "VoteResult",
    "Voter",
    "Winner",
]
