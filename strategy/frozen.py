"""Frozen reports: every shown value kept, numbered and hashed; released once by the leader; corrected by a new version.

PostgreSQL refuses what would change one (docs/guards.md). Each deed locks the plan first, so that numbers come one
after the other; the PDF and the Word document are made in the transaction that freezes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal import filing, outbox, permissions
from portal.calendar import Precision, oslo_today
from portal.case_path import who_treats
from portal.models import CaseStep, Document, Event, Membership, User
from portal.models.case import Access
from portal.templatetags.portal_tags import SPRITE
from strategy import changes, followers, status
from strategy.content import Content, ReportHead, Treatment, decode, encode
from strategy.filters import NO_FILTER, Filter
from strategy.models import Plan, PlanReport, PlanReportFile, PlanVersion, ReportingPeriod
from strategy.pages import page_context
from strategy.papers import paper, pdf, word
from strategy.permissions import may_freeze, may_release

if TYPE_CHECKING:
    from django.db.models import QuerySet

REPORT = "strategy.planreport"
FROZEN, RELEASED = "report_frozen", "report_released"
TRIES = 5
READERS = (permissions.OFFICER, permissions.SECRETARY, permissions.ELECTED, permissions.FORUM)
"""Roles that are told when a report is released."""
CONTENT_TYPES = {
    PlanReportFile.Kind.PDF: "application/pdf",
    PlanReportFile.Kind.DOCX: word.CONTENT_TYPE,
}


class Moving(Exception):
    """The plan was changed each time it was read; try once more."""


# ---- freezing ----


@transaction.atomic
def freeze(
    plan: Plan, *, by: User, at: dt.datetime, period: ReportingPeriod | None = None, step: CaseStep | None = None,
    reason: str = "", corrects: PlanReport | None = None, once: str = "",
) -> PlanReport:  # fmt: skip
    """Keep what the plan's page shows now as its next report, with PDF and Word document; tell the leaders.

    A correction is the next version of the number it corrects, made from today's values. `once` is the mark of one
    opened form: pressed twice, it gives the report that the first press made.

    Raises:
        PermissionDenied: the user does not freeze the plan's reports.
        ValidationError: a correction without a reason.
        Moving: the plan is being changed faster than it is read.
    """
    permissions.require(may_freeze(by, plan))
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("authority").get(pk=plan.pk)
    if once and (before := _pressed(plan, by, once)):
        return before
    if corrects is not None:
        if not reason.strip():
            raise ValidationError({"reason": _("Say why the report is corrected.")})
        period, step = period or corrects.period, step or corrects.step
    step = step or (period.step if period else None)
    content, head = _content_of(plan, at, period, step, corrects, reason)
    text, sha256 = encode(content)
    report = PlanReport.objects.create(
        plan=plan, authority_id=plan.authority_id, number=head.number, version=head.version, period=period, step=step,
        reason=head.reason, content=text, sha256=sha256, frozen_on=head.frozen_on, frozen_at=at, frozen_by=by,
        invented=plan.invented or any(row.invented for row in content.rows),
    )  # fmt: skip
    kinds = ((PlanReportFile.Kind.PDF, pdf.make), (PlanReportFile.Kind.DOCX, word.make))
    PlanReportFile.objects.bulk_create(_file(report, kind, make(content, sha256)) for kind, make in kinds)
    _record(report, FROZEN, by, once=once)
    _tell_leaders(report)
    return report


def _pressed(plan: Plan, by: User, once: str) -> PlanReport | None:
    """Return the report that this opened form has made."""
    events = Event.objects.filter(
        authority_id=plan.authority_id, kind=FROZEN, subject_type=REPORT, actor_id=by.pk, facts__once=once
    )
    made = events.values_list("subject_id", flat=True).first()
    return PlanReport.objects.get(pk=made, plan=plan) if made else None


def _content_of(
    plan: Plan, at: dt.datetime, period: ReportingPeriod | None, step: CaseStep | None, corrects: PlanReport | None,
    reason: str,
) -> tuple[Content, ReportHead]:  # fmt: skip
    """Return what is frozen, with its number and what changed since the last released report of a lower number."""
    day, own = oslo_today(at), plan.reports.all()
    if corrects is None:
        number, version, first = next_number(plan), 1, None
    else:
        same = own.filter(number=corrects.number).aggregate(last=Max("version"))
        number, version = corrects.number, same["last"] + 1
        first = own.filter(number=number, version=1).values_list("frozen_on", flat=True).get()
    with translation.override(plan.authority.language_form):
        content = read_whole(plan, day, period)
        treatment = treatment_of(step, content)
    earlier = last_released(plan, below=number)
    content.changes = changes.compare(earlier, content) if earlier else None
    content.report = ReportHead(number, version, day, reason.strip(), treatment, first)
    return content, content.report


def next_number(plan: Plan) -> int:
    return (plan.reports.aggregate(last=Max("number"))["last"] or 0) + 1


def read_whole(plan: Plan, day: dt.date, period: ReportingPeriod | None = None) -> Content:
    """Return the facts of the plan's page as they were at one moment, though they take many queries to read.

    The plan's data version is read before and after: where it moved, a change was committed in between.
    """
    for _try in range(TRIES):
        before = _version(plan)
        _plan, participants = status.plan_and_participants(plan.pk)
        content = status.read(_plan or plan, today=day, participants=participants, period=period.pk if period else None)
        if _version(plan) == before:
            return content
    raise Moving


def _version(plan: Plan) -> int:
    return PlanVersion.objects.values_list("version", flat=True).get(plan_id=plan.pk)


def treatment_of(step: CaseStep | None, content: Content) -> Treatment:
    """Return where the report is taken up: the step's body, day and number when the case is open, else the period's."""
    known = content.period.treatment if content.period else Treatment()
    if step is None or step.case.access != Access.OPEN:
        return Treatment(body=known.body) if step is not None else known
    is_own = step.body is None or step.body.authority_id == step.authority_id
    who = who_treats(str(step.body or ""), step.body.authority.name if step.body else "", step.actor, is_own=is_own)
    precision = Precision.DAY if step.decided_on else Precision(step.precision)
    day = step.decided_on or step.starts_on or step.ends_on
    return Treatment(who, day, precision, step.item_number or step.case_number)


def last_released(plan: Plan, *, below: int | None = None) -> Content | None:
    """Return what the plan's last released report showed, or the last of a lower number; nothing before the first."""
    rows = plan.reports.filter(released_at__isnull=False)
    if below is not None:
        rows = rows.filter(number__lt=below)
    text = rows.order_by("-number", "-version").values_list("content", flat=True).first()
    return decode(text) if text is not None else None


