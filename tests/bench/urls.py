"""The portal's addresses, and the ceiling: a view without database behind the same middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import path

from portal.urls import urlpatterns as portal_patterns

if TYPE_CHECKING:
    from django.http import HttpRequest


def ceiling(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("bench/ceiling/", ceiling), *portal_patterns]
