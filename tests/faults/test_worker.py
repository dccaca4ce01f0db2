"""A worker is killed with a mail in its hands, and nothing is lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from portal import outbox, tasks
from portal.models import Heartbeat, Mail
from tests import factories as make
from tests.faults.conftest import kill
from tests.faults.servers import wait_until

if TYPE_CHECKING:
    from tests.faults.servers import Broker
    from tests.mailserver import MailServer

pytestmark = [pytest.mark.fault, pytest.mark.slow]
WORKER = ("worker", "--pool", "prefork", "--concurrency", "1", "--without-gossip", "--without-mingle")


def write(number: int) -> None:
    """Put mails in the outbox in one deed, as a view does."""
    with transaction.atomic():
        for place in range(number):
            outbox.write(to=f"mottaker{place}@test.example", subject=f"Brev {place}", text="Hei")


def test_a_mail_goes_at_once_through_a_real_worker(start: Any, post: tuple[MailServer, int]) -> None:
    start(*WORKER)
    tasks.beat_tick.delay()
    wait_until(lambda: Heartbeat.objects.filter(name=tasks.BEAT).exists())
    before = time.monotonic()
    write(3)
    post[0].wait_for(3)
    assert time.monotonic() - before < 5
    wait_until(lambda: Mail.objects.filter(state=Mail.State.SENT, subject__startswith="Brev").count() == 3)


def test_a_worker_killed_in_mid_delivery_loses_nothing(start: Any, post: tuple[MailServer, int]) -> None:
    server = post[0]
    server.pause = 15
    first = start(*WORKER)
    write(3)
    assert server.receiving.wait(20), "the worker never came to the mail server"
    kill(first)
    server.pause = 0
    wait_until(lambda: Mail.objects.filter(state=Mail.State.QUEUED, attempts=0).count() == 3)

    start(*WORKER)
    tasks.deliver_outbox.delay()  # what beat does every minute
    wait_until(lambda: not Mail.objects.filter(state=Mail.State.QUEUED).exists())
    addresses = {message["To"] for message in server.messages}
    assert addresses == {f"mottaker{place}@test.example" for place in range(3)}
    assert len(server.messages) <= 4, "at most the one mail it had in its hands is doubled"


def test_what_the_broker_forgot_the_outbox_remembers(start: Any, broker: Broker, post: tuple[MailServer, int]) -> None:
    write(2)
    broker.forget()  # the broker lost its queue before any worker came
    start(*WORKER)
    make.a_mail(next_attempt_at=timezone.now())
    tasks.deliver_outbox.delay()
    post[0].wait_for(3)
    assert len(post[0].messages) == 3, "each mail came once"


def test_beat_sends_what_recovers_the_outbox_and_shows_life() -> None:
    from portal.celery import app

    app.loader.import_default_modules()
    schedule = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert set(schedule) <= set(app.tasks)
    assert schedule["portal.tasks.deliver_outbox"] <= 60
    assert schedule["portal.tasks.beat_tick"] <= 60
