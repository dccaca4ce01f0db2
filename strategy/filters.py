"""What the reader has asked to see of a plan's measures. It lives in the address and needs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from strategy.rules import Reporting, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import QueryDict

    from strategy.rows import Row

MISSING: dict[str, tuple[Any, Callable[[Row], bool]]] = {
    "due": (_("no due date"), lambda row: row.lacks_date),
    "responsible": (_("no one responsible"), lambda row: not row.has_responsible),
    "money": (_("not funded"), lambda row: not row.is_funded),
    "report": (_("not reported"), lambda row: row.reporting == Reporting.NOT_REPORTED),
}
LONGEST = 80
NORWEGIAN = str.maketrans({"æ": "{", "ø": "|", "å": "}"})
"""The letters after z stand for those that come last in Norwegian."""


class Filter(NamedTuple):
    """What the address asks for: a standing, a missing fact, a unit, words; what it cannot mean is left out."""

    standing: Standing | None = None
    missing: str = ""
    unit: str = ""
    text: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Filter:
        wanted, missing = query.get("status", ""), query.get("missing", "")
        return cls(
            Standing(wanted) if wanted in set(Standing) else None, missing if missing in MISSING else "",
            _typed(query.get("unit", "")), _typed(query.get("q", "")),
        )  # fmt: skip

    def __bool__(self) -> bool:
        return any(self)

    def keeps(self, row: Row) -> bool:
        if self.standing and row.standing != self.standing:
            return False
        if self.missing and not MISSING[self.missing][1](row):
            return False
        if self.unit and self.unit not in (row.unit, row.partner):
            return False
        return all(word in _searched(row) for word in self.text.casefold().split())

    def address(self, **changes: Any) -> str:
        """Return the query that asks for this with some of it changed."""
        wanted = self._replace(**changes)
        asked = {
            "status": wanted.standing.value if wanted.standing else "", "missing": wanted.missing,
            "unit": wanted.unit, "q": wanted.text,
        }  # fmt: skip
        return f"?{urlencode({name: value for name, value in asked.items() if value})}#tiltak"


NO_FILTER = Filter()


def units(rows: Iterable[Row]) -> list[str]:
    """Return the units and partners that answer for a measure, in Norwegian order."""
    found = {name for row in rows for name in (row.unit, row.partner) if name}
    return sorted(found, key=lambda name: name.casefold().translate(NORWEGIAN))


def _typed(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]


def _searched(row: Row) -> str:
    return f"{row.full_number} {row.title} {row.unit} {row.partner} {row.authority}".casefold()
