"""Drafts of nominations nobody confirmed: they go after a day, with their files and their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction

from awards.models import NominationDraft, NominationDraftFile
from awards.nominating.deeds import DRAFT_LIFETIME

if TYPE_CHECKING:
    import datetime as dt

BATCH = 500


def remove_old(now: dt.datetime) -> int:
    """Remove nominations that were never confirmed, their files too, once they can no longer be; return how many."""
    count = 0
    old = NominationDraft.objects.filter(created_at__lt=now - DRAFT_LIFETIME).order_by("pk")
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            files = list(NominationDraftFile.objects.filter(draft__in=batch).values_list("file", flat=True))
            count += NominationDraft.objects.filter(pk__in=batch).delete()[1].get(NominationDraft._meta.label, 0)
        for name in files:
            default_storage.delete(name)
    return count
