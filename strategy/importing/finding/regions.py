"""What is not the plan's own text: what belongs to the pages, addresses, captions, notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from strategy.importing.document import Line, Role, Table
from strategy.importing.finding import words
from strategy.importing.finding.beside import read_in_turn
from strategy.importing.reading.recurring import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategy.importing.document import Block, Document

OF_PAGES = {Role.CONTENTS, Role.HEADER, Role.FOOTER, Role.FOOTNOTE, Role.CAPTION}
ADDRESS = re.compile(
    r"\W*(?:https?://|www\.)\S+(?:\s+(?:https?://|www\.)\S+)*\W*|\S+@\S+\.\w{2,}|\S+\.(?:no|com|org|net|eu)/\S*"
)
PAGE_NUMBER = re.compile(
    r"(?:side\s+)?[-–|]?\s*\d{1,3}\s*(?:(?:av|/|\|)\s*\d{1,3})?\s*[-–|]?|(?:side|s\.)\s*\d{1,3}", re.IGNORECASE
)
NOTE = re.compile(r"(?:\d{1,2}|[¹²³⁴⁵⁶⁷⁸⁹])(?=[A-ZÆØÅ«][a-zæøå])|[¹²³⁴⁵⁶⁷⁸⁹]+\s|\[\d{1,2}\]\s")
"""A note at the foot of a page: its number stands right before its text."""


def own_blocks(document: Document) -> Iterator[Block]:
    """Yield the tables and the lines that are the plan's own text."""
    told = [block for block in document.blocks if isinstance(block, Table) or is_text(block)]
    lines = [(at, block) for at, block in enumerate(told) if isinstance(block, Line)]
    listed = contents([line.text for _at, line in lines], [line.page for _at, line in lines])
    left_out = {lines[place][0] for place in listed}
    for at, block in enumerate(told):
        if at not in left_out:
            yield from read_in_turn(block) if isinstance(block, Table) else (block,)


def is_text(line: Line) -> bool:
    """Say whether a line is the document's own text, and not the page's, an address, a number or a note."""
    return not (
        line.role in OF_PAGES
        or not line.text.strip()
        or ADDRESS.fullmatch(line.text)
        or (PAGE_NUMBER.fullmatch(line.text) and not line.label and line.role is Role.TEXT)
        or (NOTE.match(line.text) and line.role is Role.TEXT and not line.label)
    )


def is_caption(text: str) -> bool:
    """Say whether a paragraph is the caption of a figure or a table."""
    return bool(words.CAPTION.match(text))
