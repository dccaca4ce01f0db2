"""A real worker reads a plan document: it is followed on the way, and one killed in the middle leaves nothing half."""

from __future__ import annotations

import datetime as dt
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from devkit.guard import is_alive
from portal import tasks
from portal.models import Event, Heartbeat, Notice
from strategy.importing import sending, storing
from strategy.importing.proposing import propose
from strategy.models import ImportPage, ImportRow, PlanImport
from tests.conftest import confirmed, signed_in
from tests.faults.conftest import children_of, kill
from tests.faults.servers import wait_until
from tests.faults.test_delivery import worker
from tests.strategy.importing.papers import typeset
from tests.world import World

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.mailserver import MailServer

pytestmark = [pytest.mark.fault, pytest.mark.slow]
NAME = "Naeringsplan.pdf"
PAGES, LINES = 20, 48
"""A reader that has so much to answer cannot end before it is heard: a pipe and a mouthful hold 128 kB in all."""
LONG = 120.0
"""Seconds after which something does not happen any more, however busy the machine."""
GATE = 20_261_122
ON_THE_WAY = "NEW.pages_read > OLD.pages_read AND OLD.pages_read > 0"
"""The second time that a reading worker says how far it has come; the first can be seen by then."""
STORED = "NEW.state = 'ready'"
"""The last that a worker does with a document: all that was found is written, and nothing is committed."""


@dataclass
class Gate:
    """A place in the database that a worker does not pass until it is opened; `owner` is a connection as the owner."""

    owner: Any

    def close(self, where: str) -> None:
        """Hold who changes a plan document so."""
        self.owner.execute("SELECT pg_advisory_lock(%s)", [GATE])
        self.owner.execute(
            "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$"
        )
        self.owner.execute(
            f"CREATE TRIGGER gate BEFORE UPDATE ON strategy_planimport FOR EACH ROW WHEN ({where}) "
            "EXECUTE FUNCTION wait_at_gate()"
        )

    def wait(self) -> None:
        """Wait until someone is held."""
        held = (
            "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE d.datname = current_database() AND locktype = 'advisory' AND objid = %s AND NOT granted"
        )
        wait_until(lambda: self.owner.execute(held, [GATE]).fetchone() is not None, LONG, "coming to the gate")

    def open(self) -> None:
        self.owner.execute("SELECT pg_advisory_unlock(%s)", [GATE])


@pytest.fixture
def gate(owner: Any) -> Gate:
    return Gate(owner)


@pytest.fixture
def start_worker(start: Any, tmp_path: Path) -> Callable[[], subprocess.Popen[bytes]]:
    """Start a worker with the documents of this process, and a folder for its copies of them."""
    (tmp_path / "copies").mkdir()
    folders = {"MEDIA_ROOT": str(django_settings.MEDIA_ROOT), "TMPDIR": str(tmp_path / "copies")}
    return lambda: start(*worker(1), **folders)


@pytest.fixture
def held_reader(sent: PlanImport, gate: Gate, start_worker: Any) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A worker held in the middle of the document that was sent, and the process that reads it."""
    gate.close(ON_THE_WAY)
    started = start_worker()
    gate.wait()
    (process,) = children_of(started.pid)
    (reader,) = children_of(process)
    yield started, reader
    if is_alive(reader):
        os.killpg(reader, signal.SIGKILL)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A plan of many short lines, a goal with a measure on each page."""

    def page(number: int) -> str:
        heads = f"= Mål {number}: Flere i arbeid i grend {number}\n== Tiltak {number}.1 Bygge kai nummer {number}\n"
        return heads + " \\\n".join(f"Vi bygger i gate {line}." for line in range(1, LINES + 1))

    return typeset(tmp_path, "#set text(size: 7pt)\n" + "\n#pagebreak()\n".join(map(page, range(1, PAGES + 1))))


@pytest.fixture
def sent(own_database: str, broker: Any, document: Path) -> PlanImport:
    """The document, sent so long ago that who sent it has gone to do something else; the worker is asked."""
    PlanImport.objects.all().delete()
    upload = SimpleUploadedFile(NAME, document.read_bytes())
    world, at = World(), timezone.now() - 2 * storing.LONG_WAIT
    return sending.send(world.home.authority, upload, against=None, by=world.user("officer"), now=at)


def five_minutes_pass(sent: PlanImport) -> None:
    """Let it be so long ago that the document was begun on that nobody reads it any more."""
    then = timezone.now() - storing.DEAD_AFTER - dt.timedelta(seconds=1)
    assert PlanImport.objects.filter(pk=sent.pk, state="reading").update(started_at=then) == 1


