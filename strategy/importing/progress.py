"""How far the going through of a proposal has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strategy.models import ImportAnomaly, ImportRow

if TYPE_CHECKING:
    from collections.abc import Container

    from strategy.models import PlanImport

Change, Decision, Certainty = ImportRow.Change, ImportRow.Decision, ImportRow.Certainty
AS_FOUND = ("", Change.NEW, Change.SAME)
"""Rows that nothing in a plan here speaks against."""


class Progress(NamedTuple):
    """Rows in all and decided; things to look at (undecided rows that are not plainly sure, and what is odd without a
    row); what is odd and not seen; rows that one press accepts.
    """

    rows: int
    decided: int
    to_look_at: int
    odd: int
    sure: int

    @property
    def left(self) -> int:
        return self.rows - self.decided

    @property
    def is_done(self) -> bool:
        return not self.left and not self.odd

    @property
    def share(self) -> int:
        """The decided rows in per cent, never rounded up to all."""
        return 100 * self.decided // self.rows if self.rows else 100

    def __str__(self) -> str:
        """Return «61 av 93 rader er avgjort. 3 ting å se på.»"""
        said = ngettext(
            "%(decided)d of %(rows)d row is decided.", "%(decided)d of %(rows)d rows are decided.", self.rows
        )
        parts = [said % {"decided": self.decided, "rows": self.rows}]
        if self.to_look_at:
            text = ngettext("%(count)d thing to look at.", "%(count)d things to look at.", self.to_look_at)
            parts.append(text % {"count": self.to_look_at})
        return " ".join(parts)

    @property
    def remains(self) -> str:
        """Return what is left before the plan can be made, or nothing."""
        rows = ngettext("%(count)d row to decide", "%(count)d rows to decide", self.left) % {"count": self.left}
        odd = ngettext("%(count)d odd thing to see", "%(count)d odd things to see", self.odd) % {"count": self.odd}
        if self.left and self.odd:
            return _("This remains: %(rows)s, and %(odd)s.") % {"rows": rows, "odd": odd}
        if self.left or self.odd:
            return _("This remains: %(rows)s.") % {"rows": rows if self.left else odd}
        return ""


def odd_at_row() -> Exists:
    """Return whether something odd that nobody has seen stands at the row."""
    return Exists(ImportAnomaly.objects.filter(row=OuterRef("pk"), settled_at=None))


def is_sure() -> Q:
    """Return the condition that one press may accept the row with all the others: undecided, sure, nothing odd."""
    return Q(decision=Decision.UNDECIDED, certainty=Certainty.SURE, change__in=AS_FOUND, is_odd=False)


def plainly_sure(row: ImportRow, odd: Container[int]) -> bool:
    """Say the same of a row in hand; `odd` are the rows with something odd that nobody has seen."""
    return (
        row.decision == Decision.UNDECIDED
        and row.certainty == Certainty.SURE
        and row.change in AS_FOUND
        and row.pk not in odd
    )


def counts(plan_import: PlanImport) -> Progress:
    """Return how far it has come; one query."""
    unseen = ImportAnomaly.objects.filter(plan_import=plan_import.pk, settled_at=None)
    rows = ImportRow.objects.filter(plan_import=plan_import.pk).annotate(is_odd=odd_at_row()).order_by()
    found = rows.aggregate(
        rows=Count("pk"),
        decided=Count("pk", filter=~Q(decision=Decision.UNDECIDED)),
        sure=Count("pk", filter=is_sure()),
        odd=_number(unseen),
        loose=_number(unseen.filter(row=None)),
        odd_decided=Count("pk", filter=Q(is_odd=True) & ~Q(decision=Decision.UNDECIDED)),
    )
    to_look_at = found["rows"] - found["decided"] - found["sure"] + found["odd_decided"] + found["loose"]
    return Progress(found["rows"], found["decided"], to_look_at, found["odd"], found["sure"])


def _number(rows: Any) -> Any:
    counted = rows.order_by().values("plan_import").annotate(number=Count("pk")).values("number")
    return Coalesce(Max(Subquery(counted, output_field=IntegerField())), 0)
