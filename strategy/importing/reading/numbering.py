"""The numbers and bullets that a word processor draws before paragraphs, counted as it counts them.

A list (`num`) follows a pattern (`abstractNum`) of nine levels and shares its count with the other lists that do, until
it says where to start itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
BULLET = "•"
DASHES = "-–—‐‑−"
PLACE = re.compile(r"%([1-9])")
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A level of a list: how its number is written, where it starts and after which levels it starts again."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    is_legal: bool = False
    indent: float | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn before a paragraph, and how far in it stands, in points."""

    label: str
    indent: float | None


@dataclass(frozen=True, slots=True)
class List:
    """A list: the pattern whose count it shares, its levels, and those that it starts itself."""

    pattern: str
    steps: Mapping[int, Step]
    starts: Mapping[int, int]


class Numbering:
    """All lists of a document; asked once for each numbered paragraph, in order."""

    def __init__(self, root: Any | None, style_lists: Mapping[str, str]) -> None:
        """Read the part; `style_lists` says which list a style stands for."""
        patterns, links = {}, {}
        for one in root.iterfind(f"{W}abstractNum") if root is not None else ():
            key = one.get(f"{W}abstractNumId", "")
            patterns[key] = {place: step for each in one.iterfind(f"{W}lvl") for place, step in [_step(each)]}
            links[key] = value(one, "numStyleLink")
        owners = {
            one.get(f"{W}numId", ""): value(one, "abstractNumId")
            for one in (root.iterfind(f"{W}num") if root is not None else ())
        }
        self._lists: dict[str, List] = {}
        for one in root.iterfind(f"{W}num") if root is not None else ():
            key = value(one, "abstractNumId")
            if links.get(key):  # the pattern is another's, by way of a style
                key = owners.get(style_lists.get(links[key], ""), key)
            self._lists[one.get(f"{W}numId", "")] = _list(one, key, patterns.get(key, {}))
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def level_of(self, key: str, style: str) -> int | None:
        """Return the level of a list that is tied to a style."""
        steps = self._lists[key].steps if style and key in self._lists else {}
        return next((place for place, step in steps.items() if step.style == style), None)

    def next(self, key: str, level: int) -> Drawn | None:
        """Return what is drawn before the next paragraph of a list at a level (from 0), or None where no list is."""
        one = self._lists.get(key)
        level = min(max(level, 0), LEVELS - 1)
        if one is None or level not in one.steps:
            return None
        counts = self._counts.setdefault(one.pattern, [None] * LEVELS)
        if level in one.starts and (key, level) not in self._begun:
            self._begun.add((key, level))
            counts[level] = None
        for place in range(level):  # a level that is skipped counts as if its first had been there
            if counts[place] is None:
                counts[place] = _start(one, place)
        before = counts[level]
        counts[level] = _start(one, level) if before is None else before + 1
        for place in range(level + 1, LEVELS):
            restart = one.steps[place].restart if place in one.steps else None
            if restart is None or level < restart:
                counts[place] = None
        step = one.steps[level]
        return Drawn(_bullet(step.text) if step.form == "bullet" else _label(one, step, counts), step.indent)


def _list(one: Any, pattern: str, steps: Mapping[int, Step]) -> List:
    own, starts = dict(steps), {}
    for each in one.iterfind(f"{W}lvlOverride"):
        place = whole(each.get(f"{W}ilvl"), 0)
        if not 0 <= place < LEVELS:
            continue
        level = each.find(f"{W}lvl")
        if level is not None:
            own[place] = _step(level)[1]
        said = value(each, "startOverride")
        if said:
            starts[place] = whole(said, 1)
            own[place] = replace(own.get(place, Step()), start=starts[place])
    return List(pattern, own, starts)


def _step(one: Any) -> tuple[int, Step]:
    restart = value(one, "lvlRestart")
    legal = one.find(f"{W}isLgl")
    indents = one.find(f"{W}pPr/{W}ind")
    return whole(one.get(f"{W}ilvl"), 0), Step(
        start=whole(value(one, "start"), 1 if one.find(f"{W}start") is None else 0),
        form=value(one, "numFmt") or "decimal",
        text=value(one, "lvlText"),
        restart=whole(restart, 0) if restart else None,
        is_legal=legal is not None and is_on(legal),
        indent=left(indents),
        style=value(one, "pStyle"),
    )


def _start(one: List, place: int) -> int:
    return one.steps[place].start if place in one.steps else 1


def _label(one: List, step: Step, counts: list[int | None]) -> str:
    def said(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        count = counts[place]
        inner = one.steps.get(place, Step())
        form = "decimal" if step.is_legal and inner is not step else inner.form
        return written(_start(one, place) if count is None else count, form)

    return PLACE.sub(said, step.text).strip()


def _bullet(text: str) -> str:
    text = text.strip()
    return "–" if text and text in DASHES else BULLET


def written(count: int, form: str) -> str:
    """Return a count as a list writes it: "3", "c", "III"; what we do not know is written with digits."""
    if form in ("none", "bullet"):
        return ""
    if form in ("lowerLetter", "upperLetter") and 0 < count <= 26 * 30:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        letters = ""
        for worth, sign in ROMAN:
            letters += sign * (count // worth)
            count %= worth
        return letters.upper() if form == "upperRoman" else letters
    return f"{count:02d}" if form == "decimalZero" else f"{count}." if form == "ordinal" else str(count)


# ---- what the elements of word processing say ----


def value(one: Any, name: str) -> str:
    """Return what a child's `val` says, or ""."""
    child = one.find(W + name)
    return "" if child is None else child.get(f"{W}val", "")


def whole(said: str | None, default: int) -> int:
    """Return a whole number as it is written, or the default; decimals are cut off, and none is beyond a million."""
    try:
        return max(-1_000_000, min(int(float(said or "")), 1_000_000))
    except (ValueError, OverflowError):
        return default


def is_on(one: Any) -> bool:
    """Say whether an element that is either on or off is on."""
    return one.get(f"{W}val", "1") not in ("0", "false", "off", "none")


def left(one: Any | None) -> float | None:
    """Return the left indent of a `w:ind` in points."""
    said = None if one is None else one.get(f"{W}left", one.get(f"{W}start"))
    return None if said is None else whole(said, 0) / 20
