"""What the demo's loaders share: a condition from its fact, and a time of a day of which only the date is made up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from grants.models import Condition

if TYPE_CHECKING:
    from grants.demo.facts import ConditionFact


def condition(fact: ConditionFact, **place: Any) -> Condition:
    """Return the condition a fact tells of, of a scheme, a line or a grant."""
    row = Condition(
        authority_id=place["scheme"].authority_id, kind=fact.kind, binds=fact.binds, title=fact.title,
        description=fact.description, stage=fact.stage, first_year=fact.first_year, last_year=fact.last_year,
        classes=list(fact.classes), share_percent=fact.share, due_on=fact.due, holdback_percent=fact.holdback, **place,
    )  # fmt: skip
    if fact.met is not None:
        row.state, row.settled_on, row.settled_note = Condition.State.MET, fact.met, fact.met_note
    return row


def at_noon(day: dt.date | None) -> dt.datetime | None:
    """Return noon of a day, in the world's time, so that it reads the same from memory and from the database."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None
