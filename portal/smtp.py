"""The conversation with the mail server: one connection for many mails, and what its answers mean."""

from __future__ import annotations

import contextlib
import enum
import smtplib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from portal import letter

if TYPE_CHECKING:
    from portal.models import Mail


class Outcome(enum.StrEnum):
    """How one attempt ended: sent, refused by a server that works, broken off, no server at all, or no longer true."""

    SENT = "sent"
    REFUSED = "refused"
    BROKEN = "broken"
    UNREACHABLE = "unreachable"
    TAKEN_BACK = "taken_back"


def attempt(mail: Mail, connection: Any) -> tuple[Outcome, Exception | None]:
    """Hand one mail to the mail server over a connection that stays open; a broken one is hung up."""
    if getattr(getattr(connection, "connection", None), "sock", True) is None:
        hang_up(connection)  # the server left after its last answer; that is not this mail's fault
    try:
        connection.open()
    except Exception as error:
        hang_up(connection)
        return Outcome.UNREACHABLE, error
    try:
        hand_over(mail, connection)
    except Exception as error:
        if is_refusal(error):
            return Outcome.REFUSED, error
        hang_up(connection)
        return Outcome.BROKEN, error
    return Outcome.SENT, None


def hand_over(mail: Mail, connection: Any) -> None:
    """Give the letter to the mail server, or to the backend that stands for one in tests and in the demo."""
    from_header, sender = letter.sender_of(settings.DEFAULT_FROM_EMAIL)
    message = letter.written(mail, from_header=from_header, at=timezone.now())
    if smtp := getattr(connection, "connection", None):
        smtp.sendmail(sender, [letter.ascii_address(mail.to_address)], message.as_bytes(policy=letter.TRAVELLING))
    else:
        connection.send_messages([letter.Letter(mail, message, settings.DEFAULT_FROM_EMAIL, connection)])


def reply_to(error: Exception) -> tuple[int, str] | None:
    """Return the server's number and words where it refused this mail, not us."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPDataError):
        code, words = error.smtp_code, error.smtp_error
    else:
        return None
    return code, words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def is_refusal(error: Exception) -> bool:
    """Say whether the conversation goes on after this: the server refused the mail, or we could not write it."""
    reply = reply_to(error)
    return reply[0] >= 400 and reply[0] != 421 if reply else isinstance(error, ValueError)


def is_final(error: Exception) -> bool:
    """Say whether trying again cannot help: the server refused this receiver or this mail for good."""
    reply = reply_to(error)
    return reply is not None and reply[0] >= 500


def hang_up(connection: Any) -> None:
    """End the conversation; one that is broken must not hold the next mail."""
    with contextlib.suppress(Exception):
        connection.close()
