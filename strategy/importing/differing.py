"""What document and plan say differently of one thing, as the page shows it: the plan's word beside the document's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from strategy.importing import comparing, odd_words
from strategy.models import Goal, ImportRow, MeasureEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from strategy.importing.comparing import Thing
    from strategy.importing.duties import Duties

BEGINNING, SEEN_BEFORE = 60, 30
"""Signs: texts that part within the first are shown from their beginning, others from so many before they part."""


class Difference(NamedTuple):
    """What document and plan say of one thing, where they differ.

    `is_duty`: it is about a measure's due date, responsible or cost. `is_taken`: the plan can take it as it stands.
    """

    what: str
    plan: str
    document: str
    hint: str = ""
    is_duty: bool = False
    is_taken: bool = True


def differences(row: ImportRow, rows: Mapping[int, ImportRow], other: Thing, duties: Duties) -> list[Difference]:
    """Return what the document says otherwise than the plan of one thing: its words, then when, who and how much."""
    takes = duties.takes(row)
    return [
        *words(row, rows, other),
        *(
            Difference(each.what, each.plan, each.document, each.hint if takes else "", is_duty=True, is_taken=takes)
            for each in duties.differing(row)
        ),
    ]


def words(row: ImportRow, rows: Mapping[int, ImportRow], other: Thing) -> list[Difference]:
    """Return where number, title and place differ, and how the texts begin."""
    pairs = [(_("Printed number"), other.number, row.number), (_("Title"), other.title, row.title)]
    above = rows.get(row.parent_id or 0)
    theirs: Any = (other.strategy or other.goal) if isinstance(other, MeasureEntry) else getattr(other, "goal", None)
    mine = (above.goal_id, above.strategy_id) if above else (None, None)
    if mine != (getattr(other, "goal_id", None), getattr(other, "strategy_id", None)):
        pairs.append((_("Lies under"), str(theirs or ""), str(above or "")))
    if isinstance(other, Goal) and (row.sdg_focus or row.sdg_contributes):
        had = sorted({one.number for one in other.sdgs.all()})
        named = sorted({*row.sdg_focus, *row.sdg_contributes})
        pairs.append((_("UN goals"), ", ".join(map(str, had)), ", ".join(map(str, named))))
    found = [Difference(what, plan, document) for what, plan, document in pairs if plan.strip() != document.strip()]
    texts = comparing.plain(other.description), comparing.plain(row.description)
    if texts[0] != texts[1]:
        found.append(Difference(_("Description"), *where_they_part(*texts)))
    return found


def where_they_part(one: str, other: str) -> list[str]:
    """Return how two texts begin, or how they go on from a little before they part."""
    same = next((at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs), None)
    parts = min(len(one), len(other)) if same is None else same
    begins = one.rfind(" ", 0, parts - SEEN_BEFORE) + 1 if parts > BEGINNING else 0
    said = [odd_words.short(text[begins:]) for text in (one, other)]
    return [f"… {text}" if begins else text for text in said]
