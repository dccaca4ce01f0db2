"""Addresses of servers, as they stand in the environment."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for `postgres://user:password@host:port/name?option=…`.

    A socket's folder stands percent-encoded where the host would: `postgres://portal_app@%2Frun%2Fpg/portal`.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    name, _colon, port = host.rpartition(":") if ":" in host and not host.endswith("]") else (host, "", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(name),
        "PORT": port,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def celery_broker(url: str) -> str:
    """Return the broker's address as Celery writes it: a socket is `redis+socket:///path?virtual_host=n`."""
    if not url.startswith("unix://"):
        return url
    return "redis+socket://" + url.removeprefix("unix://").replace("?db=", "?virtual_host=")
