"""One late application let in: the officer opens a closed call for one draft, by the number its applicant tells her.

She sees nothing of the draft. The number carries a check, so that nobody finds drafts by guessing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import fund_rules, notices, permissions
from grants.calls.making import ANNOUNCES
from grants.held import Handled
from grants.models import Application, Call
from grants.refusals import deed
from portal import outbox
from portal.calendar import oslo_today
from portal.models.base import key_in
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from portal.models import User

DIGITS = 4


def number_of(application: Application) -> str:
    """Return the number an applicant reads to the officer: «1042-7391»."""
    return f"{application.pk}-{_check(application.pk)}"


def _check(key: int) -> str:
    return f"{int(salted_hmac('grants.late', str(key)).hexdigest(), 16) % 10**DIGITS:0{DIGITS}d}"


def _key_of(number: str) -> int:
    """Return the draft a number names, or 0 where the check does not fit."""
    key, _dash, check = number.strip().replace(" ", "").partition("-")
    found = key_in(key)
    return found if found and constant_time_compare(check.encode(), _check(found).encode()) else 0


@deed
def let_in(call: Call, number: str, *, why: str, until: dt.datetime, by: User, now: dt.datetime) -> Application:
    """Let one draft be sent though the call has closed, until an hour, for a reason that stays with it.

    Raises:
        ValidationError: no draft has this number, the hour has passed, or the call takes applications anyway.
        Handled: it is let in so already, or sent.
    """
    require(permissions.may(by, call.authority_id, ANNOUNCES))
    drafts = Application.objects.select_related("organisation", "applicant")
    drafts = drafts.select_for_update(no_key=True, of=("self",))
    draft = drafts.filter(pk=_key_of(number), call=call).first()
    held = Call.objects.select_related("authority").get(pk=call.pk)
    if held.published_at is None or held.opens_at > now:
        raise ValidationError(_("The call has not opened."), code="not_open")
    if fund_rules.is_open(held.opens_at, held.closes_at, True, now):
        raise ValidationError(_("The call is open. Everyone can send until it closes."), code="open")
    if until <= now:
        raise ValidationError({"until": _("Choose a time that has not passed.")}, code="passed")
    if draft is None:
        words = _("No draft in this call has this number. Ask the applicant to read it from her own page.")
        raise ValidationError({"number": words}, code="unknown")
    if draft.state != Application.State.DRAFT:
        raise Handled(_("This application is sent already."), code="sent")
    if draft.let_in_until == until and draft.let_in_why == why:
        raise Handled(_("This application is let in already."), code="done")
    draft.let_in_by, draft.let_in_why, draft.let_in_until = by, why, until
    draft.save(update_fields=["let_in_by", "let_in_why", "let_in_until"])
    notices.record("late_entry_let_in", held, by=by, until=until.isoformat())
    tell_writers(
        draft, held, kind="application_let_in", occasion=f"let in {until.isoformat()}", now=now,
        title=lambda: _("You can send your application late: %(call)s") % {"call": held.title},
        template="application_let_in", until=until,
    )  # fmt: skip
    return draft


def tell_writers(
    draft: Application, call: Call, *, kind: str, occasion: str, now: dt.datetime, title: str | Callable[[], str],
    template: str, **facts: Any,
) -> None:  # fmt: skip
    """Tell everyone who writes on a draft: those of its organisation, or its founder."""
    today = oslo_today(now)
    people = notices.contacts_of(draft.organisation, today) if draft.organisation else [draft.applicant]
    for user in filter(None, people):
        outbox.notify(
            user, kind=kind, subject=draft, authority=call.authority, occasion=occasion, on_date=today, title=title,
            link=reverse("own_application", args=[draft.pk]), link_text=gettext_lazy("See your application"),
            template=template, call=call, **facts,
        )  # fmt: skip
