"""Mandates as an authority's officers work with them: requests to answer, who may act, and what came on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import access_log, permissions
from portal.acting_for import mandate_evidence, mandate_lists, mandate_requests, mandates
from portal.acting_for.mandate_forms import EndForm, NumberForm, PaperForm, PeriodForm, RefuseForm, RegisterForm
from portal.input_forms import add
from portal.models import Authority, Mandate, MandateRequest
from portal.models.base import key_in
from portal.signing_in import step_up
from portal.views.mandates import looked_up
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from portal.acting_for.mandate_evidence import Looked


def desk_of(request: Any, slug: str) -> Authority:
    """Return the authority for those who work at its desk.

    Raises:
        Http404: for others its desk does not exist.
        PermissionDenied: a member whose role gives no casework.
    """
    found = get_object_or_404(Authority, slug=slug)
    if permissions.does_casework(request.user, found.pk):
        return found
    permissions.turn_away(request.user, found.pk)


# ---- the desk ----


@never_cache
@login_required
@read_or_act
def mandate_desk(request: Any, authority: str) -> HttpResponse:
    """Show the requests that wait and who may act for whom; end a mandate, once its officer has said why."""
    found, today = desk_of(request, authority), timezone.localdate()
    may_work = mandates.may_decide(request.user, found.pk)
    if request.method == "POST" or request.GET.get("gjor") == "avslutt":
        permissions.require(may_work)
        return end(request, found)
    asked = mandate_lists.Asked.of(request)
    if form := request.GET.get("fil"):
        return mandate_lists.as_file(form, found, asked, today)
    context = {
        **mandate_lists.of_authority(found, asked, request.GET.get("side"), today), "authority": found,
        "may_work": may_work,
    }  # fmt: skip
    return render(request, "portal/mandates/desk.html", context)


def end(request: Any, authority: Authority) -> HttpResponse:
    """Ask why a mandate ends, and end it."""
    given = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and given.get("gjor") != "avslutt":
        raise Http404
    rows = Mandate.objects.select_related("organisation", "user")
    found, today = (
        get_object_or_404(rows, pk=key_in(given.get("fullmakt", "")), authority=authority),
        timezone.localdate(),
    )
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        if typed["med_inviterte"] and (answer := step_up.ask_again(request)) is not None:
            return answer
        ended = mandates.end(
            found.pk, by=request.user, now=timezone.now(), why=typed["why"], with_invited=typed["med_inviterte"]
        )
        say_ended(request, found, len(ended))
        return redirect("mandate_desk", authority.slug)
    if found.ended_at is not None:
        say_ended(request, found, 0)
        return redirect("mandate_desk", authority.slug)
    invited = list(mandates.invited_by_her(found, today))
    if not invited:
        del form.fields["med_inviterte"]
    context = {
        "authority": authority, "mandate": found, "form": form, "invited": invited,
        "is_last": mandates.is_last_who_acts(found, today),
    }  # fmt: skip
    return render(request, "portal/mandates/end.html", context)


def say_ended(request: Any, mandate: Mandate, count: int) -> None:
    """Tell the officer what came of it."""
    if not count:
        messages.info(request, _("This mandate had ended already."))
        return
    text = ngettext("%(count)d mandate has ended.", "%(count)d mandates have ended.", count)
    messages.success(request, text % {"count": count})


# ---- one request ----


@never_cache
@login_required
@read_or_act
def mandate_request(request: Any, authority: str, asked: int) -> HttpResponse:
    """Show what was asked and what the register said; take the officer's answer."""
    desk, today = desk_of(request, authority), timezone.localdate()
    found = get_object_or_404(mandate_requests.ROWS, pk=asked, authority=desk)
    around = mandate_lists.around(found, today)
    forms = answer_forms(request, found, around["documents"], today)
    if request.method == "POST":
        permissions.require(mandates.may_decide(request.user, desk.pk))
        if (answered := act(request, found, forms)) is not None:
            return answered
    context = {
        **around, "authority": desk, "asked": found, "today": today, "forms": forms,
        "fits": mandate_evidence.fits_a_role(found.evidence), "is_own": found.user_id == request.user.pk,
        "troubles": mandate_evidence.words_of(found.evidence.get("register", {}).get("troubles", [])),
        "may_work": mandates.may_decide(request.user, desk.pk) and found.user_id != request.user.pk,
    }  # fmt: skip
    note_sight(request.user, found, around)
    return render(request, "portal/mandates/request.html", context)


