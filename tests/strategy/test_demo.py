"""The demo's facts add up, and its invented picture holds: pure, no database."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from strategy import rules
from strategy.demo import gjovik, halden, halden_status, indicators, ostre_toten, sarpsborg
from strategy.demo.facts import InventedStatus, measures_by_key

TODAY = date(2026, 11, 21)
PICTURE = {"late": 6, "at_risk": 4, "on_track": 27, "done": 5, "not_started": 12, "on_hold": 2, "undated": 15}


def standing(status: InventedStatus, on: date) -> str:
    milestones = tuple(rules.MilestoneFacts(m.due, reached=m.reached_on is not None) for m in status.milestones)
    facts = rules.MeasureFacts(
        rules.State(status.state), judgement=rules.Judgement(status.judgement), milestones=milestones
    )
    return rules.standing(facts, on).value


def test_each_of_haldens_71_measures_has_one_invented_status() -> None:
    keys = [status.measure for status in halden_status.STATUSES]
    assert len(keys) == 71
    assert set(keys) == set(measures_by_key(halden.PLAN))


def test_the_invented_picture_is_the_one_we_drew() -> None:
    assert Counter(standing(status, TODAY) for status in halden_status.STATUSES) == PICTURE


@pytest.mark.parametrize("months", [1, 3, 6])
def test_the_picture_holds_for_half_a_year(months: int) -> None:
    later = TODAY + timedelta(days=30 * months)
    assert Counter(standing(status, later) for status in halden_status.STATUSES) == PICTURE


def test_late_ones_are_20_to_240_days_late() -> None:
    late = [(TODAY - status.milestones[0].due).days for status in halden_status.LATE]
    assert all(20 <= days <= 240 for days in late)


def test_descriptions_are_one_short_sentence_or_two() -> None:
    for plan in (halden.PLAN, ostre_toten.PLAN):
        assert all(0 < len(measure.description) <= 140 for measure in measures_by_key(plan).values())


def test_the_other_plans_have_the_parts_their_documents_have() -> None:
    assert [len(goal.measures) for goal in ostre_toten.PLAN.goals] == [7, 9, 6]
    assert len(sarpsborg.PLAN.goals) == 5
    assert len([tag for tag in sarpsborg.PLAN.tags if not tag.parent]) == 5
    assert (len(gjovik.PLAN.goals), len(gjovik.PLAN.strategies)) == (5, 6)


def test_haldens_tables_add_up() -> None:
    private, public, total = (
        next(series.values for series in indicators.SERIES if series.indicator == name)
        for name in (indicators.PRIVATE, indicators.PUBLIC, indicators.ALL_JOBS)
    )
    assert [a.value + b.value for a, b in zip(private, public, strict=True)] == [each.value for each in total]
    assert sum(kind.employees for kind in indicators.BUSINESS_TYPES_2024) == indicators.EMPLOYEES_2024
