"""What every page's frame needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from portal import permissions, typed
from portal.models import Notice
from portal.signing_in import signins

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's facts; `authority` is None on the portal's own pages and set by an authority's views."""
    return {
        "demo": settings.DEMO,
        "base_url": settings.BASE_URL,
        "authority": None,
        "languages_offered": settings.LANGUAGES_OFFERED,
        "kept_form": lambda: typed.SESSION_KEY in request.session,
        "session_ended": lambda: signins.words_of_end(request),
        "unread_notices": lambda: unread_notices(request),
        "holds_a_role": lambda: holds_a_role(request),
    }


def unread_notices(request: HttpRequest) -> int:
    """Return how many notices the reader has not read; asked only by the menu of those who are signed in."""
    return Notice.objects.current().filter(user=request.user, read_at__isnull=True).count()


def holds_a_role(request: HttpRequest) -> bool:
    """Say whether the reader holds a role anywhere, so that something with a date may wait for her."""
    return request.user.is_authenticated and bool(
        permissions.roles_of(request.user) or getattr(request.user, "is_superuser", False)
    )
