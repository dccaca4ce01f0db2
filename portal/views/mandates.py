"""Whom a person may act for, how she asks for it, and the page of an invitation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import ratelimit, sealed
from portal.acting_for import mandate_evidence, mandate_invitations, mandate_lists, mandate_requests, mandates
from portal.acting_for.mandate_forms import AskForm, NumberForm, WhereForm
from portal.integrations import register
from portal.models import Mandate, MandateRequest
from portal.models.base import key_in
from portal.signing_in import arrivals, step_up
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.acting_for.mandate_evidence import Looked
    from portal.models import Authority, MandateInvitation

LOOK_UPS_AN_HOUR = 30
"""How many organisations one person looks up in the register, so that nobody reads it through us."""
POSTS_A_MINUTE = 30
KEPT = "fortsett"
"""The address of the invitation whose key the session keeps while its reader signs in."""
SESSION_KEY = "mandate_key"


# ---- whom I may act for ----


@never_cache
@login_required
@read_or_act
def my_mandates(request: HttpRequest) -> HttpResponse:
    """Show whom a person may act for and what she has asked for; let her leave, and take a request back."""
    if request.method == "POST":
        deeds = {"forlat": leave, "trekk": take_back}
        if (deed := deeds.get(request.POST.get("gjor", ""))) is None:
            raise Http404
        return deed(request)
    today = timezone.localdate()
    if request.GET.get("gjor") == "forlat":
        return ask_before_leaving(request, request.GET.get("fullmakt", ""), today)
    context = {
        **mandate_lists.of_person(request.user, today), "today": today,
        "ansattporten": mandate_lists.ways_by_ansattporten(reverse("my_mandates")),
    }  # fmt: skip
    return render(request, "portal/mandates/my_mandates.html", context)


def own_mandate(request: Any, pk: str) -> Mandate:
    """Return one of her own mandates.

    Raises:
        Http404: it is another's, or there is none.
    """
    rows = Mandate.objects.select_related("organisation", "authority", "user")
    return get_object_or_404(rows, pk=key_in(pk), user=request.user)


def ask_before_leaving(request: HttpRequest, pk: str, today: dt.date) -> HttpResponse:
    """Show what leaving would mean, and the button that does it."""
    found = own_mandate(request, pk)
    if found.ended_at is not None:
        return redirect("my_mandates")
    context = {
        "mandate": found, "is_last": mandates.is_last_who_acts(found, today),
        "invited": list(mandates.invited_by_her(found, today)),
    }  # fmt: skip
    return render(request, "portal/mandates/leave.html", context)


def leave(request: Any) -> HttpResponse:
    """End one's own mandate; the last who acts is warned first."""
    found = own_mandate(request, request.POST.get("fullmakt", ""))
    also = request.POST.get("med_inviterte") == "1"
    if also and (answer := step_up.ask_again(request)) is not None:
        return answer
    try:
        ended = mandates.end(
            found.pk, by=request.user, now=timezone.now(), with_invited=also,
            knows=request.POST.get("vet") == "1",
        )  # fmt: skip
    except mandates.LastWhoActs:
        return redirect(f"{reverse('my_mandates')}?gjor=forlat&fullmakt={found.pk}")
    if ended:
        messages.success(request, _("You no longer have this mandate for %(name)s.") % {"name": found.organisation})
    else:
        messages.info(request, _("This mandate had ended already."))
    return redirect("my_mandates")


def take_back(request: Any) -> HttpResponse:
    """Withdraw one's own request."""
    mine = get_object_or_404(MandateRequest, pk=key_in(request.POST.get("foresporsel", "")), user=request.user)
    if mandate_requests.withdraw_request(mine.pk, by=request.user, now=timezone.now()):
        messages.success(request, _("You have withdrawn the request about %(name)s.") % {"name": mine.name})
    else:
        messages.info(request, _("The request was answered before you withdrew it."))
    return redirect("my_mandates")


# ---- asking for it ----


@never_cache
@login_required
@read_or_act
def ask_mandate(request: HttpRequest) -> HttpResponse:
    """Ask which organisation, show what the register says of it, and take the request."""
    if "nummer" not in request.GET:
        return show_asking(request, WhereForm(initial={"hos": request.GET.get("hos", "")}))
    where = WhereForm(request.GET)
    looked = looked_up(where, str(request.user.pk), with_roles=request.method == "POST") if where.is_valid() else None
    if looked is None:
        return show_asking(request, where)
    authority = where.cleaned_data["hos"]
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and send(request, form, authority, looked):
        return redirect("my_mandates")
    return show_asking(request, where, form=form, authority=authority, looked=looked)


def looked_up(form: NumberForm, who: str, *, with_roles: bool = False) -> Looked | None:
    """Return what the register says of the number in a valid form; else nothing, with the reason at the field.

    A name gives nothing yet: the form then has the organisations that are called something like it, to choose among.
    """
    asked = form.cleaned_data["nummer"]
    if ratelimit.over_limit("mandate-look-up", who, per_hour=LOOK_UPS_AN_HOUR):
        form.add_error(None, _("You have looked up many organisations. Wait an hour, and try again."))
        return None
    try:
        if form.is_number:
            found = mandate_evidence.look_up(asked, with_roles=with_roles)
        else:
            found, form.hits = None, register.named(asked)
    except register.RegisterError as error:
        form.add_error(None, str(error))
        return None
    if found is None and not form.hits:
        form.add_error("nummer", _("The business register has no such organisation. Check what you wrote."))
    return found


