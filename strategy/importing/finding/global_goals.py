"""The 17 goals of the United Nations as a plan's text names them. Pure: text in, numbers out."""

from __future__ import annotations

import re

Goals = tuple[int, ...]
LONGEST = 8_000
"""Signs of a text that are read: a goal with all it says before its first strategy."""

NAMES = {
    1: ("utrydde fattigdom", "utrydde all fattigdom", "slutt på fattigdom"),
    2: ("utrydde sult", "utrydde svolt", "ingen svolt", "ingen sult"),
    3: ("god helse og livskvalitet", "god helse"),
    4: ("god utdanning", "god utdanning for alle"),
    5: ("likestilling mellom kjønnene", "likestilling mellom kjønna", "likestilling mellom kjønn"),
    6: ("rent vann og gode sanitærforhold", "reint vatn og gode sanitærforhold", "reint vatn og gode sanitære forhold",
        "rent vann og gode sanitære forhold", "reint vatn", "rent vann"),
    7: ("ren energi til alle", "rein energi til alle", "rein energi for alle", "ren energi for alle",
        "ren energi", "rein energi"),
    8: ("anstendig arbeid og økonomisk vekst", "anstendig arbeid og økonomisk vokster", "anstendig arbeid"),
    9: ("industri, innovasjon og infrastruktur", "innovasjon og infrastruktur"),
    10: ("mindre ulikhet", "mindre ulikskap", "redusere ulikhet", "mindre ulikheter", "mindre skilnader"),
    11: ("bærekraftige byer og lokalsamfunn", "bærekraftige byer og samfunn", "berekraftige byar og lokalsamfunn",
         "berekraftige byar og samfunn"),
    12: ("ansvarlig forbruk og produksjon", "ansvarleg forbruk og produksjon"),
    13: ("stoppe klimaendringene", "stoppe klimaendringane", "stanse klimaendringene", "stanse klimaendringane"),
    14: ("livet i havet", "liv i havet", "liv under vann", "livet under vatn"),
    15: ("livet på land", "liv på land"),
    16: ("fred, rettferdighet og velfungerende institusjoner", "fred og rettferdighet", "fred, rettferd og "
        "velfungerande institusjonar",
         "fred og rettferd", "fred, rettferdighet og sterke institusjoner"),
    17: ("samarbeid for å nå målene", "samarbeid for å nå måla"),
}  # fmt: skip
MENTION = re.compile(
    r"\b(?:b[æe]rekrafts?-?mål(?:ene|et|a|i)?|b[æe]rekraftmål\w*|sdgs?|fn-?mål(?:ene|a|et)?|"
    r"fns? (?:sine )?(?:17 )?mål(?:a|ene)?|"
    r"fns? b[æe]rekrafts?mål\w*|global goals?)(?!\w)",
    re.I,
)
_in_brackets = r"(?:\s?\([^()\d]{0,80}\))?"
_before = r"(?:(?:nr|nummer|mål|sdg|fn-?mål)\b\.?\s?)?"
LIST = re.compile(
    rf"[\s:–-]*(?:som er|er|,)?[\s:–-]*{_before}(?P<first>\d{{1,2}}){_in_brackets}"
    rf"(?P<more>(?:\s*(?:,|og|samt|and|&|/|;|[-–])\s?(?:og\s)?{_before}\d{{1,2}}(?!\d|\s?%|"
    rf"\s?prosent){_in_brackets})*)(?!\d)",
    re.I,
)
ITEM = re.compile(r"([-–]?)\s?(?:(?:nr|nummer|mål|sdg|fn-?mål)\b\.?\s?)?(?<![\d.])(\d{1,2})(?!\d)", re.I)
SUBGOAL = re.compile(r"(?<=\d)\.(?:\d{1,2}|[a-z])\b")
FOCUS = re.compile(
    r"\b(?:fokus\w*|hovedmål|særlig\w*|særleg\w*|spesielt|viktigste?|prioriter\w+|hovedsakelig|hovudsakleg|"
    r"først og fremst)\b",
    re.I,
)
CONTRIBUTES = re.compile(
    r"\b(?:bidra(?:r|g|gende)?|medverk\w*|medvirk\w*|støtt\w* (?:opp )?(?:om|under)|bygg\w* opp under|i tillegg|også|"
    r"dessuten|òg|understøtt\w*)\b",
    re.I,
)
SENTENCE = re.compile(r"[.!?](?=\s+[A-ZÆØÅ«])|\n(?=\s*[A-ZÆØÅ•\-–*\d])")
_names = sorted(((name, number) for number, names in NAMES.items() for name in names), key=lambda one: -len(one[0]))
BY_NAME = dict(_names)
NAME = re.compile(
    r"(?<!\w)(?:" + "|".join(r"\s+".join(map(re.escape, name.split())) for name, _number in _names) + r")(?!\w)", re.I
)
BEFORE_NAME = re.compile(r"(?:^|[.:;!?,•\n«(–-]|\b\d{1,2}|\b(?:og|samt))\s*[«•\-–*]?\s*$")
AFTER_NAME = re.compile(r"\s*(?:[.:;,)»–-]|$|\n|\s(?:og|samt)\s+[A-ZÆØÅ])")


