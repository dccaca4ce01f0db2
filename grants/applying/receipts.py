"""Who is told that an application, or more of one, has come: the applicant at once, who handles it in her daily mail.

Titles and mails name the reference and the call, never what the application says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import notices
from portal import outbox
from portal.desk import at_desk, is_at_work, with_deputies

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Application, Supplement
    from portal.models import User


def own_page(application: Application) -> str:
    return reverse("own_application", args=[application.pk])


def tell_applicant(application: Application, *, but: Any = (), **told: Any) -> None:
    """Tell all who speak for the organisation, or the founder; `told` as `outbox.notify` takes it, with `on`."""
    facts = {"link": own_page(application), "link_text": gettext_lazy("See your application"),
             "application": application, "call": application.call, **told}  # fmt: skip
    if application.organisation is not None:
        notices.tell_contacts(application.organisation, but=but, **facts)
    elif application.applicant is not None and application.applicant_id not in set(but):
        day = facts.pop("on")
        outbox.notify(application.applicant, authority=application.authority, on_date=day, **facts)


def received(application: Application, *, by: User) -> None:
    """Send the receipt, let who handles it know, and leave a line in the history."""
    call, day = application.call, application.received_on
    assert day is not None and application.case is not None
    notices.record("application_submitted", application, by=by, case=application.case, call=call.pk)
    tell_applicant(
        application, kind="application_received", subject=application, occasion="received", on=day,
        title=lambda: _("We have received your application, %(reference)s") % {"reference": application.reference},
        link=reverse("application_receipt", args=[application.pk]), link_text=gettext_lazy("See the receipt"),
        template="application_received",
    )  # fmt: skip
    tell_desk(application, "application_came", lambda: _("A new application has come"), on=day, occasion="came")


def supplemented(application: Application, supplement: Supplement, *, by: User, on: dt.date) -> None:
    """Confirm that what was asked for has come, and let who asked for it know."""
    notices.record(
        "supplement_answered", application, by=by, case=application.case, supplement=supplement.pk,
        version=application.versions.count(),
    )  # fmt: skip
    tell_applicant(
        application, kind="supplement_received", subject=supplement, occasion="answered", on=on,
        title=lambda: _("We have received what we asked for, %(reference)s") % {"reference": application.reference},
        template="supplement_received",
    )  # fmt: skip
    tell_desk(
        application, "supplement_came", lambda: _("An applicant has sent what was missing"), on=on,
        occasion=f"supplement {supplement.pk}",
    )  # fmt: skip


def desk_of(application: Application, on: dt.date) -> list[User]:
    """Return the case's officer; where she has left or none is named, those at the desk this day."""
    officer = application.case.officer if application.case else None
    if officer is not None and is_at_work(officer, application.authority_id, on):
        return with_deputies([officer], application.authority_id, on)
    return at_desk(application.authority_id, on)


def tell_desk(application: Application, kind: str, title: Any, *, on: dt.date, occasion: str) -> None:
    """Let those who handle the application read of it in the daily mail."""
    notices.tell_in_daily_mail(
        desk_of(application, on), application, kind=kind, occasion=occasion, on=on, title=title,
        context=f"{application.reference}, {application.call.title}",
        link=reverse("application_desk", args=[application.authority.slug, application.pk]),
    )  # fmt: skip
