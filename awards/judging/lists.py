"""What a jury member sees in lists: her rounds, their categories, and the candidates with what she has given."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards import permissions
from awards.judging import field
from awards.models import TAKES_PART, Candidate, JuryOpinion, JurySheet, PrizeRound
from awards.rules import name_key
from grants.desk import weighing
from portal.models import BodyMembership, Declaration
from portal.money import format_percent
from portal.permissions import authorities_with, period_holds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from awards.deciding.ranking import Ranked
    from awards.judging.field import Line, Place
    from awards.models import PrizeCriterion
    from portal.models import User

PER_PAGE, LATELY = 50, 20
LEFT, DONE, ALL = "igjen", "vurdert", ""
BY_NAME, BY_OWN, BY_JURY = "", "dine", "juryen"


# ---- her rounds ----


@dataclass(frozen=True)
class OwnRound:
    """A round in whose jury she sits, and what waits for her in it."""

    round: PrizeRound
    text: str
    waits: bool

    @property
    def url(self) -> str:
        row = self.round
        return reverse("jury_round", args=[row.authority.slug, row.prize.slug, row.year])


def rounds_of(user: User, today: dt.date, authority_id: int | None = None) -> list[OwnRound]:
    """Return the rounds of her juries, what waits for her first; five queries however many they are."""
    owners = authorities_with(user, permissions.JUDGES)
    if authority_id is not None:
        owners = [pk for pk in owners if pk == authority_id]
    if not owners:
        return []
    seats = {
        row.body_id: row for row in BodyMembership.objects.filter(
            period_holds(today), user=user.pk, authority__in=owners
        ).order_by("-pk")
    }  # fmt: skip
    rows = PrizeRound.objects.filter(jury__in=seats, authority__in=owners).exclude(state=PrizeRound.State.DRAFT)
    found = list(rows.select_related("prize", "authority", "statutes").order_by("-year", "-pk")[:LATELY])
    waits = _waits(found, seats, user)
    lines = [_own(row, waits.get(row.pk)) for row in found]
    return sorted(lines, key=lambda line: not line.waits)


def _waits(found: list[PrizeRound], seats: dict[int, BodyMembership], user: User) -> dict[int, tuple[int, int, int]]:
    """Return how many candidates she has not declared for, how many have no opinion of hers, sheets not handed in."""
    works = [row for row in found if row.state in field.WORKS]
    if not works:
        return {}
    keys = [seat.pk for seat in seats.values()]
    hers = FilteredRelation("case__declarations", condition=Q(case__declarations__user=user.pk))
    ties = Declaration.objects.filter(user=user.pk, answer=Declaration.Answer.TIE).order_by().values("case")
    closed = Candidate.objects.filter(TAKES_PART, round__in=works, case__in=ties)
    closed = closed.annotate(**weighing.declared(user)).filter(weighing.tied()).order_by().values("category")
    stands = Candidate.objects.filter(TAKES_PART, round__in=works).exclude(category__in=closed).annotate(
        hers=hers,
        opined=Exists(JuryOpinion.objects.filter(sheet__member__in=keys, candidate=OuterRef("pk"))),
        handed=Exists(JurySheet.objects.filter(
            member__in=keys, category=OuterRef("category"), handed_in_at__isnull=False
        )),
    )  # fmt: skip
    numbers = stands.order_by().values("round").annotate(
        unanswered=Count("pk", filter=Q(hers__isnull=True), distinct=True),
        left=Count("pk", filter=Q(opined=False), distinct=True),
        sheets=Count("category", filter=Q(handed=False), distinct=True),
    )  # fmt: skip
    return {row["round"]: (row["unanswered"], row["left"], row["sheets"]) for row in numbers}


def _own(row: PrizeRound, numbers: tuple[int, int, int] | None) -> OwnRound:
    if row.state not in field.WORKS:
        words = {
            PrizeRound.State.PUBLISHED: _("The jury starts when nominations have closed."),
            PrizeRound.State.DECIDED: _("Decided. It stays secret until the ceremony."),
            PrizeRound.State.ANNOUNCED: _("Announced."),
            PrizeRound.State.CANCELLED: _("Cancelled."),
        }  # fmt: skip
        return OwnRound(row, str(words.get(PrizeRound.State(row.state), "")), waits=False)
    if numbers is None:
        return OwnRound(row, _("Nothing waits for you in this round."), waits=False)
    unanswered, left, sheets = numbers
    if unanswered:
        words = ngettext("Say whether something ties you to %(n)d candidate.",
                         "Say whether something ties you to %(n)d candidates.", unanswered)  # fmt: skip
        return OwnRound(row, words % {"n": unanswered}, waits=True)
    if not field.is_scored(row):
        return OwnRound(row, _("Read the candidates, and take part in the discussion."), waits=False)
    if left and sheets:
        words = ngettext("%(n)d candidate waits for your points.", "%(n)d candidates wait for your points.", left)
        return OwnRound(row, words % {"n": left}, waits=True)
    if sheets:
        return OwnRound(row, _("Look over your sheet, and hand it in."), waits=True)
    return OwnRound(row, _("You have handed in. Take part in the discussion."), waits=False)


def personal(user: Any, today: dt.date) -> dict[str, Any] | None:
    """Return what a jury member has on her own page; nothing to others, and no query."""
    if getattr(user, "is_superuser", False) or not authorities_with(user, permissions.JUDGES):
        return None
    rows = [line for line in rounds_of(user, today) if line.round.state in field.READS | {"published"}]
    live = [line for line in rows if line.round.state != PrizeRound.State.ANNOUNCED]
    return {"template": "awards/jury/panel.html", "lines": live, "all": rows} if rows else None


# ---- one category ----


def page_of(
    place: Place, asked: Any, criteria: Sequence[PrizeCriterion] = (), ranked: dict[int, Ranked] | None = None
) -> dict[str, Any]:
    """Return a category's candidates as the address narrows and sorts them; no query."""
    words, show = name_key(asked.get("q", "")[:80]), asked.get("vis", "")
    show = show if show in (LEFT, DONE) else ALL
    kinds = {ALL: place.lines, LEFT: [one for one in place.lines if not one.is_done],
             DONE: [one for one in place.lines if one.is_done]}  # fmt: skip
    shown = [line for line in kinds[show] if not words or words in name_key(line.candidate.name)]
    sort = asked.get("sorter", "") if place.is_scored else BY_NAME
    if sort in (BY_OWN, BY_JURY):
        shown = sorted(shown, key=lambda line: _worth(line, sort, criteria, ranked or {}), reverse=True)
    names = {ALL: _("All"), LEFT: _("Not assessed"), DONE: _("Assessed")}
    chips = [{"key": key, "word": names[key], "number": len(kinds[key]), "is_chosen": key == show} for key in names]
    typed = asked.get("q", "")[:80].strip()
    sorts = [(BY_NAME, _("Name")), (BY_OWN, _("Your points")), (BY_JURY, _("The jury so far"))]
    return {
        "page": Paginator(shown, PER_PAGE).get_page(asked.get("side")), "chips": chips, "words": typed, "show": show,
        "is_narrowed": bool(show or typed), "query": _query(vis=show, q=typed, sorter=sort), "sort": sort,
        "sorts": sorts if ranked else sorts[:2],
    }  # fmt: skip


