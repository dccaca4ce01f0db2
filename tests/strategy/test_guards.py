"""Attacks on plans: one tenant, one plan, a version that misses nothing, and facts that cannot contradict each other."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, transaction
from psycopg import errors

from strategy.models import Goal, Measure, MeasureEntry, MeasureParticipation, Plan, PlanVersion
from tests import factories as make
from tests.attacks import count, not_permitted, refused, relations, run
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

RELATIONS = {
    "strategy_actionpart_adopted_in_same_authority",
    "strategy_actionpart_plan_same_authority",
    "strategy_actionpart_replaces_same_plan",
    "strategy_follower_measure_same_plan",
    "strategy_forumquestion_body_same_authority",
    "strategy_forumquestion_measure_same_plan",
    "strategy_forumquestion_plan_same_authority",
    "strategy_forumquestion_report_same_plan",
    "strategy_goal_owner_same_authority",
    "strategy_goal_plan_same_authority",
    "strategy_goalsdg_goal_same_authority",
    "strategy_inputeffect_input_same_authority",
    "strategy_inputeffect_measure_same_plan",
    "strategy_inputeffect_plan_same_authority",
    "strategy_measure_own_wording",
    "strategy_measure_plan_same_authority",
    "strategy_measureentry_action_part_same_plan",
    "strategy_measureentry_goal_same_plan",
    "strategy_measureentry_measure_same_plan",
    "strategy_measureentry_plan_same_authority",
    "strategy_measureentry_strategy_same_plan",
    "strategy_measurefunding_participation_same_authority",
    "strategy_measureparticipation_measure_same_plan",
    "strategy_measureparticipation_unit_same_authority",
    "strategy_measuretag_measure_same_plan",
    "strategy_measuretag_tag_same_plan",
    "strategy_milestone_participation_same_authority",
    "strategy_observation_series_same_authority",
    "strategy_participation_takes_part",
    "strategy_plancase_case_same_authority",
    "strategy_plancase_plan_same_authority",
    "strategy_planreport_period_same_authority",
    "strategy_planreport_period_same_plan",
    "strategy_planreport_plan_same_authority",
    "strategy_planreport_step_same_authority",
    "strategy_planreportfile_report_same_authority",
    "strategy_plansdg_plan_same_authority",
    "strategy_reportingperiod_body_same_authority",
    "strategy_reportingperiod_plan_same_authority",
    "strategy_reportingperiod_step_same_authority",
    "strategy_series_indicator_same_authority",
    "strategy_stakeholder_plan_same_authority",
    "strategy_statusreport_participation_same_authority",
    "strategy_statusreport_participation_same_plan",
    "strategy_statusreport_period_same_plan",
    "strategy_strategy_goal_same_plan",
    "strategy_strategy_plan_same_authority",
    "strategy_swotitem_plan_same_authority",
    "strategy_tag_parent_same_plan",
    "strategy_tag_plan_same_authority",
    "strategy_target_compared_with_same_authority",
    "strategy_target_goal_same_plan",
    "strategy_target_plan_same_authority",
    "strategy_target_series_same_authority",
}
OF_PLAN = [
    "planparticipant", "plansdg", "goal", "strategy", "actionpart", "tag", "measure", "measuretag", "measureentry",
    "measureparticipation",
]  # fmt: skip
CHANGES = {
    "strategy_plan": "UPDATE strategy_plan SET vision = 'ny' WHERE id = %(plan)s",
    "strategy_planparticipant": "UPDATE strategy_planparticipant SET role = role WHERE plan_id = %(plan)s",
    "strategy_plansdg": "UPDATE strategy_plansdg SET number = 3 WHERE plan_id = %(plan)s",
    "strategy_goal": "UPDATE strategy_goal SET title = 'ny' WHERE plan_id = %(plan)s",
    "strategy_goalsdg": "UPDATE strategy_goalsdg SET number = 3 WHERE goal_id IN (SELECT id FROM strategy_goal WHERE plan_id = %(plan)s)",
    "strategy_strategy": "UPDATE strategy_strategy SET title = 'ny' WHERE plan_id = %(plan)s",
    "strategy_actionpart": "UPDATE strategy_actionpart SET period_end = 2029 WHERE plan_id = %(plan)s",
    "strategy_tag": "UPDATE strategy_tag SET position = 4 WHERE plan_id = %(plan)s",
    "strategy_measure": "UPDATE strategy_measure SET current_entry_id = NULL WHERE plan_id = %(plan)s",
    "strategy_measuretag": "DELETE FROM strategy_measuretag WHERE plan_id = %(plan)s",
    "strategy_measureentry": "UPDATE strategy_measureentry SET title = 'ny' WHERE plan_id = %(plan)s",
    "strategy_measureparticipation": "UPDATE strategy_measureparticipation SET partner = 'ny' WHERE plan_id = %(plan)s",
    "strategy_milestone": "UPDATE strategy_milestone SET reached_on = '2026-05-01' WHERE authority_id = %(authority)s",
    "strategy_measurefunding": "UPDATE strategy_measurefunding SET amount_nok = 2 WHERE authority_id = %(authority)s",
    "portal_authority": "UPDATE portal_authority SET name = 'Ny by' WHERE id = %(authority)s",
    "strategy_plancase": "UPDATE strategy_plancase SET purpose = purpose WHERE plan_id = %(plan)s",
    "portal_case": "UPDATE portal_case SET title = 'Ny sak' WHERE id IN (SELECT case_id FROM strategy_plancase WHERE plan_id = %(plan)s)",
    "portal_casestep": "UPDATE portal_casestep SET votes = 'Enstemmig' WHERE case_id IN (SELECT case_id FROM strategy_plancase WHERE plan_id = %(plan)s)",
    "portal_body": "UPDATE portal_body SET name = 'Nytt organ' WHERE id IN (SELECT s.body_id FROM portal_casestep s JOIN strategy_plancase l ON l.case_id = s.case_id WHERE l.plan_id = %(plan)s)",
    "strategy_indicator": "UPDATE strategy_indicator SET name = 'Ny' WHERE authority_id = %(authority)s",
    "strategy_series": "UPDATE strategy_series SET area = 'Ny' WHERE authority_id = %(authority)s",
    "strategy_observation": "UPDATE strategy_observation SET value = value + 1 WHERE authority_id = %(authority)s",
    "strategy_target": "UPDATE strategy_target SET note = 'Ny' WHERE plan_id = %(plan)s",
    "strategy_reportingperiod": "UPDATE strategy_reportingperiod SET name = 'Ny' WHERE plan_id = %(plan)s",
    "strategy_statusreport": "UPDATE strategy_statusreport SET done_since = 'Ny' WHERE plan_id = %(plan)s",
    "strategy_planreport": "UPDATE strategy_planreport SET released_at = now(), released_by_id = frozen_by_id, html = 'x' WHERE plan_id = %(plan)s AND released_at IS NULL",
    "strategy_swotitem": "UPDATE strategy_swotitem SET text = 'Ny' WHERE plan_id = %(plan)s",
    "strategy_stakeholder": "UPDATE strategy_stakeholder SET name = 'Ny' WHERE plan_id = %(plan)s",
    "strategy_forumquestion": "UPDATE strategy_forumquestion SET is_public = true WHERE plan_id = %(plan)s",
    "portal_inputround": "UPDATE portal_inputround SET lede = 'Ny' WHERE authority_id = %(authority)s",
    "strategy_inputeffect": "UPDATE strategy_inputeffect SET change = 'Ny' WHERE plan_id = %(plan)s",
    "portal_unit": "UPDATE portal_unit SET name = 'Ny enhet' WHERE authority_id = %(authority)s",
}
"""One raw change of each table whose rows a plan's pages show."""


