"""Payouts at the desk: what waits for whom, one payout with all it rests on, and the signatures, one or several."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache

from grants import payout_lists, rules, signing
from grants.desk import gate
from grants.models import Grant, Payout
from grants.payout_forms import PrepareForm, RegisterForm, WhyForm
from grants.permissions import PREPARES, is_tied_to, may
from portal import access_log, permissions
from portal.models.base import key_in
from portal.money import format_nok
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from portal.models import Authority

State = Payout.State
HERE = "grants/payouts/"
SIGN = {
    "forbered": (gettext_lazy("Prepare payouts"), pgettext_lazy("payout", "Prepare")),
    "attester": (gettext_lazy("Attest payouts"), pgettext_lazy("payout", "Attest")),
    "anvis": (gettext_lazy("Approve payouts"), pgettext_lazy("payout", "Approve")),
}
"""The signatures by their names in the address: what the page is called, and its button."""


def seen_in(given: Any) -> int:
    """Return the version of a row that a form was made from; −1, which none has, where it says nothing."""
    return key_in(given.get("seen", "")) if given.get("seen", "").isdecimal() else -1


# ---- the list ----


@never_cache
@login_required
@read_or_act
def payouts(request: Any, authority: str) -> HttpResponse:
    """List payouts, what waits for the reader first; sign several; register one."""
    found = desk_of(request.user, authority)
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        if deed not in LIST_DEEDS:
            raise Http404
        return LIST_DEEDS[deed](request, found)
    if request.method == "POST":
        raise Http404
    asked, today = payout_lists.Asked.of(request), timezone.localdate()
    if form := request.GET.get("fil"):
        return payout_lists.as_file(form, request.user, found, asked, today)
    listed = payout_lists.listed(request.user, found, asked, request.GET.get("side"), today)
    return render(request, f"{HERE}list.html", {"authority": found, "today": today, **listed})


def sign_several(request: Any, authority: Authority) -> HttpResponse:
    """Show several payouts together before they are signed; sign each for itself on POST."""
    given = request.POST if request.method == "POST" else request.GET
    step = given.get("steg", "")
    if step not in SIGN:
        raise Http404
    keys = [key_in(text) for text in given.getlist("utbetaling")[: payout_lists.PER_PAGE]]
    lines = payout_lists.chosen(request.user, authority, keys, step, timezone.localdate())
    if not lines:
        messages.info(request, _("None of these waits for you any more. See what does."))
        return redirect("payouts", authority.slug)
    if request.method == "POST":
        return signed_several(request, authority, step, lines)
    ready = [line["payout"] for line in lines if not line["stops"]]
    context = {
        "authority": authority, "step": step, "title": SIGN[step][0], "press": SIGN[step][1], "lines": lines,
        "ready": ready, "total_nok": sum(payout.amount_nok for payout in ready),
    }  # fmt: skip
    return render(request, f"{HERE}sign.html", context)


def signed_several(request: Any, authority: Authority, step: str, lines: list[dict[str, Any]]) -> HttpResponse:
    """Sign those that were shown, and say which were not signed and why."""
    versions = {payout.pk: key_in(request.POST.get(f"seen_{payout.pk}", "")) for payout in (x["payout"] for x in lines)}
    wanted = [(line["payout"], versions[line["payout"].pk]) for line in lines]
    done, refused = signing.sign_many(wanted, step, by=request.user, now=timezone.now())
    if done:
        total = format_nok(sum(payout.amount_nok for payout in done))
        text = ngettext("%(count)d payout is signed, %(total)s.", "%(count)d payouts are signed, %(total)s in all.",
                        len(done))  # fmt: skip
        messages.success(request, text % {"count": len(done), "total": total})
    for payout, why in refused:
        messages.warning(request, f"{payout.reference}: {' '.join(why)}")
    return redirect("payouts", authority.slug)


def register(request: Any, authority: Authority) -> HttpResponse:
    """Register a payout at the desk: what a decision says is paid, or what was asked for on paper."""
    permissions.require(may(request.user, authority.pk, PREPARES))
    rows = Grant.objects.filter(authority=authority, state=Grant.State.GRANTED, balance__unpaid_nok__gt=0)
    rows = rows.select_related("organisation", "authority").order_by("organisation__name", "-year", "pk")
    first = {"grant": key_in(request.GET.get("tilsagn", "")) or None, "key": f"desk:{uuid.uuid4().hex}"}
    form = RegisterForm(request.POST if request.method == "POST" else None, grants=rows, initial=first)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = signing.register(
                typed["grant"], typed["amount"], by=request.user, now=timezone.now(), key=typed["key"],
                text=typed["text"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error("amount", error.messages)
        else:
            messages.success(request, _("The payout is registered. Prepare it when nothing stands in its way."))
            return redirect("payout_page", authority.slug, made.pk)
    return render(request, f"{HERE}register.html", {"authority": authority, "form": form, "any": rows.exists()})


LIST_DEEDS = {"signer": sign_several, "ny": register}


# ---- one payout ----


@never_cache
@login_required
@read_or_act
def payout_page(request: Any, authority: str, payout: int) -> HttpResponse:
    """Show a payout with all that must be seen before it is signed; what is done to it goes by POST."""
    owner = desk_of(request.user, authority)
    rows = payout_lists.ROWS.select_related("asked_by", "bank_account")
    found = get_object_or_404(rows, pk=payout, authority=owner)
    found.grant.authority = owner
    if (stop := gate.of_grant(request, found.grant, only_tied=True)) is not None:
        return stop
    access_log.saw(request.user, found.grant.case, "case")
    deed = request.GET.get("gjor") or request.POST.get("gjor")
    if deed in WHY:
        return ask_why(request, found, deed)
    if request.method == "POST" and deed in signing.DEEDS:
        return sign(request, found, deed)
    if request.method == "POST" and deed == "igjen":
        return start_again(request, found)
    if request.method == "POST" or deed:
        raise Http404
    return show(request, found)


def show(request: Any, payout: Payout, *, form: Any = None, problems: list[str] | None = None) -> HttpResponse:
    """Show the payout; after a refusal with what was typed, and why."""
    today, user = timezone.localdate(), request.user
    page = payout_lists.page_of(payout, user, today)
    tied = is_tied_to(user, payout.organisation_id, today)
    mine = signing.is_her_turn(user, payout)
    most = min(page["payable_nok"], payout.amount_nok) or payout.amount_nok
    handles = may(user, payout.authority_id, signing.HANDLES) and not tied
    context = {
        **page, "authority": payout.grant.authority, "today": today, "is_tied": tied, "problems": problems,
        "form": form or PrepareForm(initial={"amount": most}), "is_prepared": payout.state == State.ASKED,
        "may_sign": mine and not tied, "step": signing.STEP_OF.get(State(payout.state), ""),
        "part_helps": bool(page["stops"]) and 0 < page["payable_nok"] < payout.amount_nok and not other_stops(page),
        "signed_by_her": mine is False and signing.NEXT.get(State(payout.state), never)(user, payout),
        "may_send_back": handles and payout.state in signing.SIGNED,
        "may_stop": not tied and may_stop(user, payout),
        "may_start_again": may(user, payout.authority_id, PREPARES) and is_over(payout),
        "again": Payout.objects.filter(authority=payout.authority_id, key=f"again:{payout.pk}").first(),
    }  # fmt: skip
    return render(request, f"{HERE}page.html", context, status=409 if problems else 200)


def never(user: Any, payout: Payout) -> bool:
    return False


def other_stops(page: dict[str, Any]) -> bool:
    """Say whether something stands in the way that a smaller amount does not help."""
    small = rules.obstacles(page["facts"], page["payable_nok"], timezone.localdate())
    return bool(signing.hindrances(page["payout"], found=small, in_use=page["account"]))


def is_over(payout: Payout) -> bool:
    return payout.state in (State.RETURNED, State.CANCELLED)


def may_stop(user: Any, payout: Payout) -> bool:
    """Say whether this user may stop the payout as it stands."""
    return payout.state in (*signing.NEXT, State.APPROVED) and signing.may_cancel(user, payout)


def sign(request: Any, payout: Payout, deed: str) -> HttpResponse:
    """Give the payout the reader's signature."""
    more: dict[str, Any] = {}
    form = None
    if deed == "forbered" and "amount" in request.POST:
        form = PrepareForm(request.POST)
        if not form.is_valid():
            return show(request, payout, form=form)
        more["amount_nok"] = form.cleaned_data["amount"]
    try:
        signing.DEEDS[deed](payout, by=request.user, now=timezone.now(), version=seen_in(request.POST), **more)
    except ValidationError as error:
        payout.refresh_from_db()
        return show(request, payout, form=form, problems=error.messages)
    done = {
        "forbered": _("%(payout)s is prepared. Those who attest are told."),
        "attester": _("%(payout)s is attested. Those who approve are told."),
        "anvis": _("%(payout)s is approved, and waits for the payment file."),
    }
    messages.success(request, done[deed] % {"payout": payout.reference})
    return redirect("payouts", payout.grant.authority.slug)


