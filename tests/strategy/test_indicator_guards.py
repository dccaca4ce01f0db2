"""Attacks on indicators and targets past the model layer: each constraint refuses by its own name."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.db.models import CheckConstraint, UniqueConstraint

from strategy.models import Indicator, Observation, Plan, Series, Target
from tests import factories as make
from tests.attacks import count, refused
from tests.world import World

pytestmark = pytest.mark.django_db
SHARE = "kind = 'share', compared_with_id = series_id"
ATTACKS = [
    ("strategy_indicator", "interval_months = 0", "indicator_interval_above_zero"),
    ("strategy_indicator", "decimals = 5", "indicator_decimals"),
    ("strategy_observation", "observed_on = '1066-10-14'", "observation_observed_on_sane"),
    ("strategy_observation", "observed_on = '2202-01-01'", "observation_observed_on_sane"),
    ("strategy_target", "target_on = baseline_on", "target_after_its_baseline"),
    ("strategy_target", "target_on = baseline_on - 1", "target_after_its_baseline"),
    ("strategy_target", "target_on = '2200-01-01'", "target_target_on_sane"),
    ("strategy_target", "baseline_on = '0206-01-01'", "target_baseline_on_sane"),
    ("strategy_target", "baseline_on = NULL", "target_baseline_is_dated"),
    ("strategy_target", "growth = 'compound', value = 0", "target_compound_above_zero"),
    ("strategy_target", "growth = 'compound', value = -1", "target_compound_above_zero"),
    ("strategy_target", "growth = 'compound', baseline_value = 0", "target_compound_above_zero"),
    ("strategy_target", "growth = 'compound', kind = 'change', value = -baseline_value", "target_compound_above_zero"),
    ("strategy_target", "kind = 'share'", "target_share_names_the_other_area"),
    ("strategy_target", SHARE, "target_compared_with_another"),
]
UNIQUE = {"indicator_name_once", "series_once", "observation_once"}


@pytest.mark.parametrize(("table", "change", "guard"), ATTACKS)
def test_a_contradiction_is_refused_by_name(db: None, table: str, change: str, guard: str) -> None:
    with refused(by=guard):
        count(f"UPDATE {table} SET {change}")


def test_a_level_is_compared_with_no_other_area(world: World) -> None:
    target = world.home.one(Target)
    other = make.a_series(target.series.indicator, area="Norge")
    with refused(by="target_share_names_the_other_area"):
        count("UPDATE strategy_target SET compared_with_id = %s WHERE id = %s", other.pk, target.pk)
    assert count(
        "UPDATE strategy_target SET compared_with_id = %s, kind = 'share' WHERE id = %s", other.pk, target.pk
    ) == 1  # fmt: skip


def test_a_compound_change_from_a_baseline_above_zero_is_let_in(db: None) -> None:
    assert count("UPDATE strategy_target SET growth = 'compound', kind = 'change', value = 1 - baseline_value") > 0


def test_an_authoritys_indicators_have_names_of_their_own(world: World) -> None:
    first = world.home.one(Indicator)
    second = make.an_indicator(world.home.authority)
    with refused(by="indicator_name_once"):
        count("UPDATE strategy_indicator SET name = %s WHERE id = %s", first.name, second.pk)
    assert make.an_indicator(world.next.authority, name=first.name).pk


def test_an_area_is_one_series_for_each_category(world: World) -> None:
    series = world.home.one(Series)
    make.a_series(series.indicator, area=series.area, category="Menn")
    with refused(by="series_once"):
        count("UPDATE strategy_series SET category = '' WHERE indicator_id = %s", series.indicator_id)


def test_a_series_has_one_value_for_a_date(world: World) -> None:
    series = world.home.one(Series)
    with refused(by="observation_once"):
        count("UPDATE strategy_observation SET observed_on = '2024-12-31' WHERE series_id = %s", series.pk)


def test_a_series_that_a_target_counts_on_stays(world: World) -> None:
    series = world.home.one(Target).series
    with pytest.raises(IntegrityError):
        count("DELETE FROM strategy_series WHERE id = %s", series.pk)
        connection.check_constraints()


def test_each_constraint_of_indicators_and_targets_is_attacked_here() -> None:
    declared = {
        constraint.name
        for model in (Indicator, Series, Observation, Target)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert declared == {guard for _table, _change, guard in ATTACKS} | UNIQUE


@pytest.mark.parametrize("change", ["name = 'Nytt navn'", "definition = 'Ny'"])
def test_a_changed_indicator_moves_the_version_of_the_plans_that_count_on_it(world: World, change: str) -> None:
    def version(plan: Plan) -> int:
        return int(Plan.objects.values_list("data_version__version", flat=True).get(pk=plan.pk) or 0)

    before = version(world.home.plan)
    count(f"UPDATE strategy_indicator SET {change} WHERE authority_id = %s", world.home.authority.pk)
    assert version(world.home.plan) > before
