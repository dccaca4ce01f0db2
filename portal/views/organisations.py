"""An organisation's page, for those who act or prepare for it. To others it does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import permissions, wiring
from portal.acting_for import mandate_evidence, mandate_invitations, mandates, organisation_inputs
from portal.acting_for import organisation_lists as lists
from portal.acting_for.organisation_forms import ColleagueForm
from portal.models import Mandate
from portal.models.base import key_in
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from portal.models import Organisation

PER_PAGE = 20


def organisation_of(request: Any, pk: int, today: dt.date) -> Organisation:
    """Return the organisation for those who have a mandate for it today.

    Raises:
        Http404: for others it does not exist.
    """
    return mandates.organisation_for(request.user, pk, on=today, mark=getattr(request.user, "mark", None))


def facts_of(request: Any, organisation: Organisation, today: dt.date) -> dict[str, Any]:
    """Return what every page of the organisation shows of the reader's own right."""
    own = [row for row in lists.who_may(organisation, today) if row.user_id == request.user.pk]
    reach, mark = [row for row in own if row.acts] or own, getattr(request.user, "mark", None)
    may_bind = any(row.acts for row in own)
    return {
        "organisation": organisation, "authority": organisation.authority, "today": today, "may_bind": may_bind,
        "acts": may_bind and mandates.lets_act(mark, organisation.authority),
        "own": max(reach, key=lambda row: row.valid_to, default=None),
    }  # fmt: skip


def needs_more(request: Any, organisation: Organisation, deed: Deed) -> bool:
    """Say whether the session must show more before this deed."""
    return not step_up.is_enough(request, deed, organisation.authority)


# ---- the page ----


@never_cache
@login_required
@read_or_act
def organisation_page(request: HttpRequest, organisation: int) -> HttpResponse:
    """Show an organisation's drafts, inputs and people; ask before someone is removed; act on POST."""
    today = timezone.localdate()
    found = organisation_of(request, organisation, today)
    if request.method == "POST":
        return act(request, found)
    if asked := request.GET.get("fjern"):
        return ask_to_remove(request, found, mandate_in(found, asked), today)
    drafts = lists.drafts_in(found, today)
    page = Paginator(lists.inputs_in(found), PER_PAGE).get_page(request.GET.get("side"))
    copy = found.register_copy or {}
    context = {
        **facts_of(request, found, today), "drafts": drafts, "page": page,
        "inputs": [lists.input_line(row, today) for row in page],
        "rounds": lists.open_rounds(found, today, {line["round"] for line in drafts}),
        "people": lists.who_may(found, today), "invitations": mandate_invitations.waiting_in(found.pk, timezone.now()),
        "copy": copy, "troubles": mandate_evidence.words_of(copy.get("troubles") or []),
        "panels": wiring.own_panels([found], request.user, today).get(found.pk, []),
    }  # fmt: skip
    return render(request, "portal/organisations/organisation.html", context)


def mandate_in(organisation: Organisation, typed: str) -> Mandate:
    """Return a mandate of this organisation, ended or not.

    Raises:
        Http404: it is none of this organisation's.
    """
    rows = Mandate.objects.select_related("user", "organisation__authority")
    return get_object_or_404(rows, organisation=organisation, pk=key_in(typed))


def act(request: Any, organisation: Organisation) -> HttpResponse:
    """Do what was pressed and say what came of it.

    Raises:
        Http404: nothing of the kind is done here.
    """
    deed = {"fjern": remove, "trekk": withdraw}.get(request.POST.get("gjor", ""))
    if deed is None:
        raise Http404
    return deed(request, organisation)


# ---- removal ----


def ask_to_remove(request: Any, organisation: Organisation, mandate: Mandate, today: dt.date) -> HttpResponse:
    """Show what removing someone, or leaving, would do, and a button that does it."""
    permissions.require(mandates.may_end(request.user, mandate, today))
    if mandate.ended_at is not None:
        messages.info(request, _("The mandate has ended already."))
        return redirect("organisation_page", organisation.pk)
    is_own = mandate.user_id == request.user.pk
    context = {
        **facts_of(request, organisation, today), "mandate": mandate, "is_own": is_own,
        "invited": mandates.invited_by_her(mandate, today),
        "is_last": is_own and mandates.is_last_who_acts(mandate, today),
        "others": mandate.user.mandates.holding(today).filter(organisation=organisation).exclude(pk=mandate.pk),
    }  # fmt: skip
    return render(request, "portal/organisations/remove.html", context)


def remove(request: Any, organisation: Organisation) -> HttpResponse:
    """End a mandate, with those its holder invited when that is ticked."""
    mandate = mandate_in(organisation, request.POST.get("fullmakt", ""))
    is_own = mandate.user_id == request.user.pk
    if "ogsa" in request.POST and (answer := step_up.ask_again(request)) is not None:
        return answer
    try:
        ended = mandates.end(
            mandate.pk, by=request.user, now=timezone.now(), with_invited="ogsa" in request.POST,
            knows="vet" in request.POST,
        )  # fmt: skip
    except mandates.LastWhoActs:
        return ask_to_remove(request, organisation, mandate, timezone.localdate())
    messages.success(request, said_of(ended, mandate, is_own=is_own))
    stays = mandates.held_by(request.user, timezone.localdate()).filter(organisation=organisation).exists()
    return redirect("organisation_page", organisation.pk) if stays else redirect("my_page")


def said_of(ended: list[Mandate], mandate: Mandate, *, is_own: bool) -> str:
    """Return what came of a removal."""
    if not ended:
        return _("The mandate has ended already.")
    if is_own:
        text = _("Your mandate for %(organisation)s has ended.") % {"organisation": mandate.organisation}
    else:
        text = _("%(name)s is removed. We have told both her and those who act.") % {"name": mandate.user}
    more = len(ended) - 1
    also = ngettext(
        "%(more)d whom she had invited is removed too.", "%(more)d whom she had invited are removed too.", more
    )  # fmt: skip
    return f"{text} {also % {'more': more}}" if more else text


# ---- invitations ----


def withdraw(request: Any, organisation: Organisation) -> HttpResponse:
    """Take back an invitation nobody has accepted."""
    asked = key_in(request.POST.get("invitasjon", ""))
    found = get_object_or_404(organisation.mandate_invitations, pk=asked)
    if mandate_invitations.withdraw_invitation(found.pk, by=request.user, now=timezone.now()):
        messages.success(request, _("The invitation to %(name)s is withdrawn.") % {"name": found.name})
    else:
        messages.info(request, _("The invitation was answered or withdrawn meanwhile."))
    return redirect("organisation_page", organisation.pk)


@never_cache
@login_required
@read_or_act
def invite_colleague(request: Any, organisation: int) -> HttpResponse:
    """Ask a colleague to prepare things in the organisation's name; it takes a strong sign-in where there is one."""
    today = timezone.localdate()
    found = organisation_of(request, organisation, today)
    permissions.require(organisation_inputs.may_bind(request.user, found, today))
    form = ColleagueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if (more := step_up.ask(request, Deed.INVITE, found.authority)) is not None:
            return more
        try:
            sent = mandate_invitations.invite(found.pk, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The invitation is on its way to %(name)s. It holds for 14 days.")
            messages.success(request, text % {"name": sent.name})
            return redirect("organisation_page", found.pk)
    context = {
        **facts_of(request, found, today), "form": form, "needs_more": needs_more(request, found, Deed.INVITE),
    }  # fmt: skip
    return render(request, "portal/organisations/invite.html", context)
