"""PDF with text: page by page in reading order, with what belongs to the pages and what is a table told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.document import Block, Document, Kind, Role, Table, TableRow, Unreadable, Why
from strategy.importing.reading import nothing
from strategy.importing.reading.columns import flows
from strategy.importing.reading.continued import continued
from strategy.importing.reading.drafts import Draft, drafts_of
from strategy.importing.reading.glyphs import Sheet, Type, Word, sheets_of
from strategy.importing.reading.grids import grids_on
from strategy.importing.reading.lattice import Grid
from strategy.importing.reading.recurring import EDGE, is_page_number, running
from strategy.importing.reading.roles import body_size, give_roles
from strategy.importing.reading.rows import Row, rows_of
from strategy.importing.reading.ruled import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FEWEST_SIGNS = 120
"""A page that a picture covers and that has no more signs than this has been scanned."""
MOSTLY = 0.75
EDGE_SHARE = 0.14
"""The share of a page's height, above and below, where running heads and feet stand."""
SAME_EDGE = 12.0
LARGE = 1.3
TABLE = "\ue000"


def read(path: Path, on_page: Callable[[int, int], None] = nothing) -> Document:
    """Read a PDF; a line's number counts on its page, tables' rows as one each.

    Raises:
        Unreadable: encrypted, broken, too many pages, or pictures of pages.
    """
    sheets, title = sheets_of(path, on_page)
    _refuse_scanned(sheets)
    edges = _running(sheets)
    pages: list[list[Draft | Grid]] = []
    last: Grid | None = None
    columns: list[tuple[float, float]] = []
    for sheet in sheets:
        page = _laid_out(sheet, edges, last, columns)
        body = [one for one in page if isinstance(one, Grid) or one.role is Role.TEXT]
        last = body[-1] if body and isinstance(body[-1], Grid) else None
        pages.append(page)
    give_roles([one for page in pages for one in page if isinstance(one, Draft)], sheets)
    return Document(kind=Kind.PDF, pages=len(sheets), blocks=tuple(_blocks(pages)), title=title)


def _refuse_scanned(sheets: Sequence[Sheet]) -> None:
    """Refuse a document whose pages are pictures, or have text that cannot be told; some such pages do no harm.

    Raises:
        Unreadable: `SCANNED`, or `EMPTY` where the pages have neither.
    """
    scanned = [sheet for sheet in sheets if sheet.pictured > 0.5 and sheet.signs < FEWEST_SIGNS]
    said = "".join(word.text for sheet in sheets for word in sheet.words)
    if not said and not any(sheet.pictures or sheet.rules for sheet in sheets):
        raise Unreadable(Why.EMPTY)
    told = sum(sign.isalnum() and not "\ue000" <= sign <= "\uf8ff" for sign in said)
    if not said or told < 0.4 * len(said) or len(scanned) > MOSTLY * len(sheets):
        raise Unreadable(Why.SCANNED, pages=len(sheets))


def _running(sheets: Sequence[Sheet]) -> dict[int, Role]:
    """Return which words stand in running heads and feet, by their identity."""
    found: dict[int, Role] = {}
    body = body_size(word for sheet in sheets for word in sheet.words)
    for role in (Role.HEADER, Role.FOOTER):
        edges = [_edge(sheet, role, body) for sheet in sheets]
        from_edge = [sheet.height if role is Role.FOOTER else 0.0 for sheet in sheets]
        said = [[(row.text, abs(far - row.y)) for row in edge] for edge, far in zip(edges, from_edge, strict=True)]
        for page, depth in running(said, foot=role is Role.FOOTER):
            found |= {id(word): role for word in edges[page][depth].words}
    return found


