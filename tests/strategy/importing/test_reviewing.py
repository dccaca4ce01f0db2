"""Going through a proposal: what each press does, what it never leaves behind, and that every press can be undone."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.models import Event
from strategy.importing import capitals, progress, reviewing
from strategy.importing.holding import ChildrenAsked
from strategy.importing.refusals import Overtaken, Refused
from strategy.importing.tree import WRITTEN, Tree
from strategy.models import ImportRow, PlanImport
from tests.at_once import at_once
from tests.strategy.importing.proposals import a_small_plan, by_title
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import User

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
Decision, Level = ImportRow.Decision, ImportRow.Level


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def proposal(world: World) -> PlanImport:
    return a_small_plan(world.home.authority)


@pytest.fixture
def press(officer: User) -> Callable[..., Any]:
    def press(deed: Callable[..., Any], *given: Any, **facts: Any) -> Any:
        return deed(*given, **{"by": officer, "now": timezone.now(), **facts})

    return press


def decisions(proposal: PlanImport) -> dict[str, str]:
    return dict(proposal.rows.order_by("position").values_list("title", "decision"))


def said(proposal: PlanImport) -> list[Any]:
    """Return all that a press may change, of rows and oddities."""
    rows = proposal.rows.order_by("pk").values("pk", *WRITTEN)
    return [*rows, *proposal.anomalies.order_by("pk").values_list("pk", "settled_at", "settled_by")]


def faults(proposal: PlanImport) -> list[str]:
    return Tree(proposal, proposal.rows.order_by("position")).faults()


# ---- deciding ----


def test_one_press_accepts_all_that_is_sure_and_leaves_what_is_odd_or_in_doubt(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    done = press(reviewing.accept_sure, proposal)
    left = {title for title, decision in decisions(proposal).items() if decision == "undecided"}
    assert left == {"Grønn vekst", "Besøke bedriftene", "Måle utslipp"}  # odd, likely, unsure
    assert len(done.rows) == proposal.rows.count() - 3
    found = progress.counts(proposal)
    assert (found.left, found.to_look_at, found.sure, found.odd) == (3, 3, 0, 1)
    assert press(reviewing.accept_sure, proposal) == reviewing.Done()


def test_the_sure_ones_of_one_goal_are_accepted_alone(proposal: PlanImport, press: Callable[..., Any]) -> None:
    press(reviewing.accept_sure, proposal, by_title(proposal, "Flere i arbeid"))
    assert decisions(proposal)["Flere i arbeid"] == decisions(proposal)["Rydde tomter"] == "accepted"
    assert decisions(proposal)["Grønn vekst"] == "undecided"


def test_accepting_a_measure_accepts_what_it_lies_under_but_not_what_is_odd_there(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    done = press(reviewing.accept, by_title(proposal, "Rydde tomter"))
    assert set(done.also) == {by_title(proposal, title).pk for title in ("Flere i arbeid", "Plass til alle")}
    press(reviewing.accept, by_title(proposal, "Bytte lyspærer"))
    assert decisions(proposal)["Grønn vekst"] == "undecided"  # its number is odd, and nobody has seen that


def test_accepting_a_row_oneself_settles_what_is_odd_at_it_and_taking_it_back_opens_it(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    row = by_title(proposal, "Grønn vekst")
    press(reviewing.accept, row)
    assert progress.counts(proposal).odd == 0
    press(reviewing.restore, row)
    assert progress.counts(proposal).odd == 1


def test_leaving_out_a_goal_asks_what_becomes_of_what_lies_under_it(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    goal = by_title(proposal, "Flere i arbeid")
    with pytest.raises(ChildrenAsked):
        press(reviewing.drop, goal)
    assert decisions(proposal)["Flere i arbeid"] == "undecided"
    press(reviewing.drop, goal, reviewing.UP)
    assert by_title(proposal, "Plass til alle").parent is None
    press(reviewing.drop, by_title(proposal, "Grønn vekst"), reviewing.FOLLOW)
    assert {decisions(proposal)[title] for title in ("Bytte lyspærer", "Måle utslipp")} == {"dropped"}
    assert faults(proposal) == []


def test_what_went_with_a_goal_comes_back_with_it(proposal: PlanImport, press: Callable[..., Any]) -> None:
    press(reviewing.drop, by_title(proposal, "Rydde tomter"))
    press(reviewing.drop, by_title(proposal, "Flere i arbeid"), reviewing.FOLLOW)
    press(reviewing.restore, by_title(proposal, "Flere i arbeid"))
    assert decisions(proposal)["Besøke bedriftene"] == "undecided"
    assert decisions(proposal)["Rydde tomter"] == "dropped"  # that was a press of its own


def test_taking_up_a_measure_takes_up_the_goal_it_lies_under(proposal: PlanImport, press: Callable[..., Any]) -> None:
    press(reviewing.drop, by_title(proposal, "Flere i arbeid"), reviewing.FOLLOW)
    press(reviewing.accept, by_title(proposal, "Rydde tomter"))
    assert decisions(proposal)["Flere i arbeid"] == "undecided"
    assert faults(proposal) == []


def test_a_note_is_told_to_the_readers_and_settles_what_was_odd(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    press(reviewing.settle, proposal.anomalies.get(), note="Planen hopper over 2.", accept=True)
    row = by_title(proposal, "Grønn vekst")
    assert (row.note, row.decision) == ("Planen hopper over 2.", "accepted")  # nothing more speaks against it
    assert progress.counts(proposal).odd == 0


# ---- changing, moving, putting together ----


def test_the_words_change_and_the_documents_own_stay(proposal: PlanImport, press: Callable[..., Any]) -> None:
    row = by_title(proposal, "Rydde tomter")
    press(reviewing.change, row, {"title": "Rydde alle tomter", "cost_nok": 5}, accept=True)
    row.refresh_from_db()
    assert (row.title, row.cost_nok, row.decision, row.text) == ("Rydde alle tomter", 5, "accepted", "Rydde tomter.")


def test_a_strategy_that_is_a_measure_gives_up_what_lies_under_it(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    goal, strategy = by_title(proposal, "Flere i arbeid"), by_title(proposal, "Plass til alle")
    with pytest.raises(ChildrenAsked):
        press(reviewing.move, strategy, goal, Level.MEASURE)
    press(reviewing.move, strategy, goal, Level.MEASURE, children=reviewing.UP)
    under = proposal.rows.filter(parent=goal).order_by("position").values_list("title", "level")
    assert list(under) == [("Plass til alle", "measure"), ("Rydde tomter", "measure"), ("Besøke bedriftene", "measure")]


def test_a_row_moves_to_where_the_print_has_it_or_before_a_sibling(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    row, strategy = by_title(proposal, "Måle utslipp"), by_title(proposal, "Plass til alle")
    press(reviewing.move, row, strategy, Level.MEASURE)
    assert proposal.rows.filter(parent=strategy).order_by("position").last().pk == row.pk
    press(reviewing.move, row, strategy, Level.MEASURE, by_title(proposal, "Rydde tomter"))
    assert proposal.rows.filter(parent=strategy).order_by("position").first().pk == row.pk
    press(reviewing.step, row, 1)
    assert by_title(proposal, "Måle utslipp").position == by_title(proposal, "Rydde tomter").position + 1
    assert faults(proposal) == []


@pytest.mark.parametrize("under", ["Rydde tomter", "Plass til alle"])
def test_a_row_never_lies_under_its_own_level_or_under_itself(
    proposal: PlanImport, press: Callable[..., Any], under: str
) -> None:
    with pytest.raises(Refused):
        press(reviewing.move, by_title(proposal, "Plass til alle"), by_title(proposal, under), Level.STRATEGY)
    with pytest.raises(Refused):
        press(reviewing.move, by_title(proposal, "Flere i arbeid"), by_title(proposal, under), Level.GOAL)


def test_two_rows_put_together_are_one_with_both_texts(proposal: PlanImport, press: Callable[..., Any]) -> None:
    row, into = by_title(proposal, "Besøke bedriftene"), by_title(proposal, "Rydde tomter")
    ImportRow.objects.filter(pk=row.pk).update(description="Hvert år.", responsible="Næringssjefen")
    press(reviewing.merge, row, into)
    into.refresh_from_db()
    assert (into.title, into.description) == ("Rydde tomter", "Besøke bedriftene\nHvert år.")
    assert (into.responsible, decisions(proposal)["Besøke bedriftene"]) == ("Næringssjefen", "merged")
    press(reviewing.drop, into)
    assert decisions(proposal)["Besøke bedriftene"] == "dropped"  # it goes with what it was put into


def test_a_heading_that_was_cut_in_two_becomes_one_and_keeps_what_lies_under_both(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    cut, rest = by_title(proposal, "Plass til alle"), by_title(proposal, "Grønn vekst")
    press(reviewing.merge, rest, cut, title="both")
    cut.refresh_from_db()
    assert (cut.title, proposal.rows.filter(parent=cut).count()) == ("Plass til alle Grønn vekst", 4)
    with pytest.raises(Refused):
        press(reviewing.merge, cut, rest)  # that one is put into the other already


def test_a_row_is_added_once_where_it_belongs(proposal: PlanImport, press: Callable[..., Any]) -> None:
    strategy, facts = by_title(proposal, "Plass til alle"), {"title": "Bygge vei", "number": "2"}
    for _ in range(2):
        press(reviewing.add, proposal, Level.MEASURE, strategy, facts, once="x")
    row = by_title(proposal, "Bygge vei")
    assert (row.origin, row.decision, row.parent) == ("added", "accepted", strategy)
    assert faults(proposal) == []


def test_titles_in_capitals_are_written_as_the_text_writes_the_words(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    forms = capitals.forms_in(["Vi samarbeider med NAV i Halden.", "ARBEID MED NAV I HALDEN", "Det gir mer arbeid."])
    assert capitals.in_running_text("FLERE I ARBEID I HALDEN, MED NAV", forms) == "Flere i arbeid i Halden, med NAV"
    assert not any(map(capitals.is_in_capitals, ["NAV", "Flere i ARBEID", "2.1", "BEDRIFTER"]))
    ImportRow.objects.filter(pk=by_title(proposal, "Rydde tomter").pk).update(title="RYDDE TOMTER")
    press(capitals.write_in_running_text, proposal)
    assert by_title(proposal, "Rydde tomter").text == "Rydde tomter."


# ---- undoing, and two at once ----

WAYS: dict[str, Callable[[PlanImport, Callable[..., Any]], Any]] = {
    "sure": lambda p, press: press(reviewing.accept_sure, p),
    "accept": lambda p, press: press(reviewing.accept, by_title(p, "Grønn vekst")),
    "drop": lambda p, press: press(reviewing.drop, by_title(p, "Flere i arbeid"), reviewing.FOLLOW),
    "up": lambda p, press: press(reviewing.drop, by_title(p, "Plass til alle"), reviewing.UP),
    "change": lambda p, press: press(reviewing.change, by_title(p, "Rydde tomter"), {"title": "Noe annet"}),
    "move": lambda p, press: press(
        reviewing.move, by_title(p, "Rydde tomter"), by_title(p, "Grønn vekst"), Level.MEASURE
    ),
    "merge": lambda p, press: press(reviewing.merge, by_title(p, "Grønn vekst"), by_title(p, "Plass til alle")),
    "note": lambda p, press: press(reviewing.settle, p.anomalies.get(), note="Slik står det."),
    "add": lambda p, press: press(
        reviewing.add, p, Level.MEASURE, by_title(p, "Plass til alle"), {"title": "Ny"}, after=by_title(p, "Rydde tomter")
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_press_can_be_undone_once(proposal: PlanImport, press: Callable[..., Any], way: str) -> None:
    before = said(proposal)
    done = WAYS[way](proposal, press)
    assert said(proposal) != before
    press(reviewing.undo, proposal, done.event)
    assert said(proposal) == before
    assert press(reviewing.undo, proposal, done.event) == reviewing.Done()


def test_nothing_is_undone_that_a_colleague_has_worked_on_since(
    world: World, proposal: PlanImport, press: Callable[..., Any]
) -> None:
    done = press(reviewing.accept, by_title(proposal, "Rydde tomter"))
    press(reviewing.change, by_title(proposal, "Rydde tomter"), {"title": "Nytt"}, by=world.user("leader"))
    with pytest.raises(Refused):
        press(reviewing.undo, proposal, done.event)
    assert by_title(proposal, "Nytt").decision == "accepted"


def test_a_page_that_has_grown_old_is_told_and_a_second_press_does_nothing(
    proposal: PlanImport, press: Callable[..., Any]
) -> None:
    row = by_title(proposal, "Rydde tomter")
    press(reviewing.change, row, {"title": "Nytt"}, seen=row.row_version)
    with pytest.raises(Overtaken):
        press(reviewing.drop, row, seen=row.row_version)
    press(reviewing.accept, row)
    assert press(reviewing.accept, row, seen=row.row_version) == reviewing.Done()


def test_who_may_not_make_plans_changes_nothing(world: World, proposal: PlanImport, press: Callable[..., Any]) -> None:
    with pytest.raises(PermissionDenied):
        press(reviewing.accept_sure, proposal, by=world.user("approver"))
    with pytest.raises(PermissionDenied):
        press(reviewing.accept, by_title(proposal, "Rydde tomter"), by=world.user("neighbour"))
    assert set(decisions(proposal).values()) == {"undecided"}


def test_a_closed_proposal_no_longer_changes(world: World, proposal: PlanImport, press: Callable[..., Any]) -> None:
    PlanImport.objects.filter(pk=proposal.pk).update(state="discarded", ended_at=NOW)
    with pytest.raises(Refused):
        press(reviewing.accept_sure, proposal)


def test_events_hold_no_words_of_the_document(proposal: PlanImport, press: Callable[..., Any]) -> None:
    for way in ("change", "merge"):
        WAYS[way](proposal, press)
    facts = str(list(Event.objects.filter(subject_id=proposal.pk).values_list("facts", flat=True)))
    assert not [row.title for row in proposal.rows.all() if row.title in facts]


def test_two_officers_at_once_decide_each_row_once(own_database: str) -> None:
    world = World()
    proposal = a_small_plan(world.home.authority)

    def press(person: str) -> int:
        user = world.user(person)
        done = reviewing.accept_sure(proposal, by=user, now=timezone.now())
        with suppress(Overtaken):
            row = by_title(proposal, "Grønn vekst")
            reviewing.merge(
                row, by_title(proposal, "Plass til alle"), seen=row.row_version, by=user, now=timezone.now()
            )
        return len(done.rows)

    numbers = at_once(press, ["officer", "leader"])
    assert sorted(numbers) == [0, 6]
    assert by_title(proposal, "Plass til alle").description.count("Grønn vekst") == 1
    assert faults(proposal) == []


# ---- whatever is pressed ----

ONE = st.integers(0, 8)
PRESSES = st.lists(
    st.tuples(
        st.sampled_from(["accept", "sure", "drop", "restore", "move", "merge", "step", "add", "settle", "undo"]),
        ONE, ONE, st.sampled_from(["follow", "up", ""]), st.sampled_from(Level.values),
    ),
    max_size=12,
)  # fmt: skip


def press_any(proposal: PlanImport, by: User, what: tuple[str, int, int, str, str], events: list[int]) -> None:
    """Press one button of the page, whatever comes of it; a refusal in words is an answer too."""
    deed, one, other, children, level = what
    rows = list(proposal.rows.order_by("position"))
    row, to = rows[one % len(rows)], rows[other % len(rows)]
    told = {"by": by, "now": timezone.now()}
    ways: dict[str, Callable[[], Any]] = {
        "accept": lambda: reviewing.accept(row, **told),
        "sure": lambda: reviewing.accept_sure(proposal, None if other % 2 else to, **told),
        "drop": lambda: reviewing.drop(row, children, **told),
        "restore": lambda: reviewing.restore(row, **told),
        "move": lambda: reviewing.move(row, to if other else None, level, children=children, **told),
        "merge": lambda: reviewing.merge(row, to, **told),
        "step": lambda: reviewing.step(row, 1 if other % 2 else -1, **told),
        "add": lambda: reviewing.add(proposal, level, to if other else None, {"title": "Ny"}, **told),
        "settle": lambda: reviewing.settle(proposal.anomalies.get(), **told),
        "undo": lambda: reviewing.undo(proposal, events[one % len(events)] if events else 0, **told),
    }
    with suppress(Refused, ChildrenAsked):
        events.append(ways[deed]().event)


def accept_the_rest(proposal: PlanImport, by: User) -> None:
    for row in proposal.rows.filter(decision="undecided"):
        reviewing.accept(row, by=by, now=timezone.now())
    for odd in proposal.anomalies.filter(settled_at=None):
        reviewing.settle(odd, by=by, now=timezone.now())


def test_whatever_is_pressed_the_proposal_holds_together_and_its_figures_add_up(world: World, officer: User) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PRESSES)
    def pressed(presses: list[Any]) -> None:
        with transaction.atomic():
            proposal, events = a_small_plan(world.home.authority), []
            for what in presses:
                press_any(proposal, officer, what, events)
                assert faults(proposal) == [], what
                found, every = progress.counts(proposal), decisions_of(proposal)
                assert found.rows == len(every)
                assert found.left == every.count("undecided") >= found.sure
                assert found.decided == found.rows - found.left
            accept_the_rest(proposal, officer)
            assert progress.counts(proposal).is_done
            kept = proposal.rows.filter(decision="accepted").exists()
            if kept:  # what PostgreSQL asks of a proposal before its plan is made
                PlanImport.objects.filter(pk=proposal.pk).update(state="applied", ended_at=timezone.now())
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)

    pressed()


def decisions_of(proposal: PlanImport) -> list[str]:
    return list(proposal.rows.values_list("decision", flat=True))
