"""What an adopted plan keeps though a change was accepted: due date, responsible and cost of measures in force.

They stand outside the action part, so its draft has no place for them (`duties`). They are changed in the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from strategy.importing import comparing
from strategy.importing.duties import Duties
from strategy.importing.overtaken import listed
from strategy.models import ImportRow

if TYPE_CHECKING:
    from strategy.models import Plan, PlanImport


class Staying(NamedTuple):
    """Accepted rows whose due date, responsible or cost the plan keeps; `alone` differ in nothing else."""

    rows: list[ImportRow]
    alone: list[ImportRow]

    @property
    def words(self) -> str:
        """Return in words what is not taken along, or nothing."""
        if not self.rows:
            return ""
        text = _("Due date, responsible and cost stay as the plan has them for: %(which)s. Change them in the plan.")
        return text % {"which": listed(self.rows)}

    @property
    def stop(self) -> str:
        """Return in words what has nothing to be taken, or nothing."""
        if not self.alone:
            return ""
        text = _(
            "Only due date, responsible or cost differ for: %(which)s. An action part has no place for them. Take the "
            "decision back, keep what the plan says, and change it in the plan."
        )
        return text % {"which": listed(self.alone)}


def of(plan_import: PlanImport, plan: Plan) -> Staying:
    """Return what an adopted plan keeps; a few queries."""
    accepted = plan_import.rows.filter(decision=ImportRow.Decision.ACCEPTED).defer("text").order_by("position")
    rows = {row.pk: row for row in accepted}
    duties, theirs = Duties(plan), comparing.by_row(plan)
    found = Staying([], [])
    for row in rows.values():
        thing = theirs.get(comparing.linked(row))
        if row.change != ImportRow.Change.CHANGED or thing is None or duties.takes(row) or not duties.differing(row):
            continue
        (found.alone if comparing.says_the_same(row, thing, rows) else found.rows).append(row)
    return found
