"""The stand-ins' signing keys and their memory, in the cache that all processes share. Never outside demo and tests."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache as once
from typing import Any

from django.conf import settings
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

KEYS = "standin:keys"
KEPT_KEYS = 2
"""Keys that are published: the one that signs, and the one before it."""
ALGORITHM = "RS256"
BITS = 2048


class NotHere(Exception):
    """The stand-ins were asked for where people really sign in."""


def only_in_demo() -> None:
    """Refuse to be anyone outside the demo and the tests.

    Raises:
        NotHere: this is production.
    """
    if not (settings.DEMO or settings.TESTING):
        raise NotHere


# ---- keys ----


def new_key() -> dict[str, Any]:
    made = RSAKey.generate_key(BITS, {"use": "sig", "alg": ALGORITHM, "kid": secrets.token_hex(8)}, private=True)
    return dict(made.as_dict(private=True))


@once
def first_key() -> dict[str, Any]:
    """Return the key this process offers when there is none: made once, so that an emptied cache costs nothing."""
    return new_key()


def signing_keys() -> list[dict[str, Any]]:
    """Return the keys, the one that signs first; the first process that asks makes it for all."""
    only_in_demo()
    found: list[dict[str, Any]] | None = cache.get(KEYS)
    if found is None:
        cache.add(KEYS, [first_key()], timeout=None)
        found = cache.get(KEYS) or [first_key()]
    return found


def rotate() -> None:
    """Sign with a new key from now on; the one before it stays published."""
    cache.set(KEYS, [new_key(), *signing_keys()][:KEPT_KEYS], timeout=None)


def published_keys() -> dict[str, Any]:
    """Return the public half of the keys, as `jwks_uri` gives it."""
    return {"keys": [RSAKey.import_key(key).as_dict(private=False) for key in signing_keys()]}


@once
def _ready(kid: str) -> RSAKey:
    """Return a key that is ready to sign."""
    return next(RSAKey.import_key(key) for key in signing_keys() if key["kid"] == kid)


def signed(claims: dict[str, Any]) -> str:
    """Return the claims as a token signed with the newest key.

    Raises:
        NotHere: this is production.
    """
    kid = signing_keys()[0]["kid"]
    return jwt.encode({"alg": ALGORITHM, "kid": kid, "typ": "JWT"}, claims, _ready(kid), algorithms=[ALGORITHM])


def read_own(token: str) -> dict[str, Any] | None:
    """Return the claims of a token we signed, however old, or nothing."""
    try:
        keys = KeySet.import_key_set({"keys": signing_keys()})
        return dict(jwt.decode(token, keys, algorithms=[ALGORITHM]).claims)
    except (JoseError, ValueError, KeyError):
        return None


# ---- memory ----


def handle() -> str:
    return secrets.token_urlsafe(32)


def _place(kind: str, name: str) -> str:
    return f"standin:{kind}:{hashlib.sha256(name.encode()).hexdigest()}"


def remember(kind: str, name: str, what: Any, *, seconds: int | None) -> None:
    only_in_demo()
    cache.set(_place(kind, name), what, timeout=seconds)


def recall(kind: str, name: str) -> Any:
    return cache.get(_place(kind, name))


def forget(kind: str, name: str) -> None:
    cache.delete(_place(kind, name))


def take(kind: str, name: str) -> Any:
    """Return what is remembered and forget it: of several who ask at once, one gets it."""
    found = recall(kind, name)
    return found if found is not None and cache.delete(_place(kind, name)) else None


def shorten(kind: str, name: str, *, seconds: int) -> None:
    """Let it be forgotten so soon."""
    cache.touch(_place(kind, name), seconds)
