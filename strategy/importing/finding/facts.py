"""What a document says of the plan itself: title, period, vision, mission, values, aim, the plan above it.

Each rule would rather say nothing than something wrong; what it says are the document's own words.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from strategy.importing.finding import periods, words
from strategy.importing.finding.paragraphs import Paragraph, paragraphs_of, repeated_of, without_number
from strategy.importing.finding.periods import PLAN
from strategy.importing.proposal import LONGEST_TITLE, Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import Document

LONGEST = 400
NO_TITLE = re.compile(
    r"^(?:microsoft|dokument\s?\d*|document\s?\d*|untitled|uten navn|utan namn|presentasjon\s?\d*|\W*|.*\.(?:docx?|"
    r"pdf|txt|xlsx?|indd|odt|csv))$|^microsoft\b",
    re.I,
)
QUOTED = re.compile(r"[«“”\"„](?P<said>[^«»“”\"„]{8,160})[»“”\"]")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«])")

VISION_HEADING = re.compile(
    r"^(?:(?:vår|planens|kommunens|strategiens) )?visjon(?:en|a)?(?: vår)?(?:\s*\(?(?:for\b.{0,60}|"
    r"20\d\d\s?[-–]\s?20\d\d\)?|mot 20\d\d))?(?:\s(?:og|,|/)\s?.{0,50})?$",
    re.I,
)
VISION_SAID = re.compile(
    r"(?:^|[.!?]\s+)(?:(?:vår|kommunens|planens|strategiens)\s)?visjon(?:en|a)?(?: vår)?(?:\s(?:for|til|i|"
    r"med)\s[^.:«“\"]{2,80}?)?\s*"
    r"(?::\s*|\s(?:er|lyder|lyt|lyd)\b(?:\s(?:at|å|som følger|som følgjer)\b)?\s?:?\s*)(?P<said>[^\n]+)",
    re.I,
)
HAS_VISION = re.compile(r"\bhar (?:som|ein|en) visjon (?:om )?(?:at|å)\s(?P<said>[^.!?]{8,200})", re.I)
OF_ITSELF = re.compile(r"^(?:visjonen|visjonen|visjona|den|det|denne|dette|en visjon|ein visjon)\b", re.I)
MISSION_HEADING = re.compile(
    r"^(?:(?:vår|kommunens)\s)?(?:misjon(?:en)?|samfunnsoppdrag(?:et)?|vårt oppdrag|oppdraget vårt|"
    r"vårt samfunnsoppdrag)(?: vår)?(?:\s*[;:–-].*)?$",
    re.I,
)
MISSION_SAID = re.compile(
    r"(?:^|[.!?]\s+)(?:(?:vår|kommunens)\s)?(?:misjon(?:en)?|(?:vårt\s)?samfunnsoppdrag(?:et)?)(?: vår)?\s*(?::|"
    r"er(?: å| at)?:?)\s*(?P<said>[^\n]{8,400})",
    re.I,
)
VALUES_SAID = re.compile(
    r"(?:(?:^|[.!?]\s+)|\b)(?:(?:kommunen(?:s| sine)|våre|felles|planens|organisasjonens)\s)?(?:kjerne)?verdi(?:er|"
    r"ene|ar|ane)?(?:\s(?:våre|sine))?\s*(?::|(?:våre )?er:?|skal vere:?|"
    r"skal være:?)\s*(?P<said>[^.!?:;()\n]{5,120})(?=[.!?;\n]|$)",
    re.I,
)
VALUES_HEADING = re.compile(
    r"^(?:(?:våre|kommunens|felles)\s)?(?:kjerne)?verdi(?:er|ar|ane|ene|grunnlag)(?: våre)?$", re.I
)
AIM_SAID = re.compile(
    r"\b(?:(?:det|vårt|planens|strategiens)\s)?(?:overordna|overordnede|overordnet|øvste|øverste)\smål(?:et|"
    r"setting(?:en|a)?|setjing(?:a)?|setning(?:en)?)?\b"
    r"(?P<of>[^.:!?]{0,90}?)(?:\s(?:er)(?:\s(?:å|at))?\s?:?|\s?:)\s*(?P<said>[^\n]+)",
    re.I,
)
AIM_OF_PLAN = re.compile(
    r"\b(?:hoved|hovud)?mål(?:et|setting(?:en|a)?|setjinga)?\s(?:med|for|i)\s(?P<of>[^.:!?]{0,80}?\b\w*(?:plan|"
    r"strategi|program)\w*)\ser(?:\s(?:å|at))?:?\s*(?P<said>[^\n]+)",
    re.I,
)
AIM_HEADING = re.compile(r"^(?:(?:overordna|overordnet|overordnede)\smål(?:setting|setjing)?|hovedmål|hovudmål)$", re.I)
NUMBERED_AIM = re.compile(r"^(?:hovedmål|hovudmål)\s(?:nr\.?\s)?\d", re.I)
"""A main goal among several is a row of the plan."""
SUPERIOR = re.compile(
    r"\b(?P<name>kommuneplan(?:ens|en sin)\s(?:samfunnsdel|samfunnsdel)|samfunnsdelen (?:av|i|til) kommuneplanen?|"
    r"kommuneplanen(?= 20\d\d))(?P<years>,?\s*\(?(?:for\s)?20\d\d\s?[-–]\s?(?:20)?\d\d\)?)?",
    re.I,
)
OTHERS = re.compile(
    r"\b(?:samfunnsdel\w*|kommuneplan\w*|\w*region\w*|fylke\w*|\w*forum\w*|nasjonal\w*|regjering\w*|staten\w*|"
    r"stortinget|rådet|selskapet|foreningen|foreininga|næringslag\w*)\b",
    re.I,
)
NOT_TITLE = re.compile(
    r"(?:formål\w*|føremål\w*|bakgrunn\w*|om|hvorfor|kvifor|hva|kva|innledning|innleiing|oppsummering|mandat|slik)\b|"
    r"\b(?:høringsutkast|høyringsutkast|utkast|vedtatt|vedteken|vedteke|innhold|innhald|sak|side)\b",
    re.I,
)


def facts_of(document: Document) -> Facts:
    """Return what the document says of the plan; the words of its levels are left empty."""
    text = paragraphs_of(document)
    running = repeated_of(document)
    title = _title(document, text, running)
    start, end = periods.own_period(document, text, running, title)
    return Facts(
        title=title, period_start=start, period_end=end, mission=_mission(text), vision=_vision(text, running),
        values=_values(text), aim=_aim(text), superior_plan=_superior(text),
    )  # fmt: skip


# ---- title ----


def _title(document: Document, text: Sequence[Paragraph], running: Sequence[str]) -> str:
    """Return the plan's name: of its properties, as printed largest first, at the top of pages, or mostly said."""
    said = " ".join(document.title.split())
    names = [said] if not NO_TITLE.match(said) and PLAN.search(said) else []
    first = [one for one in text[:12] if one.page <= 2]
    usual = Counter(round(one.size) for one in text).most_common(1)[0][0] if text else 0
    largest = max((one.size for one in first if one.size > usual), default=-1.0)
    names += [
        _grown(first, place, largest)
        for place, one in enumerate(first)
        if one.size == largest and PLAN.search(one.text)
    ]
    names += [
        one.text
        for one in first
        if (one.is_heading or one.size == 0)
        and PLAN.search(one.text)
        and len(one.text) <= 100
        and one.text[-1] not in ".:"
    ]
    names += [
        re.sub(r"^\W*\d*\W*|\W*(?:side\s)?\d*\W*$", "", one) for one in running if PLAN.search(one) and "«" not in one
    ]
    for name in names:
        name = _tidy_title(name)
        if 6 <= len(name) <= LONGEST_TITLE and not NOT_TITLE.match(name) and not name.endswith((":", ",")):
            return _in_small_letters(name, text) if name.isupper() else name
    return _most_said(text)


