"""De minimis aid to a whole undertaking, and what the national aid register is told.

Ceilings and rates are dated rows for the whole portal, for a municipality's lawyer to correct; what someone received
is summed over all authorities: the one sanctioned look across tenants (`grants.minimis`).
"""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.application import Application
from grants.models.grant import AidAssessment, Grant
from grants.models.ledger import LedgerEntry
from portal.models.base import AuthorityOwned, Versioned, sane_date
from portal.models.organisation import OrganisationNumberField


class LawQuerySet(models.QuerySet["models.Model"]):
    """What holds for the whole portal: everyone who works in it may read it."""

    def visible_to(self, user: object) -> LawQuerySet:
        return self


BASES = [(basis, label) for basis, label in AidAssessment.Basis.choices if basis in ("de_minimis", "sgei")]


class AidCeiling(models.Model):
    """Tak for bagatellmessig støtte: the most an undertaking may get in three years, by which law, from when."""

    basis = models.CharField(_("basis"), max_length=12, choices=BASES)
    amount_eur = models.PositiveIntegerField(_("ceiling in euro"))
    valid_from = models.DateField(_("from"))
    law = models.CharField(_("legal basis"), max_length=200)
    checked_on = models.DateField(_("checked"))

    objects = LawQuerySet.as_manager()

    class Meta:
        verbose_name = _("ceiling for de minimis aid")
        verbose_name_plural = _("ceilings for de minimis aid")
        ordering = ["basis", "-valid_from"]
        constraints = [models.UniqueConstraint(name="aid_ceiling_once", fields=["basis", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.valid_from}"


class ExchangeRate(models.Model):
    """Eurokurs: kroner for one euro on a day; a day without a rate uses the latest before it."""

    day = models.DateField(_("day"), primary_key=True)
    nok_per_eur = models.DecimalField(_("kroner for one euro"), max_digits=8, decimal_places=4)
    source = models.CharField(_("source"), max_length=120)

    objects = LawQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-day"]
        constraints = [models.CheckConstraint(name="exchange_rate_positive", condition=models.Q(nok_per_eur__gt=0))]

    def __str__(self) -> str:
        return f"{self.day}: {self.nok_per_eur}"


class Undertaking(models.Model):
    """Foretak: the row that decisions on one company wait for each other at, whatever authority they are made in."""

    number = models.CharField(_("organisation number"), max_length=9, primary_key=True)

    class Meta:
        verbose_name = _("undertaking")
        verbose_name_plural = _("undertakings")

    def __str__(self) -> str:
        return self.number


@pghistory.track()
class UndertakingLink(AuthorityOwned):
    """Tilknyttet foretak: two companies that count as one undertaking, as declared and as an officer confirmed."""

    number = OrganisationNumberField(_("organisation number"), max_length=9)
    linked = OrganisationNumberField(_("linked with"), max_length=9)
    name = models.CharField(_("name"), max_length=200, blank=True)
    why = models.CharField(_("how they are linked"), max_length=300, blank=True)
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="links",
        verbose_name=_("application"),
    )
    declared_on = models.DateField(_("declared"), validators=[sane_date])
    confirmed_on = models.DateField(_("confirmed"), null=True, blank=True, validators=[sane_date])
    confirmed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    ended_on = models.DateField(_("ended"), null=True, blank=True, validators=[sane_date])
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("linked company")
        verbose_name_plural = _("linked companies")
        ordering = ["number", "linked"]
        constraints = [
            models.CheckConstraint(name="undertaking_link_of_two", condition=~models.Q(number=models.F("linked"))),
            models.CheckConstraint(
                name="undertaking_link_confirmed_by_someone",
                condition=models.Q(confirmed_on=None, confirmed_by=None)
                | models.Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="undertaking_link_once", fields=["authority", "number", "linked"],
                condition=models.Q(ended_on=None),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="undertaking_link_number", fields=["number"]),
            models.Index(name="undertaking_link_linked", fields=["linked"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.linked}"


class AidAward(AuthorityOwned):
    """Bagatellmessig støtte vi har gitt: a grant of de minimis aid, in euro at the rate of its own day.

    PostgreSQL refuses one that would lift the undertaking over the ceiling.
    """

    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="award", verbose_name=_("grant"))
    number = models.CharField(_("organisation number"), max_length=9)
    basis = models.CharField(_("basis"), max_length=12, choices=BASES)
    decided_on = models.DateField(_("decided"))
    amount_nok = models.BigIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    cut_nok = models.BigIntegerField(_("cut since, in kroner"), default=0)
    nok_per_eur = models.DecimalField(_("kroner for one euro"), max_digits=8, decimal_places=4)
    amount_eur = models.GeneratedField(
        expression=Round((models.F("amount_nok") - models.F("cut_nok")) / models.F("nok_per_eur"), 2),
        output_field=models.DecimalField(max_digits=14, decimal_places=2), db_persist=True,
    )  # fmt: skip
    ended_on = models.DateField(_("annulled"), null=True, blank=True)

    class Meta:
        verbose_name = _("award of de minimis aid")
        verbose_name_plural = _("awards of de minimis aid")
        ordering = ["decided_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="aid_award_amounts", condition=models.Q(amount_nok__gt=0, cut_nok__gte=0)
                & models.Q(cut_nok__lte=models.F("amount_nok")),
            )
        ]  # fmt: skip
        indexes = [models.Index(name="aid_award_of_undertaking", fields=["number", "decided_on"])]

    def __str__(self) -> str:
        return f"{self.number} {self.decided_on}"


class RegisterAward(models.Model):
    """Tildeling i Støtteregisteret: what the national register says an undertaking received; a dated copy."""

    reference = models.CharField(_("number in the register"), max_length=60, primary_key=True)
    number = models.CharField(_("organisation number"), max_length=9)
    giver = models.CharField(_("given by"), max_length=200)
    decided_on = models.DateField(_("decided"))
    amount_nok = models.BigIntegerField(_("amount in kroner"))
    basis = models.CharField(_("basis"), max_length=12, choices=BASES)
    fetched_at = models.DateTimeField(_("fetched"), default=timezone.now)

    class Meta:
        verbose_name = _("award in the aid register")
        verbose_name_plural = _("awards in the aid register")
        ordering = ["decided_on", "reference"]
        indexes = [models.Index(name="register_award_undertaking", fields=["number", "decided_on"])]

    def __str__(self) -> str:
        return self.reference


class DeclaredAid(AuthorityOwned):
    """Oppgitt støtte: aid an applicant says it has received; resolved by an officer where it fits no known award."""

    class Resolution(models.TextChoices):
        COUNTS = "", _("Counts")
        SAME = "same", _("The same as one we know")
        OUTSIDE = "outside", _("Is no such aid")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="declared_aid",
        verbose_name=_("application"),
    )  # fmt: skip
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="declared_aid", verbose_name=_("grant")
    )
    number = models.CharField(_("organisation number"), max_length=9, blank=True)
    giver = models.CharField(_("given by"), max_length=200)
    decided_on = models.DateField(_("decided"), validators=[sane_date])
    amount_nok = models.BigIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    basis = models.CharField(_("basis"), max_length=12, choices=BASES)
    resolution = models.CharField(
        _("resolved as"), max_length=8, choices=Resolution.choices, blank=True, default=Resolution.COUNTS
    )
    same_award = models.ForeignKey(
        AidAward, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("our award")
    )
    same_register = models.ForeignKey(
        RegisterAward, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("the register’s award"),
    )  # fmt: skip
    why = models.CharField(_("why"), max_length=300, blank=True)
    resolved_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("resolved by")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("declared aid")
        verbose_name_plural = _("declared aid")
        ordering = ["decided_on", "pk"]
        constraints = [
            models.CheckConstraint(name="declared_aid_positive", condition=models.Q(amount_nok__gt=0)),
            models.CheckConstraint(
                name="declared_aid_of_something",
                condition=models.Q(application__isnull=False) | models.Q(grant__isnull=False),
            ),
            models.CheckConstraint(
                name="declared_aid_resolved_says_why",
                condition=models.Q(resolution="", same_award=None, same_register=None)
                | (models.Q(resolution="outside", same_award=None, same_register=None) & ~models.Q(why=""))
                | models.Q(resolution="same", same_award__isnull=False, same_register=None)
                | models.Q(resolution="same", same_award=None, same_register__isnull=False),
                violation_error_message=_("Choose which award it is the same as, or say why it does not count."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.giver} {self.decided_on}"


class RegisterMatch(AuthorityOwned):
    """Samme tildeling: an award in the register that an officer found to be one of an authority's own."""

    register = models.OneToOneField(RegisterAward, on_delete=models.PROTECT, related_name="match")
    award = models.OneToOneField(AidAward, on_delete=models.PROTECT, related_name="register_match")
    matched_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+")
    matched_at = models.DateTimeField(_("matched"), default=timezone.now)

    class Meta:
        verbose_name = _("matched award")
        verbose_name_plural = _("matched awards")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.register)


@pghistory.track()
class AidReport(Versioned, AuthorityOwned):
    """Melding til Støtteregisteret: what the national register is to be told of a grant, by when."""

    class Kind(models.TextChoices):
        AWARD = "award", _("Award")
        CUT = "cut", _("Cut")
        REPAYMENT = "repayment", _("Repayment")
        ANNULLED = "annulled", _("Annulled")

    class State(models.TextChoices):
        WAITING = "waiting", _("To be reported")
        REPORTED = "reported", _("Reported")
        NOT_NEEDED = "not_needed", _("Not to be reported")

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="aid_reports", verbose_name=_("grant"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount_nok = models.BigIntegerField(_("amount in kroner"))
    occurred_on = models.DateField(_("happened"))
    due_on = models.DateField(_("to be reported by"))
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="aid_report",
        verbose_name=_("entry"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reported_on = models.DateField(_("reported"), null=True, blank=True, validators=[sane_date])
    reported_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported by")
    )
    receipt = models.CharField(_("receipt"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("report to the aid register")
        verbose_name_plural = _("reports to the aid register")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="aid_report_reported_if_and_only_if_dated",
                condition=models.Q(state="reported", reported_on__isnull=False)
                | (~models.Q(state="reported") & models.Q(reported_on=None)),
            ),
            models.CheckConstraint(
                name="aid_report_left_out_says_why", condition=~models.Q(state="not_needed") | ~models.Q(note=""),
                violation_error_message=_("Say why it is not to be reported."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="aid_report_due", fields=["due_on"], condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.grant}"
