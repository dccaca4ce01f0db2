"""Stopping those who guess passwords, without letting a stranger lock a person out.

Each attempt is written down before it is tried and taken away when it was right, so that a hundred at once count as a
hundred. It is counted in the database: all processes share it, and a cache that is down opens no door. Passkeys and the
outside services are not counted, and a browser where the person was signed in before has a count of its own.
"""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q

from portal import typed
from portal.models import Method, SignIn, User
from portal.ratelimit import network_of, visitor
from portal.signing_in import accounts
from portal.signing_in.user_agents import device_of

if TYPE_CHECKING:
    from django.http import HttpRequest

QUARTER, HOUR = dt.timedelta(minutes=15), dt.timedelta(hours=1)
PER_LOGIN_AND_NETWORK = 5
"""Failures in a quarter of an hour for one address from one network."""
PER_KNOWN_BROWSER = 10
"""Failures in a quarter of an hour for one address from browsers where its person was signed in before."""
PER_NETWORK, PER_LOGIN = 50, 30
"""Failures in an hour from one network, and for one address from browsers we do not know."""
GUESSED = (Method.PASSWORD, Method.MFA)
"""Ways where one could guess on and on; digits by e-mail have limits of their own (`portal.codes`)."""


def hash_of(login: str, *, is_known: bool = False) -> str:
    """Return the keyed hash an address is counted by; known browsers are counted apart from all others."""
    kind = "known" if is_known else "login"
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{login.strip().lower()}".encode(), sha256).hexdigest()


@transaction.atomic
def begin(request: HttpRequest, login: str, *, method: str, now: dt.datetime) -> SignIn | None:
    """Write an attempt down as failed before it is tried; nothing when there have been too many.

    The same is asked of the database whether the address is somebody's or not.
    """
    user = accounts.holder_of(login)
    is_known = user is not None and typed.last_person(request) == user.pk
    hashed = hash_of(login, is_known=is_known)
    take_turns(f"login:{hashed}", f"network:{visitor(request)}")
    if is_shut(request, hashed, is_known=is_known, now=now):
        return None
    return note_failure(request, user, hashed, method=method, now=now)


def is_shut(request: HttpRequest, hashed: str, *, is_known: bool, now: dt.datetime) -> bool:
    """Say whether the door is shut for this address from this browser."""
    guessed = SignIn.objects.failed().filter(method__in=GUESSED, at__gt=now - HOUR)
    lately = Q(at__gt=now - QUARTER)
    here = in_network(request)
    of_login = guessed.filter(login_hash=hashed).aggregate(
        hour=Count("pk"), quarter=Count("pk", filter=lately), near=Count("pk", filter=lately & here)
    )
    from_here = guessed.filter(here).count()
    if is_known:
        return bool(of_login["quarter"] >= PER_KNOWN_BROWSER)
    return bool(of_login["near"] >= PER_LOGIN_AND_NETWORK or of_login["hour"] >= PER_LOGIN or from_here >= PER_NETWORK)


def in_network(request: HttpRequest) -> Q:
    """Return the condition that an attempt came from the visitor's network: the 64 bits an IPv6 line gets whole."""
    address = network_of(request)
    if address is None:
        return Q(network=None)
    found = ipaddress.ip_address(address)
    if found.version == 4 or found.ipv4_mapped is not None:
        return Q(network=address)
    whole = ipaddress.ip_network(f"{found}/64", strict=False)
    return Q(network__gte=str(whole[0]), network__lte=str(whole[-1]))


def note_failure(request: HttpRequest, user: User | None, hashed: str, *, method: str, now: dt.datetime) -> SignIn:
    """Write down a sign-in that did not succeed; its person sees it in her own list."""
    return SignIn.objects.create(
        user=user, login_hash=hashed, method=method, succeeded=False, at=now, seen_at=now,
        device=device_of(request.headers.get("User-Agent", "")), network=network_of(request),
    )  # fmt: skip


def take_back(attempt: SignIn) -> None:
    """Take an attempt away: it was right."""
    SignIn.objects.failed().filter(pk=attempt.pk).delete()


def take_turns(*names: str) -> None:
    """Let those who count the same thing wait for each other until the transaction ends; always in the same order."""
    numbers = sorted(int.from_bytes(sha256(name.encode()).digest()[:8], signed=True) for name in names)
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
