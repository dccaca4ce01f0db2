"""The demo's vote is a real one, also on a machine that is too slow the first time."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from awards.demo import vote_loader
from awards.demo.facts import RoundFact
from awards.demo.rounds_loader import Year
from awards.models import Ballot, PrizeRound, VoteCount, Voter
from awards.refusals import Refused
from portal.models import Role
from tests import factories as people
from tests import factories_awards as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAYS = {"scores_due_on": -384, "vote_opens_at": -382}


@pytest.fixture
def year() -> Year:
    """A round the jury is at work with, two candidates in its category, and three who vote."""
    authority = people.an_authority()
    officer = people.a_user(Role.OFFICER, authority)
    prize = make.a_prize(authority)
    make.prize_statutes(prize, vote="advises", finalists=2)
    round_ = make.a_prize_round(prize, "judging", officer=officer)
    town: Any = SimpleNamespace(officer=officer, now=NOW, at=lambda days: NOW + dt.timedelta(days=days))
    found = Year(
        town, RoundFact("i-fjor", 1, 1, "announced", DAYS, (), ballots=((2, ("en",)), (1, ("to",)))), round_, {}
    )
    for key in ("en", "to"):
        found.field[key] = make.a_candidate(round_.categories.get())
        make.no_ties(found.field[key], officer)
    return found


def test_a_vote_that_closed_too_soon_is_opened_anew(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_loader, "OPEN_FOR", (0, 1))
    vote_loader.hold(year)
    counted = VoteCount.objects.get(round=year.row)
    assert (counted.voters, counted.ballots, Voter.objects.filter(round=year.row).count()) == (3, 3, 32)
    assert Ballot.objects.filter(candidate=year.field["en"]).count() == 2


def test_a_machine_that_is_too_slow_every_time_says_so(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_loader, "OPEN_FOR", (0, 0))
    with pytest.raises(Refused):
        vote_loader.hold(year)
    assert PrizeRound.objects.get(pk=year.row.pk).state == "judging"


def test_the_votes_days_are_written_when_the_round_is_decided(year: Year) -> None:
    vote_loader.hold(year)
    make.a_category_decision(year.row.categories.get(), year.field["to"], by=year.town.officer)
    year.go("decided")
    said = {"vote_opens_at": NOW - dt.timedelta(days=30), "vote_closes_at": NOW - dt.timedelta(days=20)}
    vote_loader.write_days(year, said)
    assert (year.row.state, year.row.vote_closes_at) == ("decided", said["vote_closes_at"])
