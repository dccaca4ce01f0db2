"""Tables with a row for each goal, strategy and measure; headings that are measures themselves; notes below tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strategy.importing.document import Document, Kind, Line, Role
from strategy.importing.finding import find
from strategy.importing.finding.tables import entries_of
from strategy.importing.proposal import Level
from tests.strategy.importing.test_tables import drawn, table

ROWS = [
    ("1", "Mål", "Levende bygder"),
    ("1.1", "Strategi", "Trygge nærbutikken"),
    ("1.1.1", "Tiltak", "Etablere tjenestepunkt"),
    ("1.1.2", "Tiltak", "Støtte varelevering"),
    ("2", "Mål", "Flere i arbeid"),
    ("2.1", "Strategi", "Styrke lærlingene"),
    ("2.1.1", "Tiltak", "Tilby ti plasser"),
]
HEADINGS = ("Gründertelefon", "Gratis kontorplass", "Torgdag hver lørdag", "Lys i vinduene")


def nodes(head: str, row: str, tail: str = "") -> list[str]:
    """Return where each row is found: its depth and its number."""
    said = [row.format(*one, *(("NAV", "2026") if one[1] == "Tiltak" else ("", ""))) for one in ROWS]
    found = entries_of(table("\n".join([head, *said, tail]) if tail else "\n".join([head, *said])))
    return [f"{one.depth} {one.number}" for one in found.entries] if found else []


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Nr | Nivå | Tekst | Ansvarlig | Frist", "{0} | {1} | {2} | {3} | {4}"),
        ("ID | Element | Navn | Ansvarlig | Frist", "{0} | {1} | {2} | {3} | {4}"),
        ("Nr | Namn | Elementtype | Eigar | Status", "{0} | {2} | {1} | {3} | {4}"),
        ("Nr | Mål/strategi/tiltak | Tekst | Ansvar | Frist", "{0} | {1} | {2} | {3} | {4}"),
        ("Nr | Tekst | Ansvarlig | Frist", "{0} | {2} | {3} | {4}"),
        ("Nr | Mål/strategi/tiltak | Ansvarlig | Frist", "{0} | {2} | {3} | {4}"),
    ],
)
def test_a_row_for_each_node_nests_by_its_word_or_its_number(head: str, row: str) -> None:
    assert nodes(head, row) == ["0 1", "1 1.1", "2 1.1.1", "2 1.1.2", "0 2", "1 2.1", "2 2.1.1"]


def test_a_row_that_does_not_say_what_it_is_where_others_do_is_a_note() -> None:
    row = "{0} | {1} | {2} | {3} | {4}"
    told = nodes("Nr | Nivå | Tekst | Ansvarlig | Frist", row, "| | Beløp uten mva | |")
    assert told == nodes("Nr | Nivå | Tekst | Ansvarlig | Frist", row)


def test_measures_with_who_and_when_are_no_goals_though_others_stand_under_them() -> None:
    text = "Nr | Tiltak | Ansvarlig | Frist\n1 | Bygge ny bru | NAV | 2026\n1.1 | Tegne brua | Plan | 2025"
    assert drawn(text) == ["tiltak 1 Bygge ny bru | NAV | 2026", "tiltak 1.1 Tegne brua | Plan | 2025"]


HEAD = "Strategi | Tiltak | Ansvarlig | Frist\nSentrum | Bygge torg | Teknisk | 2026\n"


@pytest.mark.parametrize("note", ["Alt er anslag og må avklares | | |", "| Alt er anslag og må avklares | |"])
def test_what_comes_after_the_last_sum_is_a_note(note: str) -> None:
    assert drawn(f"{HEAD}Sum | | | 500 000\n{note}") == drawn(HEAD)


def test_a_measure_without_details_at_the_end_is_kept() -> None:
    assert (drawn(f"{HEAD}| Leie ut meieriet | |") or [])[-1].strip() == "tiltak - Leie ut meieriet"
    rows = table(f"{HEAD}| Leie ut meieriet | |")
    apart = replace(rows, name="Ark 1", rows=(*rows.rows[:-1], replace(rows.rows[-1], number=9)))
    found = entries_of(apart)
    assert found is not None
    assert found.entries[-1].text == "Leie ut meieriet"


def headed(*fields: str, tiltak: bool = False, level: int = 4, goal: str = "Mål {}: Flere i arbeid {}") -> list[str]:
    """Return the measures with their goals, of a plan whose measures are headings with fields below."""
    said: list[tuple[str, int]] = []
    for number in (1, 2):
        said += [(goal.format(number, number), 2), ("Det trengs arbeidsplasser i bygda.", 0)]
        said += [("Tiltak", 4)] if tiltak else []
        for heading in HEADINGS[2 * number - 2 : 2 * number]:
            said += [(heading, level), ("Dette er noe som mange har bedt om.", 0), *((one, 0) for one in fields)]
    lines = [
        Line(text, 1, place, Role.HEADING if depth else Role.TEXT, depth, whole=True)
        for place, (text, depth) in enumerate(said, 1)
    ]
    rows = find(Document(Kind.DOCX, 1, tuple(lines))).rows
    return [
        f"{rows[row.parent].number if row.parent is not None else '-'} {row.title}"
        for row in rows
        if row.level is Level.MEASURE
    ]


@pytest.mark.parametrize(
    "fields", [("Ansvarlig: NAV     Frist: 2026",), ("Ansvar: NAV", "Frist: 2026"), ("Når: 2027",)]
)
@pytest.mark.parametrize("tiltak", [True, False])
def test_headings_with_who_or_when_right_below_are_measures(fields: tuple[str, ...], tiltak: bool) -> None:
    assert headed(*fields, tiltak=tiltak) == [f"{1 + at // 2} {one}" for at, one in enumerate(HEADINGS)]


@pytest.mark.parametrize("level", [3, 4])
def test_headings_after_tiltak_are_measures_though_they_do_not_stand_inside_it(level: int) -> None:
    assert headed(tiltak=True, level=level) == [f"{1 + at // 2} {one}" for at, one in enumerate(HEADINGS)]


def test_measures_that_look_like_their_goals_stand_under_these() -> None:
    assert headed("Ansvar: NAV", level=2) == [f"{1 + at // 2} {one}" for at, one in enumerate(HEADINGS)]
