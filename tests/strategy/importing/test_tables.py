"""Tables of measures are known by their heads in any order; tables of anything else are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.importing.document import Table, TableRow
from strategy.importing.finding.tables import Columns, entries_of
from strategy.importing.proposal import Certainty


def table(text: str) -> Table:
    """Return a table drawn with `|`; "\\n" in a cell is a new line in it."""
    rows = [[cell.strip().replace("\\n", "\n") for cell in line.split("|")] for line in text.strip("\n").split("\n")]
    return Table(tuple(TableRow(tuple(row), page=1, number=place) for place, row in enumerate(rows, 1)))


def drawn(text: str, before: Columns | None = None, heading: str = "") -> list[str] | None:
    """Return what is found as lines: deeper ones indented, word and number before the text, details behind it."""
    found = entries_of(table(text), before, heading=heading)
    if found is None:
        return None
    return [
        "  " * one.depth + f"{one.word} {one.number or '-'} {one.text}"
        + "".join(f" | {said}" for said in (one.responsible, one.due, one.cost) if said)
        for one in found.entries
    ]  # fmt: skip


HEADS = {
    "Tiltak": "Etablere et senter", "Ansvar": "NAV", "Frist": "2026", "Kostnad": "500 000", "Status": "Pågår", "Nr.": "1.1",
}  # fmt: skip


@given(st.permutations(list(HEADS)))
def test_the_order_of_the_columns_means_nothing(order):
    text = " | ".join(order) + "\n" + " | ".join(HEADS[head] for head in order)
    assert drawn(text) == ["tiltak 1.1 Etablere et senter | NAV | 2026 | kr 500000"]


@pytest.mark.parametrize(
    "heads",
    [
        "Tiltaka | Ansvarleg | Når", "Hva skal vi gjøre? | Hvem | Tidsplan", "Kva skal vi gjere? | Kven | Periode",
        "Aktivitet | Hovedansvar | Gjennomføring", "Handling | Hovudansvar | Slutt", "Innsats | Ansvarlig enhet | Tidsfrist",
        "TILTAK | ANSVARLIG | FERDIG INNEN", "Tiltak (hva) | Ansvar (hvem) | Frist (når)", "Beskrivelse av tiltaket | Ansvarlig | Frist",
    ],
)  # fmt: skip
def test_heads_are_known_by_many_names(heads):
    (line,) = drawn(f"{heads}\nEtablere et senter | NAV | 2026") or [""]
    assert line.endswith("- Etablere et senter | NAV | 2026")


def test_an_empty_or_repeated_cell_means_the_one_above():
    text = """
        Mål | Strategi | Tiltak
        1 Flere jobber | 1.1 Ta imot bedrifter | Lage en velkomstpakke
        | | Ha én kontaktperson
        1 Flere jobber | 1.2 Selge kommunen | • Lage en film\\n• Delta på\\nmesser
        Mål 2: Flere folk | 2.1 Bygge boliger | 2.1.1 Regulere tomter
        """
    assert drawn(text) == [
        "mål 1 Flere jobber", "  strategi 1.1 Ta imot bedrifter", "    tiltak - Lage en velkomstpakke",
        "    tiltak - Ha én kontaktperson", "  strategi 1.2 Selge kommunen", "    tiltak - Lage en film",
        "    tiltak - Delta på messer", "mål 2 Flere folk", "  strategi 2.1 Bygge boliger", "    tiltak 2.1.1 Regulere tomter",
    ]  # fmt: skip


def test_group_rows_are_parents_and_repeated_heads_and_sums_are_nothing():
    text = """
        Satsingsområde 1: Landbruk | | |
        Tiltak | Ansvarleg | Når | Økonomi (1000 kr)
        Mål 1.1 Fleire unge bønder | | |
        Lage kurs for unge | Kontoret | 2026 | 200
        Tiltak | Ansvarleg | Når | Økonomi (1000 kr)
        Gje råd om støtte | Kontoret | årleg |
        Mål 1.2 Meir lokal mat | | |
        Arrangere matfestival | Laget | 2027 | 150
        Satsingsområde 2: Reiseliv | | |
        Merke stiar | Turlaget | 2028 |
        Sum | | | 350
        """
    assert drawn(text) == [
        "satsingsområde 1 Landbruk", "  mål 1.1 Fleire unge bønder", "    tiltak - Lage kurs for unge | Kontoret | 2026 | kr 200000",
        "    tiltak - Gje råd om støtte | Kontoret | årleg", "  mål 1.2 Meir lokal mat",
        "    tiltak - Arrangere matfestival | Laget | 2027 | kr 150000", "satsingsområde 2 Reiseliv",
        "  tiltak - Merke stiar | Turlaget | 2028",
    ]  # fmt: skip


def test_a_group_without_a_level_word_is_told_from_a_measure_without_details():
    text = "Tiltak | Hvem | Når\nLandbruk | |\nLage kurs | NAV | 2026\nStøtte utsalg | NAV | 2027\nReiseliv | |\nMerke stier | Laget | 2027"
    assert drawn(text) == [
        " - Landbruk", "  tiltak - Lage kurs | NAV | 2026", "  tiltak - Støtte utsalg | NAV | 2027", " - Reiseliv",
        "  tiltak - Merke stier | Laget | 2027",
    ]  # fmt: skip


def test_a_head_may_take_two_rows_and_name_the_goal_itself():
    text = """
        Delmål 1.1 Flere i jobb | Ansvar | Kostnad | |
        | | 2026 | 2027 | 2028
        Etablere et senter | NAV | 100 000 | 100 000 |
        """
    assert drawn(text) == ["delmål 1.1 Flere i jobb", "  tiltak - Etablere et senter | NAV | kr 200000"]


def test_years_that_are_crossed_off_say_when():
    assert drawn("Tiltak | 2026 | 2027 | 2028\nEtablere et senter | x | x |") == ["tiltak - Etablere et senter | 2027"]


def test_a_table_goes_on_from_the_one_above_without_a_head_of_its_own():
    first = entries_of(table("Tiltak | Ansvar | Frist\nEtablere et senter | NAV | 2026"))
    assert first is not None
    assert drawn("Merke stier i fjellet | Turlaget | 2027", first.columns) == [
        "tiltak - Merke stier i fjellet | Turlaget | 2027"
    ]
    assert drawn("Merke stier i fjellet | Turlaget | 2027") is None
    assert drawn("Folketall | 4 312 | 4 298", first.columns) is None


def test_of_two_columns_of_deeds_the_finer_holds_the_measures():
    text = "Tiltak | Aktivitet | Frist\nSkolesamarbeid | Lage avtale | 2026\n | Holde jobbmesse | 2027\nBedre veier | Skrive til fylket | 2026"
    assert drawn(text) == [
        "tiltak - Skolesamarbeid", "  aktivitet - Lage avtale | 2026", "  aktivitet - Holde jobbmesse | 2027", "tiltak - Bedre veier",
        "  aktivitet - Skrive til fylket | 2026",
    ]  # fmt: skip


def test_cards_have_their_heads_in_front():
    text = "Tiltak 1 | Etablere et senter\nAnsvar | NAV\nFrist | 2026\nTiltak 2 | Merke stier\nAnsvar: Turlaget | Frist: 2027"
    assert drawn(text) == ["tiltak 1 Etablere et senter | NAV | 2026", "tiltak 2 Merke stier | Turlaget | 2027"]


def test_a_column_may_say_what_each_row_is():
    text = "Type | Nr | Tekst | Ansvarlig | Frist\nMål | 1 | Flere jobber | | \nStrategi | 1.1 | Støtte vekst | |\n" + (
        "Tiltak | 1.1.1 | Lage program | Næring | 2026\nMål | 2 | Flere folk | |\nTiltak | 2.1 | Bygge boliger | Plan | 2027"
    )
    assert drawn(text) == [
        "mål 1 Flere jobber", "  strategi 1.1 Støtte vekst", "    tiltak 1.1.1 Lage program | Næring | 2026", "mål 2 Flere folk",
        "  tiltak 2.1 Bygge boliger | Plan | 2027",
    ]  # fmt: skip


def test_a_table_may_state_goals_and_strategies_only():
    text = "Hovedmål | Delmål\nFlere i arbeid | 1.1 Flere lærlinger\\n1.2 Færre utenfor"
    assert drawn(text) == ["hovedmål - Flere i arbeid", "  delmål 1.1 Flere lærlinger", "  delmål 1.2 Færre utenfor"]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("figures by year", "| 2019 | 2020 | 2021\nArbeidsplasser | 100 | 200 | 300\nPrivate bedrifter | 1 | 2 | 3"),
        ("indicators", "Indikator | Status 2024 | Mål 2028\nAntall arbeidsplasser | 100 | 200"),
        ("goals with indicators", "Mål | Indikator | 2024 | 2025\nFlere jobber | Antall jobber | 100 | 120"),
        (
            "strengths and weaknesses",
            "Styrker | Svakheter\nGod plass | Dårlig vei\nMuligheter | Trusler\nTurisme | Fraflytting",
        ),
        ("who takes part", "Navn | Rolle\nNæringssjefen | Leder\nOrdføreren | Medlem"),
        ("interested parties", "Interessent | Rolle | Forventning\nBedriftene | Kunde | God service"),
        (
            "a process",
            "Periode | Aktør | Aktivitet\nMars 2023 | Alle | Spørreundersøkelse\nMai 2023 | Formannskapet | Politisk behandling",
        ),
        (
            "a yearly cycle",
            "Når | Hva | Hvem\nJanuar | Status til utvalget | Sjefen\nMars | Innspill til budsjettet | Sjefen",
        ),
        ("costs alone", "Post | 2026 | 2027\nTilskudd til forening | 100 | 100"),
        ("one column", "Tiltak\nEtablere et senter"),
        ("nothing", " | \n | "),
    ],
)
def test_a_table_of_something_else_is_refused(what, text):
    assert drawn(text) is None, what


def test_the_heading_above_may_say_that_a_table_is_of_a_process():
    text = "Aktivitet | Ansvar | Frist\nSamle innspill fra bygdene | Sjefen | 2026"
    assert drawn(text, heading="Framdriftsplan") is None
    assert drawn(text, heading="Delmål 1") is not None


def test_a_budget_of_measures_is_an_unsure_find():
    found = entries_of(table("Tiltak | 2026 | 2027\nEtablere et senter | 100 000 | 100 000"))
    assert found is not None and found.certainty is Certainty.UNSURE


CELLS = st.sampled_from(
    [*HEADS, *HEADS.values(), "Mål 1: Vekst", "", "• a\n• b", "2026", "2027", "x", "Sum", "tiltak", "Mål", "Delmål"]
)


@given(st.lists(st.lists(CELLS | st.text(max_size=6), max_size=5), max_size=8), st.booleans())
def test_no_table_is_too_odd_to_be_looked_at(rows, is_head):
    odd = Table(tuple(TableRow(tuple(row), 1, place, is_head) for place, row in enumerate(rows)))
    found = entries_of(odd)
    if found is not None:
        assert found.entries and all(one.text and one.depth >= 0 for one in found.entries)
        entries_of(odd, found.columns)
