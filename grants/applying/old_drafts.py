"""Drafts nobody writes on any more: their people are told, and a month later they are deleted, copies too.

A draft that can still be sent is left alone until its call closes, unless its call never does.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from grants import messages
from grants.models import Application
from portal.calendar import oslo_today
from portal.models import Notice
from portal.templatetags.portal_tags import long_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

RUN = "old_drafts"
UNTOUCHED = dt.timedelta(days=90)
"""How long nobody has written, or enclosed a file, before we ask."""
NOTICE = dt.timedelta(days=30)
"""How long there is from the notice until the draft is deleted."""
AFTER_CLOSING = dt.timedelta(days=30)
TABLE = "grants_application"


def untouched(now: dt.datetime) -> QuerySet[Application]:
    """Return the drafts nobody has touched for long, and that cannot be sent in a call that will close."""
    rows = Application.objects.filter(state=Application.State.DRAFT).order_by("pk")
    over = Q(call__closes_at=None) | Q(call__closes_at__lt=now - AFTER_CLOSING)
    rows = rows.filter(over, Q(let_in_until=None) | Q(let_in_until__lt=now))
    touched = Greatest("edited_at", Coalesce(Max("files__uploaded_at"), "edited_at"))
    return rows.annotate(touched_at=touched).filter(touched_at__lt=now - UNTOUCHED)


def warn_and_delete(now: dt.datetime) -> dict[str, int]:
    """Tell of the drafts that are old, and delete those told of a month ago; each by itself. Safe to run again."""
    counts = {"warned": 0, "deleted": 0}
    told_since = Q(warned_at__gte=F("touched_at"))
    for pk in untouched(now).exclude(told_since).values_list("pk", flat=True):
        counts["warned"] += held(pk, lambda row: warn(row, now=now))
    for pk in untouched(now).filter(told_since, warned_at__lte=now - NOTICE).values_list("pk", flat=True):
        counts["deleted"] += held(pk, lambda row: delete(row, now=now))
    return counts


def held(pk: int, act: Callable[[Application], bool]) -> bool:
    """Do one thing with one draft in a transaction of its own; who writes on it just now keeps it."""
    rows = Application.objects.select_related("call", "authority", "organisation", "applicant")
    rows = rows.select_for_update(no_key=True, of=("self",), skip_locked=True)
    with transaction.atomic():
        row = rows.filter(pk=pk, state=Application.State.DRAFT).first()
        return row is not None and act(row)


def deleted_on(application: Application) -> dt.date | None:
    """Return the day a draft that is told of is deleted; nothing for others."""
    if application.state != Application.State.DRAFT or application.warned_at is None:
        return None
    return oslo_today(application.warned_at + NOTICE)


def warn(row: Application, *, now: dt.datetime) -> bool:
    """Tell those who write on a draft when it is deleted."""
    Application.objects.filter(pk=row.pk).update(warned_at=now)
    row.warned_at, day = now, deleted_on(row)
    if row.organisation is not None:
        row.organisation.authority = row.authority
    messages.tell_own(
        row, kind="draft_old", subject=row, occasion=f"old {day}", on=oslo_today(now),
        title=lambda: _("A draft is deleted %(date)s: %(call)s") % {"date": long_date(day), "call": row.call.title},
        template="draft_old", day=day,
    )  # fmt: skip
    return True


def delete(row: Application, *, now: dt.datetime) -> bool:
    """Delete a draft that its people were told of and have left; not one that was touched since."""
    from grants.applying import drafting

    if not untouched(now).filter(pk=row.pk, warned_at__gte=F("touched_at")).exists():
        return False
    drafting.forget(row)
    return True


def erase_traces(pk: int, why: str) -> int:
    """Erase the history's copies of a draft that is deleted, and what notices said of it; return how many copies.

    The database does it through one function of its own that leaves a line in the log, and only once the row is gone.
    """
    Notice.objects.filter(subject_type="grants.application", subject_id=pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_erase_copies(%s, %s, %s)", [TABLE, pk, why])
        return int(cursor.fetchone()[0])
