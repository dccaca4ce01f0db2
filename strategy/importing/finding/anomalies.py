"""What is odd in a document: numbers, separators, wrapped headings, references, goals reworded. Nothing is mended."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from strategy.importing.finding import references, titles
from strategy.importing.finding.nodes import What
from strategy.importing.finding.pieces import Sort
from strategy.importing.finding.summary import reworded_in_houses
from strategy.importing.proposal import Anomaly, Level, Odd, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.finding.levels import Found
    from strategy.importing.finding.nodes import Outline
    from strategy.importing.finding.summary import Merged

LAST = re.compile(r"(\d+)$")


def anomalies_of(outline: Outline, merged: Merged, ordered: Sequence[Found], rows: Sequence[Row]) -> list[Anomaly]:
    """Return what is odd, in the order of print."""
    paths = paths_of(rows)
    places = {id(one): place for place, one in enumerate(ordered)}
    found = [
        *_numbers(rows, paths),
        *_separators(ordered, rows, paths),
        *_wrapped(ordered, rows, paths),
        *_after_text(outline, ordered, rows),
        *references.wrong(rows, paths),
        *_reworded(outline, merged, ordered, rows, paths, places),
        *_folded(ordered, rows, paths),
        *_differing(merged, rows),
    ]
    return sorted(found, key=lambda one: (one.page, one.line))


def paths_of(rows: Sequence[Row]) -> list[str]:
    """Return the full number of each row («2.7.7»), or its title where it has none."""
    paths: list[str] = []
    for row in rows:
        above = rows[row.parent].number if row.parent is not None else None
        if row.number is None:
            paths.append(row.title)
        elif row.parent is None or above is None or "." in row.number:
            paths.append(row.number)
        else:
            paths.append(f"{paths[row.parent]}.{row.number}")
    return paths


def _numbers(rows: Sequence[Row], paths: Sequence[str]) -> list[Anomaly]:
    """Return numbers that are missing, doubled or out of order among rows under the same parent."""
    found: list[Anomaly] = []
    for places in _series(rows):
        numbers = [(_last(rows[place]), place) for place in places]
        seen: dict[int, int] = {}
        highest = 0
        for number, place in numbers:
            row = rows[place]
            if number in seen:
                found.append(
                    Anomaly(
                        Odd.NUMBER_DOUBLED,
                        paths[place],
                        row.page,
                        row.line,
                        place,
                        row.number or "",
                        rows[seen[number]].title,
                    )
                )
            elif number < highest:
                found.append(
                    Anomaly(Odd.NUMBER_OUT_OF_ORDER, paths[place], row.page, row.line, place, row.number or "")
                )
            seen.setdefault(number, place)
            highest = max(highest, number)
        lowest = 1 if rows[places[0]].parent is not None or min(seen) <= 2 else min(seen)
        missing = [number for number in range(lowest, highest) if number not in seen]
        for number in missing if len(missing) <= max(3, len(seen)) else []:
            after = min((other for other in seen if other > number), key=lambda other: other)
            row = rows[seen[after]]
            found.append(
                Anomaly(
                    Odd.NUMBER_MISSING,
                    LAST.sub(str(number), paths[seen[after]]),
                    row.page,
                    row.line,
                    seen[after],
                    row.number or "",
                )
            )
    return found


def _last(row: Row) -> int:
    """Return the last part of a row's number; 0 where it is no number."""
    found = LAST.search(row.number or "")
    return int(found[1]) if found else 0


