"""The document's own text beside the rows: a stretch of lines, with those a row stands on marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from strategy.models import ImportPage

if TYPE_CHECKING:
    from strategy.models import ImportRow, PlanImport

AT_A_TIME = 80
BEFORE = 4
"""Lines shown above the first marked one, so that one sees what it follows."""
PLACE = re.compile(r"^(\d{1,6})(?:\.(\d{1,7}))?$")


class TextLine(NamedTuple):
    number: int
    text: str
    is_marked: bool


class Stretch(NamedTuple):
    """Lines of one page. `before` and `after` are the places to go on from, as the address has them; or empty."""

    page: int
    lines: list[TextLine]
    before: str
    after: str
    pages: int

    @property
    def marked(self) -> list[TextLine]:
        return [line for line in self.lines if line.is_marked]


def place_in(asked: str) -> tuple[int, int]:
    """Return the page and line that an address names; (0, 0) for none."""
    found = PLACE.match(asked)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def stretch_of(found: PlanImport, row: ImportRow | None, asked: str, at_a_time: int = AT_A_TIME) -> Stretch | None:
    """Return the lines around a row, or from the place the address names; two queries. None where no text is kept."""
    page, line = place_in(asked)
    if not page and row is not None and row.page:
        page, line = row.page, max(row.line - BEFORE, 1)
    pages = list(ImportPage.objects.filter(plan_import=found.pk).order_by("number").values_list("number", flat=True))
    if not pages:
        return None
    number = page if page in pages else pages[0]
    here = ImportPage.objects.filter(plan_import=found.pk, number=number).get()
    texts = here.text.split("\n")
    start = min(max((line or here.first_line) - here.first_line, 0), max(len(texts) - 1, 0))
    if len(texts) <= at_a_time:
        start = 0
    end = min(start + at_a_time, len(texts))
    lines = [
        TextLine(here.first_line + place, texts[place].strip(), is_at(row, number, here.first_line + place))
        for place in range(start, end)
        if texts[place].strip()
    ]
    at = pages.index(number)
    earlier = (
        f"{number}.{max(here.first_line + start - at_a_time, here.first_line)}"
        if start
        else (str(pages[at - 1]) if at else "")
    )
    later = (
        f"{number}.{here.first_line + end}" if end < len(texts) else (str(pages[at + 1]) if at + 1 < len(pages) else "")
    )
    return Stretch(number, lines, earlier, later, len(pages))


def is_at(row: ImportRow | None, page: int, line: int) -> bool:
    """Say whether a row stands on this line of this page."""
    if row is None or not row.page:
        return False
    return (row.page, row.line) <= (page, line) <= (row.last_page or row.page, row.last_line or row.line)
