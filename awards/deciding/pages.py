"""What the officer's page of a category shows: the ranking, the jury, the meeting, the votes, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards import gate, permissions
from awards.candidates import eligibility
from awards.deciding import decisions, meeting, minutes, ranking, votes
from awards.deciding.holding import Held
from awards.deciding.words import vote_words
from awards.judging import field as jury_field
from awards.models import Candidate, CategoryDecision, PrizeRound, PrizeStatutes, VoteCount
from portal.calendar import oslo_today

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from awards.deciding.meeting import Member
    from awards.deciding.ranking import Ranked
    from awards.models import PrizeCriterion, RoundCategory

State = PrizeRound.State


class Standing:
    """How a category stands, for pages and forms; the same number of queries for any number of candidates."""

    def __init__(self, round_: PrizeRound, category: RoundCategory, field: list[Candidate], now: dt.datetime) -> None:
        self.round, self.category, self.field = round_, category, field
        self.statutes, self.today = round_.statutes, oslo_today(now)
        self.held = Held(category, round_, field)
        self.step = meeting.meeting_of(round_)
        self.members = meeting.members_of(category, self.step, self.today, [one.case_id for one in field])
        self.rows = ranking.ranking(category)
        self.criteria: list[PrizeCriterion] = list(self.statutes.criteria.all())
        self.count = VoteCount.objects.filter(round=round_).first() if self.has_vote else None
        found = CategoryDecision.objects.filter(category=category)
        self.decision = found.select_related("candidate", "minutes", "registered_by").first()
        self.votes = votes.votes_of(category, self.members if self.decision is None else None)

    @property
    def has_vote(self) -> bool:
        return self.statutes.vote != PrizeStatutes.Vote.NONE

    @property
    def is_scored(self) -> bool:
        return self.statutes.method == PrizeStatutes.Method.SCORING

    @property
    def is_at_work(self) -> bool:
        return self.round.state in (State.JUDGING, State.VOTING)

    @property
    def may_choose(self) -> bool:
        """Whether finalists are chosen now."""
        is_open = self.round.state == State.JUDGING and self.decision is None and self.count is None
        return self.statutes.finalists is not None and is_open

    @property
    def electable(self) -> list[Candidate]:
        """The candidates who can win: finalists, where the statutes want them, in the order of the ranking."""
        by_key = {one.pk: one for one in self.field}
        rows = [by_key[row.candidate_id] for row in self.rows if row.candidate_id in by_key]
        return [one for one in rows if one.is_finalist or self.statutes.finalists is None]

    @property
    def voters(self) -> list[Member]:
        return [one for one in self.members if one.takes_part]

    @property
    def finalists(self) -> list[Candidate]:
        return [one for one in self.field if one.is_finalist]

    @property
    def public_decides(self) -> bool:
        return bool(decisions.voted_on(self.held, self.rows))


def facts_of(stand: Standing, user: Any) -> dict[str, Any]:
    """Return what the page shows. Points are hidden from an officer who gives points herself, until hers are in."""
    round_ = stand.round
    is_blind = jury_field.is_blind(user, stand.category, stand.today)
    leading = votes.tally(stand.votes).leading
    by_key = {one.pk: one for one in stand.field}
    return {
        "authority": round_.authority, "round": round_, "category": stand.category, "stand": stand,
        "decision": stand.decision, "is_blind": is_blind, "today": stand.today,
        "lines": lines_of(stand), "members": [_member(one, stand) for one in stand.members],
        "votes": [(meeting.name_of(row.member), vote_words(row)) for row in stand.votes],
        "leading": [by_key[key].name if key in by_key else _("no winner") for key in leading],
        "next_step": next_step(stand), "out": out_of(stand.category),
        "handed_in": sum(one.handed_in for one in stand.members), "wanted": sum(one.may_judge for one in stand.members),
        "may_set_up": permissions.may(user, round_.authority_id, permissions.SETS_UP),
        "siblings": list(round_.categories.select_related("category").exclude(pk=stand.category.pk)),
    }  # fmt: skip


def lines_of(stand: Standing) -> list[dict[str, Any]]:
    """Return the candidates as the ranking table shows them."""
    by_key = {one.pk: one for one in stand.field}
    stops = eligibility.obstacles_among(stand.round, stand.field, stand.today)
    titles = {str(one.pk): one.title for one in stand.criteria} | {ranking.VOTE: _("the public vote")}
    chosen = {one.pk for one in stand.finalists}
    suggested = set() if chosen or not stand.may_choose else set(ranking.suggested(stand.rows, stand.statutes))
    return [
        {"candidate": by_key[row.candidate_id], "row": row, "means": _means(row, stand.criteria),
         "ahead_by": titles.get(row.ahead_by, ""), "is_chosen": row.candidate_id in (chosen or suggested),
         "cautions": [*stops.get(row.candidate_id, []), *_cautions(by_key[row.candidate_id])]}
        for row in stand.rows
        if row.candidate_id in by_key
    ]  # fmt: skip


def _means(row: Ranked, criteria: Sequence[PrizeCriterion]) -> list[tuple[str, Any]]:
    return [(one.title, row.by_criterion[one.pk]) for one in criteria if one.pk in row.by_criterion]


def _cautions(one: Candidate) -> list[str]:
    if one.answer == Candidate.Answer.WAITING:
        return [_("Not informed of the nomination.") if one.informed_on is None else _("Has not answered yet.")]
    return []


def _member(one: Member, stand: Standing) -> dict[str, Any]:
    """Return a member with what the table says of her."""
    scores = jury_field.is_scored(stand.round) and one.may_judge
    return {
        "member": one, "capacity": minutes.capacity_words(one), "standing": minutes.standing_words(one),
        "presence": minutes.presence_words(one) if stand.step is not None else "", "scores": scores,
        "left": max(0, len(stand.field) - one.given), "ruling": one.ruling,
    }  # fmt: skip


def out_of(category: RoundCategory) -> list[Candidate]:
    """Return the candidates of a category who take no part."""
    return list(Candidate.objects.filter(category=category, merged_into=None).exclude(state=Candidate.State.ACTIVE))


def next_step(stand: Standing) -> str:
    """Return what comes next in the category, in one sentence."""
    if stand.decision is not None:
        return minutes.outcome_words(stand.decision)
    if stand.round.state in (State.DRAFT, State.PUBLISHED):
        return _("The jury has not begun. Nominations close first.")
    if not stand.is_at_work:
        return str(stand.round.get_state_display())
    waits = sum(one.may_judge and not one.handed_in for one in stand.members) if stand.is_scored else 0
    asked = sum(not one.answered and not one.tie for one in stand.members) if stand.field else 0
    if waits or asked:
        words = ngettext(
            "%(n)d member has still to declare or hand in points.",
            "%(n)d members have still to declare or hand in points.", waits + asked,
        )  # fmt: skip
        return words % {"n": waits + asked}
    if stand.may_choose and not stand.finalists and stand.field:
        return _("All points are in. Choose the finalists.")
    if stand.has_vote and stand.count is None and stand.finalists:
        return _("The public vote comes next. The category is decided when it is counted.")
    return _after_scoring(stand)


def _after_scoring(stand: Standing) -> str:
    if stand.public_decides:
        return _("The public has voted. Register the decision.")
    if stand.step is None or not any(one.presence for one in stand.members):
        return _("Register the jury’s meeting, and who took part.")
    if len(stand.votes) < len(stand.voters):
        return _("Register how each voted.")
    return _("Register the decision, with its reasons.")


def standing_of(round_: PrizeRound, category: RoundCategory, now: dt.datetime) -> Standing:
    """Return how a category stands now."""
    return Standing(round_, category, gate.field_of(category), now)
