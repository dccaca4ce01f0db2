"""Writing and delivering mail: the row is written with the deed, the worker sends it after the commit.

Delivery holds the row's lock through SMTP and commits per mail, so a killed worker loses nothing and doubles at most
the one mail it had in its hands. What the broker forgets, the outbox remembers: beat asks for it every minute.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.models import Authority, Mail, Notice, User

PAUSES = [dt.timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]
"""How long to wait after each failed attempt; after the last the mail is given up and shown in the admin."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
log = structlog.get_logger("portal.outbox")


def one_line(text: str, limit: int = 200) -> str:
    """Return text fit for a mail header: no line breaks, no control characters, not too long."""
    return CONTROL.sub(" ", text).strip()[:limit]


def write(
    *, to: str, subject: str, text: str, html: str = "", authority: Authority | None = None, language: str = "nb"
) -> Mail:
    """Put one mail in the outbox and ask the worker for it when the transaction commits."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    mail = Mail.objects.create(
        authority=authority, to_address=one_line(to, 254), subject=one_line(subject), text=text, html=html,
        language=language, message_id=f"<{uuid.uuid4().hex}@{host}>",
    )  # fmt: skip
    from portal.tasks import deliver_outbox

    transaction.on_commit(lambda: ask_worker(deliver_outbox), robust=True)
    return mail


def ask_worker(task: Any) -> None:
    """Send the task; a broker that is down costs a minute, not the mail."""
    try:
        task.apply_async(retry=False, ignore_result=True)
    except Exception as error:
        log.warning("broker did not take the task; beat will", error=type(error).__name__)


@transaction.atomic
def notify(
    user: User, *, kind: str, subject: Any, title: str, link: str, link_text: str, template: str,
    authority: Authority | None = None, occasion: str = "", on_date: dt.date | None = None, **facts: Any,
) -> Notice | None:  # fmt: skip
    """Tell one person one thing, once: a notice in the portal and a mail that goes at once.

    Returns the notice, or None when this person has been told of this occasion before.
    """
    notice, is_new = Notice.objects.get_or_create(
        user=user, address="", kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk,
        on_date=on_date or timezone.localdate(), occasion=occasion,
        defaults={"authority": authority, "title": one_line(title), "link": link},
    )  # fmt: skip
    if not is_new:
        return None
    with translation.override(user.language):
        context = {
            "user": user, "subject": title, "link": settings.BASE_URL + link, "link_text": link_text,
            "authority": authority, "language": user.language, **facts,
        }  # fmt: skip
        notice.mail = write(
            to=user.email, subject=title, text=render_to_string(f"emails/{template}.txt", context),
            html=render_to_string(f"emails/{template}.html", context), authority=authority, language=user.language,
        )  # fmt: skip
    notice.save(update_fields=["mail"])
    return notice


def deliver_next(connection: Any, now: dt.datetime) -> bool:
    """Deliver the oldest due mail that no other worker holds; say whether there was one."""
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(skip_locked=True)
            .filter(state=Mail.State.QUEUED, next_attempt_at__lte=now)
            .order_by("next_attempt_at", "pk")
            .first()
        )
        if mail is None:
            return False
        mail.attempts += 1
        try:
            message_of(mail, connection).send()
        except Exception as error:
            note_failure(mail, error, now)
            connection.close()
        else:
            mail.state, mail.sent_at, mail.last_error = Mail.State.SENT, timezone.now(), ""
        mail.save()
        return True


def note_failure(mail: Mail, error: Exception, now: dt.datetime) -> None:
    """Plan the next attempt, or give the mail up where the last pause is used."""
    mail.last_error = one_line(f"{type(error).__name__}: {error}", 300)
    if mail.attempts > len(PAUSES):
        mail.state = Mail.State.DEAD
    else:
        mail.next_attempt_at = now + PAUSES[mail.attempts - 1]
    log.warning("mail not delivered", mail=mail.pk, attempts=mail.attempts, error=type(error).__name__)


def message_of(mail: Mail, connection: Any) -> EmailMultiAlternatives:
    """Build the message with headers that tell other machines it is automatic."""
    message = EmailMultiAlternatives(
        mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to_address], connection=connection,
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated", "Content-Language": mail.language},
    )  # fmt: skip
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def deliver_all(limit: int = 500) -> int:
    """Deliver what is due, one commit per mail; return how many were tried."""
    connection = get_connection()
    tried = 0
    try:
        while tried < limit and deliver_next(connection, timezone.now()):
            tried += 1
    finally:
        connection.close()
    return tried


def resend(mail: Mail) -> None:
    """Give a mail that was given up a new round of attempts."""
    Mail.objects.filter(pk=mail.pk, state=Mail.State.DEAD).update(
        state=Mail.State.QUEUED, attempts=0, next_attempt_at=timezone.now(), last_error=""
    )
