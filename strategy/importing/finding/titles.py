"""A row's title: the first sentence, or its first clause when that is too long; the rest is its description."""

from __future__ import annotations

import re

from strategy.importing.finding import words
from strategy.importing.proposal import LONGEST_TITLE

STOP = re.compile(r"[.!?](?:[)»”\"'’]+)?\d?(?=\s+[«“\"'(]?[A-ZÆØÅ0-9])")
LAST_WORD = re.compile(r"[^\s(«“\"]+$")
CLAUSE = re.compile(r",\s|;\s|\s[–—-]\s|:\s|\s\(")
SHORTEST = 40
"""Signs that a clause must have to be a title of its own."""


def split(text: str) -> tuple[str, str]:
    """Return a text's title, at most `LONGEST_TITLE` signs and without a full stop, and what follows it."""
    text = text.strip()
    end = sentence_end(text)
    title, rest = text[:end].strip(), text[end:].strip()
    if len(title) > LONGEST_TITLE:
        cut = _clause_end(title)
        title, rest = title[:cut].rstrip(), f"{title[cut:].lstrip(' ,;:–—-')} {rest}".strip()
    return tidy(title), rest


def sentence_end(text: str) -> int:
    """Return where the first sentence ends; an abbreviation, an ordinal number and an initial end none."""
    for stop in STOP.finditer(text):
        before = LAST_WORD.search(text[: stop.start()])
        word = before[0].casefold() if before else ""
        if text[stop.start()] == "." and (
            word in words.ABBREVIATIONS or (word.isdigit() and len(word) < 3) or (len(word) == 1 and word.isalpha())
        ):
            continue
        if text[stop.start()] == "." and text[stop.end() :].lstrip()[:1].isdigit() and len(word) < 3:
            continue
        return stop.end()
    return len(text)


def _clause_end(title: str) -> int:
    """Return where a sentence that is too long may be cut: at the last clause, else at the last word."""
    ends = [found.start() for found in CLAUSE.finditer(title[: LONGEST_TITLE + 1]) if found.start() >= SHORTEST]
    if ends:
        return ends[-1]
    space = title.rfind(" ", 0, LONGEST_TITLE + 1)
    return space if space > 0 else LONGEST_TITLE


def tidy(title: str) -> str:
    """Return a title without the stop that ends it and the quotation marks around all of it."""
    title = title.strip().rstrip(";,: ")
    if (
        title.endswith(".")
        and not title.endswith("..")
        and title.split()[-1].casefold().rstrip(".") not in words.ABBREVIATIONS
    ):
        title = title[:-1].rstrip()
    if len(title) > 2 and title[0] in '«“"' and title[-1] in '»”"' and not set('«»“”"') & set(title[1:-1]):
        title = title[1:-1].strip()
    return title


def key(text: str) -> str:
    """Return a text's letters and digits alone, for comparison."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
