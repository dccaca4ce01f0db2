"""Which lines belong to the pages and not to the text: running heads and feet, page numbers, tables of contents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIGITS = re.compile(r"\d+")
ROMAN = re.compile(r"[ivxlc]+")
PAGE_WORDS = r"(?:side|page|s\.)"
OF_PAGES = r"(?:\s*(?:av|of|/|\|)\s*\d{1,4})?"
PAGE_NUMBER = re.compile(
    rf"(?:[-–|•·]\s*)?(?:{PAGE_WORDS}\s*)?[-–|]?\s*\d{{1,4}}{OF_PAGES}(?:\s*(?:[-–|]|\|?\s*{PAGE_WORDS}))?",
    re.IGNORECASE,
)
WORDED_NUMBER = re.compile(
    rf"{PAGE_WORDS}\s*\d{{1,4}}{OF_PAGES}|\d{{1,4}}\s+(?:av|of)\s+\d{{1,4}}|[-–]\s*\d{{1,4}}\s*[-–]", re.IGNORECASE
)
ENDS_IN_PAGE = re.compile(rf"[\s|–-]{PAGE_WORDS}\s*\d{{1,4}}{OF_PAGES}", re.IGNORECASE)
CONTENTS_HEADS = {
    "innhold", "innhald", "innholdsfortegnelse", "innhaldsliste", "innholdsliste", "innholdsoversikt",
    "innhaldsoversikt", "innhaldsoversyn", "contents",
}  # fmt: skip
HEADING_LIKE = re.compile(r"[^\W\d]+(?: [^\W\d]+)? \d+")
LEADERS = re.compile(r"(?:\s?[.…_·]){4,}\s*\d{0,4}(?:\s*[.…·]+)?\s*$|…\s?\d{1,4}\s*$")
ENDS_IN_NUMBER = re.compile(r"\S\s+\d{1,3}\s*$")
FEWEST = 3
"""A line must stand on as many pages before it is taken for a running one."""
LONGEST_RUNNING = 60
"""Signs in a sentence from which it is taken for text however often it is said."""
PAGE_LENGTH, MOST_BACK = 14, 60
"""Lines with text between page numbers at least; how many numbers to look back over."""
EDGE = 4
"""How many lines from the edge of a page a running head or foot may reach."""


def is_page_number(text: str) -> bool:
    """Say whether a line is nothing but a page number, with or without a word for it."""
    return bool(PAGE_NUMBER.fullmatch(text) or (len(text) < 7 and ROMAN.fullmatch(text)))


def worded(texts: Iterable[str]) -> set[int]:
    """Return which lines are a page's number with words for it («Side 3 av 20»), wherever on the page they came out."""
    found = {at for at, said in enumerate(texts) if WORDED_NUMBER.fullmatch(said)}
    return found if len(found) > 1 else set()


def running(edges: Sequence[Sequence[tuple[str, float]]], *, foot: bool) -> set[tuple[int, int]]:
    """Return which lines near an edge of their pages are running ones, as (page, how many lines from the edge).

    `edges` has each page's lines at the upper or lower edge, the nearest first, with how high they stand (0 where that
    is not known). A line is running when enough pages have it in the same place, or have it with a number that follows
    the pages: on three pages, and a third of them (an eighth of a long document's); on both pages of two, when they
    have the same three words in the same place. A heading of one or two words with a number («Mål 1») is none, even
    where each begins a page. Nothing beyond the text's first line is a running line: only the
    line nearest the edge, a chapter's name perhaps, may be none before one that is.
    """
    counts: Counter[tuple[object, ...]] = Counter()
    for page, edge in enumerate(edges):
        counts.update({key for said, place in edge for key in _keys(said, place, page, foot=foot)})
    filled = sum(bool(edge) for edge in edges)
    share = filled // 3 if filled < 30 else filled // 8
    enough, enough_numbers = max(FEWEST, share), min(FEWEST, filled)
    found = set()
    for page, edge in enumerate(edges):
        for depth, (said, place) in enumerate(edge):
            most = max((counts[key] for key in _keys(said, place, page, foot=foot)), default=0)
            if len(said) > LONGEST_RUNNING and said[-1] in ".:;,":
                break
            is_sure = place or ENDS_IN_PAGE.search(said)
            is_on_both = is_sure and filled == most == 2 and len(said.split()) > 2
            if most >= (enough_numbers if is_page_number(said) else enough) or is_on_both:
                found.add((page, depth))
            elif depth:
                break
    return found


def _keys(said: str, place: float, page: int, *, foot: bool) -> Iterable[tuple[object, ...]]:
    """Return what a running line has in common with those on other pages: its words, or all but a page's number."""
    height = round(place / 8)
    if not is_page_number(said):
        yield said.casefold(), height
    for number in DIGITS.finditer(said):
        around = said[: number.start()] + "#" + said[number.end() :]
        ahead = int(number[0]) - page if len(number[0]) < 5 else None
        words = sum(any(sign.isalpha() for sign in word) for word in around.split())
        is_the_pages = ahead == 1 and (foot or not HEADING_LIKE.fullmatch(said))
        if ahead is not None and (is_the_pages or words >= 3 or is_page_number(said)):
            yield around.casefold(), height, ahead
    if len(said) < 7 and ROMAN.fullmatch(said.casefold()):
        yield "roman", height


