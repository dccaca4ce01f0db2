"""What one person is to report: all of it on one page, and one measure on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.models.base import key_in
from portal.views.methods import read_or_act
from strategy import asking, handling, own_reports, reporting, rules
from strategy.models import StatusReport
from strategy.own_reports import Card
from strategy.report_forms import ReportForm

if TYPE_CHECKING:
    import datetime as dt


def report_of(user: Any, pk: int) -> StatusReport:
    """Return the report for those who may answer it.

    Raises:
        Http404: for others it does not exist.
        PermissionDenied: they are known where it belongs, but it is not theirs to answer.
    """
    found: StatusReport = get_object_or_404(own_reports.with_all(StatusReport.objects.all()), pk=pk)
    if reporting.may_answer(user, found):
        return found
    permissions.turn_away(user, found.authority_id, found.plan.authority_id)


# ---- all that is hers ----


@never_cache
@login_required
@read_or_act
def my_reporting(request: Any) -> HttpResponse:
    """Show all that is hers to report, what waits first; take one answer at a time."""
    today, wrong = timezone.localdate(), None
    if request.method == "POST":
        report = report_of(request.user, key_in(request.POST.get("rapport", "")))
        wrong = press(request, report, today) if "uendret" in request.POST else send(request, report, today)
        if wrong is None:
            return redirect("my_reporting")
    mine = own_reports.gather(request.user, today)
    show_wrong(mine, wrong)
    context = {
        "mine": mine, "today": today, "form": wrong,
        "next": None if mine.count else own_reports.next_opening(request.user, today),
        "invented": any(card.report.invented for card in [*mine.waiting, *mine.done]),
    }  # fmt: skip
    return render(request, "strategy/reporting/my_reporting.html", context)


def show_wrong(mine: own_reports.Mine, wrong: ReportForm | None) -> None:
    """Put the form that could not be taken back in its place, open, with what was typed."""
    for card in [*mine.waiting, *mine.done] if wrong is not None else ():
        if card.report.pk == wrong.report.pk:  # type: ignore[union-attr]
            card.form, card.is_open = wrong, True
            if card in mine.done:
                mine.done.remove(card)
                mine.waiting.insert(0, card)
            return


def press(request: Any, report: StatusReport, today: dt.date) -> ReportForm | None:
    """Take “unchanged”; give the form back where more must be said, or someone has answered meanwhile."""
    before = reporting.previous(report)
    form = ReportForm(report=report, before=before, today=today)
    same = reporting.unchanged(report, before, today)
    if request.POST.get("tiltak", "") != str(report.participation.row_version):
        return refused(
            form, _("The measure has changed since you opened the page. See how it stands, and answer again.")
        )
    if not reporting.one_press(report, before, today):
        return refused(form, _("It is late. Say why, what the next step is, and give a new date."))
    return give(request, form, same, seen=seen_in(request.POST.get("sett", "")))


def refused(form: ReportForm, why: str) -> ReportForm:
    """Return the form with what it shows first as if it was typed, and the reason it is asked for."""
    bound = form.as_typed()
    bound.add_error(None, why)
    return bound


def send(request: Any, report: StatusReport, today: dt.date) -> ReportForm | None:
    """Take what was written; give the form back when it cannot be taken."""
    form = form_of(request, report, today, request.POST)
    if not form.is_valid():
        return form
    return give(request, form, form.answer(), seen=form.cleaned_data["seen"] or 0)


def give(request: Any, form: ReportForm, answer: reporting.Answer, *, seen: int) -> ReportForm | None:
    """Write the answer; give the form back with what stopped it."""
    try:
        row = reporting.submit(form.report, answer, at=timezone.now(), seen=seen, by=request.user)
    except ObjectDoesNotExist as gone:
        raise Http404 from gone  # the measure was dropped while she wrote
    except reporting.Answered as overtaken:
        form = form if form.is_bound else form.as_typed()
        form.refuse_overwriting(overtaken.first)
        return form
    except ValidationError as error:
        form = form if form.is_bound else form.as_typed()
        form.refuse(error)
        return form
    said = _("%(measure)s is reported. You may change your answer until the period is closed.")
    messages.success(request, said % {"measure": reporting.wording(row)})
    return None


def seen_in(text: str) -> int:
    """Return the version a page showed; what cannot be one is older than all."""
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def form_of(request: Any, report: StatusReport, today: dt.date, data: Any = None) -> ReportForm:
    """Return the form; an officer who answers for another says for whom."""
    who = "" if reporting.is_hers(request.user, report) else _("Name and role of the one who told you.")
    return ReportForm(data, report=report, before=reporting.previous(report), today=today, asks_who=who)


# ---- one measure ----


@never_cache
@login_required
@read_or_act
def report_measure(request: Any, report: int) -> HttpResponse:
    """Show one measure’s report with its form; take the answer, or let a colleague give it."""
    found, today = report_of(request.user, report), timezone.localdate()
    form = form_of(request, found, today)
    if request.method == "POST" and "kollega" in request.POST:
        return hand_over(request, found)
    if request.method == "POST":
        wrong = press(request, found, today) if "uendret" in request.POST else send(request, found, today)
        if wrong is None:
            return redirect(where_next(request, found))
        form = wrong
        found = form.report
    context = {
        "card": Card(found, form.before, today, form=form, is_open=True), "report": found, "form": form,
        "authority": found.authority, "takes": rules.takes_reports(found.period.facts, today), "today": today,
        "is_hers": reporting.is_hers(request.user, found), "left": own_reports.others_left(request.user, today, found),
        "colleagues": asking.colleagues(found.authority_id, today).exclude(pk=found.participation.person_id or 0),
        "invented": found.invented,
    }  # fmt: skip
    return render(request, "strategy/reporting/report_measure.html", context)


def where_next(request: Any, report: StatusReport) -> str:
    """Return the page after an answer: her own, or for one who answered for another the period's."""
    if reporting.is_hers(request.user, report):
        return reverse("my_reporting")
    return reporting.place_of(report)


def hand_over(request: Any, report: StatusReport) -> HttpResponse:
    """Let a colleague answer, or take the report back."""
    chosen = request.POST.get("kollega", "")
    to = None
    if not chosen:
        messages.warning(request, _("Choose a colleague."))
        return redirect(f"{request.path}#kollega")
    if chosen != "tilbake":
        to = get_object_or_404(asking.colleagues(report.authority_id, timezone.localdate()), pk=key_in(chosen))
        to = None if to.pk == report.participation.person_id else to
    seen = seen_in(request.POST.get("sett", ""))
    went = handling.delegate(report, to, by=request.user, at=timezone.now(), seen=seen)
    if not went:
        messages.warning(request, _("The report was answered or given away meanwhile. Look at it again."))
        return redirect("report_measure", report.pk)
    if to is None:
        messages.success(request, _("The report is back with the one responsible."))
    else:
        messages.success(request, _("%(who)s is told, and answers. You can take it back.") % {"who": to.name})
    report.person = to
    if reporting.may_answer(request.user, report):
        return redirect("report_measure", report.pk)
    return redirect("my_reporting")
