"""The heads of tables: where they stand, what their columns mean together, and whether it is a table of measures."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from strategy.importing.finding import cells, dates, marks, words
from strategy.importing.finding.columns import DETAILS, PROCESS, PROCESS_STEP, About, Column, column_of
from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from strategy.importing.document import TableRow

BY_TIME = re.compile(r"20\d\d|kort|lang|mellomlang|strak|nå\b|no\b|senere|seinare", re.I)
"""In the heads of several columns of measures: they differ in when."""
MOST_HEAD_ROWS = 12
"""Rows that are looked at for the first head."""


FEWEST_NODES = 3
"""Rows that say what they are, at least, of a table that is known by that."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table from left to right; None is one that is not known. `depth` is of the last measure."""

    all: tuple[Column | None, ...]

    def places(self, *about: About) -> list[int]:
        return [place for place, one in enumerate(self.all) if one is not None and one.about in about]

    def without(self, is_past: Callable[[str], bool]) -> Columns:
        """Return the columns without those of measures or goals that the head says are past."""
        of_rows = {About.MEASURE, About.LEVEL}
        return Columns(tuple(None if one and one.about in of_rows and is_past(one.head) else one for one in self.all))

    @property
    def measure(self) -> int | None:
        """Return the place of the column whose cells are the innermost: measures, or what there is of levels."""
        for place in self.places(About.MEASURE):
            return place
        levels = self.places(About.LEVEL)
        return levels[-1] if levels else None


# ---- heads ----


def first_head(rows: Sequence[TableRow]) -> tuple[int, Columns | None]:
    """Return where the first head ends and its columns, looked for in the first rows."""
    for place, row in enumerate(rows[:MOST_HEAD_ROWS]):
        columns = head(row)
        if columns is not None:
            second = _second_head(columns, rows[place + 1]) if place + 1 < len(rows) else None
            return (place + 2, second) if second is not None else (place + 1, columns)
    return 0, None


def head(row: TableRow) -> Columns | None:
    """Return the columns of a row that is a head: most cells are known, and one is of levels or two of details."""
    said = [cell for cell in row.cells if cell.strip()]
    found = [column_of(cell) for cell in row.cells]
    known = [one for one in found if one is not None]
    abouts = {one.about for one in known}
    needed = 1 if row.is_head and About.MEASURE in abouts else 2
    clear = sum(one.about not in {About.YEAR, About.THEME, About.OTHER} for one in known)
    years = sum(one.about is About.YEAR for one in known)
    if (
        clear + (years if years > 1 else 0) < needed
        or len(known) < needed
        or len(known) * 2 < len(said)
        or len(said) < 2
    ):
        return None
    if not abouts & {About.MEASURE, About.LEVEL}:
        found = _headed_by_group(row, found)
        if len(abouts & DETAILS) < 2 or not any(one is not None and one.about is About.MEASURE for one in found):
            return None
    return Columns(tuple(found))


def _headed_by_group(row: TableRow, found: list[Column | None]) -> list[Column | None]:
    """Take a cell of the head that names a goal ("Mål 1: …") or a thing to do as the head of the measures below it."""
    about = [one.about if one is not None else None for one in found]
    if About.DESCRIPTION in about:
        place = about.index(About.DESCRIPTION)
        is_weak = words.MEASURE not in row.cells[place].lower()
        return [
            *found[:place],
            Column(About.MEASURE, words.MEASURE, head=row.cells[place], is_weak=is_weak),
            *found[place + 1 :],
        ]
    place = next((place for place, one in enumerate(found) if one is None and row.cells[place].strip()), -1)
    if place < 0:
        return found
    label = marks.label_of(cells.joined(row.cells[place]))
    if label is None:
        return found
    return [*found[:place], Column(About.MEASURE, words.MEASURE, head=row.cells[place]), *found[place + 1 :]]


def _second_head(columns: Columns, row: TableRow) -> Columns | None:
    """Return the columns with what a second row of heads says below the first, or None where it is no such row."""
    below = [cell.strip() for cell in row.cells]
    new = [column_of(cell) if cell else None for cell in below]
    repeated = [one is not None and cell == one.head.strip() for one, cell in zip(columns.all, below, strict=True)]
    fresh = [one for one, same in zip(new, repeated, strict=True) if one is not None and not same]
    filled = sum(bool(cell) for cell in below)
    if not fresh or len(fresh) + sum(repeated) < filled or any(one.about is About.MEASURE for one in fresh):
        return None
    merged: list[Column | None] = []
    scale = 1
    for upper, lower, cell, same in zip(columns.all, new, below, repeated, strict=True):
        scale = upper.scale if upper is not None else scale
        if not cell or same or lower is None:
            merged.append(upper)
        else:
            merged.append(replace(lower, scale=max(lower.scale, scale)))
    return Columns(tuple(merged))


