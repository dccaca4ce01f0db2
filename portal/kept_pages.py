"""Whole pages kept ready packed, for readers who are nobody in particular.

A page's state (`portal.fresh`) is a hash of all that decides its bytes, so a page kept under its state is never old: a
change gives another state, and the old page is asked for no more. Only what every stranger gets alike is kept: no
session, no message, no query in the address. It is kept by each process for itself, and bounded.
"""

from __future__ import annotations

import gzip
import re
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from portal import fresh

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_BYTES = 8_000_000
LARGEST = 200_000
"""Packed bytes: of all pages together, and of one."""
TAKES_GZIP = re.compile(r"\bgzip\b")


class Shelf:
    """Packed pages by state; those not asked for the longest go first when there is no more room."""

    def __init__(self) -> None:
        self.pages: OrderedDict[str, bytes] = OrderedDict()
        self.size = 0
        self.lock = Lock()

    def take(self, state: str) -> bytes | None:
        with self.lock:
            packed = self.pages.get(state)
            if packed is not None:
                self.pages.move_to_end(state)
            return packed

    def put(self, state: str, packed: bytes) -> None:
        with self.lock:
            self.size += len(packed) - len(self.pages.pop(state, b""))
            self.pages[state] = packed
            while self.size > MOST_BYTES:
                _state, oldest = self.pages.popitem(last=False)
                self.size -= len(oldest)

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.size = 0


SHELF = Shelf()


def is_for_anyone(request: HttpRequest) -> bool:
    """Say whether the answer to this request depends on its state alone: it brings no session, message or query."""
    told = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
    is_read = request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING")
    return is_read and not any(name in request.COOKIES for name in told)


def find(request: HttpRequest, state: str) -> HttpResponse | None:
    """Return the page as it was kept under this state, else nothing."""
    if not state or not is_for_anyone(request):
        return None
    packed = SHELF.take(state)
    if packed is None:
        return None
    if TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
        response = HttpResponse(packed, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(packed))
    patch_vary_headers(response, ["Accept-Encoding"])
    return fresh.mark_fresh(request, response, state)


def keep(request: HttpRequest, response: HttpResponse, state: str) -> HttpResponse:
    """Mark the answer with its state, keep its page for the next stranger, and return it."""
    if not state:
        return response
    has_token = request.META.get("CSRF_COOKIE_NEEDS_UPDATE")  # a form in the page carries this reader's own token
    if response.status_code == 200 and is_for_anyone(request) and not has_token and not response.cookies:
        packed = gzip.compress(response.content, 6, mtime=0)
        if len(packed) <= LARGEST:
            SHELF.put(state, packed)
    return fresh.mark_fresh(request, response, state)
