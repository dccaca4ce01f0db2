"""The preliminary answer: that the application has come, and when an answer can be expected. Sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import letters_of, messages, notices
from grants.desk.handling import hold, undecided
from grants.held import Handled
from grants.refusals import deed
from portal.calendar import oslo_today
from portal.models import Letter

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Application
    from portal.models import User


def sent_before(application: Application) -> Letter | None:
    return Letter.objects.filter(case=application.case_id, kind=letters_of.PRELIMINARY).order_by("pk").first()


@deed
def send(application: Application, *, by: User, now: dt.datetime, seen: int | None = None) -> Letter:
    """Write the preliminary answer, put it in the case, and tell the applicant that it is there.

    Raises:
        Handled: it is sent already, or the application is decided.
    """
    found = undecided(hold(application, by=by, seen=seen))
    if sent_before(found) is not None:
        raise Handled(_("The preliminary answer is sent already."), code="again")
    today = oslo_today(now)
    made = letters_of.preliminary(found, on=today, by=by)
    notices.record("preliminary_answer_sent", found, by=by, case=found.case, letter=made.pk)
    messages.tell_own(
        found, kind="preliminary_answer", subject=found, occasion="preliminary", on=today, but=[by.pk],
        title=lambda: _("You can see when to expect an answer: application %(reference)s")
        % {"reference": found.reference},
        link=reverse("own_application", args=[found.pk]), link_text=gettext_lazy("See your application"),
        template="preliminary_answer", expected_on=found.expected_on,
    )  # fmt: skip
    return made
