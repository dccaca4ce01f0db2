"""Mails leave with the deed that caused them, once, and a server that is down only delays them."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal import outbox, tasks
from portal.models import Mail, Notice
from tests import factories as make
from tests import mailserver
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mailserver import MailServer

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    """A real mail server that the portal delivers to."""
    with mailserver.running() as (server, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


@pytest.fixture
def dead_smtp(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailserver.free_port()


def write(to: str = "kari@test.example", **facts: Any) -> Mail:
    return outbox.write(**{"to": to, "subject": "Nytt i planen", "text": "Hei", "html": "<p>Hei</p>", **facts})


@contextlib.contextmanager
def without_broker() -> Iterator[None]:
    """Let tasks be sent to a port where nobody listens."""
    from portal.celery import app

    before = app.conf.broker_url
    app.conf.broker_url = f"redis://127.0.0.1:{mailserver.free_port()}/0"
    app.amqp._producer_pool = app._pool = None
    try:
        yield
    finally:
        app.conf.broker_url = before
        app.amqp._producer_pool = app._pool = None


# ---- delivery ----


@pytest.mark.django_db
def test_a_mail_arrives_whole(smtp: MailServer) -> None:
    mail = write(subject="Blåbær på Ås – ferdig")
    assert outbox.deliver_all() == 1
    (message,) = smtp.messages
    assert message["Subject"] == "Blåbær på Ås – ferdig"
    assert message["To"] == "kari@test.example"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type() for part in message.walk()} >= {"text/plain", "text/html"}
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (Mail.State.SENT, 1, "")


@pytest.mark.django_db
def test_a_sent_mail_is_not_sent_again(smtp: MailServer) -> None:
    write()
    assert tasks.deliver_outbox() == 1
    assert tasks.deliver_outbox() == 0
    assert len(smtp.messages) == 1


@pytest.mark.django_db
def test_one_refused_mail_does_not_hold_the_others(smtp: MailServer) -> None:
    for _ in range(3):
        write()
    smtp.refusals = 1
    assert outbox.deliver_all() == 3
    assert len(smtp.messages) == 2
    assert Mail.objects.filter(state=Mail.State.QUEUED, attempts=1).count() == 1


@pytest.mark.django_db
def test_failures_are_tried_again_with_growing_pauses_then_given_up(dead_smtp: None) -> None:
    mail, now, waited = write(), timezone.now(), []
    for _ in range(20):
        if not outbox.deliver_next(outbox.get_connection(), now):
            break
        mail.refresh_from_db()
        waited.append(mail.next_attempt_at - now)
        now = mail.next_attempt_at
        if mail.state == Mail.State.DEAD:
            break
    assert mail.state == Mail.State.DEAD
    assert waited[: len(outbox.PAUSES)] == outbox.PAUSES == sorted(outbox.PAUSES)
    assert mail.attempts == len(outbox.PAUSES) + 1
    assert "ConnectionRefusedError" in mail.last_error


@pytest.mark.django_db
def test_a_mail_rests_until_its_next_attempt(dead_smtp: None) -> None:
    write()
    assert outbox.deliver_all() == 1
    assert outbox.deliver_all() == 0


@pytest.mark.django_db
def test_a_mail_that_was_given_up_gets_a_new_round(smtp: MailServer) -> None:
    mail = make.a_mail(state="dead", attempts=8, last_error="x")
    assert outbox.deliver_all() == 0
    outbox.resend(mail)
    assert outbox.deliver_all() == 1
    assert len(smtp.messages) == 1


# ---- written with the deed ----


@pytest.mark.django_db
def test_a_deed_that_is_undone_sends_nothing(smtp: MailServer) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        write()
        raise Undone
    assert outbox.deliver_all() == 0


@pytest.mark.django_db
def test_the_worker_is_asked_after_the_commit_and_not_before(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.deliver_outbox, "apply_async", lambda **kwargs: asked.append("now"))
    with django_capture_on_commit_callbacks(execute=True):
        write()
        assert asked == []
    assert asked == ["now"]


def test_a_broker_that_is_down_at_commit_costs_a_minute_not_the_mail(own_database: str, smtp: MailServer) -> None:
    start = time.monotonic()
    with without_broker(), transaction.atomic():
        mail = write()
    assert time.monotonic() - start < 3, "the person who pressed the button waits for the broker"
    assert Mail.objects.get(pk=mail.pk).state == Mail.State.QUEUED
    assert outbox.deliver_all() == 1
    assert len(smtp.messages) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["Hei\r\nBcc: alle@test.example", "Hei\x00\x07", "x" * 500])
def test_a_subject_cannot_break_the_header(smtp: MailServer, bad: str) -> None:
    mail = write(subject=bad)
    outbox.deliver_all()
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 200
    assert smtp.messages[0]["Bcc"] is None


# ---- telling a person once ----


@pytest.mark.django_db
def test_a_person_is_told_once_of_one_occasion(world: World) -> None:
    person, plan = world.user("officer"), world.home.plan

    def tell() -> Notice | None:
        return outbox.notify(
            person, kind="role_given", subject=plan, title="Du har en rolle", link="/", link_text="Åpne", template="role_given",
            authority=world.home.authority, role="Saksbehandler",
        )  # fmt: skip

    before = Mail.objects.count()
    notice = tell()
    assert notice is not None
    assert notice.mail is not None
    assert notice.mail.to_address == person.email
    assert tell() is None
    assert Mail.objects.count() == before + 1


# ---- two at once ----


def test_two_deliverers_share_the_outbox_and_never_double(own_database: str, smtp: MailServer) -> None:
    for _ in range(20):
        make.a_mail()
    smtp.pause = 0.02
    counts: list[int] = []

    def deliver() -> None:
        try:
            counts.append(outbox.deliver_all())
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(counts) == 20
    assert len({message["Message-ID"] for message in smtp.messages}) == len(smtp.messages) == 20
    assert sum(1 for number in counts if number) > 1, "the others got their share"
    assert not Mail.objects.filter(state=Mail.State.QUEUED).exists()


def test_a_deliverer_that_dies_in_the_middle_lets_go_of_the_mail(own_database: str, smtp: MailServer) -> None:
    mail = make.a_mail()

    class Killed(BaseException):
        pass

    class Dying:
        def send_messages(self, messages: Any) -> int:
            raise Killed

        def close(self) -> None: ...

    with pytest.raises(Killed):
        outbox.deliver_next(Dying(), timezone.now())
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.QUEUED, 0)
    assert outbox.deliver_all() == 1
    assert len(smtp.messages) == 1
