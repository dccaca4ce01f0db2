"""What a plan's targets and figures are on a day, read from the database in two queries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.demo.shelf import Shelf
from strategy import charts, content, figures
from strategy.demo import load_indicators, measured
from strategy.models import Indicator, Observation, Plan, Series, Target
from strategy.rules import TargetStanding
from tests import factories as make
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


def end_of(year: int) -> dt.date:
    return dt.date(year, 12, 31)


@pytest.fixture
def plan(world: World) -> Plan:
    return make.a_plan(make.an_authority())


def only_line(plan: Plan, today: dt.date = TODAY) -> Any:
    (line,) = figures.read(plan.pk, today)[0]
    return line


def test_reading_costs_two_queries_for_any_number_of_targets_and_values(plan: Plan) -> None:
    for size in (1, 3, 30):
        for _number in range(size):
            make.a_target(plan, make.a_series(make.an_indicator(plan.authority), *range(10)))
        with CaptureQueriesContext(connection) as caught:
            figures.read(plan.pk, TODAY)
        assert len(caught) == 2


def test_the_baseline_may_be_the_observation_at_its_date(plan: Plan) -> None:
    series = make.a_series(make.an_indicator(plan.authority, lag_days=400), 100, 110, 120, 130, 150)
    make.a_target(plan, series, value=200, baseline_on=end_of(2020), target_on=end_of(2030))
    line = only_line(plan, dt.date(2026, 1, 1))
    assert (line.baseline.value, line.latest.value, line.expected, line.standing) == (
        100, 150, 140, TargetStanding.ON_COURSE,
    )  # fmt: skip


def test_a_share_is_read_in_per_cent_of_the_other_area(plan: Plan) -> None:
    indicator = make.an_indicator(plan.authority, unit="kroner", lag_days=1500)
    own = make.a_series(indicator, 80, 85, area="Halden")
    country = make.a_series(indicator, 100, 100, area="Norge")
    make.a_target(
        plan, own, kind="share", compared_with=country, value=100, baseline_on=end_of(2016),
        baseline_value=Decimal("79.9"), target_on=end_of(2030),
    )  # fmt: skip
    line = only_line(plan, dt.date(2022, 6, 1))
    assert (line.unit, line.target, line.latest.value, line.compared_with) == ("%", 100, 85, "Norge")
    assert line.standing == TargetStanding.BEHIND


def test_an_estimated_value_stays_estimated_on_its_way_to_the_page(plan: Plan) -> None:
    series = make.a_series(make.an_indicator(plan.authority))
    make.an_observation(series, observed_on=end_of(2021), value=27985, is_estimated=True)
    make.a_target(plan, series, value=33000, baseline_on=end_of(2017), baseline_value=27000, is_baseline_estimated=True)
    line = only_line(plan)
    assert line.latest.is_estimated and line.baseline.is_estimated


def test_values_keep_every_decimal(plan: Plan) -> None:
    make.a_target(plan, make.a_series(make.an_indicator(plan.authority), Decimal("123456789012.3456")))
    assert only_line(plan).latest.value == Decimal("123456789012.3456")


def test_what_is_dated_after_the_day_is_not_on_the_page_yet(plan: Plan) -> None:
    make.a_target(plan, make.a_series(make.an_indicator(plan.authority), 100, 110, 120))
    _lines, (figure,) = figures.read(plan.pk, end_of(2021))
    assert [point.on.year for point in figure.series[0].points] == [2020, 2021]


def test_a_figure_is_drawn_for_what_a_target_uses_and_for_background(plan: Plan) -> None:
    owner = plan.authority
    other = make.a_plan(owner)
    used, background, elsewhere, empty = (make.an_indicator(owner, name=name) for name in "abcd")
    make.a_target(plan, make.a_series(used, 1, 2))
    make.a_series(used, 3, 4)
    make.a_series(background, 1, 2)
    make.a_target(other, make.a_series(elsewhere, 1, 2))
    make.a_series(empty)
    make.a_series(make.an_indicator(make.an_authority(), name="e"), 1, 2)
    _lines, drawn = figures.read(plan.pk, TODAY)
    assert [(figure.name, len(figure.series)) for figure in drawn] == [("a", 2), ("b", 1)]
    assert [figure.name for figure in figures.read(other.pk, TODAY)[1]] == ["b", "c"]


def test_targets_and_figures_survive_being_frozen(plan: Plan) -> None:
    series = make.a_series(make.an_indicator(plan.authority, decimals=1), Decimal("57.3"), Decimal("59.3"))
    make.a_target(plan, series, value=64, baseline_on=end_of(2020))
    lines, drawn = figures.read(plan.pk, TODAY)
    facts = content.Content(on=TODAY, plan=content.PlanWords.of(plan), targets=lines, figures=drawn)
    text, _hash = content.encode(facts)
    thawed = content.decode(text)
    assert thawed.targets == lines
    assert charts.bullet(thawed.targets[0]) == charts.bullet(lines[0])
    assert charts.lines(thawed.figures[0]) == charts.lines(drawn[0])


# ---- the demo's facts ----


@pytest.fixture
def shelf(world: World) -> Shelf:
    """A shelf where the demo's plans stand, with their goals."""
    shelf = Shelf(99)
    for fact in {target.plan for target in measured.TARGETS}:
        owner, _stroke, slug = fact.partition("/")
        plan = make.a_plan(make.an_authority(slug=owner), slug=slug)
        shelf.standing[f"plan:{fact}"] = plan
        for place in range(1, 5):
            shelf.standing[f"goal:{fact}/{place}"] = make.a_goal(plan)
    return shelf


