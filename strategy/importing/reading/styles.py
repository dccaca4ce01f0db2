"""What a word processor's styles say: which are headings, contents and captions, how bold, how large, in which list.

A style says only what differs from the one it is based on; so each question goes up the line until someone answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strategy.importing.document import Role, Unreadable, Why
from strategy.importing.reading.numbering import W, is_on, left, value, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STYLES = 10_000
LONGEST_LINE = 20
"""Styles that are based on each other; the program allows some ten, and four thousand styles in all."""
USUAL_SIZE = 10.0
"""Points, where a file says nothing."""
HEADING_NAMES = re.compile(r"(?:heading|overskrift|rubrik|überschrift|titre|otsikko) ?([1-9])")
TITLE_NAMES = {"title", "tittel", "dokumenttittel"}
ROLE_NAMES = (
    (Role.CONTENTS, re.compile(r"(?:toc|innh|contents|index|indeks|register) ?\d|toc ?heading|table of figures|"
                               r"contents heading|overskrift for innholdsfortegnelse|figurliste")),
    (Role.CAPTION, re.compile(r"caption|bildetekst|bilettekst|figurtekst|figurtittel|tabelltekst|illustration")),
    (Role.FOOTNOTE, re.compile(r"footnote text|endnote text|fotnotetekst|sluttnotetekst")),
)  # fmt: skip
"""Names of styles as programs write them, in small letters; the built-in ones are English in every language."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is said of a piece of text itself; None where nothing is."""

    bold: bool | None = None
    size: float | None = None
    hidden: bool | None = None

    def over(self, other: Look) -> Look:
        """Return this look with the other's where it is silent."""
        return Look(
            other.bold if self.bold is None else self.bold,
            other.size if self.size is None else self.size,
            other.hidden if self.hidden is None else self.hidden,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph's style with all that it takes from those it is based on; `heading` is 0 where it is none."""

    heading: int = 0
    role: Role = Role.TEXT
    look: Look = Look()
    list_id: str = ""
    list_level: int | None = None
    list_style: str = ""
    indent: float | None = None
    begins_page: bool = False


def look_of(properties: Any | None) -> Look:
    """Return what a `w:rPr` says."""
    if properties is None:
        return Look()
    bold, hidden = properties.find(f"{W}b"), properties.find(f"{W}vanish")
    size = value(properties, "sz")
    return Look(
        None if bold is None else is_on(bold),
        whole(size, 20) / 2 if size else None,
        None if hidden is None else is_on(hidden),
    )


class Styles:
    """All styles of a document by their ids."""

    def __init__(self, root: Any | None) -> None:
        """Read the part.

        Raises:
            Unreadable: it has more styles than any program makes.
        """
        self._all = {one.get(f"{W}styleId", ""): one for one in (() if root is None else root.iterfind(f"{W}style"))}
        if len(self._all) > MOST_STYLES:
            raise Unreadable(Why.TOO_LARGE)
        self._default = next(
            (key for key, one in self._all.items()
             if one.get(f"{W}type") == "paragraph" and one.get(f"{W}default") in ("1", "true", "on")), "",
        )  # fmt: skip
        self._base = look_of(None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._known: dict[str, Style] = {}
        self._looks: dict[str, Look] = {"": Look()}

    def lists(self) -> dict[str, str]:
        """Return which list each style stands for, where one does."""
        said = ((key, one.find(f"{W}pPr/{W}numPr")) for key, one in self._all.items())
        return {key: value(one, "numId") for key, one in said if one is not None}

    def run(self, key: str) -> Look:
        """Return how a style for pieces of text looks."""
        if key not in self._looks:
            self._looks[key] = self._look(key)
        return self._looks[key]

    def paragraph(self, key: str) -> Style:
        """Return a paragraph's style; an unknown one is the usual one."""
        key = key if key in self._all else self._default
        if key not in self._known:
            self._known[key] = self._resolved(key)
        return self._known[key]

    def _line(self, key: str) -> Iterator[tuple[str, Any]]:
        """Yield a style and those it is based on, nearest first; a circle ends where it closes."""
        seen: set[str] = set()
        while key in self._all and key not in seen and len(seen) < LONGEST_LINE:
            seen.add(key)
            yield key, self._all[key]
            key = value(self._all[key], "basedOn")

    def _look(self, key: str) -> Look:
        look = Look()
        for _key, one in self._line(key):
            look = look.over(look_of(one.find(f"{W}rPr")))
        return look

    def _resolved(self, key: str) -> Style:
        heading: int | None = None
        role: Role | None = None
        numbered: tuple[str, str] | None = None
        level: int | None = None
        indent: float | None = None
        begins_page: bool | None = None
        for each, one in self._line(key):
            said, outline = _role(each, one), outline_of(one.find(f"{W}pPr"))
            role = said if role is None else role
            if heading is None:
                heading = outline if outline is not None else _heading(each, one)
            properties = one.find(f"{W}pPr")
            if properties is None:
                continue
            if numbered is None and (number := value_of_list(properties)) is not None:
                numbered, level = (number[0], each), level if number[1] is None else number[1]
            indent = left(properties.find(f"{W}ind")) if indent is None else indent
            page = properties.find(f"{W}pageBreakBefore")
            begins_page = is_on(page) if begins_page is None and page is not None else begins_page
        role = role or Role.TEXT
        return Style(
            heading=0 if role is not Role.TEXT else heading or 0,
            role=role,
            look=self._look(key).over(self._base),
            list_id=numbered[0] if numbered else "",
            list_level=level,
            list_style=numbered[1] if numbered else "",
            indent=indent,
            begins_page=bool(begins_page),
        )


def outline_of(properties: Any | None) -> int | None:
    """Return the heading level that a `w:pPr` says, 0 for plain text, or None where it is silent."""
    said = "" if properties is None else value(properties, "outlineLvl")
    level = whole(said, 9) + 1 if said else None
    return level if level is None or 1 <= level <= 9 else 0


def value_of_list(properties: Any) -> tuple[str, int | None] | None:
    """Return the list and level that a `w:pPr` says; list "0" takes a paragraph out of its style's list."""
    said = properties.find(f"{W}numPr")
    if said is None:
        return None
    level = value(said, "ilvl")
    return value(said, "numId"), whole(level, 0) if level else None


def _names(key: str, one: Any) -> tuple[str, str]:
    return value(one, "name").casefold().strip(), key.casefold()


def _role(key: str, one: Any) -> Role | None:
    return next((role for role, form in ROLE_NAMES if any(form.fullmatch(name) for name in _names(key, one))), None)


def _heading(key: str, one: Any) -> int | None:
    for name in _names(key, one):
        if match := HEADING_NAMES.fullmatch(name):
            return int(match[1])
        if name in TITLE_NAMES:
            return 1
    return None
