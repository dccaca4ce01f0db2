"""Attacks on plan documents past the model layer: nothing is made before it is decided, and the source stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from strategy.models import ImportRow, PlanImport
from tests import factories_imports as make
from tests.attacks import met_by, refused, relations, run

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
RELATIONS = {
    "strategy_importanomaly_plan_import_same_authority",
    "strategy_importanomaly_row_same_plan_import",
    "strategy_importpage_plan_import_same_authority",
    "strategy_importrow_goal_same_authority",
    "strategy_importrow_measure_same_authority",
    "strategy_importrow_merged_into_same_plan_import",
    "strategy_importrow_parent_same_plan_import",
    "strategy_importrow_plan_import_same_authority",
    "strategy_importrow_strategy_same_authority",
    "strategy_planimport_against_same_authority",
    "strategy_planimport_plan_same_authority",
}
NEEDS = {
    "strategy_importrow": {"position": 10**6, "origin": "added"},
    "strategy_importpage": {"number": 10**6},
    "strategy_planimport": {"state": "waiting"},
}
AT_ROW = {
    "goal": {"level": "goal", "parent_id": None}, "strategy": {"level": "strategy"}, "measure": {"level": "measure"},
    "merged_into": {"decision": "merged", "decided_at": "2026-03-02"},
}  # fmt: skip
"""What a copied row needs besides, so that no check of its own stands before the key."""


@pytest.fixture
def proposal(world: World) -> PlanImport:
    return world.home.rows(PlanImport).get(state="ready", against=None)


@pytest.fixture
def compared(world: World) -> PlanImport:
    return world.home.rows(PlanImport).get(state="ready", against__isnull=False)


def apply(document: PlanImport) -> None:
    run("UPDATE strategy_planimport SET state = 'applied', ended_at = now() WHERE id = %s", document.pk)


# ---- one tenant, one document ----


def test_each_key_of_plan_documents_is_met_by_itself() -> None:
    tried = [relation for relation in relations("strategy") if "import" in relation.child]
    assert {relation.name for relation in tried} == RELATIONS
    unmet = {}
    for one in tried:
        kind = one.column.removesuffix("_id")
        needs = {**NEEDS, "strategy_importrow": NEEDS["strategy_importrow"] | AT_ROW.get(kind, {})}
        if one.name not in (met := met_by(one, needs)):
            unmet[one.name] = met
    assert not unmet


# ---- decided before made ----


def test_a_plan_is_not_made_while_a_row_is_undecided(proposal: PlanImport) -> None:
    make.decided(proposal)
    proposal.rows.filter(level="measure").update(decision="undecided", decided_at=None)
    with refused(by="strategy_planimport_decided_first"):
        apply(proposal)


def test_a_plan_is_not_made_while_something_odd_is_not_seen(proposal: PlanImport) -> None:
    make.decided(proposal)
    proposal.anomalies.update(settled_at=None)
    with refused(by="strategy_planimport_decided_first"):
        apply(proposal)


def test_a_plan_is_not_made_with_a_row_under_one_left_out(proposal: PlanImport) -> None:
    make.decided(proposal)
    proposal.rows.filter(level="strategy").update(decision="dropped")
    with refused(by="strategy_planimport_decided_first"):
        apply(proposal)


def test_a_plan_is_not_made_of_nothing(proposal: PlanImport) -> None:
    make.decided(proposal)
    proposal.rows.update(decision="dropped")
    with refused(by="strategy_planimport_decided_first"):
        apply(proposal)


def test_a_row_under_what_the_plan_has_already_needs_no_change_of_it(compared: PlanImport) -> None:
    make.decided(compared)
    compared.rows.filter(level="goal").update(decision="dropped")
    apply(compared)


def test_what_is_put_into_another_goes_into_one_that_is_kept(proposal: PlanImport) -> None:
    make.decided(proposal)
    first, second = proposal.rows.filter(level="measure").order_by("position")
    ImportRow.objects.filter(pk=second.pk).update(decision="merged", merged_into=first)
    ImportRow.objects.filter(pk=first.pk).update(decision="dropped")
    with refused(by="strategy_planimport_decided_first"):
        apply(proposal)


def test_nothing_is_made_of_a_row_before_the_plan(world: World, proposal: PlanImport) -> None:
    goal = world.home.plan.goals.order_by("pk")[0]
    with refused(by="strategy_importrow_nothing_before"):
        run(
            "UPDATE strategy_importrow SET goal_id = %s WHERE plan_import_id = %s AND level = 'goal'",
            goal.pk,
            proposal.pk,
        )


@pytest.mark.parametrize("state", ["ready", "applied", "discarded"])
def test_a_document_is_not_born_read(world: World, state: str) -> None:
    with refused(by="strategy_planimport_moves"):
        run(
            "INSERT INTO strategy_planimport (id, authority_id, row_version, file, filename, content_type, size, sha256, "
            "sent_at, state, attempts, pages, pages_read, why, title, mission, vision, \"values\", aim, superior_plan, "
            "goal_word, strategy_word, measure_word, read_at, ended_at) OVERRIDING SYSTEM VALUE "
            "SELECT 999999, authority_id, 0, '', filename, content_type, size, sha256, sent_at, %s, 0, 0, 0, '', '', '', "
            "'', '', '', '', '', '', '', now(), CASE WHEN %s = 'ready' THEN NULL ELSE now() END "
            "FROM strategy_planimport WHERE state = 'waiting' LIMIT 1",
            state, state,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [("waiting", "ready"), ("waiting", "applied"), ("refused", "reading"), ("applied", "discarded")],
)
def test_a_document_takes_no_short_cut(world: World, before: str, after: str) -> None:
    row = world.home.rows(PlanImport).filter(state=before)[0]
    with refused(by="strategy_planimport_moves"):
        run(
            "UPDATE strategy_planimport SET state = %s, why = '', read_at = now(), ended_at = now() WHERE id = %s",
            after, row.pk,
        )  # fmt: skip


# ---- the source stays ----


@pytest.mark.parametrize(
    "change", ["sha256 = repeat('0', 64)", "filename = 'annet.txt'", "size = 1", "sent_at = now()"]
)
def test_what_was_sent_stays_what_it_was(proposal: PlanImport, change: str) -> None:
    with refused(by="strategy_planimport_keeps_its_document"):
        run(f"UPDATE strategy_planimport SET {change} WHERE id = %s", proposal.pk)


@pytest.mark.parametrize(
    "change", ["text = 'annet'", "line = 99", "page = 9", "origin = 'added'", "certainty = 'unsure'", "last_line = 99"]
)
def test_where_a_row_stood_and_its_words_there_never_change(proposal: PlanImport, change: str) -> None:
    with refused(by="strategy_importrow_keeps_its_source"):
        run(f"UPDATE strategy_importrow SET {change} WHERE plan_import_id = %s AND level = 'strategy'", proposal.pk)


def test_what_is_odd_stays_as_it_was_found(proposal: PlanImport) -> None:
    with refused(by="strategy_importanomaly_stays"):
        run("UPDATE strategy_importanomaly SET said = 'annet' WHERE plan_import_id = %s", proposal.pk)


@pytest.mark.parametrize("change", ["title = 'annet'", "decision = 'undecided', decided_at = NULL", "parent_id = NULL"])
def test_a_proposal_that_became_a_plan_no_longer_changes(world: World, change: str) -> None:
    row = world.home.rows(PlanImport).get(state="applied").rows.filter(level="strategy")[0]
    with refused(by="strategy_importrow_closed"):
        run(f"UPDATE strategy_importrow SET {change} WHERE id = %s", row.pk)


def test_no_row_is_added_as_if_it_had_been_found(proposal: PlanImport) -> None:
    with refused(by="strategy_importrow_found_while_reading"):
        make.a_row(proposal, origin="found")


def test_of_what_could_not_be_read_nothing_is_kept(world: World) -> None:
    document = make.an_import(world.home.plan.authority, state="reading", started_at=timezone.now())
    make.a_row(document)
    with refused(by="strategy_planimport_refused_keeps_nothing"):
        run("UPDATE strategy_planimport SET state = 'refused', why = 'scanned' WHERE id = %s", document.pk)


# ---- the tree ----


@pytest.mark.parametrize(("child", "parent"), [("goal", "measure"), ("strategy", "measure"), ("goal", "strategy")])
def test_a_row_lies_under_one_of_a_higher_level(proposal: PlanImport, child: str, parent: str) -> None:
    row = make.a_row(proposal, level=child)
    above = proposal.rows.filter(level=parent).exclude(pk=row.pk).order_by("position")[0]
    with refused(by="strategy_importrow_under_a_higher_level"):
        run("UPDATE strategy_importrow SET parent_id = %s WHERE id = %s", above.pk, row.pk)
        run("SET CONSTRAINTS strategy_importrow_levels IMMEDIATE")


def test_a_parent_does_not_sink_below_its_children(proposal: PlanImport) -> None:
    with refused(by="strategy_importrow_under_a_higher_level"):
        run(
            "UPDATE strategy_importrow SET level = 'measure' WHERE plan_import_id = %s AND level = 'strategy'",
            proposal.pk,
        )
        run("SET CONSTRAINTS strategy_importrow_levels IMMEDIATE")


def test_there_are_seventeen_un_goals(proposal: PlanImport) -> None:
    with refused(by="strategy_importrow_un_goals"):
        run(
            "UPDATE strategy_importrow SET sdg_focus = '{18}' WHERE plan_import_id = %s AND level = 'goal'", proposal.pk
        )