def versions() -> dict[int, int]:
    return dict(PlanVersion.objects.values_list("plan_id", "version"))


# ---- one tenant, one plan ----


def test_each_composite_relation_of_strategy_is_known_here(db: None) -> None:
    known = {relation.name for relation in relations("strategy") if "import" not in relation.child}
    assert known == RELATIONS, "those of plan documents are attacked in tests/strategy/importing"


@pytest.mark.parametrize("name", sorted(RELATIONS - {"strategy_measure_own_wording"}))
def test_a_row_cannot_be_tied_to_another_tenants_or_plans(db: None, name: str) -> None:
    relation = next(each for each in relations("strategy") if each.name == name)
    with refused(by=name):
        relation.attack()


def test_a_municipality_that_takes_no_part_cannot_answer_for_a_measure(world: World) -> None:
    outsider = make.an_authority()
    with refused(by="strategy_participation_takes_part"):
        make.a_measure(world.home.plan, by=outsider)


def test_a_member_of_a_shared_plan_uses_her_own_unit_and_no_other(world: World) -> None:
    own = MeasureParticipation.objects.get(plan=world.region.plan, authority=world.home.authority)
    assert count(
        "UPDATE strategy_measureparticipation SET unit_id = (SELECT id FROM portal_unit WHERE authority_id = %s) WHERE id = %s",
        world.home.authority.pk, own.pk,
    ) == 1  # fmt: skip
    with refused(by="strategy_measureparticipation_unit_same_authority"):
        count(
            "UPDATE strategy_measureparticipation SET unit_id = (SELECT id FROM portal_unit WHERE authority_id = %s) WHERE id = %s",
            world.next.authority.pk, own.pk,
        )  # fmt: skip


