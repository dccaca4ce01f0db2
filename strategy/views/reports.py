"""Reports of a plan: the list, one report as it was released, its files; and freezing, releasing, correcting."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, JSONField, OuterRef, Value, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, JSONObject
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import fresh, kept_pages
from portal.permissions import may_see_live, turn_away
from portal.views.methods import read_or_act
from strategy import adoption, changes, export, frozen, gate, permissions, sentences
from strategy.content import PlanWords, ReportHead, decode
from strategy.filters import NO_FILTER, Filter
from strategy.frozen_forms import CorrectForm, FreezeForm, ReleaseForm
from strategy.models import PlanReport, PlanReportFile, ReportingPeriod
from strategy.pages import lang_of
from strategy.papers.paper import name_of, treated_by
from strategy.periods import close_period
from strategy.status import assemble
from strategy.views import plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from strategy.gate import Gate
    from strategy.models import Plan
    from strategy.views.plans import Visit

FORMS = (("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))


class Rights(NamedTuple):
    """What the reader may see and do beyond reading what is released."""

    sees_waiting: bool
    may_freeze: bool
    may_release: bool

    @classmethod
    def of(cls, user: Any, plan: Gate) -> Rights:
        return cls(
            may_see_live(user, plan.participant_ids), permissions.may_freeze(user, plan),
            permissions.may_release(user, plan),
        )  # fmt: skip


class Version(NamedTuple):
    """One version of a report, as its other versions name it."""

    version: int
    frozen_on: dt.date
    is_released: bool
    reason: str


# ---- reading ----


def versions_of(rights: Rights) -> ArraySubquery:
    """Return the versions of a report that the reader may see, newest first, as a column of another query."""
    rows = PlanReport.objects.filter(plan=OuterRef("plan"), number=OuterRef("number"))
    if not rights.sees_waiting:
        rows = rows.filter(released_at__isnull=False)
    facts = {name: name for name in ("version", "frozen_on", "released_at", "reason")}
    return ArraySubquery(rows.order_by("-version").values(row=JSONObject(**facts)))


def known_versions(report: Any) -> list[Version]:
    """Return the versions that came with a report, newest first."""
    return [
        Version(each["version"], dt.date.fromisoformat(each["frozen_on"]), bool(each["released_at"]), each["reason"])
        for each in report.versions
    ]


def newer_than(report: PlanReport) -> Version | None:
    """Return the version that has taken this one's place, if the reader may see it."""
    return next((each for each in known_versions(report) if each.version > report.version), None)


WORDS = KeyTransform("plan", Cast("content", JSONField()))
"""The plan as it was worded when the report was frozen."""


def readable(plan: Gate, rights: Rights) -> QuerySet[PlanReport]:
    """Return the plan's reports that the reader may open, with the plan and its other versions."""
    rows = PlanReport.objects.filter(plan_id=plan.plan_id).select_related("plan__authority", "frozen_by")
    rows = rows.annotate(versions=versions_of(rights))
    return rows if rights.sees_waiting else rows.filter(released_at__isnull=False)


