"""A limit on how often one address may ask, counted in the cache that all processes share."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Any

import structlog
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

log = structlog.get_logger("portal.ratelimit")


def over_limit(name: str, key: str, *, per_minute: int) -> bool:
    """Count one more and say whether this minute's limit is passed; a cache that is down limits nobody."""
    window = int(time.time() // 60)
    from redis import RedisError  # kept out of the start of every process

    counter = f"limit:{name}:{key}:{window}"
    try:
        cache.add(counter, 0, timeout=120)
        return cache.incr(counter) > per_minute
    except ValueError:  # evicted between the two calls
        return False
    except RedisError as error:
        log.warning("cache is down: nobody is limited", limit=name, error=type(error).__name__)
        return False


def limit(name: str, *, per_minute: int) -> Callable[..., Any]:
    """Answer 429 with a plain word when one address asks this view more often than that."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if over_limit(name, request.META.get("REMOTE_ADDR", ""), per_minute=per_minute):
                response = render(request, "429.html", status=429)
                response["Retry-After"] = "60"
                return response
            return view(request, *args, **kwargs)

        return limited

    return decorate
