"""An application’s versions beside each other: what an answer to a request changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grants.applying import content as typed
from grants.desk import content_shown
from portal.models.base import key_in

if TYPE_CHECKING:
    from grants.models import Application, ApplicationVersion


def page_of(application: Application, given: Any) -> dict[str, Any]:
    """Return two versions with what differs: those the address names, else the last two; two queries."""
    rows: list[ApplicationVersion] = list(
        application.versions.select_related("sent_by", "supplement", "document").order_by("number")
    )
    by_number = {row.number: row for row in rows}
    after = by_number.get(key_in(given.get("til", ""))) or rows[-1]
    earlier = [row for row in rows if row.number < after.number]
    before = by_number.get(key_in(given.get("fra", ""))) or (earlier[-1] if earlier else None)
    questions = list(application.call.questions.order_by("position", "pk"))
    shown = [row for row in (before, after) if row]
    read = {row.pk: content_shown.shown(typed.of(row.content), application.call, questions) for row in shown}
    changes = content_shown.compared(read[before.pk], read[after.pk]) if before and before != after else []
    return {
        "versions": rows, "before": before, "after": after, "changes": changes,
        "is_one": len(rows) == 1, "is_same": before is not None and before.pk == after.pk,
    }  # fmt: skip
