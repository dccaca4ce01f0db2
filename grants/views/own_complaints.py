"""Complaining of a decision, from one’s own page; and how the complaint stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants.complaining import complaint_lists, deeds
from grants.complaining import rules_words as rules
from grants.complaining.complaint_forms import ComplainForm
from grants.desk import proposing
from grants.grant_forms import add
from grants.held import Handled
from grants.models import Application, Complaint
from grants.views.application_files import own_of
from grants.views.own_applications import may_bind
from portal.calendar import oslo_today
from portal.models.base import key_in
from portal.permissions import require
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from grants.applying.reach import Own
    from grants.models import Decision

HERE = "grants/own_complaints/"


@never_cache
@login_required
@read_or_act
def complain(request: HttpRequest, application: int) -> HttpResponse:
    """Show the complaints on an application and how they stand; complain, or take a complaint back."""
    own = own_of(request, application)
    standing, rows = told_of(own), complaints_of(own)
    if standing is None and not rows:
        messages.info(request, _("There is no decision to complain of now."))
        return redirect("own_application", own.application.pk)
    if request.method == "POST":
        require(may_bind(own, request.user))
        return act(request, own, standing, rows)
    if request.GET.get("gjor") == "trekk":
        return sure(request, own, rows)
    return page(request, own, standing, rows)


def told_of(own: Own) -> Decision | None:
    """Return the decision that stands, where the applicant has been told of it and it is not annulled."""
    found = proposing.standing_of(own.application)
    if found is None or found.notified_on is None or own.application.state == Application.State.SUBMITTED:
        return None
    found.application = own.application
    return found


def complaints_of(own: Own) -> list[Complaint]:
    rows = list(deeds.ROWS.filter(decision__application=own.application).order_by("-pk"))
    for row in rows:
        row.decision.application, row.authority = own.application, own.application.authority
    return rows


def facts_of(request: Any, own: Own) -> dict[str, Any]:
    application = own.application
    return {
        "own": own, "application": application, "owner": application.authority, "authority": None,
        "may_bind": may_bind(own, request.user), "own_url": reverse("own_application", args=[application.pk]),
        "page_url": reverse("complain", args=[application.pk]),
        "needs_more": not step_up.is_enough(request, Deed.COMPLAIN, application.authority),
    }  # fmt: skip


def page(
    request: Any, own: Own, standing: Decision | None, rows: list[Complaint], form: ComplainForm | None = None,
    *, chose_files: bool = False,
) -> HttpResponse:  # fmt: skip
    """Show how complaints stand, and the form where one may complain."""
    latest = next((row for row in rows if standing is not None and row.decision_id == standing.pk), None)
    context = facts_of(request, own)
    can = rules.may_complain(standing, latest)
    if can and standing is not None:
        today = oslo_today(timezone.now())
        dismissed = latest if latest is not None and latest.state == Complaint.State.DISMISSED else None
        last_day = rules.last_day(standing, dismissed)
        context |= {
            "form": form or ComplainForm(initial={"decision": standing.pk}), "last_day": last_day,
            "is_late": last_day is not None and today > last_day, "dismissed": dismissed,
            "body": rules.complaint_body_of(standing).name,
        }  # fmt: skip
    shown = [
        {"row": row, "shown": rules.to_complainant(row), "papers": complaint_lists.own_papers(row),
         "late": rules.is_late(row), "is_open": row.state in rules.UNDER_WAY}
        for row in rows
    ]  # fmt: skip
    context |= {"standing": standing, "complaints": shown, "chose_files": chose_files}
    return render(request, f"{HERE}complain.html", context)


def act(request: Any, own: Own, standing: Decision | None, rows: list[Complaint]) -> HttpResponse:
    """Send a complaint, or take one back, once she is known surely enough; what was written is shown again."""
    pressed = request.POST.get("gjor", "")
    if pressed == "trekk":
        return take_back(request, own, rows)
    if pressed != "klag" or standing is None:
        raise Http404
    form = ComplainForm(request.POST, request.FILES)
    if form.is_valid():
        if (more := step_up.ask(request, Deed.COMPLAIN, own.application.authority)) is not None:
            return more
        try:
            deeds.complain(own, form.cleaned_data["text"], by=request.user, now=timezone.now(), **form.facts())
        except Handled as handled:
            for text in handled.messages:
                messages.info(request, text)
            return redirect("complain", own.application.pk)
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("We have received your complaint. The receipt is below."))
            return redirect("complain", own.application.pk)
    return page(request, own, standing, rows, form, chose_files=bool(request.FILES))


def chosen(key: str, rows: list[Complaint]) -> Complaint:
    """Return the complaint that was chosen among one's own.

    Raises:
        Http404: none of hers.
    """
    found = next((row for row in rows if row.pk == key_in(key)), None)
    if found is None:
        raise Http404
    return found


def sure(request: Any, own: Own, rows: list[Complaint]) -> HttpResponse:
    """Ask once more before a complaint is taken back."""
    require(may_bind(own, request.user))
    row = chosen(request.GET.get("klage", ""), rows)
    if row.state not in rules.UNDER_WAY:
        return redirect("complain", own.application.pk)
    return render(request, f"{HERE}take_back.html", {**facts_of(request, own), "row": row})


def take_back(request: Any, own: Own, rows: list[Complaint]) -> HttpResponse:
    row = chosen(request.POST.get("klage", ""), rows)
    if (more := step_up.ask(request, Deed.COMPLAIN, own.application.authority)) is not None:
        return more
    try:
        deeds.withdraw(row, own, by=request.user, now=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
    else:
        messages.success(request, _("The complaint is withdrawn. The decision stands."))
    return redirect("complain", own.application.pk)
