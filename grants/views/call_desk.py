"""Calls as the officer makes them: texts and terms, the form, preview, announced, more time, a late one let in."""

from __future__ import annotations

import copy
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

from grants.applying import steps
from grants.applying.missing import MONEY, PROJECT, SUPPORT
from grants.calls import call_lists, making, parts, public_calls
from grants.calls.call_forms import CallForm, EndForm, LetInForm, NewForm
from grants.calls.part_forms import PART_FORMS, WORDS_OF_KINDS
from grants.desk import late
from grants.grant_forms import add, done
from grants.held import Handled
from grants.models import Call
from grants.permissions import CALLS, may
from grants.views.grants import tell
from portal import ratelimit
from portal.models.base import key_in
from portal.permissions import require
from portal.templatetags.portal_tags import clock, long_date
from portal.views.methods import read_or_act, sent
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpResponse

HERE = "grants/call_desk/"
NUMBERS_AN_HOUR = 30
"""Drafts one officer may look for: the check in a number is short."""


def call_of(user: Any, slug: str, key: int) -> Call:
    """Return a call for those who make calls at its authority.

    Raises:
        Http404: there is none for this person.
        PermissionDenied: she works there, and does not make calls.
    """
    owner = desk_of(user, slug)
    require(may(user, owner.pk, CALLS))
    found: Call = get_object_or_404(making.ROWS, pk=key, authority=owner)
    found.authority = found.scheme.authority = owner
    return found


def seen_in(request: Any) -> int | None:
    """Return the version of the call that a page with only buttons was shown with."""
    return key_in(request.POST.get("seen", "")) if request.POST.get("seen") else None


def rights(request: Any, authority_id: int) -> dict[str, bool]:
    return {"may_announce": may(request.user, authority_id, making.ANNOUNCES)}


