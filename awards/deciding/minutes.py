"""The jury’s minutes of one category: who took part, who was out of it, the ranking, the votes and the decision.

They are laid out once, when the decision is registered, and kept in the round’s case; access is deferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.access_basis import DEFERRED_BASIS
from awards.deciding import meeting, ranking, votes
from awards.deciding.words import vote_words
from awards.models import Candidate, CategoryDecision, PrizeCriterion, PrizeStatutes, VoteCount
from portal.calendar import Precision, format_precise, oslo_today
from portal.letters.engine import register
from portal.models import Attendance, Document
from portal.models.case import Access
from portal.money import format_number, format_percent
from strategy.papers import pdf
from strategy.papers.blocks import Cell, Column, Group, Heading, Listing, Paper, Table, Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from awards.deciding.holding import Held
    from awards.deciding.meeting import Member
    from awards.deciding.ranking import Ranked
    from awards.models import JuryVote
    from strategy.papers.blocks import Block


@dataclass(frozen=True)
class Basis:
    """What the minutes are made from."""

    decision: CategoryDecision
    """Without a key while it is a draft."""
    held: Held
    members: list[Member]
    rows: list[Ranked]
    votes: list[JuryVote]
    criteria: list[PrizeCriterion]

    @property
    def names(self) -> dict[int, str]:
        return {one.pk: one.name for one in self.held.field}


def basis_of(decision: CategoryDecision, held: Held, today: dt.date) -> Basis:
    """Gather what the minutes say."""
    step, cases = meeting.meeting_of(held.round), [one.case_id for one in held.field]
    members = meeting.members_of(held.category, step, today, cases)
    return Basis(
        decision, held, members, ranking.ranking(held.category), votes.votes_of(held.category, members),
        list(held.round.statutes.criteria.all()),
    )  # fmt: skip


def made(basis: Basis, *, is_draft: bool = False) -> bytes:
    """Return the minutes as PDF, in the authority’s language form; the same basis gives the same bytes."""
    with translation.override(basis.held.round.authority.language_form):
        return bytes(pdf.compiled(paper_of(basis, is_draft=is_draft), at=basis.decision.decided_on))


def keep(decision: CategoryDecision, held: Held, *, now: dt.datetime) -> Document:
    """Make the minutes and put them in the round’s case."""
    on = oslo_today(now)
    with translation.override(held.round.authority.language_form):
        title = _title(held)
    return register(
        held.round.case, made(basis_of(decision, held, on)), kind="minutes", title=title, public_title=title,
        dated_on=on, direction=Document.Direction.INTERNAL, access=Access.DEFERRED, access_basis=DEFERRED_BASIS,
    )  # fmt: skip


def _title(held: Held) -> str:
    return _("The jury’s minutes: %(round)s, %(category)s") % {"round": held.round, "category": held.category}


# ---- what stands in them ----


def paper_of(basis: Basis, *, is_draft: bool = False) -> Paper:
    """Return the minutes, in the active language."""
    held, decision = basis.held, basis.decision
    authority = held.round.authority
    return Paper(
        language=authority.language_form, title=f"{held.round}: {held.category}", subject=_title(held),
        kicker=_("The jury’s minutes, not kept yet") if is_draft else _("The jury’s minutes"),
        owner=authority.full_name, lede=outcome_words(decision), facts=list(_facts(basis)),
        foot=f"{authority.full_name} · {_title(held)}", page_of=_("Page {page} of {pages}"),
        hash_line=_("Access is deferred: %(basis)s") % {"basis": DEFERRED_BASIS}, blocks=list(_blocks(basis)),
        invented=_("Everything marked “oppdiktet” is invented for the demonstration.") if decision.invented else "",
    )  # fmt: skip


def outcome_words(decision: CategoryDecision) -> str:
    """Return what was decided in one sentence."""
    if decision.candidate is None:
        return _("No winner this year.")
    return _("The winner is %(name)s.") % {"name": decision.candidate.name}


def _facts(basis: Basis) -> Iterator[str]:
    step = basis.decision.step
    if step is not None and step.starts_on:
        yield _("%(jury)s met %(day)s.") % {"jury": basis.held.round.jury, "day": _day(step.starts_on)}
    yield _("Decided %(day)s.") % {"day": _day(basis.decision.decided_on)}
    yield _("Statutes: %(version)s.") % {"version": basis.held.round.statutes}


def _blocks(basis: Basis) -> Iterator[Block]:
    yield Heading(_("Decision"))
    yield Text(outcome_words(basis.decision))
    yield from _paragraphs(basis.decision.reasons)
    if basis.decision.tie_broken_how:
        yield Heading(_("How it was settled"), 3)
        yield from _paragraphs(basis.decision.tie_broken_how)
    yield from _presence(basis)
    yield from _ranking(basis)
    yield from _votes(basis)
    if basis.decision.grounds:
        yield Heading(_("What the jury weighed"))
        yield from _paragraphs(basis.decision.grounds)


def _presence(basis: Basis) -> Iterator[Block]:
    yield Heading(_("Who took part"))
    if not basis.members:
        yield Text(_("Nobody sits in the jury."))
        return
    columns = [Column(_("Member of the jury"), 0.34), Column(_("Capacity"), 0.16), Column(_("In the meeting"), 0.24),
               Column(_("In this category"), 0.26)]  # fmt: skip
    rows = [
        [Cell(one.name), Cell(capacity_words(one)), Cell(presence_words(one)), Cell(standing_words(one))]
        for one in basis.members
    ]
    yield Table(_("Who took part"), columns, [Group(rows)])
    yield Heading(_("Impartiality"))
    yield from _disqualified(basis)


def _disqualified(basis: Basis) -> Iterator[Block]:
    out = [one for one in basis.members if one.is_out]
    ruled = [one for one in basis.members if one.tie and one.may_judge]
    if not out and not ruled:
        yield Text(_("Nobody in the jury was disqualified in this category."))
        return
    text = _("%(name)s is tied to a candidate, and took no part in the category.")
    lines = [text % {"name": one.name} + (f" {one.ruling}" if one.ruling else "") for one in out]
    text = _("%(name)s declared a tie to a candidate, and was ruled impartial: %(reason)s")
    lines += [text % {"name": one.name, "reason": one.ruling} for one in ruled]
    yield Listing(lines)
    yield Text(_("What ties each of them stands in the candidates’ own cases."), tone="note")


def capacity_words(one: Member) -> str:
    words = str(one.seat.get_capacity_display())
    return _("%(capacity)s, chair") % {"capacity": words} if one.seat.is_chair else words


def presence_words(one: Member) -> str:
    if not one.presence:
        return _("Not registered")
    words = str(Attendance.Presence(one.presence).label)
    if not one.deputy_for:
        return words
    return _("%(presence)s, deputy for %(name)s") % {"presence": words, "name": one.deputy_for}


def standing_words(one: Member) -> str:
    """Return how a member stands in the category."""
    if one.is_out:
        return _("Disqualified")
    if not one.may_judge:
        return _("Has not declared")
    return _("Ruled impartial") if one.tie else _("Impartial")


def _ranking(basis: Basis) -> Iterator[Block]:
    yield Heading(_("Candidates"))
    if not basis.rows:
        yield Text(_("Nobody takes part in this category."))
    elif basis.held.round.statutes.method == PrizeStatutes.Method.SCORING:
        yield from _scored(basis)
    else:
        yield Listing([basis.names[row.candidate_id] for row in basis.rows])
    out = Candidate.objects.filter(category=basis.held.category, merged_into=None).exclude(state="active")
    if lines := [f"{one.name}: {one.out_why or one.get_state_display()}" for one in out]:
        yield Heading(_("Those who took no part"), 3)
        yield Listing(lines)
    count = VoteCount.objects.filter(round=basis.held.round).first()
    if count is not None and any(row.votes is not None for row in basis.rows):
        yield from _public(basis, count)


def _scored(basis: Basis) -> Iterator[Block]:
    columns = [
        Column(_("Rank"), 0.1, is_number=True), Column(_("Candidate"), 0.5),
        Column(_("Weighted score"), 0.16, is_number=True), Column(_("Gave points"), 0.24, is_number=True),
    ]  # fmt: skip
    rows = [
        [Cell(str(row.rank or "–")), Cell(basis.names[row.candidate_id]),
         Cell("–" if row.score is None else format_percent(row.score)), Cell(str(row.scored_by))]
        for row in basis.rows
    ]  # fmt: skip
    yield Table(_("Ranking by the jury’s points"), columns, [Group(rows)])
    criteria = sorted(basis.criteria, key=lambda one: (-one.weight, one.position, one.pk))
    titles = {str(one.pk): one.title for one in criteria} | {ranking.VOTE: _("the public vote")}
    lines = [
        _("%(name)s is put before the next with the same score by: %(what)s.")
        % {"name": basis.names[row.candidate_id], "what": titles[row.ahead_by]}
        for row in basis.rows
        if row.ahead_by
    ]
    if lines:
        yield Listing(lines)
    if any(row.is_shared for row in basis.rows):
        yield Text(_("Candidates with the same rank are equal by every rule."), tone="note")
    if criteria:
        yield from _by_criterion(basis, criteria)


def _by_criterion(basis: Basis, criteria: list[PrizeCriterion]) -> Iterator[Block]:
    yield Heading(_("Mean by criterion"), 3)
    share = 0.6 / len(criteria)
    columns = [Column(_("Candidate"), 0.4)] + [
        Column(_("%(n)d. weight %(weight)d") % {"n": n, "weight": one.weight}, share, is_number=True)
        for n, one in enumerate(criteria, 1)
    ]
    rows = [
        [Cell(basis.names[row.candidate_id])]
        + [Cell("–" if (mean := row.by_criterion.get(one.pk)) is None else format_percent(mean)) for one in criteria]
        for row in basis.rows
        if row.rank is not None
    ]
    yield Listing([f"{n}. {one.title}" for n, one in enumerate(criteria, 1)])
    if rows:
        yield Table(_("Mean by criterion"), columns, [Group(rows)])


def _public(basis: Basis, count: VoteCount) -> Iterator[Block]:
    yield Heading(_("The public vote"))
    words = ngettext("%(n)s person voted.", "%(n)s persons voted.", count.voters)
    yield Text(words % {"n": format_number(count.voters)})
    columns = [Column(_("Finalist"), 0.7), Column(_("Votes"), 0.3, is_number=True)]
    voted = sorted((row for row in basis.rows if row.votes is not None), key=lambda row: -(row.votes or 0))
    rows = [[Cell(basis.names[row.candidate_id]), Cell(format_number(row.votes or 0))] for row in voted]
    yield Table(_("The public vote"), columns, [Group(rows)])
    yield Text(_("SHA-256 of all ballots: %(hash)s") % {"hash": count.sha256}, tone="note")


def _votes(basis: Basis) -> Iterator[Block]:
    yield Heading(_("Votes in the jury"))
    if not basis.votes:
        yield Text(_("The jury did not vote."))
        return
    columns = [Column(_("Member of the jury"), 0.4), Column(_("Voted for"), 0.6)]
    rows = [[Cell(meeting.name_of(row.member)), Cell(vote_words(row))] for row in basis.votes]
    yield Table(_("Votes in the jury"), columns, [Group(rows)])


def _paragraphs(text: str) -> Iterator[Text]:
    for part in re.split(r"\n\s*\n", text):
        if part.strip():
            yield Text(part.strip())


def _day(day: dt.date) -> str:
    return format_precise(day, Precision.DAY, translation.get_language() or "nb", in_text=True)
