"""Who sits in a jury or a working group, as everyone may know: by capacity, and by name only who is elected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.models import Body, BodyMembership
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt

Capacity = BodyMembership.Capacity


class SeatLine(NamedTuple):
    """The members of one capacity: how many, who of them is elected, and whether one of them leads."""

    capacity: str
    size: int
    names: list[str]
    has_chair: bool


def lines_of(body: Body | None, on: dt.date) -> list[SeatLine]:
    """Return the members of a body on this day by capacity, business first; one query."""
    if body is None:
        return []
    rows = BodyMembership.objects.filter(period_holds(on), body=body).select_related("user").order_by("pk")
    found: dict[str, list[BodyMembership]] = {}
    for row in rows:
        found.setdefault(row.capacity, []).append(row)
    return [
        SeatLine(
            str(Capacity(capacity).label), len(found[capacity]),
            [name_of(one) for one in found[capacity]] if capacity == Capacity.ELECTED else [],
            any(one.is_chair for one in found[capacity]),
        )
        for capacity in Capacity.values if capacity in found
    ]  # fmt: skip


def name_of(seat: BodyMembership) -> str:
    return seat.display_name or (seat.user.name if seat.user else "")
