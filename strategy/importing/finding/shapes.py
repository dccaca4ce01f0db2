"""What is usual in a document: how long a full line is, the empty lines between lines, the size of its text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategy.importing.document import Line
from strategy.importing.finding import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from strategy.importing.document import Block

USUAL, ENOUGH = 80, 12
"""Signs of a line where too few lines tell how long they are, and how many are enough."""
LONGEST_RECURRING = 60
MANY = 6
"""Promises that are a list of them."""
FULL = 0.85
"""How many of the longer lines are no longer than a full one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`width` in signs, `gap` in empty lines, `size` in points (0 where it is not known)."""

    width: int
    gap: int
    size: float
    is_bold: bool


def shape_of(lines: Sequence[Line]) -> Shape:
    """Return what is usual among a document's lines."""
    told = [line for line in lines if not line.whole]
    long = sorted(len(line.text) for line in told if len(line.text) >= 30)
    width = long[int(len(long) * FULL)] if len(long) >= ENOUGH else USUAL
    gaps = Counter(line.gap for line in told if line.text[:1].islower())
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        bold[line.bold] += len(line.text)
    gap = gaps.most_common(1)[0][0] if gaps else 0
    return Shape(width, gap, sizes.most_common(1)[0][0] if sizes else 0.0, bold[True] > bold[False])


def beginning_of(blocks: Sequence[Block], shape: Shape) -> set[str]:
    """Return the lines that begin anew after a full line that ends a sentence.

    They say what the owner will do, where many do («Vi skal …»); in a text without sizes they may stand between two
    sentences, end none, and be broken off long before the line is full: headings.
    """
    lines = [block for block in blocks if isinstance(block, Line)]
    promises = {line.text for line in lines if words.PROMISE.match(line.text)}
    found = promises if len(promises) >= MANY else set()
    if not shape.size:
        found |= {line.text for before, line, after in zip(lines, lines[1:], lines[2:], strict=False)
                  if before.text.endswith(".") and is_alone(line.text, after.text, shape.width)}  # fmt: skip
    return found


def is_alone(text: str, after: str, width: int) -> bool:
    """Say whether a line is short, ends no sentence, and the next one begins anew without need."""
    is_begun = text[:1].isupper() and after[:1].isupper()
    is_short = len(text) <= LONGEST_RECURRING and len(text) + 1 + len(after.split(maxsplit=1)[0]) < FULL * width
    is_over = text[-1].isalnum() and text.split()[-1].casefold() not in words.SMALL
    return is_begun and is_short and is_over


def recurring_of(blocks: Iterable[Block]) -> set[str]:
    """Return the short lines that head the same kind of list again and again («Korleis skal vi gjere det?»)."""
    counts = Counter(block.text for block in blocks if isinstance(block, Line) and len(block.text) <= LONGEST_RECURRING)
    return {
        text for text, count in counts.items() if count > 1 and text[:1].isupper() and text[-1] in "?:" and " " in text
    }
