"""A partner’s own page: one measure, one period, no account. Looking changes nothing; only a pressed button does.

The link may be forwarded: the page shows what was reported on this measure, and no other measure, note or name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import outbox, ratelimit
from portal.views.methods import read_or_act
from strategy import links, reporting, rules
from strategy.own_reports import Card
from strategy.report_forms import ReportForm

if TYPE_CHECKING:
    import datetime as dt

    from strategy.models import StatusReport

POSTS_A_MINUTE = 20


@never_cache
@read_or_act
def partner_report(request: Any, key: str) -> HttpResponse:
    """Let the partner report, and correct the report until the period is closed."""
    if ratelimit.over_limit("partner", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE * 3):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = "60"
        return response
    now = timezone.now()
    report, today = links.partners_report(key, now), timezone.localdate(now)
    if report is None:
        return render(request, "strategy/partners/bad_link.html", {"noindex": True}, status=404)
    form = form_of(report, today)
    if request.method == "POST" and rules.takes_reports(report.period.facts, today):
        links.mark_used(key, now)
        form = take(request, report, today, now)
        if not form.errors:
            return redirect("partner_report", key)
    context = {
        "card": Card(report, form.before, today, form=form, is_open=True), "report": report, "form": form,
        "authority": report.authority, "takes": rules.takes_reports(report.period.facts, today), "noindex": True,
        "unit": report.participation.unit, "today": today,
    }  # fmt: skip
    return render(request, "strategy/partners/report.html", context)


def form_of(report: StatusReport, today: dt.date, data: Any = None) -> ReportForm:
    who = _("Your name or role, and the one you answer for. It stands in the report.")
    form = ReportForm(data, report=report, before=reporting.previous(report), today=today, asks_who=who)
    if not form.is_change:
        form.initial["reported_as"] = report.participation.partner
    return form


def take(request: Any, report: StatusReport, today: dt.date, now: dt.datetime) -> ReportForm:
    """Take what was written and mail a receipt; the form comes back with what stopped it."""
    form = form_of(report, today, request.POST)
    if not form.is_valid():
        return form
    answer = form.answer()
    try:
        row = reporting.submit(
            report, answer, at=now, seen=form.cleaned_data["seen"] or 0, partner=answer.reported_as
        )  # fmt: skip
    except reporting.Answered as overtaken:
        form.refuse_overwriting(overtaken.first, with_name=False)
    except ValidationError as error:
        form.refuse(error)
    except ObjectDoesNotExist as gone:
        raise Http404 from gone  # the measure was dropped while they wrote
    except PermissionDenied:
        form.add_error(None, _("The report has been given to someone else meanwhile."))
    else:
        send_receipt(row, now)
        messages.success(request, _("Thank you. We have your report, and a receipt is on its way by e-mail."))
    return form


def send_receipt(row: StatusReport, now: dt.datetime) -> None:
    """Mail what was answered to the address that the link was sent to; once for each answer."""
    outbox.notify(
        address=row.address, kind="partner_reported", subject=row,
        title=lambda: _("We have your report: %(measure)s") % {"measure": reporting.wording(row)}, link="",
        link_text="", template="partner_reported", authority=row.authority, occasion=f"receipt-{row.row_version}",
        on_date=timezone.localdate(now), thread=outbox.thread_of(row.period), report=row, period=row.period,
        measure=reporting.wording(row),
    )  # fmt: skip
