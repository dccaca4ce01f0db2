"""What stands around every letter of an application: who it is from and to, what it is found by, and who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.calendar import Precision, format_precise
from portal.filing import EXEMPT_BASIS
from portal.letters.content import Block, LetterContent

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Application
    from portal.models import Authority, Case, User


def day(when: dt.date) -> str:
    """Return "22. november 2026" in the active language."""
    return format_precise(when, Precision.DAY, get_language() or "nb", in_text=True)


def moment(when: dt.datetime) -> str:
    return date_format(when, "j. F Y \\k\\l. H.i")


def number_of(application: Application) -> str:
    """Return an organisation number as it is read: "974 760 673"; nothing for a founder."""
    number = application.organisation.number if application.organisation else ""
    return " ".join((number[:3], number[3:6], number[6:])) if number else ""


def letter(
    application: Application, *, title: str, dated_on: dt.date, blocks: list[Block], signer: User | None = None,
    as_what: str = "", case: Case | None = None, marking: str = EXEMPT_BASIS,
) -> LetterContent:  # fmt: skip
    """Return a letter to the applicant, in the active language."""
    authority, of = application.authority, case or application.case
    officer = of.officer if of else None
    return LetterContent(
        language=application.language, dated_on=dated_on, sender=authority.full_name, title=title,
        subject=f"{title} ({application.reference})", blocks=blocks, page_of=_("Page {page} of {pages}"),
        recipient=recipient_of(application), labels=labels_of(application, dated_on, of, officer),
        marking=_("Exempt from access: %(basis)s") % {"basis": marking} if marking else "",
        signature=signature_of(authority, signer or officer, as_what),
        signed_note=_("This letter is approved electronically and has no signature by hand."),
        contact=contact_of(authority), foot=f"{title} · {application.reference}",
        notice=_("Everything in this letter is invented for the demonstration.") if application.invented else "",
    )  # fmt: skip


def recipient_of(application: Application) -> list[str]:
    number = number_of(application)
    copy = application.register_copy or {}
    lines = [application.applicant_name, _("Organisation number %(number)s") % {"number": number} if number else ""]
    return [line for line in (*lines, str(copy.get("place") or "").title()) if line]


def labels_of(
    application: Application, dated_on: dt.date, case: Case | None, officer: User | None
) -> list[tuple[str, str]]:
    rows = [
        (_("Date"), day(dated_on)),
        (_("Our reference"), application.reference),
        (_("Case"), case.external_number or case.reference if case else ""),
        (_("Case officer"), officer.name if officer else ""),
    ]
    return [(label, value) for label, value in rows if value]


def signature_of(authority: Authority, signer: User | None, as_what: str) -> list[str]:
    lines = [_("Kind regards"), signer.name if signer else "", as_what, authority.full_name]
    return [line for line in lines if line]


def contact_of(authority: Authority) -> list[str]:
    """Return where the sender is reached: what is known of it."""
    return [each for each in (authority.full_name, authority.postal_address, authority.phone, authority.contact_email)
            if each]  # fmt: skip
