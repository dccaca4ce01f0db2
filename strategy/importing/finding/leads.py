"""Sentences and headings that say what the list below them is: measures, goals, or something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from strategy.importing.finding import words

if TYPE_CHECKING:
    from strategy.importing.finding.whose import Whose

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ])")
COUNTED = re.compile(
    r"\b(?:følgende|følgjande|disse|desse|dei|de|to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|\d{1,2})\s+"
    r"(?:[a-zæøå]+e\s+){0,2}(?P<word>[a-zæøå]+)", re.IGNORECASE
)  # fmt: skip
PROMISES = re.compile(r"\btiltak\w*\b|\bhandling(?:er|ar|ene|ane)?\b|\baktivitet(?:er|ar|ene|ane)\b", re.IGNORECASE)
LONGEST_HEADING = 80


def word_of(text: str, whose: Whose, *, listed: bool) -> str | None:
    """Return the word for what the list below a sentence is, "" when it is none of the plan's.

    Nothing is returned when no list is announced: a sentence must end with a colon, or with a word such as «skal», and
    a list come after it. A line that is no sentence announces one of what has been done.
    """
    last = SENTENCE.split(text)[-1].strip()
    leads = bool(words.LEAD.search(last))
    is_cut_off = last[-1:] not in ".!?" and (leads or f" {last}".rpartition(" ")[2].casefold() in words.SMALL)
    is_of_past = last[-1:] not in ".!?" and whose.is_past(last)
    if not listed or not (last.endswith((":", "…")) or is_cut_off or is_of_past):
        return None
    if leads and whose.says_so(last):
        return words.MEASURE
    if is_dead(last, whose):
        return ""
    if leads:
        return words.MEASURE if whose.does_it(last) else ""
    found = words.lemmas_in(last)
    if set(found) & words.MEASURES:
        return words.MEASURE
    counted = [words.lemma(one["word"]) for one in COUNTED.finditer(last)]
    return next((one for one in counted if one), "")


def word_of_heading(text: str, whose: Whose) -> str | None:
    """Return the same for a heading: «Slik gjør vi det» leads to measures, «Indikatorer» to none of the plan's."""
    leads = bool(words.LEAD.search(text))
    if len(text) > LONGEST_HEADING or words.ASKING.match(text) or not (leads or words.heads(words.NOT_MEASURES, text)):
        return None
    return "" if is_dead(text, whose) or not leads or not whose.does_it(text) else words.MEASURE


def is_dead(text: str, whose: Whose) -> bool:
    """Say whether a list is announced of something that is not the plan's: indicators, others' tasks, what has been."""
    if whose.is_others(text) or words.PAST.search(text) or whose.is_past(text):
        return True
    return bool(words.NOT_MEASURES.search(text)) and not PROMISES.search(text)
