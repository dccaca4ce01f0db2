"""The last step from a document to a plan: what will be made, the plan's own facts, and the one press that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of
from strategy.create_forms import NewPlanForm
from strategy.importing import applying, creating, plan_facts, progress, staying
from strategy.importing.odd_words import Words
from strategy.importing.permissions import may_import
from strategy.importing.proposal import Level
from strategy.models import PlanImport

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority

HERE = "strategy/imports/create/"
State = PlanImport.State


@never_cache
@login_required
@read_or_act
def import_create(request: HttpRequest, authority: str, pk: int) -> HttpResponse:
    """Show what the plan will be; make it, take changes into one that is here, or take a new one back."""
    owner = desk_of(request.user, authority)
    rows = PlanImport.objects.select_related("authority", "against", "plan").filter(authority=owner)
    found = get_object_or_404(rows, pk=pk)
    permissions.require(may_import(request.user, owner.pk))
    if request.method == "POST":
        return act(request, owner, found)
    if found.state == State.APPLIED and found.plan is not None:
        is_comparison = creating.is_comparison(found)
        context = {**facts_of(owner, found), "may_undo": may_undo(found), "is_comparison": is_comparison}
        return render(request, f"{HERE}made.html", context)
    if found.state != State.READY:
        return redirect(found)
    return show(request, owner, found, NewPlanForm(plan_import=found))


def facts_of(owner: Authority, found: PlanImport) -> dict[str, Any]:
    return {"authority": owner, "found": found, "page_url": found.get_absolute_url()}


def may_undo(found: PlanImport) -> bool:
    return found.against_id is None and found.plan is not None and creating.is_untouched(found.plan)


def show(request: Any, owner: Authority, found: PlanImport, form: NewPlanForm, *problems: str) -> HttpResponse:
    """Show what is left to decide, or what will be made and the form that makes it."""
    facts = {**facts_of(owner, found), "progress": progress.counts(found), "problems": problems}
    if creating.is_comparison(found):
        facts |= {"stops": applying.cannot(found), "changes": applying.counts(found), "target": found.against}
        facts |= {**plan_facts.shown(found), "chosen": request.POST.getlist("fakta")}
        facts["stays"] = staying.of(found, found.against).words if found.against else ""
        return render(request, f"{HERE}apply.html", facts)
    return render(request, f"{HERE}plan.html", {**facts, "form": form, "made": what_is_made(found)})


def what_is_made(found: PlanImport) -> list[str]:
    """Return "3 mål", "8 strategier", "37 tiltak": how many of each are accepted, in the document's own words."""
    words = Words.of(found)
    return [words.counted(level, count) for level, count in zip(Level, creating.will_make(found), strict=True)]


def act(request: Any, owner: Authority, found: PlanImport) -> HttpResponse:
    """Do what was pressed; what is refused is said on the page, with what was typed."""
    deed, now = request.POST.get("gjor", ""), timezone.now()
    form = NewPlanForm(request.POST if deed == "opprett" else None, plan_import=found)
    try:
        if deed == "opprett" and found.state == State.READY and not form.is_valid():
            return show(request, owner, found, form)
        if deed == "opprett":
            creating.create(found, getattr(form, "cleaned_data", {}), by=request.user, now=now)
            messages.success(request, _("The plan is made, as a draft. Only you who work here see it."))
        elif deed == "bruk":
            applying.apply(found, request.POST.getlist("fakta"), by=request.user, now=now)
            messages.success(request, _("The changes are taken into the plan."))
        elif deed == "angre":
            creating.undo(found, by=request.user, now=now)
            messages.success(request, _("The plan is taken back. The proposal is here as it was."))
            return redirect(found)
        else:
            raise Http404
    except ValidationError as error:
        found.refresh_from_db()
        if found.state != State.READY:
            messages.error(request, " ".join(error.messages))
            return redirect(found)
        return show(request, owner, found, form, *error.messages)
    return redirect("import_create", owner.slug, found.pk)