def _file(report: PlanReport, kind: PlanReportFile.Kind, content: bytes) -> PlanReportFile:
    sha256 = hashlib.sha256(content).hexdigest()
    return PlanReportFile(authority_id=report.authority_id, report=report, kind=kind, content=content, sha256=sha256)


# ---- releasing ----


@transaction.atomic
def release(report: PlanReport, *, by: User, at: dt.datetime) -> PlanReport:
    """Make the report public, once: its page is rendered and kept, its PDF goes to the case, and all are told.

    Pressed twice, it gives the report as the first press released it.

    Raises:
        PermissionDenied: the user is not in the chief executive's role in the plan's authority.
        ValidationError: a newer version has taken its place.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("authority").get(pk=report.plan_id)
    permissions.require(may_release(by, plan))
    found = plan.reports.select_for_update(of=("self",)).select_related("step__case").get(pk=report.pk)
    found.plan = plan
    if found.released_at is not None:
        return found
    if plan.reports.filter(number=found.number, version__gt=found.version).exists():
        raise ValidationError(_("A newer version has taken this one’s place. Release that one."))
    before, content = last_released(plan), decode(found.content)
    found.html, found.released_at, found.released_by = page_of(content), at, by
    found.save(update_fields=["html", "released_at", "released_by"])
    document = _register(found)
    _record(found, RELEASED, by, document=document.pk if document else None)
    _tell_readers(found, by)
    if not plan.reports.filter(number__gt=found.number, released_at__isnull=False).exists():
        followers.tell(found, before, content)  # a correction of an older report is no news of the plan
    return found


def page_of(content: Content, chosen: Filter = NO_FILTER) -> SafeString:
    """Return the body of the report's page in the plan's own language, as it is kept, or with a filter on."""
    with translation.override(content.plan.language):
        page = render_to_string("strategy/status_body.html", page_context(content, live=True, chosen=chosen))
    return SafeString(page.replace(static(SPRITE), f"{settings.STATIC_URL}{SPRITE}"))


def with_icons(page: str) -> SafeString:
    """Return a kept page with today's address of the icons: it is another after each change of them."""
    return SafeString(page.replace(f"{settings.STATIC_URL}{SPRITE}", static(SPRITE)))


