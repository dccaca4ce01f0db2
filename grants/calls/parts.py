"""Deeds on what a call consists of: criteria, questions, attachments and checks, put in order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from grants import permissions
from grants.calls import making
from grants.held import Handled, stale
from grants.models import Call, Criterion, EligibilityCheck, Question, RequiredAttachment
from grants.refusals import deed
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User

KINDS: dict[str, tuple[str, Any]] = {
    "kriterium": ("criteria", Criterion), "sporsmal": ("questions", Question),
    "vedlegg": ("attachments", RequiredAttachment), "sjekk": ("checks", EligibilityCheck),
}  # fmt: skip
"""Each kind by its name in addresses: the call's own rows of it, and the model."""
KIND_WORDS = {**dict(Question.Kind.choices), Question.Kind.NUMBER: pgettext_lazy("answer", "Number")}
"""How a question is answered; a number is no case number here."""
MOST = 40
"""Parts of one kind that a call may have."""


def rows_of(call: Call, kind: str) -> list[Any]:
    return list(getattr(call, KINDS[kind][0]).order_by("position", "pk"))


def mark_of(call: Call) -> str:
    """Return a mark that is another as soon as any part of the call is: what a form was shown with."""
    said = [
        (kind, *(value for name, value in sorted(vars(row).items()) if name != "_state"))
        for kind in KINDS
        for row in getattr(call, KINDS[kind][0]).order_by("position", "pk")
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _hold(call: Call, seen: str, by: User) -> Call:
    """Lock a call that is not announced, with its form as it was shown.

    Raises:
        Handled: it is announced, or somebody changed the form since.
    """
    require(permissions.may(by, call.authority_id, permissions.CALLS))
    held = making.hold(call)
    if held.published_at is not None:
        raise Handled(_("The call is announced: what it asks for stays."), code="state")
    if seen != mark_of(held):
        raise stale()
    return held


@deed
def save(call: Call, kind: str, part: Any, *, seen: str, by: User) -> Any:
    """Add a part at the end, or change one."""
    held = _hold(call, seen, by)
    before = rows_of(held, kind)
    if part.pk is None:
        if len(before) >= MOST:
            raise ValidationError(_("A call takes at most %(most)s of these.") % {"most": MOST}, code="many")
        part.position = max((row.position for row in before), default=0) + 1
    part.call, part.authority_id = held, held.authority_id
    if kind == "sporsmal":
        _refuse_loose(before, part)
    part.save()
    return part


def _refuse_loose(before: list[Question], part: Question) -> None:
    """Refuse a question that is asked on an answer nobody can give, or whose change leaves others so."""
    if part.shown_if_id:
        above = next((row for row in before if row.pk == part.shown_if_id), None)
        if above is None or above.position >= part.position or part.shown_if_answer not in answers_of(above):
            words = _("The question it hangs on stands below it, or is not answered so.")
            raise ValidationError({"shown": words}, code="loose")
    for row in before:
        if part.pk and row.shown_if_id == part.pk and row.shown_if_answer not in answers_of(part):
            words = _("“%(question)s” is shown on an answer that would be gone.") % {"question": row.text}
            raise ValidationError(words, code="leads_to")


def answers_of(question: Question) -> list[str]:
    """Return the answers that another question can hang on."""
    if question.kind == Question.Kind.YES_NO:
        return ["yes", "no"]
    return list(question.options) if question.kind == Question.Kind.CHOICE else []


@deed
def remove(call: Call, kind: str, key: int, *, seen: str, by: User) -> None:
    """Take a part away.

    Raises:
        ValidationError: another question hangs on it.
    """
    held = _hold(call, seen, by)
    part = next((row for row in rows_of(held, kind) if row.pk == key), None)
    if part is None:
        raise Handled(_("It is gone already."), code="gone")
    if kind == "sporsmal" and (leads := held.questions.filter(shown_if=part).first()):
        words = _("“%(question)s” is shown on this one’s answer. Change that first.") % {"question": leads.text}
        raise ValidationError(words, code="leads_to")
    part.delete()


@deed
def move(call: Call, kind: str, key: int, *, up: bool, seen: str, by: User) -> None:
    """Move a part one place up or down.

    Raises:
        ValidationError: a question would come before the one it hangs on.
    """
    held = _hold(call, seen, by)
    rows = rows_of(held, kind)
    at = next((n for n, row in enumerate(rows) if row.pk == key), None)
    if at is None:
        raise Handled(_("It is gone already."), code="gone")
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    if kind == "sporsmal":
        place = {row.pk: n for n, row in enumerate(rows)}
        if any(row.shown_if_id and place[row.shown_if_id] > place[row.pk] for row in rows):
            raise ValidationError(_("A question stands after the one it hangs on."), code="order")
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
