"""Boxes that stand side by side and are read as a table."""

from __future__ import annotations

import pytest

from strategy.importing.document import Line, Table, TableRow
from strategy.importing.finding.beside import read_in_turn


def table(*rows: tuple[str, ...]) -> Table:
    return Table(tuple(TableRow(cells, 1, number) for number, cells in enumerate(rows, 1)))


LINES = table(
    ("Mål", "", "Tiltak"),
    ("Flere gjester om", "", "• Merke stien til"),
    ("vinteren.", "", "Fjellvatnet"),
    ("Strategier:", "", "• Kurse verter"),
    ("• Åpent hele året", "", ""),
)
CELLS = table(
    (
        "Mål\nFlere gjester om vinteren.\nStrategier:\n• Åpent hele året",
        "",
        "Tiltak\n• Merke stien til Fjellvatnet\n• Kurse verter",
    )
)


@pytest.mark.parametrize("boxes", [LINES, CELLS])
def test_each_box_is_read_to_its_end(boxes: Table) -> None:
    told = [line.text for line in read_in_turn(boxes) if isinstance(line, Line)]
    assert told == [
        "Mål", "Flere gjester om vinteren.", "Strategier:", "• Åpent hele året",
        "Tiltak", "• Merke stien til Fjellvatnet", "• Kurse verter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        (("Mål", "Tiltak"), ("Flere gjester", "Merke stien"), ("Mål", "Tiltak"), ("Flere jobber", "Leie ut rom")),
        (("Mål", "Strategi"), ("Flere gjester", "Åpent hele året"), ("Tiltak", "Ansvar"), ("Merke stien", "Teknisk")),
        (("Mål", "Flere gjester"), ("Strategi", "Åpent hele året"), ("Tiltak", "Merke stien")),
        (("Strategier", "Tiltak"), ("Åpent hele året", "Merke stien")),
    ],
)
def test_a_table_stays_one(rows: tuple[tuple[str, ...], ...]) -> None:
    told = table(*rows)
    assert read_in_turn(told) == [told]
