"""An earlier application as the beginning of a new one: to a call that is open, and past its check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from grants.applying import drafting
from grants.calls import eligibility
from grants.calls.call_forms import EligibilityForm
from grants.models import Call
from grants.refusals import Refused, deed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from grants.applying.reach import Own
    from grants.models import Application, EligibilityCheck
    from portal.models import User


def open_calls(own: Own, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the authority's calls that are open now, each with why this applicant cannot apply there; one query."""
    rows = Call.objects.filter(authority=own.application.authority_id, published_at__lte=now, opens_at__lte=now)
    rows = rows.filter(scheme__is_public=True).select_related("authority", "scheme").order_by("closes_at", "pk")
    return [
        {"call": call, "obstacle": drafting.obstacle(call, own.organisation)}
        for call in rows
        if drafting.is_open(call, now)
    ]


def check_form(call: Call, data: Any) -> EligibilityForm:
    """Return the call's check as a form; a call that asks nothing has an empty one."""
    return EligibilityForm(data, checks=list(call.checks.all()))


def stopped_by(form: EligibilityForm) -> list[EligibilityCheck]:
    """Return the questions that are answered so that one cannot apply to the call."""
    return eligibility.stopped_by(form.checks, form.said())


@deed
def copy(own: Own, *, into: Call, answers: Mapping[int, bool], by: User, now: dt.datetime) -> Application:
    """Begin on an application with what an earlier one says, past the call's check.

    Raises:
        Refused: the check is not passed, or the call is not open, or not for this applicant.
    """
    passed = eligibility.passed(into, eligibility.seal(into, answers))
    if passed is None:
        raise Refused(_("Answer the questions first."), code="check")
    made = drafting.copy(own, into=into, by=by, now=now)
    if made.eligibility != passed:
        made.eligibility = passed
        made.save(update_fields=["eligibility"])
        made.refresh_from_db(fields=["row_version"])
    return made