def answer_forms(request: Any, found: MandateRequest, documents: list[Any], today: dt.date) -> dict[str, Any]:
    """Return the three answers an officer can give, as forms, by what presses them; the one pressed is filled in."""

    def sent(pressed: str) -> list[Any]:
        is_it = request.method == "POST" and request.POST.get("gjor") == pressed
        return [request.POST, request.FILES] if is_it else []

    starts = {"role": found.role, "reach": "acts"}
    return {
        "register": PeriodForm(*sent("register"), today=today, prefix="register"),
        "dokument": PaperForm(*sent("dokument"), today=today, documents=documents, prefix="dokument", initial=starts),
        "nei": RefuseForm(*sent("nei"), prefix="nei"),
    }


def act(request: Any, found: MandateRequest, forms: dict[str, Any]) -> HttpResponse | None:
    """Give the answer that was pressed; nothing when the form must be shown again, with what was typed."""
    pressed = request.POST.get("gjor", "")
    if pressed not in forms:
        raise Http404
    form = forms[pressed]
    if not form.is_valid():
        return None
    now = timezone.now()
    try:
        if pressed == "nei":
            mandate_requests.refuse(found.pk, reason=form.cleaned_data["reason"], by=request.user, now=now)
            messages.success(request, _("The request is answered with no. The person gets your reason by e-mail."))
        else:
            mandate_requests.confirm(found.pk, form.ruling(), by=request.user, now=now)
            messages.success(request, _("The mandate is given. The person is told by e-mail."))
    except mandate_requests.Answered as answered:
        messages.warning(request, answered.words)
        return redirect("mandate_request", found.authority.slug, found.pk)
    except ValidationError as error:
        add(form, error)
        return None
    return redirect("mandate_desk", found.authority.slug)


def note_sight(user: Any, found: MandateRequest, around: dict[str, Any]) -> None:
    """Note in the access log that the page showed papers of a case that is exempt from access."""
    if around["case"] is not None and around["documents"]:
        access_log.saw(user, around["case"], "case")


# ---- what came on paper ----


@never_cache
@login_required
@read_or_act
def register_mandate(request: Any, authority: str) -> HttpResponse:
    """Find the organisation in the register, and register a mandate that came on paper."""
    desk, today = desk_of(request, authority), timezone.localdate()
    permissions.require(mandates.may_decide(request.user, desk.pk))
    number = NumberForm(request.GET if "nummer" in request.GET else None)
    looked = looked_up(number, str(request.user.pk)) if number.is_valid() else None
    context: dict[str, Any] = {"authority": desk, "number": number, "looked": looked}
    if looked is not None:
        form = RegisterForm(*([request.POST, request.FILES] if request.method == "POST" else []), today=today)
        if request.method == "POST" and form.is_valid() and register(request, desk, looked, form):
            return redirect("mandate_desk", desk.slug)
        context["form"] = form
    return render(request, "portal/mandates/register.html", context)


def register(request: Any, desk: Authority, looked: Looked, form: RegisterForm) -> bool:
    """Register it; False, with the reason in the form, when it cannot be."""
    typed = form.cleaned_data
    try:
        made = mandate_requests.register(
            desk, looked, form.ruling(), address=typed["address"], name=typed["name"], by=request.user,
            now=timezone.now(), once=typed["once"],
        )  # fmt: skip
    except ValidationError as error:
        add(form, error)
        return False
    facts = {"person": made.user, "name": made.organisation}
    messages.success(request, _("%(person)s has a mandate for %(name)s, and is told by e-mail.") % facts)
    return True
