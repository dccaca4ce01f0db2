"""Places the years of the demo's prizes: nominations, candidates, what the jury gave and decided, and the winners."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from awards.access_basis import DEFERRED_BASIS
from awards.announcing import diplomas, thanks
from awards.candidates import answers, eligibility, gathering, informing
from awards.deciding import decisions, holding, meeting, minutes
from awards.demo import vote_loader
from awards.models import (
    Candidate,
    JuryOpinion,
    JuryRemark,
    JuryScore,
    JurySheet,
    JuryVote,
    Nomination,
    NomineeAnswer,
    PrizeRound,
    RoundCategory,
    Winner,
)
from awards.nominating import deeds as nominating
from awards.rounds import making
from grants import notices
from portal.impartiality import TEXT_VERSION
from portal.impartiality_protocol import PRESENT, Seat
from portal.integrations import register, register_standin
from portal.models import Case, Declaration, Ruling
from portal.models.case import Access

if TYPE_CHECKING:
    from awards.demo.facts import NomineeFact, RoundFact
    from awards.demo.loader import Town
    from awards.models import Prize, PrizeStatutes
    from portal.models import Body, BodyMembership

State = PrizeRound.State
MOMENTS = {"opens_at": 8, "closes_at": 16, "vote_opens_at": 8, "vote_closes_at": 16, "ceremony_at": 18}
"""At which hour each moment of a round is; the other dates are days."""


class Year:
    """One round while it is placed: its categories by name, its candidates and seats by the facts' keys."""

    def __init__(self, town: Town, fact: RoundFact, row: PrizeRound, sits: dict[str, BodyMembership]) -> None:
        self.town, self.fact, self.row, self.sits = town, fact, row, sits
        rows = RoundCategory.objects.filter(round=row).select_related("category")
        self.categories = {str(one): one for one in rows}
        self.field: dict[str, Candidate] = {}

    def at(self, name: str) -> dt.datetime:
        return self.town.at(self.fact.days[name])

    @property
    def is_over(self) -> bool:
        return self.fact.state == State.ANNOUNCED

    def go(self, state: str) -> None:
        """Let the round stand in this state; nobody is told, since it is long ago or was never otherwise."""
        self.row.state = state
        if state == State.PUBLISHED:
            self.row.published_at = self.row.opens_at
        self.row.save()
        self.row.refresh_from_db()
        notices.record("prize_round_moved", self.row, by=self.town.officer, case=self.row.case, to_state=state)


def load(
    town: Town, prize: Prize, statutes: PrizeStatutes, jury: Body, sits: dict[str, BodyMembership], fact: RoundFact
) -> None:  # fmt: skip
    """Place a round, and let it go as far as the facts say."""
    opened = town.at(fact.days["opens_at"])
    row = making.make_round(prize, town.today.year - fact.years_back, by=town.officer, now=opened)
    row.statutes, row.jury, row.text, row.ceremony_place, row.invented = statutes, jury, fact.text, fact.place, True
    for name, days in fact.days.items():
        setattr(row, name, town.at(days, MOMENTS[name]) if name in MOMENTS else town.day(days))
    row.save()
    Case.objects.filter(pk=row.case_id).update(invented=True)
    row.refresh_from_db()
    year = Year(town, fact, row, sits)
    year.go(State.PUBLISHED)
    for each in fact.nominees:
        year.field[each.key] = _nominated(year, each)
    _declare(year)
    for each in fact.nominees:
        _told(year, each)
    if fact.state == State.PUBLISHED:
        return
    year.go(State.JUDGING)
    _judge(year)
    if year.is_over:
        said = {name: getattr(year.row, name) for name in ("vote_opens_at", "vote_closes_at")}
        if fact.ballots:
            vote_loader.hold(year)
        _decide(year)
        if fact.ballots:
            vote_loader.write_days(year, said)
        _announce(year)


# ---- who is nominated ----


def _nominated(year: Year, fact: NomineeFact) -> Candidate:
    """Place a nominee with all that was said of her; on paper when the round is over."""
    town, category = year.town, year.categories[fact.category]
    known = register_standin.units().get(fact.number)
    copy = eligibility.copy_of(register.read_unit(known["enhet"])) if known else None
    made = gathering.find_or_make(
        category, kind=fact.kind, name=fact.name, number=fact.number, email=fact.email, register_copy=copy, by=None,
        now=town.at(fact.said[0].days) if fact.said[0].days else town.now,
    )  # fmt: skip
    first = nominating.next_number(year.row)
    Nomination.objects.bulk_create(
        Nomination(
            authority=town.home, round=year.row, category=category, candidate=made, kind=fact.kind, number=number,
            typed_name=said.written or fact.name, typed_number=fact.number, reasons=f"{said.why} (oppdiktet)",
            nominator_name=said.by, source="paper" if said.is_paper else "web", received_on=town.day(said.days),
            received_at=town.at(said.days) if said.days else town.now,
            registered_by=town.officer if said.is_paper else None, invented=True,
        )
        for number, said in enumerate(fact.said, start=first)
    )  # fmt: skip
    Candidate.objects.filter(pk=made.pk).update(invented=True, place=fact.place or made.place)
    made.refresh_from_db()
    return made


