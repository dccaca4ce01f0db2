"""Removes what has served its time, a few rows at once, so that nobody waits for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from portal import wiring
from portal.inputs import DRAFT_LIFETIME
from portal.models import DraftFile, EmailCode, InputDraft, LinkKey, Mail, Notice, Run

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 500
DAY = dt.timedelta(days=1)
KEEP_RUNS = 90 * DAY
KEEP_HISTORY = 2 * 365 * DAY


def clean_up(now: dt.datetime) -> dict[str, int]:
    """Remove what is past its time; return how many rows of each kind. Safe to stop and to run again."""
    return {
        "drafts": drafts(now),
        "codes": removed(EmailCode.objects.filter(expires_at__lt=now - DAY).exclude(Exists(draft_of_code()))),
        "keys": removed(LinkKey.objects.filter(Q(expires_at__lt=now - DAY) | Q(revoked_at__lt=now - 30 * DAY))),
        "sessions": removed(Session.objects.filter(expire_date__lt=now)),
        "runs": removed(Run.objects.filter(started_at__lt=now - KEEP_RUNS)),
        "notices": removed(old_notices(now)),
        "mails": removed(Mail.objects.exclude(state=Mail.State.QUEUED).filter(created_at__lt=now - KEEP_HISTORY)),
    }


def old_notices(now: dt.datetime) -> QuerySet[Notice]:
    """Keep notices that no longer say anything: withdrawn long ago, or told at once and long past.

    A deadline's notice that still holds is never removed: the sweep would say it again.
    """
    deadlines = [source.kind.name for source in wiring.deadline_sources()]
    told_at_once = Q(created_at__lt=now - KEEP_HISTORY) & ~Q(kind__in=deadlines)
    return Notice.objects.filter(Q(withdrawn_at__lt=now - KEEP_HISTORY) | told_at_once)


def draft_of_code() -> QuerySet[InputDraft]:
    return InputDraft.objects.filter(code=OuterRef("pk"))


def drafts(now: dt.datetime) -> int:
    """Remove input that was never confirmed, its files too, once it can no longer be."""
    count = 0
    while batch := list(
        InputDraft.objects.filter(created_at__lt=now - DRAFT_LIFETIME).values_list("pk", flat=True)[:BATCH]
    ):
        with transaction.atomic():
            files = list(DraftFile.objects.filter(draft__in=batch).values_list("file", flat=True))
            count += InputDraft.objects.filter(pk__in=batch).delete()[1].get("portal.InputDraft", 0)
        for name in files:
            default_storage.delete(name)
    return count


def removed(old: QuerySet[Any]) -> int:
    """Delete the rows batch by batch, each in a transaction of its own; return how many."""
    model, count = old.model, 0
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            gone = model._default_manager.filter(pk__in=batch).delete()[1].get(model._meta.label, 0)
        if not gone:
            break
        count += gone
    return count
