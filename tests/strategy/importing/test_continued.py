"""A table that a page cut in two: a measure below a merged cell is its own, the rest of a cell is no measure."""

from __future__ import annotations

import pytest

from strategy.importing.document import TableRow
from strategy.importing.reading.continued import continued

HEAD = ("Mål", "Strategi", "Tiltak", "Ansvar", "Frist")
ABOVE = [
    HEAD,
    ("Mål 1 Vekst", "1.1 Areal", "Regulere Lia", "Plan", "2025"),
    ("Mål 1 Vekst", "1.1 Areal", "Bygge kai i", "Havn", "2026"),
]


def rows(page: int, *cells: tuple[str, ...]) -> list[TableRow]:
    return [TableRow(said, page, number, is_head=said == HEAD) for number, said in enumerate(cells, 1)]


def made_of(*below: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [row.cells for row in continued(rows(1, *ABOVE), rows(2, HEAD, *below))]


def test_a_row_below_cells_that_reach_down_from_the_page_before_is_a_row_of_its_own() -> None:
    more = ("", "", "Pusse opp torget", "Teknisk", "")
    assert made_of(more, ("Mål 2 Bosetting", "2.1 Tomter", "Selge", "Plan", "2027")) == [
        *ABOVE, more, ("Mål 2 Bosetting", "2.1 Tomter", "Selge", "Plan", "2027"),
    ]  # fmt: skip


@pytest.mark.parametrize("rest", ["Sundet", "sundet"])
def test_the_rest_of_a_cell_goes_on_also_where_it_begins_with_a_name(rest: str) -> None:
    assert made_of(("", "", rest, "", "")) == [*ABOVE[:2], (*ABOVE[2][:2], f"Bygge kai i {rest}", "Havn", "2026")]


def test_a_goal_that_the_page_cut_is_whole_in_all_the_rows_it_reaches() -> None:
    assert made_of(("for alle", "", "Selge tomter", "Plan", "2027"), ("for alle", "", "Leie ut", "Plan", "2027")) == [
        HEAD,
        *(("Mål 1 Vekst for alle", *row[1:]) for row in ABOVE[1:]),
        ("Mål 1 Vekst for alle", "", "Selge tomter", "Plan", "2027"),
        ("Mål 1 Vekst for alle", "", "Leie ut", "Plan", "2027"),
    ]


def test_where_every_row_has_its_first_cell_an_empty_one_tells_that_the_row_goes_on() -> None:
    above = [("Nr", "Tiltak", "Ansvar"), ("1", "Bygge kai i Sundet", "Havn og"), ("2", "Regulere Lia", "Plan og")]
    found = continued(rows(1, *above), rows(2, ("", "", "Teknisk"), ("3", "Selge", "Plan")))
    assert [row.cells for row in found] == [
        *above[:2],
        ("2", "Regulere Lia", "Plan og Teknisk"),
        ("3", "Selge", "Plan"),
    ]
