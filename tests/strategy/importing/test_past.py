"""What has been done, or was the former plan's, is not promised again: in headings, sheets, columns, groups of tables."""

from __future__ import annotations

import pytest

from strategy.importing.document import Document, Kind, Line, Table, TableRow
from strategy.importing.finding import find
from strategy.importing.finding.whose import Whose
from tests.strategy.importing.plans import outline

PLAN = """
Næringsplan for Sund kommune 2025–2028

Mål 1: Levende sentrum
Tiltak:
- Pusse opp torget
- Arrangere julemarked

Mål 2: Flere boliger
Tiltak:
- Regulere Lia boligfelt
- Selge tomter til unge
"""
LIST = "- Bygge ny kai\n- Leie ut lokaler til gründere\n- Etablere næringshage\n"
HEADS = [
    "Avsluttede tiltak",
    "Avslutta tiltak:",
    "Fullførte tiltak 2021–2024",
    "Ferdigstilte prosjekter",
    "Tiltak som er gjennomført",
    "Følgende tiltak er gjennomført:",
    "Tiltak i forrige planperiode",
    "Status førre plan",
    "Status for handlingsplan 2021–2024",
    "Resultater fra handlingsplan 2021–2024",
    "Dette har vi gjort",
    "Hva fikk vi til?",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_list_of_what_has_been_done_is_none_of_measures(head: str) -> None:
    assert outline(f"{PLAN}\n{head}\n{LIST}") == outline(PLAN)


@pytest.mark.parametrize(
    "head",
    [
        "Videreførte tiltak fra forrige plan",
        "Tiltak som skal være gjennomført innen 2027",
        "Innen 2028 har vi oppnådd:",
        "Slik er byen når tiltakene er gjennomført",
        "Gjennomførte tiltak er markert med grønt",
        "Ferdig regulerte tomter",
        "Fullført videregående for alle",
        "Gjennomføring",
        "Handlingsplan 2025–2028",
    ],
)
def test_what_goes_on_or_shall_have_been_done_is_not_past(head: str) -> None:
    assert not Whose(since=2025).is_past(head)


def table(*said: tuple[str, ...], name: str = "", page: int = 1) -> Table:
    return Table(tuple(TableRow(row, page, number, is_head=number == 5) for number, row in enumerate(said, 5)), name)


MEASURES = table(("Tiltak", "Ansvar", "Frist"), ("Pusse opp torget", "Teknisk", "2026"), ("Bygge kai", "Havn", "2027"))
DONE = (("Etablere næringshage", "Næring", "2022"), ("Sette opp benker", "Teknisk", "2023"))
HEAD = ("Tiltak", "Ansvar", "Frist")


def titles(*blocks: Line | Table) -> list[str]:
    first = Line("Næringsplan for Sund kommune 2025–2028", 1, 1)
    return [row.title for row in find(Document(Kind.XLSX, 2, (first, MEASURES, *blocks))).rows]


@pytest.mark.parametrize(
    "done",
    [
        [table(HEAD, *DONE, name="Avsluttet")],
        [table(HEAD, *DONE, name="Status 2021–2024")],
        [table(("Avsluttede tiltak", "", ""), HEAD, *DONE)],
        [table(("Gjennomførte tiltak", "Ansvar", "Frist"), *DONE)],
        [table(("Tiltak i handlingsplan 2021–2024", "Ansvar", "Frist"), *DONE)],
        [Line("Avsluttede tiltak fra handlingsplan 2021–2024", 2, 1), table(HEAD, *DONE)],
        [Line("Tabellen viser gjennomførte tiltak i forrige periode.", 2, 1), table(HEAD, *DONE)],
        [table(HEAD, ("Bygge kai", "Havn", "2027"), ("Avsluttede tiltak", "", ""), *DONE)],
    ],
)
def test_a_table_sheet_column_or_group_of_what_has_been_done_is_none_of_measures(done: list[Line | Table]) -> None:
    assert set(titles(*done)) == {"Pusse opp torget", "Bygge kai"}


@pytest.mark.parametrize(
    "kept",
    [
        [table(HEAD, *DONE, name="Videreført fra forrige plan")],
        [Line("Tiltakene nedenfor bygger videre på forrige handlingsprogram.", 2, 1), table(HEAD, *DONE)],
        [Line("Gjennomførte tiltak er tatt ut.", 2, 1), table(HEAD, *DONE)],
        [table(("Gjennomførte tiltak", "Nye tiltak", "Ansvar"), *(("Rydde", *row[:2]) for row in DONE))],
    ],
)
def test_a_table_beside_what_has_been_done_is_read(kept: list[Line | Table]) -> None:
    assert titles(*kept) == ["Pusse opp torget", "Bygge kai", "Etablere næringshage", "Sette opp benker"]
