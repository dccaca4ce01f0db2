"""Text kept sealed in the database: client secrets, tokens, and the national identity numbers a decision needs.

Fernet (AES-128-CBC with HMAC-SHA256) under keys derived from `DATA_KEYS`; the first seals, all of them open, so that a
key is changed by putting a new one in front. Each purpose has a key of its own, and none opens another's.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotOpen(Exception):
    """The text was not sealed by us for this, or its key is gone."""


@lru_cache(maxsize=32)
def _box(purpose: str, keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(purpose, key)) for key in keys])


def _derived(purpose: str, key: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"naeringsportalen:{purpose}".encode())
    return base64.urlsafe_b64encode(made.derive(key.encode()))


def seal(purpose: str, text: str) -> str:
    """Return the text sealed for one purpose; nothing stays nothing."""
    return _box(purpose, tuple(settings.DATA_KEYS)).encrypt(text.encode()).decode() if text else ""


def open_(purpose: str, sealed: str) -> str:
    """Return the text.

    Raises:
        CannotOpen: it was sealed for something else, by another key, or has been touched.
    """
    if not sealed:
        return ""
    try:
        return _box(purpose, tuple(settings.DATA_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen from error
