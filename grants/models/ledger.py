"""The ledger: accounts, the entries that move money, and the balances that entries alone move (docs/guards.md)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.scheme import Scheme
from portal.models.base import AuthorityOwned, Versioned, sane_date, sane_date_check
from strategy.models.plan import SANE_YEAR


class Account(Versioned, AuthorityOwned):
    """Konto: where money of a scheme lies; a budget line's belongs to its year, a fund's stands. It is born empty."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("scheme"))
    name = models.CharField(_("name"), max_length=180)
    year = models.PositiveSmallIntegerField(_("budget year"), null=True, blank=True, validators=SANE_YEAR)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["scheme", "-year", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Counters(models.Model):
    """What entries of each kind sum to, in whole kroner; only the ledger's trigger writes it."""

    appropriated_nok = models.BigIntegerField(_("appropriated"), default=0)
    contributed_nok = models.BigIntegerField(_("paid in by others"), default=0)
    carried_in_nok = models.BigIntegerField(_("carried over from before"), default=0)
    distributed_in_nok = models.BigIntegerField(_("from a sum that was divided"), default=0)
    released_nok = models.BigIntegerField(_("released"), default=0)
    repaid_nok = models.BigIntegerField(_("paid back"), default=0)
    committed_nok = models.BigIntegerField(_("committed"), default=0)
    paid_nok = models.BigIntegerField(_("paid out"), default=0)
    carried_out_nok = models.BigIntegerField(_("carried over to later"), default=0)
    distributed_out_nok = models.BigIntegerField(_("divided"), default=0)
    returned_nok = models.BigIntegerField(_("returned to the treasury"), default=0)
    free_nok = models.GeneratedField(
        expression=models.F("appropriated_nok") + models.F("contributed_nok") + models.F("carried_in_nok")
        + models.F("distributed_in_nok") + models.F("released_nok") + models.F("repaid_nok")
        - models.F("committed_nok") - models.F("carried_out_nok") - models.F("distributed_out_nok")
        - models.F("returned_nok"),
        output_field=models.BigIntegerField(), db_persist=True, verbose_name=_("free"),
    )  # fmt: skip
    entries = models.BigIntegerField(_("number of entries"), default=0)

    class Meta:
        abstract = True


COUNTERS = (
    "appropriated_nok", "contributed_nok", "carried_in_nok", "distributed_in_nok", "released_nok", "repaid_nok",
    "committed_nok", "paid_nok", "carried_out_nok", "distributed_out_nok", "returned_nok",
)  # fmt: skip


def never_negative(name: str) -> models.CheckConstraint:
    """Return the constraint that no counter goes below nought."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__gte": 0 for field in COUNTERS}))


class Balance(Counters):
    """Saldo: what an account holds; one row, born with its account, that only entries move."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="balance")

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.CheckConstraint(
                name="account_never_overcommitted", condition=models.Q(free_nok__gte=0),
                violation_error_message=_("There is not that much left on the account."),
            ),
            models.CheckConstraint(
                name="account_never_paid_beyond_committed",
                condition=models.Q(paid_nok__lte=models.F("committed_nok") - models.F("released_nok")),
            ),
            never_negative("account_counters_not_negative"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.account)


class YearBalance(Counters):
    """Årssaldo: what the entries of one year sum to on an account; a fund's frame holds its commitments of the year."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField(_("year"))
    frame_nok = models.BigIntegerField(_("yearly frame"), null=True)

    class Meta:
        verbose_name = _("balance of a year")
        verbose_name_plural = _("balances of years")
        ordering = ["account", "year"]
        constraints = [
            models.UniqueConstraint(name="year_balance_once", fields=["account", "year"]),
            models.CheckConstraint(
                name="fund_frame_never_overcommitted",
                condition=models.Q(frame_nok__isnull=True) | models.Q(committed_nok__lte=models.F("frame_nok")),
                violation_error_message=_("The yearly frame does not hold this."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account} {self.year}"


class GrantBalance(models.Model):
    """Tilsagnssaldo: what of a grant is committed, released, paid and paid back; only entries move it."""

    grant = models.OneToOneField(
        "grants.Grant", on_delete=models.PROTECT, primary_key=True, related_name="balance", db_column="grant_id"
    )
    committed_nok = models.BigIntegerField(_("committed"), default=0)
    released_nok = models.BigIntegerField(_("released"), default=0)
    paid_nok = models.BigIntegerField(_("paid out"), default=0)
    repaid_nok = models.BigIntegerField(_("paid back"), default=0)
    unpaid_nok = models.GeneratedField(
        expression=models.F("committed_nok") - models.F("released_nok") - models.F("paid_nok"),
        output_field=models.BigIntegerField(), db_persist=True, verbose_name=_("not paid yet"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("balance of a grant")
        verbose_name_plural = _("balances of grants")
        constraints = [
            models.CheckConstraint(
                name="grant_never_paid_beyond_commitment", condition=models.Q(unpaid_nok__gte=0),
                violation_error_message=_("The grant does not hold this much."),
            ),
            models.CheckConstraint(
                name="grant_never_paid_back_beyond_paid",
                condition=models.Q(repaid_nok__lte=models.F("paid_nok")),
                violation_error_message=_("More is not paid out."),
            ),
            models.CheckConstraint(
                name="grant_counters_not_negative",
                condition=models.Q(committed_nok__gte=0, released_nok__gte=0, paid_nok__gte=0, repaid_nok__gte=0),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.grant)


def _belongs(name: str, field: str, *kinds: str) -> models.CheckConstraint:
    """Return the constraint that entries of these kinds, and no other, name what they belong to."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(kind__in=kinds, **{f"{field}__isnull": False})
        | (~models.Q(kind__in=kinds) & models.Q(**{f"{field}__isnull": True})),
    )


