"""How money leaves: to which bank account, prepared, attested and approved by whom, in which file."""

from __future__ import annotations

import re
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from stdnum.no import kontonr

from grants.account_numbers import masked
from grants.models.grant import Grant
from portal.models.base import AuthorityOwned, Versioned, sane_date


def valid_account_number(number: str) -> None:
    """Refuse a bank account number whose check digit is wrong.

    Raises:
        ValidationError: not eleven digits, or the modulo-11 check digit does not fit.
    """
    if not (number.isascii() and len(number) == 11 and kontonr.is_valid(number)):
        raise ValidationError(_("This is not a bank account number. Check the eleven digits."), code="kontonr")


class AccountNumberField(models.CharField):
    """Eleven digits with a check digit; the points and spaces people type are taken away."""

    default_validators = [valid_account_number]

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return re.sub(r"[\s.]", "", text) if text else text

    def formfield(self, **kwargs: Any) -> Any:
        """Leave room for the points people type."""
        return super().formfield(**{"max_length": 20, **kwargs})


class BankAccount(AuthorityOwned):
    """Bankkonto: where an organisation is paid; a change is a new version that another person confirms."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits to be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced")

    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, related_name="bank_accounts", verbose_name=_("organisation")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    number = AccountNumberField(_("bank account"), max_length=11)
    holder = models.CharField(_("in whose name"), max_length=160)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    proposed_at = models.DateTimeField(_("entered"))
    settled_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    how = models.CharField(
        _("how it was checked"), max_length=300, blank=True, help_text=_("Whom you called, or what you saw.")
    )
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["organisation", "-version"]
        constraints = [
            models.UniqueConstraint(name="bank_account_version_once", fields=["organisation", "version"]),
            models.UniqueConstraint(
                name="bank_account_one_in_use", fields=["organisation"], condition=models.Q(state="confirmed")
            ),
            models.UniqueConstraint(
                name="bank_account_one_proposal", fields=["organisation"], condition=models.Q(state="proposed"),
                violation_error_message=_("A change waits to be confirmed already."),
            ),
            models.CheckConstraint(
                name="bank_account_eleven_digits", condition=models.Q(number__regex=r"^\d{11}$"),
            ),
            models.CheckConstraint(
                name="bank_account_settled_by_another",
                condition=models.Q(state="proposed", settled_by__isnull=True)
                | (~models.Q(state="proposed") & models.Q(settled_by__isnull=False, settled_at__isnull=False)
                   & ~models.Q(settled_by=models.F("proposed_by"))),
                violation_error_message=_("Another than the one who entered it confirms it."),
            ),
            models.CheckConstraint(
                name="bank_account_settled_says_how", condition=models.Q(state="proposed") | ~models.Q(how=""),
                violation_error_message=_("Say how you checked it."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Name it as those may see it who do not work with it, and as it may stand in a log."""
        return masked(self.number)

    @property
    def full_number(self) -> str:
        """The number as banks print it, for its owner and for those who work with it."""
        return f"{self.number[:4]}.{self.number[4:6]}.{self.number[6:]}"