def back(request: Any, call: Call, text: str, page: str = "edit_call", level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect(page, call.authority.slug, call.pk)


# ---- all of them ----


@never_cache
@login_required
@require_safe
def desk_calls(request: Any, authority: str) -> HttpResponse:
    """List the authority's calls with what has come to each."""
    owner, now = desk_of(request.user, authority), timezone.now()
    page = call_lists.page_of(owner, now, request.GET.get("side"))
    context = {
        "authority": owner, "page": page, "lines": call_lists.lines_of(page, now),
        "may_work": may(request.user, owner.pk, CALLS),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


@never_cache
@login_required
@read_or_act
def new_call(request: Any, authority: str) -> HttpResponse:
    """Begin a call, from nothing or from an earlier one."""
    owner = desk_of(request.user, authority)
    require(may(request.user, owner.pk, CALLS))
    named = {"copy": "fra", "scheme": "ordning"}
    start: dict[str, Any] = {field: key_in(request.GET.get(name, "")) or None for field, name in named.items()}
    if source := Call.objects.filter(authority=owner, pk=start["copy"]).first():
        start |= {"scheme": source.scheme_id, "title": source.title}
    form = NewForm(sent(request), authority=owner, initial=start)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        try:
            made = making.begin(
                typed["scheme"], title=typed["title"], copy=typed["copy"], by=request.user, now=timezone.now()
            )
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, made, _("The call is begun. Nobody sees it until you announce it."))
    has_schemes = form.fields["scheme"].queryset.exists()  # type: ignore[attr-defined]
    return render(request, f"{HERE}new.html", {"authority": owner, "form": form, "has_schemes": has_schemes})


# ---- one call ----


@never_cache
@login_required
@read_or_act
def edit_call(request: Any, authority: str, call: int) -> HttpResponse:
    """Show a call's texts and terms to be changed; what else is done to it has an address of its own under `gjor`."""
    found = call_of(request.user, authority, call)
    if deed := (request.POST.get("gjor") or request.GET.get("gjor")):
        if deed not in DEEDS:
            raise Http404
        return DEEDS[deed](request, found)
    now = timezone.now()
    form = CallForm(sent(request), instance=copy.copy(found), today=timezone.localdate())
    is_stale = False
    if form.is_bound and form.is_valid():
        try:
            making.write(found, form.facts(), seen=form.cleaned_data["seen"], by=request.user)
        except ValidationError as error:
            add(form, error)
            is_stale = isinstance(error, Handled)
        else:
            return back(request, found, _("It is saved."))
    if is_stale:  # what she typed stays; saved once more, it stands
        found = call_of(request.user, authority, call)
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["seen"] = str(found.row_version)  # type: ignore[index]
    context = {
        **call_lists.desk_facts(found, now), **rights(request, found.authority_id), "form": form, "here": "texts",
        "is_stale": is_stale,
    }  # fmt: skip
    return render(request, f"{HERE}edit.html", context, status=409 if is_stale else 200)


def ask(request: Any, call: Call, template: str, status: int = 200, **facts: Any) -> HttpResponse:
    shown = {**call_lists.desk_facts(call, timezone.now()), **rights(request, call.authority_id), **facts}
    return render(request, f"{HERE}{template}.html", shown, status=status)


def announce(request: Any, call: Call) -> HttpResponse:
    """Ask once more before a call is announced, with what is missing."""
    require(may(request.user, call.authority_id, making.ANNOUNCES))
    if request.method == "POST":
        try:
            made = making.publish(call, seen=seen_in(request), by=request.user, now=timezone.now())
        except ValidationError as error:
            tell(request, error)
            return redirect("edit_call", call.authority.slug, call.pk)
        text = _("The call is announced.")
        if made.opens_at > timezone.now():
            text = _("The call is announced. It opens %(when)s.") % {"when": public_calls.moment(made.opens_at)}
        return back(request, call, text)
    return ask(request, call, "announce", facts_of=public_calls.page_facts(call, timezone.now()))


def take_back(request: Any, call: Call) -> HttpResponse:
    """Take an announced call back, while nobody has begun."""
    require(may(request.user, call.authority_id, making.ANNOUNCES))
    if request.method == "POST":
        try:
            making.unpublish(call, seen=seen_in(request), by=request.user)
        except ValidationError as error:
            tell(request, error)
            return redirect("edit_call", call.authority.slug, call.pk)
        return back(request, call, _("The call is taken back. You can change all of it."))
    return ask(request, call, "take_back")


def remove(request: Any, call: Call) -> HttpResponse:
    """Remove a call that was never announced."""
    if request.method == "POST":
        try:
            making.remove(call, seen=seen_in(request), by=request.user)
        except ValidationError as error:
            tell(request, error)
            return redirect("edit_call", call.authority.slug, call.pk)
        messages.success(request, _("The call is deleted."))
        return redirect("desk_calls", call.authority.slug)
    return ask(request, call, "remove")


def move_end(request: Any, call: Call) -> HttpResponse:
    """Ask when an announced call closes instead."""
    require(may(request.user, call.authority_id, making.ANNOUNCES))
    form = EndForm(sent(request), initial={"closes_at": call.closes_at, "seen": call.row_version})
    if done(form, lambda: making.move_end(
        call, form.cleaned_data["closes_at"], seen=form.cleaned_data["seen"], by=request.user, now=timezone.now()
    )):  # fmt: skip
        return back(request, call, _("The end is moved. Those who have begun are told."))
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return ask(request, call, "end", status, form=form)


DEEDS: dict[str, Callable[[Any, Call], HttpResponse]] = {
    "kunngjor": announce, "trekk": take_back, "slett": remove, "frist": move_end,
}  # fmt: skip


# ---- its form ----


@never_cache
@login_required
@read_or_act
def edit_call_form(request: Any, authority: str, call: int) -> HttpResponse:
    """Show what a call asks for, to be added to, changed and put in order."""
    found = call_of(request.user, authority, call)
    asked = request.POST if request.method == "POST" else request.GET
    deed, kind = asked.get("gjor", ""), asked.get("slag", "")
    if deed and (kind not in parts.KINDS or deed not in ("ny", "endre", "opp", "ned", "slett")):
        raise Http404
    if deed in ("ny", "endre"):
        return edit_part(request, found, kind, key_in(asked.get("del", "")) if deed == "endre" else None)
    if deed and request.method == "POST":
        return order_part(request, found, kind, deed)
    if deed or request.method == "POST":
        raise Http404
    shown = {"sections": call_lists.sections_of(found), "mark": parts.mark_of(found), "here": "form"}
    return ask(request, found, "form", **shown)


def edit_part(request: Any, call: Call, kind: str, key: int | None) -> HttpResponse:
    """Ask what a part says; saved, the list is shown where it stands."""
    name, model = parts.KINDS[kind]
    part = model(call=call, authority_id=call.authority_id)
    if key is not None:
        part = get_object_or_404(getattr(call, name), pk=key)
    if call.published_at is not None:
        return back(request, call, _("The call is announced: what it asks for stays."), "edit_call_form", messages.INFO)
    form = PART_FORMS[kind](sent(request), instance=part, call=call, mark=parts.mark_of(call))
    if done(form, lambda: parts.save(call, kind, form.instance, seen=form.cleaned_data["mark"], by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect(f"{reverse('edit_call_form', args=[call.authority.slug, call.pk])}#{kind}")
    status = 409 if form.is_bound and form.non_field_errors() else 200
    heading = _("Add %(what)s") if not key else _("Change %(what)s")
    words = {"heading": heading % {"what": WORDS_OF_KINDS[kind]}, "kind": kind, "key": key}
    return ask(request, call, "part", status, form=form, **words)


def order_part(request: Any, call: Call, kind: str, deed: str) -> HttpResponse:
    """Move a part, or take it away."""
    key, seen = key_in(request.POST.get("del", "")), request.POST.get("mark", "")
    try:
        if deed == "slett":
            parts.remove(call, kind, key, seen=seen, by=request.user)
            messages.success(request, _("It is taken away."))
        else:
            parts.move(call, kind, key, up=deed == "opp", seen=seen, by=request.user)
    except ValidationError as error:
        tell(request, error)
    return redirect(f"{reverse('edit_call_form', args=[call.authority.slug, call.pk])}#{kind}")


@never_cache
@login_required
@require_safe
def preview_call(request: Any, authority: str, call: int) -> HttpResponse:
    """Show the form as an applicant meets it, step by step; nothing is kept."""
    found, now = call_of(request.user, authority, call), timezone.now()
    step = request.GET.get("steg", PROJECT)
    shown = steps.preview(found, step, by=request.user, now=now)
    mine = {**call_lists.desk_facts(found, now), **rights(request, found.authority_id), "here": "preview"}
    names = [(name, title) for name, title in steps.titles().items() if name in (PROJECT, MONEY, SUPPORT)]
    return render(request, f"{HERE}preview.html", {**shown, **mine, "names": names})


# ---- a late one ----


@never_cache
@login_required
@read_or_act
def let_in(request: Any, authority: str, call: int) -> HttpResponse:
    """Let one draft be sent after the call has closed."""
    found = call_of(request.user, authority, call)
    require(may(request.user, found.authority_id, making.ANNOUNCES))
    form = LetInForm(sent(request))
    if form.is_bound and ratelimit.over_limit("let-in", str(request.user.pk), per_hour=NUMBERS_AN_HOUR):
        form.add_error(None, _("You have tried many numbers. Wait an hour, and ask the applicant to read it again."))
        return ask(request, found, "let_in", 429, form=form)
    if done(form, lambda: late.let_in(found, by=request.user, now=timezone.now(), **form.cleaned_data)):
        until: dt.datetime = form.cleaned_data["until"]
        text = _("The application can be sent until %(day)s %(time)s. The applicant is told.")
        return back(request, found, text % {"day": long_date(until), "time": clock(until)})
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return ask(request, found, "let_in", status, form=form)
