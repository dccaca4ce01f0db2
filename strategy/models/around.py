"""What stands around a plan: how its community was seen, who has a stake in it, who reviews and who follows it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.authority import LanguageForm
from portal.models.base import AuthorityOwned, Versioned, sane_date, sane_date_check
from strategy.models.measure import Measure
from strategy.models.plan import SANE_YEAR, Plan
from strategy.models.reporting import PlanReport


@pghistory.track()
class SwotItem(Versioned, AuthorityOwned):
    """Punkt i SWOT-analyse: a strength, weakness, opportunity or threat of one subject, as someone saw it."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", _("Strength")
        WEAKNESS = "weakness", _("Weakness")
        OPPORTUNITY = "opportunity", _("Opportunity")
        THREAT = "threat", _("Threat")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="swot_items", verbose_name=_("plan"))
    subject = models.CharField(
        _("of what"), max_length=80, help_text=_("Such as the local community, the municipality, or a neighbour.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    text = models.CharField(_("text"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, validators=SANE_YEAR)
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Who saw it so, and where it says."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("item of SWOT analysis")
        verbose_name_plural = _("SWOT analysis")
        ordering = ["plan", "subject", "kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="swot_item_once", fields=["plan", "subject", "kind", "text"],
                violation_error_message=_("The analysis has this item already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Stakeholder(Versioned, AuthorityOwned):
    """Interessent: someone with a stake in the plan, the most important first, and what she wants of it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="stakeholders", verbose_name=_("plan"))
    name = models.CharField(_("name"), max_length=120)
    interest = models.CharField(_("what it wants of the plan"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")
        ordering = ["plan", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="stakeholder_once", fields=["plan", "name"],
                violation_error_message=_("The plan has this stakeholder already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ForumQuestion(Versioned, AuthorityOwned):
    """Spørsmål fra næringsforum: what a reviewer asks of the municipality about a plan, and the dated answer."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="questions", verbose_name=_("plan"))
    body = models.ForeignKey(
        "portal.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("forum")
    )
    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("measure")
    )
    report = models.ForeignKey(
        PlanReport, on_delete=models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("report")
    )
    text = models.TextField(_("question"), max_length=1000)
    is_public = models.BooleanField(_("asked in public"), default=False)
    asked_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_on = models.DateField(_("asked"), validators=[sane_date])
    answer_due_on = models.DateField(_("answer due"), validators=[sane_date])
    answer = models.TextField(_("answer"), blank=True, max_length=2000)
    answered_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_on = models.DateField(_("answered"), null=True, blank=True, validators=[sane_date])
    promised_on = models.DateField(
        _("done by"), null=True, blank=True, validators=[sane_date],
        help_text=_("The day by which what the answer promises is done."),
    )  # fmt: skip
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("question from the forum")
        verbose_name_plural = _("questions from the forum")
        ordering = ["plan", "-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="forum_question_answered_if_and_only_if_dated",
                condition=models.Q(answer="", answered_on__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_on__isnull=False)),
            ),
            sane_date_check("asked_on", "forum_question_asked_on_sane"),
            sane_date_check("answer_due_on", "forum_question_answer_due_on_sane"),
            sane_date_check("promised_on", "forum_question_promised_on_sane"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Follower(models.Model):
    """Følger: a confirmed e-mail address that is told when a plan, or one of its measures, has public news."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="followers", verbose_name=_("plan"))
    measure = models.ForeignKey(
        Measure, on_delete=models.CASCADE, null=True, blank=True, related_name="followers", verbose_name=_("measure")
    )
    address = models.EmailField(_("address"))
    language = models.CharField(_("language form"), max_length=2, choices=LanguageForm.choices, default="nb")
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(
                name="follower_once", fields=["plan", "measure", "address"], nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="follower_address_lower",
                condition=models.Q(address=models.functions.Lower("address")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)
