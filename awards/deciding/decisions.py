"""The jury’s decision in a category: the winner or none, with reasons; taken up again until it is announced.

When every category is decided, the round is. What the ranking, the public vote and the members’ votes say binds the
decision: another outcome, or one among equals, says how it was settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.deciding import holding, meeting, minutes, votes
from awards.deciding.ranking import ranking
from awards.models import Candidate, CategoryDecision, PrizeRound, PrizeStatutes, RoundCategory, VoteCount
from awards.refusals import Refused, deed
from awards.rounds import moving
from grants import notices
from portal.calendar import oslo_today

if TYPE_CHECKING:
    import datetime as dt

    from awards.deciding.holding import Held
    from awards.deciding.meeting import Member
    from awards.deciding.ranking import Ranked
    from portal.models import User

State, Outcome, Vote = PrizeRound.State, CategoryDecision.Outcome, PrizeStatutes.Vote


@dataclass(frozen=True)
class Decided:
    """What the jury decided, as the officer types it."""

    outcome: str
    candidate: int | None
    reasons: str
    decided_on: dt.date
    grounds: str = ""
    settled_how: str = ""
    """How it was settled where ranking, vote or jury did not settle it alone."""


@deed
def decide(category: RoundCategory, decided: Decided, *, by: User, now: dt.datetime) -> CategoryDecision:
    """Register the decision, make its minutes, and let the round be decided with its last category.

    Raises:
        ValidationError: keyed by the field; what is registered does not bear it.
        Refused: it is decided already, or the public vote is not over.
    """
    held = holding.category(category, by=by)
    holding.undecided(held)
    made = drawn(held, decided, by=by, now=now)
    made.save(force_insert=True)
    made.minutes = minutes.keep(made, held, now=now)
    made.save(update_fields=["minutes"])
    notices.record("category_decided", held.category, by=by, case=held.round.case, outcome=str(made.outcome))
    if not held.round.categories.filter(decision=None).exists():
        _go_on(held.round, by=by, now=now)
    return made


@deed
def preview(category: RoundCategory, decided: Decided, *, by: User, now: dt.datetime) -> CategoryDecision:
    """Return the decision as it would be kept now; nothing is kept.

    Raises:
        ValidationError: keyed by the field; what is registered does not bear it.
    """
    held = holding.category(category, by=by)
    holding.undecided(held)
    return drawn(held, decided, by=by, now=now)


def drawn(held: Held, decided: Decided, *, by: User, now: dt.datetime) -> CategoryDecision:
    """Return the decision as it would be kept, when it can be made.

    Raises:
        ValidationError: keyed by the field.
    """
    check(held, decided, oslo_today(now))
    step = meeting.meeting_of(held.round)
    winner = held.candidate(decided.candidate)
    if winner is not None:
        list(Candidate.objects.select_for_update(no_key=True).filter(pk=winner.pk))
    if step is not None and step.starts_on and decided.decided_on < step.starts_on:
        raise ValidationError(
            {"decided_on": _("The jury met later than this. Choose the day of the meeting, or after.")}
        )
    members = meeting.members_of(held.category, step, oslo_today(now), [one.case_id for one in held.field])
    rows, cast = ranking(held.category), votes.votes_of(held.category, members)
    _check_meeting(held, members, len(cast), rows)
    unsettled = unsettled_of(held, decided.candidate, rows, votes.tally(cast).leading)
    if unsettled and not decided.settled_how:
        raise ValidationError({"settled_how": unsettled})
    return CategoryDecision(
        authority_id=held.round.authority_id, category=held.category, outcome=decided.outcome, candidate=winner,
        reasons=decided.reasons, grounds=decided.grounds, step=step, tie_broken_how=decided.settled_how,
        ranking=[_kept(row) for row in rows], decided_on=decided.decided_on, registered_by=by, registered_at=now,
        invented=held.round.invented,
    )  # fmt: skip


def _kept(row: Ranked) -> dict[str, Any]:
    """Return one line of the ranking as it is kept: numbers only."""
    return {
        "candidate": row.candidate_id, "rank": row.rank, "score": None if row.score is None else str(row.score),
        "by_criterion": {str(key): str(mean) for key, mean in row.by_criterion.items()}, "scored_by": row.scored_by,
        "is_shared": row.is_shared, "votes": row.votes,
    }  # fmt: skip


# ---- what bears a decision ----


def check(held: Held, decided: Decided, today: dt.date) -> None:
    """Refuse what cannot be decided.

    Raises:
        ValidationError: keyed by the field.
    """
    statutes, winner = held.round.statutes, held.candidate(decided.candidate)
    if decided.outcome == Outcome.WINNER and winner is None:
        raise ValidationError({"winner": _("Choose the winner, or say that there is none.")})
    if not decided.reasons.strip():
        raise ValidationError({"reasons": _("Give the reasons.")})
    if decided.decided_on > today:
        raise ValidationError({"decided_on": _("Choose a day that has come.")})
    if winner is None:
        return
    if winner.answer == Candidate.Answer.DECLINED:
        raise ValidationError({"winner": _("This nominee has declined.")})
    if statutes.finalists is not None and not winner.is_finalist:
        raise ValidationError({"winner": _("Choose the finalists first. The winner is one of them.")})
    if statutes.vote != Vote.NONE and not VoteCount.objects.filter(round=held.round).exists():
        raise Refused(_("The public vote is not counted. A winner is decided after it."), code="vote")


def voted_on(held: Held, rows: list[Ranked]) -> list[Ranked]:
    """Return the finalists the public has decided among; empty where the jury decides."""
    found = [row for row in rows if row.votes is not None]
    return found if held.round.statutes.vote == Vote.DECIDES and len(found) > 1 else []


def _check_meeting(held: Held, members: list[Member], cast: int, rows: list[Ranked]) -> None:
    """Refuse a decision by a meeting nobody has registered, unless the public decides.

    Raises:
        Refused: nobody took part, or a vote is missing.
    """
    if voted_on(held, rows):
        return
    taking_part = [one for one in members if one.takes_part]
    if not taking_part:
        text = _("Register who took part in the jury’s meeting first. At least one who can vote must have been there.")
        raise Refused(text, code="empty")
    if cast < len(taking_part):
        raise Refused(_("Register how each who took part voted first."), code="votes")


def unsettled_of(held: Held, winner: int | None, rows: list[Ranked], leading: list[int | None]) -> str:
    """Return what must be explained: that votes do not settle this outcome alone; empty where they do."""
    if public := voted_on(held, rows):
        most = max(row.votes or 0 for row in public)
        first = [row.candidate_id for row in public if row.votes == most]
        if winner not in first:
            return _("The public voted otherwise. Say why the jury sets the vote aside.")
        return _("The public’s votes are equal. Say how it was settled.") if len(first) > 1 else ""
    if winner not in leading:
        return _("The jury’s votes say otherwise. Say how it was settled.")
    if len(leading) > 1:
        return _("The jury’s votes are equal. Say how it was settled, such as by the chair’s vote or by the ranking.")
    return ""


def _go_on(round_: PrizeRound, *, by: User, now: dt.datetime) -> None:
    """Let a round whose categories are all decided stand as decided, and the jury’s meeting with it."""
    meeting.close(round_, on=oslo_today(now))
    moving.move(round_, State.DECIDED, by=by, now=now)


# ---- taken up again ----


@deed
def take_up(category: RoundCategory, *, why: str, by: User, now: dt.datetime) -> None:
    """Take one category up again: its decision is removed and made anew; the minutes stay in the case.

    A decided round goes back to the jury.
    """
    held = holding.category(category, by=by, states=(State.JUDGING, State.VOTING, State.DECIDED))
    if not why.strip():
        raise ValidationError({"why": _("Say why it is taken up again.")})
    decision = CategoryDecision.objects.filter(category=held.category).first()
    if decision is None:
        raise Refused(_("The category is not decided. Nothing was done now."), code="undecided")
    if held.round.state == State.DECIDED:
        moving.move(held.round, State.JUDGING, by=by, now=now, why=why)
        meeting.reopen(held.round)
    notices.record("category_taken_up", held.category, by=by, case=held.round.case, outcome=str(decision.outcome))
    decision.delete()
