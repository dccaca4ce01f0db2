"""Winners as officers work with them: those of the years before the portal, and a picture of any of them."""

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

from awards import permissions
from awards.models import Prize, Winner
from awards.winners import public, registering, support
from awards.winners.winner_forms import EarlierForm, PictureForm
from grants.grant_forms import add
from grants.views.grants import tell
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act, sent
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

HERE = "awards/winner_desk/"


def prize_of(user: Any, slug: str, prize: str) -> Prize:
    """Return a prize for those who work at its authority's desk.

    Raises:
        Http404: there is none for this person.
        PermissionDenied: she has no role there that sees prizes.
    """
    owner = desk_of(user, slug)
    require(permissions.may(user, owner.pk, permissions.SEES))
    found: Prize = get_object_or_404(Prize, authority=owner, slug=prize)
    found.authority = owner
    return found


def winner_of(user: Any, slug: str, prize: str, year: int, key: int) -> Winner:
    """Return a winner of this year of a prize: it exists only when it is announced, so nothing of it is secret.

    Raises:
        Http404: there is none.
    """
    owner = prize_of(user, slug, prize)
    rows = Winner.objects.select_related("decision__category", "diploma", "grant")
    found: Winner = get_object_or_404(rows, pk=key, prize=owner, year=year)
    found.prize, found.authority = owner, owner.authority
    return found


def acts(request: Any, authority_id: int) -> bool:
    """Say whether she may change anything; the operator reads."""
    return permissions.may(request.user, authority_id, permissions.SETS_UP)


def facts_of(prize: Prize) -> dict[str, Any]:
    """Return what every page of a prize's winners shows."""
    where = [prize.authority.slug, prize.slug]
    return {
        "authority": prize.authority, "prize": prize, "prize_url": reverse("edit_prize", args=where),
        "winners_url": reverse("earlier_winners", args=where),
    }  # fmt: skip


def one_of(winner: Winner) -> dict[str, Any]:
    where = [winner.authority.slug, winner.prize.slug, winner.year, winner.pk]
    return {"winner": winner, "winner_url": reverse("winner_desk", args=where)}


def seen_in(request: Any) -> int | None:
    return key_in(request.POST["seen"]) if request.POST.get("seen") else None


# ---- the years before the portal ----


@never_cache
@login_required
@read_or_act
def earlier_winners(request: Any, authority: str, prize: str) -> HttpResponse:
    """List everyone who has won, and register those of the years before the portal."""
    found = prize_of(request.user, authority, prize)
    may_act = acts(request, found.authority_id)
    require(may_act or request.method != "POST")
    form = EarlierForm(sent(request), prize=found, initial={"kind": "organisation"})
    if form.is_bound and form.is_valid():
        try:
            made = registering.register(found, form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("%(name)s is registered as winner in %(year)d.")
                             % {"name": made.name, "year": made.year})  # fmt: skip
            return redirect("earlier_winners", found.authority.slug, found.slug)
    context = {
        **facts_of(found), "form": form, "may_act": may_act,
        "years": public.by_year(row for row in public.archive(found) if row.winner),
    }  # fmt: skip
    return render(request, f"{HERE}earlier.html", context)


# ---- one winner ----


@never_cache
@login_required
@read_or_act
def winner_desk(request: Any, authority: str, prize: str, year: int, winner: int) -> HttpResponse:
    """Show a winner with its picture, and what can be done; what is done has a name under `gjor`."""
    found = winner_of(request.user, authority, prize, year, winner)
    if deed := (request.POST.get("gjor") or request.GET.get("gjor")):
        if deed not in DEEDS:
            raise Http404
        require(acts(request, found.authority_id))
        return DEEDS[deed](request, found)
    if request.method == "POST":
        raise Http404
    return page(request, found, PictureForm(winner=found))


def page(request: Any, winner: Winner, form: PictureForm) -> HttpResponse:
    may_act = acts(request, winner.authority_id)
    return ask(request, winner, "winner", form=form, may_act=may_act, money=support.prize_money(winner))


def back(request: Any, winner: Winner, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("winner_desk", winner.authority.slug, winner.prize.slug, winner.year, winner.pk)


def picture(request: Any, winner: Winner) -> HttpResponse:
    """Take a picture, or new words for the one that is there."""
    form = PictureForm(request.POST or None, request.FILES or None, winner=winner)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            registering.show(
                winner, typed["picture"], alt=typed["alt"], credit=typed["credit"], seen=typed["seen"], by=request.user
            )
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, winner, _("The picture is saved. Everyone sees it on the winner’s page."))
    return page(request, winner, form)


def take_away(request: Any, winner: Winner) -> HttpResponse:
    """Ask once more before a picture is taken away."""
    if request.method == "POST":
        try:
            registering.take_away(winner, seen=seen_in(request), by=request.user)
        except ValidationError as error:
            tell(request, error)
            return redirect("winner_desk", winner.authority.slug, winner.prize.slug, winner.year, winner.pk)
        return back(request, winner, _("The picture is taken away."))
    return ask(request, winner, "take_away")


def change(request: Any, winner: Winner) -> HttpResponse:
    """Put right what is registered of an earlier year."""
    if winner.decision_id is not None:
        messages.info(request, _("Who won, and why, stays as it was announced."))
        return redirect("winner_desk", winner.authority.slug, winner.prize.slug, winner.year, winner.pk)
    form = EarlierForm(sent(request), prize=winner.prize, initial=EarlierForm.facts_of(winner))
    if form.is_bound and form.is_valid():
        try:
            typed = form.cleaned_data
            made = registering.change(winner, typed, seen=typed["seen"], by=request.user, now=timezone.now())
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, made, _("It is saved."))
    return ask(request, winner, "change", form=form)


def remove(request: Any, winner: Winner) -> HttpResponse:
    """Remove a winner that was registered by mistake."""
    if request.method == "POST":
        try:
            registering.remove(winner, seen=seen_in(request), by=request.user)
        except ValidationError as error:
            tell(request, error)
            return redirect("winner_desk", winner.authority.slug, winner.prize.slug, winner.year, winner.pk)
        messages.success(request, _("%(name)s is removed from the winners.") % {"name": winner.name})
        return redirect("earlier_winners", winner.authority.slug, winner.prize.slug)
    if winner.decision_id is not None:
        messages.info(request, _("Who won, and why, stays as it was announced."))
        return redirect("winner_desk", winner.authority.slug, winner.prize.slug, winner.year, winner.pk)
    return ask(request, winner, "remove")


def ask(request: Any, winner: Winner, template: str, **facts: Any) -> HttpResponse:
    return render(request, f"{HERE}{template}.html", {**facts_of(winner.prize), **one_of(winner), **facts})


DEEDS: dict[str, Callable[[Any, Winner], HttpResponse]] = {
    "bilde": picture, "fjern-bilde": take_away, "endre": change, "slett": remove,
}  # fmt: skip
