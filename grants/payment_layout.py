"""How an authority's payment file is laid out: which columns, in which order, between which signs.

Pure: rows of the layout and the facts of payouts in, text out. What begins like a formula is made harmless, and no
value can break a line or a column.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.export import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

REFERENCE, AMOUNT, ACCOUNT = "reference", "amount", "account"
WHAT = {
    REFERENCE: gettext_lazy("The payout’s reference"),
    "recipient": gettext_lazy("Recipient"),
    "organisation_number": gettext_lazy("Organisation number"),
    ACCOUNT: gettext_lazy("Bank account"),
    "holder": gettext_lazy("In whose name the account is"),
    AMOUNT: gettext_lazy("Amount in kroner"),
    "message": gettext_lazy("Message to the recipient"),
    "scheme": gettext_lazy("Scheme"),
    "grant": gettext_lazy("What the grant is for"),
    "case": gettext_lazy("Case number"),
    "decision": gettext_lazy("Decision"),
    "year": gettext_lazy("Budget year"),
    "approved_on": gettext_lazy("Approved on"),
    "approved_by": gettext_lazy("Approved by"),
    "dimension": gettext_lazy("Account dimension, by its name"),
    "text": gettext_lazy("The same text in every row"),
}
"""What a column can hold; the last two take a word of their own."""
TAKES_A_WORD = frozenset({"dimension", "text"})
NEEDED = (REFERENCE, ACCOUNT, AMOUNT)
"""A file without these cannot be paid from, or read back."""
DELIMITERS = {";": gettext_lazy("Semicolon"), ",": gettext_lazy("Comma"), "\t": gettext_lazy("Tab"),
              "|": gettext_lazy("Vertical line")}  # fmt: skip
MOST_COLUMNS = 30
LONGEST = 80
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Column:
    """One column of the file."""

    what: str
    title: str
    word: str = ""
    """The dimension's name, or the text itself."""
    is_needed: bool = False
    """Whether a payout without a value here keeps the file from being made."""


@dataclass(frozen=True)
class PaymentFacts:
    """What the file can say of one payout."""

    values: Mapping[str, Any]
    dimensions: Mapping[str, str] = field(default_factory=dict)


def usual() -> list[Column]:
    """Return the layout of an authority that has set none: what is paid, and the dimensions one accounts by."""
    titles = {
        REFERENCE: "Referanse", "recipient": "Mottaker", "organisation_number": "Organisasjonsnummer",
        ACCOUNT: "Kontonummer", AMOUNT: "Beløp", "message": "Melding",
    }  # fmt: skip
    accounting = [Column("dimension", name.title(), name) for name in ("ansvar", "funksjon", "art", "prosjekt")]
    return [Column(what, title) for what, title in titles.items()] + accounting


def of_rows(rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Return the layout that an authority's payment rules hold, or the usual one where they hold none."""
    known = [
        Column(
            str(row.get("what", "")), str(row.get("title", "")), str(row.get("word", "")), bool(row.get("is_needed"))
        )
        for row in rows
        if isinstance(row, dict) and row.get("what") in WHAT
    ]
    return known or usual()


def as_rows(columns: Iterable[Column]) -> list[dict[str, Any]]:
    """Return a layout as the payment rules hold it."""
    return [
        {"what": one.what, "title": one.title, "word": one.word, "is_needed": one.is_needed} for one in columns
    ]  # fmt: skip


def check(columns: Sequence[Column]) -> None:
    """Check that a file of this layout can be paid from.

    Raises:
        ValidationError: what is missing or wrong, each in a sentence.
    """
    wrong = []
    held = [one.what for one in columns]
    wrong += [_("The file needs a column for: %(what)s.") % {"what": WHAT[what]} for what in NEEDED if what not in held]
    if len(columns) > MOST_COLUMNS:
        wrong.append(_("A file has %(most)s columns at the most.") % {"most": MOST_COLUMNS})
    titles = [one.title.strip().lower() for one in columns]
    wrong += [
        _("Two columns are called “%(title)s”.") % {"title": t}
        for t in sorted({t for t in titles if titles.count(t) > 1})
    ]
    for one in columns:
        if not one.title.strip():
            wrong.append(_("Give each column a heading."))
        if one.what in TAKES_A_WORD and not one.word.strip():
            wrong.append(_("Say which dimension, or which text: “%(title)s”.") % {"title": one.title})
        if harmless(one.title) != one.title or BREAKS.search(one.title + one.word):
            wrong.append(_("A heading begins with a letter or a figure, and has no line breaks."))
    if wrong:
        raise ValidationError(list(dict.fromkeys(wrong)))


def cell(facts: PaymentFacts, column: Column) -> str:
    """Return a payout's value in a column, on one line, and never a formula."""
    if column.what == "dimension":
        value: Any = facts.dimensions.get(column.word.strip().lower(), "")
    elif column.what == "text":
        value = column.word
    else:
        value = facts.values.get(column.what, "")
    return str(harmless(BREAKS.sub(" ", str(value)).strip()))


def missing(columns: Iterable[Column], facts: PaymentFacts) -> list[str]:
    """Return the headings of the columns that must have a value for a payout, and have none."""
    return [one.title for one in columns if (one.is_needed or one.what in NEEDED) and not cell(facts, one)]


def table(columns: Sequence[Column], payments: Iterable[PaymentFacts]) -> list[list[str]]:
    """Return the file as rows of cells, the headings first."""
    return [[one.title for one in columns], *([cell(facts, one) for one in columns] for facts in payments)]


def as_file(columns: Sequence[Column], payments: Iterable[PaymentFacts], delimiter: str = ";") -> bytes:
    """Return the file as it is handed over: UTF-8 with a byte order mark, as Norwegian accounting systems read it."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(table(columns, payments))
    return buffer.getvalue().encode("utf-8-sig")


def dimensions_of(*held: Any) -> dict[str, str]:
    """Return account dimensions by their names in small letters; what comes later goes before what comes first."""
    found: dict[str, str] = {}
    for one in held:
        if isinstance(one, dict):
            found |= {
                str(name).strip().lower(): str(value).strip() for name, value in one.items() if str(value).strip()
            }
    return found
