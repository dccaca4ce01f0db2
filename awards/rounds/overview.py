"""What waits for whom in the rounds of an authority’s prizes: counts and days, and no nominee, nominator or point."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import (
    CANDIDATES_TAKE_PART,
    TAKES_PART,
    Candidate,
    CategoryDecision,
    Nomination,
    Prize,
    PrizeRound,
    RoundCategory,
)
from awards.rounds import round_words
from awards.rules import Phase
from portal.calendar import oslo_today
from portal.models import BodyMembership, Declaration, Document
from portal.models.case import Access
from portal.permissions import period_holds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Authority

State = PrizeRound.State
OVER = (State.ANNOUNCED, State.CANCELLED)
SECOND = 2
"""How many rounds that are over a prize shows in the overview; the rest stand in its own page."""


class Wait(NamedTuple):
    """One thing that waits in a round: what, for whom, by when where a day is set, and where it is done."""

    text: str
    who: str
    url: str
    day: dt.date | None = None
    is_late: bool = False


@dataclass(slots=True)
class Figures:
    """What a round’s rows add up to."""

    nominations: int = 0
    candidates: int = 0
    uninformed: int = 0
    unreachable: int = 0
    """Not informed, and no e-mail is known."""
    unanswered: int = 0
    declined: int = 0
    seats: int = 0
    sheets_wanted: int = 0
    sheets: int = 0
    categories: int = 0
    decided: int = 0
    late_answer: dt.date | None = None
    kept: int = 0
    """Documents kept until a ceremony that is over."""


@dataclass(slots=True)
class RoundLine:
    """A round as the overview shows it."""

    round: PrizeRound
    phase: str
    mark: str
    next: str
    url: str
    figures: Figures
    waits: list[Wait] = field(default_factory=list)


class PrizeLine(NamedTuple):
    """A prize with its rounds: those under way, and the last ones that are over."""

    prize: Prize
    rounds: list[RoundLine]
    over: list[RoundLine]
    lacks: list[str]
    next_from: PrizeRound | None
    next_year: int


def prize_lines(authority: Authority, now: dt.datetime) -> list[PrizeLine]:
    """Return the authority’s prizes with what waits in each round; the same queries for one prize and for many."""
    prizes = list(Prize.objects.filter(authority=authority).select_related("working_group").annotate(
        has_statutes=Exists(Prize.objects.filter(pk=OuterRef("pk"), statutes__valid_from__isnull=False))
    ))  # fmt: skip
    rows = PrizeRound.objects.filter(authority=authority).select_related("statutes", "officer", "vote_count")
    by_prize: dict[int, list[PrizeRound]] = defaultdict(list)
    named = {prize.pk: prize for prize in prizes}
    for round_ in rows:
        round_.authority = authority
        round_.prize = named[round_.prize_id]
        round_.prize.authority = authority
        by_prize[round_.prize_id].append(round_)
    shown = [one for found in by_prize.values() for one in _shown(found)]
    lines = {line.round.pk: line for line in round_lines(shown, now)}
    return [_prize_line(prize, by_prize[prize.pk], lines, now) for prize in prizes]


def _shown(rounds: list[PrizeRound]) -> list[PrizeRound]:
    going = [one for one in rounds if one.state not in OVER]
    return [*going, *[one for one in rounds if one.state in OVER][:SECOND]]


def _prize_line(
    prize: Prize, rounds: list[PrizeRound], lines: dict[int, RoundLine], now: dt.datetime
) -> PrizeLine:  # fmt: skip
    shown = [lines[one.pk] for one in _shown(rounds)]
    last, year = next_of(rounds, oslo_today(now).year)
    lacks = []
    if prize.working_group_id is None:
        lacks.append(_("The working group is not set up."))
    if not prize.has_statutes:  # type: ignore[attr-defined]
        lacks.append(_("No statutes are adopted."))
    return PrizeLine(
        prize, [one for one in shown if one.round.state not in OVER], [one for one in shown if one.round.state in OVER],
        lacks, last, year,
    )  # fmt: skip


def next_of(rounds: list[PrizeRound], this_year: int) -> tuple[PrizeRound | None, int]:
    """Return the round a prize’s next is made from, and its year: by the statutes, not past, and not taken."""
    last = next((one for one in rounds if one.state != State.CANCELLED), None)
    wanted = max(last.year + last.statutes.interval_years, this_year) if last else this_year
    taken = {one.year for one in rounds}
    return last, next(year for year in range(wanted, 3000) if year not in taken)


def round_lines(rounds: Iterable[PrizeRound], now: dt.datetime) -> list[RoundLine]:
    """Return rounds with their figures and what waits in each; seven queries."""
    found = list(rounds)
    figures = figures_of(found, oslo_today(now))
    lines = []
    for one in found:
        phase = one.phase(now)
        line = RoundLine(
            one, phase, round_words.mark_of(phase), round_words.next_step(one, now), address("round_desk", one),
            figures[one.pk],
        )  # fmt: skip
        line.waits = waits_of(one, line.figures, now)
        lines.append(line)
    return lines


def address(name: str, round_: PrizeRound, *more: Any) -> str:
    return reverse(name, args=[round_.authority.slug, round_.prize.slug, round_.year, *more])


def figures_of(rounds: list[PrizeRound], today: dt.date) -> dict[int, Figures]:
    """Return what each round’s rows add up to; seven queries."""
    keys = [one.pk for one in rounds]
    found = {key: Figures() for key in keys}
    nominations = Nomination.objects.filter(round__in=keys, dismissed_why="").order_by().values("round")
    for row in nominations.annotate(n=Count("pk")):
        found[row["round"]].nominations = row["n"]
    waits = Q(informed_on=None)
    candidates = Candidate.objects.filter(round__in=keys, merged_into=None).order_by().values("round")
    for row in candidates.annotate(
        n=Count("pk", filter=TAKES_PART), uninformed=Count("pk", filter=TAKES_PART & waits),
        unreachable=Count("pk", filter=TAKES_PART & waits & Q(email="")),
        unanswered=Count("pk", filter=TAKES_PART & ~waits & Q(answer="")),
        declined=Count("pk", filter=Q(state=Candidate.State.DECLINED)),
        late_answer=Max("answer_due_on", filter=TAKES_PART & ~waits & Q(answer="")),
    ):  # fmt: skip
        to = found[row["round"]]
        to.candidates, to.uninformed, to.unreachable = row["n"], row["uninformed"], row["unreachable"]
        to.unanswered, to.declined, to.late_answer = row["unanswered"], row["declined"], row["late_answer"]
    _of_the_jury(rounds, found, today)
    decided = CategoryDecision.objects.filter(category__round__in=keys).order_by().values("category__round")
    for row in decided.annotate(n=Count("pk")):
        found[row["category__round"]].decided = row["n"]
    over = [one.pk for one in rounds if one.state in OVER]
    kept = Document.objects.filter(access=Access.DEFERRED, case__candidate__round__in=over).order_by()
    for row in kept.values("case__candidate__round").annotate(n=Count("pk")):
        found[row["case__candidate__round"]].kept = row["n"]
    return found


def _of_the_jury(rounds: list[PrizeRound], found: dict[int, Figures], today: dt.date) -> None:
    """Add who sits in each round’s jury today, and how many sheets are wanted and handed in; three queries.

    No sheet is wanted of a deputy, of a member a tie puts out of a category, or where nobody takes part.
    """
    sits = BodyMembership.objects.filter(period_holds(today), body__in={one.jury_id for one in rounds if one.jury_id})
    seats: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for body, seat, user in sits.exclude(capacity="deputy").values_list("body", "pk", "user"):
        seats[body].append((seat, user))
    handed_in = Q(sheets__handed_in_at__isnull=False)
    rows = RoundCategory.objects.filter(round__in=found).annotate(
        weighed=Count("candidates", filter=CANDIDATES_TAKE_PART),
        handed_in=Count("sheets", filter=handed_in, distinct=True),
    )
    by_key = {one.pk: one for one in rounds}
    out = _out_of([one.pk for one in rounds if one.state == State.JUDGING])
    for row in rows.order_by():
        to, sitting = found[row.round_id], seats[by_key[row.round_id].jury_id or 0]
        to.categories += 1
        to.sheets += row.handed_in
        to.seats = len(sitting)
        if row.weighed:
            gone = out[row.pk]
            to.sheets_wanted += sum(("user", user) not in gone and ("seat", seat) not in gone for seat, user in sitting)


def _out_of(rounds: list[int]) -> dict[int, set[tuple[str, int | None]]]:
    """Return who is out of each category by a tie nobody has ruled away; one query."""
    later = Declaration.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    later = later.filter(Q(user=OuterRef("user")) | Q(member=OuterRef("member")))
    ties = Declaration.objects.filter(
        ~Exists(later), answer=Declaration.Answer.TIE, case__candidate__round__in=rounds,
        case__candidate__state=Candidate.State.ACTIVE,
    ).exclude(ruling__is_impartial=True)  # fmt: skip
    found: dict[int, set[tuple[str, int | None]]] = defaultdict(set)
    for category, user, member in ties.values_list("case__candidate__category", "user", "member"):
        found[category] |= {("user", user) if user else ("seat", member)}
    return found


# ---- what waits ----


def waits_of(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    """Return what waits in a round where it stands, the officer’s own first."""
    if round_.state in OVER:
        return _afterwards(round_, figures)
    phase, today = round_.phase(now), oslo_today(now)
    found = [*_on_nominees(round_, figures, today)]
    find = {
        Phase.DRAFT: _in_draft, Phase.CLOSED: _when_closed, Phase.JUDGING: _in_the_jury,
        Phase.VOTE_UPCOMING: _in_the_vote, Phase.VOTING: _in_the_vote, Phase.VOTE_CLOSED: _after_the_vote,
        Phase.DECIDED: _when_decided,
    }.get(phase)  # fmt: skip
    return [*found, *(find(round_, figures, now) if find else [])]


def _afterwards(round_: PrizeRound, figures: Figures) -> list[Wait]:
    words = ngettext("%(n)d document waits to be assessed for access.",
                     "%(n)d documents wait to be assessed for access.", figures.kept)  # fmt: skip
    url = address("assess_prize_access", round_)
    return [Wait(words % {"n": figures.kept}, _officer(round_), url)] if figures.kept else []


def _officer(round_: PrizeRound) -> str:
    return round_.officer.name if round_.officer else _("An officer")


def _due(text: str, who: str, url: str, day: dt.date | None, today: dt.date) -> Wait:
    return Wait(text, who, url, day, day is not None and day < today)


def _on_nominees(round_: PrizeRound, figures: Figures, today: dt.date) -> list[Wait]:
    url, found = address("nominations", round_), []
    if round_.state in (State.DECIDED,):
        return []
    if figures.uninformed:
        n = figures.uninformed
        words = ngettext("Inform %(n)d nominee.", "Inform %(n)d nominees.", n) % {"n": n}
        if figures.unreachable:
            words += " " + ngettext(
                "%(n)d has no e-mail address yet.", "%(n)d have no e-mail address yet.", figures.unreachable
            ) % {"n": figures.unreachable}
        found.append(Wait(words, _officer(round_), url))
    if figures.unanswered:
        n = figures.unanswered
        words = ngettext("%(n)d nominee has not answered.", "%(n)d nominees have not answered.", n) % {"n": n}
        found.append(_due(words, _("The nominees"), url, round_.answer_due_on or figures.late_answer, today))
    return found


def _in_draft(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    return [Wait(_("Fill in what is missing, and publish the round."), _officer(round_), address("round_desk", round_))]


def _when_closed(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    url = f"{address('move_round', round_)}?til=judging"
    closed = oslo_today(round_.closes_at) if round_.closes_at else None
    return [_due(_("Give the nominations to the jury."), _officer(round_), url, closed, oslo_today(now))]


def _in_the_jury(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    found, today = [], oslo_today(now)
    left = figures.sheets_wanted - figures.sheets
    if round_.statutes.method == "scoring" and left > 0 and figures.candidates:
        words = _("%(done)d of %(all)d sheets are handed in.") % {"done": figures.sheets, "all": figures.sheets_wanted}
        found.append(_due(words, _("The jury"), address("round_jury", round_), round_.scores_due_on, today))
    url = f"{address('round_desk', round_)}#kategorier"
    undecided = figures.categories - figures.decided
    if undecided and round_.statutes.vote != "none" and not hasattr(round_, "vote_count"):
        opens = oslo_today(round_.vote_opens_at) if round_.vote_opens_at else None
        vote = f"{address('move_round', round_)}?til=voting"
        found.append(_due(_("Choose the finalists."), _("The jury"), url, round_.jury_meets_on, today))
        found.append(_due(_("Open the public vote."), _officer(round_), vote, opens, today))
    elif undecided:
        words = ngettext("%(n)d category is not decided.", "%(n)d categories are not decided.", undecided)
        found.append(_due(words % {"n": undecided}, _("The jury"), url, round_.jury_meets_on, today))
    else:
        url = f"{address('move_round', round_)}?til=decided"
        found.append(Wait(_("Mark the round as decided."), _officer(round_), url))
    return found


def _in_the_vote(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    closes = oslo_today(round_.vote_closes_at) if round_.vote_closes_at else None
    return [Wait(_("The public vote runs."), _("Everyone"), address("vote_desk", round_), closes)]


def _after_the_vote(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    undecided = figures.categories - figures.decided
    if undecided:
        words = ngettext("%(n)d category is not decided.", "%(n)d categories are not decided.", undecided)
        return [Wait(words % {"n": undecided}, _("The jury"), f"{address('round_desk', round_)}#kategorier")]
    return [Wait(_("Mark the round as decided."), _officer(round_), f"{address('move_round', round_)}?til=decided")]


def _when_decided(round_: PrizeRound, figures: Figures, now: dt.datetime) -> list[Wait]:
    day = oslo_today(round_.ceremony_at) if round_.ceremony_at else None
    words = _("Announce the winners.") if day else _("Say when the ceremony is.")
    url = address("announce_round", round_) if day else address("edit_round", round_)
    return [_due(words, _officer(round_), url, day, oslo_today(now))]