def loose_running(lines: Iterable[tuple[int, str]]) -> set[int]:
    """Return which lines are running ones in a text whose pages are not told apart; lines come with their places.

    Sure signs only: «Side 3 av 20» or a bare number that grows through the text, far apart; a line said again and again
    beside such numbers; a long line of the same words with a number that grows.
    """
    told = [(at, said) for at, said in lines if said]
    numbered: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, said in told:
        digits = DIGITS.findall(said)
        if is_page_number(said) or WORDED_NUMBER.fullmatch(said):
            numbered["# of pages" if WORDED_NUMBER.fullmatch(said) else "#"].append((at, int((digits or ["0"])[0])))
        elif re.match(r"\d{1,3}\s\D", said) and len(said.split()) >= 4:
            numbered[said.split(maxsplit=1)[1].casefold()].append((at, int(digits[0])))
        elif re.search(r"[\s|]\d{1,3}$", said) and len(said.split()) >= 5:
            numbered[said.rsplit(maxsplit=1)[0].casefold() + " #"].append((at, int(digits[-1])))
    found: set[int] = set()
    for places in numbered.values():
        found |= _chain(places)
    return found | _beside(told, found)


def _chain(places: Sequence[tuple[int, int]]) -> set[int]:
    """Return the longest row of places whose numbers grow by small steps, a page's length apart: page numbers do."""
    longest = [1] * len(places)
    before: list[int | None] = [None] * len(places)
    for at, (line, number) in enumerate(places):
        for by in range(max(0, at - MOST_BACK), at):
            if places[by][0] + PAGE_LENGTH <= line and 1 <= number - places[by][1] <= 5 and longest[by] >= longest[at]:
                longest[at], before[at] = longest[by] + 1, by
    last = max(range(len(places)), key=longest.__getitem__)
    if longest[last] < FEWEST:
        return set()
    found, step = set(), last
    while True:
        found.add(places[step][0])
        above = before[step]
        if above is None:
            return found
        step = above


def _beside(told: list[tuple[int, str]], numbers: set[int]) -> set[int]:
    """Return the lines that are said again and again, each time next to a page number."""
    near: dict[str, list[int]] = defaultdict(list)
    every: Counter[str] = Counter(said.casefold() for _at, said in told)
    for place, (at, said) in enumerate(told):
        if at not in numbers and any(told[by][0] in numbers for by in (place - 1, place + 1) if 0 <= by < len(told)):
            near[said.casefold()].append(at)
    return {
        at for said, places in near.items() if len(places) >= FEWEST and every[said] == len(places) for at in places
    }


def is_contents_head(text: str) -> bool:
    """Say whether a line is the heading of a table of contents."""
    return text.strip(" :.").casefold() in CONTENTS_HEADS


def contents(lines: Sequence[str], pages: Sequence[int]) -> set[int]:
    """Return which lines are of a table of contents: with leaders to a number, and what stands among such lines.

    Without leaders, it takes a heading that says so and at least three lines in a row that end with numbers that grow.
    """
    found = {at for at, said in enumerate(lines) if LEADERS.search(said) and any(sign.isalpha() for sign in said)}
    found |= {at for at, said in enumerate(lines) if LEADERS.fullmatch(said)}
    for first, second in _neighbours(sorted(found), lines, pages):
        found.update(range(first + 1, second))
    for at, said in enumerate(lines):
        if is_contents_head(said):
            listed = _listed(lines, at)
            if listed or any(at < place <= at + 4 for place in found):
                found.update({at, *listed})
    if found:
        found |= _wrapped(lines, pages, found)
    return found


def _neighbours(places: list[int], lines: Sequence[str], pages: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Yield pairs of lines with leaders that have only a line or two of words between them, on the same page."""
    for first, second in pairwise(places):
        said = [line for line in lines[first + 1 : second] if line]
        if len(said) <= 2 and pages[first] == pages[second] and all(len(line) < 120 for line in said):
            yield first, second


def _listed(lines: Sequence[str], head: int) -> set[int]:
    """Return the lines below a heading of contents that end with numbers that never fall."""
    listed: list[int] = []
    highest = 0
    waiting: list[int] = []
    for at in range(head + 1, len(lines)):
        if not lines[at]:
            continue
        number = re.search(r"(\d{1,3})\s*$", lines[at])
        if (
            number
            and highest <= int(number[1]) <= max(highest, 1) + 60
            and (ENDS_IN_NUMBER.search(lines[at]) or lines[at].isdigit())
        ):
            listed += [*waiting, at]
            highest, waiting = int(number[1]), []
        elif len(waiting) < 2 and not lines[at].endswith("."):
            waiting.append(at)
        else:
            break
    return set(listed) if len(listed) >= FEWEST else set()


def _wrapped(lines: Sequence[str], pages: Sequence[int], found: set[int]) -> set[int]:
    """Return the line above the first of a run when it is the beginning of an entry that went over two lines."""
    more = set()
    for at in found:
        above = at - 1
        if (
            above >= 0
            and above not in found
            and lines[above]
            and pages[above] == pages[at]
            and re.match(r"\d+(\.\d+)*\.?\s\D", lines[above])
            and not re.match(r"\d+(\.\d+)*\.?\s\D", lines[at])
        ):
            more.add(above)
    return more
