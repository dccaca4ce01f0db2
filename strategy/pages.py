"""What the pages about a plan are laid out from: nothing of who looks, so that a released page can be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.translation import get_language

from strategy import regional, sentences
from strategy.filters import NO_FILTER, Filter
from strategy.status import assemble

if TYPE_CHECKING:
    from strategy.content import Content


def page_context(content: Content, *, live: bool, chosen: Filter = NO_FILTER) -> dict[str, Any]:
    """Return all that `strategy/status_body.html` needs: nothing of who looks, so that a release can be kept."""
    status = assemble(content, live=live, chosen=chosen)
    return {
        "content": content, "status": status, "plan": content.plan, "live": live,
        "words": sentences.Words.of(content.plan), "lang": lang_of(content.plan.language),
        "comparison": regional.compare(content) if live and status.is_shared else None,
        "place": [content.plan.authority_slug, content.plan.slug],
    }  # fmt: skip


def lang_of(language: str) -> str:
    """Return the attribute that says a plan's own words are in another language than the page."""
    return format_html(' lang="{}"', language) if language != get_language() else ""
