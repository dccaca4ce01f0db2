"""An application taken back by its applicant, before it is decided. It stays in its case, and is handled no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import messages, notices
from grants.applying import reach, receipts
from grants.desk import supplements
from grants.held import Handled
from grants.models import Application, Batch, BatchLine, Grant
from grants.refusals import Refused, deed
from portal import outbox
from portal.calendar import oslo_today
from portal.models import Case

if TYPE_CHECKING:
    import datetime as dt

    from grants.applying.reach import Own
    from portal.models import User

LONGEST_WHY = 400
State = Application.State


@deed
def withdraw(own: Own, *, why: str = "", by: User, now: dt.datetime, seen: int | None = None) -> Application:
    """Take an application back: what was asked for is dropped, its case is closed and both sides are told.

    Raises:
        Http404: it is not hers.
        PermissionDenied: she prepares only, or her session is not sure enough.
        Handled: it is withdrawn already, or decided meanwhile.
        Refused: it is not sent, or was changed since it was read.
    """
    row = reach.held(own, by=by, now=now, acting=True).application
    refuse_unready(row, seen)
    if len(said := why.strip()) > LONGEST_WHY:
        raise ValidationError({"why": _("Write at most %(most)d characters.") % {"most": LONGEST_WHY}}, code="long")
    supplements.drop(row, now=now)
    leave_lists(row, now=now)
    row.state, row.withdrawn_at, row.withdrawn_why = State.WITHDRAWN, now, said
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_why"])
    row.refresh_from_db(fields=["row_version"])
    Case.objects.filter(pk=row.case_id, closed_on=None).update(closed_on=oslo_today(now))
    notices.record("application_withdrawn", row, by=by, case=row.case)
    tell(row, by=by, now=now)
    return row


def refuse_unready(row: Application, seen: int | None) -> None:
    """Stop who withdraws what is a draft, withdrawn, decided or changed since she read it.

    Raises:
        Handled: it is withdrawn, or decided: a grant is turned down instead.
        Refused: it is a draft, or was changed.
    """
    if row.state == State.DRAFT:
        raise Refused(_("The application is not sent. You can delete the draft."), code="draft")
    if row.state == State.WITHDRAWN:
        raise Handled(_("The application is withdrawn already."), code="state")
    if row.state != State.SUBMITTED:
        raise Handled(_("The application is decided, and cannot be withdrawn any more."), code="state")
    if seen is not None and row.row_version != seen:
        raise Refused(_("Someone changed this while you looked. See how it stands now."), code="stale")


def leave_lists(row: Application, *, now: dt.datetime) -> None:
    """Take it out of the lists for meetings that are not sent, and put away a grant that was only drawn up."""
    BatchLine.objects.filter(application=row, batch__state=Batch.State.DRAFT).delete()
    Grant.objects.filter(case=row.case_id, state=Grant.State.PROPOSED).update(
        state=Grant.State.DECLINED, decided_on=oslo_today(now)
    )


def tell(row: Application, *, by: User, now: dt.datetime) -> None:
    """Tell who handles it at once, and the applicant's other people."""
    day = oslo_today(now)
    for user in receipts.desk_of(row, day):
        outbox.notify(
            user, kind="application_withdrawn", subject=row, authority=row.authority, on_date=day,
            thread=outbox.thread_of(row), title=lambda: title_of(row),
            link=reverse("application_desk", args=[row.authority.slug, row.pk]),
            link_text=gettext_lazy("See the application"), template="application_withdrawn", application=row,
            to_fund=True,
        )  # fmt: skip
    messages.tell_own(
        row, kind="application_withdrawn", subject=row, on=day, title=lambda: title_of(row),
        template="application_withdrawn", to_fund=False,
    )  # fmt: skip


def title_of(row: Application) -> str:
    return _("Application %(reference)s is withdrawn") % {"reference": row.reference}
