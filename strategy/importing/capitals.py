"""Titles that a document prints in capitals, written as in running text: names and short forms keep theirs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from strategy.importing.holding import Done, hold, write
from strategy.importing.refusals import deed
from strategy.importing.tree import LIVE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from portal.models import User
    from strategy.models import PlanImport

WORD = re.compile(r"[^\W\d_]+")
INSIDE = re.compile(r"[^\W_][,;:)»]?\s(?=([^\W\d_]+))")
"""A word that no sentence begins with: right after another word, or a comma."""
FEWEST = 6
"""Letters a title has at least before its capitals are a way of printing, and not a short form."""


def is_in_capitals(title: str) -> bool:
    """Say whether a whole title is printed in capitals."""
    letters = [sign for sign in title if sign.isalpha()]
    return len(letters) >= FEWEST and " " in title.strip() and all(sign.isupper() for sign in letters)


def forms_in(texts: Iterable[str]) -> dict[str, str]:
    """Return how each word is mostly written inside sentences, by its small letters; lines in capitals do not count."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for line in text.split("\n"):
            if not is_in_capitals(line):
                for word in INSIDE.findall(line):
                    seen[word.lower()][word] += 1
    return {small: forms.most_common(1)[0][0] for small, forms in seen.items()}


def in_running_text(title: str, forms: Mapping[str, str]) -> str:
    """Return a title in capitals as a sentence has it: «Flere i arbeid i Halden med NAV»."""
    written = WORD.sub(lambda found: forms.get(found[0].lower(), found[0].lower()), title)
    first = WORD.search(written)
    if first is None:
        return title
    start = first.start()
    return written[:start] + written[start].upper() + written[start + 1 :]


@deed
def write_in_running_text(plan_import: PlanImport, *, by: User, now: dt.datetime) -> Done:
    """Write every title in capitals as in running text; the document's own words stay as they are.

    Raises:
        PermissionDenied, Refused: see `hold`.
    """
    tree = hold(plan_import, by)
    rows = [row for row in tree.rows.values() if row.decision in LIVE and is_in_capitals(row.title)]
    if rows:
        forms = forms_in(tree.found.text_pages.order_by("number").values_list("text", flat=True))
        for row in rows:
            row.title = in_running_text(row.title, forms)
    return write(tree, "import_row_changed", by=by)
