"""What a document says otherwise of the plan itself: its title, period, mission, vision, values and aims.

What the document says nothing of stays. Each is taken by itself, and only into a plan that is not adopted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from strategy.importing.duties import OPEN, alike
from strategy.models import Plan, PlanImport

if TYPE_CHECKING:
    from collections.abc import Iterable

PERIOD = "period"
TEXTS = ("mission", "vision", "values", "aim", "superior_plan")
YEARS = ("period_start", "period_end")


class Fact(NamedTuple):
    """One fact that differs; `gives` is what the plan's columns get if it is taken."""

    name: str
    what: str
    plan: str
    document: str
    gives: dict[str, Any]

    @property
    def mark(self) -> str:
        """What the form carries to say which fact was chosen, and what plan and document said then."""
        return f"{self.name}.{crc32(f'{self.plan}{chr(31)}{self.document}'.encode()):x}"


def differing(found: PlanImport, plan: Plan) -> list[Fact]:
    """Return what the document says otherwise than the plan; no query."""
    facts = [_text("title", found, plan), _period(found, plan), *(_text(name, found, plan) for name in TEXTS)]
    return [fact for fact in facts if fact is not None]


def _text(name: str, found: PlanImport, plan: Plan) -> Fact | None:
    theirs, mine = getattr(plan, name), getattr(found, name)
    if not mine.strip() or alike(theirs, mine):
        return None
    what = capfirst(str(Plan._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return Fact(name, what, theirs, mine, {name: mine})


def _period(found: PlanImport, plan: Plan) -> Fact | None:
    """Return the years, where the document says any; an end that it does not say stays."""
    years = found.period_start, found.period_end or plan.period_end
    if found.period_start is None or years == (plan.period_start, plan.period_end):
        return None
    gives = dict(zip(YEARS, years, strict=True))
    return Fact(PERIOD, _("Period"), plan.period, Plan(**gives).period, gives)


def shown(found: PlanImport) -> dict[str, Any]:
    """Return what the pages of an open comparison show of the plan's own facts."""
    plan = found.against
    if plan is None or found.state != PlanImport.State.READY:
        return {"plan_facts": [], "takes_facts": False}
    return {"plan_facts": differing(found, plan), "takes_facts": plan.status in OPEN}


def take(found: PlanImport, plan: Plan, marks: Iterable[str]) -> list[str]:
    """Give a locked plan the facts that were chosen, by their marks; return their names.

    Raises:
        ValidationError: the plan is adopted, says something else than it was shown to say, or cannot be so.
    """
    chosen = set(marks)
    if not chosen:
        return []
    if plan.status not in OPEN:
        raise ValidationError(_("What an adopted plan says of itself stands until the plan is adopted anew."))
    facts = {fact.mark: fact for fact in differing(found, plan)}
    if chosen - facts.keys():
        text = _("Someone has changed what the plan says of itself after you opened the page. Choose once more.")
        raise ValidationError(text)
    taken = [fact for mark, fact in facts.items() if mark in chosen]
    for fact in taken:
        for name, value in fact.gives.items():
            setattr(plan, name, value)
    plan.full_clean()
    plan.save()
    return [fact.name for fact in taken]