class LedgerEntry(AuthorityOwned):
    """Postering: one movement of money in whole kroner; only ever added, and undone once by one that names it."""

    class Kind(models.TextChoices):
        APPROPRIATION = "appropriation", _("Appropriation")
        CONTRIBUTION = "contribution", _("Contribution")
        CARRY_IN = "carry_in", _("Carried over from before")
        DISTRIBUTE_IN = "distribute_in", _("From a sum that was divided")
        COMMITMENT = "commitment", _("Commitment")
        RELEASE = "release", _("Release")
        PAYOUT = "payout", _("Payout")
        REPAYMENT = "repayment", _("Repayment")
        CARRY_OUT = "carry_out", _("Carried over to later")
        DISTRIBUTE_OUT = "distribute_out", _("Divided")
        RETURN = "return", _("Returned to the treasury")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    amount_nok = models.BigIntegerField(
        _("amount in kroner"), help_text=_("Over nought; below nought where it undoes another entry.")
    )
    on_date = models.DateField(_("date"), validators=[sane_date])
    year = models.PositiveSmallIntegerField(
        _("year"), default=0, editable=False, help_text=_("The account’s budget year, or the date’s on a fund.")
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("undoes")
    )
    grant = models.ForeignKey(
        "grants.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("grant")
    )
    payout = models.ForeignKey(
        "grants.Payout", on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        verbose_name=_("payout"),
    )  # fmt: skip
    repayment = models.ForeignKey(
        "grants.Repayment", on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        verbose_name=_("repayment"),
    )  # fmt: skip
    line = models.ForeignKey(
        "grants.BudgetLine", on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        verbose_name=_("budget line"),
    )  # fmt: skip
    pledge = models.ForeignKey(
        "grants.Pledge", on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        verbose_name=_("pledge"),
    )  # fmt: skip
    year_end = models.ForeignKey(
        "grants.YearEnd", on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        verbose_name=_("year end"),
    )  # fmt: skip
    transfer = models.UUIDField(_("belongs with"), null=True, blank=True)
    decision = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries",
        verbose_name=_("decided in"),
    )  # fmt: skip
    reference = models.CharField(_("decision"), max_length=160, blank=True)
    case = models.ForeignKey(
        "portal.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries",
        verbose_name=_("case"),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("registered"), default=timezone.now)
    key = models.CharField(
        _("key"), max_length=80, help_text=_("What caused it; the same cause gives one entry, however often it comes.")
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-on_date", "-pk"]
        constraints = [
            models.UniqueConstraint(name="ledger_entry_key_once", fields=["authority", "key"]),
            models.CheckConstraint(
                name="ledger_entry_not_nought",
                condition=models.Q(amount_nok__gt=0, reverses__isnull=True)
                | models.Q(amount_nok__lt=0, reverses__isnull=False),
                violation_error_message=_("Enter an amount over nought."),
            ),
            models.UniqueConstraint(
                name="ledger_one_commitment_per_grant", fields=["grant"],
                condition=models.Q(kind="commitment", reverses__isnull=True),
                violation_error_message=_("This grant is committed already."),
            ),
            models.UniqueConstraint(
                name="ledger_one_entry_per_payout", fields=["payout"], condition=models.Q(reverses__isnull=True),
                violation_error_message=_("This payout is in the ledger already."),
            ),
            _belongs("ledger_entry_of_grant", "grant", "commitment", "release", "payout", "repayment"),
            _belongs("ledger_entry_of_payout", "payout", "payout"),
            _belongs("ledger_entry_of_repayment", "repayment", "repayment"),
            _belongs("ledger_entry_of_line", "line", "appropriation", "distribute_in", "distribute_out"),
            _belongs("ledger_entry_of_year_end", "year_end", "carry_in", "carry_out", "return"),
            _belongs(
                "ledger_entry_of_transfer", "transfer", "carry_in", "carry_out", "distribute_in", "distribute_out"
            ),
            models.CheckConstraint(
                name="ledger_entry_of_pledge", condition=models.Q(pledge__isnull=True) | models.Q(kind="contribution")
            ),
            models.CheckConstraint(
                name="ledger_entry_names_decision",
                condition=models.Q(kind__in=["contribution", "payout", "repayment"])
                | models.Q(decision__isnull=False) | ~models.Q(reference=""),
                violation_error_message=_("Name the decision."),
            ),
            models.CheckConstraint(
                name="ledger_entry_reversal_says_why", condition=models.Q(reverses__isnull=True) | ~models.Q(note=""),
                violation_error_message=_("Say why the entry is undone."),
            ),
            sane_date_check("on_date", "ledger_entry_date_sane"),
        ]  # fmt: skip
        indexes = [
            models.Index(name="ledger_of_account", fields=["account", "-on_date", "-id"]),
            models.Index(name="ledger_of_transfer", fields=["transfer"], condition=models.Q(transfer__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_nok}"
