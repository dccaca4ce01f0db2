"""Whether an application is complete, and who handles it: the first things an officer does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import held, notices, permissions
from grants.desk.handling import handles, hold, undecided
from grants.held import Handled
from grants.models import Application, Assessment, Supplement
from grants.refusals import deed
from portal import outbox
from portal.calendar import oslo_today
from portal.models import Case
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User


@deed
def complete(application: Application, *, by: User, now: dt.datetime, seen: int | None = None) -> Assessment:
    """Find an application complete: it is ready to be assessed.

    Raises:
        Handled: it is found complete already, is decided, or was changed since it was read.
        ValidationError: the applicant is asked for something that has not come.
    """
    found = undecided(hold(application, by=by, seen=seen))
    if found.supplements.filter(state=Supplement.State.OPEN).exists():
        told = _("The applicant is asked to add something. Wait for the answer, or say that it is not needed.")
        raise ValidationError(told, code="asked")
    row = assessment_of(found)
    if row.complete_on is not None:
        raise Handled(_("It is found complete already."), code="again")
    row.complete_on, row.complete_by = oslo_today(now), by
    row.save()
    notices.record("application_complete", found, by=by, case=found.case)
    return row


@deed
def not_complete(application: Application, *, by: User, seen: int | None = None) -> Assessment:
    """Take back that an application is complete, while it is not assessed.

    Raises:
        Handled: it is assessed, decided, or not found complete.
    """
    found = undecided(hold(application, by=by, seen=seen))
    row = assessment_of(found)
    if row.complete_on is None:
        raise Handled(_("It is not found complete."), code="again")
    if row.done_at is not None:
        raise Handled(_("It is assessed. Take the assessment up again first."), code="done")
    row.complete_on = row.complete_by = None
    row.save()
    notices.record("application_not_complete", found, by=by, case=found.case)
    return row


def assessment_of(found: Application) -> Assessment:
    """Return the held assessment of a held application, made where there is none."""
    Assessment.objects.get_or_create(application=found, defaults={"authority_id": found.authority_id})
    return Assessment.objects.select_for_update(no_key=True, of=("self",)).get(application=found)


@deed
def give_to(application: Application, officer: User, *, by: User, now: dt.datetime) -> Case:
    """Let another handle the application. Who is tied to it can do this too: it is how she gets out of it.

    Raises:
        PermissionDenied: she handles no applications here.
        ValidationError: the other handles none here.
    """
    found, today = held.application(application), oslo_today(now)
    require(handles(by, found.authority_id))
    if officer.pk not in {person.pk for person in notices.staff_with(found.authority_id, permissions.CALLS, today)}:
        raise ValidationError({"officer": _("Choose someone who handles applications here.")}, code="stranger")
    case = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.case_id)
    if case.officer_id == officer.pk:
        return case
    case.officer = officer
    case.save(update_fields=["officer"])
    notices.record("application_given", found, by=by, case=case, officer=officer.pk)
    if officer.pk != by.pk:
        outbox.notify(
            officer, kind="application_given", subject=found, authority=found.authority, on_date=today,
            occasion=f"case {case.row_version} {now.isoformat()}", thread=outbox.thread_of(found),
            title=lambda: _("You handle application %(reference)s") % {"reference": found.reference},
            link=reverse("application_desk", args=[found.authority.slug, found.pk]),
            link_text=gettext_lazy("Open the application"), template="application_given", application=found,
        )  # fmt: skip
    return case
