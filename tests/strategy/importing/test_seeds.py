"""Two plans like those the portal was conceived from, as a program took them out of their PDFs, and all they say oddly.

The texts are our own; the numbering is the demo's. Wrapped lines with an empty line after each, addresses and captions
between measures, headings printed after their text, a neighbour's chapter, a drawing of goals, other plans' goals.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from strategy.demo.halden import PLAN as HALDEN
from strategy.demo.ostre_toten import PLAN as OSTRE_TOTEN
from strategy.importing.finding import find
from strategy.importing.proposal import Certainty, Level, Odd, Proposal, as_json
from strategy.importing.reading import read

FILES = Path(__file__).parent / "files"
NUMBERED, PRINTED_AFTER = FILES / "like_halden.txt", FILES / "like_ostre_toten.txt"


@lru_cache
def plan(path: Path) -> Proposal:
    return find(read(path, path.name))


@lru_cache
def tree(path: Path) -> dict[str, Any]:
    return as_json(plan(path))


def wheres(path: Path, kind: Odd) -> list[str]:
    return [one.where for one in plan(path).anomalies if one.kind is kind]


class TestThePlanThatNumbersItsMeasures:
    def test_has_each_strategy_and_measure_where_and_as_the_demo_has_it(self) -> None:
        found = {
            goal["number"]: {one["number"]: [it["number"] for it in one["measures"]] for one in goal["strategies"]}
            for goal in tree(NUMBERED)["goals"]
        }
        assert found == {
            goal.number: {one.number: [it.number for it in one.measures] for one in goal.strategies}
            for goal in HALDEN.goals
        }

    def test_has_nothing_that_stands_outside_a_goal(self) -> None:
        assert not tree(NUMBERED)["strategies"]
        assert not tree(NUMBERED)["measures"]
        assert not any(goal["measures"] for goal in tree(NUMBERED)["goals"])

    @pytest.mark.parametrize(
        ("kind", "where"),
        [
            (Odd.NUMBER_MISSING, ["2.7.7"]),
            (Odd.NUMBER_DOUBLED, ["4.2.2", "4.3.2"]),
            (Odd.WRONG_REFERENCE, ["2.8"]),
            (Odd.HEADING_WRAPPED, ["1.2", "2.2", "4.1", "4.2"]),
            (Odd.SEPARATOR_MISSING, ["1.1.1"]),
        ],
    )
    def test_is_odd_just_there(self, kind: Odd, where: list[str]) -> None:
        assert wheres(NUMBERED, kind) == where

    def test_is_odd_in_no_other_way(self) -> None:
        assert len(plan(NUMBERED).anomalies) == 9

    def test_says_which_strategy_the_wrong_reference_means(self) -> None:
        assert [one.other for one in plan(NUMBERED).anomalies if one.kind is Odd.WRONG_REFERENCE] == ["2.7"]

    @pytest.mark.parametrize("stray", ["http", "Figur", "NABOBYGDA", "kåret", "STRATEGI", "Vekst og arbeid"])
    def test_takes_no_address_caption_neighbour_or_prize_into_a_title(self, stray: str) -> None:
        assert not [row.title for row in plan(NUMBERED).rows if stray in row.title]

    def test_leaves_the_neighbour_out_of_the_last_measure(self) -> None:
        assert "abobygda" not in plan(NUMBERED).rows[-1].text

    def test_has_all_of_a_wrapped_heading_as_its_title(self) -> None:
        (one,) = (row for row in plan(NUMBERED).rows if row.number == "4.1")
        assert one.title.startswith("STERKERE BÅND") and one.title.endswith("FLERE LÆREPLASSER")

    def test_is_sure_since_it_says_so_itself(self) -> None:
        assert {row.certainty for row in plan(NUMBERED).rows} == {Certainty.SURE}

    def test_tells_the_lines_of_the_file(self) -> None:
        lines = NUMBERED.read_text(encoding="utf-8").split("\n")
        for row in plan(NUMBERED).rows:
            assert row.title[:25].casefold() in lines[row.line - 1].casefold()


class TestThePlanWhoseHeadingsComeAfterTheirText:
    def test_has_as_many_goals_and_points_as_the_demo(self) -> None:
        found = [len(goal["measures"]) for goal in tree(PRINTED_AFTER)["goals"]]
        assert found == [len(goal.measures) for goal in OSTRE_TOTEN.goals] == [7, 9, 6]

    def test_has_the_numbers_of_its_chapters(self) -> None:
        assert [goal["number"] for goal in tree(PRINTED_AFTER)["goals"]] == ["4.2.1", "4.2.2", "4.2.3"]

    def test_has_the_strategy_that_stands_apart_with_its_measures(self) -> None:
        (apart,) = tree(PRINTED_AFTER)["strategies"]
        assert (apart["number"], len(apart["measures"])) == (None, 3)

    @pytest.mark.parametrize("stray", ["4.1.", "Region", "egion som", "talerør", "merkevare", "Hovedmål", "Samspill"])
    def test_takes_nothing_of_the_region_the_forum_the_superior_plan_or_the_drawing(self, stray: str) -> None:
        assert not [row for row in plan(PRINTED_AFTER).rows if stray in f"{row.number} {row.title}"]

    def test_joins_a_point_that_goes_on_over_an_empty_line(self) -> None:
        assert any(row.title.endswith("gjennom nettverk av bønder og forskere") for row in plan(PRINTED_AFTER).rows)

    def test_tells_which_heading_comes_late_and_which_goal_is_drawn_in_other_words(self) -> None:
        assert wheres(PRINTED_AFTER, Odd.HEADING_AFTER_TEXT) == ["4.2"]
        assert wheres(PRINTED_AFTER, Odd.GOAL_REWORDED) == ["4.2.2"]

    def test_is_likely_where_only_a_sentence_leads_to_the_points(self) -> None:
        points = {row.certainty for row in plan(PRINTED_AFTER).rows if row.level is Level.MEASURE}
        assert points == {Certainty.LIKELY}
