"""Letters: laid out as an archivable and accessible PDF, and kept on their case with what they were made from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction
from django.utils.text import slugify

from portal import filing
from portal.filing import EXEMPT_BASIS
from portal.letters.content import LetterContent
from portal.letters.typesetting import LAYOUTS, PdfError, showable, typeset
from portal.models import Case, Document, Letter
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

__all__ = ["EXEMPT_BASIS", "LetterContent", "PdfError", "again", "pdf", "register", "store"]
LAYOUT = LAYOUTS / "letter.typ"
PDF = "application/pdf"
NO_JSON = re.compile(r"[\x00\ud800-\udfff]")


def pdf(content: LetterContent) -> bytes:
    """Return the letter as PDF; the same content gives the same bytes.

    Raises:
        PdfError: the typesetter refused it, or warned.
    """
    return bytes(typeset(LAYOUT, content, at=content.dated_on))


def pictures(content: LetterContent) -> list[bytes]:
    """Return the letter's pages as PNG, for eyes only."""
    made = typeset(LAYOUT, content, at=content.dated_on, form="png")
    return [bytes(each) for each in (made if isinstance(made, list) else [made])]


@transaction.atomic
def store(
    case: Case, kind: str, content: LetterContent, *, title: str, dated_on: dt.date, by: User | None,
    access: str = Access.EXEMPT, access_basis: str = EXEMPT_BASIS, public_title: str = "",
) -> Letter:  # fmt: skip
    """Make the letter, put it in its case as an outgoing document, and keep what it was made from.

    Raises:
        PdfError: it could not be laid out; nothing is kept.
    """
    stored: dict[str, Any] = showable(msgspec.to_builtins(content))
    kept = register(
        case, pdf(msgspec.convert(stored, LetterContent)), kind=kind, title=title, dated_on=dated_on, access=access,
        access_basis=access_basis, public_title=public_title, direction=Document.Direction.OUTGOING,
    )  # fmt: skip
    return Letter.objects.create(
        authority_id=case.authority_id, case=case, document=kept, kind=kind, language=content.language,
        content=stored, dated_on=dated_on, made_by=by,
    )  # fmt: skip


def register(
    case: Case, made: bytes, *, kind: str, title: str, dated_on: dt.date, direction: str,
    access: str = Access.EXEMPT, access_basis: str = EXEMPT_BASIS, public_title: str = "",
) -> Document:  # fmt: skip
    """Put a PDF we made in a case."""
    plain_title = NO_JSON.sub("", title)
    return filing.keep(
        case, filing.made(made, filename=filename(kind, plain_title), content_type=PDF), title=plain_title,
        public_title=public_title, direction=direction, dated_on=dated_on, access=access, access_basis=access_basis,
    )  # fmt: skip


def filename(kind: str, title: str) -> str:
    norwegian = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    return f"{slugify(norwegian)[:110] or slugify(kind)}.pdf"


def again(letter: Letter) -> bytes:
    """Return a stored letter made anew from what it was made from: the same bytes as were stored.

    Raises:
        PdfError: the typesetter refused it, or warned.
    """
    return pdf(msgspec.convert(letter.content, LetterContent))
