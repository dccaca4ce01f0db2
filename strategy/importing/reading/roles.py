"""What each line of a PDF is, by how it is set: headings, points, captions, footnotes, a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING

from strategy.importing.document import Role
from strategy.importing.reading.recurring import contents
from strategy.importing.reading.rows import MARK, without_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from strategy.importing.reading.drafts import Draft
    from strategy.importing.reading.glyphs import Sheet, Word

LARGER, SMALLER = 1.07, 0.93
"""Shares of the body's size from which type is larger or smaller than it."""
LONGEST_HEADING, MOST_HEADING_LINES = 220, 4
LONGEST_BOLD, SMALLEST_BOLD = 170, 0.8
LONGEST_SENTENCE = 90
"""Signs of large type that ends with a full stop and may still be a heading."""
NUMBER_LARGER = 1.3
LOWEST = 9
USUAL_LEADING = 1.25
MOST_GAP = 5
BULLET = re.compile(r"[•▪▫◦‣∙●○■□◆◇►▶▸➢➤→✓✔✗–—\-*·»>o]\s+(?=\S)")
NUMBERED = re.compile(r"(?:\d{1,2}[.)]|\(?[a-zæøå]\)|[ivx]{1,4}\))\s+(?=\S)")
FIGURE_WORDS = "figur|tabell|bilde|bilete|illustrasjon|kart|diagram|graf|figure|table"
PICTURE_WORDS = r"\w*foto(?:graf)?(?: \w+){0,3}|bilde|bilete|illustrasjon|ill\.|kilder?|kjelder?"
CAPTION = re.compile(
    rf"(?:{FIGURE_WORDS})\s*\d+(?:[.\-]\d+)*\s*[:.–\-]?(?:\s|$)|(?:{PICTURE_WORDS})\s*[:/]\s*\S", re.IGNORECASE
)
CHAPTER = re.compile(r"\d{1,2}\.?")
CREDIT = re.compile(r"\b(?:foto|ill|illustrasjon)\s?[:.]\s", re.IGNORECASE)
NOTE = re.compile(r"(?:\d{1,3}|\*{1,3}|[†‡])\s?\S|https?://|www\.")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+$")
GLUED_MARK = re.compile(r"(?:(?<=[a-zæøå]{3})|(?<=[a-zæøå]{3}[.,:;)»]))\d{1,2}(?=\s|$)")
MARGIN = 60.0


def give_roles(drafts: Sequence[Draft], sheets: Sequence[Sheet]) -> None:
    """Say what each line is, in place; running heads and feet are known already."""
    rest = [one for one in drafts if one.role is Role.TEXT]
    if not rest:
        return
    body = body_size(word for one in rest for word in one.row.words)
    _margins(rest)
    _gaps(rest)
    _footnotes(rest, sheets, body)
    rest = [one for one in rest if one.role is Role.TEXT]
    for at in contents([one.text for one in rest], [one.page for one in rest]):
        rest[at].role = Role.CONTENTS
    rest = [one for one in rest if one.role is Role.TEXT]
    _captions(rest, sheets, body)
    _headings([one for one in rest if one.role is Role.TEXT], body)
    _items([one for one in rest if one.role is Role.TEXT])


def body_size(words: Iterable[Word]) -> float:
    """Return the size that most of the text has."""
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.type.size] += len(word.text)
    return sizes.most_common(1)[0][0]


def _margins(drafts: Sequence[Draft]) -> None:
    """Let a run that only has indented lines be measured from the margin that other runs have."""
    lefts = Counter(round(one.left) for one in drafts)
    for one in drafts:
        usual = [
            left
            for left, count in lefts.items()
            if one.left - MARGIN <= left < one.left - 1 and count > 0.15 * len(drafts)
        ]
        if usual:
            one.left = float(min(usual))


def _gaps(drafts: Sequence[Draft]) -> None:
    """Count the empty lines above each line, from how far lines stand from each other when none is between."""
    pairs = [(a, b) for a, b in pairwise(drafts) if a.run == b.run and a.page == b.page]
    steps = [(b.row.y - a.row.y) / a.size for a, b in pairs if a.size and abs(a.size - b.size) < 0.3]
    leading = median([step for step in steps if 0.9 < step < 2.2] or [USUAL_LEADING])
    for before, after in pairs:
        lines = (after.row.y - before.row.y) / (leading * max(before.size, after.size, 1.0))
        after.gap = min(MOST_GAP, max(0, int(lines - 0.3)))


def _footnotes(drafts: Sequence[Draft], sheets: Sequence[Sheet], body: float) -> None:
    """Mark the notes at the foot of each page, and take the references to them out of the text above."""
    for page, found in groupby(drafts, key=lambda one: one.page):
        lines = sorted(found, key=lambda one: one.row.y)
        sheet = sheets[page - 1]
        lowest = max((one.row.y for one in lines if one.size > SMALLER * body), default=0.0)
        foot = [one for one in lines if one.row.y > lowest]
        first = next((at for at, one in enumerate(foot) if _is_note(one)), None)
        if first is None or foot[first].row.y < 0.4 * sheet.height:
            continue
        notes = foot[first:]
        for one in notes:
            one.role = Role.FOOTNOTE
        marks = {mark[0] for one in notes if (mark := re.match(r"\d{1,3}|\*{1,3}|[†‡]", one.text))}
        for one in lines:
            if one.role is Role.TEXT and marks:
                _take_out(one, marks)