def send(request: Any, form: AskForm, authority: Authority, looked: Looked) -> bool:
    """Send the request; False, with the reason in the form, when it cannot be sent."""
    try:
        asked = mandate_requests.ask(
            authority, looked, user=request.user, role=form.cleaned_data["role"],
            message=form.cleaned_data["message"], born=mandate_evidence.birth_date(arrivals.number_of(request)),
            method=getattr(getattr(request.user, "mark", None), "method", ""), now=timezone.now(),
        )  # fmt: skip
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(
        request,
        _("Your request about %(name)s is sent to %(authority)s. You get an answer by e-mail.")
        % {"name": asked.name, "authority": authority.full_name},
    )
    return True


def show_asking(request: Any, where: WhereForm, **facts: Any) -> HttpResponse:
    """Write out the page that asks; with an organisation found, also the way to be known by ID-porten first."""
    authority = facts.get("authority")
    if authority is not None and not arrivals.number_of(request):
        facts["idporten"] = mandate_lists.way_by_idporten(authority, request.get_full_path())
    context = {"where": where, "within": mandate_requests.ANSWER_WITHIN, **facts, "chosen": authority}
    return render(request, "portal/mandates/ask.html", {**context, "authority": None})


# ---- an invitation ----


@never_cache
@read_or_act
def mandate_invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Show what one is invited to, by whom; let who is signed in say yes, and anyone who has the link say no."""
    if ratelimit.over_limit("mandate-invitation", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = "60"
        return response
    raw, now = kept_key(request) if key == KEPT else key, timezone.now()
    found = mandate_invitations.opened_by(raw, now) if raw else None
    if found is None:
        return useless(request)
    if request.method == "POST":
        return answer(request, raw, found, now)
    return show_invitation(request, found, now)


def kept_key(request: HttpRequest) -> str:
    """Return the key this browser came with before its reader signed in; sealed, since sessions lie in the database."""
    try:
        return sealed.open_("invitation", request.session.get(SESSION_KEY, ""))
    except sealed.CannotOpen:
        return ""


def useless(request: HttpRequest) -> HttpResponse:
    """Say, in the same words whatever the reason, that the link opens nothing."""
    request.session.pop(SESSION_KEY, None)
    return render(request, "portal/mandates/bad_link.html", {"noindex": True}, status=404)


def show_invitation(request: Any, found: MandateInvitation, now: dt.datetime, **facts: Any) -> HttpResponse:
    """Write out an invitation that waits; lead on the one who has said yes to it."""
    if found.mandate is not None:
        return led_on(request, found.mandate)
    host = mandate_invitations.host_of(found, timezone.localdate(now))
    if host is None:
        return useless(request)
    user = request.user
    held = mandates.held_by(user, timezone.localdate(now)).filter(organisation=found.organisation_id)
    context = {
        "invitation": found, "organisation": found.organisation, "inviter": host.user, "noindex": True,
        "until": found.sent_at + mandate_invitations.LIFETIME, "is_own": user.pk == host.user_id,
        "has_one": user.pk != host.user_id and held.exists(), "days": mandates.DAYS[Mandate.Source.INVITED], **facts,
    }  # fmt: skip
    return render(request, "portal/mandates/invitation.html", context)


def led_on(request: Any, mandate: Mandate) -> HttpResponse:
    """Lead the one who has accepted to the organisation's page; to others the link opens nothing."""
    holds = mandate.ended_at is None and mandate.valid_to >= timezone.localdate()
    if mandate.user_id != request.user.pk or not holds:
        return useless(request)
    request.session.pop(SESSION_KEY, None)
    return redirect("organisation_page", mandate.organisation_id)


def answer(request: Any, raw: str, found: MandateInvitation, now: dt.datetime) -> HttpResponse:
    """Do what was pressed: say no, sign in first, or say yes."""
    deed = request.POST.get("gjor", "")
    if deed not in ("ja", "nei", "logg-inn"):
        raise Http404
    if deed != "nei" and not request.user.is_authenticated:
        request.session[SESSION_KEY] = sealed.seal("invitation", raw)
        query = urlencode({"next": reverse("mandate_invitation", args=[KEPT])})
        return redirect(f"{reverse('signin_ways', args=[found.organisation.authority.slug])}?{query}")
    try:
        if deed == "nei":
            mandate_invitations.decline(raw, now=now)
            request.session.pop(SESSION_KEY, None)
            return render(request, "portal/mandates/declined.html", {"invitation": found, "noindex": True})
        mandate = mandate_invitations.accept(raw, user=request.user, now=now)
    except mandate_invitations.Useless:
        return useless(request)
    except mandate_invitations.HasOne:
        return show_invitation(request, found, now)
    messages.success(request, _("You can now prepare things for %(name)s.") % {"name": found.organisation})
    return led_on(request, mandate)
