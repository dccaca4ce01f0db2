"""What each authority of the world has of prizes: rounds at every stage, with one of each noun."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from awards.models import (
    Ballot,
    Candidate,
    CategoryDecision,
    JuryOpinion,
    JuryRemark,
    JuryScore,
    JurySheet,
    JuryVote,
    Nomination,
    NominationDraft,
    NominationDraftFile,
    NominationFile,
    NomineeAnswer,
    Prize,
    PrizeCategory,
    PrizeCriterion,
    PrizeGoal,
    PrizeRound,
    PrizeStatutes,
    RoundCategory,
    VoteCount,
    Voter,
    VoteResult,
    Winner,
)
from portal.models import Role, User
from strategy.models import Goal
from tests import factories as portal_make
from tests import factories_awards as make

if TYPE_CHECKING:
    from portal.models import Authority

PRIZE, AUDIENCE_PRIZE = "naeringsprisen", "publikumsprisen"
DRAFT_YEAR, OPEN_YEAR, JUDGING_YEAR, ANNOUNCED_YEAR = 2028, 2027, 2026, 2024
"""Rounds of PRIZE; AUDIENCE_PRIZE has one, in JUDGING_YEAR, with its public vote open."""
SECRET_NOMINEE = "Hemmelig Nominert AS"
"""Stands in nominations and candidates, and must never stand where the public reads before the ceremony."""
DECLARED = ("officer", "leader", "jury")
"""Roles of the home authority whose holders have declared that nothing ties them to the world's candidates."""


def honour(authority: Authority) -> None:
    """Leave one of each noun of prizes."""
    prize = make.a_prize(authority, "Innovasjon", "Bærekraft", name=f"Næringsprisen i {authority.name}", slug=PRIZE)
    make.prize_statutes(prize, repeat_years=4)
    make.prize_statutes(prize, adopted=False, version=2)
    goal = Goal.objects.filter(plan__authority=authority).first()
    PrizeGoal.objects.create(authority=authority, prize=prize, goal=goal)
    people = list(User.objects.filter(memberships__authority=authority, memberships__role__in=DECLARED).distinct())
    member = next((one for one in people if one.memberships.filter(role=Role.JURY).exists()), None)
    member = member or make.a_member(authority)
    staff = User.objects.filter(memberships__authority=authority, memberships__role=Role.OFFICER).order_by("pk").first()
    assert staff is not None
    people = list({one.pk: one for one in [*people, member, staff]}.values())
    jury = make.a_jury(authority, member, name=f"Juryen i {authority.name}")
    make.a_seat(jury)
    make.an_earlier_winner(prize, name=f"Gammel Vinner i {authority.name}")
    _announced(prize, jury, people, staff)
    _judging(prize, jury, people, member, staff)
    open_ = make.a_prize_round(prize, year=OPEN_YEAR, jury=jury, officer=staff)
    first = open_.categories.get(position=0)
    candidate = make.a_candidate(first, name=SECRET_NOMINEE)
    make.no_ties(candidate, *people)
    code = portal_make.an_email_code()
    draft = NominationDraft.objects.create(
        authority=authority, round=open_, category=first, code=code, content={"name": SECRET_NOMINEE},
        address="nabo@test.example",
    )  # fmt: skip
    NominationDraftFile.objects.create(
        authority=authority, draft=draft, file="drafts/x", filename="x.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64,
    )  # fmt: skip
    make.a_prize_round(prize, "draft", year=DRAFT_YEAR, jury=jury)
    _voting(authority, jury, people)


def _announced(prize: Prize, jury: object, people: list[User], staff: User) -> None:
    """A round that is over: counted, decided and announced, with a winner in one category and none in the other."""
    long_ago = timezone.now() - dt.timedelta(days=700)
    round_ = make.a_prize_round(
        prize, "judging", year=ANNOUNCED_YEAR, jury=jury, vote_opens_at=long_ago,
        vote_closes_at=long_ago + dt.timedelta(days=7),
    )  # fmt: skip
    first, second = round_.categories.all()
    won = make.a_candidate(first, finalist=True, name=f"Fjorårets Vinner i {prize.authority.name}")
    make.no_ties(won, *people)
    make.counted(round_)
    for category, winner in ((first, won), (second, None)):
        make.a_category_decision(category, winner, by=staff)
    make.announce(round_)


def _judging(prize: Prize, jury: object, people: list[User], member: User, staff: User) -> None:
    """A round the jury is at work with: candidates gathered, one answered, a sheet begun, a remark, a vote."""
    authority = prize.authority
    round_ = make.a_prize_round(prize, "judging", year=JUDGING_YEAR, jury=jury, officer=staff)
    first = round_.categories.get(position=0)
    one = make.a_candidate(first, name=SECRET_NOMINEE, nominations=2)
    other = make.a_candidate(first)
    make.no_ties(one, *people)
    make.no_ties(other, *people)
    NomineeAnswer.objects.create(authority=authority, candidate=one, answer="accepted", how="paper")
    document = portal_make.a_document(
        one.case, f"Vedlegg til nominasjon i {authority.name}".encode(), title="Vedlegg", direction="in"
    )
    NominationFile.objects.create(authority=authority, nomination=one.nominations.first(), document=document)
    sheet = make.a_sheet(first, member)
    make.an_opinion(sheet, one, 3, 4)
    seat = sheet.member
    JuryRemark.objects.create(authority=authority, candidate=one, member=seat, text=f"Sterk kandidat, {SECRET_NOMINEE}")
    make.a_jury_vote(first, seat, one)


def _voting(authority: Authority, jury: object, people: list[User]) -> None:
    """A prize of the public's: its finalists are voted on now."""
    prize = make.a_prize(authority, "Publikum", name=f"Publikumsprisen i {authority.name}", slug=AUDIENCE_PRIZE)
    make.prize_statutes(prize, vote="decides", finalists=2, criteria=0, method="discussion")
    now = timezone.now()
    round_ = make.a_prize_round(
        prize, "judging", year=JUDGING_YEAR, jury=jury, vote_opens_at=now - make.HOUR,
        vote_closes_at=dt.datetime(2099, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    finalists = [make.a_candidate(round_.categories.get(), finalist=True) for _ in range(2)]
    for one in finalists:
        make.no_ties(one, *people)
    PrizeRound.objects.filter(pk=round_.pk).update(state="voting")
    make.cast(make.a_voter(round_), finalists[0])
    make.a_voter(round_)


OWNED = [
    Prize, PrizeGoal, PrizeCategory, PrizeStatutes, PrizeCriterion, PrizeRound, RoundCategory, CategoryDecision,
    NominationDraft, NominationDraftFile, Candidate, Nomination, NominationFile, NomineeAnswer, JurySheet, JuryOpinion,
    JuryScore, JuryRemark, JuryVote, Voter, Ballot, VoteCount, VoteResult, Winner,
]  # fmt: skip
