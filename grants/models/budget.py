"""Where money comes from: budget lines, the fund with its yearly frames, and what others pledge to it."""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.models.scheme import Scheme, no_dimensions
from portal.models.base import AuthorityOwned, Versioned, sane_date
from strategy.models.plan import SANE_YEAR

AMOUNT = {"validators": [MinValueValidator(1)]}


class PayerClass(models.TextChoices):
    """Who money comes from, as conditions of matching tell them apart."""

    BUSINESS = "business", _("Business")
    OWN = "own", _("The recipient’s own")
    MUNICIPALITY = "municipality", _("Another municipality")
    STATE = "state", _("State or county")
    OTHER = "other", _("Others")


class Stage(models.TextChoices):
    """How far a sum has come: recommended, decided or turned down."""

    PROPOSED = "proposed", _("Proposed")
    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Rejected")


def decided_with_reference(name: str) -> models.CheckConstraint:
    """Return the constraint that what is adopted names its decision."""
    return models.CheckConstraint(
        name=name,
        condition=~models.Q(stage="adopted") | models.Q(step__isnull=False) | ~models.Q(decision_reference=""),
        violation_error_message=_("Name the decision that adopts it."),
    )


@pghistory.track()
class BudgetLine(Versioned, AuthorityOwned):
    """Budsjettpost: a sum for one year and area, to someone, open or to be divided; adopted, it holds money."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="lines", verbose_name=_("scheme"))
    year = models.PositiveSmallIntegerField(_("budget year"), validators=SANE_YEAR)
    name = models.CharField(_("name"), max_length=160)
    area = models.CharField(_("area"), max_length=80, blank=True)
    recipient = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="budget_lines",
        verbose_name=_("recipient"), help_text=_("Empty when it is open who gets it."),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts",
        verbose_name=_("part of"), help_text=_("A sum to be divided; this line, adopted, takes its money there."),
    )  # fmt: skip
    fund = models.ForeignKey(
        "grants.Fund", on_delete=models.PROTECT, null=True, blank=True, related_name="lines",
        verbose_name=_("paid into the fund"),
    )  # fmt: skip
    amount_nok = models.BigIntegerField(_("amount in kroner"), **AMOUNT)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.PROPOSED)
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="budget_lines",
        verbose_name=_("decided in"),
    )  # fmt: skip
    decision_reference = models.CharField(_("decision"), max_length=160, blank=True)
    account = models.OneToOneField(
        "grants.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="line", editable=False,
        verbose_name=_("account"),
    )  # fmt: skip
    dimensions = models.JSONField(_("account dimensions"), default=no_dimensions, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["-year", "scheme", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="budget_line_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            ),
            models.CheckConstraint(
                name="budget_line_holds_money_if_and_only_if_adopted",
                condition=models.Q(stage="adopted", account__isnull=False, fund__isnull=True)
                | models.Q(stage="adopted", account__isnull=True, fund__isnull=False)
                | models.Q(stage="proposed", account__isnull=True)
                | models.Q(stage="rejected"),
            ),
            models.CheckConstraint(
                name="budget_line_fund_not_divided",
                condition=models.Q(fund__isnull=True) | models.Q(parent__isnull=True),
                violation_error_message=_("A line that goes into the fund is no part of another."),
            ),
            decided_with_reference("budget_line_adopted_names_decision"),
        ]  # fmt: skip
        indexes = [models.Index(name="budget_line_year", fields=["authority", "year"])]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


@pghistory.track()
class Fund(Versioned, AuthorityOwned):
    """Næringsfond: capital that stands from year to year in one account, used within yearly frames."""

    scheme = models.OneToOneField(Scheme, on_delete=models.PROTECT, related_name="fund", verbose_name=_("scheme"))
    account = models.OneToOneField(
        "grants.Account", on_delete=models.PROTECT, related_name="fund", editable=False, verbose_name=_("account")
    )
    takes_pledges = models.BooleanField(_("others are invited to contribute"), default=False)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.scheme)


@pghistory.track()
class FundFrame(Versioned, AuthorityOwned):
    """Årsramme: the most a fund may grant in one year; adopted, the ledger holds it."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="frames", verbose_name=_("fund"))
    year = models.PositiveSmallIntegerField(_("year"), validators=SANE_YEAR)
    amount_nok = models.BigIntegerField(_("amount in kroner"), **AMOUNT)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.PROPOSED)
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided in"),
    )  # fmt: skip
    decision_reference = models.CharField(_("decision"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("yearly frame")
        verbose_name_plural = _("yearly frames")
        ordering = ["fund", "-year"]
        constraints = [
            models.UniqueConstraint(
                name="fund_frame_once", fields=["fund", "year"], condition=models.Q(stage="adopted"),
                violation_error_message=_("The fund has an adopted frame for this year."),
            ),
            models.CheckConstraint(
                name="fund_frame_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            ),
            decided_with_reference("fund_frame_adopted_names_decision"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.fund} {self.year}"


@pghistory.track()
class Pledge(Versioned, AuthorityOwned):
    """Løfte om bidrag: what someone says she will pay into a fund; it is no money until it is paid."""

    class State(models.TextChoices):
        OPEN = "open", _("Pledged")
        PAID = "paid", _("Paid in full")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("fund"))
    payer = models.CharField(_("payer"), max_length=160)
    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("organisation"),
    )  # fmt: skip
    payer_class = models.CharField(_("who it comes from"), max_length=12, choices=PayerClass.choices)
    amount_nok = models.BigIntegerField(_("amount in kroner"), **AMOUNT)
    pledged_on = models.DateField(_("pledged"), validators=[sane_date])
    due_on = models.DateField(_("to be paid by"), null=True, blank=True, validators=[sane_date])
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["fund", "pledged_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="pledge_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.payer
