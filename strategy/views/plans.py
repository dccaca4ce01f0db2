"""What anyone may read of a plan: its status page and a page for each measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from portal import fresh
from strategy import adoption, gate, permissions, sentences
from strategy.measure_page import gather_measure
from strategy.status import Filter, gather, plan_and_participants

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from strategy.gate import Gate
    from strategy.models import Plan
    from strategy.status import Participant


class Visit(NamedTuple):
    """A reader who may read the plan: whether she sees standing, and the page's state as it was before its data."""

    gate: Gate
    live: bool
    today: dt.date
    state: str

    def fetch(self) -> tuple[Plan, list[Participant]]:
        """Return the plan and who takes part in it; one query."""
        plan, participants = plan_and_participants(self.gate.plan_id)
        if plan is None:
            raise Http404
        return plan, participants


def let_in(request: HttpRequest, authority: str, plan: str) -> Visit:
    """Ask for the plan in one query, and authorise.

    Raises:
        Http404: there is no such plan, or it is a draft of an authority where the reader does no casework.
    """
    found = gate.ask(authority, plan)
    if found is None or not permissions.may_read(request.user, found):
        raise Http404
    live = permissions.may_see_standing(request.user, found, found.participant_ids)
    today = timezone.localdate()
    state = fresh.state_of(request, today, found.plan_id, found.version, live) if found.version is not None else ""
    return Visit(found, live, today, state)


@require_safe
def plan_status(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show what the plan promises and how it goes."""
    visit = let_in(request, authority, plan)
    if (answer := fresh.unchanged(request, visit.state)) is not None:
        return answer
    found, participants = visit.fetch()
    status = gather(
        found, today=visit.today, live=visit.live, participants=participants, chosen=Filter.read(request.GET)
    )
    way = adoption.way_of(getattr(found, "resolution_rows", []))
    adopted = {"way": way, "adoption_sentence": adoption.sentence(found, way)}
    return _shown(request, visit, found, "strategy/plan_status.html", {"status": status, **adopted})


@require_safe
def measure_page(request: HttpRequest, authority: str, plan: str, measure: int) -> HttpResponse:
    """Show one measure: what is to be done, who does it, by when, for which money."""
    visit = let_in(request, authority, plan)
    if (answer := fresh.unchanged(request, visit.state)) is not None:
        return answer
    found, participants = visit.fetch()
    page = gather_measure(found, measure, today=visit.today, participants=participants)
    if page is None:
        raise Http404
    return _shown(request, visit, found, "strategy/measure_page.html", {"page": page})


def _shown(request: HttpRequest, visit: Visit, plan: Plan, template: str, facts: dict[str, Any]) -> HttpResponse:
    language = plan.authority.language_form
    is_foreign = language != request.LANGUAGE_CODE  # type: ignore[attr-defined]
    context = {
        "plan": plan,
        "authority": plan.authority,
        "live": visit.live,
        "released_to_all": plan.live_view_open,
        "words": sentences.Words.of(plan),
        "lang": format_html(' lang="{}"', language) if is_foreign else "",
        **facts,
    }
    response = render(request, template, context)
    return fresh.mark_fresh(request, response, visit.state) if visit.state else response
