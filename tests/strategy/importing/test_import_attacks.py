"""Plan documents under attack: a plan that is deleted or rewritten meanwhile, forged presses, and what a killed worker leaves."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from portal.models import User
from strategy.importing import applying, cleaning, creating, proposing, reviewing, sending, storing
from strategy.importing.document import Kind, Unreadable, Why
from strategy.importing.proposal import Level, Proposal, Row
from strategy.models import GoalSdg, Measure, MeasureEntry, MeasureParticipation, Plan, PlanImport
from tests import factories_imports as make
from tests.strategy.importing.proposals import a_small_plan, by_title
from tests.strategy.importing.test_comparing import FIRST, SECOND, an_edition

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FACTS: dict[str, Any] = {"title": "Plan", "slug": "plan-av-dokument", "period_start": 2026, "period_end": 2029}


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def plan(world: World, officer: User) -> Plan:
    return creating.create(make.decided(an_edition(world.home.authority, FIRST)), FACTS, by=officer, now=NOW)


@pytest.fixture
def second(plan: Plan) -> PlanImport:
    """A later edition, compared with the plan and decided: one measure changed, one new, three things gone."""
    return make.decided(an_edition(plan.authority, SECOND, against=plan, content=b"Annen utgave"))


# ---- the plan that a document is compared with ----


def test_a_comparison_whose_plan_is_deleted_does_not_become_a_plan_of_what_was_gone(
    second: PlanImport, plan: Plan, officer: User, officer_client: Client
) -> None:
    creating._remove(plan)
    second.refresh_from_db()
    for name in ("plan_import", "import_create"):
        page = officer_client.get(reverse(name, args=[second.authority.slug, second.pk]))
        assert page.status_code == 200 and b'value="opprett"' not in page.content
    with pytest.raises(ValidationError):
        creating.create(second, {**FACTS, "slug": "ny-plan"}, by=officer, now=NOW)
    assert not Plan.objects.filter(slug="ny-plan").exists()


def test_what_a_colleague_wrote_in_the_plan_after_the_row_was_accepted_is_not_overwritten(
    second: PlanImport, officer: User
) -> None:
    second.rows.update(decided_at=NOW)  # the history's moments are when this test's transaction began, after that
    assert not applying.cannot(second)
    entry = MeasureEntry.objects.get(measure__import_rows=second.rows.get(change="changed"))
    entry.title = "Klargjøre tomter og bygge vei"
    entry.save()
    with pytest.raises(ValidationError):
        applying.apply(second, by=officer, now=NOW)
    entry.refresh_from_db()
    assert entry.title == "Klargjøre tomter og bygge vei"


@pytest.mark.parametrize("level", ["measure", "strategy"])
def test_a_comparison_says_so_when_what_it_changes_is_gone_from_the_plan(
    second: PlanImport, plan: Plan, officer: User, level: str
) -> None:
    if level == "measure":
        measure = second.rows.get(change="changed").measure
        Measure.objects.filter(pk=measure.pk).update(current_entry=None)
        measure.delete()
    else:
        strategy = second.rows.get(level="strategy", change="same").strategy
        MeasureEntry.objects.filter(strategy=strategy).update(strategy=None)
        strategy.delete()
    with pytest.raises(ValidationError):
        applying.apply(second, by=officer, now=NOW)


def test_a_description_that_would_be_overwritten_is_shown_beside_another_title(
    second: PlanImport, officer_client: Client
) -> None:
    row = second.rows.get(change="changed")
    MeasureEntry.objects.filter(measure=row.measure).update(description="Kommunen har brukt et år på dette.")
    second.rows.filter(pk=row.pk).update(description="Kort sagt.", decision="undecided", decided_at=None)
    page = officer_client.get(reverse("plan_import", args=[second.authority.slug, second.pk])).content.decode()
    assert "Kommunen har brukt et år på dette." in page and "Kort sagt." in page


def test_un_goals_that_the_document_does_not_name_stay_in_the_plan(
    second: PlanImport, plan: Plan, officer: User
) -> None:
    row = second.rows.get(level="goal")
    GoalSdg.objects.create(goal=row.goal, authority_id=plan.authority_id, number=8, role="focus")
    second.rows.filter(pk=row.pk).update(change="changed", title="Flere i godt arbeid")
    applying.apply(second, by=officer, now=NOW)
    goal = plan.goals.get()
    assert (goal.title, [one.number for one in goal.sdgs.all()]) == ("Flere i godt arbeid", [8])


def test_what_is_kept_does_not_go_with_the_strategy_that_goes(second: PlanImport, plan: Plan, officer: User) -> None:
    second.rows.filter(level="measure", change="gone").update(decision="dropped")
    with pytest.raises(ValidationError):
        applying.apply(second, by=officer, now=NOW)
    entry = MeasureEntry.objects.get(measure__plan=plan, title="Sommerjobber")
    assert entry.strategy is not None and entry.strategy.title == "Unge i jobb"


def test_nothing_new_is_laid_under_what_is_to_be_taken_out(second: PlanImport, plan: Plan, officer: User) -> None:
    new, gone = second.rows.get(change="new"), second.rows.get(level="strategy", change="gone")
    with pytest.raises(ValidationError):
        reviewing.move(new, gone, "measure", by=officer, now=NOW)
        applying.apply(second, by=officer, now=NOW)
    assert not MeasureEntry.objects.filter(measure__plan=plan, title=new.title).exists()


# ---- what is made ----


def test_half_a_year_is_due_by_its_last_month_as_the_measures_form_can_say(world: World, officer: User) -> None:
    proposal = make.decided(world.home.rows(PlanImport).get(state="ready", against=None))
    row = proposal.rows.exclude(due_on=None).get()
    proposal.rows.filter(pk=row.pk).update(due_precision="period")
    plan = creating.create(proposal, FACTS, by=officer, now=NOW)
    mine = MeasureParticipation.objects.get(measure__plan=plan, due_on=row.due_on)
    mine.full_clean()
    assert mine.due_precision == "month"


def test_a_row_whose_description_is_too_long_to_keep_whole_is_looked_at_by_someone(world: World) -> None:
    rows = [Row(Level.MEASURE, str(n), "Bygge kai", 1, n, description="a" * (20_000 + n)) for n in (0, 1)]
    found = make.an_import(world.home.authority, state="reading", started_at=NOW, attempts=1)
    storing.keep_rows(found, Proposal(Kind.TXT, tuple(rows)))
    kept = found.rows.order_by("position")
    assert [(len(row.description), row.certainty) for row in kept] == [(20_000, "sure"), (20_000, "unsure")]


# ---- two rows put together ----


def test_who_is_responsible_for_either_of_two_rows_is_told_when_they_are_put_together(
    world: World, officer: User
) -> None:
    proposal = a_small_plan(world.home.authority)
    proposal.rows.filter(title="Rydde tomter").update(responsible="Teknisk etat")
    proposal.rows.filter(title="Besøke bedriftene").update(responsible="Næringssjefen")
    first, second = by_title(proposal, "Rydde tomter"), by_title(proposal, "Besøke bedriftene")
    reviewing.merge(second, first, by=officer, now=NOW)
    first.refresh_from_db()
    assert (first.responsible, first.description) == ("Teknisk etat, Næringssjefen", "Besøke bedriftene")


# ---- forged presses ----


def test_no_forged_number_in_a_press_is_a_fault_of_ours(world: World, officer_client: Client) -> None:
    proposal = a_small_plan(world.home.authority)
    address = reverse("plan_import", args=[proposal.authority.slug, proposal.pk])
    row = by_title(proposal, "Rydde tomter")
    for value in (f"{row.pk}.{'9' * 5000}", f"{'9' * 5000}.1", f"{row.pk}.²", "٣.٣", f"{row.pk}.-1", "."):
        for name in ("godta", "utelat", "angre", "opp", "behold", "sikre", "sett", "merknad", "ta-tilbake"):
            assert officer_client.post(address, {name: value}).status_code in (302, 404), (name, value[:20])


# ---- what is left behind ----


def test_the_same_file_twice_is_two_where_the_storage_writes_over(world: World, officer: User, settings: Any) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    sent = SimpleUploadedFile("plan.txt", b"Tiltak 1: Bygge kai\n")
    first = sending.send(world.home.authority, sent, against=None, by=officer, now=NOW)
    compared = sending.send_again(first, against=world.home.plan, by=officer, now=NOW)
    first.file.storage.delete(first.file.name)
    assert compared.file.read() == b"Tiltak 1: Bygge kai\n"


def test_what_a_killed_worker_left_is_removed_and_what_is_being_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, read = tmp_path / "plan-document-left", tmp_path / "plan-document-read"
    for folder in (left, read):
        folder.mkdir()
        (folder / "document").write_bytes(b"Plan")
    hours_ago = (timezone.now() - 2 * storing.LEFT_AFTER).timestamp()
    os.utime(left, (hours_ago, hours_ago))
    cleaning.remove_old(timezone.now())
    assert [each.name for each in tmp_path.iterdir()] == ["plan-document-read"]


def test_more_rows_than_any_plan_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("Mål 1: Vekst\nTiltak 1 - Bygge kai.\nTiltak 2 - Rydde tomter.\n")
    assert len(proposing.propose(path, path.name)[0].rows) == 3
    monkeypatch.setattr(proposing, "MOST_ROWS", 2)
    with pytest.raises(Unreadable) as refusal:
        proposing.propose(path, path.name)
    assert refusal.value.why == Why.TOO_MANY_ROWS


# ---- what is lost unseen ----


@pytest.mark.parametrize("goals", [("Vekst", "Klima"), ("IKT", "Vekst 2030"), ("1 Vekst", "2 Klima")])
def test_a_goal_of_one_short_word_in_a_table_is_not_lost(tmp_path: Path, goals: tuple[str, str]) -> None:
    path = tmp_path / "tiltak.csv"
    rows = "".join(f"{goal};Bygge kai {place};Havna\n" for place, goal in enumerate(goals))
    path.write_text(f"Mål;Tiltak;Ansvar\n{rows}")
    proposal, _document = proposing.propose(path, path.name)
    found = [(row.level, row.parent) for row in proposal.rows]
    assert found == [(Level.GOAL, None), (Level.MEASURE, 0), (Level.GOAL, None), (Level.MEASURE, 2)]
