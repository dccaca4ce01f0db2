"""Where a jury member stands: her seat, what she has declared, and which categories are open to her.

A category opens when she has declared for every candidate in it; a tie to one of them closes it, until a leader has
ruled that she may take part all the same. The database asks the same (`awards_may_judge`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.http import Http404
from django.utils import timezone

from awards import gate, permissions
from awards.models import (
    TAKES_PART,
    Candidate,
    JuryOpinion,
    JuryScore,
    JurySheet,
    Nomination,
    PrizeCriterion,
    PrizeRound,
    RoundCategory,
)
from portal import impartiality
from portal.impartiality import MAY, OUT, NotImpartial, Standing
from portal.models import BodyMembership, Declaration, Membership, Role
from portal.permissions import period_holds, roles_of

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

State = PrizeRound.State
WORKS = frozenset({State.JUDGING, State.VOTING})
"""The jury gives points, discusses and declares."""
READS = WORKS | {State.DECIDED, State.ANNOUNCED}
"""The candidates are shown to the jury: from when nominations have closed, and afterwards for as long as she sits."""


def round_of(user: Any, slug: str, prize: str, year: int) -> tuple[PrizeRound, BodyMembership]:
    """Return a round and the user's seat in its jury.

    Raises:
        Http404: there is none, it is not published, or she has nothing to do with the authority.
        PermissionDenied: she has another role there, or sits in another jury.
    """
    rows = gate.ROUNDS.select_related("authority", "prize", "statutes", "case", "jury")
    found = rows.filter(authority__slug=slug, prize__slug=prize, year=year).exclude(state=State.DRAFT).first()
    if getattr(user, "is_superuser", False):
        raise PermissionDenied
    if found is None or found.authority_id not in {held for held, _role, _case in roles_of(user)}:
        raise Http404
    found.prize.authority = found.case.authority = found.authority
    seat = permissions.seat_of(user, found, timezone.localdate())
    if seat is None:
        raise PermissionDenied
    return found, seat


def is_scored(round_: PrizeRound) -> bool:
    """Say whether the jury gives points; else it discusses, and there is no sheet to hand in."""
    return bool(round_.statutes.method == round_.statutes.Method.SCORING)


def criteria_of(round_: PrizeRound) -> list[PrizeCriterion]:
    return list(PrizeCriterion.objects.filter(statutes=round_.statutes_id).order_by("position", "pk"))


@dataclass
class Line:
    """One candidate in a member's list: how she stands to it, and what she has given."""

    candidate: Candidate
    standing: Standing
    wanted: int
    """How many criteria there are."""
    points: dict[int, int] = field(default_factory=dict)

    @property
    def abstains(self) -> bool:
        return bool(getattr(self.candidate, "abstains", False))

    @property
    def is_done(self) -> bool:
        return self.abstains or (len(self.points) >= self.wanted and self.has_opinion)

    @property
    def has_opinion(self) -> bool:
        return getattr(self.candidate, "opinion_id", None) is not None

    @property
    def is_begun(self) -> bool:
        return bool(self.points) and not self.is_done


@dataclass
class Place:
    """One category as a member meets it."""

    category: RoundCategory
    lines: list[Line]
    sheet: JurySheet | None
    is_scored: bool

    @property
    def standing(self) -> Standing:
        """How she stands in the field as a whole: a tie to one is a tie to all, as is one left out of her answers."""
        found = [line.standing for line in self.lines]
        tie = next((each for each in found if each in OUT), None)
        if tie is not None:
            return tie
        return Standing.IMPARTIAL if all(each in MAY for each in found) else Standing.UNANSWERED

    @property
    def is_open(self) -> bool:
        return bool(self.lines) and self.standing in MAY

    @property
    def waits(self) -> list[Line]:
        """The candidates she has still to declare for."""
        return [line for line in self.lines if line.standing is Standing.UNANSWERED]

    @property
    def ties(self) -> list[Line]:
        return [line for line in self.lines if line.standing in OUT]

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)

    @property
    def left(self) -> int:
        return len(self.lines) - self.done

    @property
    def is_handed_in(self) -> bool:
        return self.sheet is not None and self.sheet.handed_in_at is not None

    @property
    def sees_others(self) -> bool:
        """Whether what the others have given and said is shown: when her own is handed in."""
        return self.is_open and (self.is_handed_in or not self.is_scored)


# ---- reading ----


