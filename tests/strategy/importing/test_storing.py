"""What waits is read by whoever comes first, tried again, given up at last; refused, nothing of it is kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal.models import Notice
from strategy.importing import sending, storing
from strategy.importing.document import Document, Kind, Line, Table, TableRow, Unreadable, Why
from strategy.importing.proposal import Anomaly, Facts, Level, Odd, Proposal, Row
from strategy.models import ImportAnomaly, ImportPage, ImportRow, PlanImport
from tests import factories_imports as make
from tests.at_once import at_once

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.world import World

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DOCUMENT = Document(
    Kind.DOCX, 2,
    (
        Line("Næringsplan", 1, 1), Line("Flere i arbeid", 1, 3, label="Mål 1"),
        Table((TableRow(("Tiltak", "Frist"), 2, 1, True), TableRow(("Bygge kai", "2027"), 2, 2))),
    ),
)  # fmt: skip
PROPOSAL = Proposal(
    Kind.DOCX,
    (
        Row(Level.GOAL, "1", "Flere i arbeid", 1, 3),
        Row(Level.MEASURE, None, "Bygge kai" + "!" * 300, 2, 2, parent=0, due=dt.date(2027, 12, 31), due_precision="year",
            cost_nok=10**12, responsible="Havna"),
        Row(Level.STRATEGY, "1.1", "Plass", 2, 3, parent=0), Row(Level.MEASURE, "1", "Tomter", 2, 4, parent=2),
    ),
    (Anomaly(Odd.NUMBER_MISSING, "1.1.2", 2, 4, row=3, said="1"), Anomaly(Odd.SUMMARY_DIFFERS, "til slutt", 2, 9)),
    Facts(title="Plan " * 60, period_start=2026, period_end=2009, vision="Best", measure_word="tiltak"),
)  # fmt: skip


@pytest.fixture
def home(world: World) -> Authority:
    PlanImport.objects.all().delete()
    return world.home.authority


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Read without a reader: each answer is given once, the last again and again; an error is raised."""
    answers: list[Any] = [(PROPOSAL, DOCUMENT)]

    def proposed(found: PlanImport) -> Any:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(storing, "proposed", proposed)
    return answers


def nothing_is_left_of(row: PlanImport) -> bool:
    kept = [model.objects.filter(plan_import=row).exists() for model in (ImportRow, ImportPage, ImportAnomaly)]
    return not any(kept)


def test_a_document_becomes_rows_pages_and_facts_as_they_stood(home: Authority, reader: list[Any]) -> None:
    row = make.an_import(home)
    assert storing.read_next(NOW) == 1
    row.refresh_from_db()
    assert (row.state, row.pages, row.pages_read, row.attempts) == ("ready", 2, 2, 1)
    assert (len(row.title), row.period_start, row.period_end, row.vision) == (160, 2026, None, "Best")
    rows = list(row.rows.order_by("position"))
    assert [one.level for one in rows] == ["goal", "measure", "strategy", "measure"]
    assert [one.parent for one in rows] == [None, rows[0], rows[0], rows[2]]
    assert (len(rows[1].title), rows[1].cost_nok, rows[1].due_on, rows[1].due_precision) == (
        200, None, dt.date(2027, 12, 31), "year",
    )  # fmt: skip
    pages = list(row.text_pages.values_list("number", "first_line", "text"))
    assert pages == [(1, 1, "Næringsplan\n\nMål 1 Flere i arbeid"), (2, 1, "Tiltak | Frist\nBygge kai | 2027")]
    odd = list(row.anomalies.order_by("pk").values_list("kind", "where", "row"))
    assert odd == [("number_missing", "1.1.2", rows[3].pk), ("summary_differs", "til slutt", None)]


def test_a_later_version_is_compared_before_anyone_sees_it(world: World, home: Authority, reader: list[Any]) -> None:
    row = make.an_import(home, against=world.home.plan)
    storing.read_next(NOW)
    row.refresh_from_db()
    assert row.state == "ready"
    assert set(row.rows.values_list("change", flat=True)) >= {"new", "gone"}