def read_as_beat_asks(sent: PlanImport) -> None:
    """Ask three times, as beat does in three minutes, and wait until the worker's one process has done all of it."""
    for _ in range(3):
        sending.ask_for_reading()
    tasks.beat_tick.delay()
    wait_until(Heartbeat.objects.filter(name=tasks.BEAT).exists, LONG, "the last task")
    sent.refresh_from_db()


def is_whole_and_once(sent: PlanImport, document: Path, server: MailServer) -> None:
    """See that what was stored is what the document says, and was told once.

    Raises:
        AssertionError: it is not.
    """
    proposal, _text = propose(document, NAME)
    assert (sent.state, sent.pages, sent.pages_read) == ("ready", PAGES, PAGES)
    assert list(sent.rows.values_list("number", "title")) == [(one.number or "", one.title) for one in proposal.rows]
    assert sent.rows.count() == 2 * PAGES
    assert sent.anomalies.count() == len(proposal.anomalies)
    assert list(sent.text_pages.values_list("number", flat=True)) == list(range(1, PAGES + 1))
    assert PlanImport.objects.count() == 1
    noted = Event.objects.filter(subject_type=sending.SUBJECT, subject_id=sent.pk).values_list("kind", flat=True)
    assert sorted(noted) == ["plan_document_read", "plan_document_sent"]
    assert Notice.objects.filter(kind="plan_document_read", user=sent.sent_by).count() == 1
    server.wait_for(1, LONG)
    assert server.receivers == [sent.sent_by.email]  # type: ignore[union-attr]


@pytest.mark.usefixtures("own_database")
def test_a_document_is_followed_while_it_is_read_and_the_page_goes_on_to_what_was_found(
    gate: Gate, start_worker: Any, document: Path
) -> None:
    PlanImport.objects.all().delete()
    world = World()
    browser, town = confirmed(signed_in(world.user("officer"))), world.home.authority.slug
    file = SimpleUploadedFile(NAME, document.read_bytes())
    gate.close(ON_THE_WAY)
    page = browser.post(reverse("plan_imports", args=[town]), {"file": file}, follow=True)
    address, asks = page.request["PATH_INFO"], page.context["document"].pk

    def said() -> Any:
        """What the page's script asks for."""
        return browser.get(reverse("import_progress", args=[town, asks])).json()

    assert said() == {"done": False, "read": 0, "of": 0, "said": ""}
    start_worker()
    gate.wait()
    assert said() == {"done": False, "read": 1, "of": PAGES, "said": f"Side 1 av {PAGES}"}
    page = browser.get(address)
    assert f'max="{PAGES}" value="1"' in page.content.decode()
    assert f"Side 1 av {PAGES}" in page.content.decode()

    gate.open()
    wait_until(lambda: said()["done"], LONG, "the reading")
    assert "Bygge kai nummer 1" in browser.get(address).content.decode()
    assert ImportRow.objects.count() == 2 * PAGES


def test_a_worker_killed_while_it_reads_takes_its_reader_along_and_the_next_reads_the_document_whole_and_once(
    sent: PlanImport, held_reader: tuple[subprocess.Popen[bytes], int], gate: Gate, start_worker: Any,
    document: Path, post: tuple[MailServer, int],
) -> None:  # fmt: skip
    first, reader = held_reader
    os.kill(reader, signal.SIGSTOP)  # a document has made it hang: it will not see that nobody listens
    kill(first)
    wait_until(lambda: not is_alive(reader), LONG, "the end of the reader")
    gate.open()
    sent.refresh_from_db()
    assert (sent.state, sent.attempts) == ("reading", 1)

    five_minutes_pass(sent)
    start_worker()
    read_as_beat_asks(sent)
    assert sent.attempts == 2
    is_whole_and_once(sent, document, post[0])


def test_a_worker_killed_while_it_stores_has_stored_nothing_and_its_successor_stores_all_once(
    sent: PlanImport, gate: Gate, start_worker: Any, document: Path, post: tuple[MailServer, int]
) -> None:
    gate.close(STORED)
    first = start_worker()
    gate.wait()
    (process,) = children_of(first.pid)
    os.kill(process, signal.SIGKILL)  # as a machine without memory does: Celery's own process lives and starts another
    wait_until(lambda: process not in children_of(first.pid), LONG, "the end of the process")
    gate.open()
    five_minutes_pass(sent)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.read_at) == ("reading", 1, None)
    assert not ImportRow.objects.exists()
    assert not ImportPage.objects.exists()

    read_as_beat_asks(sent)
    assert sent.attempts == 2
    is_whole_and_once(sent, document, post[0])