def worded(rows: Sequence[TableRow]) -> tuple[int, Columns | None]:
    """Return where the head ends and its columns, where a column says of each row what it is: «Nivå», «Type».

    What the rows say stands under a head of measures, else under one that is not known («Navn»), else is a description.
    """
    for place, row in enumerate(rows[:MOST_HEAD_ROWS]):
        body = [one for one in rows[place + 1 :] if sum(map(bool, one.cells)) > 1]
        said = [[one.cells[at].strip() for one in body if one.cells[at].strip()] for at in range(len(row.cells))]
        is_head = sum(map(bool, row.cells)) > 1
        word = next((at for at, cells_ in enumerate(said) if _are_words(cells_)), None)
        if not is_head or word is None or words.lemma(row.cells[word]) is not None or len(said[word]) < FEWEST_NODES:
            continue
        found = [column_of(cell) for cell in row.cells]
        found[word] = Column(About.WORD, head=row.cells[word])
        if not any(one is not None and one.about is About.MEASURE for one in found):
            free = [at for at, one in enumerate(found) if one is None and row.cells[at].strip()]
            told = free or [at for at, one in enumerate(found) if one is not None and one.about is About.DESCRIPTION]
            if not told:
                continue
            text = max(told, key=lambda at: sum(map(len, said[at])))
            found[text] = Column(About.MEASURE, words.MEASURE, head=row.cells[text], is_weak=True)
        return place + 1, Columns(tuple(found))
    return 0, None


def fits(columns: Columns, rows: Sequence[TableRow]) -> bool:
    """Say whether rows without a head look like those of the columns above them."""
    place = columns.measure
    if place is None:
        return False
    said = [row.cells[place] for row in rows if row.cells[place].strip()]
    times = [row.cells[one] for row in rows for one in columns.places(About.DUE) if row.cells[one].strip()]
    return sum(map(cells.is_text, said)) * 10 >= len(said) * 7 > 0 and (
        not times or any(dates.says_when(one) for one in times)
    )


def guessed(rows: Sequence[TableRow]) -> Columns | None:
    """Return the columns of a table without a head, where its rows are numbered and a column holds times."""
    width = len(rows[0].cells)
    columns: list[Column | None] = [None] * width
    share: list[float] = []
    for place in range(width):
        said = [row.cells[place] for row in rows if row.cells[place].strip()]
        share.append(sum(len(cell) for cell in said) / max(len(rows), 1) if said else 0)
        if said and len(said) * 2 >= len(rows):
            if sum(cells.number_of(cell) is not None for cell in said) == len(said):
                columns[place] = columns[place] or Column(About.NUMBER)
            elif sum(dates.says_when(cell) for cell in said) * 3 >= len(said) * 2:
                columns[place] = Column(About.DUE)
    text = max(range(width), key=lambda one: share[one])
    first = [cells.part_of(row.cells[text]) for row in rows]
    is_labelled = sum(one.word in words.MEASURES for one in first) * 3 >= len(first) * 2
    is_numbered = Column(About.NUMBER) in columns or sum(one.number is not None for one in first) * 3 >= len(first) * 2
    if columns[text] is not None or not (is_labelled or (is_numbered and Column(About.DUE) in columns)):
        return None
    columns[text] = Column(About.MEASURE, words.MEASURE, is_weak=True)
    return Columns(tuple(columns))


def _is_yearly(columns: Columns, rows: Sequence[TableRow]) -> bool:
    """Say whether the times of a table are months without a year: what is done each year, by those who follow up."""
    said = [row.cells[place] for row in rows for place in columns.places(About.DUE) if row.cells[place].strip()]
    return bool(said) and not any(dates.says_when(cell) for cell in said)


# ---- what the columns mean together ----


def settled(columns: Columns, rows: Sequence[TableRow]) -> Columns:
    """Return the columns with what their cells tell: which one of two holds the measures, where numbers stand."""
    body = [row for row in rows if sum(bool(cell.strip()) for cell in row.cells) > 1 and head(row) is None]
    found = list(columns.all)
    for place, one in enumerate(found):
        said = [row.cells[place] for row in body if row.cells[place].strip()]
        are_numbers = bool(said) and all(cells.number_of(cell) is not None for cell in said)
        may_number = columns.measure is not None and place < columns.measure and not columns.places(About.NUMBER)
        if one is None and are_numbers and may_number and len(said) * 2 >= len(body):
            found[place] = Column(About.NUMBER)
        elif (
            one and one.about in {About.MEASURE, About.LEVEL} and are_numbers and found[place + 1 : place + 2] == [None]
        ):
            found[place], found[place + 1] = Column(About.NUMBER), one
        elif _are_words(said):
            found[place] = Column(About.WORD, head=one.head if one is not None else "")
    measures = [place for place, one in enumerate(found) if one is not None and one.about is About.MEASURE]
    if len(measures) > 1:
        _settle_two(found, measures, body)
    _settle_levels(found, body)
    return Columns(tuple(found))


