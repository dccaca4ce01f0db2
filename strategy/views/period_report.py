"""One report as officers see it: what was said before, what changed, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.changes import changes_of
from portal.models.base import key_in
from portal.views.methods import read_or_act
from strategy import asking, handling, period_lists, periods, reporting
from strategy.period_forms import DelegateForm, SendBackForm
from strategy.period_lists import Asked
from strategy.views.period_visit import Visit, period_facts, period_in, say, visit_of

if TYPE_CHECKING:
    from django.forms import Form

    from strategy.models import ReportingPeriod
    from strategy.period_lists import Line

EARLIER = 6
"""How many earlier answers are shown."""


@never_cache
@login_required
@read_or_act
def period_report(request: Any, authority: str, plan: str, period: int, report: int) -> HttpResponse:
    """Show one report with what was said before; send it back, give it on, approve its date or remind on POST."""
    visit = visit_of(request, authority, plan)
    found = period_in(visit, period)
    lines = period_lists.lines_of(found, request.user, visit.today)
    line = next((each for each in lines if each.report.pk == report), None)
    if line is None:
        raise Http404
    forms: dict[str, Form] = {
        "tilbake": SendBackForm(initial={"question": line.report.question}),
        "gi": DelegateForm(
            authorities=[line.report.authority_id], today=visit.today, initial={"to": line.report.person_id}
        ),
    }  # fmt: skip
    asked = Asked.of(request)
    here = f"{request.path}?{query}" if (query := asked.query()) else request.path
    if request.method == "POST" and act(request, visit, found, line, forms):
        return redirect(here)
    return render(request, "strategy/periods/report.html", context_of(request, visit, found, line, lines, forms))


def act(request: Any, visit: Visit, period: ReportingPeriod, line: Line, forms: dict[str, Form]) -> bool:
    """Do what was pressed and say what came of it; a form with faults is put among `forms`, and gives no."""
    report, deed = line.report, request.POST.get("gjor", "")
    permissions.require(line.may_act or (line.may_ask and deed in ("tilbake", "minn", "lenke")))
    seen, now = key_in(request.POST.get("sett", "")), timezone.now()
    if deed in forms:
        form = forms[deed] = (
            SendBackForm(request.POST)
            if deed == "tilbake"
            else DelegateForm(request.POST, authorities=[report.authority_id], today=visit.today)
        )
        if not form.is_valid():
            return False
    try:
        match deed:
            case "tilbake":
                periods.send_back(report, form.cleaned_data["question"], by=request.user, at=now, seen=seen)
                text = _("The report is sent back, and who reported is told.")
            case "gi":
                went = periods.delegate(report, form.cleaned_data["to"], by=request.user, at=now, seen=seen)
                text = (
                    _("The report is given on.") if went else _("The report has changed meanwhile. Nothing was done.")
                )
            case "godkjenn":
                periods.approve_date(report, by=request.user, on=visit.today, seen=seen)
                text = _("The new date is approved and stands in the plan.")
            case "minn":
                told = periods.remind(period, by=request.user, at=now, only={report.pk})
                text = _("The reminder is on its way.") if told else _("No reminder was sent: one has gone today.")
            case "lenke":
                periods.send_link(report, by=request.user, at=now, seen=seen)
                text = _("A new link is on its way. The old one no longer works.")
            case _:
                raise Http404
    except ValidationError as error:
        say(request, error)
        return deed != "tilbake"  # the question that was typed stays on the page
    messages.success(request, text)
    return True


def context_of(
    request: Any, visit: Visit, period: ReportingPeriod, line: Line, lines: list[Line], forms: dict[str, Form]
) -> dict[str, Any]:
    """Return all that the page of one report shows."""
    report, asked = line.report, Asked.of(request)
    order = period_lists.fitting(lines, asked)
    place = next((number for number, each in enumerate(order) if each.report.pk == report.pk), None)
    obstacle = handling.obstacle_to_approving(report, visit.today)
    faulty = next((form for form in forms.values() if form.errors), None)
    takes = period_facts(visit, period)["takes_reports"]
    earlier = reporting.earlier(report.participation_id, report.period.ends_on)
    return {
        **period_facts(visit, period), "line": line, "report": report, "part": report.participation,
        "send_back": forms["tilbake"], "delegate": forms["gi"], "form": faulty, "query": asked.query(),
        "earlier": list(earlier.select_related("period")[:EARLIER]),
        "changes": [each for each in changes_of(report, request.user) if each["changes"]],
        "previous": order[place - 1] if place else None,
        "next": order[place + 1] if place is not None and place + 1 < len(order) else None,
        "moves": handling.what_moves(report, visit.today) if not obstacle else [], "obstacle": obstacle,
        "may_send_back": line.may_ask and takes and line.is_reported,
        "may_delegate": line.may_act and takes and (not line.is_reported or line.is_returned),
        "may_remind": line.may_ask and takes and line.has_answerer and (not line.is_reported or line.is_returned),
        "was_reminded": periods.was_reminded(report, visit.today),
        "may_register": takes and reporting.may_answer(request.user, report),
        "register_url": reverse("report_measure", args=[report.pk]),
        "measure_url": reverse("measure_page", args=[*visit.places, report.participation.measure_id]),
        "is_partner": bool(report.address),
        "answerer": asking.who_answers(report),
    }  # fmt: skip
