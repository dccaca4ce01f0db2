"""A fund as the desk sees it: its capital and frames, what others pledge, and what has come."""

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

from grants import fund_lists, funding
from grants.fund_forms import AdoptForm, DueForm, FrameForm, InviteForm, OpenForm, PledgeForm, ReceiveForm, WhyForm
from grants.grant_forms import add, done
from grants.models import Fund, FundFrame, Pledge, Stage
from grants.permissions import DECIDES, SETS_UP, may
from portal import export, permissions
from portal.models.base import key_in
from portal.money import format_nok
from portal.views.methods import read_or_act, sent
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from portal.models import Authority

HERE = "grants/funds/"
ROWS = Fund.objects.select_related("scheme", "account", "authority")


@never_cache
@login_required
@read_or_act
def fund_page(request: Any, authority: str, fund: int) -> HttpResponse:
    """Show a fund; what is done to it has an address of its own under `gjor`. Number 0 is a fund to be opened."""
    owner = desk_of(request.user, authority)
    if not fund:
        return open_fund(request, owner)
    found = get_object_or_404(ROWS, pk=fund, authority=owner)
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        if deed not in DEEDS:
            raise Http404
        act, roles = DEEDS[deed]
        permissions.require(may(request.user, owner.pk, roles))
        return act(request, found)
    if request.method == "POST":
        raise Http404
    today = timezone.localdate()
    if form := request.GET.get("fil"):
        rows = fund_lists.pledges_of(found, today)
        return export.answer(form, f"lofter-{found.scheme.slug}", fund_lists.PLEDGE_COLUMNS, rows)
    return render(request, f"{HERE}page.html", {**facts_of(request, found), **fund_lists.page_of(found, today)})


def facts_of(request: Any, fund: Fund) -> dict[str, Any]:
    """Return what every page of the fund shows."""
    return {
        "authority": fund.authority, "fund": fund, "page_url": page_url(fund), "today": timezone.localdate(),
        "may_work": may(request.user, fund.authority_id, SETS_UP),
        "may_decide": may(request.user, fund.authority_id, DECIDES),
        "may_receive": may(request.user, fund.authority_id, funding.RECEIVES),
    }  # fmt: skip


def page_url(fund: Fund) -> str:
    return reverse("fund_page", args=[fund.authority.slug, fund.pk])


def back(request: Any, fund: Fund, text: str, level: int = messages.SUCCESS, place: str = "") -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect(f"{page_url(fund)}{place}")


def ask(request: Any, fund: Fund, form: forms.Form, **facts: Any) -> HttpResponse:
    """Show a form; one that a deed refused says so as what has changed meanwhile."""
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, f"{HERE}form.html", {**facts_of(request, fund), "form": form, **facts}, status=status)


def pledge_of(request: Any, fund: Fund) -> Pledge:
    given = request.POST.get("lofte") or request.GET.get("lofte", "")
    found: Pledge = get_object_or_404(fund.pledges, pk=key_in(given))
    return found


def frame_of(request: Any, fund: Fund) -> FundFrame:
    given = request.POST.get("ramme") or request.GET.get("ramme", "")
    found: FundFrame = get_object_or_404(fund.frames, pk=key_in(given))
    return found


# ---- the fund itself ----


def open_fund(request: Any, owner: Authority) -> HttpResponse:
    """Open the fund of a scheme that is to have one."""
    permissions.require(may(request.user, owner.pk, SETS_UP))
    schemes = fund_lists.without_fund(owner)
    asked = key_in(request.GET.get("ordning", ""))
    form = OpenForm(sent(request), schemes=schemes, initial={"scheme": asked or None})
    if form.is_bound and form.is_valid():
        try:
            made = funding.open_fund(
                form.cleaned_data["scheme"], by=request.user, takes_pledges=form.cleaned_data["takes_pledges"]
            )
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, made, _("The fund is opened. Budget lines and others’ contributions fill it."))
    return render(request, f"{HERE}open.html", {"authority": owner, "form": form, "has_schemes": schemes.exists()})


def invite(request: Any, fund: Fund) -> HttpResponse:
    """Say whether others are invited to contribute."""
    form = InviteForm(sent(request), initial={"takes_pledges": fund.takes_pledges, "seen": fund.row_version})
    if done(form, lambda: funding.invite(
        fund, takes_pledges=form.cleaned_data["takes_pledges"], by=request.user, version=form.cleaned_data["seen"]
    )):  # fmt: skip
        return back(request, fund, _("It is saved."))
    return ask(request, fund, form, deed="inviter", heading=_("Contributions from others"), button=_("Save"))


# ---- pledges ----


def new_pledge(request: Any, fund: Fund) -> HttpResponse:
    form = PledgeForm(sent(request), fund=fund, today=timezone.localdate())
    if done(form, lambda: funding.pledge(fund, by=request.user, **form.facts())):
        text = _("The pledge is registered. It becomes money when it is paid.")
        return back(request, fund, text, place="#lofter")
    return ask(
        request, fund, form, deed="lofte", heading=_("Register a pledge"), button=_("Register the pledge"),
        lede=_("A pledge is no money. Nothing can be granted of it before it is paid."),
    )  # fmt: skip