def _are_words(said: Sequence[str]) -> bool:
    """Say whether the cells of a column say what each row is: level words alone, more than one of them."""
    found = [words.lemma(cell) for cell in said]
    return len(set(found)) > 1 and None not in found


def _settle_two(found: list[Column | None], measures: list[int], body: Sequence[TableRow]) -> None:
    """Of several columns of deeds one holds the measures: the finer where the coarser is repeated, else the first."""
    strong = [place for place in measures if not found[place].is_weak] or measures  # type: ignore[union-attr]
    if len({found[place].word for place in strong}) == 1 and all(BY_TIME.search(found[place].head) for place in strong):  # type: ignore[union-attr]
        return
    coarse = strong[0]
    finer = next((place for place in strong[1:] if _runs(body, coarse) < _filled(body, place)), None)
    for place in measures:
        one = found[place]
        if one is None or place == (coarse if finer is None else finer):
            continue
        about = About.LEVEL if place == coarse and finer is not None else About.DESCRIPTION
        found[place] = replace(one, about=about)


def _settle_levels(found: list[Column | None], body: Sequence[TableRow]) -> None:
    """A goal to the right, new in each row, is what the measure is to reach; themes that repeat are groups."""
    measure = next((place for place, one in enumerate(found) if one is not None and one.about is About.MEASURE), None)
    if measure is None:
        return
    levels = [place for place, one in enumerate(found) if one is not None and one.about is About.LEVEL]
    for place in levels:
        one = found[place]
        runs, filled = _runs(body, place), _filled(body, place)
        numbered = any(cells.part_of(row.cells[place]).number for row in body)
        if (
            one is not None
            and place > measure
            and one.word == "mål"
            and runs == filled == len(body) > 2
            and not numbered
        ):
            found[place] = replace(one, about=About.INDICATOR)
    if not levels:
        for place, one in enumerate(found):
            if one is not None and one.about is About.THEME and 0 < _runs(body, place) < len(body):
                found[place] = replace(one, about=About.LEVEL, word="")
                return


def _runs(body: Sequence[TableRow], place: int) -> int:
    """Return how many times a column changes to something new, empty cells being as above."""
    values = [row.cells[place].strip() for row in body if row.cells[place].strip()]
    return sum(one != before for one, before in zip(values, ["", *values], strict=False))


def _filled(body: Sequence[TableRow], place: int) -> int:
    return sum(bool(row.cells[place].strip()) for row in body)


def certainty(columns: Columns, rows: Sequence[TableRow], heading: str) -> Certainty | None:
    """Return how sure it is that the table is of measures or goals, or None where it is of something else."""
    place = columns.measure
    abouts = Counter(one.about for one in columns.all if one is not None)
    if place is None:
        return None
    said = [row.cells[place] for row in rows if row.cells[place].strip()]
    if not said or sum(map(cells.is_text, said)) * 2 < len(said):
        return None
    steps = sum(PROCESS_STEP.search(cell) is not None for cell in said)
    one = columns.all[place]
    is_plain = one is not None and (one.is_weak or one.word != words.MEASURE)
    about_process = PROCESS.search(heading) or (words.ENDING.search(heading) and not words.lemmas_in(heading))
    if (
        abouts[About.MEASURE]
        and is_plain
        and (about_process or steps * 3 >= len(said) or (one and one.is_weak and _is_yearly(columns, rows)))
    ):
        return None
    details = len(DETAILS & set(abouts))
    if not abouts[About.MEASURE]:
        if abouts[About.INDICATOR] and not details:
            return None
        if abouts[About.YEAR] > 1 and not details:
            return None
        return Certainty.LIKELY if abouts[About.LEVEL] > 1 or details or abouts[About.DESCRIPTION] else None
    if abouts[About.WORD]:
        return Certainty.SURE
    if one is not None and one.is_weak:
        timed = abouts[About.DUE] and abouts[About.NUMBER]
        return Certainty.LIKELY if details > 1 or timed or (abouts[About.LEVEL] and details) else None
    if {About.RESPONSIBLE, About.DUE, About.STATUS, About.LEVEL, About.PARTNERS, About.NUMBER} & set(abouts):
        return Certainty.SURE
    if abouts[About.YEAR] or abouts[About.COST]:
        return Certainty.UNSURE
    return Certainty.LIKELY if abouts[About.DESCRIPTION] or abouts[About.INDICATOR] or abouts[About.START] else None