WHY: dict[str, tuple[Any, Any, Any]] = {
    "tilbake": (gettext_lazy("Send the payout back"), gettext_lazy("Send back"), signing.send_back),
    "stopp": (gettext_lazy("Stop the payout"), gettext_lazy("Stop the payout"), signing.cancel),
}
"""Deeds that ask for a reason: what the page is called, its button, and the deed."""


def ask_why(request: Any, payout: Payout, deed: str) -> HttpResponse:
    """Ask why a payout is sent back or stopped, and do it."""
    title, press, act = WHY[deed]
    is_approved, handles = payout.state == State.APPROVED, may(request.user, payout.authority_id, signing.HANDLES)
    permissions.require(signing.may_cancel(request.user, payout) if deed == "stopp" else handles)
    form = WhyForm(request.POST if request.method == "POST" else None)
    slug = payout.grant.authority.slug
    if request.method == "POST" and form.is_valid():
        try:
            act(
                payout, why=form.cleaned_data["why"], by=request.user, now=timezone.now(), version=seen_in(request.POST)
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            done = {
                "tilbake": _("%(payout)s is sent back, to be prepared again."),
                "stopp": _("%(payout)s is stopped. The recipient is told."),
            }
            messages.success(request, done[deed] % {"payout": payout.reference})
            return redirect("payout_page", slug, payout.pk)
    context = {
        "authority": payout.grant.authority, "payout": payout, "form": form, "title": title, "press": press,
        "deed": deed, "is_approved": is_approved, "back": reverse("payout_page", args=[slug, payout.pk]),
    }  # fmt: skip
    return render(request, f"{HERE}why.html", context)


def start_again(request: Any, payout: Payout) -> HttpResponse:
    """Register anew what came back, or was stopped."""
    try:
        made = signing.start_again(payout, by=request.user, now=timezone.now())
    except ValidationError as error:
        return show(request, payout, problems=error.messages)
    messages.success(request, _("The payout is started again. Prepare it when the bank account is right."))
    return redirect("payout_page", payout.grant.authority.slug, made.pk)
