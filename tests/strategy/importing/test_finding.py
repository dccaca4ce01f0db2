"""What is a goal, a strategy or a measure in a plan's text, what is not, and what is odd about it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.importing.document import Document, Kind, Line, Role, Table, TableRow, Unreadable, Why
from strategy.importing.finding import find, titles
from strategy.importing.finding.marks import label_of, mark_of
from strategy.importing.proposal import LONGEST_TITLE, Certainty, Level, Odd, as_json
from tests.strategy.importing.plans import document, found_in, odd, outline

# ---- labels ----


@pytest.mark.parametrize(
    ("text", "word", "number", "title"),
    [
        ("MÅL 1: FLERE I ARBEID", "mål", "1", "FLERE I ARBEID"),
        ("Strategi 1.2 – Bedre veier", "strategi", "1.2", "Bedre veier"),
        ("Tiltak 3 Rydde torget", "tiltak", "3", "Rydde torget"),
        ("Satsingsområde A – Landbruk", "satsingsområde", "A", "Landbruk"),
        ("Hovudmål nr. 2: Fleire bustader", "hovedmål", "2", "Fleire bustader"),
        ("Strategisk grep 2: Bygge lag", "strategisk grep", "2", "Bygge lag"),
        ("4.1 Innsatsområde: Handel", "innsatsområde", None, "Handel"),
        ("T1.2 Etablere nettverk", "tiltak", "T1.2", "Etablere nettverk"),
        ("Tiltak til mål 2: Fleire gjester", "mål", "2", "Fleire gjester"),
    ],
)
def test_a_line_with_a_level_word_says_what_it_is(text: str, word: str, number: str | None, title: str) -> None:
    label = label_of(text)
    assert label is not None
    assert (label.word, label.number, label.text) == (word, number, title)


@pytest.mark.parametrize("text", ["Tiltak:", "Strategiar", "Våre mål", "Tiltak 2025–2028", "5.2 Hovedmål for perioden"])
def test_a_line_with_only_a_level_word_heads_a_group(text: str) -> None:
    label = label_of(text)
    assert label is not None
    assert label.group


@pytest.mark.parametrize(
    "text",
    [
        "Mål 1 har fokus på unge",
        "Målet med planen er å vokse",
        "Strategi for næringslivet i Vik",
        "Mål og strategier",
        "Tiltakene følger hvert mål.",
        "Handlingsplan",
    ],
)
def test_a_sentence_or_a_title_with_a_level_word_is_no_label(text: str) -> None:
    assert label_of(text) is None


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [("• Rydde", "•", None), ("o Rydde", "o", None), ("1) Rydde", "1)", "1"), ("(a) Rydde", "(a)", "a"), ("2.1.3 Rydde", "1.1", "2.1.3"), ("A1 Rydde", "A1", "A1")],
)  # fmt: skip
def test_bullets_and_numbers_are_known(text: str, form: str, number: str | None) -> None:
    mark = mark_of(text)
    assert mark is not None
    assert (mark.form, mark.number, mark.text) == (form, number, "Rydde")


@pytest.mark.parametrize(
    "text", ["13.04.2023 ble det vedtatt", "3. mars møttes vi", "1.4 prosent er uten arbeid", "2026"]
)
def test_dates_and_figures_are_no_numbers_of_headings(text: str) -> None:
    assert mark_of(text) is None


# ---- titles ----


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Rydde torget. Det skal skje i mai.", "Rydde torget"),
        ("Samarbeide med bl.a. NAV om kurs. Hver vår.", "Samarbeide med bl.a. NAV om kurs"),
        ("Bygge ut FV. 33 sørover. Snart.", "Bygge ut FV. 33 sørover"),
        ("Ferdig til 2. halvår 2026. Da åpner vi.", "Ferdig til 2. halvår 2026"),
        ("Ha torgdager m.m.", "Ha torgdager m.m."),
        ("«Byen ved brygga»", "Byen ved brygga"),
    ],
)
def test_a_title_is_the_first_sentence(text: str, title: str) -> None:
    assert titles.split(text)[0] == title


@given(st.text(alphabet="ab ,.;:–( )«»1Å", max_size=600))
def test_a_title_is_never_too_long_and_nothing_is_lost(text: str) -> None:
    title, rest = titles.split(text)
    assert len(title) <= LONGEST_TITLE
    assert sum(map(str.isalnum, title + rest)) == sum(map(str.isalnum, text))


# ---- levels ----


def test_words_nest_as_they_do_in_the_document() -> None:
    plan = """
        Satsingsområde 1: Landbruk
        Mål 1.1: Flere unge bønder
        Tiltak: Gi stipend
        Mål 1.2: Mer lokal mat
        Tiltak: Bygge slakteri
        Satsingsområde 2: Skog
        Mål 2.1: Mer planting
        Tiltak: Dele ut planter
    """
    assert outline(plan) == [
        "goal 1 Landbruk",
        "  strategy 1.1 Flere unge bønder",
        "    measure Gi stipend",
        "  strategy 1.2 Mer lokal mat",
        "    measure Bygge slakteri",
        "goal 2 Skog",
        "  strategy 2.1 Mer planting",
        "    measure Dele ut planter",
    ]


def test_the_middle_of_four_levels_is_folded_and_reported() -> None:
    plan = """
        Satsingsområde 1: Handel
        Delmål 1.1: Levende sentrum
        Strategi 1.1.1: Skape møteplasser
        Tiltak: Pusse opp torget
        Strategi 1.1.2: Fylle lokalene
        Tiltak: Opprette lokalbank
    """
    assert [line.split()[0] for line in outline(plan)] == ["goal", "strategy", "measure", "strategy", "measure"]
    assert odd(plan) == [("level_folded", "1.1")]


def test_strategies_and_measures_in_two_lists_stand_side_by_side() -> None:
    plan = """
        Mål 1: Sterk industri
        Strategier:
        • Sikre areal
        • Skaffe kraft
        Tiltak:
        • Regulere Myra
    """
    assert outline(plan) == [
        "goal 1 Sterk industri",
        "  strategy Sikre areal",
        "  strategy Skaffe kraft",
        "  measure Regulere Myra",
    ]


def test_what_is_called_a_strategy_is_one_without_a_goal_above_and_an_area_of_effort_is_a_goal() -> None:
    plan = "Strategi 1: Bygge lag\nTiltak: Møtes\nStrategi 2: Satse på folk\nTiltak: Kurse"
    assert [line.split()[0] for line in outline(plan)] == ["strategy", "measure", "strategy", "measure"]
    areas = plan.replace("Strategi", "Innsatsområde")
    assert [line.split()[0] for line in outline(areas)] == ["goal", "measure", "goal", "measure"]
    assert outline(f"Overordnet mål: Vekst for alle\n\n{plan}") == outline(plan)


def test_a_statement_right_below_each_heading_describes_it() -> None:
    plan = """
        Fokusområde 1: Mat
        Ambisjon: Maten skal komme herfra.
        Vi vil:
        • Bygge slakteri
        Fokusområde 2: Skog
        Ambisjon: Skogen skal brukes.
        Vi vil:
        • Plante mer
    """
    told = ["goal 1 Mat", "  measure Bygge slakteri", "goal 2 Skog", "  measure Plante mer"]
    assert outline(plan) == told
    inner = plan.replace("Fokusområde", "Innsatsområde").replace("Ambisjon", "Mål")
    assert outline(inner) == told
    assert outline(f"Mål: Bygda skal vokse.\n{inner}\nInnsatsområder 2025–2026\nMat 100\nSkog 200") == told


def test_the_overall_aim_above_all_goals_is_none_itself() -> None:
    plan = """
        Hovedmål: Flere skal ha det bra
        Delmål 1: Flere jobber
        Tiltak: Rydde tomter
        Delmål 2: Bedre steder
        Tiltak: Plante trær
    """
    assert [line for line in outline(plan) if line.startswith("goal")] == ["goal 1 Flere jobber", "goal 2 Bedre steder"]


def test_lists_by_level_are_put_together_by_their_numbers() -> None:
    plan = """
        Mål
        1. Flere bedrifter
        2. Bedre omdømme

        Strategier
        1.1 Tilby gode tomter
        2.1 Fortelle gode historier

        Tiltak
        1.1.1 Regulere Hovmyra
        2.1.1 Lage film
    """
    assert outline(plan) == [
        "goal 1 Flere bedrifter",
        "  strategy 1.1 Tilby gode tomter",
        "    measure 1.1.1 Regulere Hovmyra",
        "goal 2 Bedre omdømme",
        "  strategy 2.1 Fortelle gode historier",
        "    measure 2.1.1 Lage film",
    ]


# ---- headings without a word ----


def test_a_chapter_that_names_levels_says_what_its_headings_are() -> None:
    plan = """
        1 Innledning
        Planen er kort.
        2 Innsatsområder og tiltak
        2.1 Kompetanse
        2.1.1 Åpne studiesenter
        2.1.2 Tilby fagbrev
        2.2 Areal
        2.2.1 Regulere Myra
        2.2.2 Selge tomter
        3 Oppfølging
        3.1 Rapportering
        Status meldes hvert år.
    """
    assert outline(plan) == [
        "goal 2.1 Kompetanse",
        "  measure 2.1.1 Åpne studiesenter",
        "  measure 2.1.2 Tilby fagbrev",
        "goal 2.2 Areal",
        "  measure 2.2.1 Regulere Myra",
        "  measure 2.2.2 Selge tomter",
    ]


def test_letters_head_what_stands_below_them() -> None:
    plan = """
        Mål I: Et levende næringsliv
        a) Gode rammer
        Tiltak:
        - Senke gebyrer
        b) Kompetanse
        Tiltak:
        - Skaffe lærlinger
    """
    assert outline(plan) == [
        "goal I Et levende næringsliv",
        "  strategy a Gode rammer",
        "    measure Senke gebyrer",
        "  strategy b Kompetanse",
        "    measure Skaffe lærlinger",
    ]


def test_numbers_go_on_from_the_strategy_above() -> None:
    plan = "Mål 1: Vekst\nStrategi 1.1: Areal\n1.1.1 Kjøpe Nordmyra\n1.1.2 Regulere Sørmyra\nStrategi 1.2: Folk\n1.2.1 Kurse"
    assert outline(plan)[2:4] == ["    measure 1.1.1 Kjøpe Nordmyra", "    measure 1.1.2 Regulere Sørmyra"]


# ---- what is not the plan's own ----

OWN = "\n3 Det kommunen vil\nMål 1: Egne tomter\nKommunen skal:\n• Regulere Myra\nMål 2: Egne folk\nKommunen skal:\n• Kurse unge\n"
FOUND = ["goal 1 Egne tomter", "  measure Regulere Myra", "goal 2 Egne folk", "  measure Kurse unge"]


@pytest.mark.parametrize(
    "other",
    [
        "1.1 Mål i kommuneplanens samfunnsdel\n1.1.1 En god kommune\n1.1.2 En trygg kommune",
        "Samfunnsdelen har følgende mål:\n• En trygg oppvekst\n• Et godt liv",
        "Fylkesplanen har tre hovedmål:\nHovedmål 1: Gode liv\nHovedmål 2: Grønn vekst",
        "FNs bærekraftsmål\n• Mål 4: God utdanning\n• Mål 8: Anstendig arbeid",
        "Næringsforumet skal:\n• være talerør\n• gi råd",
        "Styrker\n• God jord\n• Sterke bygder\nSvakheter\n• Lang vei",
        "Arbeidsgruppa har bestått av:\n• en bonde\n• en lærer",
        "2 Evaluering av forrige plan\nTiltak 1: Bygge vei\nTiltak 2: Lage nettside",
    ],
)
def test_goals_and_tasks_of_others_are_left_out(other: str) -> None:
    assert outline(f"1 Bakgrunn\n{other}\n{OWN}") == FOUND


@pytest.mark.parametrize(
    "after",
    [
        "Slik måler vi det:\n• Tallet på jobber\n• Tallet på tomter",
        "Oppfølging\nFormannskapet skal:\n• følge opp planen",
        "https://www.example.no/side\nFigur 1 Torget en lørdag. Foto: kommunen",
        "Kilder\n• Statistikk om jobber\n• Plan for byen",
    ],
)
def test_what_follows_a_plan_is_none_of_its_measures(after: str) -> None:
    assert outline(f"{OWN}\n{after}") == FOUND


def test_an_overview_and_a_list_at_the_end_are_no_second_set() -> None:
    plan = """
        Mål 1: Vekst
        Mål 2: Trivsel

        Mål 1: Kommunen skal ha vekst i næringslivet
        Tiltak 1.1: Kjøpe Nordmyra til næring
        Tiltak 1.2: Regulere Sørmyra til næring
        Mål 2: Kommunen skal ha trivsel for alle
        Tiltak 2.1: Bygge kulturtorg ved elva

        Oversikt over tiltakene
        Tiltak 1.1: Kjøpe Nordmyra til næring
        Tiltak 1.2: Regulere Sørmyra til næring
        Tiltak 2.1: Bygge kulturtorg ved elva
    """
    assert [line.strip().split()[0] for line in outline(plan)] == ["goal", "measure", "measure", "goal", "measure"]
    assert odd(plan) == [("goal_reworded", "1"), ("goal_reworded", "2")]


# ---- lines ----


def test_broken_lines_are_joined_and_words_made_whole() -> None:
    plan = "Mål 1: Folk\nTiltak:\n• Lage en plan for utbyg-\nging av sentrum og\n\nhavna\n• Kurse"
    assert outline(plan)[1:] == ["  measure Lage en plan for utbygging av sentrum og havna", "  measure Kurse"]


def test_bullets_apart_from_their_texts_find_them() -> None:
    plan = "Mål 1: Folk\nTiltak:\n•\n•\n\nTilby kurs\nFinne boliger til dem som\nflytter hit\n\nMål 2: Byen\nTiltak:\n• Rydde"
    assert outline(plan)[1:3] == ["  measure Tilby kurs", "  measure Finne boliger til dem som flytter hit"]


def test_what_explains_a_measure_is_its_description() -> None:
    plan = "Mål 1: Folk\nTiltak 1: Tilby kurs\nKurset skal være gratis.\nAnsvar: NAV. Frist: 2027."
    (measure,) = (row for row in found_in(plan).rows if row.level is Level.MEASURE)
    assert (measure.title, measure.responsible, measure.due and measure.due.year) == ("Tilby kurs", "NAV", 2027)
    assert "gratis" in measure.description and "gratis" in measure.text


# ---- what is odd ----


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("1 2 4", [("number_missing", "1.3")]),
        ("1 2 2 3", [("number_doubled", "1.2")]),
        ("1 3 2", [("number_out_of_order", "1.2")]),
        ("1 2 3", []),
    ],
)
def test_numbers_that_do_not_follow_each_other_are_told(numbers: str, expected: list[tuple[str, str]]) -> None:
    measures = "".join(f"Tiltak {number}: Gjøre ting nummer {place}\n" for place, number in enumerate(numbers.split()))
    assert odd(f"Mål 1: Vekst\n{measures}") == expected


def test_numbers_may_go_on_from_goal_to_goal() -> None:
    assert not odd("Mål 1: A\nTiltak 1: Rydde\nTiltak 2: Vaske\nMål 2: B\nTiltak 3: Male\nTiltak 4: Plante")


def test_a_reference_to_another_matter_is_told() -> None:
    plan = """
        Mål 1: Steder
        Strategi 1.1: Handel
        Torghandelen bygger på attraksjonspyramiden.
        Strategi 1.2: Havna
        Kaia skal rustes opp.
        Strategi 1.3: Besøk
        Vi bruker attraksjonspyramiden, se strategi 1.2 om den.
    """
    (one,) = (one for one in found_in(plan).anomalies if one.kind is Odd.WRONG_REFERENCE)
    assert (one.where, one.other) == ("1.3", "1.1")


# ---- refusing, guessing ----


@pytest.mark.parametrize(
    "text",
    [
        "Kommunen vil mye.\nVi har mange planer, og det går bra.",
        "Om bygda\nBygda har:\n• fjell\n• fjord\nFolk liker seg.",
        "",
    ],
)
def test_prose_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        find(document(text) if text else Document(Kind.TXT, 1, ()))
    assert refused.value.why is Why.NO_STRUCTURE


def test_numbered_headings_with_lists_are_a_guess_rather_than_a_refusal() -> None:
    plan = (
        "3 Det vi skal få til\n3.1 Sentrum\n- Pusse opp torget\n- Lage julegater\n3.2 Havna\n- Bygge kai\n- Rydde fjæra"
    )
    assert outline(plan)[:2] == ["goal 3.1 Sentrum", "  measure Pusse opp torget"]
    assert {row.certainty for row in found_in(plan).rows} == {Certainty.UNSURE}


def test_a_table_of_measures_stands_under_the_heading_above_it() -> None:
    rows = (("Tiltak", "Ansvar", "Frist"), ("Lage kart", "Plan", "2026"), ("Merke stier", "Kultur", "2027"))
    table = Table(tuple(TableRow(cells, 1, place) for place, cells in enumerate(rows, 3)))
    plan = find(Document(Kind.DOCX, 1, (Line("Mål 1: Besøk", 1, 1, Role.HEADING, 1, whole=True), table)))
    assert outline(plan) == ["goal 1 Besøk", "  measure Lage kart", "  measure Merke stier"]
    assert [row.responsible for row in plan.rows] == ["", "Plan", "Kultur"]


BITS = """Tiltak|tiltak|Mål 1|Mål 1:|Strategi 1.1|Delmål|•|–|1.|1.1|2.3.4|a)|(1)|A1|A.|Satsingsområder|og|Slik gjør vi det:|Vi skal:
kommunen må:|Ansvar: X|Hovedmål|5.0|III|IV.|T1.2|nr.|12 000|Innhold|....... 4|https://x.no|-|mål|Tiltak til mål 2:||Oppfølging|Figur 1
regionen|HANDLINGSPLAN|…|«x»|½|1a)|0|00.0|Mål I|Tiltak 1-3|Kapittel 3|Del 2""".replace("\n", "|").split("|")
TEXT = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(BITS), max_size=6).map(" ".join))
LINES = st.builds(
    Line, text=TEXT, page=st.integers(1, 3), number=st.integers(1, 60), role=st.sampled_from(Role), level=st.integers(0, 4),
    label=st.sampled_from(["", "", "•", "1.", "1.1", "a)", "Tiltak 1:", "–"]), whole=st.booleans(), bold=st.booleans(),
    size=st.sampled_from([0.0, 10.0, 14.0]), indent=st.sampled_from([0.0, 4.0, 20.0]), gap=st.integers(0, 5),
)  # fmt: skip
ROWS = st.builds(TableRow, st.lists(TEXT, min_size=1, max_size=4).map(tuple), st.just(1), st.integers(1, 60))
TABLES = st.builds(Table, rows=st.lists(ROWS, max_size=5).map(tuple))
BLOCKS: Any = st.lists(st.one_of(LINES, LINES, TABLES), max_size=20).map(tuple)


@settings(deadline=None)
@given(st.builds(Document, kind=st.sampled_from(Kind), pages=st.just(3), blocks=BLOCKS))
def test_whatever_a_document_holds_it_is_refused_or_becomes_a_tree(anything: Document) -> None:
    try:
        plan = find(anything)
    except Unreadable as refused:
        assert refused.why is Why.NO_STRUCTURE
        return
    for place, row in enumerate(plan.rows):
        assert row.parent is None or row.parent < place
        assert 0 < len(row.title) <= LONGEST_TITLE
    assert all(one.row is None or one.row < len(plan.rows) for one in plan.anomalies)
    assert as_json(plan)
