"""A later edition with another deadline, another responsible, another cost: seen, and taken row by row."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from portal.models import Event, Unit, User
from strategy import parts, rolling
from strategy.importing import applying, creating, noted, reviewing
from strategy.models import ImportRow, MeasureParticipation, Plan, PlanImport
from tests import factories
from tests import factories_imports as make
from tests.strategy.importing.test_comparing import FIRST, adopt, an_edition
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FACTS: dict[str, Any] = {"title": "Plan", "slug": "plan-av-dokument", "period_start": 2026, "period_end": 2029}
LOTS, VISITS, SUMMER = "Klargjøre tomter", "Besøke bedriftene", "Sommerjobber"
SAID: dict[str, dict[str, Any]] = {
    LOTS: {"due_on": dt.date(2027, 12, 31), "due_precision": "year", "responsible": "Plan og bygg"},
    VISITS: {"responsible": "Næringssjefen", "cost_nok": 500_000},
}
"""What the first edition says: a unit of ours is responsible for one, somebody else for another."""


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture(autouse=True)
def units(world: World) -> list[Unit]:
    return [factories.a_unit(world.home.authority, name=name) for name in ("Plan og bygg", "Kultur")]


@pytest.fixture
def plan(world: World, officer: User) -> Plan:
    first = an_edition(world.home.authority, FIRST, says=SAID)
    return creating.create(make.decided(first), FACTS, by=officer, now=NOW)


def again(plan: Plan, **says: dict[str, Any]) -> PlanImport:
    """Send the same document once more, with something else said of some measures."""
    names = {"lots": LOTS, "visits": VISITS, "summer": SUMMER}
    changed = {names[name]: {**SAID.get(names[name], {}), **facts} for name, facts in says.items()}
    return an_edition(plan.authority, FIRST, says={**SAID, **changed}, against=plan, content=b"Annen utgave")


def row(document: PlanImport, title: str) -> ImportRow:
    return document.rows.get(title=title)


def part(plan: Plan, title: str) -> MeasureParticipation:
    found = MeasureParticipation.objects.filter(plan=plan, authority=plan.authority)
    return found.get(measure__entries__title=title, measure__entries__action_part=parts.part_in_force(plan))


def changed(document: PlanImport) -> set[str]:
    return set(document.rows.filter(change="changed").values_list("title", flat=True))


def page(client: Client, document: PlanImport, name: str = "plan_import") -> str:
    return " ".join(body(english(client).get(reverse(name, args=[document.authority.slug, document.pk]))).split())


# ---- what is seen ----


def test_the_same_said_again_is_as_before(plan: Plan) -> None:
    assert changed(again(plan)) == set()


def test_a_document_that_is_silent_takes_nothing_away(plan: Plan) -> None:
    silent = an_edition(plan.authority, FIRST, against=plan, content=b"Uten frister")
    assert changed(silent) == set()
    assert part(plan, LOTS).due_on == dt.date(2027, 12, 31) and part(plan, LOTS).unit is not None


@pytest.mark.parametrize("says", [
    {"due_on": dt.date(2028, 12, 31)}, {"due_precision": "day"}, {"responsible": "Kultur"},
    {"responsible": "Kulturskolen"}, {"cost_nok": 1},
])  # fmt: skip
def test_another_deadline_precision_responsible_or_cost_is_a_change(plan: Plan, says: dict[str, Any]) -> None:
    assert changed(again(plan, lots=says)) == {LOTS}


@pytest.mark.parametrize("says", [{"responsible": "plan og bygg."}, {"due_precision": "year"}])
def test_the_same_in_other_letters_is_no_change(plan: Plan, says: dict[str, Any]) -> None:
    assert changed(again(plan, lots=says)) == set()


@pytest.mark.parametrize(("says", "differs"), [("Næringssjefen.", set()), ("Rådmannen", {VISITS})])
def test_who_is_no_unit_of_ours_is_compared_with_the_note(plan: Plan, says: str, differs: set[str]) -> None:
    assert changed(again(plan, visits={"responsible": says})) == differs


def test_who_stands_in_the_plan_as_partner_is_no_change(plan: Plan) -> None:
    MeasureParticipation.objects.filter(pk=part(plan, SUMMER).pk).update(partner="NAV Hjemby")
    assert changed(again(plan, summer={"responsible": "NAV Hjemby"})) == set()


def test_the_page_shows_plan_and_document_beside_each_other(plan: Plan, officer_client: Client) -> None:
    document = again(plan, lots={"due_on": dt.date(2028, 6, 30), "due_precision": "month", "responsible": "Kultur"})
    html = page(officer_client, document)
    assert "<dt>Due</dt><dd><span>The plan</span> 2027</dd><dd><span>The document</span> June 2028</dd>" in html
    assert "<span>The plan</span> Plan og bygg</dd><dd><span>The document</span> Kultur</dd>" in html


def test_the_page_costs_the_same_however_many_deadlines_are_moved(plan: Plan, officer_client: Client) -> None:
    one = again(plan, lots={"due_on": dt.date(2028, 12, 31)})
    all_of_them = again(plan, **{name: {"due_on": dt.date(2029, 12, 31)} for name in ("lots", "visits", "summer")})
    cost = []
    for document in (one, one, all_of_them):
        with CaptureQueriesContext(connection) as caught:
            page(officer_client, document)
        cost.append(len(caught))
    assert cost[1] == cost[2]


# ---- what is taken ----


def test_a_moved_deadline_and_another_unit_are_taken_into_a_draft_plan_with_their_history(
    plan: Plan, officer: User
) -> None:
    document = again(plan, lots={"due_on": dt.date(2028, 6, 30), "due_precision": "period", "responsible": "Kultur"})
    reviewing.accept(row(document, LOTS), by=officer, now=timezone.now())
    before = part(plan, LOTS)
    assert before.due_on == dt.date(2027, 12, 31), "nothing of the plan changes before it is taken over"
    applying.apply(document, by=officer, now=NOW)
    after = part(plan, LOTS)
    assert (after.due_on, after.due_precision, str(after.unit)) == (dt.date(2028, 6, 30), "month", "Kultur")
    assert after.row_version == before.row_version + 1
    assert Event.objects.get(kind="plan_changed_from_document").facts["duties"] == 1
    assert part(plan, VISITS).row_version == 0, "the others are not touched"


def test_what_is_noted_of_responsible_and_cost_takes_the_place_of_what_was_noted(plan: Plan, officer: User) -> None:
    had = part(plan, VISITS)
    had.note = f"Ring først.\n{had.note}\nSe også brevet."
    had.save()
    document = again(plan, visits={"responsible": "Rådmannen", "cost_nok": 750_000})
    applying.apply(make.decided(document), by=officer, now=NOW)
    note = part(plan, VISITS).note
    assert note.splitlines()[0] == "Ring først." and note.splitlines()[-1] == "Se også brevet."
    assert noted.said_in(note, noted.RESPONSIBLE) == "Rådmannen" and "Næringssjefen" not in note
    assert "750" in noted.said_in(note, noted.COST) and "500" not in note


def test_a_unit_that_the_document_now_names_takes_the_place_of_the_note(plan: Plan, officer: User) -> None:
    applying.apply(make.decided(again(plan, visits={"responsible": "Kultur"})), by=officer, now=NOW)
    now = part(plan, VISITS)
    assert str(now.unit) == "Kultur" and not noted.said_in(now.note, noted.RESPONSIBLE)


def test_the_plans_word_is_kept_with_one_press_and_taken_back_with_one_more(plan: Plan, officer: User) -> None:
    document = again(plan, lots={"due_on": dt.date(2028, 12, 31), "responsible": "Kultur"})
    done = reviewing.keep(row(document, LOTS), by=officer, now=timezone.now())
    kept = row(document, LOTS)
    assert (kept.change, kept.due_on, kept.responsible) == ("same", dt.date(2027, 12, 31), "Plan og bygg")
    reviewing.undo(document, done.event, by=officer, now=timezone.now())
    back = row(document, LOTS)
    assert (back.change, back.due_on, back.responsible) == ("changed", dt.date(2028, 12, 31), "Kultur")


def test_a_deadline_is_not_taken_with_all_the_others_in_one_press(
    plan: Plan, officer: User, officer_client: Client
) -> None:
    document = again(plan, lots={"due_on": dt.date(2028, 12, 31)}, visits={"description": "To ganger i året."})
    assert "Take in 1 change of words" in page(officer_client, document)
    reviewing.decide_changed(document, takes=True, by=officer, now=timezone.now())
    assert row(document, VISITS).decision == "accepted" and row(document, LOTS).decision == "undecided"
    reviewing.decide_changed(document, takes=False, by=officer, now=timezone.now())
    assert (row(document, LOTS).change, row(document, LOTS).due_on) == ("same", dt.date(2027, 12, 31))


def test_a_deadline_that_a_colleague_moved_after_the_decision_is_not_moved_back(plan: Plan, officer: User) -> None:
    document = make.decided(again(plan, lots={"due_on": dt.date(2028, 12, 31)}))
    document.rows.update(decided_at=NOW)  # the history's moments are when this test's transaction began, after that
    assert not applying.cannot(document)
    moved = part(plan, LOTS)
    moved.due_on = dt.date(2030, 12, 31)
    moved.save()
    with pytest.raises(ValidationError, match=LOTS):
        applying.apply(document, by=officer, now=NOW)
    assert part(plan, LOTS).due_on == dt.date(2030, 12, 31)


# ---- an adopted plan ----


def draft_of(plan: Plan, officer: User) -> Any:
    adopt(plan)
    return rolling.start(plan, period_start=2027, period_end=2029, by=officer)


def test_an_adopted_plan_takes_the_words_into_its_draft_and_says_that_the_deadline_stays(
    plan: Plan, officer: User, officer_client: Client
) -> None:
    draft = draft_of(plan, officer)
    document = again(plan, lots={"due_on": dt.date(2028, 12, 31), "description": "Ved stasjonen."})
    mine = part(plan, LOTS)
    assert reverse("admin:strategy_measureparticipation_change", args=[mine.pk]) in page(officer_client, document)
    make.decided(document)
    html = page(officer_client, document, "import_create")
    assert f"stay as the plan has them for: 1 {LOTS}" in html
    applying.apply(document, by=officer, now=NOW)
    assert draft.entries.get(title=LOTS).description == "Ved stasjonen."
    assert part(plan, LOTS).due_on == dt.date(2027, 12, 31)


def test_of_an_adopted_plan_a_deadline_alone_is_not_said_to_be_taken(
    plan: Plan, officer: User, officer_client: Client
) -> None:
    draft_of(plan, officer)
    document = again(plan, lots={"due_on": dt.date(2028, 12, 31)})
    key = f'value="{row(document, LOTS).pk}.'
    html = page(officer_client, document)
    assert f'name="behold" {key}' in html and f'name="godta" {key}' not in html
    make.decided(document)
    with pytest.raises(ValidationError, match=LOTS):
        applying.apply(document, by=officer, now=NOW)
    assert part(plan, LOTS).due_on == dt.date(2027, 12, 31)


def test_a_measure_that_only_the_draft_has_gets_the_documents_deadline(plan: Plan, officer: User) -> None:
    draft = draft_of(plan, officer)
    wording = rolling.Wording("new", "", "9", "Bygge kai", "", "")
    new = rolling.add_new(draft, wording=wording, by=officer)
    rows = (*FIRST, ("measure", "9", "Bygge kai", ""))
    says = {**SAID, "Bygge kai": {"due_on": dt.date(2028, 12, 31), "due_precision": "year"}}
    document = an_edition(plan.authority, rows, says=says, against=plan, content=b"Annen utgave")
    assert changed(document) == {"Bygge kai"}
    applying.apply(make.decided(document), by=officer, now=NOW)
    new.refresh_from_db()
    assert (new.due_on, new.due_precision) == (dt.date(2028, 12, 31), "year")


# ---- the lines of a note ----


def test_a_line_is_known_in_whichever_language_it_was_written() -> None:
    for language in ("nb", "en"):
        with override(language):
            note = f"Først.\n{noted.line(noted.RESPONSIBLE, 'NAV')}"
        assert noted.said_in(note, noted.RESPONSIBLE) == "NAV" and not noted.said_in(note, noted.COST)
        assert noted.with_line(note, noted.RESPONSIBLE, "") == "Først."


@pytest.mark.parametrize("between", ["\n", "\r\n", "\u2028"])
def test_who_is_told_on_two_lines_is_noted_on_one_and_known_again(between: str) -> None:
    note = noted.with_line("Først.", noted.RESPONSIBLE, f"NAV{between}og næring")
    assert noted.said_in(note, noted.RESPONSIBLE) == "NAV og næring"
    assert noted.with_line(note, noted.RESPONSIBLE, "") == "Først."


def test_a_note_of_ones_own_is_never_taken_for_a_line() -> None:
    own = "Ansvarlig er ikke avklart. Kostnad: se budsjettet."
    assert not noted.said_in(own, noted.RESPONSIBLE)
    assert noted.with_line(own, noted.COST, "kr 5").startswith(f"{own}\n")
