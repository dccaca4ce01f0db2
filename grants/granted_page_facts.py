"""The public page of one grant: its figures and conditions, as far as everyone may know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from grants import facts, public, rules, schemes
from grants.models import AidAssessment, Condition, Grant, Stage
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt


class GrantCondition(NamedTuple):
    """A condition of a grant as everyone reads it."""

    title: str
    about: str
    mark: str
    binds_authority: bool = False
    invented: bool = False


def of(grant: Grant, today: dt.date) -> dict[str, Any]:
    """Return what the page shows of a grant; nine queries."""
    row = public.one(grant)
    aid = AidAssessment.objects.filter(grant=grant).values_list("basis", flat=True).first()
    return {
        "row": row, "conditions": conditions_of(grant, row, today),
        "aid": AidAssessment.Basis(aid).label if aid else "",
        "left_nok": row.amount_nok - row.released_nok - row.paid_out_nok,
        "percent": f"{public_share(row):.1f}%",
    }  # fmt: skip


def public_share(row: public.PublicGrant) -> float:
    """Return how much of the grant is paid, in per cent."""
    held = row.amount_nok - row.released_nok
    return row.paid_out_nok * 100 / held if held else 0.0


def conditions_of(grant: Grant, row: public.PublicGrant, today: dt.date) -> list[GrantCondition]:
    """Return the grant's own conditions; where something of it is exempt, by their kind and no words of their own."""
    found = list(
        Condition.objects.filter(grant=grant, stage=Stage.ADOPTED).select_related("scheme").order_by("position", "pk")
    )
    if not found:
        return []
    stands = facts.of_one(grant)
    known = {one.pk: one for one in stands.conditions}
    return [_condition(one, known.get(one.pk), stands, row, today) for one in found]


def _condition(
    condition: Condition, known: rules.ConditionFacts | None, stands: rules.GrantFacts, row: public.PublicGrant,
    today: dt.date,
) -> GrantCondition:  # fmt: skip
    """Return one condition with where it stands: matched as far as documented, reported, or settled by someone."""
    mark = schemes.mark_of(condition, today) or "condition_open"
    about = schemes.said_of(condition)
    if condition.state == Condition.State.OPEN and known is not None:
        if known.kind is rules.Kind.MATCHING:
            total = rules.matching(stands, known)
            mark = "condition_open" if total.missing_in_all_nok else "condition_met"
            documented = {"done": format_nok(total.documented_nok), "all": format_nok(total.required_in_all_nok)}
            about = about if row.has_exempt else f"{about} {schemes.documented_words(**documented)}"
        elif known.is_reported:
            mark = "condition_met"
    title = condition.get_kind_display() if row.has_exempt else condition.title
    return GrantCondition(title, about, mark, condition.binds == Condition.Binds.AUTHORITY, condition.invented)
