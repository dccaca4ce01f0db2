"""Whose plan it is, and what in it is not its own: a region's goals, the United Nations', the superior plan's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategy.importing.document import Line
from strategy.importing.finding import words
from strategy.importing.finding.periods import RANGE

if TYPE_CHECKING:
    from strategy.importing.document import Document

MUNICIPALITY = re.compile(r"((?:[A-ZÆØÅ][\wæøåé-]+ ){1,3})kommune?s?\b")
REGION = re.compile(
    r"\b(?:\w*region(?:en|s|ens|råd\w*)?|interkommunal\w*|fylkeskommune\w*|fylke\w*|regional\w*)\b", re.IGNORECASE
)
REGIONAL = re.compile(r"region|fylke|interkommunal", re.IGNORECASE)
FIRST = 4
"""Lines at the beginning that tell whose plan it is."""
SUBJECT = re.compile(
    r"(?P<subject>[\wæøåÆØÅ-]+)\s+(?:må|skal|vil|bør|kan)\b(?!.*\b(?:må|skal|vil|bør|kan)\b)", re.IGNORECASE
)
INVERTED = re.compile(r"\b(?:må|skal|vil|bør|kan)\s+(?P<subject>(?:\w+\s+)?\w+)", re.IGNORECASE)
WE_DO = re.compile(
    r"\b(?:(?:vi|kommunen|kommuna|kommune) (?:\w+ )?(?:må|skal|vil|bør)|"
    r"(?:må|skal|vil|bør) (?:vi|kommunen|kommuna))\b[^.:]{0,25}:?$",
    re.IGNORECASE,
)
DOES = re.compile(r"\s+(?:må|skal|vil|bør|kan|har|ønsker|ynskjer|er|sin|sine|sitt)\b", re.IGNORECASE)
OF_PLANS = re.compile(r"plan|program|periode|strategi|status", re.IGNORECASE)
AT_FIRST = 1
"""Words before those a sentence begins with."""
OF_ROLES = ("en", "et", "a", "ene", "ane", "rådet", "utvalget", "utvalet")


@dataclass(frozen=True, slots=True)
class Whose:
    """The municipality's name in small letters, whether the plan is a region's or a county's own, its first year."""

    name: str = ""
    is_region: bool = False
    since: int | None = None

    def is_past(self, text: str) -> bool:
        """Say whether a heading is of what has been done: in words, or by the years of a plan before this one."""
        ends = [int(one["last"]) % 100 + 2000 for one in RANGE.finditer(text)]
        is_former = bool(ends) and self.since is not None and max(ends) < self.since
        return words.is_done(text) or (is_former and bool(OF_PLANS.search(text) or words.lemmas_in(text)))

    def is_own(self, text: str) -> bool:
        """Say whether a heading speaks of the owner's own part."""
        return bool(words.OWN.search(text)) or (bool(self.name) and self.name in text.casefold())

    def is_foreign(self, text: str) -> bool:
        """Say whether a heading, or what leads to a list, speaks of the goals of others and not of one's own part."""
        around = [one[0] for one in words.AROUND.finditer(text)]
        if self.is_region:
            around = [one for one in around if not REGIONAL.search(one)]
        found = words.FOREIGN.search(text) or (around and words.WANTS.search(text))
        return bool(found) and not self.is_own(text)

    def is_none_of_ours(self, text: str) -> bool:
        """Say whether a heading is about others' goals, or only describes."""
        return self.is_foreign(text) or is_background(text)

    def is_others(self, text: str) -> bool:
        """Say whether a sentence speaks of what others do or want."""
        found = [one[0] for one in words.OTHERS.finditer(text) if is_subject(text, one)]
        if self.is_region:
            found = [one for one in found if not REGIONAL.search(one)]
        return bool(found) or self.is_foreign(text)

    def says_so(self, text: str) -> bool:
        """Say whether a sentence ends with «kommunen må» or «skal vi», and no plan of others says it."""
        return bool(WE_DO.search(text)) and not words.FOREIGN.search(text) and not words.PAST.search(text)

    def does_it(self, text: str) -> bool:
        """Say whether the owner is the one who «skal»: «vi», the municipality, a name; not a role such as «styret»."""
        after = INVERTED.search(text)
        if after is not None and set(after["subject"].casefold().split()) & words.WE:
            return True
        found = SUBJECT.search(text)
        subject = found["subject"].casefold() if found else "vi"
        if subject in words.WE or subject.endswith("kommune") or (self.is_region and REGIONAL.search(subject)):
            return True
        return not subject.endswith(OF_ROLES) and (found is None or found["subject"][0].isupper() or len(subject) < 4)


def is_subject(text: str, found: re.Match[str]) -> bool:
    """Say whether those found are who a sentence is about: first in it, or before «skal», and not «for bedriftene»."""
    return len(text[: found.start()].split()) < AT_FIRST or bool(DOES.match(text, found.end()))


def is_background(text: str) -> bool:
    """Say whether a chapter's heading tells that it describes, and promises nothing."""
    return words.heads(words.BACKGROUND, text) and not words.lemmas_in(text)


def whose_of(document: Document, since: int | None = None) -> Whose:
    """Return whose plan a document is, as far as its words tell; `since` is the first year it is for."""
    names: Counter[str] = Counter()
    lines = [block.text for block in document.blocks if isinstance(block, Line)]
    for text in lines:
        names.update(name.strip().casefold() for name in MUNICIPALITY.findall(text))
    beginning = " ".join([document.title, *lines[:FIRST]])
    is_region = bool(REGION.search(beginning)) and not MUNICIPALITY.search(beginning)
    return Whose("" if is_region or not names else names.most_common(1)[0][0], is_region, since)
