"""The jury of one round, member by member: how far each has come, in numbers alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from awards.models import TAKES_PART, Candidate, JurySheet
from awards.rounds import moving
from portal.models import Declaration

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from awards.models import PrizeRound
    from portal.models import BodyMembership


class SeatLine(NamedTuple):
    """A member of a round’s jury."""

    seat: BodyMembership
    name: str
    signs_in: bool
    lacks_role: bool
    """She is to sign in, and holds no role that lets her in."""
    declared: int
    """Categories she has declared for in whole."""
    out: int
    """Categories a tie puts her out of."""
    handed_in: int
    categories: int
    """Categories with someone to weigh."""


def seat_lines(round_: PrizeRound, seats: list[BodyMembership], on: dt.date) -> list[SeatLine]:
    """Return each member with how far she has come; four queries whatever their number."""
    fields: dict[int, set[int]] = defaultdict(set)
    weighed = Candidate.objects.filter(TAKES_PART, round=round_)
    for category, case in weighed.order_by().values_list("category", "case"):
        fields[category].add(case)
    users = [seat.user_id for seat in seats if seat.user_id]
    let_in = moving.judges(users, round_.authority_id, on)
    said = _said(seats, {case for field in fields.values() for case in field})
    handed: dict[int, set[int]] = defaultdict(set)
    sheets = JurySheet.objects.filter(category__round=round_, handed_in_at__isnull=False)
    for member, category in sheets.values_list("member", "category"):
        handed[member].add(category)
    lines = []
    for seat in seats:
        hers, signs_in = said[seat.pk], seat.user_id is not None
        lines.append(SeatLine(
            seat, seat.display_name or str(seat.user), signs_in, signs_in and seat.user_id not in let_in,
            sum(all(hers.get(case) for case in field) for field in fields.values()),
            sum(any(hers.get(case) is False for case in field) for field in fields.values()),
            len(handed[seat.pk]), len(fields),
        ))  # fmt: skip
    return lines


def _said(seats: Iterable[BodyMembership], cases: set[int]) -> dict[int, dict[int, bool]]:
    """Return for each seat whether its holder may handle each case, by the last she said herself or had registered."""
    said: dict[int, dict[int, bool]] = {seat.pk: {} for seat in seats}
    of_user = {seat.user_id: seat.pk for seat in seats if seat.user_id}
    rows = Declaration.objects.filter(Q(user__in=of_user) | Q(member__in=said), case__in=cases)
    asked = rows.order_by("declared_at", "pk").values_list("user", "member", "case", "answer", "ruling__is_impartial")
    for user, member, case, answer, is_ruled in asked:
        seat = member or of_user.get(user)
        if seat in said:
            said[seat][case] = answer == Declaration.Answer.NO_TIES or bool(is_ruled)
    return said