def test_of_what_is_refused_nothing_is_kept(
    home: Authority, reader: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    row = make.an_import(home)
    stored, name = row.file.storage, row.file.name
    reader[:] = [Unreadable(Why.TOO_MANY_PAGES, pages=2000)]
    with django_capture_on_commit_callbacks(execute=True):
        assert storing.read_next(NOW) == 1
    row.refresh_from_db()
    assert (row.state, row.why, row.pages, row.file.name) == ("refused", "too_many_pages", 2000, "")
    assert nothing_is_left_of(row)
    assert not stored.exists(name)


def test_a_lost_file_is_said(home: Authority) -> None:
    row = make.an_import(home)
    row.file.storage.delete(row.file.name)
    storing.read_next(NOW)
    row.refresh_from_db()
    assert (row.state, row.why) == ("refused", "lost")


def test_a_fault_of_ours_is_tried_three_times_with_a_pause_and_given_up(home: Authority, reader: list[Any]) -> None:
    row = make.an_import(home)
    reader[:] = [RuntimeError("a bug")]
    for minute, state in ((0, "waiting"), (0.5, "waiting"), (2, "waiting"), (4, "refused")):
        storing.read_next(NOW + minute * MINUTE)
        row.refresh_from_db()
        assert row.state == state
    assert (row.attempts, row.why) == (3, "gave_up")
    assert nothing_is_left_of(row)


def test_a_fault_while_storing_leaves_nothing_half(
    home: Authority, reader: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make.an_import(home)
    with monkeypatch.context() as broken:
        broken.setattr(storing, "tell_sender", lambda *args: 1 / 0)
        storing.read_next(NOW)
    row.refresh_from_db()
    assert row.state == "waiting"
    assert nothing_is_left_of(row)
    storing.read_next(NOW + 2 * MINUTE)
    row.refresh_from_db()
    assert (row.state, row.rows.count()) == ("ready", 4)


def test_a_dead_worker_is_passed_by_and_no_longer_listened_to(home: Authority, reader: list[Any]) -> None:
    row = make.an_import(home)
    dead = storing.take(NOW)
    assert dead == row
    assert storing.take(NOW + 4 * MINUTE) is None
    alive = storing.take(NOW + 6 * MINUTE)
    assert alive is not None
    storing.on_page(dead)(7, 7)
    assert not storing.store(dead, PROPOSAL, DOCUMENT, now=NOW + 6 * MINUTE)
    assert not storing.refuse(dead, Why.BROKEN, now=NOW + 6 * MINUTE)
    row.refresh_from_db()
    assert (row.state, row.pages, row.attempts) == ("reading", 0, 2)
    storing.on_page(alive)(3, 7)
    row.refresh_from_db()
    assert (row.pages, row.pages_read) == (7, 3)
    assert storing.store(alive, PROPOSAL, DOCUMENT, now=NOW + 6 * MINUTE)


def test_what_is_put_away_while_it_is_read_stays_away(world: World, home: Authority) -> None:
    make.an_import(home)
    taken = storing.take(NOW)
    assert taken is not None
    sending.put_away(taken, by=world.user("officer"), now=NOW)
    assert not storing.store(taken, PROPOSAL, DOCUMENT, now=NOW)
    assert nothing_is_left_of(taken)


def test_who_had_to_wait_gets_a_notice_and_who_did_not_gets_none(
    world: World, home: Authority, reader: list[Any]
) -> None:
    officer = world.user("officer")
    quick = make.an_import(home, content=b"rask", sent_by=officer, sent_at=NOW)
    slow = make.an_import(home, content=b"treg", sent_by=officer, sent_at=NOW - 3 * MINUTE)
    gone = make.an_import(home, content=b"sluttet", sent_by=world.user("citizen"), sent_at=NOW - 3 * MINUTE)
    storing.read_next(NOW)
    told = Notice.objects.filter(kind="plan_document_read")
    assert [(one.user, one.subject_id) for one in told] == [(officer, slow.pk)]
    assert not told.filter(subject_id__in=(quick.pk, gone.pk)).exists()
    mail = told.get().mail
    assert mail is not None
    assert "4 rader" in mail.text


@pytest.mark.usefixtures("own_database")
def test_two_workers_at_once_read_each_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.world import World

    PlanImport.objects.all().delete()
    home, now = World().home.authority, timezone.now()
    documents = [make.an_import(home, content=f"plan {number}".encode()) for number in range(3)]
    read: list[int] = []

    def proposed(found: PlanImport) -> Any:
        read.append(found.pk)
        return PROPOSAL, DOCUMENT

    monkeypatch.setattr(storing, "proposed", proposed)
    assert sum(at_once(lambda _number: storing.read_next(now), range(3))) == 3
    assert sorted(read) == [one.pk for one in documents]
    assert ImportRow.objects.count() == 3 * len(PROPOSAL.rows)
