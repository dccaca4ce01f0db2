"""How sure the portal is of who sits there, and what each deed asks for. Pure: no model, no clock.

An authority without ID-porten runs in trial mode: there the code by e-mail is all there is, and the pages say so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum, IntEnum


class Strength(IntEnum):
    """How a session's person was known, from nothing to an electronic identity."""

    NOBODY = 0
    CODE = 1
    STAFF = 2
    STRONG = 3


OF_METHOD = {
    "code": Strength.CODE,
    "password": Strength.STAFF, "mfa": Strength.STAFF, "passkey": Strength.STAFF, "entra": Strength.STAFF,
    "demo": Strength.STAFF,
    "idporten": Strength.STRONG, "ansattporten": Strength.STRONG,
}  # fmt: skip
"""What each way to sign in shows (`portal.models.Method`)."""
ACRS = frozenset({"idporten-loa-substantial", "idporten-loa-high"})
"""The levels we accept from ID-porten and Ansattporten (docs.digdir.no, checked 2026-11-21)."""
STRONG_LASTS = dt.timedelta(hours=2)
"""As long as ID-porten itself holds on to a sign-in."""


class Deed(Enum):
    """What one does, by how sure we must be of who does it."""

    DRAFT, FOLLOW, INPUT, NOMINATE = "draft", "follow", "input", "nominate"
    SUBMIT, ACCEPT, BANK, PAYOUT, COMPLAIN, INVITE = "submit", "accept", "bank", "payout", "complain", "invite"


BINDING = frozenset({Deed.SUBMIT, Deed.ACCEPT, Deed.BANK, Deed.PAYOUT, Deed.COMPLAIN, Deed.INVITE})
"""Deeds that bind an organisation or a person."""


@dataclass(frozen=True)
class Mark:
    """What a session knows of its own sign-in; `provider` and `authority` are ids, times are seconds since 1970."""

    sign_in: int
    method: str
    at: float
    seen: float
    strong_at: float | None = None
    provider: int | None = None
    authority: int | None = None


def needed(deed: Deed, *, trial: bool) -> Strength:
    """Return how sure we must be before this deed; in trial mode a code is all one can ask for."""
    return Strength.STRONG if deed in BINDING and not trial else Strength.CODE


def strength_of(mark: Mark | None, now: dt.datetime) -> Strength:
    """Return how sure we are of a session now; a strong sign-in weakens with time, as the service's own does."""
    if mark is None:
        return Strength.NOBODY
    strength = OF_METHOD.get(mark.method, Strength.NOBODY)
    if strength is not Strength.STRONG:
        return strength
    fresh = mark.strong_at is not None and now.timestamp() - mark.strong_at <= STRONG_LASTS.total_seconds()
    return Strength.STRONG if fresh else Strength.STAFF


def role_counts(
    mark: Mark | None, *, authority: int, password_allowed: bool, mfa_required: bool, provider: int | None
) -> bool:
    """Say whether a role gives anything in this session.

    A code by e-mail gives no role. A role that follows from groups counts only in a session from that service. Another
    authority's Entra ID is worth a password here, whose second step this authority does not see: it gives nothing where
    two steps are required. Where passwords are switched off, only the authority's own Entra ID, or an electronic
    identity, gives its roles. Without a mark (a task, not a session) each role counts.
    """
    if mark is None:
        return True
    if OF_METHOD.get(mark.method, Strength.NOBODY) < Strength.STAFF:
        return False
    if provider is not None and mark.provider != provider:
        return False
    if mark.method in ("idporten", "ansattporten", "demo"):
        return True
    if mark.method == "entra":
        return mark.authority == authority or (password_allowed and not mfa_required)
    return password_allowed
