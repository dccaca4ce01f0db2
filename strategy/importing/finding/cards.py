"""Tables with a card for each measure: what each cell is about stands before it, not above it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from strategy.importing.finding import cells, marks, words
from strategy.importing.finding.cells import Entry
from strategy.importing.finding.columns import DETAILS, About, Column, column_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from strategy.importing.document import TableRow

BOTH = re.compile(r"(?P<label>[^:\n]{2,40}):\s*(?P<said>\S.*)", re.DOTALL)
FEWEST = 0.6
"""The share of rows, at least, that begin with a label."""


class Said(NamedTuple):
    """A label and what is said after it; of a label with a number ("Tiltak 1") the number."""

    column: Column
    number: str | None
    text: str
    row: TableRow


def read(rows: Sequence[TableRow]) -> tuple[Entry, ...]:
    """Return the entries of a table of cards in order, or none where it is no such table."""
    pairs: list[Said] = []
    labelled = 0
    for row in rows:
        found = list(_pairs(row))
        labelled += bool(found)
        pairs += found
    abouts = [pair.column.about for pair in pairs if not pair.column.is_weak]
    others = set(abouts) & (DETAILS | {About.LEVEL, About.DESCRIPTION})
    are_named = sum(pair.number is not None and pair.column.about is About.MEASURE for pair in pairs) > 1
    if labelled < len(rows) * FEWEST or About.MEASURE not in abouts or not (others or are_named):
        return ()
    return tuple(_entries(pairs))


def _pairs(row: TableRow) -> Iterator[Said]:
    """Yield the labels of a row with what stands after each: in the next cell, or behind a colon in the same one."""
    said = [cell.strip() for cell in row.cells if cell.strip()]
    place = 0
    while place < len(said):
        found = _label(said[place])
        if found is not None and not found[2] and place + 1 < len(said) and _label(said[place + 1]) is None:
            yield Said(found[0], found[1], said[place + 1], row)
            place += 1
        elif found is not None and (found[2] or found[0].about is About.MEASURE):
            yield Said(*found, row)
        place += 1


def _label(cell: str) -> tuple[Column, str | None, str] | None:
    """Return what a cell is the label of, its number, and what stands behind the label in the same cell."""
    line = cells.joined(cell)
    label = marks.label_of(line)
    if label is not None and not label.group:
        about = About.MEASURE if label.word in words.MEASURES else About.LEVEL
        return Column(about, label.word), label.number, label.text
    column = column_of(line)
    if column is not None and column.about not in {About.YEAR, About.THEME, About.OTHER}:
        return column, None, ""
    both = BOTH.fullmatch(cell.strip())
    column = column_of(both["label"]) if both else None
    return (column, None, both["said"]) if column is not None and both else None


def _entries(pairs: Sequence[Said]) -> Iterator[Entry]:
    """Yield an entry for each level or measure; the details after a measure are its own."""
    waiting: list[Entry] = []
    for one in pairs:
        about = one.column.about
        if about is About.LEVEL or about is About.MEASURE:
            yield from waiting
            waiting = [_entry(one, part) for part in cells.parts_of(one.text) if part.text]
        else:
            waiting = [_with(entry, about, cells.joined(one.text)) for entry in waiting]
    yield from waiting


def _entry(one: Said, part: cells.Part) -> Entry:
    is_measure = one.column.about is About.MEASURE
    number = one.number or part.number
    return Entry(
        one.column.word or part.word, number, part.text, one.row.page, one.row.number, part.below,
        is_measure=is_measure, said=part.text,
    )  # fmt: skip


def _with(entry: Entry, about: About, text: str) -> Entry:
    """Return an entry with one detail more; what it is not asked about is left out."""
    said = f"{entry.said} | {text}"
    match about:
        case About.RESPONSIBLE:
            return entry._replace(responsible=text, said=said)
        case About.DUE:
            return entry._replace(due=text, said=said)
        case About.COST:
            return entry._replace(cost=text, said=said)
        case About.STATUS:
            return entry._replace(status=text, said=said)
        case About.DESCRIPTION:
            return entry._replace(description="\n".join(filter(None, (entry.description, text))), said=said)
        case About.GLOBAL_GOALS:
            return entry._replace(global_goals=text, said=said)
    return entry
