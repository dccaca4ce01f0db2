"""What an application says, as it is typed: a draft keeps every letter, and `read` makes amounts and dates of it.

Pure: no ORM, no clock. Stored as JSON in `Application.content` and, as it was sent, in `ApplicationVersion.content`.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from portal.money import MoneyError, parse_nok

MOST_ROWS = 40
LONGEST = 8000
FUND, OWN, OWN_WORK, PUBLIC, PRIVATE, LOAN = "fund", "own", "own_work", "public", "private", "loan"
PAYERS = (FUND, OWN, OWN_WORK, PUBLIC, PRIVATE, LOAN)
"""Who pays: this fund, own money, own work, other public support, other private money, a loan."""
BOUGHT, MATERIAL, TRAVEL, OTHER = "bought", "material", "travel", "other"
COSTS = (OWN_WORK, BOUGHT, MATERIAL, TRAVEL, OTHER)


class Cost(msgspec.Struct):
    """One line of what the project costs; own work is hours at the call's rate."""

    kind: str = BOUGHT
    text: str = ""
    hours: str = ""
    amount: str = ""


class Money(msgspec.Struct):
    """One line of who pays."""

    payer: str = OWN
    text: str = ""
    amount: str = ""
    is_granted: bool = False
    """Of other public support: whether it is granted, or only applied for."""


class Aid(msgspec.Struct):
    """Earlier public support that the applicant declares."""

    giver: str = ""
    decided_on: str = ""
    amount: str = ""
    is_minimis: bool = True


class Linked(msgspec.Struct):
    """A company that belongs to the same undertaking."""

    number: str = ""
    name: str = ""
    why: str = ""


class Content(msgspec.Struct):
    """The whole application, as typed."""

    title: str = ""
    summary: str = ""
    starts_on: str = ""
    ends_on: str = ""
    jobs: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    is_vat_registered: bool | None = None
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    """By the question's id, as text: a choice as it stands, "yes" or "no", a number or a date as typed."""
    costs: list[Cost] = msgspec.field(default_factory=list)
    financing: list[Money] = msgspec.field(default_factory=list)
    has_earlier_aid: bool | None = None
    earlier_aid: list[Aid] = msgspec.field(default_factory=list)
    has_linked: bool | None = None
    linked: list[Linked] = msgspec.field(default_factory=list)
    declared: bool = False
    """That what is said is right and whole."""


def of(stored: dict[str, Any]) -> Content:
    """Return the content of a row; of an empty one, an empty application."""
    return msgspec.convert(stored or {}, Content)


def stored(content: Content) -> dict[str, Any]:
    """Return the content as JSON's own types."""
    return msgspec.to_builtins(content)  # type: ignore[no-any-return]


def bare(number: str) -> str:
    """Return a typed organisation number without the spaces and points people write in it."""
    return re.sub(r"[\s.]", "", number)


# ---- read ----


class Unread(msgspec.Struct, frozen=True):
    """Something typed that is no amount, number or date; `place` is the field's name in the form."""

    place: str
    code: str


class Reading(msgspec.Struct):
    """The same application in whole kroner and dates; what could not be read is None, and stands in `unread`."""

    starts_on: dt.date | None
    ends_on: dt.date | None
    jobs: Decimal | None
    costs: list[int]
    financing: list[int]
    earlier_aid: list[tuple[dt.date | None, int]]
    unread: list[Unread]


def read(content: Content, *, own_work_nok: int | None) -> Reading:
    """Return the content in whole kroner and dates; own work is hours at the call's rate."""
    unread: list[Unread] = []
    costs = [_cost(row, n, own_work_nok, unread) for n, row in enumerate(content.costs)]
    financing = [_nok(row.amount, f"money-{n}-amount", unread) for n, row in enumerate(content.financing)]
    aid = [
        (_date(row.decided_on, f"aid-{n}-decided_on", unread), _nok(row.amount, f"aid-{n}-amount", unread))
        for n, row in enumerate(content.earlier_aid)
    ]
    return Reading(
        starts_on=_date(content.starts_on, "starts_on", unread), ends_on=_date(content.ends_on, "ends_on", unread),
        jobs=_number(content.jobs, "jobs", unread), costs=costs, financing=financing, earlier_aid=aid, unread=unread,
    )  # fmt: skip


def _cost(row: Cost, n: int, rate: int | None, unread: list[Unread]) -> int:
    if row.kind == OWN_WORK and rate is not None and row.hours.strip():
        hours = _number(row.hours, f"cost-{n}-hours", unread)
        return int(hours * rate) if hours is not None else 0
    return _nok(row.amount, f"cost-{n}-amount", unread)


def _nok(text: str, place: str, unread: list[Unread]) -> int:
    """Return kroner; nought where nothing is typed, or nothing that can be read."""
    if not text.strip():
        return 0
    try:
        return parse_nok(text, allow_negative=False)
    except MoneyError as error:
        unread.append(Unread(place, error.code))
        return 0


def _number(text: str, place: str, unread: list[Unread]) -> Decimal | None:
    plain = re.sub(r"\s", "", text).replace(",", ".")
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 99_999:
        unread.append(Unread(place, "not_a_number"))
        return None
    return round(number, 1)


def is_number(text: str) -> bool:
    """Say whether this reads as a number."""
    unread: list[Unread] = []
    return _number(text, "", unread) is not None and not unread


NORWEGIAN = re.compile(r"(\d{1,2})[.\-/ ]+(\d{1,2})[.\-/ ]+(\d{4})")


def read_date(text: str) -> dt.date | None:
    """Return a date as Norwegians and browsers write it: 1.2.2027 or 2027-02-01.

    Raises:
        ValueError: it is no such date, or lies outside 1990–2100.
    """
    plain = text.strip()
    if not plain:
        return None
    if fits := NORWEGIAN.fullmatch(plain):
        day, month, year = (int(part) for part in fits.groups())
        found = dt.date(year, month, day)
    else:
        found = dt.date.fromisoformat(plain)
    if not 1990 <= found.year <= 2100:
        raise ValueError("outside the years of any project")
    return found


def _date(text: str, place: str, unread: list[Unread]) -> dt.date | None:
    try:
        return read_date(text)
    except ValueError:
        unread.append(Unread(place, "not_a_date"))
        return None