# ---- the plan's data version ----


def test_the_runtime_role_cannot_write_the_data_version_itself(db: None) -> None:
    for statement in (
        "UPDATE strategy_planversion SET version = 1",
        "DELETE FROM strategy_planversion",
        "INSERT INTO strategy_planversion VALUES (1, 1)",
    ):
        with not_permitted():
            run(statement)


def test_each_table_with_something_to_show_is_known_here(db: None) -> None:
    watching = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%moves_version%%'"
    watched = {table for (table,) in run(watching)}
    assert {table for table in watched if not table.startswith("awards_")} == set(CHANGES)  # theirs: test_plan_prizes
    # and no table of strategy is left out, but history, the version itself, who follows, files that never change, and
    # documents that are no plan yet
    tables = {t for (t,) in run("SELECT tablename FROM pg_tables WHERE tablename LIKE 'strategy\\_%%'")}
    assert {t for t in tables if not t.endswith("event") and "import" not in t} - set(CHANGES) == {
        "strategy_planversion",
        "strategy_follower",
        "strategy_planreportfile",
    }


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_a_raw_change_moves_the_plans_version_and_no_neighbours(world: World, table: str) -> None:
    plan, before = world.home.plan, versions()
    facts = {"plan": plan.pk, "authority": world.home.authority.pk}
    with make_cursor() as cursor:
        cursor.execute(CHANGES[table], facts)
        assert cursor.rowcount > 0
    after = versions()
    assert after[plan.pk] > before[plan.pk]
    assert after[world.next.plan.pk] == before[world.next.plan.pk]


@pytest.mark.parametrize(
    "table",
    [f"strategy_{name}" for name in OF_PLAN] + ["strategy_milestone", "strategy_measurefunding", "strategy_goalsdg"],
)
def test_a_raw_delete_moves_the_plans_version(owner_in_passing: Any, table: str) -> None:
    home = "(SELECT id FROM portal_authority WHERE slug = 'hjemby')"
    plan = f"(SELECT id FROM strategy_plan WHERE slug = 'naeringsplan' AND authority_id = {home})"
    where = f"plan_id = {plan}" if table.removeprefix("strategy_") in OF_PLAN else f"authority_id = {home}"
    read = f"SELECT version FROM strategy_planversion WHERE plan_id = {plan}"
    before = owner_in_passing.execute(read).fetchone()[0]
    with owner_in_passing.transaction(force_rollback=True):
        owner_in_passing.execute(f"DELETE FROM {table} WHERE {where}")
        assert owner_in_passing.execute(read).fetchone()[0] > before


def test_what_the_owner_truncates_moves_every_plans_version(owner: Any) -> None:
    def read() -> dict[int, int]:
        return dict(owner.execute("SELECT plan_id, version FROM strategy_planversion").fetchall())

    before = read()
    owner.execute("TRUNCATE strategy_milestone")
    after = read()
    assert set(after) == set(before)
    assert all(after[plan] == before[plan] + 1 for plan in before)


def test_a_row_moved_from_one_plan_to_another_moves_both_versions(world: World) -> None:
    draft = Plan.objects.get(authority=world.home.authority, slug="utkast")
    goal = make.a_goal(world.home.plan)
    before = versions()
    count("UPDATE strategy_goal SET plan_id = %s WHERE id = %s", draft.pk, goal.pk)
    after = versions()
    assert after[draft.pk] > before[draft.pk]
    assert after[world.home.plan.pk] > before[world.home.plan.pk]


