"""Prizes at the desk: all of them with what waits, and each with its purpose, categories, goals and working group."""

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

from awards import permissions
from awards.models import Prize, PrizeCategory
from awards.rounds import hold, making, overview, seats, statutes
from awards.rounds.forms import CategoryForm, GoalsForm, PrizeForm
from awards.rounds.round_forms import BodyForm, SeatForm
from grants.grant_forms import add, done
from grants.held import Handled
from grants.views.grants import tell
from portal.models import Body, BodyMembership, CaseStep
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act, sent
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpResponse

HERE = "awards/prize_desk/"


def prize_of(user: Any, slug: str, prize: str, *, roles: frozenset[str] = permissions.SETS_UP) -> Prize:
    """Return a prize for those who work at its authority's desk with one of these roles.

    Raises:
        Http404: there is none for this person.
        PermissionDenied: she works here, and has none of the roles.
    """
    owner = desk_of(user, slug)
    require(permissions.may(user, owner.pk, roles))
    found: Prize = get_object_or_404(hold.PRIZES, authority=owner, slug=prize)
    found.authority = owner
    return found


def take_up_stale(form: Any, row: Any) -> bool:
    """Say whether somebody changed a row while a form was filled in; what was typed stays, and stands if sent again."""
    if not form.is_bound or not form.non_field_errors():
        return False
    now = str(type(row)._base_manager.values_list("row_version", flat=True).get(pk=row.pk))
    if form.data.get("seen", "") in ("", now):
        return False
    form.data = form.data.copy()
    form.data["seen"] = now
    return True


# ---- all of them ----


