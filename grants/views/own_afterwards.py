"""What a recipient does while the project runs: asks for changes, and accounts for it when it is over."""

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
from django.views.decorators.cache import never_cache

from grants import own_lists, papers
from grants.afterwards import accounts, changing, closing
from grants.afterwards.after_forms import AccountsForm, AskChangeForm, sides_of
from grants.desk import proposing
from grants.grant_forms import add
from grants.models import Grant, GrantReport, ProjectChange
from grants.views.application_files import own_of
from portal.models.base import key_in
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from grants.applying.reach import Own

HERE = "grants/own_afterwards/"


def granted_of(own: Own) -> Grant:
    """Return the grant an application was given.

    Raises:
        Http404: it is not granted.
    """
    decision = proposing.standing_of(own.application)
    if decision is None or decision.grant is None or decision.notified_on is None:
        raise Http404
    grant: Grant = decision.grant
    grant.authority = own.application.authority
    return grant


def facts_of(own: Own, grant: Grant) -> dict[str, Any]:
    application = own.application
    return {
        "own": own, "application": application, "owner": application.authority, "authority": None, "grant": grant,
        "own_url": reverse("own_application", args=[application.pk]),
        "grant_url": reverse("own_grant", args=[grant.organisation_id, grant.pk]),
    }  # fmt: skip


# ---- changes ----


@never_cache
@login_required
@read_or_act
def ask_change(request: Any, application: int) -> HttpResponse:
    """Show what was asked for and answered; ask for a change, or take back what nobody has answered."""
    own = own_of(request, application)
    grant = granted_of(own)
    form = AskChangeForm(request.POST or None)
    if request.method == "POST":
        if request.POST.get("gjor") == "trekk":
            return take_back(request, own, grant)
        if form.is_valid() and (answered := send_change(request, own, grant, form)) is not None:
            return answered
    rows = list(ProjectChange.objects.filter(grant=grant).select_related("answered_by").order_by("-pk"))
    waiting = next((row for row in rows if row.state == ProjectChange.State.ASKED), None)
    can_ask = grant.state == Grant.State.GRANTED and waiting is None
    context = {**facts_of(own, grant), "rows": rows, "waiting": waiting, "form": form if can_ask else None}
    return render(request, f"{HERE}change.html", context)


def send_change(request: Any, own: Own, grant: Grant, form: AskChangeForm) -> HttpResponse | None:
    """Ask for what was written; nothing when the form must be shown again."""
    given = form.cleaned_data
    try:
        changing.ask(
            grant, own.application, given["text"], new_ends_on=given["new_ends_on"], by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("We have received it, and answer you here."))
    return redirect("ask_change", own.application.pk)


def take_back(request: Any, own: Own, grant: Grant) -> HttpResponse:
    row = get_object_or_404(ProjectChange, pk=key_in(request.POST.get("endring", "")), grant=grant)
    try:
        changing.withdraw(row, by=request.user, now=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
    else:
        messages.success(request, _("You have taken it back. You can ask again."))
    return redirect("ask_change", own.application.pk)


# ---- final accounts ----


@never_cache
@login_required
@read_or_act
def own_final_accounts(request: HttpRequest, application: int, report: int) -> HttpResponse:
    """Write final accounts against the budget, and send them; number 0 is accounts that no condition has asked for."""
    own = own_of(request, application)
    grant = granted_of(own)
    found = closing.final_report(grant)
    if not report:
        return begin(request, own, grant, found)
    if found is None or found.pk != report:
        raise Http404
    found.grant = grant
    may_write = found.state in papers.UNSENT and grant.state in papers.TAKES_PAPERS
    lines = closing.lines_of(found, own.application)
    form = form_for(request, found, lines) if may_write else None
    if request.method == "POST":
        if form is None:
            messages.warning(request, str(papers.stale().message))
            return redirect("own_final_accounts", own.application.pk, found.pk)
        if form.is_valid() and (answered := act(request, own, found, form)) is not None:
            return answered
    return show(request, own, found, lines, form)


def begin(request: Any, own: Own, grant: Grant, found: GrantReport | None) -> HttpResponse:
    """Go to the final accounts there are; else offer to begin them."""
    if found is None and request.method != "POST":
        return render(request, f"{HERE}begin.html", facts_of(own, grant))
    try:
        found = found or closing.begin(grant, by=request.user, now=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
        return redirect("own_application", own.application.pk)
    return redirect("own_final_accounts", own.application.pk, found.pk)


def form_for(request: Any, report: GrantReport, lines: list[accounts.Line]) -> AccountsForm:
    if request.method == "POST":
        return AccountsForm(request.POST, request.FILES, lines=lines, is_draft=request.POST.get("gjor") == "lagre")
    kept = closing.accounts_of(report)
    initial = {"seen": closing.version_of(report), "result": kept.result if kept else report.text,
               "jobs": kept.jobs_created if kept else None}  # fmt: skip
    return AccountsForm(initial=initial, lines=lines)


def act(request: Any, own: Own, report: GrantReport, form: AccountsForm) -> HttpResponse | None:
    """Save or send what was entered; nothing when the form must be shown again."""
    pressed = request.POST.get("gjor", "")
    if pressed not in ("send", "lagre"):
        raise Http404
    given: Any = {"by": request.user, "now": timezone.now(), "seen": form.version}
    try:
        if pressed == "send":
            closing.send(report, form.given, form.cleaned_data["files"], **given)
            messages.success(request, _("The final accounts are sent. We read them and tell you."))
            return redirect("own_final_accounts", own.application.pk, report.pk)
        closing.save(report, form.given, **given)
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("The accounts are saved, and not sent."))
    if form.cleaned_data["files"]:
        messages.warning(request, _("The files are not kept: choose them when you send."))
    return redirect("own_final_accounts", own.application.pk, report.pk)


def show(
    request: Any, own: Own, report: GrantReport, lines: list[accounts.Line], form: AccountsForm | None
) -> HttpResponse:
    kept = closing.accounts_of(report)
    entered = form.filled if form is not None and form.is_bound and form.is_valid() else lines
    context = {
        **facts_of(own, report.grant), "report": report, "form": form, "kept": kept, "lines": lines,
        "sums": accounts.sums(entered), "files": own_lists.with_files([report])[0].files,
        "settled": closing.what_it_makes(report, own.application) if kept else None,
        "chose_files": form is not None and form.is_bound and bool(request.FILES),
        "shown": sides_of(lines) if form is None else [],
    }  # fmt: skip
    return render(request, f"{HERE}accounts.html", context)
