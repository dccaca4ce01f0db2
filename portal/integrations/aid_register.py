"""The national register of state aid (Støtteregisteret, Brønnøysund): open data on who was given what, under NLOD 2.0.

Asked for one receiver at a time; a copy of the whole register comes as a file. One try, a short wait and a largest
answer. The register's own words tell which rules an award rests on, so they are read wherever they stand in it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib import error, request

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum.no import orgnr

from portal.ratelimit import over_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 8
LARGEST = 5_000_000
PER_MINUTE = 60
"""What we allow ourselves to ask, all our processes together: the register names no limit."""
MOST_AWARDS = 1000
DE_MINIMIS, SGEI = "de_minimis", "sgei"
SIGNS = {
    SGEI: ("2023/2832", "360/2012", "allmenn økonomisk"),
    DE_MINIMIS: ("2023/2831", "1407/2013", "bagatellmessig", "de minimis"),
}
"""Words by which the register tells aid for general services, then other de minimis aid."""
GONE = ("annullert", "slettet", "trukket")
COLUMNS = {
    "number": ("stoettemottaker_orgnr", "støttemottaker orgnr", "mottaker_orgnr", "organisasjonsnummer"),
    "giver": ("stoettegiver_navn", "støttegiver", "stoettegiver", "giver"),
    "day": ("tildelingsdato",),
    "amount": ("beloep", "tildelt beløp", "tildeltbeloep", "beløp"),
    "currency": ("valuta",),
    "award": ("stoettetildelingsnummer", "tildelingsnummer"),
    "measure": ("stoettetiltaksnummer", "tiltaksnummer"),
    "status": ("status",),
}
"""The names a column goes by in the register's files."""


class AidRegisterError(Exception):
    """The register did not answer, or a file is not of its kind; the text says why, in the reader's words."""


@dataclass(frozen=True)
class Award:
    """An award as the register tells it, in the currency it was given in."""

    reference: str
    number: str
    giver: str
    decided_on: dt.date
    amount: Decimal
    currency: str
    basis: str
    is_gone: bool = False


# ---- asking ----


