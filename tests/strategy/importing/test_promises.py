"""Measures that are told as promises, where nothing calls them measures."""

from __future__ import annotations

import pytest

from strategy.importing.document import Unreadable
from tests.strategy.importing.plans import outline

PLAN = """
Næringsplan for Sund kommune 2025–2028

Levande sentrum
Sentrum er viktig for alle som bur her.

{}

{}

Fleire bustader
Mange vil flytte hit.

{}

{}
"""


@pytest.mark.parametrize(
    "said",
    [
        ("Vi skal bygge ny bru.", "Vi skal pusse opp torget.", "Vi vil selge tomter.", "Kommunen skal regulere Lia."),
        ("Det skal bygges ny bru.", "Det skal pusses opp.", "Det skal selges tomter.", "Det skal reguleres i Lia."),
        (
            "Det skal byggjast ny bru.",
            "Det skal pussast opp.",
            "Det skal seljast tomter.",
            "Det skal regulerast i Lia.",
        ),
    ],
)
def test_what_shall_be_done_is_a_measure_in_both_languages(said: tuple[str, ...]) -> None:
    first, second, third, fourth = (f"  measure {one.rstrip('.')}" for one in said)
    told = ["goal Levande sentrum", first, second, "goal Fleire bustader", third, fourth]
    assert outline(PLAN.format(*said)) == told


def test_what_shall_be_so_is_no_measure() -> None:
    with pytest.raises(Unreadable):
        outline(
            PLAN.format("Det skal vere lett.", "Vi skal ikkje bygge.", "Det skal vere godt.", "Vi vil at alle trivst.")
        )
