"""What breaks under a delivery is mended from the outbox: every mail arrives, and doubles are where SMTP cannot tell."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from devkit.guard import is_alive
from portal import outbox, tasks
from portal.models import Mail
from tests import factories as make
from tests.faults.conftest import children_of, kill
from tests.faults.servers import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.servers import Broker, Database
    from tests.mailserver import MailServer

pytestmark = [pytest.mark.fault, pytest.mark.slow]
SUBJECT = "Varsel"


def worker(processes: int) -> tuple[str, ...]:
    return ("worker", "--pool", "prefork", "--concurrency", str(processes), "--without-gossip", "--without-mingle")


def write(number: int, start: int = 0) -> set[str]:
    """Put mails in the outbox in one deed, as a view does; return their receivers."""
    with transaction.atomic():
        mails = [
            outbox.write(to=f"mottaker{place}@test.example", subject=f"{SUBJECT} {place}", text="Hei")
            for place in range(start, start + number)
        ]
    return {mail.to_address for mail in mails}


def waiting() -> int:
    """Return how many mails are still to go; a database that is away is asked again."""
    try:
        return Mail.objects.filter(subject__startswith=SUBJECT, state=Mail.State.QUEUED).count()
    except DatabaseError:
        connection.close()
        return -1


def deliver_as_beat_does(until: Callable[[], bool], seconds: float = 30) -> None:
    """Ask for the outbox again and again, as beat does every minute, until it holds."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, f"{waiting()} mails still wait"
        outbox.ask_for_delivery()
        wait = time.monotonic() + 1
        while time.monotonic() < wait and not until():
            time.sleep(0.05)


def doubles(server: MailServer) -> int:
    """Return how many mails came more often than once, counted by their own ids."""
    return sum(times - 1 for times in Counter(message["Message-ID"] for message in server.messages).values())


def let_so_many_through(server: MailServer, number: int) -> None:
    """Wait until so many have come and the next ones are held in the server's hands."""
    assert server.waiting.wait(30), f"only {len(server.messages)} of {number} mails came"


def test_a_worker_killed_in_the_middle_of_500_loses_none_and_doubles_one_per_process(
    start: Any, post: tuple[MailServer, int], record_property: Any
) -> None:
    server = post[0]
    server.takes = 150
    first = start(*worker(2))
    wait_until(lambda: len(children_of(first.pid)) == 2, what="two processes")
    expected = write(500)
    outbox.ask_for_delivery()  # one for each process
    let_so_many_through(server, 150)
    processes = children_of(first.pid)
    kill(first)
    wait_until(lambda: not any(is_alive(pid) for pid in processes), what="the end of all processes")
    server.takes = None
    server.go_on.set()
    assert waiting() >= 300

    start(*worker(2))
    deliver_as_beat_does(lambda: waiting() == 0)
    assert set(server.receivers) == expected
    record_property("doubles", doubles(server))
    assert doubles(server) <= len(processes)
    assert Mail.objects.filter(subject__startswith=SUBJECT, state=Mail.State.SENT).count() == 500


def test_a_broker_restarted_empty_in_the_middle_loses_and_doubles_nothing(
    broker: Broker, start: Any, post: tuple[MailServer, int]
) -> None:
    server = post[0]
    server.takes = 50
    start(*worker(1))
    expected = write(150)
    let_so_many_through(server, 50)
    broker.stop()
    began = time.monotonic()
    expected |= write(10, start=150)
    assert time.monotonic() - began < 3, "who presses a button does not wait for a broker that is away"
    server.go_on.set()
    server.takes = None
    wait_until(lambda: waiting() == 0, what="the batch in hand, which needs no broker,")
    expected |= write(10, start=200)
    broker.begin()

    deliver_as_beat_does(lambda: waiting() == 0)
    assert set(server.receivers) == expected
    assert doubles(server) == 0


def test_a_database_restarted_in_the_middle_loses_none_and_doubles_only_what_was_in_hand(
    database: Database, start: Any, post: tuple[MailServer, int], record_property: Any
) -> None:
    server = post[0]
    server.takes = 50
    start(*worker(1), DATABASE_URL=database.address)
    expected = write(150)
    let_so_many_through(server, 50)
    database.stop()
    server.go_on.set()
    server.takes = None
    wait_until(lambda: len(server.messages) == 51, what="the mail in hand")
    database.begin()
    wait_until(lambda: waiting() >= 0, what="the database back")

    deliver_as_beat_does(lambda: waiting() == 0)
    assert set(server.receivers) == expected
    record_property("doubles", doubles(server))
    assert doubles(server) <= 1


def test_a_server_that_refuses_dawdles_and_cuts_off_holds_nobody_elses_mail(
    start: Any, post: tuple[MailServer, int]
) -> None:
    server = post[0]
    server.replies = {
        "mottaker0@test.example": "550 5.1.1 No such user", "mottaker1@test.example": "451 4.7.1 Greylisted",
    }  # fmt: skip
    server.refusals, server.cuts, server.pause = 1, 1, 0.1
    start(*worker(1))
    expected = write(12)
    wait_until(lambda: len(server.messages) == 8, what="eight whole deliveries")
    wait_until(lambda: waiting() == 3, what="three planned for later")
    gone = Mail.objects.get(to_address="mottaker0@test.example")
    assert (gone.state, gone.attempts, gone.last_error) == (Mail.State.DEAD, 1, "550 5.1.1 No such user")
    soon = timezone.now() + outbox.PAUSES[0]
    assert Mail.objects.filter(subject__startswith=SUBJECT, state="queued", next_attempt_at__gt=soon).count() == 0

    server.replies = {}
    Mail.objects.filter(state=Mail.State.QUEUED).update(next_attempt_at=timezone.now())  # the minute has passed
    deliver_as_beat_does(lambda: waiting() == 0)
    assert set(server.receivers) == expected - {"mottaker0@test.example"}
    assert doubles(server) == 0
    assert len(server.cut) == 1, "SMTP cannot tell whether a server that said nothing keeps it: it was sent once more"
    assert server.cut[0]["Message-ID"] in {message["Message-ID"] for message in server.messages}


def test_a_mail_whose_task_was_never_sent_goes_with_the_next(start: Any, post: tuple[MailServer, int]) -> None:
    make.a_mail(subject=f"{SUBJECT} uten oppdrag")
    start(*worker(1))
    tasks.deliver_outbox.delay()
    post[0].wait_for(1)
    assert [message["Subject"] for message in post[0].messages] == [f"{SUBJECT} uten oppdrag"]
