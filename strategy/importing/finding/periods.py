"""The years that a plan is for: its own, not those of the plan before it, above it or beside it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import Document
    from strategy.importing.finding.paragraphs import Paragraph

PLAN = re.compile(
    r"(?:plan|strategi|program|uttalelse|fråsegn|plandokument)(?:en|a|et|er|ane|ar|met)?\b|strateg|handlingsdel|"
    r"tiltaksliste|tiltaksplan",
    re.I,
)
RANGE = re.compile(
    r"(?<![\d.,/§])(?P<first>20\d\d)\s?(?:[-–—/]|\s(?:til(?: og med)?|t\.o\.m\.?|og fram til|fram til|"
    r"–)\s)\s*(?P<last>20\d\d|\d\d)(?![\d.,/-]\d|\d|\s?(?:%|kr\b|mill))"
)
UNTIL = re.compile(
    r"\b(?:gjeld(?:er)?\s(?:fram\s|frem\s)?(?:til|ut)|(?:fram |frem )?mot|fram til|frem til|innen|innan)\s(?:og med |"
    r"utgangen av )?(?P<last>20\d\d)\b",
    re.I,
)
NAMED = re.compile(
    r"(?<!\w)(?P<name>(?:[A-ZÆØÅa-zæøå]+-\s(?:og|,)\s)?(?:strategisk\s)?[A-ZÆØÅa-zæøå-]*(?:plan|strategi|"
    r"program)(?:en|a)?)(?:\s(?:for\s(?:perioden\s)?)?(?P<years>20\d\d\s?[-–]\s?20\d\d))",
    re.I,
)
ABOVE = re.compile(
    r"\b(?:kommuneplan\w*|samfunnsdel\w*|samfunnsplan\w*|arealdel\w*|fylkesplan\w*|regional\w*|planstrategi\w*|"
    r"økonomiplan\w*|budsjett\w*|klima\w*|områdesatsing\w*|perspektivmelding\w*|stortingsmelding\w*|"
    r"nasjonal\w*|transportplan\w*|ntp|avtale\w*|meld|nou|prosjekt\w*)\b",
    re.I,
)
OWN_PART = re.compile(
    r"\b(?:handlingsdel|handlingsprogram|tiltaksdel|tiltaksplan)\w*\s*[(,:]?\s*(?:for\s(?:perioden\s)?)?$", re.I
)
"""The part of a superior plan that is a plan of its own: «Samfunnsdelens handlingsdel 2025–2028»."""
FORMER = re.compile(
    r"\b(?:forrige|førre|foregående|føregåande|tidligere|tidlegare|gammel|gamle|gjeldende|gjeldande|erstatter|"
    r"erstattar|avløser|avløyser|fra|frå|tar over for|tek over for|etter)\b[^.]{0,50}$",
    re.I,
)
COUNTED = re.compile(
    r"\b(?:økt|auka|gått|vokst|vekse|vekst|endring\w*|utvikling\w*|nedgang|økning|auke|sysselsatt\w*|arbeidsplass\w*|"
    r"folketal\w*|innbygg\w*|ansatt\w*|tilsett\w*|figur|tabell|statistikk|tall|tal|kilde|kjelde|gjestedøgn|siden|"
    r"sidan|fra|frå|mellom)\b[^.]{0,60}$",
    re.I,
)
LEADS = re.compile(
    r"(?:periode:?|perioden|planperioden?:?|for|visjon|gjelder|gjeld|handlingsdel\w*|handlingsprogram\w*|tiltak|mål|"
    r"strategi\w*|plan\w*)\s*(?:\(|for|i|er)?\s*(?:årene\s|åra\s|perioden\s)?$",
    re.I,
)
LONGEST_SPAN = 16
EARLIEST, LATEST = 2000, 2099


def own_period(
    document: Document, text: Sequence[Paragraph], running: Sequence[str], title: str
) -> tuple[int | None, int | None]:
    """Return the first and last year of the plan, either None where it is not said.

    What stands on the first page, in the title and at the top of the pages counts most; then headings, then sentences
    that call it the plan's. Years of other plans and of figures do not count.
    """
    points: Counter[tuple[int, int]] = Counter()
    own = _stem(title)
    for said in [document.title, *running]:
        for match in RANGE.finditer(said):
            _count(points, match, 8 if not ABOVE.search(said) or own in said.lower() else 0)
    first = text[0].page if text else 1
    for place, one in enumerate(text):
        is_top = place < 8 and one.page == first
        for match in RANGE.finditer(one.text):
            _count(points, match, _worth(one, match, own, is_top))
    if points:
        (start, end), most = max(points.items(), key=lambda one: (one[1], one[0][1]))
        if most >= 3:
            return start, end
    for one in text[:8]:
        found = UNTIL.search(one.text)
        if found and one.page == first and len(one.text) <= 120:
            return None, int(found["last"])
    return None, None


def _worth(one: Paragraph, match: re.Match[str], own: str, is_top: bool) -> int:
    """Return how much a range of years in a paragraph tells of the plan's own period."""
    head = one.text[max(0, match.start() - 90) : match.start()]
    near = re.split(r"[.;]\s", head)[-1]
    is_own = bool(own) and own in near.lower()
    if (ABOVE.search(near) and not is_own and not OWN_PART.search(near)) or FORMER.search(near):
        return 0
    if is_top and len(one.text) <= 120:
        return 8
    if COUNTED.search(near):
        return 0
    other = re.search(r"(\w*(?:plan|strategi|program))\w*\s*[(,]?\s*(?:for\s)?$", near, re.I)
    if other and own and not is_own and other[1].lower() not in {"plan", "strategi", "program"}:
        return 0
    if one.is_heading or (LEADS.match(near) and len(one.text) <= 40):
        return 4
    return 2 if LEADS.search(near) else 1 if PLAN.search(near) else 0


def _count(points: Counter[tuple[int, int]], match: re.Match[str], worth: int) -> None:
    start, last = int(match["first"]), int(match["last"])
    end = last if last > 99 else start // 100 * 100 + last
    if worth and EARLIEST <= start < end <= LATEST and end - start <= (LONGEST_SPAN if worth < 8 else 40):
        points[start, end] += worth


def _stem(title: str) -> str:
    """Return the word of a title that names the plan, in small letters: "næringsplan"."""
    found = re.search(r"\w*(?:plan|strategi|program)", title.lower())
    return found[0] if found else ""