def _told(year: Year, fact: NomineeFact) -> None:
    """Tell a nominee, and keep what she answered: by mail and link now, on paper where it is some time ago."""
    town, one = year.town, year.field[fact.key]
    if fact.told and fact.email:
        informing.inform(one, by=town.officer, now=town.now)
        if fact.answer:
            answers.answer(one, answer=fact.answer, facts=fact.facts, now=town.now)
    elif fact.told:
        when = year.at("closes_at")
        NomineeAnswer.objects.create(
            authority=town.home, candidate=one, answer=fact.answer, how="paper", answered_at=when,
            registered_by=town.officer,
        )  # fmt: skip
        Candidate.objects.filter(pk=one.pk).update(
            informed_on=when.date(), informed_by=town.officer, answer=fact.answer, answered_at=when,
            answer_due_on=year.row.answer_due_on,
        )  # fmt: skip


def _declare(year: Year) -> None:
    """Let officer and leader say that nothing ties them, and each member of a jury at work, or what ties her."""
    town, rows, ties = year.town, [], {(one.seat, one.candidate): one for one in year.fact.ties}
    when = town.now if year.fact.state == State.PUBLISHED else year.at("closes_at")
    said = {"authority": town.home, "text_version": TEXT_VERSION, "declared_at": when, "invented": True}
    for key, one in year.field.items():
        for role in ("officer", "leader"):
            rows.append(Declaration(case_id=one.case_id, user=town.who[role], answer="no_ties", **said))
        for seat, member in year.sits.items() if year.fact.state != State.PUBLISHED else ():
            tie = ties.get((seat, key))
            who: dict[str, Any] = {"user": member.user} if member.user_id else {
                "member": member, "registered_by": town.officer
            }  # fmt: skip
            rows.append(Declaration(
                case_id=one.case_id, answer="tie" if tie else "no_ties", tie=tie.tie if tie else "", **who, **said
            ))  # fmt: skip
    Declaration.objects.bulk_create(rows)
    for row in rows:
        if row.answer == Declaration.Answer.TIE:
            fact = next(tie for tie in year.fact.ties if tie.tie == row.tie)
            Ruling.objects.create(
                authority=town.home, declaration=row, is_impartial=False, reason=fact.ruling, body=year.row.jury,
                registered_by=town.officer, ruled_at=when,
            )  # fmt: skip


# ---- what the jury gave ----


def _judge(year: Year) -> None:
    """Place each member's sheet with points and comments, handed in or not, and what was said."""
    town, criteria = year.town, list(year.row.statutes.criteria.order_by("position"))
    for fact in year.fact.judged:
        member = year.sits[fact.seat]
        sheet = JurySheet.objects.create(
            authority=town.home, category=year.categories[fact.category], member=member,
            registered_by=None if member.user_id else town.officer,
        )  # fmt: skip
        opinions = JuryOpinion.objects.bulk_create(
            JuryOpinion(authority=town.home, sheet=sheet, candidate=year.field[key], comment=fact.comments.get(key, ""))
            for key in fact.points
        )
        JuryScore.objects.bulk_create(
            JuryScore(authority=town.home, opinion=opinion, criterion=criterion, points=given)
            for opinion, points in zip(opinions, fact.points.values(), strict=True)
            for criterion, given in zip(criteria, points, strict=True)
        )
        if fact.handed_in:
            sheet.handed_in_at = year.at("scores_due_on") if year.is_over else town.now
            sheet.save()
    for seat, key, text in year.fact.remarks:
        JuryRemark.objects.create(
            authority=town.home, candidate=year.field[key], member=year.sits[seat], text=text, said_at=town.now
        )


# ---- what it decided ----


def _decide(year: Year) -> None:
    """Let the jury have met, voted and decided, with its minutes."""
    town, when = year.town, year.at("jury_meets_on")
    step = meeting.hold(year.row, on=when.date(), by=town.officer, now=when)
    there = [Seat(member, PRESENT) for member in year.sits.values()]
    meeting.attend(year.row, step, there, all_asked=False, by=town.officer, now=when)
    for fact in year.fact.outcomes:
        category, winner = year.categories[fact.category], year.field.get(fact.winner)
        JuryVote.objects.bulk_create(
            JuryVote(
                authority=town.home, category=category, member=year.sits[seat], candidate=year.field.get(key),
                choice="candidate" if key else "none", registered_by=town.officer,
            )
            for seat, key in fact.votes.items()
        )  # fmt: skip
        held = holding.category(category, by=town.officer)
        typed = decisions.Decided(
            "winner" if winner else "none", winner.pk if winner else None, fact.reasons, when.date(), fact.grounds
        )
        made = decisions.drawn(held, typed, by=town.officer, now=when)
        made.save(force_insert=True)
        made.minutes = minutes.keep(made, held, now=when)
        made.save(update_fields=["minutes"])
    year.row.refresh_from_db()
    meeting.close(year.row, on=when.date())
    year.go(State.DECIDED)


def _announce(year: Year) -> None:
    """Publish the winners with their diplomas, and write to who took part; none of them has an address."""
    town, row, when = year.town, year.row, year.at("ceremony_at")
    year.go(State.ANNOUNCED)
    row.case.refresh_from_db()
    if row.case.access_basis == DEFERRED_BASIS:
        row.case.access, row.case.access_basis = Access.OPEN, ""
        row.case.save(update_fields=["access", "access_basis"])
    for fact in year.fact.outcomes:
        if (won := year.field.get(fact.winner)) is None:
            continue
        winner = Winner.objects.create(
            authority=town.home, prize=row.prize, year=row.year, decision=year.categories[fact.category].decision,
            category_name=fact.category, kind=won.kind, name=won.name, number=won.number, place=won.place,
            reasons=fact.reasons, invented=True,
        )  # fmt: skip
        diplomas.make_if_possible(winner, by=town.officer, now=when)
    for pk in thanks.waiting(row).order_by("pk").values_list("pk", flat=True):
        thanks.thank(pk, by=town.officer, now=when + dt.timedelta(days=1))
