"""Finding a nominee in the business register, by number or by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.no import orgnr

from awards.candidates.eligibility import day
from portal.integrations import register
from portal.integrations.register import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_NAME = 3
MOST_TYPED = 200


def number_in(text: str) -> str:
    """Return the digits when a text is written as a number, however it is spaced; else nothing."""
    bare = re.sub(r"[\s.\u00a0-]", "", text)
    return bare if bare.isascii() and bare.isdecimal() else ""


def look(text: str) -> list[Unit]:
    """Return the units that fit a number or a name; none where the register has no such unit.

    Raises:
        ValidationError: it is neither a valid number nor a name long enough to look for.
        register.RegisterError: the register does not answer; the text says so.
    """
    text = text.strip()[:MOST_TYPED]
    if number := number_in(text):
        if not orgnr.is_valid(number):
            raise ValidationError(_("An organisation number has nine digits. Check what you wrote."), code="number")
        found = register.unit(number)
        return [found] if found else []
    if len(text) < SHORTEST_NAME:
        raise ValidationError(_("Write the nine digits, or at least three letters of the name."), code="short")
    return register.named(text)


# ---- what is kept ----


def unit_of(copy: Mapping[str, Any] | None) -> Unit | None:
    """Return the unit that a kept copy tells of (`candidates.eligibility.copy_of`); none where nothing was kept."""
    if not copy or not copy.get("number"):
        return None
    return Unit(
        **{name: str(copy.get(name) or "") for name in ("number", "name", "form", "municipality", "place", "industry")},
        bankrupt=bool(copy.get("bankrupt")), closing=bool(copy.get("closing")), deleted_on=day(copy.get("deleted_on")),
        founded_on=day(copy.get("founded_on")), accounts_year=copy.get("accounts_year"),
    )  # fmt: skip
