"""A code by e-mail for one who is signed in and has no other way to confirm that it is she."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portal import codes, outbox
from portal.models import EmailCode

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User


def purpose_of(user: User) -> str:
    return f"confirm:{user.pk}"


def latest(user: User, pk: int | None) -> EmailCode | None:
    """Return the person's own code that this session asked for, while it can still be used."""
    return EmailCode.objects.filter(pk=pk, purpose=purpose_of(user), confirmed_at=None).first() if pk else None


@transaction.atomic
def send(user: User, *, now: dt.datetime) -> EmailCode:
    """Mail a code to the person's own address.

    Raises:
        codes.TooMany: she has had her codes for the hour.
    """
    codes.refuse_too_many(purpose_of(user), user.email, now)
    row, digits = codes.make(purpose_of(user), user.email.lower(), now=now)
    mail(user, digits)
    return row


@transaction.atomic
def send_again(user: User, row: EmailCode, *, now: dt.datetime) -> bool:
    """Mail new digits for the same code; False when that was done too often."""
    digits = codes.again(row, now=now)
    if digits:
        mail(user, digits)
    return bool(digits)


def mail(user: User, digits: str) -> None:
    with translation.override(user.language):
        title = _("Your code to confirm that it is you")
        facts = {
            "subject": title, "user": user, "language": user.language, "digits": f"{digits[:3]} {digits[3:]}",
            "minutes": codes.LIFETIME.seconds // 60,
        }  # fmt: skip
        outbox.write(
            to=user.email, subject=title, text=render_to_string("emails/confirm_code.txt", facts),
            html=render_to_string("emails/confirm_code.html", facts), language=user.language,
        )  # fmt: skip
