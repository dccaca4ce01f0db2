"""What must hold before money is paid: conditions, the financing that matches it, and the reports owed."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.models.budget import BudgetLine, PayerClass, Stage
from grants.models.grant import Grant
from grants.models.scheme import Scheme
from portal.models.base import AuthorityOwned, Versioned, sane_date
from strategy.models.plan import SANE_YEAR


@pghistory.track()
class Condition(Versioned, AuthorityOwned):
    """Vilkår: what a scheme, a line or one grant asks for; a grant has its own copies, as they were decided."""

    class Kind(models.TextChoices):
        MATCHING = "matching", _("Others pay as well")
        BY_DATE = "by_date", _("Something is in place by a date")
        REPORT = "report", _("A report is approved")
        HOLDBACK = "holdback", _("Part is held back until a report is approved")
        ATTESTED = "attested", _("Someone attests it")

    class Binds(models.TextChoices):
        RECIPIENT = "recipient", _("The recipient")
        AUTHORITY = "authority", _("The authority itself")

    class State(models.TextChoices):
        OPEN = "open", _("Not documented")
        MET = "met", _("Met")
        WAIVED = "waived", _("Waived")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="conditions", verbose_name=_("scheme"))
    line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, null=True, blank=True, related_name="conditions",
        verbose_name=_("budget line"),
    )  # fmt: skip
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="conditions", verbose_name=_("grant")
    )
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies", editable=False,
        verbose_name=_("copied from"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    binds = models.CharField(_("binds"), max_length=10, choices=Binds.choices, default=Binds.RECIPIENT)
    title = models.CharField(_("condition"), max_length=160)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.ADOPTED)
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True, validators=SANE_YEAR)
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True, validators=SANE_YEAR)
    classes = ArrayField(
        models.CharField(max_length=12, choices=PayerClass.choices), verbose_name=_("whose money counts"), default=list,
        blank=True,
    )  # fmt: skip
    counts_in_kind = models.BooleanField(_("work and goods count too"), default=False)
    share_percent = models.PositiveSmallIntegerField(
        _("share in per cent of what is paid"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )  # fmt: skip
    due_on = models.DateField(_("by"), null=True, blank=True, validators=[sane_date])
    holdback_percent = models.PositiveSmallIntegerField(
        _("held back, in per cent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    settled_on = models.DateField(_("settled"), null=True, blank=True, validators=[sane_date])
    settled_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    settled_note = models.CharField(_("how, or why not"), max_length=300, blank=True)
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["scheme", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="condition_matching_names_share_and_classes",
                condition=~models.Q(kind="matching")
                | (models.Q(share_percent__isnull=False) & ~models.Q(classes=[])),
                violation_error_message=_("Say whose money counts, and how much of it is asked for."),
            ),
            models.CheckConstraint(
                name="condition_by_date_has_date", condition=~models.Q(kind="by_date") | models.Q(due_on__isnull=False),
                violation_error_message=_("Enter the date."),
            ),
            models.CheckConstraint(
                name="condition_holdback_names_share",
                condition=~models.Q(kind="holdback") | models.Q(holdback_percent__range=(1, 100)),
                violation_error_message=_("Say how much is held back."),
            ),
            models.CheckConstraint(
                name="condition_settled_if_and_only_if_dated",
                condition=models.Q(state="open", settled_on__isnull=True)
                | (~models.Q(state="open") & models.Q(settled_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="condition_waived_says_why", condition=~models.Q(state="waived") | ~models.Q(settled_note=""),
                violation_error_message=_("Say why the condition is waived."),
            ),
            models.CheckConstraint(
                name="condition_years",
                condition=models.Q(last_year__isnull=True) | models.Q(first_year__isnull=True)
                | models.Q(last_year__gte=models.F("first_year")),
                violation_error_message=_("The condition ends before it starts."),
            ),
            models.UniqueConstraint(
                name="condition_copied_once", fields=["grant", "copied_from"],
                condition=models.Q(copied_from__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                name="condition_due", fields=["due_on"], condition=models.Q(state="open", due_on__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class FinancingSource(Versioned, AuthorityOwned):
    """Finansieringskilde: what someone else pays for the same thing; it counts once it is documented and approved."""

    class Form(models.TextChoices):
        CASH = "cash", _("Cash")
        IN_KIND = "in_kind", _("Work or goods")

    class State(models.TextChoices):
        PLEDGED = "pledged", _("Pledged")
        SENT = "sent", _("Sent, waits to be read")
        DOCUMENTED = "documented", _("Documented")
        RETURNED = "returned", _("Sent back")

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="financing", verbose_name=_("grant"))
    payer = models.CharField(_("payer"), max_length=160)
    payer_class = models.CharField(_("who it comes from"), max_length=12, choices=PayerClass.choices)
    form = models.CharField(_("form"), max_length=8, choices=Form.choices, default=Form.CASH)
    amount_nok = models.BigIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLEDGED)
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("source of financing")
        verbose_name_plural = _("sources of financing")
        ordering = ["grant", "pk"]
        constraints = [
            models.CheckConstraint(
                name="financing_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            ),
            models.CheckConstraint(
                name="financing_documented_has_document",
                condition=~models.Q(state__in=["sent", "documented"]) | models.Q(document__isnull=False),
                violation_error_message=_("Enclose what documents it."),
            ),
            models.CheckConstraint(
                name="financing_documented_is_read",
                condition=~models.Q(state="documented") | models.Q(read_by__isnull=False, read_at__isnull=False),
            ),
            models.CheckConstraint(
                name="financing_read_by_another",
                condition=models.Q(read_by__isnull=True) | models.Q(sent_by__isnull=True)
                | ~models.Q(read_by=models.F("sent_by")),
                violation_error_message=_("Another than the one who sent it reads it."),
            ),
            models.CheckConstraint(
                name="financing_returned_says_why", condition=~models.Q(state="returned") | ~models.Q(note=""),
                violation_error_message=_("Say what is missing."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.payer


@pghistory.track()
class GrantReport(Versioned, AuthorityOwned):
    """Rapport for tilskudd: accounts or a report a grant asks for, sent by the recipient, approved by an officer."""

    class State(models.TextChoices):
        AWAITED = "awaited", _("Awaited")
        SENT = "sent", _("Sent, waits to be read")
        RETURNED = "returned", _("Sent back")
        APPROVED = "approved", _("Approved")

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="reports", verbose_name=_("grant"))
    condition = models.OneToOneField(
        Condition, on_delete=models.PROTECT, null=True, blank=True, related_name="report", verbose_name=_("condition")
    )
    title = models.CharField(_("what"), max_length=160)
    due_on = models.DateField(_("due"), null=True, blank=True, validators=[sane_date])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.AWAITED)
    text = models.TextField(_("text"), max_length=8000, blank=True)
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("report on a grant")
        verbose_name_plural = _("reports on grants")
        ordering = ["grant", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_report_sent_if_and_only_if_dated",
                condition=models.Q(state="awaited", sent_at__isnull=True)
                | (~models.Q(state="awaited") & models.Q(sent_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="grant_report_approved_by_another",
                condition=~models.Q(state="approved")
                | (models.Q(read_by__isnull=False) & (models.Q(sent_by__isnull=True)
                   | ~models.Q(read_by=models.F("sent_by")))),
                violation_error_message=_("Another than the one who sent it approves it."),
            ),
            models.CheckConstraint(
                name="grant_report_returned_says_why", condition=~models.Q(state="returned") | ~models.Q(note=""),
                violation_error_message=_("Say what is missing."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                name="grant_report_due", fields=["due_on"],
                condition=models.Q(state__in=["awaited", "returned"], due_on__isnull=False),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
