"""Writing and delivering mail: the row is written with the deed, the worker sends it after the commit.

Delivery holds the row's lock through SMTP and commits per mail, so a killed worker loses nothing and doubles at most
the one mail it had in its hands. What the broker forgets, the outbox remembers: beat asks for it every minute.
"""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.db import connection as database
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from portal import keys, links, recheck
from portal.models import Authority, Mail, Notice, User
from portal.notice_choices import may_stop, wants_mail
from portal.smtp import Outcome, attempt, hang_up, is_final, reply_to

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSES = [dt.timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]
"""How long to wait after each failed attempt; after the last the mail is given up and shown in the admin."""
LONGEST_BATCH = 60.0
"""Seconds after which a batch takes no new mail, so that beat's tick never waits long enough to look like a stop."""
FAULTS_IN_A_ROW = 3
"""So many broken conversations, and the mail server is left alone until beat asks again."""
PER_CONNECTION = 100
"""Mail servers end a conversation that never ends; we end it first."""
COLUMNS = ["id", "to_address", "subject", "text", "html", "language", "attempts", "message_id", "thread",
           "unsubscribe_url", "digest_on", "created_at"]  # fmt: skip
TAKE = (
    f"SELECT {', '.join(COLUMNS)} FROM portal_mail WHERE state = 'queued' AND next_attempt_at <= %s"
    " ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED"
)
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
UNSEEN = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
log = structlog.get_logger("portal.outbox")


def one_line(text: str, limit: int = 200) -> str:
    """Return text fit for a mail header: no breaks, no control characters, nothing that turns the reading direction."""
    return BREAKS.sub(" ", UNSEEN.sub("", text)).strip()[:limit]


def checked_address(address: str) -> str:
    """Return the address as it stands, if a mail can be sent to it.

    Raises:
        ValidationError: it is no address, or holds what could become a header of its own.
    """
    if BREAKS.search(address) or UNSEEN.search(address) or len(address) > 254:
        raise ValidationError(_("This is not a valid e-mail address."), code="invalid")
    validate_email(address)
    return address


def host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def thread_of(subject: Any) -> str:
    """Return the message id that every mail about one thing hangs under; no mail has it itself."""
    return f"<{subject._meta.label_lower}.{subject.pk}@{host()}>"


def compose(
    *, to: str, subject: str, text: str, html: str = "", authority: Authority | None = None, language: str = "nb",
    thread: str = "", unsubscribe_url: str = "", digest_on: dt.date | None = None,
) -> Mail:  # fmt: skip
    """Return a mail that is not in the outbox yet.

    Raises:
        ValidationError: `to` is no address.
    """
    return Mail(
        authority=authority, to_address=checked_address(to), subject=one_line(subject), text=text, html=html,
        language=language, message_id=f"<{uuid.uuid4().hex}@{host()}>", thread=thread,
        unsubscribe_url=unsubscribe_url, digest_on=digest_on,
    )  # fmt: skip


def write(**message: Any) -> Mail:
    """Put one mail, as `compose` takes it, in the outbox and ask the worker for it when the transaction commits.

    Raises:
        ValidationError: `to` is no address.
    """
    mail = compose(**message)
    mail.save(force_insert=True)
    ask_after_commit()
    return mail


def ask_after_commit() -> None:
    """Ask the worker once when this transaction commits, however many mails it wrote."""
    waiting = transaction.get_connection().run_on_commit
    if not any(asked[1] is ask_for_delivery for asked in waiting):
        transaction.on_commit(ask_for_delivery, robust=True)


def ask_for_delivery() -> None:
    from portal.tasks import deliver_outbox

    ask_worker(deliver_outbox)


def ask_worker(task: Any) -> None:
    """Send the task; a broker that is down costs a minute, not the mail."""
    try:
        task.apply_async(retry=False, ignore_result=True)
    except Exception as error:
        log.warning("broker did not take the task; beat will", error=type(error).__name__)


# ---- telling someone ----


@transaction.atomic
def notify(
    user: User | None = None, *, address: str = "", kind: str, subject: Any, title: str | Callable[[], str], link: str,
    link_text: str, template: str, authority: Authority | None = None, occasion: str = "",
    on_date: dt.date | None = None, thread: str = "", unsubscribe: bool = False, language: str = "",
    context: str = "", **facts: Any,
) -> Notice | None:  # fmt: skip
    """Tell one person or address one thing, once: a notice in the portal and a mail that goes at once.

    `title` may be a function, called in the reader's language. Who said no to a kind that may be stopped gets no mail.
    Returns the notice, or None when this reader has been told of this occasion before.

    Raises:
        ValidationError: `address` is no address.
    """
    if user is None:
        checked_address(address)
    language = language or (user.language if user else authority.language_form if authority else "nb")
    with translation.override(language):
        told = one_line(str(title() if callable(title) else title))
        notice, is_new = Notice.objects.get_or_create(
            user=user, address="" if user else address, kind=kind, subject_type=subject._meta.label_lower,
            subject_id=subject.pk, on_date=on_date or timezone.localdate(), occasion=occasion,
            defaults={"authority": authority, "title": told, "link": link, "context": one_line(context)},
        )  # fmt: skip
        if not is_new:
            return None
        notice.mail = mail_of(
            notice, template, language=language, thread=thread, unsubscribe=unsubscribe, link_text=link_text, **facts
        )
    if notice.mail:
        notice.save(update_fields=["mail"])
    return notice


