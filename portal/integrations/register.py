"""The business register (Enhetsregisteret, Brønnøysund): open data by number or name, under NLOD 2.0.

Of a unit it tells the name, where it is, and whether it is bankrupt, being wound up or deleted; of its roles who holds
them, with the date of birth and never the national identity number. One try, a short wait and a largest answer.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from urllib import error, request
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum.no import orgnr

from portal.ratelimit import over_limit

SECONDS = 5
LARGEST = 1_000_000
PER_MINUTE = 120
"""What we allow ourselves to ask, all our processes together: the register names no limit."""
LONGEST_NAME = 200
MOST_ROLES, MOST_NAMED = 500, 10
CLOSING = ("underAvvikling", "underTvangsavviklingEllerTvangsopplosning")
NOT_THERE = frozenset({404, 410})
ACTING = frozenset({"DAGL", "LEDE", "INNH", "BEST", "FFØR", "KOMP", "DTSO", "DTPR"})
"""Roles whose holder acts for the unit: manager, chair, owner, managing shipowner, business manager and partners."""


class RegisterError(Exception):
    """The register did not answer; the text says why and what to do, in the reader's words."""


@dataclass(frozen=True)
class Unit:
    """What the register says of a company or an association."""

    number: str
    name: str
    form: str
    municipality: str = ""
    """The number of the municipality where it has its address of business."""
    place: str = ""
    industry: str = ""
    bankrupt: bool = False
    closing: bool = False
    """Being wound up, by itself or by force."""
    deleted_on: dt.date | None = None
    founded_on: dt.date | None = None
    """When it was founded; where nobody has said, when it was registered."""
    accounts_year: int | None = None
    """The last year it has sent annual accounts for."""


@dataclass(frozen=True)
class RoleHeld:
    """A role in a unit and the person who holds it."""

    code: str
    title: str
    name: str
    born: dt.date | None = None

    @property
    def acts(self) -> bool:
        """Whether the role lets its holder act for the unit."""
        return self.code in ACTING


# ---- asking ----


def unit(number: str) -> Unit | None:
    """Return what the register says of this number, or nothing when it has no such unit.

    Raises:
        RegisterError: what went wrong, in words.
    """
    said = _ask(number, "")
    return None if said is None else _read(read_unit, said)


def roles(number: str) -> list[RoleHeld]:
    """Return who holds which role in a unit today, people only.

    Raises:
        RegisterError: what went wrong, in words.
    """
    said = _ask(number, "/roller")
    return [] if said is None else _read(read_roles, said)


def named(text: str) -> list[Unit]:
    """Return the units whose names fit a text best, at most ten.

    Raises:
        RegisterError: what went wrong, in words.
    """
    said = _get("?" + urlencode({"navn": text[:LONGEST_NAME], "size": MOST_NAMED})) or {}
    return _read(lambda found: [read_unit(row) for row in found.get("_embedded", {}).get("enheter", [])], said)


def _ask(number: str, what: str) -> dict[str, Any] | None:
    """Return the JSON object that comes back, asked once; nothing for a number the register does not have."""
    if not (number.isascii() and number.isdigit() and orgnr.is_valid(number)):
        return None
    return _get(f"/{number}{what}")


def _get(place: str) -> dict[str, Any] | None:
    if over_limit("register", "all", per_minute=PER_MINUTE):
        raise RegisterError(_("Too many questions to the business register in a minute. Wait a minute and try again."))
    address = f"{settings.REGISTER_URL.rstrip('/')}/enheter{place}"
    asked = request.Request(address, headers={"Accept": "application/json"})
    try:
        with request.urlopen(asked, timeout=SECONDS) as answer:
            body = answer.read(LARGEST + 1)
    except error.HTTPError as refused:
        with refused:
            if refused.code in NOT_THERE:
                return None
            raise RegisterError(_down()) from refused
    except (error.URLError, TimeoutError, OSError, ValueError) as down:
        raise RegisterError(_down()) from down
    return _object(body)


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST:
        raise RegisterError(_unreadable())
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise RegisterError(_unreadable()) from wrong
    if not isinstance(found, dict):
        raise RegisterError(_unreadable())
    return found


def _down() -> str:
    return _("The business register does not answer now. Try again in a while.")


def _unreadable() -> str:
    return _("The business register answered with something we cannot read.")


# ---- reading ----


def _read(how: Any, said: dict[str, Any]) -> Any:
    try:
        return how(said)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise RegisterError(_unreadable()) from wrong


def read_unit(said: dict[str, Any]) -> Unit:
    """Return a unit from the register's own words.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: they are none.
    """
    address = said.get("forretningsadresse") or said.get("postadresse") or {}
    return Unit(
        number=str(said["organisasjonsnummer"]), name=_text(said["navn"]),
        form=_text(said["organisasjonsform"]["kode"]), municipality=_text(address.get("kommunenummer")),
        place=_text(address.get("poststed")), industry=_text((said.get("naeringskode1") or {}).get("beskrivelse")),
        bankrupt=said.get("konkurs") is True, closing=any(said.get(sign) is True for sign in CLOSING),
        deleted_on=_day(said.get("slettedato")),
        founded_on=_day(said.get("stiftelsesdato") or said.get("registreringsdatoEnhetsregisteret")),
        accounts_year=_year(said.get("sisteInnsendteAarsregnskap")),
    )  # fmt: skip


def read_roles(said: dict[str, Any]) -> list[RoleHeld]:
    """Return the roles people hold now: not those who have left or died, and not firms such as an auditor's."""
    rows = [row for group in said["rollegrupper"] for row in group["roller"]][:MOST_ROLES]
    return [
        RoleHeld(_text(row["type"]["kode"]), _text(row["type"]["beskrivelse"]), _name(row["person"]["navn"]),
                 _day(row["person"].get("fodselsdato")))
        for row in rows
        if row.get("person") and not row.get("fratraadt") and not row["person"].get("erDoed")
    ]  # fmt: skip


def _name(said: dict[str, Any]) -> str:
    parts = (said.get(part) for part in ("fornavn", "mellomnavn", "etternavn"))
    return _text(" ".join(str(part) for part in parts if part))


def _text(value: Any) -> str:
    """Return a text without control signs, and no longer than a name can be."""
    return "".join(sign for sign in str(value or "") if sign.isprintable())[:LONGEST_NAME]


def _day(value: Any) -> dt.date | None:
    """Return a date.

    Raises:
        ValueError, TypeError: it is none.
    """
    return dt.date.fromisoformat(value) if value else None


def _year(value: Any) -> int | None:
    """Return a year, which the register gives as text.

    Raises:
        ValueError, TypeError: it is none.
    """
    return int(value) if value else None
