"""What changed in a row, when and by whom, read from the history that triggers keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from portal.models import User

if TYPE_CHECKING:
    import datetime as dt

NOT_SHOWN = frozenset({"row_version", "search", "invented"})
KINDS = {"insert": "made", "update": "changed", "delete": "removed"}


def events_of(row: models.Model, newest: int = 200) -> list[Any]:
    """Return the row's history events, oldest first; empty for models without history."""
    events = getattr(row, "events", None)
    if events is None:
        return []
    return list(events.select_related("pgh_context").order_by("-pgh_id")[:newest])[::-1]


def changes_of(row: models.Model, reader: User) -> list[dict[str, Any]]:
    """Return the changes of a row, newest first: {at, who, noun, kind, changes: [{label, old, new}]}."""
    return describe(row, events_of(row), reader)


def latest_change(row: models.Model) -> dict[str, Any] | None:
    """Return the newest change of a row in the same shape, or None."""
    found = describe(row, events_of(row, newest=2))
    return found[0] if found else None


def describe(row: models.Model, events: list[Any], reader: User | None = None) -> list[dict[str, Any]]:
    names = people(events, reader)
    rows = []
    before: Any = None
    for event in events:
        actor = actor_of(event)
        rows.append(
            {
                "at": event.pgh_created_at,
                "who": names.get(actor, _("Someone in another authority") if actor else _("The system")),
                "noun": str(row._meta.verbose_name),
                "kind": KINDS.get(event.pgh_label, event.pgh_label),
                "changes": (differences(row, before, event, reader) or unseen(row)) if before is not None else [],
            }
        )
        before = event
    return rows[::-1]


def actor_of(event: Any) -> int | None:
    metadata = event.pgh_context.metadata if event.pgh_context_id else {}
    user = (metadata or {}).get("user")
    return int(user) if user else None


def people(events: list[Any], reader: User | None) -> dict[int | None, str]:
    """Return the names of those the reader may know; without a reader, of all."""
    ids = {actor for event in events if (actor := actor_of(event)) is not None}
    known = User.objects.visible_to(reader) if reader is not None else User.objects.all()
    return dict(known.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def differences(row: models.Model, before: Any, after: Any, reader: User | None = None) -> list[dict[str, str]]:
    """Return what differs between two events of one row, in words; people the reader may not know are not named."""
    found = []
    for field in row._meta.concrete_fields:
        if field.name in NOT_SHOWN or not hasattr(after, field.attname):
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            words = [in_words(field, value, reader) for value in (old, new)]
            found.append({"label": str(field.verbose_name), "old": words[0], "new": words[1]})
    return found


def unseen(row: models.Model) -> list[dict[str, str]]:
    """Return what is said where only what the history does not keep has changed, such as a secret."""
    kept = {field.name for field in row._meta.get_field("events").related_model._meta.concrete_fields}
    hidden = [field for field in row._meta.concrete_fields if field.name not in kept]
    return [{"label": str(field.verbose_name), "old": _("not kept"), "new": _("changed")} for field in hidden]


def in_words(field: models.Field[Any, Any], value: Any, reader: User | None = None) -> str:
    """Return a stored value as a person would say it; a relative by its name where it still exists."""
    if value is None or value == "":
        return _("empty")
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.ForeignKey):
        related = field.related_model._base_manager.filter(pk=value).first()
        if isinstance(related, User) and reader and not User.objects.visible_to(reader).filter(pk=value).exists():
            return _("Someone in another authority")
        return str(related) if related is not None else f"#{value}"
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    return short_date(value) if isinstance(field, models.DateField) and hasattr(value, "day") else str(value)[:120]


def short_date(value: dt.date) -> str:
    return f"{value.day}.{value.month}.{value.year}"
