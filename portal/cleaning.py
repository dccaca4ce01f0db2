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
from portal.models import (
    DraftFile,
    EmailCode,
    Identity,
    IdentityProvider,
    InputDraft,
    LinkKey,
    Mail,
    Notice,
    Run,
    SignIn,
)
from portal.signing_in import groups, signins

if TYPE_CHECKING:
    from django.db.models import QuerySet

BATCH = 500
DAY = dt.timedelta(days=1)
KEEP_RUNS = 90 * DAY
KEEP_SIGN_INS = 365 * DAY
KEEP_NETWORK = 90 * DAY
KEEP_HISTORY = 2 * 365 * DAY


def clean_up(now: dt.datetime) -> dict[str, int]:
    """Remove what is past its time; return how many rows of each kind. Safe to stop and to run again."""
    return {
        "drafts": sum(remove(now) for remove in wiring.load(wiring.OLD_DRAFTS)),
        "codes": removed(EmailCode.objects.filter(expires_at__lt=now - DAY).exclude(Exists(draft_of_code()))),
        "keys": removed(LinkKey.objects.filter(Q(expires_at__lt=now - DAY) | Q(revoked_at__lt=now - 30 * DAY))),
        "sign_ins": sign_ins(now),
        "sessions": removed(Session.objects.filter(expire_date__lt=now)),
        "runs": removed(Run.objects.filter(started_at__lt=now - KEEP_RUNS)),
        "notices": removed(old_notices(now)),
        "group_roles": groups.forget_absent(now),
        "numbers": numbers_without_reason(),
        "mails": removed(Mail.objects.exclude(state=Mail.State.QUEUED).filter(created_at__lt=now - KEEP_HISTORY)),
    }


def sign_ins(now: dt.datetime) -> int:
    """End sessions past their limits, and forget networks after 90 days and sign-ins after a year; count the latter."""
    ended = SignIn.Ended
    signins.end(SignIn.objects.filter(at__lt=now - signins.longest()), ended.OLD, now=now)
    signins.end(SignIn.objects.filter(seen_at__lt=now - signins.idle()), ended.IDLE, now=now)
    SignIn.objects.filter(at__lt=now - KEEP_NETWORK, network__isnull=False).update(network=None)
    return removed(SignIn.objects.filter(at__lt=now - KEEP_SIGN_INS))


def numbers_without_reason() -> int:
    """Forget national identity numbers that no authority says any longer what it keeps for; return how many."""
    reasons = IdentityProvider.objects.exclude(keeps_number_for="").values("keeps_number_for")
    kept = Identity.objects.exclude(national_number="").exclude(national_number_for__in=reasons)
    return kept.update(national_number="", national_number_for="")


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
        InputDraft.objects.filter(created_at__lt=now - DRAFT_LIFETIME, organisation=None).values_list("pk", flat=True)[
            :BATCH
        ]
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
