"""The code that shows that one who comes for the first time reads at the address she gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portal import codes, outbox

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import EmailCode, IdentityProvider


def purpose_of(provider: IdentityProvider) -> str:
    return f"welcome:{provider.pk}"


@transaction.atomic
def send(provider: IdentityProvider, *, email: str, now: dt.datetime) -> EmailCode:
    """Mail a code to an address. Whether an account has it is not told before the code is right.

    Raises:
        codes.TooMany: the address, or the service, has had its codes for the hour.
    """
    codes.refuse_too_many(purpose_of(provider), email, now)
    row, digits = codes.make(purpose_of(provider), email, now=now)
    mail(provider, email, digits)
    return row


@transaction.atomic
def send_again(provider: IdentityProvider, row: EmailCode, *, now: dt.datetime) -> bool:
    """Mail new digits for the same code; False when that was done too often."""
    digits = codes.again(row, now=now)
    if digits:
        mail(provider, row.address, digits)
    return bool(digits)


def mail(provider: IdentityProvider, email: str, digits: str) -> None:
    """Write the mail. What she is called stands not in it: anyone may write anything to anyone there."""
    authority = provider.authority
    with translation.override(authority.language_form):
        title = _("Your code to finish signing in")
        facts = {
            "subject": title, "authority": authority, "language": authority.language_form,
            "service": provider.get_way_display(), "digits": f"{digits[:3]} {digits[3:]}",
            "minutes": codes.LIFETIME.seconds // 60,
        }  # fmt: skip
        outbox.write(
            to=email, subject=title, text=render_to_string("emails/welcome_code.txt", facts),
            html=render_to_string("emails/welcome_code.html", facts), authority=authority,
            language=authority.language_form,
        )  # fmt: skip
