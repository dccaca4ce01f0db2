"""Who is told of papers: officers in their daily mail that some wait, the recipient at once that they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import notices
from grants.models import FinancingSource, GrantReport
from portal.desk import at_desk, is_at_work, with_deputies
from portal.models import Notice

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Grant
    from portal.models import User


def own_page(grant: Grant) -> str:
    return reverse("own_grant", args=[grant.organisation_id, grant.pk])


def readers_of(grant: Grant, on: dt.date) -> list[User]:
    """Return the case's officer; where she has left or none is named, those at the desk this day."""
    officer = grant.case.officer
    if officer is not None and is_at_work(officer, grant.authority_id, on):
        return with_deputies([officer], grant.authority_id, on)
    return at_desk(grant.authority_id, on)


def sent(grant: Grant, *, by: User, on: dt.date) -> None:
    """Let those who read papers see in the daily mail that some came: once a day for each grant."""
    others = [user for user in readers_of(grant, on) if user.pk != by.pk]
    notices.tell_in_daily_mail(
        others, grant, kind="papers_sent", occasion="sent", on=on,
        title=lambda: _("Papers on a grant wait to be read"), context=grant.case.shown_title,
        link=reverse("read_papers", args=[grant.authority.slug, grant.pk]),
    )  # fmt: skip


def nothing_waits(grant: Grant) -> None:
    """Take the grant out of the daily mails that have not gone, once no paper of it waits to be read."""
    waits = FinancingSource.objects.filter(grant=grant, state="sent").exists()
    if not waits and not GrantReport.objects.filter(grant=grant, state="sent").exists():
        told = Notice.objects.filter(subject_type=grant._meta.label_lower, subject_id=grant.pk, kind="papers_sent")
        told.filter(waits_for_digest=True).update(waits_for_digest=False)


def is_read(grant: Grant, row: Any, *, ok: bool, on: dt.date) -> None:
    """Tell the recipient's people that a paper is approved or sent back; what is missing stands on their page."""
    nothing_waits(grant)
    notices.tell_contacts(
        grant.organisation, kind="papers_read", subject=row, occasion=f"read {row.row_version}", on=on,
        title=lambda: _("A paper you sent is approved") if ok else _("A paper you sent needs something more"),
        link=own_page(grant), link_text=gettext_lazy("See your grant"), template="papers_read", ok=ok,
    )  # fmt: skip