class PaymentFile(AuthorityOwned):
    """Utbetalingsfil: payouts handed to the accounting system together; the file stands as it was made."""

    number = models.PositiveIntegerField(_("number"))
    made_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))
    payments = models.PositiveIntegerField(_("payouts"))
    total_nok = models.BigIntegerField(_("total in kroner"))
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(name="payment_file_number_once", fields=["authority", "number"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"


@pghistory.track()
class Payout(Versioned, AuthorityOwned):
    """Utbetaling: money of a grant on its way: asked for, prepared, attested, approved, in a file, paid."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        PREPARED = "prepared", _("Prepared")
        ATTESTED = "attested", _("Attested")
        APPROVED = "approved", pgettext_lazy("payout", "Approved")
        SENT = "sent", _("Sent to payment")
        PAID = "paid", _("Paid")
        RETURNED = "returned", _("Came back from the bank")
        CANCELLED = "cancelled", _("Cancelled")

    IN_LEDGER = (State.APPROVED, State.SENT, State.PAID)
    """States in which the money has left the grant."""
    MOVES = {
        State.ASKED: frozenset({State.PREPARED, State.CANCELLED}),
        State.PREPARED: frozenset({State.ATTESTED, State.ASKED, State.CANCELLED}),
        State.ATTESTED: frozenset({State.APPROVED, State.ASKED, State.CANCELLED}),
        State.APPROVED: frozenset({State.SENT, State.CANCELLED}),
        State.SENT: frozenset({State.PAID, State.RETURNED}),
        State.PAID: frozenset({State.RETURNED}),
        State.RETURNED: frozenset(),
        State.CANCELLED: frozenset(),
    }
    """To be asked for again (sent back) clears what was signed after it."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("grant"))
    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, related_name="payouts", editable=False,
        verbose_name=_("recipient"),
    )  # fmt: skip
    amount_nok = models.BigIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    text = models.CharField(_("message"), max_length=300, blank=True)
    asked_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    key = models.CharField(_("key"), max_length=80)
    persons = models.PositiveSmallIntegerField(_("persons"), default=3)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts",
        verbose_name=_("bank account"),
    )  # fmt: skip
    prepared_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared"), null=True, blank=True)
    attested_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("attested by")
    )
    attested_at = models.DateTimeField(_("attested"), null=True, blank=True)
    approved_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts",
        verbose_name=_("payment file"),
    )  # fmt: skip
    paid_on = models.DateField(_("paid"), null=True, blank=True, validators=[sane_date])
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="payout_asked_once", fields=["authority", "key"]),
            models.CheckConstraint(
                name="payout_positive", condition=models.Q(amount_nok__gt=0),
                violation_error_message=_("Enter an amount over nought."),
            ),
            models.CheckConstraint(name="payout_two_or_three_persons", condition=models.Q(persons__in=[2, 3])),
            models.CheckConstraint(
                name="payout_signed_as_far_as_it_has_come",
                condition=models.Q(state__in=["asked", "cancelled"])
                | models.Q(state="prepared", prepared_by__isnull=False, bank_account__isnull=False)
                | models.Q(state="attested", prepared_by__isnull=False, bank_account__isnull=False,
                           attested_by__isnull=False)
                | models.Q(state__in=["approved", "sent", "paid", "returned"], prepared_by__isnull=False,
                           bank_account__isnull=False, attested_by__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_attested_by_another",
                condition=models.Q(attested_by__isnull=True) | models.Q(persons=2)
                | ~models.Q(attested_by=models.F("prepared_by")),
                violation_error_message=_("Another than the one who prepared it attests it."),
            ),
            models.CheckConstraint(
                name="payout_approved_by_another",
                condition=models.Q(approved_by__isnull=True)
                | (~models.Q(approved_by=models.F("prepared_by")) & ~models.Q(approved_by=models.F("attested_by"))),
                violation_error_message=_("Another than those who prepared and attested it approves it."),
            ),
            models.CheckConstraint(
                name="payout_sent_lies_in_a_file",
                condition=models.Q(state__in=["sent", "paid", "returned"], file__isnull=False)
                | (~models.Q(state__in=["sent", "paid", "returned"]) & models.Q(file__isnull=True)),
            ),
            models.CheckConstraint(
                name="payout_paid_if_and_only_if_dated",
                condition=models.Q(state="paid", paid_on__isnull=False)
                | models.Q(state="returned")
                | (~models.Q(state__in=["paid", "returned"]) & models.Q(paid_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="payout_ended_says_why",
                condition=~models.Q(state__in=["cancelled", "returned"])
                | (models.Q(ended_at__isnull=False) & ~models.Q(reason="")),
                violation_error_message=_("Say why."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="payout_at_work", fields=["authority", "state"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What the accounting system and its return list call it."""
        return f"NP-{self.pk:06d}"


class PaymentRules(Versioned, AuthorityOwned):
    """Utbetalingsregler: how many persons a payout takes, and how the payment file is laid out."""

    class Persons(models.IntegerChoices):
        THREE = 3, _("Three: one prepares, one attests, one approves")
        TWO = 2, _("Two: one prepares and may attest, another approves")

    persons = models.PositiveSmallIntegerField(_("persons"), choices=Persons.choices, default=Persons.THREE)
    columns = models.JSONField(_("columns of the payment file"), default=list, blank=True)
    delimiter = models.CharField(_("between the columns"), max_length=1, default=";")

    class Meta:
        verbose_name = _("payment rules")
        verbose_name_plural = _("payment rules")
        constraints = [
            models.UniqueConstraint(name="payment_rules_once", fields=["authority"]),
            models.CheckConstraint(name="payment_rules_persons", condition=models.Q(persons__in=[2, 3])),
            models.CheckConstraint(
                name="payment_rules_delimiter", condition=models.Q(delimiter__in=[";", ",", "\t", "|"])
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
