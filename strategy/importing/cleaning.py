"""Removes what was read of plan documents and never became a plan, with its files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from portal.models import Event
from strategy.importing import sending, storing
from strategy.models import ImportRow, PlanImport

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 20
DAY = dt.timedelta(days=1)
KEEP_REFUSED, KEEP_PUT_AWAY = 7 * DAY, 30 * DAY
UNTOUCHED = 365 * DAY
"""A proposal nobody has decided anything in for so long is put away, and can be taken out again for a month."""
State = PlanImport.State


def remove_old(now: dt.datetime) -> int:
    """Put away what is left untouched, and remove what was refused or put away long ago; return how many removed."""
    put_away_untouched(now)
    storing.sweep(now)
    refused = Q(state=State.REFUSED, sent_at__lt=now - KEEP_REFUSED)
    put_away = Q(state=State.DISCARDED, ended_at__lt=now - KEEP_PUT_AWAY)
    old, count = PlanImport.objects.filter(refused | put_away).order_by("pk"), 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        count += remove(old.filter(pk__in=batch))
    return count


@transaction.atomic
def remove(rows: QuerySet[PlanImport]) -> int:
    """Remove documents that are still to go once they are locked, with their files."""
    held = list(rows.select_for_update(no_key=True, of=("self",)))
    for row in held:
        sending.forget_content(row)
    PlanImport.objects.filter(pk__in=[row.pk for row in held]).delete()
    return len(held)


def put_away_untouched(now: dt.datetime) -> int:
    """Put proposals away that nobody has decided anything in, or taken out again, for a year; return how many."""
    decided = ImportRow.objects.filter(plan_import=OuterRef("pk"), decided_at__gte=now - UNTOUCHED)
    taken_out = Event.objects.filter(
        subject_type=sending.SUBJECT, subject_id=OuterRef("pk"), kind=sending.TAKEN_BACK, at__gte=now - UNTOUCHED
    )
    left = PlanImport.objects.filter(
        ~Exists(decided), ~Exists(taken_out), state=State.READY, read_at__lt=now - UNTOUCHED
    )
    return left.update(state=State.DISCARDED, ended_at=now)
