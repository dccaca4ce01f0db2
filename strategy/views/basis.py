"""What a plan is built on, as anyone reads it: the strategy house, SWOT, stakeholders and sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import fresh, permissions
from strategy import house, sentences
from strategy.pages import lang_of
from strategy.views.plans import let_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def plan_basis(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show what the plan is built on; those who may write it are shown where each thing is added."""
    visit = let_in(request, authority, plan)
    may_write = permissions.may_write(request.user, "strategy.swotitem", visit.gate.authority_id)
    state = fresh.state_of(request, visit.today, visit.state, may_write) if visit.state else ""
    if (answer := fresh.unchanged(request, state)) is not None:
        return answer
    found, _participants = visit.fetch()
    context = {
        "plan": found, "authority": found.authority, "basis": house.gather(found), "may_write": may_write,
        "words": sentences.Words.of(found), "lang": lang_of(found.authority.language_form),
    }  # fmt: skip
    response = render(request, "strategy/basis/plan_basis.html", context)
    return fresh.mark_fresh(request, response, state) if state else response
