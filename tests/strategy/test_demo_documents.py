"""The demo's plan documents: read by the real rules they become Halden's plan again, number by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal.management.commands.load_demo import DEMO_VERSION, load_demo
from portal.models import User
from strategy.demo import halden
from strategy.importing import creating, lists, plan_facts, reviewing
from strategy.importing.duties import Duties
from strategy.models import ImportAnomaly, ImportPage, ImportRow, MeasureEntry, Plan, PlanImport
from tests.databases import pointed_at

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
KEPT = (PlanImport, ImportPage, ImportRow, ImportAnomaly)


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, databases: Any, django_db_blocker: Any) -> Iterator[None]:
    """Load the demo once, into a database of its own; what a test changes there is taken back after it."""
    with databases.clone() as name, django_db_blocker.unblock(), pointed_at(name):
        load_demo()
        yield


@pytest.fixture
def printed() -> PlanImport:
    return PlanImport.objects.get(authority__slug="halden", against=None)


def numbers_in_print() -> list[tuple[str, ...]]:
    """Return the numbers of Halden's plan from the top: its goals, their strategies, their measures."""
    goals = halden.PLAN.goals
    pairs = [(goal, one) for goal in goals for one in goal.strategies]
    measures = [(goal.number, one.number, each.number) for goal, one in pairs for each in one.measures]
    return [(goal.number,) for goal in goals] + [(goal.number, one.number) for goal, one in pairs] + measures


def numbers_of(plan: Plan) -> list[tuple[str, ...]]:
    entries = MeasureEntry.objects.filter(plan=plan).order_by("position")
    return [
        *((number,) for number in plan.goals.order_by("position").values_list("number", flat=True)),
        *plan.strategies.order_by("position").values_list("goal__number", "number"),
        *entries.values_list("strategy__goal__number", "strategy__number", "number"),
    ]


def test_the_printed_plan_is_found_whole_with_all_that_is_odd_in_it(printed: PlanImport) -> None:
    rows = {row.pk: row for row in printed.rows.order_by("position")}

    def path(row: ImportRow) -> tuple[str, ...]:
        return (*(path(rows[row.parent_id]) if row.parent_id else ()), row.number)

    found = {level: [path(row) for row in rows.values() if row.level == level] for level in ImportRow.Level.values}
    assert [len(paths) for paths in found.values()] == [4, 18, 71]
    assert [each for paths in found.values() for each in paths] == numbers_in_print()
    assert {(one.kind, one.where) for one in printed.anomalies.all()} == {
        ("separator_missing", "1.1.1"), ("heading_wrapped", "1.2"), ("heading_wrapped", "2.2"),
        ("number_missing", "2.7.7"), ("wrong_reference", "2.8"), ("number_doubled", "4.2.2"),
        ("number_doubled", "4.3.2"),
    }  # fmt: skip
    assert printed.anomalies.get(where="2.8").other == "2.7"
    titles = [row.title.casefold() for row in rows.values() if row.level == "measure"]
    assert titles == [
        each.title.casefold() for goal in halden.PLAN.goals for one in goal.strategies for each in one.measures
    ]
    assert printed.rows.exclude(decision="undecided").count() == 12


def test_the_plan_made_of_it_has_the_numbers_of_the_demos_plan(printed: PlanImport) -> None:
    by, now = User.objects.get(email="saksbehandler@halden.example"), timezone.now()
    reviewing.accept_sure(printed, by=by, now=now)
    for odd in printed.anomalies.filter(settled_at=None).select_related("row"):
        assert odd.row is not None
        reviewing.accept(odd.row, by=by, now=now)
    reviewing.accept_sure(printed, by=by, now=now)
    printed.refresh_from_db()
    facts = {name: getattr(printed, name) for name in creating.FACTS if name != "slug"}
    plan = creating.create(printed, {**facts, "slug": "av-plandokument"}, by=by, now=now)
    adopted = Plan.objects.get(authority__slug="halden", slug=halden.PLAN.slug)
    assert numbers_of(plan) == numbers_of(adopted) == numbers_in_print()
    assert (plan.status, plan.title, plan.period_start, plan.period_end) == ("draft", adopted.title, 2026, 2030)
    goals = {goal.number: goal for goal in plan.goals.prefetch_related("sdgs")}
    assert all(
        {(sdg.number, sdg.role) for sdg in goals[goal.number].sdgs.all()} == {(g.number, g.role) for g in goal.sdgs}
        for goal in halden.PLAN.goals
    )


def test_a_later_edition_says_what_is_new_changed_and_gone() -> None:
    later = PlanImport.objects.get(authority__slug="halden", against__slug=halden.PLAN.slug)
    assert "Oppdiktet" in later.filename
    rows = later.rows.exclude(change="same").order_by("position")
    assert [(row.change, row.number) for row in rows] == [
        ("changed", "5"), ("new", "3"), ("changed", "4"), ("changed", "3"), ("changed", "1"), ("gone", "6")
    ]  # fmt: skip
    assert later.rows.filter(change="same", decision="accepted").count() == 88


def test_a_later_edition_gives_one_measure_a_deadline_and_another_unit_and_changes_none_of_its_words() -> None:
    later = PlanImport.objects.select_related("against").get(authority__slug="halden", against__slug=halden.PLAN.slug)
    assert later.against is not None
    row, duties = later.rows.get(change="changed", number="3"), Duties(later.against)
    assert [(each.plan, each.document) for each in duties.differing(row)] == [
        ("", "1. september 2028"), ("Samfunnsutvikling", "Plan og byggesak")
    ]  # fmt: skip
    lines = lists.lines_of(later, "nb")[0]
    assert [line.stays.count(",") for line in lines if line.stays] == [1], "the plan is adopted, and keeps both"
    assert [fact.name for fact in plan_facts.differing(later, later.against)] == ["title", "period"]


def test_a_newer_version_brings_nothing_twice_and_nothing_back(printed: PlanImport) -> None:
    scanned = PlanImport.objects.get(authority__slug="ostre-toten")
    assert scanned.why == "scanned" and not scanned.file
    scanned.delete()
    reviewing.accept_sure(printed, by=User.objects.get(email="saksbehandler@halden.example"), now=timezone.now())
    before = [list(model.objects.order_by("pk").values()) for model in KEPT]
    assert load_demo(DEMO_VERSION + 1)
    assert [list(model.objects.order_by("pk").values()) for model in KEPT] == before
