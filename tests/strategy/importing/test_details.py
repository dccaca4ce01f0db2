"""Who, when, how much and which of the UN's goals, as plans say it in bokmål and nynorsk."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calendar import Precision, last_day
from strategy.importing.finding.cells import Entry
from strategy.importing.finding.dates import says_when
from strategy.importing.finding.details import (
    cost,
    due,
    fill,
    responsible,
    sdgs,
    sdgs_alone,
    without_details,
    without_label,
)
from strategy.importing.proposal import Level, Row

WORDS = st.sampled_from(
    ["innen", "innan", "1.", "31.12.26", "2026", "–", "2028", "kvartal", "halvår", "høsten", "hausten", "mai", "kr", "500 000", "mill.",
     "0,5", "Ansvar:", "Frist:", "Kostnad:", "NAV", "og", "bærekraftsmål", "nr.", "8", ",", "17", "Utrydde fattigdom.", "(", ")", "\n", "99.99.2026", "'"]
)  # fmt: skip
SENTENCES = st.lists(WORDS | st.text(max_size=8), max_size=14).map(" ".join)


# ---- when ----


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("Regulere tomter innen 1. juni 2027.", (2027, 6, 1), "day"),
        ("Lage kart innan 1. mars 2027", (2027, 3, 1), "day"),
        ("Frist: 31.12.26. Ansvar: NAV", (2026, 12, 31), "day"),
        ("Ferdig 01.02.2027", (2027, 2, 1), "day"),
        ("Skal være klart i desember 2026.", (2026, 12, 31), "month"),
        ("Åpne huset innen medio mai 2026", (2026, 5, 31), "month"),
        ("Ferdigstilles innen utgangen av juni 2026", (2026, 6, 30), "month"),
        ("Vedtas i 2. kvartal 2026", (2026, 6, 30), "quarter"),
        ("Frist: Q3 2026", (2026, 9, 30), "quarter"),
        ("Tid: 1.–2. kvartal 2026", (2026, 6, 30), "period"),
        ("Evaluere i 1. halvår 2027", (2027, 6, 30), "period"),
        ("Kartleggje i andre halvår 2026", (2026, 12, 31), "period"),
        ("Arrangere messe høsten 2026", (2026, 11, 30), "period"),
        ("Halde kurs hausten 2026", (2026, 11, 30), "period"),
        ("Når: vår 2027", (2027, 5, 31), "period"),
        ("Skilte stiene før sommeren 2027", (2027, 5, 31), "period"),
        ("Frist: mai–august 2026", (2026, 8, 31), "period"),
        ("Gjennomføres i løpet av 2026", (2026, 12, 31), "year"),
        ("innan utgangen av 2027", (2027, 12, 31), "year"),
        ("Bygge bro (2026–2028).", (2028, 12, 31), "year"),
        ("Frist: 2026, rapport 2027. Ansvar: alle", (2027, 12, 31), "year"),
    ],
)
def test_the_last_day_of_what_a_measure_says_is_when_it_is_due(text, day, precision):
    assert due(text) == (dt.date(*day), precision)


@pytest.mark.parametrize(
    "text",
    [
        "Følge opp landbruksplan 2023–2027.", "Det var 300 ledige i 2024.", "Vedtatt av kommunestyret i desember 2019.",
        "Dette er en del av områdesatsingen i perioden 2024-2028.", "I andre kvartal i 2025 var det 32 000 innbyggere.",
        "Oppstart høsten 2026.", "Løpende", "Frist: årlig", "Kontinuerleg", "Frist: i planperioden", "NOU 2021:2", "",
        "Møte 1. mars hvert år.", "Frist: 31.06.2026", "Ved utgangen av 2024 var andelen 59 prosent.",
    ],
)  # fmt: skip
def test_years_of_other_plans_and_of_statistics_are_no_dates(text):
    assert due(text) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026", (dt.date(2026, 12, 31), "year")), ("2026–28", (dt.date(2028, 12, 31), "year")),
        ("2026/2027", (dt.date(2027, 12, 31), "year")), ("06.2026", (dt.date(2026, 6, 30), "month")),
        ("Vinter 2026/27", (dt.date(2027, 2, 28), "period")), ("Innen 2026, deretter årlig", (dt.date(2026, 12, 31), "year")),
        ("2026-06-15 00:00:00", (dt.date(2026, 6, 15), "day")), ("Løpende fra 2026", None), ("2026 →", None), ("Årlig, 2026–2030", None),
    ],
)  # fmt: skip
def test_in_a_cell_a_bare_year_is_a_date_and_a_start_is_not(cell, expected):
    assert due(cell, alone=True) == expected


def test_a_cell_that_says_when_says_nothing_else():
    assert all(map(says_when, ["2026", "Hausten 2027", "Årleg", "Innen 1. juni 2026"]))
    assert not any(map(says_when, ["Etablere et senter i 2026", "NAV", "", "12"]))


@given(SENTENCES, st.booleans())
def test_whatever_is_said_a_date_is_the_last_day_of_its_precision(text, alone):
    found = due(text, alone=alone)
    assert found is None or found[0] == last_day(found[0], Precision(found[1]))


# ---- how much ----


@pytest.mark.parametrize(
    ("text", "nok"),
    [
        ("kr 500 000", 500_000), ("500.000,- kroner", 500_000), ("0,5 mill. kr", 500_000), ("1,2 MNOK", 1_200_000),
        ("kr 200 000 per år", 200_000), ("Et kurs til 200' kr", 200_000), ("Kostnad: 300 000. Frist: 2026", 300_000),
        ("Kostnad: 2 millioner kroner", 2_000_000), ("kr. 1.500.000,-", 1_500_000), ("tkr 300", 300_000),
        ("Gi inntil 40 000 kroner til hver. Kostnad: kr 400 000 per år.", 400_000),
    ],
)  # fmt: skip
def test_one_sum_is_what_it_costs(text, nok):
    assert cost(text) == nok


@pytest.mark.parametrize(
    "text",
    [
        "innenfor ramma", "egne midler", "kr 200 000–300 000", "fra 2,5 til 3 mill. kr", "kr 100 000 i 2026 og kr 100 000 i 2027",
        "bedrifter med omsetning over 5 mill. kr", "5 mill. besøkende", "1 500 kr per deltaker", "kr 12,50", "fylkesvei 33",
        "25 000 innbyggere", "Gi inntil 50 000 kroner i støtte", "", "Kostnad: 100 000. Kostnad: 200 000",
    ],
)  # fmt: skip
def test_two_sums_or_none_are_no_cost(text):
    assert cost(text) is None


def test_a_bare_number_in_a_column_counts_what_the_head_says():
    assert cost("500", alone=True, scale=1000) == 500_000
    assert cost("0,5", alone=True, scale=1_000_000) == 500_000
    assert cost("500 000", alone=True) == 500_000
    assert cost("500", alone=True) is None
    assert cost("150 000", alone=True, scale=1000) is None, "in thousands it would be 150 millions"


@given(SENTENCES, st.booleans(), st.sampled_from([1, 1000, 1_000_000]))
def test_a_cost_is_whole_kroner_above_nought(text, alone, scale):
    nok = cost(text, alone=alone, scale=scale)
    assert nok is None or nok > 0


# ---- who ----


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Ansvar: NAV og næringssjef", "NAV og næringssjef"),
        ("Lage en plan. Ansvarlig: Kommunedirektøren. Frist: 1. mai 2026", "Kommunedirektøren"),
        ("Lage en plan (ansvar: NAV, frist: 2026).", "NAV"),
        ("Etablere et hus (Ansvar NAV)", "NAV"),
        ("Hovudansvarleg: Plan og teknisk. Samarbeid: Bondelaget", "Plan og teknisk"),
        ("Ansvar: Næringsavd. og NAV Frist: 2027", "Næringsavd. og NAV"),
        ("Lage en plan – Ansvar: NAV – Frist: 2026", "NAV"),
        ("Ansvar/frist: NAV / 2026", "NAV"),
        ("Næringssjefen har ansvaret for oppfølging.", "Næringssjefen"),
        ("Ansvaret ligg hos ordføraren.", "ordføraren"),
        ("Kommunen har ansvaret for skole og vei.", ""),
        ("Ansvarlig forbruk og produksjon", ""),
        ("Hovedansvar: –", ""),
    ],
)
def test_who_is_responsible_is_what_stands_after_the_word(text, who):
    assert responsible(text) == who


def test_a_title_stands_without_the_words_about_who_and_when():
    assert without_details("Etablere et senter (ansvar: NAV, frist: 2026).") == "Etablere et senter."
    assert without_details("Etablere et senter. Ansvar: NAV. Frist: 2026. Kostnad: kr 100") == "Etablere et senter."
    assert without_details("Etablere et senter") == "Etablere et senter"
    assert without_details("Bygge kai (Havn, 2026). Den skal vare.") == "Bygge kai. Den skal vare."
    assert without_label("Beskrivelse: Kommunen tilbyr kurs.") == "Kommunen tilbyr kurs."


@pytest.mark.parametrize(
    ("bracket", "who", "year"),
    [
        ("Teknisk drift, 2026", "Teknisk drift", 2026),
        ("2026, Havn", "Havn", 2026),
        ("Bondelaget og kommunen; innan 2027", "Bondelaget og kommunen", 2027),
        ("Teknisk, Oppvekst, 2025–2028", "Teknisk, Oppvekst", 2028),
        ("Kultur, 2026, 250 000 kr", "Kultur", 2026),
        ("ansvar NAV, frist 2026", "NAV", 2026),
        ("Eiendom, fra 2024", "Eiendom", None),
        ("ordføraren, heile perioden", "ordføraren", None),
    ],
)
def test_a_bracket_may_say_who_and_when_without_a_word_for_it(bracket, who, year):
    text = f"Bygge kai i Sundet ({bracket})"
    assert (responsible(text), without_details(text)) == (who, "Bygge kai i Sundet")
    row = fill(Row(Level.MEASURE, None, "Bygge kai i Sundet", page=1, line=1), text)
    assert (row.due and row.due.year) == year


@pytest.mark.parametrize(
    "bracket",
    [
        "jf. sak 12/24, 2024",
        "fase 1, 2025",
        "over Elva, 2026",
        "traktor, henger og plog",
        "våren, 2026",
        "2027",
        "SSB",
        "høy prioritet, 2026",
        "andre byggetrinn, 2027",
    ],
)
def test_other_brackets_name_nobody_and_stay_in_the_title(bracket):
    text = f"Bygge kai i Sundet ({bracket})"
    assert (responsible(text), without_details(text)) == ("", text)


@given(SENTENCES)
def test_who_is_words_of_the_text_itself(text):
    assert all(word in text for word in responsible(text).split())
    assert len(without_details(text).split()) <= len(text.split())


# ---- the UN's goals ----


@pytest.mark.parametrize(
    ("text", "focus", "contributes"),
    [
        ("FNs bærekraftsmål nr. 8 og 12", (8, 12), ()),
        ("Vi støttar berekraftsmåla 4, 8 og 9", (4, 8, 9), ()),
        ("SDG 13", (13,), ()),
        ("SDG 8, SDG 9 og SDG 13", (8, 9, 13), ()),
        ("bærekraftsmål 8–10", (8, 9, 10), ()),
        ("bærekraftsmål 8.3 og 9", (8, 9), ()),
        ("Bidrar til bærekraftsmål 8 (anstendig arbeid) og 11 (byer)", (), (8, 11)),
        ("de 17 bærekraftsmålene fram mot 2030", (), ()),
        ("Mål 8 handler om arbeid", (), ()),
        ("FN sine berekraftsmål: God helse og livskvalitet, God utdanning og Mindre ulikskap", (3, 4, 10), ()),
        ("Godt stell gir god helse. Livet på land er viktig.", (), ()),
    ],
)
def test_the_united_nations_goals_are_named_by_number_or_name(text, focus, contributes):
    assert sdgs(text) == (focus, contributes)


@pytest.mark.parametrize("line_break", [" ", "\n"])
def test_focus_is_told_from_what_a_goal_contributes_to(line_break):
    text = line_break.join(
        [
            "Vi har særlig fokus på bærekraftsmål nr. 8 og 11. Målet skal i tillegg bidra til disse bærekraftsmålene:",
            "Anstendig arbeid og økonomisk vekst. Flere får jobb, og anstendig arbeid lønner seg.",
            "Industri, innovasjon og infrastruktur. Veier og kraft.",
        ]
    )
    assert sdgs(text) == ((8, 11), (8, 9))


@given(SENTENCES)
def test_only_seventeen_goals_are_there(text):
    assert all(set(numbers) <= set(range(1, 18)) for numbers in (*sdgs(text), sdgs_alone(text)))


# ---- a row ----


def test_a_row_of_a_table_has_its_details_from_its_cells_and_the_rest_from_its_text():
    row = Row(Level.MEASURE, "1", "Lage kurs", 1, 1)
    entry = Entry("tiltak", "1", "Lage kurs", 1, 1, due="2027", cost="", responsible="NAV", global_goals="4 og 8")
    filled = fill(row, "Lage kurs for 100 000 kroner innen 2030", entry)
    assert (filled.responsible, filled.due, filled.due_precision) == ("NAV", dt.date(2027, 12, 31), "year")
    assert (filled.cost_nok, filled.sdg_focus) == (100_000, (4, 8))
    assert fill(row, "Lage kurs") == row
