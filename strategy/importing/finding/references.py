"""References to another part of the plan («se strategi 2.4») that says nothing of the matter."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from strategy.importing.finding import words
from strategy.importing.finding.leads import SENTENCE
from strategy.importing.proposal import Anomaly, Level, Odd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.proposal import Row

WORDS = "|".join(sorted((re.escape(form) for form in words.FORMS), key=len, reverse=True))
REFERENCE = re.compile(
    rf"\b(?P<word>{WORDS})\s+(?:nr\.?\s*)?(?P<number>\d{{1,2}}(?:\.\d{{1,2}})+)(?!\w|\.\d)", re.IGNORECASE
)
RARE = 8
"""Letters of a word that may say what a sentence is about."""
ENDING = 3
"""Letters at a word's end that do not matter when words are compared."""
FEW = 3
"""Parts of the plan that a rare word stands in, at most."""


def wrong(rows: Sequence[Row], paths: Sequence[str]) -> list[Anomaly]:
    """Return references to a number that is not there, or to a row that says nothing of it while another does."""
    texts = _whole_texts(rows)
    stands_in: dict[str, set[int]] = defaultdict(set)
    for place, text in texts.items():
        for stem in _stems(text):
            stands_in[stem].add(place)
    by_number: dict[str, list[int]] = defaultdict(list)
    for place in texts:
        by_number[paths[place]].append(place)
    found = []
    for place, text in texts.items():
        for sentence in (one for line in text.split("\n") for one in SENTENCE.split(line)):
            for reference in REFERENCE.finditer(sentence):
                number = reference["number"]
                if number == paths[place] or sentence.startswith(reference[0]):
                    continue
                other = _meant(sentence.replace(reference[0], " "), place, by_number.get(number, []), stands_in)
                if other is not None or number not in by_number:
                    meant = paths[other] if other is not None else ""
                    found.append(
                        Anomaly(
                            Odd.WRONG_REFERENCE,
                            paths[place],
                            rows[place].page,
                            _line(rows[place]),
                            place,
                            reference[0],
                            meant,
                        )
                    )
    return found


def _line(row: Row) -> int:
    return row.line


def _meant(sentence: str, place: int, targets: Sequence[int], stands_in: dict[str, set[int]]) -> int | None:
    """Return the row that a sentence's rare words point to, when it is not the one the sentence names."""
    votes: dict[int, int] = defaultdict(int)
    for stem in _stems(sentence):
        others = stands_in[stem] - {place}
        if set(targets) & others:
            return None
        if 0 < len(others) < FEW:
            for other in others:
                votes[other] += 1
    return max(votes, key=lambda other: votes[other]) if votes else None


def _whole_texts(rows: Sequence[Row]) -> dict[int, str]:
    """Return the texts of goals and strategies, each with those of its measures."""
    texts: dict[int, list[str]] = {}
    for place, row in enumerate(rows):
        if row.level is not Level.MEASURE and row.number is not None:
            texts[place] = [row.text]
        elif row.parent is not None and row.parent in texts:
            texts[row.parent].append(row.text)
    return {place: "\n".join(said) for place, said in texts.items()}


def _stems(text: str) -> set[str]:
    return {word[:-ENDING] for word in re.findall(r"[a-zæøåéü]+", text.casefold()) if len(word) >= RARE}
