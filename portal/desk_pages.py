"""The desk's pages outside the case pages, listed on their first page for each authority where one works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import permissions, wiring
from portal.models import Authority

if TYPE_CHECKING:
    from portal.models import User

MOST = 5
"""Authorities shown; the operator, who works everywhere, finds the rest from the front page."""
PAGES = [
    (_("Impartiality"), "impartiality_desk"),
    (_("To the archive"), "archive"),
    (_("Requests for access"), "access_requests"),
    (_("Kept and deleted"), "retention"),
    (_("Mandates"), "mandate_desk"),
    (_("What has a date"), "authority_deadlines"),
]


def of(user: User) -> list[dict[str, Any]]:
    """Return each authority where a person does casework, with the addresses of its desk's pages; one query."""
    own = Authority.objects.filter(pk__in=permissions.casework_authorities(user)).order_by("name")[:MOST]
    pages = [page for pages in wiring.load(wiring.DESK_PAGES) for page in pages]  # type: ignore[attr-defined]
    return [
        {
            "authority": authority,
            "pages": [{"text": text, "url": reverse(name, args=[authority.slug])} for text, name in pages],
        }
        for authority in own
    ]
