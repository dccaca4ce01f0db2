"""The demo's facts add up, and its invented picture holds: pure, no database."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from strategy import rules
from strategy.demo import (
    gjovik,
    halden,
    halden_reports,
    halden_status,
    indicators,
    indre_ostfold,
    ostre_toten,
    ostre_toten_status,
    sarpsborg,
)
from strategy.demo.facts import InventedStatus, as_of, measures_by_key

if TYPE_CHECKING:
    from strategy.demo.facts import InventedPeriod

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


REPORT_1 = {"late": 4, "at_risk": 4, "on_track": 32, "done": 2, "not_started": 12, "on_hold": 2, "undated": 15}


@pytest.mark.parametrize(("period", "picture"), [(halden_reports.FIRST, REPORT_1), (halden_reports.SECOND, PICTURE)])
def test_the_picture_of_each_reports_day_is_the_one_its_report_says(period: InventedPeriod, picture: Any) -> None:
    assert period.frozen is not None
    then = [as_of(status, period.frozen) for status in halden_status.STATUSES]
    assert Counter(standing(status, period.frozen) for status in then) == picture


def test_from_report_1_to_report_2_four_became_late_two_came_back_and_three_were_done() -> None:
    first, second = (
        {status.measure: standing(as_of(status, day), day) for status in halden_status.STATUSES}
        for day in (date(2026, 5, 7), date(2026, 9, 7))
    )
    late = {key for key in second if second[key] == "late"}
    assert late - {key for key in first if first[key] == "late"} == {"2.5.7", "1.2.4", "3.1.4", "4.1.1"}
    assert {key for key in first if first[key] == "late"} - late == {"2.4.2", "2.8.5"}
    assert {key for key in first if first[key] != "done" and second[key] == "done"} == {"2.1.4", "2.4.4", "2.6.1"}


def test_nothing_is_said_of_a_measure_that_is_not_reported() -> None:
    for period in halden_reports.PERIODS:
        assert not set(period.missing) & {answer.measure for answer in period.answers}
    assert len(halden_reports.SECOND.missing) == 9


def test_every_made_up_fact_is_about_a_measure_of_the_plan() -> None:
    facts = (*halden_status.DUTIES, *halden_status.PARTNERS, *halden_status.FUNDING, *halden_status.EFFECTS)
    said = {answer.measure for period in halden_reports.PERIODS for answer in period.answers}
    missing = {measure for period in halden_reports.PERIODS for measure in period.missing}
    assert {fact.measure for fact in facts} | said | missing <= set(measures_by_key(halden.PLAN))


def test_ostre_totens_invented_picture_is_the_one_we_drew() -> None:
    keys = [status.measure for status in ostre_toten_status.STATUSES]
    assert set(keys) == set(measures_by_key(ostre_toten.PLAN))
    assert Counter(standing(status, TODAY) for status in ostre_toten_status.STATUSES) == {
        "late": 2, "at_risk": 2, "on_track": 8, "done": 2, "not_started": 2, "undated": 9
    }  # fmt: skip


def test_partners_addresses_lead_nowhere() -> None:
    assert all(partner.address.endswith(".example") for partner in halden_status.PARTNERS)


def test_descriptions_are_one_short_sentence_or_two() -> None:
    for plan in (halden.PLAN, ostre_toten.PLAN, indre_ostfold.PLAN, sarpsborg.PLAN):
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
