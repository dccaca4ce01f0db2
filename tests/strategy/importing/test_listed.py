"""Strategies listed in one part of a plan whose measures stand in another, and points that begin as labels do."""

from __future__ import annotations

import pytest

from tests.strategy.importing.plans import outline

PLAN = """
Næringsplan for Sund kommune 2025–2028

Mål 1: Flere bedrifter

Strategier:
• {0}1 Styrke bedriftene
• {0}2 Hjelpe nye i gang

Mål 2: Flere gjester

Strategier:
• {1}1 Åpent hele året
• {1}2 Bedre vertskap

Handlingsdel

Strategi {0}1{2}
• Besøke tjue bedrifter (næringssjefen, 2026)
• Kjøpe strøm sammen (næringssjefen, 2026)

Strategi {0}2{3}
• Åpne gründerkontor (biblioteket, 2027)

Strategi {1}1{4}
• Merke kyststien (teknisk, 2026)

Strategi {1}2{5}
• Kurse ansatte (kultur, 2026)
"""
TEXTS = (": Styrke bedriftene", ": Hjelpe nye i gang", ": Åpent hele året", ": Bedre vertskap")


@pytest.mark.parametrize("letters", ["BG", "BM", "DS", "HT"])
def test_measures_stand_where_their_strategy_is_listed_whatever_its_letter_is_short_for_elsewhere(letters: str) -> None:
    first, second = letters
    assert outline(PLAN.format(first, second, *TEXTS)) == [
        "goal 1 Flere bedrifter",
        f"  strategy {first}1 Styrke bedriftene",
        "    measure Besøke tjue bedrifter",
        "    measure Kjøpe strøm sammen",
        f"  strategy {first}2 Hjelpe nye i gang",
        "    measure Åpne gründerkontor",
        "goal 2 Flere gjester",
        f"  strategy {second}1 Åpent hele året",
        "    measure Merke kyststien",
        f"  strategy {second}2 Bedre vertskap",
        "    measure Kurse ansatte",
    ]


def test_a_point_that_names_a_road_is_no_number() -> None:
    text = """
Næringsplan for Sund kommune 2025–2028

Mål 1: Bedre veier

Tiltak:
• E6 Nordbygda utbedres
• Gruse turveien

Mål 2: Flere i arbeid

Tiltak:
• Tiltak mot frafall i skolen
• Tiltak for unge uten arbeid
• Holde kurs
"""
    assert outline(text) == [
        "goal 1 Bedre veier",
        "  measure E6 Nordbygda utbedres",
        "  measure Gruse turveien",
        "goal 2 Flere i arbeid",
        "  measure Tiltak mot frafall i skolen",
        "  measure Tiltak for unge uten arbeid",
        "  measure Holde kurs",
    ]
