"""A mail's row as a message: headers that only machines read, text and HTML. Pure but for the settings: no database."""

from __future__ import annotations

import re
from email import charset, policy
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage

if TYPE_CHECKING:
    import datetime as dt
    from email.message import Message

    from portal.models import Mail

UNFIT = re.compile(r"[\r\n\x00]")
TRAVELLING = policy.compat32.clone(linesep="\r\n", max_line_length=998)
BODY = charset.Charset("utf-8")
"""Bodies go as base64: lines of any length, and the email package's other encoding costs four times as much."""
BODY.body_encoding = charset.BASE64
HEADER = charset.Charset("utf-8")
HEADER.header_encoding = charset.BASE64
WORD = 11
"""Characters, of four bytes at most, that fit in one encoded word of 75 (RFC 2047, section 2)."""


class Letter(EmailMessage):
    """The same message for the backends that keep mails instead of sending them: in tests, in a file, on the screen."""

    def __init__(self, mail: Mail, written: Message, sender: str, connection: Any) -> None:
        super().__init__(mail.subject, mail.text, sender, [mail.to_address], connection=connection)
        self.written = written

    def message(self) -> Message:  # type: ignore[override]
        return self.written


@lru_cache(maxsize=4)
def sender_of(setting: str) -> tuple[str, str]:
    """Return the From header and the bare address of a setting like "Name <address>"."""
    name, address = parseaddr(setting)
    return formataddr((name, ascii_address(address)), "utf-8"), ascii_address(address)


def ascii_address(address: str) -> str:
    """Return the address with its domain as it is looked up: "post@xn--blbr-roah.no"."""
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def headers_of(mail: Mail, from_header: str, at: dt.datetime) -> dict[str, str]:
    """Return the headers: whom, what, that it is automatic, what it belongs to and how to stop it.

    Raises:
        ValueError: a header holds a line break.
    """
    headers = {
        "From": from_header, "To": ascii_address(mail.to_address), "Subject": mail.subject,
        "Date": format_datetime(at), "Message-ID": mail.message_id, "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }  # fmt: skip
    if mail.thread and mail.thread != mail.message_id:
        headers |= {"In-Reply-To": mail.thread, "References": mail.thread}
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in headers.items():
        if UNFIT.search(value):
            raise ValueError(f"the header {name} has a line break")
    return headers


def header_text(text: str) -> str:
    """Return text as a header may carry it: as it stands, or in encoded words of whole characters."""
    if text.isascii() and "=?" not in text:
        return text
    return "\n ".join(HEADER.header_encode(text[at : at + WORD]) for at in range(0, len(text), WORD))


def written(mail: Mail, *, from_header: str, at: dt.datetime) -> Message:
    """Return the whole message.

    Raises:
        ValueError: a header holds a line break.
    """
    text = MIMEText(mail.text, "plain", BODY)  # type: ignore[arg-type]
    message: Message = text
    if mail.html:
        html = MIMEText(mail.html, "html", BODY)  # type: ignore[arg-type]
        # a boundary that base64 cannot hold spares the package a search through the whole letter
        message = MIMEMultipart("alternative", boundary=f"=_{mail.pk}_portal", _subparts=[text, html])
    for name, value in headers_of(mail, from_header, at).items():
        message[name] = header_text(value) if name == "Subject" else value
    return message