def _take_out(draft: Draft, marks: set[str]) -> None:
    """Take references to the page's notes out of a line, raised ones and those drawn by a small figure of the font."""
    draft.row = without_marks(draft.row, marks)
    draft.text = GLUED_MARK.sub(lambda found: "" if found[0] in marks else found[0], draft.row.text)


def _is_note(draft: Draft) -> bool:
    first = draft.row.words[0]
    if ADDRESS.match(draft.text) or (draft.marks and MARK.fullmatch(first.text) and first.type.size < draft.size):
        return True
    return bool(NOTE.match(draft.text)) and not NUMBERED.match(draft.text)


def _captions(drafts: Sequence[Draft], sheets: Sequence[Sheet], body: float) -> None:
    """Mark what is said of figures and pictures: lines that begin like it, and small type right below a picture."""
    before: Draft | None = None
    for one in drafts:
        begins = one.size <= LARGER * body and CAPTION.match(one.text)
        is_credited = one.size < SMALLER * body and CREDIT.search(one.text)
        is_more = before is not None and before.role is Role.CAPTION and _is_more(before, one, body)
        if begins or is_credited or is_more or _is_below_picture(one, sheets[one.page - 1], body):
            one.role = Role.CAPTION
        before = one


def _is_more(before: Draft, after: Draft, body: float) -> bool:
    """Say whether a caption goes on in the next line: set alike, and not like the text."""
    alike = (before.run, before.size, before.italic, before.bold) == (after.run, after.size, after.italic, after.bold)
    return alike and not after.gap and (after.size < SMALLER * body or after.italic)


def _is_below_picture(draft: Draft, sheet: Sheet, body: float) -> bool:
    if not (draft.size < SMALLER * body or (draft.italic and draft.size <= body)):
        return False
    return any(
        -2 < draft.row.y - draft.size - box.bottom < 1.5 * draft.size
        and box.x0 - 5 <= draft.x0 <= box.x1
        and box.x1 - box.x0 > 60
        for box in sheet.pictures
    )


def _headings(drafts: Sequence[Draft], body: float) -> None:
    """Mark headings: larger type, or bold lines of their own; the levels are the ranks of how they are set."""
    marked: list[tuple[tuple[float, bool], list[Draft]]] = []
    for group in _alike(drafts):
        said = " ".join(one.text for one in group)
        first = group[0]
        is_number = CHAPTER.fullmatch(said) and first.size >= NUMBER_LARGER * body
        if not (is_number or any(sign.isalpha() for sign in said)) or BULLET.match(said):
            continue
        is_larger = first.size >= LARGER * body and len(said) <= LONGEST_HEADING and len(group) <= MOST_HEADING_LINES
        is_bold = (
            first.bold
            and first.size >= SMALLEST_BOLD * body
            and len(said) <= LONGEST_BOLD
            and len(group) < MOST_HEADING_LINES
        )
        is_sentence = said.endswith(".") and len(said) > LONGEST_SENTENCE
        if (is_larger and not is_sentence) or (is_bold and not _runs_on(group[-1], drafts)):
            marked.append(((round(first.size), first.bold) if is_larger else (body, True), group))
    ranks = {style: at for at, style in enumerate(sorted({style for style, _group in marked}, reverse=True), 1)}
    for style, group in marked:
        for one in group:
            one.role, one.level = Role.HEADING, min(ranks[style], LOWEST)


def _alike(drafts: Sequence[Draft]) -> Iterable[list[Draft]]:
    """Yield lines in groups that follow each other without a gap, set alike."""
    group: list[Draft] = []
    for one in drafts:
        if group and (one.gap or _set_as(one) != _set_as(group[-1])) and not _goes_on(group[-1], one):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _goes_on(before: Draft, after: Draft) -> bool:
    """Say whether a number ends the line above, which ends in a dash: «… 2025–» and «2029»."""
    return not after.gap and before.text.endswith(("–", "-")) and _set_as(before)[:-1] == _set_as(after)[:-1]


def _set_as(draft: Draft) -> tuple[object, ...]:
    return draft.run, draft.page, draft.size, draft.bold, any(sign.isalpha() for sign in draft.text)


def _runs_on(last: Draft, drafts: Sequence[Draft]) -> bool:
    """Say whether a bold line is only the beginning of a sentence that goes on below in plain type."""
    at = next(place for place, one in enumerate(drafts) if one is last) + 1
    if at >= len(drafts) or drafts[at].run != last.run or drafts[at].gap:
        return False
    return drafts[at].text[:1].islower() and abs(drafts[at].size - last.size) < 0.3


def _items(drafts: Sequence[Draft]) -> None:
    """Mark points by their bullet or number; one that stands further in than the point before is a level lower."""
    starts: list[float] = []
    page_run: tuple[int, int] | None = None
    for one in drafts:
        if (one.page, one.run) != page_run or one.gap > 2:
            starts = [] if one.gap > 2 else starts[:1] and starts
            page_run = (one.page, one.run)
        if not (BULLET.match(one.text) or NUMBERED.match(one.text)):
            continue
        indent = one.x0 - one.left
        while starts and starts[-1] > indent + 4:
            starts.pop()
        if not starts or indent > starts[-1] + 4:
            starts.append(indent)
        one.role, one.level = Role.ITEM, len(starts)
