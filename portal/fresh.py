"""Answer 304 when nothing a page shows has changed, and never when anything has.

A page's state is a hash of all that decides its bytes: the release, the day, the language, the address, who reads,
and the version of its data, read before the data itself. Permission is checked before the state is compared. The
mark of the form token stands beside the state, so that a browser with a new token gets a page whose forms work.
"""

from __future__ import annotations

import functools
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

MADE_OF = ("*.py", "*.html", "*.txt", "*.mo", "*.css", "*.svg", "*.js", "*.json")
FOLDERS = ("portal", "strategy", "grants", "awards", "templates", "static", "locale")


@functools.cache
def release() -> str:
    """Return a hash of the code, templates, translations and styles this process runs; the same on every host."""
    digest = blake2b(repr((settings.DEMO, settings.STATIC_URL)).encode(), digest_size=8)
    for folder in FOLDERS:
        root = settings.BASE_DIR / folder
        for path in sorted({path for pattern in MADE_OF for path in root.rglob(pattern)}):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def state_of(request: HttpRequest, today: dt.date, *facts: Any) -> str:
    """Return the state of the page this request asks for; `facts` are its data's versions and the reader's rights."""
    user: Any = request.user
    reader = (user.pk, str(user), user.is_staff) if user.is_authenticated else None
    parts = (release(), today.toordinal(), get_language(), request.get_full_path(), reader, *facts)
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def unchanged(request: HttpRequest, state: str) -> HttpResponse | None:
    """Return a 304 when the reader has this state already, else nothing."""
    asked = request.headers.get("If-None-Match")
    if not asked or not state or len(get_messages(request)):
        return None
    for tag in parse_etags(asked):
        known, _sep, token = tag.removeprefix("W/").strip('"').partition("-")
        if known == state and (not has_token(request) or token == token_mark(request)):
            return mark_fresh(request, HttpResponseNotModified(), state, token)
    return None


def mark_fresh(request: HttpRequest, response: HttpResponse, state: str, token: str = "") -> HttpResponse:
    """Let the reader keep the answer, to be asked about again each time."""
    response["ETag"] = f'W/"{state}-{token or token_mark(request)}"'
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def has_token(request: HttpRequest) -> bool:
    return bool(request.META.get("CSRF_COOKIE"))


def token_mark(request: HttpRequest) -> str:
    """Return a short mark of the form token's secret; after a page is made it is the one its forms carry."""
    return blake2b(str(request.META.get("CSRF_COOKIE", "")).encode(), digest_size=4).hexdigest()
