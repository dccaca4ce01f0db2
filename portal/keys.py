"""Keys in mailed and private links: for one purpose and one thing, hashed, expiring, revocable; they act on POST only.

Mail scanners open links, so a page that a key opens shows what it would do and does it when a button is pressed.
The link's text exists in the mail alone: `redact` takes it out of what is kept after sending.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from django.db.models import Q

from portal.models import LinkKey

if TYPE_CHECKING:
    from portal.models import User

BYTES = 32
RAW = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
HIDDEN = "…"


def hashed(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def new(
    purpose: str, *, now: dt.datetime, user: User | None = None, address: str = "", subject_id: int | None = None,
    scope: str = "", lifetime: dt.timedelta | None = None,
) -> tuple[str, LinkKey]:  # fmt: skip
    """Return a key's text, 43 characters that fit in an address, never to be read again, and its row, unsaved."""
    raw = secrets.token_urlsafe(BYTES)
    return raw, LinkKey(
        purpose=purpose, key_hash=hashed(raw), user=user, address=address, subject_id=subject_id, scope=scope,
        created_at=now, expires_at=now + lifetime if lifetime else None,
    )  # fmt: skip


def issue(
    purpose: str, *, now: dt.datetime, user: User | None = None, address: str = "", subject_id: int | None = None,
    scope: str = "", lifetime: dt.timedelta | None = None,
) -> str:  # fmt: skip
    """Make a key and return its text."""
    raw, key = new(purpose, now=now, user=user, address=address, subject_id=subject_id, scope=scope, lifetime=lifetime)
    key.save(force_insert=True)
    return raw


def find(purpose: str, raw: str, *, now: dt.datetime) -> LinkKey | None:
    """Return the key with this text if it was made for this purpose and still holds, else nothing."""
    holds = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return LinkKey.objects.filter(holds, purpose=purpose, key_hash=hashed(raw), revoked_at__isnull=True).first()


def revoke(purpose: str, *, now: dt.datetime, **which: object) -> int:
    """Withdraw the keys of one purpose that fit `which` (user, subject_id, address, pk …); return how many."""
    return LinkKey.objects.filter(purpose=purpose, revoked_at__isnull=True, **which).update(revoked_at=now)


def redact(text: str) -> str:
    """Return the text with every key in an address taken out."""
    return RAW.sub(HIDDEN, text)
