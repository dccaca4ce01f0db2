"""The statutes of a prize at the desk: drawn up, with rules and criteria, and adopted on a page of its own."""

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
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from awards import permissions
from awards.models import PrizeCriterion, PrizeStatutes
from awards.rounds import statutes as deeds
from awards.rounds.forms import AdoptForm, CriterionForm, StatutesForm
from awards.views.prize_desk import prize_of, take_up_stale
from grants.grant_forms import done
from grants.views.grants import tell
from portal.models.base import key_in
from portal.money import format_nok
from portal.permissions import require
from portal.views.methods import read_or_act, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

HERE = "awards/prize_desk/"


@never_cache
@login_required
@read_or_act
def desk_statutes(request: Any, authority: str, prize: str, version: int) -> HttpResponse:
    """Show a version: to be written while it is drawn up, to be read when it is adopted."""
    owner = prize_of(request.user, authority, prize, roles=permissions.SEES)
    found = get_object_or_404(owner.statutes, version=version)
    found.prize, found.authority = owner, owner.authority
    may_work = permissions.may(request.user, owner.authority_id, permissions.SETS_UP)
    asked = request.POST.get("gjor") or request.GET.get("gjor")
    if asked or request.method == "POST":
        require(may_work)
    if found.valid_from is not None and (asked or request.method == "POST"):
        messages.info(request, _("This version is adopted, and stays as it is. Make a new one."))
        return redirect("desk_statutes", owner.authority.slug, owner.slug, found.version)
    if asked:
        if asked not in DEEDS:
            raise Http404
        return DEEDS[asked](request, found)
    if found.valid_from is not None or not may_work:
        return show(request, found, "statutes_read", rules=rules_of(found), rounds=found.rounds.order_by("-year"))
    form = StatutesForm(sent(request), instance=copy.copy(found))
    if done(form, lambda: deeds.write(found, form.facts(), seen=form.cleaned_data["seen"], by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect("desk_statutes", owner.authority.slug, owner.slug, found.version)
    is_stale = take_up_stale(form, found)
    status = 409 if is_stale else 200
    return show(request, found, "statutes", status, form=form, stops=deeds.missing(found), is_stale=is_stale)


def show(request: Any, statutes: PrizeStatutes, template: str, status: int = 200, **facts: Any) -> HttpResponse:
    prize = statutes.prize
    criteria = list(statutes.criteria.order_by("position", "pk"))
    whole = sum(one.weight for one in criteria)
    for one in criteria:
        one.share = 100 * one.weight / whole  # type: ignore[attr-defined]
    shown = {
        "authority": prize.authority, "prize": prize, "statutes": statutes, "criteria": criteria,
        "edit_url": reverse("edit_prize", args=[prize.authority.slug, prize.slug]), "here_url": url_of(statutes),
        **facts,
    }  # fmt: skip
    return render(request, f"{HERE}{template}.html", shown, status=status)


def url_of(statutes: PrizeStatutes) -> str:
    prize = statutes.prize
    return reverse("desk_statutes", args=[prize.authority.slug, prize.slug, statutes.version])


def rules_of(statutes: PrizeStatutes) -> list[tuple[str, str]]:
    """Return the rules of a version as pairs of what is asked and what holds."""
    names, nothing = dict(PrizeStatutes.Nominees.choices), _("no rule")
    return [
        (_("How often"), _every(statutes.interval_years)),
        (_("Who may be nominated"), ", ".join(str(names[one]) for one in statutes.nominees if one in names).lower()),
        (_("Only local ones"), _("yes") if statutes.local_only else _("no")),
        (_("The same again"), _after(statutes.repeat_years)),
        (_("Age of a company"), _years(statutes.smallest_age) if statutes.smallest_age else nothing),
        (_("Annual accounts"), _("must be sent") if statutes.needs_accounts else nothing),
        (_("The jury’s work"), str(statutes.get_method_display())),
        (_("Finalists"), _most(statutes.finalists)),
        (_("Public vote"), str(statutes.get_vote_display())),
        (_("Prize money"), format_nok(statutes.money_nok) if statutes.money_nok else _("none")),
    ]


def _every(years: int) -> str:
    return ngettext("every year", "every %(n)d years", years) % {"n": years}


def _years(years: int) -> str:
    return ngettext("at least %(n)d year", "at least %(n)d years", years) % {"n": years}


def _after(years: int) -> str:
    return ngettext("after %(n)d year", "after %(n)d years", years) % {"n": years} if years else _("at once")


def _most(finalists: int | None) -> str:
    return _("at most %(n)d in a category") % {"n": finalists} if finalists else _("none")


# ---- deeds ----


def edit_criterion(request: Any, statutes: PrizeStatutes) -> HttpResponse:
    """Ask what a criterion says."""
    key = key_in(request.POST.get("del") or request.GET.get("del") or "")
    row = get_object_or_404(statutes.criteria, pk=key) if key else PrizeCriterion(statutes=statutes)
    form = CriterionForm(sent(request), instance=copy.copy(row))
    if done(form, lambda: deeds.save_criterion(statutes, form.instance, by=request.user)):
        messages.success(request, _("It is saved."))
        return redirect(f"{url_of(statutes)}#kriterier")
    return show(request, statutes, "criterion", form=form, key=key)


def order_criterion(request: Any, statutes: PrizeStatutes) -> HttpResponse:
    """Move a criterion up or down, or take it away."""
    deed, key = request.POST.get("gjor"), key_in(request.POST.get("del", ""))
    if request.method != "POST":
        raise Http404
    try:
        if deed == "fjern":
            deeds.remove_criterion(statutes, key, by=request.user)
            messages.success(request, _("It is taken away."))
        else:
            deeds.move_criterion(statutes, key, up=deed == "opp", by=request.user)
    except ValidationError as error:
        tell(request, error)
    return redirect(f"{url_of(statutes)}#kriterier")


def adopt(request: Any, statutes: PrizeStatutes) -> HttpResponse:
    """Ask once more before statutes are adopted: from when, by which decision, and what stays as it is."""
    steps = deeds.steps_of(statutes.prize)
    form = AdoptForm(
        sent(request), prize=statutes.prize, steps=steps, today=timezone.localdate(),
        initial={"seen": statutes.row_version, "adopted_in": steps.first()},
    )  # fmt: skip
    if done(form, lambda: deeds.adopt(statutes, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The statutes are adopted."))
        return redirect(url_of(statutes))
    status = 409 if take_up_stale(form, statutes) else 200
    facts = {"form": form, "stops": deeds.missing(statutes), "rules": rules_of(statutes)}
    return show(request, statutes, "adopt", status, **facts)


def remove(request: Any, statutes: PrizeStatutes) -> HttpResponse:
    """Remove a version that was never adopted, when one has said so twice."""
    if request.method != "POST":
        return show(request, statutes, "statutes_remove")
    seen = key_in(request.POST.get("seen", "")) if request.POST.get("seen") else None
    try:
        deeds.remove(statutes, seen=seen, by=request.user)
    except ValidationError as error:
        tell(request, error)
        return redirect(url_of(statutes))
    messages.success(request, _("The version is removed."))
    return redirect("edit_prize", statutes.prize.authority.slug, statutes.prize.slug)


DEEDS: dict[str, Callable[[Any, PrizeStatutes], HttpResponse]] = {
    "kriterium": edit_criterion, "opp": order_criterion, "ned": order_criterion, "fjern": order_criterion,
    "vedta": adopt, "slett": remove,
}  # fmt: skip
