"""The private links that mails carry: into an invitation, and out of a kind of mail. Their keys come back unsaved."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from portal import keys, rules
from portal.calendar import oslo_today
from portal.models import Invitation, LinkKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import InputRound, Notice, User

STOP_LINK_HOLDS = dt.timedelta(days=90)


def into_invitation(invitation: Invitation, round_: InputRound, now: dt.datetime) -> tuple[str, LinkKey]:
    """Return the address where the invited answers, and the key that opens it."""
    raw, key = keys.new(
        LinkKey.Purpose.INVITATION, now=now, address=invitation.address, subject_id=invitation.pk,
        lifetime=rules.invitation_holds(round_.facts, oslo_today(now)),
    )  # fmt: skip
    return settings.BASE_URL + reverse("input_invitation", args=[round_.authority.slug, round_.slug, raw]), key


def in_daily_mail(notices: Iterable[Notice], now: dt.datetime) -> dict[int, tuple[str, LinkKey]]:
    """Return, for notices to those who were invited, each one's own way in; the public address would not know them."""
    about = {notice.pk: notice for notice in notices if notice.subject_type == Invitation._meta.label_lower}
    invited = Invitation.objects.select_related("round__authority").in_bulk({n.subject_id for n in about.values()})
    found = {}
    for pk, notice in about.items():
        invitation = invited.get(notice.subject_id)
        if invitation and invitation.address.lower() == notice.address.lower():  # else it was corrected meanwhile
            found[pk] = into_invitation(invitation, invitation.round, now)
    return found


def out_of_mail(scope: str, now: dt.datetime, *, user: User | None = None, address: str = "") -> tuple[str, LinkKey]:
    """Return the address that stops one kind of mail, or all that may be stopped, and the key that opens it."""
    raw, key = keys.new(
        LinkKey.Purpose.UNSUBSCRIBE, now=now, user=user, address=address, scope=scope, lifetime=STOP_LINK_HOLDS
    )
    return settings.BASE_URL + reverse("unsubscribe", args=[raw]), key
