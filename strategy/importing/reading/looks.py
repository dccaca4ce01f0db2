"""Headings that a writer made with the hand alone: no style says what they are, but each level is printed larger.

A PDF's are always found so (`roles`); in a word processor's file only those that the styles leave out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.document import Line, Role
from strategy.importing.reading.roles import BULLET, LARGER, LONGEST_BOLD, LONGEST_HEADING, LONGEST_SENTENCE, LOWEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import Block

FEWEST = 2
"""Looks of headings, at least, each of more lines than one, that tell levels apart."""


def with_levels(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with a level for each look more striking than the text's, inside the levels of the styles."""
    lines = [one for one in blocks if isinstance(one, Line) and one.role in (Role.TEXT, Role.ITEM, Role.HEADING)]
    signs: Counter[tuple[float, bool]] = Counter()
    for one in lines:
        signs[one.size, one.bold] += len(one.text)
    body = signs.most_common(1)[0][0] if signs else (0.0, False)
    looks = Counter(look for one in lines if (look := look_of(one, body)))
    if sum(count > 1 for count in looks.values()) < FEWEST:
        return list(blocks)
    styled = max((one.level for one in lines if one.role is Role.HEADING), default=0)
    levels = {look: min(styled + at, LOWEST) for at, look in enumerate(sorted(looks, reverse=True), 1)}
    return [
        replace(one, role=Role.HEADING, level=levels[look])
        if isinstance(one, Line) and (look := look_of(one, body))
        else one
        for one in blocks
    ]


def look_of(line: Line, body: tuple[float, bool]) -> tuple[float, bool] | None:
    """Return the look of a line that is printed as headings are and that no style calls anything; else None."""
    if line.role is not Role.TEXT or line.label or BULLET.match(line.text) or len(line.text) > LONGEST_HEADING:
        return None
    size, is_bold = body
    if line.size >= LARGER * size and not (line.text.endswith(".") and len(line.text) > LONGEST_SENTENCE):
        return line.size, line.bold
    return (size, True) if line.bold and not is_bold and line.size >= size and len(line.text) <= LONGEST_BOLD else None
