"""The timeline of a case: its order, what each row is marked with, and dates never more precise than stated."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from portal import case_path
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Case
    from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)
COUNCIL: dict[str, Any] = {"activity": "decision", "actor": "Kommunestyret"}


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def case(world: World) -> Case:
    return make.a_case(world.home.authority)


def marks(case: Case) -> list[str]:
    return [row.mark for row in case_path.rows(case, TODAY)]


def state(case: Case) -> str:
    return case_path.state_of(case, case_path.rows(case, TODAY))


# ---- one row ----


@pytest.mark.parametrize(
    ("facts", "mark"),
    [
        ({"activity": "workshop", "starts_on": dt.date(2026, 2, 1), "precision": "month"}, "passed"),
        ({"activity": "workshop", "starts_on": dt.date(2026, 2, 1), "outcome": "noted"}, "done"),
        ({"activity": "workshop", "outcome": "noted"}, "done"),
        ({"activity": "workshop", "starts_on": dt.date(2026, 3, 1), "precision": "month"}, "here"),
        ({"activity": "workshop", "starts_on": dt.date(2026, 1, 1), "precision": "year"}, "here"),
        ({"activity": "workshop", "starts_on": dt.date(2026, 2, 1), "precision": "quarter"}, "here"),
        ({"activity": "workshop"}, "undated"),
        ({**COUNCIL, "starts_on": dt.date(2026, 3, 9)}, "norep"),
        ({**COUNCIL, "starts_on": dt.date(2026, 3, 10)}, "here"),
        ({**COUNCIL, "outcome": "adopted", "resolution": "Ja."}, "done"),
        ({**COUNCIL, "outcome": "noted", "starts_on": dt.date(2026, 9, 1)}, "done"),
        ({**COUNCIL, "outcome": "postponed", "starts_on": dt.date(2026, 2, 1)}, "undated"),
    ],
)
def test_a_row_is_marked_by_what_is_known(case: Case, facts: dict[str, Any], mark: str) -> None:
    make.a_step(case, **facts)
    assert marks(case) == [mark]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        (
            {"starts_on": dt.date(2026, 2, 1), "ends_on": dt.date(2026, 5, 31), "precision": "month"},
            "February–May 2026",
        ),
        ({"starts_on": dt.date(2026, 2, 1), "precision": "year"}, "2026"),
        ({"starts_on": dt.date(2026, 2, 1)}, "1 February 2026"),
        (
            {"starts_on": dt.date(2026, 2, 1), "precision": "month", "decided_on": dt.date(2026, 2, 12)},
            "12 February 2026",
        ),
    ],
)
def test_a_date_is_told_as_precisely_as_it_was_stated(case: Case, facts: dict[str, Any], words: str) -> None:
    make.a_step(case, **facts)
    assert case_path.rows(case, TODAY)[0].when == words


def test_what_both_recommended_and_the_body_resolved_is_kept_apart(case: Case) -> None:
    make.a_step(
        case, **COUNCIL, director_recommendation="Ja.", rapporteur_recommendation="Nei.", outcome="amended",
        resolution="Ja, men.", votes="20 mot 5", case_number="26/1", item_number="PS 12/26",
    )  # fmt: skip
    (row,) = case_path.rows(case, TODAY)
    assert [text for _name, text in row.recommendations] == ["Ja.", "Nei."]
    assert (row.resolution, row.votes, row.outcome) == ("Ja, men.", "20 mot 5", "amended")
    assert row.number == "case 26/1, item PS 12/26"


def test_a_members_body_is_named_with_its_municipality(world: World) -> None:
    case = make.a_case(world.region.authority)
    council = make.a_body(world.next.authority, name="Kommunestyret", kind="council")
    make.a_step(case, body=council, actor="")
    assert case_path.rows(case, TODAY)[0].who == "Kommunestyret in Naboby"


def test_the_day_for_papers_is_for_those_who_work_on_the_case(world: World, case: Case) -> None:
    make.a_step(case, **COUNCIL, papers_due_on=dt.date(2026, 3, 20))
    for person, sees in (("officer", True), ("operator", True), ("neighbour", False), ("elected", False)):
        (row,) = case_path.rows(case, TODAY, world.user(person))
        assert bool(row.papers_due_on) == sees, person
    assert case_path.rows(case, TODAY)[0].papers_due_on is None


# ---- all rows ----


def test_a_stage_with_several_rows_has_a_heading_and_others_none(case: Case) -> None:
    for month in (2, 3):
        make.a_step(case, stage=1, starts_on=dt.date(2026, month, 1), precision="month")
    make.a_step(case, stage=2)
    make.a_step(case, stage=3)
    found = case_path.rows(case, TODAY)
    assert [row.group.heading for row in found] == ["Stage 1: 2 steps, February–March 2026"] * 2 + ["", ""]
    assert found[2].group == found[3].group


def test_a_round_stands_where_its_due_date_falls(case: Case) -> None:
    make.a_step(case, stage=1, starts_on=dt.date(2026, 2, 1))
    make.a_step(case, stage=2, starts_on=dt.date(2026, 5, 1))
    make.a_round(case, due_on=dt.date(2026, 4, 1))
    make.a_round(case, due_on=dt.date(2026, 1, 1), takes_late=False)
    assert [row.is_round for row in case_path.rows(case, TODAY)] == [True, False, True, False]


def test_a_round_without_a_date_stands_before_the_decision(case: Case) -> None:
    make.a_step(case, stage=1)
    make.a_step(case, stage=2, **COUNCIL)
    make.a_round(case)
    assert [row.is_round for row in case_path.rows(case, TODAY)] == [False, True, False]


def test_a_round_that_is_not_published_is_for_staff(world: World, case: Case) -> None:
    make.a_round(case, is_published=False)
    assert case_path.rows(case, TODAY, world.user("neighbour")) == []
    assert len(case_path.rows(case, TODAY, world.user("officer"))) == 1


def test_the_first_dated_row_ahead_is_where_we_are_when_nothing_goes_on(case: Case) -> None:
    make.a_step(case, stage=1, starts_on=dt.date(2026, 2, 1))
    make.a_step(case, stage=2, **COUNCIL, starts_on=dt.date(2026, 4, 1))
    make.a_step(case, stage=3, **COUNCIL, starts_on=dt.date(2026, 5, 1))
    assert marks(case) == ["passed", "here", "new"]


def test_a_closed_case_is_nowhere(case: Case) -> None:
    make.a_step(case, starts_on=dt.date(2026, 3, 1), precision="month")
    case.closed_on = dt.date(2026, 3, 5)
    assert "here" not in marks(case)


def test_a_case_that_is_not_open_has_no_way_to_show(case: Case) -> None:
    make.a_step(case)
    make.a_round(case)
    case.access = "deferred"
    assert case_path.rows(case, TODAY) == []
    assert state(case) == ""


def test_the_timeline_asks_two_questions_whatever_its_size(case: Case, django_assert_num_queries: Any) -> None:
    for stage in range(6):
        make.a_step(case, stage=stage, body=make.a_body(case.authority))
        make.a_round(case)
    with django_assert_num_queries(2):
        assert len(case_path.rows(case, TODAY)) == 12


# ---- in words ----


def test_the_state_is_told_in_one_sentence(case: Case) -> None:
    assert state(case) == "No steps are registered yet."
    first = make.a_step(case, stage=1, **COUNCIL)
    assert state(case) == "Next: decision, Kommunestyret; date not given."
    type(first).objects.filter(pk=first.pk).update(starts_on=dt.date(2026, 3, 12))
    assert state(case) == "For treatment: Kommunestyret, 12 March 2026."
    type(first).objects.filter(pk=first.pk).update(starts_on=dt.date(2026, 3, 5))
    assert state(case) == "No outcome is registered: Kommunestyret, 5 March 2026."
    type(first).objects.filter(pk=first.pk).update(outcome="adopted", resolution="Ja.", decided_on=dt.date(2026, 3, 5))
    assert state(case) == "Adopted: Kommunestyret, 5 March 2026."
    make.a_round(case, due_on=dt.date(2026, 4, 1))
    assert state(case) == "Open for input until 1 April 2026."
    case.closed_on = dt.date(2026, 3, 9)
    assert state(case) == "The case was closed 9 March 2026."


def test_what_nobody_has_confirmed_is_not_called_done(case: Case) -> None:
    make.a_step(case, stage=1, activity="information", starts_on=dt.date(2020, 12, 31))
    (row,) = case_path.rows(case, TODAY)
    assert (row.mark, row.outcome) == ("passed", "not_confirmed")
    assert state(case) == "The dates of all registered steps have passed. What became of them is not registered."
    make.a_step(case, stage=2, **COUNCIL, starts_on=dt.date(2026, 4, 1))
    assert marks(case) == ["passed", "here"]
    assert state(case) == "For treatment: Kommunestyret, 1 April 2026."


def test_several_bodies_without_a_date_are_counted(case: Case) -> None:
    make.a_step(case, stage=1, starts_on=dt.date(2026, 2, 1))
    for _ in range(6):
        make.a_step(case, stage=2, **COUNCIL)
    assert state(case) == "Waits for 6 bodies; dates not given."


# ---- what a case of many bodies says first ----


def councils(case: Case, *outcomes: str) -> None:
    for number, outcome in enumerate(outcomes):
        facts = {"outcome": outcome, "resolution": "Ja.", "starts_on": dt.date(2026, 2, 1)} if outcome else {}
        make.a_step(case, activity="decision", actor=f"Kommunestyre {number}", stage=2, **facts)


def test_all_councils_said_yes(case: Case) -> None:
    councils(case, "adopted", "amended", "adopted")
    assert state(case) == "Adopted by all 3 bodies."


def test_one_council_without_a_date_is_what_the_case_waits_for(case: Case) -> None:
    councils(case, "", "adopted", "adopted")
    assert "Kommunestyre 0" in state(case)


def test_what_was_decided_last_stands_before_an_earlier_outcome_nobody_registered(case: Case) -> None:
    make.a_step(case, activity="recommendation", actor="Styret", stage=1, starts_on=dt.date(2026, 1, 1))
    councils(case, "adopted")
    assert state(case).startswith("Adopted: Kommunestyre 0")
