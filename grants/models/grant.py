"""Grants: who gets what, for what, by which decision, with its assessment of state aid, and what is paid back."""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grants.models.ledger import Account
from grants.models.scheme import Scheme
from portal.models.base import AuthorityOwned, Versioned, ends_after_start, sane_date, sane_date_check
from portal.models.case import Access, access_check
from strategy.models.plan import SANE_YEAR


@pghistory.track()
class Grant(Versioned, AuthorityOwned):
    """Tilsagn: a sum promised to an organisation for something, by one decision, with conditions."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Being assessed")
        GRANTED = "granted", _("Granted")
        FINISHED = "finished", _("Finished")
        LAPSED = "lapsed", _("Lapsed")
        DECLINED = "declined", _("Not granted")
        ANNULLED = "annulled", _("Annulled")

    HOLDING = (State.GRANTED, State.FINISHED, State.LAPSED)
    """States with a commitment in the ledger."""
    MOVES = {
        State.PROPOSED: frozenset({State.GRANTED, State.DECLINED}),
        State.GRANTED: frozenset({State.FINISHED, State.LAPSED, State.ANNULLED}),
        State.FINISHED: frozenset({State.GRANTED}),
        State.LAPSED: frozenset(),
        State.DECLINED: frozenset({State.PROPOSED}),
        State.ANNULLED: frozenset(),
    }

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="grants", verbose_name=_("scheme"))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants", verbose_name=_("account"))
    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, related_name="grants", verbose_name=_("recipient")
    )
    case = models.ForeignKey("portal.Case", on_delete=models.PROTECT, related_name="grants", verbose_name=_("case"))
    title = models.CharField(_("for what"), max_length=160)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), validators=SANE_YEAR)
    amount_nok = models.BigIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_on = models.DateField(_("decided"), null=True, blank=True, validators=[sane_date])
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="grants",
        verbose_name=_("decided in"),
    )  # fmt: skip
    decision_reference = models.CharField(
        _("decision"), max_length=160, blank=True, help_text=_("Or the delegation it is decided by.")
    )
    starts_on = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    ends_on = models.DateField(_("to"), null=True, blank=True, validators=[sane_date])
    use_by = models.DateField(
        _("to be asked for by"), null=True, blank=True, validators=[sane_date],
        help_text=_("What is not asked for by then may lapse."),
    )  # fmt: skip
    access = models.CharField(_("access"), max_length=10, choices=Access.choices, default=Access.OPEN)
    access_basis = models.CharField(_("legal basis"), max_length=120, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-year", "-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            ),
            models.CheckConstraint(
                name="grant_decided_if_and_only_if_dated",
                condition=models.Q(state="proposed", decided_on__isnull=True)
                | (~models.Q(state="proposed") & models.Q(decided_on__isnull=False)),
                violation_error_message=_("A grant that is decided, and no other, has a date for it."),
            ),
            models.CheckConstraint(
                name="grant_names_decision",
                condition=models.Q(state__in=["proposed", "declined"]) | models.Q(step__isnull=False)
                | ~models.Q(decision_reference=""),
                violation_error_message=_("Name the decision."),
            ),
            access_check("grant_access_has_basis"),
            sane_date_check("decided_on", "grant_decided_on_sane"),
        ]  # fmt: skip
        indexes = [
            models.Index(name="grant_of_year", fields=["authority", "year", "state"]),
            models.Index(name="grant_use_by", fields=["use_by"], condition=models.Q(state="granted")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("grant_desk", args=[self.authority.slug, self.pk])

    def clean(self) -> None:
        ends_after_start(self.starts_on, self.ends_on, "ends_on")


@pghistory.track()
class ExemptField(AuthorityOwned):
    """Unntatt opplysning: one fact of a grant that the public does not see, by which legal basis."""

    class Field(models.TextChoices):
        RECIPIENT = "recipient", _("Recipient")
        TITLE = "title", _("What it is for")
        DESCRIPTION = "description", _("Description")

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="exempt", verbose_name=_("grant"))
    field = models.CharField(_("what"), max_length=12, choices=Field.choices)
    basis = models.CharField(_("legal basis"), max_length=120)

    class Meta:
        verbose_name = _("exempt fact")
        verbose_name_plural = _("exempt facts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="exempt_field_once", fields=["grant", "field"],
                violation_error_message=_("This is exempt already."),
            ),
            models.CheckConstraint(
                name="exempt_field_has_basis", condition=~models.Q(basis=""),
                violation_error_message=_("Name the legal basis when access is not open."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_field_display()


@pghistory.track()
class AidAssessment(Versioned, AuthorityOwned):
    """Støttevurdering: whether a grant is state aid, and what makes it lawful; it looks at the activity."""

    class Basis(models.TextChoices):
        NO_AID = "no_aid", _("No aid")
        DE_MINIMIS = "de_minimis", _("De minimis aid")
        SGEI = "sgei", _("De minimis aid for services of general economic interest")
        BLOCK_EXEMPTION = "block", _("Block exemption")
        OUTSIDE = "outside", _("Outside the agreement’s scope")

    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="aid", verbose_name=_("grant"))
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices)
    activity = models.CharField(_("activity"), max_length=200, help_text=_("What the money makes happen."))
    reason = models.TextField(_("why"), max_length=4000)
    legal_reference = models.CharField(_("legal reference"), max_length=160, blank=True)
    assessed_on = models.DateField(_("assessed"), validators=[sane_date])
    assessed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("aid assessment")
        verbose_name_plural = _("aid assessments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="aid_assessment_says_why", condition=~models.Q(reason="") & ~models.Q(activity=""),
                violation_error_message=_("Say what the activity is, and why."),
            ),
            models.CheckConstraint(
                name="aid_assessment_exemption_names_law",
                condition=~models.Q(basis__in=["sgei", "block"]) | ~models.Q(legal_reference=""),
                violation_error_message=_("Name the act and article."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_basis_display()


@pghistory.track()
class Repayment(Versioned, AuthorityOwned):
    """Tilbakebetaling: money of a grant that is claimed back; received, it stands in the ledger."""

    class State(models.TextChoices):
        CLAIMED = "claimed", _("Claimed")
        RECEIVED = "received", _("Received")
        WAIVED = "waived", _("Waived")

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="repayments", verbose_name=_("grant"))
    amount_nok = models.BigIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    reason = models.CharField(_("reason"), max_length=300)
    claimed_on = models.DateField(_("claimed"), validators=[sane_date])
    due_on = models.DateField(_("due"), null=True, blank=True, validators=[sane_date])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CLAIMED)
    received_on = models.DateField(_("received"), null=True, blank=True, validators=[sane_date])
    claimed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("claimed by")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("repayment")
        verbose_name_plural = _("repayments")
        ordering = ["-claimed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="repayment_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            ),
            models.CheckConstraint(
                name="repayment_received_if_and_only_if_dated",
                condition=models.Q(state="received", received_on__isnull=False)
                | (~models.Q(state="received") & models.Q(received_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="repayment_waived_says_why", condition=~models.Q(state="waived") | ~models.Q(note=""),
                violation_error_message=_("Say why it is waived."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="repayment_due", fields=["due_on"], condition=models.Q(state="claimed"))]

    def __str__(self) -> str:
        return self.reason
