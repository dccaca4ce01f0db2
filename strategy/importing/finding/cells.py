"""What stands in a cell of a table: its label and number, and the several things it may list."""

from __future__ import annotations

import re
from typing import NamedTuple

from strategy.importing.finding import marks

INFINITIVES = {
    "gi", "gje", "ta", "få", "gå", "ha", "bli", "la", "stå", "dra", "be", "se", "sjå", "by", "bygg",
    "å", "vi", "slå", "si", "forstå", "oppnå", "foreslå",
}  # fmt: skip
"""Verbs that do not end in "e", and words before a verb; they begin what is to be done."""
NO_VERBS = {
    "dette", "disse", "desse", "alle", "mange", "flere", "fleire", "begge", "andre", "samme", "både", "noe", "noen",
    "denne", "ofte", "ikke", "samtidig", "videre", "vidare",
}  # fmt: skip
NUMBER_ONLY = re.compile(
    r"(?:[A-ZÆØÅ]{1,3}[\s.-]?)?\d{1,3}(?:\.\d{1,3}){0,3}[.)]?[a-z]?|[a-zæøåA-ZÆØÅ][.)]?|[ivxIVX]{1,5}[.)]"
)
LETTERS = re.compile(r"[^\W\d_]")
NAME = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.? )?[A-ZÆØÅ](?:[^\W\d_]{3,}|[A-ZÆØÅ]{1,2})(?: \d{1,4})?")


class Part(NamedTuple):
    """One thing a cell says: a level word before it, its number, its text on one line, and what follows below it."""

    word: str
    number: str | None
    text: str
    below: str = ""


class Entry(NamedTuple):
    """What a row says of one goal, strategy or measure; a group row without a level word has none.

    `responsible`, `due` and `cost` are the cells as they stand, or what columns of years add up to. `depth` is how many
    columns and groups of this table stand above it, and `is_measure` whether it comes from the column of measures.
    """

    word: str
    number: str | None
    text: str
    page: int
    line: int
    description: str = ""
    responsible: str = ""
    due: str = ""
    cost: str = ""
    status: str = ""
    global_goals: str = ""
    depth: int = 0
    is_measure: bool = False
    said: str = ""


def joined(text: str) -> str:
    """Return a cell's lines as one, words that were broken at the end of a line made whole."""
    return " ".join(re.sub(r"(?<=[a-zæøå])-\n(?=[a-zæøå])", "", text).split())


def parts_of(cell: str) -> list[Part]:
    """Return what a cell lists: each bullet, numbered line or line that begins with a deed; otherwise one part."""
    lines = [line.strip() for line in cell.split("\n") if line.strip()]
    if len(lines) > 1:
        lines = _unwrapped(lines)
    marked = [marks.mark_of(line) for line in lines]
    if sum(mark is not None for mark in marked) >= 2 or (marked and marked[0] is not None):
        return _listed(lines)
    stops = {line.endswith(".") for line in lines}
    if len(lines) > 1 and len(stops) == 1 and all(_is_deed(line) for line in lines):
        return [part_of(line) for line in lines]
    if len(lines) > 1 and all((label := marks.label_of(line)) is not None and label.text for line in lines):
        return [part_of(line) for line in lines]
    return [part_of(lines[0])._replace(below=joined("\n".join(lines[1:])))] if lines else []


def part_of(text: str) -> Part:
    """Return a text without its label, bullet and number: "Tiltak 3: Etablere …", "1.2 Etablere …"."""
    line = joined(text)
    label = marks.label_of(line)
    if label is not None and (label.text or label.number):
        text = line if label.group else label.text or line
        return Part(label.word, label.number or label.chapter, text)
    mark = marks.mark_of(line)
    if mark is not None and mark.text.strip():
        inner = marks.label_of(mark.text)
        if inner is not None and inner.text:
            return Part(inner.word, inner.number or mark.number, inner.text)
        return Part("", mark.number, mark.text.strip())
    return Part("", None, line)


def number_of(cell: str) -> str | None:
    """Return the number that a cell of numbers holds, as printed, without the last stop or a word before it."""
    text = joined(cell)
    label = marks.label_of(text)
    if label is not None and label.number:
        return label.number
    text = text.rstrip(".):")
    return text.replace(" ", "") if NUMBER_ONLY.fullmatch(text) else None


def depth_of(number: str | None) -> int:
    """Return how many parts a number has: "A" one, "A1" and "1.1" two; none of nothing."""
    return len(re.findall(r"\d+|[A-ZÆØÅa-zæøå]+", number or ""))


def is_text(cell: str) -> bool:
    """Say whether a cell holds words, not a number, a sum or a date; one short word is a name («Klima 2030»)."""
    return len(LETTERS.findall(cell)) >= 6 or NAME.fullmatch(joined(cell)) is not None


def _listed(lines: list[str]) -> list[Part]:
    """Return a part for each marked line; a line without a mark goes on from the one above, or leads to the list."""
    found: list[Part] = []
    for line in lines:
        if marks.mark_of(line) is not None or not found:
            if found or marks.mark_of(line) is not None or not line.endswith(":"):
                found.append(part_of(line))
        else:
            found[-1] = found[-1]._replace(text=joined(f"{found[-1].text}\n{line}"))
    return found


def _unwrapped(lines: list[str]) -> list[str]:
    """Join lines that only the width of the cell has broken: the next one begins small and is no mark."""
    found = lines[:1]
    for line in lines[1:]:
        if line[0].islower() and marks.mark_of(line) is None:
            found[-1] = joined(f"{found[-1]}\n{line}")
        else:
            found.append(line)
    return found


def _is_deed(line: str) -> bool:
    """Say whether a line is one clause that begins with what is to be done: "Etablere …", "Gi …"."""
    word = line.split()[0]
    is_verb = word.lower() in INFINITIVES or (word.endswith(("e", "a", "by", "å")) and len(word) > 3)
    is_verb = is_verb and word.lower() not in NO_VERBS
    return line[0].isupper() and is_verb and len(line.split()) > 1 and re.search(r"[.!?:]\s+[A-ZÆØÅ]", line) is None
