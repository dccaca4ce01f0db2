"""Signing in by six digits that are mailed: enough to prepare and to follow, never to work with cases.

Each step answers the same whether the address has an account. Who can read at an address that has none gets one, with
the name she gives. The operator never comes in this way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import codes, outbox
from portal.models import EmailCode, Membership, User
from portal.models.authority import LanguageForm
from portal.permissions import period_holds
from portal.signing_in import accounts, lockout

if TYPE_CHECKING:
    import datetime as dt

SIGN_IN, FROM_KNOWN = "signin", "signin-known"
"""What the digits are for; a browser where the person was signed in before has a count that no stranger uses up."""
PURPOSES = (SIGN_IN, FROM_KNOWN)


@transaction.atomic
def start(address: str, *, is_known: bool, language: str, now: dt.datetime) -> EmailCode:
    """Mail a code to the address; the same is done whether it has an account or not.

    Raises:
        TooMany: this address, or all who sign in this way, have had their codes for the hour.
    """
    address, purpose = address.lower(), FROM_KNOWN if is_known else SIGN_IN
    refuse_too_many(purpose, address, now)
    code, digits = codes.make(purpose, address, now=now)
    mail_code(address, digits, language)
    return code


@transaction.atomic
def send_again(code_id: int, *, language: str, now: dt.datetime) -> bool:
    """Mail new digits for the same code; False when that was done too often."""
    code = EmailCode.objects.get(pk=code_id, purpose__in=PURPOSES)
    try:
        refuse_too_many(code.purpose, code.address, now)
    except codes.TooMany:
        return False
    made = codes.make_again(code.pk, now=now)
    if made is not None:
        mail_code(code.address, made[1], language)
    return made is not None


def refuse_too_many(purpose: str, address: str, now: dt.datetime) -> None:
    """Stop the flood of codes; exact, since those who ask wait for each other.

    Raises:
        TooMany: the address, or the purpose, has had its codes for the hour.
    """
    lockout.take_turns(f"codes:{purpose}")
    if purpose != FROM_KNOWN:
        codes.refuse_too_many(purpose, address, now)
        return
    own = EmailCode.objects.filter(purpose=FROM_KNOWN, address=address, sent_at__gt=now - codes.HOUR)
    if (own.aggregate(n=Sum("sendings"))["n"] or 0) >= codes.PER_ADDRESS:
        raise codes.TooMany


def mail_code(address: str, digits: str, language: str) -> None:
    """Mail the digits. The mail belongs to no authority: nobody there sees who signs in."""
    user = accounts.holder_of(address)
    language = user.language if user else language if language in LanguageForm.values else LanguageForm.NB
    with translation.override(language):
        title = _("Your code for signing in")
        facts = {
            "subject": title, "digits": f"{digits[:3]} {digits[3:]}", "minutes": codes.LIFETIME.seconds // 60,
            "language": language,
        }  # fmt: skip
        outbox.write(
            to=address, subject=title, text=render_to_string("emails/signin_code.txt", facts),
            html=render_to_string("emails/signin_code.html", facts), language=language,
        )  # fmt: skip


def holds_a_role(user: User) -> bool:
    """Say whether there is casework, or another role, that a code does not open."""
    return Membership.objects.filter(period_holds(timezone.localdate()), user=user).exists()
