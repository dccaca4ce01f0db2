"""Points below points, sentences printed as headings, labels a word processor draws: which of them are rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from strategy.importing.document import Document, Kind, Line, Role
from strategy.importing.finding import find
from strategy.importing.finding.marks import label_of
from strategy.importing.proposal import Level
from tests.strategy.importing.plans import found_in, outline

if TYPE_CHECKING:
    from collections.abc import Iterable

OF_WHO = ("teknisk, 2026", "kultur, 2027", "næringssjefen, 2025", "plan, 2028")
DEEDS = ("Bygge torg ved kirka", "Leie ut meieriet", "Merke alle turstier", "Holde kurs hver vår")
THEMES = (("Levende sentrum", DEEDS[:1]), ("Flere besøkende", DEEDS[1:3]), ("Dyktige verter", DEEDS[3:]))
NESTED = [
    "goal 1 Handel",
    "  strategy Levende sentrum",
    "    measure Bygge torg ved kirka",
    "  strategy Flere besøkende",
    "    measure Leie ut meieriet",
    "    measure Merke alle turstier",
    "goal 2 Vertskap",
    "  strategy Dyktige verter",
    "    measure Holde kurs hver vår",
]


def without_brackets(rows: Iterable[str]) -> list[str]:
    return [row.split(" (")[0] for row in rows]


def plan(lead: str = "", outer: str = "• {}", inner: str = "  – {} ({})", head: str = "") -> str:
    """Return a plan of two goals with points below points; each is said as `outer` and `inner` tell."""
    told = [head] if head else []
    of_who = iter(OF_WHO)
    for number, (goal, themes) in enumerate((("Handel", THEMES[:2]), ("Vertskap", THEMES[2:])), 1):
        told += ["", f"Mål {number}: {goal}", "", lead] if lead else ["", f"Mål {number}: {goal}", ""]
        for theme, deeds in themes:
            told += [outer.format(theme), *(inner.format(deed, next(of_who)) for deed in deeds)]
    return "\n".join(told)


# ---- points below points ----


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("• {}", "  – {} ({})"),
        ("– {}", "    – {} ({})"),
        ("* {}", "o {} ({})"),
        ("• {}", "  – {}\n    Ansvar og frist: {}"),
        ("• {}", "  – {}. Ansvar: {}"),
    ],
)
def test_points_are_strategies_where_only_those_below_say_who_or_when(outer: str, inner: str) -> None:
    assert without_brackets(outline(plan(outer=outer, inner=inner))) == NESTED


def test_who_and_when_below_a_point_are_of_that_point_and_not_of_the_one_that_holds_it() -> None:
    found = found_in(plan(inner="  – {}\n    Ansvar: {}"))
    measures = [row for row in found.rows if row.level is Level.MEASURE]
    assert [row.responsible for row in measures] == list(OF_WHO)


@pytest.mark.parametrize("lead", ["Strategier:", "Vi har valgt disse strategiene:", "Strategier og tiltak i perioden:"])
def test_points_below_strategies_are_measures(lead: str) -> None:
    assert outline(plan(lead, inner="  – {}")) == NESTED


@pytest.mark.parametrize(
    ("lead", "outer", "inner"),
    [
        ("Tiltak:", "• {}", "  – {} ({})"),
        ("Kommunen skal:", "• {}", "  – {} ({})"),
        ("", "• {}", "  – {}"),
        ("", "• {} (næringssjefen, 2026)", "  – {}"),
    ],
)
def test_points_below_measures_only_tell_of_them(lead: str, outer: str, inner: str) -> None:
    rows = without_brackets(outline(plan(lead, outer, inner)))
    assert [row for row in rows if row.startswith("  ")] == [f"  measure {theme}" for theme, _deeds in THEMES]


def test_points_below_strategies_only_tell_of_them_where_measures_stand_beside() -> None:
    told = plan("Strategier:", inner="  – slik at vi kan {}").replace("Mål 2", "Tiltak:\n• Åpne bryggeriet\n\nMål 2", 1)
    assert outline(f"{told}\n\nTiltak:\n• Lyse ut midler") == [
        "goal 1 Handel",
        "  strategy Levende sentrum",
        "  strategy Flere besøkende",
        "  measure Åpne bryggeriet",
        "goal 2 Vertskap",
        "  strategy Dyktige verter",
        "  measure Lyse ut midler",
    ]


def line(text: str, number: int, **look: object) -> Line:
    return Line(text, 1, number, whole=True, size=11.0, **look)  # type: ignore[arg-type]


def word(*lines: tuple[str, dict[str, object]]) -> list[str]:
    """Return what is found in the paragraphs of a word processing file, each with how it looks."""
    body = ("Planen bygger på møter med bedriftene og på kommunens egne tall fra hele perioden.", {})
    blocks = tuple(line(text, number, **look) for number, (text, look) in enumerate([*lines, body], 1))
    return outline(find(Document(Kind.DOCX, 1, blocks)))


def test_points_printed_as_headings_are_strategies() -> None:
    bold, plain = {"role": Role.ITEM, "level": 1, "bold": True}, {"role": Role.ITEM, "level": 2}
    told: list[tuple[str, dict[str, object]]] = []
    for number, (goal, themes) in enumerate((("Handel", THEMES[:2]), ("Vertskap", THEMES[2:])), 1):
        told.append((f"Mål {number}: {goal}", {"role": Role.HEADING, "level": 1}))
        for theme, deeds in themes:
            told += [(theme, bold), *((deed, plain) for deed in deeds)]
    assert word(*told) == NESTED


# ---- sentences printed as headings ----

AREAS = (("Sentrum", "Handelen skal vokse med ti prosent"), ("Landbruk", "Flere unge skal ta over gård"))


def heading(text: str, level: int) -> tuple[str, dict[str, object]]:
    return text, {"role": Role.HEADING, "level": level}


def test_one_section_alone_may_say_what_it_wants() -> None:
    assert word(
        heading("Sentrum", 1), heading("Mål", 2), heading("Alle lokaler skal være leid ut", 3), heading("Tiltak", 2),
        ("Bygge torg", {"role": Role.ITEM, "level": 1}), heading("Landbruk", 1), heading("Tiltak", 2),
        ("Leie ut", {"role": Role.ITEM, "level": 1}),
    ) == ["goal Sentrum", "  measure Bygge torg", "goal Landbruk", "  measure Leie ut"]  # fmt: skip


@pytest.mark.parametrize("stop", ["", "."])
@pytest.mark.parametrize("heads", [[], ["Mål"]])
@pytest.mark.parametrize("level", [2, 3])
def test_a_sentence_printed_as_a_heading_says_what_the_one_above_it_wants(
    heads: list[str], level: int, stop: str
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    for area, wants in AREAS:
        told.append((area, {"role": Role.HEADING, "level": 1}))
        told += [(head, {"role": Role.HEADING, "level": 2}) for head in heads]
        told.append((wants + stop, {"role": Role.HEADING, "level": level}))
        told += [("Tiltak", {"role": Role.HEADING, "level": 2}), (f"Bygge i {area}", {"role": Role.ITEM, "level": 1})]
    assert word(*told) == [
        "goal Sentrum", "  measure Bygge i Sentrum", "goal Landbruk", "  measure Bygge i Landbruk",
    ]  # fmt: skip


def test_goals_that_are_sentences_are_goals_though_the_first_stands_right_below_a_heading() -> None:
    told: list[tuple[str, dict[str, object]]] = [("Mål og tiltak", {"role": Role.HEADING, "level": 1})]
    for area, wants in AREAS:
        told += [
            (f"{wants}.", {"role": Role.HEADING, "level": 2}),
            (f"Bygge i {area}", {"role": Role.ITEM, "level": 1}),
        ]
    assert word(*told) == [
        "goal Handelen skal vokse med ti prosent", "  measure Bygge i Sentrum",
        "goal Flere unge skal ta over gård", "  measure Bygge i Landbruk",
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["Mål", "Delmål"])
def test_what_a_goal_wants_beside_its_measures_is_told_of_it_and_no_strategy(head: str) -> None:
    first, second = "Alle lokaler er leid ut", "Torget er fullt av folk"
    found = found_in(
        f"Satsingsområde 1: Handel\n{head}:\n• {first}\n• {second}\nTiltak:\n• Bygge torg\n\n"
        "Satsingsområde 2: Vekst\nTiltak:\n• Leie ut"
    )
    assert outline(found) == ["goal 1 Handel", "  measure Bygge torg", "goal 2 Vekst", "  measure Leie ut"]
    assert found.rows[0].description == f"• {first}\n• {second}"


# ---- labels that are drawn, or glued ----


@pytest.mark.parametrize("bold", [True, False])
def test_drawn_labels_of_a_list_stand_below_the_headings_though_both_are_outermost(bold: bool) -> None:
    told: list[tuple[str, dict[str, object]]] = [("Satsingsområder og tiltak", {"role": Role.HEADING, "level": 1})]
    for number, area in enumerate(("Sentrum", "Landbruk", "Reiseliv"), 1):
        told.append((area, {"role": Role.HEADING, "level": 2, "label": f"5.{number}"}))
        told.append((f"Bygge i {area}", {"role": Role.ITEM, "level": 1, "label": f"Tiltak {number}:", "bold": bold}))
    assert word(*told) == [
        "goal 5.1 Sentrum", "  measure 1 Bygge i Sentrum", "goal 5.2 Landbruk", "  measure 2 Bygge i Landbruk",
        "goal 5.3 Reiseliv", "  measure 3 Bygge i Reiseliv",
    ]  # fmt: skip


def test_headings_of_a_text_hold_the_measures_numbered_through_below_them() -> None:
    told = "\n".join(
        f"\n{area}\n\nOmrådet er viktig for alle som bor her.\n\n"
        + "\n\n".join(f"Tiltak {number}: Bygge {number} hus\nKommunen eier tomta." for number in numbers)
        for area, numbers in (("Sentrum", (1, 2, 3)), ("Landbruk", (4, 5, 6)))
    )
    assert outline(told) == [
        "goal Sentrum", "  measure 1 Bygge 1 hus", "  measure 2 Bygge 2 hus", "  measure 3 Bygge 3 hus",
        "goal Landbruk", "  measure 4 Bygge 4 hus", "  measure 5 Bygge 5 hus", "  measure 6 Bygge 6 hus",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"), [("Tiltak 1.2Bygge torg", "1.2"), ("Tiltak 12Bygge torg", "12"), ("Tiltak 3a Bygge torg", "3a")]
)
def test_a_text_may_be_glued_to_its_number(text: str, number: str) -> None:
    label = label_of(text)
    assert label is not None
    assert (label.number, label.text) == (number, "Bygge torg")