def move(request: Any, fund: Fund) -> HttpResponse:
    """Set the day a pledge is to be paid by."""
    pledge = pledge_of(request, fund)
    form = DueForm(sent(request), initial={"due_on": pledge.due_on, "seen": pledge.row_version})
    if done(form, lambda: funding.move_pledge(
        pledge, due_on=form.cleaned_data["due_on"], by=request.user, version=form.cleaned_data["seen"]
    )):  # fmt: skip
        return back(request, fund, _("The date is saved."), place="#lofter")
    heading = _("When does %(payer)s pay?") % {"payer": pledge.payer}
    return ask(request, fund, form, deed="frist", heading=heading, button=_("Save the date"), pledge=pledge)


def withdraw(request: Any, fund: Fund) -> HttpResponse:
    """Register that the rest of a pledge will not come."""
    pledge = pledge_of(request, fund)
    form = WhyForm(sent(request), initial={"seen": pledge.row_version})
    if done(form, lambda: funding.withdraw_pledge(
        pledge, why=form.cleaned_data["why"], by=request.user, version=form.cleaned_data["seen"]
    )):  # fmt: skip
        return back(request, fund, _("The pledge is withdrawn. What has come stays in the fund."), place="#lofter")
    heading = _("Withdraw the pledge of %(payer)s?") % {"payer": pledge.payer}
    return ask(request, fund, form, deed="trekk", heading=heading, button=_("Withdraw the pledge"), pledge=pledge)


# ---- money ----


def receive(request: Any, fund: Fund) -> HttpResponse:
    """Register what someone has paid, on a pledge or without one."""
    pledge = pledge_of(request, fund) if "lofte" in request.GET or request.POST.get("lofte") else None
    today, left = timezone.localdate(), 0
    if pledge is not None:
        left = max(pledge.amount_nok - funding.received_of(pledge), 0)
    form = ReceiveForm(sent(request), today=today, left_nok=left)
    if done(form, lambda: funding.receive(
        pledge or fund, form.cleaned_data["amount"], on=form.cleaned_data["on"], note=form.cleaned_data["note"],
        key=form.cleaned_data["once"], by=request.user, today=today,
    )):  # fmt: skip
        text = _("%(amount)s is registered as received.") % {"amount": format_nok(form.cleaned_data["amount"])}
        return back(request, fund, text, place="#innbetalt")
    heading = _("Register money received")
    if pledge is not None:
        heading = _("Register what %(payer)s has paid") % {"payer": pledge.payer}
    return ask(
        request, fund, form, deed="inn", heading=heading, button=_("Register"), pledge=pledge, left_nok=left,
        lede=_("It is money from now on, and can be granted."),
    )  # fmt: skip


# ---- frames ----


def set_frame(request: Any, fund: Fund) -> HttpResponse:
    """Set the most the fund may grant in a year by a decision, or write down a proposal."""
    year = key_in(request.GET.get("ar", "")) or timezone.localdate().year
    frame = fund.frames.filter(stage=Stage.ADOPTED, year=year).first()
    proposes = "forslag" in request.POST
    form = FrameForm(sent(request), fund=fund, frame=frame, proposes=proposes, initial={"year": year})

    def act() -> None:
        typed = form.cleaned_data
        if proposes:
            funding.propose_frame(fund, typed["year"], typed["amount"], by=request.user)
        else:
            funding.set_frame(fund, typed["year"], typed["amount"], by=request.user, **form.decision())

    if done(form, act):
        text = _("The proposal is saved. It binds nothing until it is adopted.") if proposes else _("The frame is set.")
        return back(request, fund, text, place="#ar")
    return ask(
        request, fund, form, deed="ramme", heading=_("Set a yearly frame"), button=_("Set the frame"), may_propose=True,
        lede=_("The most the fund may grant in the year. What lapses makes no room in it again."),
    )  # fmt: skip


def adopt(request: Any, fund: Fund) -> HttpResponse:
    """Register the decision that adopts a proposed frame."""
    frame = frame_of(request, fund)
    form = AdoptForm(sent(request), fund=fund, initial={"seen": frame.row_version})
    if done(form, lambda: funding.adopt_frame(frame, by=request.user, **form.decision())):
        return back(request, fund, _("The frame is adopted."), place="#ar")
    facts = {"year": frame.year, "amount": format_nok(frame.amount_nok)}
    heading = _("Adopt the frame of %(amount)s for %(year)d") % facts
    return ask(request, fund, form, deed="vedta", heading=heading, button=_("Register as adopted"), frame=frame)


def reject(request: Any, fund: Fund) -> HttpResponse:
    """Register that a proposed frame was turned down; asked on the page, done on POST."""
    frame = frame_of(request, fund)
    form = InviteForm(sent(request), initial={"seen": frame.row_version})
    del form.fields["takes_pledges"]
    if done(form, lambda: funding.reject_frame(frame, by=request.user, version=form.cleaned_data["seen"])):
        return back(request, fund, _("The proposal is registered as turned down."), place="#ar")
    facts = {"year": frame.year, "amount": format_nok(frame.amount_nok)}
    heading = _("Was the frame of %(amount)s for %(year)d turned down?") % facts
    return ask(request, fund, form, deed="avvis", heading=heading, button=_("Yes, it was turned down"), frame=frame)


DEEDS = {
    "inviter": (invite, SETS_UP), "lofte": (new_pledge, SETS_UP), "frist": (move, SETS_UP),
    "trekk": (withdraw, SETS_UP), "inn": (receive, funding.RECEIVES), "ramme": (set_frame, DECIDES),
    "vedta": (adopt, DECIDES), "avvis": (reject, DECIDES),
}  # fmt: skip
