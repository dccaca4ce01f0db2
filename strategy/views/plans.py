"""What anyone may read of a plan: its status page and a page for each measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import fresh
from portal.permissions import does_casework, may_write
from strategy import adoption, changes, gate, permissions, plan_panels, sentences
from strategy.content import released
from strategy.filters import Filter
from strategy.measure_page import gather_measure
from strategy.pages import lang_of, page_context
from strategy.status import plan_and_participants, read

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from strategy.content import Participant
    from strategy.gate import Gate
    from strategy.models import Plan


class Duty(NamedTuple):
    """Something the reader may do with the plan, and where."""

    text: str
    url: str


class Visit(NamedTuple):
    """A reader who may read the plan: whether she sees standing, and the page's state as it was before its data."""

    gate: Gate
    live: bool
    today: dt.date
    state: str
    duties: list[Duty]
    panels: list[Any] | None = None
    """What panels of other areas are made from, where the page's state depends on it."""

    def fetch(self) -> tuple[Plan, list[Participant]]:
        """Return the plan and who takes part in it; one query."""
        plan, participants = plan_and_participants(self.gate.plan_id)
        if plan is None:
            raise Http404
        return plan, participants

    @property
    def shows_report(self) -> bool:
        """Whether the reader gets the last released report instead of today's picture."""
        return not self.live and self.gate.last is not None


def let_in(request: HttpRequest, authority: str, plan: str, *, panels: bool = False) -> Visit:
    """Ask for the plan in one query, and authorise. With `panels`, what they show is part of the page's state.

    Raises:
        Http404: there is no such plan, or it is a draft of an authority where the reader does no casework.
    """
    found = gate.ask(authority, plan)
    if found is None or not permissions.may_read(request.user, found):
        raise Http404
    live = permissions.may_see_standing(request.user, found, found.participant_ids)
    duties = duties_of(request.user, found, [authority, plan])
    today = timezone.localdate()
    shows = panels and (live or found.last is None)  # a report froze its own
    asked = plan_panels.ask_for_state(found.plan_id) if shows else None
    state = ""
    if found.version is not None:
        of_data = (found.plan_id, found.version, found.last, live, duties, plan_panels.version(asked or []))
        state = fresh.state_of(request, today, *of_data)
    return Visit(found, live, today, state, duties, asked)


def duties_of(user: Any, plan: Gate, place: list[str]) -> list[Duty]:
    """Return what the reader may do with the plan: report, release, roll its action part, fund it."""
    found = []
    if permissions.may_ask(user, plan.participant_ids):
        found.append(Duty(_("Ask about the plan"), reverse("plan_questions", args=place)))
    if not permissions.reads_reporting(user, plan, plan.participant_ids):
        return found
    if does_casework(user, plan.authority_id):
        page = "release_report" if permissions.may_release(user, plan) else "plan_report_version"
        text = _("Report no. %(number)s waits to be released")
        found += [Duty(text % {"number": one[0]}, reverse(page, args=[*place, *one])) for one in plan.waiting]
    found.append(Duty(_("Reporting"), reverse("reporting_periods", args=place)))
    if may_write(user, "strategy.plan", plan.authority_id):
        found.append(Duty(_("Plan documents"), f"{reverse('plan_imports', args=place[:1])}?plan={plan.plan_id}"))
    if may_write(user, "strategy.actionpart", plan.authority_id):
        found.append(Duty(_("Action part"), reverse("action_part", args=place)))
    if any(may_write(user, "strategy.measurefunding", each) for each in (plan.authority_id, *plan.participant_ids)):
        found.append(Duty(_("Funding"), reverse("plan_funding", args=place)))
    if may_write(user, "strategy.indicator", plan.authority_id):
        found.append(Duty(_("Indicators"), reverse("indicators", args=place[:1])))
        found.append(Duty(_("Give measures to another"), reverse("reassign", args=place[:1])))
    return found


@require_safe
def plan_status(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Show what the plan promises and how it goes: today to those who may see that, else as last released."""
    visit = let_in(request, authority, plan, panels=True)
    if (answer := fresh.unchanged(request, visit.state)) is not None:
        return answer
    chosen, last = Filter.read(request.GET), visit.gate.last
    if last and visit.shows_report:
        from strategy.views import reports  # it asks this module who is let in

        return reports.shown(request, visit, last.id, chosen)
    found, participants = visit.fetch()
    content = read(
        found, today=visit.today, participants=participants, viewer=request.user, panels=visit.panels
    )  # fmt: skip
    if last and (earlier := released(last.id)):
        content.changes = changes.compare(earlier, content)
    way = adoption.way_of(getattr(found, "resolution_rows", []))
    facts = {
        **page_context(content, live=visit.live, chosen=chosen),
        "way": way, "adoption_sentence": adoption.sentence(found, way), "is_today": visit.live,
        "only_you": visit.live and not found.live_view_open, "last": last, "duties": visit.duties,
    }  # fmt: skip
    return _shown(request, visit, found, "strategy/plan_status.html", facts)


@require_safe
def measure_page(request: HttpRequest, authority: str, plan: str, measure: int) -> HttpResponse:
    """Show one measure: what is to be done, who does it, by when, for which money, and how it has gone."""
    visit = let_in(request, authority, plan)
    if (answer := fresh.unchanged(request, visit.state)) is not None:
        return answer
    found, participants = visit.fetch()
    last = visit.gate.last if visit.shows_report else None
    report = released(last.id) if last else None
    page = gather_measure(
        found, measure, today=visit.today, participants=participants, live=visit.live, released=report
    )
    if page is None:
        raise Http404
    facts = {
        "plan": found, "live": visit.live or report is not None, "is_today": visit.live, "last": last, "page": page,
        "may_ask": permissions.may_ask(request.user, visit.gate.participant_ids),
        "words": sentences.Words.of(found), "lang": lang_of(found.authority.language_form),
    }  # fmt: skip
    return _shown(request, visit, found, "strategy/measure_page.html", facts)


def _shown(request: HttpRequest, visit: Visit, plan: Plan, template: str, facts: dict[str, Any]) -> HttpResponse:
    response = render(request, template, {"authority": plan.authority, **facts})
    return fresh.mark_fresh(request, response, visit.state) if visit.state else response