def find(plan: Gate, rights: Rights, number: int, version: int | None, *, leave_out: str) -> PlanReport:
    """Return one version of a report, else the newest released one of its number; one query.

    Raises:
        Http404: there is none that this reader may open.
    """
    rows = readable(plan, rights).filter(number=number).defer(leave_out).annotate(words=WORDS)
    if version is not None:
        rows = rows.filter(version=version)
    waits = Case(When(released_at=None, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = rows.order_by(waits, "-version").first()
    if found is None:
        raise Http404
    return found


class Line(NamedTuple):
    """One report in the list, with what it froze of when and for whom."""

    report: PlanReport
    name: str
    period: str
    treated: str
    is_newest: bool
    """Whether no newer version of the same number has taken its place."""


@require_safe
def plan_reports(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """List the plan's released reports; to those who see today's picture the frozen ones too."""
    visit = plans.let_in(request, authority, plan)
    rights = Rights.of(request.user, visit.gate)
    state = _state(visit, rights)
    if (answer := _known(request, state)) is not None:
        return answer
    kept = Cast("content", JSONField())
    rows = readable(visit.gate, rights).defer("content", "html").order_by("-number", "-version")
    reports = list(rows.annotate(head=KeyTransform("report", kept), asked=KeyTransform("period", kept)))
    found = reports[0].plan if reports else visit.fetch()[0]
    context = {
        "plan": found, "authority": found.authority, "rights": rights, "lines": [_line(each) for each in reports],
        "is_foreign": found.authority.language_form != get_language(),
    }  # fmt: skip
    return kept_pages.keep(request, render(request, "strategy/reports/list.html", context), state)


def _line(report: Any) -> Line:
    head = msgspec.convert(report.head, ReportHead) if report.head else ReportHead(0, 1, report.frozen_on)
    asked = (report.asked or {}).get("name", "")
    return Line(report, name_of(report), asked, treated_by(head.treatment), newer_than(report) is None)


@require_safe
def plan_report(
    request: HttpRequest, authority: str, plan: str, number: int, version: int | None = None
) -> HttpResponse:
    """Show a report as it was released; before that, to those who see today's picture, as it was frozen."""
    visit = plans.let_in(request, authority, plan)
    rights = Rights.of(request.user, visit.gate)
    state = _state(visit, rights)
    if (answer := _known(request, state)) is not None:
        return answer
    chosen = Filter.read(request.GET)
    report = find(visit.gate, rights, number, version, leave_out="html" if chosen else "content")
    return _report_page(request, visit, rights, report, chosen, state)


def shown(request: HttpRequest, visit: Visit, report_id: int, chosen: Filter = NO_FILTER) -> HttpResponse:
    """Show a released report as the plan's own page; one query besides the visit's own."""
    if (answer := kept_pages.find(request, visit.state)) is not None:
        return answer
    rights = Rights.of(request.user, visit.gate)
    rows = readable(visit.gate, rights).filter(pk=report_id, released_at__isnull=False)
    rows = rows.annotate(words=WORDS, resolution_rows=adoption.rows_of_plan(OuterRef("plan")))
    report: Any = rows.defer("html" if chosen else "content").first()
    if report is None:
        raise Http404
    way = adoption.way_of(report.resolution_rows)
    facts = {"is_plan_page": True, "way": way, "adoption_sentence": adoption.sentence(report.plan, way)}
    return _report_page(request, visit, rights, report, chosen, visit.state, **facts)


def _report_page(
    request: HttpRequest, visit: Visit, rights: Rights, report: Any, chosen: Filter, state: str, **facts: Any,
) -> HttpResponse:  # fmt: skip
    plan: Plan = report.plan
    owner, newer = plan.authority, newer_than(report)
    words = msgspec.convert(report.words, PlanWords)
    context = {
        "plan": plan, "authority": owner, "report": report, "name": name_of(report), "rights": rights,
        "title": str(words), "body": body_of(report, chosen), "language": words.language,
        "is_foreign": words.language != get_language(), "newer": newer,
        "earlier": [each for each in known_versions(report) if each.version < report.version],
        "lang": lang_of(words.language),
        "forms": FORMS, **facts,
        "may_correct": rights.may_freeze and not newer, "may_release_it": rights.may_release and not newer,
    }  # fmt: skip
    return kept_pages.keep(request, render(request, "strategy/reports/report.html", context), state)


def body_of(report: PlanReport, chosen: Filter = NO_FILTER) -> str:
    """Return the report's page: as it was kept at its release, else laid out from what was frozen, never from today."""
    if report.released_at is not None and not chosen:
        return frozen.with_icons(report.html)
    return frozen.with_icons(frozen.page_of(decode(report.content), chosen))


def _state(visit: Visit, rights: Rights) -> str:
    """Return the page's state with the reader's rights in it; none for those who see what may change unseen."""
    return "" if rights.sees_waiting or not visit.state else f"{visit.state}r"


def _known(request: HttpRequest, state: str) -> HttpResponse | None:
    """Return 304 to one who has the page, or the page as it was made for the last stranger."""
    return fresh.unchanged(request, state) or kept_pages.find(request, state)


# ---- files ----


@require_safe
def report_file(request: HttpRequest, authority: str, plan: str, number: int, version: int, kind: str) -> HttpResponse:
    """Hand out the report as PDF or Word document as it was made, or its frozen values as a table."""
    visit = plans.let_in(request, authority, plan)
    rights = Rights.of(request.user, visit.gate)
    if kind in PlanReportFile.Kind:
        return _made_file(request, visit.gate, rights, number, version, kind)
    report = find(visit.gate, rights, number, version, leave_out="html")
    chosen, wanted = Filter.read(request.GET), request.GET.get("tabell", "")
    response = export.answer(kind, decode(report.content), has_standing=True, chosen=chosen, wanted=wanted)
    response["Content-Disposition"] = f'attachment; filename="{frozen.filename(report, kind)}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _made_file(
    request: HttpRequest, plan: Gate, rights: Rights, number: int, version: int, kind: str
) -> HttpResponse:  # fmt: skip
    rows = PlanReportFile.objects.filter(
        report__plan_id=plan.plan_id, report__number=number, report__version=version, kind=kind
    )
    if not rights.sees_waiting:
        rows = rows.filter(report__released_at__isnull=False)
    row = rows.defer("report__content", "report__html").select_related("report__plan").first()
    if row is None:
        raise Http404
    response = HttpResponse(bytes(row.content), content_type=frozen.CONTENT_TYPES[PlanReportFile.Kind(kind)])
    how = "inline" if kind == PlanReportFile.Kind.PDF else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{frozen.filename(row.report, kind)}"'
    response["ETag"], response["Cache-Control"] = f'"{row.sha256}"', "private, no-cache"
    return get_conditional_response(request, etag=f'"{row.sha256}"', response=response) or response


# ---- freezing, releasing, correcting ----


def plan_for(request: Any, authority: str, plan: str, may: Callable[[Any, Gate], bool]) -> Gate:
    """Return the plan for those who have this right.

    Raises:
        Http404: for strangers it does not exist.
        PermissionDenied: she has a role in an authority that takes part in the plan, but not this right.
    """
    found = gate.ask(authority, plan)
    if found is None or not permissions.may_read(request.user, found):
        raise Http404
    if may(request.user, found):
        return found
    turn_away(request.user, found.authority_id, *found.participant_ids)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@never_cache
@login_required
@read_or_act
def freeze_report(request: Any, authority: str, plan: str, period: int) -> HttpResponse:
    """Show what would be frozen, and freeze it on POST."""
    found = plan_for(request, authority, plan, permissions.may_freeze)
    rows = ReportingPeriod.objects.select_related("plan__authority", "step__case", "step__body__authority")
    asked = get_object_or_404(rows, plan_id=found.plan_id, pk=period)
    form = FreezeForm(_typed(request), plan=asked.plan, period=asked)
    if request.method == "POST" and form.is_valid():
        made = _freeze(request, asked, form)
        if made is not None:
            return redirect("plan_report_version", authority, plan, made.number, made.version)
    now = timezone.localdate()
    content = frozen.read_whole(asked.plan, now, asked)
    earlier = frozen.last_released(asked.plan)
    content.changes = changes.compare(earlier, content) if earlier else None
    context = {
        "authority": asked.plan.authority, "plan": asked.plan, "period": asked, "form": form, "today": now,
        "status": assemble(content, live=True), "words": sentences.Words.of(asked.plan),
        "before": PlanReport.objects.filter(period=asked).defer("content", "html").select_related("frozen_by"),
        "next_number": frozen.next_number(asked.plan), "asks": [row for row in content.rows if row.asks],
    }  # fmt: skip
    return render(request, "strategy/reports/freeze.html", context)


def _freeze(request: Any, period: ReportingPeriod, form: FreezeForm) -> PlanReport | None:
    """Freeze, close the period if that was asked, and say what came of it."""
    typed, now = form.cleaned_data, timezone.now()
    try:
        made = frozen.freeze(
            period.plan, by=request.user, at=now, period=period, step=typed["step"], once=typed["once"]
        )
    except frozen.Moving:
        form.add_error(None, _("The plan was being changed just then. Press once more."))
        return None
    if typed.get("close"):
        try:
            close_period(period, by=request.user, on=timezone.localdate(now))
        except ValidationError as error:
            messages.error(request, error.messages[0])
    text = _("Report no. %(number)d is frozen. It is not public before the leader releases it.")
    messages.success(request, text % {"number": made.number})
    return made


@never_cache
@login_required
@read_or_act
def release_report(request: Any, authority: str, plan: str, number: int, version: int) -> HttpResponse:
    """Let the leader read the report and make it public."""
    report = _own_report(request, authority, plan, number, version, permissions.may_release)
    form = ReleaseForm(_typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            frozen.release(report, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("Report no. %(number)d is released. Everyone can read it now.")
            messages.success(request, text % {"number": report.number})
            return redirect("plan_report_version", authority, plan, number, version)
    return render(request, "strategy/reports/release.html", {**_facts(report), "form": form})


@never_cache
@login_required
@read_or_act
def correct_report(request: Any, authority: str, plan: str, number: int, version: int) -> HttpResponse:
    """Freeze a new version of a report, with the reason that everyone reads."""
    report = _own_report(request, authority, plan, number, version, permissions.may_freeze)
    form = CorrectForm(_typed(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = frozen.freeze(
                report.plan, by=request.user, at=timezone.now(), corrects=report, reason=typed["reason"],
                once=typed["once"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        except frozen.Moving:
            form.add_error(None, _("The plan was being changed just then. Press once more."))
        else:
            text = _("Version %(version)d is frozen. It is not public before the leader releases it.")
            messages.success(request, text % {"version": made.version})
            return redirect("plan_report_version", authority, plan, number, made.version)
    return render(request, "strategy/reports/correct.html", {**_facts(report), "form": form})


def _own_report(
    request: Any, authority: str, plan: str, number: int, version: int, may: Callable[[Any, Gate], bool]
) -> PlanReport:  # fmt: skip
    found = plan_for(request, authority, plan, may)
    return find(found, Rights.of(request.user, found), number, version, leave_out="html")


def _facts(report: PlanReport) -> dict[str, Any]:
    """Return what the pages of one report show of it."""
    status = assemble(decode(report.content), live=True)
    return {
        "authority": report.plan.authority, "plan": report.plan, "report": report, "name": name_of(report),
        "status": status, "treated": status.treated, "today": timezone.localdate(), "newer": newer_than(report),
    }  # fmt: skip
