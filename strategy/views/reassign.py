"""Giving one person's measures to another: who, which, to whom; a look at what happens, the deed, and a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.models import Authority, Unit, User
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of
from strategy import reassigning, rules
from strategy.reassigning import Receiver

if TYPE_CHECKING:
    import datetime as dt


@never_cache
@login_required
@read_or_act
def reassign(request: Any, authority: str) -> HttpResponse:
    """Choose whose measures, which and to whom; show what would happen; do it on POST; take it back once."""
    found = desk_of(request.user, authority)
    permissions.require(permissions.may_write(request.user, reassigning.PARTICIPATION, found.pk))
    today = timezone.localdate()
    if request.method == "POST" and "angre" in request.POST:
        return take_back(request, found)
    if done := request.GET.get("gjort"):
        return after(request, found, key_in(done))
    held_key = (request.POST if request.method == "POST" else request.GET).get("fra", "")
    if not held_key:
        return choose_person(request, found, today)
    is_nobody = held_key == reassigning.NOBODY
    held = None if is_nobody else get_object_or_404(reassigning.known_in(found), pk=key_in(held_key))
    facts = what_is_held(found, held, today)
    if request.method != "POST":
        return choose_rows(request, found, held, facts)
    return act(request, found, held, facts, today)


def page(request: Any, authority: Authority, name: str, **facts: Any) -> HttpResponse:
    context = {"authority": authority, "here": reverse("reassign", args=[authority.slug]), **facts}
    return render(request, f"strategy/reassign/{name}.html", context)


def choose_person(request: Any, authority: Authority, today: dt.date) -> HttpResponse:
    return page(
        request, authority, "choose_person", holders=reassigning.holders(authority, today),
        unheld=reassigning.without_anyone(authority),
    )  # fmt: skip


def what_is_held(authority: Authority, held: User | None, today: dt.date) -> dict[str, Any]:
    """Return the measures and reports of one person as lines of the page."""
    rows = [
        {"row": row, "name": reassigning.named(row), "is_over": reassigning.is_over(row),
         "standing": rules.standing(row.facts, today).value,
         "milestones": sum(each.reached_on is None for each in row.milestones.all())}
        for row in reassigning.held_by(authority, held)
    ]  # fmt: skip
    return {"rows": rows, "reports": list(reassigning.given_to(authority, held, today)) if held else []}


def choose_rows(
    request: Any, authority: Authority, held: User | None, facts: dict[str, Any], **more: Any
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate()
    people = [Receiver(person=each) for each in reassigning.has_role(authority, today) if each != held]
    units = [Receiver(unit=each) for each in Unit.objects.filter(authority=authority).order_by("name")]
    context = {
        "held": held, "people": [(each.key, each.person) for each in people],
        "units": [(each.key, each.unit) for each in units], "chosen": None, **facts, **more,
    }  # fmt: skip
    return page(request, authority, "choose_rows", **context)


def act(
    request: Any, authority: Authority, held: User | None, facts: dict[str, Any], today: dt.date
) -> HttpResponse:  # fmt: skip
    """Show what would happen, or do it; what is lacking is said above the same choices."""
    measures, reports = seen_rows(request, "tiltak"), seen_rows(request, "rapport")
    to = reassigning.receiver(authority, request.POST.get("til", ""), today)
    wrong = []
    if not measures and not reports:
        wrong.append((_("Choose at least one measure."), "valg"))
    if to is None:
        wrong.append((_("Choose who takes over."), "til"))
    elif held is None and to.key == reassigning.NOBODY:
        wrong.append((_("These have nobody already. Choose a person or a unit."), "til"))
    if wrong or to is None or "tilbake" in request.POST:
        chosen = {"measures": measures, "reports": reports, "to": request.POST.get("til", "")}
        return choose_rows(
            request, authority, held, facts, chosen=chosen, wrong=[] if "tilbake" in request.POST else wrong
        )  # fmt: skip
    if "gjor" not in request.POST:
        shown = [line for line in facts["rows"] if line["row"].pk in measures]
        given = [report for report in facts["reports"] if report.pk in reports]
        return page(
            request, authority, "preview", held=held, to=to, rows=shown, reports=given,
            milestones=sum(line["milestones"] for line in shown),
        )  # fmt: skip
    try:
        outcome = reassigning.reassign(
            authority, measures, reports, held=held, to=to, by=request.user, at=timezone.now()
        )  # fmt: skip
    except ValidationError as error:
        return choose_rows(request, authority, held, facts, wrong=[(text, "til") for text in error.messages])
    say(request, outcome)
    after_it = f"?gjort={outcome.event.pk}" if outcome.event else f"?fra={held.pk if held else reassigning.NOBODY}"
    return redirect(reverse("reassign", args=[authority.slug]) + after_it)


def seen_rows(request: Any, name: str) -> dict[int, int]:
    """Return the chosen rows, each with the version the page showed."""
    found = {}
    for text in request.POST.getlist(name):
        pk, _sep, version = text.partition(".")
        if key_in(pk) and version.isdecimal() and len(version) < 10:
            found[int(pk)] = int(version)
    return found


def say(request: Any, outcome: reassigning.Outcome) -> None:
    """Say what was done, and name what was left alone."""
    if outcome.measures or outcome.reports:
        parts = [
            ngettext("%d measure is given over.", "%d measures are given over.", outcome.measures) % outcome.measures
        ]
        if outcome.reports:
            parts.append(ngettext("%d report goes along.", "%d reports go along.", outcome.reports) % outcome.reports)
        messages.success(request, " ".join(parts))
    if outcome.left:
        text = _("Changed by someone meanwhile, and left as it is: %(names)s.")
        messages.warning(request, text % {"names": "; ".join(outcome.left)})


# ---- afterwards ----


def after(request: Any, authority: Authority, pk: int) -> HttpResponse:
    """Show what was given over, with a way back."""
    event = reassigning.of_event(authority, pk)
    if event is None:
        raise Http404
    rows, reports = reassigning.lines_of(event)
    to = reassigning.receiver(authority, event.facts["to"], timezone.localdate())
    held = User.objects.filter(pk=event.facts["from"]).first() if event.facts["from"] else None
    return page(
        request, authority, "done", event=event, rows=rows, reports=reports, to=to, held=held,
        is_undone=reassigning.is_undone(event),
    )  # fmt: skip


def take_back(request: Any, authority: Authority) -> HttpResponse:
    """Give the rows of one deed back to who had them."""
    event = reassigning.of_event(authority, key_in(request.POST["angre"]))
    if event is None:
        raise Http404
    outcome = reassigning.undo(event, by=request.user, at=timezone.now())
    if outcome is None:
        messages.info(request, _("It is taken back already."))
    else:
        text = ngettext("%d measure is back where it was.", "%d measures are back where they were.", outcome.measures)
        messages.success(request, text % outcome.measures)
        if outcome.left:
            left = _("Changed by someone meanwhile, and left as it is: %(names)s.")
            messages.warning(request, left % {"names": "; ".join(outcome.left)})
    return redirect(f"{reverse('reassign', args=[authority.slug])}?gjort={event.pk}")