def sdgs(text: str) -> tuple[Goals, Goals]:
    """Return the numbers of the UN's goals that a text has its focus on, and those it contributes to besides.

    They are told apart by the words before them in the sentence that speaks of the UN's goals; a name of a goal counts
    after such a sentence, as a heading or in a list. Where nothing is said of the role it is the focus.
    """
    text = text[:LONGEST]
    focus: set[int] = set()
    contributes: set[int] = set()
    mentions = list(MENTION.finditer(text))
    for place, mention in enumerate(mentions):
        start = max((one.end() for one in SENTENCE.finditer(text, 0, mention.start())), default=0)
        start = max(start, mentions[place - 1].end() if place else 0)
        end = mentions[place + 1].start() if place + 1 < len(mentions) else len(text)
        role = contributes if _contributes(text[start : mention.start()], text[mention.end() : end]) else focus
        listed = _listed(text, mention.end())
        if listed:
            role.update(listed)
        role.update(_named(text, mention.end(), end))
    return tuple(sorted(focus)), tuple(sorted(contributes))


def sdgs_alone(text: str) -> Goals:
    """Return the goals of a cell that holds nothing else: "8, 9 og 11", "8 Anstendig arbeid og økonomisk vekst"."""
    found = {number for match in ITEM.finditer(SUBGOAL.sub("", text)) if 1 <= (number := int(match[2])) <= 17}
    return tuple(sorted(found | {_number_of(match[0]) for match in NAME.finditer(text)}))


def _contributes(before: str, after: str) -> bool:
    """Say whether the last word on the role before a mention, or else right after it, says that it contributes."""
    roles = [(one.start(), False) for one in FOCUS.finditer(before)] + [
        (one.start(), True) for one in CONTRIBUTES.finditer(before)
    ]
    return max(roles)[1] if roles else False


def _listed(text: str, start: int) -> set[int]:
    """Return the numbers that follow a mention: "nr. 8 og 11", "4, 8 og 9", "8–10"."""
    found = LIST.match(SUBGOAL.sub(lambda one: " " * len(one[0]), text), start)
    if found is None:
        return set()
    numbers: set[int] = set()
    before = 0
    for dash, digits in ITEM.findall(f"{found['first']}{found['more']}"):
        number = int(digits)
        numbers.update(range(before, number + 1) if dash and 0 < before < number else (number,))
        before = number
    return {number for number in numbers if 1 <= number <= 17}


def _named(text: str, start: int, end: int) -> set[int]:
    """Return the goals whose names stand after a mention as headings, or as items of a list."""
    return {
        _number_of(match[0])
        for match in NAME.finditer(text, start, end)
        if match[0][0].isupper()
        and BEFORE_NAME.search(text, start, match.start())
        and AFTER_NAME.match(text, match.end())
    }


def _number_of(name: str) -> int:
    return BY_NAME[" ".join(name.lower().split())]
