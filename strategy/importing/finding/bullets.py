"""Bullets that a PDF gave apart from their texts: «• • •» on lines of their own, and the items below them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.document import Line
from strategy.importing.finding import words
from strategy.importing.finding.marks import LONE_BULLET, label_of, mark_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import Block


def with_bullets(blocks: Sequence[Block], gap: int) -> list[Block]:
    """Return the blocks with each lone bullet before its own text; `gap` is the usual number of empty lines."""
    told: list[Block] = []
    at = 0
    while at < len(blocks):
        count = 0
        while at + count < len(blocks) and is_lone(blocks[at + count]):
            count += 1
        if not count:
            told.append(blocks[at])
            at += 1
            continue
        texts = texts_after(blocks, at + count, gap, count)
        told += items_of(texts, count)
        at += count + len(texts)
    return told


def is_lone(block: Block) -> bool:
    """Say whether a line is a bullet and nothing else."""
    return isinstance(block, Line) and not block.label and bool(LONE_BULLET.fullmatch(block.text))


def texts_after(blocks: Sequence[Block], start: int, gap: int, count: int) -> list[Line]:
    """Return the lines below bullets that may be their texts: until an empty line, a label or another mark."""
    texts: list[Line] = []
    for block in blocks[start : start + 3 * count + 2]:
        if not isinstance(block, Line) or mark_of(block.text, block.label) or is_lone(block):
            break
        is_apart = bool(texts) and (block.gap > gap or block.page != texts[-1].page)
        if (is_apart and len(texts) >= count) or label_of(block.text) or words.FIELDS.match(block.text):
            break
        texts.append(block)
    return texts


def items_of(texts: Sequence[Line], count: int) -> list[Line]:
    """Return the lines with bullets before as many of them as there were; the rest go on with the line above."""
    has_stops = 2 * sum(line.text.endswith(".") for line in texts) > len(texts)
    going_on = sorted(range(1, len(texts)), key=lambda at: goes_on(texts, at, has_stops=has_stops), reverse=True)
    inner = set(going_on[: max(0, len(texts) - count)])
    return [line if place in inner else replace(line, text=f"• {line.text}") for place, line in enumerate(texts)]


def goes_on(texts: Sequence[Line], place: int, *, has_stops: bool) -> tuple[int, int]:
    """Return how likely a line goes on with the one above: a small letter, a sentence among items without stops."""
    before, text = texts[place - 1].text, texts[place].text
    if text[:1].islower():
        return 3, len(before)
    if before.endswith(".") and not has_stops:
        return 2, len(before)
    return (1 if not before.endswith(".") else 0), len(before)
