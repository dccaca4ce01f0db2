"""When a measure is due, who does it and what it costs: what a document says otherwise than the plan.

What a document says nothing of is never taken away. All three stand on the owner's part in the measure, which holds
from the moment it is written: no draft of an action part has them. An adopted plan therefore takes them only for a
measure that nothing but its draft has; of the measures in force they are changed in the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from portal.calendar import Precision, last_day
from portal.money import format_nok
from portal.templatetags.portal_tags import long_date
from strategy.importing import making, noted
from strategy.models import ImportRow, MeasureParticipation, Plan

if TYPE_CHECKING:
    import datetime as dt

OPEN = (Plan.Status.DRAFT, Plan.Status.HEARING)
"""A plan that is not adopted takes everything itself."""


class Duty(NamedTuple):
    """One of the three, where document and plan differ.

    `gives` is what the part in the measure gets if the document's word is taken, and `tells` what its note is to tell;
    `keeps` is what the row says if the plan's word is kept.
    """

    what: str
    plan: str
    document: str
    hint: str
    gives: dict[str, Any]
    tells: tuple[str, str] | None
    keeps: dict[str, Any]


class Duties:
    """The owner's parts in a plan's measures, and the units that a document may name; two queries."""

    def __init__(self, plan: Plan, *, locked: bool = False) -> None:
        self.plan = plan
        found = MeasureParticipation.objects.filter(plan=plan, authority_id=plan.authority_id)
        if locked:
            found = found.select_for_update(of=("self",))
        rows = found.select_related("measure", "unit", "person").order_by("pk")
        self.parts = {part.measure_id: part for part in rows}
        self.units = making.units_by_name(plan.authority_id)

    def part_of(self, row: ImportRow) -> MeasureParticipation | None:
        return self.parts.get(row.measure_id or 0)

    def differing(self, row: ImportRow) -> list[Duty]:
        """Return what the row says otherwise than the plan; nothing for what is no measure."""
        part = self.part_of(row)
        if part is None:
            return []
        return [each for each in (_due(row, part), self._responsible(row, part), _cost(row, part)) if each]

    def takes(self, row: ImportRow) -> bool:
        """Say whether the plan can take them for this row's measure."""
        part = self.part_of(row)
        return part is not None and (self.plan.status in OPEN or part.measure.current_entry_id is None)

    def take(self, row: ImportRow) -> bool:
        """Give the plan what the row says otherwise, where it can; say whether anything was given."""
        part, differing = self.part_of(row), self.differing(row)
        if part is None or not differing or not self.takes(row):
            return False
        for each in differing:
            for name, value in each.gives.items():
                setattr(part, name, value)
            if each.tells is not None:
                part.note = noted.with_line(part.note, *each.tells)
        part.save()
        return True

    def keep(self, row: ImportRow) -> None:
        """Let a row say what the plan says."""
        for each in self.differing(row):
            for name, value in each.keeps.items():
                setattr(row, name, value)

    def _responsible(self, row: ImportRow, part: MeasureParticipation) -> Duty | None:
        """Return who is responsible otherwise: a unit where the document names exactly one of ours, else a note."""
        name, told = row.responsible.strip(" ."), noted.said_in(part.note, noted.RESPONSIBLE)
        theirs = part.unit.name if part.unit else ""
        if not name or alike(name, theirs) or alike(name, part.partner):
            return None
        unit = self.units.get(name.casefold())
        if unit is None and alike(name, told):
            return None
        says = " · ".join(filter(None, [theirs, told]))
        keeps = {"responsible": (theirs or told)[:200]}
        if unit is not None:
            text = _("%(name)s stays as the person responsible.")
            hint = text % {"name": part.person} if part.person else ""
            return Duty(_("Responsible"), says, unit.name, hint, {"unit": unit}, (noted.RESPONSIBLE, ""), keeps)
        hint = _("No single unit here has this name, so it is taken in as a note. The responsible unit stays as it is.")
        return Duty(_("Responsible"), says, name, hint, {}, (noted.RESPONSIBLE, name), keeps)


def _due(row: ImportRow, part: MeasureParticipation) -> Duty | None:
    if row.due_on is None:
        return None
    precision = making.precision_of(row)
    if part.due_on and _stated(row.due_on, precision) == _stated(part.due_on, part.due_precision):
        return None
    gives = {"due_on": row.due_on, "due_precision": precision}
    keeps = {"due_on": part.due_on, "due_precision": part.due_precision}
    said = long_date(part.due_on, part.due_precision), long_date(row.due_on, precision)
    return Duty(_("Due"), *said, "", gives, None, keeps)


def _stated(day: dt.date, precision: str) -> tuple[dt.date, str]:
    return last_day(day, Precision(precision)), precision


def _cost(row: ImportRow, part: MeasureParticipation) -> Duty | None:
    if not row.cost_nok:
        return None
    told, cost = noted.said_in(part.note, noted.COST), format_nok(row.cost_nok)
    if alike(told, cost):
        return None
    hint = _("It is taken in as a note. The measure’s budget stays as it is.")
    return Duty(_("Cost"), told, cost, hint, {}, (noted.COST, cost), {"cost_nok": None})


def alike(one: str, other: str) -> bool:
    """Say whether two short texts are the same, but for capitals, spaces and a full stop."""
    return " ".join(one.casefold().strip(" .").split()) == " ".join(other.casefold().strip(" .").split())
