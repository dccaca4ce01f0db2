"""Prizes as everyone reads them: which there are, how far this year’s round has come, and who has won.

What is nominated, scored and decided is read from nowhere here before the ceremony: winners are rows that exist only
when a round is announced, and finalists are read when the public vote has opened.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards import finalists
from awards.models import (
    Candidate,
    CategoryDecision,
    Prize,
    PrizeGoal,
    PrizeRound,
    PrizeStatutes,
    VoteCount,
    Winner,
)
from awards.rules import Phase
from grants.calls.public_calls import SOON, moment
from portal.calendar import oslo_today
from portal.templatetags.portal_tags import long_date
from strategy.models import Plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from portal.models import Authority

State = PrizeRound.State
OVER = (State.ANNOUNCED, State.CANCELLED)
ACTS = {Phase.OPEN: "nominate", Phase.VOTING: "vote"}
"""What anyone can do in a round now."""


def prizes_of(authority_id: int) -> QuerySet[Prize]:
    """Return the prizes an authority shows to everyone."""
    return Prize.objects.filter(authority=authority_id, is_public=True)


def rounds_of(prizes: Iterable[Prize]) -> QuerySet[PrizeRound]:
    """Return the rounds everyone may read of these prizes, the newest first."""
    found = PrizeRound.objects.filter(prize__in=list(prizes), published_at__isnull=False).exclude(state=State.DRAFT)
    return found.select_related("prize__authority", "authority").order_by("-year", "-pk")


# ---- a round in one line ----


class RoundLine(NamedTuple):
    """A round as a list shows it: how far it has come, in words, and what one can do."""

    round: PrizeRound
    standing: str
    when: str
    act: str
    """nominate | vote, the name of the page where it is done; empty when there is nothing to do."""
    is_running: bool


def line_of(round_: PrizeRound, now: dt.datetime) -> RoundLine:
    phase = round_.phase(now)
    return RoundLine(
        round_, f"prize_{phase}", when_words(round_, phase, now), ACTS.get(phase, ""), round_.state not in OVER
    )


def when_words(round_: PrizeRound, phase: Phase, now: dt.datetime) -> str:
    """Return what happens next and when, as people read it; nothing of what the jury has come to."""
    match phase:
        case Phase.UPCOMING:
            return _("Nominations open %(when)s") % {"when": moment(round_.opens_at)}
        case Phase.OPEN:
            return _until(_("Nominate by %(when)s"), round_.closes_at, now)
        case Phase.VOTE_UPCOMING:
            return _("The vote opens %(when)s") % {"when": moment(round_.vote_opens_at)}
        case Phase.VOTING:
            return _until(_("Vote by %(when)s"), round_.vote_closes_at, now)
        case Phase.ANNOUNCED:
            return _("The ceremony was %(when)s") % {"when": long_date(round_.ceremony_at or round_.announced_at)}
        case Phase.CANCELLED:
            return _("The prize is not awarded in %(year)d") % {"year": round_.year}
        case Phase.DRAFT:
            return _("Not published")
    if round_.ceremony_at:
        return _("The winner is announced %(when)s") % {"when": moment(round_.ceremony_at)}
    return _("When the winner is announced is not decided")


def _until(text: str, end: dt.datetime | None, now: dt.datetime) -> str:
    """Return until when, with the days that are left when they are few."""
    assert end is not None
    said = text % {"when": moment(end)}
    left = (oslo_today(end) - oslo_today(now)).days
    if left > SOON:
        return said
    days = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left} if left else _("the last day")
    return f"{said}, {days}"


# ---- prizes in a list ----


class PrizeLine(NamedTuple):
    """A prize as a list shows it: the round one should know of, and who won last."""

    prize: Prize
    line: RoundLine | None
    year: int | None
    winners: list[Winner]


def prize_lines(authority: Authority, now: dt.datetime) -> list[PrizeLine]:
    """Return an authority’s prizes with the running round and the last winners; three queries for any number."""
    prizes = list(prizes_of(authority.pk))
    for prize in prizes:
        prize.authority = authority
    running: dict[int, list[RoundLine]] = {}
    for round_ in rounds_of(prizes).exclude(state__in=OVER):
        running.setdefault(round_.prize_id, []).append(line_of(round_, now))
    won: dict[int, list[Winner]] = {}
    for winner in last_winners(prizes):
        won.setdefault(winner.prize_id, []).append(winner)
    return [
        PrizeLine(prize, first_of(running.get(prize.pk, [])), *_last(won.get(prize.pk, []))) for prize in prizes
    ]  # fmt: skip


def _last(winners: list[Winner]) -> tuple[int | None, list[Winner]]:
    return (winners[0].year if winners else None), winners


def first_of(lines: list[RoundLine]) -> RoundLine | None:
    """Return the round a reader should know of: one she can take part in, else the one that ends first."""
    return min(lines, key=lambda line: (not line.act, line.round.year), default=None)


def last_winners(prizes: Collection[Prize]) -> list[Winner]:
    """Return the winners of each prize’s last year with any; one query."""
    newest = Winner.objects.filter(prize=OuterRef("prize")).order_by().values("prize").annotate(n=Max("year"))
    rows = Winner.objects.filter(prize__in=prizes, year=Subquery(newest.values("n")))
    return list(rows.select_related("prize__authority", "authority").order_by("category_name", "pk"))


# ---- one prize ----


def statutes_in_force(prize: Prize, on: dt.date) -> PrizeStatutes | None:
    """Return the adopted version that holds on this day, with its criteria; none is adopted yet: none."""
    rows = PrizeStatutes.objects.filter(prize=prize, valid_from__lte=on).prefetch_related("criteria")
    return rows.order_by("-valid_from", "-version").first()


class GoalLine(NamedTuple):
    """A goal the prize serves, and where its plan tells how it goes."""

    text: str
    plan: str
    url: str
    language: str


def goals_of(prize: Prize) -> list[GoalLine]:
    """Return the goals a prize serves, in plans everyone may read; one query."""
    rows = PrizeGoal.objects.filter(prize=prize, plan__authority__is_listed=True).exclude(
        plan__status=Plan.Status.DRAFT
    )
    return [
        GoalLine(
            str(one.goal), str(one.plan), f"{one.plan.get_absolute_url()}#m{one.goal_id}",
            one.plan.authority.language_form,
        )
        for one in rows.select_related("goal", "plan__authority").order_by("plan_id", "goal__position")
    ]  # fmt: skip


# ---- one round ----


def dates_of(round_: PrizeRound) -> list[tuple[str, dt.datetime | dt.date, str]]:
    """Return the round’s public dates, the first day first: (what, when, where). The jury may meet after the vote."""
    is_voted_on = round_.statutes.vote != PrizeStatutes.Vote.NONE
    rows: list[tuple[str, Any, str]] = [
        (_("Nominations open"), round_.opens_at, ""),
        (_("Nominations close"), round_.closes_at, ""),
        (_("The jury meets"), round_.jury_meets_on, ""),
        (_("The public vote opens"), round_.vote_opens_at if is_voted_on else None, ""),
        (_("The public vote closes"), round_.vote_closes_at if is_voted_on else None, ""),
        (_("Ceremony"), round_.ceremony_at, round_.ceremony_place),
    ]
    return sorted((row for row in rows if row[1]), key=lambda row: _day(row[1]))


def _day(when: dt.datetime | dt.date) -> dt.date:
    return timezone.localdate(when) if isinstance(when, dt.datetime) else when


class CategoryLine(NamedTuple):
    """A category of a round: who was chosen, or that nobody was and why; before that only what it is for."""

    name: str
    description: str
    finalists: list[Candidate]
    winner: Winner | None
    none_because: str


def categories_of(round_: PrizeRound, now: dt.datetime) -> list[CategoryLine]:
    """Return the round’s categories with what is public of each; at most five queries."""
    shown = finalists.of(round_) if finalists.are_shown(round_, round_.phase(now)) else {}
    asked = {category.pk: candidates for category, candidates in shown.items()}
    won: dict[int, Winner] = {}
    without: dict[int, str] = {}
    if round_.state == State.ANNOUNCED:
        winners = Winner.objects.filter(decision__category__round=round_).select_related("decision", "prize__authority")
        won = {one.decision.category_id: one for one in winners}
        decisions = CategoryDecision.objects.filter(category__round=round_, outcome=CategoryDecision.Outcome.NONE)
        without = dict(decisions.values_list("category_id", "reasons"))
    return [
        CategoryLine(
            one.category.name, one.category.description, asked.get(one.pk, []), won.get(one.pk),
            without.get(one.pk, ""),
        )
        for one in round_.categories.select_related("category").order_by("position", "pk")
    ]  # fmt: skip


def numbers_of(round_: PrizeRound) -> dict[str, int]:
    """Return how many were nominated, and by how many, once the round is announced; two queries, or none."""
    if round_.state != State.ANNOUNCED:
        return {}
    return {
        "nominations": round_.nominations.filter(dismissed_why="").count(),
        "nominees": round_.candidates.filter(merged_into=None).count(),
    }


def vote_count_of(round_: PrizeRound) -> VoteCount | None:
    """Return how the public vote went, once the round is announced."""
    if round_.state != State.ANNOUNCED or round_.statutes.vote == PrizeStatutes.Vote.NONE:
        return None
    return VoteCount.objects.filter(round=round_).first()


def act_url(line: RoundLine) -> str:
    """Return the page where one takes part in a round now."""
    if not line.act:
        return ""
    round_ = line.round
    return reverse(line.act, args=[round_.prize.authority.slug, round_.prize.slug, round_.year])


# ---- winners of all years ----


class Year(NamedTuple):
    """A year of a prize: its winners, and the categories that had none."""

    year: int
    rows: list[Any]


class Honour(NamedTuple):
    """A line of the archive: a winner, or a category without one."""

    year: int
    category: str
    winner: Winner | None
    reasons: str
    url: str
    invented: bool = False

    @property
    def searched(self) -> str:
        won = self.winner
        said = f"{won.name} {won.number} {won.place}" if won else ""
        return f"{said} {self.category} {self.year} {self.reasons}".casefold()


def archive(prize: Prize) -> list[Honour]:
    """Return all winners of a prize and the categories that had none, the newest year first; two queries."""
    where = [prize.authority.slug, prize.slug]
    rows = [
        Honour(one.year, one.category_name, one, one.reasons, one.get_absolute_url(), one.invented)
        for one in prize.winners.select_related("prize__authority", "authority")
    ]
    none = CategoryDecision.objects.filter(
        category__round__prize=prize, category__round__state=State.ANNOUNCED, outcome=CategoryDecision.Outcome.NONE
    ).select_related("category__category", "category__round")
    rows += [
        Honour(year, str(one.category), None, one.reasons, reverse("prize_round", args=[*where, year]), one.invented)
        for one in none if (year := one.category.round.year)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.year, row.winner is None, row.category.casefold()))


def that_fit(rows: Iterable[Honour], *, words: str, category: str) -> list[Honour]:
    """Return the lines of a category in which all the words stand."""
    asked = words.casefold().split()
    return [row for row in rows if (not category or row.category == category) and all(w in row.searched for w in asked)]


def by_year(rows: Iterable[Honour]) -> list[Year]:
    found: dict[int, list[Honour]] = {}
    for row in rows:
        found.setdefault(row.year, []).append(row)
    return [Year(year, found[year]) for year in found]


def newest(authority_id: int, most: int) -> list[Winner]:
    """Return the winners announced last, of the prizes everyone may read; one query."""
    rows = Winner.objects.filter(authority=authority_id, prize__is_public=True, decision__isnull=False)
    rows = rows.select_related("prize__authority", "authority", "decision__category__round")
    return list(rows.order_by("-decision__category__round__announced_at", "category_name", "pk")[:most])
