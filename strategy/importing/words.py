"""What people are told about the reading of a plan document: how far it has come; why it failed, and what to do."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from strategy.importing.document import MOST_BYTES, MOST_PAGES, Why

GAVE_UP = "gave_up"
"""Why a document is refused that was begun on again and again and never read to its end."""
LOST = "lost"
"""Why a document is refused whose file is gone from storage."""
TO_DO: dict[str, tuple[Any, Any]] = {
    Why.UNKNOWN_KIND: (
        gettext_lazy("This is not a kind of file we can read."),
        gettext_lazy("Save it as Word (docx) or PDF and send it again."),
    ),
    Why.EMPTY: (
        gettext_lazy("There is no text in the document."),
        gettext_lazy("See that you chose the right file, and send it again."),
    ),
    Why.TOO_LARGE: (
        gettext_lazy("The document is larger than we can read."),
        gettext_lazy("Take out pictures and attachments, and send the plan itself."),
    ),
    Why.TOO_MANY_PAGES: (
        gettext_lazy("The document has more pages than we can read."),
        gettext_lazy("Send the plan without its attachments, or the part with goals and measures only."),
    ),
    Why.TOO_MANY_ROWS: (
        gettext_lazy("The document has more goals, strategies and measures than we can take."),
        gettext_lazy("Send a part of it, such as one goal with its measures."),
    ),
    Why.TOO_SLOW: (
        gettext_lazy("The document takes too long to read."),
        gettext_lazy("Send the part with goals and measures only, or save it again from Word as PDF."),
    ),
    Why.BROKEN: (
        gettext_lazy("The file is broken, or is not what its name says."),
        gettext_lazy("Open it in the program it was made with, save it again, and send the new file."),
    ),
    Why.ENCRYPTED: (
        gettext_lazy("The file is locked with a password."),
        gettext_lazy("Open it, save a copy without a password, and send the copy."),
    ),
    Why.SCANNED: (
        gettext_lazy("The document is pictures of pages, and has no text to read."),
        gettext_lazy(
            "Run text recognition (OCR) on it in your PDF program, or save it again from Word as PDF. "
            "Then send the new file."
        ),
    ),
    Why.DANGEROUS: (
        gettext_lazy("The file is built in a way that may do harm, so we did not open it."),
        gettext_lazy("Save the plan again from Word as a new file, and send that."),
    ),
    Why.NO_STRUCTURE: (
        gettext_lazy("We found no goals and no measures in the document."),
        gettext_lazy("Send another version of the plan, or begin with an empty plan and write it in."),
    ),
    GAVE_UP: (
        gettext_lazy("We tried three times, and could not read the document to its end."),
        gettext_lazy("Save it again as a new file and send that, or send the part with goals and measures only."),
    ),
    LOST: (
        gettext_lazy("We have lost the file."),
        gettext_lazy("Send it again."),
    ),
}  # fmt: skip


def wrong(code: str, pages: int = 0) -> str:
    """Return what is wrong with a document, in one sentence."""
    if code == Why.TOO_MANY_PAGES and pages:
        words = _("The document has %(pages)d pages. We read at most %(most)d.")
        return words % {"pages": pages, "most": MOST_PAGES}
    if code == Why.TOO_LARGE:
        return _("The document is larger than we can read, which is %(most)s.") % {"most": filesizeformat(MOST_BYTES)}
    return str(TO_DO.get(code, TO_DO[Why.BROKEN])[0])


def to_do(code: str) -> str:
    """Return what to do about it."""
    return str(TO_DO.get(code, TO_DO[Why.BROKEN])[1])


def why(code: str, pages: int = 0) -> str:
    """Return what is wrong with a document and what to do about it."""
    return f"{wrong(code, pages)} {to_do(code)}"


def how_far(pages_read: int, pages: int) -> str:
    """Return how far the reading of a document has come."""
    if not pages:
        return _("We have begun to read.")
    if pages_read >= pages:
        words = ngettext("The page is read. We look for goals and measures.",
                         "All %(pages)d pages are read. We look for goals and measures.", pages)  # fmt: skip
        return words % {"pages": pages}
    return _("Page %(read)d of %(pages)d") % {"read": pages_read, "pages": pages}
