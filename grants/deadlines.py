"""The due dates of money: reports and conditions of grants, what must be asked for, pledges and repayments.

A recipient's own are told to each who speaks for it, at her own page; the desk has a kind of its own for the same date,
told to the case's officer. What is exempt of a grant stands in no notice: the scheme's name stands there instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from grants.facts import UNDER_WAY
from grants.models import Condition, ExemptField, Grant, GrantReport, Payout, Pledge, Repayment, Stage
from portal.deadlines import DAY
from portal.due import NO_ADDRESS, NOBODY, path_to, words
from portal.kinds import STEADY, Kind, Source
from portal.models import Mandate
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

Rows = QuerySet[Any, Any]
RUNNING = (Grant.State.GRANTED, Grant.State.FINISHED)
DATED = (Condition.Kind.BY_DATE, Condition.Kind.ATTESTED)
"""Conditions whose own date counts; those that ask for a report have the report's."""


def hidden(grant: str) -> Q:
    """Return the condition that a grant's title is for the desk and the recipient only."""
    exempt = ExemptField.objects.filter(grant=OuterRef(f"{grant}pk"), field=ExemptField.Field.TITLE)
    closed = [access for access in Access.values if access != Access.OPEN]
    return Q(**{f"{grant}access__in": closed}) | Q(Exists(exempt))


def said(grant: str, text: str) -> Case:
    """Return a text about a grant as a column; of one that is hidden the scheme's name alone."""
    return Case(When(hidden(grant), then=F(f"{grant}scheme__name")), default=F(text), output_field=CharField())


def part_of(grant: str) -> Case:
    return Case(When(hidden(grant), then=words("")), default=F(f"{grant}title"), output_field=CharField())


def to_contacts(rows: Rows, organisation: str, today: dt.date) -> Rows:
    """Return each row once for everyone who speaks for its recipient today.

    Her address stands as `to` besides her name, so that the authority's desk is neither told nor shown what is hers.
    """
    held = f"{organisation}mandates__"
    rows = rows.filter(**{
        f"{held}valid_from__lte": today, f"{held}valid_to__gte": today, f"{held}ended_at": None,
        f"{held}user__is_active": True,
    }).annotate(who=F(f"{held}user_id"), mandate=F(f"{held}pk"), held_by=F(f"{organisation}pk"))  # fmt: skip
    same = Mandate.objects.holding(today).filter(organisation=OuterRef("held_by"), user=OuterRef("who"))
    once = rows.exclude(Exists(same.filter(pk__lt=OuterRef("mandate"))))
    return once.annotate(to=F(f"{held}user__email"), leader=NOBODY)


def to_desk(rows: Rows, case: str) -> Rows:
    """Return the rows as the desk is told of them: the case's officer, or where there is none, all who work there."""
    return rows.annotate(who=F(f"{case}officer_id"), to=NO_ADDRESS, leader=NOBODY)


# ---- reports ----


def awaited() -> Rows:
    """Return the reports that running grants wait for: none has come, or it was sent back."""
    states = (GrantReport.State.AWAITED, GrantReport.State.RETURNED)
    return GrantReport.objects.filter(state__in=states, due_on__isnull=False, grant__state__in=RUNNING)


def _report(rows: Rows, kind: str, path: Any) -> Rows:
    return rows.annotate(
        what=words(kind), about=words("grants.grantreport"), about_id=F("pk"), day=F("due_on"), stated=DAY,
        tenant=F("authority_id"), headline=said("grant__", "title"), part_of=part_of("grant__"), path=path,
    )  # fmt: skip


def own_reports(today: dt.date) -> Rows:
    """Return the reports a recipient owes; all who speak for it are told."""
    path = path_to("own_report", organisation="grant__organisation_id", grant="grant_id", report="pk")
    return _report(to_contacts(awaited(), "grant__organisation__", today), "grant_report_due", path)


def reports(today: dt.date) -> Rows:
    """Return the reports that are waited for, as the desk follows them."""
    path = path_to("grant_desk", authority="authority__slug", grant="grant_id")
    return _report(to_desk(awaited(), "grant__case__"), "grant_report_desk", path)


# ---- conditions ----


def open_conditions() -> Rows:
    return Condition.objects.filter(state=Condition.State.OPEN, due_on__isnull=False, kind__in=DATED)


def own_conditions(today: dt.date) -> Rows:
    """Return the dates by which a recipient must have something in place."""
    hers = open_conditions().filter(grant__state=Grant.State.GRANTED, binds=Condition.Binds.RECIPIENT)
    return to_contacts(hers, "grant__organisation__", today).annotate(
        what=words("grant_condition_due"), about=words("grants.condition"), about_id=F("pk"), day=F("due_on"),
        stated=DAY, tenant=F("authority_id"), headline=said("grant__", "title"), part_of=part_of("grant__"),
        path=path_to("own_grant", organisation="grant__organisation_id", grant="grant_id"),
    )  # fmt: skip


