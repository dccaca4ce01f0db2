"""Changing the address one signs in with: a code to the new one first, and word to the old one afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portal import codes, outbox
from portal.models import EmailCode, User
from portal.signing_in import accounts, lockout, passwords

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest


def purpose_of(user: User) -> str:
    return f"email:{user.pk}"


@transaction.atomic
def ask(user: User, address: str, *, now: dt.datetime) -> EmailCode:
    """Mail a code to the new address; the same is done whether another person has it or not.

    Raises:
        TooMany: the address, or this person, has had its codes for the hour.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    codes.refuse_too_many(purpose_of(user), address, now)
    code, digits = codes.make(purpose_of(user), address.lower(), now=now)
    mail_code(user, code.address, digits)
    return code


@transaction.atomic
def ask_again(user: User, code_id: int, *, now: dt.datetime) -> bool:
    """Mail new digits for the same code; False when that was done too often."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    code = EmailCode.objects.get(pk=code_id, purpose=purpose_of(user))
    digits = codes.again(code, now=now)
    if digits:
        mail_code(user, code.address, digits)
    return bool(digits)


def mail_code(user: User, address: str, digits: str) -> None:
    with translation.override(user.language):
        title = _("Your code to change the e-mail address")
        facts = {
            "subject": title, "digits": f"{digits[:3]} {digits[3:]}", "minutes": codes.LIFETIME.seconds // 60,
            "language": user.language,
        }  # fmt: skip
        outbox.write(
            to=address, subject=title, text=render_to_string("emails/address_code.txt", facts),
            html=render_to_string("emails/address_code.html", facts), language=user.language,
        )  # fmt: skip


@transaction.atomic
def change(user: User, code: EmailCode, request: HttpRequest, *, now: dt.datetime) -> bool:
    """Let the confirmed address be the one its person signs in with; False when another person has it.

    The old address opens nothing any longer, and is told.
    """
    lockout.take_turns(f"address:{code.address}")
    holder = accounts.holder_of(code.address)
    if holder is not None and holder.pk != user.pk:
        return False
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    old, held.email = held.email, code.address
    held.save(update_fields=["email"])
    accounts.move_address(held, code.address)
    user.email = held.email
    if old != held.email:
        passwords.changed(user, "address", request, now=now, to=old)
    return True
