"""Schemes of support: what money is for, by which statutes, in which cases, and which measures it serves."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.models.base import AuthorityOwned, NorwegianKey, Versioned, sane_date
from strategy.models.plan import SANE_YEAR


def no_dimensions() -> dict[str, str]:
    return {}


@pghistory.track()
class Scheme(Versioned, AuthorityOwned):
    """Støtteordning: what an authority pays for, and to whom it may go; its money lies in accounts."""

    class Kind(models.TextChoices):
        OPERATING = "operating", _("Operating support to named bodies")
        FUND = "fund", _("Fund that takes applications")
        PROJECT = "project", _("Project support")

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("address"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    purpose = models.TextField(_("purpose"), max_length=4000, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True, validators=SANE_YEAR)
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True, validators=SANE_YEAR)
    is_public = models.BooleanField(_("shown to everyone"), default=True)
    dimensions = models.JSONField(
        _("account dimensions"), default=no_dimensions, blank=True,
        help_text=_("What the payment file says of the accounting, by the names in the payment rules."),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=200, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="scheme_slug_once", fields=["authority", "slug"],
                violation_error_message=_("A scheme with this address exists already."),
            ),
            models.CheckConstraint(
                name="scheme_years",
                condition=models.Q(last_year__isnull=True) | models.Q(first_year__isnull=True)
                | models.Q(last_year__gte=models.F("first_year")),
                violation_error_message=_("The scheme ends before it starts."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("scheme_page", args=[self.authority.slug, self.slug])


@pghistory.track()
class SchemeStatutes(Versioned, AuthorityOwned):
    """Vedtekter: what a scheme's money may go to and how it is decided; an adopted version never changes."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="statutes", verbose_name=_("scheme"))
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=60_000)
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    adopted_in = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("adopted in"),
    )  # fmt: skip
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("statutes")
        verbose_name_plural = _("statutes")
        ordering = ["scheme", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="statutes_version_once", fields=["scheme", "version"],
                violation_error_message=_("This version exists already."),
            ),
            models.CheckConstraint(
                name="statutes_adopted_if_and_only_if_dated",
                condition=models.Q(adopted_in__isnull=True) | models.Q(valid_from__isnull=False),
                violation_error_message=_("Statutes that are adopted say from when."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scheme}, {self.version}"


@pghistory.track()
class SchemeCase(AuthorityOwned):
    """Ordningssak: a case a scheme passes through, and what for."""

    class Purpose(models.TextChoices):
        ORGANISATION = "organisation", pgettext_lazy("purpose of a case", "Organisation")
        FUND = "fund", _("The fund")
        BUDGET = "budget", _("Budget")
        REVIEW = "review", _("Review")
        OTHER = "other", _("Other")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="case_links", verbose_name=_("scheme"))
    case = models.ForeignKey(
        "portal.Case", on_delete=models.PROTECT, related_name="scheme_links", verbose_name=_("case")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.OTHER)

    class Meta:
        verbose_name = _("case of the scheme")
        verbose_name_plural = _("cases of the scheme")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="scheme_case_once", fields=["scheme", "case", "purpose"],
                violation_error_message=_("The scheme has this case already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.case}"


@pghistory.track()
class ServedMeasure(AuthorityOwned):
    """Tiltak ordningen tjener: a measure that a scheme, or one of its lines, pays for.

    A line's money counts under one measure only, so that no krone stands under two goals: the line's main one, or
    where the line names none, the scheme's.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="served", verbose_name=_("scheme"))
    line = models.ForeignKey(
        "grants.BudgetLine", on_delete=models.CASCADE, null=True, blank=True, related_name="served",
        verbose_name=_("budget line"),
    )  # fmt: skip
    plan = models.ForeignKey(
        "strategy.Plan", on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("plan")
    )
    measure = models.ForeignKey(
        "strategy.Measure", on_delete=models.PROTECT, related_name="served_by", verbose_name=_("measure")
    )
    is_main = models.BooleanField(_("its money counts here"), default=True)

    class Meta:
        verbose_name = _("served measure")
        verbose_name_plural = _("served measures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="served_measure_once", fields=["scheme", "line", "measure"], nulls_distinct=False,
                violation_error_message=_("This measure stands here already."),
            ),
            models.UniqueConstraint(
                name="served_measure_one_main", fields=["scheme", "line"], nulls_distinct=False,
                condition=models.Q(is_main=True),
                violation_error_message=_("The money counts under one measure."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.measure)

    def save(self, *args: object, **kwargs: object) -> None:
        self.plan_id = self.measure.plan_id
        super().save(*args, **kwargs)  # type: ignore[arg-type]