def _series(rows: Sequence[Row]) -> list[list[int]]:
    """Return the places of rows whose numbers should follow each other; numbers may go on from parent to parent."""
    by_parent: dict[tuple[int | None, Level, str], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row.number is not None and row.number[-1].isdigit():
            prefix = LAST.sub("", row.number)
            by_parent[row.parent, row.level, prefix].append(place)
    through: dict[tuple[Level, str], list[list[int]]] = defaultdict(list)
    for (_parent, level, prefix), places in by_parent.items():
        through[level, prefix].append(places)
    series: list[list[int]] = []
    for parts in through.values():
        steps = [_last(rows[after[0]]) - _last(rows[before[-1]]) for before, after in pairwise(parts)]
        if steps and 2 * sum(step in (1, 2) for step in steps) > len(steps):
            series.append([place for part in parts for place in part])
        else:
            series += parts
    return series


def _separators(ordered: Sequence[Found], rows: Sequence[Row], paths: Sequence[str]) -> list[Anomaly]:
    """Return labels without the sign that most labels of the same word have before their text."""
    labelled: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(ordered):
        piece = one.node.piece
        if (
            piece is not None
            and piece.label is not None
            and not piece.label.group
            and piece.label.number is not None
            and piece.label.text
        ):
            labelled[one.word].append(place)
    found = []
    for places in labelled.values():
        bare = [place for place in places if not ordered[place].node.separator]
        if len(places) >= 3 and 3 * len(bare) <= len(places):
            found += [
                Anomaly(
                    Odd.SEPARATOR_MISSING, paths[place], rows[place].page, rows[place].line, place, rows[place].title
                )
                for place in bare
            ]
    return found


def _wrapped(ordered: Sequence[Found], rows: Sequence[Row], paths: Sequence[str]) -> list[Anomaly]:
    """Return goals and strategies whose headings stand on more lines than one."""
    found = []
    for place, one in enumerate(ordered):
        piece = one.node.piece
        if one.level is Level.MEASURE or piece is None or not piece.is_wrapped or one.node.what is not What.ROW:
            continue
        if (
            piece.sort in (Sort.LABEL, Sort.NUMBER, Sort.HEADING)
            and piece.first.text.strip() != piece.said[: len(piece.said) - len(piece.text)].strip()
        ):
            found.append(
                Anomaly(
                    Odd.HEADING_WRAPPED,
                    paths[place],
                    rows[place].page,
                    rows[place].line,
                    place,
                    piece.first.text,
                    piece.said,
                )
            )
    return found


def _after_text(outline: Outline, ordered: Sequence[Found], rows: Sequence[Row]) -> list[Anomaly]:
    """Return headings that are printed after the rows they say the level of."""
    found = []
    for number, node in outline.chapters.items():
        mine = [
            place
            for place, one in enumerate(ordered)
            if one.node.is_conferred and (one.node.chapter or "").startswith(f"{number}.")
        ]
        if (
            node.place < 0
            and mine
            and node.what is What.GROUP
            and (node.chapter or "").count(".") + 1 == (ordered[mine[0]].node.chapter or "").count(".")
        ):
            found.append(Anomaly(Odd.HEADING_AFTER_TEXT, number, node.page, node.line, mine[0], node.text))
    return found


def _reworded(outline: Outline, merged: Merged, ordered: Sequence[Found], rows: Sequence[Row], paths: Sequence[str],
              places: dict[int, int]) -> list[Anomaly]:  # fmt: skip
    found = []
    for one, other in merged.reworded:
        if id(one) in places:
            said = titles.split(other.node.text)[0]
            place = places[id(one)]
            found.append(
                Anomaly(
                    Odd.GOAL_REWORDED, paths[place], other.node.page, other.node.line, place, rows[place].title, said
                )
            )
    for one, drawn, lacking in reworded_in_houses(ordered, outline.houses):
        place = places[id(one)]
        found.append(
            Anomaly(
                Odd.GOAL_REWORDED, paths[place], drawn.first.page, drawn.first.number, place, rows[place].title, lacking
            )
        )
    return found


def _folded(ordered: Sequence[Found], rows: Sequence[Row], paths: Sequence[str]) -> list[Anomaly]:
    """Return the levels between goal and strategy that were folded away, each once."""
    found, seen = [], Counter[int]()
    for place, one in enumerate(ordered):
        for folded in one.folds:
            if not seen[id(folded)]:
                seen[id(folded)] += 1
                title = titles.split(folded.node.text)[0]
                found.append(
                    Anomaly(
                        Odd.LEVEL_FOLDED,
                        folded.number or title,
                        folded.node.page,
                        folded.node.line,
                        place,
                        title,
                        rows[place].title,
                    )
                )
    return found


def _differing(merged: Merged, rows: Sequence[Row]) -> list[Anomaly]:
    """Return what a summary says that the plan itself does not."""
    found = []
    for one in merged.differing:
        title = titles.split(one.node.text)[0]
        found.append(Anomaly(Odd.SUMMARY_DIFFERS, one.number or title, one.node.page, one.node.line, None, title))
    return found
