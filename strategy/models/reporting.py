"""When a plan is reported on, what each responsible says, and the reports that are frozen for a body."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models.base import AuthorityOwned, TenantQuerySet, Versioned, ends_after_start, sane_date, sane_date_check
from portal.models.case import PRECISIONS
from strategy import rules
from strategy.models.measure import MeasureParticipation
from strategy.models.plan import Plan


@pghistory.track()
class ReportingPeriod(Versioned, AuthorityOwned):
    """Rapporteringsperiode (tertial, halvår): a span that is reported on, when the reports are due, and to whom."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="periods", verbose_name=_("plan"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Such as “2. tertial 2026”."))
    starts_on = models.DateField(_("from"), validators=[sane_date])
    ends_on = models.DateField(_("to"), validators=[sane_date])
    opens_on = models.DateField(
        _("opens for reports"), validators=[sane_date], help_text=_("That morning everyone responsible is asked.")
    )
    due_on = models.DateField(_("reports due"), validators=[sane_date])
    body = models.ForeignKey(
        "portal.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("receiving body"),
    )  # fmt: skip
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("treatment"), help_text=_("Where the body takes the report up: its date and case number."),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("asked"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed"), null=True, blank=True, validators=[sane_date])
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["plan", "-ends_on"]
        constraints = [
            models.UniqueConstraint(
                name="reporting_period_once", fields=["plan", "ends_on"],
                violation_error_message=_("The plan has a period with this end already."),
            ),
            models.CheckConstraint(
                name="reporting_period_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The period ends before it starts."),
            ),
            models.CheckConstraint(
                name="reporting_period_due_after_open", condition=models.Q(due_on__gte=models.F("opens_on")),
                violation_error_message=_("The reports are due before the period opens."),
            ),
            *[
                sane_date_check(field, f"reporting_period_{field}_sane")
                for field in ("starts_on", "ends_on", "opens_on", "due_on", "closed_on")
            ],
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        ends_after_start(self.starts_on, self.ends_on, "ends_on")
        ends_after_start(self.opens_on, self.due_on, "due_on")

    def get_absolute_url(self) -> str:
        return reverse("reporting_period", args=[self.plan.authority.slug, self.plan.slug, self.pk])

    @property
    def facts(self) -> rules.PeriodFacts:
        return rules.PeriodFacts(opens_on=self.opens_on, due_on=self.due_on, closed_on=self.closed_on)


class StatusReportQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Keep reports of the user's own authorities, and those to plans that her authorities own."""
        if user.is_superuser:
            return self
        own = permissions.casework_authorities(user)
        return self.filter(models.Q(authority_id__in=own) | models.Q(plan__authority_id__in=own))

    def waiting_for(self, user: Any) -> Self:
        """Keep what this person is to answer: delegated to her, or hers and delegated to nobody."""
        own = models.Q(person=user) | models.Q(person__isnull=True, participation__person=user, address="")
        return self.filter(own)


@pghistory.track()
class StatusReport(Versioned, AuthorityOwned):
    """Statusrapport: the question put to who does a measure in one period, and the answer when it comes.

    It is made when the period opens and not reported until `reported_at`. It belongs to the authority that does the
    measure; `plan` is the plan it is reported to, which a region may own.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+", verbose_name=_("plan"))
    period = models.ForeignKey(
        ReportingPeriod, on_delete=models.PROTECT, related_name="reports", verbose_name=_("period")
    )
    participation = models.ForeignKey(
        MeasureParticipation, on_delete=models.CASCADE, related_name="reports", verbose_name=_("measure")
    )
    person = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("delegated to"),
    )  # fmt: skip
    address = models.EmailField(_("partner’s address"), blank=True)
    # the answer
    state = models.CharField(
        _("state"), max_length=12, choices=MeasureParticipation.StateWord.choices, blank=True
    )  # fmt: skip
    judgement = models.CharField(
        _("judgement"), max_length=10, choices=MeasureParticipation.JudgementWord.choices, blank=True
    )
    done_on = models.DateField(_("done on"), null=True, blank=True, validators=[sane_date])
    is_unchanged = models.BooleanField(_("reported as unchanged"), default=False)
    done_since = models.TextField(_("done since last"), blank=True, max_length=1000)
    late_since = models.DateField(_("late since, when reported"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    next_step = models.CharField(_("next step"), max_length=500, blank=True)
    new_due_on = models.DateField(_("new date"), null=True, blank=True, validators=[sane_date])
    new_due_precision = models.CharField(_("how precise"), max_length=10, choices=PRECISIONS, default="day")
    asks = models.CharField(
        _("what we ask of the body"), max_length=300, blank=True, help_text=_("Empty: nothing now.")
    )
    reported_at = models.DateTimeField(_("reported"), null=True, blank=True)
    reported_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reported by")
    )
    reported_as = models.CharField(_("on behalf of"), max_length=120, blank=True)
    # what the officer does with it
    question = models.CharField(_("question back"), max_length=500, blank=True)
    returned_at = models.DateTimeField(_("sent back"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    date_approved_on = models.DateField(_("new date approved"), null=True, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = StatusReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        ordering = ["period", "participation"]
        constraints = [
            models.UniqueConstraint(name="status_report_once", fields=["period", "participation"]),
            models.CheckConstraint(
                name="status_report_reported_if_and_only_if_answered",
                condition=models.Q(reported_at__isnull=True, state="")
                | (models.Q(reported_at__isnull=False) & ~models.Q(state="")),
            ),
            models.CheckConstraint(
                name="status_report_late_is_explained",
                condition=models.Q(late_since__isnull=True)
                | ~models.Q(state__in=["not_started", "under_way"])
                | (~models.Q(reason="") & ~models.Q(next_step="") & models.Q(new_due_on__isnull=False)),
                violation_error_message=_("The measure is late: give the reason, the next step and a new date."),
            ),
            models.CheckConstraint(
                name="status_report_cancelled_has_reason",
                condition=~models.Q(state="cancelled") | ~models.Q(reason=""),
                violation_error_message=_("Say why the measure is cancelled."),
            ),
            models.CheckConstraint(
                name="status_report_done_if_and_only_if_dated",
                condition=models.Q(state="done", done_on__isnull=False)
                | (~models.Q(state="done") & models.Q(done_on__isnull=True)),
                violation_error_message=_("A measure that is done, and no other, has a date for it."),
            ),
            models.CheckConstraint(
                name="status_report_person_or_address",
                condition=models.Q(person__isnull=True) | models.Q(address=""),
                violation_error_message=_("A colleague or a partner answers, not both."),
            ),
            sane_date_check("new_due_on", "status_report_new_due_on_sane"),
            sane_date_check("done_on", "status_report_done_on_sane"),
        ]
        indexes = [
            models.Index(
                name="status_report_open", fields=["authority", "period"], condition=models.Q(reported_at__isnull=True)
            ),
            models.Index(name="status_report_latest", fields=["participation", "-reported_at"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.participation} – {self.period}"


class PlanReport(AuthorityOwned):
    """Planrapport: every value a plan's status page showed on one day, frozen, numbered and hashed, for a body.

    Nothing of it changes afterwards; it is released once. A correction is a new version of the same number, with a
    reason. `content` is canonical JSON of `strategy.content.Content`; PostgreSQL checks `sha256` against it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reports", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    period = models.ForeignKey(
        ReportingPeriod, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_reports",
        verbose_name=_("period"),
    )  # fmt: skip
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("treatment"),
    )  # fmt: skip
    reason = models.CharField(_("why it is corrected"), max_length=500, blank=True)
    content = models.TextField(_("frozen values"))
    sha256 = models.CharField(_("hash"), max_length=64)
    frozen_on = models.DateField(_("frozen"))
    frozen_at = models.DateTimeField(_("frozen at"), default=timezone.now)
    frozen_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("frozen by")
    )
    html = models.TextField(_("page"), blank=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("plan report")
        verbose_name_plural = _("plan reports")
        ordering = ["plan", "-number", "-version"]
        constraints = [
            models.UniqueConstraint(name="plan_report_once", fields=["plan", "number", "version"]),
            models.CheckConstraint(name="plan_report_numbered", condition=models.Q(number__gte=1, version__gte=1)),
            models.CheckConstraint(
                name="plan_report_correction_has_reason",
                condition=models.Q(version=1, reason="") | (models.Q(version__gt=1) & ~models.Q(reason="")),
                violation_error_message=_("Say why the report is corrected."),
            ),
            models.CheckConstraint(
                name="plan_report_released_by_someone",
                condition=models.Q(released_at__isnull=True, released_by__isnull=True, html="")
                | (models.Q(released_at__isnull=False, released_by__isnull=False) & ~models.Q(html="")),
            ),
        ]
        indexes = [
            models.Index(
                name="plan_report_released", fields=["plan", "-number", "-version"],
                condition=models.Q(released_at__isnull=False),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.plan} – {self.number}.{self.version}" if self.version > 1 else f"{self.plan} – {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("plan_report", args=[self.plan.authority.slug, self.plan.slug, self.number])


class PlanReportFile(AuthorityOwned):
    """Rapportfil: the report as PDF for the archive, or as an editable document for the case file; never changes."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        DOCX = "docx", _("Word document")

    report = models.ForeignKey(PlanReport, on_delete=models.PROTECT, related_name="files", verbose_name=_("report"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("file of report")
        verbose_name_plural = _("files of reports")
        constraints = [models.UniqueConstraint(name="plan_report_file_once", fields=["report", "kind"])]

    def __str__(self) -> str:
        return f"{self.report}.{self.kind}"
