"""What a report on paper is made of: a few kinds of blocks that hold words and figures, and no layout.

They are data all the way: the PDF gets them as JSON, never as code.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from portal.templatetags.portal_tags import STANDINGS

PLAIN = "neutral"


class Mark(msgspec.Struct):
    """A standing in words, with the colour and the icon that go with it; never a colour alone."""

    word: str
    colour: str = PLAIN
    icon: str = "new"


def mark_of(code: str) -> Mark:
    shown = STANDINGS[code]
    return Mark(str(shown.word), shown.colour, shown.icon)


class Heading(msgspec.Struct, tag_field="kind", tag="heading"):
    text: str
    level: int = 2
    note: str = ""


class Text(msgspec.Struct, tag_field="kind", tag="text"):
    text: str
    tone: str = ""
    """lede | note | nothing."""


class Listing(msgspec.Struct, tag_field="kind", tag="listing"):
    items: list[str]


class Counted(msgspec.Struct):
    mark: Mark
    number: int


class Spread(msgspec.Struct, tag_field="kind", tag="spread"):
    """How the measures are spread over the standings: a bar with the same numbers as words below it."""

    alt: str
    parts: list[tuple[str, int]]
    counts: list[Counted]
    note: str = ""


class NewsColumn(msgspec.Struct):
    mark: Mark
    lines: list[str]


class News(msgspec.Struct, tag_field="kind", tag="news"):
    """What changed since the report before, one column for each kind of change."""

    columns: list[NewsColumn]


class Bar(msgspec.Struct):
    """How far from baseline to target, and where one should have been, as shares of the way; none when unmeasured."""

    fill: float | None = None
    expected: float | None = None
    is_old: bool = False
    is_wrong_way: bool = False


class Value(msgspec.Struct):
    label: str
    value: str
    note: str = ""


class GoalLine(msgspec.Struct, tag_field="kind", tag="goal"):
    """One goal or target: what it is, where it stands, and baseline → today → expected today → target."""

    title: str
    note: str
    mark: Mark | None
    alt: str = ""
    bar: Bar | None = None
    values: list[Value] = msgspec.field(default_factory=list)
    text: str = ""


class Late(msgspec.Struct, tag_field="kind", tag="late"):
    """One measure past its date: for how long, whose, and what was said about it."""

    days: str
    unit: str
    title: str
    who: str
    facts: list[tuple[str, str]]


class Column(msgspec.Struct):
    head: str
    width: float
    """Share of the table's width."""
    is_number: bool = False


class Cell(msgspec.Struct):
    text: str = ""
    marks: list[Mark] = msgspec.field(default_factory=list)


class Group(msgspec.Struct):
    rows: list[list[Cell]]
    title: str = ""


class Table(msgspec.Struct, tag_field="kind", tag="table"):
    """Rows under a head that is repeated on every page, and in groups with a heading each."""

    caption: str
    columns: list[Column]
    groups: list[Group]
    total: list[Cell] = msgspec.field(default_factory=list)


Block: TypeAlias = Heading | Text | Listing | Spread | News | GoalLine | Late | Table


class Paper(msgspec.Struct):
    """The whole: what stands on every page, and the blocks in the page's order."""

    language: str
    title: str
    subject: str
    """The document's own name in its properties: plan, report number and version."""
    kicker: str
    owner: str
    lede: str
    facts: list[str]
    foot: str
    page_of: str
    """Such as “Side {page} av {pages}”."""
    hash_line: str
    blocks: list[Block]
    invented: str = ""
