"""Plans in the shapes municipalities give them: what is found agrees with what a careful officer wrote down by hand."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from strategy.importing.document import Unreadable
from strategy.importing.proposal import Proposal, as_json
from tests.strategy.importing import scoring

LEAST = 0.95
ALL = scoring.documents(Path(__file__).parent / "known")
PLANS = [one for one in ALL if "unreadable" not in scoring.truth_of(one)]
OTHERS = [one for one in ALL if one not in PLANS]


def every(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[one.name for one in paths])


def stating(what: str) -> list[Path]:
    return [one for one in PLANS if what in scoring.truth_of(one)]


@lru_cache
def found_in(path: Path) -> Proposal:
    return scoring.found_in(path)


@lru_cache
def score_of(path: Path) -> scoring.Score:
    return scoring.score(path.name, scoring.truth_of(path), as_json(found_in(path)))


def test_there_are_twelve_plans_and_more_and_all_kinds_of_files() -> None:
    assert len(PLANS) >= 12
    assert {one.suffix for one in PLANS} == {".docx", ".pdf", ".txt", ".xlsx", ".csv"}


@every(PLANS)
def test_measures_are_found_and_nothing_else_is_taken_for_one(path: Path) -> None:
    assert score_of(path).measures.lowest >= LEAST, score_of(path).faults


@every(PLANS)
def test_measures_stand_under_their_own_strategy_and_goal(path: Path) -> None:
    assert score_of(path).parents.lowest >= LEAST, score_of(path).faults


@every(PLANS)
def test_goals_and_strategies_are_those_of_the_plan_and_no_others(path: Path) -> None:
    assert (score_of(path).goals + score_of(path).strategies).lowest >= LEAST, score_of(path).faults


@every(PLANS)
def test_numbers_are_as_printed(path: Path) -> None:
    assert score_of(path).numbers.lowest >= LEAST, score_of(path).misnumbered


@every(stating("details"))
def test_responsible_due_and_cost_are_what_the_plan_says(path: Path) -> None:
    assert scoring.differing_details(scoring.truth_of(path), found_in(path)) == []


@every(stating("anomalies"))
def test_numbers_missing_and_doubled_are_reported_and_only_those(path: Path) -> None:
    assert scoring.differing_anomalies(scoring.truth_of(path), found_in(path)) == []


@every(stating("facts"))
def test_period_and_vision_are_the_plan_s_own(path: Path) -> None:
    assert scoring.differing_facts(scoring.truth_of(path), found_in(path)) == []


@every(OTHERS)
def test_a_text_without_a_plan_s_structure_is_refused_in_so_many_words(path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        found_in(path)
    assert refused.value.why == scoring.truth_of(path)["unreadable"]


def a_plan() -> dict[str, Any]:
    measures = [{"number": str(n), "title": f"Bygge {what} ved stasjonen"} for n, what in ((1, "brygge"), (2, "bro"))]
    strategies = [{"number": "1.1", "title": "Sentrum", "measures": measures},
                  {"number": "1.2", "title": "Havna", "measures": [{"number": "1", "title": "Leie ut kai"}]}]  # fmt: skip
    return {"goals": [{"number": "1", "title": "Vekst", "strategies": strategies, "measures": []}]}


class TestTheScore:
    def test_the_same_plan_agrees_in_all(self) -> None:
        same = scoring.score("plan", a_plan(), a_plan())
        assert (same.measures.lowest, same.parents.lowest, same.faults) == (1.0, 1.0, [])

    def test_a_measure_under_the_wrong_strategy_is_found_but_has_not_its_parent(self) -> None:
        found = deepcopy(a_plan())
        first, second = found["goals"][0]["strategies"]
        second["measures"].append(first["measures"].pop())
        result = scoring.score("plan", a_plan(), found)
        assert (result.measures.recall, result.parents.both, len(result.misplaced)) == (1.0, 2, 1)

    def test_what_is_no_measure_lowers_the_precision(self) -> None:
        found = deepcopy(a_plan())
        found["measures"] = [{"number": None, "title": "Innholdsfortegnelse"}]
        result = scoring.score("plan", a_plan(), found)
        assert (result.measures.recall, result.measures.precision, len(result.extra)) == (1.0, 0.75, 1)

    def test_a_second_set_is_not_found_twice(self) -> None:
        found = deepcopy(a_plan())
        found["measures"] = deepcopy(found["goals"][0]["strategies"][0]["measures"])
        assert scoring.score("plan", a_plan(), found).measures.precision == 0.6

    @pytest.mark.parametrize(("one", "other", "same"), [
        ("Bygge ut vann og avløp til Sagmoen", "BYGGE UT VANN OG AVLØP TIL SAGMOEN.", True),
        ("Bygge ut vann og avløp", "Bygge ut vann og avløp til Sagmoen i 2028", True),
        ("Bygge ut vann", "Bygge ut vann og avløp til Sagmoen", False),
        ("Innføre næringsprogrammet", "Innføre nærings- programmet", False),
    ])  # fmt: skip
    def test_titles_agree_by_their_words(self, one: str, other: str, same: bool) -> None:
        assert scoring.is_said_as(one, other) is same
