"""One short function per noun of prizes; each makes rows the database accepts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from awards.models import (
    Candidate,
    CategoryDecision,
    JuryOpinion,
    JuryScore,
    JurySheet,
    JuryVote,
    Nomination,
    Prize,
    PrizeCategory,
    PrizeCriterion,
    PrizeRound,
    PrizeStatutes,
    RoundCategory,
    Voter,
    Winner,
)
from portal.models import Authority, Body, BodyMembership, Case, Declaration, Role, User
from tests import factories as make

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def a_prize(authority: Authority, *categories: str, **facts: Any) -> Prize:
    """Make a public prize with its categories."""
    n = next(make.counter)
    prize = Prize.objects.create(
        authority=authority,
        **{"name": f"Næringsprisen {n}", "slug": f"naeringsprisen-{n}", "purpose": "Å hedre dem som skaper noe nytt.",
           "is_public": True, **facts},
    )  # fmt: skip
    for place, name in enumerate(categories or ("Innovasjon",)):
        PrizeCategory.objects.create(authority=authority, prize=prize, name=name, position=place)
    return prize


def prize_statutes(prize: Prize, *, adopted: bool = True, criteria: int = 2, **facts: Any) -> PrizeStatutes:
    """Make a version of the statutes, by points and with two criteria, adopted long ago."""
    statutes = PrizeStatutes.objects.create(
        authority=prize.authority, prize=prize,
        **{"version": prize.statutes.count() + 1, "text": "Prisen deles ut hvert år.", "local_only": False,
           "nominees": list(PrizeStatutes.Nominees.values), **facts},
    )  # fmt: skip
    for place in range(criteria):
        PrizeCriterion.objects.create(
            authority=prize.authority, statutes=statutes, title=f"Kriterium {place + 1}", weight=2 - place % 2,
            position=place,
        )  # fmt: skip
    if adopted:
        statutes.valid_from = dt.date(2020, 1, 1)
        statutes.save()
    return statutes


def a_jury(authority: Authority, *people: User, **facts: Any) -> Body:
    """Make a jury where these people sit; each has the role that lets a jury member in."""
    n = next(make.counter)
    jury = make.a_body(authority, **{"name": f"Jury {n}", "kind": "jury", **facts})
    for place, person in enumerate(people):
        a_seat(jury, person, is_chair=place == 0)
    return jury


def a_seat(jury: Body, person: User | None = None, **facts: Any) -> BodyMembership:
    if person is None:
        facts.setdefault("display_name", f"Medlem {next(make.counter)}")
    return BodyMembership.objects.create(
        authority=jury.authority, body=jury, user=person, **{"capacity": "business", **facts}
    )


def a_member(authority: Authority, jury: Body | None = None, **facts: Any) -> User:
    """Make one who holds the role of a jury member, with a seat if a jury is given."""
    person = make.a_user(Role.JURY, authority, **facts)
    if jury is not None:
        a_seat(jury, person)
    return person


def a_prize_round(prize: Prize, state: str = "published", **facts: Any) -> PrizeRound:
    """Make a round in a state, with all the prize's categories.

    Published: nominations are open now. Judging and later: they closed yesterday. Voting: the vote is open now.
    """
    now, authority = timezone.now(), prize.authority
    year = facts.pop("year", now.year)
    statutes = facts.pop("statutes", None) or prize.statutes.exclude(valid_from=None).first() or prize_statutes(prize)
    case = facts.pop("case", None) or make.a_case(authority, title=f"{prize.name} {year}")
    is_open = state in ("draft", "published")
    dates: dict[str, Any] = {"opens_at": now - 30 * DAY, "closes_at": now + 10 * DAY if is_open else now - DAY}
    if state == "voting":
        dates |= {"vote_opens_at": now - HOUR, "vote_closes_at": now + 5 * DAY}
    made = PrizeRound.objects.create(
        authority=authority, prize=prize, statutes=statutes, year=year, case=case, **{**dates, **facts}
    )
    for place, category in enumerate(prize.categories.all()):
        RoundCategory.objects.create(authority=authority, round=made, category=category, position=place)
    if state != "draft":
        PrizeRound.objects.filter(pk=made.pk).update(state="published", published_at=now - 30 * DAY)
    if state in ("judging", "voting"):
        PrizeRound.objects.filter(pk=made.pk).update(state="judging")
    if state == "voting":
        PrizeRound.objects.filter(pk=made.pk).update(state="voting")
    made.refresh_from_db()
    return made


def a_candidate(category: RoundCategory, *, nominations: int = 1, finalist: bool = False, **facts: Any) -> Candidate:
    """Make a candidate with its own case, nominated on paper so that the clock does not matter.

    The round must be published or judging; for a finalist, judging.
    """
    n, round_ = next(make.counter), category.round
    case = make.a_case(
        round_.authority, title=f"Nominasjon til {round_.prize.name}", series="prize", access="deferred",
        access_basis="Offl. § 5 tredje ledd",
    )  # fmt: skip
    made = Candidate.objects.create(
        authority=round_.authority, round=round_, category=category, case=case,
        **{"kind": "organisation", "name": f"Kandidat {n} AS", "email": f"k{n}@bedrift.example", **facts},
    )  # fmt: skip
    for _ in range(nominations):
        a_nomination(made)
    if finalist:
        made.is_finalist = True
        made.save()
    return made


def a_nomination(candidate: Candidate, **facts: Any) -> Nomination:
    round_ = candidate.round
    facts.setdefault("registered_by", None)
    if facts.get("source", "paper") == "paper" and facts["registered_by"] is None:
        facts["registered_by"] = make.a_user()
    return Nomination.objects.create(
        authority=round_.authority, round=round_, category=candidate.category, candidate=candidate,
        **{"number": round_.nominations.count() + 1, "kind": candidate.kind, "typed_name": candidate.name,
           "typed_number": candidate.number, "reasons": "De skaper arbeidsplasser.", "nominator_name": "Oppdiktet Nabo",
           "nominator_email": "nabo@test.example", "source": "paper", "received_on": timezone.localdate(), **facts},
    )  # fmt: skip


def no_ties(candidate_or_case: Candidate | Case, *people: User) -> None:
    """Let each declare that nothing ties her to the candidate."""
    case = candidate_or_case if isinstance(candidate_or_case, Case) else candidate_or_case.case
    for person in people:
        Declaration.objects.create(authority=case.authority, case=case, user=person, answer="no_ties", text_version=1)


def a_tie(candidate: Candidate, person: User, tie: str = "Broren min eier bedriften.") -> Declaration:
    return Declaration.objects.create(
        authority=candidate.authority, case=candidate.case, user=person, answer="tie", tie=tie, text_version=1
    )


def a_sheet(category: RoundCategory, person_or_seat: User | BodyMembership, **facts: Any) -> JurySheet:
    """Make a member's sheet; she must have declared for the whole field."""
    seat = person_or_seat
    if isinstance(seat, User):
        seat = BodyMembership.objects.get(body=category.round.jury_id, user=seat)
    return JurySheet.objects.create(authority=category.authority, category=category, member=seat, **facts)


