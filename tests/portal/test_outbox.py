"""Mails leave with the deed that caused them, once, and a server that is down only delays them."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from portal import keys, outbox, tasks
from portal.models import LinkKey, Mail, Notice, NoticePreference, User
from portal.notice_choices import wants_mail
from tests import factories as make
from tests import mailserver
from tests.at_once import at_once
from tests.broker import sending_to
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
def test_one_connection_carries_many_mails(smtp: MailServer) -> None:
    for _ in range(5):
        write()
    outbox.deliver_all()
    assert (len(smtp.messages), smtp.connections) == (5, 1)


@pytest.mark.django_db
def test_a_mail_asks_the_database_twice(smtp: MailServer) -> None:
    write()
    with CaptureQueriesContext(connection) as asked, contextlib.closing(outbox.get_connection()) as server:
        outbox.deliver_next(server, timezone.now())
    assert [q["sql"].split()[0] for q in asked.captured_queries] == ["SAVEPOINT", "SELECT", "UPDATE", "RELEASE"]


@pytest.mark.django_db
@pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "553 5.1.3 Bad address", "554 5.7.1 Relay denied"])
def test_a_receiver_refused_for_good_is_given_up_at_once_in_words(smtp: MailServer, reply: str) -> None:
    mail, next_one = write(to="borte@test.example"), write(to="her@test.example")
    smtp.replies["borte@test.example"] = reply
    assert outbox.deliver_all() == 2
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (Mail.State.DEAD, 1, reply)
    assert smtp.receivers == [next_one.to_address]
    assert smtp.connections == 1, "the conversation goes on after a refusal"


@pytest.mark.django_db
def test_a_receiver_refused_for_now_is_tried_again(smtp: MailServer) -> None:
    mail = write()
    smtp.replies[mail.to_address] = "450 4.2.1 Mailbox busy"
    assert outbox.deliver_all() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (Mail.State.QUEUED, "450 4.2.1 Mailbox busy")
    assert outbox.PAUSES[0] - MINUTE / 2 < mail.next_attempt_at - timezone.now() <= outbox.PAUSES[0]
    smtp.replies.clear()
    assert outbox.deliver_next(outbox.get_connection(), mail.next_attempt_at) is outbox.Outcome.SENT


@pytest.mark.django_db
def test_a_server_that_cuts_off_after_the_message_gets_it_again(smtp: MailServer) -> None:
    first, second = write(), write(to="ola@test.example")
    smtp.cuts = 1
    assert outbox.deliver_all() == 2
    first.refresh_from_db()
    assert (first.state, first.attempts) == (Mail.State.QUEUED, 1)
    assert first.next_attempt_at - timezone.now() <= outbox.PAUSES[0]
    assert smtp.receivers == [second.to_address]


@pytest.mark.django_db
def test_a_server_that_breaks_every_conversation_is_left_alone(smtp: MailServer) -> None:
    for _ in range(6):
        write()
    smtp.cuts = 99
    batch = outbox.deliver_batch()
    assert (batch.tried, batch.is_more) == (outbox.FAULTS_IN_A_ROW, False)


@pytest.mark.django_db
def test_a_server_that_is_away_costs_one_mail_one_attempt(dead_smtp: None) -> None:
    for _ in range(6):
        write()
    batch = outbox.deliver_batch()
    assert (batch.tried, batch.failed, batch.is_more) == (1, 1, False)


@pytest.mark.django_db
def test_a_slow_server_is_waited_for_no_longer_than_the_setting(smtp: MailServer, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    mail = write()
    smtp.pause = 2
    began = time.monotonic()
    outbox.deliver_all()
    assert time.monotonic() - began < 1.5
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.QUEUED, 1)
    assert "timed out" in mail.last_error


@pytest.mark.django_db
def test_a_batch_that_is_full_asks_for_the_next(smtp: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        write()
    assert outbox.deliver_batch(limit=2).is_more
    assert not outbox.deliver_batch(limit=2).is_more
    write()
    assert outbox.deliver_batch(seconds=0).is_more, "time was up"
    asked: list[str] = []
    monkeypatch.setattr(tasks.deliver_outbox, "apply_async", lambda **kwargs: asked.append("now"))
    monkeypatch.setattr(outbox, "LONGEST_BATCH", 0.0)
    monkeypatch.setattr(outbox, "deliver_batch", lambda: outbox.Batch(sent=1, is_more=True))
    tasks.deliver_outbox()
    assert asked == ["now"]


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
    with sending_to(f"redis://127.0.0.1:{mailserver.free_port()}/0"), transaction.atomic():
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


# ---- what belongs together, and how to stop it ----


@pytest.mark.django_db
def test_mails_about_one_thing_hang_together_under_a_root_that_is_none_of_them(smtp: MailServer, world: World) -> None:
    thread = outbox.thread_of(world.home.plan)
    for _ in range(2):
        write(thread=thread)
    write()
    outbox.deliver_all()
    first, second, alone = smtp.messages
    assert first["References"] == first["In-Reply-To"] == second["References"] == thread
    assert thread not in {first["Message-ID"], second["Message-ID"]}
    assert alone["References"] is None


@pytest.mark.django_db
def test_a_mail_that_may_be_stopped_says_how_to_machines_and_people(smtp: MailServer, world: World) -> None:
    tell(world.user("officer"), world, kind="input_came", unsubscribe=True)
    mail = Mail.objects.latest("pk")
    link = mail.unsubscribe_url
    assert link in mail.text
    assert link in mail.html
    raw = link.rstrip("/").rpartition("/")[2]
    key = keys.find(LinkKey.Purpose.UNSUBSCRIBE, raw, now=timezone.now())
    assert key is not None
    assert (key.user, key.scope) == (world.user("officer"), "input_came")
    outbox.deliver_all()
    (message,) = smtp.messages
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.django_db
def test_what_law_wants_told_offers_no_way_to_stop_it(world: World) -> None:
    tell(world.user("officer"), world, kind="role_given", unsubscribe=True)
    assert Mail.objects.latest("pk").unsubscribe_url == ""
    assert not LinkKey.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("demo", [True, False])
def test_the_keys_stay_in_the_receivers_mail_alone_but_for_the_demo(
    smtp: MailServer, world: World, settings: Any, demo: bool
) -> None:
    settings.DEMO = demo
    tell(world.user("officer"), world, kind="input_came", unsubscribe=True)
    link = Mail.objects.latest("pk").unsubscribe_url
    outbox.deliver_all()
    mail = Mail.objects.latest("pk")
    assert mail.state == Mail.State.SENT
    for kept in (mail.text, mail.html, mail.unsubscribe_url):
        assert (link in kept) is demo
    assert link in smtp.messages[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_mail_given_up_keeps_its_keys_to_be_sent_again(smtp: MailServer, world: World) -> None:
    tell(world.user("officer"), world, kind="input_came", unsubscribe=True)
    link = Mail.objects.latest("pk").unsubscribe_url
    smtp.replies[world.user("officer").email] = "550 gone"
    outbox.deliver_all()
    mail = Mail.objects.latest("pk")
    assert (mail.state, mail.unsubscribe_url) == (Mail.State.DEAD, link)
    smtp.replies.clear()
    assert outbox.resend(mail)
    outbox.deliver_all()
    assert smtp.messages[0]["List-Unsubscribe"] == f"<{link}>"


# ---- telling a person once ----


def tell(reader: Any, world: World, **facts: Any) -> Notice | None:
    who = {"address": reader} if isinstance(reader, str) else {"user": reader}
    return outbox.notify(
        **who, **{
            "kind": "role_given", "subject": world.home.plan, "title": "Du har en rolle", "link": "/", "link_text": "Åpne",
            "template": "role_given", "authority": world.home.authority, "role": "Saksbehandler", **facts,
        }
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["person", "address"])
def test_a_reader_is_told_once_of_one_occasion(world: World, who: str) -> None:
    reader = world.user("officer") if who == "person" else "forening@test.example"
    before = Mail.objects.count()
    notice = tell(reader, world)
    assert notice is not None
    assert notice.mail is not None
    assert notice.mail.to_address == getattr(reader, "email", reader)
    assert tell(reader, world) is None
    assert Mail.objects.count() == before + 1


@pytest.mark.django_db
def test_an_address_is_told_in_the_authoritys_language_form(world: World) -> None:
    world.home.authority.language_form = "nn"
    notice = tell("forening@test.example", world, title=lambda: translation.get_language())
    assert notice is not None
    assert notice.mail is not None
    assert (notice.title, notice.mail.language) == ("nn", "nn")


@pytest.mark.django_db
@pytest.mark.parametrize("choice", ["input_came", "*"])
@pytest.mark.parametrize("who", ["person", "address"])
def test_who_said_no_reads_it_in_the_portal_only(world: World, choice: str, who: str) -> None:
    reader = world.user("officer") if who == "person" else "forening@test.example"
    owner = {"user": reader} if who == "person" else {"address": reader}
    NoticePreference.objects.create(kind=choice, by_mail=False, **owner)
    notice = tell(reader, world, kind="input_came")
    assert notice is not None
    assert notice.mail is None
    must_come = tell(reader, world, kind="role_given")
    assert must_come is not None
    assert must_come.mail is not None, "what law or right hangs on always comes"


@pytest.mark.django_db
def test_yes_to_one_kind_goes_before_no_to_all(world: World) -> None:
    person = world.user("officer")
    NoticePreference.objects.create(user=person, kind="*", by_mail=False)
    NoticePreference.objects.create(user=person, kind="input_came", by_mail=True)
    assert wants_mail("input_came", user=person)
    assert not wants_mail("plan_adopted", user=person)


@pytest.mark.django_db
def test_a_person_whose_address_is_wrong_is_told_in_the_portal_and_the_deed_stands(world: World) -> None:
    person = make.a_user()
    User.objects.filter(pk=person.pk).update(email="feil adresse")
    person.refresh_from_db()
    notice = tell(person, world)
    assert notice is not None
    assert notice.mail is None


@pytest.mark.django_db
def test_who_has_left_gets_no_mail(world: World) -> None:
    notice = tell(make.a_user(is_active=False), world)
    assert notice is not None
    assert notice.mail is None


@pytest.mark.django_db
def test_many_mails_of_one_deed_ask_the_worker_once(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.deliver_outbox, "apply_async", lambda **kwargs: asked.append("now"))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for _ in range(5):
            write()
    assert asked == ["now"]


# ---- two at once ----


def test_two_deliverers_share_the_outbox_and_never_double(own_database: str, smtp: MailServer) -> None:
    for _ in range(20):
        make.a_mail()
    smtp.pause = 0.02
    counts = at_once(lambda _number: outbox.deliver_all(), range(3))
    assert sum(counts) == 20
    assert len({message["Message-ID"] for message in smtp.messages}) == len(smtp.messages) == 20
    assert sum(1 for number in counts if number) > 1, "the others got their share"
    assert not Mail.objects.filter(state=Mail.State.QUEUED).exists()


def test_a_deliverer_that_dies_in_the_middle_lets_go_of_the_mail(own_database: str, smtp: MailServer) -> None:
    mail = make.a_mail()

    class Killed(BaseException):
        pass

    class Dying:
        def open(self) -> None: ...

        def send_messages(self, messages: Any) -> int:
            raise Killed

        def close(self) -> None: ...

    with pytest.raises(Killed):
        outbox.deliver_next(Dying(), timezone.now())
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.QUEUED, 0)
    assert outbox.deliver_all() == 1
    assert len(smtp.messages) == 1