def conditions(today: dt.date) -> Rows:
    """Return the dates of conditions as the desk follows them, those that bind the authority itself too."""
    itself = Q(grant=None, stage=Stage.ADOPTED, binds=Condition.Binds.AUTHORITY)
    rows = open_conditions().filter(Q(grant__state=Grant.State.GRANTED) | itself)
    return to_desk(rows, "grant__case__").annotate(
        what=words("grant_condition_desk"), about=words("grants.condition"), about_id=F("pk"), day=F("due_on"),
        stated=DAY, tenant=F("authority_id"),
        headline=Case(When(grant=None, then=F("title")), default=said("grant__", "title"), output_field=CharField()),
        part_of=Case(When(grant=None, then=F("scheme__name")), default=part_of("grant__"), output_field=CharField()),
        path=Case(
            When(grant=None, then=path_to("scheme_page", authority="authority__slug", scheme="scheme__slug")),
            default=path_to("grant_desk", authority="authority__slug", grant="grant_id"), output_field=CharField(),
        ),
    )  # fmt: skip


# ---- what must be asked for ----


def unasked() -> Rows:
    """Return the grants with a last day to ask, of which something is not asked for yet."""
    asked = Payout.objects.filter(grant=OuterRef("pk"), state__in=UNDER_WAY).order_by().values("grant")
    rows = Grant.objects.filter(state=Grant.State.GRANTED, use_by__isnull=False)
    return rows.alias(asked=Coalesce(Subquery(asked.annotate(sum=Sum("amount_nok")).values("sum")), 0)).filter(
        balance__unpaid_nok__gt=F("asked")
    )


def _use_by(rows: Rows, kind: str, path: Any) -> Rows:
    return rows.annotate(
        what=words(kind), about=words("grants.grant"), about_id=F("pk"), day=F("use_by"), stated=DAY,
        tenant=F("authority_id"), headline=said("", "title"), part_of=F("scheme__name"), path=path,
    )  # fmt: skip


def own_use_by(today: dt.date) -> Rows:
    """Return the last days a recipient can ask for what it is granted."""
    path = path_to("own_grant", organisation="organisation_id", grant="pk")
    return _use_by(to_contacts(unasked(), "organisation__", today), "grant_use_by_due", path)


def use_by(today: dt.date) -> Rows:
    """Return the same days for the desk: what is not asked for by then may lapse."""
    path = path_to("grant_desk", authority="authority__slug", grant="pk")
    return _use_by(to_desk(unasked(), "case__"), "grant_use_by_desk", path)


# ---- what is to come in ----


def pledges(today: dt.date) -> Rows:
    """Return the days pledges are to be paid by; the desk is told. A payer's name is told where it is a known body."""
    return Pledge.objects.filter(state=Pledge.State.OPEN, due_on__isnull=False).annotate(
        what=words("pledge_due"), about=words("grants.pledge"), about_id=F("pk"), day=F("due_on"), stated=DAY,
        who=NOBODY, leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"), headline=F("fund__scheme__name"),
        part_of=Coalesce("organisation__name", words("")),
        path=path_to("fund_page", authority="authority__slug", fund="fund_id"),
    )  # fmt: skip


def claimed() -> Rows:
    return Repayment.objects.filter(state=Repayment.State.CLAIMED, due_on__isnull=False)


def _repayment(rows: Rows, kind: str, path: Any) -> Rows:
    return rows.annotate(
        what=words(kind), about=words("grants.repayment"), about_id=F("pk"), day=F("due_on"), stated=DAY,
        tenant=F("authority_id"), headline=said("grant__", "grant__title"), part_of=F("grant__scheme__name"), path=path,
    )  # fmt: skip


def own_repayments(today: dt.date) -> Rows:
    """Return the days a recipient is to pay something back by."""
    path = path_to("own_grant", organisation="grant__organisation_id", grant="grant_id")
    return _repayment(to_contacts(claimed(), "grant__organisation__", today), "repayment_due", path)


def repayments(today: dt.date) -> Rows:
    """Return the same days for the desk."""
    path = path_to("money_back", authority="authority__slug", grant="grant_id")
    return _repayment(to_desk(claimed(), "grant__case__"), "repayment_desk", path)


OWN: dict[str, Any] = {"days_before": (30, 7, 1, 0), "late_every": 14}
"""When a recipient is told of its own."""
FOLLOWED: dict[str, Any] = {"days_before": (7, 0), "late_every": 14, "escalate_after": 28}
"""When the desk is told of what it waits for from others."""
SOURCES: list[Source] = [
    Source(Kind("grant_report_due", _("A report on your grant is due"), may_stop=False, **OWN), own_reports),
    Source(Kind("grant_report_desk", _("A recipient’s report is due"), **FOLLOWED), reports),
    Source(Kind("grant_condition_due", _("A condition of your grant is due"), may_stop=False, **OWN), own_conditions),
    Source(Kind("grant_condition_desk", _("A condition is due"), **STEADY), conditions),
    Source(Kind("grant_use_by_due", _("Your grant must be asked for"), may_stop=False, **OWN), own_use_by),
    Source(Kind("grant_use_by_desk", _("A grant is not asked for"), **FOLLOWED), use_by),
    Source(Kind("pledge_due", _("A pledge is due"), **FOLLOWED), pledges),
    Source(Kind("repayment_due", _("Money is to be paid back"), may_stop=False, **OWN), own_repayments),
    Source(Kind("repayment_desk", _("A repayment is due"), **FOLLOWED), repayments),
]
