"""Reporting as a plan's officers work with it: its periods, and who has reported in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import permissions
from portal.case_path import when
from portal.models.base import key_in
from portal.views.methods import read_or_act
from strategy import asking, handling, period_lists, periods
from strategy.adoption import mid_sentence
from strategy.models import ReportingPeriod, StatusReport
from strategy.period_forms import KINDS, DelegateForm, PeriodForm, likely_kind, suggested
from strategy.views.period_visit import Visit, period_facts, period_in, say, visit_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from strategy.period_lists import Line

# ---- all periods ----


@never_cache
@login_required
@require_safe
def reporting_periods(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """List the plan's periods, newest first, with how many have reported and the reports made."""
    visit = visit_of(request, authority, plan)
    rows = period_lists.periods_of(visit.plan, request.user, visit.today, owns=visit.owns)
    return render(request, "strategy/periods/periods.html", {**visit.facts, "rows": rows})


@never_cache
@login_required
@read_or_act
def new_period(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show a form filled with the next period, by the kind in the address; store it on POST."""
    visit = visit_of(request, authority, plan)
    permissions.require(visit.owns)
    kind = request.GET.get("slag", "")
    kind = kind if kind in KINDS else likely_kind(visit.plan)
    draft = suggested(visit.plan, kind, visit.today)
    form = PeriodForm(request.POST or None, instance=draft, today=visit.today)
    if request.method == "POST" and form.is_valid():
        try:
            period = periods.add_period(form.save(commit=False), by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s is planned. It opens by itself on its day.") % {"name": period.name})
            return redirect(period.get_absolute_url())
    kinds = [{"word": word, "label": label, "is_chosen": word == kind} for word, (_kind, label) in KINDS.items()]
    return render(request, "strategy/periods/period_form.html", {**visit.facts, "form": form, "kinds": kinds})


# ---- one period ----


@never_cache
@login_required
@read_or_act
def reporting_period(request: HttpRequest, authority: str, plan: str, period: int) -> HttpResponse:
    """Show who has reported and who has not; ask before a deed, and do it on POST."""
    visit = visit_of(request, authority, plan)
    found = period_in(visit, period)
    deed = request.POST.get("gjor", "") if request.method == "POST" else request.GET.get("gjor", "")
    if deed == "endre":
        return change_period(request, visit, found)
    if request.method == "POST" and "bekreft" in request.POST:
        return act(request, visit, found, deed)
    if request.method == "POST" or deed:
        return confirm(request, visit, found, deed)
    lines = period_lists.lines_of(found, request.user, visit.today)
    asked = period_lists.Asked.of(request)
    if form := request.GET.get("fil"):
        return period_lists.as_file(form, found, period_lists.fitting(lines, asked))
    context = {**period_facts(visit, found), **period_lists.overview(lines, asked)}
    if "utskrift" in request.GET:
        return render(request, "strategy/periods/print.html", context)
    may_ask = context["takes_reports"] and any(line.may_ask for line in lines)
    context |= {
        "may_choose": may_ask or context["may_act"], "choose_all": "velg" in request.GET,
        "plan_reports": reports_made(visit, found),
        "treated": when(found.step, in_text=True) if found.step else "",
        "body": mid_sentence(str(found.body or "")),
    }  # fmt: skip
    return render(request, "strategy/periods/period.html", context)


def reports_made(visit: Visit, period: ReportingPeriod) -> list[Any]:
    """Return the frozen reports of the period; those not released are for the plan's owner only."""
    rows = period.plan_reports.order_by("number", "version").defer("content", "html")
    return list(rows if visit.owns else rows.filter(released_at__isnull=False))


def change_period(request: Any, visit: Visit, period: ReportingPeriod) -> HttpResponse:
    """Show the period in a form; once it is open, without its days. A colleague's change is not overwritten unseen."""
    permissions.require(visit.owns)
    if request.method == "POST":
        with transaction.atomic():
            row = periods.lock(period)
            form = PeriodForm(request.POST, instance=row, today=visit.today)
            if form.is_valid():
                form.save()
                handling.record(row, "period_changed", request.user, fields=sorted(form.changed_data))
                messages.success(request, _("The period is saved."))
                return redirect(period.get_absolute_url())
    else:
        form = PeriodForm(instance=period, today=visit.today)
    return render(request, "strategy/periods/period_form.html", {**period_facts(visit, period), "form": form})


def chosen_in(request: Any) -> dict[int, int | None]:
    """Return the reports that were ticked, each with the version the page showed."""
    pairs = (each.partition("-") for each in request.POST.getlist("valgt"))
    return {key_in(pk): key_in(version) for pk, _dash, version in pairs if key_in(pk)}


def chosen_lines(request: Any, visit: Visit, period: ReportingPeriod) -> list[Line]:
    """Return the ticked reports that the user sees in this period; what else was sent is not there."""
    chosen = chosen_in(request)
    return [
        line for line in period_lists.lines_of(period, request.user, visit.today) if line.report.pk in chosen
    ]  # fmt: skip


def confirm(request: Any, visit: Visit, period: ReportingPeriod, deed: str) -> HttpResponse:
    """Show what a deed would do, to whom, and a button that does it."""
    if deed not in OF_PERIOD and deed not in OF_REPORTS:
        raise Http404
    permissions.require(visit.owns if deed in OF_PERIOD else visit.works)
    context = {**period_facts(visit, period), "deed": deed}
    if deed in OF_PERIOD:
        template, look = OF_PERIOD[deed]
        return render(request, template, {**context, **look(request, visit, period)})
    lines = chosen_lines(request, visit, period)
    if deed == "minn" and not lines and request.method == "GET":
        lines = [line for line in period_lists.lines_of(period, request.user, visit.today) if line.may_ask]
    if not lines:
        messages.info(request, _("Choose at least one report first."))
        return redirect(period.get_absolute_url())
    left = 0
    if deed != "minn":  # another authority decides over its own
        own = [line for line in lines if line.may_act]
        permissions.require(bool(own))
        lines, left = own, len(lines) - len(own)
    context |= {**before(deed, lines, visit.today), "lines": lines, "others": left}
    return render(request, OF_REPORTS[deed], context)


def before(deed: str, lines: list[Line], today: dt.date) -> dict[str, Any]:
    """Return whom a deed would meet among the chosen, and whom it leaves alone."""
    if deed == "minn":
        waiting = [line for line in lines if (not line.is_reported or line.is_returned) and line.may_ask]
        told = [line for line in waiting if periods.was_reminded(line.report, today)]
        meets = [line for line in waiting if line.has_answerer and line not in told]
        return {"meets": meets, "told": len(told), "nobody": sum(not line.has_answerer for line in waiting)}
    if deed == "gi":
        meets = [line for line in lines if not line.is_reported or line.is_returned]
        owners = {line.report.authority_id for line in lines}
        form = DelegateForm(authorities=owners, today=today)
        return {"meets": meets, "form": form, "is_mixed": len(owners) > 1, "left": len(lines) - len(meets)}
    meets = [line for line in lines if not handling.obstacle_to_approving(line.report, today)]
    moves = [(line, handling.what_moves(line.report, today)) for line in meets]
    return {"meets": meets, "moves": moves, "left": len(lines) - len(meets)}


def before_opening(request: Any, visit: Visit, period: ReportingPeriod) -> dict[str, Any]:
    """Return how many would be asked, and about what there is nobody to ask."""
    parts = list(periods.to_ask(period).select_related("person", "measure__current_entry__strategy"))
    nobody = [part for part in parts if not ((part.person and part.person.is_active) or part.partner_address)]
    people = {part.person_id or part.partner_address.lower() for part in parts if part not in nobody}
    return {"asked": len(parts), "receivers": len(people), "nobody": nobody}


def before_closing(request: Any, visit: Visit, period: ReportingPeriod) -> dict[str, Any]:
    return {"missing": period.reports.filter(reported_at__isnull=True).count()}


OF_PERIOD: dict[str, Any] = {
    "apne": ("strategy/periods/confirm_open.html", before_opening),
    "lukk": ("strategy/periods/confirm_close.html", before_closing),
    "gjenapne": ("strategy/periods/confirm_reopen.html", lambda *_given: {}),
    "slett": ("strategy/periods/confirm_delete.html", lambda *_given: {}),
}
"""What is done with the period as a whole: the page that asks, and what it shows."""
OF_REPORTS = {
    "minn": "strategy/periods/confirm_remind.html", "gi": "strategy/periods/confirm_delegate.html",
    "godkjenn": "strategy/periods/confirm_approve.html",
}  # fmt: skip
"""What is done with the chosen reports."""


def act(request: Any, visit: Visit, period: ReportingPeriod, deed: str) -> HttpResponse:
    """Do what was pressed and say what came of it."""
    deeds = {
        "apne": open_period, "lukk": close, "gjenapne": reopen, "slett": delete, "minn": remind, "gi": delegate,
        "godkjenn": approve,
    }  # fmt: skip
    if deed not in deeds:
        raise Http404
    permissions.require(visit.owns if deed in OF_PERIOD else visit.works)
    try:
        text = deeds[deed](request, visit, period)
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(request, text)
    is_there = ReportingPeriod.objects.filter(pk=period.pk).exists()
    return redirect(period.get_absolute_url() if is_there else reverse("reporting_periods", args=visit.places))


def open_period(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    made = periods.open_period(period, at=timezone.now(), by=request.user)
    nobody = len(asking.nobody_to_ask(made))
    text = ngettext("%d report is asked for.", "%d reports are asked for.", len(made)) % len(made)
    if nobody:
        more = ngettext("For %d there is nobody to ask.", "For %d there is nobody to ask.", nobody) % nobody
        return f"{text} {more}"
    return text


def close(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    periods.close_period(period, by=request.user, on=visit.today)
    return _("The period is closed.")


def reopen(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    periods.reopen_period(period, by=request.user)
    return _("The period takes reports again.")


def delete(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    name = period.name
    periods.delete_period(period, by=request.user)
    return _("%(name)s is deleted.") % {"name": name}


def remind(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    only = {line.report.pk for line in chosen_lines(request, visit, period)}
    told = periods.remind(period, by=request.user, at=timezone.now(), only=only)
    return ngettext("%d reminder is on its way.", "%d reminders are on their way.", told) % told


def versions_of(request: Any, visit: Visit, period: ReportingPeriod) -> dict[int, int | None]:
    """Return the ticked reports that the user sees, with the versions she saw."""
    seen = chosen_in(request)
    return {line.report.pk: seen[line.report.pk] for line in chosen_lines(request, visit, period)}


def delegate(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    chosen = versions_of(request, visit, period)
    owners = StatusReport.objects.filter(pk__in=chosen).values_list("authority_id", flat=True)
    form = DelegateForm(request.POST, authorities=set(owners), today=visit.today)
    if not form.is_valid():
        raise ValidationError(_("Choose someone who works in the same authority."))
    went, left = periods.delegate_many(chosen, form.cleaned_data["to"], by=request.user, at=timezone.now())
    return with_left(ngettext("%d report is given on.", "%d reports are given on.", went) % went, left)


def approve(request: Any, visit: Visit, period: ReportingPeriod) -> str:
    done, left = periods.approve_dates(versions_of(request, visit, period), by=request.user, on=visit.today)
    return with_left(ngettext("%d new date is approved.", "%d new dates are approved.", done) % done, left)


def with_left(text: str, left: int) -> str:
    """Add how many were left alone because they changed meanwhile or had nothing to do."""
    if not left:
        return text
    more = ngettext(
        "%d is left as it is: it has changed meanwhile, or there was nothing to do.",
        "%d are left as they are: they have changed meanwhile, or there was nothing to do.",
        left,
    )
    return f"{text} {more % left}"
