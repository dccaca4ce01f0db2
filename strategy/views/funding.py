"""A plan's money by budget year, as those who do its measures set it: on the page, or through the budget system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import permissions as roles
from portal.models import Authority
from portal.models.base import key_in
from portal.views.methods import read_or_act
from strategy import budget, budget_file, permissions, sentences
from strategy.budget import Money, Wish
from strategy.budget_forms import FileForm, YearForms
from strategy.models import Plan, PlanParticipant

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SALT = "strategy.funding"
KEPT = 24 * 3600
"""Seconds that a previewed file may wait for its confirmation."""


def plan_of(request: Any, authority: str, plan: str) -> Plan:
    """Return the plan for those who work at the desk of its owner or of an authority that takes part.

    Raises:
        Http404: for others the page does not exist.
        PermissionDenied: a member of one of them whose role gives no casework.
    """
    found = get_object_or_404(Plan.objects.select_related("authority"), authority__slug=authority, slug=plan)
    participants = set(
        found.participants.exclude(role=PlanParticipant.Role.COVERED).values_list("authority", flat=True)
    )
    if permissions.reads_reporting(request.user, found, participants):
        return found
    roles.turn_away(request.user, found.authority_id, *participants)


def year_of(request: HttpRequest) -> int:
    """Return the budget year the address asks for; the coming one is being planned.

    Raises:
        Http404: no sane year.
    """
    asked = request.GET.get("ar", "")
    year = key_in(asked) if asked else timezone.localdate().year + 1
    if not budget.check_year(year):
        raise Http404
    return year


@never_cache
@login_required
@read_or_act
def plan_funding(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show and save the money of one budget year; a file is shown as a preview before it is saved."""
    found, year = plan_of(request, authority, plan), year_of(request)
    if request.method == "POST":
        return act(request, found, year)
    parts = budget.parts_of(found, year, request.user)
    if "fil" in request.GET:
        if request.GET["fil"] != "xlsx":
            raise Http404
        return budget_file.as_xlsx(parts, year)
    return shown(request, found, year, YearForms(parts), parts)


def act(request: Any, plan: Plan, year: int) -> HttpResponse:
    may_write = set(roles.authorities_with(request.user, roles.writers_of(budget.FUNDING)))
    takes_part = set(plan.participants.values_list("authority", flat=True))
    roles.require(request.user.is_superuser or bool(may_write & takes_part))
    deeds = {"lagre": save, "les": preview, "bruk": take_in, "meld-pa": join}
    deed = deeds.get(request.POST.get("gjor", ""))
    if deed is None:
        raise Http404
    return deed(request, plan, year)


def shown(
    request: Any, plan: Plan, year: int, forms: YearForms, parts: list[budget.Part], **facts: Any
) -> HttpResponse:
    this = timezone.localdate().year
    years = sorted({this, this + 1, year, *budget.years_of(plan, request.user)})
    context = {
        **facts_of(plan, year), "forms": forms, "parts": parts, "totals": budget.totals_of(plan, parts), "years": years,
        "is_shared": len({part.authority_id for part in parts}) > 1, "may_write": any(p.may_write for p in parts),
        "joins": joins_of(request, plan), "file_form": FileForm(), **facts,
    }  # fmt: skip
    return render(request, "strategy/funding/plan_funding.html", context)


def facts_of(plan: Plan, year: int) -> dict[str, Any]:
    page = reverse("plan_funding", args=[plan.authority.slug, plan.slug])
    return {
        "authority": plan.authority, "plan": plan, "year": year, "words": sentences.Words.of(plan),
        "page_url": f"{page}?ar={year}",
    }  # fmt: skip


def joins_of(request: Any, plan: Plan) -> list[tuple[Authority, list[Any]]]:
    """Return, for each of the user's own municipalities in a shared plan, the measures it has no part in yet."""
    mine = roles.authorities_with(request.user, roles.writers_of("strategy.measureparticipation"))
    members = Authority.objects.filter(
        pk__in=mine, plan_links__plan=plan, plan_links__role=PlanParticipant.Role.MEMBER
    ).order_by("pk")
    found = [
        (one, list(budget.not_joined(plan, one.pk).select_related("current_entry__strategy").order_by(
            "current_entry__position")))
        for one in members
    ]  # fmt: skip
    return [(one, measures) for one, measures in found if measures]


def save(request: Any, plan: Plan, year: int) -> HttpResponse:
    """Save every changed row, or none; say at the row what is wrong."""
    parts = budget.parts_of(plan, year, request.user)
    forms = YearForms(parts, request.POST)
    if not forms.is_valid():
        return shown(request, plan, year, forms, parts)
    try:
        count = budget.write(plan, year, forms.wishes, by=request.user)
    except ValidationError as error:
        return shown(request, plan, year, forms, parts, refused=error.messages)
    if forms.gone:
        messages.warning(request, _("A colleague has removed a line while you were writing."))
    text = ngettext("%d line is saved.", "%d lines are saved.", count) % count
    messages.success(request, text if count else _("Nothing was changed."))
    return redirect(f"{reverse('plan_funding', args=[plan.authority.slug, plan.slug])}?ar={year}")


def preview(request: Any, plan: Plan, year: int) -> HttpResponse:
    """Show what the file would change, or all that is wrong with it; nothing is saved."""
    parts = budget.parts_of(plan, year, request.user)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            found = budget_file.read(form.cleaned_data["file"], parts, year)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            key = "" if found.faults else signing.dumps(
                [request.user.pk, plan.pk, year, [list(wish) for wish in found.wishes]], salt=SALT, compress=True
            )  # fmt: skip
            context = {**facts_of(plan, year), "preview": found, "key": key}
            return render(request, "strategy/funding/preview.html", context)
    return shown(request, plan, year, YearForms(parts), parts, file_form=form)


def take_in(request: Any, plan: Plan, year: int) -> HttpResponse:
    """Save what the preview showed, unless a colleague has changed some of it meanwhile."""
    try:
        user, of_plan, of_year, rows = signing.loads(request.POST.get("innhold", ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        messages.error(request, _("The preview is too old. Send the file once more."))
    else:
        roles.require((user, of_plan, of_year) == (request.user.pk, plan.pk, year))
        wishes = [Wish(part, row, seen, Money(*money)) for part, row, seen, money in rows]
        try:
            count = budget.write(plan, year, wishes, by=request.user)
        except ValidationError as error:
            for text in [_("Nothing was saved."), *error.messages]:
                messages.error(request, text)
        else:
            messages.success(request, ngettext("%d line is saved.", "%d lines are saved.", count) % count)
    return redirect(f"{reverse('plan_funding', args=[plan.authority.slug, plan.slug])}?ar={year}")


def join(request: Any, plan: Plan, year: int) -> HttpResponse:
    """Give the user's municipality its own part in the measures she marked."""
    chosen = [key for text in request.POST.getlist("tiltak") if (key := key_in(text))]
    count = budget.take_part(plan, chosen, key_in(request.POST.get("kommune", "")), by=request.user)
    text = ngettext("You now have your own part in %d measure.", "You now have your own part in %d measures.", count)
    messages.success(request, text % count if count else _("Mark the measures you take part in."))
    return redirect(f"{reverse('plan_funding', args=[plan.authority.slug, plan.slug])}?ar={year}")