def _grown(first: Sequence[Paragraph], place: int, size: float) -> str:
    """Return a title that is printed over several lines of the same size."""
    said = [first[place].text]
    for one in first[place + 1 : place + 3]:
        if one.size != size or periods.RANGE.fullmatch(one.text.strip()):
            break
        if not said[-1].endswith((".", "!")):
            said.append(one.text)
    return " ".join(said)


def _tidy_title(name: str) -> str:
    """Return a name without its period and the sign before it; all capitals become a sentence's."""
    name = " ".join(without_number(name).split()).strip(" –-|:•")
    bare = re.sub(r"[\s,–|(-]*(?:for\s(?:perioden\s)?)?20\d\d\s?[-–/]\s*(?:20)?\d\d\)?\s*$", "", name).strip()
    name = bare if PLAN.search(bare) else name
    return name


def _in_small_letters(name: str, text: Sequence[Paragraph]) -> str:
    """Return a name in capitals as a sentence writes it; names keep their first letter where the text has it so."""
    seen = Counter(word for one in text if not one.text.isupper() for word in re.findall(r"[^\W\d_]+", one.text))
    small = [word.lower() for word in re.split(r"(\W+)", name)]
    kept = "".join(word.capitalize() if seen[word.capitalize()] > seen[word] else word for word in small)
    return _capital(kept)


