"""What a browser's session holds while someone is on her way in by an outside service, and what it knows of her after.

Each tab has its own pending sign-in, used once. Who is new waits with what the service said, sealed, until she has told
her name and confirmed her address.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.http import url_has_allowed_host_and_scheme

from portal import sealed
from portal.integrations.openid_claims import Claims, Party, refuse

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import IdentityProvider

PENDING, WAITING, NUMBER = "signing_in", "waiting", "number"
"""Where the session keeps each."""
MOST_PENDING = 5
WAITS = dt.timedelta(minutes=45)
"""How long a new person has for her name and her code."""
LONGEST_PAGE = 2000
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
SIGN_IN, CONNECT, AGAIN = "in", "connect", "again"
"""What one signs in at the service for: to come in, to tie it to one's account, to show once more that it is she."""


def safe_page(request: HttpRequest, asked: str) -> str:
    """Return the page one asked to come back to, if it certainly is one of ours; else nothing."""
    if not asked.startswith("/") or asked.startswith("//") or len(asked) > LONGEST_PAGE or UNSEEN.search(asked):
        return ""
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=hosts, require_https=request.is_secure())
    return asked if is_ours else ""


# ---- pending, one for each tab ----


@dataclass(frozen=True)
class Pending:
    """A sign-in that has begun: what `openid.begin` gave us to keep, what it is for, and by whom."""

    kept: dict[str, Any]
    provider: int
    purpose: str
    page: str
    person: int | None


def begin(request: HttpRequest, pending: Pending) -> None:
    """Keep a sign-in that begins; the oldest goes when there are too many."""
    held = dict(request.session.get(PENDING, {}))
    held[pending.kept["state"]] = dataclasses.asdict(pending)
    newest = sorted(held, key=lambda state: held[state]["kept"]["at"])[-MOST_PENDING:]
    request.session[PENDING] = {state: held[state] for state in newest}


def take(request: HttpRequest, provider: IdentityProvider, states: list[str]) -> Pending:
    """Return the sign-in with this state. All that were named can never be used again, however it goes.

    Raises:
        SignInRefused: this browser began no such sign-in, or began it with another service.
    """
    held = dict(request.session.get(PENDING, {}))
    found = [taken for state in states if (taken := held.pop(state, None)) is not None]
    if found:
        request.session[PENDING] = held
        request.session.save()
    refuse(len(states) == 1 and len(found) == 1, "state")
    refuse(found[0]["provider"] == provider.pk, "provider")
    return Pending(**found[0])


# ---- waiting, until we know what to call her ----


@dataclass(frozen=True)
class Waiting:
    """Someone a service has told us of, and whom no account knows; the rest is what she has answered so far."""

    claims: Claims
    provider: int
    page: str
    until: float
    name: str = ""
    email: str = ""
    code: int | None = None


def wait(request: HttpRequest, waiting: Waiting) -> None:
    """Keep someone who is new, and what she has told us, sealed in the session."""
    facts = dataclasses.asdict(waiting)
    facts["claims"]["groups"] = None if waiting.claims.groups is None else sorted(waiting.claims.groups)
    request.session[WAITING] = sealed.seal(WAITING, json.dumps(facts))


def waiting(request: HttpRequest, now: dt.datetime) -> Waiting | None:
    """Return who is new in this browser; nobody when it took too long."""
    try:
        facts = json.loads(sealed.open_(WAITING, request.session.get(WAITING, "")) or "null")
    except sealed.CannotOpen:
        return None
    if facts is None or facts["until"] < now.timestamp():
        return None
    said = facts.pop("claims")
    groups, parties = said.pop("groups"), said.pop("parties")
    claims = Claims(
        **said, groups=None if groups is None else frozenset(groups), parties=tuple(Party(**row) for row in parties)
    )
    return Waiting(claims=claims, **facts)


def stop_waiting(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)


# ---- the national identity number, while the session lasts ----


def keep_number(request: HttpRequest, number: str) -> None:
    """Let the session know the number of its person, for the birth date in the register; another's goes."""
    request.session.pop(NUMBER, None)
    if number:
        request.session[NUMBER] = sealed.seal("pid", number)


def number_of(request: HttpRequest) -> str:
    """Return the national identity number that came with this session's sign-in; empty when none did."""
    try:
        return sealed.open_("pid", request.session.get(NUMBER, ""))
    except sealed.CannotOpen:
        return ""