def _register(report: PlanReport) -> Document | None:
    """Put the PDF in the case where the report is taken up, as an outgoing document that is not yet archived."""
    if report.step is None:
        return None
    made = report.files.get(kind=PlanReportFile.Kind.PDF)
    content_type = CONTENT_TYPES[PlanReportFile.Kind.PDF]
    return filing.keep(
        report.step.case,
        filing.made(bytes(made.content), filename=filename(report, made.kind), content_type=content_type),
        title=title_of(report), direction=Document.Direction.OUTGOING, dated_on=report.frozen_on,
    )  # fmt: skip


def title_of(report: PlanReport) -> str:
    """Return "Næringsplan 2026–2030: Rapport nr. 2" in the plan's language."""
    with translation.override(report.plan.authority.language_form):
        return f"{report.plan}: {paper.name_of(report)}"


def filename(report: PlanReport, form: str) -> str:
    version = f"-v{report.version}" if report.version > 1 else ""
    return f"{report.plan.slug}-rapport-{report.number}{version}.{form}"[-120:]


# ---- recorded, and told ----


def _record(report: PlanReport, kind: str, by: User, **facts: Any) -> None:
    Event.objects.create(
        authority_id=report.authority_id, case_id=report.step.case_id if report.step else None, kind=kind,
        subject_type=REPORT, subject_id=report.pk, actor_id=by.pk,
        facts={"number": report.number, "version": report.version, "sha256": report.sha256, **facts},
    )  # fmt: skip


def _people(roles: tuple[str, ...], authorities: Any, on: dt.date) -> QuerySet[User]:
    held = Membership.objects.filter(permissions.period_holds(on), role__in=roles, authority__in=authorities)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def _tell_leaders(report: PlanReport) -> None:
    """Tell those who may release that a report waits."""
    plan, places = report.plan, _places(report)
    for person in _people((permissions.LEADER,), [plan.authority_id], oslo_today(report.frozen_at)):
        outbox.notify(
            person, kind=FROZEN, subject=report, occasion="frozen", link=reverse("release_report", args=places),
            title=lambda: _("%(report)s waits for release") % {"report": title_of(report)},
            link_text=_("Read and release it"), template="report_frozen", authority=plan.authority, report=report,
            on_date=oslo_today(report.frozen_at), plan=plan, context=plan.title, unsubscribe=True,
        )  # fmt: skip


def _tell_readers(report: PlanReport, by: User) -> None:
    """Tell officers, elected members and the forum's reviewers, of all who take part in the plan, that it is public."""
    plan, day = report.plan, oslo_today(report.released_at) if report.released_at else report.frozen_on
    for person in _people(READERS, plan.participants.values("authority"), day).exclude(pk=by.pk):
        outbox.notify(
            person, kind=RELEASED, subject=report, occasion="released", title=lambda: _released_title(report),
            link=reverse("plan_report_version", args=_places(report)), link_text=_("Read the report"),
            template="report_released", authority=plan.authority, report=report, plan=plan, context=plan.title,
            on_date=day, unsubscribe=True,
        )  # fmt: skip


def _released_title(report: PlanReport) -> str:
    text = _("%(report)s is corrected") if report.version > 1 else _("%(report)s is released")
    return text % {"report": title_of(report)}


def _places(report: PlanReport) -> list[Any]:
    return [report.plan.authority.slug, report.plan.slug, report.number, report.version]
