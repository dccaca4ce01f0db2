"""Diplomas: one landscape page for each winner, for the archive and for those who have it read to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from awards import permissions
from awards.letter_texts import diploma
from awards.models import PrizeRound, Winner
from awards.refusals import deed
from grants import notices
from portal.calendar import OSLO, oslo_today
from portal.letters import engine
from portal.letters.typesetting import LAYOUTS, PdfError, typeset
from portal.models import Document
from portal.models.case import Access
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import CategoryDecision
    from portal.models import User

log = structlog.get_logger("awards.diplomas")
LAYOUT = LAYOUTS / "diploma.typ"
KIND = "diploma"


def dated(round_: PrizeRound, now: dt.datetime) -> dt.date:
    """Return the day of the ceremony, or the day it was announced where none is set."""
    when = round_.ceremony_at or round_.announced_at or now
    return when.astimezone(OSLO).date()


def draft_of(decision: CategoryDecision, *, now: dt.datetime) -> bytes:
    """Return the diploma as it will be, to be printed for the ceremony; nothing is kept.

    Raises:
        ValidationError: the category has no winner.
    """
    if decision.candidate is None:
        raise ValidationError(_("The category has no winner this year."), code="none")
    return laid_out(
        decision.category.round, name=decision.candidate.name, category=str(decision.category),
        reasons=decision.reasons, now=now,
    )  # fmt: skip


def laid_out(round_: PrizeRound, *, name: str, category: str, reasons: str, now: dt.datetime) -> bytes:
    """Return a diploma as PDF, in the authority’s language form.

    Raises:
        PdfError: the typesetter refused it, or warned.
    """
    on = dated(round_, now)
    with translation.override(round_.authority.language_form):
        content = diploma.content(round_, name=name, category=category, reasons=reasons, on=on)
    return bytes(typeset(LAYOUT, content, at=on))


@deed
def make(winner: Winner, *, by: User, now: dt.datetime) -> Document:
    """Make a winner’s diploma and keep it in the round’s case, once; the one that stands there is returned.

    Raises:
        ValidationError: a winner of an earlier year, whose round is not in the portal.
        PdfError: it could not be laid out; nothing is kept.
    """
    require(permissions.may(by, winner.authority_id, permissions.SETS_UP))
    rows = Winner.objects.select_related("prize", "decision__category__round__case", "diploma")
    held = rows.select_for_update(no_key=True, of=("self",)).get(pk=winner.pk)
    if held.diploma is not None:
        return held.diploma
    if held.decision is None:
        raise ValidationError(_("This winner is from before the portal, and has no diploma here."), code="earlier")
    round_ = PrizeRound.objects.select_related("prize", "case", "authority").get(pk=held.decision.category.round_id)
    made = laid_out(round_, name=held.name, category=held.category_name, reasons=held.reasons, now=now)
    with translation.override(round_.authority.language_form):
        title = _("Diploma: %(prize)s, %(category)s") % {"prize": round_, "category": held.category_name}
    held.diploma = engine.register(
        round_.case, made, kind=KIND, title=title, dated_on=oslo_today(now), access=Access.OPEN, access_basis="",
        direction=Document.Direction.OUTGOING,
    )  # fmt: skip
    held.save(update_fields=["diploma"])
    notices.record("diploma_made", held, by=by, case=round_.case)
    return held.diploma


def make_if_possible(winner: Winner, *, by: User, now: dt.datetime) -> Document | None:
    """Make a diploma; that one cannot be laid out never stops the announcement."""
    try:
        with transaction.atomic():
            return make(winner, by=by, now=now)
    except PdfError as error:
        log.error("a winner has no diploma", winner=winner.pk, error=str(error)[:200])
        return None
