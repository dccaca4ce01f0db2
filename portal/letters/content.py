"""What a letter is made of: who it is from and to, and a few kinds of blocks. Words and figures, and no layout."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeAlias

import msgspec

BULLET = re.compile(r"^\s*(?:[-–—*•·▪◦‣\uf0b7\uf0a7]|\d{1,2}[.)])\s+(?=\S)")
BLANK = re.compile(r"\n\s*\n")
LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028]")


class Heading(msgspec.Struct, tag_field="kind", tag="heading"):
    text: str
    level: int = 1


class Text(msgspec.Struct, tag_field="kind", tag="text"):
    """One paragraph; each of its lines begins anew."""

    lines: list[str]
    tone: str = ""
    """note | nothing."""


class Listing(msgspec.Struct, tag_field="kind", tag="listing"):
    items: list[str]


class Facts(msgspec.Struct, tag_field="kind", tag="facts"):
    """Short facts under each other: what it is, and what it says."""

    rows: list[tuple[str, str]]


class Outcome(msgspec.Struct, tag_field="kind", tag="outcome"):
    """What was decided, to be seen at once."""

    text: str
    facts: list[tuple[str, str]] = msgspec.field(default_factory=list)


class Column(msgspec.Struct):
    head: str
    width: float
    """Share of the table's width."""
    is_number: bool = False


class Table(msgspec.Struct, tag_field="kind", tag="table"):
    caption: str
    columns: list[Column]
    rows: list[list[str]]
    total: list[str] = msgspec.field(default_factory=list)


Block: TypeAlias = Heading | Text | Listing | Facts | Outcome | Table


class LetterContent(msgspec.Struct):
    """The whole letter, in the language it is written in; the same content gives the same bytes."""

    language: str
    dated_on: dt.date
    sender: str
    """The authority's full name."""
    title: str
    subject: str
    """The document's own name in its properties: title and reference."""
    blocks: list[Block]
    page_of: str
    """Such as “Side {page} av {pages}”."""
    date: str = ""
    """Place and date, in words."""
    recipient: list[str] = msgspec.field(default_factory=list)
    labels: list[tuple[str, str]] = msgspec.field(default_factory=list)
    """Reference, case number, officer: what is found again by."""
    marking: str = ""
    """That it is exempt from access, and by which law."""
    signature: list[str] = msgspec.field(default_factory=list)
    signed_note: str = ""
    contact: list[str] = msgspec.field(default_factory=list)
    """Where the sender is reached, on the foot of each page."""
    foot: str = ""
    notice: str = ""
    """Under the title: that it is a draft, or invented."""


# ---- what people have typed ----


def typed(text: str) -> list[Block]:
    """Return what someone has typed as paragraphs and lists: as she set it up, and never as code."""
    blocks: list[Block] = []
    for paragraph in BLANK.split(LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")):
        lines: list[str] = []
        items: list[str] = []
        for line in paragraph.split("\n"):
            if not line.strip():
                continue
            if mark := BULLET.match(line):
                _close(blocks, lines)
                items.append(line[mark.end() :].strip())
            else:
                _close_list(blocks, items)
                lines.append(line.strip())
        _close(blocks, lines)
        _close_list(blocks, items)
    return blocks


def _close(blocks: list[Block], lines: list[str]) -> None:
    if lines:
        blocks.append(Text(lines.copy()))
        lines.clear()


def _close_list(blocks: list[Block], items: list[str]) -> None:
    if items:
        blocks.append(Listing(items.copy()))
        items.clear()


def said(text: str, tone: str = "") -> Text:
    """Return one paragraph of ours."""
    return Text([text], tone)