@never_cache
@login_required
@require_safe
def prize_desk(request: Any, authority: str) -> HttpResponse:
    """List the authority's prizes, each round with what waits for whom."""
    owner, now = desk_of(request.user, authority), timezone.now()
    context = {
        "authority": owner, "lines": overview.prize_lines(owner, now),
        "may_work": permissions.may(request.user, owner.pk, permissions.SETS_UP),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


@never_cache
@login_required
@read_or_act
def new_prize(request: Any, authority: str) -> HttpResponse:
    """Begin a prize."""
    owner = desk_of(request.user, authority)
    require(permissions.may(request.user, owner.pk, permissions.SETS_UP))
    form = PrizeForm(sent(request), authority=owner, is_new=True)
    if form.is_bound and form.is_valid():
        try:
            made = making.make_prize(owner, form.facts(), form.cleaned_data["categories"], by=request.user)
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The prize is made. Set up the working group, and draw up the statutes."))
            return redirect("edit_prize", owner.slug, made.slug)
    return render(request, f"{HERE}new.html", {"authority": owner, "form": form})


# ---- one prize ----


@never_cache
@login_required
@read_or_act
def edit_prize(request: Any, authority: str, prize: str) -> HttpResponse:
    """Show a prize to be changed; its categories, goals and statutes have deeds of their own under `gjor`."""
    found = prize_of(request.user, authority, prize)
    if deed := (request.POST.get("gjor") or request.GET.get("gjor")):
        if deed not in DEEDS or (request.method != "POST" and deed in POSTED):
            raise Http404
        return DEEDS[deed](request, found)
    start = {name: getattr(found, name) for name in making.TEXTS} | {"seen": found.row_version}
    form = PrizeForm(sent(request), authority=found.authority, is_new=False, initial=start)
    if done(form, lambda: making.change_prize(found, form.facts(), seen=form.cleaned_data["seen"], by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect("edit_prize", found.authority.slug, found.slug)
    is_stale = take_up_stale(form, found)
    return show(request, found, "edit", 409 if is_stale else 200, form=form, is_stale=is_stale, **facts_of(found))


def facts_of(prize: Prize) -> dict[str, Any]:
    """Return what a prize's own page lists besides its texts."""
    return {
        "categories": prize.categories.order_by("-is_in_use", "position", "pk"),
        "versions": prize.statutes.select_related("adopted_in__body").order_by("-version"),
        "has_draft": prize.statutes.filter(valid_from=None).exists(),
        "goals": prize.served.select_related("goal__plan", "plan"),
        "rounds": prize.rounds.order_by("-year"),
    }


def show(request: Any, prize: Prize, template: str, status: int = 200, **facts: Any) -> HttpResponse:
    shown = {
        "authority": prize.authority, "prize": prize, "here": template,
        "edit_url": reverse("edit_prize", args=[prize.authority.slug, prize.slug]), **facts,
    }  # fmt: skip
    return render(request, f"{HERE}{template}.html", shown, status=status)


def edit_category(request: Any, prize: Prize) -> HttpResponse:
    """Ask what a category says."""
    key = key_in(request.POST.get("del") or request.GET.get("del") or "")
    row = get_object_or_404(prize.categories, pk=key) if key else PrizeCategory(prize=prize)
    form = CategoryForm(sent(request), instance=copy.copy(row))
    if done(form, lambda: making.save_category(prize, form.instance, by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect(f"{reverse('edit_prize', args=[prize.authority.slug, prize.slug])}#kategorier")
    return show(request, prize, "category", form=form, key=key)


def order_category(request: Any, prize: Prize) -> HttpResponse:
    """Move a category up or down, or take it away."""
    key, deed = key_in(request.POST.get("del", "")), request.POST["gjor"]
    try:
        if deed != "slett":
            making.move_category(prize, key, up=deed == "opp", by=request.user)
        elif making.remove_category(prize, key, by=request.user):
            messages.success(request, _("It is taken away."))
        else:
            messages.success(request, _("Earlier rounds have it, so it stays there. New rounds do not."))
    except ValidationError as error:
        tell(request, error)
    return redirect(f"{reverse('edit_prize', args=[prize.authority.slug, prize.slug])}#kategorier")


def edit_goals(request: Any, prize: Prize) -> HttpResponse:
    """Ask which goals the prize serves."""
    start = {"goals": [one.goal_id for one in prize.served.all()]}
    form = GoalsForm(sent(request), authority=prize.authority, initial=start)
    if done(form, lambda: making.serve(prize, form.cleaned_data["goals"], by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect(f"{reverse('edit_prize', args=[prize.authority.slug, prize.slug])}#mal")
    has_goals = form.fields["goals"].queryset.exists()  # type: ignore[attr-defined]
    return show(request, prize, "goals", form=form, has_goals=has_goals)


def new_statutes(request: Any, prize: Prize) -> HttpResponse:
    """Draw up a new version of the statutes, or go on with the one that is begun."""
    try:
        made = statutes.make_statutes(prize, by=request.user)
    except Handled as error:
        tell(request, error)
        made = prize.statutes.filter(valid_from=None).order_by("-version").first()
        if made is None:
            return redirect("edit_prize", prize.authority.slug, prize.slug)
    return redirect("desk_statutes", prize.authority.slug, prize.slug, made.version)


DEEDS: dict[str, Any] = {
    "kategori": edit_category, "opp": order_category, "ned": order_category, "slett": order_category,
    "mal": edit_goals, "statutter": new_statutes,
}  # fmt: skip
POSTED = frozenset({"opp", "ned", "slett", "statutter"})


# ---- the working group ----


@never_cache
@login_required
@read_or_act
def working_group(request: Any, authority: str, prize: str) -> HttpResponse:
    """Show the working group with its case, to be set up by the leader and filled by those who prepare prizes."""
    found = prize_of(request.user, authority, prize)
    now, leads = timezone.now(), seats.leads(request.user, found.authority_id)
    if found.working_group is None:
        form = BodyForm(
            sent(request), authority=found.authority, kind=Body.Kind.WORKING_GROUP,
            initial={"name": _("The working group for %(prize)s") % {"prize": found.name}},
        )  # fmt: skip
        if form.is_bound:
            require(leads)
        if done(form, lambda: seats.set_up_group(found, by=request.user, now=now, **form.cleaned_data)):
            messages.success(request, _("The working group is set up, with a case. Add its members."))
            return redirect("working_group", found.authority.slug, found.slug)
        return show(request, found, "group_new", form=form, leads=leads)
    if "gjor" in request.POST or "gjor" in request.GET:
        return seat_deed(
            request, found.working_group, show_form=lambda **facts: show(request, found, "seat", **facts),
            back=reverse("working_group", args=[found.authority.slug, found.slug]),
        )  # fmt: skip
    today = timezone.localdate(now)
    steps = CaseStep.objects.filter(case=found.case_id).select_related("body").order_by("stage", "position", "pk")
    members = found.working_group.members.select_related("user").order_by("-is_chair", "valid_from", "pk")
    return show(
        request, found, "group", members=members, steps=steps, lacks=seats.lacks(found.working_group, today),
        today=today,
    )  # fmt: skip


def seat_deed(request: Any, body: Body, *, show_form: Any, back: str) -> HttpResponse:
    """Give someone a seat in a body, change a seat, or take one away.

    Raises:
        Http404: no such deed, or no such seat.
    """
    deed = request.POST.get("gjor") or request.GET.get("gjor")
    key = key_in(request.POST.get("sete") or request.GET.get("sete") or "")
    if deed == "fjern" and request.method == "POST":
        try:
            gone = seats.remove_seat(body, key, by=request.user, on=timezone.localdate())
        except ValidationError as error:
            tell(request, error)
        else:
            told = _("The seat is taken away.") if gone else _("The seat ends today. What was done in it stays.")
            messages.success(request, told)
        return redirect(back)
    if deed != "sete":
        raise Http404
    row = get_object_or_404(body.members, pk=key) if key else BodyMembership(body=body)
    people = seats.people_of(body.authority_id, body)
    start = {} if key else {"capacity": "business"}
    form = SeatForm(sent(request), instance=copy.copy(row), people=people, initial=start)
    if done(form, lambda: seats.save_seat(body, form.instance, by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect(back)
    return show_form(form=form, key=key, body=body, back=back)  # type: ignore[no-any-return]
