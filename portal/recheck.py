"""Daily mails that are still waiting to leave: whether what they say holds, and how they are taken back.

A mail may wait for hours while the mail server is down. What was done, moved or hidden in the meantime must not be said
when it comes up again.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from portal import sweep, wiring
from portal.calendar import oslo_today
from portal.models import Mail, Notice

if TYPE_CHECKING:
    from collections.abc import Iterable

FRESH = dt.timedelta(minutes=10)
"""A mail tried for the first time this soon after it was written says what the sweep has just said."""


def is_outdated(mail: Mail, now: dt.datetime) -> bool:
    """Say whether a daily mail that has waited says what no longer holds; asked again at each attempt."""
    if mail.digest_on is None or (not mail.attempts and now - mail.created_at < FRESH):
        return False
    if mail.digest_on != oslo_today(now):  # it says "today" and "tomorrow" of another day
        return True
    deadlines = [source.kind.name for source in wiring.deadline_sources()]
    told = Notice.objects.filter(mail=mail)
    if told.filter(withdrawn_at__isnull=False).exists() or not told.exists():  # withdrawn, or gone with its person
        return True
    ids = set(told.filter(kind__in=deadlines).values_list("pk", flat=True))
    return bool(ids) and sweep.still_said(ids, now) != ids


def take_back(mails: Iterable[int]) -> None:
    """Remove daily mails that have not left; what they told waits again, and comes with the next if it still holds."""
    mails = list(mails)
    Notice.objects.filter(mail__in=mails, withdrawn_at__isnull=True).update(waits_for_digest=True, mail=None)
    Mail.objects.filter(pk__in=mails).delete()
