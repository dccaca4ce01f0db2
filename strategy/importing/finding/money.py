"""What a measure costs, as plans write it. Pure: text in, whole kroner out, or None where no one sum is said."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

LARGEST_NOK = 999_999_999_999
LONGEST = 4_000
"""Signs of a text that are read."""
MOST_BY_SCALE = 100_000
"""From here on a number in a column of thousands is written in kroner all the same, or it is unclear."""
SCALES = {
    "mill": 1_000_000, "million": 1_000_000, "millioner": 1_000_000, "millionar": 1_000_000, "mnok": 1_000_000,
    "mkr": 1_000_000, "mrd": 1_000_000_000, "milliard": 1_000_000_000, "milliarder": 1_000_000_000,
    "milliardar": 1_000_000_000, "tusen": 1_000, "tkr": 1_000, "tnok": 1_000, "knok": 1_000, "kkr": 1_000,
     "'": 1_000, "’": 1_000,
    "′": 1_000, "´": 1_000, "k": 1_000,
}  # fmt: skip
MONEY_WORDS = {"mnok", "mkr", "tkr", "tnok", "knok", "kkr"}
"""Scales that say by themselves that it is money."""
_number = r"\d{1,3}(?:[ .]\d{3})+(?!\d)(?:,\d{1,2})?|\d+(?:[,.]\d+)?"
_scale = (
    r"mill(?:ion(?:er|ar)?)?\b\.?|mnok\b|mkr\b|mrd\b\.?|milliard(?:er|ar)?\b|tusen\b|tkr\b|tnok\b|knok\b|kkr\b|"
    r"['’′´](?!\w)|k\b(?!r)"
)
_unit = r"kroner\b|kr\b\.?|nok\b|,-+|,\s?[–—]|\.-"
SUM = re.compile(
    rf"(?<![\w.,§])(?P<before>(?:kr|nok)\b\.?\s?(?:ca\.?\s|inntil\s|om lag\s)?|(?:tkr|mnok|mkr|"
    rf"tnok)\s)?(?<!\d[.,])(?P<number>{_number})"
    rf"\s?(?P<scale>{_scale})?\s?(?P<unit>{_unit})?(?!\s?%)",
    re.I,
)
SPAN = re.compile(
    rf"(?:(?:kr|nok)\b\.?\s?(?:{_number})\s?(?:[-–—]|til)\s?\d)|\d\s?(?:{_scale})?\s?(?:{_unit})?\s?(?:[-–—]|til)\s?"
    rf"(?:kr\.?\s|nok\s)?(?:{_number})\s?(?:(?:{_scale})|(?:kr|kroner|nok)\b|,-)",
    re.I,
)
"""From one sum to another."""
PER_PIECE = re.compile(r"\s*(?:/|per\b|pr\b\.?)\s?(?!år|kalenderår|budsjettår)\w", re.I)
SCALE_WORDS = re.compile(
    r"(?P<thousand>\b(?:1\s?000|tusen|tkr|tnok|1\.000)(?:[-\s]*(?:kr|kroner|nok)\b)?)|(?P<million>\b(?:mill\w*|mnok|"
    r"mkr)\b)",
    re.I,
)
NOT_COST = re.compile(
    r"\b(?:omset\w*|verdi(?:skap\w*)?|inntekt\w*|inntekter|overskudd\w*|overskot\w*|eksport\w*|gjeld\w*|spar\w+|lån|"
    r"verdt|skatte\w*|lønn\w*|løn|gevinst\w*|økt med|auka med|for hver|for kvar)\b",
    re.I,
)
SENTENCE = re.compile(r"[.!?](?=\s+[A-ZÆØÅ«])|\n")


LABEL = re.compile(
    r"(?<!\w)(?:kostnad(?:er|en|sramme|soverslag)?|økonomi|budsjett|finansiering|ressurs(?:er|ar|bruk)?|ramme|beløp|"
    r"investering|estimat)"
    r"(?:\s?\([^)]{0,30}\))?\s?:\s*(?=\S)",
    re.I,
)
OTHER_LABEL = re.compile(r"(?<!\w)[A-ZÆØÅ][a-zæøå/ ]{2,25}:\s|[|\n]|[.;](?=\s+[A-ZÆØÅ])|\)(?=\s*(?:[.,;]|$))")
NO_SUM_BEFORE = re.compile(
    r"\b(?:inntil|opptil|opp til|minst|mer enn|meir enn|over|under|fleire enn|flere enn)\s(?:kr\.?\s)?$", re.I
)


class Sum(NamedTuple):
    """An amount as it stands in a text: where, how many kroner, and whether it says that it is money."""

    start: int
    end: int
    nok: int
    is_money: bool


def cost(text: str, *, alone: bool = False, scale: int = 1) -> int | None:
    """Return the whole kroner said, or None: no sum, two different ones, or no whole number of kroner.

    `alone` is for a cell or what follows a label: there a number of five digits or more is money without the word, and
    a smaller one where `scale` says what it counts (1000 for a column in thousands).
    """
    text = text[:LONGEST]
    labels = [] if alone else list(LABEL.finditer(text))
    if labels:
        said = {_after(text, label.end()) for label in labels}
        return cost(said.pop(), alone=True, scale=max(scale, scale_of(labels[0][0]))) if len(said) == 1 else None
    sums = sums_in(text, alone=alone, scale=scale)
    if len(sums) != 1 or SPAN.search(text) or PER_PIECE.match(text, sums[0].end):
        return None
    return sums[0].nok if 0 < sums[0].nok <= LARGEST_NOK else None


def scale_of(header: str) -> int:
    """Return what the numbers of a column count in kroner, by its header: 1000 for "Kostnad (1000 kr)", otherwise 1."""
    found = SCALE_WORDS.search(header)
    if found is None:
        return 1
    return 1_000 if found["thousand"] else 1_000_000


def sums_in(text: str, *, alone: bool = False, scale: int = 1) -> list[Sum]:
    """Return the amounts of money in a text, in order; a sentence of turnover or income has none."""
    found = []
    for match in SUM.finditer(text):
        is_money = bool(match["before"] or match["unit"] or (match["scale"] or "").lower() in MONEY_WORDS)
        if match["scale"] in {"'", "’", "′", "´"}:
            is_money = True
        digits = match["number"].replace(" ", "")
        plain = not is_money and not match["scale"]
        if plain and not (alone and _is_money_alone(text, match, digits, scale)):
            continue
        if not is_money and not alone:
            continue
        head = text[max((one.end() for one in SENTENCE.finditer(text, 0, match.start())), default=0) : match.start()]
        if not alone and (NOT_COST.search(head) or NO_SUM_BEFORE.search(head)):
            continue
        by = SCALES.get((match["scale"] or match["before"] or "").lower().strip(" ."), 1)
        nok = _kroner(digits, scale if by == 1 and plain else by)
        if nok is not None:
            found.append(Sum(match.start(), match.end(), nok, is_money))
    return found


def _after(text: str, start: int) -> str:
    """Return what a label is followed by, up to the next label or the end of the sentence."""
    stop = OTHER_LABEL.search(text, start)
    return text[start : stop.start() if stop else len(text)]


def _is_money_alone(text: str, match: re.Match[str], digits: str, scale: int) -> bool:
    """Say whether a bare number in a cell of money is an amount: large enough, or in a column with a scale."""
    is_year = re.fullmatch(r"20\d\d", digits) is not None and match[0].strip() != text.strip()
    return not is_year and (scale > 1 or len(re.sub(r"[.,]\d{1,2}$|\D", "", digits)) >= 5)


def _kroner(digits: str, by: int) -> int | None:
    """Return the whole kroner of a number as written, or None where it is no whole number."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits) and (by == 1 or "," in digits):
        digits = digits.replace(".", "")
    value = Decimal(digits.replace(",", ".")) * by
    if by > 1 and Decimal(value) >= MOST_BY_SCALE * by:
        return None
    return int(value) if value == value.to_integral_value() else None
