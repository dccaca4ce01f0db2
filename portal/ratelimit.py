"""A limit on how often one address may ask, counted in the cache that all processes share."""

from __future__ import annotations

import functools
import ipaddress
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


def over_limit(name: str, key: str, *, per_minute: int = 0, per_hour: int = 0) -> bool:
    """Count one more and say whether this minute's or hour's limit is passed; a cache that is down limits nobody."""
    most, seconds = (per_hour, 3600) if per_hour else (per_minute, 60)
    window = int(time.time() // seconds)
    from redis import RedisError  # kept out of the start of every process

    counter = f"limit:{name}:{key}:{window}" if seconds == 60 else f"limit:{name}:{key}:h{window}"
    try:
        cache.add(counter, 0, timeout=2 * seconds)
        return cache.incr(counter) > most
    except ValueError:  # evicted between the two calls
        return False
    except RedisError as error:
        log.warning("cache is down: nobody is limited", limit=name, error=type(error).__name__)
        return False


def visitor(request: HttpRequest) -> str:
    """Return what one visitor is counted by: her address, or the network of 64 bits that an IPv6 line gets whole."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return address


def network_of(request: HttpRequest) -> str | None:
    """Return the visitor's address as the database keeps it, or nothing for what is none."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None


def limit(name: str, *, per_minute: int) -> Callable[..., Any]:
    """Answer 429 with a plain word when one address asks this view more often than that."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if over_limit(name, visitor(request), per_minute=per_minute):
                response = render(request, "429.html", status=429)
                response["Retry-After"] = "60"
                return response
            return view(request, *args, **kwargs)

        return limited

    return decorate
