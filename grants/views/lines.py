"""Budget lines: the list, and one line with what is done to it: changed, divided, adopted, turned down, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import budgeting, lines
from grants.line_forms import AdoptForm, DecisionForm, DimensionsForm, LineForm, WhyForm
from grants.models import BudgetLine, Stage
from grants.permissions import DECIDES, SETS_UP, may
from portal import access_log, permissions
from portal.models import AccessLog
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority

HERE = "grants/lines/"


# ---- the list ----


@never_cache
@login_required
@read_or_act
def budget_lines(request: HttpRequest, authority: str) -> HttpResponse:
    """List the authority's budget lines; draw up a new one."""
    owner = desk_of(request.user, authority)
    if request.method == "POST" or "ny" in request.GET:
        return new_line(request, owner)
    asked = lines.asked_of(request.GET)
    if form := request.GET.get("fil"):
        return lines.as_file(form, owner, asked)
    context = {
        "authority": owner, "may_set_up": may(request.user, owner.pk, SETS_UP),
        **lines.listed(owner, asked, request.GET.get("side")),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


def new_line(request: Any, authority: Authority) -> HttpResponse:
    """Draw up a line: from nothing, as a part of another, or like one of the year before."""
    permissions.require(may(request.user, authority.pk, SETS_UP))
    whole, like = given(request, authority, "del"), given(request, authority, "etter")
    form = LineForm(
        request.POST if request.method == "POST" else None, instance=BudgetLine(authority=authority),
        authority=authority, initial=initial_of(request, whole, like),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = budgeting.propose(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The line is drawn up. It holds no money before it is adopted."))
            return redirect(page_url(made))
    return render(request, f"{HERE}new.html", {"authority": authority, "form": form, "whole": whole, "like": like})


def given(request: Any, authority: Authority, name: str) -> BudgetLine | None:
    """Return the line that an address says the new one is made from.

    Raises:
        Http404: there is no such line here.
    """
    key = request.GET.get(name, "")
    return get_object_or_404(BudgetLine, pk=key_in(key), authority=authority) if key else None


def initial_of(request: Any, whole: BudgetLine | None, like: BudgetLine | None) -> dict[str, Any]:
    """Return what a new line's form says to begin with."""
    if whole is not None:
        return {"scheme": whole.scheme_id, "year": whole.year, "area": whole.area, "parent": whole.pk}
    if like is not None:
        return {
            "scheme": like.scheme_id, "year": like.year + 1, "name": like.name, "area": like.area,
            "recipient": like.recipient_id, "amount_nok": like.amount_nok, "into_fund": like.fund_id is not None,
            "dimensions": like.dimensions,
        }  # fmt: skip
    year = key_in(request.GET.get("ar", ""))
    return {"year": year if 1990 <= year <= 2100 else timezone.localdate().year + 1}


# ---- one line ----


@never_cache
@login_required
@read_or_act
def budget_line(request: HttpRequest, authority: str, line: int) -> HttpResponse:
    """Show a line with its parts and entries; what is done to it has an address of its own under `gjor`."""
    owner = desk_of(request.user, authority)
    rows = BudgetLine.objects.select_related("scheme", "recipient", "parent", "fund", "step__body", "step__case")
    found = get_object_or_404(rows, pk=line, authority=owner)
    found.authority = owner
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        roles, act = DEEDS.get(deed, (SETS_UP, None))
        permissions.require(may(request.user, owner.pk, roles))
        if act is None:
            raise Http404
        return act(request, found)
    if request.method == "POST":
        raise Http404
    if found.step is not None:
        access_log.saw(request.user, found.step.case, AccessLog.What.CASE)
    parts = list(found.parts.select_related("recipient").order_by("position", "pk"))
    context = {
        **facts_of(request, found), "parts": parts, "decided": lines.decided(found),
        "left_nok": found.amount_nok - sum(part.amount_nok for part in parts if part.stage != Stage.REJECTED),
        "entries": list(found.entries.select_related("account", "by", "reversed_by").order_by("pk")),
        "conditions": list(found.conditions.filter(grant=None)),
    }  # fmt: skip
    return render(request, f"{HERE}line.html", context)


def facts_of(request: Any, line: BudgetLine) -> dict[str, Any]:
    """Return what every page of a line shows."""
    owner = line.authority
    return {
        "authority": owner, "line": line, "may_set_up": may(request.user, owner.pk, SETS_UP),
        "may_decide": may(request.user, owner.pk, DECIDES), "page_url": page_url(line),
        "list_url": reverse("budget_lines", args=[owner.slug]),
    }  # fmt: skip


def page_url(line: BudgetLine) -> str:
    return reverse("budget_line", args=[line.authority.slug, line.pk])


def ask(request: Any, line: BudgetLine, template: str, **facts: Any) -> HttpResponse:
    return render(request, f"{HERE}{template}.html", {**facts_of(request, line), **facts})


def back(request: Any, line: BudgetLine, text: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect(page_url(line))


def tried(form: Any, line: BudgetLine, act: Callable[[], Any]) -> bool:
    """Do a deed; where it is refused, say so in the form and keep what was typed."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        if getattr(error, "code", "") == "stale" and "seen" in form.fields:  # she is told; pressed again, she knows
            form.data = {**form.data.dict(), "seen": BudgetLine.objects.values_list("row_version").get(pk=line.pk)[0]}
        return False
    return True


def change(request: Any, line: BudgetLine) -> HttpResponse:
    """Change a line that is not decided; of one that is adopted, only where it is accounted."""
    if line.stage == Stage.ADOPTED:
        return change_dimensions(request, line)
    with transaction.atomic():
        form = LineForm(request.POST if request.method == "POST" else None, instance=line, authority=line.authority)
        if (
            request.method == "POST" and form.is_valid()
            and tried(form, line, lambda: budgeting.propose(form.save(commit=False), by=request.user))
        ):  # fmt: skip
            return back(request, line, _("The line is saved."))
    return ask(request, line, "form", form=form, heading=_("Change the line"), deed="endre", button=_("Save"))


def change_dimensions(request: Any, line: BudgetLine) -> HttpResponse:
    """Change where an adopted line is accounted."""
    with transaction.atomic():
        form = DimensionsForm(request.POST if request.method == "POST" else None, instance=line)
        if request.method == "POST" and form.is_valid():
            if form.has_changed():
                form.save()
            return back(request, line, _("The line is saved."))
    return ask(
        request, line, "form", form=form, heading=_("Account dimensions"), deed="endre", button=_("Save"),
        about=_("The payment file says these of each payout from this line."),
    )  # fmt: skip


def adopt(request: Any, line: BudgetLine) -> HttpResponse:
    """Register the decision that adopts a line."""
    form = AdoptForm(request.POST if request.method == "POST" else None, line=line)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = tried(form, line, lambda: budgeting.adopt(
            line, by=request.user, on=said["on"] or timezone.localdate(), step=said["step"],
            reference=said["reference"], amount_nok=said["amount_nok"], version=said["seen"],
        ))  # fmt: skip
        if done:
            return back(request, line, _("The line is adopted, and its money is in the ledger."))
    return ask(
        request, line, "form", form=form, heading=_("Register that the line is adopted"), deed="vedta",
        button=_("Adopt the line"),
        about=_("The money can be granted from now on. An adopted line is not changed; it can be withdrawn."),
    )  # fmt: skip


def reject(request: Any, line: BudgetLine) -> HttpResponse:
    """Register that a proposed line was turned down."""
    form = DecisionForm(request.POST if request.method == "POST" else None, line=line)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = tried(form, line, lambda: budgeting.reject(
            line, by=request.user, step=said["step"], reference=said["reference"], version=said["seen"]
        ))  # fmt: skip
        if done:
            return back(request, line, _("The line is registered as turned down."))
    return ask(
        request, line, "form", form=form, heading=_("Register that the line is turned down"), deed="avvis",
        button=_("Turn down the line"), about=_("It stays in the list, and can be proposed again."),
    )  # fmt: skip


def withdraw(request: Any, line: BudgetLine) -> HttpResponse:
    """Take an adopted line's money out again, with a reason."""
    form = WhyForm(request.POST if request.method == "POST" else None, initial={"seen": line.row_version})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = tried(form, line, lambda: budgeting.withdraw(
            line, why=said["why"], by=request.user, on=timezone.localdate(), version=said["seen"]
        ))  # fmt: skip
        if done:
            return back(request, line, _("The line is withdrawn, and its money is out of the ledger."))
    return ask(
        request, line, "form", form=form, heading=_("Withdraw the line"), deed="trekk", button=_("Withdraw the line"),
        is_grave=True,
        about=_("Its money is taken out of the account. Nothing of it may be granted. Entries and reason stay."),
    )  # fmt: skip


def reopen(request: Any, line: BudgetLine) -> HttpResponse:
    """Make a line that was turned down a proposal again, at the press of a button."""
    if request.method != "POST":
        raise Http404
    try:
        budgeting.reopen(line, by=request.user, version=key_in(request.POST.get("seen", "")))
    except ValidationError as error:
        return back(request, line, " ".join(error.messages), messages.WARNING)
    return back(request, line, _("The line is proposed again."))


DEEDS: dict[str, tuple[frozenset[str], Callable[[Any, BudgetLine], HttpResponse] | None]] = {
    "endre": (SETS_UP, change), "vedta": (DECIDES, adopt), "avvis": (DECIDES, reject), "trekk": (DECIDES, withdraw),
    "gjenapne": (DECIDES, reopen),
}  # fmt: skip