def _worth(line: Line, sort: str, criteria: Sequence[PrizeCriterion], ranked: dict[int, Ranked]) -> Decimal:
    """Return what a candidate is sorted by; those without points come last."""
    so_far = ranked.get(line.candidate.pk)
    score = own_score(line.points, criteria) if sort == BY_OWN else so_far.score if so_far is not None else None
    return Decimal(-1) if score is None else score


@dataclass(frozen=True)
class Row:
    """One candidate in the list: the member's points by criterion, what they come to, and the jury's so far."""

    line: Line
    cells: list[tuple[str, str]]
    own: str
    jury: str


def rows_of(lines: Iterable[Line], criteria: Sequence[PrizeCriterion], ranked: dict[int, Ranked]) -> list[Row]:
    """Return the candidates of one page as they are shown; no query."""
    found = []
    for line in lines:
        cells = [(one.title, str(line.points.get(one.pk, ""))) for one in criteria]
        so_far = ranked.get(line.candidate.pk)
        jury = so_far.score if so_far is not None else None
        found.append(Row(line, cells, percent(own_score(line.points, criteria)), percent(jury)))
    return found


def own_score(points: dict[int, int], criteria: Sequence[PrizeCriterion]) -> Decimal | None:
    """Return what one member's points come to, weighted, in percent of the most; nothing until all are given."""
    if not criteria or any(one.pk not in points for one in criteria):
        return None
    given = sum(Decimal(points[one.pk] * one.weight) / one.most_points for one in criteria)
    return given * 100 / sum(one.weight for one in criteria)


def percent(score: Decimal | None) -> str:
    """Return a score as it is written: "72,5 %"; nothing where there is none."""
    return "" if score is None else format_percent(score)


def _query(**given: str) -> str:
    return urlencode({key: value for key, value in given.items() if value})


def around(place: Place, candidate: Candidate) -> dict[str, Any]:
    """Return the candidates before and after one in her list, the next she has not assessed, and its number."""
    keys = [line.candidate.pk for line in place.lines]
    at = keys.index(candidate.pk)
    later = [*place.lines[at + 1 :], *place.lines[:at]]
    return {
        "previous": place.lines[at - 1].candidate if at else None,
        "next": place.lines[at + 1].candidate if at + 1 < len(keys) else None,
        "next_left": next((line.candidate for line in later if not line.is_done), None),
        "number": at + 1, "total": len(keys),
    }  # fmt: skip
