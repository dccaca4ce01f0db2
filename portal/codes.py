"""Six digits by mail: they show that the one who writes can read at the address she gave."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from portal.models import EmailCode

DIGITS = 6
LIFETIME = dt.timedelta(minutes=30)
ATTEMPTS = 5
SENDINGS = 3
"""Mails with digits for one row, the first among them."""
HOUR = dt.timedelta(hours=1)
PER_ADDRESS = 6
"""How many code mails one address gets in an hour, so that nobody is flooded in another's name."""
PER_PURPOSE = 300
"""How many unconfirmed codes may be asked for in an hour for one thing: no crowd writes so fast, a robot does."""


class TooMany(Exception):
    """More codes were asked for than one address, or one thing, may have in an hour."""


def refuse_too_many(purpose: str, address: str, now: dt.datetime) -> None:
    """Stop the flood of codes; counted in the database, so that neither processes nor a cache that is down matter.

    Raises:
        TooMany: the address, over all it was asked for, or the purpose has had its codes for the hour.
    """
    recent = EmailCode.objects.filter(sent_at__gt=now - HOUR)
    to_address = recent.filter(address=address.lower()).aggregate(n=Sum("sendings"))["n"] or 0
    unconfirmed = recent.filter(purpose=purpose, confirmed_at=None).aggregate(n=Sum("sendings"))["n"] or 0
    if to_address >= PER_ADDRESS or unconfirmed >= PER_PURPOSE:
        raise TooMany


def digest(row_id: int | None, code: str) -> str:
    """Return the keyed hash of a code: six digits alone could be tried one by one by who has the table."""
    return hmac.new(settings.SECRET_KEY.encode(), f"email-code:{row_id}:{code}".encode(), sha256).hexdigest()


def fresh() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


@transaction.atomic
def make(purpose: str, address: str, *, now: dt.datetime) -> tuple[EmailCode, str]:
    """Make a code for an address; return its row and the digits, which are to be mailed and then forgotten."""
    code = fresh()
    row = EmailCode.objects.create(
        purpose=purpose, address=address, code_hash="", sent_at=now, expires_at=now + LIFETIME
    )
    row.code_hash = digest(row.pk, code)
    row.save(update_fields=["code_hash"])
    return row, code


@transaction.atomic
def make_again(row_id: int, *, now: dt.datetime) -> tuple[EmailCode, str] | None:
    """Make new digits for the same row, or nothing when it has been asked for too often."""
    row = EmailCode.objects.select_for_update().get(pk=row_id)
    if row.sendings >= SENDINGS or row.confirmed_at:
        return None
    code = fresh()
    row.code_hash, row.sent_at, row.expires_at = digest(row.pk, code), now, now + LIFETIME
    row.sendings, row.attempts = row.sendings + 1, 0
    row.save()
    return row, code


@transaction.atomic
def again(row: EmailCode, *, now: dt.datetime) -> str:
    """Return new digits for the same row; none when it, its address or its purpose has had too many."""
    try:
        refuse_too_many(row.purpose, row.address, now)
    except TooMany:
        return ""
    made = make_again(row.pk, now=now)
    return made[1] if made is not None else ""


@transaction.atomic
def check(row_id: int, typed: str, *, now: dt.datetime | None = None) -> bool:
    """Say whether the digits are right; each wrong try counts, and after five the code is dead."""
    now = now or timezone.now()
    row = EmailCode.objects.select_for_update().get(pk=row_id)
    if row.confirmed_at or row.expires_at <= now or row.attempts >= ATTEMPTS:
        return False
    digits = "".join(sign for sign in typed if sign.isdecimal() and sign.isascii())
    if not hmac.compare_digest(row.code_hash, digest(row.pk, digits)):
        row.attempts += 1
        row.save(update_fields=["attempts"])
        return False
    row.confirmed_at = now
    row.save(update_fields=["confirmed_at"])
    return True
