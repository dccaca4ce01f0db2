"""What the national aid register is to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import held
from grants.grant_forms import add
from grants.minimis_aid import report_lists, reports
from grants.minimis_aid.aid_forms import LeftOutForm, ReportedForm
from grants.models import AidReport
from grants.permissions import SEES, may
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Authority

HERE = "grants/aid_reports/"


@never_cache
@login_required
@read_or_act
def aid_reports(request: Any, authority: str) -> HttpResponse:
    """List what is to be reported, the earliest due first; those chosen are marked together."""
    owner = desk_of(request.user, authority)
    require(may(request.user, owner.pk, SEES))
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        require(may(request.user, owner.pk, reports.MARKS))
        if deed not in DEEDS:
            raise Http404
        return DEEDS[deed](request, owner)
    if request.method == "POST":
        raise Http404
    return show(request, owner, ReportedForm(initial={"on": timezone.localdate()}))


def show(request: Any, owner: Authority, form: ReportedForm, chosen: set[int] | None = None) -> HttpResponse:
    context = {
        **report_lists.listed(owner, request.GET.get("vis", ""), request.GET.get("side"), timezone.localdate()),
        "authority": owner, "form": form, "chosen": chosen or set(),
        "writes": may(request.user, owner.pk, reports.MARKS),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


def back(request: Any, owner: Authority, text: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect("aid_reports", owner.slug)


def of_page(owner: Authority, key: str) -> AidReport:
    rows = AidReport.objects.select_related("grant__organisation", "grant__aid")
    found: AidReport = get_object_or_404(rows, pk=key_in(key), authority=owner)
    return found


def mark(request: Any, owner: Authority) -> HttpResponse:
    """Mark those that are chosen as reported."""
    if request.method != "POST":
        raise Http404
    form = ReportedForm(request.POST)
    keys = {key for text in request.POST.getlist("melding")[: report_lists.PER_PAGE] if (key := key_in(text))}
    rows = list(AidReport.objects.filter(authority=owner, pk__in=keys))
    if not rows:
        form.add_error(None, _("Choose what you have reported."))
    if form.is_valid():
        seen = {row.pk: key_in(request.POST.get(f"sett-{row.pk}", "")) for row in rows}
        try:
            done = reports.mark(
                [(row, seen[row.pk]) for row in rows], by=request.user, on=form.cleaned_data["on"],
                receipt=form.cleaned_data["receipt"], today=timezone.localdate(),
            )  # fmt: skip
        except held.Handled as handled:
            return back(request, owner, handled.messages[0], messages.WARNING)
        except ValidationError as error:
            add(form, error)
        else:
            if not done:
                return back(request, owner, _("All of them were marked already."), messages.INFO)
            text = ngettext("%d report is marked.", "%d reports are marked.", len(done)) % len(done)
            return back(request, owner, text)
    return show(request, owner, form, keys)


def leave_out(request: Any, owner: Authority) -> HttpResponse:
    """Ask why something is not to be reported."""
    row = of_page(owner, request.GET.get("melding") or request.POST.get("melding", ""))
    form = LeftOutForm(request.POST if request.method == "POST" else None, initial={"seen": row.row_version})
    if form.is_bound and form.is_valid():
        try:
            reports.leave_out(row, why=form.cleaned_data["why"], by=request.user, version=form.cleaned_data["seen"])
        except held.Handled as handled:
            return back(request, owner, handled.messages[0], messages.WARNING)
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, owner, _("It is taken out of the queue."))
    context = {"authority": owner, "row": row, "form": form, "list_url": reverse("aid_reports", args=[owner.slug])}
    return render(request, f"{HERE}leave_out.html", context)


def open_again(request: Any, owner: Authority) -> HttpResponse:
    """Put something back in the queue."""
    if request.method != "POST":
        raise Http404
    row = of_page(owner, request.POST.get("melding", ""))
    try:
        reports.open_again(row, by=request.user, version=key_in(request.POST.get("seen", "")))
    except ValidationError as error:
        return back(request, owner, error.messages[0], messages.WARNING)
    return back(request, owner, _("It is in the queue again."))


DEEDS = {"meld": mark, "utelat": leave_out, "gjenapne": open_again}


@never_cache
@login_required
@require_safe
def aid_reports_file(request: Any, authority: str) -> HttpResponse:
    """Send what the list shows, with what the register's own form asks for."""
    owner = desk_of(request.user, authority)
    require(may(request.user, owner.pk, SEES))
    return report_lists.as_file(owner, request.GET.get("vis", ""))
