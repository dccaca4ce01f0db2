"""What people are told when PostgreSQL refuses something about a plan document; constraints of models say theirs there.

The guards stand in the migration `plan_document_guards`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.refusals import Refused, deeds, guard_of, said_by_models

if TYPE_CHECKING:
    from django.db import IntegrityError

__all__ = ["CLOSED", "LEVELS", "WORDS", "Overtaken", "Refused", "deed", "words_for"]
CLOSED = _("The proposal is closed. It no longer changes.")
LEVELS = _("A strategy lies under a goal, and a measure under a goal or a strategy.")
WORDS = {
    "strategy_planimport_keeps_its_document": _("The file stays as it was sent. Send a new one instead."),
    "strategy_planimport_moves": _("Someone else has moved this document on just now. See how it stands."),
    "strategy_planimport_decided_first": _(
        "The plan is made when every row is decided and everything odd is seen. Something remains."
    ),
    "strategy_planimport_refused_keeps_nothing": _("Of a document that could not be read, nothing is kept."),
    "strategy_importrow_found_while_reading": _("Rows are added while you go through the proposal, and only then."),
    "strategy_importrow_keeps_its_source": _("Where a row stood in the document, and its words there, never change."),
    "strategy_importrow_closed": CLOSED,
    "strategy_importrow_nothing_before": _("Nothing is made of a row before the plan is made."),
    "strategy_importrow_under_a_higher_level": LEVELS,
    "strategy_importrow_un_goals": _("The UN goals are numbered from 1 to 17."),
    "strategy_importrow_parent_same_plan_import": _("Choose a row of the same document."),
    "strategy_importrow_merged_into_same_plan_import": _("Choose a row of the same document."),
    "strategy_importanomaly_stays": _("What is odd in a document stays as it was found."),
}


class Overtaken(ValidationError):
    """Someone has changed the row after it was shown; nothing was done now."""

    def __init__(self) -> None:
        text = _("Someone changed this after you opened the page. See how it stands now, and press again.")
        super().__init__(text, code="stale")


def words_for(guard: str) -> Any:
    """Return what people are told when this guard refuses; None when it is no guard of ours."""
    return WORDS.get(guard) or said_by_models("strategy").get(guard)


def refusal(error: IntegrityError) -> Refused | None:
    """Return what a guard's error means in words; None: the error is a fault of ours, and is to be seen as one."""
    guard = guard_of(error)
    words = words_for(guard)
    return None if words is None else Refused(words, code=guard)


deed = deeds(refusal)
"""Make a function one deed on a plan document."""