def _most_said(text: Sequence[Paragraph]) -> str:
    """Return the name of a plan that stands most often with the same period behind it, in headings and sentences."""
    seen: Counter[str] = Counter()
    for one in text:
        for match in periods.NAMED.finditer(one.text):
            name = match["name"]
            if not periods.ABOVE.search(name) and not periods.FORMER.search(
                one.text[max(0, match.start() - 60) : match.start()]
            ):
                seen[name[0].upper() + name[1:]] += 1 + 2 * one.is_heading
    return seen.most_common(1)[0][0] if seen and seen.most_common(1)[0][1] > 2 else ""


# ---- vision, mission, values ----


def _vision(text: Sequence[Paragraph], running: Sequence[str]) -> str:
    """Return the vision: said with the word, standing below its heading, or the motto at the top of every page."""
    for one in text:
        for match in VISION_SAID.finditer(one.text):
            if not _is_others(text, one, match.start()):
                said = _statement(match["said"])
                if said:
                    return said
    for place, one in enumerate(text):
        if one.is_heading and VISION_HEADING.match(without_number(one.text)):
            said = _below(text, place)
            if said:
                return said
    for one in text:
        found = HAS_VISION.search(one.text)
        if found and not _is_others(text, one, found.start()):
            return _capital(found["said"].strip(" .«»"))
    if any("visjon" in one.text.lower() for one in text):
        for line in running:
            quoted = QUOTED.search(line)
            if quoted:
                return quoted["said"].strip()
    return ""


def _below(text: Sequence[Paragraph], place: int) -> str:
    """Return the statement below a heading: quoted, behind a colon, or a short sentence that is not about itself."""
    below = text[place + 1 : place + 5]
    if not below or (below[0].is_heading and _is_numbered(below[0].text) and _is_numbered(text[place].text)):
        return ""
    for order, one in enumerate(below):
        if order and one.is_heading and (_is_numbered(one.text) or one.size > below[0].size):
            break
        quoted = QUOTED.search(one.text)
        if quoted:
            return quoted["said"].strip()
        after = below[order + 1] if order + 1 < len(below) else None
        if one.text.endswith(":") and after is not None and len(after.text) <= LONGEST and not after.is_item:
            return _statement(after.text)
        if (
            not OF_ITSELF.match(one.text)
            and not one.is_item
            and len(SENTENCE_END.split(one.text)) <= 2
            and len(one.text) <= 220
        ):
            return "" if OTHERS.search(one.text) and order else _statement(one.text)
    return ""


def _is_numbered(text: str) -> bool:
    return without_number(text) != text.strip()


def _is_others(text: Sequence[Paragraph], one: Paragraph, start: int) -> bool:
    """Say whether a sentence, or the heading above it, is about someone else's plan."""
    begins = max((end.end() for end in SENTENCE_END.finditer(one.text) if end.end() <= start + 2), default=0)
    ends = SENTENCE_END.search(one.text, start + 2)
    if OTHERS.search(QUOTED.sub("", one.text[begins : ends.start() if ends else len(one.text)].split(":")[0])):
        return True
    place = next(order for order, each in enumerate(text) if each is one)
    above = next((each.text for each in reversed(text[:place]) if each.is_heading), "")
    return bool(words.FOREIGN.search(above) or words.AROUND.search(above))


