"""Money a recipient asks for, and where it is paid: for those who act for the organisation, known surely enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import asking, banking, own_lists, own_words
from grants.models import BankAccount
from grants.own_forms import AskForm, BankForm, add_errors
from grants.views.recipient import HERE, own_of
from portal import permissions
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views.methods import read_or_act
from portal.views.organisations import facts_of, needs_more, organisation_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from grants.own_lists import Own
    from portal.models import Organisation

EARLIER_SHOWN = 10


@never_cache
@login_required
@read_or_act
def ask_payout(request: HttpRequest, organisation: int, grant: int) -> HttpResponse:
    """Ask for a payout; what stands in the way is named before and after."""
    facts, own = own_of(request, organisation, grant)
    permissions.require(facts["may_bind"])
    form = AskForm(request.POST if request.method == "POST" else None, askable_nok=own.askable_nok)
    if request.method == "POST" and form.is_valid():
        if (answer := step_up.ask(request, Deed.PAYOUT, facts["authority"])) is not None:
            return answer
        if ask(request, own, form):
            return redirect(f"{own.url}#utbetalinger")
    context = {
        **facts, **own_lists.bank_account(facts["organisation"]), "form": form,
        "needs_more": needs_more(request, facts["organisation"], Deed.PAYOUT),
        "obstacles": own_words.obstacles(own), "totals": own_words.running_totals(own),
        "waits_nok": max(own.askable_nok - own.payable_nok, 0),
    }  # fmt: skip
    return render(request, f"{HERE}ask.html", context)


def ask(request: Any, own: Own, form: AskForm) -> bool:
    """Ask for it; False, with what stands in the way in the form, when it cannot be asked for."""
    given = form.cleaned_data
    try:
        asking.ask(
            own.grant, given["amount_nok"], by=request.user, key=given["key"], text=given["text"], now=timezone.now()
        )
    except ValidationError as error:
        add_errors(form, error)
        return False
    messages.success(request, _("You have asked for the payout. You see here how it goes, and we tell you."))
    return True


@never_cache
@login_required
@read_or_act
def own_bank_account(request: HttpRequest, organisation: int) -> HttpResponse:
    """Show where the organisation is paid; one who acts for it may enter another account, which we confirm."""
    today = timezone.localdate()
    found = organisation_of(request, organisation, today)
    facts, bank = facts_of(request, found, today), own_lists.bank_account(found)
    form = BankForm(request.POST if request.method == "POST" else None, initial={"holder": found.name})
    if request.method == "POST":
        permissions.require(facts["may_bind"])
        if (answer := step_up.ask(request, Deed.BANK, found.authority)) or (answer := step_up.ask_again(request)):
            return answer
        if form.is_valid() and enter(request, found, form):
            return redirect("own_bank_account", found.pk)
    context = {
        **facts, **bank, "form": form, "needs_more": needs_more(request, found, Deed.BANK),
        "earlier": found.bank_accounts.filter(
            state__in=[BankAccount.State.REPLACED, BankAccount.State.REFUSED]
        )[:EARLIER_SHOWN],
    }  # fmt: skip
    return render(request, f"{HERE}bank.html", context)


def enter(request: Any, organisation: Organisation, form: BankForm) -> bool:
    """Enter the account; False, with the reason in the form, when it cannot be."""
    given = form.cleaned_data
    try:
        banking.propose(organisation, given["number"], given["holder"], by=request.user, now=timezone.now())
    except ValidationError as error:
        add_errors(form, error)
        return False
    messages.success(request, _("The account is entered. It is used when one of us has confirmed it."))
    return True