def candidates(seat: BodyMembership, **where: Any) -> list[Candidate]:
    """Return the fields of categories with what this member has given and declared of each candidate; one query."""
    mine = JuryOpinion.objects.filter(sheet__member=seat.pk, candidate=OuterRef("pk")).order_by()
    scores = JuryScore.objects.filter(opinion__sheet__member=seat.pk, opinion__candidate=OuterRef("pk")).order_by("pk")
    said = Declaration.objects.filter(impartiality.said_by(seat), case=OuterRef("case")).order_by("-declared_at", "-pk")
    counted = Nomination.objects.filter(candidate=OuterRef("pk"), dismissed_why="").order_by()
    rows = Candidate.objects.filter(TAKES_PART, **where).annotate(
        opinion_id=Subquery(mine.values("pk")[:1]), abstains=Subquery(mine.values("abstains")[:1]),
        given=ArraySubquery(scores.values(one=JSONObject(criterion="criterion_id", points="points"))),
        n=Coalesce(Subquery(counted.values("candidate").annotate(n=Count("pk")).values("n")), 0),
        declared=Subquery(said.values("answer")[:1]), ruled=Subquery(said.values("ruling__is_impartial")[:1]),
    )  # fmt: skip
    return list(rows.select_related("case"))


def _line(one: Any, wanted: int) -> Line:
    points = {each["criterion"]: each["points"] for each in one.given}
    return Line(one, impartiality.standing_by(one.declared, one.ruled), wanted, points)


def places(round_: PrizeRound, seat: BodyMembership, *, wanted: int = 0, category: int | None = None) -> list[Place]:
    """Return the categories of a round as a member meets them, or one of them; two queries."""
    scored = is_scored(round_)
    rows = RoundCategory.objects.filter(round=round_.pk) if category is None else _one(round_, category)
    own = FilteredRelation("sheets", condition=Q(sheets__member=seat.pk))
    found: list[Any] = list(
        rows.select_related("category").annotate(own=own).annotate(sheet=F("own__pk"), handed_in=F("own__handed_in_at"))
        .order_by("position", "pk")
    )  # fmt: skip
    lines: dict[int, list[Line]] = {one.pk: [] for one in found}
    for each in candidates(seat, category__in=lines):
        lines[each.category_id].append(_line(each, wanted if scored else 0))
    for one in found:
        one.round = round_
    return [Place(one, lines[one.pk], _sheet(one, seat), scored) for one in found]


def _one(round_: PrizeRound, key: int) -> Any:
    return RoundCategory.objects.filter(round=round_.pk, pk=key)


def _sheet(category: Any, seat: BodyMembership) -> JurySheet | None:
    """Return the member's sheet as it came with its category."""
    if category.sheet is None:
        return None
    return JurySheet(pk=category.sheet, category=category, member=seat, handed_in_at=category.handed_in)


def place_of(round_: PrizeRound, seat: BodyMembership, key: int, *, wanted: int = 0) -> Place:
    """Return one category.

    Raises:
        Http404: the round has none with this key.
    """
    found = places(round_, seat, wanted=wanted, category=key)
    if not found:
        raise Http404
    return found[0]


# ---- deeds ----


def require_open(category: RoundCategory | int, seat: BodyMembership) -> None:
    """Stop a member who has not declared for the whole field of a category, or is tied to one in it.

    Raises:
        NotImpartial: with how she stands.
    """
    cases = [one.case_id for one in gate.field_of(category)]
    found = impartiality.standings_of_seat(seat, cases).values()
    for each in [*(one for one in found if one in OUT), *found]:
        if each not in MAY:
            raise NotImpartial(each)


def signs_in(seat: BodyMembership, on: dt.date) -> bool:
    """Say whether a member has the role that lets her in on this day, and so gives her points herself."""
    if seat.user_id is None:
        return False
    held = Membership.objects.filter(period_holds(on), user=seat.user_id, authority=seat.authority_id, role=Role.JURY)
    return held.exists()


def is_blind(user: User | Any, category: RoundCategory, on: dt.date) -> bool:
    """Say whether the desk hides the jury's points from an officer: she judges here too, and has not handed in.

    It is the seat that counts: she may sit there without the role, and let a colleague register her points.
    """
    if not is_scored(category.round):
        return False
    seats = BodyMembership.objects.filter(period_holds(on), body=category.round.jury_id, user=user.pk)
    done = JurySheet.objects.filter(category=category, member__in=seats, handed_in_at__isnull=False)
    return seats.exists() and not done.exists()
