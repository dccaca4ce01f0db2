"""The plan's action part as its officers roll it: the next is drafted, compared, and put in force by a resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.models.base import key_in
from portal.views.methods import read_or_act
from strategy import part_adoption, part_lines, parts, rolling, sentences
from strategy.models import Measure, Plan
from strategy.part_forms import NewRowForm, YearsForm, row_forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from strategy.models import ActionPart

HOME = "strategy/rolling/"
FEW_ROWS = 20
"""So many rows carry each the list of what they may lie under; of more, each is moved on a page of its own."""


def plan_of(request: Any, authority: str, plan: str) -> Plan:
    """Return the plan for those who work at its owner's desk.

    Raises:
        Http404: for others the page does not exist.
        PermissionDenied: a member of the authority whose role gives no casework.
    """
    found = get_object_or_404(Plan.objects.select_related("authority"), authority__slug=authority, slug=plan)
    if permissions.does_casework(request.user, found.authority_id):
        return found
    permissions.turn_away(request.user, found.authority_id)


def facts_of(request: Any, plan: Plan) -> dict[str, Any]:
    """Return what every page of the action part shows."""
    places = [plan.authority.slug, plan.slug]
    return {
        "authority": plan.authority, "plan": plan, "words": sentences.Words.of(plan), "today": timezone.localdate(),
        "may_work": rolling.may_roll(request.user, plan.authority_id), "page_url": reverse("action_part", args=places),
    }  # fmt: skip


@never_cache
@login_required
@read_or_act
def action_part(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show the action part in force and the one being drafted; ask before what cannot be taken back; act on POST."""
    found = plan_of(request, authority, plan)
    draft = parts.draft_of(found)
    if request.method == "POST":
        return act(request, found, draft)
    if older := request.GET.get("del"):
        rolled = found.action_parts.filter(replaces__isnull=False).select_related("replaces", "adopted_in")
        return compared(request, found, get_object_or_404(rolled, pk=key_in(older)))
    if deed := request.GET.get("gjor"):
        return ask(request, found, draft, deed)
    if draft is None:
        return overview(request, found, YearsForm(initial=suggested(found)))
    if {"utskrift", "fil"} & request.GET.keys() or not rolling.may_roll(request.user, found.authority_id):
        return compared(request, found, draft)
    return drafting(request, found, draft)


def suggested(plan: Plan) -> dict[str, int | None]:
    part = parts.part_in_force(plan)
    if part is None:
        return {}
    years = parts.next_period(part, plan.period_end)
    return {"period_start": years.start, "period_end": years.end}


def overview(request: HttpRequest, plan: Plan, form: YearsForm) -> HttpResponse:
    """Show the parts the plan has had, and the form that drafts the next."""
    had = plan.action_parts.exclude(parts.IS_DRAFT).select_related("adopted_in__body", "adopted_in__case")
    in_force = Measure.objects.filter(parts.IN_FORCE, plan=plan).count()
    context = {
        **facts_of(request, plan), "part": parts.part_in_force(plan), "had": had.order_by("-period_start"),
        "form": form, "in_force": in_force,
        "may_start": plan.status == Plan.Status.ADOPTED and in_force > 0,
    }  # fmt: skip
    return render(request, f"{HOME}action_part.html", context)


def compared(request: HttpRequest, plan: Plan, part: ActionPart) -> HttpResponse:
    """Show, for the council, what the part makes of the one before it; or send it as a file."""
    lines = part_lines.lines_of(part)
    if form := request.GET.get("fil"):
        return part_lines.as_file(form, part, lines)
    context = {
        **facts_of(request, plan), "part": part, "groups": part_lines.by_kind(lines), "total": len(lines),
        "summary": part_lines.summary(lines), "anomalies": part_lines.anomalies(lines),
        "query": f"del={part.pk}&" if part.adopted_on else "",
    }  # fmt: skip
    return render(request, f"{HOME}compare.html", context)


