"""A document's own numbering, and what it lacks. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

WIDEST_GAP = 20
"""More numbers lacking in a row than this is another way of numbering, not a gap."""


class GapKind(StrEnum):
    MISSING = "missing"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class NumberGap:
    kind: GapKind
    number: str


def full_number(above: str, number: str) -> str:
    """Return a printed number with its parent's before it: "2.7.8"; as it stands where the document prints it whole."""
    if not above or not number or number.startswith(f"{above}."):
        return number
    return f"{above}.{number}"


def number_gaps(numbers: Sequence[str]) -> list[NumberGap]:
    """Return the numbers that the document skips or prints twice, doubled and missing in the order of the numbers.

    Counts the last part of dotted numbers ("2.7.6", "2.7.8" lacks "2.7.7") from the lowest one printed under the same
    parent. Numbers not printed at all ("") are left out; text that is no number can only be doubled.
    """
    printed = Counter(filter(None, (number.strip().rstrip(".") for number in numbers)))
    gaps = [(_parts(number), NumberGap(GapKind.DOUBLED, number)) for number, times in printed.items() if times > 1]
    siblings: dict[tuple[int, ...], set[int]] = {}
    for parts in filter(None, map(_parts, printed)):
        siblings.setdefault(parts[:-1], set()).add(parts[-1])
    for parent, lasts in siblings.items():
        gaps.extend(((*parent, last), _missing(parent, last)) for last in _skipped(sorted(lasts)))
    return [gap for _, gap in sorted(gaps, key=lambda pair: (not pair[0], pair[0], pair[1].number))]


def _parts(number: str) -> tuple[int, ...]:
    """Return (2, 7, 6) for "2.7.6", and nothing for text that is no number."""
    pieces = number.split(".")
    if not all(piece.isascii() and piece.isdigit() and len(piece) <= 6 for piece in pieces):
        return ()
    return tuple(map(int, pieces))


def _skipped(lasts: list[int]) -> Iterable[int]:
    for before, after in pairwise(lasts):
        if after - before - 1 <= WIDEST_GAP:
            yield from range(before + 1, after)


def _missing(parent: tuple[int, ...], last: int) -> NumberGap:
    return NumberGap(GapKind.MISSING, ".".join(map(str, (*parent, last))))