def awards_to(number: str) -> list[Award]:
    """Return the de minimis awards the register knows of a receiver.

    Raises:
        AidRegisterError: what went wrong, in words.
    """
    if not (number.isascii() and orgnr.is_valid(number)):
        return []
    if over_limit("aid_register", "all", per_minute=PER_MINUTE):
        raise AidRegisterError(_("Too many questions to the aid register in a minute. Wait a minute and try again."))
    question = [{"field": "STOETTEMOTTAKER_ORGNR", "value": number, "matchType": "EXACT_MATCH"}]
    address = f"{settings.AID_REGISTER_URL.rstrip('/')}/soek/stoettetildeling?page=1&pageSize={MOST_AWARDS}"
    asked = request.Request(
        address, data=json.dumps(question).encode(), method="POST",
        headers={"Accept": "application/json", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with request.urlopen(asked, timeout=SECONDS) as answer:
            body = answer.read(LARGEST + 1)
    except (error.HTTPError, error.URLError, TimeoutError, OSError, ValueError) as down:
        raise AidRegisterError(_("The aid register does not answer now. Try again in a while.")) from down
    if len(body) > LARGEST:
        raise AidRegisterError(_unreadable())
    try:
        rows = json.loads(body)["stoettetildeling"]
        return [found for row in rows if (found := read_award(row, number)) is not None]
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError) as wrong:
        raise AidRegisterError(_unreadable()) from wrong


def _unreadable() -> str:
    return str(_("The aid register answered with something we cannot read."))


def read_award(said: dict[str, Any], number: str) -> Award | None:
    """Return an award of de minimis aid to this receiver; nothing for other aid.

    Raises:
        ValueError, KeyError, TypeError, InvalidOperation: it is no award.
    """
    basis = basis_of(json.dumps(said, ensure_ascii=False))
    if basis is None:
        return None
    amount, day = said["tildeltBeloep"], dt.date.fromisoformat(str(said["tildelingsdato"])[:10])
    roles = said.get("rolle", [])
    givers = [str(row.get("navn", "")) for row in roles if "giver" in str(row.get("rolletype", "")).casefold()]
    return _award(
        award=str(said.get("stoettetildelingsnummer") or ""), measure=str(said.get("stoettetiltaksnummer") or ""),
        number=number, giver=givers[0] if givers else "", day=day, amount=_money(str(amount["beloep"])),
        currency=str(amount.get("valuta") or "NOK"), basis=basis, status=str(said.get("status") or ""),
    )  # fmt: skip


def basis_of(words: str) -> str | None:
    """Return which de minimis rules these words tell of, if any."""
    plain = words.casefold()
    return next((basis for basis, signs in SIGNS.items() if any(sign in plain for sign in signs)), None)


def _award(
    *, award: str, measure: str, number: str, giver: str, day: dt.date, amount: Decimal, currency: str, basis: str,
    status: str,
) -> Award:  # fmt: skip
    reference = award or f"{measure}/{number}/{day:%y%m%d}/{amount:.0f}"
    name = "".join(sign for sign in giver if sign.isprintable())[:200]
    gone = any(word in status.casefold() for word in GONE)
    return Award(reference[:60], number, name or _("Not said"), day, amount, currency.upper()[:3], basis, gone)


def _money(text: str) -> Decimal:
    """Return an amount over nought and under any budget.

    Raises:
        ValueError, InvalidOperation: it is none.
    """
    amount = Decimal("".join(text.split()).replace(",", "."))
    if not (amount.is_finite() and 0 < amount < Decimal(10) ** 12):
        raise ValueError("no amount of an award")
    return amount


# ---- the whole register, as a file ----


def read_file(file: BinaryIO) -> Iterator[Award]:
    """Yield the de minimis awards of a copy of the register, row by row; rows of other aid are passed over.

    Semicolons between the columns, as the register delivers it; UTF-16 or UTF-8.

    Raises:
        AidRegisterError: a column is missing, or a row cannot be read; nothing of the row is guessed.
    """
    start = file.read(4)
    file.seek(0)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    rows = csv.reader(io.TextIOWrapper(file, encoding, newline=""), delimiter=";")
    try:
        places = _places(next(rows, []))
        for line, row in enumerate(rows, start=2):
            if not row or (basis := basis_of(" ".join(row))) is None:
                continue
            try:
                yield _of_row({name: row[at].strip() for name, at in places.items()}, basis)
            except (ValueError, IndexError, InvalidOperation) as wrong:
                raise AidRegisterError(_("Line %(line)d cannot be read.") % {"line": line}) from wrong
    except (UnicodeError, csv.Error) as wrong:
        raise AidRegisterError(_("The file cannot be read as text with semicolons between the columns.")) from wrong


def _places(head: list[str]) -> dict[str, int]:
    known = [name.strip().casefold() for name in head]
    places = {
        column: known.index(name) for column, names in COLUMNS.items() for name in reversed(names) if name in known
    }
    if missing := [COLUMNS[column][0] for column in ("number", "day", "amount") if column not in places]:
        raise AidRegisterError(_("The file lacks the column %(name)s.") % {"name": ", ".join(missing)})
    return places


def _of_row(row: dict[str, str], basis: str) -> Award:
    day = row["day"]
    on = dt.date.fromisoformat(day[:10]) if "-" in day else dt.datetime.strptime(day[:10], "%d.%m.%Y").date()  # noqa: DTZ007
    return _award(
        award=row.get("award", ""), measure=row.get("measure", ""), number="".join(row["number"].split()),
        giver=row.get("giver", ""), day=on, amount=_money(row["amount"]), currency=row.get("currency") or "NOK",
        basis=basis, status=row.get("status", ""),
    )  # fmt: skip