def drafting(request: Any, plan: Plan, draft: ActionPart) -> HttpResponse:
    """Show all rows of the draft, or those the address asks for, to be changed and saved in one press."""
    chosen = request.GET.get("vis", "")
    lines = part_lines.lines_of(draft)
    parents = part_lines.parents(plan)
    shown = part_lines.kept(lines, chosen)
    if one := request.GET.get("rad"):
        shown = [line for line in lines if line.entry.pk == key_in(one)]
    forms = row_forms(shown, parents)
    return render_draft(request, plan, draft, lines=lines, forms=forms, parents=parents, chosen=chosen)


def render_draft(request: Any, plan: Plan, draft: ActionPart, *, lines: Any, **facts: Any) -> HttpResponse:
    context = {
        **facts_of(request, plan), "draft": draft, "chips": part_lines.chips(lines, facts["chosen"]),
        "summary": part_lines.summary(lines), "anomalies": part_lines.anomalies(lines), "total": len(lines),
        "is_one": "rad" in request.GET, "may_move": len(facts["forms"]) <= FEW_ROWS,
        "lacking": parts.not_carried_over(draft).count(), "steps": part_adoption.steps_that_adopt(plan),
        "done": sum(line.is_done and line.kind in (part_lines.CONTINUED, part_lines.REWORDED) for line in lines),
        **facts,
    }  # fmt: skip
    return render(request, f"{HOME}draft.html", context)


def save(request: Any, plan: Plan, draft: ActionPart) -> HttpResponse:
    """Save all rows that were sent, or none; say at the row what is wrong."""
    lines, parents = part_lines.lines_of(draft), part_lines.parents(plan)
    forms = row_forms(lines, parents, request.POST)
    facts = {"lines": lines, "forms": forms, "parents": parents, "chosen": request.GET.get("vis", "")}
    checked = [form.is_valid() for form in forms]
    if not all(checked):
        return render_draft(request, plan, draft, **facts)
    try:
        count = rolling.save(draft, {form.line.entry.pk: form.edit for form in forms}, by=request.user)
    except rolling.Overtaken as error:
        anew = {line.entry.pk: line for line in part_lines.lines_of(draft)}
        for form in forms:
            if form.line.entry.pk in error.rows:
                form.see_anew(anew[form.line.entry.pk])
        return render_draft(request, plan, draft, overtaken=error.messages, **facts)
    text = ngettext("%d row is changed.", "%d rows are changed.", count) % count
    messages.success(request, text if count else _("Nothing was changed."))
    if one := key_in(request.GET.get("rad", "")):
        return redirect(f"{reverse('action_part', args=[plan.authority.slug, plan.slug])}#rad-{one}")
    return redirect(request.get_full_path())


# ---- deeds ----


def ask(request: Any, plan: Plan, draft: ActionPart | None, deed: str) -> HttpResponse:
    """Show what a deed would do, and a button that does it; or the form of a new measure."""
    permissions.require(rolling.may_roll(request.user, plan.authority_id))
    if draft is None:
        return redirect("action_part", plan.authority.slug, plan.slug)
    facts: dict[str, Any] = {**facts_of(request, plan), "draft": draft}
    if deed == "nytt":
        form = NewRowForm(plan=plan, user=request.user, parents=part_lines.parents(plan))
        return render(request, f"{HOME}new_measure.html", {**facts, "form": form})
    if deed == "forkast":
        facts["new"] = draft.entries.filter(measure__current_entry=None).count()
        return render(request, f"{HOME}confirm_discard.html", facts)
    if deed == "fjern":
        row = draft.entries.filter(measure__current_entry=None, pk=key_in(request.GET.get("rad", ""))).first()
        if row is None:
            return redirect("action_part", plan.authority.slug, plan.slug)
        return render(request, f"{HOME}confirm_remove.html", {**facts, "row": row})
    if deed == "vedta":
        lines = part_lines.lines_of(draft)
        facts |= {"steps": part_adoption.steps_that_adopt(plan), "summary": part_lines.summary(lines)}
        return render(request, f"{HOME}confirm_adopt.html", facts)
    raise Http404