def lines_of(slug: str) -> dict[str, Any]:
    plan = Plan.objects.get(authority__slug=slug)
    return {line.title: line for line in figures.read(plan.pk, TODAY)[0]}


def test_the_demo_tells_of_haldens_and_sarpsborgs_targets_as_printed(shelf: Shelf) -> None:
    load_indicators.load(shelf)
    halden, sarpsborg = lines_of("halden"), lines_of("sarpsborg")
    assert halden["500 flere sysselsatte fra 2026 til 2030"].standing == TargetStanding.NO_BASELINE
    assert halden["70 % sysselsatte, 20–66 år"].standing == TargetStanding.NO_DATA
    assert "15–74" in halden["70 % sysselsatte, 20–66 år"].note
    jobs = sarpsborg["33 000 arbeidsplasser i 2030"]
    assert (round(jobs.computed_growth, 2), jobs.printed_growth) == (Decimal("1.56"), Decimal("1.5"))
    assert round(jobs.needed, 2) == Decimal("1.85")
    assert jobs.baseline.is_estimated and jobs.latest.is_estimated
    tax = sarpsborg["Skatteinntekter på nivå med landet"]
    assert (tax.baseline.value, tax.target, tax.standing) == (Decimal("79.9"), 100, TargetStanding.NO_DATA)


def test_what_the_demo_made_up_is_marked(shelf: Shelf) -> None:
    load_indicators.load(shelf)
    made_up = {line.title for line in lines_of("halden").values() if line.invented}
    assert made_up == {
        "64 % sysselsatte, 15–74 år", "9 000 private arbeidsplasser", "20 nye samarbeidsprosjekter",
        "85 % fullfører videregående",
    }  # fmt: skip
    for name in ("Nye samarbeidsprosjekter (oppdiktet)", "Fullført videregående (oppdiktet)"):
        rows = Observation.objects.filter(series__indicator__name=name)
        assert rows and all(row.invented for row in rows)


@pytest.mark.parametrize("months", [0, 3, 6])
def test_the_demos_goals_show_four_different_standings_for_half_a_year(shelf: Shelf, months: int) -> None:
    load_indicators.load(shelf)
    plan = Plan.objects.get(authority__slug="halden")
    later = TODAY + dt.timedelta(days=30 * months)
    standings = [line.standing for line in figures.read(plan.pk, later)[0]][2:]
    assert standings == [
        TargetStanding.BEHIND, TargetStanding.BEHIND, TargetStanding.ON_COURSE, TargetStanding.OVERDUE,
    ]  # fmt: skip


def test_haldens_plan_shows_share_jobs_and_types_of_business(shelf: Shelf) -> None:
    load_indicators.load(shelf)
    plan = Plan.objects.get(authority__slug="halden")
    drawn = {figure.name: figure for figure in figures.read(plan.pk, TODAY)[1]}
    assert [one.area for one in drawn["Andel sysselsatte, 15–74 år"].series] == [
        "Halden", "Norge", "Sarpsborg", "Fredrikstad",
    ]  # fmt: skip
    assert [len(one.points) for one in drawn["Arbeidsplasser"].series] == [6, 6, 6]
    assert charts.lines(drawn["Ansatte"]).kind == "bars"


def test_loading_again_changes_nothing(shelf: Shelf) -> None:
    load_indicators.load(shelf)
    shelf.close()
    before = [model.objects.count() for model in (Indicator, Series, Observation, Target)]
    again = Shelf(99)
    again.standing = {key: row for key, row in shelf.standing.items() if key.startswith(("plan:", "goal:"))}
    load_indicators.load(again)
    assert [model.objects.count() for model in (Indicator, Series, Observation, Target)] == before
