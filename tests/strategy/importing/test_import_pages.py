"""The pages of plan documents: sent in the browser, followed while they are read, told why not, put away."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from portal import outbox
from strategy.importing import storing, words
from strategy.importing.document import Unreadable, Why
from strategy.models import ImportRow, PlanImport
from tests import factories_imports as make
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority
    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def address(home: Authority) -> str:
    return reverse("plan_imports", args=[home.slug])


def file(content: bytes, name: str = "Næringsplan 2030.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(row: PlanImport) -> str:
    return row.get_absolute_url()


def test_a_document_is_sent_and_the_worker_asked_once_it_is_stored(
    officer_client: Client, address: str, django_capture_on_commit_callbacks: Any
) -> None:
    before = PlanImport.objects.count()
    with (
        mock.patch.object(outbox, "ask_worker") as asked,
        django_capture_on_commit_callbacks(execute=True),
    ):
        answer = officer_client.post(address, {"file": file(b"En ny plan\n")}, follow=True)
    assert PlanImport.objects.count() == before + 1
    assert "Vi har fått dokumentet" in text_of(answer)
    assert asked.call_args.args[0].name == "strategy.tasks.read_plan_documents"


def test_what_is_wrong_with_a_file_is_said_at_the_field_and_nothing_is_stored(
    officer_client: Client, address: str
) -> None:
    before = PlanImport.objects.count()
    wrong = [
        ({"file": file(b"x", "plan.odt")}, "Vi leser PDF med tekst"),
        ({"file": file(b"", "plan.txt")}, "tom"),
        ({}, "Velg en fil"),
        ({"file": file(b"ny\n"), "against": "999999999"}, "Velg en av deres egne planer"),
    ]
    for sent, says in wrong:
        answer = officer_client.post(address, sent)
        assert answer.status_code == 200
        assert says in text_of(answer)
    assert PlanImport.objects.count() == before


def test_a_plan_next_door_is_not_compared_with(world: World, officer_client: Client, address: str) -> None:
    before = PlanImport.objects.count()
    officer_client.post(address, {"file": file(b"ny\n"), "against": world.next.plan.pk})
    waiting = PlanImport.objects.get(authority=world.home.authority, state="waiting")
    sent = {"fra": waiting.pk, "against": world.next.plan.pk}
    assert officer_client.post(address, sent).status_code == 404
    theirs = PlanImport.objects.get(authority=world.next.authority, state="waiting")
    assert officer_client.post(address, {"fra": theirs.pk}).status_code == 404
    assert PlanImport.objects.count() == before


def test_the_same_file_again_is_opened_compared_in_one_press_or_read_anew(
    world: World, home: Authority, officer_client: Client, address: str
) -> None:
    applied = make.decided(make.a_proposal(home, content=b"gammel plan\n"))
    PlanImport.objects.filter(pk=applied.pk).update(state="applied", ended_at=NOW, plan=world.home.plan)
    before = PlanImport.objects.count()
    said = text_of(officer_client.post(address, {"file": file(b"gammel plan\n")}))
    assert PlanImport.objects.count() == before
    assert "Den samme filen er her fra før" in said
    assert page_of(applied) in said
    assert f"Sammenlign med «{world.home.plan.title}»" in said
    assert "Les den på nytt" in said
    answer = officer_client.post(address, {"fra": applied.pk, "against": world.home.plan.pk})
    made = PlanImport.objects.latest("pk")
    assert (answer.url, made.against, made.sha256) == (page_of(made), world.home.plan, applied.sha256)


def test_the_page_follows_the_reading_and_goes_on_when_it_is_done(home: Authority, officer_client: Client) -> None:
    PlanImport.objects.all().delete()
    row = make.an_import(home)
    said = text_of(officer_client.get(page_of(row)))
    assert "Det venter på tur" in said
    assert "Se om det er lest" in said, "without scripts a link asks"
    taken = storing.take(NOW)
    assert taken is not None
    storing.on_page(taken)(12, 84)
    assert "Side 12 av 84" in text_of(officer_client.get(page_of(row)))
    progress = reverse("import_progress", args=[home.slug, row.pk])
    assert officer_client.get(progress).json() == {"done": False, "read": 12, "of": 84, "said": "Side 12 av 84"}
    storing.refuse(taken, Why.SCANNED, now=NOW)
    assert officer_client.get(progress).json()["done"] is True


@pytest.mark.parametrize("why", [*Why, words.GAVE_UP, words.LOST])
def test_each_reason_is_said_in_words_with_what_to_do(home: Authority, officer_client: Client, why: str) -> None:
    row = make.an_import(home, state="refused", why=str(why), pages=2000, content=b"nei")
    said = text_of(officer_client.get(page_of(row)))
    assert " ".join(words.why(why, 2000).split()[:4]) in said
    assert words.to_do(why) in said
    assert str(why) not in words.why(why, 2000)
    assert reverse("import_file", args=[home.slug, row.pk]) not in said, "nothing is kept"


def test_a_scanned_document_is_told_to_go_through_text_recognition(
    home: Authority, officer_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    PlanImport.objects.all().delete()
    row = make.an_import(home, filename="skannet.pdf")
    monkeypatch.setattr(storing, "proposed", mock.Mock(side_effect=Unreadable(Why.SCANNED)))
    storing.read_next(NOW)
    said = text_of(officer_client.get(page_of(row)))
    assert "tekstgjenkjenning (OCR)" in said


def test_a_plan_without_structure_offers_an_empty_plan_with_its_name(home: Authority, officer_client: Client) -> None:
    row = make.an_import(
        home, state="refused", why="no_structure", filename="Landbruksplan_for_Hjemby.docx", content=b"prosa"
    )
    said = text_of(officer_client.get(page_of(row)))
    assert "Begynn med en tom plan" in said
    add = f"{reverse('admin:strategy_plan_add')}?title=Landbruksplan+for+Hjemby"
    assert add in said
    assert 'value="Landbruksplan for Hjemby"' in text_of(officer_client.get(add))


def test_it_is_put_away_taken_out_and_removed_and_those_who_only_read_do_none_of_it(
    home: Authority, officer_client: Client, attester_client: Client
) -> None:
    row = make.a_proposal(home, content=b"til side")
    for deed in ("legg-bort", "ta-fram", "fjern"):
        assert attester_client.post(page_of(row), {"gjor": deed}).status_code == 403
    said = text_of(officer_client.post(page_of(row), {"gjor": "legg-bort"}, follow=True))
    assert "Ta det fram igjen" in said
    assert "Ta det fram igjen" not in text_of(attester_client.get(page_of(row)))
    officer_client.post(page_of(row), {"gjor": "ta-fram"})
    row.refresh_from_db()
    assert row.state == "ready"
    officer_client.post(page_of(row), {"gjor": "legg-bort"})
    answer = officer_client.post(page_of(row), {"gjor": "fjern"}, follow=True)
    assert "er fjernet" in text_of(answer)
    assert not PlanImport.objects.filter(pk=row.pk).exists()


def test_the_document_is_handed_out_as_a_download_and_nothing_else(home: Authority, officer_client: Client) -> None:
    row = make.an_import(home, content=b"<script>alert(1)</script>\n", filename="plan.txt")
    answer = officer_client.get(reverse("import_file", args=[home.slug, row.pk]))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>\n"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="plan.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"


def test_the_empty_list_explains_the_three_steps_and_a_full_one_says_how_far_each_has_come(
    home: Authority, officer_client: Client, attester_client: Client, address: str
) -> None:
    PlanImport.objects.all().delete()
    for client in (officer_client, attester_client):
        said = text_of(client.get(address))
        assert said.count("<li>") >= 3
        assert "Send planen som en fil." in said
    assert "Les dokumentet" not in text_of(attester_client.get(address))
    proposal = make.a_proposal(home)
    proposal.rows.filter(level="goal").update(decision="accepted", decided_at=timezone.now())
    said = text_of(officer_client.get(address))
    assert "1 av 4" in said
    assert "Skal gås gjennom" in said
    assert "Ingen dokumenter passer" in text_of(officer_client.get(f"{address}?q=finnesikke"))


def test_the_list_costs_the_same_for_any_number(home: Authority, officer_client: Client, address: str) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        PlanImport.objects.all().delete()
        for number in range(size):
            row = make.a_proposal(home, content=f"plan {number}".encode())
            ImportRow.objects.filter(plan_import=row).update(decision="accepted", decided_at=timezone.now())
        return officer_client, {address: None}

    same_for_all_sizes(grow)
