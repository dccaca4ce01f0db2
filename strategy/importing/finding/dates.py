"""When a measure is to be done, as plans write it. Pure: text in, the last day of what is said out."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from portal.calendar import Precision, last_day

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTHS = (
    "jan(?:uar)?", "feb(?:ruar)?", "mars?", "apr(?:il)?", "mai", "juni?", "juli?", "aug(?:ust)?",
    "sep(?:t(?:ember)?)?", "okt(?:ober)?", "nov(?:ember)?", "des(?:ember)?",
)  # fmt: skip
SEASONS = {
    "vinter": 2, "vinteren": 2, "vår": 5, "våren": 5, "vårhalvåret": 6, "sommer": 8, "sommeren": 8, "sommar": 8,
    "sommaren": 8, "høst": 11, "høsten": 11, "høsthalvåret": 12, "haust": 11, "hausten": 11, "hausthalvåret": 12,
}  # fmt: skip
"""The last month of each; `BEFORE` takes the month before the first."""
LENGTHS = {2: 3, 5: 3, 8: 3, 11: 3, 6: 6, 12: 6}
ORDINALS = {
    "første": 1, "fyrste": 1, "andre": 2, "tredje": 3, "fjerde": 4, "siste": 0,
    "i": 1, "ii": 2, "iii": 3, "iv": 4,
}  # fmt: skip
SPANS = {"kvartal": 4, "tertial": 3, "halvår": 2, "halvdel": 2}
SHORT_SPANS = {"q": 4, "kv": 4, "t": 3, "h": 2}
RECURRING = re.compile(
    r"\b(?:løpende|løpande|årleg\w*|årlig\w*|kontinuerl[ie]g\w*|fortløpende|fortløpande|jevnlig|jamleg|hvert år|"
    r"kvart år|(?:hver|hvert|kvar|kvart|annethvert|annakvart) (?:år|halvår|kvartal|måned|månad|uke|veke)|"
    r"hele (?:plan)?perioden|heile (?:plan)?perioden|permanent|pågå(?:r|ende|ande)|vedvarende|varig)\b",
    re.I,
)
THEN = re.compile(r"\b(?:deretter|dernest|så|og så|siden|sidan|videre|vidare|senere|seinare|etterpå)\b", re.I)
STARTS = re.compile(
    r"\b(?:oppstart|start(?:er|ar|es|ast|år|dato)?|påbegynn\w+|begynn\w+|byrj\w+|f\.?\s?o\.?\s?m\.?|fra(?: og med)?|"
    r"frå(?: og med)?|etter|siden|sidan)\s*:?\s*(?:i|på|om)?\s*$",
    re.I,
)
ENDS = re.compile(
    r"\b(?:innen(?: utgang\w* av| slutt\w* av)?|innan(?: utgang\w* av| slutt\w* av)?|senest|seinast|seinest|i løpet av|"
    r"før(?: utgang\w* av)?|ferdig(?:stilt|stilles|stillast)?|fullfør\w*|gjennomfør\w*|sluttfør\w*|avslutt\w*|"
    r"(?:være|vere|er) (?:på plass|i drift|klar\w*|vedtatt|vedteken|vedteke))"
    r"(?:\s+(?:i|til|ved|innen|innan|i perioden|i løpet av|utgang\w* av|slutt\w* av|medio|primo|ultimo))*\s*$",
    re.I,
)
LABEL = re.compile(
    r"\b(?:tids)?(?:frist|plan|rom|ramme|punkt|periode)(?:en)?\s*:|\b(?:når|tid|periode|gjennomføring|gjennomføres|"
    r"gjennomførast|ferdig|slutt|sluttdato)\s*:|\bfrist(?:en)?\s+(?:er\s+)?(?=\d|innen|innan|i løpet|[1-4]\.|høst|"
    r"haust|vår)",
    re.I,
)
OTHER_LABEL = re.compile(r"(?<!\w)[A-ZÆØÅ][a-zæøå/ ]{2,25}:\s|[|\n]|[.;](?=\s+[A-ZÆØÅ])")
PAST = re.compile(
    r"\b(?:vedtatt|vedteke\w*|vedtok|ble|blei|vart|var|hadde|fra|frå|siden|sidan|per|pr|tall|tal|datert|stift\w+|sist|"
    r"presentert|utarbeid(?:et|d)|etablert|gjaldt|viste|jf|jfr|etter|starta|startet|avtalt|inngått|oppstart|starter|"
    r"startar|har (?:vært|vore|hatt|økt|auka))\b",
    re.I,
)
WAS = re.compile(r"\s+(?:var|hadde|ble|blei|vart)\b", re.I)
SENTENCE = re.compile(r"[.!?](?=\s+[A-ZÆØÅ«])|\n")
ONLY_BEFORE = re.compile(r"\bfør\s+$", re.I)
REFERENCE = re.compile(
    r"(?:plan\w*|strategi\w*|program\w*|melding\w*|rapport\w*|budsjett\w*|avtale\w*|avtala|analyse\w*|prosjekt\w*|"
    r"perioden|nou|st|nr)\.?\s*[,(«»\"]*\s*$",
    re.I,
)
FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST = 4_000
"""Signs of a text that are read; no measure says its date later than that."""

_month = "|".join(f"(?P<m{place}>{name})" for place, name in enumerate(MONTHS, 1))
_name = "|".join(MONTHS)
_year = r"(?:20\d\d|['’]\d\d)"
_near = r"\.?,?\s*(?:i\s+)?"
_span = r"(?:kvartal|tertial|halvår|halvdel)"
_nth = r"(?:[1-4]\s?\.?|første|fyrste|andre|tredje|fjerde|siste|i{1,3}|iv)"
_season = "|".join(sorted(SEASONS, key=len, reverse=True))
WRITTEN = (
    ("iso", re.compile(r"(?<![\d.])(?P<y>20\d\d)-(?P<n>\d\d)-(?P<d>\d\d)(?!\d)")),
    ("day", re.compile(r"(?<![\d.])(?P<d>\d{1,2})\s?[./]\s?(?P<n>\d{1,2})\s?[./-]\s?(?P<y>20\d\d|\d\d)(?![\d.]\d|\d)")),
    ("day", re.compile(rf"(?<![\d.])(?P<d>\d{{1,2}})\s?\.?\s?(?:{_month}){_near}(?P<y>{_year})(?!\d)", re.I)),
    ("month", re.compile(rf"(?<!\w)(?:(?:{_name})\.?\s?[-–/]\s?)?(?:{_month}){_near}[-–]?(?P<y>{_year})(?!\d)", re.I)),
    (
        "span",
        re.compile(
            rf"(?<!\w)(?P<a>{_nth})(?:\s?[-–/]\s?(?P<b>{_nth})|"
            rf"\s?og\s(?P<c>{_nth}))?\s*(?P<s>{_span})(?:et|en|a)?"
            rf"{_near}(?P<y>{_year})(?!\d)",
            re.I,
        ),
    ),
    (
        "span",
        re.compile(
            rf"(?<!\w)(?P<s>q|kv|t|h)\.?\s?(?P<a>[1-4])(?:\s?[-–/]\s?(?:q|kv|t|"
            rf"h)?\.?\s?(?P<b>[1-4]))?{_near}(?P<y>{_year})(?!\d)",
            re.I,
        ),
    ),
    (
        "span",
        re.compile(
            r"(?<!\w)(?P<y>20\d\d)\s?[-/,]?\s?(?P<s>q|h)(?P<a>[1-4])"
            r"(?:\s?[-–/]\s?q?(?P<b>[1-4]))?(?!\w)",
            re.I,
        ),
    ),
    (
        "season",
        re.compile(
            rf"(?<!\w)(?:(?:{_season})\s?[-–/]\s?)?(?P<w>{_season}){_near}[-–]?(?P<y>{_year})"
            rf"(?:\s?[/–-]\s?(?P<z>\d{{2,4}}))?(?!\d)",
            re.I,
        ),
    ),
    (
        "years",
        re.compile(
            r"(?<![\d.,/-])(?P<x>20\d\d)\s?(?:[-–—/]|til(?: og med)?|t\.?o\.?m\.?|og)\s?(?P<y>20\d\d|"
            r"\d\d)(?![\d.,/]\d|\d)"
        ),
    ),
    ("number", re.compile(r"(?<![\d.])(?P<n>\d{1,2})[./](?P<y>20\d\d)(?!\d)")),
    ("open", re.compile(r"(?<![\d.,/-])(?P<y>20\d\d)\s?(?:[-–—]+>?|→|>)\s*(?=$|[),;.])")),
    (
        "year",
        re.compile(
            r"(?<![\d.,/–-])(?P<y>20\d\d)(?![\d%]|[.,/]\d|\s?(?:kr|stk|mill|arbeidsplass|nye|person|"
            r"innb))"
        ),
    ),
)


class Said(NamedTuple):
    """A date as it stands in a text: where, what, and of which shape."""

    start: int
    end: int
    day: dt.date
    precision: Precision
    shape: str


def due(text: str, *, alone: bool = False) -> tuple[dt.date, str] | None:
    """Return the last day of what is said and a value of `portal.calendar.Precision`, or None where no end is said.

    `alone` is for a cell or what follows a label: there a bare year is a date. Of several dates the last one counts.
    """
    text = text[:LONGEST]
    labels = list(LABEL.finditer(text)) if not alone else []
    found = [one for label in labels for one in _in_cell(_after(text, label.end()))]
    if not labels:
        found = list(_in_cell(text) if alone else _in_prose(text))
    if not found:
        return None
    last = max(found, key=lambda one: one.day)
    return last.day, last.precision.value


def says_when(text: str) -> bool:
    """Say whether a cell holds a time and little else: a date, a span, or that it recurs."""
    text = text[:LONGEST]
    rest = RECURRING.sub("", text)
    for one in dates_in(text):
        rest = rest.replace(text[one.start : one.end], " ")
    bare = re.sub(
        r"\b(?:innen|innan|i løpet av|fra|frå|og|til|medio|ultimo|primo|utgangen av|planperioden|i)\b",
        "",
        rest,
        flags=re.I,
    )
    return rest != text and len(re.sub(r"\W", "", bare)) <= 12


def dates_in(text: str) -> list[Said]:
    """Return all dates that are written in the text, in order, none of them inside another."""
    found: list[Said] = []
    for shape, pattern in WRITTEN:
        for match in pattern.finditer(text):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            said = _read(shape, match, text)
            if said is not None:
                found.append(said)
    return sorted(found)


def _after(text: str, start: int) -> str:
    """Return what a label is followed by, up to the next label or the end of the sentence."""
    stop = OTHER_LABEL.search(text, start)
    return text[start : stop.start() if stop else len(text)]


def _in_cell(text: str) -> Iterator[Said]:
    recurring = RECURRING.search(text)
    for said in dates_in(text):
        if said.shape == "open" or STARTS.search(text, 0, said.start):
            continue
        if recurring and not ENDS.search(text, 0, said.start) and not THEN.search(text, said.end):
            continue
        yield said


def _in_prose(text: str) -> Iterator[Said]:
    for said in dates_in(text):
        head = text[_sentence_start(text, said.start) : said.start]
        if said.shape == "open" or STARTS.search(head) or REFERENCE.search(head) or WAS.match(text, said.end):
            continue
        if ENDS.search(head):
            yield said
        elif said.shape in {"year", "years"}:
            if _stands_in_parentheses(text, said):
                yield said
        elif not PAST.search(head):
            yield said


def _stands_in_parentheses(text: str, said: Said) -> bool:
    """Say whether years stand alone in parentheses at the end of a sentence."""
    return text[: said.start].rstrip().endswith("(") and re.match(r"\s*\)\s*(?:\.|$|\n)", text[said.end :]) is not None


def _sentence_start(text: str, place: int) -> int:
    return max((match.end() for match in SENTENCE.finditer(text, 0, place)), default=0)


def _read(shape: str, match: re.Match[str], text: str) -> Said | None:
    """Return what a match says, or None where it is no date of the calendar."""
    part = match.groupdict()
    year = _as_year(part["y"])
    precision, month, day = Precision.YEAR, 12, 0
    if shape in {"iso", "day"}:
        precision, month, day = Precision.DAY, int(part.get("n") or 0) or _month_of(part), int(part["d"])
    elif shape in {"month", "number"}:
        is_span = re.match(rf"(?:{_name})\.?\s?[-–/]", match[0], re.I) is not None
        precision, month = Precision.PERIOD if is_span else Precision.MONTH, int(part.get("n") or 0) or _month_of(part)
    elif shape == "span":
        precision, month = _span_of(part)
    elif shape == "season":
        precision, month = Precision.PERIOD, SEASONS[part["w"].lower()]
        year = _as_year(part["z"]) if part["z"] else year
        if ONLY_BEFORE.search(text, 0, match.start()):
            month -= LENGTHS[month]
    elif shape == "year" and ONLY_BEFORE.search(text, 0, match.start()):
        year -= 1
    elif shape == "years" and year < _as_year(part["x"]):
        return None
    if month < 1:
        year, month = year - 1, month + 12
    if not (FIRST_YEAR <= year <= LAST_YEAR and month <= 12):
        return None
    try:
        on = dt.date(year, month, day or 1)
    except ValueError:
        return None
    return Said(match.start(), match.end(), last_day(on, precision), precision, shape)


def _as_year(text: str) -> int:
    digits = int(text[-4:].lstrip("'’"))
    return digits if digits > 99 else 2000 + digits


def _month_of(part: dict[str, str | None]) -> int:
    return next((place for place in range(1, 13) if part.get(f"m{place}")), 13)


def _span_of(part: dict[str, str | None]) -> tuple[Precision, int]:
    """Return the precision and last month of a quarter, a third or a half of a year."""
    said = (part.get("b") or part.get("c") or part["a"] or "").lower().strip(" .")
    word = (part["s"] or "").lower()
    parts = SPANS.get(word) or SHORT_SPANS[word]
    place = (int(said) if said.isdigit() else ORDINALS[said]) or parts
    is_quarter = parts == 4 and not (part.get("b") or part.get("c"))
    return Precision.QUARTER if is_quarter else Precision.PERIOD, (12 // parts) * place if place <= parts else 13
