"""What the applicant is asked to add, and by when: asked in a letter, given more time, or not needed any more."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import held, letters_of, messages, notices
from grants.desk.handling import hold, undecided
from grants.held import Handled
from grants.models import Application, Assessment, Supplement
from grants.refusals import deed
from portal.calendar import next_working_day, oslo_today

if TYPE_CHECKING:
    from portal.models import User

State = Supplement.State
LONGEST = 4000
TIME_TO_ANSWER = dt.timedelta(days=14)


def suggested_due(today: dt.date) -> dt.date:
    """Return the day that is proposed: two weeks on, and a working day."""
    return next_working_day(today + TIME_TO_ANSWER)


@deed
def ask(
    application: Application, text: str, due_on: dt.date, *, by: User, now: dt.datetime, seen: int | None = None
) -> Supplement:
    """Ask the applicant to add something by a day, in a letter; the application opens for her until she has answered.

    Raises:
        ValidationError: nothing is asked for, or the day has passed.
        Handled: it is decided, or she is asked for something already.
    """
    found, said, today = undecided(hold(application, by=by, seen=seen)), plain(text), oslo_today(now)
    ahead(due_on, today)
    if found.supplements.filter(state=State.OPEN).exists():
        raise Handled(_("The applicant is asked for something already."), code="again")
    made = Supplement.objects.create(
        authority_id=found.authority_id, application=found, text=said, due_on=due_on, asked_at=now, asked_by=by
    )
    made.application = found
    made.letter = letters_of.supplement(made)
    made.save(update_fields=["letter"])
    made.refresh_from_db(fields=["row_version"])
    Assessment.objects.filter(application=found, done_at=None).update(complete_on=None, complete_by=None)
    notices.record("supplement_asked", made, by=by, case=found.case, due_on=due_on.isoformat())
    tell(made, "asked", by=by, today=today)
    return made


def plain(text: str) -> str:
    """Return what is asked for.

    Raises:
        ValidationError: nothing, or too much to read.
    """
    said = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not said:
        raise ValidationError({"text": _("Write what is missing.")}, code="empty")
    if len(said) > LONGEST:
        raise ValidationError({"text": _("The text is too long. Write at most 4,000 characters.")}, code="too_long")
    return said


def ahead(due_on: dt.date, today: dt.date) -> None:
    """Refuse a day that gives no time to answer.

    Raises:
        ValidationError: it has come or passed.
    """
    if due_on <= today:
        raise ValidationError({"due_on": _("Give a day that is still to come.")}, code="passed")


@deed
def give_time(
    supplement: Supplement, due_on: dt.date, *, by: User, now: dt.datetime, seen: int | None = None
) -> Supplement:
    """Give the applicant another day to answer by; she is told."""
    row = waiting(supplement, by=by, seen=seen)
    ahead(due_on, oslo_today(now))
    if row.due_on == due_on:
        return row
    row.due_on = due_on
    row.save(update_fields=["due_on"])
    row.refresh_from_db(fields=["row_version"])
    notices.record("supplement_moved", row, by=by, case=row.application.case, due_on=due_on.isoformat())
    tell(row, f"moved {due_on.isoformat()}", by=by, today=oslo_today(now))
    return row


@deed
def cancel(supplement: Supplement, *, by: User, now: dt.datetime, seen: int | None = None) -> Supplement:
    """Say that the answer is not needed any more; the application is locked again as it was last sent."""
    row = waiting(supplement, by=by, seen=seen)
    put_back(row.application)
    row.state, row.answered_at = State.CANCELLED, now
    row.save(update_fields=["state", "answered_at"])
    row.refresh_from_db(fields=["row_version"])
    notices.record("supplement_cancelled", row, by=by, case=row.application.case)
    tell(row, "cancelled", by=by, today=oslo_today(now))
    return row


def waiting(supplement: Supplement, *, by: User, seen: int | None) -> Supplement:
    """Return a held request that is not answered, its application held before it.

    Raises:
        Handled: it is answered, cancelled, or was changed since it was read.
    """
    found = hold(supplement.application_id, by=by)
    row = Supplement.objects.select_for_update(no_key=True, of=("self",)).get(pk=supplement.pk)
    row.application = found
    if row.state != State.OPEN:
        raise held.stands(row)
    return held.as_seen(row, seen)


def drop(application: Application, *, now: dt.datetime) -> None:
    """Ask a held application for nothing more, as it is decided or withdrawn: it stands as it was last sent."""
    rows = application.supplements.select_for_update(no_key=True, of=("self",)).filter(state=State.OPEN)
    if not rows:
        return
    put_back(application)
    for row in rows:
        row.state, row.answered_at = State.CANCELLED, now
        row.save(update_fields=["state", "answered_at"])


FIGURES = ("content", "title", "asked_nok", "cost_nok", "starts_on", "ends_on", "jobs_planned")


def put_back(application: Application) -> None:
    """Leave an application as it was last sent: what its applicant has typed since is not sent, and does not count."""
    from grants.applying import content as typed
    from grants.applying.missing import terms_of
    from grants.fund_rules import sums

    number = application.versions.aggregate(last=Max("number"))["last"]
    last = application.versions.filter(number=number).first()
    if last is None or last.content == application.content:
        return
    content = typed.of(last.content)
    reading = typed.read(content, own_work_nok=terms_of(application.call).own_work_nok)
    found = sums(content, reading)
    application.content, application.title = last.content, content.title[:160]
    application.asked_nok, application.cost_nok = found.asked_nok, found.cost_nok
    application.starts_on, application.ends_on = reading.starts_on, reading.ends_on
    application.jobs_planned = reading.jobs
    application.save(update_fields=list(FIGURES))


def tell(supplement: Supplement, occasion: str, *, by: User, today: dt.date) -> None:
    """Tell the applicant's people what has happened to the request; what is asked for stands in the portal alone."""
    titles = {
        "asked": gettext_lazy("We need more information: application %(reference)s"),
        "moved": gettext_lazy("You have another day to answer by: application %(reference)s"),
        "cancelled": gettext_lazy("You need not send more: application %(reference)s"),
    }
    what, application = occasion.partition(" ")[0], supplement.application
    messages.tell_own(
        application, kind="supplement_asked", subject=supplement, occasion=occasion, on=today, but=[by.pk],
        title=lambda: titles[what] % {"reference": application.reference},
        link=reverse("own_application", args=[application.pk]), link_text=gettext_lazy("See your application"),
        template="supplement_asked", what=what, due_on=supplement.due_on,
    )  # fmt: skip
