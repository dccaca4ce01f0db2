"""One account with its entries, and one entry traced to its decision, its case, and who registered it."""

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
from django.views.decorators.http import require_safe

from grants import accounts, budgeting
from grants.line_forms import WhyForm
from grants.models import Account, LedgerEntry
from grants.permissions import DECIDES, may
from portal import access_log, permissions
from portal.models import AccessLog
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@require_safe
def account_page(request: HttpRequest, authority: str, account: int) -> HttpResponse:
    """Show an account: how what is free came about, its grants, and each entry."""
    owner = desk_of(request.user, authority)
    rows = Account.objects.select_related("scheme", "balance", "line", "fund")
    found = get_object_or_404(rows, pk=account, authority=owner)
    found.authority = owner
    asked = accounts.asked_of(request.GET)
    if form := request.GET.get("fil"):
        return accounts.as_file(form, found, asked, request.user)
    years = accounts.years_of(found) if found.year is None else []
    grants = accounts.grants_on(found)
    context: dict[str, Any] = {
        "authority": owner, "account": found, "balance": found.balance, "sums": accounts.sums_of(found.balance),
        "years": years, "grants": grants[: accounts.MOST_GRANTS], "has_more": len(grants) > accounts.MOST_GRANTS,
        "line": getattr(found, "line", None), "fund": getattr(found, "fund", None),
        "unpaid_nok": found.balance.committed_nok - found.balance.released_nok - found.balance.paid_nok,
        **accounts.listed(found, asked, request.GET.get("side"), request.user),
    }  # fmt: skip
    return render(request, "grants/accounts/account.html", context)


@never_cache
@login_required
@read_or_act
def entry_page(request: HttpRequest, authority: str, entry: int) -> HttpResponse:
    """Show one entry and all it leads to; undo it where that makes sense."""
    owner = desk_of(request.user, authority)
    rows = LedgerEntry.objects.select_related(*accounts.RELATIVES, "account__scheme", "reverses", "decision__case")
    found = get_object_or_404(rows, pk=entry, authority=owner)
    found.authority = owner
    stands = budgeting.why_not_here(found)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        permissions.require(may(request.user, owner.pk, DECIDES))
        if request.POST.get("gjor") != "angre":
            raise Http404
        if stands:
            messages.warning(request, stands)
            return redirect("entry_page", owner.slug, found.pk)
        if form.is_valid() and (made := undone(request, found, form)):
            messages.success(request, _("The entry is undone. This one undoes it."))
            return redirect("entry_page", owner.slug, made.pk)
    if found.case is not None:
        access_log.saw(request.user, found.case, AccessLog.What.CASE)
    context = {
        "authority": owner, "entry": found, "form": form, "stands": stands,
        "may_undo": not stands and may(request.user, owner.pk, DECIDES),
        "account_url": reverse("account_page", args=[owner.slug, found.account_id]), **accounts.traced(found),
    }  # fmt: skip
    return render(request, "grants/accounts/entry.html", context)


def undone(request: Any, entry: LedgerEntry, form: WhyForm) -> LedgerEntry | None:
    """Return the entry that undoes this one; nothing where it was refused, which the form then says."""
    try:
        return budgeting.undo(entry, why=form.cleaned_data["why"], by=request.user, on=timezone.localdate())
    except ValidationError as error:
        form.add_error(None, error)
        return None
