"""Money that a recipient pays back: claimed, received, waived, and a receipt undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import held, repaying
from grants.desk import gate
from grants.grant_forms import ClaimForm, ReceivedForm, WhyForm, add
from grants.models import Grant, Repayment
from grants.views.grants import ask, grant_of, rights_of
from portal import access_log
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

NEEDS = {"krev": "may_decide", "mottatt": "may_receive", "ettergi": "may_decide", "angre": "may_receive"}
"""What each deed asks of its user."""


@never_cache
@login_required
@read_or_act
def money_back(request: Any, authority: str, grant: int) -> HttpResponse:
    """Show what is claimed back; claim more, and say what became of each claim."""
    found, today = grant_of(request.user, authority, grant), timezone.localdate()
    if (stop := gate.of_grant(request, found)) is not None:
        return stop
    rights = rights_of(request.user, found.authority_id)
    deed = request.GET.get("gjor") or request.POST.get("gjor") or ""
    if request.method == "POST" or deed:
        if deed not in NEEDS:
            raise Http404
        require(rights[NEEDS[deed]])
    row = claim_in(request, found) if deed in ("mottatt", "ettergi", "angre") else None
    form = form_for(request, deed, row)
    is_sent = request.method == "POST" and form is not None and form.is_valid()
    if is_sent and (answered := act(request, found, deed, row, form)) is not None:
        return answered
    access_log.saw(request.user, found.case, "case")
    rows = list(found.repayments.select_related("claimed_by").order_by("-claimed_on", "-pk"))
    most = repaying.claimable_nok(found)
    claim = form if deed == "krev" else ClaimForm() if rights["may_decide"] and most > 0 else None
    return ask(
        request, found, "grants/repayments/page.html", heading=_("Money back"), rows=rows, most_nok=most, claim=claim,
        deed=deed, chosen=row, form=None if deed == "krev" else form, today=today,
    )  # fmt: skip


def claim_in(request: Any, grant: Grant) -> Repayment:
    key = request.GET.get("krav", request.POST.get("krav", ""))
    found: Repayment = get_object_or_404(Repayment, pk=key_in(key), grant=grant)
    return found


def form_for(request: Any, deed: str, row: Repayment | None) -> Any:
    """Return the form that a deed asks for, filled in with what was sent."""
    sent = request.POST if request.method == "POST" else None
    if deed == "krev":
        return ClaimForm(sent)
    if row is None:
        return None
    initial = {"seen": row.row_version}
    return (
        ReceivedForm(sent, today=timezone.localdate(), initial=initial)
        if deed == "mottatt"
        else WhyForm(sent, initial=initial)
    )


def act(
    request: Any, grant: Grant, deed: str, row: Repayment | None, form: forms.Form
) -> HttpResponse | None:  # fmt: skip
    """Do what was asked; nothing when the form must be shown again, with what was typed."""
    typed, by, today = form.cleaned_data, request.user, timezone.localdate()
    try:
        if row is None:
            repaying.claim(grant, typed["amount"], reason=typed["reason"], due_on=typed["due_on"], by=by, on=today)
            text = _("The claim is made, and those who act for the recipient are told.")
        elif deed == "mottatt":
            repaying.receive(row, by=by, on=typed["on"], version=typed["seen"])
            text = _("The money is registered as received, and is on the account again.")
        elif deed == "ettergi":
            repaying.waive(row, why=typed["why"], by=by, version=typed["seen"])
            text = _("The claim is waived.")
        else:
            repaying.undo_receipt(row, why=typed["why"], by=by, on=today, version=typed["seen"])
            text = _("The receipt is undone, and the claim stands again.")
        messages.success(request, text)
    except held.Handled as handled:
        messages.warning(request, handled.messages[0])
    except ValidationError as error:
        add(form, error)
        return None
    return redirect("money_back", grant.authority.slug, grant.pk)
