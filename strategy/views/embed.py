"""A plan's status for other web sites to show, and its figures as files. Both say what the plan's own page says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from portal import fresh
from strategy import changes, export
from strategy.content import Content, released
from strategy.filters import Filter
from strategy.status import assemble, read
from strategy.views.plans import let_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from strategy.views.plans import Visit

IN_A_FRAME = {
    "default-src": [NONE], "style-src": [SELF], "img-src": [SELF], "base-uri": [NONE], "form-action": [NONE],
    "frame-ancestors": ["*"],
}  # fmt: skip
"""The embedded page may stand in anyone's frame: it knows nobody, runs nothing and takes nothing."""
KEPT_SECONDS = 300


class Seen(NamedTuple):
    """The facts that this reader's page of the plan is made from, and whether they tell where the measures stand."""

    content: Content
    has_standing: bool


def seen(visit: Visit, viewer: Any) -> Seen:
    """Return today's facts to who may see them, else the last released report, else the plan without standing."""
    last = visit.gate.last
    earlier = released(last.id) if last else None
    if visit.shows_report and earlier:
        return Seen(earlier, has_standing=True)
    plan, participants = visit.fetch()
    content = read(plan, today=visit.today, participants=participants, viewer=viewer, panels=visit.panels)
    content.changes = changes.compare(earlier, content) if earlier and visit.live else None
    return Seen(content, has_standing=visit.live)


@xframe_options_exempt
@csp(IN_A_FRAME)
@require_safe
def plan_embed(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show a plan's public status in few words, for a frame on another web site; the same to everyone who looks."""
    request.user = AnonymousUser()
    visit = let_in(request, authority, plan, panels=True)
    if (answer := fresh.unchanged(request, visit.state)) is None:
        found = seen(visit, request.user)
        language = found.content.plan.language
        with translation.override(language):
            status = assemble(found.content, live=found.has_standing)
            facts = {"status": status, "plan": status.content.plan, "live": found.has_standing}
            answer = render(request, "strategy/embed/plan_embed.html", facts)
        answer["Content-Language"] = language
        answer = fresh.mark_fresh(request, answer, visit.state) if visit.state else answer
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


@require_safe
def plan_export(request: HttpRequest, authority: str, plan: str, form: str) -> HttpResponse:
    """Hand out what the reader's page of the plan shows: as csv one table, filtered as asked; else all tables."""
    if form not in export.FORMS:
        raise Http404
    visit = let_in(request, authority, plan, panels=True)
    if (answer := fresh.unchanged(request, visit.state)) is not None:
        return answer
    found = seen(visit, request.user)
    answer = export.answer(
        form, found.content, has_standing=found.has_standing, chosen=Filter.read(request.GET),
        wanted=request.GET.get("tabell", ""),
    )  # fmt: skip
    return fresh.mark_fresh(request, answer, visit.state) if visit.state else answer