def act(request: Any, plan: Plan, draft: ActionPart | None) -> HttpResponse:
    """Do what was pressed and say what came of it; what is refused is said on the page."""
    permissions.require(rolling.may_roll(request.user, plan.authority_id))
    deed = request.POST.get("gjor", "")
    if deed == "start":
        return start(request, plan)
    if draft is None:
        if deed == "vedta" or deed in DEEDS or deed in ("lagre", "nytt"):
            messages.warning(request, str(rolling.GONE))
            return redirect("action_part", plan.authority.slug, plan.slug)
        raise Http404
    try:
        if deed == "lagre":
            return save(request, plan, draft)
        if deed == "nytt":
            return add_new(request, plan, draft)
        if deed not in DEEDS:
            raise Http404
        messages.success(request, DEEDS[deed](request, plan, draft))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    return redirect("action_part", plan.authority.slug, plan.slug)


def start(request: Any, plan: Plan) -> HttpResponse:
    form = YearsForm(request.POST)
    if form.is_valid():
        try:
            years = form.cleaned_data
            draft = rolling.start(
                plan, period_start=years["period_start"], period_end=years["period_end"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            count = draft.entries.count()
            text = ngettext("%d measure is carried over.", "%d measures are carried over.", count) % count
            messages.success(request, text)
            return redirect("action_part", plan.authority.slug, plan.slug)
    return overview(request, plan, form)


def add_new(request: Any, plan: Plan, draft: ActionPart) -> HttpResponse:
    form = NewRowForm(request.POST, plan=plan, user=request.user, parents=part_lines.parents(plan))
    if not form.is_valid():
        return render(request, f"{HOME}new_measure.html", {**facts_of(request, plan), "draft": draft, "form": form})
    rolling.add_new(draft, wording=form.wording, facts=form.facts, by=request.user, once=form.cleaned_data["once"])
    messages.success(request, _("“%(title)s” stands last in the draft.") % {"title": form.wording.title})
    return redirect(f"{reverse('action_part', args=[plan.authority.slug, plan.slug])}?vis=nye")


def discard(request: Any, plan: Plan, draft: ActionPart) -> str:
    rolling.discard(draft, by=request.user)
    return _("The draft is discarded. The action part in force is as it was.")


def remove_new(request: Any, plan: Plan, draft: ActionPart) -> str:
    title = rolling.remove_new(draft, key_in(request.POST.get("rad", "")), by=request.user)
    return _("“%(title)s” is taken out of the draft.") % {"title": title} if title else _("It was gone already.")


def complete(request: Any, plan: Plan, draft: ActionPart) -> str:
    count = rolling.complete(draft, by=request.user)
    return ngettext("%d measure is carried over.", "%d measures are carried over.", count) % count


def drop_done(request: Any, plan: Plan, draft: ActionPart) -> str:
    with translation.override(plan.authority.language_form):
        reason = _("Done.")
    count = rolling.drop_done(draft, reason=reason, by=request.user)
    return ngettext("%d measure is taken out as done.", "%d measures are taken out as done.", count) % count


def adopt(request: Any, plan: Plan, draft: ActionPart) -> str:
    chosen = key_in(request.POST.get("vedtak", ""))
    step = next((each for each in part_adoption.steps_that_adopt(plan) if each.pk == chosen), None)
    if step is None:
        raise ValidationError(_("Choose the resolution that adopted the action part."))
    part_adoption.adopt_part(draft, step=step, by=request.user, at=timezone.now())
    return _("The action part %(years)s is in force. Those who work with the plan are told.") % {"years": draft}


DEEDS: dict[str, Callable[[Any, Plan, ActionPart], str]] = {
    "forkast": discard, "fjern": remove_new, "suppler": complete, "fullforte": drop_done, "vedta": adopt,
}  # fmt: skip
