"""Due things as lines on a page: grouped by how near they are, dated as they were stated, summed up in a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal import wiring
from portal.calendar import Precision, format_precise
from portal.models import Authority

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.due import Due

AHEAD = dt.timedelta(days=365)
SOON, LATER = 7, 30
"""Days: what is due within a week stands first, then what is due within a month."""
SHOWN = 100
"""Lines of one group on a person's page; an authority's page has them all."""


@dataclass(frozen=True)
class Line:
    """One due thing in the reader's words."""

    title: str
    url: str
    kind: str
    what: str
    part_of: str
    authority: str
    language: str
    when: str
    distance: str
    days_left: int
    """Negative when late."""
    who: int | None
    is_leaders: bool
    stands_for: str = ""
    """Who is away, where the reader is told as her deputy."""

    @property
    def is_late(self) -> bool:
        return self.days_left < 0


@dataclass(frozen=True)
class Group:
    """Lines that are about equally near."""

    name: str
    heading: str
    lines: list[Line]
    count: int


def lines_of(rows: Iterable[Due], today: dt.date) -> list[Line]:
    """Return the rows as lines, in the active language; one query for the authorities' names."""
    rows = list(rows)
    kinds = wiring.kinds()
    owners = Authority.objects.in_bulk({row.tenant for row in rows})
    language = get_language() or "nb"
    return [
        Line(
            title=row.headline, url=row.path, kind=str(kinds[row.what].label), what=row.what, part_of=row.part_of,
            authority=owners[row.tenant].name, language=owners[row.tenant].language_form,
            when=format_precise(row.day, Precision(row.stated), language),
            distance=distance(row.day, today, Precision(row.stated)),
            days_left=(row.day - today).days, who=row.who, is_leaders=row.escalated,
            stands_for=row.stands_for,
        )
        for row in rows
    ]  # fmt: skip


def distance(day: dt.date, today: dt.date, precision: Precision = Precision.DAY) -> str:
    """Return how far away a day is, in words; a late one as the days since.

    Of a month, a quarter or a year it is the last day, and said to be that: it is no day that anyone has set.
    """
    days = (day - today).days
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    if precision != Precision.DAY:
        if days < 2:
            return _("last day tomorrow") if days else _("last day today")
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    if days < 2:
        return _("tomorrow") if days else _("today")
    return _("in %(days)d days") % {"days": days}


def grouped(lines: list[Line]) -> list[Group]:
    """Return the lines by how near they are, the late first; a group without lines is left out."""
    found: dict[str, list[Line]] = {"late": [], "soon": [], "month": [], "later": []}
    for line in lines:
        if line.is_late:
            found["late"].append(line)
        else:
            found["soon" if line.days_left <= SOON else "month" if line.days_left <= LATER else "later"].append(line)
    headings = {
        "late": _("Late"),
        "soon": _("Today and the next seven days"),
        "month": _("The next 30 days"),
        "later": _("Later"),
    }
    return [Group(name, headings[name], held[:SHOWN], len(held)) for name, held in found.items() if held]


def how_it_stands(lines: list[Line]) -> str:
    """Return one sentence on what is late and what is near; the next date where neither is."""
    late = sum(line.is_late for line in lines)
    soon = sum(0 <= line.days_left <= SOON for line in lines)
    facts = {"late": late, "soon": soon, "when": lines[0].when if lines else ""}
    if not lines:
        return _("Nothing waits for you now.")
    if late and soon:
        text = ngettext(
            "%(late)d is late, %(soon)d due in the next seven days.",
            "%(late)d are late, %(soon)d due in the next seven days.",
            late,
        )
    elif late:
        text = ngettext(
            "%(late)d is late. Nothing else is due in the next seven days.",
            "%(late)d are late. Nothing else is due in the next seven days.",
            late,
        )
    elif soon:
        text = ngettext(
            "%(soon)d is due in the next seven days. Nothing is late.",
            "%(soon)d are due in the next seven days. Nothing is late.",
            soon,
        )
    else:
        text = _("Nothing is late, and nothing is due in the next seven days. The next date is %(when)s.")
    return text % facts