def _statement(said: str) -> str:
    """Return the first sentence of what is said, without quotation marks; nothing where it is too long."""
    said = said.strip()
    quoted = QUOTED.match(said)
    if quoted:
        return quoted["said"].strip().rstrip(".")
    said = SENTENCE_END.split(said)[0].strip(' «»“”"')
    said = re.sub(r"^å\s", "", said).rstrip(".").strip()
    return _capital(said) if 5 <= len(said) <= 220 else ""


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _mission(text: Sequence[Paragraph]) -> str:
    """Return the mission: said with the word, or what stands below its heading."""
    for one in text:
        found = MISSION_SAID.search(one.text)
        if found and not one.is_heading and not _is_others(text, one, found.start()):
            return _capital(found["said"].strip(" «»"))[:LONGEST]
    for place, one in enumerate(text):
        if one.is_heading and MISSION_HEADING.match(without_number(one.text)):
            after = place + 1
            while (
                after < len(text)
                and text[after].is_heading
                and _is_numbered(text[after].text)
                and _is_numbered(one.text)
            ):
                after += 1  # headings printed together at the top of a page: the first one's text comes first
            run_starts = (
                place == 0
                or not (text[place - 1].is_heading and _is_numbered(text[place - 1].text))
                or text[place - 1].page != one.page
            )
            if after < len(text) and not text[after].is_heading and (run_starts or after == place + 1):
                return text[after].text[: LONGEST * 2]
    return ""


def _values(text: Sequence[Paragraph]) -> str:
    """Return the values as "A, b og c": said with the word, or a list of words below their heading."""
    for one in text:
        for found in VALUES_SAID.finditer(one.text):
            said = found["said"].strip(" «»")
            parts = re.split(r",\s*|\s+(?:og|samt)\s+", said)
            if (
                2 <= len(parts) <= 8
                and all(0 < len(part.split()) <= 3 for part in parts)
                and not _is_others(text, one, found.start())
            ):
                return _capital(said)
    for place, one in enumerate(text):
        if one.is_heading and VALUES_HEADING.match(without_number(one.text)):
            listed: list[str] = []
            for each in text[place + 1 : place + 9]:
                said = re.sub(r"^[•\-–o*]\s*", "", each.text).strip(" .")
                if len(said.split()) > 2 or (each.is_heading and _is_numbered(each.text)) or not said[:1].isalpha():
                    break
                listed.append(said)
            if 2 <= len(listed) <= 7:
                low = [listed[0], *(word.lower() for word in listed[1:])]
                return f"{', '.join(low[:-1])} og {low[-1]}"
    return ""


# ---- aim and the plan above ----


def _aim(text: Sequence[Paragraph]) -> str:
    """Return what the plan as a whole is to reach; goals with a number are the plan's rows, not its aim."""
    for pattern in (AIM_SAID, AIM_OF_PLAN):
        for place, one in enumerate(text):
            found = pattern.search(one.text)
            if found is None or OTHERS.search(found["of"]) or _is_others(text, one, found.start()):
                continue
            if (
                pattern is AIM_OF_PLAN
                and not found[0].lower().startswith(("hovedmål", "hovudmål"))
                and (words.FOREIGN.search(one.text) or words.AROUND.search(one.text))
            ):
                continue
            said = SENTENCE_END.split(found["said"].strip())[0]
            after = text[place + 1] if place + 1 < len(text) else None
            if said.endswith(":") or not said:
                said = after.text if after is not None and not after.is_item and len(after.text) <= LONGEST else ""
            if 10 <= len(said) <= LONGEST:
                return _capital(said.strip(" «»").rstrip("."))
    if any(NUMBERED_AIM.match(without_number(one.text)) for one in text):
        return ""
    for place, one in enumerate(text[:-1]):
        if one.is_heading and AIM_HEADING.match(without_number(one.text)) and not text[place + 1].is_item:
            said = SENTENCE_END.split(text[place + 1].text)[0]
            if 10 <= len(said) <= LONGEST and not said.endswith(":") and not OTHERS.search(said):
                return said.strip(" «»").rstrip(".")
    return ""


def _superior(text: Sequence[Paragraph]) -> str:
    """Return the plan above this one, with its years where the document says them."""
    best = ""
    for one in text:
        for found in SUPERIOR.finditer(one.text):
            years = re.search(r"(20\d\d)\s?[-–]\s?((?:20)?\d\d)", found["years"] or "")
            if years:
                return f"Kommuneplanens samfunnsdel {years[1]}–{years[2] if len(years[2]) == 4 else '20' + years[2]}"
            best = best or "Kommuneplanens samfunnsdel"
    return best
