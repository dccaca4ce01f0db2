"""Tables of measures, of goals and strategies: their rows in order of print, whatever the order of the columns.

A table of anything else is refused: statistics, indicators, strengths and weaknesses, who takes part, a process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from strategy.importing.finding import cards, cells, heads, marks, money, words
from strategy.importing.finding.cells import Entry
from strategy.importing.finding.columns import DETAILS, YEARS, About, column_of
from strategy.importing.finding.heads import Columns
from strategy.importing.finding.numbered import as_group, outer_rows
from strategy.importing.finding.remarks import is_remark, sole, without_notes
from strategy.importing.proposal import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from strategy.importing.document import Table, TableRow

LONGEST_GROUP = 160
CROSSES = re.compile(r"(?:x|✓|✔|●|■|•|ja|v)", re.I)


class Found(NamedTuple):
    """A table's entries and how sure it is that they are the plan's; `columns` is for a table that goes on from it."""

    entries: tuple[Entry, ...]
    columns: Columns
    certainty: Certainty = Certainty.SURE


@dataclass
class Reading:
    """A table on its way: its columns, the values of the outer ones, and what is found."""

    columns: Columns
    is_past: Callable[[str], bool]
    above: dict[int, str] = field(default_factory=dict)
    groups: list[Entry] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    last: str = ""
    outer: frozenset[TableRow] = frozenset()
    """Rows that others stand under by their numbers."""

    @property
    def depth(self) -> int:
        return len(self.groups) + len([value for value in self.above.values() if value])


def entries_of(
    table: Table, before: Columns | None = None, *, heading: str = "", is_past: Callable[[str], bool] = words.is_done
) -> Found | None:
    """Return what a table says of goals, strategies and measures, or None where it is a table of something else.

    `before` are the columns of the table right above, which this one may go on from without a head. `heading` is the
    nearest heading or caption above. A sheet, a title, a column or a group `is_past` when what it holds has been done.
    """
    if is_past(table.name):
        return None
    rows = [row for row in table.rows if any(cell.strip() for cell in row.cells)]
    width = max((len(row.cells) for row in rows), default=0)
    if width < 2:
        return None
    rows = [replace(row, cells=row.cells + ("",) * (width - len(row.cells))) for row in rows]
    start, columns = heads.worded(rows)
    if columns is None:
        start, columns = heads.first_head(rows)
    goes_on = before is not None and len(before.all) == width
    if goes_on and before is not None and heads.fits(before, rows[: start - 1] if columns else rows):
        start, columns = 0, before
    if columns is None:
        card = cards.read(rows)
        if card:
            return Found(card, Columns((None,) * width), Certainty.LIKELY)
        columns, start = heads.guessed(rows), 0
    if columns is None:
        return None
    if any(sole(row) is not None and is_past(cells.joined("\n".join(row.cells))) for row in rows[:start]):
        return None
    columns = heads.settled(columns.without(is_past), rows[start:])
    certainty = heads.certainty(columns, rows[start:], heading)
    if certainty is None:
        return None
    reading = Reading(columns, is_past)
    _take_rows_above(reading, rows[:start])
    _take_group_in_head(reading, rows[start - 1] if start else None)
    below = without_notes(rows[start:], columns, is_sheet=bool(table.name))
    reading.outer = outer_rows(below, columns)
    _take_rows(reading, below)
    return Found(tuple(reading.entries), columns, certainty) if reading.entries else None


# ---- rows ----


def _take_rows_above(reading: Reading, rows: Iterable[TableRow]) -> None:
    """Take the groups that stand above the head: "Satsingsområde 1: …"; a title of the whole table is none."""
    for row in rows:
        named = _named_above(row)
        if named is not None:
            _take_group(reading, replace(row, cells=(named,)))
        elif sole(row) is not None and _is_group_above(row):
            _take_group(reading, row)


def _named_above(row: TableRow) -> str | None:
    """Return a goal that a row says in two cells, its word in the first one: "Mål | Flere i arbeid"."""
    said = [cells.joined(cell) for cell in row.cells if cell.strip()]
    column = column_of(said[0]) if len(said) == 2 and column_of(said[1]) is None else None
    return f"{said[0].rstrip(':')}: {said[1]}" if column is not None and column.about is About.LEVEL else None


def _is_group_above(row: TableRow) -> bool:
    text = cells.joined(next(cell for cell in row.cells if cell.strip()))
    label = marks.label_of(text)
    if label is not None:
        return bool(label.text)
    return (
        len(text) <= LONGEST_GROUP
        and words.GENERIC.search(text) is None
        and YEARS.search(text) is None
        and text[-1] not in ".:"
    )


def _take_rows(reading: Reading, rows: Sequence[TableRow]) -> None:
    plain = [row for row in rows if sole(row) is None]
    is_over = False
    for place, row in enumerate(rows):
        head = heads.head(row)
        if sole(row) is not None and _is_group(reading, row, rows[place + 1 : place + 2], plain):
            is_over = reading.is_past(cells.joined("\n".join(dict.fromkeys(row.cells))))
        if is_over:
            continue
        if head is not None:
            _take_head(reading, row, head, rows[place + 1 :])
        elif is_remark(row):
            continue
        elif sole(row) is not None and _is_group(reading, row, rows[place + 1 : place + 2], plain):
            _take_group(reading, row)
        elif row in reading.outer:
            _take_group(reading, as_group(row, reading.columns))
        elif not _is_second_head(reading, row):
            _take_row(reading, row)


def _take_head(reading: Reading, row: TableRow, head: Columns, below: Sequence[TableRow]) -> None:
    """Take a head that is repeated: the same columns, or others from here on; a goal in it is a group."""
    if [one and one.about for one in head.all] != [one and one.about for one in reading.columns.all]:
        reading.columns = heads.settled(head, below)
    _take_group_in_head(reading, row)


def _take_group_in_head(reading: Reading, row: TableRow | None) -> None:
    """Take what the head of the measures says of a goal or strategy: "Delmål 1.1 Flere i jobb | Ansvar | Frist"."""
    place = reading.columns.measure
    column = reading.columns.all[place] if place is not None else None
    label = marks.label_of(cells.joined(column.head)) if column is not None else None
    if row is None or column is None or label is None:
        return
    if label.text and not label.group and label.word not in words.MEASURES:
        _take_group(reading, replace(row, cells=(column.head,)))


def _is_second_head(reading: Reading, row: TableRow) -> bool:
    """Say whether a row repeats only the lower heads: years, or units."""
    said = [cell for cell in row.cells if cell.strip()]
    return all((one := column_of(cell)) is not None and one.about in {About.YEAR, *DETAILS} for cell in said)


def _is_group(reading: Reading, row: TableRow, below: Sequence[TableRow], plain: Sequence[TableRow]) -> bool:
    """Say whether a row with one cell names what stands below it, and is no measure without details."""
    place = sole(row) or 0
    text = cells.joined(row.cells[place])
    measure = reading.columns.measure
    label = marks.label_of(text)
    if label is not None and label.word not in words.MEASURES and (label.text or label.number):
        return True
    if len(text) > LONGEST_GROUP or "\n" in row.cells[place].strip() or text[-1] in ".:;,":
        return False
    if label is not None or not below:
        return False
    if place != measure and place not in reading.columns.places(About.LEVEL) and not _goes_on(text):
        return place == 0 or text[0].isupper()
    if sole(below[0]) is not None or measure is None:
        return False
    others = reading.columns.places(*DETAILS, About.YEAR, About.NUMBER)
    full = sum(any(row.cells[one].strip() for one in others) for row in plain)
    depth = cells.depth_of(cells.part_of(text).number)
    deepest = max((cells.depth_of(cells.part_of(row.cells[measure]).number) for row in plain), default=0)
    is_named = not depth or not deepest
    return 0 < depth < deepest or (full * 10 >= len(plain) * 9 and is_named and not _goes_on(text))


def _goes_on(text: str) -> bool:
    return text[0].islower()


def _take_group(reading: Reading, row: TableRow) -> None:
    """Take a group row: groups of the same word, or deeper ones, end where it begins."""
    part = cells.part_of(row.cells[sole(row) or 0])
    if (
        reading.groups
        and part.number
        and reading.groups[-1].number == part.number
        and reading.groups[-1].text == part.text
    ):
        return
    while reading.groups and _ends(reading.groups[-1], part):
        reading.groups.pop()
    reading.above.clear()
    entry = Entry(part.word, part.number, part.text, row.page, row.number, depth=len(reading.groups), said=part.text)
    reading.groups.append(entry)
    reading.entries.append(entry)


def _ends(group: Entry, part: cells.Part) -> bool:
    """Say whether a group is over where another begins: the same word, an outer one, or a number as deep."""
    if group.word and part.word and group.word != part.word:
        return words.RANKS[group.word] > words.RANKS[part.word]
    if group.number and part.number:
        return cells.depth_of(group.number) >= cells.depth_of(part.number)
    return group.word == part.word or not group.word


def _take_row(reading: Reading, row: TableRow) -> None:
    """Take an ordinary row: what is new in its outer columns, then its measures."""
    measure = reading.columns.measure
    if measure is None:
        return
    _take_outer(reading, row, measure)
    several = reading.columns.places(About.MEASURE)
    for place in several if len(several) > 1 else [measure]:
        _take_measures(reading, row, place)


def _take_measures(reading: Reading, row: TableRow, measure: int) -> None:
    """Take what a cell of measures lists; the same as in the row above is said once, small letters go on from it."""
    columns = reading.columns
    said = row.cells[measure].strip()
    is_numbered = bool(_cell(columns, row, About.NUMBER))
    if not said or (said == reading.last and not is_numbered):
        return
    if _goes_on(said) and reading.entries and reading.entries[-1].is_measure and not is_numbered:
        reading.entries[-1] = _longer(reading.entries[-1], said, _cell(columns, row, About.DESCRIPTION))
        return
    reading.last = said
    column = columns.all[measure]
    is_measure = bool(column and column.about is About.MEASURE) or bool(columns.places(*DETAILS))
    its = words.lemma(_cell(columns, row, About.WORD)) if columns.places(About.WORD) else None
    if its is not None and its not in words.MEASURES:
        _take_named(reading, row, its, said)
        return
    own = column.word if column is not None and not (reading.outer and column.about is About.LEVEL) else words.MEASURE
    parts = [part for part in cells.parts_of(said) if part.text]
    number = cells.number_of(_cell(columns, row, About.NUMBER)) if len(parts) == 1 else None
    for place, part in enumerate(parts):
        word = part.word or its or own
        entry = Entry(
            word, part.number or number, part.text, row.page, row.number, part.below,
            depth=reading.depth, is_measure=is_measure,
        )  # fmt: skip
        entry = _with_details(entry, columns, row, place, len(parts))
        if len(columns.places(About.MEASURE)) > 1 and column is not None and not entry.due:
            entry = entry._replace(due=" ".join(_years_in(column.head)))
        reading.entries.append(entry)


def _take_named(reading: Reading, row: TableRow, word: str, said: str) -> None:
    """Take a row that says in a column of its own that it is a goal or strategy: it is above the rows that follow."""
    number = cells.number_of(_cell(reading.columns, row, About.NUMBER))
    while reading.groups and words.RANKS[reading.groups[-1].word or word] >= words.RANKS[word]:
        reading.groups.pop()
    part = cells.part_of(said)
    entry = Entry(
        word, part.number or number, part.text, row.page, row.number, depth=len(reading.groups), said=part.text
    )
    reading.groups.append(entry)
    reading.entries.append(entry)


def _years_in(head: str) -> list[str]:
    """Return the years that the head of one of several columns of measures names."""
    return YEARS.findall(head) or re.findall(r"\b20\d\d\b", head)


def _take_outer(reading: Reading, row: TableRow, measure: int) -> None:
    """Take the goals and strategies of the outer columns, each where it changes; a new one empties those inside it."""
    levels = [place for place in reading.columns.places(About.LEVEL) if place != measure]
    for order, place in enumerate(levels):
        said = row.cells[place].strip()
        if not said or said == reading.above.get(place) or not (cells.is_text(said) or cells.number_of(said)):
            continue
        for inner in levels[order:]:
            reading.above.pop(inner, None)
        column = reading.columns.all[place]
        for part in cells.parts_of(said)[:1]:
            word = part.word or (column.word if column is not None else "")
            text = part.text if len(cells.parts_of(said)) == 1 else cells.joined(said)
            entry = Entry(word, part.number, text, row.page, row.number, part.below, depth=reading.depth, said=said)
            reading.entries.append(entry)
        reading.above[place] = said
        reading.last = ""


def _longer(entry: Entry, said: str, below: str) -> Entry:
    """Return an entry with the rest of it, from a row that was torn in two; `below` is the rest of its description."""
    if below:
        text, description = (
            cells.joined(f"{one}\n{two}") for one, two in ((entry.text, said), (entry.description, below))
        )
        return entry._replace(text=text, description=description)
    if entry.description:
        return entry._replace(description=cells.joined(f"{entry.description}\n{said}"))
    return entry._replace(text=cells.joined(f"{entry.text}\n{said}"))


def _cell(columns: Columns, row: TableRow, *about: About) -> str:
    """Return what the columns of a kind say in a row, one after the other."""
    return "\n".join(row.cells[place].strip() for place in columns.places(*about) if row.cells[place].strip())


def _with_details(entry: Entry, columns: Columns, row: TableRow, place: int, of: int) -> Entry:
    """Return an entry with what the row's other cells say; a cell with a line for each measure is shared out."""

    def said(*about: About) -> str:
        text = _cell(columns, row, *about)
        lines = [line for line in text.split("\n") if line.strip()]
        return cells.part_of(lines[place]).text if of > 1 and len(lines) == of else text

    texts = [entry.description, said(About.DESCRIPTION)]
    due = said(About.DUE)
    responsible = said(About.RESPONSIBLE)
    also = next((one.also for one in columns.all if one is not None and one.about is About.RESPONSIBLE), None)
    return entry._replace(
        description="\n".join(text for text in texts if text),
        responsible=", ".join(cells.part_of(line).text for line in responsible.split("\n") if line.strip()),
        due=cells.joined(due or _crossed(columns, row) or (responsible if also is About.DUE else "")),
        cost=cells.joined(_money(columns, row, said(About.COST))),
        status=cells.joined(said(About.STATUS)),
        global_goals=cells.joined(said(About.GLOBAL_GOALS)),
        said=" | ".join(cells.joined(cell) for cell in row.cells if cell.strip()),
    )


def _crossed(columns: Columns, row: TableRow) -> str:
    """Return the last year that is crossed off in columns of years, as text."""
    years = [(columns.all[place], row.cells[place].strip()) for place in columns.places(About.YEAR)]
    crossed = [one.year for one, said in years if one is not None and CROSSES.fullmatch(said)]
    return str(max(crossed)) if crossed else ""


def _money(columns: Columns, row: TableRow, said: str) -> str:
    """Return what a measure costs, as text: its own cell, or what the columns of years add up to."""
    places = columns.places(About.COST)
    scale = max((one.scale for place in places if (one := columns.all[place]) is not None), default=1)
    if said:
        nok = money.cost(said, alone=True, scale=scale)
        return said if nok is None else f"kr {nok}"
    total = 0
    for place in columns.places(About.YEAR):
        one, text = columns.all[place], row.cells[place].strip()
        nok = money.cost(text, alone=True, scale=one.scale) if one is not None else None
        if nok is None and re.search(r"[1-9]", text):
            return ""
        total += nok or 0
    return f"kr {total}" if total else ""
