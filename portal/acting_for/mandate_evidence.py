"""What the business register says of an organisation and its roles, and whether one who asks fits one of them.

The national identity number and the birth date are looked at and forgotten: what is kept is whether it fitted. No check
digit is tested, so that the official synthetic numbers work.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portal.integrations import register

if TYPE_CHECKING:
    from portal.integrations.register import RoleHeld, Unit

NUMBER = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d\d)\d\d")
STATUSES = {
    "deleted": _("The organisation is deleted from the register."),
    "bankrupt": _("The organisation is bankrupt."),
    "dissolving": _("The organisation is being dissolved."),
}
"""What an officer must know of an organisation; it is no hindrance to a mandate in itself."""


@dataclass(frozen=True)
class Looked:
    """An organisation as the register showed it, and what is kept of that."""

    number: str
    name: str
    form: str
    place: str
    industry: str
    troubles: list[str]
    roles: list[RoleHeld] = field(default_factory=list)

    @property
    def words(self) -> list[Any]:
        return words_of(self.troubles)

    @property
    def copy(self) -> dict[str, Any]:
        """What is kept of the organisation itself."""
        return {name: getattr(self, name) for name in ("number", "name", "form", "place", "industry", "troubles")}


def words_of(troubles: list[str]) -> list[Any]:
    """Return the sentences for what troubles an organisation."""
    return [STATUSES[trouble] for trouble in troubles if trouble in STATUSES]


def look_up(number: str, *, with_roles: bool = False) -> Looked | None:
    """Return what the register says today of an organisation, or nothing when there is none with this number.

    Raises:
        register.RegisterError: the register does not answer.
    """
    unit = register.unit(number)
    if unit is None:
        return None
    roles = register.roles(number) if with_roles else []
    return Looked(unit.number, unit.name, unit.form, unit.place, unit.industry, troubles_of(unit), roles)


def troubles_of(unit: Unit) -> list[str]:
    found = {"deleted": unit.deleted_on is not None, "bankrupt": unit.bankrupt, "dissolving": unit.closing}
    return [name for name, is_so in found.items() if is_so]


def evidence_of(looked: Looked, *, born: dt.date | None, method: str, now: dt.datetime) -> dict[str, Any]:
    """Return what is kept of the register's answer: each role, by whom, and whether the birth date fitted it.

    `fits` is unknown where a birth date was missing. Neither it nor those in the register are kept.
    """
    roles = [
        {"title": role.title, "name": role.name, "acts": role.acts,
         "fits": None if born is None or role.born is None else role.born == born}
        for role in looked.roles
    ]  # fmt: skip
    return {"register": looked.copy, "roles": roles, "looked_at": now.isoformat(), "signed_in_by": method}


def fits_a_role(evidence: dict[str, Any]) -> bool:
    """Say whether the one who asked was born the day that one who acts by her role was."""
    return any(role["fits"] and role["acts"] for role in evidence.get("roles", []))


def birth_date(number: str) -> dt.date | None:
    """Return when the holder of a national identity number or D-number was born; nothing when it does not say.

    The official synthetic series add 80 or 40 to the month, a D-number 40 to the day. The century follows from the
    three digits after the date (skatteetaten.no on national identity numbers, checked 2026-11-21).
    """
    if not (fits := NUMBER.fullmatch(number)) or not number.isascii():
        return None
    day, month, year, individual = (int(part) for part in fits.groups())
    day, month = day - 40 if day > 40 else day, month % 40
    century = century_of(year, individual)
    try:
        return dt.date(century + year, month, day) if century else None
    except ValueError:
        return None


def century_of(year: int, individual: int) -> int | None:
    if individual < 500:
        return 1900
    if individual < 750 and year >= 54:
        return 1800
    if year < 40:
        return 2000
    return 1900 if individual >= 900 else None
