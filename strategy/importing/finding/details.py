"""What a measure's text says of who, when and what it costs; a goal's of the UN's goals. Pure: text in, values out.

Times, sums and the UN's goals have their own modules; they are found here too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.dates import due
from strategy.importing.finding.global_goals import sdgs, sdgs_alone
from strategy.importing.finding.money import cost
from strategy.importing.finding.signed import signed
from strategy.importing.proposal import Level, Row

if TYPE_CHECKING:
    from strategy.importing.finding.cells import Entry

__all__ = ["cost", "due", "fill", "responsible", "sdgs", "sdgs_alone", "without_details", "without_label"]

LONGEST_RESPONSIBLE = 200
LONGEST = 4_000
"""Signs of a text that are read."""
_ansvar = (
    r"(?:hoved|hovud|oppfølgings|oppfølgjings|gjennomførings|medan)?-?ansvar(?:et|lig|leg|lige|lege)?"
    r"(?:\s(?:enhet|eining|avdeling|part|instans|aktør|for (?:gjennomføring(?:en|a)?|oppfølging(?:en|a)?|"
    r"oppfølgjing(?:a)?|tiltaket))|shavende?r?|shavar)?"
    r"|(?:tiltaks|prosess|prosjekt)?(?:eier|eigar)|prosjektleder|prosjektleiar|ansvarshaver|ansvarshavar|utføres av|"
    r"utførast av|gjennomføres av|gjennomførast av|hvem|kven"
)  # fmt: skip
_others = (
    r"(?:tids)?frist(?:en)?|tids(?:plan|rom|ramme|punkt|perspektiv|bruk)|tid|når|periode|gjennomføring(?:speriode)?|"
    r"gjennomføres|gjennomførast|start|oppstart|slutt|ferdig|"
    r"kostnad(?:er|en|sramme|soverslag)?|økonomi|budsjett|finansiering|ressurs(?:er|ar|bruk)?|ramme|midler|midlar|"
    r"investering|estimat|"
    r"status|samarbeid(?:spart\w*|spartnere?|spartnar\w*|saktør\w*)?|partnere?|partnarar?|aktør(?:er|ar)?|medvirk\w*|"
    r"deltak\w*|involverte|bidragsyt\w*|"
    r"indikator(?:er|ar)?|resultatmål|mål|måloppnå\w*|effekt|prioritet|prioritering|merknad(?:er)?|kommentar(?:er)?|"
    r"(?:fns? )?b[æe]rekraftsmål\w*|milepæl(?:er|ar)?|oppfølging|oppfølgjing|omfang|kilde|kjelde|mottaker|målgruppe"
)  # fmt: skip
LABEL = re.compile(
    rf"(?<![\w/])(?P<label>(?P<who>{_ansvar})(?:\s?(?:/|og|,)\s?(?P<and>{_ansvar}|{_others}))?|"
    rf"(?P<other>{_others})(?:\s?(?:/|og)\s?(?:{_others}|{_ansvar}))?)"
    rf"(?:\s?\([^)]{{0,40}}\))?\s?(?::\s*|\s[–-]\s+)(?=\S)",
    re.I,
)
"""A label with its sign. A dash needs a space before it."""
IN_BRACKETS = re.compile(rf"\(\s?(?:{_ansvar})\s?(?::|\s[–-])?\s+(?P<who>[^()]{{2,120}})\)", re.I)
SENTENCE_END = re.compile(r"[.!?](?=\s+[A-ZÆØÅ«•(]|\s*$)|[;|\n•](?=\s|$)|\)(?=\s*(?:[.,;]|$))")
VERBS = (
    r"(?:har|hev|får|tar|tek)\s(?:hoved|hovud)?-?ansvar(?:et)?|er\s(?:hoved|hovud)?-?ansvarl[ie]ge?|(?:vil|"
    r"skal)\s(?:ha|være|vere)\s(?:hoved|hovud)?-?ansvar(?:et|lig|leg|lige|lege)?"
)
DOES = re.compile(
    rf"^(?P<who>[A-ZÆØÅ][^.:;!?]{{1,80}}?)\s(?:{VERBS})"
    r"(?:\s(?:for\s)?(?:tiltaket|gjennomføring\w*|oppfølg\w*|å (?:gjennomføre|følge|følgje|koordinere|setje|sette|"
    r"drive|lede|leie)\b.*|arbeidet|det|dette|framdrift\w*|fremdrift\w*))?\s*[.!]?$",
    re.I,
)
LIES_WITH = re.compile(r"\bansvaret (?:ligger|ligg|er lagt|er plassert) (?:hos|til|i|på)\s(?P<who>[^.;!?]{2,80})", re.I)
DESCRIPTION = re.compile(
    r"^(?:(?:tiltaks)?beskrivelse|skildring|omtale|innhold|innhald|kommentar|merknad|bakgrunn|hva|kva|om tiltaket)"
    r"(?:\s[^:]{0,30})?:\s+",
    re.I,
)
NOBODY = re.compile(
    r"^(?:han|hun|ho|vi|vår|våre|de|dei|den|det|dette|disse|desse|som|ingen|alle|[–—-]+|ikke avklart|ikkje avklart|"
    r"avklares|avklarast)$",
    re.I,
)
NOT_WHO = re.compile(r"^(?:for|som|og|er|å|overfor|med|det)\b", re.I)


def responsible(text: str) -> str:
    """Return who is responsible, as the text says it after its label, before its verb or in brackets with a time.

    "Ansvar: NAV og næringssjef. Frist: 2026." gives "NAV og næringssjef"; "" where it says nothing.
    """
    text = text[:LONGEST]
    bracket = signed(text)
    if bracket is not None:
        return bracket.who
    for label in LABEL.finditer(text):
        if label["who"]:
            said = _tidy(text[label.end() : _end_of(text, label.end())])
            if label["and"] and due(said, alone=True):
                said = _tidy(re.split(r"\s?[/,;]\s?(?=[^/,;]*\d)", said)[0])
            if _is_someone(said):
                return said
    bracketed = IN_BRACKETS.search(text)
    if bracketed and _is_someone(bracketed["who"]) and bracketed["who"][0].isupper():
        return _tidy(bracketed["who"])
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«])|\n", text):
        found = DOES.match(sentence.strip()) or LIES_WITH.search(sentence)
        if found and _is_someone(found["who"]) and len(found["who"].split()) <= 8:
            return _tidy(found["who"])
    return ""


def without_details(text: str) -> str:
    """Return a text without what stands after labels, or who and when in brackets at its end.

    "Etablere X (ansvar: NAV, frist: 2026)" gives "Etablere X"; "Etablere X (NAV, 2026)" does too.
    """
    if len(text) > LONGEST:
        return text
    bracket = signed(text)
    rest = IN_BRACKETS.sub("", text[: bracket.start] + text[bracket.end :] if bracket else text)
    for _times in range(10):
        label = LABEL.search(rest)
        if label is None or (label.start() == 0 and label["label"].lower() in {"mål", "effekt"}):
            break
        end = _end_of(rest, label.end())
        start = label.start()
        while start and rest[start - 1] in " (;,|–-":
            start -= 1
        closing = rest[end:].lstrip()
        end = (
            len(rest) - len(closing) + 1
            if closing[:1] in {")", ";", "|"} or (closing[:1] == "." and rest[:start].endswith("."))
            else end
        )
        rest = f"{rest[:start]} {rest[end:].strip()}" if rest[end:].strip(" .") else rest[:start]
    rest = re.sub(r"\s+([.,;:)])", r"\1", " ".join(rest.split())).strip()
    return rest if re.search(r"\w", rest) else ""


def without_label(text: str) -> str:
    """Return a description without the word before it: "Beskrivelse: Kommunen tilbyr …"."""
    return DESCRIPTION.sub("", text, count=1)


def fill(row: Row, text: str, entry: Entry | None = None) -> Row:
    """Return a row with what its text, or its cells in a table, say of who, when, how much and the UN's goals.

    Who, when and how much are of measures only; a year in a goal's text is when it is to be reached.
    """
    who = entry.responsible if entry else ""
    when = due(entry.due, alone=True) if entry and entry.due else None
    nok = cost(entry.cost, alone=True) if entry and entry.cost else None
    focus, contributes = sdgs(text)
    if row.level is not Level.MEASURE:
        return replace(row, sdg_focus=focus or row.sdg_focus, sdg_contributes=contributes or row.sdg_contributes)
    if entry and entry.global_goals and not focus:
        focus = sdgs_alone(entry.global_goals)
    bracket = signed(text)
    if not (entry and entry.due):
        when = due(text) or (due(bracket.when, alone=True) if bracket else None)
    if not (entry and entry.cost):
        nok = cost(text)
    day, precision = when if when is not None else (None, row.due_precision)
    return replace(
        row,
        responsible=(_tidy(who) or responsible(text))[:LONGEST_RESPONSIBLE], due=day, due_precision=precision,
        cost_nok=nok,
        sdg_focus=focus, sdg_contributes=contributes,
    )  # fmt: skip


def _end_of(text: str, start: int) -> int:
    """Return where what a label is followed by ends: at the next label, at the end of a sentence or a bracket."""
    after = LABEL.search(text, start)
    stop = after.start() if after else len(text)
    for end in SENTENCE_END.finditer(text, start, stop):
        word = re.search(r"([\wæøå.]+)$", text[start : end.start()])
        abbreviated = (
            end[0] == "."
            and word is not None
            and word[1].lower() in words.ABBREVIATIONS | {"avd", "komm", "næringsavd", "leiar"}
        )
        if not abbreviated or not text[end.end() :].strip():
            return end.start()
    return stop


def _tidy(said: str) -> str:
    text = " ".join(said.split()).strip(" ,;|–-(")
    if text.count(")") > text.count("("):
        text = text.rstrip(" )")
    return text.rstrip(".") if not re.search(r"\b(?:m\.fl|o\.l|avd|mfl|m\.v|etc)\.$", text, re.I) else text


def _is_someone(said: str) -> bool:
    said = said.strip()
    return (
        1 < len(said) <= LONGEST_RESPONSIBLE
        and NOBODY.match(said) is None
        and NOT_WHO.match(said) is None
        and not said[0].isdigit()
    )
