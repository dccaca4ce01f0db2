"""Choosing a password: the mailed link, and what follows when a way to sign in is changed.

The link is a key like all that are mailed (`portal.keys`): hashed, for one person at the address she has now, for a
day, and for one use. Opening it changes nothing; the form behind it does.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import keys, outbox
from portal.models import LinkKey, SignIn
from portal.signing_in import accounts, signins

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portal.models import User

HOLDS = dt.timedelta(days=1)
"""How long a link to choose a password opens."""
HOUR, MAILS_AN_HOUR = dt.timedelta(hours=1), 6


class LinkKeys:
    """Makes and checks the keys of links to choose a password, in the shape allauth asks for."""

    def make_token(self, user: User) -> str:
        return issue(user, now=timezone.now())

    def check_token(self, user: User, key: str) -> bool:
        holder = holder_of(key, now=timezone.now())
        return holder is not None and holder.pk == user.pk


def issue(user: User, *, now: dt.datetime) -> str:
    """Make a key for this person; those before it hold until one is used, lest a stranger ask them away."""
    return keys.issue(LinkKey.Purpose.PASSWORD, now=now, user=user, address=user.email, lifetime=HOLDS)


def is_asked_too_often(user: User, now: dt.datetime) -> bool:
    """Say whether a person has had her links for the hour, so that nobody floods her with them."""
    own = LinkKey.objects.filter(user=user, purpose=LinkKey.Purpose.PASSWORD, created_at__gt=now - HOUR)
    return own.count() > MAILS_AN_HOUR


def is_by_service_only(user: User) -> bool:
    """Say whether only outside services open the account: then her mailbox alone must not make another way in."""
    return not user.has_usable_password() and user.identities.exists()


def holder_of(raw: str, *, now: dt.datetime) -> User | None:
    """Return whose password the key lets one choose; nothing when her address is another since, or she is shut out."""
    key = keys.find(LinkKey.Purpose.PASSWORD, raw, now=now)
    user = key.user if key is not None else None
    if key is None or user is None or not user.is_active or is_by_service_only(user):
        return None
    return user if user.email.lower() == key.address.lower() else None


def tell_of_services(user: User) -> None:
    """Answer one who asks for a link and has no password: which services open her account."""
    with translation.override(user.language):
        ways = list(dict.fromkeys(str(row.get_way_display()) for row in user.identities.order_by("way", "pk")))
        title = _("How you sign in to Næringsportalen")
        facts = {"subject": title, "ways": ways, "language": user.language}
        outbox.write(
            to=user.email, subject=title, text=render_to_string("emails/signin_by_service.txt", facts),
            html=render_to_string("emails/signin_by_service.html", facts), language=user.language,
        )  # fmt: skip


def address_of(raw: str) -> str:
    """Return the address a key opens."""
    return settings.BASE_URL + reverse("choose_password", args=[raw])


@transaction.atomic
def choose(raw: str, change: Callable[[], None], *, now: dt.datetime) -> bool:
    """Let the key be used once: `change` sets the password. Say whether it still opened anything."""
    key = keys.find(LinkKey.Purpose.PASSWORD, raw, now=now)
    own = LinkKey.objects.select_for_update().filter(pk=key.pk if key else None, revoked_at=None)
    holder = holder_of(raw, now=now)
    if not own.exists() or holder is None:
        return False
    own.update(used_at=now, revoked_at=now)
    accounts.confirm_address(holder, holder.email)
    change()
    return True


def forget(user: User, *, now: dt.datetime) -> int:
    """Withdraw every link that lets one choose this person's password."""
    return keys.revoke(LinkKey.Purpose.PASSWORD, now=now, user=user)


@transaction.atomic
def changed(user: User, what: str, request: HttpRequest | None, *, now: dt.datetime, to: str = "") -> None:
    """Follow up that a way to sign in was changed: links open nothing, other sessions end, and its person is told.

    `what` is "password", "second_step" or "address"; `to` is where the mail goes when not to her address.
    """
    forget(user, now=now)
    signins.end_others(user, request, SignIn.Ended.CHANGED, now=now)
    with translation.override(user.language):
        titles = {
            "password": _("Your password was changed"),
            "second_step": _("Your second step was changed"),
            "address": _("Your e-mail address was changed"),
        }
        facts = {"subject": titles[what], "what": what, "language": user.language}
        with suppress(ValidationError):  # her own address is wrong: the change stands
            outbox.write(
                to=to or user.email, subject=titles[what], text=render_to_string("emails/signin_changed.txt", facts),
                html=render_to_string("emails/signin_changed.html", facts), language=user.language,
            )  # fmt: skip
