"""The money a budget year sets aside for a measure."""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.base import AuthorityOwned, Versioned
from strategy.models.measure import MeasureParticipation
from strategy.models.plan import SANE_YEAR


@pghistory.track()
class MeasureFunding(Versioned, AuthorityOwned):
    """Finansiering av tiltak: what one budget year proposes or sets aside, in whole kroner."""

    class Source(models.TextChoices):
        OWN_BUDGET = "own", _("Own budget")
        SERVICE_PURCHASE = "service", _("Service purchase")
        GRANT = "grant", _("Grant")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        FUNDED = "funded", _("Funded")
        NOT_FUNDED = "not_funded", _("Not funded")

    participation = models.ForeignKey(
        MeasureParticipation, on_delete=models.CASCADE, related_name="funding", verbose_name=_("measure")
    )
    year = models.PositiveSmallIntegerField(_("budget year"), validators=SANE_YEAR)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    state = models.CharField(_("status"), max_length=12, choices=State.choices, default=State.PROPOSED)
    amount_nok = models.PositiveIntegerField(_("amount in kroner"), validators=[MinValueValidator(1)])
    decision_reference = models.CharField(_("decision"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("funding")
        verbose_name_plural = _("funding")
        ordering = ["participation", "year", "source"]
        constraints = [
            models.UniqueConstraint(name="funding_once", fields=["participation", "year", "source"]),
            models.CheckConstraint(name="funding_positive", condition=models.Q(amount_nok__gt=0)),
            models.CheckConstraint(
                name="funding_decided_with_reference",
                condition=~models.Q(state="funded") | ~models.Q(decision_reference=""),
                violation_error_message=_("Money that is set aside names the decision."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.amount_nok}"
