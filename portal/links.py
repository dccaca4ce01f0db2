"""The private links that mails carry: into an invitation, and out of a kind of mail. Their keys come back unsaved."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from portal import keys, rules
from portal.calendar import oslo_today
from portal.models import LinkKey

if TYPE_CHECKING:
    from portal.models import InputRound, Invitation, User

STOP_LINK_HOLDS = dt.timedelta(days=90)


def into_invitation(invitation: Invitation, round_: InputRound, now: dt.datetime) -> tuple[str, LinkKey]:
    """Return the address where the invited answers, and the key that opens it."""
    raw, key = keys.new(
        LinkKey.Purpose.INVITATION, now=now, address=invitation.address, subject_id=invitation.pk,
        lifetime=rules.invitation_holds(round_.facts, oslo_today(now)),
    )  # fmt: skip
    return settings.BASE_URL + reverse("input_invitation", args=[round_.authority.slug, round_.slug, raw]), key


def out_of_mail(scope: str, now: dt.datetime, *, user: User | None = None, address: str = "") -> tuple[str, LinkKey]:
    """Return the address that stops one kind of mail, or all that may be stopped, and the key that opens it."""
    raw, key = keys.new(
        LinkKey.Purpose.UNSUBSCRIBE, now=now, user=user, address=address, scope=scope, lifetime=STOP_LINK_HOLDS
    )
    return settings.BASE_URL + reverse("unsubscribe", args=[raw]), key
