"""What comes on paper, by e-mail or in a meeting: registered with the day it truly came, once for each press."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import notices
from grants.applying import content as typed
from grants.applying import files as attachments
from grants.desk import supplements
from grants.desk.handling import handles
from grants.models import Application, Call, Supplement
from grants.refusals import deed
from portal.calendar import oslo_today
from portal.models import Event, User
from portal.money import format_number
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import Organisation
    from portal.uploads import Checked

KEY = "application_paper_key"


@dataclass(frozen=True)
class Letter:
    """What an officer reads out of a letter: the sums and the main lines; the rest stands in the letter itself."""

    title: str
    summary: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    jobs: str
    cost_nok: int
    asked_nok: int
    other_public_nok: int
    contact_name: str
    contact_phone: str
    contact_email: str


def content_of(letter: Letter) -> typed.Content:
    """Return a letter as an application: one cost, and who pays it; what is not asked for or public is own money."""
    own = letter.cost_nok - letter.asked_nok - letter.other_public_nok
    if own < 0:
        words = _("What is asked for and other public support are more than the costs.")
        raise ValidationError({"asked_nok": words}, code="over")
    rows = [(typed.FUND, letter.asked_nok, ""), (typed.PUBLIC, letter.other_public_nok, _("As the letter says")),
            (typed.OWN, own, "")]  # fmt: skip
    return typed.Content(
        title=letter.title, summary=letter.summary, starts_on=said(letter.starts_on), ends_on=said(letter.ends_on),
        jobs=letter.jobs, contact_name=letter.contact_name, contact_phone=letter.contact_phone,
        contact_email=letter.contact_email,
        costs=[typed.Cost(typed.OTHER, _("As the letter says"), amount=format_number(letter.cost_nok))],
        financing=[typed.Money(payer, text, format_number(amount)) for payer, amount, text in rows if amount],
    )  # fmt: skip


def said(day: dt.date | None) -> str:
    return f"{day.day}.{day.month}.{day.year}" if day else ""


@deed
def register(
    call: Call, letter: Letter, *, organisation: Organisation | None, applicant_name: str, received_on: dt.date,
    source: str, files: Sequence[Checked], late_why: str, language: str, once: str, by: User, now: dt.datetime,
) -> Application:  # fmt: skip
    """Register an application that came on paper; the same form sent twice gives the same application.

    Raises:
        PermissionDenied: she handles no applications here.
        ValidationError: something is missing, or it came too late without a reason.
    """
    from grants.applying.submitting import register_on_paper

    require(handles(by, call.authority_id))
    if before := registered_before(by, once, call.authority_id):
        return before
    made = register_on_paper(
        call, content_of(letter), organisation=organisation, applicant_name=applicant_name, received_on=received_on,
        source=source, files=files, late_why=late_why, language=language, by=by, now=now,
    )  # fmt: skip
    notices.record(KEY, made, by=by, case=made.case, once=once)
    return made


def registered_before(by: User, once: str, authority_id: int) -> Application | None:
    """Return what this form has registered already; two presses wait for each other at the person's own row."""
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))
    rows = Event.objects.filter(authority=authority_id, kind=KEY, actor_id=by.pk, facts__once=once)
    key = rows.values_list("subject_id", flat=True).first() if once else None
    return Application.objects.filter(pk=key).first() if key else None


@deed
def answered(
    supplement: Supplement, *, received_on: dt.date, files: Sequence[Checked], by: User, now: dt.datetime,
    seen: int | None = None,
) -> Supplement:  # fmt: skip
    """Note that what was asked for came on paper, with the papers; what the applicant wrote in the portal stays unsent.

    Raises:
        ValidationError: no paper, or a day that has not come.
        Handled: it is answered or cancelled already.
    """
    row = supplements.waiting(supplement, by=by, seen=seen)
    if not files:
        raise ValidationError({"files": _("Enclose what came.")}, code="empty")
    today = oslo_today(now)
    if not oslo_today(row.asked_at) <= received_on <= today:
        words = _("Give the day it came: after it was asked for, and not after today.")
        raise ValidationError({"received_on": words}, code="day")
    supplements.put_back(row.application)
    for file in files:
        attachments.put_in_case(row.application, file, title=file.filename, dated_on=received_on)
    row.state, row.answered_at = Supplement.State.ANSWERED, now
    row.save(update_fields=["state", "answered_at"])
    row.refresh_from_db(fields=["row_version"])
    notices.record("supplement_on_paper", row, by=by, case=row.application.case, documents=len(files))
    return row


def facts_of(form: Any) -> Letter:
    """Return what a form holds as a letter."""
    given = form.cleaned_data
    return Letter(
        **{name: given.get(name) or "" for name in
           ("title", "summary", "jobs", "contact_name", "contact_phone", "contact_email")},
        starts_on=given.get("starts_on"), ends_on=given.get("ends_on"), cost_nok=given["cost_nok"],
        asked_nok=given["asked_nok"], other_public_nok=given.get("other_public_nok") or 0,
    )  # fmt: skip
