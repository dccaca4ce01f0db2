"""What officer and applicant say to each other about an application; what was said stays as it was said.

The other side is told that there is a message. What it says stands in the portal alone, never in a mail.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import held, notices, permissions
from grants.applying import reach, receipts
from grants.desk import gate
from grants.models import Application, Message
from grants.refusals import Refused, deed
from portal import outbox
from portal.calendar import oslo_today
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User

LONGEST = 4000
AGAIN = dt.timedelta(minutes=10)
"""How long the same words from the same side count as the same message: a button pressed twice."""


@deed
def say(application: Application, text: str, *, by: User, from_applicant: bool, now: dt.datetime) -> Message:
    """Keep a message and tell the other side; the same words once more, shortly after, are the same message.

    Raises:
        PermissionDenied: it is neither her application nor hers to handle.
        ValidationError: it says nothing, or too much.
        Refused: the application is not sent yet.
    """
    said = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not said:
        raise ValidationError({"text": _("Write the message.")}, code="empty")
    if len(said) > LONGEST:
        raise ValidationError({"text": _("The message is too long. Write at most 4,000 characters.")}, code="too_long")
    found = taken_hold_of(application, by=by, from_applicant=from_applicant, now=now)
    if found.state == Application.State.DRAFT:
        raise Refused(_("Send the application first. Then you can write to the officer."), code="draft")
    last = found.messages.order_by("-sent_at", "-pk").first()
    same = last is not None and (last.text, last.from_applicant, last.author_id) == (said, from_applicant, by.pk)
    if last is not None and same and now - last.sent_at < AGAIN:
        return last
    made = Message.objects.create(
        authority_id=found.authority_id, application=found, text=said, from_applicant=from_applicant, author=by,
        sent_at=now,
    )  # fmt: skip
    notices.record("application_message", made, by=by, case=found.case, application=found.pk)
    tell_the_fund(found, made, by=by, now=now) if from_applicant else tell_applicant(found, made, by=by, now=now)
    return made


def taken_hold_of(application: Application, *, by: User, from_applicant: bool, now: dt.datetime) -> Application:
    """Return the held application for one of its own people, or for an officer who may handle it.

    Raises:
        Http404: it is not her application.
        PermissionDenied: she handles no applications here, or not this one.
    """
    if from_applicant:
        return reach.held(application, by=by, now=now).application
    found = held.application(application)
    require(permissions.may(by, found.authority_id, permissions.CALLS) and not getattr(by, "is_superuser", False))
    gate.require_impartial(by, found)
    return found


# ---- telling ----


def tell_the_fund(application: Application, message: Message, *, by: User, now: dt.datetime) -> None:
    """Tell the case's officer, or the desk where she has left, that the applicant has written."""
    day = oslo_today(now)
    for user in receipts.desk_of(application, day):
        if user.pk != by.pk:
            outbox.notify(
                user, kind="application_message", subject=message, authority=application.authority, on_date=day,
                thread=outbox.thread_of(application), title=lambda: title_of(application),
                link=reverse("desk_messages", args=[application.authority.slug, application.pk]),
                link_text=gettext_lazy("Read the message"), template="application_message",
                application=application, to_fund=True,
            )  # fmt: skip


def tell_applicant(application: Application, message: Message, *, by: User, now: dt.datetime) -> None:
    """Tell all of the applicant's people that the fund has written."""
    tell_own(
        application, kind="application_message", subject=message, on=oslo_today(now), but=[by.pk],
        title=lambda: title_of(application), link=reverse("own_messages", args=[application.pk]),
        link_text=gettext_lazy("Read the message"), template="application_message", to_fund=False,
    )  # fmt: skip


def tell_own(application: Application, *, on: dt.date, **told: Any) -> None:
    """Tell the applicant's people, in the thread of their application; `told` as `outbox.notify` takes it."""
    receipts.tell_applicant(
        application, **{"occasion": "", "thread": outbox.thread_of(application), "on": on, **told}
    )  # fmt: skip


def title_of(application: Application) -> str:
    return _("New message about application %(reference)s") % {"reference": application.reference}


# ---- reading ----


def of(application: Application) -> list[Message]:
    """Return what has been said, the oldest first; one query."""
    return list(application.messages.select_related("author").order_by("sent_at", "pk"))


def read_up_to(
    application: Application, last: Message | int | None = None, *, from_applicant: bool, now: dt.datetime
) -> int:  # fmt: skip
    """Note that one side has read what the other has said, up to a message; return how many were new.

    `from_applicant` says who reads: the applicant reads the fund's messages, the fund hers.
    """
    rows = Message.objects.filter(application=application.pk, from_applicant=not from_applicant, read_at=None)
    if last is not None:
        rows = rows.filter(pk__lte=last if isinstance(last, int) else last.pk)
    return rows.update(read_at=now)


def unread(application: Application, *, from_applicant: bool) -> int:
    """Return how many of the other side's messages one side has not read."""
    return Message.objects.filter(application=application.pk, from_applicant=not from_applicant, read_at=None).count()
