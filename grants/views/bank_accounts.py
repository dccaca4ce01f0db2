"""Bank accounts at the desk: what waits to be confirmed, which are in use, and one change with what it replaces."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import banking
from grants.models import BankAccount, Payout
from grants.payout_forms import AccountForm, SettleForm
from grants.permissions import CONFIRMS_ACCOUNTS, is_tied_to, may
from grants.signing import SIGNED
from portal import permissions
from portal.models import Authority, Document, Organisation
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

State = BankAccount.State
HERE = "grants/bank_accounts/"
PER_PAGE = 50
ROWS = BankAccount.objects.select_related("organisation", "proposed_by", "settled_by", "document")


@never_cache
@login_required
@read_or_act
def bank_accounts(request: Any, authority: str) -> HttpResponse:
    """List the changes that wait, and the accounts in use; enter a new one."""
    found = desk_of(request.user, authority)
    if request.method == "POST" or request.GET.get("gjor") == "ny":
        return enter(request, found)
    words = " ".join(request.GET.get("q", "").split())[:80]
    rows = ROWS.filter(authority=found)
    waiting = list(rows.filter(state=State.PROPOSED).order_by("proposed_at", "pk"))
    used = rows.filter(state=State.CONFIRMED)
    if words:
        used = used.filter(Q(organisation__name__icontains=words) | Q(organisation__number="".join(words.split())))
    page = Paginator(used.order_by("organisation__name", "pk"), PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "authority": found, "words": words, "page": page, "may_enter": may(request.user, found.pk, CONFIRMS_ACCOUNTS),
        "waiting": [line_of(row, request.user) for row in waiting], "query": f"q={words}" if words else "",
        "rows": [line_of(row, request.user) for row in page],
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


def line_of(account: BankAccount, user: Any) -> dict[str, Any]:
    """Return an account with its number as this user sees it."""
    return {"account": account, "number": banking.shown_to(user, account)}


def enter(request: Any, authority: Authority) -> HttpResponse:
    """Enter a new account that came on paper or by telephone; another confirms it."""
    permissions.require(may(request.user, authority.pk, CONFIRMS_ACCOUNTS))
    if request.method == "POST" and request.POST.get("gjor") != "ny":
        raise Http404
    chosen = key_in(request.GET.get("virksomhet", "") or request.POST.get("organisation", ""))
    form = AccountForm(
        request.POST if request.method == "POST" else None, initial={"organisation": chosen or None},
        organisations=Organisation.objects.filter(authority=authority),
        documents=Document.objects.filter(authority=authority, case__grants__organisation=chosen).distinct(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = banking.propose(
                typed["organisation"], typed["number"], typed["holder"], by=request.user, now=timezone.now(),
                document=typed["document"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error("number", error.messages)
        else:
            messages.success(request, _("The account is entered. Another of you confirms it before it is used."))
            return redirect("bank_account", authority.slug, made.pk)
    return render(request, f"{HERE}enter.html", {"authority": authority, "form": form})


@never_cache
@login_required
@read_or_act
def bank_account(request: Any, authority: str, account: int) -> HttpResponse:
    """Show one change beside what it replaces; confirm or refuse it."""
    desk = desk_of(request.user, authority)
    found = get_object_or_404(ROWS, pk=account, authority=desk)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        permissions.require(may(request.user, desk.pk, CONFIRMS_ACCOUNTS))
        if (answered := settle(request, desk, found, form)) is not None:
            return answered
        found = get_object_or_404(ROWS, pk=account, authority=desk)
    today, user = timezone.localdate(), request.user
    others = list(ROWS.filter(organisation=found.organisation_id).exclude(pk=found.pk).order_by("-version"))
    confirms, tied = may(user, desk.pk, CONFIRMS_ACCOUNTS), is_tied_to(user, found.organisation_id, today)
    under_way = Payout.objects.filter(organisation=found.organisation_id, state__in=[*SIGNED, Payout.State.APPROVED])
    context = {
        "authority": desk, "account": found, "number": banking.shown_to(user, found), "form": form,
        "before": next((line_of(row, user) for row in others if row.state == State.CONFIRMED), None),
        "others": [line_of(row, user) for row in others], "waits": found.state == State.PROPOSED,
        "is_own": found.proposed_by_id == user.pk, "is_tied": tied,
        "may_settle": confirms and not tied and found.proposed_by_id != user.pk and found.state == State.PROPOSED,
        "under_way": under_way.exclude(bank_account=found).count() if found.state == State.PROPOSED else 0,
        "list_url": reverse("bank_accounts", args=[desk.slug]),
    }  # fmt: skip
    return render(request, f"{HERE}page.html", context)


def settle(request: Any, desk: Authority, account: BankAccount, form: SettleForm) -> HttpResponse | None:
    """Confirm or refuse a change; nothing when the form must be shown again."""
    deed = {"bekreft": banking.confirm, "avvis": banking.refuse}.get(request.POST.get("gjor", ""))
    if deed is None:
        raise Http404
    if not form.is_valid():
        return None
    try:
        deed(account, how=form.cleaned_data["how"], by=request.user, now=timezone.now())
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    said = {
        "bekreft": _("The account is confirmed. Everyone who speaks for the organisation is told."),
        "avvis": _("The account is refused. Everyone who speaks for the organisation is told."),
    }
    messages.success(request, said[request.POST["gjor"]])
    return redirect("bank_accounts", desk.slug)
