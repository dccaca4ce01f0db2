"""What a document says of the plan itself: its own words, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.importing.document import Document, Kind, Line, Role, Table, TableRow
from strategy.importing.finding.facts import facts_of
from strategy.importing.proposal import Facts

FULL = "og dette er en vanlig setning som fyller hele linja i et dokument av denne bredden, slik linjer"


def document(*said: str | Line, title: str = "") -> Document:
    """Return a document of paragraphs; what begins with "# " is a heading."""
    lines = [
        one if isinstance(one, Line) else Line(one.removeprefix("# "), 1 + place // 9, place, Role.HEADING if one.startswith("# ") else Role.TEXT, whole=True)
        for place, one in enumerate(said, 1)
    ]  # fmt: skip
    return Document(Kind.DOCX, 3, tuple(lines), title)


# ---- period ----


@pytest.mark.parametrize(
    ("said", "period"),
    [
        (["# Næringsplan 2026–2030"], (2026, 2030)),
        (["# Næringsplan for Fjellbygda", "2026 – 2029"], (2026, 2029)),
        (["# Næringsplan 2025 til 2029"], (2025, 2029)),
        (["# Reiselivsplan", "Oppdiktet kommune 2025-28"], (2025, 2028)),
        (["# Landbruksplan for Fjellbygda", "Vedtatt 2023, gjelder til 2030"], (None, 2030)),
        (["# Næringsplan", "Planen er vedtatt 12. mai 2024."], (None, None)),
    ],
)
def test_the_first_page_says_the_period(said, period):
    facts = facts_of(document(*said))
    assert (facts.period_start, facts.period_end) == period


def test_the_period_is_not_that_of_the_former_plan_the_plan_above_or_another():
    facts = facts_of(
        document(
            "# Innledning",
            "Denne planen tar over for næringsplan 2019–2023 og bygger på kommuneplanens samfunnsdel 2019–2040.",
            "Antall arbeidsplasser har økt i perioden 2015–2020. Klimaplan 2020–2024 gjelder også.",
            "# Formål med næringsplan 2024-2028",
            "Næringsplan 2024 – 2028 er styrende for kommunen. Planen gjelder for perioden 2024 til 2028.",
        )
    )
    assert (facts.period_start, facts.period_end) == (2024, 2028)
    assert facts.superior_plan == "Kommuneplanens samfunnsdel 2019–2040"


def test_a_sheet_says_its_period_in_a_cell():
    sheet = Table((TableRow(("Periode", "2025–2028"), 1, 2), TableRow(("Vedtatt", "05.12.2024"), 1, 3)))
    assert facts_of(Document(Kind.XLSX, 1, (sheet,))).period_end == 2028


# ---- title ----


def test_the_title_is_that_of_the_properties_unless_a_program_made_it_up():
    big = Line("REISELIVSPLAN FOR", 1, 1, size=26, whole=True), Line("FJELLBYGDA 2026–2030", 1, 2, size=26, whole=True)
    rest = [f"Fjellbygda har gjester. {FULL}"] * 3
    assert facts_of(document(*big, *rest, title="Reiselivsplan 2026–2030")).title == "Reiselivsplan"
    assert facts_of(document(*big, *rest, title="Dokument1")).title == "Reiselivsplan for Fjellbygda"
    assert facts_of(document(*rest, title="Microsoft Word - plan.docx")).title == ""


def test_the_title_may_stand_at_the_top_of_each_page_only():
    heads = [Line("Side 2 | Strategi for landbruk", page, 1, Role.HEADER) for page in (2, 3)]
    assert facts_of(document(f"Kommunen har mange bruk, {FULL}.", *heads)).title == "Strategi for landbruk"


# ---- vision, mission, values, aim ----


@pytest.mark.parametrize(
    "said",
    [
        ["Visjon: «Bygda der alt er mulig»"], ["Planen bygger på samfunnsdelen. Visjonen er «Bygda der alt er mulig»."],
        ["Visjonen vår er: Bygda der alt er mulig. Under står målene."], ["# 3 Visjon", "Bygda der alt er mulig"],
        ["# Visjon og verdier", "Visjonen skal vise vei for alle som bor her og for dem som kommer:", "Bygda der alt er mulig"],
        ["Visjonen for næringsarbeidet er «Bygda der alt er mulig». Arbeidet skal vare."],
        ["# VISJON", "Arbeidet skal bygge på dette, har vi sagt: «Bygda der alt er mulig»."],
    ],
)  # fmt: skip
def test_the_vision_is_said_in_many_ways(said):
    assert facts_of(document("# Næringsplan 2026–2030", *said)).vision == "Bygda der alt er mulig"


@pytest.mark.parametrize(
    "said",
    [
        ["Samfunnsdelen har som visjon at Bygda skal stå støtt."], ["Visjonen i kommuneplanens samfunnsdel er: Trygg og god"],
        ["# 1.1 Misjon; hvorfor er vi her?", "# 1.2 Visjon; hvem skal vi være?", "# 1.3 Verdier", "Kommunen yter tjenester til alle."],
        ["# Fylkets visjon", "Visjon: Et større fylke"], ["Bedriftene har hver sin visjon."],
    ],
)  # fmt: skip
def test_the_vision_of_others_or_none_is_none(said):
    assert facts_of(document(*said)).vision == ""


def test_a_motto_at_the_top_of_pages_is_the_vision_where_nothing_else_is():
    heads = [Line(f"{page} «Bygda der alt er mulig»", page, 1, Role.FOOTER) for page in (2, 3)]
    assert facts_of(document("# 1.1 Visjon", "# 1.2 Verdier", *heads)).vision == "Bygda der alt er mulig"
    assert facts_of(document("Noe annet", *heads)).vision == ""


@pytest.mark.parametrize(
    "said",
    [
        ["Kommunens verdier er åpenhet, mot og samarbeid. Disse gjelder alle."], ["Verdiane våre er åpenhet, mot og samarbeid."],
        ["# Våre verdier", "Åpenhet", "• Mot", "Samarbeid", "Dette er noe vi skal kjenne igjen i hverdagen."], ["Verdier: åpenhet, mot og samarbeid"],
    ],
)  # fmt: skip
def test_values_are_a_few_words(said):
    assert facts_of(document(*said)).values == "Åpenhet, mot og samarbeid"
    assert facts_of(document("Kommunens verdier er viktige for oss når vi møter dem som bor her.")).values == ""


def test_the_mission_is_that_of_its_heading_even_where_headings_are_printed_together():
    said = ["# 1.1 Misjon; hvorfor er vi her?", "# 1.2 Verdier", "Kommunen skal fremme selvstyre og yte tjenester."]
    assert facts_of(document(*said)).mission == "Kommunen skal fremme selvstyre og yte tjenester."
    assert facts_of(document("# Formål", "Planen skal vise vei.")).mission == ""


@pytest.mark.parametrize(
    ("said", "aim"),
    [
        (
            ["Overordnet mål: Bygda skal ha 60 flere arbeidsplasser i 2027."],
            "Bygda skal ha 60 flere arbeidsplasser i 2027",
        ),
        (["Hovedmålet med næringsplanen er å få flere i arbeid. Det haster."], "Få flere i arbeid"),
        (
            ["Det overordna målet for planen er:", "Minst 500 nye arbeidsplassar i 2030"],
            "Minst 500 nye arbeidsplassar i 2030",
        ),
        (["Forumets overordnede mål er vekst. Overordnet mål for bedriftsforumet: flere medlemmer."], ""),
        (["EU har en grønn plan. Målet med planen er et rent kontinent."], ""),
        (["Hovedmål 1: Flere i arbeid"], ""),
        (
            ["# Hovudmål", "Bygda skal ha eit lønsamt landbruk. Det er delt i delmål."],
            "Bygda skal ha eit lønsamt landbruk",
        ),
        (["# Hovedmål", "Bygda skal ha 60 flere jobber.", "# Hovedmål 1", "Flere i arbeid"], ""),
    ],
)
def test_the_aim_is_the_plans_own(said, aim):
    assert facts_of(document(*said)).aim == aim


def test_a_document_without_words_says_nothing():
    assert facts_of(Document(Kind.TXT, 1, ())) == Facts()


PIECES = st.sampled_from(
    [
        "Visjon",
        "Visjon: ",
        "«",
        "»",
        "2026–2030",
        "Næringsplan ",
        "Verdier er ",
        "a, b og c",
        ".",
        ":",
        "Overordnet mål er",
        "\n",
        "1.1 Misjon",
        "mot 2030 ",
    ]
)
LINES = st.builds(
    Line, text=st.lists(PIECES | st.text(max_size=5), max_size=6).map("".join), page=st.integers(1, 3), number=st.integers(1, 50), role=st.sampled_from(Role),
    whole=st.booleans(), bold=st.booleans(), size=st.sampled_from([0.0, 11.0, 26.0]), gap=st.integers(0, 3),
)  # fmt: skip


@given(st.lists(LINES, max_size=12), st.text(max_size=12))
def test_whatever_a_document_says_years_come_in_order(lines, title):
    facts = facts_of(Document(Kind.TXT, 3, tuple(lines), title))
    assert facts.period_start is None or (facts.period_end or 0) > facts.period_start
