"""Tables in text that was taken out of a PDF with its columns kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.importing.document import Line, Role, Table
from strategy.importing.reading.text_tables import Raw, tables_in, with_tables

DRAWN = """\
Mål 1: Flere bedrifter
Nr.   Tiltak                                   Ansvar      Frist
1.1   Opprette sentrumsforening                Næring      2026
1.2   Fjerne avgift i hele kjernen fra         Teknisk     01.06.2026
      juni til august
Havbruk
2.1   Starte lærlingring                       Oppvekst    2026

Planen rulleres høsten 2026, og da skal alle være med på å si hva de mener om den.
"""


def lines(text: str) -> tuple[list[Line], list[str]]:
    """Return the lines of a text that say something, and the same as they stand."""
    raws = [(number, raw) for number, raw in enumerate(text.split("\n"), 1) if raw.strip()]
    return [Line(" ".join(raw.split()), 1, number) for number, raw in raws], [raw for _number, raw in raws]


def test_words_below_each_other_are_a_table_with_what_goes_on_joined():
    blocks = with_tables(*lines(DRAWN))
    above, table, after = blocks
    assert isinstance(above, Line) and isinstance(table, Table) and isinstance(after, Line)
    assert [row.cells for row in table.rows] == [
        ("Nr.", "Tiltak", "Ansvar", "Frist"),
        ("1.1", "Opprette sentrumsforening", "Næring", "2026"),
        ("1.2", "Fjerne avgift i hele kjernen fra juni til august", "Teknisk", "01.06.2026"),
        ("Havbruk", "", "", ""),
        ("2.1", "Starte lærlingring", "Oppvekst", "2026"),
    ]
    assert [row.number for row in table.rows] == [2, 3, 4, 6, 7]


def test_running_text_and_two_columns_of_it_are_no_table():
    prose = "Kommunen  skal legge til rette\nfor vekst.  Det er mye å ta tak i\nog mange  som vil være med på det\n"
    columns = "Vi vil ha flere               Bedriftene våre\narbeidsplasser i bygda        trenger folk\nog et levende sentrum         og plass\n"
    for text in (prose, columns):
        assert all(isinstance(block, Line) for block in with_tables(*lines(text)))


def test_what_belongs_to_the_pages_breaks_no_line_out_of_its_place():
    read, raws = lines(DRAWN)
    read[3] = Line(read[3].text, 1, read[3].number, Role.FOOTER)
    blocks = with_tables(read, raws)
    assert [block for block in blocks if isinstance(block, Line) and block.role is Role.FOOTER] == [read[3]]


@given(
    st.lists(st.text(alphabet="aB1.  •", min_size=1, max_size=40).filter(str.strip), max_size=12),
    st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_every_line_is_in_one_table_or_none(texts, gaps):
    raw = [Raw(text, 1, place, gap) for place, (text, gap) in enumerate(zip(texts, gaps, strict=False))]
    ends = [0]
    for first, after, table in tables_in(raw):
        assert ends[-1] <= first < after <= len(raw)
        assert len({len(row.cells) for row in table.rows}) == 1
        ends.append(after)


@pytest.mark.parametrize("break_at", [None, 2, 3])
def test_a_row_goes_on_where_it_stops_in_the_middle_or_begins_small_also_on_the_next_page(break_at):
    said = [
        "Hva                        Hvordan                     Hvem             Når",
        "Merke kyststien            Søke midler til skilt       Teknisk          2025",
        "Utrede landingsplass på    Forprosjekt med             Kommunedirektø   2026",
        "Sandneset og i             kostnader                   r",
        "Storvika",
        "Kurs for verter            To kvelder i året           Kultur           2027",
    ]
    turned = len(said) if break_at is None else break_at + 1
    raw = [
        Raw(text, 1 + (place >= turned), place, int(place == turned and break_at is not None))
        for place, text in enumerate(said)
    ]
    ((_first, _after, table),) = tables_in(raw)
    assert [row.cells for row in table.rows[2:]] == [
        ("Utrede landingsplass på Sandneset og i Storvika", "Forprosjekt med kostnader", "Kommunedirektør", "2026"),
        ("Kurs for verter", "To kvelder i året", "Kultur", "2027"),
    ]
