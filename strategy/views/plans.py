"""What anyone may read of a plan: its status page and a page for each measure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from portal import fresh
from strategy import permissions
from strategy.measure_page import gather_measure
from strategy.models import Plan
from strategy.status import Filter, Participant, gather, participants_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse


class Opened(NamedTuple):
    """A plan this reader may read, whether she sees standing, and the page's state as it was before its data."""

    plan: Plan
    live: bool
    participants: list[Participant]
    today: dt.date
    state: str


def open_plan(request: HttpRequest, authority: str, plan: str) -> Opened:
    """Fetch the plan and its data version in one query, and authorise.

    Raises:
        Http404: there is no such plan, or it is a draft of an authority where the reader does no casework.
    """
    found = get_object_or_404(
        Plan.objects.select_related("authority", "data_version"), authority__slug=authority, slug=plan
    )
    if not permissions.may_read(request.user, found):
        raise Http404
    participants: list[Participant] = []

    def ask() -> list[int]:
        participants.extend(participants_of(found))
        return [one.authority_id for one in participants]

    live = permissions.may_see_standing(request.user, found, ask)
    today = timezone.localdate()
    version = getattr(getattr(found, "data_version", None), "version", None)
    state = fresh.state_of(request, today, found.pk, version, live) if version is not None else ""
    return Opened(found, live, participants, today, state)


@require_safe
def plan_status(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show what the plan promises and how it goes."""
    opened = open_plan(request, authority, plan)
    if (answer := fresh.unchanged(request, opened.state)) is not None:
        return answer
    status = gather(
        opened.plan, today=opened.today, live=opened.live,
        participants=opened.participants or participants_of(opened.plan), chosen=Filter.read(request.GET),
    )  # fmt: skip
    return _shown(request, opened, "strategy/plan_status.html", {"status": status})


@require_safe
def measure_page(request: HttpRequest, authority: str, plan: str, measure: int) -> HttpResponse:
    """Show one measure: what is to be done, who does it, by when, for which money."""
    opened = open_plan(request, authority, plan)
    if (answer := fresh.unchanged(request, opened.state)) is not None:
        return answer
    page = gather_measure(
        opened.plan, measure, today=opened.today, participants=opened.participants or participants_of(opened.plan)
    )
    if page is None:
        raise Http404
    return _shown(request, opened, "strategy/measure_page.html", {"page": page})


def _shown(request: HttpRequest, opened: Opened, template: str, facts: dict[str, Any]) -> HttpResponse:
    plan = opened.plan
    language = plan.authority.language_form
    is_foreign = request.LANGUAGE_CODE != language  # type: ignore[attr-defined]
    context = {
        "plan": plan,
        "authority": plan.authority,
        "live": opened.live,
        "released_to_all": plan.live_view_open,
        "lang": format_html(' lang="{}"', language) if is_foreign else "",
        **facts,
    }
    response = render(request, template, context)
    mark = partial(fresh.mark_fresh, request, response)
    return mark(opened.state) if opened.state else response
