"""Brackets that end what is to be done and say who and when without a label: «Ny kai i Sundet (Havn, 2026)»."""

from __future__ import annotations

import re
from typing import NamedTuple

from strategy.importing.finding import words
from strategy.importing.finding.dates import says_when
from strategy.importing.finding.money import cost

BRACKET = re.compile(r"\s*\((?P<said>[^()]{4,120})\)(?=\s*\.?\s*(?:$|\|)|\s*\.?\s+[A-ZÆØÅ«])")
PARTS = re.compile(r"\s*[,;|]\s*|\s+[–-]\s+(?!\d)")
SIGNS = re.compile(r"([,;|])(?:\s*[,;|])+")
NOBODY = re.compile(
    r"\d|\b(?:jf|jfr|se|sjå|ref|sak|\w*fase|\w*trinn|etappe|prio\w*|vedtatt|vedteke|oppstart|start|ferdig|frist|ca|inkl|evt|"
    r"bl\.a|f\.eks|minst|maks|inntil|trolig|truleg|anslag|kr|kroner|mill|kilde|kjelde|"
    r"vår|våren|haust|hausten|høst|høsten|avhengig|dersom|hvis|forutsatt|føresett)\b",
    re.I,
)
LABEL = re.compile(r"(?:hoved|hovud)?ansvar\w*\s*:?\s+|(?:tids)?frist\s*:?\s+", re.I)
MOST_WORDS = 8


class Signed(NamedTuple):
    """Who and when, as a bracket says it, and where the bracket stands in the text."""

    who: str
    when: str
    start: int
    end: int


def signed(text: str) -> Signed | None:
    """Return who and when the first line of a text says in a bracket at the end of a sentence, or None.

    One part is a time, and the others but for a sum a name («Bondelaget og kommunen, 2026»). A bracket that refers
    («jf. sak 12/24, 2024») or says only one of the two names nobody for sure.
    """
    for found in BRACKET.finditer(text.partition("\n")[0]):
        parts = [part for part in PARTS.split(found["said"].strip()) if part]
        times = [says_when(part) for part in parts]
        if len(parts) < 2 or times.count(True) != 1:
            continue
        when, who = parts[times.index(True)], found["said"]
        for part in parts:
            if part is when or cost(part, alone=True) is not None:
                who = who.replace(part, "", 1)
        who = LABEL.sub("", SIGNS.sub(r"\1", who).strip(" ,;|–-"), count=1)
        if who and _is_name(who):
            return Signed(who, when, found.start(), found.end())
    return None


def _is_name(who: str) -> bool:
    first = who.split()[0].casefold()
    return len(who.split()) <= MOST_WORDS and first not in words.SMALL and NOBODY.search(who) is None
