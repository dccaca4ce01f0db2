"""What strategy shows on the portal's own pages: a line for each authority, and its plans."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import permissions
from strategy import sentences
from strategy.content import decode
from strategy.models import Goal, InputEffect, Measure, Plan, PlanCase, PlanParticipant, PlanReport, Strategy
from strategy.rows import Row, read_standings
from strategy.rules import Standing, count

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority

WAITING_PAGES = {"report_due": (gettext_lazy("Report on your measures"), "my_reporting")}
"""What waits for a person and is done on one page, by the kind of its due date."""
OWNER = PlanParticipant.Role.OWNER
IN_FORCE = Q(current_entry__isnull=False) & ~Q(current_entry__change="dropped")
MOST_PLANS = 5
BEST_FIRST = [Plan.Status.ADOPTED, Plan.Status.HEARING, Plan.Status.ENDED, Plan.Status.DRAFT]


def _count(model: Any, *conditions: Q) -> Coalesce:
    """Return how many rows of a model a plan has, as part of the plan's own query."""
    counted = (
        model.objects.filter(*conditions, plan_id=OuterRef("plan_id"))
        .order_by().values("plan_id").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _links() -> Any:
    """Return participations in plans with the plan, its owner and its size, in one query."""
    return PlanParticipant.objects.select_related("plan__authority").annotate(
        goals=_count(Goal), strategies=_count(Strategy, Q(is_cross_cutting=False)), measures=_count(Measure, IN_FORCE)
    )


def _rank(link: Any) -> tuple[bool, int, int]:
    """Return what puts an authority's own, adopted and newest plan first."""
    return (link.role != OWNER, BEST_FIRST.index(link.plan.status), -link.plan.period_start)


def levels_of(link: Any) -> list[str]:
    """Return "4 mål", "18 strategier" and "71 tiltak": the levels the plan has."""
    plan = link.plan
    levels = ((link.goals, plan.goal_word), (link.strategies, plan.strategy_word), (link.measures, plan.measure_word))
    return [sentences.counted(number, word) for number, word in levels if number]


def size_of(link: Any) -> str:
    """Return "4 mål, 18 strategier og 71 tiltak" for the plan of an annotated link."""
    return sentences.joined(levels_of(link))


def summaries(authorities: list[Authority]) -> dict[int, dict[str, str]]:
    """Return one line and one figure for each authority that has, or takes part in, a public plan; one query."""
    links = _links().filter(authority_id__in=[a.pk for a in authorities], plan__in=Plan.objects.public())
    best: dict[int, Any] = {}
    for link in sorted(links, key=_rank):
        best.setdefault(link.authority_id, link)
    return {authority_id: _summary(link) for authority_id, link in best.items()}


def _summary(link: Any) -> dict[str, str]:
    plan = link.plan
    if link.role != OWNER:
        text = _("Part of %(owner)s’s plan: %(plan)s") % {"owner": plan.authority.name, "plan": plan}
        return {"text": text, "figure": ""}
    *upper, figure = levels_of(link) or [""]
    return {"text": f"{plan}: {sentences.joined(upper)}" if upper else str(plan), "figure": figure}


class ReportLine(NamedTuple):
    """The newest report anyone may read: what it says in a sentence, and where it stands."""

    number: int
    frozen_on: dt.date
    sentence: str
    url: str


class PlanLine(NamedTuple):
    """A plan as an authority's page names it: what its last report said, or before that how many are late today."""

    plan: Plan
    size: str
    role: str
    late: int | None
    report: ReportLine | None = None

    @property
    def role_word(self) -> str:
        return str(PlanParticipant.Role(self.role).label)


def authority_panel(authority: Authority, user: Any) -> dict[str, Any]:
    """Return the authority's own plans and those of others that it takes part in; four queries and the roles."""
    readable = _links().filter(authority_id=authority.pk, plan__in=Plan.objects.readable_by(user))
    links = sorted(readable.order_by("plan__title"), key=_rank)
    reports = _reports([link.plan for link in links])
    late = _late_by_plan([pk for link in links if link.plan.live_view_open and (pk := link.plan.pk) not in reports])
    lines = [
        PlanLine(link.plan, size_of(link), link.role, late.get(link.plan.pk), reports.get(link.plan.pk))
        for link in links
    ]
    return {
        "template": "strategy/authority_panel.html",
        "own": [line for line in lines if line.role == OWNER],
        "others": [line for line in lines if line.role != OWNER],
    }


def _reports(plans: list[Plan]) -> dict[int, ReportLine]:
    """Return the last released report of each plan that has one; one query."""
    newest = (
        PlanReport.objects.filter(plan__in=plans, released_at__isnull=False)
        .order_by("plan_id", "-number", "-version")
        .distinct("plan_id")
    )
    return {report.plan_id: _report_line(report) for report in newest.select_related("plan__authority").defer("html")}


def _report_line(report: PlanReport) -> ReportLine:
    content = decode(report.content)
    counts = count(row.standing for row in content.rows)
    sentence = sentences.in_short(counts, content.plan.measure_word)
    return ReportLine(report.number, report.frozen_on, sentence, report.get_absolute_url())


def _late_by_plan(plan_ids: list[int]) -> dict[int, int]:
    """Return how many measures are late today in each plan whose live view is open to all."""
    if not plan_ids:
        return {}
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in read_standings(plan_ids, timezone.localdate()):
        rows[row.plan_id].append(row)
    return {plan: sum(row.standing == Standing.LATE for row in own) for plan, own in rows.items()}


def effects_of_inputs(input_ids: list[int]) -> dict[int, list[dict[str, str]]]:
    """Return what public plans changed because of each input, with the way to the measure or the plan; one query."""
    rows = (
        InputEffect.objects.filter(
            input_id__in=input_ids, plan__in=Plan.objects.public(), plan__authority__is_listed=True
        )
        .order_by("plan", "pk")
        .values_list("input_id", "change", "measure_id", "plan__slug", "plan__authority__slug")
    )
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for input_id, change, measure, plan, authority in rows:
        page, places = ("measure_page", [authority, plan, measure]) if measure else ("plan_status", [authority, plan])
        found[input_id].append({"text": change, "url": reverse(page, args=places)})
    return dict(found)


def where_to_record_effects(case: Any, user: Any) -> list[dict[str, str]]:
    """Return the case pages of the plans the user may write, those this case is about first; one query."""
    own = Plan.objects.visible_to(user).filter(authority_id=case.authority_id).exclude(status=Plan.Status.ENDED)
    if not permissions.may_write(user, "strategy.inputeffect", case.authority_id):
        return []
    about = Exists(PlanCase.objects.filter(plan=OuterRef("pk"), case=case))
    rows = own.annotate(is_about=about).order_by("-is_about", "-period_start", "pk")[:MOST_PLANS]
    return [{"text": str(plan), "url": reverse("admin:strategy_plan_change", args=[plan.pk])} for plan in rows]


def links_of_case(case: Any, user: Any) -> list[dict[str, str]]:
    """Return the plans this case is about, as far as the user may read them; one query."""
    readable = Plan.objects.readable_by(user)
    links = PlanCase.objects.filter(case=case, plan__in=readable).select_related("plan__authority")
    return [
        {"text": f"{link.plan} ({link.get_purpose_display().lower()})", "url": link.plan.get_absolute_url()}
        for link in links
    ]
