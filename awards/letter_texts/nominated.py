"""What a nominee without an e-mail address is written: that she is nominated, why, and what is kept of her.

Law: personvernforordningen art. 14 (checked 2026-11-22). It says the same as her own page (`awards/nominee/`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from awards.access_basis import DEFERRED_BASIS
from awards.letter_texts.head import day, letter
from portal.letters.content import Block, Facts, Heading, LetterContent, Outcome, said, typed

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import Candidate
    from portal.models import Authority, User


def content(
    candidate: Candidate, reasons: list[str], *, due_on: dt.date, dated_on: dt.date, signer: User | None = None
) -> LetterContent:
    """Return the letter that tells a nominee, in the active language."""
    round_ = candidate.round
    title = _("You are nominated: %(round)s") % {"round": round_}
    told = _("Someone has nominated you in the category %(category)s.") % {"category": candidate.category}
    blocks: list[Block] = [
        Outcome(told), said(_answer(round_.authority, due_on)),
        said(_("It is secret until the ceremony. We ask you not to tell of it before then.")),
        Heading(_("Why you are nominated")), *[block for text in reasons for block in typed(text)],
        Heading(_("What we keep of you")), Facts(kept(round_.authority)),
    ]  # fmt: skip
    return letter(candidate, title=title, dated_on=dated_on, blocks=blocks, signer=signer)


def _answer(authority: Authority, due_on: dt.date) -> str:
    """Say how and by when she answers."""
    text = _(
        "Tell us by %(day)s whether you take part. If we hear nothing, you take part. You can add facts the jury should"
        " know."
    ) % {"day": day(due_on)}
    where = authority.contact_email
    how = _("Write to %(email)s, or answer by letter.") % {"email": where} if where else _("Answer by letter.")
    return f"{text} {how}"


def kept(authority: Authority) -> list[tuple[str, str]]:
    """Return what a nominee is told of her data: what it is, and what we say of it."""
    secret = _(
        "Until the ceremony. After that anyone may ask to read it, and each document is assessed then (%(basis)s)."
    )
    return [
        (_("Who is responsible"), authority.full_name),
        (_("What"), _(
            "Your name, how to reach you, why you are nominated, attachments to it, and what you answer. Of companies"
            " also what the business register says.")),
        (_("From where"), _(
            "From the one who nominated you, and from the business register. The nominator’s name is not shown here."
            " You may ask for access to it.")),
        (_("Why"), _("To choose who gets the prize, and to say why.")),
        (_("Legal basis"), _(
            "The General Data Protection Regulation article 6 no. 1 letter e: a task in the public interest, with the"
            " Personal Data Act § 8.")),
        (_("Who reads it"), _(
            "Those who prepare the prize, and the jury. Who is tied to a nominee takes no part.")),
        (_("How long it is secret"), secret % {"basis": DEFERRED_BASIS}),
        (_("How long it is kept"), _(
            "In the municipality’s archive, by the Archives Act. If the jury chooses you, your name and the reasons are"
            " published for good.")),
        (_("Your rights"), _(
            "You may read what we keep, have errors put right, and object. You may complain to the Norwegian Data"
            " Protection Authority (Datatilsynet).")),
    ]  # fmt: skip