def an_opinion(sheet: JurySheet, candidate: Candidate, *points: int, **facts: Any) -> JuryOpinion:
    """Make a member's opinion of a candidate, with points by the criteria in their order."""
    made = JuryOpinion.objects.create(authority=sheet.authority, sheet=sheet, candidate=candidate, **facts)
    for criterion, each in zip(candidate.round.statutes.criteria.all(), points, strict=False):
        JuryScore.objects.create(authority=sheet.authority, opinion=made, criterion=criterion, points=each)
    return made


def handed_in(sheet: JurySheet) -> JurySheet:
    sheet.handed_in_at = timezone.now()
    sheet.save()
    return sheet


def a_jury_vote(category: RoundCategory, seat: BodyMembership, candidate: Candidate | None, **facts: Any) -> JuryVote:
    return JuryVote.objects.create(
        authority=category.authority, category=category, member=seat, candidate=candidate,
        **{"choice": "candidate" if candidate else "none", "registered_by": make.a_user(), **facts},
    )  # fmt: skip


def a_category_decision(
    category: RoundCategory, winner: Candidate | None, *, by: User, **facts: Any
) -> CategoryDecision:
    """Decide a category; `by` has declared for the whole field."""
    return CategoryDecision.objects.create(
        authority=category.authority, category=category, candidate=winner, outcome="winner" if winner else "none",
        registered_by=by, **{"reasons": "Juryen la vekt på nytenkning.", "decided_on": timezone.localdate(), **facts},
    )  # fmt: skip


def announce(round_: PrizeRound) -> PrizeRound:
    """Move a decided round's state on to announced, with a winner for each decision that names one."""
    for state in ("decided", "announced"):
        PrizeRound.objects.filter(pk=round_.pk).update(state=state)
    for decision in CategoryDecision.objects.filter(category__round=round_, outcome="winner"):
        won = decision.candidate
        assert won is not None
        Winner.objects.create(
            authority=round_.authority, prize=round_.prize, year=round_.year, category_name=str(decision.category),
            decision=decision, kind=won.kind, name=won.name, number=won.number, reasons=decision.reasons,
        )  # fmt: skip
    round_.refresh_from_db()
    return round_


def an_earlier_winner(prize: Prize, **facts: Any) -> Winner:
    return Winner.objects.create(
        authority=prize.authority, prize=prize,
        **{"year": 2019, "kind": "organisation", "name": "Gammel Vinner AS", "source": "Kommunens nettsider", **facts},
    )  # fmt: skip


def a_voter(round_: PrizeRound, **facts: Any) -> Voter:
    n = next(make.counter)
    return Voter.objects.create(
        authority=round_.authority, round=round_,
        **{"address": f"velger{n}@test.example", "address_hash": f"{n:064x}", "domain": "test.example",
           "network": "a" * 64, **facts},
    )  # fmt: skip


def cast(voter: Voter, *candidates: Candidate) -> int:
    """Cast a vote as the portal does: through the database's own function."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT awards_cast(%s, %s)", [voter.pk, [one.pk for one in candidates]])
        return int(cursor.fetchone()[0])


def counted(round_: PrizeRound, erase_on: dt.date | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT awards_count_votes(%s, %s)", [round_.pk, erase_on or timezone.localdate() + 30 * DAY])
        return int(cursor.fetchone()[0])
