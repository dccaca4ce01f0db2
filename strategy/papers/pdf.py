"""A report as PDF/A-2a and PDF/UA-1 at once, laid out from `templates/letters/report.typ` (`portal.letters`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation

from portal.letters.typesetting import LAYOUTS, PdfError, plain, typeset
from strategy.papers.paper import paper_of

if TYPE_CHECKING:
    import datetime as dt

    from strategy.content import Content
    from strategy.papers.blocks import Paper

__all__ = ["PdfError", "compiled", "make", "plain"]
LAYOUT = LAYOUTS / "report.typ"


def make(content: Content, sha256: str) -> bytes:
    """Return the report as PDF in the plan's language.

    Raises:
        PdfError: the typesetter refused it, or warned.
    """
    with translation.override(content.plan.language):
        made = compiled(paper_of(content, sha256), at=content.report.frozen_on if content.report else content.on)
    return bytes(made)


def compiled(paper: Paper, *, at: dt.date, form: str = "pdf") -> Any:
    """Return the paper laid out: bytes, or a list of pictures with `form` png."""
    return typeset(LAYOUT, paper, at=at, form=form)
