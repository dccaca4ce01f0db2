"""Putting a file in a case: the one place where a checked upload, or what we made ourselves, becomes a document."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile, File

from portal.models import Document
from portal.models.case import Access
from portal.uploads import Checked

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Case

EXEMPT_BASIS = "Offl. § 13, jf. fvl. § 13"
"""Business secrets and personal matters of an applicant (checked 2026-11-22); an officer may open what holds none."""
LONGEST_TITLE = 200


def made(content: bytes, *, filename: str, content_type: str) -> Checked:
    """Return what we made ourselves as a file to keep."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Checked(ContentFile(content), filename, content_type, len(content), sha256)


def keep(
    case: Case, file: Any, *, title: str, direction: str, dated_on: dt.date, public_title: str = "",
    access: str = Access.OPEN, access_basis: str = "",
) -> Document:  # fmt: skip
    """Keep a checked upload, or a draft's file, as a document of the case, stored by its hash.

    `file` has `filename`, `content_type`, `size` and `sha256`, and its bytes in `content` or `file`.
    """
    content = getattr(file, "content", None) or file.file
    content.seek(0)
    return Document.objects.create(
        authority_id=case.authority_id, case=case, title=title[:LONGEST_TITLE],
        public_title=public_title[:LONGEST_TITLE], direction=direction, dated_on=dated_on,
        file=File(content, name=file.sha256), filename=file.filename, content_type=file.content_type, size=file.size,
        sha256=file.sha256, access=access, access_basis=access_basis if access != Access.OPEN else "",
    )  # fmt: skip