def _edge(sheet: Sheet, role: Role, body: float) -> list[Row]:
    """Return the lines at the upper or the lower edge of a page, the nearest first.

    What stands in a table that reaches further in is not at the edge, though its heads recur; a number in large type is
    a chapter's and not the page's.
    """
    share = EDGE_SHARE * sheet.height
    low, high = (0.0, share) if role is Role.HEADER else (sheet.height - share, sheet.height)
    tall = [
        rule
        for rule in merged(sheet.rules, lies=False)
        if (rule.end > high if role is Role.HEADER else rule.start < low) and rule.end - rule.start < 0.9 * sheet.height
    ]
    rows = rows_of(word for word in sheet.words if low < word.y < high)
    rows = [row for row in rows if sum(rule.start < row.y - 2 < rule.end for rule in tall) < 2]
    rows = [row for row in rows if row.size < LARGE * body or not is_page_number(row.text)]
    return (rows if role is Role.HEADER else rows[::-1])[:EDGE]


def _laid_out(
    sheet: Sheet, edges: dict[int, Role], last: Grid | None, columns: list[tuple[float, float]]
) -> list[Draft | Grid]:
    """Return a page's lines and tables in reading order; `last` is the table the page before ended with.

    `columns` are where the columns of the pages before begin.
    """
    body = [word for word in sheet.words if id(word) not in edges]
    grids = [
        grid for at, grid in enumerate(grids_on(sheet, body)) if len(grid.said) > 1 or (not at and _goes_on(last, grid))
    ]
    taken = set().union(*(grid.words for grid in grids))
    holders = {f"{TABLE}{at}": grid for at, grid in enumerate(grids)}
    for name, grid in holders.items():
        middle = (grid.top + grid.bottom) / 2
        body.append(Word(name, grid.xs[0], grid.xs[-1], middle, Type(0.1)))
    laid: list[Draft | Grid] = []
    for flow in flows([word for word in body if id(word) not in taken], columns):
        for piece in _cut(flow):
            name = piece[0].words[0].text
            laid += [holders[name]] if name in holders else drafts_of(piece, sheet.number)
    for role, place in ((Role.HEADER, 0), (Role.FOOTER, len(laid))):
        rows = rows_of(word for word in sheet.words if edges.get(id(word)) is role)
        if rows:
            place = 0 if role is Role.HEADER else len(laid)
            laid[place:place] = [replace(draft, role=role) for draft in drafts_of(rows, sheet.number)]
    return laid


def _cut(flow: Sequence[Row]) -> list[list[Row]]:
    """Return a run of lines cut at the tables in it."""
    pieces: list[list[Row]] = []
    is_open = False
    for row in flow:
        is_table = row.words[0].text.startswith(TABLE)
        if is_open and not is_table:
            pieces[-1].append(row)
        else:
            pieces.append([row])
        is_open = not is_table
    return pieces


# ---- to blocks ----


def _blocks(pages: Sequence[Sequence[Draft | Grid]]) -> list[Block]:
    """Return all pages' lines and tables; a table that goes on over pages is one."""
    blocks: list[Block] = []
    opened: tuple[int, Grid] | None = None
    for number, page in enumerate(pages, 1):
        line = 0
        for one in page:
            if isinstance(one, Draft):
                line += 1
                blocks.append(one.line(line))
                if one.role not in (Role.HEADER, Role.FOOTER, Role.FOOTNOTE):
                    opened = None
                continue
            rows = [
                TableRow(tuple(cells), number, line + at, is_head)
                for at, (cells, is_head) in enumerate(zip(one.said, one.is_head, strict=True), 1)
            ]
            line += len(rows)
            table = blocks[opened[0]] if opened else None
            if opened and isinstance(table, Table) and table.rows[-1].page == number - 1 and _goes_on(opened[1], one):
                blocks[opened[0]] = Table(continued(table.rows, rows))
                opened = (opened[0], one)
            else:
                opened = (len(blocks), one)
                blocks.append(Table(tuple(rows)))
    return blocks


def _goes_on(last: Grid | None, grid: Grid) -> bool:
    """Say whether a table on a page has the columns of the one that ended the page before."""
    if last is None or len(last.xs) != len(grid.xs):
        return False
    shift = grid.xs[0] - last.xs[0]
    return all(abs(new - old - shift) <= SAME_EDGE for old, new in zip(last.xs, grid.xs, strict=True))
