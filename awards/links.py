"""The private link that a nominee’s reminder carries: into her own page. The key comes back unsaved."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from awards.models import Candidate
from portal import keys
from portal.models import LinkKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Notice

HOLDS = dt.timedelta(days=60)


def in_daily_mail(notices: Iterable[Notice], now: dt.datetime) -> dict[int, tuple[str, LinkKey]]:
    """Return, for notices to nominees, each one's own way in; the public page does not know that she is nominated."""
    about = {one.pk: one for one in notices if one.subject_type == Candidate._meta.label_lower and one.address}
    rows = Candidate.objects.select_related("authority", "round__prize").filter(merged_into=None)
    candidates = rows.in_bulk({one.subject_id for one in about.values()})
    found = {}
    for pk, notice in about.items():
        candidate = candidates.get(notice.subject_id)
        if candidate and candidate.email.lower() == notice.address.lower():  # else it was corrected meanwhile
            found[pk] = _into(candidate, now)
    return found


def _into(candidate: Candidate, now: dt.datetime) -> tuple[str, LinkKey]:
    raw, key = keys.new(
        LinkKey.Purpose.NOMINEE, now=now, address=candidate.email, subject_id=candidate.pk, lifetime=HOLDS
    )
    round_ = candidate.round
    places = [candidate.authority.slug, round_.prize.slug, round_.year, raw]
    return settings.BASE_URL + reverse("nominee_page", args=places), key