def test_a_deleted_plan_takes_its_version_along_and_leaves_the_others(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    assert plan.pk in versions()
    plan.delete()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert plan.pk not in versions()


def test_a_new_plan_has_a_version_and_its_owner_as_participant(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    assert versions()[plan.pk] >= 1
    assert plan.participants.get().role == "owner"


# ---- facts that cannot contradict each other ----


@pytest.mark.parametrize(
    ("table", "change", "guard"),
    [
        ("strategy_plan", "period_end = 2020", "plan_period"),
        ("strategy_plan", "period_start = 202", "plan_years_sane"),
        ("strategy_actionpart", "period_end = 2001", "action_part_period"),
        ("strategy_measureparticipation", "due_on = '0206-01-01'", "participation_due_on_sane"),
        ("strategy_measureparticipation", "due_on = '2201-01-01'", "participation_due_on_sane"),
        ("strategy_measureparticipation", "state = 'done', done_on = NULL", "participation_done_if_and_only_if_dated"),
        (
            "strategy_measureparticipation",
            "state = 'on_hold', done_on = '2026-01-01'",
            "participation_done_if_and_only_if_dated",
        ),
        ("strategy_milestone", "due_on = '1066-10-14'", "milestone_due_on_sane"),
        ("strategy_measurefunding", "amount_nok = 0", "funding_positive"),
        ("strategy_measurefunding", "state = 'funded', decision_reference = ''", "funding_decided_with_reference"),
        ("strategy_measureentry", "change = 'dropped', change_reason = ''", "measure_entry_dropped_with_reason"),
        ("strategy_plansdg", "number = 18", "plan_sdg_range"),
        ("strategy_goalsdg", "number = 0", "goal_sdg_range"),
    ],
)
def test_a_contradiction_is_refused_by_name(db: None, table: str, change: str, guard: str) -> None:
    with refused(by=guard):
        count(f"UPDATE {table} SET {change}")


def test_a_measure_lies_under_a_strategy_or_a_goal_not_both(world: World) -> None:
    goal = world.home.one(Goal)
    with refused(by="measure_entry_one_parent"):
        count(
            "UPDATE strategy_measureentry SET goal_id = %s WHERE strategy_id IS NOT NULL AND plan_id = %s",
            goal.pk,
            goal.plan_id,
        )


def test_a_measures_wording_is_one_of_its_own(world: World) -> None:
    first, second = Measure.objects.filter(plan=world.home.plan).order_by("pk")[:2]
    Measure.objects.filter(pk=second.pk).update(current_entry=None)
    with refused(by="strategy_measure_own_wording"):
        count("UPDATE strategy_measure SET current_entry_id = %s WHERE id = %s", second.current_entry_id, first.pk)


def test_two_goals_may_swap_places_in_one_transaction(world: World) -> None:
    first, second = Goal.objects.filter(plan=world.home.plan).order_by("position")
    count("UPDATE strategy_goal SET position = 3 - position WHERE id IN (%s, %s)", first.pk, second.pk)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert list(Goal.objects.filter(plan=world.home.plan).order_by("position")) == [second, first]


# ---- adopted by resolutions ----

ADOPTED = "strategy_plan_adopted_by_resolutions"
KEEPS = "strategy_adopted_plan_keeps_resolutions"


@contextlib.contextmanager
def refused_at_the_commit(by: str) -> Iterator[None]:
    """Expect a deferred trigger to refuse; its message names what it guards, which is not always its own name."""
    with pytest.raises(Error) as caught, transaction.atomic():
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")
    assert getattr(getattr(caught.value.__cause__, "diag", None), "constraint_name", "") == by, str(caught.value)


def as_if_committed() -> None:
    """Let the deferred guards look at what was made so far, so that they judge the attack alone."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "outcomes", [(), ("pending",), ("adopted", "pending"), ("adopted", "rejected"), ("postponed",), ("noted",)]
)
def test_no_plan_is_adopted_without_all_its_resolutions(world: World, outcomes: tuple[str, ...]) -> None:
    plan = make.a_plan(world.home.authority, status="draft")
    if outcomes:
        make.an_adoption(plan, *outcomes)
    as_if_committed()
    with refused_at_the_commit(ADOPTED):
        count("UPDATE strategy_plan SET status = 'adopted' WHERE id = %s", plan.pk)


def test_no_plan_is_born_adopted(world: World) -> None:
    columns = "authority_id, period_start, title, goal_word, strategy_word, measure_word, mission, vision, values, aim"
    with refused_at_the_commit(ADOPTED):
        rest = "superior_plan, source, live_view_open, invented, row_version"
        count(
            f"INSERT INTO strategy_plan ({columns}, {rest}, slug, status) "
            f"SELECT {columns}, {rest}, 'kopi', 'adopted' FROM strategy_plan WHERE id = %s",
            world.home.plan.pk,
        )


def test_a_plan_with_all_its_resolutions_may_be_adopted_in_the_same_transaction(world: World) -> None:
    plan = make.a_plan(world.home.authority, status="draft")
    count("UPDATE strategy_plan SET status = 'adopted' WHERE id = %s", plan.pk)
    make.an_adoption(plan, "adopted", "amended")
    run("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE portal_casestep SET outcome = 'pending' WHERE case_id = %s",
        "UPDATE portal_casestep SET outcome = 'rejected' WHERE case_id = %s",
        "UPDATE portal_casestep SET activity = 'hearing' WHERE case_id = %s",
        "UPDATE portal_casestep SET case_id = (SELECT min(id) FROM portal_case c WHERE c.authority_id = portal_casestep.authority_id) WHERE case_id = %s",
        "DELETE FROM portal_casestep WHERE case_id = %s",
        "UPDATE strategy_plancase SET purpose = 'other' WHERE case_id = %s",
        "DELETE FROM strategy_plancase WHERE case_id = %s",
        'INSERT INTO portal_casestep SELECT (jsonb_populate_record(s, \'{"id": 999999, "stage": 9, "outcome": "pending"}\')).* FROM portal_casestep s WHERE case_id = %s',
    ],
)
def test_an_adopted_plan_keeps_the_resolutions_it_rests_on(world: World, change: str) -> None:
    plan = make.a_plan(world.home.authority)
    as_if_committed()
    with refused_at_the_commit(KEEPS):
        assert count(change, plan.case_links.get().case_id) == 1


def test_a_plan_that_is_set_back_lets_its_resolutions_go(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    count("UPDATE strategy_plan SET status = 'hearing' WHERE id = %s", plan.pk)
    count("DELETE FROM portal_casestep WHERE case_id = %s", plan.case_links.get().case_id)
    run("SET CONSTRAINTS ALL IMMEDIATE")


# ---- the version that stops one officer from overwriting another ----


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("strategy_plan", "vision"),
        ("strategy_goal", "title"),
        ("strategy_strategy", "title"),
        ("strategy_measureentry", "title"),
        ("strategy_measureparticipation", "partner"),
        ("strategy_milestone", "title"),
        ("strategy_measurefunding", "decision_reference"),
    ],
)
def test_a_raw_write_counts_and_an_unchanged_one_does_not(db: None, table: str, column: str) -> None:
    (row, before), *_ = run(f"SELECT id, row_version FROM {table} ORDER BY id LIMIT 1")
    count(f"UPDATE {table} SET {column} = {column} WHERE id = %s", row)
    assert run(f"SELECT row_version FROM {table} WHERE id = %s", row) == [(before,)]
    count(f"UPDATE {table} SET {column} = {column} || ' 2' WHERE id = %s", row)
    assert run(f"SELECT row_version FROM {table} WHERE id = %s", row) == [(before + 1,)]


def test_the_search_column_follows_the_wording_in_norwegian(world: World) -> None:
    entry = MeasureEntry.objects.filter(plan=world.home.plan).earliest("pk")
    count("UPDATE strategy_measureentry SET title = 'Båthavnene utvides' WHERE id = %s", entry.pk)
    assert run(
        "SELECT search @@ plainto_tsquery('norwegian', 'båthavn') FROM strategy_measureentry WHERE id = %s", entry.pk
    ) == [(True,)]


def test_the_owner_is_refused_too(owner: Any) -> None:
    with pytest.raises(errors.ForeignKeyViolation):
        owner.execute(
            "UPDATE strategy_goal SET authority_id = (SELECT id FROM portal_authority WHERE slug = 'naboby') "
            "WHERE authority_id = (SELECT id FROM portal_authority WHERE slug = 'hjemby')"
        )


def make_cursor() -> Any:
    from django.db import connection

    return connection.cursor()