def mail_of(
    notice: Notice, template: str, *, language: str, thread: str, unsubscribe: bool, **facts: Any
) -> Mail | None:
    """Write the mail that carries one notice, or none where its reader is not to have it."""
    reader: dict[str, Any] = {"user": notice.user, "address": notice.address}
    to = notice.user.email if notice.user else notice.address
    if not wants_mail(notice.kind, **reader) or (notice.user and not notice.user.is_active):
        return None
    try:
        checked_address(to)
    except ValidationError:  # a person's own address is wrong: she reads it in the portal, and the deed stands
        log.warning("no mail, the address is not valid", notice=notice.pk)
        return None
    stop = ""
    if unsubscribe and may_stop(notice.kind):
        stop, key = links.out_of_mail(notice.kind, timezone.now(), **reader)
        key.save(force_insert=True)
    about = {
        "user": notice.user, "subject": notice.title, "link": settings.BASE_URL + notice.link if notice.link else "",
        "authority": notice.authority, "language": language, "unsubscribe_url": stop, **facts,
    }  # fmt: skip
    return write(
        to=to, subject=notice.title, text=render_to_string(f"emails/{template}.txt", about),
        html=render_to_string(f"emails/{template}.html", about), authority=notice.authority, language=language,
        thread=thread, unsubscribe_url=stop,
    )  # fmt: skip


# ---- delivering ----


@dataclass
class Batch:
    """What one round of delivery did, and whether more can be tried at once."""

    sent: int = 0
    failed: int = 0
    is_more: bool = False

    @property
    def tried(self) -> int:
        return self.sent + self.failed


def deliver_next(connection: Any, now: dt.datetime) -> Outcome | None:
    """Deliver the oldest due mail that no other worker holds; say how it went, or None where there was none.

    The row is locked until the mail server has answered, and each mail is committed by itself. A daily mail that has
    waited and no longer holds is taken back instead. In plain SQL: the ORM cost a fifth of the speed (`bench deliver`).
    """
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(TAKE, [now])
        row = cursor.fetchone()
        if row is None:
            return None
        mail = Mail.from_db(database.alias, COLUMNS, row)
        if recheck.is_outdated(mail, now):
            recheck.take_back([mail.pk])
            return Outcome.TAKEN_BACK
        mail.attempts += 1
        outcome, error = attempt(mail, connection)
        changed = note_failure(mail, error, now) if error else note_sent(mail)
        values = {name: getattr(mail, name) for name in ["attempts", "last_error", *changed]}
        columns = ", ".join(f"{name} = %s" for name in values)
        cursor.execute(f"UPDATE portal_mail SET {columns} WHERE id = %s", [*values.values(), mail.pk])
    return outcome


def note_failure(mail: Mail, error: Exception, now: dt.datetime) -> list[str]:
    """Plan the next attempt, or give the mail up where no attempt helps or the last pause is used."""
    reply = reply_to(error)
    mail.last_error = one_line(f"{reply[0]} {reply[1]}" if reply else f"{type(error).__name__}: {error}", 300)
    if is_final(error) or mail.attempts > len(PAUSES):
        mail.state = Mail.State.DEAD
    else:
        mail.next_attempt_at = now + PAUSES[mail.attempts - 1]
    log.warning("mail not delivered", mail=mail.pk, attempts=mail.attempts, error=type(error).__name__)
    return ["state", "next_attempt_at"]


def note_sent(mail: Mail) -> list[str]:
    """Mark as sent, and take out the keys: they now stand in the receiver's mail alone, or in the demo's mail box."""
    mail.state, mail.sent_at, mail.last_error = Mail.State.SENT, timezone.now(), ""
    changed = ["state", "sent_at"]
    for field in ("text", "html", "unsubscribe_url") if not settings.DEMO else ():
        kept = keys.redact(getattr(mail, field))
        if kept != getattr(mail, field):
            setattr(mail, field, kept)
            changed.append(field)
    return changed


def deliver_batch(limit: int = 500, seconds: float = LONGEST_BATCH) -> Batch:
    """Deliver what is due over one connection, one commit per mail, until it is empty or time is up."""
    connection, batch, broken, ends = get_connection(), Batch(), 0, time.monotonic() + seconds
    try:
        while broken < FAULTS_IN_A_ROW:
            if batch.tried >= limit or time.monotonic() >= ends:
                batch.is_more = True
                break
            outcome = deliver_next(connection, timezone.now())
            if outcome is None:
                break
            batch.sent += outcome is Outcome.SENT
            batch.failed += outcome not in (Outcome.SENT, Outcome.TAKEN_BACK)
            broken = broken + 1 if outcome is Outcome.BROKEN else 0
            if outcome is Outcome.UNREACHABLE:
                break
            if batch.tried % PER_CONNECTION == 0:
                hang_up(connection)
    finally:
        hang_up(connection)
    return batch


def deliver_all(limit: int = 500) -> int:
    """Deliver what is due; return how many were tried."""
    return deliver_batch(limit).tried


def resend(mail: Mail) -> bool:
    """Give a mail that was given up a new round of attempts; say whether it was one."""
    changed = Mail.objects.filter(pk=mail.pk, state=Mail.State.DEAD).update(
        state=Mail.State.QUEUED, attempts=0, next_attempt_at=timezone.now(), last_error=""
    )
    if changed:
        ask_after_commit()
    return bool(changed)
