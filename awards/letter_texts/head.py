"""What stands around every letter to a nominee: who it is from and to, what it is found by, and who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants.letter_texts.head import contact_of, day, signature_of
from portal.letters.content import Block, LetterContent

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import Candidate
    from portal.models import User

__all__ = ["day", "letter", "recipient_of"]


def letter(
    candidate: Candidate, *, title: str, dated_on: dt.date, blocks: list[Block], signer: User | None = None
) -> LetterContent:
    """Return a letter to a nominee, in the active language; the round, prize and case are fetched with her."""
    round_, case = candidate.round, candidate.case
    authority, officer = round_.authority, signer or round_.officer
    labels = [
        (_("Date"), day(dated_on)),
        (_("Our reference"), case.external_number or case.reference),
        (_("Case officer"), officer.name if officer else ""),
    ]
    return LetterContent(
        language=authority.language_form, dated_on=dated_on, sender=authority.full_name, title=title,
        subject=f"{title} ({candidate.name})", blocks=blocks, page_of=_("Page {page} of {pages}"),
        recipient=recipient_of(candidate), labels=[(label, value) for label, value in labels if value],
        signature=signature_of(authority, officer, ""),
        signed_note=_("This letter is approved electronically and has no signature by hand."),
        contact=contact_of(authority), foot=f"{title} · {case.reference}".strip(" ·"),
        notice=_("Everything in this letter is invented for the demonstration.") if round_.invented else "",
    )  # fmt: skip


def recipient_of(candidate: Candidate) -> list[str]:
    """Return whom the letter is to: name, number as it is read, and place where it is known."""
    number = candidate.number
    grouped = " ".join((number[:3], number[3:6], number[6:])) if number else ""
    copy = candidate.register_copy or {}
    place = candidate.place or str(copy.get("place") or "").title()
    lines = [candidate.name, _("Organisation number %(number)s") % {"number": grouped} if grouped else "", place]
    return [line for line in lines if line]
