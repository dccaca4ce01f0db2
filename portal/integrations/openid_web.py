"""Asking a sign-in service over the web: short waits, small answers, no redirects; what it publishes is kept a while.

Someone is waiting in front of a page. So one try, and a copy that is a little old rather than none.
"""

from __future__ import annotations

import hashlib
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.cache import cache

from portal.integrations.openid_claims import ProviderDown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 5.0
"""For each step of a conversation; connecting gets fewer."""
CONNECT_SECONDS = 3.0
ALL_SECONDS = 10.0
"""For a whole answer, however it drips."""
LARGEST = 512_000
STALE = 24 * 3600
"""How old a copy may be when the service is down."""
PAUSE = 10
"""Seconds for which a service that did not answer is not asked again by anyone."""
log = structlog.get_logger("portal.openid")


# ---- one conversation ----


class Bounded:
    """The body of an answer, stopped when it is too large or takes too long."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size, ends = 0, time.monotonic() + ALL_SECONDS
        for part in self.stream:
            size += len(part)
            if size > LARGEST or time.monotonic() > ends:
                raise ProviderDown("too large or too slow")
            yield part

    def close(self) -> None:
        self.stream.close()


def bound(response: Any) -> None:
    """Look at the head of an answer before its body is read.

    Raises:
        ProviderDown: it leads elsewhere, is packed, or says that the service is unwell.
    """
    import httpx

    status = response.status_code
    if 300 <= status < 400 or status == 429 or status >= 500:
        raise ProviderDown(f"status {status}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ProviderDown("packed")

    class Stream(Bounded, httpx.SyncByteStream):
        pass

    response.stream = Stream(response.stream)


@lru_cache
def trusted() -> Any:
    """Return the certificates we trust; reading them costs more than the rest of a conversation."""
    import httpx

    return httpx.create_ssl_context()


def manners(issuer: str) -> dict[str, Any]:
    """Return how an HTTP client behaves towards this issuer."""
    import httpx

    return {
        "timeout": httpx.Timeout(SECONDS, connect=CONNECT_SECONDS), "follow_redirects": False,
        "event_hooks": {"response": [bound]}, "headers": {"Accept-Encoding": "identity"},
        "trust_env": not issuer.startswith(settings.BASE_URL), "verify": trusted(),
    }  # fmt: skip


def fetch(address: str, issuer: str) -> dict[str, Any]:
    """Return the JSON object at an address.

    Raises:
        ProviderDown: nothing came, or not such an object.
    """
    import httpx

    try:
        with httpx.Client(**manners(issuer)) as client:
            answer = client.get(address, headers={"Accept": "application/json"})
            found = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RecursionError) as error:
        raise ProviderDown(type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderDown("not an object")
    return found


def is_its_own(address: Any, issuer: str) -> bool:
    """Say whether an address belongs to an issuer: its host or one under it by https; the stand-in's is the same."""
    if not isinstance(address, str):
        return False
    try:
        there, home = urlsplit(address), urlsplit(issuer)
        port, host = there.port, (there.hostname or "").lower()
    except ValueError:
        return False
    if there.scheme != home.scheme or there.username is not None or there.password is not None or there.fragment:
        return False
    if home.scheme != "https":
        return there.netloc == home.netloc
    return port in (None, 443) and (host == home.hostname or host.endswith(f".{home.hostname}"))


# ---- what is kept ----


def kept(
    kind: str, address: str, issuer: str, *, lasts: int, check: Callable[[dict[str, Any]], None], again: bool = False
) -> dict[str, Any]:
    """Return what a service publishes at an address: our copy while it is fresh, or when the service is down.

    Raises:
        ProviderDown: it does not answer, and we have no copy.
    """
    name = f"openid:{kind}:{hashlib.sha256(address.encode()).hexdigest()}"
    copy = take(name)
    if copy and not again and 0 <= time.time() - copy["at"] < lasts:
        return dict(copy["body"])
    if not take(f"{name}:down"):
        try:
            body = fetch(address, issuer)
            check(body)
        except ProviderDown as error:
            put(f"{name}:down", True, PAUSE)
            log.warning("sign-in service does not answer", what=kind, why=str(error), has_copy=bool(copy))
        else:
            put(name, {"at": time.time(), "body": body}, STALE)
            return body
    if copy is None:
        raise ProviderDown(kind)
    return dict(copy["body"])


def take(name: str) -> Any:
    """Return what the cache holds; nothing when it is down."""
    from redis import RedisError

    try:
        return cache.get(name)
    except RedisError:
        return None


def put(name: str, value: Any, seconds: int) -> None:
    from redis import RedisError

    try:
        cache.set(name, value, timeout=seconds)
    except RedisError as error:
        log.warning("cache is down: a sign-in service is asked each time", error=type(error).__name__)


def first_in(name: str, seconds: int) -> bool:
    """Say whether nobody has done this for so many seconds; a cache that is down stops nobody."""
    from redis import RedisError

    try:
        return bool(cache.add(name, True, timeout=seconds))
    except RedisError:
        return True
