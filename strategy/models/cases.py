"""What ties a plan to cases and to what people said about it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import Case, Input
from portal.models.base import AuthorityOwned
from strategy.models.measure import Measure
from strategy.models.plan import Plan


@pghistory.track()
class PlanCase(AuthorityOwned):
    """Plansak: a case a plan passes through, and what for; the resolutions of its adoption case adopt it."""

    class Purpose(models.TextChoices):
        START_UP = "start_up", _("Start-up")
        ADOPTION = "adoption", _("Adoption")
        REVISION = "revision", _("Revision")
        REPORT = "report", _("Yearly report")
        OTHER = "other", _("Other")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="case_links", verbose_name=_("plan"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plan_links", verbose_name=_("case"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.ADOPTION)

    class Meta:
        verbose_name = _("case of the plan")
        verbose_name_plural = _("cases of the plan")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="plan_case_once", fields=["plan", "case", "purpose"],
                violation_error_message=_("The plan has this case already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.case}"


@pghistory.track()
class InputEffect(AuthorityOwned):
    """Følge av innspill: what an input changed in a plan, or in one of its measures."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="input_effects", verbose_name=_("plan"))
    input = models.ForeignKey(Input, on_delete=models.PROTECT, related_name="plan_effects", verbose_name=_("input"))
    measure = models.ForeignKey(
        Measure,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="input_effects",
        verbose_name=_("measure"),
    )
    change = models.CharField(_("what was changed"), max_length=300)

    class Meta:
        verbose_name = _("effect of input")
        verbose_name_plural = _("effects of input")
        ordering = ["plan", "pk"]

    def __str__(self) -> str:
        return self.change
