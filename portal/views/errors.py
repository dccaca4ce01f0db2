"""Pages for what went wrong, with a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.shortcuts import render

from portal import typed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that the page had grown old, and give back what was typed, ready to send again.

    Only a form that came from our own pages is given back: another site's must not be one press away.
    """
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    is_ours = bool(origin) and urlsplit(origin).netloc == request.get_host()
    context = {"fields": typed.fields_of(request) if is_ours else [], "path": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)
