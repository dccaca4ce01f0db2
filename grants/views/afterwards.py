"""What follows a grant, as the desk handles it: changes that are asked for, and final accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import own_lists, permissions
from grants.afterwards import accounts, changing, closing
from grants.afterwards.after_forms import AnswerChangeForm, BackForm, ReadAccountsForm, sides_of
from grants.desk import gate
from grants.desk.handling import handles
from grants.grant_forms import add
from grants.models import Application, GrantReport, ProjectChange
from portal import access_log
from portal.permissions import require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HERE = "grants/afterwards/"
PER_PAGE = 50
State, Report = ProjectChange.State, GrantReport.State


# ---- changes ----


@never_cache
@login_required
@require_safe
def project_changes(request: HttpRequest, authority: str) -> HttpResponse:
    """List the changes that are asked for, those that wait first: who asks, and nothing of what it says."""
    owner = desk_of(request.user, authority)
    require(permissions.may(request.user, owner.pk, permissions.SEES))
    rows = ProjectChange.objects.filter(authority=owner).select_related("grant__case__application__call")
    waiting = rows.filter(state=State.ASKED).order_by("asked_at", "pk")
    answered = Paginator(rows.exclude(state=State.ASKED).order_by("-answered_at", "-pk"), PER_PAGE)
    context = {
        "authority": owner, "waiting": waiting, "page": answered.get_page(request.GET.get("side")),
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, f"{HERE}changes.html", context)


@never_cache
@login_required
@read_or_act
def answer_change(request: Any, authority: str, change: int) -> HttpResponse:
    """Show a change that is asked for, and answer it."""
    owner = desk_of(request.user, authority)
    rows = ProjectChange.objects.select_related("grant__case__application", "asked_by", "answered_by")
    row = get_object_or_404(rows, pk=change, authority=owner, grant__case__application__isnull=False)
    found = gate.application_of(request.user, authority, row.grant.case.application.pk)  # type: ignore[attr-defined]
    if (stop := gate.gate(request, found)) is not None:
        return stop
    row.grant.authority = owner
    may_answer = handles(request.user, owner.pk) and row.state == State.ASKED
    form = None
    if request.method == "POST":
        require(handles(request.user, owner.pk))
        form = AnswerChangeForm(request.POST)
        if form.is_valid() and (answered := give(request, row, found, form)) is not None:
            return answered
    elif may_answer:
        given = {"seen": row.row_version, "new_ends_on": row.new_ends_on, "new_use_by": row.grant.use_by}
        form = AnswerChangeForm(initial=given)
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    context = {"authority": owner, "application": found, "row": row, "grant": row.grant, "form": form}
    return render(request, f"{HERE}answer.html", context)


def give(request: Any, row: ProjectChange, application: Application, form: AnswerChangeForm) -> HttpResponse | None:
    """Give the answer that was pressed; nothing when the form must be shown again."""
    given = form.cleaned_data
    agreed = given["agreed"] == "ja"
    try:
        changing.answer(
            row, application, agreed=agreed, text=given["answer"], new_ends_on=given["new_ends_on"],
            new_use_by=given["new_use_by"], by=request.user, now=timezone.now(), seen=form.version,
        )  # fmt: skip
    except ValidationError as error:
        add(form, error)
        return None
    told = _("The change is agreed. The recipient is told.") if agreed else _("The recipient is told why not.")
    messages.success(request, told)
    return redirect("project_changes", application.authority.slug)


# ---- final accounts ----


@never_cache
@login_required
@read_or_act
def read_final_accounts(request: Any, authority: str, application: int, report: int) -> HttpResponse:
    """Show final accounts against the budget and what they make of the grant; approve them, or send them back."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    rows = GrantReport.objects.select_related("grant__organisation", "accounts", "read_by", "sent_by")
    row = get_object_or_404(rows, pk=report, grant__case=found.case_id)
    if row.state in (Report.AWAITED, Report.RETURNED) or closing.accounts_of(row) is None:
        return render(request, f"{HERE}awaited.html", {"authority": found.authority, "application": found, "row": row})
    row.grant.authority = found.authority
    may_read = handles(request.user, found.authority_id) and row.state == Report.SENT
    whole = accounts.sums(closing.lines_of(row, found)).actual_nok
    pressed = request.POST.get("gjor", "")
    initial = {"seen": row.row_version}
    forms = {
        "ja": ReadAccountsForm(request.POST if pressed in ("ja", "regn") else None, whole_nok=whole,
                               initial={**initial, "counted_nok": whole}),
        "nei": BackForm(request.POST if pressed == "nei" else None, prefix="nei", initial=initial),
    }  # fmt: skip
    counted = None
    if request.method == "POST":
        require(handles(request.user, found.authority_id))
        answered, counted = act(request, found, row, forms, pressed)
        if answered is not None:
            return answered
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    return render(request, f"{HERE}accounts.html", page_facts(found, row, forms if may_read else {}, counted))


def act(
    request: Any, application: Application, row: GrantReport, forms: dict[str, Any], pressed: str
) -> tuple[HttpResponse | None, int | None]:
    """Approve, send back, or only reckon with fewer costs; the costs to show when the page must be shown again."""
    if pressed not in ("ja", "nei", "regn"):
        raise Http404
    form = forms["nei" if pressed == "nei" else "ja"]
    if not form.is_valid():
        return None, None
    given: Any = {"by": request.user, "now": timezone.now(), "seen": form.version}
    try:
        if pressed == "nei":
            closing.send_back(row, application, form.cleaned_data["note"], **given)
            messages.success(request, _("The final accounts are sent back. The recipient is told what is missing."))
        elif pressed == "ja":
            facts = form.cleaned_data
            closing.approve(row, application, counted_nok=facts["counted_nok"], note=facts["note"], **given)
            messages.success(request, _("The final accounts are approved, and the grant follows them."))
        else:
            return None, form.cleaned_data["counted_nok"]
    except ValidationError as error:
        add(form, error)
        return None, form.cleaned_data.get("counted_nok")
    return redirect("read_final_accounts", application.authority.slug, application.pk, row.pk), None


def page_facts(
    application: Application, row: GrantReport, forms: dict[str, Any], counted_nok: int | None
) -> dict[str, Any]:
    """Return what the page shows of final accounts."""
    lines = closing.lines_of(row, application)
    return {
        "authority": application.authority, "application": application, "row": row, "grant": row.grant,
        "kept": closing.accounts_of(row), "sides": sides_of(lines), "sums": accounts.sums(lines), "forms": forms,
        "settled": closing.what_it_makes(row, application, counted_nok=counted_nok), "counted_nok": counted_nok,
        "budget_nok": closing.budget_nok(application, lines), "files": own_lists.with_files([row])[0].files,
        "is_approved": row.state == Report.APPROVED,
    }  # fmt: skip
