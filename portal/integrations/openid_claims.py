"""What a sign-in service says about someone, and all that must hold before we believe it. No network, no clock."""

from __future__ import annotations

import datetime as dt
import hmac
import math
import re
from dataclasses import dataclass
from typing import Any

from portal.strength import ACRS

LEEWAY = 300
"""Seconds that a clock, ours or theirs, may be off."""
OLDEST = 3600
"""Seconds since a token was issued; one that came with a fresh code is never older."""
LONGEST = 255
MOST_PARTIES = 200
MOST_GROUPS = 2000
NUMBER = re.compile(r"[0-9]{11}")
ORGANISATION = re.compile(r"0192:([0-9]{9})")
OBJECT_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
ORGANISATIONS = "iso6523-actorid-upis"
RESOURCE = "ansattporten:altinn:resource"


class SignInRefused(Exception):
    """The answer from a sign-in service is not believed; `reason` is one word for the log, never shown to anyone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderDown(Exception):
    """The sign-in service does not answer, or answers with what no such service says."""


@dataclass(frozen=True)
class Party:
    """An organisation someone chose to act for at Ansattporten."""

    number: str
    name: str
    unit_type: str
    resource: str


@dataclass(frozen=True)
class Claims:
    """Who someone is, believed. `groups` is None when the directory did not tell all of them."""

    issuer: str
    subject: str
    sid: str = ""
    acr: str = ""
    auth_time: int | None = None
    name: str = ""
    email: str = ""
    national_number: str = ""
    groups: frozenset[str] | None = None
    parties: tuple[Party, ...] = ()
    id_token: str = ""
    refresh_token: str = ""


@dataclass(frozen=True)
class Expected:
    """What an answer must agree with. Without a nonce it is a renewal, which says nothing of how one signed in."""

    way: str
    issuer: str
    client_id: str
    nonce: str | None = None
    tenant: str = ""
    resource: str = ""
    not_before: float | None = None
    """When a fresh sign-in was asked for; one that was made before that does not do."""


def refuse(unless: bool, reason: str) -> None:
    """Stop a sign-in.

    Raises:
        SignInRefused: the condition does not hold.
    """
    if not unless:
        raise SignInRefused(reason)


def same_text(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing; whatever signs they hold."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def believed(said: dict[str, Any], expected: Expected, *, now: dt.datetime) -> dict[str, Any]:
    """Return the claims of a token whose signature held, if each of them is what it must be.

    Raises:
        SignInRefused: names the claim.
    """
    refuse(said.get("iss") == expected.issuer, "iss")
    _for_us(said, expected.client_id)
    _in_time(said, now.timestamp())
    if expected.nonce is not None:
        nonce = said.get("nonce")
        refuse(isinstance(nonce, str) and same_text(nonce, expected.nonce), "nonce")
        if expected.way != "entra":
            refuse(text_of(said, "acr") in ACRS, "acr")
        _is_fresh(said, expected, now.timestamp())
    refuse(text_of(said, "sub") != "", "sub")
    return said


def _for_us(said: dict[str, Any], client_id: str) -> None:
    aud, azp = said.get("aud"), said.get("azp")
    audience = [aud] if isinstance(aud, str) else aud
    refuse(isinstance(audience, list) and client_id in audience, "aud")
    refuse(azp == client_id or (azp is None and len(audience) == 1), "azp")  # type: ignore[arg-type]


def _in_time(said: dict[str, Any], now: float) -> None:
    expires, issued, starts = (seconds(said, name) for name in ("exp", "iat", "nbf"))
    refuse(expires is not None and now <= expires + LEEWAY, "exp")
    refuse(issued is not None and now - OLDEST - LEEWAY <= issued <= now + LEEWAY, "iat")
    refuse("nbf" not in said or (starts is not None and starts <= now + LEEWAY), "nbf")


def _is_fresh(said: dict[str, Any], expected: Expected, now: float) -> None:
    at = seconds(said, "auth_time")
    refuse("auth_time" not in said or (at is not None and at <= now + LEEWAY), "auth_time")
    if expected.not_before is not None:
        refuse(at is not None and at >= expected.not_before - LEEWAY, "auth_time")


def seconds(said: dict[str, Any], name: str) -> float | None:
    """Return a point of time, or nothing for what is none: JSON lets NaN and true pass for numbers."""
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 2**53 and math.isfinite(value) else None


def text_of(said: dict[str, Any], name: str, longest: int = LONGEST) -> str:
    """Return a claim that is a short text without control signs; nothing for any other."""
    value = said.get(name)
    if not isinstance(value, str) or len(value) > longest or UNSEEN.search(value):
        return ""
    return value.strip()


# ---- reading ----


def read(said: dict[str, Any], expected: Expected, *, id_token: str, refresh_token: str) -> Claims:
    """Return what believed claims say.

    Raises:
        SignInRefused: the directory is another's, or says not who it is.
    """
    at, number = seconds(said, "auth_time"), text_of(said, "pid")
    is_entra = expected.way == "entra"
    return Claims(
        issuer=expected.issuer, subject=entra_subject(said, expected.tenant) if is_entra else text_of(said, "sub"),
        sid=text_of(said, "sid"), acr=text_of(said, "acr", 60), auth_time=int(at) if at is not None else None,
        name=text_of(said, "name", 120), email=address_of(said) if is_entra else "",
        national_number=number if not is_entra and NUMBER.fullmatch(number) else "",
        groups=groups_of(said) if is_entra else None,
        parties=parties_of(said, expected.resource) if expected.way == "ansattporten" else (),
        id_token=id_token, refresh_token=refresh_token,
    )  # fmt: skip


def entra_subject(said: dict[str, Any], tenant: str) -> str:
    """Return `<tenant id>/<object id>`: `sub` is another for each application, and an address may be given to another.

    Raises:
        SignInRefused: it is another directory's, or has no object id.
    """
    found, person = text_of(said, "tid").lower(), text_of(said, "oid").lower()
    refuse(bool(tenant) and found == tenant.lower(), "tid")
    refuse(OBJECT_ID.fullmatch(person) is not None, "oid")
    return f"{found}/{person}"


def address_of(said: dict[str, Any]) -> str:
    """Return the e-mail address the directory gives; a suggestion for the form, never proof of who someone is."""
    for name in ("email", "preferred_username"):
        if "@" in (value := text_of(said, name, 254)):
            return value.lower()
    return ""


def groups_of(said: dict[str, Any]) -> frozenset[str] | None:
    """Return the groups' ids, or nothing when there are so many that the directory points elsewhere."""
    elsewhere = said.get("_claim_names")
    if said.get("hasgroups") or (isinstance(elsewhere, dict) and "groups" in elsewhere):
        return None
    groups = said.get("groups", [])
    if not isinstance(groups, list) or len(groups) > MOST_GROUPS:
        return None
    return frozenset(group for group in groups if isinstance(group, str))


def parties_of(said: dict[str, Any], resource: str) -> tuple[Party, ...]:
    """Return the organisations chosen at Ansattporten for our own resource, each once."""
    found: dict[str, Party] = {}
    for right in _rows(said.get("authorization_details")):
        if right.get("type") != RESOURCE or right.get("resource") != resource:
            continue
        for party in _rows(right.get("authorized_parties")):
            holder = party.get("orgno")
            number = ORGANISATION.fullmatch(text_of(holder, "ID")) if isinstance(holder, dict) else None
            if number is None or text_of(holder, "authority") != ORGANISATIONS:  # type: ignore[arg-type]
                continue
            if party.get("resource", resource) == resource:
                found[number[1]] = Party(
                    number[1], text_of(party, "name", 160), text_of(party, "unit_type", 20), resource
                )
    return tuple(found.values())


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value[:MOST_PARTIES] if isinstance(row, dict)] if isinstance(value, list) else []
